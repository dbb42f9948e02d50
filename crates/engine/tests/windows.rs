//! Islands that run ahead of each other tell the same story as islands that go in step.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use memspike_circuit::{Builder, Circuit, ElementId, ElementKind, NodeId, Pulse, Signal, Stimulus};
use memspike_device::{MODELS, Model, Phase};
use memspike_engine::{DeviceEvent, Events, Follows, Options, Simulation, Sink};
use memspike_scheduler::Pace;
use memspike_time::Time;
use memspike_waveform::Waveform;

const OSCILLATORS: usize = 40;

/// The quiet time before the burst, long enough for windows to grow far beyond it.
const QUIET_S: f64 = 1.0;

fn switch() -> Arc<dyn Model> {
    let kind = MODELS.iter().find(|kind| kind.name == "sw").unwrap();
    (kind.build)(&[0.5, 0.2, 10.0, 1e9]).unwrap()
}

/// Relaxation oscillators of some 400 kHz behind one source that starts them all at once; a
/// slow one keeps the windows growing until then.
fn burst() -> Circuit {
    let mut builder = Builder::new();
    let pulse = Pulse {
        low: 0.0,
        high: 1.0,
        delay_s: QUIET_S,
        rise_s: 0.0,
        fall_s: 0.0,
        width_s: f64::INFINITY,
        period_s: f64::INFINITY,
        count: None,
    };
    let sources = [("v1", "in", Stimulus::Pulse(pulse)), ("v2", "dc", Stimulus::Dc(1.0))];
    for (name, node, stimulus) in sources {
        let nodes = [builder.node(node), NodeId::GROUND];
        builder.element(name, nodes, ElementKind::VoltageSource(stimulus));
    }
    let model = switch();
    for number in 0..=OSCILLATORS {
        let slow = number == OSCILLATORS;
        let input = builder.node(if slow { "dc" } else { "in" });
        let node = builder.node(&format!("m{number:02}"));
        let farad = if slow { 1e-6 } else { 1e-9 * (1.0 + number as f64 / 40.0) };
        let membrane = [node, NodeId::GROUND];
        builder.element(
            &format!("r{number:02}"),
            [input, node],
            ElementKind::Resistor { ohm: 2e3 },
        );
        let capacitor = ElementKind::Capacitor { farad, initial: None };
        builder.element(&format!("c{number:02}"), membrane, capacitor);
        let switch = ElementKind::Switch { model: model.clone(), control: membrane, on: false };
        builder.element(&format!("s{number:02}"), membrane, switch);
    }
    builder.build().unwrap()
}

#[derive(Default)]
struct Log {
    signals: Vec<Signal>,
    events: Vec<(Time, ElementId, Phase)>,
    /// What it takes to write an event down.
    takes: Duration,
}

impl Sink for Log {
    fn follows(&self) -> Follows {
        Follows { waveforms: self.signals.clone(), events: Events::Phases, ..Follows::default() }
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        self.events.push((at, event.element, event.to));
        thread::sleep(self.takes);
        Ok(())
    }

    fn waveform(&mut self, _at: Time, _signal: usize, _form: &Waveform) -> io::Result<()> {
        Ok(())
    }
}

fn run(circuit: &Circuit, signals: Vec<Signal>) -> Log {
    let options = Options { from_initial_conditions: true, seed: 0 };
    let mut log = Log { signals, ..Log::default() };
    let mut simulation = Simulation::new(circuit, &options).unwrap();
    let until = Time::from_s(QUIET_S + 10e-3);
    simulation.run(until, &mut [&mut log], &mut |_| ControlFlow::Continue(())).unwrap();
    log
}

#[test]
fn a_burst_after_a_long_silence_is_told_in_the_order_of_time() {
    let circuit = burst();
    let ahead = run(&circuit, Vec::new());
    // More than four times what a window waits for, so the backlog was full on the way.
    assert!(ahead.events.len() > 300_000, "{}", ahead.events.len());
    assert!(ahead.events.is_sorted_by_key(|(at, element, _)| (*at, *element)));

    // A voltage between two islands makes all go in step.
    let [a, b] = ["m00", "m01"].map(|name| circuit.find_node(name).unwrap());
    let in_step = run(&circuit, vec![Signal::Voltage(a, b)]);
    assert_eq!(ahead.events.len(), in_step.events.len());
    assert!(ahead.events == in_step.events, "running ahead changed an event");
}

