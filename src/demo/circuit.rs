//! The whole network as one circuit, run by the circuit engine.

use std::{io, ops::ControlFlow, path::Path};

use memspike_circuit::{
    Builder, Circuit, CircuitError, ElementKind, NodeId, Signal, SpikeDriver, Stimulus,
};
use memspike_engine::{Options, Simulation, Time};
use memspike_snn::CLASSES;
use memspike_trace::{AtomicFile, Sampling, VcdOptions, VcdSink};

use crate::{failure::Failure, interrupt};

use super::network::{Demo, SEED, Shown};

/// Distance of a waveform's points (s).
const GRID_S: f64 = 100e-6;

/// Runs the circuit on an image; the file has the membranes of the output layer and every device.
/// Only the image that was shown first finds the devices in the same cycles as here.
pub fn write_vcd(demo: &Demo, shown: &Shown, path: &Path) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::Work(format!("error: {}: {error}", path.display()))
    };
    let circuit = circuit(demo, shown).map_err(|findings| failed(&findings[0]))?;
    let membrane = |class| circuit.find_node(&format!("xlif[{class}].mem")).expect("it was added");
    let signals = (0..CLASSES).map(|j| Signal::Voltage(membrane(j), NodeId::GROUND)).collect();
    let file = AtomicFile::create(path).map_err(|e| failed(&e))?;
    let sampling = Sampling::grid(GRID_S).expect("the step is sound");
    let top = "network".to_owned();
    let mut sink = VcdSink::new(file, signals, VcdOptions { sampling, top });
    let options = Options { from_initial_conditions: true, seed: SEED };
    let mut simulation = Simulation::new(&circuit, &options).map_err(|e| failed(&e))?;
    let end = Time::from_s(demo.parameters.duration_s);
    let mut watch = |_| match interrupt::asked() {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    };
    simulation.run(end, &mut [&mut sink], &mut watch).map_err(|e| failed(&e))?;
    sink.into_inner().and_then(AtomicFile::finish).map_err(|e: io::Error| failed(&e))
}

fn circuit(demo: &Demo, shown: &Shown) -> Result<Circuit, Vec<CircuitError>> {
    let parameters = &demo.parameters;
    let ground = NodeId::GROUND;
    let mut builder = Builder::new();
    let ohm = parameters.neuron_ohm;
    let capacitor = ElementKind::Capacitor { farad: parameters.neuron_farad, initial: Some(0.0) };
    let lifs: Vec<NodeId> = (0..CLASSES)
        .map(|class| {
            let name = format!("xlif[{class}]");
            let membrane = builder.node(&format!("{name}.mem"));
            let ends = [membrane, ground];
            builder.element(&format!("{name}.r1"), ends, ElementKind::Resistor { ohm });
            builder.element(&format!("{name}.c1"), ends, capacitor.clone());
            let device = ElementKind::Memristor(demo.devices[1].clone());
            builder.element(&format!("{name}.n1"), ends, device);
            membrane
        })
        .collect();
    for (at, pixel) in shown.image.iter().enumerate() {
        let name = format!("xosc[{at}]");
        let pix = builder.node(&format!("pix[{at}]"));
        let membrane = builder.node(&format!("{name}.mem"));
        let row = builder.node(&format!("row[{at}]"));
        let volts = Stimulus::Dc(parameters.pixel_v(*pixel));
        let driver = Stimulus::Spikes(SpikeDriver {
            device: format!("{name}.n1"),
            high: parameters.pulse_v,
            low: 0.0,
            width_s: parameters.pulse_s,
        });
        let device = ElementKind::Memristor(demo.devices[0].clone());
        let mut add = |part: &str, nodes, kind| {
            builder.element(&format!("{name}.{part}"), nodes, kind);
        };
        add("v1", [pix, ground], ElementKind::VoltageSource(volts));
        add("r1", [pix, membrane], ElementKind::Resistor { ohm });
        add("c1", [membrane, ground], capacitor.clone());
        add("n1", [membrane, ground], device);
        add("vd", [row, ground], ElementKind::VoltageSource(driver));
        for (class, (weight, lif)) in demo.weights.row(at).iter().zip(&lifs).enumerate() {
            let siemens = parameters.weight_siemens * f64::from(*weight);
            let synapse = ElementKind::Vccs { siemens, control: [row, ground] };
            add(&format!("g{class}"), [ground, *lif], synapse);
        }
    }
    builder.build()
}
