//! Layers of a network as those of a core: what its LIF neurons are, where it does not say so, and the time step.

use memspike_lif_core::{LayersError, TimeStep, chained, ideal};
use memspike_network::{LifNeuron, Model, Network, NetworkError, PopulationId};
use memspike_snn::{Ideal, IdealError, Parameters};

use crate::{CardError, DeviceCard};

/// LIF neurons that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// What is wrong with the card.
    #[error(transparent)]
    Card(#[from] CardError),
    /// What is wrong with the neurons.
    #[error(transparent)]
    Ideal(#[from] IdealError),
    /// What the network says.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// LIF neurons of a network.
fn lifs(network: &Network) -> impl Iterator<Item = (PopulationId, LifNeuron)> {
    network.populations().filter_map(|(id, population)| match population.model() {
        Model::Lif(neuron) => Some((id, *neuron)),
        _ => None,
    })
}

/// Whether some LIF neurons say nothing of their ideal.
#[must_use]
pub fn asks_card(network: &Network) -> bool {
    lifs(network).any(|(_, neuron)| neuron.ideal.is_none())
}

/// The same network, in which LIF neurons that say nothing of their ideal have the one that is stated or that of a card's device.
///
/// # Errors
/// [`FillError`].
pub fn filled(network: Network, ideal: Ideal, card: &DeviceCard) -> Result<Network, FillError> {
    let [device, _] = card.devices(0.0)?;
    let mut models = Vec::new();
    for (id, neuron) in lifs(&network).filter(|(_, neuron)| neuron.ideal.is_none()) {
        let LifNeuron { resistance_ohm, capacitance_farad, .. } = neuron;
        let parameters = Parameters {
            neuron_ohm: resistance_ohm,
            neuron_farad: capacitance_farad,
            ..Parameters::default()
        };
        let (_, lif) = ideal.build(&parameters, &device)?;
        models.push((id, Model::Lif(LifNeuron { ideal: Some(lif), ..neuron })));
    }
    let model = |wanted| models.iter().find(|(id, _)| *id == wanted).map(|(_, m)| m.clone());
    Ok(network.with_models(model)?)
}

/// A membrane that keeps its potential for longer than this (s) does not leak.
pub const ENDLESS_S: f64 = 1e6;

/// Why no step follows from a network.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// Its neurons are no layers.
    #[error(transparent)]
    Layers(#[from] LayersError),
    /// It has no LIF neurons.
    #[error("this network has no population of LIF neurons, and a core has layers of them")]
    NoLayer,
    /// They do not leak.
    #[error(
        "its first neurons do not leak, so that no time step follows from a leak: state the step"
    )]
    Endless,
}

/// The step after which the first LIF neurons of a network have lost `2^-shift` of their potential.
///
/// # Errors
/// [`StepError`].
pub fn core_step(network: &Network, shift: u32) -> Result<TimeStep, StepError> {
    let first = chained(network)?.into_iter().next();
    let first = first.and_then(|id| ideal(network.population(id).model()));
    let first = first.ok_or(StepError::NoLayer)?;
    if first.tau_s > ENDLESS_S {
        return Err(StepError::Endless);
    }
    Ok(TimeStep::of_shift(&first, shift))
}
