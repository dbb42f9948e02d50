//! Switches without hysteresis: controls that stand on the level, touch it or undo themselves, and those of closed form.

mod roots;

use std::f64::consts::{PI, TAU};
use std::ops::ControlFlow;
use std::sync::Arc;

use memspike_circuit::{Builder, Circuit, ElementId, ElementKind, NodeId, Sine, Stimulus};
use memspike_device::{MODELS, Model, Phase};
use memspike_engine::{DeviceEvent, EngineError, Events, Options, Recording, Simulation};
use memspike_time::Time;

const GROUND: NodeId = NodeId::GROUND;

fn switch(vt: f64, vh: f64) -> Arc<dyn Model> {
    let kind = MODELS.iter().find(|kind| kind.name == "sw").unwrap();
    (kind.build)(&[vt, vh, 1.0, 1e6]).unwrap()
}

/// Instants (s), switches, and whether they turn on.
type Log = Vec<(f64, ElementId, bool)>;

/// When switches turn after the start, in the order of time, and whether they turn on.
fn run(circuit: &Circuit, uic: bool, until_s: f64) -> Result<Log, EngineError> {
    let options = Options { from_initial_conditions: uic, seed: 0 };
    let mut log = Recording::of_events(Events::Phases);
    let mut simulation = Simulation::new(circuit, &options)?;
    let mut watch = |_| ControlFlow::Continue(());
    simulation.run(Time::from_s(until_s), &mut [&mut log], &mut watch)?;
    let turn =
        |(at, event): &(Time, DeviceEvent)| (at.as_s(), event.element, event.to == Phase::On);
    Ok(log.events().iter().map(turn).collect())
}

fn turns(circuit: &Circuit, until_s: f64) -> Vec<(f64, bool)> {
    let log = run(circuit, true, until_s).unwrap_or_else(|error| panic!("{error}"));
    log.into_iter().map(|(at_s, _, on)| (at_s, on)).collect()
}

/// A source on node `c`, if asked behind a resistor of 1 kohm with a capacitor; switches that it
/// controls, each with a load of its own that charges a capacitor, so that every turn changes
/// the modes of the part.
fn deck(stimulus: Stimulus, tau_s: Option<f64>, switches: &[Arc<dyn Model>]) -> Circuit {
    let mut builder = Builder::new();
    let [control, supply] = ["c", "p"].map(|name| builder.node(name));
    let source = if tau_s.is_some() { builder.node("in") } else { control };
    builder.element("v1", [source, GROUND], ElementKind::VoltageSource(stimulus));
    if let Some(tau_s) = tau_s {
        builder.element("rf", [source, control], ElementKind::Resistor { ohm: 1e3 });
        let capacitor = ElementKind::Capacitor { farad: tau_s / 1e3, initial: None };
        builder.element("cf", [control, GROUND], capacitor);
    }
    builder.element("v2", [supply, GROUND], ElementKind::VoltageSource(Stimulus::Dc(5.0)));
    for (number, model) in switches.iter().enumerate() {
        let out = builder.node(&format!("out{number}"));
        let name = |letter: &str| format!("{letter}{number}");
        builder.element(&name("rl"), [supply, out], ElementKind::Resistor { ohm: 1e3 });
        let capacitor = ElementKind::Capacitor { farad: 1e-7, initial: None };
        builder.element(&name("cl"), [out, GROUND], capacitor);
        // Closes a path between control and load: one part, whose modes both are. A load that
        // moved a control at rest on the level would turn its switch to and fro in truth.
        builder.element(&name("rx"), [control, out], ElementKind::Resistor { ohm: 1e30 });
        let model = Arc::clone(model);
        let kind = ElementKind::Switch { model, control: [control, GROUND], on: false };
        builder.element(&name("s"), [out, GROUND], kind);
    }
    builder.build().unwrap()
}

fn sine(offset: f64, amplitude: f64, frequency_hz: f64, phase_rad: f64) -> Stimulus {
    let (delay_s, damping_per_s) = (0.0, 0.0);
    Stimulus::Sine(Sine { offset, amplitude, frequency_hz, delay_s, damping_per_s, phase_rad })
}

#[test]
fn a_sine_turns_a_switch_without_hysteresis_where_the_arc_sine_says() {
    let circuit = deck(sine(0.0, 1.5, 30.0, 0.0), None, &[switch(0.3, 0.0)]);
    let found = turns(&circuit, 0.1);
    let angle = 0.2_f64.asin();
    let truth = (0..3).flat_map(|k| {
        [(angle, true), (PI - angle, false)]
            .map(|(a, on)| ((a + TAU * f64::from(k)) / (TAU * 30.0), on))
    });
    assert_eq!(found.len(), 6, "{found:?}");
    for (found, truth) in found.iter().zip(truth) {
        assert!((found.0 - truth.0).abs() < 1e-16 && found.1 == truth.1, "{found:?} {truth:?}");
    }
    // By hand: asin(0.2) / (60 pi) = 1.068237 ms and 15.598430 ms.
    assert!(
        (found[0].0 - 1.068_237e-3).abs() < 5e-10 && (found[1].0 - 15.598_430e-3).abs() < 5e-10
    );
}

