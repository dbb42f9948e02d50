//! Islands and digital blocks that advance together, and the sources that they hear.

mod change;
mod inputs;
mod telling;
mod visit;

use std::collections::BTreeMap;

use memspike_circuit::{Circuit, ElementId};
use memspike_scheduler::{Agenda, Epoch, Group, Moment, Origin, Outbox, Place, Tally};
use memspike_time::Time;

use crate::Events;
use crate::island::{Failure, IslandRun, Lap};
use crate::logic::Logic;
use crate::probes::Probes;
use crate::source::Due;
use crate::sources::Sources;
use inputs::Inputs;
use telling::EVENTS;
pub(crate) use telling::{Follower, Heard, Listener, Record};

pub(crate) struct AnalogGroup<'c> {
    /// Its position among all groups.
    pub number: usize,
    pub islands: Vec<IslandRun<'c>>,
    /// Of islands that go round an orbit: where they are, of which the others know nothing.
    laps: Vec<Option<Lap>>,
    /// Whether sinks of events alone hear what an island does.
    are_unheard: Vec<bool>,
    /// The islands' positions in the circuit.
    pub numbers: Vec<usize>,
    pub sources: Sources<'c>,
    inputs: Inputs,
    pub logic: Logic,
    /// Whether a sink follows levels.
    pub shows_levels: bool,
    /// Who follows each device, in this group and later ones.
    pub listeners: BTreeMap<ElementId, Vec<Listener>>,
    pub probes: Probes,
    /// If its islands wait for each other, how far each may run ahead (fs).
    pub loop_delay_fs: Option<u64>,
    /// How far it is from the beginning.
    pub stage: usize,
    /// The events that a sink follows.
    pub followed: Events,
    pub phase_changes: u64,
    /// The next wake-up of each island.
    wakes: Agenda,
    /// Wake-ups that an island handled at once, of the visits that are being made.
    ahead: u64,
    /// Islands that were visited when some were visited last.
    visited: usize,
    /// The next change of each source, and of those that an earlier group has too, which are counted there.
    changes: Agenda,
    copied_changes: Agenda,
    /// By source, whether an earlier group has it too.
    pub copies: Vec<bool>,
    /// The next spike that each driver is to hear.
    spikes: Agenda,
}

/// How far a group has come in one window.
struct Progress<'e> {
    epoch: &'e mut Epoch,
    /// The last instant that is to be complete.
    end: Time,
    failed: Option<(Moment, Place, Failure)>,
}

impl Progress<'_> {
    fn fail(&mut self, moment: Moment, place: Place, failure: Failure) {
        self.end = self.end.min(moment.at);
        let earlier = |(m, p, _): &(Moment, Place, Failure)| (*m, *p) < (moment, place);
        if !self.failed.as_ref().is_some_and(earlier) {
            self.failed = Some((moment, place, failure));
        }
    }
}

/// The round in which something due at `at` happens, after what happened at `last`.
fn round_after(at: Time, last: Due, next: u32) -> u32 {
    if at <= last.0 { last.1 + next } else { 0 }
}

impl Group for AnalogGroup<'_> {
    type Record = Record;
    type Event = Heard;
    type Failure = Failure;

    fn stage(&self) -> usize {
        self.stage
    }

    fn next(&self) -> Option<Time> {
        self.wakes.next_due().into_iter().chain(self.next_change()).map(|(at, _)| at).min()
    }

    fn pending(&self) -> usize {
        self.wakes.pending() + self.logic.pending()
    }

    fn fired(&self) -> u64 {
        let agendas =
            [&self.wakes, &self.changes, &self.copied_changes, &self.spikes].map(Agenda::tally);
        agendas.iter().chain(&self.logic.tallies()).map(|tally| tally.fired).sum()
    }

    fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Source { driver, due, level } => {
                let run = self.sources.driver(driver);
                let before = run.next_spike();
                run.will_hear(due, level);
                let next = run.next_spike();
                if next != before {
                    self.spikes.schedule(driver as u32, next);
                }
            }
            Heard::Level { net, level, delays, at, now } => {
                self.logic.drive(net, level, delays, (at, now));
            }
            Heard::Pulse { net, active, due, width_fs } => {
                self.logic.pulse(net, active, due, width_fs);
            }
        }
    }

    fn advance(
        &mut self,
        epoch: &mut Epoch,
        out: &mut Outbox<Record, Heard>,
    ) -> Result<Time, (Moment, Place, Failure)> {
        let (before, most) = (out.recorded(), epoch.records);
        let end = epoch.end;
        let mut progress = Progress { epoch, end, failed: None };
        loop {
            let change = self.next_change().filter(|(at, _)| *at <= progress.end);
            let wake = self.wakes.next_due().filter(|(at, _)| *at <= progress.end);
            let reached = match (wake, change) {
                // At one instant islands finish what they began before a source changes.
                (Some(first), _) if change.is_none_or(|change| first <= change) => {
                    let limit = change.unwrap_or((progress.end, u32::MAX));
                    let limit = limit.min(self.ahead_of(first));
                    self.finish(limit, &mut progress, out);
                    limit.0
                }
                (_, Some(due)) => {
                    self.change(due, &mut progress, out);
                    due.0
                }
                _ => break,
            };
            if out.recorded() - before > most || progress.epoch.is_late() {
                progress.end = progress.end.min(reached);
            }
        }
        progress.failed.map_or(Ok(progress.end), Err)
    }
}

