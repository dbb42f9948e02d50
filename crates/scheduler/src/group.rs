//! What the scheduler asks of a simulator.

use std::time::{Duration, Instant};

use memspike_time::Time;

use crate::backlog::Entry;
use crate::{Moment, Place};

/// How long groups run ahead in one window unless their pace says otherwise, and how long sinks are told of it, before
/// it is asked whether to stop.
pub(crate) const PATIENCE: Duration = Duration::from_millis(100);

/// Looks between two looks at the clock.
const LOOK_EVERY: u32 = 16;

/// One window: how far a group may go in it.
#[derive(Debug, Clone)]
pub struct Epoch {
    /// The last instant of it.
    pub end: Time,
    /// What each pending origin may leave to be told; it may do one event in any case.
    pub share: usize,
    /// What the whole group may leave to be told, as far as it can be divided.
    pub records: usize,
    begun: Instant,
    patience: Duration,
    looks: u32,
}

impl Epoch {
    pub(crate) fn new(end: Time, share: usize, records: usize, patience: Duration) -> Self {
        Self { end, share, records, begun: Instant::now(), patience, looks: 0 }
    }

    /// Whether the window has taken so long that what is left of it should be put off. Reads the clock now and then.
    pub fn is_late(&mut self) -> bool {
        self.looks += 1;
        self.looks.is_multiple_of(LOOK_EVERY) && self.begun.elapsed() > self.patience
    }
}

/// What a group says while it advances.
#[derive(Debug)]
pub struct Outbox<R, E> {
    pub(crate) records: Vec<Entry<R>>,
    pub(crate) events: Vec<(usize, E)>,
}

impl<R, E> Default for Outbox<R, E> {
    fn default() -> Self {
        Self { records: Vec::new(), events: Vec::new() }
    }
}

impl<R, E> Outbox<R, E> {
    /// Something for the sinks.
    pub fn record(&mut self, moment: Moment, place: Place, record: R) {
        self.records.push(Entry { moment, place, record });
    }

    /// Something for a later group, by its position.
    pub fn send(&mut self, group: usize, event: E) {
        self.events.push((group, event));
    }

    /// Records so far in this window.
    #[must_use]
    pub fn recorded(&self) -> usize {
        self.records.len()
    }
}

/// Origins that advance together, and know nothing of other groups but what they hear.
pub trait Group: Send {
    /// What sinks are told.
    type Record: Send;
    /// What later groups hear.
    type Event: Send;
    /// Why it cannot go on.
    type Failure: Send;

    /// How far it is from the beginning: groups of one stage do not feed each other ([`Part::stage`](crate::Part)).
    fn stage(&self) -> usize;

    /// When something is due next, what was heard included.
    fn next(&self) -> Option<Time>;

    /// How many of its origins have something pending.
    fn pending(&self) -> usize;

    /// Events that happened so far.
    fn fired(&self) -> u64;

    /// Takes an event of an earlier group, which acts at its own moment. Events of one origin come in order.
    fn hear(&mut self, event: Self::Event);

    /// Does what is due up to and including `epoch.end`, at least one moment of it. Gives the instant up to
    /// which everything is done: `epoch.end`, or an earlier one where it put off the rest.
    ///
    /// # Errors
    /// When and where it cannot go on; everything that was due before is done or, by the others, yet to be done.
    fn advance(
        &mut self,
        epoch: &mut Epoch,
        out: &mut Outbox<Self::Record, Self::Event>,
    ) -> Result<Time, (Moment, Place, Self::Failure)>;
}
