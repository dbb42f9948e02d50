//! A network that was checked.

use memspike_random::{Draws, Owner};

use crate::rule::Sizes;
use crate::{Connections, Delay, Effect, Law, Made, Model, Poisson, Regular};

/// Which population of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PopulationId(pub(crate) u32);

/// Which projection of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectionId(pub(crate) u32);

impl PopulationId {
    /// Its place among the populations, from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl ProjectionId {
    /// Its place among the projections, from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Neurons that are alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    pub(crate) name: String,
    pub(crate) size: u32,
    pub(crate) model: Model,
}

impl Population {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many neurons it has, at least one.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size as usize
    }

    /// What they are.
    #[must_use]
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// The potential of a neuron at the beginning (V); nothing for a model without membrane. It depends on seed,
    /// population and neuron alone, as do [`Population::rate_hz`] and [`Population::phase`].
    ///
    /// # Panics
    /// If potentials are listed and there is no such neuron.
    #[must_use]
    pub fn initial_v(&self, seed: u64, neuron: u32) -> Option<f64> {
        let membrane = self.model.membrane()?;
        let initial = membrane.initial_v.as_ref();
        Some(initial.map_or(membrane.rest_v, |law| self.number(law, "initial_v", seed, neuron)))
    }

    /// The rate of a source (Hz); nothing for a model without one.
    ///
    /// # Panics
    /// If rates are listed and there is no such neuron.
    #[must_use]
    pub fn rate_hz(&self, seed: u64, neuron: u32) -> Option<f64> {
        match &self.model {
            Model::Regular(Regular { rate_hz, .. }) | Model::Poisson(Poisson { rate_hz, .. }) => {
                Some(self.number(rate_hz, "rate_hz", seed, neuron))
            }
            _ => None,
        }
    }

    /// When the first spike of a regular source comes, in periods; nothing for another model.
    ///
    /// # Panics
    /// If phases are listed and there is no such neuron.
    #[must_use]
    pub fn phase(&self, seed: u64, neuron: u32) -> Option<f64> {
        match &self.model {
            Model::Regular(regular) => Some(self.number(&regular.phase, "phase", seed, neuron)),
            _ => None,
        }
    }

    /// The input of an oscillation neuron of a card (V); nothing for another model.
    ///
    /// # Panics
    /// If inputs are listed and there is no such neuron.
    #[must_use]
    pub fn input_v(&self, seed: u64, neuron: u32) -> Option<f64> {
        match &self.model {
            Model::Oscillation(each) => Some(self.number(&each.input_v, "input_v", seed, neuron)),
            _ => None,
        }
    }

    fn number(&self, law: &Law, parameter: &str, seed: u64, neuron: u32) -> f64 {
        law.of(&Draws::new(seed, Owner::Neurons(&self.name, parameter)), neuron.into())
    }
}

/// Connections from one population to another, or to itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    pub(crate) name: String,
    pub(crate) from: PopulationId,
    pub(crate) to: PopulationId,
    pub(crate) connections: Connections,
    pub(crate) effect: Effect,
    pub(crate) delay: Delay,
}

impl Projection {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its spikes come from.
    #[must_use]
    pub const fn from(&self) -> PopulationId {
        self.from
    }

    /// Where they arrive.
    #[must_use]
    pub const fn to(&self) -> PopulationId {
        self.to
    }

    /// Who is connected to whom.
    #[must_use]
    pub const fn connections(&self) -> &Connections {
        &self.connections
    }

    /// What they do there.
    #[must_use]
    pub const fn effect(&self) -> Effect {
        self.effect
    }

    /// When they arrive.
    #[must_use]
    pub const fn delay(&self) -> &Delay {
        &self.delay
    }
}

