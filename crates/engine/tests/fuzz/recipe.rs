//! Random circuits: a recipe that the engine and the oracle each read for themselves.

use memspike_circuit::{
    Builder, Circuit, CircuitError, ElementKind, NodeId, Pulse, Sine, Stimulus,
};
use memspike_device::MODELS;
use proptest::prelude::*;

/// One part; nodes are numbers, 0 is ground and 1 the supply.
#[derive(Debug, Clone)]
pub enum Part {
    Resistor(usize, usize, f64),
    Capacitor(usize, usize, f64),
    Inductor(usize, usize, f64),
    /// Two inductors and the factor that couples them.
    Coupled([usize; 4], f64, f64, f64),
    Current(usize, usize, Stimulus),
    /// A source from a node to a new one, which a resistor loads.
    Source(usize, Stimulus),
    /// A new node that follows the voltage between two others, through a resistor to a third.
    Vcvs(usize, usize, usize, f64),
    Vccs([usize; 4], f64),
    Switch([usize; 4], f64, f64),
    Memristor(usize, usize),
}

#[derive(Debug, Clone)]
pub struct Recipe {
    pub supply: Stimulus,
    /// Resistor from each free node to an earlier one.
    pub tree: Vec<(usize, f64)>,
    pub parts: Vec<Part>,
    /// Initial voltage of each node; used where the run starts from initial conditions.
    pub initial: Vec<f64>,
    pub uic: bool,
}

/// What the oracle and the engine both simulate: parts with their nodes resolved.
#[derive(Debug, Clone)]
pub struct Element {
    pub name: String,
    pub nodes: [usize; 2],
    pub control: [usize; 2],
    pub kind: Kind,
}

#[derive(Debug, Clone)]
pub enum Kind {
    Resistor(f64),
    Capacitor(f64),
    /// Inductance, and what couples it to the inductor before it.
    Inductor(f64, Option<f64>),
    Voltage(Stimulus),
    Current(Stimulus),
    Vcvs(f64),
    Vccs(f64),
    Switch {
        on_at: f64,
        off_at: f64,
    },
    Memristor,
}

pub const RON: f64 = 0.1;
pub const ROFF: f64 = 100.0;

/// The memristor of every recipe.
pub mod memristor {
    pub const VON: f64 = 0.2;
    pub const VS: f64 = 0.1;
    pub const T0: f64 = 0.5;
    pub const TON_MIN: f64 = 0.01;
    pub const VHOLD: f64 = 0.1;
    pub const GRES: f64 = 0.3;
    pub const TRELAX: f64 = 1.0;
}

impl Recipe {
    /// Elements in an order of their own, and the number of nodes.
    pub fn elements(&self) -> (Vec<Element>, usize) {
        let fixed = 2 + self.tree.len();
        let mut count = fixed;
        let mut out = Vec::new();
        let mut add = |letter: char, nodes: [usize; 2], control: [usize; 2], kind: Kind| {
            let name = format!("{letter}{}", out.len());
            out.push(Element { name, nodes, control, kind });
        };
        add('v', [1, 0], [0, 0], Kind::Voltage(self.supply.clone()));
        add('r', [1, 0], [0, 0], Kind::Resistor(1.0));
        for (at, (to, ohm)) in self.tree.iter().enumerate() {
            add('r', [2 + at, to % (2 + at)], [0, 0], Kind::Resistor(*ohm));
            add('r', [2 + at, 0], [0, 0], Kind::Resistor(20.0));
        }
        for part in &self.parts {
            let n = |node: usize| node % count;
            let pair =
                |a: usize, b: usize| [n(a), if n(a) == n(b) { (n(b) + 1) % count } else { n(b) }];
            match part {
                Part::Resistor(a, b, ohm) => add('r', pair(*a, *b), [0, 0], Kind::Resistor(*ohm)),
                Part::Capacitor(a, b, farad) => {
                    add('c', pair(*a, *b), [0, 0], Kind::Capacitor(*farad))
                }
                Part::Inductor(a, b, henry) => {
                    add('l', pair(*a, *b), [0, 0], Kind::Inductor(*henry, None));
                }
                Part::Coupled([a, b, c, d], one, other, factor) => {
                    add('l', pair(*a, *b), [0, 0], Kind::Inductor(*one, None));
                    add('l', pair(*c, *d), [0, 0], Kind::Inductor(*other, Some(*factor)));
                }
                Part::Current(a, b, s) => add('i', pair(*a, *b), [0, 0], Kind::Current(s.clone())),
                Part::Vccs([a, b, c, d], s) => add('g', pair(*a, *b), pair(*c, *d), Kind::Vccs(*s)),
                Part::Switch([a, b, c, d], vt, vh) => {
                    let kind = Kind::Switch { on_at: vt + vh, off_at: vt - vh };
                    add('s', pair(*a, *b), pair(*c, *d), kind);
                }
                Part::Memristor(a, b) => add('n', pair(*a, *b), [0, 0], Kind::Memristor),
                Part::Source(a, s) => {
                    add('v', [count, n(*a)], [0, 0], Kind::Voltage(s.clone()));
                    add('r', [count, 0], [0, 0], Kind::Resistor(3.0));
                    count += 1;
                }
                Part::Vcvs(a, c, d, gain) => {
                    add('e', [count, 0], pair(*c, *d), Kind::Vcvs(*gain));
                    add('r', [count, n(*a)], [0, 0], Kind::Resistor(2.0));
                    count += 1;
                }
            }
        }
        (out, count)
    }

