//! The neuron of the network against the circuit engine, card by card.

mod common;

use common::{EngineNeuron, device, engine};
use memspike_circuit::Stimulus;
use memspike_random::{Draws, Owner};
use memspike_snn::{Neuron, Parameters, Spike};
use rand::RngExt as _;

/// A card of any kind that is accepted, and an input in steps (s, V) that makes it fire.
struct Case {
    card: Vec<(&'static str, f64)>,
    steps: Vec<(f64, f64)>,
}

/// Case `number`, with extremes of the card more often than chance would have them.
fn case(number: u64) -> Case {
    let mut generator = Draws::new(23, "cards of the tests").generator(number);
    let mut unit = || generator.random::<f64>();
    let von = 0.05 + 0.35 * unit();
    let vhold = [0.0, von * (1.0 - 1e-3), 0.9 * von * unit()][(3.0 * unit()) as usize];
    let roff = 10_f64.powf(5.0 + 4.0 * unit());
    let ron = match (4.0 * unit()) as usize {
        0 => roff * (1.0 - 1e-9),
        1 => roff * (0.5 + 0.49 * unit()),
        _ => 10_f64.powf(1.0 + (roff.log10() - 1.5) * unit()),
    };
    let vform = match (3.0 * unit()) as usize {
        0 => 0.0,
        1 => vhold + 1e-3 + (von - vhold) * unit(),
        // Above the voltage at which it fires.
        _ => von + 0.5 * unit(),
    };
    let gres = [0.0, 1.0 - 1e-6, unit()][(3.0 * unit()) as usize];
    let order = [0.0, 3.0, 0.5 + 5.0 * unit()][(3.0 * unit()) as usize];
    let mut card = vec![
        ("von", von),
        ("vs", 10_f64.powf(-2.5 + 1.3 * unit())),
        ("t0", 10_f64.powf(-4.0 + 4.5 * unit())),
        ("ton_min", 10_f64.powf(-9.0 + 4.0 * unit())),
        ("vhold", vhold),
        ("gres", gres),
        ("trelax", 10_f64.powf(-5.0 + 6.0 * unit())),
        // Without a remainder there is no law of its time.
        ("dissolution", if gres == 0.0 { 0.0 } else { order }),
        ("roff", roff),
        ("ron", ron),
        ("vform", vform),
        ("unipolar", (2.0 * unit()).floor()),
    ];
    if unit() < 0.5 {
        card.extend([
            ("sigma_von", 0.02 * von * unit()),
            ("sigma_vhold", 0.02 * vhold * unit()),
            ("spread_von", 0.02 * von * unit()),
            ("spread_vhold", 0.02 * vhold * unit()),
            ("distribution", (3.0 * unit()).floor()),
            ("drift_von", [0.0, 1e-5][(2.0 * unit()) as usize]),
        ]);
    }
    if unit() < 0.3 {
        let parts =
            ["sigma_ron", "sigma_roff", "sigma_gres", "spread_ron", "spread_roff", "spread_gres"];
        card.extend(parts.map(|name| (name, 0.3 * unit())));
    }
    // Of either sign, some of them short against everything.
    let mut steps = vec![(0.0, 2.0)];
    while steps.len() < 40 {
        let (last_s, _) = steps[steps.len() - 1];
        let at_s = last_s + [400e-6, 5e-3 * unit(), 1e-6][(3.0 * unit()) as usize];
        steps.push((at_s, [6.0 * unit() - 3.0, 0.0, 2.0][(3.0 * unit()) as usize]));
    }
    Case { card, steps }
}

/// The steps as corners of a waveform.
fn stimulus(steps: &[(f64, f64)]) -> Stimulus {
    let mut points = vec![steps[0]];
    for pair in steps.windows(2) {
        points.extend([(pair[1].0, pair[0].1), pair[1]]);
    }
    Stimulus::Pwl(points)
}

/// Spikes of the network's neuron under these steps, as its layers take it through them.
fn spikes(neuron: &Neuron, draws: Draws, steps: &[(f64, f64)], until_s: f64) -> (Vec<Spike>, f64) {
    let mut membrane = neuron.rest(draws);
    let mut found = Vec::new();
    let ends = steps.iter().skip(1).map(|(at_s, _)| *at_s).chain([until_s]);
    let mut from_s = 0.0;
    for ((_, volt), to_s) in steps.iter().zip(ends) {
        if !membrane.glide(*volt, to_s, neuron.decay(to_s - from_s)) {
            membrane.advance(*volt, to_s, |spike| found.push(spike));
        }
        from_s = to_s;
    }
    (found, membrane.volts())
}

#[test]
fn every_card_makes_the_neuron_fire_when_the_circuit_engine_says_so() {
    let parameters = Parameters::default();
    let (mut most, mut silent) = (0.0_f64, 0);
    for number in 0..400 {
        let Case { card, steps } = case(number);
        let model = device(&card);
        let name = format!("x{number}");
        let expected = &engine(
            &[EngineNeuron { name: name.clone(), input: stimulus(&steps), device: model.clone() }],
            3,
        )[0];
        let draws = Draws::new(3, Owner::Device(&format!("{name}.n1")));
        let neuron = Neuron::new(&parameters, &model);
        let (found, potential_v) = spikes(&neuron, draws, &steps, 0.1);
        let context = || format!("card {number}: {card:?}");
        assert_eq!(found.len(), expected.spikes_s.len(), "{}", context());
        for (spike, at_s) in found.iter().zip(&expected.spikes_s) {
            let error = (spike.at_s - at_s).abs();
            most = most.max(error);
            assert!(error < 1e-12, "{error:e} s, {}", context());
        }
        let error = (potential_v - expected.potential_v).abs();
        assert!(error < 1e-9, "{error:e} V at the end, {}", context());
        silent += u32::from(found.is_empty());
    }
    // A test of neurons that do not fire would say nothing.
    assert!(silent < 100, "{silent} of 400 are silent; the greatest error is {most:e} s");
}
