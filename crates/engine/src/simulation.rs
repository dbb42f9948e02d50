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

use memspike_circuit::{Circuit, ElementId};
use memspike_device::Phase;
use memspike_waveform::Waveform;

use crate::backlog::Backlog;
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

/// Events between two calls of `watch`, at least.
const WATCH_INTERVAL: u64 = 1024;

/// Length of the first window (s); later ones follow the events in them.
const FIRST_WINDOW_S: f64 = 1e-6;

/// As long as any run.
const LONGEST_WINDOW_S: f64 = 2e4;

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
    now: Time,
    window_s: f64,
    watched: u64,
    backlog: Backlog,
    probes: Option<Probes>,
    /// Whether a sink follows every change of phase, or turn-ons alone.
    every_phase: bool,
}

impl<'c> Simulation<'c> {
    /// Prepares a run: finds the state at time zero.
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
            window_s: FIRST_WINDOW_S,
            watched: 0,
            backlog: Backlog::default(),
            probes: None,
            every_phase: false,
        };
        simulation.start_islands(options)?;
        for position in 0..simulation.sources.len() {
            let ends = simulation.sources.ends(position);
            simulation.changes.schedule(position as u32, ends);
        }
        Ok(simulation)
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
    /// evaluated at `until`. `watch` is called with the current time every thousand events
    /// or more, and may stop the run.
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
            let change = self.changes.next_time().filter(|at| *at <= until);
            let barrier = change.unwrap_or(until);
            // At one instant devices finish what they began before a source changes.
            if self.queue.next_time().is_some_and(|at| at <= barrier) {
                self.window(probes, barrier, sinks)?;
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

    fn asked_to_stop(&mut self, watch: &mut dyn FnMut(Time) -> ControlFlow<()>) -> bool {
        let fired = self.queue.counters.fired + self.changes.counters.fired;
        if fired < self.watched + WATCH_INTERVAL {
            return false;
        }
        self.watched = fired;
        watch(self.now).is_break()
    }

    /// How much work was done so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        let mode_sets = self.families.values().map(|family| family.mode_sets()).sum();
        let (islands, sources) = (self.queue.counters, self.changes.counters);
        Counters {
            scheduled: islands.scheduled + sources.scheduled,
            cancelled: islands.cancelled + sources.cancelled,
            fired: islands.fired + sources.fired,
            mode_sets,
        }
    }

    /// Runs every island to the end of one window, and tells the sinks what they did.
    fn window(
        &mut self,
        probes: &Probes,
        barrier: Time,
        sinks: &mut [&mut dyn Sink],
    ) -> Result<(), EngineError> {
        let Some(first) = self.queue.next_time() else { return Ok(()) };
        // Where spikes drive other islands, nobody may run ahead of them.
        let in_step = probes.join_islands() || self.sources.have_drivers();
        let mut end = if in_step { first } else { first.plus(self.window_s).min(barrier) };
        let mut failed: Option<(Time, Failure)> = None;
        while let Some((position, at)) = self.queue.next(end) {
            if let Err((at, failure)) = self.run_island(position as usize, at, end, probes) {
                // Others may still have to reach this instant, or fail before it.
                end = end.min(at);
                self.queue.schedule(position, None);
                if failed.as_ref().is_none_or(|(earlier, _)| at < *earlier) {
                    failed = Some((at, failure));
                }
            }
            if self.backlog.is_full() {
                // What is before the first pending event is complete; nobody goes further ahead.
                end = end.min(self.queue.next_time().unwrap_or(end));
            }
        }
        let growth = self.backlog.deliver(end, probes, sinks)?;
        self.now = end;
        self.trigger_drivers();
        if end < barrier || growth < 1.0 {
            self.window_s = (self.window_s * growth).min(LONGEST_WINDOW_S);
        }
        match failed {
            Some((at, failure)) => Err(self.explain(failure, at)),
            None => Ok(()),
        }
    }

    /// Lets one island do all that it has to do up to `end`; at least one event, and no more once
    /// the backlog is full.
    fn run_island(
        &mut self,
        position: usize,
        mut at: Time,
        end: Time,
        probes: &Probes,
    ) -> Result<(), (Time, Failure)> {
        loop {
            let woken = self.islands[position].wake().map_err(|failure| (at, failure))?;
            self.report(position, at, &woken, probes);
            let next = self.islands[position].wake_time();
            match next.filter(|next| *next <= end && !self.backlog.is_full()) {
                Some(next) => {
                    self.queue.count_ahead();
                    at = next;
                }
                None => {
                    self.queue.schedule(position as u32, next);
                    return Ok(());
                }
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

    /// Notes the drivers that a spike triggers.
    fn follow(&mut self, at: Time, event: &DeviceEvent) {
        if event.is_spike() {
            let drivers = self.sources.drivers_of(event.element);
            self.triggered.extend(drivers.iter().map(|driver| (*driver, at)));
        }
    }

    /// Lets triggered drivers change at the instant of their spikes.
    fn trigger_drivers(&mut self) {
        for (source, at) in std::mem::take(&mut self.triggered) {
            self.sources.trigger(source, at);
            self.changes.schedule(source as u32, Some(at));
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
            self.changes.schedule(position, self.sources.ends(position as usize));
            changed.push(position as usize);
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
        let probes = Probes::new(self.circuit, &mut self.islands, &self.sources, sinks);
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
