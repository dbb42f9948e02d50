//! The one door to a [`Network`].

use std::collections::BTreeSet;

use crate::delay::LONGEST_DELAY;
use crate::{
    Connections, Delay, Effect, Model, Network, NetworkError, Population, PopulationId, Projection,
    ProjectionId,
};

/// Collects populations and projections, and checks them together.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    populations: Vec<Population>,
    projections: Vec<Projection>,
    /// The first size that no population has.
    size: Option<NetworkError>,
}

impl Builder {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds neurons that are alike.
    pub fn population(&mut self, name: &str, size: usize, model: impl Into<Model>) -> PopulationId {
        let counted = u32::try_from(size).unwrap_or(0);
        if counted == 0 && self.size.is_none() {
            self.size = Some(NetworkError::Size { name: name.to_owned(), size });
        }
        let id = PopulationId(self.populations.len() as u32);
        let model = model.into();
        self.populations.push(Population { name: name.to_owned(), size: counted, model });
        id
    }

    /// Adds connections between two populations, `[from, to]`.
    pub fn projection(
        &mut self,
        name: &str,
        [from, to]: [PopulationId; 2],
        connections: Connections,
        effect: Effect,
        delay: Delay,
    ) -> ProjectionId {
        let id = ProjectionId(self.projections.len() as u32);
        let name = name.to_owned();
        self.projections.push(Projection { name, from, to, connections, effect, delay });
        id
    }

    /// Checks everything.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn build(self) -> Result<Network, NetworkError> {
        if self.populations.is_empty() {
            return Err(NetworkError::NoPopulations);
        }
        names("population", self.populations.iter().map(Population::name))?;
        names("projection", self.projections.iter().map(Projection::name))?;
        if let Some(error) = self.size {
            return Err(error);
        }
        for Population { name, model, .. } in &self.populations {
            model.check().map_err(|error| NetworkError::Parameter { name: name.clone(), error })?;
        }
        let network = Network { populations: self.populations, projections: self.projections };
        for projection in &network.projections {
            check(&network, projection)?;
        }
        no_circle_without_delay(&network)?;
        Ok(network)
    }
}

fn names<'n>(what: &'static str, names: impl Iterator<Item = &'n str>) -> Result<(), NetworkError> {
    let sound = |name: &str| {
        let inner = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        name.len() <= 100
            && name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.chars().all(inner)
    };
    let mut taken = BTreeSet::new();
    for name in names {
        if !sound(name) {
            return Err(NetworkError::Name { what, name: name.to_owned() });
        }
        if !taken.insert(name) {
            return Err(NetworkError::Duplicate { what, name: name.to_owned() });
        }
    }
    Ok(())
}

fn check(network: &Network, projection: &Projection) -> Result<(), NetworkError> {
    let name = || projection.name.clone();
    let end = |id: PopulationId| {
        network.populations.get(id.index()).ok_or_else(|| NetworkError::Foreign { name: name() })
    };
    let (from, to) = (end(projection.from)?, end(projection.to)?);
    let sizes = (from.size(), to.size());
    match projection.connections.shape() {
        None if sizes.0 != sizes.1 => return Err(NetworkError::OneToOne { name: name(), sizes }),
        Some(found) if found != sizes => {
            return Err(NetworkError::Shape { name: name(), found, needed: sizes });
        }
        _ => {}
    }
    effect(projection, from.model(), to.model())?;
    let needed = network.connections_of(projection);
    if let Delay::Each(ticks) = &projection.delay
        && ticks.len() != needed
    {
        return Err(NetworkError::Delays { name: name(), found: ticks.len(), needed });
    }
    let ticks = projection.delay.greatest();
    if ticks > LONGEST_DELAY {
        return Err(NetworkError::Long { name: name(), ticks });
    }
    Ok(())
}

fn effect(projection: &Projection, from: &Model, to: &Model) -> Result<(), NetworkError> {
    let name = projection.name.clone();
    let all = [Effect::Trigger, Effect::Siemens(1.0), Effect::Volt(1.0)];
    let possible = all.iter().filter(|effect| to.takes(**effect, from.emits()));
    let takes: Vec<&str> = possible.map(Effect::name).collect();
    let (from, to, effect) = (from.name(), to.name(), projection.effect.name());
    if takes.is_empty() {
        return Err(NetworkError::Apart { name, from, to });
    }
    if !takes.contains(&effect) {
        return Err(NetworkError::Effect { name, from, to, effect, takes });
    }
    match projection.effect.unit() {
        Some(value) if !(1e-18..=1e3).contains(&value) => Err(NetworkError::Unit { name, value }),
        _ => Ok(()),
    }
}

/// Takes away, one after another, populations that nothing arrives at without delay: what is left is on a circle, or
/// behind one.
fn no_circle_without_delay(network: &Network) -> Result<(), NetworkError> {
    let mut left: Vec<&Projection> =
        network.projections.iter().filter(|projection| projection.delay.least() == 0).collect();
    loop {
        let arrived: BTreeSet<PopulationId> = left.iter().map(|projection| projection.to).collect();
        let before = left.len();
        left.retain(|projection| arrived.contains(&projection.from));
        if left.len() == before {
            break;
        }
    }
    // And those from which nothing leaves any more.
    loop {
        let leaving: BTreeSet<PopulationId> =
            left.iter().map(|projection| projection.from).collect();
        let before = left.len();
        left.retain(|projection| leaving.contains(&projection.to));
        if left.len() == before {
            break;
        }
    }
    if left.is_empty() {
        return Ok(());
    }
    Err(NetworkError::Circle { names: left.iter().map(|p| format!("'{}'", p.name)).collect() })
}
