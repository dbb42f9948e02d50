//! Networks as populations of point neurons: read, and reduced where a card describes their neurons.

use std::path::Path;

use memspike_netlist::{short_of, shown};
use memspike_network::{FromFile, Model, Network};
use memspike_reduction::{Reduced, ReductionError, reduce};

use crate::failure::Failure;
use crate::progress::Progress;
use crate::{interrupt, say, tell};

/// Bytes that a neuron of a card takes beside its point neuron while it is looked at.
const RHYTHM: u64 = 64;

/// Reads a network, and puts point neurons in the place of neurons of cards. A tick of delays (fs) takes the place of the file's.
pub fn read(path: &Path, delay_tick_fs: Option<u64>, seed: u64) -> Result<FromFile, Failure> {
    let read = FromFile::read(path, delay_tick_fs);
    let FromFile { network, mut files } =
        read.map_err(|e| Failure::Input(format!("error: {e}")))?;
    let reduced = of(network, path, seed)?;
    files.extend(reduced.files);
    if !say::is_quiet() {
        reduced.reductions.iter().for_each(|reduction| tell(&format!("{reduction}\n")));
    }
    Ok(FromFile { network: reduced.network, files })
}

/// A network of a file with point neurons in the place of neurons of cards.
pub fn of(network: Network, path: &Path, seed: u64) -> Result<Reduced, Failure> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let of_cards = network.populations().filter(|(_, population)| {
        matches!(population.model(), Model::Oscillation(_) | Model::LifCard(_))
    });
    let looked_at: u64 = of_cards.map(|(_, population)| population.size() as u64).sum();
    let bytes =
        memspike_population::estimate(&network, 1).build_bytes.saturating_add(looked_at * RHYTHM);
    if looked_at > 0
        && let Some(free) = short_of(bytes)
    {
        return Err(Failure::Work(format!(
            "error: {}: {looked_at} neurons of cards take {} while they are looked at, and {free}: fewer are needed, or another \
             machine",
            path.display(),
            shown(bytes)
        )));
    }
    let _waits = (looked_at > 0)
        .then(|| Progress::waiting("looking at neurons of cards", &path.display().to_string()));
    reduce(network, folder, seed, &interrupt::asked).map_err(|error| match error {
        ReductionError::Interrupted => Failure::Work(error.to_string()),
        _ => Failure::Input(format!("error: {}: {error}", path.display())),
    })
}
