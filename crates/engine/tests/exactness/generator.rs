//! Random circuits, each known by its number.

use crate::case::{Case, EXACT_FS, Element, Kind, Source, ticks};
use crate::random::Random;

/// Kinds of circuit, each with what it is meant to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Anything: R, C, E, G, I and V between any nodes.
    Mixed,
    /// Edges and levels that are short against a time constant.
    Ramps,
    /// A slow mode beside fast ones, with controlled sources.
    SlowBesideFast,
    /// Stages that differ, weakly coupled.
    WeaklyCoupled,
    /// Ladders of unequal sections.
    Ladder,
    /// Switches with hysteresis that charge and discharge capacitors.
    Switched,
    /// A resistor and a capacitor at a source.
    OneState,
}

const FAMILIES: [Family; 6] = [
    Family::Mixed,
    Family::Ramps,
    Family::SlowBesideFast,
    Family::WeaklyCoupled,
    Family::Ladder,
    Family::Switched,
];

impl Family {
    /// The family of a number, where families take turns.
    pub fn of(number: u64) -> Self {
        FAMILIES[(number % FAMILIES.len() as u64) as usize]
    }
}

/// The circuit of this number in a family.
pub fn case(family: Family, number: u64) -> Case {
    let draft = Draft { random: Random::new(number), elements: Vec::new(), nodes: 0 };
    match family {
        Family::Mixed => draft.mixed(),
        Family::Ramps => draft.ramps(2),
        Family::SlowBesideFast => draft.slow_beside_fast(),
        Family::WeaklyCoupled => draft.weakly_coupled(),
        Family::Ladder => draft.ladder(),
        Family::Switched => draft.switched(),
        Family::OneState => draft.ramps(1),
    }
}

/// Longest run (s).
pub const LONGEST_S: f64 = 1e4;

/// A circuit in the making.
pub struct Draft {
    pub random: Random,
    pub elements: Vec<Element>,
    pub nodes: usize,
}

impl Draft {
    pub fn node(&mut self) -> usize {
        self.nodes += 1;
        self.nodes
    }

    /// Any node, ground included.
    pub fn any(&mut self) -> usize {
        self.random.below(self.nodes + 1)
    }

    /// Two nodes that differ.
    pub fn pair(&mut self) -> [usize; 2] {
        let a = self.any();
        let b = (a + 1 + self.random.below(self.nodes)) % (self.nodes + 1);
        [a, b]
    }

    pub fn add(&mut self, nodes: [usize; 2], control: [usize; 2], kind: Kind) {
        let letter = match kind {
            Kind::Resistor(_) => 'r',
            Kind::Capacitor(_) => 'c',
            Kind::Voltage(_) => 'v',
            Kind::Current(_) => 'i',
            Kind::Vcvs(_) => 'e',
            Kind::Vccs(_) => 'g',
            Kind::Switch { .. } => 's',
        };
        let name = format!("{letter}{}", self.elements.len() + 1);
        self.elements.push(Element { name, nodes, control, kind });
    }

    pub fn resistor(&mut self, a: usize, b: usize, ohm: f64) {
        self.add([a, b], [0, 0], Kind::Resistor(ohm));
    }

    pub fn capacitor(&mut self, a: usize, b: usize, farad: f64) {
        self.add([a, b], [0, 0], Kind::Capacitor(farad));
    }

    pub fn level(&mut self) -> f64 {
        self.random.between(-3.0, 3.0)
    }

    pub fn edge(&mut self, until: u64) -> u64 {
        let longest = (until / 8).clamp(2, 1_000_000_000_000);
        match self.random.below(4) {
            0 => 0,
            1 => 1,
            _ => ticks(self.random.decades(1e-15, longest as f64 * 1e-15)).max(1),
        }
    }

    /// A source of values about `size` that moves within the run; `at_zero` lets it jump at once.
    pub fn source(&mut self, size: f64, until: u64, at_zero: bool) -> Source {
        let time = |draft: &mut Self, low: f64, high: f64| {
            ticks(draft.random.between(low, high) * until as f64 * 1e-15).max(1)
        };
        match self.random.below(6) {
            0 | 1 => Source::Dc(size * self.level()),
            2 if until < EXACT_FS => {
                let (rise, fall) = (self.edge(until), self.edge(until));
                let width = time(self, 0.02, 0.4);
                Source::Pulse {
                    low: if self.random.chance(0.5) { 0.0 } else { size * self.level() },
                    high: size * self.level(),
                    delay: if at_zero && self.random.chance(0.3) {
                        0
                    } else {
                        time(self, 0.0, 0.3)
                    },
                    rise,
                    fall,
                    width,
                    period: rise + fall + width + time(self, 0.05, 1.0),
                }
            }
            2..=4 => {
                let mut at = if at_zero { 0 } else { 1 };
                let mut points = vec![(at, size * self.level())];
                for _ in 0..1 + self.random.below(4) {
                    // Edges as short as a femtosecond only where seconds still tell femtoseconds apart.
                    let short = at < EXACT_FS && self.random.chance(0.5);
                    at = ticks(
                        (at + if short { self.edge(until) } else { time(self, 0.05, 0.4) }) as f64
                            * 1e-15,
                    );
                    let level = if self.random.chance(0.3) {
                        points[points.len() - 1].1
                    } else {
                        size * self.level()
                    };
                    points.push((at, level));
                }
                points.sort_by_key(|(at, _)| *at);
                Source::Pwl(points)
            }
            _ => Source::Sine {
                offset: size * self.level(),
                amplitude: size * self.level(),
                hz: self.random.decades(0.1, 30.0) / (until as f64 * 1e-15),
                delay: if self.random.chance(0.5) { 0 } else { time(self, 0.0, 0.4) },
                damping: if self.random.chance(0.6) {
                    0.0
                } else {
                    self.random.decades(0.1, 10.0) / (until as f64 * 1e-15)
                },
                phase: if self.random.chance(0.5) { 0.0 } else { self.random.between(0.0, 6.0) },
            },
        }
    }

    pub fn finish(mut self, until: u64, uic: bool) -> Case {
        let initial = uic.then(|| {
            let zero = self.random.chance(0.5);
            (0..=self.nodes)
                .map(|node| if node == 0 || zero { 0.0 } else { self.random.between(-2.0, 2.0) })
                .collect()
        });
        Case { elements: self.elements, nodes: self.nodes, initial, until }
    }

    /// A run length (fs) for signals with this time constant (s).
    pub fn until(&mut self, tau_s: f64) -> u64 {
        ticks((tau_s * self.random.decades(0.03, 30.0)).clamp(1e-9, LONGEST_S)).max(1000)
    }

    /// A time constant of the circuit: the product of a resistance and a capacitance that it holds.
    pub fn tau_s(&mut self) -> f64 {
        let values = |this: &Self, wanted: fn(&Kind) -> Option<f64>| -> Vec<f64> {
            this.elements.iter().filter_map(|e| wanted(&e.kind)).collect()
        };
        let ohms = values(self, |kind| if let Kind::Resistor(x) = kind { Some(*x) } else { None });
        let farads =
            values(self, |kind| if let Kind::Capacitor(x) = kind { Some(*x) } else { None });
        if ohms.is_empty() || farads.is_empty() {
            return 1e-3;
        }
        ohms[self.random.below(ohms.len())] * farads[self.random.below(farads.len())]
    }
}
