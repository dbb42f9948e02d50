//! Swings that repeat. Where an island stands after a swing decides all that follows, to the last bit, as long as
//! nothing changes from outside and from cycle to cycle: once it stands again where it stood, it goes round and round,
//! and a swing costs an addition of times.

use memspike_circuit::ElementId;
use memspike_device::{Phase, State, Transition};
use memspike_time::Time;
use smallvec::SmallVec;

use super::swing::Swing;
use crate::DeviceEvent;

/// Swings of the longest orbit that is found.
const LONGEST: usize = 8;

/// Where an island stands between two swings, and how it came there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    /// Its state at the anchor (V or A).
    pub x: f64,
    /// Resistance of its device (ohm).
    pub ohm: f64,
    pub phase: Phase,
    pub filament: f64,
    /// Resistance that its filament has taken (ohm), where the circuit decides.
    pub formed_ohm: Option<f64>,
    /// Local time of the device's state (s).
    pub since_s: f64,
    /// What comes next, and when in local time (s).
    pub next: Transition,
    /// Whether the swing that led here changed the closed form, and how many cycles of the device it ended.
    pub anchored: bool,
    pub cycles: u8,
}

impl Point {
    /// Whether the same follows, bit for bit, from here as from there.
    fn is_as(&self, other: &Self) -> bool {
        let bits = |point: &Self| {
            [point.x, point.ohm, point.filament, point.since_s, point.next.at_s].map(f64::to_bits)
        };
        let formed = |point: &Self| point.formed_ohm.map(f64::to_bits);
        let words = |point: &Self| {
            (point.phase, point.next.to, formed(point), point.anchored, point.cycles)
        };
        bits(self) == bits(other) && words(self) == words(other)
    }

    /// The device's state here, from that at another point of the orbit, so many cycles ago.
    pub fn state(&self, of: &State, cycles: u32) -> State {
        let cycle = of.cycle.saturating_add(cycles);
        State {
            phase: self.phase,
            filament: self.filament,
            formed_ohm: self.formed_ohm,
            cycle,
            ..*of
        }
    }
}

/// Points that an island passed, from one after a change of its form on.
#[derive(Debug, Clone, Default)]
pub(super) struct Orbit {
    points: Vec<Point>,
    /// Whether it has come back to the first.
    is_closed: bool,
}

impl Orbit {
    /// Something else than a swing happened.
    pub fn forget(&mut self) {
        self.points.clear();
        self.is_closed = false;
    }

    /// The island came to a point. If that is the first one, the orbit is closed.
    pub fn pass(&mut self, point: Point) {
        match self.points.first() {
            Some(first) if point.is_as(first) => {
                self.points.shrink_to_fit();
                self.is_closed = true;
            }
            Some(_) if self.points.len() < LONGEST => self.points.push(point),
            _ => {
                self.points.clear();
                self.points.extend(Some(point).filter(|point| point.anchored));
            }
        }
    }

    /// Whether the island stands at its first point again.
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// The point at which an island stands that goes round.
    pub fn point(&self, lap: &Lap) -> Point {
        self.points[lap.place]
    }

    /// The way round from the first point, where the island stands, anchored and woken last at these instants.
    pub fn lap(&self, element: ElementId, anchor: Time, last: Time) -> Option<Lap> {
        let first = self.points.first().filter(|_| self.is_closed)?;
        let step = |point: &Point| Step {
            next_s: point.next.at_s,
            filament: point.filament,
            phase: point.phase,
            anchored: point.anchored,
            cycles: point.cycles,
        };
        Some(Lap {
            due: anchor.plus(first.next.at_s),
            anchor,
            last,
            cycles: 0,
            element,
            place: 0,
            steps: self.points.iter().map(step).collect(),
        })
    }
}

/// What going round takes of a point.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// When in local time the next swing is (s).
    next_s: f64,
    filament: f64,
    phase: Phase,
    anchored: bool,
    cycles: u8,
}

/// An island that goes round its orbit: all that this takes, in a few lines of the cache, apart from what the island is
/// otherwise, which does not know how far it went.
#[derive(Debug, Clone)]
pub(crate) struct Lap {
    /// When the next swing is.
    pub due: Time,
    /// Where its closed form begins, and when it swung last.
    pub anchor: Time,
    pub last: Time,
    /// Cycles of its device that the island does not know of.
    pub cycles: u32,
    element: ElementId,
    /// Where it stands.
    place: usize,
    steps: SmallVec<[Step; 4]>,
}

impl Lap {
    /// Goes to the next point, unless that is within the femtosecond of the last.
    pub fn swing(&mut self) -> Option<Swing> {
        if self.due.tick <= self.last.tick {
            return None;
        }
        let from = self.steps[self.place].phase;
        self.place = if self.place + 1 < self.steps.len() { self.place + 1 } else { 0 };
        let Step { next_s, filament, phase, anchored, cycles } = self.steps[self.place];
        self.last = self.due;
        if anchored {
            self.anchor = self.last;
        }
        self.due = self.anchor.plus(next_s);
        self.cycles = self.cycles.saturating_add(u32::from(cycles));
        let event = DeviceEvent { element: self.element, from, to: phase, filament };
        Some(Swing { at: self.last, event, anchored, next: Some(self.due) })
    }
}
