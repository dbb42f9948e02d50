//! A net at run time.

use std::collections::VecDeque;

use memspike_circuit::{NetId, OneShot, Retrigger};
use memspike_digital::{Delays, Level};
use memspike_time::Time;

use crate::source::Due;

/// A source that follows a net: its group, and its position among the sources there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hearer {
    pub group: usize,
    pub driver: usize,
}

/// A net: its level, and those that it will have.
pub(super) struct Net {
    pub id: NetId,
    pub level: Level,
    /// Blocks that read it.
    pub readers: Vec<usize>,
    pub hearers: Vec<Hearer>,
    /// Levels to come, in order; none twice in a row.
    pending: VecDeque<(Due, Level)>,
    pulses: OneShot<Time>,
}

impl Net {
    pub fn new(id: NetId, level: Level) -> Self {
        let pulses = OneShot::new(Retrigger::Deaf);
        let (readers, hearers, pending) = (Vec::new(), Vec::new(), VecDeque::new());
        Self { id, level, readers, hearers, pending, pulses }
    }

    /// When it changes next.
    pub fn next(&self) -> Option<Due> {
        self.pending.front().map(|(due, _)| *due)
    }

    /// Takes a level a delay after `at`, which without delay is `now`: what was to come at that time or later does not
    /// come (transport delay). Gives whether that changes what is to come.
    pub fn drive(&mut self, level: Level, delays: Delays, (at, now): (Time, Due)) -> bool {
        let last = self.pending.back().map_or(self.level, |(_, level)| *level);
        if level == last {
            return false;
        }
        let due = match delays.of(last, level) {
            0 => now,
            fs => (at.later(fs), 0),
        };
        while self.pending.back().is_some_and(|(later, _)| *later >= due) {
            self.pending.pop_back();
        }
        let before = self.pending.back().map_or(self.level, |(_, level)| *level);
        if before != level {
            self.pending.push_back((due, level));
        }
        true
    }

    /// Goes to a level at `due` and back so much later, unless that falls into the last pulse. Gives whether it does.
    pub fn pulse(&mut self, active: Level, due: Due, width_fs: u64) -> bool {
        let ends = due.0.later(width_fs);
        let heard = self.pulses.spike(due.0, ends);
        if heard {
            self.pending.push_back((due, active));
            self.pending.push_back(((ends, 0), active.inverted()));
        }
        heard
    }

    /// Takes the levels that are due. Gives whether its level changed.
    pub fn take(&mut self, due: Due) -> bool {
        let before = self.level;
        while let Some(&(_, level)) = self.pending.front().filter(|(at, _)| *at <= due) {
            self.pending.pop_front();
            self.level = level;
        }
        before != self.level
    }
}
