//! Filaments that dissolve by a power, in neurons that are coupled, against a high-order integrator that
//! knows the law's derivative alone.

mod common;

use common::hybrid::{Device, Network};
use common::rig::{Memristor, Rig, record};
use memspike_circuit::Stimulus;
use memspike_random::Draws;
use rand::RngExt as _;

const CASES: u64 = 60;
const FARAD: f64 = 47e-9;
const UNTIL_S: f64 = 0.15;

/// Neurons of random cards behind random resistors, each coupled to the next by a resistor.
struct Case {
    cards: Vec<Memristor>,
    ohms: Vec<f64>,
    link: f64,
    volt: f64,
}

fn case(number: u64) -> Case {
    let mut generator = Draws::new(7, "cards that dissolve").generator(number);
    let mut between = |low: f64, high: f64| low + (high - low) * generator.random::<f64>();
    let count = 2 + (number % 2) as usize;
    let order = [0.0, 1.0, 2.0, 3.0, 3.0, 4.5][(number % 6) as usize];
    let card = |between: &mut dyn FnMut(f64, f64) -> f64| {
        let von = between(0.12, 0.18);
        Memristor {
            von,
            vs: between(0.02, 0.08),
            t0: 10_f64.powf(between(-2.0, 0.0)),
            ton_min: 20e-9,
            vhold: between(0.5, 0.75) * von,
            gres: between(0.3, 0.85),
            trelax: between(2e-3, 12e-3),
            roff: 130e6,
            ron: 10_f64.powf(between(2.0, 4.0)),
            dissolution: order,
        }
    };
    let cards = (0..count).map(|_| card(&mut between)).collect();
    let ohms = (0..count).map(|_| between(0.7e6, 1.5e6)).collect();
    Case { cards, ohms, link: between(2e6, 2e7), volt: between(0.6, 2.0) }
}

fn network(case: &Case) -> Network<'_> {
    let count = case.cards.len();
    Network {
        devices: case.cards.iter().map(|card| Device::Memristor(*card)).collect(),
        initial: vec![0.0; count],
        rates: Box::new(move |_, v, g, dv| {
            for k in 0..count {
                let mut i = (case.volt - v[k]) / case.ohms[k] - g[k] * v[k];
                for neighbour in [k.checked_sub(1), (k + 1 < count).then_some(k + 1)] {
                    i += neighbour.map_or(0.0, |other| (v[other] - v[k]) / case.link);
                }
                dv[k] = i / FARAD;
            }
        }),
        control: Box::new(|_, v, _, k| v[k]),
        corners: Vec::new(),
    }
}

#[test]
fn coupled_neurons_whose_filaments_dissolve_by_a_power_fire_when_an_integrator_says_so() {
    let mut fired = 0;
    for number in 0..CASES {
        let case = case(number);
        let mut rig = Rig::new();
        rig.v("v1", ["supply", "0"], Stimulus::Dc(case.volt));
        for (k, card) in case.cards.iter().enumerate() {
            let out = format!("out{k}");
            rig.r(&format!("r{k}"), ["supply", &out], case.ohms[k])
                .c(&format!("c{k}"), [&out, "0"], FARAD)
                .n(&format!("n{k}"), [&out, "0"], *card);
            if k > 0 {
                rig.r(&format!("l{k}"), [&format!("out{}", k - 1), &out], case.link);
            }
        }
        let mut found = record(&rig.build(), UNTIL_S).spikes();
        let (truth, starts) = network(&case).spikes_and_starts(UNTIL_S);
        for (k, truth) in truth.iter().enumerate() {
            let found = found.remove(&*format!("n{k}")).unwrap_or_default();
            assert_eq!(found.len(), truth.len(), "case {number}, n{k}: number of spikes");
            // The power is known to 1e-12; the smaller the filament, the less that says of it. Spikes of
            // one neuron move those of its neighbours.
            let order = case.cards[k].dissolution.max(1.0);
            let allowed = 1e-9 + 1e-12 / (order * starts.min(1.0).powf(order - 1.0));
            for (spike, (found, truth)) in found.iter().zip(truth).enumerate() {
                let error = (found.as_s() / truth - 1.0).abs();
                assert!(
                    error < allowed,
                    "case {number}, n{k}: spike {spike} at {truth} is off by {error:e} of {allowed:e}"
                );
                fired += 1;
            }
        }
    }
    assert!(fired > 1000, "{fired} spikes");
}
