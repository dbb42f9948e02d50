//! Windows: how far groups run ahead of each other, and what is told after them.

use std::num::NonZeroUsize;
use std::ops::{ControlFlow, Range};
use std::time::{Duration, Instant};

use memspike_time::Time;
use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};

use crate::backlog::{Backlog, Delivered};
use crate::group::PATIENCE;
use crate::{Epoch, Group, Moment, Outbox, Place};

/// How far groups run ahead of each other. It decides what a run costs and how much it keeps waiting
/// to be told; no result depends on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Length of the first window (s); later ones follow the events in them.
    pub first_window_s: f64,
    /// Length of the longest window (s).
    pub longest_window_s: f64,
    /// What may wait to be told: each origin's share of it is what it may do ahead in one window,
    /// at least one event. None: what is worth a visit to every origin.
    pub records: Option<usize>,
    /// How long groups may take for one window before what is left of it is put off, so that a run of slow events
    /// can be stopped; up to ten times as long for more than ten thousand origins, which would do little in it.
    pub patience: Duration,
    /// On how many threads groups of one stage advance, those of the pool that the run is in.
    pub threads: NonZeroUsize,
    /// Records of a window after which others than the run's own are woken for the next.
    pub worth_threads: usize,
}

impl Default for Pace {
    /// Windows as long as any run.
    fn default() -> Self {
        Self {
            first_window_s: 1e-6,
            longest_window_s: 2e4,
            records: None,
            patience: PATIENCE,
            threads: NonZeroUsize::MIN,
            worth_threads: WORTH_THREADS,
        }
    }
}

/// Records that are worth a visit to each of so many origins and still small; fewer where a limit of the process
/// leaves little memory.
fn worthwhile_records(origins: usize) -> usize {
    let fits = |records: &usize| {
        let bytes = records.saturating_mul(RECORD_BYTES);
        Vec::<u8>::new().try_reserve_exact(bytes).is_ok()
    };
    let worth = origins.saturating_mul(RECORDS_OF_EACH).max(1 << 18);
    [worth, 1 << 18, 1 << 15].into_iter().find(fits).unwrap_or(1 << 12)
}

/// Records for which one visit to an origin is worth it: what the origin is must come from memory first if there are
/// 100,000 of them (where each event is solved for, it took 490 ns there with 2, 280 ns with 10, 240 ns with 20; with
/// 1,000 origins 125 ns).
const RECORDS_OF_EACH: usize = 20;

/// What must be free for each record that waits (bytes): what it takes, what is done to put it into order, and
/// what lies idle between; measured with limits of the process.
const RECORD_BYTES: usize = 768;

/// Origins that one patience is meant for.
const ORIGINS_A_PATIENCE: usize = 10_000;

/// Records of which each takes about a quarter of a microsecond to make, a millisecond together: waking a thread takes
/// some microseconds.
const WORTH_THREADS: usize = 1 << 12;

/// Events between two calls of `watch`, at least.
const WATCH_INTERVAL: u64 = 1024;

/// Least length of a window (s): time's own grain.
const LEAST_WINDOW_S: f64 = memspike_time::FEMTOSECOND_S;

/// Who hears of every record, in order.
pub type Tell<'t, R, E> = dyn FnMut(Time, &R) -> Result<(), E> + 't;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Everything up to its end was done and told.
    Reached,
    /// `watch` asked to stop.
    Interrupted,
}

/// Why a run ended before its end.
#[derive(Debug)]
pub enum Stop<F, E> {
    /// An origin cannot go on. All that happened before was told.
    Failed(Time, F),
    /// A sink failed.
    Sink(E),
}

/// When, where and why a group cannot go on.
type Failed<G> = (Moment, Place, <G as Group>::Failure);

/// What groups say.
type Said<G> = Outbox<<G as Group>::Record, <G as Group>::Event>;

