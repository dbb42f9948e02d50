//! The run loop.
//!
//! Between two changes of sources, islands know nothing of each other. So each runs ahead on its
//! own up to the end of a window, which costs one visit instead of one for every event, and what
//! the islands did is put into the order of time afterwards. The length of a window follows the number
//! of events in it and decides nothing but how much waits to be told.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::{Duration, Instant};

use memspike_circuit::{Circuit, ElementId};
use memspike_device::Phase;
use memspike_waveform::Waveform;

use crate::backlog::{Backlog, Delivered};
use crate::family::Family;
use crate::island::{Failure, Inputs, IslandRun, Outcome as Woken};
use crate::probes::Probes;
use crate::queue::Queue;
use crate::sources::Sources;
use crate::{Counters, DeviceEvent, EngineError, Sink, Time};

/// How a run starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Start from capacitors' initial voltages and `.ic` (SPICE's `uic`) instead of the operating point.
    pub from_initial_conditions: bool,
    /// Seed of device variation.
    pub seed: u64,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Everything up to here was simulated.
    pub reached: Time,
    /// Whether `watch` asked to stop.
    pub interrupted: bool,
}

/// How far islands run ahead of each other. It decides what a run costs and how much it keeps waiting
/// to be told; no result depends on it.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Length of the first window (s); later ones follow the events in them.
    pub first_window_s: f64,
    /// Length of the longest window (s).
    pub longest_window_s: f64,
    /// What may wait to be told: each island's share of it is what it may do ahead in one window,
    /// at least one event.
    pub records: usize,
}

impl Default for Pace {
    /// Windows as long as any run, and records that are worth a visit to every island and still small; fewer where
    /// a limit of the process leaves little memory.
    fn default() -> Self {
        let fits =
            |records: &usize| Vec::<u8>::new().try_reserve_exact(records * RECORD_BYTES).is_ok();
        let records = [1 << 18, 1 << 15].into_iter().find(fits).unwrap_or(1 << 12);
        Self { first_window_s: 1e-6, longest_window_s: 2e4, records }
    }
}

/// What must be free for each record that waits (bytes): what it takes, what is done to put it into order, and
/// what lies idle between; measured with limits of the process.
const RECORD_BYTES: usize = 768;

/// Events, and forms that are told of sources' changes, between two calls of `watch`, at least.
const WATCH_INTERVAL: u64 = 1024;

/// Times that an island searches on in one window without anything to tell, so that a run in which something
/// swings a million million times and nothing happens can be stopped.
const QUIET_WAKES: usize = 4096;

/// How long islands run ahead in one window, and how long sinks are told of it before it is asked whether to stop:
/// so that a run of slow events, or with slow sinks, can be stopped.
pub(crate) const PATIENCE: Duration = Duration::from_millis(100);

/// Wakes between two looks at the clock.
const LOOK_EVERY: usize = 16;

/// Least length of a window (s): time's own grain.
const LEAST_WINDOW_S: f64 = 1e-15;

/// A circuit in motion.
pub struct Simulation<'c> {
    pub(crate) circuit: &'c Circuit,
    pub(crate) islands: Vec<IslandRun<'c>>,
    pub(crate) families: BTreeMap<Vec<u64>, Rc<Family<'c>>>,
    sources: Sources<'c>,
    /// For each island the source that each of its inputs is; none for its own devices.
    inputs: Vec<Vec<Option<usize>>>,
    /// Drivers whose device has turned on, and when.
    triggered: Vec<(usize, Time)>,
    /// The next wake-up of each island.
    pub(crate) queue: Queue,
    /// The next change of each source.
    changes: Queue,
    pub(crate) seed: u64,
    /// Sinks were told all that happens up to here.
    now: Time,
    pace: Pace,
    window_s: f64,
    watched: u64,
    /// When `watch` was called last.
    asked: Instant,
    /// Forms that sinks were told when sources changed.
    told: u64,
    phase_changes: u64,
    backlog: Backlog,
    /// The first island that cannot go on, when, and why; the run ends there.
    failed: Option<(Time, u32, Failure)>,
    probes: Option<Probes>,
    /// Whether a sink follows every change of phase, or turn-ons alone.
    every_phase: bool,
}

