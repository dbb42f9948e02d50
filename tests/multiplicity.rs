//! `m=`: what stands side by side, against as many of it.

use std::ops::ControlFlow;

use memspike_netlist::Deck;
use memspike_run::{Options, simulate};

/// All values of `.op` and `.ac` at the nodes of a deck's top.
fn at_rest(deck: &str) -> Vec<f64> {
    let deck = Deck::parse("deck.cir", deck).unwrap_or_else(|report| panic!("{report}"));
    let point = deck.steps().expect("points").remove(0);
    let deck = deck.elaborate(&point, 0).unwrap_or_else(|report| panic!("{report}"));
    let watch = &mut |_| ControlFlow::Continue(());
    let outcome = simulate(&deck, &Options::default(), &mut [], watch);
    outcome.expect("it runs").at_rest.iter().flat_map(|points| points.rows.concat()).collect()
}

/// A circuit around an instance, or several, of a subcircuit with these elements.
fn around(instances: &str, elements: &str) -> String {
    format!(
        "t\nV1 in 0 DC 2 AC 1\nR1 in a 1k\nR2 b 0 2k\nI1 0 b 1m AC 2m 30\n{instances}\n\
         .subckt part p q\n{elements}\n.ends\n.save v(a) v(b) i(V1)\n.op\n.ac dec 3 10 100k\n.end\n"
    )
}

#[test]
fn an_instance_with_m_is_as_many_instances() {
    for elements in [
        "R1 p q 3k\nC1 p q 1n",
        "R1 p c 1k\nL1 c d 1m\nL2 e q 4m\nK1 L1 L2 0.5\nR2 d q 2k\nR3 e q 5k",
        "I1 p q 1m AC 1m\nR1 p q 10k",
        "R1 p c 1k\nV1 c q DC 0.5 AC 0.1",
        "G1 p q p q 1m\nE1 c q p q 2\nR1 c p 4k",
        // Currents that are heard within.
        "V1 p c 0\nR1 c q 2k\nF1 p q V1 3\nH1 d q V1 500\nR2 d p 7k",
        "V1 p c 0\nR1 c q 2k\nB1 p q I={1m*v(p,q)+0.1*i(V1)+1u}\nB2 d q V={2*i(V1)*1k+0.1}\nR2 d p 3k",
        // A law with corners, one of a current.
        "V1 p c 0\nR1 c q 2k\nB1 p q I={0.2*max(i(V1),0.1m)+1u*abs(v(p))}\nB2 d q V={min(1k*i(V1),0.3)}\nR2 d p 3k",
        "X1 p q inner\n.subckt inner r s\nR1 r s 2k\nI1 r s 0.1m AC 0.1m\n.ends",
    ] {
        let one = at_rest(&around("X1 a b part m=3", elements));
        let three = at_rest(&around("X1[0:2] a b part", elements));
        assert_eq!(one.len(), three.len(), "{elements}");
        for (one, three) in one.iter().zip(&three) {
            assert!(
                (one - three).abs() <= 1e-12 * three.abs().max(1e-3),
                "{elements}: {one} {three}"
            );
        }
    }
}

#[test]
fn m_of_instances_within_instances_multiplies() {
    let nested = "X1 p q inner m=2\n.subckt inner r s\nR1 r s 3k m=5\n.ends";
    let whole = at_rest(&around("X1 a b part m=3", nested));
    let plain = at_rest(&around("X1 a b part", "R1 p q 100"));
    for (whole, plain) in whole.iter().zip(&plain) {
        assert!((whole - plain).abs() <= 1e-12 * plain.abs().max(1e-3), "{whole} {plain}");
    }
}

#[test]
fn a_subcircuit_with_a_parameter_m_has_its_own_meaning_for_it() {
    let own =
        at_rest(&around("X1 a b part m=3", "R1 p q {m*1k}").replace("part p q", "part p q m=1"));
    let plain = at_rest(&around("X1 a b part", "R1 p q 3k"));
    assert_eq!(own, plain);
}