    /// The circuit of these elements, which may stand in any order.
    pub fn circuit(
        &self,
        elements: &[Element],
        prefix: &str,
    ) -> Result<Circuit, Vec<CircuitError>> {
        let mut builder = Builder::new();
        self.add_to(&mut builder, elements, prefix);
        builder.build()
    }

    pub fn add_to(&self, builder: &mut Builder, elements: &[Element], prefix: &str) {
        let mut node = |number: usize| match number {
            0 => NodeId::GROUND,
            _ => builder.node(&format!("{prefix}n{number}")),
        };
        let mut resolved = Vec::new();
        for e in elements {
            resolved.push((e.nodes.map(&mut node), e.control.map(&mut node)));
        }
        // Where the run starts at rest, `.ic` would clamp it.
        let count = elements.iter().flat_map(|e| e.nodes).max().filter(|_| self.uic).unwrap_or(0);
        for number in 1..=count {
            let id = builder.node(&format!("{prefix}n{number}"));
            builder.initial_voltage(id, self.initial_volt(number));
        }
        let model = |kind: &str, given: &[(&str, f64)]| {
            let kind = MODELS.iter().find(|k| k.name == kind).expect("a model");
            let value = |name| given.iter().find(|(n, _)| *n == name).map(|(_, value)| *value);
            let values: Vec<f64> =
                kind.parameters.iter().map(|p| value(p.name).unwrap_or(p.default)).collect();
            (kind.build)(&values).expect("a device")
        };
        for (e, (nodes, control)) in elements.iter().zip(resolved) {
            let kind = match &e.kind {
                Kind::Resistor(ohm) => ElementKind::Resistor { ohm: *ohm },
                Kind::Capacitor(farad) => ElementKind::Capacitor { farad: *farad, initial: None },
                Kind::Inductor(henry, _) => {
                    ElementKind::Inductor { henry: *henry, initial: None, coupled: Vec::new() }
                }
                Kind::Voltage(s) => ElementKind::VoltageSource(s.clone()),
                Kind::Current(s) => ElementKind::CurrentSource(s.clone()),
                Kind::Vcvs(gain) => ElementKind::Vcvs { gain: *gain, control },
                Kind::Vccs(siemens) => ElementKind::Vccs { siemens: *siemens, control },
                Kind::Switch { on_at, off_at } => {
                    let (vt, vh) = (0.5 * (on_at + off_at), 0.5 * (on_at - off_at));
                    let given = [("vt", vt), ("vh", vh), ("ron", RON), ("roff", ROFF)];
                    ElementKind::Switch { model: model("sw", &given), control, on: false }
                }
                Kind::Memristor => {
                    use memristor::*;
                    let given = [
                        ("von", VON),
                        ("vs", VS),
                        ("t0", T0),
                        ("ton_min", TON_MIN),
                        ("vhold", VHOLD),
                        ("gres", GRES),
                        ("trelax", TRELAX),
                        ("roff", ROFF),
                        ("ron", RON),
                        ("vform", 0.0),
                        ("dissolution", 0.0),
                    ];
                    ElementKind::Memristor(model("ts_memristor", &given))
                }
            };
            let position = builder.element(&format!("{prefix}{}", e.name), nodes, kind);
            if let Kind::Inductor(_, Some(factor)) = e.kind {
                let before: usize = e.name[1..].parse().expect("a number");
                builder.couple(position, &format!("{prefix}l{}", before - 1), factor);
            }
        }
    }

    /// Voltage of a node at the start from initial conditions.
    pub fn initial_volt(&self, node: usize) -> f64 {
        if node == 0 { 0.0 } else { self.initial[node % self.initial.len()] }
    }
}

