//! What is too large, or outside the range of numbers, ends in an error at once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use memspike_circuit::{Builder, Circuit, ElementKind, NodeId, Stimulus, System, SystemError};

/// Far less than what the refused islands would take, on any machine.
const AT_ONCE: Duration = Duration::from_secs(60);

fn resistor(ohm: f64) -> ElementKind {
    ElementKind::Resistor { ohm }
}

fn capacitor(farad: f64) -> ElementKind {
    ElementKind::Capacitor { farad, initial: None }
}

/// Rows and columns of nodes with a resistor to each neighbour, fed in the first column; with capacitors, or
/// with a resistor to ground at the last node.
fn grid(rows: usize, columns: usize, capacitors: bool, follower: bool) -> Circuit {
    let mut builder = Builder::new();
    let source = builder.node("in");
    let one = ElementKind::VoltageSource(Stimulus::Dc(1.0));
    builder.element("v1", [source, NodeId::GROUND], one);
    let mut name = (0..).map(|i| format!("x{i:07}"));
    let mut next = || name.next().expect("endless");
    let at = |builder: &mut Builder, i, j| builder.node(&format!("n{i:06}_{j:06}"));
    for i in 0..rows {
        for j in 0..columns {
            let node = at(&mut builder, i, j);
            let left = if j == 0 { source } else { at(&mut builder, i, j - 1) };
            builder.element(&next(), [left, node], resistor(1e3));
            if i > 0 {
                let above = at(&mut builder, i - 1, j);
                builder.element(&next(), [above, node], resistor(1e3));
            }
            if capacitors {
                builder.element(&next(), [node, NodeId::GROUND], capacitor(1e-9));
            }
        }
    }
    if !capacitors {
        let last = at(&mut builder, rows - 1, columns - 1);
        builder.element(&next(), [last, NodeId::GROUND], resistor(1e3));
    }
    if follower {
        let (first, out) = (at(&mut builder, 0, 0), builder.node("out"));
        let control = [first, NodeId::GROUND];
        let vcvs = ElementKind::Vcvs { gain: 1.0, control };
        builder.element("e1", [out, NodeId::GROUND], vcvs);
        builder.element("re", [out, first], resistor(1e3));
    }
    builder.build().expect("a circuit")
}

fn assert_too_large(circuit: &Circuit) {
    let start = Instant::now();
    let error = System::new(circuit, &circuit.islands()[0], &[]).expect_err("too large");
    assert!(matches!(error, SystemError::TooLarge { .. }), "{error}");
    assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
}

#[test]
fn a_net_of_2_025_states_is_refused() {
    assert_too_large(&grid(45, 45, true, false));
}

#[test]
fn a_chain_of_7_000_states_is_refused() {
    assert_too_large(&grid(1, 7000, true, false));
}

#[test]
fn a_thousand_states_with_a_controlled_source_are_refused() {
    assert_too_large(&grid(1, 1000, true, true));
}

#[test]
fn an_operating_point_of_5_000_unknowns_with_a_controlled_source_is_refused() {
    let circuit = grid(1, 5000, true, true);
    let start = Instant::now();
    let (island, clamps) = (&circuit.islands()[0], BTreeMap::new());
    let u = vec![1.0; island.inputs.len()];
    let error = System::operating_point(&circuit, island, &[], &clamps, &u).expect_err("large");
    assert!(matches!(error, SystemError::TooLarge { .. }), "{error}");
    assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
}

#[test]
fn a_hundred_thousand_resistors_in_a_row_are_no_trouble() {
    let circuit = grid(1, 100_000, false, false);
    let start = Instant::now();
    let system = System::new(&circuit, &circuit.islands()[0], &[]).expect("a row");
    assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
    let last = circuit.nodes().len() - 1;
    let last = circuit.node_ids().nth(last).expect("the last node");
    let weights: Vec<f64> = system.node_voltage(&circuit, last).input_weights().collect();
    assert!((weights[0] * 100_001.0 - 1.0).abs() <= 1e-15, "{weights:?}");
}

#[test]
fn capacitances_outside_the_range_of_numbers_end_in_an_error_or_in_finite_states() {
    let sizes = [5e-324, 1e-310, 1e-300, 1e-200, 1e-12, 1.0, 1e200, 1e308];
    for a in sizes {
        for b in sizes {
            for c in sizes {
                let mut builder = Builder::new();
                let [x, y] = ["x", "y"].map(|name| builder.node(name));
                builder.element("rx", [x, NodeId::GROUND], resistor(1e3));
                builder.element("ry", [y, NodeId::GROUND], resistor(1e3));
                builder.element("ca", [x, NodeId::GROUND], capacitor(a));
                builder.element("cb", [x, y], capacitor(b));
                builder.element("cc", [y, NodeId::GROUND], capacitor(c));
                let circuit = builder.build().expect("a circuit");
                let Ok(system) = System::new(&circuit, &circuit.islands()[0], &[]) else {
                    continue;
                };
                let volts: Vec<_> = ["ca", "cb", "cc"]
                    .map(|name| (circuit.find_element(name).expect("a capacitor"), 1.0))
                    .into();
                if let Ok(states) = system.states_from_charges(&circuit, &volts) {
                    assert!(states.iter().all(|x| x.is_finite()), "{a:e} {b:e} {c:e}: {states:?}");
                }
            }
        }
    }
}
