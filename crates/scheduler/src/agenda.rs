//! Pending events: at most one of each origin, by time, round and origin.

use memspike_time::Time;

/// Who schedules events, by position.
pub type Origin = u32;

/// Time and round of an event.
type Due = (Time, u32);

/// After every event: fractions are below one.
const NEVER: Due = (Time { tick: u64::MAX, frac: 1.0 }, u32::MAX);

/// A part of all pending events, one in so many, from which on it is less work to look at each origin than to
/// ask for the first event again and again.
const WORTH_A_SWEEP: usize = 8;

/// What one agenda did. It balances: what was scheduled is what fired, was cancelled or is pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Events put in.
    pub scheduled: u64,
    /// Events taken back before their time.
    pub cancelled: u64,
    /// Events that happened.
    pub fired: u64,
}

/// The pending events of a group of origins: a tournament, in which the earlier of two neighbours goes on to the next
/// round. It takes memory for the highest position that ever had an event.
#[derive(Debug, Default)]
pub struct Agenda {
    /// By origin, [`NEVER`] without an event; as many as a power of two.
    due: Vec<Due>,
    /// Who wins each match; that of match `m` is between the winners of `2 m` and `2 m + 1`, and origin `o` comes in
    /// as the winner of `due.len() + o`. Match 1 is the final.
    winners: Vec<Origin>,
    pending: usize,
    /// The origin whose event is happening; its entry is spent, but keeps its place until the origin's next event
    /// takes it.
    firing: Option<Origin>,
    tally: Tally,
}

/// Femtoseconds tell nearly all events apart.
#[inline]
fn is_before(one: Due, other: Due) -> bool {
    let (tick, others) = (one.0.tick, other.0.tick);
    if tick == others { one < other } else { tick < others }
}

impl Agenda {
    /// Sets the pending event of an origin to a time and round, or removes it.
    pub fn schedule(&mut self, origin: Origin, due: Option<Due>) {
        let spent = self.firing == Some(origin);
        if spent {
            self.firing = None;
        }
        let at = origin as usize;
        if at >= self.due.len() {
            if due.is_none() {
                return;
            }
            self.due.resize((at + 1).next_power_of_two(), NEVER);
            self.play_all();
        }
        let replaced = self.put(at, due);
        if replaced && !spent {
            self.tally.cancelled += 1;
        }
        self.play(at);
    }

    /// Writes down the event of an origin, and counts it; gives whether there was one. Its matches are yet to be played.
    fn put(&mut self, at: usize, due: Option<Due>) -> bool {
        let before = std::mem::replace(&mut self.due[at], due.unwrap_or(NEVER));
        let replaced = before != NEVER;
        self.tally.scheduled += u64::from(due.is_some());
        self.pending = self.pending + usize::from(due.is_some()) - usize::from(replaced);
        replaced
    }

    /// Plays the matches of one origin anew, up to one in which neither it nor the winner is new.
    fn play(&mut self, at: usize) {
        let mut entry = self.due.len() + at;
        let mut best = at as Origin;
        while entry > 1 {
            let other = self.enters(entry ^ 1);
            best = if entry.is_multiple_of(2) {
                self.first_of(best, other)
            } else {
                self.first_of(other, best)
            };
            entry /= 2;
            let before = std::mem::replace(&mut self.winners[entry], best);
            if best == before && best as usize != at {
                break;
            }
        }
    }

    /// Plays all matches anew.
    fn play_all(&mut self) {
        self.winners.resize(self.due.len(), 0);
        for entry in (1..self.due.len()).rev() {
            self.winners[entry] = self.first_of(self.enters(2 * entry), self.enters(2 * entry + 1));
        }
    }

    /// The winner of a match, or an origin that enters.
    fn enters(&self, entry: usize) -> Origin {
        let origins = self.due.len();
        if entry < origins { self.winners[entry] } else { (entry - origins) as Origin }
    }

    /// The winner between two, which is the lower position if they are due together.
    fn first_of(&self, low: Origin, high: Origin) -> Origin {
        if is_before(self.due[high as usize], self.due[low as usize]) { high } else { low }
    }

    /// The origin of the first event and its time and round, if any is pending.
    fn first(&self) -> Option<(Origin, Due)> {
        // Without a match the one origin that there may be is the first.
        let winner = self.winners.get(1).copied().unwrap_or(0);
        self.due.get(winner as usize).filter(|due| **due != NEVER).map(|due| (winner, *due))
    }

    /// Time and round of the first pending event. Not while an event is happening: its origin must have
    /// scheduled its next one first.
    #[must_use]
    pub fn next_due(&self) -> Option<Due> {
        debug_assert!(self.firing.is_none(), "an origin has yet to schedule its next event");
        self.first().map(|(_, due)| due)
    }

    /// How many events are pending.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.pending - usize::from(self.firing.is_some())
    }

    /// What was done so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Counts events that their origin handled at once instead of waiting for its turn.
    pub fn count_ahead(&mut self, events: u64) {
        self.tally.scheduled += events;
        self.tally.fired += events;
    }

    /// The next event if it is due at or before this time and round. It counts as done.
    pub fn next(&mut self, until: Due) -> Option<(Origin, Time, u32)> {
        if let Some(spent) = self.firing {
            self.schedule(spent, None);
        }
        let (origin, due) = self.first().filter(|(_, due)| *due <= until)?;
        self.firing = Some(origin);
        self.tally.fired += 1;
        Some((origin, due.0, due.1))
    }

    /// The origins of all events that are due at or before this time and round, in any order. They count as done; each origin
    /// must schedule its next event, or none, before the agenda is asked again.
    pub fn take(&mut self, until: Due, taken: &mut impl Extend<Origin>) {
        if let Some(spent) = self.firing {
            self.schedule(spent, None);
        }
        if self.first().is_some_and(|(_, due)| !is_before(until, due)) {
            self.take_of(1, until, taken);
        }
    }

    /// [`Agenda::take`] of those that have come to a match, or of an origin that enters: the winner, which is due, and who lost to it.
    /// Entries are empty from then on and matches are as they were: they are played when their origins schedule.
    fn take_of(&mut self, last: usize, until: Due, taken: &mut impl Extend<Origin>) {
        let winner = self.enters(last);
        self.put(winner as usize, None);
        self.tally.fired += 1;
        taken.extend([winner]);
        let mut entry = self.due.len() + winner as usize;
        while entry > last {
            let rival = self.enters(entry ^ 1);
            if !is_before(until, self.due[rival as usize]) {
                self.take_of(entry ^ 1, until, taken);
            }
            entry /= 2;
        }
    }

    /// Whether, after so many events that were asked for one by one, [`Agenda::sweep`] had been less work.
    #[must_use]
    pub fn is_worth_a_sweep(&self, events: usize) -> bool {
        events > self.pending / WORTH_A_SWEEP
    }

    /// The events of all origins that are due at or before a limit, one of each, by position and not by time. `act` gives
    /// the origin's next event, and may lower the limit for those after it. Meant for origins that do not hear each other
    /// up to the limit: memory is passed through in order.
    pub fn sweep(
        &mut self,
        limit: &mut Due,
        mut act: impl FnMut(Origin, Due, &mut Due) -> Option<Due>,
    ) {
        if let Some(spent) = self.firing {
            self.schedule(spent, None);
        }
        for at in 0..self.due.len() {
            let due = self.due[at];
            if due <= *limit && due != NEVER {
                self.tally.fired += 1;
                let next = act(at as Origin, due, limit);
                self.put(at, next);
            }
        }
        self.play_all();
    }
}