/// Groups in motion.
#[derive(Debug)]
pub struct Scheduler<G: Group> {
    /// In the order of their stages.
    groups: Vec<G>,
    backlog: Backlog<G::Record>,
    pace: Pace,
    /// What may wait to be told.
    records: usize,
    window_s: f64,
    /// Everything up to here was told.
    now: Time,
    /// The first failure: the run ends there.
    failed: Option<(Moment, Place, G::Failure)>,
    /// Events when `watch` was called last, and when that was.
    watched: u64,
    asked: Instant,
    told: u64,
    /// Records of the last window.
    made: usize,
}

impl<G: Group> Scheduler<G> {
    /// Groups at the start of a run, in the order of their stages.
    #[must_use]
    pub fn new(groups: Vec<G>, pace: Pace) -> Self {
        let origins = || groups.iter().map(Group::pending).sum();
        let records = pace.records.unwrap_or_else(|| worthwhile_records(origins()));
        Self {
            records,
            groups,
            backlog: Backlog::default(),
            pace,
            window_s: pace.first_window_s,
            now: Time::ZERO,
            failed: None,
            watched: 0,
            asked: Instant::now(),
            told: 0,
            made: 0,
        }
    }

    /// The groups.
    #[must_use]
    pub fn groups(&self) -> &[G] {
        &self.groups
    }

    /// Everything up to here was told.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// Runs up to and including `until`: `tell` hears every record in order. `watch` is called with the
    /// present time every thousand events or tenth of a second, and may stop the run there. A later call goes on.
    ///
    /// # Errors
    /// [`Stop`]; what was before it was told.
    pub fn run<E>(
        &mut self,
        until: Time,
        tell: &mut Tell<'_, G::Record, E>,
        watch: &mut dyn FnMut(Time) -> ControlFlow<()>,
    ) -> Result<Ended, Stop<G::Failure, E>> {
        loop {
            let limit = self.failed.as_ref().map_or(until, |(moment, ..)| until.min(moment.at));
            let Some(first) = self.next().filter(|first| *first <= limit) else { break };
            let mut stop = |at| watch(at).is_break();
            let told = self.window(first, limit, tell, &mut stop).map_err(Stop::Sink)?;
            if told.stopped.is_some() || self.asked_to_stop(&mut stop) {
                return Ok(Ended::Interrupted);
            }
        }
        if let Some((moment, _, failure)) = self.failed.take_if(|(moment, ..)| moment.at <= until) {
            self.now = moment.at;
            return Err(Stop::Failed(moment.at, failure));
        }
        self.now = until.max(self.now);
        Ok(Ended::Reached)
    }

    /// When the first thing happens that is yet to be done, or was done and is yet to be told.
    fn next(&self) -> Option<Time> {
        self.groups.iter().filter_map(Group::next).chain(self.backlog.next()).min()
    }

    fn asked_to_stop(&mut self, stop: &mut dyn FnMut(Time) -> bool) -> bool {
        let fired = self.told + self.groups.iter().map(Group::fired).sum::<u64>();
        if fired < self.watched + WATCH_INTERVAL && self.asked.elapsed() < PATIENCE {
            return false;
        }
        self.asked = Instant::now();
        self.watched = fired;
        stop(self.now)
    }

