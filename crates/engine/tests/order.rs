//! What happens at one instant, and what makes parts of a circuit copies of each other.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use memspike_circuit::{
    Builder, Circuit, ElementKind, NodeId, Pulse, Retrigger, Signal, Sine, SpikeDriver, Stimulus,
};
use memspike_device::{MODELS, Model, Phase};
use memspike_engine::{DeviceEvent, Events, Follows, Options, Simulation, Sink};
use memspike_scheduler::Pace;
use memspike_time::Time;
use memspike_waveform::Waveform;

const GROUND: NodeId = NodeId::GROUND;

fn model(kind: &str, changes: &[(&str, f64)]) -> Arc<dyn Model> {
    let kind = MODELS.iter().find(|k| k.name == kind).unwrap();
    let value = |name: &str, default: f64| {
        changes.iter().find(|(changed, _)| *changed == name).map_or(default, |(_, value)| *value)
    };
    let values: Vec<f64> = kind.parameters.iter().map(|p| value(p.name, p.default)).collect();
    (kind.build)(&values).unwrap()
}

fn switch() -> Arc<dyn Model> {
    model("sw", &[("vt", 0.5), ("vh", 0.1), ("ron", 1e3), ("roff", 1e6)])
}

/// `low` until `delay_s`, then `high`.
fn step(low: f64, high: f64, delay_s: f64) -> Stimulus {
    let ever = f64::INFINITY;
    let (rise_s, fall_s, width_s, period_s) = (0.0, 0.0, ever, ever);
    Stimulus::Pulse(Pulse { low, high, delay_s, rise_s, fall_s, width_s, period_s, count: Some(1) })
}

struct Parts(Builder);

impl Parts {
    fn new() -> Self {
        Self(Builder::new())
    }

    fn add(&mut self, name: &str, nodes: [&str; 2], kind: ElementKind) {
        let nodes = nodes.map(|node| self.node(node));
        self.0.element(name, nodes, kind);
    }

    fn node(&mut self, name: &str) -> NodeId {
        if name == "0" { GROUND } else { self.0.node(name) }
    }

    fn held(&mut self, name: &str, nodes: [&str; 2], stimulus: Stimulus) {
        self.add(name, nodes, ElementKind::VoltageSource(stimulus));
    }

    fn resistor(&mut self, name: &str, nodes: [&str; 2], ohm: f64) {
        self.add(name, nodes, ElementKind::Resistor { ohm });
    }

    fn switch(&mut self, name: &str, nodes: [&str; 2], control: [&str; 2]) {
        let control = control.map(|node| self.node(node));
        self.add(name, nodes, ElementKind::Switch { model: switch(), control, on: false });
    }

    fn build(self) -> Circuit {
        self.0.build().unwrap()
    }
}

/// What is told of devices, in that order, and the forms of the signals at the end.
#[derive(Default)]
struct Log {
    signals: Vec<Signal>,
    ends: Vec<(Time, Waveform)>,
    events: Vec<(Time, String, Phase)>,
    names: Vec<String>,
}

impl Sink for Log {
    fn follows(&self) -> Follows {
        Follows { waveforms: self.signals.clone(), events: Events::Phases, ..Follows::default() }
    }

    fn begin(
        &mut self,
        circuit: &Circuit,
        start: Time,
        _: &[(memspike_circuit::ElementId, Phase)],
    ) -> io::Result<()> {
        self.names = circuit.elements().iter().map(|element| element.name.clone()).collect();
        self.ends = vec![(start, Waveform::default()); self.signals.len()];
        Ok(())
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        self.ends[signal] = (at, form.clone());
        Ok(())
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        self.events.push((at, self.names[event.element.index()].clone(), event.to));
        Ok(())
    }
}

fn run(circuit: &Circuit, nodes: &[&str], until_s: f64, pace: Pace) -> Log {
    let voltage = |name: &&str| Signal::Voltage(circuit.find_node(name).unwrap(), GROUND);
    let mut log = Log { signals: nodes.iter().map(voltage).collect(), ..Log::default() };
    let options = Options { from_initial_conditions: true, seed: 0 };
    let mut simulation = Simulation::new(circuit, &options).unwrap().at_pace(pace);
    let mut watch = |_| ControlFlow::Continue(());
    simulation.run(Time::from_s(until_s), &mut [&mut log], &mut watch).unwrap();
    log
}

/// Voltages at the end of a run.
fn volts(circuit: &Circuit, nodes: &[&str], until_s: f64) -> Vec<f64> {
    let log = run(circuit, nodes, until_s, Pace::default());
    log.ends.iter().map(|(at, form)| form.eval(Time::from_s(until_s).since(*at))).collect()
}

#[track_caller]
fn near(found: f64, truth: f64) {
    assert!((found - truth).abs() <= 1e-12 * truth.abs().max(1.0), "{found:e} for {truth:e}");
}