#[test]
fn a_run_is_stopped_between_two_instants_of_a_window_and_goes_on_from_there() {
    let circuit = burst();
    let whole = run(&circuit, Vec::new());
    let options = Options { from_initial_conditions: true, seed: 0 };
    let mut log = Log::default();
    let mut simulation = Simulation::new(&circuit, &options).unwrap();
    let until = Time::from_s(QUIET_S + 10e-3);
    let mut longest = 0;
    loop {
        let before = log.events.len();
        let mut watch = |_| ControlFlow::Break(());
        let outcome = simulation.run(until, &mut [&mut log], &mut watch).unwrap();
        longest = longest.max(log.events.len() - before);
        // All up to where it stopped has been told, and nothing after it.
        assert!(log.events.iter().rev().take(100).all(|(at, ..)| *at <= outcome.reached));
        if !outcome.interrupted {
            break;
        }
        let next = whole.events.get(log.events.len());
        assert!(next.is_none_or(|(at, ..)| *at > outcome.reached), "{outcome:?}");
    }
    // A window has a quarter of a million.
    assert!(longest < 1000, "{longest} events before it stopped");
    assert!(log.events == whole.events, "stopping changed an event");
}

/// A run is no thread's own: paused, it goes on in another one with the same bits.
#[test]
fn a_run_goes_on_in_another_thread() {
    let circuit = burst();
    let options = Options { from_initial_conditions: true, seed: 0 };
    let mut go_on = |_| ControlFlow::Continue(());
    let (half, until) = (Time::from_s(QUIET_S + 1e-3), Time::from_s(QUIET_S + 2e-3));
    let mut whole = Log::default();
    let mut at_once = Simulation::new(&circuit, &options).unwrap();
    at_once.run(until, &mut [&mut whole], &mut go_on).unwrap();

    let mut log = Log::default();
    let mut simulation = Simulation::new(&circuit, &options).unwrap();
    simulation.run(half, &mut [&mut log], &mut go_on).unwrap();
    assert!(!log.events.is_empty() && log.events.len() < whole.events.len());
    thread::scope(|scope| {
        let elsewhere = || {
            let mut go_on = |_| ControlFlow::Continue(());
            simulation.run(until, &mut [&mut log], &mut go_on).map(drop)
        };
        scope.spawn(elsewhere).join().expect("it ends").unwrap();
    });
    assert!(log.events == whole.events, "another thread changed an event");
}

