//! A run: windows one after another, parts side by side within each.

mod drive;
mod probe;
mod state;

pub use probe::Probed;
pub(crate) use state::TOGETHER;

use std::num::NonZeroUsize;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use std::thread::available_parallelism;

use memspike_time::{FS, Time};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::crew::Crew;
use crate::exchange::{Alone, Exchange, Group};
use crate::field::Field;
use crate::grid::{after, just_after};
use crate::history::History;
use crate::pace::Pace;
use crate::plan::Plan;
use crate::rate::Rate;
use crate::recording::tell;
use crate::spike::{Spike, Window};
use crate::{BuildError, Input, PlayError, Population, RunError, Sink, Wiring};

/// How a run is carried out. No bit of a result depends on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Threads, of which no more are started than there are cores, nor than [`MOST_THREADS`] for building.
    pub threads: usize,
    /// The longest window (s). At most the shortest delay within a loop of projections is taken; none means that, or 0.25 ms.
    pub window_s: Option<f64>,
    /// Neurons of a part of a population, if it is to be another number than threads and caches suggest.
    pub part_size: Option<u32>,
    /// Neurons of a part that go through a window together, if it is to be another number than caches suggest.
    pub block_size: Option<u32>,
}

/// Most threads of a run: more than a machine has cores, and few enough to be started.
pub const MOST_THREADS: usize = 1024;

impl Default for Options {
    fn default() -> Self {
        Self { threads: 1, window_s: None, part_size: None, block_size: None }
    }
}

/// The longest window (s), where nothing else is said: the shorter it is, the fewer neurons are so near their threshold that
/// each arrival looks at them anew. Below this, what is done once a window takes as much as that saves.
pub(crate) const LONGEST_WINDOW_S: f64 = 0.25e-3;

/// Counts of a run from its start on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Spikes, those of trains that a synapse hears for itself included.
    pub spikes: u64,
    /// Synaptic events that they became: the sum of fan-outs. A rectangular pulse is two, its start and its end.
    pub sent: u64,
    /// Synaptic events that have arrived.
    pub delivered: u64,
    /// Those that have not.
    pub under_way: u64,
    /// How often a closed form was looked at for a crossing between arrivals.
    pub tested: u64,
    /// Crossings between arrivals that were solved for.
    pub certified: u64,
    /// How often the states of a part were written anew.
    pub rebased: u64,
    /// Windows.
    pub windows: u64,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// At the end that was asked for.
    Reached,
    /// Before, because it was asked to stop. What comes next begins at [`Simulation::now`].
    Stopped,
}

/// A network and where it is; of several ranks, this one's part of it.
pub struct Simulation<X = Alone> {
    group: Group<X>,
    field: Arc<Field>,
    crew: Crew,
    now: Time,
    pace: Pace,
    rate: Rate,
    pub(crate) frame: Frame,
    /// What was counted by the parts of a run before this one, and by this run itself. Spikes and windows are those of all ranks,
    /// the rest is this rank's.
    pub(crate) base: Counters,
    /// Spikes of the present window.
    merged: Vec<Spike>,
}

/// What does not change in a run.
pub(crate) struct Frame {
    pub firsts: Vec<u32>,
    /// Of each population, whether sinks are told of its spikes.
    told: Vec<bool>,
    fan_out: Vec<u32>,
    longest_fs: u64,
    /// Of each level, the number of its last part and one.
    levels: Vec<usize>,
    level_of: Vec<usize>,
    /// The level of populations within a loop of projections, if there is one.
    looped: usize,
    /// The shortest delay within a loop (fs).
    shortest_fs: u64,
    periods_fs: Vec<u64>,
    pub digest: [u8; 32],
    /// The digest of what the states of neurons depend on.
    pub carried: [u8; 32],
}

impl Simulation {
    /// Builds a network, at time 0. Memory is that of the network as it is stored; synapses are asked for two or three times.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn new(input: &Input, wiring: &dyn Wiring, options: &Options) -> Result<Self, BuildError> {
        Self::among(input, wiring, options, Alone)
    }
}

