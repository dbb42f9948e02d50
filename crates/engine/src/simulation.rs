//! A circuit in motion: its groups of islands, and the sinks that follow it.

mod hearers;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;

use memspike_circuit::{Circuit, ElementId, ElementKind, NetId, Pin};
use memspike_device::Phase;
use memspike_digital::{Level, Report};
use memspike_scheduler::{Ended, Group as _, Pace, Scheduler, Stop};
use memspike_time::Time;

use crate::error::explain;
use crate::family::Family;
use crate::group::{AnalogGroup, Follower, Heard, Listener, Record};
use crate::island::IslandRun;
use crate::logic::{Hearer, Logic, LogicAtRest, level_of};
use crate::plan::{Driver, Members, drivers, plan};
use crate::probes::{Probes, Signals};
use crate::sources::Sources;
use crate::start::begin;
use crate::{Counters, EngineError, Events, Follows, Sink};
use hearers::{Followers, Hearers, followers_of_nets, tell};

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

/// A circuit in motion.
pub struct Simulation<'c> {
    circuit: &'c Circuit,
    drivers: Vec<Driver>,
    families: Vec<Arc<Family<'c>>>,
    pace: Pace,
    /// Islands at time zero. Groups follow from what sinks follow, so they are made when the first run begins.
    ready: Vec<IslandRun<'c>>,
    rest: LogicAtRest,
    running: Option<Running<'c>>,
}

/// A run that has begun.
struct Running<'c> {
    scheduler: Scheduler<AnalogGroup<'c>>,
    /// Who asked for each signal: sink, and the signal's number there.
    listeners: Vec<Vec<(usize, usize)>>,
    followers: Followers,
    /// Who follows each net: sink, and the net's position there.
    of_nets: BTreeMap<NetId, Vec<(usize, usize)>>,
}

impl<'c> Simulation<'c> {
    /// Prepares a run: finds the state at time zero. Sources have their values before an edge there,
    /// which is the first thing that happens in the run.
    ///
    /// # Errors
    /// [`EngineError`] where the circuit has no solution or no operating point.
    pub fn new(circuit: &'c Circuit, options: &Options) -> Result<Self, EngineError> {
        let drivers = drivers(circuit);
        let (ready, families, rest) = begin(circuit, options)?;
        let pace = Pace::default();
        Ok(Self { circuit, drivers, families, pace, ready, rest, running: None })
    }

    /// The same run on so many threads, those of the rayon pool that it is called in. No result depends on it.
    #[must_use]
    pub fn on_threads(mut self, threads: NonZeroUsize) -> Self {
        self.pace.threads = threads;
        self
    }

    /// The same run at another pace.
    #[doc(hidden)]
    #[must_use]
    pub fn at_pace(self, pace: Pace) -> Self {
        Self { pace, ..self }
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
        if self.running.is_none() {
            let islands = std::mem::take(&mut self.ready);
            self.running = Some(self.begin(islands, sinks)?);
        }
        let Running { scheduler, listeners, followers, of_nets } =
            self.running.as_mut().expect("it has begun");
        let hearers = Hearers { listeners, followers, of_nets };
        let mut tell = |at, record: &Record| tell(at, record, &hearers, sinks);
        let ended = scheduler.run(until, &mut tell, watch);
        let reached = scheduler.now();
        let ended = match ended {
            Err(Stop::Sink(error)) => return Err(EngineError::Sink(error)),
            other => other,
        };
        sinks.iter_mut().try_for_each(|sink| sink.end(reached))?;
        match ended {
            Ok(ended) => Ok(Outcome { reached, interrupted: ended == Ended::Interrupted }),
            Err(Stop::Failed(at, failure)) => Err(explain(self.circuit, failure, at)),
            Err(Stop::Sink(error)) => Err(EngineError::Sink(error)),
        }
    }

