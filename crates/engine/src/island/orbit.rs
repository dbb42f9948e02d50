//! Swings that repeat. Where an island stands after a swing decides all that follows, to the last bit, as long as
//! nothing changes from outside and from cycle to cycle: once it stands again where it stood, it goes round and round,
//! and a swing costs an addition of times.

use memspike_circuit::ElementId;
use memspike_device::{Phase, State, Transition};

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
    pub cycles: u32,
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

    /// What an element does that comes here from a phase.
    pub fn event(&self, element: ElementId, from: Phase) -> DeviceEvent {
        DeviceEvent { element, from, to: self.phase, filament: self.filament }
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
    /// Which of them the island stands at, once it has come back to the first.
    place: Option<usize>,
}

impl Orbit {
    /// Something else than a swing happened.
    pub fn forget(&mut self) {
        self.points.clear();
        self.place = None;
    }

    /// The island came to a point; says whether it goes round from now on.
    pub fn pass(&mut self, point: Point) -> bool {
        match self.points.first() {
            Some(first) if point.is_as(first) => {
                self.points.shrink_to_fit();
                self.place = Some(0);
            }
            Some(_) if self.points.len() < LONGEST => self.points.push(point),
            _ => {
                self.points.clear();
                self.points.extend(Some(point).filter(|point| point.anchored));
            }
        }
        self.place.is_some()
    }

    /// Where the island stands, if it goes round.
    pub fn here(&self) -> Option<&Point> {
        self.place.map(|place| &self.points[place])
    }

    /// Goes to the next point, if it goes round; gives where it was and where it is.
    pub fn go_on(&mut self) -> Option<[&Point; 2]> {
        let place = self.place?;
        let next = if place + 1 < self.points.len() { place + 1 } else { 0 };
        self.place = Some(next);
        Some([&self.points[place], &self.points[next]])
    }
}
