//! What the tests of the network share.

#![allow(dead_code, reason = "each test uses a part")]

use std::{ops::ControlFlow, path::Path};

use memspike_circuit::{Builder, ElementKind, NodeId, Signal, Stimulus};
use memspike_device::{BuiltModel, MODELS};
use memspike_engine::{Events, Follows, Options, Recording, Simulation};
use memspike_snn::{Dataset, Part};
use memspike_time::Time;

/// The paper's device, with changes to its card.
pub fn device(changes: &[(&str, f64)]) -> BuiltModel {
    let kind = MODELS.iter().find(|kind| kind.name == "ts_memristor").unwrap();
    let value = |name: &str, default: f64| {
        changes.iter().find(|(changed, _)| *changed == name).map_or(default, |(_, value)| *value)
    };
    let values: Vec<f64> = kind.parameters.iter().map(|p| value(p.name, p.default)).collect();
    (kind.build)(&values).unwrap()
}

/// The paper's device without variation.
pub fn zno() -> BuiltModel {
    device(&[])
}

/// Devices of the input and of the output layer, with changes to both cards.
pub fn devices(changes: &[(&str, f64)]) -> (BuiltModel, BuiltModel) {
    let mut output = changes.to_vec();
    output.push(("unipolar", 1.0));
    (device(changes), device(&output))
}

/// The paper's variation (D3 and D4): 2.25 % of 0.17 V and 4.44 % of 0.1 V from cycle to cycle;
/// 0.0079 V over devices and cycles together.
pub fn paper_variation() -> Vec<(&'static str, f64)> {
    let (von, vhold, all) = (0.0225 * 0.17, 0.0444 * 0.1, 0.0079_f64);
    vec![("sigma_von", von), ("sigma_vhold", vhold), ("spread_von", (all * all - von * von).sqrt())]
}

/// The first real digits of a part of MNIST.
pub fn digits(part: Part, count: usize) -> Dataset {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/mnist");
    let data = Dataset::load(&folder, part);
    data.unwrap_or_else(|e| panic!("the real data is needed: {e}")).take(count)
}

/// The paper's neuron, 1 Mohm and 47 nF, for the circuit engine.
pub struct EngineNeuron {
    /// Name of the subcircuit; its device is `NAME.n1`.
    pub name: String,
    /// Voltage behind the resistor.
    pub input: Stimulus,
    /// The device.
    pub device: BuiltModel,
}

/// What the circuit engine says of a neuron after 0.1 s.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Spikes (s).
    pub spikes_s: Vec<f64>,
    /// Voltage of the membrane at the end (V).
    pub potential_v: f64,
}

/// Runs neurons in the circuit engine for 0.1 s.
pub fn engine(neurons: &[EngineNeuron], seed: u64) -> Vec<Answer> {
    let mut builder = Builder::new();
    for EngineNeuron { name, input, device } in neurons {
        let node = builder.node(&format!("{name}.in"));
        let membrane = builder.node(&format!("{name}.out"));
        let mut add = |part: &str, nodes, kind| {
            builder.element(&format!("{name}.{part}"), nodes, kind);
        };
        let ground = NodeId::GROUND;
        add("v1", [node, ground], ElementKind::VoltageSource(input.clone()));
        add("r1", [node, membrane], ElementKind::Resistor { ohm: 1e6 });
        let capacitor = ElementKind::Capacitor { farad: 47e-9, initial: Some(0.0) };
        add("c1", [membrane, ground], capacitor);
        add("n1", [membrane, ground], ElementKind::Memristor(device.clone()));
    }
    let circuit = builder.build().unwrap();
    let options = Options { from_initial_conditions: true, seed };
    let named = |part: &str, n: &EngineNeuron| format!("{}.{part}", n.name);
    let out = |n| Signal::Voltage(circuit.find_node(&named("out", n)).unwrap(), NodeId::GROUND);
    let waveforms = neurons.iter().map(out).collect();
    let mut told =
        Recording::new(Follows { waveforms, events: Events::Spikes, ..Follows::default() });
    let mut simulation = Simulation::new(&circuit, &options).unwrap();
    let mut go_on = |_| ControlFlow::Continue(());
    let end = Time::from_s(0.1);
    simulation.run(end, &mut [&mut told], &mut go_on).unwrap();
    let answer = |(k, n)| {
        let device = circuit.find_element(&named("n1", n)).unwrap();
        let spikes_s = told.spikes(device).map(|at| at.as_s()).collect();
        Answer { spikes_s, potential_v: told.value(k, end).unwrap() }
    };
    neurons.iter().enumerate().map(answer).collect()
}
