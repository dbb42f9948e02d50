//! The whole network as one circuit: the deck of `netlists/`, written out with all that it names.

use std::path::Path;

use memspike_netlist::Deck;
use memspike_report::engineering;
use memspike_run::{Options, Outputs, ZNO, simulate};

use crate::{failure::Failure, files, interrupt};

use super::network::{DIGITS, SEED, WEIGHTS};

/// The deck, below the folder that it is written to.
pub const DECK: &str = "netlists/snn_784x10.cir";

/// The deck and what it names, placed as in the repository.
const FILES: [(&str, &[u8]); 4] = [
    (DECK, include_bytes!("../../../../netlists/snn_784x10.cir")),
    ("netlists/cards/zno.lib", ZNO.as_bytes()),
    ("netlists/digits.idx", DIGITS),
    ("weights/mnist.npy", WEIGHTS),
];

/// Distance of a waveform's points (s).
const GRID_S: f64 = 100e-6;

/// Writes the deck and runs it on the first digit: all files go into `folder`, the waveforms to
/// `network.vcd`. Only the image that the demo shows first finds the devices in the same cycles as here.
pub fn run(folder: &Path) -> Result<(), Failure> {
    for (name, bytes) in FILES {
        let path = folder.join(name);
        let inside = path.parent().unwrap_or(folder);
        files::make_folder(inside)?;
        files::write(&path, bytes)?;
    }
    let deck = Deck::load(&folder.join(DECK)).map_err(|report| Failure::input(&report))?;
    let points = deck.steps().map_err(|report| Failure::input(&report))?;
    let first = deck.elaborate(&points[0], SEED).map_err(|report| Failure::input(&report))?;
    let vcd = Some(folder.join("network.vcd"));
    let stop = interrupt::flag();
    let outputs = Outputs { vcd, grid_s: Some(GRID_S), stop, ..Outputs::default() };
    let failed = |error: &dyn std::fmt::Display| Failure::Work(format!("error: {error}"));
    let mut waves =
        outputs.open(&first, &mut interrupt::patience()).map_err(|error| files::failure(&error))?;
    let mut watch = |_| interrupt::unless_asked();
    let outcome = simulate(&first, &Options::default(), &mut waves.sinks(), &mut watch)
        .map_err(|e| failed(&e))?;
    let reached = waves.complete_to().unwrap_or(outcome.reached);
    waves.finish(&[]).map_err(|error| files::failure(&error))?;
    if outcome.interrupted || reached < outcome.reached {
        let reached = engineering(reached.as_s(), "s");
        return Err(Failure::Work(format!("interrupted: network.vcd is complete up to {reached}")));
    }
    Ok(())
}
