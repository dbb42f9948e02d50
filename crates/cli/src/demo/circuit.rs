//! The whole network as circuits: the decks of `netlists/` with either output layer, written out with all that they name.

use std::path::Path;

use memspike_decks::{DIGITS, NETWORK, NETWORK_WITH_CORE, ZNO};
use memspike_engine::Sink;
use memspike_netlist::{Deck, Elaborated, Report};
use memspike_report::engineering;
use memspike_run::{Options, Outputs, simulate};
use memspike_weights::MNIST;

use crate::{failure::Failure, files, interrupt};

use super::network::SEED;

/// The deck with the analog output layer, below the folder that it is written to.
pub const DECK: &str = "netlists/snn_784x10.cir";

/// The deck with a quantised core in its place, and the same with the core's Verilog.
pub const CORE_DECK: &str = "netlists/snn_cosim.cir";
pub const VERILOG_DECK: &str = "netlists/snn_cosim_rtl.cir";

/// Decks and what they name, placed as in the repository.
const FILES: [(&str, &[u8]); 5] = [
    (DECK, NETWORK.as_bytes()),
    (CORE_DECK, NETWORK_WITH_CORE.as_bytes()),
    ("netlists/cards/zno.lib", ZNO.as_bytes()),
    ("netlists/digits.idx", DIGITS),
    ("weights/mnist.npy", MNIST),
];

/// Distance of a waveform's points (s).
const GRID_S: f64 = 100e-6;

/// Writes decks and what they name into `folder`.
pub fn write(folder: &Path) -> Result<(), Failure> {
    let verilog = NETWORK_WITH_CORE.replace("impl=model", "impl=rtl");
    for (name, bytes) in FILES.into_iter().chain([(VERILOG_DECK, verilog.as_bytes())]) {
        let path = folder.join(name);
        files::make_folder(path.parent().unwrap_or(folder))?;
        files::write(&path, bytes)?;
    }
    Ok(())
}

/// A deck on the first digit. Only the image that the demo shows first finds the devices in the same cycles as here.
pub fn elaborate(folder: &Path, deck: &str) -> Result<Elaborated, Report> {
    let deck = Deck::load(&folder.join(deck))?;
    deck.elaborate(&deck.steps()?[0], SEED)
}

/// Runs a circuit; `sink` hears of it, and its waveforms go into `folder` under `name`.
pub fn run(
    folder: &Path,
    circuit: &Elaborated,
    name: &str,
    sink: Option<&mut dyn Sink>,
) -> Result<(), Failure> {
    let (vcd, stop) = (Some(folder.join(name)), interrupt::flag());
    let outputs = Outputs { vcd, grid_s: Some(GRID_S), stop, ..Outputs::default() };
    let mut waves = outputs
        .open(circuit, &mut interrupt::patience())
        .map_err(|error| files::failure(&error))?;
    let mut watch = |_| interrupt::unless_asked();
    let mut sinks = waves.sinks();
    if let Some(sink) = sink {
        sinks.push(sink);
    }
    let outcome = simulate(circuit, &Options::default(), &mut sinks, &mut watch)
        .map_err(|error| Failure::Work(format!("error: {error}")))?;
    let reached = waves.complete_to().unwrap_or(outcome.reached);
    waves.finish(&[]).map_err(|error| files::failure(&error))?;
    if outcome.interrupted || reached < outcome.reached {
        let reached = engineering(reached.as_s(), "s");
        return Err(Failure::Work(format!("interrupted: {name} is complete up to {reached}")));
    }
    Ok(())
}
