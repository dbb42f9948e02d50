//! Degrees of neurons under each rule, in large.

use std::collections::BTreeSet;

use memspike_network::{AllToAll, Degree, Probability, Rule, Total};

use super::chi_square::{follows, multinomial};
use super::networks::{Ends, degrees, pairs};

fn distinct(pairs: &[(u32, u32)]) -> bool {
    pairs.iter().collect::<BTreeSet<_>>().len() == pairs.len()
}

fn loops(pairs: &[(u32, u32)]) -> usize {
    pairs.iter().filter(|(source, target)| source == target).count()
}

/// A rule in all four kinds: with autapses or not, with multapses or not.
fn kinds<R>(rule: impl Fn(bool, bool) -> R) -> [(bool, bool, R); 4] {
    [(false, false), (false, true), (true, false), (true, true)]
        .map(|(autapses, multapses)| (autapses, multapses, rule(autapses, multapses)))
}

#[test]
fn one_to_one_and_all_to_all_are_what_they_say() {
    let same: Vec<(u32, u32)> = (0..5).map(|k| (k, k)).collect();
    assert_eq!(pairs(Ends::Between(5, 5), Rule::OneToOne, 1), same);
    let all = |autapses| Rule::AllToAll(AllToAll { autapses });
    let every = |sources: u32, targets: u32| -> BTreeSet<(u32, u32)> {
        (0..sources).flat_map(|s| (0..targets).map(move |t| (s, t))).collect()
    };
    let drawn = |ends, autapses| {
        let drawn = pairs(ends, all(autapses), 1);
        assert!(distinct(&drawn));
        drawn.into_iter().collect::<BTreeSet<_>>()
    };
    // Between two populations nothing is an autapse.
    assert_eq!(drawn(Ends::Between(3, 4), false), every(3, 4));
    assert_eq!(drawn(Ends::Within(4), true), every(4, 4));
    let others = every(4, 4).into_iter().filter(|(s, t)| s != t).collect();
    assert_eq!(drawn(Ends::Within(4), false), others);
}

#[test]
fn fixed_degrees_are_fixed_and_the_others_are_binomial() {
    let (size, degree) = (300, 60);
    for (autapses, multapses, rule) in
        kinds(|autapses, multapses| Degree { degree, autapses, multapses })
    {
        for inward in [true, false] {
            let rule = if inward { Rule::InDegree(rule) } else { Rule::OutDegree(rule) };
            let ends = Ends::Within(size);
            let drawn = pairs(ends, rule, 7);
            let [out, inn] = degrees(ends, &drawn);
            let (fixed, free) = if inward { (inn, out) } else { (out, inn) };
            assert!(fixed.iter().all(|count| *count == f64::from(degree)), "{rule:?}");
            assert_eq!(loops(&drawn) > 0, autapses, "{rule:?}");
            assert_eq!(distinct(&drawn), !multapses, "{rule:?}");
            // Each draws among `possible`. Without repetition a pair is there or not, which makes the variance smaller by
            // that of Bernoulli; and without autapses a neuron has one chance fewer.
            let mean = f64::from(degree);
            let possible = (size - usize::from(!autapses)) as f64;
            let scale = if multapses { 1.0 - 1.0 / possible } else { 1.0 - mean / possible };
            let constraint = size as f64 / (size as f64 - 1.0);
            follows(&free, &vec![mean; size], scale * constraint, size - 1);
        }
    }
}

#[test]
fn many_sources_are_drawn_alike() {
    // So many that a generator's coarse numbers would show.
    for sources in [3_000, 3_001] {
        let rule = Degree { degree: 10_000, autapses: true, multapses: true };
        let ends = Ends::Between(sources, 20);
        let [out, _] = degrees(ends, &pairs(ends, Rule::InDegree(rule), 13));
        multinomial(&out, &vec![200_000.0 / sources as f64; sources]);
    }
}