impl<X: Exchange> Simulation<X> {
    /// Builds this rank's part of a network that several processes run: some neurons of each population, with the synapses that
    /// end there. All ranks are given the same network and window. Every function of a simulation that takes `&mut self`, and those that say so,
    /// are then called by all ranks alike. No bit of a result depends on the number of ranks.
    ///
    /// # Errors
    /// The first thing that is wrong; of what another rank found, the message.
    pub fn among(
        input: &Input,
        wiring: &dyn Wiring,
        options: &Options,
        exchange: X,
    ) -> Result<Self, BuildError> {
        let group = Group::new(exchange);
        if let Some(window_s) = options.window_s.filter(|s| s.is_nan() || *s <= 0.0) {
            return Err(BuildError::Window(window_s));
        }
        let options =
            Options { threads: options.threads.clamp(1, MOST_THREADS), ..options.clone() };
        let pool = group.agree(pool(options.threads).map_err(|error| ([0; 3], error)))?;
        let plan = Plan::new(input, wiring, &options, (&group, &pool))?;
        let wanted_fs = (options.window_s.unwrap_or(LONGEST_WINDOW_S) * FS) as u64;
        let pace = Pace::new(plan.shortest_fs, wanted_fs);
        let frame = Frame {
            firsts: plan.firsts,
            told: input.populations.iter().map(Population::is_told).collect(),
            fan_out: plan.fan_out,
            longest_fs: plan.longest_fs.saturating_add(plan.echo_fs),
            levels: plan.levels,
            level_of: plan.level_of,
            looped: plan.looped,
            shortest_fs: plan.shortest_fs,
            periods_fs: plan.periods_fs,
            digest: crate::image::digest(input, plan.digest),
            carried: crate::image::carried(input, plan.digest),
        };
        if !group.is_same(frame.digest) {
            return Err(BuildError::OtherNetwork);
        }
        let (base, now, merged) = (Counters::default(), Time::ZERO, Vec::new());
        let crew = Crew::new(options.threads.min(plan.parts.len()).min(cores()));
        let crew = group.agree(crew.map_err(|error| ([0; 3], error)))?;
        let (field, rate) = (Arc::new(Field::new(plan.parts, frame.levels.len())), Rate::NONE);
        Ok(Self { group, field, crew, now, pace, rate, frame, base, merged })
    }

    /// Goes on to the end of the closed interval up to `until`, unless `stop` breaks: it is asked after every window.
    /// Of several ranks, the first one's sink is told of all spikes and the others' of none, and `stop` answers on all alike.
    ///
    /// # Errors
    /// If the sink fails. The window's other spikes are lost, and other ranks wait for this one.
    ///
    /// # Panics
    /// If synaptic events were lost: never.
    pub fn run(
        &mut self,
        until: Time,
        sink: &mut dyn Sink,
        stop: &mut dyn FnMut(&Self) -> ControlFlow<()>,
    ) -> Result<Ended, RunError> {
        self.run_before(just_after(until), sink, stop)
    }

    /// As [`Simulation::run`], to the end of the half-open interval before `end`: what happens at `end` itself comes next.
    ///
    /// # Errors
    /// If the sink fails. The window's other spikes are lost.
    ///
    /// # Panics
    /// If synaptic events were lost: never.
    pub fn run_before(
        &mut self,
        end: Time,
        sink: &mut dyn Sink,
        stop: &mut dyn FnMut(&Self) -> ControlFlow<()>,
    ) -> Result<Ended, RunError> {
        while self.now < end {
            let start = self.now;
            let looped = self.step(end);
            self.rate.count((start, self.now), looped, self.neurons())?;
            if self.group.is_first() {
                let Frame { firsts, told, .. } = &self.frame;
                tell(&self.merged, (firsts, told), sink)?;
            }
            if self.now < end && stop(self).is_break() {
                return Ok(Ended::Stopped);
            }
        }
        let Counters { sent, delivered, under_way, .. } = self.counters();
        assert_eq!(sent, delivered + under_way, "synaptic events were lost");
        Ok(Ended::Reached)
    }

    /// Goes through the window that begins now, up to `end` at most. Gives how many spikes loops of projections had in it.
    fn step(&mut self, end: Time) -> usize {
        let certain = self.window(end, self.pace.certain_fs());
        let mut window = self.window(end, self.pace.next_fs());
        let levels = self.frame.levels.len();
        let hearing = levels.min(self.frame.looped + 1);
        let ends: Vec<u64> = self.field.histories().iter().map(History::end).collect();
        self.merged.clear();
        if window.end > certain.end {
            self.field.parts(self.parts_up_to(hearing)).for_each(|mut part| part.kernel.keep());
            self.advance(0..hearing, window);
            if let Some(end) = self.heard_from(&ends).filter(|end| *end < window.end) {
                window.end = end;
                self.go_back(hearing, &ends);
                self.advance(0..hearing, window);
            }
        } else {
            self.advance(0..hearing, window);
        }
        let looped = self.since(&ends, <[Spike]>::len);
        self.advance(hearing..levels, window);
        self.pace.learn(after(window.end, window.start.tick) - window.start.frac, looped);
        self.count();
        self.now = window.end;
        looped
    }

