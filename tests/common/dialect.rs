//! Decks run here, and the same in ngspice.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use memspike_netlist::{Deck, Elaborated};
use memspike_run::{Options, simulate};

use super::ngspice::voltages;
use super::rig::{Trace, run_into};

/// The first run of a deck.
pub fn elaborated(text: &str) -> Elaborated {
    let told = |r: memspike_netlist::Report| -> Elaborated { panic!("{}", r.render(false)) };
    let deck = match Deck::parse("deck.cir", text) {
        Ok(deck) => deck,
        Err(report) => return told(report),
    };
    let point = deck.steps().expect("points").remove(0);
    deck.elaborate(&point, 0).unwrap_or_else(told)
}

/// Runs a deck; gives its measurements by name, and the voltages of nodes.
pub fn run(text: &str, nodes: &[&str]) -> (BTreeMap<String, f64>, Trace) {
    let ours = elaborated(text);
    let mut trace = Trace::of(&ours.circuit, nodes);
    let mut watch = |_| ControlFlow::Continue(());
    let outcome = simulate(&ours, &Options::default(), &mut [&mut trace], &mut watch);
    let measures = outcome.expect("a run").measures.into_iter();
    (measures.map(|(name, value)| (name, value.expect("a value"))).collect(), trace)
}

/// Asserts that nodes of a deck with `uic` have ngspice's voltages at every point that it computed.
pub fn assert_agrees(deck: &str, nodes: &[&str], volt: f64) {
    let rows = voltages(deck, nodes);
    let ours = elaborated(deck);
    let mut trace = Trace::of(&ours.circuit, nodes);
    run_into(&ours.circuit, ours.tran.stop_s, &mut [&mut trace]);
    assert!(rows.len() > 500, "{} points", rows.len());
    for row in rows {
        for (signal, truth) in row[1..].iter().enumerate() {
            let found = trace.at(signal, row[0]);
            let node = nodes[signal];
            assert!(
                (found - truth).abs() < volt,
                "{deck}\nv({node}) at {}: {found}, {truth}",
                row[0]
            );
        }
    }
}
