//! How wide a filament forms: where its voltage falls through `vform`, to rounding.

#[path = "../../device/tests/baseline/mod.rs"]
mod baseline;

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use memspike_circuit::{Builder, Circuit, ElementKind, NodeId, Pulse, Signal, Stimulus};
use memspike_device::{MODELS, Model};
use memspike_engine::{Counters, DeviceEvent, Events, Follows, Options, Simulation, Sink};
use memspike_time::Time;
use memspike_waveform::Waveform;

const RON: f64 = 4.84e3;
const ROFF: f64 = 130e6;

fn device(vform: f64) -> Arc<dyn Model> {
    let kind = MODELS.iter().find(|kind| kind.name == "ts_memristor").unwrap();
    let changes = [("vform", vform), ("ron", RON), ("roff", ROFF)];
    let values: Vec<f64> = kind.parameters.iter().map(|p| baseline::value(p, &changes)).collect();
    (kind.build)(&values).unwrap()
}

fn pulse(low: f64, high: f64, width_s: f64, period_s: f64) -> Stimulus {
    let (delay_s, rise_s, fall_s) = (0.1, 0.0, 0.0);
    Stimulus::Pulse(Pulse { low, high, delay_s, rise_s, fall_s, width_s, period_s, count: None })
}

/// A device `n` at node `out`, and what drives it.
fn bench(vform: f64, add: impl Fn(&mut Builder, NodeId)) -> Circuit {
    let mut builder = Builder::new();
    let out = builder.node("out");
    builder.element("n", [out, NodeId::GROUND], ElementKind::Memristor(device(vform)));
    add(&mut builder, out);
    builder.build().unwrap()
}

fn fed_by_resistor(stimulus: Stimulus, ohm: f64, vform: f64) -> Circuit {
    bench(vform, |builder, out| {
        let input = builder.node("in");
        let source = ElementKind::VoltageSource(stimulus.clone());
        builder.element("v", [input, NodeId::GROUND], source);
        builder.element("r", [input, out], ElementKind::Resistor { ohm });
    })
}

/// The device's resistance as its voltage over its current, and its turn-ons.
struct Meter {
    signals: Vec<Signal>,
    now: [f64; 2],
    ohms: Vec<f64>,
    turn_ons: usize,
}

impl Sink for Meter {
    fn follows(&self) -> Follows {
        Follows { waveforms: self.signals.clone(), events: Events::Phases, ..Follows::default() }
    }

    fn waveform(&mut self, _: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        self.now[signal] = form.eval(0.0);
        if signal == 1 {
            self.ohms.push(self.now[0] / self.now[1]);
        }
        Ok(())
    }

    fn event(&mut self, _: Time, event: DeviceEvent) -> io::Result<()> {
        self.turn_ons += usize::from(event.is_spike());
        Ok(())
    }
}

fn run(circuit: &Circuit, until_s: f64) -> (Meter, Counters) {
    let options = Options { from_initial_conditions: true, seed: 0 };
    let id = circuit.find_element("n").unwrap();
    let out = circuit.find_node("out").unwrap();
    let signals = vec![Signal::Voltage(out, NodeId::GROUND), Signal::Current(id)];
    let mut meter = Meter { signals, now: [0.0; 2], ohms: Vec::new(), turn_ons: 0 };
    let mut simulation = Simulation::new(circuit, &options).unwrap();
    let mut watch = |_| ControlFlow::Continue(());
    simulation.run(Time::from_s(until_s), &mut [&mut meter], &mut watch).unwrap();
    (meter, simulation.counters())
}

#[track_caller]
fn near(found: f64, truth: f64, tolerance: f64) {
    assert!((found / truth - 1.0).abs() <= tolerance, "{found:e} for {truth:e}");
}

/// The last resistance that the device took.
fn last_ohm(circuit: &Circuit) -> f64 {
    let (meter, _) = run(circuit, 0.5);
    assert_eq!(meter.turn_ons, 1);
    *meter.ohms.last().unwrap()
}