impl<'c> AnalogGroup<'c> {
    /// Islands at the start of a run, which are those with these `numbers` in the circuit.
    pub fn new(
        circuit: &Circuit,
        islands: Vec<IslandRun<'c>>,
        numbers: Vec<usize>,
        sources: Sources<'c>,
        probes: Probes,
    ) -> Self {
        let inputs = numbers.iter().map(|number| {
            let ids = circuit.islands()[*number].inputs.iter();
            ids.map(|id| sources.position(*id)).collect()
        });
        let inputs = Inputs::new(inputs, &sources);
        Self {
            number: 0,
            laps: Vec::new(),
            are_unheard: Vec::new(),
            islands,
            numbers,
            sources,
            inputs,
            logic: Logic::default(),
            shows_levels: false,
            listeners: BTreeMap::new(),
            probes,
            loop_delay_fs: None,
            stage: 0,
            followed: Events::None,
            phase_changes: 0,
            wakes: Agenda::default(),
            ahead: 0,
            visited: 0,
            changes: Agenda::default(),
            copied_changes: Agenda::default(),
            copies: Vec::new(),
            spikes: Agenda::default(),
        }
    }

    /// The forms of all its signals, by their number.
    pub fn forms(&self, at: Time) -> impl Iterator<Item = (u32, Record)> + '_ {
        (0..self.probes.len()).map(move |number| {
            let form = self.probes.form(number, at, &self.islands, &self.sources);
            let signal = self.probes.signal(number);
            (signal, Record::Form(signal, Box::new(form)))
        })
    }

    /// What it has done so far: islands, sources that no earlier group has, nets and blocks.
    pub fn tallies(&self) -> [Tally; 4] {
        let [changes, wakes] = self.logic.tallies();
        [self.wakes.tally(), self.changes.tally(), changes, wakes]
    }

    /// How many events it waits for.
    pub fn waits_for(&self) -> usize {
        self.wakes.pending() + self.changes.pending() + self.logic.pending()
    }

    /// The next moment at which something changes from outside.
    fn next_change(&self) -> Option<Due> {
        let sources = [&self.changes, &self.copied_changes, &self.spikes].map(Agenda::next_due);
        sources.into_iter().flatten().chain(self.logic.next_due()).min()
    }

    /// Puts what everything waits for at the start into the agendas.
    pub fn begin(&mut self) {
        self.laps.resize_with(self.islands.len(), || None);
        self.are_unheard = (0..self.islands.len()).map(|at| self.is_unheard(at)).collect();
        for position in 0..self.islands.len() {
            self.schedule_wake(position, (Time::ZERO, 0), 0);
        }
        for source in 0..self.sources.len() {
            let change = self.sources.changes(source).map(|at| (at, 0));
            self.changes_of(source).schedule(source as u32, change);
        }
        self.logic.begin();
    }

    /// Where the next change of a source is kept.
    fn changes_of(&mut self, source: usize) -> &mut Agenda {
        if self.copies[source] { &mut self.copied_changes } else { &mut self.changes }
    }

    fn schedule_wake(&mut self, position: usize, last: Due, next: u32) {
        let due = self.islands[position].wake_time().map(|at| (at, round_after(at, last, next)));
        self.wakes.schedule(position as u32, due);
    }

    /// How far islands may run ahead, the first of which is due at `first`.
    fn ahead_of(&self, first: Due) -> Due {
        match self.loop_delay_fs {
            None => (Time::from_tick(u64::MAX), u32::MAX),
            Some(0) => first,
            Some(delay_fs) => (first.0.later(delay_fs), 0),
        }
    }

    fn place(&self, island: usize) -> Place {
        Place { kind: EVENTS, position: self.numbers[island] as u32 }
    }

    /// Lets islands do what is due up to and including `limit`: by position where most have something to do, which
    /// passes through memory in order, and then by time what is left.
    fn finish(&mut self, mut limit: Due, progress: &mut Progress, out: &mut Outbox<Record, Heard>) {
        let mut wakes = std::mem::take(&mut self.wakes);
        let is_worth_a_sweep = wakes.is_worth_a_sweep(self.visited);
        self.visited = 0;
        if is_worth_a_sweep {
            let act = |island, due, limit: &mut Due| self.visit(island, due, limit, progress, out);
            wakes.sweep(&mut limit, act);
        }
        while let Some((island, at, round)) = wakes.next(limit) {
            let next = self.visit(island, (at, round), &mut limit, progress, out);
            wakes.schedule(island, next);
        }
        wakes.count_ahead(std::mem::take(&mut self.ahead));
        self.wakes = wakes;
    }

    /// Lets one island do what is due up to and including `limit`, or a part of it, which lowers the limit. Gives its next
    /// event.
    fn visit(
        &mut self,
        island: Origin,
        due: Due,
        limit: &mut Due,
        progress: &mut Progress,
        out: &mut Outbox<Record, Heard>,
    ) -> Option<Due> {
        self.visited += 1;
        let position = island as usize;
        match self.run_island(position, due, *limit, progress.epoch, out) {
            // Nothing is complete beyond the first event that is put off.
            Ok(next) => {
                if let Some(put_off) = next.filter(|next| next <= limit) {
                    *limit = put_off;
                    progress.end = progress.end.min(put_off.0);
                }
                next
            }
            // Others may still have to reach this instant, or fail before it.
            Err((moment, failure)) => {
                *limit = (*limit).min((moment.at, u32::MAX));
                progress.fail(moment, self.place(position), failure);
                None
            }
        }
    }
}