/// Divider of 1 kohm and 3 kohm from 1 V, whose taps are at 0.75 V and 0.25 V.
fn divider(parts: &mut Parts, of: &str) -> [String; 2] {
    let [top, tap] = ["top", "tap"].map(|name| format!("{name}{of}"));
    parts.resistor(&format!("r1{of}"), ["vdd", &top], 1e3);
    parts.resistor(&format!("r2{of}"), [&top, &tap], 2e3);
    parts.resistor(&format!("r3{of}"), [&tap, "0"], 1e3);
    [top, tap]
}

#[test]
fn parts_that_differ_in_what_controls_a_switch_are_no_copies() {
    let mut parts = Parts::new();
    parts.held("vdd", ["vdd", "0"], Stimulus::Dc(1.0));
    for (of, control) in [("a", 0), ("b", 1), ("c", 0)] {
        let taps = divider(&mut parts, of);
        let out = format!("out{of}");
        parts.resistor(&format!("rx{of}"), [&taps[1], &out], 1e12);
        parts.resistor(&format!("ro{of}"), [&out, "0"], 1e12);
        parts.switch(&format!("s{of}"), [&out, "0"], [&taps[control], "0"]);
    }
    let circuit = parts.build();
    // 0.75 V turns it on, 0.25 V does not.
    let found = volts(&circuit, &["outa", "outb", "outc"], 1.0);
    let behind = |ohm: f64| {
        let ohm = 1.0 / (1.0 / ohm + 1e-12);
        0.25 * ohm / (1e12 + ohm)
    };
    let (on, off) = (behind(1e3), behind(1e6));
    for (found, truth) in found.into_iter().zip([on, off, on]) {
        assert!((found / truth - 1.0).abs() < 1e-6, "{found:e} for {truth:e}");
    }
}

#[test]
fn parts_that_differ_in_what_controls_a_source_are_no_copies() {
    let mut parts = Parts::new();
    parts.held("vdd", ["vdd", "0"], Stimulus::Dc(1.0));
    for (of, control) in [("a", 0), ("b", 1), ("c", 0)] {
        let taps = divider(&mut parts, of);
        let [e, g] = ["e", "g"].map(|name| format!("{name}{of}"));
        let control = [parts.node(&taps[control]), GROUND];
        parts.add(&e, [&e, "0"], ElementKind::Vcvs { control, gain: 2.0 });
        parts.resistor(&format!("re{of}"), [&e, &taps[1]], 1e15);
        parts.add(&g, ["0", &g], ElementKind::Vccs { control, siemens: 1e-3 });
        parts.resistor(&format!("rg{of}"), [&g, "0"], 1e3);
    }
    let circuit = parts.build();
    let found = volts(&circuit, &["ea", "eb", "ec", "ga", "gb", "gc"], 1.0);
    for (found, truth) in found.into_iter().zip([1.5, 0.5, 1.5, 0.75, 0.25, 0.75]) {
        assert!((found - truth).abs() < 1e-9, "{found:e} for {truth:e}");
    }
}

#[test]
fn parts_that_sources_of_other_signs_hold_are_no_copies() {
    let mut parts = Parts::new();
    for (of, nodes) in [("a", ["ina", "0"]), ("b", ["0", "inb"]), ("c", ["inc", "0"])] {
        parts.held(&format!("v{of}"), nodes, Stimulus::Dc(1.0));
        let (input, out) = (format!("in{of}"), format!("out{of}"));
        parts.resistor(&format!("r{of}"), [&input, &out], 1e3);
        let capacitor = ElementKind::Capacitor { farad: 1e-6, initial: None };
        parts.add(&format!("c{of}"), [&out, "0"], capacitor);
    }
    let circuit = parts.build();
    let found = volts(&circuit, &["outa", "outb", "outc"], 1e-3);
    let charged = 1.0 - (-1.0_f64).exp();
    for (found, truth) in found.into_iter().zip([charged, -charged, charged]) {
        near(found, truth);
    }
}

#[test]
fn parts_that_currents_of_other_signs_enter_are_no_copies() {
    let mut parts = Parts::new();
    for (of, nodes) in [("a", ["0", "outa"]), ("b", ["outb", "0"]), ("c", ["0", "outc"])] {
        let source = ElementKind::CurrentSource(Stimulus::Dc(1e-3));
        parts.add(&format!("i{of}"), nodes, source);
        parts.resistor(&format!("r{of}"), [&format!("out{of}"), "0"], 1e3);
    }
    let found = volts(&parts.build(), &["outa", "outb", "outc"], 1e-3);
    for (found, truth) in found.into_iter().zip([1.0, -1.0, 1.0]) {
        near(found, truth);
    }
}

#[test]
fn a_device_that_is_done_exactly_at_an_edge_of_a_source_is_so_before_it() {
    // Far above its threshold a filament grows in 20 ns, where the source falls.
    for (fall_s, turn_ons) in [(20e-9, 1), (20e-9 - 1e-15, 0), (20e-9 + 1e-15, 1)] {
        let mut parts = Parts::new();
        parts.held("v", ["in", "0"], step(5.0, 0.0, fall_s));
        parts.resistor("r", ["in", "out"], 1e3);
        let zno = model("ts_memristor", &[("ton_min", 20e-9), ("roff", 1e9), ("ron", 1e6)]);
        parts.add("n", ["out", "0"], ElementKind::Memristor(zno));
        let log = run(&parts.build(), &[], 1e-6, Pace::default());
        let on = log.events.iter().filter(|(_, _, to)| to.is_on());
        assert_eq!(on.count(), turn_ons, "{fall_s:e}: {:?}", log.events);
    }
}

