//! Whoever asks for targets, and in whichever parts: the synapses are the same.

use memspike_network::{
    AllToAll, Builder, Connections, Degree, Delay, Drawn, Effect, Law, Network, Normal,
    Probability, Rule, SparseRows, Synapse, Total, Weights,
};
use proptest::prelude::*;

use super::networks::{Ends, network, neurons, synapses};

fn rules(size: usize) -> impl Strategy<Value = Rule> {
    let degree = (1..size as u32, any::<bool>(), any::<bool>())
        .prop_map(|(degree, autapses, multapses)| Degree { degree, autapses, multapses });
    let pairs = (size * (size - 1)) as u64;
    let total = (0..=pairs, any::<bool>(), any::<bool>())
        .prop_map(|(synapses, autapses, multapses)| Total { synapses, autapses, multapses });
    prop_oneof![
        Just(Rule::OneToOne),
        any::<bool>().prop_map(|autapses| Rule::AllToAll(AllToAll { autapses })),
        degree.clone().prop_map(Rule::InDegree),
        degree.prop_map(Rule::OutDegree),
        total.prop_map(Rule::Total),
        (0.0..=1.0, any::<bool>())
            .prop_map(|(probability, autapses)| Probability { probability, autapses })
            .prop_map(Rule::Probability),
    ]
}

fn drawn(rule: Rule, size: usize) -> Network {
    let weights = Law::normal(0.0, 1.0);
    let delay = Normal { mean: 1e-3, deviation: 1e-3, least: Some(1e-6), greatest: None };
    network(Ends::Within(size), rule, weights, Delay::Drawn(Law::Normal(delay)))
}

fn sorted(mut synapses: Vec<Synapse>) -> Vec<Synapse> {
    synapses.sort_by_key(|synapse| (synapse.target, synapse.source, synapse.index));
    synapses
}

proptest! {
    #[test]
    fn synapses_are_the_same_however_targets_are_parted(
        (size, rule) in (2_usize..40).prop_flat_map(|size| (Just(size), rules(size))),
        cuts in prop::collection::btree_set(0_u32..40, 0..6),
        seed: u64,
    ) {
        let network = drawn(rule, size);
        let (id, _) = network.projections().next().unwrap();
        let drawing = network.drawing(id, seed);
        let whole = synapses(&network, seed);
        let mut ends: Vec<u32> = cuts.into_iter().filter(|cut| (*cut as usize) < size).collect();
        ends.insert(0, 0);
        ends.push(size as u32);
        let mut parts = Vec::new();
        // The last part first: the order in which they are asked for does not matter either.
        for part in ends.windows(2).rev() {
            let before = parts.len();
            drawing.visit(part[0]..part[1], |synapse| parts.push(synapse));
            prop_assert!(parts[before..].iter().all(|s| (part[0]..part[1]).contains(&s.target)));
            let mut pairs = Vec::new();
            drawing.visit_pairs(part[0]..part[1], |source, target, index| {
                pairs.push((source, target, index));
            });
            let same = parts[before..].iter().map(|s| (s.source, s.target, s.index));
            prop_assert!(same.eq(pairs));
        }
        prop_assert_eq!(sorted(parts), sorted(whole));
    }
}

#[test]
fn what_is_drawn_depends_on_seed_and_names_and_not_on_what_else_there_is() {
    let rule = Rule::InDegree(Degree { degree: 5, autapses: true, multapses: true });
    let alone = synapses(&drawn(rule, 20), 1);
    let mut builder = Builder::new();
    let other = builder.population("z", 7, neurons());
    let a = builder.population("a", 20, neurons());
    let law = Law::normal(0.0, 1.0);
    let delay = Normal { mean: 1e-3, deviation: 1e-3, least: Some(1e-6), greatest: None };
    for (name, ends) in [("first", [other, a]), ("p", [a, a]), ("q", [a, a])] {
        let connections = Connections::Drawn(Drawn { rule, weights: law.clone() });
        let delay = Delay::Drawn(Law::Normal(delay));
        builder.projection(name, ends, connections, Effect::Volt(1e-3), delay);
    }
    let network = builder.build().unwrap();
    let of = |name: &str, seed| {
        let (id, _) = network.projections().find(|(_, p)| p.name() == name).unwrap();
        let mut all = Vec::new();
        network.drawing(id, seed).visit(0..20, |synapse| all.push(synapse));
        all
    };
    assert_eq!(of("p", 1), alone);
    assert_ne!(of("q", 1), alone);
    assert_ne!(of("p", 2), alone);
}

#[test]
fn tables_are_told_as_they_stand() {
    let mut builder = Builder::new();
    let a = builder.population("a", 2, neurons());
    let b = builder.population("b", 3, neurons());
    let dense = Weights::new(2, 3, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
    let rows = SparseRows::new(3, vec![0, 2, 3], vec![2, 2, 0], vec![7.0, 8.0, 9.0]).unwrap();
    let each = |range: std::ops::Range<u64>| Delay::Each(range.collect());
    let volt = Effect::Volt(1e-3);
    builder.projection("dense", [a, b], Connections::Dense(dense), volt, each(11..17));
    builder.projection("rows", [a, b], Connections::Sparse(rows), volt, each(21..24));
    let network = builder.build().unwrap();
    let told = |name: &str, targets| {
        let (id, _) = network.projections().find(|(_, p)| p.name() == name).unwrap();
        let mut all = Vec::new();
        network
            .drawing(id, 1)
            .visit(targets, |s| all.push((s.source, s.target, s.weight, s.delay)));
        all
    };
    assert_eq!(told("dense", 1..2), [(0, 1, 2.0, 12), (1, 1, 5.0, 15)]);
    assert_eq!(told("rows", 0..3), [(0, 2, 7.0, 21), (0, 2, 8.0, 22), (1, 0, 9.0, 23)]);
    assert_eq!(told("rows", 0..1), [(1, 0, 9.0, 23)]);
}