    /// Lets every group advance to the end of one window, and tells what they did, unless `stop` ends that.
    fn window<E>(
        &mut self,
        first: Time,
        limit: Time,
        tell: &mut Tell<'_, G::Record, E>,
        stop: &mut dyn FnMut(Time) -> bool,
    ) -> Result<Delivered, E> {
        let planned = first.plus(self.window_s).min(limit);
        let pending: usize = self.groups.iter().map(Group::pending).sum();
        let share = self.records / pending.max(1);
        let records = self.records / self.groups.len().max(1);
        let times = (pending / ORIGINS_A_PATIENCE).clamp(1, 10) as u32;
        let mut epoch = Epoch::new(planned, share, records, self.pace.patience * times);
        let mut out =
            Outbox { records: std::mem::take(&mut self.backlog.fresh), events: Vec::new() };
        let mut begin = 0;
        while let Some(group) = self.groups.get(begin) {
            let stage = group.stage();
            let end = begin + self.groups[begin..].partition_point(|group| group.stage() == stage);
            self.advance(begin..end, &mut epoch, &mut out);
            for (to, event) in out.events.drain(..) {
                debug_assert!(to >= end, "a group feeds only later stages");
                self.groups[to].hear(event);
            }
            begin = end;
        }
        self.made = out.records.len();
        self.backlog.fresh = out.records;
        let delivered = self.backlog.deliver(epoch.end, tell, stop)?;
        self.now = delivered.stopped.unwrap_or(epoch.end);
        self.told += delivered.told as u64;
        self.pace_next(first, planned, epoch.end, limit, delivered.told);
        Ok(delivered)
    }

    /// Lets the groups of one stage advance to the end of the window, side by side if there is much to do.
    fn advance(&mut self, stage: Range<usize>, epoch: &mut Epoch, out: &mut Said<G>) {
        let groups = &mut self.groups[stage];
        let is_worth = self.pace.threads.get() > 1 && self.made >= self.pace.worth_threads;
        let failed = if is_worth && groups.len() > 1 {
            side_by_side(groups, epoch, out)
        } else {
            one_by_one(groups, epoch, out)
        };
        self.failed = earlier::<G>(self.failed.take(), failed);
    }

    /// Chooses the length of the next window by what happened in this one, which was to end at `planned`.
    fn pace_next(&mut self, first: Time, planned: Time, end: Time, limit: Time, told: usize) {
        let worth = self.records / 4;
        let next_s = if end < planned {
            end.since(first)
        } else if told > 2 * worth {
            0.5 * self.window_s
        } else if told < worth && end < limit {
            2.0 * self.window_s
        } else {
            self.window_s
        };
        self.window_s = next_s.max(LEAST_WINDOW_S).min(self.pace.longest_window_s);
    }
}

/// Lets groups advance one after another to the end of the window, which ends where nothing is complete beyond. Gives the
/// first failure.
fn one_by_one<G: Group>(
    groups: &mut [G],
    epoch: &mut Epoch,
    out: &mut Said<G>,
) -> Option<Failed<G>> {
    let mut failed = None;
    for group in groups {
        if group.next().is_none_or(|next| next > epoch.end) {
            continue;
        }
        match group.advance(epoch, out) {
            // Nothing is complete beyond the first event that is put off.
            Ok(complete) => epoch.end = epoch.end.min(complete),
            Err(failure) => {
                epoch.end = epoch.end.min(failure.0.at);
                failed = earlier::<G>(failed, Some(failure));
            }
        }
    }
    failed
}

/// The same, each group on whatever thread is free.
fn side_by_side<G: Group>(
    groups: &mut [G],
    epoch: &mut Epoch,
    out: &mut Said<G>,
) -> Option<Failed<G>> {
    let one = |group: &mut G| {
        let (mut epoch, mut out) = (epoch.clone(), Outbox::default());
        let failed = one_by_one(std::slice::from_mut(group), &mut epoch, &mut out);
        (epoch.end, out, failed)
    };
    let all: Vec<(Time, Said<G>, Option<Failed<G>>)> = groups.par_iter_mut().map(one).collect();
    let mut failed = None;
    for (end, said, failure) in all {
        epoch.end = epoch.end.min(end);
        out.records.extend(said.records);
        out.events.extend(said.events);
        failed = earlier::<G>(failed, failure);
    }
    failed
}

/// The first of two failures.
fn earlier<G: Group>(a: Option<Failed<G>>, b: Option<Failed<G>>) -> Option<Failed<G>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if (b.0, b.1) < (a.0, a.1) { b } else { a }),
        (a, b) => a.or(b),
    }
}
