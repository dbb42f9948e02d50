//! An island that goes round and round without being solved for tells the same story, bit for bit, as one that is solved
//! for at every event: beside each model stands the same one, which claims that its cycles differ.

use std::io;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use memspike_circuit::{
    Builder, Circuit, ElementId, ElementKind, NodeId, Pulse, Retrigger, Signal, SpikeDriver,
    Stimulus,
};
use memspike_device::{MODELS, Model, Phase, State, Transition};
use memspike_engine::{DeviceEvent, Events, Follows, Options, Simulation, Sink};
use memspike_random::Draws;
use memspike_time::Time;
use memspike_waveform::Waveform;
use proptest::prelude::*;

/// A model that is as another one, and never says that its cycles are alike.
#[derive(Debug)]
struct Solved(Arc<dyn Model>);

impl Model for Solved {
    fn rest(&self) -> State {
        self.0.rest()
    }

    fn resistance(&self, state: &State) -> f64 {
        self.0.resistance(state)
    }

    fn settle(&self, state: &State, v: &Waveform, at_s: f64) -> State {
        self.0.settle(state, v, at_s)
    }

    fn next(&self, state: &State, v: &Waveform, from_s: f64, until_s: f64) -> Option<Transition> {
        self.0.next(state, v, from_s, until_s)
    }

    fn advance(&self, state: &State, v: &Waveform, from_s: f64, to_s: f64) -> State {
        self.0.advance(state, v, from_s, to_s)
    }

    fn transit(&self, state: &State, v: &Waveform, from_s: f64, to: Transition) -> State {
        self.0.transit(state, v, from_s, to)
    }

    fn quiet(&self, state: &State) -> Range<f64> {
        self.0.quiet(state)
    }

    fn draw(&self, state: &State, draws: &Draws) -> State {
        self.0.draw(state, draws)
    }

    fn forms_at(&self, state: &State) -> Option<f64> {
        self.0.forms_at(state)
    }

    fn formed(&self, state: &State, ohm: f64) -> State {
        self.0.formed(state, ohm)
    }

    fn repeating(&self) -> Option<Arc<dyn Model>> {
        Some(self.0.clone())
    }
}

fn model(name: &str, changes: &[(&str, f64)]) -> Arc<dyn Model> {
    let kind = MODELS.iter().find(|kind| kind.name == name).unwrap();
    let value = |name: &str, usual: f64| {
        changes.iter().find(|(changed, _)| *changed == name).map_or(usual, |(_, value)| *value)
    };
    let values: Vec<f64> = kind.parameters.iter().map(|p| value(p.name, p.default)).collect();
    (kind.build)(&values).unwrap()
}

/// What drives the oscillators.
#[derive(Debug, Clone)]
struct Drive {
    volt: f64,
    /// Another level, from a tenth of the run on, for two tenths of it, again and again.
    step: f64,
}

/// Oscillators behind resistors, on one source each, and one that hears the first.
fn oscillators(
    model: &Arc<dyn Model>,
    drives: &[Drive],
    ohm: f64,
    farad: f64,
    until_s: f64,
) -> Circuit {
    let mut builder = Builder::new();
    let ground = NodeId::GROUND;
    for (k, drive) in drives.iter().enumerate() {
        let (input, out) = (builder.node(&format!("i{k}")), builder.node(&format!("o{k}")));
        let pulse = Pulse {
            low: drive.volt,
            high: drive.step,
            delay_s: until_s / 10.0,
            rise_s: 0.0,
            fall_s: 0.0,
            width_s: until_s / 5.0,
            period_s: until_s / 2.5,
            count: None,
        };
        let stimulus = if drive.step == drive.volt {
            Stimulus::Dc(drive.volt)
        } else {
            Stimulus::Pulse(pulse)
        };
        builder.element(&format!("v{k}"), [input, ground], ElementKind::VoltageSource(stimulus));
        builder.element(&format!("r{k}"), [input, out], ElementKind::Resistor { ohm });
        let capacitor = ElementKind::Capacitor { farad, initial: None };
        builder.element(&format!("c{k}"), [out, ground], capacitor);
        builder.element(&format!("n{k}"), [out, ground], ElementKind::Memristor(model.clone()));
    }
    // One that swings by itself, until spikes of the first change its source for a while.
    let spikes = SpikeDriver {
        devices: vec![builder.device("n0")],
        high: 0.9,
        low: 0.6,
        width_s: until_s / 30.0,
        delay_s: 0.0,
        retrigger: Retrigger::Deaf,
    };
    let (input, out) = (builder.node("id"), builder.node("od"));
    let driven = ElementKind::VoltageSource(Stimulus::Spikes(spikes));
    builder.element("vd", [input, ground], driven);
    builder.element("rd", [input, out], ElementKind::Resistor { ohm: ohm / 8.0 });
    builder.element("cd", [out, ground], ElementKind::Capacitor { farad, initial: None });
    builder.element("nd", [out, ground], ElementKind::Memristor(model.clone()));
    builder.build().unwrap()
}