#[test]
fn behind_a_resistor_it_is_vform_over_the_current_that_is_left() {
    for (volt, ohm, vform) in
        [(2.0, 1e6, 0.13), (-2.0, 1e6, 0.13), (0.5, 1e5, 0.2), (0.3, 1e6, 0.25), (5.0, 3e6, 1.7)]
    {
        let circuit = fed_by_resistor(pulse(0.0, volt, 1.0, 2.0), ohm, vform);
        near(last_ohm(&circuit), vform * ohm / (f64::abs(volt) - vform), 2e-14);
    }
}

#[test]
fn behind_a_source_of_current_it_is_vform_over_that_current() {
    for ampere in [1e-7, 3.3e-6, 2e-5] {
        let circuit = bench(0.13, |builder, out| {
            let source = ElementKind::CurrentSource(pulse(0.0, ampere, 1.0, 2.0));
            builder.element("i", [NodeId::GROUND, out], source);
        });
        near(last_ohm(&circuit), 0.13 / ampere, 1e-14);
    }
}

#[test]
fn what_nothing_stops_is_at_its_widest() {
    // Above vform even at ron; below vform before it widens, far and by what roff takes of it.
    for (volt, ohm, vform) in [(2.0, 1e3, 0.13), (0.3, 2e3, 0.5), (0.3, 1.0, 0.2), (0.3, 1.0, 0.3)]
    {
        let circuit = fed_by_resistor(pulse(0.0, volt, 1.0, 2.0), ohm, vform);
        near(last_ohm(&circuit), RON, 1e-14);
    }
}

#[test]
fn a_capacitor_across_it_leaves_it_at_its_widest_whatever_vform_is() {
    // Spikes in 0.1 s of an oscillator of 1 Mohm, 47 nF at 2 V do not depend on vform.
    let oscillator = |vform: f64| {
        bench(vform, |builder, out| {
            let input = builder.node("in");
            let source = ElementKind::VoltageSource(Stimulus::Dc(2.0));
            builder.element("v", [input, NodeId::GROUND], source);
            builder.element("r", [input, out], ElementKind::Resistor { ohm: 1e6 });
            let capacitor = ElementKind::Capacitor { farad: 47e-9, initial: None };
            builder.element("c", [out, NodeId::GROUND], capacitor);
        })
    };
    let (plain, _) = run(&oscillator(0.0), 0.1);
    assert_eq!(plain.turn_ons, 17);
    for vform in [0.13, 0.2, 0.5, 1e3] {
        let (meter, counters) = run(&oscillator(vform), 0.1);
        assert_eq!(meter.turn_ons, plain.turn_ons, "vform {vform}");
        near(meter.ohms.iter().copied().fold(f64::INFINITY, f64::min), RON, 1e-12);
        // Off and on, and nothing for a filament that is the same each time.
        assert_eq!(counters.mode_sets, 2);
    }
}

#[test]
fn a_filament_forms_anew_in_every_cycle_and_memory_stays_bounded() {
    // A ramp of pulses, each higher than the one before, each a cycle of its own width.
    let (count, period_s, vform, ohm) = (10_000, 1e-3, 0.13, 1e6);
    let mut points = vec![(0.0, 0.0)];
    let volt = |number: usize| 2.0 + 1e-4 * number as f64;
    for number in 0..count {
        let at = (number as f64 + 0.25) * period_s;
        points.extend([(at, 0.0), (at, volt(number))]);
        points.extend([(at + 0.5 * period_s, volt(number)), (at + 0.5 * period_s, 0.0)]);
    }
    let circuit = fed_by_resistor(Stimulus::Pwl(points), ohm, vform);
    let (meter, counters) = run(&circuit, count as f64 * period_s);
    assert_eq!(meter.turn_ons, count);
    let formed: Vec<f64> = meter.ohms.into_iter().filter(|r| *r < 0.1 * ROFF && *r > RON).collect();
    // Under 0 V it has no current, and so no resistance that could be read.
    assert_eq!(formed.len(), count);
    for (number, found) in formed.into_iter().enumerate() {
        near(found, vform * ohm / (volt(number) - vform), 2e-14);
    }
    // Each width once, off and widest never again: what is used between stays.
    assert_eq!(counters.mode_sets, count as u64 + 2);
    let kept = counters.mode_sets - counters.mode_sets_dropped;
    assert!((2048..=4096).contains(&kept), "{kept}");
}
