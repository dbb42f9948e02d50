//! Networks with controlled sources: modes that turn, that coincide, that hardly anything reaches; and currents
//! into nodes without capacitors.

use memspike_circuit::{Builder, ElementKind, NodeId, Stimulus};

use crate::network::{End, Network};
use crate::random::Random;
use crate::value;

use End::{Ground, Node, Source};

/// A node with a capacitor to ground and a resistor to an end.
fn stage(network: &mut Network, far: End, ohm: f64, farad: f64) {
    let node = Node(network.nodes);
    network.resistors.push((far, node, ohm));
    network.capacitors.push((node, Ground, farad));
    network.nodes += 1;
}

/// From uncharged capacitors and from charged ones.
#[track_caller]
fn assert_responses(network: &Network, random: &mut Random, span_s: f64) {
    let charged = (0..network.nodes).map(|_| random.between(-1.0, 1.0)).collect();
    for starts in [vec![0.0; network.nodes], charged] {
        let error = network.response_error_within(&starts, span_s);
        assert!(error <= 1e-12, "{error:e}: {network:?}");
    }
}

/// Gyrators, whose two currents take what they give, so that nothing grows.
#[test]
fn networks_that_ring_keep_every_response() {
    for seed in 0..60 {
        let random = &mut Random(seed);
        let mut network = Network::default();
        for node in 0..2 + random.below(5) {
            let far = if node == 0 { Source } else { Ground };
            stage(&mut network, far, random.decades(1e4, 1e7), random.decades(1e-10, 1e-8));
        }
        for a in 1..network.nodes {
            let (b, siemens) = (random.below(a), random.decades(1e-5, 1e-3));
            network.controlled.extend([(a, b, siemens), (b, a, -siemens)]);
        }
        assert_responses(&network, random, 1e-4);
    }
}

/// A stage that follows another by its voltage alone: stages alike have one rate together, and no vector of
/// their own.
#[test]
fn stages_alike_in_a_cascade_keep_every_response() {
    for seed in 0..60 {
        let random = &mut Random(seed);
        let mut network = Network::default();
        let ohms = [1e5, random.decades(1e3, 1e7)];
        for node in 0..3 + random.below(5) {
            let (far, ohm) = (if node == 0 { Source } else { Ground }, ohms[random.below(3) / 2]);
            stage(&mut network, far, ohm, 1e-9);
            if node > 0 {
                network.controlled.push((node, node - 1, 1.0 / ohm));
            }
        }
        assert_responses(&network, random, 1e-3);
    }
}

/// 1e-17 S into two capacitors that a milliohm connects: nothing beside 1e9 per second, but all that ever
/// reaches them.
#[test]
fn a_weak_current_into_a_stiff_pair_charges_it() {
    let mut network = Network::default();
    stage(&mut network, Source, 1.0, 1e-9);
    stage(&mut network, Ground, 1e16, 1e-6);
    stage(&mut network, Node(1), 1e-3, 1e-6);
    network.controlled.push((1, 0, 1e-17));
    let found = value(&network.circuit(), "n00002", &[1.0], 1e4);
    // 0.1 V by 1e16 ohm and 2 uF, all that comes before being over in a nanosecond or two.
    let right = -0.1 * (-1e4_f64 / (1e16 * 2e-6)).exp_m1();
    assert!((found / right - 1.0).abs() <= 1e-10, "{found:e} {right:e}");
}

/// The same pair, charged, drives a third capacitor by 1e-15 S, which drives it back.
#[test]
fn a_weak_current_out_of_a_stiff_pair_charges_what_it_reaches() {
    let mut network = Network::default();
    stage(&mut network, Ground, 1e16, 1e-6);
    stage(&mut network, Node(0), 1e-3, 1e-6);
    stage(&mut network, Source, 1e16, 1e-6);
    network.controlled.extend([(2, 0, 1e-15), (0, 2, 1e-15)]);
    let error = network.response_error_within(&[1.0, 1.0, 0.0], 1e4);
    assert!(error <= 1e-12, "{error:e}");
}

#[test]
fn a_current_into_a_node_without_capacitor_charges_what_it_reaches() {
    let (near, far, leak, farad, ampere) = (2e3, 5e3, 10e3, 1e-7, 1e-3);
    let mut builder = Builder::new();
    let [hub, out] = ["hub", "out"].map(|name| builder.node(name));
    let ground = NodeId::GROUND;
    let current = ElementKind::CurrentSource(Stimulus::Dc(ampere));
    builder.element("i1", [ground, hub], current);
    for (name, nodes, ohm) in
        [("r1", [hub, ground], near), ("r2", [hub, out], far), ("r3", [out, ground], leak)]
    {
        builder.element(name, nodes, ElementKind::Resistor { ohm });
    }
    builder.element("c1", [out, ground], ElementKind::Capacitor { farad, initial: None });
    let circuit = builder.build().expect("a circuit");
    // The hub is a source of `ampere * near` behind `near + far`.
    let behind: f64 = near + far;
    let end = ampere * near * leak / (behind + leak);
    let tau_s = farad * behind * leak / (behind + leak);
    for at_s in [1e-5, 1e-3] {
        let right = -end * (-at_s / tau_s).exp_m1();
        let found = value(&circuit, "out", &[ampere], at_s);
        assert!((found - right).abs() <= 1e-15, "{found} {right}");
        // What enters the hub leaves it by two resistors.
        let found = value(&circuit, "hub", &[ampere], at_s);
        let right = (ampere + right / far) / (1.0 / near + 1.0 / far);
        assert!((found - right).abs() <= 1e-15, "{found} {right}");
    }
}
