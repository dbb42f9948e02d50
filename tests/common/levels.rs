//! Decks with nets, run in memory.

use std::ops::ControlFlow;

use memspike_digital::Level;
use memspike_engine::{EngineError, Follows, Options, Recording, Simulation};
use memspike_netlist::{Deck, Elaborated};
use memspike_time::Time;

/// The first run of a deck in a folder of its own, beside a file `vectors.txt`.
pub fn elaborated(deck: &str, vectors: &str) -> Elaborated {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("deck.cir");
    std::fs::write(&path, deck).expect("written");
    std::fs::write(folder.path().join("vectors.txt"), vectors).expect("written");
    let told =
        |r: memspike_netlist::Report| -> Elaborated { panic!("{deck}\n{}", r.render(false)) };
    let deck = match Deck::load(&path) {
        Ok(deck) => deck,
        Err(report) => return told(report),
    };
    let point = deck.steps().expect("points").remove(0);
    deck.elaborate(&point, 0).unwrap_or_else(told)
}

/// Runs a deck and keeps what a recording follows.
pub fn run(deck: &Elaborated, recording: &mut Recording) -> Result<(), EngineError> {
    let options = Options {
        from_initial_conditions: deck.tran.from_initial_conditions,
        ..Options::default()
    };
    let mut simulation = Simulation::new(&deck.circuit, &options)?;
    let until = Time::last_read_as(deck.tran.stop_s);
    simulation.run(until, &mut [recording], &mut |_| ControlFlow::Continue(())).map(|_| ())
}

/// Runs a deck and keeps the levels of nets.
pub fn recorded(deck: &Elaborated, nets: &[String]) -> Result<Recording, EngineError> {
    let circuit = &deck.circuit;
    let nets = nets.iter().map(|net| circuit.find_net(net).expect("a net")).collect();
    let mut recording = Recording::new(Follows { nets, ..Follows::default() });
    run(deck, &mut recording).map(|()| recording)
}

/// Where a net changes: times and levels; of several at one time the last.
pub fn changes(recording: &Recording, net: usize) -> Vec<(f64, char)> {
    let mut changes: Vec<(f64, char)> = Vec::new();
    for (at, level) in recording.levels(net) {
        let (at, letter) = (at.as_s(), if *level == Level::Unknown { 'U' } else { level.letter() });
        match changes.last_mut() {
            Some((last, level)) if *last == at => *level = letter,
            _ => changes.push((at, letter)),
        }
    }
    changes.dedup_by_key(|(_, level)| *level);
    changes
}
