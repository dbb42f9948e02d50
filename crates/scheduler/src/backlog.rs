//! What groups did ahead of the others, kept until everything before it is known.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::time::Instant;
use std::vec;

use memspike_time::Time;

use crate::group::PATIENCE;
use crate::{Half, Moment, Place, Tell};

/// What one group did, and is yet to be told. A line of the cache holds the whole of a small one: there are up to
/// millions in a window, made by origin and told by instant.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct Entry<R> {
    pub moment: Moment,
    pub place: Place,
    pub record: R,
}

/// Records of all groups; those of one place come in the order in which they were made.
#[derive(Debug)]
pub(crate) struct Backlog<R> {
    /// Since the last delivery.
    pub fresh: Vec<Entry<R>>,
    /// What earlier deliveries left, the one with the first record on top.
    kept: BinaryHeap<Rest<R>>,
    /// Deliveries that have left something.
    numbered: u64,
}

/// What one delivery left: records in their order, at least one.
#[derive(Debug)]
struct Rest<R> {
    entries: vec::IntoIter<Entry<R>>,
    /// Of two with records of one place, the earlier delivery has those that were made first.
    number: u64,
}

impl<R> Rest<R> {
    fn first(&self) -> Option<(Moment, Place)> {
        self.entries.as_slice().first().map(|entry| (entry.moment, entry.place))
    }
}

/// The one that is told first is the greatest.
impl<R> Ord for Rest<R> {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.first(), other.number).cmp(&(self.first(), self.number))
    }
}

impl<R> PartialOrd for Rest<R> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<R> PartialEq for Rest<R> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<R> Eq for Rest<R> {}

impl<R> Default for Backlog<R> {
    fn default() -> Self {
        Self { fresh: Vec::new(), kept: BinaryHeap::new(), numbered: 0 }
    }
}

/// What was told.
pub(crate) struct Delivered {
    /// Records.
    pub told: usize,
    /// The last instant that was told, if somebody asked to stop there.
    pub stopped: Option<Time>,
}

/// Whole numbers in the order of places, which compare fast: fractions, not negative, are in the order of their bits.
fn rank((moment, place): (&Moment, &Place)) -> (u64, u64, u64) {
    let half = u64::from(moment.half == Half::Change);
    // Rounds are few: a loop of them ends in a failure long before 2^23.
    let within = u64::from(moment.round) << 41 | half << 40 | u64::from(place.kind) << 32;
    (moment.at.tick, moment.at.frac.to_bits(), within | u64::from(place.position))
}

impl<R> Backlog<R> {
    /// When the first record that an earlier delivery left is due.
    pub fn next(&self) -> Option<Time> {
        self.first_kept().map(|(moment, _)| moment.at)
    }

    /// Tells all that happened up to and including `until`, in order, or to the end of an instant after which `stop`
    /// says so; that is asked now and then. What is not told is kept.
    pub fn deliver<E>(
        &mut self,
        until: Time,
        tell: &mut Tell<'_, R, E>,
        stop: &mut dyn FnMut(Time) -> bool,
    ) -> Result<Delivered, E> {
        let mut fresh = std::mem::take(&mut self.fresh);
        let order = in_order(&fresh);
        let mut untold = order.as_slice();
        let mut near = 0;
        let mut pace = LookNowAndThen::new();
        let mut kept = self.first_kept();
        let stopped = loop {
            if near == 0 {
                near = bring_near(&fresh, untold);
            }
            let next = untold.first().map(|at| &fresh[position(*at)]);
            let before = |(moment, place): &(Moment, Place)| {
                next.is_none_or(|next| (moment, place) <= (&next.moment, &next.place))
            };
            let earlier = kept.filter(before);
            let first = earlier.map(|(moment, _)| moment).or(next.map(|next| next.moment));
            let Some(at) = first.map(|moment| moment.at).filter(|at| *at <= until) else {
                break None;
            };
            if let Some(last) = pace.ends_before(at, stop) {
                break Some(last);
            }
            if earlier.is_some() {
                if let Some(record) = self.take_kept() {
                    tell(at, &record)?;
                }
                kept = self.first_kept();
            } else if let Some(next) = next {
                untold = &untold[1..];
                near = near.saturating_sub(1);
                tell(at, &next.record)?;
            }
        };
        if untold.is_empty() {
            fresh.clear();
        } else {
            let mut left: Vec<Option<_>> = fresh.drain(..).map(Some).collect();
            let entries: Vec<_> =
                untold.iter().filter_map(|at| left[position(*at)].take()).collect();
            self.kept.push(Rest { entries: entries.into_iter(), number: self.numbered });
            self.numbered += 1;
        }
        // What is empty keeps its memory for the next window.
        self.fresh = fresh;
        Ok(Delivered { told: pace.told, stopped })
    }