impl<'c> Simulation<'c> {
    /// Prepares a run: finds the state at time zero. Sources have their values before an edge there,
    /// which is the first thing that happens in the run.
    ///
    /// # Errors
    /// [`EngineError`] where the circuit has no solution or no operating point.
    pub fn new(circuit: &'c Circuit, options: &Options) -> Result<Self, EngineError> {
        let sources = Sources::new(circuit)?;
        let inputs = circuit
            .islands()
            .iter()
            .map(|island| island.inputs.iter().map(|input| sources.position(*input)).collect())
            .collect();
        let pace = Pace::default();
        let mut simulation = Self {
            circuit,
            islands: Vec::new(),
            families: BTreeMap::new(),
            sources,
            inputs,
            triggered: Vec::new(),
            queue: Queue::default(),
            changes: Queue::default(),
            seed: options.seed,
            now: Time::ZERO,
            pace,
            window_s: pace.first_window_s,
            watched: 0,
            asked: Instant::now(),
            told: 0,
            phase_changes: 0,
            backlog: Backlog::default(),
            failed: None,
            probes: None,
            every_phase: false,
        };
        simulation.start_islands(options)?;
        for position in 0..simulation.sources.len() {
            let change = simulation.sources.changes(position);
            simulation.changes.schedule(position as u32, change);
        }
        Ok(simulation)
    }

    /// The same run at another pace.
    #[doc(hidden)]
    #[must_use]
    pub fn at_pace(self, pace: Pace) -> Self {
        Self { pace, window_s: pace.first_window_s, ..self }
    }

    /// The forms of an island's inputs, anchored at `at`, and when the first of them ends. What its
    /// own devices drive it knows itself; here it is zero.
    pub(crate) fn inputs_of(&self, position: usize, at: Time) -> (Inputs, Option<Time>) {
        let form = |source: &Option<usize>| {
            source.map_or_else(Waveform::default, |source| self.sources.form(source, at))
        };
        (self.inputs[position].iter().map(form).collect(), self.first_end(position))
    }

    /// When the first of an island's sources changes its form.
    fn first_end(&self, position: usize) -> Option<Time> {
        let sources = self.inputs[position].iter().flatten();
        sources.filter_map(|source| self.sources.ends(*source)).min()
    }

    /// Simulates up to and including `until`.
    ///
    /// The first call begins the sinks and tells them every signal's form; a later call goes on
    /// with the same sinks. Stopping in between changes no bit of what follows: nothing is
    /// evaluated at `until`. `watch` is called with the current time every thousand events, and more often
    /// while sinks are told of many; it may stop the run there.
    ///
    /// # Errors
    /// [`EngineError`]; the sinks were told what was simulated before it, and that it ended there.
    pub fn run(
        &mut self,
        until: Time,
        sinks: &mut [&mut dyn Sink],
        watch: &mut dyn FnMut(Time) -> ControlFlow<()>,
    ) -> Result<Outcome, EngineError> {
        let probes = match self.probes.take() {
            Some(probes) => probes,
            None => self.begin(sinks)?,
        };
        let ended = self.run_with(&probes, until, sinks, watch);
        self.probes = Some(probes);
        let interrupted = match ended {
            Ok(flow) => flow.is_break(),
            Err(error @ EngineError::Sink(_)) => return Err(error),
            Err(error) => {
                self.end(sinks)?;
                return Err(error);
            }
        };
        if !interrupted {
            self.now = until.max(self.now);
        }
        self.end(sinks)?;
        Ok(Outcome { reached: self.now, interrupted })
    }

    fn end(&self, sinks: &mut [&mut dyn Sink]) -> io::Result<()> {
        sinks.iter_mut().try_for_each(|sink| sink.end(self.now))
    }

    fn run_with(
        &mut self,
        probes: &Probes,
        until: Time,
        sinks: &mut [&mut dyn Sink],
        watch: &mut dyn FnMut(Time) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, EngineError> {
        loop {
            let limit = self.failed.as_ref().map_or(until, |(at, ..)| until.min(*at));
            let change = self.changes.next_time().filter(|at| *at <= limit);
            let barrier = change.unwrap_or(limit);
            // At one instant devices finish what they began before a source changes.
            if self.first_pending().is_some_and(|at| at <= barrier) {
                if self.window(probes, barrier, sinks, watch)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            } else if let Some((at, _, failure)) = self.failed.take_if(|(at, ..)| *at <= barrier) {
                self.now = at;
                return Err(self.explain(failure, at));
            } else if let Some(at) = change {
                self.change_sources(probes, at, sinks)?;
            } else {
                return Ok(ControlFlow::Continue(()));
            }
            if self.asked_to_stop(watch) {
                return Ok(ControlFlow::Break(()));
            }
        }
    }

    /// When the first thing happens that is yet to be done by an island, or was done and is yet to be told.
    fn first_pending(&self) -> Option<Time> {
        self.queue.next_time().into_iter().chain(self.backlog.next_time()).min()
    }

    fn asked_to_stop(&mut self, watch: &mut dyn FnMut(Time) -> ControlFlow<()>) -> bool {
        let fired = self.queue.tally.fired + self.changes.tally.fired + self.told;
        if fired < self.watched + WATCH_INTERVAL && self.asked.elapsed() < PATIENCE {
            return false;
        }
        self.asked = Instant::now();
        self.watched = fired;
        watch(self.now).is_break()
    }

    /// How much work was done so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        let (islands, sources) = (self.queue.tally, self.changes.tally);
        Counters {
            scheduled: islands.scheduled + sources.scheduled,
            cancelled: islands.cancelled + sources.cancelled,
            fired: islands.fired + sources.fired,
            pending: (self.queue.pending() + self.changes.pending()) as u64,
            phase_changes: self.phase_changes,
            mode_sets: self.families.values().map(|family| family.mode_sets()).sum(),
            mode_sets_dropped: self
                .families
                .values()
                .map(|family| family.mode_sets_dropped())
                .sum(),
        }
    }