/// Populations and projections, checked by [`Builder::build`](crate::Builder::build).
///
/// What always holds: names are unique; every projection leads between populations that are there, has the shape of
/// their sizes, an effect that its target takes, a rule that can draw, one delay or one for each connection; a drawn
/// delay is at least a tick; no circle of projections is without delay.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    pub(crate) populations: Vec<Population>,
    pub(crate) projections: Vec<Projection>,
    pub(crate) delay_tick_fs: u64,
    pub(crate) shown_s: Option<f64>,
    pub(crate) made: Made,
}

impl Network {
    /// All populations with their ids.
    pub fn populations(&self) -> impl ExactSizeIterator<Item = (PopulationId, &Population)> {
        self.populations.iter().enumerate().map(|(at, each)| (PopulationId(at as u32), each))
    }

    /// All projections with their ids.
    pub fn projections(&self) -> impl ExactSizeIterator<Item = (ProjectionId, &Projection)> {
        self.projections.iter().enumerate().map(|(at, each)| (ProjectionId(at as u32), each))
    }

    /// A population of this network.
    ///
    /// # Panics
    /// If the id is another network's.
    #[must_use]
    pub fn population(&self, id: PopulationId) -> &Population {
        &self.populations[id.index()]
    }

    /// A projection of this network.
    ///
    /// # Panics
    /// If the id is another network's.
    #[must_use]
    pub fn projection(&self, id: ProjectionId) -> &Projection {
        &self.projections[id.index()]
    }

    /// The population of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<PopulationId> {
        self.populations().find(|(_, population)| population.name == name).map(|(id, _)| id)
    }

    /// The name of a population that is nearest to another, if one is near.
    #[must_use]
    pub fn nearest_population(&self, name: &str) -> Option<&str> {
        crate::file::nearest(name, self.populations.iter().map(Population::name))
    }

    /// Projections that leave a population.
    pub fn outgoing(
        &self,
        from: PopulationId,
    ) -> impl Iterator<Item = (ProjectionId, &Projection)> {
        self.projections().filter(move |(_, projection)| projection.from == from)
    }

    /// Projections that arrive at a population.
    pub fn incoming(&self, to: PopulationId) -> impl Iterator<Item = (ProjectionId, &Projection)> {
        self.projections().filter(move |(_, projection)| projection.to == to)
    }

    /// What drawn delays are multiples of, in femtoseconds; 0 if they are kept in full.
    #[must_use]
    pub const fn delay_tick_fs(&self) -> u64 {
        self.delay_tick_fs
    }

    /// How long an input is shown to it (s), if that was said.
    #[must_use]
    pub const fn shown_s(&self) -> Option<f64> {
        self.shown_s
    }

    /// What made it, if that was said.
    #[must_use]
    pub const fn made(&self) -> &Made {
        &self.made
    }

    /// Neurons of all populations.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.populations.iter().map(Population::size).sum()
    }

    /// Connections of all projections; where their number is drawn, the expected one.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.projections.iter().map(|projection| self.connections_of(projection)).sum()
    }

    /// Connections of a projection; where their number is drawn, the expected one.
    #[must_use]
    pub fn connections_of(&self, projection: &Projection) -> usize {
        let sources = self.population(projection.from).size();
        match &projection.connections {
            Connections::OneToOne => sources,
            Connections::Dense(weights) => weights.values().len(),
            Connections::Sparse(rows) => rows.len(),
            Connections::Drawn(drawn) => {
                let targets = self.population(projection.to).size();
                let sizes = Sizes { sources, targets, within: projection.from == projection.to };
                drawn.rule.expected(sizes)
            }
        }
    }

    /// Bytes that lists of neurons, connections and delays take; all else is small beside them.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let of = |projection: &Projection| {
            projection.connections.bytes()
                + match &projection.delay {
                    Delay::All(_) | Delay::Drawn(_) => 0,
                    Delay::Each(ticks) => size_of_val(&ticks[..]),
                }
        };
        let neurons: usize = self.populations.iter().map(|each| each.model.bytes()).sum();
        neurons + self.projections.iter().map(of).sum::<usize>()
    }
}
