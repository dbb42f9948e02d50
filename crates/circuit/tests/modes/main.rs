//! Rates and responses of linear networks against arbitrary precision and closed forms.

mod controlled;
mod network;
mod random;
mod truth;

use memspike_circuit::{Builder, Circuit, ElementKind, NodeId, Stimulus, System};
use memspike_waveform::Waveform;
use network::{End, Network};
use random::Random;
use truth::real;

use End::{Ground, Node, Source};

/// Rates to 1e-13 of themselves, voltages to 1e-12 of each node's largest, from uncharged capacitors and
/// from charged ones.
fn check(seeds: std::ops::Range<u64>, make: fn(&mut Random) -> Network) {
    for seed in seeds {
        let mut random = Random(seed);
        let network = make(&mut random);
        network.check_rates(1e-13);
        let states = network.capacitors.iter().filter(|c| c.1 == Ground).count();
        let charged: Vec<f64> = (0..states).map(|_| random.between(-1.0, 1.0)).collect();
        for starts in [vec![0.0; states], charged] {
            // Floating capacitors start with the voltages of their nodes, not with none.
            let floats = network.capacitors.len() > states;
            if floats && starts[0] != 0.0 {
                continue;
            }
            let error = network.response_error(&starts);
            assert!(error <= 1e-12, "seed {seed}: {error:e}: {network:?}");
        }
    }
}

#[test]
fn weakly_coupled_networks_keep_every_rate_and_response() {
    check(0..200, random::weakly_coupled);
}

#[test]
fn stiff_networks_keep_every_rate_and_response() {
    check(0..100, random::stiff);
}

#[test]
fn networks_with_floating_capacitors_keep_every_rate_and_response() {
    check(0..60, random::floating_capacitors);
}

/// Uniform, its near end at a source by a resistor, its far end open.
fn ladder(sections: usize, ohm: f64, farad: f64) -> Network {
    let mut network = Network { nodes: sections, ..Network::default() };
    for i in 0..sections {
        let before = if i == 0 { Source } else { Node(i - 1) };
        network.resistors.push((before, Node(i), ohm));
        network.capacitors.push((Node(i), Ground, farad));
    }
    network
}

/// Rates of a circuit's only island (1/s), ascending.
fn rates(circuit: &Circuit) -> Vec<f64> {
    let system = System::new(circuit, &circuit.islands()[0], &[]).expect("modes");
    let mut rates: Vec<f64> = system.modes().rates().map(|rate| -rate.re).collect();
    rates.sort_by(f64::total_cmp);
    rates
}

fn assert_close(found: &[f64], right: &[f64], tolerance: f64) {
    assert_eq!(found.len(), right.len());
    for (k, (found, right)) in found.iter().zip(right).enumerate() {
        assert!((found - right).abs() <= tolerance * right, "{k}: {found:e}, not {right:e}");
    }
}

#[test]
fn rates_of_a_uniform_ladder_follow_its_closed_form() {
    let (ohm, farad) = (1e3, 1e-9);
    for sections in [1, 2, 5, 6, 7, 50, 400] {
        // 4 / (RC) sin^2((2k - 1) pi / (2 (2N + 1))).
        let right: Vec<f64> = (0..sections)
            .map(|k| {
                let angle = (2 * k + 1) as f64 * std::f64::consts::PI / (4 * sections + 2) as f64;
                4.0 / (ohm * farad) * angle.sin().powi(2)
            })
            .collect();
        assert_close(&rates(&ladder(sections, ohm, farad).circuit()), &right, 1e-13);
    }
}

#[test]
fn a_ladder_of_unequal_sections_keeps_every_rate_and_response() {
    let mut network = ladder(12, 1e3, 1e-9);
    for (i, (resistor, capacitor)) in
        network.resistors.iter_mut().zip(&mut network.capacitors).enumerate()
    {
        resistor.2 *= 10f64.powi((i * 5 % 12) as i32);
        capacitor.2 *= 10f64.powi(-((i * 7 % 5) as i32));
    }
    network.check_rates(1e-13);
    let error = network.response_error(&[0.0; 12]);
    assert!(error <= 1e-12, "{error:e}");
}

#[test]
fn equal_stages_round_a_hub_without_capacitor_have_equal_rates() {
    let (arms, ohm, farad, feed) = (9, 2e3, 1e-9, 5e3);
    let mut star = Network { nodes: arms + 1, ..Network::default() };
    star.resistors.push((Source, Node(arms), feed));
    for arm in 0..arms {
        star.resistors.push((Node(arm), Node(arms), ohm));
        star.capacitors.push((Node(arm), Ground, farad));
    }
    // Charge that flows between arms passes two of them, what comes from the source shares the feed.
    let mut right = vec![1.0 / (ohm * farad); arms];
    right[0] = 1.0 / ((ohm + arms as f64 * feed) * farad);
    assert_close(&rates(&star.circuit()), &right, 1e-14);
    let error = star.response_error(&[0.0; 9]);
    assert!(error <= 1e-13, "{error:e}");
}