#[test]
fn a_fixed_total_is_exact_and_falls_on_all_alike() {
    let (sources, targets) = (200, 300);
    for (autapses, multapses, rule) in
        kinds(|autapses, multapses| Total { synapses: 15_000, autapses, multapses })
    {
        let ends = Ends::Within(250);
        let drawn = pairs(ends, Rule::Total(rule), 3);
        assert_eq!(drawn.len(), 15_000);
        assert_eq!(loops(&drawn) > 0, autapses, "{rule:?}");
        assert_eq!(distinct(&drawn), !multapses, "{rule:?}");
    }
    let total = Total { synapses: 60_000, autapses: true, multapses: true };
    let ends = Ends::Between(sources, targets);
    let drawn = pairs(ends, Rule::Total(total), 5);
    let [out, inn] = degrees(ends, &drawn);
    multinomial(&out, &vec![60_000.0 / sources as f64; sources]);
    multinomial(&inn, &vec![60_000.0 / targets as f64; targets]);
    // Without repetition half of all pairs are taken, and degrees vary by half as much.
    let total = Total { synapses: 30_000, multapses: false, ..total };
    let drawn = pairs(ends, Rule::Total(total), 5);
    let [out, inn] = degrees(ends, &drawn);
    for (counts, size) in [(out, sources), (inn, targets)] {
        let pairs = (sources * targets) as f64;
        // Covariance of the multivariate hypergeometric distribution.
        let scale = (pairs - 30_000.0) / (pairs - 1.0);
        follows(&counts, &vec![30_000.0 / size as f64; size], scale, size - 1);
    }
    // All pairs, each once.
    let all = Total { synapses: 60_000, multapses: false, ..total };
    assert!(distinct(&pairs(ends, Rule::Total(all), 5)));
}

#[test]
fn a_large_total_is_halved_as_the_binomial_distribution_says() {
    // The first half of the targets has K/2 synapses with a deviation of sqrt(K)/2; with repetition, or without of so
    // many pairs that it makes no difference of a percent.
    let synapses = 1_000_000;
    for multapses in [true, false] {
        let rule = Total { synapses, autapses: true, multapses };
        let network = super::networks::network(
            Ends::Between(20_000, 6_000),
            Rule::Total(rule),
            memspike_network::Law::Value(1.0),
            super::networks::MILLISECOND,
        );
        let (id, _) = network.projections().next().unwrap();
        let deviations: Vec<f64> = (0..20)
            .map(|seed| {
                let half = network.drawing(id, seed).count(0..3_000) as f64;
                (half - synapses as f64 / 2.0) / ((synapses as f64).sqrt() / 2.0)
            })
            .collect();
        let mean = deviations.iter().sum::<f64>() / 20.0;
        let square = deviations.iter().map(|d| d * d).sum::<f64>() / 20.0;
        // Deviations of the mean of 20, 1/sqrt(20), and of their mean square, sqrt(2/20).
        assert!(mean.abs() < 4.0 * 0.224 && (square - 1.0).abs() < 4.0 * 0.316, "{mean} {square}");
    }
}

#[test]
fn connections_by_chance_are_binomial_in_each_direction() {
    let (sources, targets) = (150, 4_000);
    for probability in [0.004, 0.1, 0.97] {
        let ends = Ends::Between(sources, targets);
        let rule = Rule::Probability(Probability { probability, autapses: false });
        let drawn = pairs(ends, rule, 11);
        assert!(distinct(&drawn));
        let [out, inn] = degrees(ends, &drawn);
        let trials = sources as f64 * probability;
        let mean = targets as f64 * probability;
        follows(&out, &vec![mean; sources], 1.0 - probability, sources);
        // The whole distribution of in-degrees, cells of fewer than five expected put together.
        let (mut counts, mut expected) = (vec![0.0], vec![0.0]);
        let mut mass = (1.0 - probability).powi(sources as i32);
        for degree in 0..=sources {
            *counts.last_mut().unwrap() +=
                inn.iter().filter(|d| **d == degree as f64).count() as f64;
            *expected.last_mut().unwrap() += mass * targets as f64;
            if *expected.last().unwrap() >= 5.0 {
                counts.push(0.0);
                expected.push(0.0);
            }
            mass *=
                (sources - degree) as f64 / (degree + 1) as f64 * probability / (1.0 - probability);
        }
        let (count, rest) = (counts.pop().unwrap(), expected.pop().unwrap());
        *counts.last_mut().unwrap() += count;
        *expected.last_mut().unwrap() += rest;
        multinomial(&counts, &expected);
        assert!((inn.iter().sum::<f64>() / targets as f64 - trials).abs() < 1.0);
    }
}

#[test]
fn probabilities_of_zero_and_one_connect_none_and_all() {
    let drawn = |ends, probability| {
        pairs(ends, Rule::Probability(Probability { probability, autapses: false }), 2)
    };
    assert!(drawn(Ends::Between(30, 40), 0.0).is_empty());
    assert_eq!(drawn(Ends::Between(30, 40), 1.0).len(), 1200);
    let all = drawn(Ends::Within(30), 1.0);
    assert_eq!((all.len(), loops(&all)), (870, 0));
    // So rare that gaps are longer than whole numbers of 64 bits count.
    assert!(drawn(Ends::Between(30, 40), 1e-300).is_empty());
}
