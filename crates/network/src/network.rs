//! A network that was checked.

use crate::{Connections, Delay, Effect, Model};

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
/// their sizes, an effect that its target takes, one delay or one for each connection; no circle of projections is
/// without delay.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    pub(crate) populations: Vec<Population>,
    pub(crate) projections: Vec<Projection>,
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

    /// Neurons of all populations.
    #[must_use]
    pub fn neurons(&self) -> usize {
        self.populations.iter().map(Population::size).sum()
    }

    /// Connections of all projections.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.projections.iter().map(|projection| self.connections_of(projection)).sum()
    }

    /// Connections of a projection.
    #[must_use]
    pub fn connections_of(&self, projection: &Projection) -> usize {
        let sources = self.population(projection.from).size();
        match &projection.connections {
            Connections::OneToOne => sources,
            Connections::Dense(weights) => weights.values().len(),
            Connections::Sparse(rows) => rows.len(),
        }
    }

    /// Bytes that connections and delays take; all else is small beside them.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let of = |projection: &Projection| {
            projection.connections.bytes()
                + match &projection.delay {
                    Delay::All(_) => 0,
                    Delay::Each(ticks) => size_of_val(&ticks[..]),
                }
        };
        self.projections.iter().map(of).sum()
    }
}