#[test]
fn hubs_in_a_row_without_capacitors_are_one_resistor() {
    // 1e6 ohm in a thousand parts that differ by 1e6.
    let parts = 1000;
    let mut row = Network { nodes: parts, ..Network::default() };
    row.capacitors.push((Node(0), Ground, 1e-9));
    let mut sum = 0.0;
    for i in 0..parts {
        let ohm = if i % 2 == 0 { 1e-3 } else { 1e3 };
        sum += ohm;
        let far = if i + 1 < parts { Node(i + 1) } else { Source };
        row.resistors.push((Node(i), far, ohm));
    }
    assert_close(&rates(&row.circuit()), &[1.0 / (sum * 1e-9)], 1e-13);
}

/// A voltage at an instant, inputs at 1 V and -1 V by the name of their source, all capacitors uncharged.
fn value(circuit: &Circuit, node: &str, levels: &[f64], at_s: f64) -> f64 {
    let island = &circuit.islands()[0];
    let system = System::new(circuit, island, &[]).expect("modes");
    let u: Vec<Waveform> = levels.iter().map(|&level| Waveform::constant(level)).collect();
    let trajectory = system.modes().solve(&vec![0.0; system.states()], &u);
    let node = circuit.find_node(node).expect("a node");
    let row = system.modes().modal(&system.node_voltage(circuit, node));
    system.modes().waveform(&row, &trajectory, &u).eval(at_s)
}

#[test]
fn a_capacitor_that_floats_between_two_resistors_decays_with_both() {
    let network = Network {
        nodes: 2,
        resistors: vec![(Source, Node(0), 1e3), (Node(1), Ground, 1e9)],
        capacitors: vec![(Node(0), Node(1), 1e-6)],
        ..Network::default()
    };
    network.check_rates(1e-14);
    let found = value(&network.circuit(), "n00001", &[1.0], 700.0);
    let (r1, r2, c) = (1e3_f64, 1e9, 1e-6);
    let right = r2 / (r1 + r2) * (-700.0 / ((r1 + r2) * c)).exp();
    assert!((found - right).abs() <= 1e-14, "{found} {right}");
}

#[test]
fn a_weak_coupling_keeps_both_sides() {
    let mut builder = Builder::new();
    let [i1, i2, a, b] = ["i1", "i2", "a", "b"].map(|name| builder.node(name));
    let source = |volt| ElementKind::VoltageSource(Stimulus::Dc(volt));
    let resistor = |ohm| ElementKind::Resistor { ohm };
    let capacitor = |farad| ElementKind::Capacitor { farad, initial: None };
    builder.element("v1", [i1, NodeId::GROUND], source(1.0));
    builder.element("v2", [i2, NodeId::GROUND], source(-1.0));
    builder.element("r1", [i1, a], resistor(100e3));
    builder.element("c1", [a, NodeId::GROUND], capacitor(47e-9));
    builder.element("r2", [i2, b], resistor(220e3));
    builder.element("c2", [b, NodeId::GROUND], capacitor(1e-9));
    builder.element("rk", [a, b], resistor(1e13));
    let found = value(&builder.build().expect("a circuit"), "b", &[1.0, -1.0], 10e-3);

    let siemens = |ohm: f64| real(1.0) / real(ohm);
    let (g1, g2, gk) = (siemens(100e3), siemens(220e3), siemens(1e13));
    let g = vec![vec![&g1 + &gk, -&gk], vec![-&gk, &g2 + &gk]];
    let c = vec![vec![real(47e-9), real(0.0)], vec![real(0.0), real(1e-9)]];
    let right = truth::response(&g, &c, &[g1, -g2], &[0.0, 0.0], 10e-3);
    let right = right[0][1].to_f64().value();
    assert!((found - right).abs() <= 1e-15, "{found} {right}");
}

#[test]
fn a_slow_mode_beside_a_fast_one_survives_a_controlled_source() {
    let mut builder = Builder::new();
    let [input, a, b, e] = ["in", "a", "b", "e"].map(|name| builder.node(name));
    let resistor = |ohm| ElementKind::Resistor { ohm };
    let capacitor = |farad| ElementKind::Capacitor { farad, initial: None };
    let follower = ElementKind::Vcvs { gain: 1.0, control: [a, NodeId::GROUND] };
    builder.element("v1", [input, NodeId::GROUND], ElementKind::VoltageSource(Stimulus::Dc(1.0)));
    builder.element("r1", [input, a], resistor(1e9));
    builder.element("c1", [a, NodeId::GROUND], capacitor(1e-6));
    builder.element("r2", [a, b], resistor(1.0));
    builder.element("c2", [b, NodeId::GROUND], capacitor(1e-12));
    builder.element("e1", [e, NodeId::GROUND], follower);
    builder.element("r3", [e, b], resistor(1e9));
    let found = value(&builder.build().expect("a circuit"), "a", &[1.0], 1e4);

    // The source follows a without loading it.
    let siemens = |ohm: f64| real(1.0) / real(ohm);
    let (g1, g2, g3) = (siemens(1e9), siemens(1.0), siemens(1e9));
    let g = vec![vec![&g1 + &g2, -&g2], vec![-(&g2 + &g3), &g2 + &g3]];
    let c = vec![vec![real(1e-6), real(0.0)], vec![real(0.0), real(1e-12)]];
    let right = truth::response(&g, &c, &[g1, real(0.0)], &[0.0, 0.0], 1e4);
    let right = right[0][0].to_f64().value();
    assert!((found - right).abs() <= 1e-14, "{found} {right}");
}
