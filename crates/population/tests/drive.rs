//! Drives that change while a simulation is on its way, against closed forms.

use std::ops::ControlFlow;

use memspike_population::{
    Currents, DriveError, Ended, Initial, Input, Membrane, Model, Options, Population, Precision,
    Recording, Reset, Simulation, Synapse, Synapses,
};
use memspike_time::Time;

const TAU_S: f64 = 0.02;
const REFRACTORY_S: f64 = 0.0015;
const THRESHOLD_V: f64 = 0.015;
const RESET_V: f64 = -0.004;
const INITIAL_V: f64 = 0.003;
const UNTIL_S: f64 = 0.4;
/// From when on, and which potential (V) is approached. One step falls into a rest, one comes 0.1 ms before the threshold would be reached.
const STEPS: [(f64, f64); 9] = [
    (0.0, 0.016),
    (0.0537, 0.04),
    (0.1001, 0.01),
    (0.15, -0.02),
    (0.21, 0.0173),
    (0.300_000_1, 0.2),
    (0.311_246, 0.03),
    (0.328_312, 0.001),
    (0.348_412, 0.05),
];

fn membrane(threshold_v: f64) -> Membrane {
    Membrane {
        tau_s: TAU_S,
        rest_v: 0.0,
        asymptote_v: STEPS[0].1,
        threshold_v,
        reset: Reset::To(RESET_V),
        refractory_s: REFRACTORY_S,
    }
}

fn with_currents(threshold_v: f64) -> Model {
    Model::LifExp(Currents {
        membrane: membrane(threshold_v),
        capacitance_farad: 250e-12,
        tau_excitatory_s: 0.002,
        tau_inhibitory_s: 0.005,
    })
}

/// A source that spikes every 3 ms, and a cell at which its spikes arrive after that many delays.
fn network(model: Model, delays: u64, weight: f64) -> (Input, Synapses) {
    let times = (1..130).map(|k| Time::from_s(0.003 * f64::from(k))).collect();
    let one = |name: &str, model, initial_v| Population {
        name: name.to_owned(),
        size: 1,
        model,
        initial: Initial::Same(initial_v),
    };
    let populations =
        vec![one("cell", model, INITIAL_V), one("source", Model::Recorded(vec![times]), 0.0)];
    let synapse = |k| Synapse { source: 1, target: 0, weight, delay_fs: k * 700_000_000_000 };
    let synapses = Synapses((1..=delays).map(synapse).collect());
    (
        Input { populations, tick_fs: 700_000_000_000, precision: Precision::Double, seed: 0 },
        synapses,
    )
}

/// When the cell fired (s).
fn times(recording: &Recording) -> Vec<f64> {
    let own = recording.spikes.iter().filter(|spike| spike.1 == 0);
    own.map(|spike| spike.0.as_s()).collect()
}

fn advance(simulation: &mut Simulation, recording: &mut Recording, until_s: f64) {
    let go_on = &mut |_: &Simulation| ControlFlow::Continue(());
    let ended = simulation.run(Time::from_s(until_s), recording, go_on).expect("memory takes all");
    assert_eq!(ended, Ended::Reached);
}

/// Spikes of the cell (s), with its drive changed at each step.
fn stepped(input: &Input, synapses: &Synapses, options: &Options) -> (Recording, Simulation) {
    let mut simulation = Simulation::new(input, synapses, options).unwrap();
    let mut recording = Recording::default();
    for (at_s, asymptote_v) in &STEPS[1..] {
        advance(&mut simulation, &mut recording, *at_s);
        simulation.drive(0, *asymptote_v).unwrap();
    }
    advance(&mut simulation, &mut recording, UNTIL_S);
    (recording, simulation)
}

/// The potential at an instant, and spikes before it, of a cell at which nothing arrives: `V = a + (V0 - a) exp(-t / tau)` between steps.
fn closed_form(until_s: f64, threshold_v: f64) -> (f64, Vec<f64>) {
    let (mut t, mut v, mut spikes) = (0.0, INITIAL_V, Vec::new());
    // It is held until then.
    let mut held = 0.0;
    for (number, (_, a)) in STEPS.iter().enumerate() {
        let end = STEPS.get(number + 1).map_or(until_s, |step| step.0).min(until_s);
        while t < end {
            if held > t {
                t = f64::min(held, end);
                continue;
            }
            let crossing = t + TAU_S * ((a - v) / (a - threshold_v)).ln();
            if *a > threshold_v && crossing < end {
                spikes.push(crossing);
                (t, v, held) = (crossing, RESET_V, crossing + REFRACTORY_S);
            } else {
                (t, v) = (end, a + (v - a) * (-(end - t) / TAU_S).exp());
            }
        }
    }
    (v, spikes)
}

