//! One circuit and its run, in exact numbers, as the engine, the oracle and a deck each read it.

use std::fmt::Write as _;

use memspike_circuit::{
    Builder, Circuit, CircuitError, ElementKind, Law, NodeId, Pulse, Sine, Stimulus,
};
use memspike_device::MODELS;

/// Femtoseconds in a second.
const FS: f64 = 1e15;

/// Times below this (fs) are exact as `f64` seconds, sums included.
pub const EXACT_FS: u64 = 1 << 50;

/// A source; times are whole femtoseconds.
#[derive(Debug, Clone)]
pub enum Source {
    Dc(f64),
    /// Points in the order of time; two at one time are a jump.
    Pwl(Vec<(u64, f64)>),
    Pulse {
        low: f64,
        high: f64,
        delay: u64,
        rise: u64,
        fall: u64,
        width: u64,
        period: u64,
    },
    Sine {
        offset: f64,
        amplitude: f64,
        hz: f64,
        delay: u64,
        damping: f64,
        phase: f64,
    },
}

#[derive(Debug, Clone)]
pub enum Kind {
    Resistor(f64),
    Capacitor(f64),
    Voltage(Source),
    Current(Source),
    Vcvs(f64),
    Vccs(f64),
    /// A switch that is on above `vt + vh` and off below `vt - vh`, off at first.
    Switch {
        vt: f64,
        vh: f64,
        ron: f64,
        roff: f64,
    },
}

/// An element between nodes by number; 0 is ground.
#[derive(Debug, Clone)]
pub struct Element {
    pub name: String,
    pub nodes: [usize; 2],
    pub control: [usize; 2],
    pub kind: Kind,
}

#[derive(Debug, Clone)]
pub struct Case {
    pub elements: Vec<Element>,
    /// Nodes without ground, numbered from 1.
    pub nodes: usize,
    /// Voltages of all nodes, ground included, where the run starts with `uic`; otherwise it starts at rest.
    pub initial: Option<Vec<f64>>,
    /// End of the run (fs).
    pub until: u64,
}

/// A time as the program reads it (s); [`ticks`] gives the femtoseconds that it makes of it.
pub fn seconds(fs: u64) -> f64 {
    fs as f64 / FS
}

/// The whole femtoseconds nearest to a time, such that seconds and back give them again.
pub fn ticks(s: f64) -> u64 {
    let mut fs = (s * FS).round() as u64;
    for _ in 0..8 {
        let again = (seconds(fs) * FS).round() as u64;
        if again == fs {
            break;
        }
        fs = again;
    }
    fs
}

impl Source {
    fn stimulus(&self) -> Stimulus {
        match self {
            Self::Dc(value) => Stimulus::Dc(*value),
            Self::Pwl(points) => {
                Stimulus::Pwl(points.iter().map(|(fs, value)| (seconds(*fs), *value)).collect())
            }
            Self::Pulse { low, high, delay, rise, fall, width, period } => Stimulus::Pulse(Pulse {
                low: *low,
                high: *high,
                delay_s: seconds(*delay),
                rise_s: seconds(*rise),
                fall_s: seconds(*fall),
                width_s: seconds(*width),
                period_s: seconds(*period),
                count: None,
            }),
            Self::Sine { offset, amplitude, hz, delay, damping, phase } => Stimulus::Sine(Sine {
                offset: *offset,
                amplitude: *amplitude,
                frequency_hz: *hz,
                delay_s: seconds(*delay),
                damping_per_s: *damping,
                phase_rad: *phase,
            }),
        }
    }

    fn card(&self) -> String {
        match self {
            Self::Dc(value) => format!("DC {value:e}"),
            Self::Pwl(points) => {
                let pairs: Vec<String> =
                    points.iter().map(|(fs, v)| format!("{:e} {v:e}", seconds(*fs))).collect();
                format!("PWL({})", pairs.join(" "))
            }
            Self::Pulse { low, high, delay, rise, fall, width, period } => {
                let times =
                    [delay, rise, fall, width, period].map(|t| format!("{:e}", seconds(*t)));
                format!("PULSE({low:e} {high:e} {})", times.join(" "))
            }
            Self::Sine { offset, amplitude, hz, delay, damping, phase } => format!(
                "SIN({offset:e} {amplitude:e} {hz:e} {:e} {damping:e} {:e})",
                seconds(*delay),
                phase.to_degrees()
            ),
        }
    }
}

