//! Layers of a core from a network.

use memspike_network::{
    Connections, Delay, Effect, Lif, LifDelta, LifNeuron, Model, Network, PopulationId, Projection,
    Reset,
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
    /// Neurons of another kind.
    #[error(
        "population '{name}' is of the model '{model}'; a core has neurons of the models 'lif' and 'lif_delta'"
    )]
    Model {
        /// The population.
        name: String,
        /// Its model.
        model: &'static str,
    },
    /// Something of a membrane that a core's has not.
    #[error(
        "population '{name}': its membrane has {what}; a core's leaks towards 0 and begins there"
    )]
    Membrane {
        /// The population.
        name: String,
        /// What it has.
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

/// The longest delay that stands for none (fs): the shortest that a network may have between neurons that act at once.
const NO_DELAY_FS: u64 = 1;

/// The layers of a network, from its sources on: each is a population of LIF neurons with the weights before it.
/// Pulses become charges that arrive at once.
///
/// # Errors
/// [`LayersError`].
pub fn layers(network: &Network, step: TimeStep) -> Result<Vec<Trained>, LayersError> {
    chained(network)?.into_iter().map(|id| layer(network, id, step)).collect()
}

/// The populations of LIF neurons that follow one another from the sources of a network on.
///
/// # Errors
/// Those of [`LayersError`] that are about populations and their order.
pub fn chained(network: &Network) -> Result<Vec<PopulationId>, LayersError> {
    let mut neurons = Vec::new();
    for (id, population) in network.populations() {
        let model = population.model();
        if is_lif(model) {
            neurons.push(id);
        } else if !matches!(model, Model::OneShot(_)) && network.incoming(id).next().is_some() {
            let (name, model) = (population.name().to_owned(), model.name());
            return Err(LayersError::Model { name, model });
        }
    }
    let mut layers = Vec::new();
    let mut before = None;
    while layers.len() < neurons.len() {
        let mut next = neurons.iter().filter(|id| source(network, **id) == Ok(before));
        let Some(id) = next.next() else {
            let stray = neurons.iter().find_map(|id| source(network, *id).err());
            return Err(stray.unwrap_or_else(|| chain(network, neurons[0], "closes a circle")));
        };
        if let Some(other) = next.next() {
            return Err(chain(network, *other, "stands beside another"));
        }
        layers.push(*id);
        before = Some(*id);
    }
    Ok(layers)
}

fn is_lif(model: &Model) -> bool {
    matches!(model, Model::Lif(_) | Model::LifDelta(_))
}

/// The leak and the threshold of neurons that a core may have, where they are known.
#[must_use]
pub fn ideal(model: &Model) -> Option<Lif> {
    match model {
        Model::Lif(neuron) => neuron.ideal,
        Model::LifDelta(LifDelta { membrane, .. }) => Some(Lif {
            tau_s: membrane.tau_s,
            threshold_v: membrane.threshold_v,
            reset_v: if let Reset::ToV(value) = membrane.reset { value } else { 0.0 },
        }),
        _ => None,
    }
}

/// Whether a spike of these neurons subtracts their threshold.
fn subtracts(model: &Model) -> bool {
    matches!(model, Model::LifDelta(neuron) if neuron.membrane.reset == Reset::Subtract)
}

/// What a core's membrane has not.
fn foreign(model: &Model) -> Option<&'static str> {
    let Model::LifDelta(LifDelta { membrane, drive_v }) = model else { return None };
    [
        ("a drive, which a bias is", *drive_v != 0.0),
        ("a rest", membrane.rest_v != 0.0),
        ("a refractory time", membrane.refractory_s != 0.0),
        ("first potentials", membrane.initial_v.is_some()),
    ]
    .into_iter()
    .find_map(|(what, has)| has.then_some(what))
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
    Ok(is_lif(network.population(from).model()).then_some(from))
}

fn layer(network: &Network, id: PopulationId, step: TimeStep) -> Result<Trained, LayersError> {
    let projection = arriving(network, id)?;
    let cannot = |what| LayersError::Projection { name: projection.name().to_owned(), what };
    let Connections::Dense(weights) = projection.connections() else {
        return Err(cannot("a weight from every input to every neuron"));
    };
    let Delay::All(..=NO_DELAY_FS) = projection.delay() else { return Err(cannot("no delays")) };
    let from = network.population(projection.from()).model();
    let population = network.population(id);
    let model = population.model();
    let unit_v = match (projection.effect(), from, model) {
        (Effect::Volt(unit), ..) => unit,
        (Effect::Siemens(unit), Model::OneShot(pulse), Model::Lif(neuron)) => {
            LifNeuron::volts_per_siemens(neuron, pulse) * unit
        }
        _ => return Err(cannot("weights that are charges")),
    };
    let name = || population.name().to_owned();
    if let Some(what) = foreign(model) {
        return Err(LayersError::Membrane { name: name(), what });
    }
    let lif = ideal(model).ok_or_else(|| LayersError::Ideal { name: name() })?;
    let mut dynamics = Dynamics::of_lif(&lif, unit_v, step);
    if subtracts(model) {
        dynamics.reset = None;
    }
    Ok(Trained { weights: weights.clone(), dynamics, scale: None })
}
