//! Decks with Verilog, run in memory.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use memspike_engine::{EngineError, Follows, Recording};
use memspike_netlist::{Deck, Elaborated};
use memspike_run::{Options, simulate};

/// The first run of a deck in a folder.
pub fn elaborated(folder: &Path, deck: &str) -> Elaborated {
    let told = |r: memspike_netlist::Report| -> Elaborated { panic!("{}", r.render(false)) };
    let deck = match Deck::load(&folder.join(deck)) {
        Ok(deck) => deck,
        Err(report) => return told(report),
    };
    let point = deck.steps().expect("points").remove(0);
    deck.elaborate(&point, 0).unwrap_or_else(told)
}

/// A deck and files of Verilog in a folder of their own.
pub fn own(deck: &str, files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("deck.cir"), deck).expect("written");
    files
        .iter()
        .for_each(|(name, text)| fs::write(folder.path().join(name), text).expect("written"));
    folder
}

/// What is wrong with a deck.
pub fn diagnosis(folder: &Path) -> String {
    let report = match Deck::load(&folder.join("deck.cir")) {
        Ok(deck) => {
            let point = deck.steps().expect("points").remove(0);
            deck.elaborate(&point, 0).expect_err("an error")
        }
        Err(report) => report,
    };
    report.render(false)
}

/// Runs a deck and keeps the levels of nets.
pub fn recorded(deck: &Elaborated, nets: &[&str]) -> Result<Recording, EngineError> {
    let ids = nets.iter().map(|net| deck.circuit.find_net(net).expect("a net")).collect();
    let mut recording = Recording::new(Follows { nets: ids, ..Follows::default() });
    let mut watch = |_| ControlFlow::Continue(());
    simulate(deck, &Options::default(), &mut [&mut recording], &mut watch).map(|_| recording)
}
