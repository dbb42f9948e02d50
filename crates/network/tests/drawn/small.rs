//! Every possible outcome of small networks, with the probability that counting gives it.

use std::collections::BTreeMap;

use memspike_network::{Degree, Probability, Rule, Total};

use super::chi_square::multinomial;
use super::networks::{Ends, pairs};

type Outcome = Vec<(u32, u32)>;

/// Draws with so many seeds, and counts which synapses come out, in whatever order.
fn outcomes(ends: Ends, rule: Rule, seeds: u64) -> BTreeMap<Outcome, f64> {
    let mut counts = BTreeMap::new();
    for seed in 0..seeds {
        let mut drawn = pairs(ends, rule, seed);
        drawn.sort_unstable();
        *counts.entry(drawn).or_default() += 1.0;
    }
    counts
}

/// Outcomes and their chances, which sum to 1, against so many draws.
fn assert_chances(ends: Ends, rule: Rule, chances: &BTreeMap<Outcome, f64>) {
    let seeds = 6_000;
    let mut counts = outcomes(ends, rule, seeds);
    assert!((chances.values().sum::<f64>() - 1.0).abs() < 1e-9);
    let found: Vec<f64> = chances.keys().map(|key| counts.remove(key).unwrap_or(0.0)).collect();
    assert!(counts.is_empty(), "{rule:?} draws what it must not: {counts:?}");
    let expected: Vec<f64> = chances.values().map(|chance| chance * seeds as f64).collect();
    multinomial(&found, &expected);
}

/// All ways to choose `count` of these pairs one after another, each as likely; with repetition or not.
fn choices(possible: &[(u32, u32)], count: usize, repeat: bool) -> BTreeMap<Outcome, f64> {
    let mut ways: Vec<Outcome> = vec![vec![]];
    for _ in 0..count {
        let longer = |way: &Outcome| -> Vec<Outcome> {
            let next = possible.iter().filter(|pair| repeat || !way.contains(pair));
            next.map(|pair| [way.clone(), vec![*pair]].concat()).collect()
        };
        ways = ways.iter().flat_map(longer).collect();
    }
    let chance = 1.0 / ways.len() as f64;
    let mut chances = BTreeMap::new();
    for mut way in ways {
        way.sort_unstable();
        *chances.entry(way).or_insert(0.0) += chance;
    }
    chances
}

fn possible(ends: Ends, autapses: bool) -> Vec<(u32, u32)> {
    let (sources, targets) = ends.sizes();
    let within = matches!(ends, Ends::Within(_));
    let all = (0..sources as u32).flat_map(|s| (0..targets as u32).map(move |t| (s, t)));
    all.filter(|(s, t)| autapses || !within || s != t).collect()
}

#[test]
fn every_set_of_a_fixed_total_is_as_likely_as_counting_says() {
    for (ends, synapses) in
        [(Ends::Between(2, 3), 3), (Ends::Between(3, 2), 4), (Ends::Within(3), 2)]
    {
        for (autapses, multapses) in [(false, false), (false, true), (true, false), (true, true)] {
            let rule = Rule::Total(Total { synapses, autapses, multapses });
            let chances = choices(&possible(ends, autapses), synapses as usize, multapses);
            // What is expected less than five times says nothing.
            if chances.values().all(|chance| chance * 6_000.0 >= 5.0) {
                assert_chances(ends, rule, &chances);
            }
        }
    }
}

#[test]
fn every_set_of_a_fixed_degree_is_as_likely_as_counting_says() {
    for (autapses, multapses) in [(false, false), (false, true), (true, false), (true, true)] {
        let degree = Degree { degree: 2, autapses, multapses };
        // One target, and one source, of which all sets are seen.
        let one = possible(Ends::Between(5, 1), autapses);
        let chances = choices(&one, 2, multapses);
        assert_chances(Ends::Between(5, 1), Rule::InDegree(degree), &chances);
        let one = possible(Ends::Between(1, 5), autapses);
        let chances = choices(&one, 2, multapses);
        assert_chances(Ends::Between(1, 5), Rule::OutDegree(degree), &chances);
        // Two targets within one population: both draw for themselves.
        let within = possible(Ends::Within(3), autapses);
        let of =
            |t: u32| -> Vec<(u32, u32)> { within.iter().copied().filter(|p| p.1 == t).collect() };
        let mut both = BTreeMap::from([(vec![], 1.0)]);
        let single = Degree { degree: 1, ..degree };
        for target in 0..3 {
            let mut longer = BTreeMap::new();
            for (way, chance) in &both {
                for (more, part) in choices(&of(target), 1, multapses) {
                    let mut all = [way.clone(), more].concat();
                    all.sort_unstable();
                    *longer.entry(all).or_insert(0.0) += chance * part;
                }
            }
            both = longer;
        }
        assert_chances(Ends::Within(3), Rule::InDegree(single), &both);
    }
}

#[test]
fn every_set_by_chance_is_as_likely_as_counting_says() {
    for (ends, probability) in
        [(Ends::Between(3, 2), 0.4), (Ends::Between(2, 2), 0.8), (Ends::Within(3), 0.5)]
    {
        let rule = Rule::Probability(Probability { probability, autapses: false });
        let all = possible(ends, false);
        let mut chances = BTreeMap::new();
        for set in 0_u32..1 << all.len() {
            let mut set: Outcome =
                (0..all.len()).filter(|k| set >> k & 1 == 1).map(|k| all[k]).collect();
            let there = set.len() as i32;
            let apart = all.len() as i32 - there;
            let chance = probability.powi(there) * (1.0 - probability).powi(apart);
            set.sort_unstable();
            chances.insert(set, chance);
        }
        assert_chances(ends, rule, &chances);
    }
}
