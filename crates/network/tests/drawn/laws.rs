//! Weights, delays and numbers of neurons, held against integrals of their densities.

use memspike_network::{
    Builder, Degree, Delay, Law, LifDelta, Lognormal, Membrane, Network, Normal, Rule, Uniform,
};

use super::chi_square::multinomial;
use super::networks::{Ends, MILLISECOND, network, neurons, synapses};

const RULE: Rule = Rule::InDegree(Degree { degree: 100, autapses: true, multapses: true });
const COUNT: usize = 40_000;

fn weights(law: Law) -> Vec<f64> {
    let network = network(Ends::Between(100, 400), RULE, law, MILLISECOND);
    synapses(&network, 9).iter().map(|synapse| synapse.weight).collect()
}

/// Simpson's integral.
fn integral(density: impl Fn(f64) -> f64, from: f64, to: f64) -> f64 {
    let steps = 2000;
    let width = (to - from) / f64::from(steps);
    let term = |k: i32| {
        let weight = if k == 0 || k == steps { 1.0 } else { f64::from(2 + 2 * (k % 2)) };
        weight * density(from + width * f64::from(k))
    };
    (0..=steps).map(term).sum::<f64>() * width / 3.0
}

/// Numbers fall into 40 cells of a range as a density says, which need not be scaled.
fn assert_density(values: &[f64], from: f64, to: f64, density: impl Fn(f64) -> f64) {
    assert!(values.iter().all(|value| (from..=to).contains(value)));
    let cells = 40;
    let width = (to - from) / cells as f64;
    let mut counts = vec![0.0; cells];
    values.iter().for_each(|v| counts[(((v - from) / width) as usize).min(cells - 1)] += 1.0);
    let edge = |cell: usize| from + width * cell as f64;
    let masses: Vec<f64> = (0..cells).map(|k| integral(&density, edge(k), edge(k + 1))).collect();
    let whole: f64 = masses.iter().sum();
    let expected: Vec<f64> = masses.iter().map(|mass| mass / whole * values.len() as f64).collect();
    multinomial(&counts, &expected);
}

#[test]
fn normal_numbers_outside_of_their_bounds_are_drawn_again() {
    let bell =
        |mean: f64, deviation: f64| move |x: f64| (-((x - mean) / deviation).powi(2) / 2.0).exp();
    let law = |least, greatest| Normal { mean: 1.0, deviation: 0.5, least, greatest };
    let drawn = weights(Law::Normal(law(Some(0.0), Some(2.0))));
    assert_eq!(drawn.len(), COUNT);
    assert_density(&drawn, 0.0, 2.0, bell(1.0, 0.5));
    // Far on one side: next to the bound is more than anywhere else, and nothing gathers at it.
    let drawn = weights(Law::Normal(law(Some(1.5), Some(2.2))));
    assert_density(&drawn, 1.5, 2.2, bell(1.0, 0.5));
    assert_eq!(drawn.iter().filter(|value| **value == 1.5).count(), 0);
}

#[test]
fn lognormal_and_uniform_numbers_have_their_densities() {
    let law = Lognormal { median: -2.0, sigma: 0.4, least: Some(-5.0), greatest: Some(-0.8) };
    let density = |x: f64| (-((x / -2.0).ln() / 0.4).powi(2) / 2.0).exp() / -x;
    assert_density(&weights(Law::Lognormal(law)), -5.0, -0.8, density);
    assert_density(&weights(Law::uniform(-1.0, 3.0)), -1.0, 3.0, |_| 1.0);
    assert_eq!(weights(Law::uniform(0.7, 0.7)), vec![0.7; COUNT]);
    assert_eq!(weights(Law::normal(0.7, 0.0)), vec![0.7; COUNT]);
}

fn delays(tick_fs: u64) -> (u64, Vec<u64>) {
    let law = Normal { mean: 1.5e-3, deviation: 0.75e-3, least: Some(1e-4), greatest: Some(5e-3) };
    let mut builder = Builder::new();
    builder.delay_tick(tick_fs);
    let a = builder.population("a", 400, neurons());
    let drawn = memspike_network::Drawn { rule: RULE, weights: Law::Value(1.0) };
    let connections = memspike_network::Connections::Drawn(drawn);
    let effect = memspike_network::Effect::Volt(1e-3);
    builder.projection("p", [a, a], connections, effect, Delay::Drawn(Law::Normal(law)));
    let network = builder.build().unwrap();
    let unit = network.drawing(network.projections().next().unwrap().0, 9).delay_unit_fs();
    (unit, synapses(&network, 9).iter().map(|synapse| synapse.delay).collect())
}