#[test]
fn a_cell_under_steps_fires_where_the_logarithm_says_in_every_kernel() {
    let (end_v, expected) = closed_form(UNTIL_S, THRESHOLD_V);
    let rests = |step: &(f64, f64)| {
        expected.iter().any(|spike| (*spike..spike + REFRACTORY_S).contains(&step.0))
    };
    assert!(expected.len() > 10 && STEPS.iter().any(rests), "{expected:?}");
    for (model, delays) in [
        (Model::Lif(membrane(THRESHOLD_V)), 1),
        (Model::Lif(membrane(THRESHOLD_V)), 9),
        (Model::LifPulse(membrane(THRESHOLD_V)), 0),
        (with_currents(THRESHOLD_V), 2),
    ] {
        let name = format!("{model:?}, {delays} delays");
        let (input, synapses) = network(model, delays, 0.0);
        let (recording, simulation) = stepped(&input, &synapses, &Options::default());
        let found = times(&recording);
        assert_eq!(found.len(), expected.len(), "{name}");
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-14, "{name}: {found} s, {expected} s");
        }
        let potential = simulation.potential(0, 0).unwrap();
        assert!((potential - end_v).abs() < 1e-13, "{name}: {potential} V, {end_v} V");
    }
}

#[test]
fn what_a_drive_adds_to_synaptic_currents_is_what_it_does_alone() {
    let (input, synapses) = network(with_currents(10.0), 3, 80e-12);
    let (_, both) = stepped(&input, &synapses, &Options::default());
    let mut alone = Simulation::new(&input, &synapses, &Options::default()).unwrap();
    alone.drive(0, 0.0).unwrap();
    advance(&mut alone, &mut Recording::default(), UNTIL_S);
    let synaptic = alone.potential(0, 0).unwrap() - INITIAL_V * (-UNTIL_S / TAU_S).exp();
    assert!(synaptic > 1e-3, "{synaptic} V");
    let driven = both.potential(0, 0).unwrap() - synaptic;
    let (expected, _) = closed_form(UNTIL_S, 10.0);
    assert!((driven - expected).abs() < 1e-13, "{driven} V, {expected} V");
}

#[test]
fn windows_and_threads_do_not_move_spikes_under_steps() {
    let (input, synapses) = network(with_currents(THRESHOLD_V), 3, 80e-12);
    let (expected, _) = stepped(&input, &synapses, &Options::default());
    let options = Options { threads: 2, window_s: Some(3e-5), part_size: None, block_size: None };
    let (found, _) = stepped(&input, &synapses, &options);
    assert!(times(&expected).len() > 10 && found == expected);
}

#[test]
fn an_image_is_taken_only_under_drives_that_were_changed_alike() {
    let (input, synapses) = network(with_currents(THRESHOLD_V), 1, 80e-12);
    let (mut expected, mut driven) = (Recording::default(), Recording::default());
    let mut simulation = Simulation::new(&input, &synapses, &Options::default()).unwrap();
    simulation.drive(0, 0.03).unwrap();
    advance(&mut simulation, &mut Recording::default(), 0.05);
    let mut image = Vec::new();
    simulation.save(&mut image).unwrap();
    let mut other = Simulation::new(&input, &synapses, &Options::default()).unwrap();
    assert!(other.resume(&mut &image[..]).is_err());
    let mut unlike = Simulation::new(&input, &synapses, &Options::default()).unwrap();
    unlike.drive(0, 0.02).unwrap();
    assert!(unlike.resume(&mut &image[..]).is_err());
    other.drive(0, 0.03).unwrap();
    other.resume(&mut &image[..]).unwrap();
    advance(&mut simulation, &mut expected, 0.1);
    advance(&mut other, &mut driven, 0.1);
    assert!(times(&expected).len() > 2 && driven == expected);
}

#[test]
fn sources_and_potentials_beyond_all_membranes_are_refused() {
    let (input, synapses) = network(with_currents(THRESHOLD_V), 1, 0.0);
    let mut simulation = Simulation::new(&input, &synapses, &Options::default()).unwrap();
    assert_eq!(simulation.drive(1, 0.0), Err(DriveError::NoMembranes { population: 1 }));
    assert_eq!(simulation.drive(2, 0.0), Err(DriveError::NoMembranes { population: 2 }));
    assert_eq!(simulation.drive(0, 2e6), Err(DriveError::Range { asymptote_v: 2e6 }));
    assert!(matches!(simulation.drive(0, f64::NAN), Err(DriveError::Range { .. })));
}

/// Its closed form under the new drive was above the threshold before that began; what arrives soon after makes it looked at.
#[test]
fn a_cell_that_is_pulled_down_below_its_threshold_does_not_fire() {
    let (step_s, arrival_s, end_s) = (0.0036, 0.0037, 0.0055);
    let (up_v, down_v, at_step_v, weight) = (STEPS[0].1, -0.2, 0.0149, 3e-9);
    let leak = |s: f64| (-s / TAU_S).exp();
    let (mut input, synapses) = network(with_currents(THRESHOLD_V), 1, weight);
    input.populations[0].initial = Initial::Same(up_v + (at_step_v - up_v) / leak(step_s));
    let mut simulation = Simulation::new(&input, &synapses, &Options::default()).unwrap();
    let mut recording = Recording::default();
    advance(&mut simulation, &mut recording, step_s);
    simulation.drive(0, down_v).unwrap();
    advance(&mut simulation, &mut recording, end_s);
    assert!(times(&recording).is_empty());
    let since = end_s - arrival_s;
    let synaptic =
        weight / 250e-12 / (1.0 / 0.002 - 1.0 / TAU_S) * (leak(since) - (-since / 0.002).exp());
    let expected = down_v + (at_step_v - down_v) * leak(end_s - step_s) + synaptic;
    let found = simulation.potential(0, 0).unwrap();
    assert!((found - expected).abs() < 1e-14, "{found} V, {expected} V");
}