/// Sources in series, whose sum is the control.
fn stacked(stimuli: Vec<Stimulus>, model: Arc<dyn Model>) -> Circuit {
    let mut builder = Builder::new();
    let mut below = GROUND;
    for (number, stimulus) in stimuli.into_iter().enumerate() {
        let above = builder.node(&format!("c{number}"));
        let name = format!("v{number}");
        builder.element(&name, [above, below], ElementKind::VoltageSource(stimulus));
        below = above;
    }
    let [supply, out] = ["p", "out"].map(|name| builder.node(name));
    builder.element("vp", [supply, GROUND], ElementKind::VoltageSource(Stimulus::Dc(5.0)));
    builder.element("r", [supply, out], ElementKind::Resistor { ohm: 1e3 });
    let kind = ElementKind::Switch { model, control: [below, GROUND], on: false };
    builder.element("s", [out, GROUND], kind);
    builder.build().unwrap()
}

/// From a nanosecond to an hour, each whole in units of a femtosecond.
const PERIODS_S: [f64; 6] = [1e-9, 1e-6, 1e-3, 1.0, 60.0, 3600.0];

#[test]
fn a_level_at_an_extreme_is_a_touch_at_every_period() {
    for period in PERIODS_S {
        // Sums that an f64 holds: a level that is rounded may lie below the peak in truth.
        for (offset, amplitude) in [(0.0, 1.0), (0.25, 0.25), (-0.125, 0.75), (1024.0, 0.125)] {
            for level in [offset + amplitude, offset - amplitude] {
                let wave = sine(offset, amplitude, 1.0 / period, 0.0);
                let circuit = stacked(vec![wave], switch(level, 0.0));
                // At the trough it is on from the start.
                let found = turns(&circuit, 5.3 * period);
                assert_eq!(found, [], "{period} s, {offset} V, {amplitude} V");
            }
        }
    }
}

fn pwl(points: &[(f64, f64)]) -> Circuit {
    deck(Stimulus::Pwl(points.to_vec()), None, &[switch(0.3, 0.0)])
}

fn assert_turns(circuit: &Circuit, until_s: f64, truth: &[(f64, bool)]) {
    let found = turns(circuit, until_s);
    assert_eq!(found.len(), truth.len(), "{found:?} beside {truth:?}");
    for (found, truth) in found.iter().zip(truth) {
        assert!((found.0 - truth.0).abs() <= 1e-15 && found.1 == truth.1, "{found:?} {truth:?}");
    }
}

#[test]
fn a_control_that_stands_on_the_level_turns_the_switch_when_it_leaves_to_the_other_side() {
    // Rises onto the level, stands, then goes on or back; by ramps and by jumps.
    assert_turns(&pwl(&[(0.0, 0.0), (1e-3, 0.3), (2e-3, 0.3), (3e-3, 0.9)]), 5e-3, &[(2e-3, true)]);
    assert_turns(&pwl(&[(0.0, 0.0), (1e-3, 0.3), (2e-3, 0.3), (3e-3, 0.0)]), 5e-3, &[]);
    let jumped = [(0.0, 0.0), (1e-3, 0.0), (1e-3, 0.3), (2e-3, 0.3)];
    assert_turns(&pwl(&[&jumped[..], &[(2e-3, 0.9)]].concat()), 5e-3, &[(2e-3, true)]);
    assert_turns(&pwl(&[&jumped[..], &[(2e-3, 0.0)]].concat()), 5e-3, &[]);
    assert_turns(&pwl(&[&jumped[..], &[(3e-3, 0.31)]].concat()), 5e-3, &[(2e-3, true)]);
    // From above alike: it stays on there.
    let fallen = [(0.0, 0.0), (1e-3, 0.6), (2e-3, 0.3), (3e-3, 0.3)];
    let on = (0.5e-3, true);
    assert_turns(&pwl(&[&fallen[..], &[(4e-3, 0.0)]].concat()), 5e-3, &[on, (3e-3, false)]);
    assert_turns(&pwl(&[&fallen[..], &[(4e-3, 0.6)]].concat()), 5e-3, &[on]);
    // A jump by the least that an f64 can tell beyond rounding is a jump.
    let hair = 0.3 * (1.0 + 1e-13);
    assert_turns(
        &pwl(&[(0.0, 0.0), (1e-3, 0.0), (1e-3, hair), (2e-3, hair), (2e-3, 0.0)]),
        5e-3,
        &[(1e-3, true), (2e-3, false)],
    );
}

