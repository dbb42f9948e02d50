//! Reading a deck, and what is said of a file that is another one.

use std::path::Path;

use memspike_netlist::Deck;

use crate::{failure::Failure, shell};

/// Reads the deck.
///
/// # Errors
/// What is wrong with it; of a file that is no deck by its name, the verb that takes it.
pub fn load(path: &Path) -> Result<Deck, Failure> {
    refuse_others(path)?;
    Deck::load(path).map_err(|report| Failure::input(&report))
}

/// Refuses a file that by its name is no deck.
///
/// # Errors
/// One line with the verb that takes it.
pub fn refuse_others(path: &Path) -> Result<(), Failure> {
    // One that is not there is told as that.
    match other(path).filter(|_| path.is_file()) {
        Some(other) => {
            Err(Failure::Input(format!("error: '{}' is no deck but {other}", path.display())))
        }
        None => Ok(()),
    }
}

/// What a file is by its name, and the verb that takes it.
fn other(path: &Path) -> Option<String> {
    let ending = path.extension()?.to_str()?.to_lowercase();
    let file = shell::path(path);
    Some(match ending.as_str() {
        "toml" if is_measurements(path) => format!("a measurement file: memspike fit {file}"),
        "toml" | "json" => format!("a network by its name: memspike net {file}"),
        "nir" => format!("a graph of NIR: memspike net {file}"),
        "vcd" | "fst" | "raw" => format!(
            "a file of waveforms: memspike plot {file} -o waves.svg draws it, memspike diff compares two"
        ),
        "parquet" => format!("a recording of spikes: memspike raster {file}"),
        "csv" => format!(
            "a table: memspike raster {file} reads a recording of spikes, memspike fit a file that names a sweep"
        ),
        "npy" | "npz" => format!(
            "an array: memspike classify --weights {file} shows images to it, and a deck names it by weights="
        ),
        "v" | "sv" => format!(
            "Verilog: a deck takes it by .model NAME d_cosim(verilog=\"{}\" top=\"MODULE\")",
            path.display()
        ),
        _ => return None,
    })
}

/// Whether a TOML file has measurements, as far as its first part says.
pub fn is_measurements(path: &Path) -> bool {
    const HEAD: u64 = 1 << 20;
    memspike_files::read_text(path, HEAD)
        .is_ok_and(|text| text.lines().any(|line| line.trim() == "[[measurements]]"))
}