    /// The window that begins now and is no longer than this (fs).
    fn window(&self, end: Time, longest_fs: u64) -> Window {
        let multiple = |period: &u64| Time::from_tick((self.now.tick / period + 1) * period);
        let turns = self.frame.periods_fs.iter().map(multiple);
        let end = turns.fold(self.now.later(longest_fs).min(end), Time::min);
        Window { start: self.now, end }
    }

    /// What the spikes of loops are, after those that histories had.
    fn since<T: Default>(&self, ends: &[u64], of: impl FnOnce(&[Spike]) -> T) -> T {
        let looped = self.frame.looped;
        let histories = self.field.histories();
        histories.get(looped).map_or_else(T::default, |history| of(history.since(ends[looped])))
    }

    /// From when on a loop may hear what it has sent since. All that is earlier is right whatever the window.
    fn heard_from(&self, ends: &[u64]) -> Option<Time> {
        let first = self.since(ends, |spikes| spikes.first().copied());
        first.map(|spike| spike.at.later(self.frame.shortest_fs))
    }

    /// The parts of all levels below this one.
    fn parts_up_to(&self, level: usize) -> Range<usize> {
        0..self.frame.levels[..level].last().copied().unwrap_or(0)
    }

    /// Undoes what levels did since they were told to keep where they were.
    fn go_back(&mut self, levels: usize, ends: &[u64]) {
        self.field.parts(self.parts_up_to(levels)).for_each(|mut part| part.kernel.go_back());
        let mut histories = self.field.histories_mut();
        histories.iter_mut().zip(ends).for_each(|(history, end)| history.retract(*end));
        self.merged.clear();
    }

    fn advance(&mut self, levels: Range<usize>, window: Window) {
        for level in levels {
            let first = level.checked_sub(1).map_or(0, |before| self.frame.levels[before]);
            let parts = first..self.frame.levels[level];
            self.advance_parts(parts.clone(), window);
            let begun = self.merged.len();
            self.field.parts(parts).for_each(|part| self.merged.extend_from_slice(&part.told));
            self.merged[begun..].sort_unstable();
            self.group.join(&mut self.merged, begun);
            let history = &mut self.field.histories_mut()[level];
            history.forget(window.start, self.frame.longest_fs);
            history.extend(&self.merged[begun..]);
        }
    }

    /// Puts the window's spikes in order, and counts them.
    fn count(&mut self) {
        if self.frame.levels.len() > 1 {
            self.merged.sort_unstable();
        }
        self.base.windows += 1;
        self.base.spikes += self.merged.len() as u64;
        let fan_out = |spike: &Spike| u64::from(self.frame.fan_out[spike.neuron as usize]);
        self.base.sent += self.merged.iter().map(fan_out).sum::<u64>();
    }

    fn advance_parts(&self, parts: Range<usize>, window: Window) {
        let field = Arc::clone(&self.field);
        let step = move |at: usize| field.advance(parts.start + at, window);
        self.crew.each(parts.len(), step);
    }

    /// A neuron of a population of [`Model::Input`](crate::Model::Input) is to spike at an instant; twice at one instant is once.
    /// An image does not have what was played and has not happened.
    ///
    /// # Errors
    /// If the instant is over, or the neuron is no input.
    pub fn play(&mut self, population: usize, neuron: u32, at: Time) -> Result<(), PlayError> {
        if at < self.now {
            return Err(PlayError::Over { at_s: at.as_s(), now_s: self.now.as_s() });
        }
        let none = PlayError::NoInput { population, neuron };
        let first = self.frame.firsts.get(population).ok_or_else(|| none.clone())?;
        let number = first.checked_add(neuron).ok_or_else(|| none.clone())?;
        let next = self.frame.firsts.get(population + 1);
        if next.is_some_and(|next| number >= *next) {
            return Err(none);
        }
        let part = self.field.all().find(|part| part.neurons.contains(&number));
        let played = part.is_some_and(|mut part| part.kernel.play(Spike { at, neuron: number }));
        if played { Ok(()) } else { Err(none) }
    }
}

/// Cores that this process may use. More threads would wait for each other in every window.
fn cores() -> usize {
    available_parallelism().map_or(1, NonZeroUsize::get)
}

fn pool(threads: usize) -> Result<ThreadPool, BuildError> {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| BuildError::Threads(error.to_string()))
}