#[derive(Default)]
struct Log {
    signals: Vec<Signal>,
    /// Femtosecond and bits of its fraction, device, phase, bits of the filament.
    events: Vec<(u64, u64, ElementId, Phase, u64)>,
    /// Instants and values of forms, as bits.
    forms: Vec<(u64, usize, u64, u64)>,
}

impl Sink for Log {
    fn follows(&self) -> Follows {
        Follows { waveforms: self.signals.clone(), events: Events::Phases, ..Follows::default() }
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        let filament = event.filament.to_bits();
        self.events.push((at.tick, at.frac.to_bits(), event.element, event.to, filament));
        Ok(())
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        let values = [form.eval(0.0), form.eval(1e-4)].map(f64::to_bits);
        self.forms.push((at.tick, signal, values[0], values[1]));
        Ok(())
    }
}

/// Runs a circuit in so many parts of equal length; every second one has the voltage of the first oscillator looked at.
fn run(circuit: &Circuit, until_s: f64, parts: u32, looks: bool) -> Log {
    let signals = circuit.find_node("o0").filter(|_| looks);
    let signals = signals.map(|node| Signal::Voltage(node, NodeId::GROUND)).into_iter().collect();
    let options = Options { from_initial_conditions: false, seed: 3 };
    let mut log = Log { signals, ..Log::default() };
    let mut simulation = Simulation::new(circuit, &options).unwrap();
    for part in 1..=parts {
        let until = Time::from_s(until_s * f64::from(part) / f64::from(parts));
        simulation.run(until, &mut [&mut log], &mut |_| ControlFlow::Continue(())).unwrap();
    }
    log
}

fn compare(
    model: &Arc<dyn Model>,
    drives: &[Drive],
    values: [f64; 3],
    parts: u32,
    looks: bool,
) -> usize {
    let [ohm, farad, until_s] = values;
    let solved: Arc<dyn Model> = Arc::new(Solved(model.clone()));
    let round = run(&oscillators(model, drives, ohm, farad, until_s), until_s, parts, looks);
    let each = run(&oscillators(&solved, drives, ohm, farad, until_s), until_s, 1, looks);
    assert_eq!(round.events.len(), each.events.len());
    assert!(round.events == each.events, "an event differs");
    assert!(round.forms == each.forms, "a waveform differs");
    round.events.len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Drives at which nothing swings, at which all do, and steps between them; a run in parts, whose ends cut orbits.
    #[test]
    fn islands_that_go_round_tell_what_islands_that_are_solved_for_tell(
        forming: bool,
        vform in 0.1..0.15_f64,
        von in 0.16..0.2_f64,
        volts in proptest::collection::vec((0.1..2.0_f64, proptest::option::of(0.0..2.0_f64)), 1..4),
        ohm in 3e5..3e6_f64,
        parts in 1_u32..40,
        looks: bool,
    ) {
        let changes = [("vform", if forming { vform } else { 0.0 }), ("von", von)];
        let model = model("ts_memristor", &changes);
        let drives: Vec<Drive> = volts
            .into_iter()
            .map(|(volt, step)| Drive { volt, step: step.unwrap_or(volt) })
            .collect();
        compare(&model, &drives, [ohm, 47e-9, 1.0], parts, looks);
    }
}

#[test]
fn a_switch_that_swings_a_hundred_thousand_times_never_leaves_what_is_solved_for() {
    let model = model("sw", &[("vt", 0.5), ("vh", 0.2), ("ron", 10.0), ("roff", 1e9)]);
    let drives = [Drive { volt: 2.0, step: 2.0 }];
    let events = compare(&model, &drives, [1e5, 1e-9, 20.0], 1, false);
    assert!(events > 100_000, "{events}");
}