/// A measurement may be searched for a second after every event.
#[test]
fn a_run_with_a_slow_sink_is_stopped_after_a_few_records() {
    let circuit = burst();
    let options = Options { from_initial_conditions: true, seed: 0 };
    let mut log = Log { takes: Duration::from_millis(30), ..Log::default() };
    let mut simulation = Simulation::new(&circuit, &options).unwrap();
    let until = Time::from_s(QUIET_S + 10e-3);
    // Before the burst there is an event now and then.
    let mut watch = |at| {
        if at < Time::from_s(QUIET_S) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let outcome = simulation.run(until, &mut [&mut log], &mut watch).unwrap();
    assert!(outcome.interrupted);
    let told = log.events.iter().filter(|(at, ..)| *at >= Time::from_s(QUIET_S)).count();
    assert!(told <= 16, "{told} events before it stopped");
}

/// A fast oscillator, some thousand devices that turn on once, and one that does so later than all.
fn last_of_many() -> Circuit {
    let mut builder = Builder::new();
    let step = |low: f64, high: f64| {
        let ever = f64::INFINITY;
        Stimulus::Pulse(Pulse {
            low,
            high,
            delay_s: 2.0,
            rise_s: 0.0,
            fall_s: 0.0,
            width_s: ever,
            period_s: ever,
            count: None,
        })
    };
    for (name, node, stimulus) in [("v1", "in", step(0.0, 1.0)), ("v2", "dc", step(1.0, 0.0))] {
        let nodes = [builder.node(node), NodeId::GROUND];
        builder.element(name, nodes, ElementKind::VoltageSource(stimulus));
    }
    let kind = MODELS.iter().find(|kind| kind.name == "sw").unwrap();
    let fast = (kind.build)(&[0.5, 0.2, 10.0, 1e9]).unwrap();
    let once = (kind.build)(&[0.5, 0.2, 10e3, 1e9]).unwrap();
    let names = (0..3000).map(|number| format!("q{number:04}"));
    let mut add = |name: &str, input: &str, farad: f64, model: &Arc<dyn Model>| {
        let (input, node) = (builder.node(input), builder.node(name));
        let membrane = [node, NodeId::GROUND];
        let resistor = ElementKind::Resistor { ohm: 2e3 };
        builder.element(&format!("r{name}"), [input, node], resistor);
        let capacitor = ElementKind::Capacitor { farad, initial: None };
        builder.element(&format!("c{name}"), membrane, capacitor);
        let switch = ElementKind::Switch { model: Arc::clone(model), control: membrane, on: false };
        builder.element(&format!("s{name}"), membrane, switch);
    };
    add("fast", "in", 1e-9, &fast);
    add("slow", "dc", 1e-6, &fast);
    names.for_each(|name| add(&name, "in", 2e-9, &once));
    builder.build().unwrap()
}

#[test]
fn what_waits_to_be_told_when_nothing_is_pending_any_more_is_told() {
    let circuit = last_of_many();
    // One record a window, a few for each island, all in one window.
    for records in [1, 10_000, 1 << 18] {
        let pace = Pace { records: Some(records), ..Pace::default() };
        check_last_of_many(&circuit, pace);
    }
}

fn check_last_of_many(circuit: &Circuit, pace: Pace) {
    let options = Options { from_initial_conditions: true, seed: 0 };
    let mut simulation = Simulation::new(circuit, &options).unwrap().at_pace(pace);
    let mut log = Log::default();
    let until_s = 2.44452;
    let mut watch = |_| ControlFlow::Continue(());
    simulation.run(Time::from_s(until_s), &mut [&mut log], &mut watch).unwrap();
    assert_eq!(simulation.counters().phase_changes, log.events.len() as u64);

    // Charged from 0, then from 0.3, to 0.7 of 1 V; discharged through 10 ohm and 2 kohm.
    let rate = |ohm: f64| (1.0 / ohm + 1.0 / 2e3) / 1e-9;
    let (charging, discharging) = (rate(1e9), rate(10.0));
    let (open, closed) = (1e9 / (1e9 + 2e3), 10.0 / 2010.0);
    let first = (open / (open - 0.7_f64)).ln() / charging;
    let discharge = ((0.7_f64 - closed) / (0.3 - closed)).ln() / discharging;
    let charge = ((open - 0.3_f64) / (open - 0.7)).ln() / charging;
    let spikes = ((until_s - 2.0 - first) / (charge + discharge)).floor() as usize + 1;
    let fast = circuit.find_element("sfast").unwrap();
    let told = log.events.iter().filter(|(_, id, to)| *id == fast && to.is_on()).count();
    assert_eq!(told, spikes);
}

/// Time constant of the membranes of [`two_staircases`] (s).
const TAU_S: f64 = 1e-3;

/// The switches of two membranes that 1 V charges, with the levels at which each turns on; closed, they load
/// their membrane too little to be seen.
const STAIRCASES: [&[(&str, f64)]; 2] =
    [&[("a0", 0.1), ("a1", 0.9)], &[("b0", 0.3), ("b1", 0.4), ("b2", 0.5)]];

fn two_staircases() -> Circuit {
    let kind = MODELS.iter().find(|kind| kind.name == "sw").unwrap();
    let mut builder = Builder::new();
    let supply = builder.node("dc");
    let source = ElementKind::VoltageSource(Stimulus::Dc(1.0));
    builder.element("v", [supply, NodeId::GROUND], source);
    for (part, switches) in STAIRCASES.iter().enumerate() {
        let node = builder.node(&format!("m{part}"));
        let membrane = [node, NodeId::GROUND];
        let resistor = ElementKind::Resistor { ohm: 1e3 };
        builder.element(&format!("r{part}"), [supply, node], resistor);
        let capacitor = ElementKind::Capacitor { farad: TAU_S / 1e3, initial: None };
        builder.element(&format!("c{part}"), membrane, capacitor);
        for (name, volt) in *switches {
            let model = (kind.build)(&[*volt, 0.0, 1e12, 2e12]).unwrap();
            let switch = ElementKind::Switch { model, control: membrane, on: false };
            builder.element(name, membrane, switch);
        }
    }
    builder.build().unwrap()
}

/// The first part does two things in a window, the second of them after all that the other part does. That one
/// has three to do, of which its share puts off the last, and then nothing is pending in either.
#[test]
fn what_a_part_did_ahead_of_another_that_then_falls_silent_is_told() {
    let circuit = two_staircases();
    let pace =
        Pace { first_window_s: 1.0, longest_window_s: 1.0, records: Some(4), ..Pace::default() };
    let options = Options { from_initial_conditions: true, seed: 0 };
    let mut simulation = Simulation::new(&circuit, &options).unwrap().at_pace(pace);
    let mut log = Log::default();
    let mut watch = |_| ControlFlow::Continue(());
    simulation.run(Time::from_s(0.5), &mut [&mut log], &mut watch).unwrap();

    let mut truth: Vec<(f64, ElementId)> = STAIRCASES
        .into_iter()
        .flatten()
        .map(|(name, volt)| (-TAU_S * (-volt).ln_1p(), circuit.find_element(name).unwrap()))
        .collect();
    truth.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    assert_eq!(log.events.len(), truth.len(), "{:?}", log.events);
    for ((at, told, to), (truth_s, element)) in log.events.iter().zip(truth) {
        assert!(*told == element && to.is_on(), "{:?}", log.events);
        assert!((at.as_s() - truth_s).abs() < 1e-7 * truth_s, "{at:?} {truth_s}");
    }
}