#[test]
fn drawn_delays_are_the_nearest_multiples_of_the_tick() {
    let (unit, full) = delays(0);
    assert_eq!(unit, 1);
    let seconds: Vec<f64> = full.iter().map(|fs| *fs as f64 * 1e-15).collect();
    let bell = |x: f64| (-((x - 1.5e-3) / 0.75e-3_f64).powi(2) / 2.0).exp();
    // Above 4 ms next to nothing is left, and a cell needs five.
    let below: Vec<f64> = seconds.into_iter().filter(|s| *s <= 4e-3).collect();
    assert_density(&below, 1e-4, 4e-3, bell);
    for tick in [1_000_000_000, 100_000_000_000, 7] {
        let (unit, ticked) = delays(tick);
        assert_eq!(unit, tick);
        for (full, ticked) in full.iter().zip(&ticked) {
            assert!(ticked * tick >= full - full.min(&(tick / 2 + 1)), "{full} {ticked}");
            assert!((ticked * tick).abs_diff(*full) <= tick / 2 + 1, "{full} {ticked}");
            assert!(*ticked > 0);
        }
    }
}

#[test]
fn delays_that_are_no_multiples_of_the_tick_stay_what_they_are() {
    let unit = |delay| {
        let network = network(Ends::Within(3), Rule::OneToOne, Law::Value(1.0), delay);
        let (id, _) = network.projections().next().unwrap();
        let delays: Vec<u64> = synapses(&network, 1).iter().map(|synapse| synapse.delay).collect();
        (network.drawing(id, 1).delay_unit_fs(), delays)
    };
    assert_eq!(unit(Delay::All(3_000_000_000)), (1_000_000_000, vec![3; 3]));
    assert_eq!(unit(Delay::All(3_000_000_001)), (1, vec![3_000_000_001; 3]));
    let each = vec![1_000_000_000, 2_000_000_000, 5];
    assert_eq!(unit(Delay::Each(each.clone())), (1, each));
}

#[test]
fn lists_give_each_synapse_its_own_number() {
    let list = |count: usize| -> Vec<f64> { (0..count).map(|k| k as f64).collect() };
    let of = |ends, rule, count| {
        synapses(&network(ends, rule, Law::listed(list(count)), MILLISECOND), 4)
    };
    let ends = Ends::Between(3, 4);
    // A row for each source.
    for s in of(ends, Rule::AllToAll(memspike_network::AllToAll { autapses: true }), 12) {
        assert_eq!(s.weight, f64::from(s.source * 4 + s.target));
    }
    let degree = Degree { degree: 2, autapses: true, multapses: false };
    for s in of(ends, Rule::InDegree(degree), 8) {
        assert_eq!(s.weight, f64::from(s.target * 2) + s.index as f64);
    }
    for s in of(ends, Rule::OutDegree(degree), 6) {
        assert_eq!(s.weight, f64::from(s.source * 2) + s.index as f64);
    }
}

fn started(initial: Option<Law>) -> Network {
    let mut builder = Builder::new();
    let LifDelta { membrane, drive_v } = neurons();
    let membrane = Membrane { rest_v: 3e-3, initial_v: initial, ..membrane };
    builder.population("a", COUNT, LifDelta { membrane, drive_v });
    builder.build().unwrap()
}

#[test]
fn first_potentials_follow_their_law_and_are_the_rest_without_one() {
    let law = Law::Uniform(Uniform { least: 0.0, greatest: 20e-3 });
    let network = started(Some(law));
    let (_, population) = network.populations().next().unwrap();
    let neurons = 0..COUNT as u32;
    let drawn: Vec<f64> = neurons.map(|k| population.initial_v(5, k).unwrap()).collect();
    assert_density(&drawn, 0.0, 20e-3, |_| 1.0);
    assert_ne!(population.initial_v(6, 0), population.initial_v(5, 0));
    let network = started(None);
    assert_eq!(network.populations().next().unwrap().1.initial_v(5, 17), Some(3e-3));
}
