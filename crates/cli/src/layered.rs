//! Layers of a network file as those of a core.

use std::path::Path;

use memspike_lif_core::{TimeStep, Trained, layers};
use memspike_network::Network;
use memspike_run::{DeviceCard, asks_card, core_step};
use memspike_snn::Ideal;

use crate::{failure::Failure, network_args::CardArguments};

/// A tick takes `v >> 6` from a potential unless something else is asked for.
pub const LEAK_SHIFT: u32 = 6;

fn input(error: &dyn std::fmt::Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

/// The network of a file, for an export.
pub fn read(path: &Path, card: &CardArguments) -> Result<Network, Failure> {
    let network = Network::read(path).map_err(|error| input(&error))?;
    if asks_card(&network) {
        return filled(network, Ideal::default(), &card.read()?);
    }
    if card.card.is_some() {
        let message = "the neurons of this network say themselves what they do: leave out --card";
        return Err(input(&message));
    }
    Ok(network)
}

/// [`memspike_run::filled`].
pub fn filled(network: Network, ideal: Ideal, card: &DeviceCard) -> Result<Network, Failure> {
    memspike_run::filled(network, ideal, card).map_err(|error| input(&error))
}

/// The step after which the first neurons of a network have lost `2^-shift` of their potential.
pub fn step(network: &Network, shift: u32) -> Result<TimeStep, Failure> {
    core_step(network, shift).ok_or_else(|| input(&NO_LAYER))
}

/// What a network without LIF neurons is told.
const NO_LAYER: &str =
    "this network has no population of LIF neurons, and a core has layers of them";

/// The layers of a network.
pub fn trained(network: &Network, step: TimeStep, path: &Path) -> Result<Vec<Trained>, Failure> {
    let layers =
        layers(network, step).map_err(|error| input(&format!("{}: {error}", path.display())))?;
    if layers.is_empty() {
        return Err(input(&NO_LAYER));
    }
    Ok(layers)
}
