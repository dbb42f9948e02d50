//! Circuits in a few calls, and what they do.

use std::ops::ControlFlow;

use memspike_circuit::{Builder, Circuit, ElementKind, NodeId, Signal, Stimulus};
use memspike_engine::{EngineError, Options, Recording, Simulation};
use memspike_time::Time;

pub const GROUND: NodeId = NodeId::GROUND;

/// The value of a recording's only signal.
pub trait At {
    fn at(&self, t: f64) -> f64;
}

impl At for Recording {
    fn at(&self, t: f64) -> f64 {
        self.value(0, Time::from_s(t)).unwrap()
    }
}

pub fn simulate(circuit: &Circuit, signal: Signal, until_s: f64) -> Result<Recording, EngineError> {
    let options = Options { from_initial_conditions: true, seed: 0 };
    let mut recorder = Recording::of_waveforms(vec![signal]);
    let mut simulation = Simulation::new(circuit, &options)?;
    let mut watch = |_| ControlFlow::Continue(());
    simulation.run(Time::from_s(until_s), &mut [&mut recorder], &mut watch)?;
    Ok(recorder)
}

pub fn voltage(circuit: &Circuit, node: &str) -> Signal {
    Signal::Voltage(circuit.find_node(node).unwrap(), GROUND)
}

/// A deck in a few calls.
pub struct Bench(pub Builder);

impl Bench {
    pub fn new() -> Self {
        Self(Builder::new())
    }

    pub fn add(&mut self, name: &str, plus: &str, minus: &str, kind: ElementKind) -> &mut Self {
        let nodes = [self.0.node(plus), self.0.node(minus)];
        self.0.element(name, nodes, kind);
        self
    }

    pub fn r(&mut self, name: &str, plus: &str, minus: &str, ohm: f64) -> &mut Self {
        self.add(name, plus, minus, ElementKind::Resistor { ohm })
    }

    pub fn c(&mut self, name: &str, plus: &str, minus: &str, farad: f64) -> &mut Self {
        self.add(name, plus, minus, ElementKind::Capacitor { farad, initial: None })
    }

    pub fn v(&mut self, name: &str, plus: &str, stimulus: Stimulus) -> &mut Self {
        self.add(name, plus, "0", ElementKind::VoltageSource(stimulus))
    }

    pub fn e(&mut self, name: &str, plus: &str, control: &str, gain: f64) -> &mut Self {
        let control = [self.0.node(control), GROUND];
        self.add(name, plus, "0", ElementKind::Vcvs { gain, control })
    }

    pub fn g(&mut self, name: &str, plus: &str, control: &str, siemens: f64) -> &mut Self {
        let control = [self.0.node(control), GROUND];
        self.add(name, plus, "0", ElementKind::Vccs { siemens, control })
    }

    pub fn build(&mut self) -> Circuit {
        std::mem::take(&mut self.0).build().unwrap()
    }
}

pub fn assert_close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: found {found:e}, expected {expected:e}"
    );
}