impl Case {
    pub fn node_name(node: usize) -> String {
        if node == 0 { "0".to_owned() } else { format!("n{node}") }
    }

    /// Multiplies all resistances.
    pub fn scale_resistances(&mut self, by: f64) {
        for element in &mut self.elements {
            if let Kind::Resistor(ohm) = &mut element.kind {
                *ohm *= by;
            }
        }
    }

    pub fn circuit(&self) -> Result<Circuit, Vec<CircuitError>> {
        let mut builder = Builder::new();
        let nodes: Vec<NodeId> =
            (0..=self.nodes).map(|n| builder.node(&Self::node_name(n))).collect();
        if let Some(initial) = &self.initial {
            for (node, volt) in nodes.iter().zip(initial).skip(1) {
                builder.initial_voltage(*node, *volt);
            }
        }
        for (position, element) in self.elements.iter().enumerate() {
            let control = element.control.map(|n| nodes[n]);
            // Every second controlled source is a law, which is to be the same.
            let is_law = position % 2 == 1;
            let law = |weight: f64| Law::new([(control[0], weight), (control[1], -weight)], []);
            let kind = match &element.kind {
                Kind::Resistor(ohm) => ElementKind::Resistor { ohm: *ohm },
                Kind::Capacitor(farad) => ElementKind::Capacitor { farad: *farad, initial: None },
                Kind::Voltage(source) => ElementKind::VoltageSource(source.stimulus()),
                Kind::Current(source) => ElementKind::CurrentSource(source.stimulus()),
                Kind::Vcvs(gain) if is_law => {
                    ElementKind::VoltageLaw { law: law(*gain), own: None }
                }
                Kind::Vccs(siemens) if is_law => {
                    ElementKind::CurrentLaw { law: law(*siemens), own: None }
                }
                Kind::Vcvs(gain) => ElementKind::Vcvs { gain: *gain, control },
                Kind::Vccs(siemens) => ElementKind::Vccs { siemens: *siemens, control },
                Kind::Switch { vt, vh, ron, roff } => {
                    let sw = MODELS.iter().find(|model| model.name == "sw").expect("the switch");
                    let model = (sw.build)(&[*vt, *vh, *ron, *roff]).expect("a switch");
                    ElementKind::Switch { model, control, on: false }
                }
            };
            builder.element(&element.name, element.nodes.map(|n| nodes[n]), kind);
        }
        builder.build()
    }

    /// The circuit as a deck, to be run by hand.
    pub fn deck(&self, title: &str) -> String {
        let mut out = format!("{title}\n");
        for element in &self.elements {
            let [plus, minus] = element.nodes.map(Self::node_name);
            let [above, below] = element.control.map(Self::node_name);
            let name = &element.name;
            let card = match &element.kind {
                Kind::Resistor(value) | Kind::Capacitor(value) => format!("{value:e}"),
                Kind::Voltage(source) | Kind::Current(source) => source.card(),
                Kind::Vcvs(value) | Kind::Vccs(value) => format!("{above} {below} {value:e}"),
                Kind::Switch { vt, vh, ron, roff } => {
                    let _ = writeln!(
                        out,
                        ".model m{name} sw(vt={vt:e} vh={vh:e} ron={ron:e} roff={roff:e})"
                    );
                    format!("{above} {below} m{name}")
                }
            };
            let _ = writeln!(out, "{name} {plus} {minus} {card}");
        }
        if let Some(initial) = &self.initial {
            for (node, volt) in initial.iter().enumerate().skip(1) {
                let _ = writeln!(out, ".ic v({})={volt:e}", Self::node_name(node));
            }
        }
        let uic = if self.initial.is_some() { " uic" } else { "" };
        let _ = writeln!(out, ".tran {:e}{uic}\n.end", seconds(self.until));
        out
    }
}
