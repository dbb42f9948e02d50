//! What the tests of the network share.

#![allow(dead_code, reason = "each test uses a part")]

use std::{collections::BTreeMap, io, ops::ControlFlow, path::Path};

use memspike_circuit::{Builder, ElementId, ElementKind, NodeId, Signal, Stimulus};
use memspike_device::{BuiltModel, MODELS, Phase};
use memspike_engine::{DeviceEvent, Options, Simulation, Sink};
use memspike_snn::{Dataset, Part};
use memspike_time::Time;
use memspike_waveform::Waveform;

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
    let mut sink = Collector {
        nodes: neurons
            .iter()
            .map(|n| circuit.find_node(&format!("{}.out", n.name)).unwrap())
            .collect(),
        places: neurons
            .iter()
            .enumerate()
            .map(|(k, n)| (circuit.find_element(&format!("{}.n1", n.name)).unwrap(), k))
            .collect(),
        forms: vec![(Time::ZERO, Waveform::default()); neurons.len()],
        answers: vec![Answer::default(); neurons.len()],
    };
    let mut simulation = Simulation::new(&circuit, &options).unwrap();
    let mut go_on = |_| ControlFlow::Continue(());
    let end = Time::from_s(0.1);
    simulation.run(end, &mut [&mut sink], &mut go_on).unwrap();
    for (answer, (anchor, form)) in sink.answers.iter_mut().zip(&sink.forms) {
        answer.potential_v = form.eval(end.since(*anchor));
    }
    sink.answers
}

struct Collector {
    nodes: Vec<NodeId>,
    places: BTreeMap<ElementId, usize>,
    forms: Vec<(Time, Waveform)>,
    answers: Vec<Answer>,
}

impl Sink for Collector {
    fn signals(&self) -> Vec<Signal> {
        self.nodes.iter().map(|node| Signal::Voltage(*node, NodeId::GROUND)).collect()
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        self.forms[signal] = (at, form.clone());
        Ok(())
    }

    fn device(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        if event.to == Phase::On {
            self.answers[self.places[&event.element]].spikes_s.push(at.as_s());
        }
        Ok(())
    }
}