/// Switches `a` and `b` that turn on and off together under one sine, in parts in which others, with these
/// levels (V), do so before.
fn together(before: [&[f64]; 2]) -> Circuit {
    let mut parts = Parts::new();
    let sine = Sine {
        offset: 0.0,
        amplitude: 1.0,
        frequency_hz: 1.0,
        delay_s: 0.0,
        damping_per_s: 0.0,
        phase_rad: 0.0,
    };
    parts.held("v", ["in", "0"], Stimulus::Sine(sine));
    for (of, levels) in ["a", "b"].into_iter().zip(before) {
        let out = format!("out{of}");
        parts.resistor(&format!("r{of}"), ["in", &out], 1.0);
        parts.switch(&format!("s{of}"), [&out, "0"], ["in", "0"]);
        for (number, volt) in levels.iter().enumerate() {
            // It changes nothing but its phase, so that the others' instants keep their last bits.
            let sooner = [("vt", *volt), ("vh", 0.02), ("ron", 1e6), ("roff", 1e6)];
            let (model, control) = (model("sw", &sooner), [parts.node("in"), GROUND]);
            let kind = ElementKind::Switch { model, control, on: false };
            parts.add(&format!("e{of}{number}"), [&out, "0"], kind);
        }
    }
    parts.build()
}

#[test]
fn what_parts_do_at_one_instant_is_told_in_the_order_of_the_parts() {
    let pace = |window_s, records| Pace {
        first_window_s: window_s,
        longest_window_s: window_s,
        records: Some(records),
        ..Pace::default()
    };
    // In the last, with a share of two, `b` goes as far as that instant while `a` is put off before it.
    let before: [[&[f64]; 2]; 4] =
        [[&[0.3], &[]], [&[], &[0.3]], [&[], &[]], [&[0.2, 0.25, 0.3], &[0.1]]];
    for before in before {
        let circuit = together(before);
        let in_step = run(&circuit, &[], 10.0, pace(1e-15, 1));
        for records in [1 << 18, 1, 4, 8] {
            let ahead = run(&circuit, &[], 10.0, pace(100.0, records));
            assert_eq!(ahead.events, in_step.events, "{before:?}, {records} records");
        }
        assert_eq!(run(&circuit, &[], 10.0, Pace::default()).events, in_step.events);
        let at_once = in_step.events.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        let names: Vec<_> = at_once.map(|pair| (pair[0].1.as_str(), pair[1].1.as_str())).collect();
        assert_eq!(names, [("sa", "sb"); 20]);
    }
}

#[test]
fn no_part_runs_ahead_of_a_spike_that_drives_it() {
    // The oscillator's spike at ln(5/2) ms discharges the other's membrane 0.05 ms before it fires.
    let mut parts = Parts::new();
    parts.held("vdd", ["vdd", "0"], Stimulus::Dc(1.0));
    let fast = model("sw", &[("vt", 0.5), ("vh", 0.1), ("ron", 10.0), ("roff", 1e12)]);
    let rate = |ohm: f64| (1.0 / ohm + 1e-12) / 1e-6;
    for (of, ohm) in [("p", 1e3), ("q", 1.05e3)] {
        parts.resistor(&format!("r{of}"), ["vdd", of], ohm);
        let capacitor = ElementKind::Capacitor { farad: 1e-6, initial: None };
        parts.add(&format!("c{of}"), [of, "0"], capacitor);
        let control = [parts.node(of), GROUND];
        let kind = ElementKind::Switch { model: Arc::clone(&fast), control, on: false };
        parts.add(&format!("s{of}"), [of, "0"], kind);
    }
    let driver = SpikeDriver {
        devices: vec![parts.0.device("sp")],
        high: -1.0,
        low: 0.0,
        width_s: 1.0,
        delay_s: 0.0,
        retrigger: Retrigger::Deaf,
    };
    parts.add("id", ["0", "q"], ElementKind::CurrentSource(Stimulus::Spikes(driver)));
    let circuit = parts.build();
    let long = Pace {
        first_window_s: 1.0,
        longest_window_s: 1.0,
        records: Some(1 << 18),
        ..Pace::default()
    };
    for pace in [Pace::default(), long] {
        let log = run(&circuit, &[], 0.1, pace);
        let first =
            |name: &str| log.events.iter().find(|(_, of, _)| of == name).map(|(at, ..)| at.as_s());
        let end: f64 = 1.0 / 1e3 / (1.0 / 1e3 + 1e-12);
        near(first("sp").unwrap() * 1e3, (end / (end - 0.6)).ln() / rate(1e3) * 1e3);
        assert_eq!(first("sq"), None, "{pace:?}");
    }
}
