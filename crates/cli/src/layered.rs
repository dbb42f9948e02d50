//! Layers of a network file as those of a core.

use std::path::Path;

use memspike_lif_core::{TimeStep, Trained, layers};
use memspike_network::Network;
use memspike_nir::Imported;
use memspike_run::{DeviceCard, StepError, asks_card, core_step};
use memspike_snn::Ideal;

use crate::{
    failure::Failure,
    network_args::CardArguments,
    network_source::refuse_loops,
    nir,
    nir_args::{LawFlags, SpikeFlags},
};

/// A tick takes `v >> 6` from a potential unless something else is asked for.
pub const LEAK_SHIFT: u32 = 6;

fn input(error: &dyn std::fmt::Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

/// The network of a file, for an export; `spike` is for a graph of NIR.
pub fn read(path: &Path, card: &CardArguments, spike: SpikeFlags) -> Result<Network, Failure> {
    let network = if nir::is_graph(path) {
        graph(path, spike)?.network
    } else {
        nir::refuse_laws(path, spike.given())?;
        let network = Network::read(path).map_err(|error| input(&error))?;
        refuse_loops(path, &network)?;
        network
    };
    if asks_card(&network) {
        return filled(network, Ideal::default(), &card.read()?);
    }
    if card.card.is_some() {
        let message = "the neurons of this network say themselves what they do: leave out --card";
        return Err(input(&message));
    }
    Ok(network)
}

/// The network of a graph whose nodes are layers of neurons that are alike.
pub fn graph(path: &Path, spike: SpikeFlags) -> Result<Imported, Failure> {
    let imported = nir::silent(path, LawFlags { spike, loop_delay: None })?;
    match imported.populations.iter().find(|placed| placed.neurons.is_some()) {
        None => Ok(imported),
        Some(placed) => Err(input(&format!(
            "{}: node '{}': its neurons differ, by bias or by parameters, and those of a layer here are alike: train it with \
             bias=False and with one time constant and threshold a layer, or run it with 'memspike net' or 'memspike classify'",
            path.display(),
            placed.node
        ))),
    }
}

/// [`memspike_run::filled`].
pub fn filled(network: Network, ideal: Ideal, card: &DeviceCard) -> Result<Network, Failure> {
    memspike_run::filled(network, ideal, card).map_err(|error| input(&error))
}

/// The step after which the first neurons of a network have lost `2^-shift` of their potential.
pub fn step(network: &Network, shift: u32) -> Result<TimeStep, Failure> {
    core_step(network, shift).map_err(|error| match error {
        StepError::Endless => input(&format!("{error}, by --step T")),
        error => input(&error),
    })
}

/// The layers of a network.
pub fn trained(network: &Network, step: TimeStep, path: &Path) -> Result<Vec<Trained>, Failure> {
    let layers =
        layers(network, step).map_err(|error| input(&format!("{}: {error}", path.display())))?;
    if layers.is_empty() {
        return Err(input(&StepError::NoLayer));
    }
    Ok(layers)
}
