//! Device variation through whole runs, against the paper's statistics.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use memspike_circuit::{Builder, Circuit, ElementKind, NodeId, Pulse, Stimulus};
use memspike_device::Model;
use memspike_engine::{DeviceEvent, Events, Follows, Options, Simulation, Sink};
use memspike_netlist::Deck;
use memspike_time::Time;

/// Slow sweep of the paper: 5 mV steps, taken as a ramp of 50 mV/s up to 0.3 V and back.
const RATE: f64 = 0.05;
const PEAK: f64 = 0.3;

/// Standard deviations that the paper gives: 2.25 % of 0.17 V and 4.44 % of 0.1 V over 1024 cycles
/// of one device; 0.0079 V over 30 devices of ten sweeps each. Its sweeps read them in steps of
/// 5 mV; what that adds to a variance is taken off for a ramp.
const READ: [f64; 2] = [0.0225 * 0.17, 0.0444 * 0.1];
const READ_ALL: f64 = 0.0079;
const STEP: f64 = 5e-3;

/// A standard deviation without what steps add to it (Sheppard's correction).
fn on_a_ramp(read: f64) -> f64 {
    (read * read - STEP * STEP / 12.0).sqrt()
}

/// The model that the shipped card calls `zno_varied`.
fn model() -> Arc<dyn Model> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/one.cir");
    let text = "one\n.include cards/zno.lib\nV1 a 0 0\nN1 a 0 zno_varied\n.tran 1\n.end\n";
    let deck = Deck::parse(&path.to_string_lossy(), text).expect("a good deck");
    let points = deck.steps().expect("one run");
    let circuit = deck.elaborate(&points[0], 0).expect("a good deck").circuit;
    let device = circuit.find_element("n1").expect("the device");
    let (model, _) = circuit.element(device).device().expect("a model");
    Arc::clone(model)
}

/// Devices under one triangular sweep source.
fn sweeps(devices: usize, names: impl Fn(usize) -> String) -> Circuit {
    let mut builder = Builder::new();
    let half = PEAK / RATE;
    let sweep = Stimulus::Pulse(Pulse {
        low: 0.0,
        high: PEAK,
        delay_s: 0.0,
        rise_s: half,
        fall_s: half,
        width_s: 0.0,
        period_s: 2.0 * half,
        count: None,
    });
    let node = builder.node("in");
    builder.element("v1", [node, NodeId::GROUND], ElementKind::VoltageSource(sweep));
    let model = model();
    for device in 0..devices {
        let kind = ElementKind::Memristor(Arc::clone(&model));
        builder.element(&names(device), [node, NodeId::GROUND], kind);
    }
    builder.build().unwrap()
}

/// The source's voltage at each turn-on and each turn-off.
#[derive(Default)]
struct Switching {
    on: Vec<(String, f64)>,
    off: Vec<f64>,
    names: Vec<String>,
}

impl Sink for Switching {
    fn follows(&self) -> Follows {
        Follows::events(Events::Phases)
    }

    fn begin(
        &mut self,
        circuit: &Circuit,
        _start: Time,
        _phases: &[(memspike_circuit::ElementId, memspike_device::Phase)],
    ) -> io::Result<()> {
        self.names = circuit.elements().iter().map(|e| e.name.clone()).collect();
        Ok(())
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        let half = PEAK / RATE;
        let phase = at.as_s() % (2.0 * half);
        let volt = PEAK - RATE * (phase - half).abs();
        if event.is_spike() {
            self.on.push((self.names[event.element.index()].clone(), volt));
        } else if event.from.is_on() {
            self.off.push(volt);
        }
        Ok(())
    }
}

fn run(circuit: &Circuit, sweeps: u32, seed: u64) -> Switching {
    let options = Options { from_initial_conditions: true, seed };
    let mut switching = Switching::default();
    let until = Time::from_s(f64::from(sweeps) * 2.0 * PEAK / RATE);
    let mut simulation = Simulation::new(circuit, &options).unwrap();
    simulation.run(until, &mut [&mut switching], &mut |_| ControlFlow::Continue(())).unwrap();
    switching
}

fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
}

#[test]
fn a_thousand_sweeps_of_one_device_vary_as_the_paper_measured() {
    const SWEEPS: u32 = 1024;
    let circuit = sweeps(1, |_| "n1".to_owned());
    let switching = run(&circuit, SWEEPS, 1);
    let on: Vec<f64> = switching.on.iter().map(|(_, volt)| *volt).collect();
    assert_eq!((on.len(), switching.off.len()), (1024, 1024), "a sweep did not switch");
    // The standard deviation of n draws has a standard error of 1/sqrt(2n): 2.2 %; three of them.
    for (volts, read) in [(&on, READ[0]), (&switching.off, READ[1])] {
        let ((_, found), sigma) = (moments(volts), on_a_ramp(read));
        assert!((found / sigma - 1.0).abs() < 3.0 / 2048.0_f64.sqrt(), "{found:e} for {sigma:e}");
    }
}

#[test]
fn thirty_devices_of_ten_sweeps_spread_as_the_paper_measured() {
    let circuit = sweeps(30, |device| format!("n{device:02}"));
    let switching = run(&circuit, 10, 1);
    let volts: Vec<f64> = switching.on.iter().map(|(_, volt)| *volt).collect();
    assert_eq!(volts.len(), 300);
    let (_, found) = moments(&volts);
    // Thirty devices carry most of the spread: standard error 1/sqrt(60) = 13 %; three of them.
    assert!((found / on_a_ramp(READ_ALL) - 1.0).abs() < 3.0 / 60.0_f64.sqrt(), "{found:e}");
}

#[test]
fn a_device_switches_alike_whatever_else_is_in_the_circuit() {
    let alone = run(&sweeps(1, |_| "n07".to_owned()), 20, 4);
    let among = run(&sweeps(30, |device| format!("n{device:02}")), 20, 4);
    let mine: Vec<_> = among.on.into_iter().filter(|(name, _)| name == "n07").collect();
    assert_eq!(mine, alone.on);
    let other_seed = run(&sweeps(1, |_| "n07".to_owned()), 20, 5);
    assert_ne!(other_seed.on, alone.on);
}