    fn first_kept(&self) -> Option<(Moment, Place)> {
        self.kept.peek().and_then(Rest::first)
    }

    /// Takes the record that [`Backlog::first_kept`] is of.
    fn take_kept(&mut self) -> Option<R> {
        let mut top = self.kept.peek_mut()?;
        let taken = top.entries.next();
        if top.entries.as_slice().is_empty() {
            PeekMut::pop(top);
        }
        taken.map(|entry| entry.record)
    }
}

/// The records' positions in the order in which they are told, each below the instant that sorts it; see
/// [`position`]. What one place holds stays in its order.
fn in_order<R>(records: &[Entry<R>]) -> Vec<u128> {
    let key = |(at, entry): (usize, &Entry<R>)| u128::from(entry.moment.at.tick) << 64 | at as u128;
    let mut order: Vec<u128> = records.iter().enumerate().map(key).collect();
    order.sort_unstable();
    // Few share a femtosecond, unless all do.
    for same in order.chunk_by_mut(|a, b| a >> 64 == b >> 64).filter(|same| same.len() > 1) {
        same.sort_by_cached_key(|at| {
            let Entry { moment, place, .. } = &records[position(*at)];
            (rank((moment, place)), *at)
        });
    }
    order
}

/// Reads of the next records in their order, which lie anywhere, so that memory answers for all of them at once before
/// each is told. Gives how many they are.
fn bring_near<R>(records: &[Entry<R>], order: &[u128]) -> usize {
    let next = &order[..order.len().min(NEAR)];
    let read = next.iter().map(|at| records[position(*at)].moment.round);
    std::hint::black_box(read.fold(0, u32::wrapping_add));
    next.len()
}

/// Records that are brought near together: they and what sinks do fit into the fastest cache.
const NEAR: usize = 64;

/// The position of a record, from its key in [`in_order`].
fn position(key: u128) -> usize {
    key as u64 as usize
}

/// Records between two looks at whether to stop, unless sinks take longer than [`PATIENCE`] for fewer.
const LOOK_EVERY: usize = 64;

/// Records between two looks at the clock: a sink may search a second for what a measurement asks of one.
const CLOCK_EVERY: usize = 8;

/// How far a delivery has come.
struct LookNowAndThen {
    told: usize,
    /// Records told when it was asked whether to stop, and when that was.
    asked: (usize, Instant),
    /// Records told at the last look at the clock.
    looked: usize,
    /// The instant of the last of them.
    instant: Option<Time>,
}

impl LookNowAndThen {
    fn new() -> Self {
        Self { told: 0, asked: (0, Instant::now()), looked: 0, instant: None }
    }

    /// Whether it is time to ask again.
    fn is_due(&mut self) -> bool {
        let (told, at) = self.asked;
        if self.told >= told + LOOK_EVERY {
            return true;
        }
        if self.told < self.looked + CLOCK_EVERY {
            return false;
        }
        self.looked = self.told;
        at.elapsed() >= PATIENCE
    }

    /// Counts a record of the instant `at`; or, if one before it is complete and `stop` says so, gives that one.
    fn ends_before(&mut self, at: Time, stop: &mut dyn FnMut(Time) -> bool) -> Option<Time> {
        if let Some(last) = self.instant.replace(at).filter(|last| *last < at)
            && self.is_due()
        {
            let stops = stop(last);
            (self.asked, self.looked) = ((self.told, Instant::now()), self.told);
            if stops {
                return Some(last);
            }
        }
        self.told += 1;
        None
    }
}