    /// How much work was done so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        let mut counters = Counters {
            mode_sets: self.families.iter().map(|family| family.mode_sets()).sum(),
            mode_sets_dropped: self.families.iter().map(|family| family.mode_sets_dropped()).sum(),
            ..Counters::default()
        };
        let groups = self.running.iter().flat_map(|running| running.scheduler.groups());
        for group in groups {
            for tally in group.tallies() {
                counters.scheduled += tally.scheduled;
                counters.cancelled += tally.cancelled;
                counters.fired += tally.fired;
            }
            counters.pending += group.waits_for() as u64;
            counters.phase_changes += group.phase_changes;
        }
        counters
    }

    /// What digital blocks report of the run so far, for people.
    #[must_use]
    pub fn reports(&self) -> Vec<Report> {
        let groups = self.running.iter().flat_map(|running| running.scheduler.groups());
        let mut reports: Vec<(usize, Report)> = groups.flat_map(|g| g.logic.reports()).collect();
        reports.sort_unstable();
        let name = |number: usize| &self.circuit.blocks()[number].name;
        let named = |(block, report): (usize, Report)| match report {
            Report::Warning(text) => Report::Warning(format!("{}: {text}", name(block))),
            Report::Note(text) => Report::Note(format!("{}: {text}", name(block))),
        };
        reports.into_iter().map(named).collect()
    }

    fn begin(
        &mut self,
        islands: Vec<IslandRun<'c>>,
        sinks: &mut [&mut dyn Sink],
    ) -> io::Result<Running<'c>> {
        let follows: Vec<Follows> = sinks.iter().map(|sink| sink.follows()).collect();
        let signals = Signals::new(self.circuit, &follows);
        let followers = Followers::new(&follows);
        let followed = follows.iter().map(|follows| follows.events).max().unwrap_or_default();
        let mut phases: Vec<(ElementId, Phase)> =
            islands.iter().flat_map(|i| i.devices().map(|(id, s)| (id, s.phase))).collect();
        phases.retain(|(id, _)| !self.circuit.element(*id).is_hidden());
        phases.sort_unstable();
        for sink in sinks.iter_mut() {
            sink.begin(self.circuit, Time::ZERO, &phases)?;
        }
        let members = plan(self.circuit, &self.drivers, &signals, self.pace.threads.get());
        let mut groups = self.groups(islands, members, &signals, followed);
        let mut forms: BTreeMap<u32, Record> = BTreeMap::new();
        let mut levels = Vec::new();
        let of_nets = followers_of_nets(&follows);
        for group in &mut groups {
            group.shows_levels = !of_nets.is_empty();
            levels.extend(group.logic.nets());
            group.begin();
            forms.extend(group.forms(Time::ZERO));
        }
        levels.sort_unstable_by_key(|(net, _)| *net);
        let levels = levels.into_iter().map(|(net, level)| Record::Level(net, level));
        let listeners = signals.listeners;
        let hearers = Hearers { listeners: &listeners, followers: &followers, of_nets: &of_nets };
        for record in levels.chain(forms.into_values()) {
            tell(Time::ZERO, &record, &hearers, sinks)?;
        }
        let scheduler = Scheduler::new(groups, self.pace);
        Ok(Running { scheduler, listeners, followers, of_nets })
    }

    fn groups(
        &mut self,
        islands: Vec<IslandRun<'c>>,
        members: Vec<Members>,
        signals: &Signals,
        followed: Events,
    ) -> Vec<AnalogGroup<'c>> {
        let mut islands: Vec<Option<IslandRun<'c>>> = islands.into_iter().map(Some).collect();
        let mut groups: Vec<AnalogGroup<'c>> = Vec::with_capacity(members.len());
        let mut known: BTreeSet<ElementId> = BTreeSet::new();
        for members in members {
            let Members {
                islands: numbers,
                signals: read,
                sources,
                nets,
                blocks,
                loop_delay_fs,
                stage,
            } = members;
            let mut own = Vec::with_capacity(numbers.len());
            own.extend(numbers.iter().filter_map(|number| islands[*number].take()));
            let sources = Sources::new(self.circuit, sources, &self.rest.levels);
            let read = read.into_iter().map(|signal| (signal, &signals.parts[signal]));
            let probes = Probes::new(read, &numbers, &own, &sources);
            let mut group = AnalogGroup::new(self.circuit, own, numbers, sources, probes);
            group.number = groups.len();
            (group.loop_delay_fs, group.stage) = (loop_delay_fs, stage);
            group.followed = followed;
            group.copies = group.sources.ids().iter().map(|id| !known.insert(*id)).collect();
            group.logic = Logic::new(self.circuit, &nets, &blocks, &mut self.rest);
            groups.push(group);
        }
        self.listen(&mut groups);
        groups
    }

    /// Leads the spikes of every group to the drivers that follow them.
    fn listen(&self, groups: &mut [AnalogGroup<'c>]) {
        let mut at_home: BTreeMap<ElementId, usize> = BTreeMap::new();
        for group in groups.iter() {
            let devices = group.islands.iter().flat_map(IslandRun::devices);
            at_home.extend(devices.map(|(device, _)| (device, group.number)));
        }
        let mut copies: BTreeMap<ElementId, Vec<(usize, usize)>> =
            self.drivers.iter().map(|driver| (driver.source, Vec::new())).collect();
        for group in groups.iter() {
            for (position, source) in group.sources.ids().iter().enumerate() {
                copies.entry(*source).and_modify(|of| of.push((group.number, position)));
            }
        }
        let stages: Vec<usize> = groups.iter().map(|group| group.stage).collect();
        for Driver { source, device, delay_fs } in &self.drivers {
            let Some(&home) = at_home.get(device) else { continue };
            // A copy that others of its stage or earlier ones keep is read by nobody there.
            let hears = |number: usize| number == home || stages[number] > stages[home];
            // A device whose drivers reach no island is heard by none.
            for &(group, driver) in copies[source].iter().filter(|(number, _)| hears(*number)) {
                let follower = Follower::Driver { driver, delay_fs: *delay_fs };
                let listener = Listener { group, follower };
                groups[home].listeners.entry(*device).or_default().push(listener);
            }
        }
        self.listen_to_levels(groups, &at_home);
    }

    /// Leads what comparators read and devices do to nets, and what nets do to the sources that follow them.
    fn listen_to_levels(
        &self,
        groups: &mut [AnalogGroup<'c>],
        at_home: &BTreeMap<ElementId, usize>,
    ) {
        if self.circuit.nets().is_empty() {
            return;
        }
        let mut place_of: BTreeMap<NetId, (usize, usize)> = BTreeMap::new();
        for group in groups.iter() {
            let nets = group.logic.nets().enumerate();
            place_of.extend(nets.map(|(at, (net, _))| (net, (group.number, at))));
        }
        let of_elements = self.circuit.element_ids().filter_map(|id| {
            let ElementKind::Comparator(comparator) = &self.circuit.element(id).kind else {
                return None;
            };
            let Pin { net, inverted } = comparator.drives;
            let (group, net) = place_of[&net];
            let delays = comparator.delays;
            let delays = if inverted { delays.exchanged() } else { delays };
            Some((id, Listener { group, follower: Follower::Comparator { net, inverted, delays } }))
        });
        let of_taps = self.circuit.taps().iter().map(|tap| {
            let (group, net) = place_of[&tap.drives.net];
            let active = Level::One.inverted_if(tap.drives.inverted);
            let (delay_fs, width_fs) = (tap.delay_fs, tap.width_fs);
            let follower = Follower::Tap { net, active, delay_fs, width_fs };
            (tap.device.element(), Listener { group, follower })
        });
        let devices = groups.iter().flat_map(|group| &group.islands).flat_map(IslandRun::devices);
        let phases: BTreeMap<ElementId, Phase> =
            devices.map(|(device, state)| (device, state.phase)).collect();
        for (device, listener) in of_elements.chain(of_taps) {
            // What it reads at time zero is what its net is, if the run starts from rest.
            if let Follower::Comparator { net, inverted, delays } = listener.follower {
                let level = level_of(phases[&device]).inverted_if(inverted);
                let now = (Time::ZERO, 0);
                let heard = Heard::Level { net, level, delays, at: Time::ZERO, now };
                groups[listener.group].hear(heard);
            }
            groups[at_home[&device]].listeners.entry(device).or_default().push(listener);
        }
        let mut hearers = Vec::new();
        for group in groups.iter() {
            for (driver, source) in group.sources.ids().iter().enumerate() {
                if let Some(level_driver) = self.circuit.element(*source).level_driver() {
                    hearers.push((level_driver.hears.net, Hearer { group: group.number, driver }));
                }
            }
        }
        for (net, hearer) in hearers {
            let (group, position) = place_of[&net];
            // A copy that others of its stage or earlier ones keep is read by nobody there.
            if hearer.group == group || groups[hearer.group].stage > groups[group].stage {
                groups[group].logic.listen(position, hearer);
            }
        }
    }
}

impl std::fmt::Debug for Simulation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulation")
            .field("islands", &self.circuit.islands().len())
            .field("counters", &self.counters())
            .finish_non_exhaustive()
    }
}
