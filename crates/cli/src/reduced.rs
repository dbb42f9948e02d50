//! Networks as populations of point neurons: read, and reduced where a card describes their neurons.

use std::path::Path;

use memspike_network::{Model, Network, Population};
use memspike_reduction::{Reduced, ReductionError, reduce};

use crate::failure::Failure;
use crate::progress::Progress;
use crate::{interrupt, say, tell};

/// Reads a network, and puts point neurons in the place of neurons of cards.
pub fn read(path: &Path, seed: u64) -> Result<Network, Failure> {
    let network = Network::read(path).map_err(|e| Failure::Input(format!("error: {e}")))?;
    let Reduced { network, reductions } = of(network, path, seed)?;
    if !say::is_quiet() {
        reductions.iter().for_each(|reduction| tell(&format!("{reduction}\n")));
    }
    Ok(network)
}

/// A network of a file with point neurons in the place of neurons of cards.
pub fn of(network: Network, path: &Path, seed: u64) -> Result<Reduced, Failure> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let of_cards = |(_, population): (_, &Population)| {
        matches!(population.model(), Model::Oscillation(_) | Model::LifCard(_))
    };
    let _waits = network
        .populations()
        .any(of_cards)
        .then(|| Progress::waiting("looking at neurons of cards", &path.display().to_string()));
    reduce(network, folder, seed, &interrupt::asked).map_err(|error| match error {
        ReductionError::Interrupted => Failure::Work(error.to_string()),
        _ => Failure::Input(format!("error: {}: {error}", path.display())),
    })
}