#[test]
fn a_filtered_control_that_comes_to_rest_on_the_level_does_not_turn_the_switch() {
    let stimulus =
        Stimulus::Pwl(vec![(0.0, 0.0), (1e-3, 0.0), (1e-3, 0.3), (0.5, 0.3), (0.5, 0.0)]);
    let circuit = deck(stimulus, Some(1e-4), &[switch(0.3, 0.0)]);
    assert_turns(&circuit, 1.0, &[]);
}

#[test]
fn a_control_that_starts_on_the_level_follows_its_first_motion() {
    for uic in [false, true] {
        let rising = deck(sine(0.3, 1.0, 50.0, 0.0), None, &[switch(0.3, 0.0)]);
        let falling = deck(sine(0.3, 1.0, 50.0, PI), None, &[switch(0.3, 0.0)]);
        let times = |circuit: &Circuit| -> Vec<(f64, bool)> {
            let log = run(circuit, uic, 25e-3).unwrap();
            log.into_iter().map(|(at_s, _, on)| (at_s, on)).collect()
        };
        let (up, down) = (times(&rising), times(&falling));
        assert_eq!(up.iter().map(|t| t.1).collect::<Vec<_>>(), [true, false, true], "{up:?}");
        assert_eq!(down.iter().map(|t| t.1).collect::<Vec<_>>(), [true, false], "{down:?}");
        for (found, truth) in up.iter().chain(&down).zip([0.0, 10e-3, 20e-3, 10e-3, 20e-3]) {
            assert!((found.0 - truth).abs() < 1e-16, "{found:?} {truth}");
        }
    }
}

#[test]
fn a_touch_from_either_side_does_not_turn_the_switch() {
    // Peaks at 0.5 and troughs at 0.
    for (level, truth) in [(0.5, 0), (0.5 * (1.0 - 1e-12), 10), (0.5 * (1.0 + 1e-12), 0)] {
        let circuit = deck(sine(0.25, 0.25, 50.0, 0.0), None, &[switch(level, 0.0)]);
        assert_eq!(turns(&circuit, 0.1).len(), truth, "{level}");
    }
    let circuit = deck(sine(0.35, 0.05, 50.0, 0.0), None, &[switch(0.3, 0.0)]);
    // On from the start, at 0.35 V, and never off.
    assert_eq!(turns(&circuit, 0.1), []);
    let filtered = deck(sine(0.25, 0.25, 50.0, 0.0), Some(1e-9), &[switch(0.6, 0.0)]);
    assert_eq!(turns(&filtered, 0.1), []);
}

#[test]
fn switches_of_one_control_and_threshold_turn_together() {
    let models = [switch(0.3, 0.0), switch(0.3, 0.0)];
    for tau in [None, Some(1e-3)] {
        let circuit = deck(sine(0.1, 1.5, 70.0, 0.4), tau, &models);
        let log = run(&circuit, true, 0.1).unwrap();
        assert!(log.len() >= 24, "{}", log.len());
        for pair in log.chunks(2) {
            let [one, other] = pair else { panic!("an odd number of turns") };
            assert!(
                one.1 != other.1 && one.2 == other.2 && (one.0 - other.0).abs() < 1e-17,
                "{pair:?}"
            );
        }
    }
}

/// A switch across its own control: it undoes what turned it on.
fn regulator(capacitor: bool, vh: f64) -> Circuit {
    let mut builder = Builder::new();
    let [supply, out] = ["p", "out"].map(|name| builder.node(name));
    builder.element("v2", [supply, GROUND], ElementKind::VoltageSource(Stimulus::Dc(5.0)));
    builder.element("r1", [supply, out], ElementKind::Resistor { ohm: 1e3 });
    if capacitor {
        let kind = ElementKind::Capacitor { farad: 1e-6, initial: None };
        builder.element("c1", [out, GROUND], kind);
    }
    let control = [out, GROUND];
    let kind = ElementKind::Switch { model: switch(2.5, vh), control, on: false };
    builder.element("s1", [out, GROUND], kind);
    builder.build().unwrap()
}

#[test]
fn a_switch_that_undoes_its_own_control_ends_in_a_message() {
    // Slides along its level from ln 2 time constants of (nearly) 1 ms on; without a capacitor at once.
    for (capacitor, vh) in [(true, 0.0), (true, 1e-15), (false, 0.0)] {
        let error = run(&regulator(capacitor, vh), true, 1.0).expect_err("no solution");
        let EngineError::Chatter { device, at_s } = &error else { panic!("{error}") };
        let truth = if capacitor { 1e-3 * 2.0_f64.ln() } else { 0.0 };
        assert!(device == "s1" && (at_s - truth).abs() < 2e-6, "{error}");
        assert!(error.to_string().contains("undoes its own control"), "{error}");
    }
}
