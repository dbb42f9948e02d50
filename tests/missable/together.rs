//! Devices that turn at one instant.

use memspike_circuit::Stimulus;

use crate::{
    assert_times,
    common::rig::{Rig, SWITCH, Switch, ZNO, record, spikes},
};

#[test]
fn two_neurons_of_one_supply_fire_at_one_instant() {
    let neuron = |rig: &mut Rig, k: u32| {
        let out = format!("out{k}");
        rig.r(&format!("r{k}"), ["in", &out], 1e6).c(&format!("c{k}"), [&out, "0"], 47e-9).n(
            &format!("n{k}"),
            [&out, "0"],
            ZNO,
        );
    };
    let mut alone = Rig::new();
    alone.v("v1", ["in", "0"], Stimulus::Dc(0.8));
    neuron(&mut alone, 1);
    let alone = spikes(&alone.build(), 0.3, "n1");

    let mut pair = Rig::new();
    pair.v("v1", ["in", "0"], Stimulus::Dc(0.8));
    neuron(&mut pair, 1);
    neuron(&mut pair, 2);
    let apart = record(&pair.build(), 0.3).spikes();
    assert!(alone.len() > 10);
    assert_eq!(apart["n1"], alone);
    assert_eq!(apart["n2"], alone);
}

#[test]
fn two_switches_on_one_node_turn_at_one_instant() {
    let mut rig = Rig::new();
    rig.v("v1", ["in", "0"], Stimulus::Dc(0.8))
        .r("r1", ["in", "out"], 1e6)
        .c("c1", ["out", "0"], 47e-9)
        .s("s1", ["out", "0"], ["out", "0"], SWITCH)
        .s("s2", ["out", "0"], ["out", "0"], SWITCH);
    let found = record(&rig.build(), 0.3);
    let spikes = found.spikes();
    assert!(spikes["s1"].len() > 10);
    assert_eq!(spikes["s1"], spikes["s2"]);

    // Two of them are one of half the resistance.
    let half = Switch { ron: SWITCH.ron / 2.0, roff: SWITCH.roff / 2.0, ..SWITCH };
    let mut rig = Rig::new();
    rig.v("v1", ["in", "0"], Stimulus::Dc(0.8))
        .r("r1", ["in", "out"], 1e6)
        .c("c1", ["out", "0"], 47e-9)
        .s("s1", ["out", "0"], ["out", "0"], half);
    let truth: Vec<f64> =
        record(&rig.build(), 0.3).spikes()["s1"].iter().map(|t| t.as_s()).collect();
    assert_times(&spikes["s1"], &truth, 1e-12);
}

#[test]
fn a_symmetric_coupled_pair_fires_as_one_neuron_alone() {
    // Equal neurons hold no voltage across their coupling capacitor.
    let neuron = |rig: &mut Rig, k: u32| {
        let out = format!("out{k}");
        rig.r(&format!("r{k}"), ["in", &out], 1e6).c(&format!("c{k}"), [&out, "0"], 47e-9).s(
            &format!("s{k}"),
            [&out, "0"],
            [&out, "0"],
            SWITCH,
        );
    };
    let mut alone = Rig::new();
    alone.v("v1", ["in", "0"], Stimulus::Dc(0.8));
    neuron(&mut alone, 1);
    let truth: Vec<f64> = spikes(&alone.build(), 0.3, "s1").iter().map(|t| t.as_s()).collect();

    let mut pair = Rig::new();
    pair.v("v1", ["in", "0"], Stimulus::Dc(0.8)).c("cc", ["out1", "out2"], 10e-9);
    neuron(&mut pair, 1);
    neuron(&mut pair, 2);
    let found = record(&pair.build(), 0.3).spikes();
    assert_times(&found["s1"], &truth, 1e-11);
    assert_times(&found["s2"], &truth, 1e-11);
}