/// Whether capacitors alone connect two nodes that sources hold.
pub fn ties_held_nodes(elements: &[Element], count: usize) -> bool {
    let mut held = vec![false; count];
    held[0] = true;
    for _ in 0..count {
        for e in elements.iter().filter(|e| matches!(e.kind, Kind::Voltage(_))) {
            let any = e.nodes.iter().any(|node| held[*node]);
            e.nodes.iter().for_each(|node| held[*node] |= any);
        }
    }
    let capacitors = || elements.iter().filter(|e| matches!(e.kind, Kind::Capacitor(_)));
    (0..count).filter(|node| held[*node]).any(|start| {
        let mut reached = vec![start];
        let mut seen = 0;
        while let Some(&at) = reached.get(seen) {
            seen += 1;
            for [a, b] in capacitors().flat_map(|e| [e.nodes, [e.nodes[1], e.nodes[0]]]) {
                let passes = a == at && (at == start || !held[at]);
                if passes && !reached.contains(&b) {
                    reached.push(b);
                }
            }
        }
        reached[1..].iter().any(|node| held[*node])
    })
}

fn stimulus(scale: f64) -> impl Strategy<Value = Stimulus> {
    let level = move || (-1.0..1.0_f64).prop_map(move |x| x * scale);
    let time = || prop_oneof![1 => Just(0.0), 2 => 0.05..0.8_f64];
    prop_oneof![
        2 => level().prop_map(Stimulus::Dc),
        3 => (level(), level(), time(), time(), time(), time(), 0.01..1.0_f64, prop::option::of(1..5_u64))
            .prop_map(|(low, high, delay_s, rise_s, fall_s, width_s, gap, count)| {
                let period_s = rise_s + fall_s + width_s + gap;
                Stimulus::Pulse(Pulse { low, high, delay_s, rise_s, fall_s, width_s, period_s, count })
            }),
        2 => prop::collection::vec((time(), level()), 1..6).prop_map(|steps| {
            let mut t = 0.0;
            Stimulus::Pwl(steps.into_iter().map(|(dt, v)| { t += dt; (t, v) }).collect())
        }),
        2 => (level(), level(), 0.1..3.0_f64, time(), prop_oneof![Just(0.0), 0.0..0.5_f64], 0.0..6.0_f64)
            .prop_map(|(offset, amplitude, frequency_hz, delay_s, damping_per_s, phase_rad)| {
                Stimulus::Sine(Sine { offset, amplitude, frequency_hz, delay_s, damping_per_s, phase_rad })
            }),
    ]
}

fn part() -> impl Strategy<Value = Part> {
    let node = || 0..12_usize;
    let ohm = || prop_oneof![0.3..5.0_f64];
    let four = move || [node(), node(), node(), node()];
    prop_oneof![
        1 => (node(), node(), ohm()).prop_map(|(a, b, r)| Part::Resistor(a, b, r)),
        4 => (node(), node(), 0.05..2.0_f64).prop_map(|(a, b, c)| Part::Capacitor(a, b, c)),
        1 => (node(), node(), 0.05..2.0_f64).prop_map(|(a, b, l)| Part::Inductor(a, b, l)),
        1 => (four(), 0.05..2.0_f64, 0.05..2.0_f64, -0.95..0.95_f64)
            .prop_map(|(n, one, other, k)| Part::Coupled(n, one, other, k)),
        1 => (node(), node(), stimulus(0.5)).prop_map(|(a, b, s)| Part::Current(a, b, s)),
        1 => (node(), stimulus(1.0)).prop_map(|(a, s)| Part::Source(a, s)),
        1 => (node(), node(), node(), -0.9..0.9_f64).prop_map(|(a, c, d, k)| Part::Vcvs(a, c, d, k)),
        1 => (four(), -0.3..0.3_f64).prop_map(|(n, s)| Part::Vccs(n, s)),
        2 => (four(), -0.3..0.3_f64, 0.05..0.2_f64).prop_map(|(n, vt, vh)| Part::Switch(n, vt, vh)),
        2 => (node(), node()).prop_map(|(a, b)| Part::Memristor(a, b)),
    ]
}

pub fn recipe() -> impl Strategy<Value = Recipe> {
    (
        stimulus(1.5),
        prop::collection::vec((0..8_usize, 0.3..5.0_f64), 1..4),
        prop::collection::vec(part(), 2..10),
        prop::collection::vec(-0.8..0.8_f64, 7),
        prop::bool::weighted(0.7),
    )
        .prop_map(|(supply, tree, parts, initial, uic)| Recipe {
            supply,
            tree,
            parts,
            initial,
            uic,
        })
}
