//! Layers of a network file as those of a core.

use std::path::Path;

use memspike_lif_core::{TimeStep, Trained, chained, ideal, layers};
use memspike_network::{LifNeuron, Model, Network, PopulationId};
use memspike_nir::Imported;
use memspike_run::DeviceCard;
use memspike_snn::{Ideal, Parameters};

use crate::{
    failure::Failure,
    network::neurons,
    network_args::CardArguments,
    nir,
    nir_args::{LawFlags, SpikeFlags},
};

/// A tick takes `v >> 6` from a potential unless something else is asked for.
pub const LEAK_SHIFT: u32 = 6;

fn input(error: &dyn std::fmt::Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

/// LIF neurons of a network.
fn lifs(network: &Network) -> impl Iterator<Item = (PopulationId, LifNeuron)> {
    network.populations().filter_map(|(id, population)| match population.model() {
        Model::Lif(neuron) => Some((id, *neuron)),
        _ => None,
    })
}

/// Whether some LIF neurons say nothing of their ideal.
pub fn asks_card(network: &Network) -> bool {
    lifs(network).any(|(_, neuron)| neuron.ideal.is_none())
}

/// The network of a file, for an export; `spike` is for a graph of NIR.
pub fn read(path: &Path, card: &CardArguments, spike: SpikeFlags) -> Result<Network, Failure> {
    let network = if nir::is_graph(path) {
        graph(path, spike)?.network
    } else {
        nir::refuse_laws(path, spike.given())?;
        Network::read(path).map_err(|error| input(&error))?
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

/// The same network, in which LIF neurons that say nothing of their ideal have the one that is stated or that of a card's device.
pub fn filled(network: Network, ideal: Ideal, card: &DeviceCard) -> Result<Network, Failure> {
    let mut models = Vec::new();
    for (id, neuron) in lifs(&network).filter(|(_, neuron)| neuron.ideal.is_none()) {
        let LifNeuron { resistance_ohm, capacitance_farad, .. } = neuron;
        let parameters = Parameters {
            neuron_ohm: resistance_ohm,
            neuron_farad: capacitance_farad,
            ..Parameters::default()
        };
        let (_, lif) = neurons(&ideal, &parameters, card)?;
        models.push((id, Model::Lif(LifNeuron { ideal: Some(lif), ..neuron })));
    }
    let model = |wanted| models.iter().find(|(id, _)| *id == wanted).map(|(_, m)| m.clone());
    network.with_models(model).map_err(|error| input(&error))
}

/// A membrane that keeps its potential for longer than this (s) does not leak.
pub const ENDLESS_S: f64 = 1e6;

/// The step after which the first neurons of a network have lost `2^-shift` of their potential.
pub fn step(network: &Network, shift: u32) -> Result<TimeStep, Failure> {
    let first = chained(network).map_err(|error| input(&error))?.into_iter().next();
    let first = first.and_then(|id| ideal(network.population(id).model()));
    let first = first.ok_or_else(|| input(&NO_LAYER))?;
    if first.tau_s > ENDLESS_S {
        let message = "its first neurons do not leak, so that no time step follows from a leak: say it with --step T";
        return Err(input(&message));
    }
    Ok(TimeStep::of_shift(&first, shift))
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
