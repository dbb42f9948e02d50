//! A visit to one island: what it does ahead of the others in one window.

use memspike_scheduler::{Epoch, Half, Moment, Outbox};

use super::{AnalogGroup, Heard, Record, round_after};
use crate::island::{Failure, Swing};
use crate::source::Due;

/// Searches on in one window without anything to tell, so that a run in which something swings a million million
/// times and nothing happens can be stopped.
const QUIET_WAKES: usize = 4096;

/// How far a visit has come.
struct Visit<'e> {
    /// What is done now.
    due: Due,
    /// The last that may be done.
    limit: Due,
    epoch: &'e mut Epoch,
    told_before: usize,
    wakes: usize,
}

impl Visit<'_> {
    /// Whether the visit goes on with what is due next, `told` records having been made in this window; then that
    /// is done now.
    fn goes_on(&mut self, next: Option<Due>, told: usize) -> bool {
        self.wakes += 1;
        let Some(next) = next.filter(|next| *next <= self.limit) else { return false };
        let records = told - self.told_before;
        let is_modest = records < self.epoch.share && self.wakes < records + QUIET_WAKES;
        let goes_on = is_modest && !self.epoch.is_late();
        if goes_on {
            self.due = next;
        }
        goes_on
    }
}

impl AnalogGroup<'_> {
    /// Lets one island do all that it has to do up to `limit`: at least one event, and none beyond its
    /// share of records or [`QUIET_WAKES`], or when it is late. Gives its next event.
    pub(super) fn run_island(
        &mut self,
        position: usize,
        due: Due,
        limit: Due,
        epoch: &mut Epoch,
        out: &mut Outbox<Record, Heard>,
    ) -> Result<Option<Due>, (Moment, Failure)> {
        let mut visit = Visit { due, limit, epoch, told_before: out.recorded(), wakes: 0 };
        loop {
            if self.are_unheard[position]
                && let Some(next) = self.swing_on(position, &mut visit, out)
            {
                return Ok(next);
            }
            let next = self.wake(position, visit.due, out)?;
            if !visit.goes_on(next, out.recorded()) {
                return Ok(next);
            }
            self.ahead += 1;
        }
    }

    /// Whether sinks of events alone hear what an island does.
    pub(super) fn is_unheard(&self, position: usize) -> bool {
        let mut devices = self.islands[position].devices();
        let has_listeners =
            !self.listeners.is_empty() && devices.any(|(id, _)| self.listeners.contains_key(&id));
        !has_listeners && self.probes.of_island(position).is_empty()
    }

    /// Lets an island that is unheard swing as long as it does and the visit goes on. If the visit ends with it, gives
    /// the island's next event.
    fn swing_on(
        &mut self,
        position: usize,
        visit: &mut Visit<'_>,
        out: &mut Outbox<Record, Heard>,
    ) -> Option<Option<Due>> {
        let (place, followed) = (self.place(position), self.followed);
        let (mut changes, mut ahead) = (0, 0);
        let mut end = None;
        let mut tell = |swing: &Swing| {
            changes += 1;
            if followed.include(&swing.event) && !swing.event.is_of_part() {
                let moment = Moment { at: swing.at, round: visit.due.1, half: Half::Finish };
                out.record(moment, place, Record::Event(swing.event));
            }
            let next = swing.next.map(|at| (at, round_after(at, visit.due, 0)));
            let goes_on = visit.goes_on(next, out.recorded());
            ahead += u64::from(goes_on);
            end = (!goes_on).then_some(next);
            goes_on
        };
        let lap = &mut self.laps[position];
        let mut goes_on = true;
        if lap.is_none() {
            self.islands[position].swing(|swing| {
                goes_on = tell(swing);
                goes_on
            });
            *lap = self.islands[position].lap();
        }
        if let (true, Some(lap)) = (goes_on, lap) {
            while lap.swing().is_some_and(|swing| tell(&swing)) {}
        }
        self.phase_changes += changes;
        self.ahead += ahead;
        end
    }

    /// Lets an island do what it is due for, and tells of it. Gives its next event.
    fn wake(
        &mut self,
        position: usize,
        due: Due,
        out: &mut Outbox<Record, Heard>,
    ) -> Result<Option<Due>, (Moment, Failure)> {
        let moment = Moment { at: due.0, round: due.1, half: Half::Finish };
        let failed = |failure| (moment, failure);
        let numbers = self.probes.of_island(position);
        let charges = self.probes.charges(numbers, due.0, &self.islands);
        let is_read = !numbers.is_empty();
        if let Some(lap) = &mut self.laps[position]
            && let Some(swing) = lap.swing()
        {
            let next = swing.next;
            if is_read {
                self.islands[position].stand_at(lap).map_err(failed)?;
            }
            self.report(position, moment, &[swing.event], swing.anchored, out);
            self.impulses(position, moment, &charges, out);
            return Ok(next.map(|at| (at, round_after(at, due, 0))));
        }
        self.end_lap(position).map_err(failed)?;
        let mut swung = None;
        let island = &mut self.islands[position];
        island.swing(|swing| {
            swung = Some((swing.event, swing.anchored));
            false
        });
        if let Some((event, anchored)) = swung {
            self.report(position, moment, &[event], anchored, out);
        } else {
            let woken = island.wake().map_err(failed)?;
            self.report(position, moment, &woken.events, woken.anchored, out);
        }
        self.impulses(position, moment, &charges, out);
        let island = &self.islands[position];
        self.laps[position] = island.lap();
        Ok(island.wake_time().map(|at| (at, round_after(at, due, 0))))
    }

    /// Lets an island know where it stands if it goes round, which it does no more.
    pub(super) fn end_lap(&mut self, position: usize) -> Result<(), Failure> {
        let Some(mut lap) = self.laps[position].take() else { return Ok(()) };
        let island = &mut self.islands[position];
        let stands = island.stand_at(&mut lap);
        island.leave_orbit();
        stands
    }
}