    /// Runs every island to the end of one window, and tells the sinks what they did, unless `watch` stops that.
    fn window(
        &mut self,
        probes: &Probes,
        barrier: Time,
        sinks: &mut [&mut dyn Sink],
        watch: &mut dyn FnMut(Time) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, EngineError> {
        let Some(first) = self.first_pending() else { return Ok(ControlFlow::Continue(())) };
        // Where spikes drive other islands, nobody may run ahead of them.
        let in_step = probes.join_islands() || self.sources.have_drivers();
        let planned = if in_step { first } else { first.plus(self.window_s).min(barrier) };
        let share = self.pace.records / self.queue.pending().max(1);
        let begun = Instant::now();
        let mut end = planned;
        while let Some((position, at)) = self.queue.next(end) {
            match self.run_island(position as usize, at, end, (share, begun), probes) {
                // Nothing is complete beyond the first event that is put off.
                Ok(next) => {
                    self.queue.schedule(position, next);
                    end = next.map_or(end, |next| end.min(next));
                }
                // Others may still have to reach this instant, or fail before it.
                Err((at, failure)) => {
                    self.queue.schedule(position, None);
                    end = end.min(at);
                    let earlier = |(t, p, _): &(Time, u32, Failure)| (*t, *p) < (at, position);
                    if !self.failed.as_ref().is_some_and(earlier) {
                        self.failed = Some((at, position, failure));
                    }
                }
            }
        }
        let mut stop = |at| watch(at).is_break();
        let Delivered { told, stopped } = self.backlog.deliver(end, probes, sinks, &mut stop)?;
        self.now = stopped.unwrap_or(end);
        self.trigger_drivers();
        self.pace_next(first, planned, end, barrier, told);
        Ok(if stopped.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    /// Chooses the length of the next window by what happened in this one, which was to end at `planned`.
    fn pace_next(&mut self, first: Time, planned: Time, end: Time, barrier: Time, told: usize) {
        let worth = self.pace.records / 4;
        let next_s = if end < planned {
            end.since(first)
        } else if told > 2 * worth {
            0.5 * self.window_s
        } else if told < worth && end < barrier {
            2.0 * self.window_s
        } else {
            self.window_s
        };
        self.window_s = next_s.max(LEAST_WINDOW_S).min(self.pace.longest_window_s);
    }

    /// Lets one island do all that it has to do up to `end`: at least one event, and none beyond its
    /// share of records, [`QUIET_WAKES`], or [`PATIENCE`] after the window has `begun`. Gives its next event.
    fn run_island(
        &mut self,
        position: usize,
        mut at: Time,
        end: Time,
        (share, begun): (usize, Instant),
        probes: &Probes,
    ) -> Result<Option<Time>, (Time, Failure)> {
        let before = self.backlog.fresh();
        let mut wakes = 0;
        loop {
            wakes += 1;
            let woken = self.islands[position].wake().map_err(|failure| (at, failure))?;
            self.report(position, at, &woken, probes);
            let next = self.islands[position].wake_time();
            let records = self.backlog.fresh() - before;
            let late = wakes % LOOK_EVERY == 0 && begun.elapsed() > PATIENCE;
            let goes_on = records < share && wakes < records + QUIET_WAKES && !late;
            match next.filter(|next| *next <= end && goes_on) {
                Some(next) => {
                    self.queue.count_ahead();
                    at = next;
                }
                None => return Ok(next),
            }
        }
    }

    fn report(&mut self, position: usize, at: Time, woken: &Woken, probes: &Probes) {
        for event in &woken.events {
            self.follow(at, event);
            if self.every_phase || event.is_spike() {
                self.backlog.device(at, position, *event);
            }
        }
        if woken.anchored {
            for number in probes.by_island.get(&position).into_iter().flatten() {
                let form = probes.form(*number, at, &self.islands, &self.sources);
                self.backlog.form(at, position, *number, form);
            }
        }
    }

    /// Counts a change of phase, and notes the drivers that a spike triggers.
    fn follow(&mut self, at: Time, event: &DeviceEvent) {
        self.phase_changes += 1;
        if event.is_spike() {
            let drivers = self.sources.drivers_of(event.element);
            self.triggered.extend(drivers.iter().map(|driver| (*driver, at)));
        }
    }

    /// Lets drivers that hear a spike change at its instant.
    fn trigger_drivers(&mut self) {
        for (source, at) in std::mem::take(&mut self.triggered) {
            if self.sources.trigger(source, at) {
                self.changes.schedule(source as u32, self.sources.changes(source));
            }
        }
    }

    /// All sources that change at one instant change together: no island sees one without the other.
    fn change_sources(
        &mut self,
        probes: &Probes,
        at: Time,
        sinks: &mut [&mut dyn Sink],
    ) -> Result<(), EngineError> {
        self.now = at;
        let mut changed = Vec::new();
        while let Some((position, _)) = self.changes.next(at) {
            self.sources.change(position as usize, at);
            changed.push(position as usize);
        }
        // What changes twice at one instant, a pulse that ends where the next begins, shows both.
        for &position in &changed {
            self.changes.schedule(position as u32, self.sources.changes(position));
        }
        let changed = self.sources.with_sums(&changed);
        let islands: BTreeSet<usize> =
            changed.iter().flat_map(|source| self.sources.islands_of(*source)).copied().collect();
        for &position in &islands {
            let sources = self.inputs[position].iter().enumerate();
            let new = sources.filter_map(|(slot, source)| {
                let source = (*source)?;
                // What is constant and did not change is what it was.
                let stale = changed.contains(&source) || !self.sources.is_constant(source);
                stale.then(|| (slot, self.sources.form(source, at)))
            });
            let new: Vec<(usize, Waveform)> = new.collect();
            let change = self.first_end(position);
            let woken = self.islands[position].change_inputs(at, new, change);
            let woken = woken.map_err(|failure| self.explain(failure, at))?;
            self.queue.schedule(position as u32, self.islands[position].wake_time());
            for event in woken.events {
                self.follow(at, &event);
                if self.every_phase || event.is_spike() {
                    for sink in sinks.iter_mut() {
                        sink.device(at, event)?;
                    }
                }
            }
        }
        let stale = probes.stale(islands.into_iter(), changed.into_iter());
        self.told += stale.len() as u64;
        self.tell(stale.into_iter(), probes, sinks)?;
        self.trigger_drivers();
        Ok(())
    }

    /// Tells the sinks the forms of signals as they are now.
    fn tell(
        &self,
        numbers: impl Iterator<Item = usize>,
        probes: &Probes,
        sinks: &mut [&mut dyn Sink],
    ) -> io::Result<()> {
        for number in numbers {
            let form = probes.form(number, self.now, &self.islands, &self.sources);
            for (sink, signal) in &probes.signals[number].listeners {
                sinks[*sink].waveform(self.now, *signal, &form)?;
            }
        }
        Ok(())
    }

    fn begin(&mut self, sinks: &mut [&mut dyn Sink]) -> io::Result<Probes> {
        let probes = Probes::new(self.circuit, &self.islands, &self.sources, sinks);
        self.every_phase = sinks.iter().any(|sink| sink.follows_phases());
        let mut phases: Vec<(ElementId, Phase)> =
            self.islands.iter().flat_map(|i| i.devices().map(|(id, s)| (id, s.phase))).collect();
        phases.sort_unstable();
        for sink in sinks.iter_mut() {
            sink.begin(self.circuit, self.now, &phases)?;
        }
        self.tell(0..probes.signals.len(), &probes, sinks)?;
        Ok(probes)
    }

    pub(crate) fn explain(&self, failure: Failure, at: Time) -> EngineError {
        let at_s = at.as_s();
        match failure {
            Failure::System(source) => EngineError::System { source, at_s },
            Failure::Chatter(device) => {
                EngineError::Chatter { device: self.circuit.element(device).name.clone(), at_s }
            }
            Failure::Stalled(node) => {
                EngineError::Stalled { node: self.circuit.nodes()[node.index()].clone(), at_s }
            }
            Failure::RunAway(node, volt) => EngineError::RunAway {
                node: self.circuit.nodes()[node.index()].clone(),
                volt,
                at_s,
            },
        }
    }
}

impl std::fmt::Debug for Simulation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulation")
            .field("now", &self.now)
            .field("islands", &self.islands.len())
            .field("counters", &self.counters())
            .finish_non_exhaustive()
    }
}
