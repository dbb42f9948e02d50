//! Layers of a core from a network.

use memspike_network::{
    Connections, Delay, Effect, Lif, LifNeuron, Model, Network, PopulationId, Projection,
};

use super::{Dynamics, Trained};
use crate::Saturation;

/// Length of a core's time steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeStep {
    step_s: f64,
    /// A time constant (s), and what remains of its potentials after a step, where that is known exactly.
    exact: Option<(f64, f64)>,
}

impl TimeStep {
    /// Steps of so many seconds.
    #[must_use]
    pub const fn of_length(step_s: f64) -> Self {
        Self { step_s, exact: None }
    }

    /// The step after which a membrane has lost `2^-shift` of its potential: its core leaks without a multiplier.
    #[must_use]
    pub fn of_shift(lif: &Lif, shift: u32) -> Self {
        let retention = 1.0 - 0.5_f64.powi(shift as i32);
        Self { step_s: -lif.tau_s * retention.ln(), exact: Some((lif.tau_s, retention)) }
    }

    /// Its length (s).
    #[must_use]
    pub const fn step_s(&self) -> f64 {
        self.step_s
    }

    /// What remains of a neuron's potential after it.
    #[must_use]
    pub fn retention(&self, lif: &Lif) -> f64 {
        match self.exact {
            Some((tau_s, retention)) if tau_s == lif.tau_s => retention,
            _ => lif.decay(self.step_s),
        }
    }
}

impl Dynamics {
    /// What a neuron does in such steps, in units of weights: a weight of 1 moves its membrane by `unit_v` volts.
    #[must_use]
    pub fn of_lif(lif: &Lif, unit_v: f64, step: TimeStep) -> Self {
        Self {
            threshold: lif.threshold_v / unit_v,
            retention: step.retention(lif),
            reset: Some(lif.reset_v / unit_v),
            saturation: Saturation::Signed,
            refractory_ticks: 0,
        }
    }
}

/// A network that no core is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayersError {
    /// Not one layer after another.
    #[error(
        "the LIF populations are no chain: {name} {reason}; a core has layers that feed each other in order"
    )]
    Chain {
        /// A population.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Something that a core cannot do.
    #[error("projection '{name}': a core has {what}")]
    Projection {
        /// The projection.
        name: String,
        /// What would be.
        what: &'static str,
    },
    /// A neuron that is known as a circuit alone.
    #[error(
        "population '{name}' says nothing of its ideal neuron: give tau_s, threshold_v and reset_v"
    )]
    Ideal {
        /// The population.
        name: String,
    },
}

/// The layers of a network, from its sources on: each is a population of LIF neurons with the weights before it.
/// Pulses become charges that arrive at once.
///
/// # Errors
/// [`LayersError`].
pub fn layers(network: &Network, step: TimeStep) -> Result<Vec<Trained>, LayersError> {
    let mut layers = Vec::new();
    let mut before = None;
    let neurons: Vec<(PopulationId, &LifNeuron)> =
        network.populations().filter_map(|(id, p)| Some((id, lif(p.model())?))).collect();
    while layers.len() < neurons.len() {
        let mut next = neurons.iter().filter(|(id, _)| source(network, *id) == Ok(before));
        let Some((id, neuron)) = next.next() else {
            let stray = neurons.iter().find_map(|(id, _)| source(network, *id).err());
            return Err(stray.unwrap_or_else(|| chain(network, neurons[0].0, "closes a circle")));
        };
        if let Some((other, _)) = next.next() {
            return Err(chain(network, *other, "stands beside another"));
        }
        layers.push(layer(network, *id, neuron, step)?);
        before = Some(*id);
    }
    Ok(layers)
}

fn lif(model: &Model) -> Option<&LifNeuron> {
    match model {
        Model::Lif(neuron) => Some(neuron),
        _ => None,
    }
}

fn chain(network: &Network, id: PopulationId, reason: &'static str) -> LayersError {
    LayersError::Chain { name: network.population(id).name().to_owned(), reason }
}

/// The one projection that arrives.
fn arriving(network: &Network, to: PopulationId) -> Result<&Projection, LayersError> {
    let mut incoming = network.incoming(to).map(|(_, projection)| projection);
    match (incoming.next(), incoming.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(chain(network, to, "has not one projection that arrives")),
    }
}

/// The LIF population that feeds another, straight or through rows; nothing if it is fed by sources.
fn source(network: &Network, to: PopulationId) -> Result<Option<PopulationId>, LayersError> {
    let mut from = arriving(network, to)?.from();
    if let Model::OneShot(_) = network.population(from).model() {
        from = arriving(network, from)?.from();
    }
    Ok(lif(network.population(from).model()).map(|_| from))
}

fn layer(
    network: &Network,
    id: PopulationId,
    neuron: &LifNeuron,
    step: TimeStep,
) -> Result<Trained, LayersError> {
    let projection = arriving(network, id)?;
    let cannot = |what| LayersError::Projection { name: projection.name().to_owned(), what };
    let Connections::Dense(weights) = projection.connections() else {
        return Err(cannot("a weight from every input to every neuron"));
    };
    let Delay::All(0) = projection.delay() else { return Err(cannot("no delays")) };
    let from = network.population(projection.from()).model();
    let unit_v = match (projection.effect(), from) {
        (Effect::Volt(unit), _) => unit,
        (Effect::Siemens(unit), Model::OneShot(pulse)) => neuron.volts_per_siemens(pulse) * unit,
        _ => return Err(cannot("weights that are charges")),
    };
    let name = || network.population(id).name().to_owned();
    let ideal = neuron.ideal.as_ref().ok_or_else(|| LayersError::Ideal { name: name() })?;
    let dynamics = Dynamics::of_lif(ideal, unit_v, step);
    Ok(Trained { weights: weights.clone(), dynamics, scale: None })
}
