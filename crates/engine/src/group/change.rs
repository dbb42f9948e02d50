//! What comes to the islands of a group from outside: nets and sources that change, spikes that drivers hear.

use memspike_scheduler::{Group as _, Half, Moment, Origin, Outbox, Place};
use memspike_time::Time;
use memspike_waveform::Waveform;

use super::inputs::Entry;
use super::telling::{FORMS, Heard, LEVELS, Record};
use super::{AnalogGroup, Progress, round_after};
use crate::island::Failure;
use crate::logic::{Hearer, MOST_ROUNDS};
use crate::probes::jump;
use crate::source::Due;
use crate::sources::Few;

impl AnalogGroup<'_> {
    /// All sources that change at one moment change together: no island sees one without the other.
    pub(super) fn change(
        &mut self,
        due: Due,
        progress: &mut Progress,
        out: &mut Outbox<Record, Heard>,
    ) {
        let (at, round) = due;
        let moment = Moment { at, round, half: Half::Change };
        self.change_levels(due, moment, progress, out);
        self.hear_spikes(due);
        let mut changed = Few::<Origin>::new();
        self.changes.take(due, &mut changed);
        self.copied_changes.take(due, &mut changed);
        for source in changed.iter().map(|source| *source as usize) {
            self.sources.change(source, at);
            self.inputs.update(source, &self.sources);
        }
        // What changes twice at one instant, a pulse that ends where the next begins, shows both.
        changed.iter().for_each(|source| self.schedule_change(*source as usize, due, 1));
        let changed = self.sources.with_sums(&changed);
        let entered = self.inputs.entered(&changed);
        let by_island = || entered.chunk_by(|a, b| a.island == b.island);
        let islands: Few<usize> = by_island().map(|entries| entries[0].island as usize).collect();
        self.meet(&islands, moment, progress);
        let stale = self.probes.stale(&islands, &changed);
        let before = self.probes.charges(&stale, at, &self.islands);
        for (&position, entries) in islands.iter().zip(by_island()) {
            let new = self.new_inputs(position, at, entries);
            let first_end = self.first_end(position);
            let place = self.place(position);
            match self.islands[position].change_inputs(at, new, first_end) {
                Ok(woken) => {
                    self.schedule_wake(position, due, 1);
                    woken.events.iter().for_each(|event| self.tell(moment, place, event, out));
                }
                Err(failure) => {
                    self.wakes.schedule(position as u32, None);
                    progress.fail(moment, place, failure);
                }
            }
        }
        let after = self.probes.charges(&stale, at, &self.islands);
        let mut jumps = before.iter().zip(&after).map(|(before, after)| jump(*before, *after));
        for number in stale {
            let signal = self.probes.signal(number);
            let form = self.probes.form(number, at, &self.islands, &self.sources);
            let place = Place { kind: FORMS, position: signal };
            if let Some(integral) = jumps.next().flatten() {
                out.record(moment, place, Record::Impulse(signal, integral));
            }
            out.record(moment, place, Record::Form(signal, Box::new(form)));
        }
    }

    /// Brings islands that something comes to near, and to where they stand, if they went round.
    fn meet(&mut self, islands: &[usize], moment: Moment, progress: &mut Progress) {
        let near = islands.iter().map(|position| self.islands[*position].bring_near());
        std::hint::black_box(near.fold(0, u64::wrapping_add));
        for &position in islands {
            if let Err(failure) = self.end_lap(position) {
                progress.fail(moment, self.place(position), failure);
            }
        }
    }

    /// Lets nets take the levels that are due, blocks react, and sources hear of it.
    fn change_levels(
        &mut self,
        due: Due,
        moment: Moment,
        progress: &mut Progress,
        out: &mut Outbox<Record, Heard>,
    ) {
        if self.logic.next_due().is_none_or(|next| next > due) {
            return;
        }
        let changed = self.logic.step(due);
        if let Some((block, message)) = self.logic.failure() {
            self.logic.stop();
            let place = Place { kind: LEVELS, position: block as u32 };
            return progress.fail(moment, place, Failure::Block(block, message));
        }
        for number in changed {
            let (net, level) = self.logic.net(number);
            let place = Place { kind: LEVELS, position: net.index() as u32 };
            if due.1 > MOST_ROUNDS {
                self.logic.stop();
                progress.fail(moment, place, Failure::Endless(net));
                return;
            }
            if self.shows_levels {
                out.record(moment, place, Record::Level(net, level));
            }
            for at in 0..self.logic.hearers(number).len() {
                let Hearer { group, driver } = self.logic.hearers(number)[at];
                let heard = Heard::Source { driver, due, level };
                if group == self.number {
                    self.hear(heard);
                } else {
                    out.send(group, heard);
                }
            }
        }
    }

    /// Lets drivers hear the spikes that are due, which may make them change at this very moment.
    fn hear_spikes(&mut self, due: Due) {
        let mut hearing = Few::<Origin>::new();
        self.spikes.take(due, &mut hearing);
        for driver in hearing.into_iter().map(|driver| driver as usize) {
            let run = self.sources.driver(driver);
            let heard = run.hear(due);
            self.spikes.schedule(driver as u32, run.next_spike());
            if heard {
                self.inputs.update(driver, &self.sources);
                self.schedule_change(driver, due, 0);
            }
        }
    }

    fn schedule_change(&mut self, source: usize, last: Due, next: u32) {
        let change = self.sources.changes(source).map(|at| (at, round_after(at, last, next)));
        self.changes_of(source).schedule(source as u32, change);
    }

    /// The inputs of an island that are others from `at` on: those that changed, and those that move.
    fn new_inputs(&self, position: usize, at: Time, changed: &[Entry]) -> Vec<(usize, Waveform)> {
        let moves = |entry: &&Entry| {
            !self.sources.is_constant(entry.source as usize)
                && changed.binary_search(entry).is_err()
        };
        let moving = self.inputs.live(position).iter().filter(moves);
        let new =
            |entry: &Entry| (entry.slot as usize, self.sources.form(entry.source as usize, at));
        changed.iter().chain(moving).map(new).collect()
    }

    /// When the first of an island's sources changes its form.
    fn first_end(&self, position: usize) -> Option<Time> {
        let live = self.inputs.live(position).iter();
        live.filter_map(|entry| self.sources.ends(entry.source as usize)).min()
    }
}
