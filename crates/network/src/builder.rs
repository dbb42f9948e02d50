//! The one door to a [`Network`].

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::delay::{DEFAULT_DELAY_TICK, LONGEST_DELAY};
use crate::rule::Sizes;
use crate::{
    Connections, Delay, Drawn, Effect, LawError, Made, Model, Network, NetworkError, Population,
    PopulationId, Projection, ProjectionId,
};

/// Weights that are drawn; single precision holds all of them.
const WEIGHT: RangeInclusive<f64> = -1e30..=1e30;

/// How long an input may be shown (s), from a femtosecond on.
const SHOWN_S: RangeInclusive<f64> = 1e-15..=18_000.0;

/// Collects populations and projections, and checks them together.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    populations: Vec<Population>,
    projections: Vec<Projection>,
    /// The first size that no population has.
    size: Option<NetworkError>,
    /// What drawn delays are multiples of (fs), if it was said.
    delay_tick: Option<u64>,
    /// How long an input is shown (s), if it was said.
    shown_s: Option<f64>,
    made: Made,
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

    /// What drawn delays are multiples of, in femtoseconds, instead of [`DEFAULT_DELAY_TICK`]; 0 keeps them in full.
    pub fn delay_tick(&mut self, ticks: u64) {
        self.delay_tick = Some(ticks);
    }

    /// How long an input is shown to the network (s).
    pub fn shown(&mut self, shown_s: f64) {
        self.shown_s = Some(shown_s);
    }

    /// What made the network, instead of what was said before.
    pub fn made(&mut self, made: Made) {
        self.made = made;
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
        self.populations.iter().try_for_each(neurons)?;
        let delay_tick_fs = self.delay_tick.unwrap_or(DEFAULT_DELAY_TICK);
        if delay_tick_fs > LONGEST_DELAY {
            return Err(NetworkError::Tick { ticks: delay_tick_fs });
        }
        if let Some(shown_s) = self.shown_s
            && !SHOWN_S.contains(&shown_s)
        {
            return Err(NetworkError::Shown { shown_s });
        }
        plain(&self.made)?;
        let Self { populations, projections, shown_s, made, .. } = self;
        Network { populations, projections, delay_tick_fs, shown_s, made }.checked()
    }
}

impl Network {
    /// The same network with other models: of each population that `of` gives one.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn with_models(
        mut self,
        mut of: impl FnMut(PopulationId) -> Option<Model>,
    ) -> Result<Self, NetworkError> {
        for (at, population) in (0..).zip(&mut self.populations) {
            if let Some(model) = of(PopulationId(at)) {
                population.model = model;
                neurons(population)?;
            }
        }
        self.checked()
    }

    /// The same network, of which is said that this made it, instead of what was said before.
    ///
    /// # Errors
    /// A number that is not finite, or a date.
    pub fn made_by(self, made: Made) -> Result<Self, NetworkError> {
        plain(&made)?;
        Ok(Self { made, ..self })
    }

    /// Checks what leads from one population to another.
    fn checked(self) -> Result<Self, NetworkError> {
        let network = self;
        for projection in &network.projections {
            check(&network, projection)?;
        }
        no_circle_without_delay(&network)?;
        Ok(network)
    }
}

fn plain(made: &Made) -> Result<(), NetworkError> {
    match made.iter().find(|(_, fact)| !fact.is_plain()) {
        Some((name, _)) => Err(NetworkError::Made { name: name.clone() }),
        None => Ok(()),
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

fn neurons(population: &Population) -> Result<(), NetworkError> {
    let Population { name, size, model } = population;
    let name = || name.clone();
    model.check().map_err(|error| NetworkError::Parameter { name: name(), error })?;
    // Laws are shared, so that a copy of the model is small.
    for parameter in model.clone().laws() {
        let (parameter, checked) = (parameter.name, parameter.check(*size));
        checked.map_err(|error| NetworkError::Neurons { name: name(), parameter, error })?;
    }
    match model {
        Model::Recorded(recorded) => recorded
            .spikes
            .check(*size)
            .map_err(|error| NetworkError::Spikes { name: name(), error }),
        _ => Ok(()),
    }
}

fn check(network: &Network, projection: &Projection) -> Result<(), NetworkError> {
    let name = || projection.name.clone();
    let end = |id: PopulationId| {
        network.populations.get(id.index()).ok_or_else(|| NetworkError::Foreign { name: name() })
    };
    let (from, to) = (end(projection.from)?, end(projection.to)?);
    let sizes = (from.size(), to.size());
    match projection.connections.shape() {
        Some(found) if found != sizes => {
            return Err(NetworkError::Shape { name: name(), found, needed: sizes });
        }
        None if projection.connections.is_one_to_one() && sizes.0 != sizes.1 => {
            return Err(NetworkError::OneToOne { name: name(), sizes });
        }
        _ => {}
    }
    effect(projection, from.model(), to.model())?;
    let sizes =
        Sizes { sources: sizes.0, targets: sizes.1, within: projection.from == projection.to };
    drawn(projection, sizes)?;
    delay(network, projection, from.model(), sizes)
}

/// Rule and weights of drawn synapses.
fn drawn(projection: &Projection, sizes: Sizes) -> Result<(), NetworkError> {
    let Connections::Drawn(Drawn { rule, weights }) = &projection.connections else {
        return Ok(());
    };
    let name = || projection.name.clone();
    rule.check(sizes).map_err(|error| NetworkError::Rule { name: name(), error })?;
    let checked = weights.check(WEIGHT, rule.listed(sizes));
    checked.map_err(|error| NetworkError::Weights { name: name(), error })
}

fn delay(
    network: &Network,
    projection: &Projection,
    from: &Model,
    sizes: Sizes,
) -> Result<(), NetworkError> {
    let Projection { connections, delay, .. } = projection;
    let name = || projection.name.clone();
    let error = |error| NetworkError::DelayLaw { name: name(), error };
    delay.check(network.delay_tick_fs).map_err(error)?;
    if let Delay::Each(ticks) = delay {
        let needed = match connections {
            Connections::Drawn(drawn) => {
                drawn.rule.listed(sizes).ok_or_else(|| error(LawError::Unlisted))? as usize
            }
            _ => network.connections_of(projection),
        };
        if ticks.len() != needed {
            return Err(NetworkError::Delays { name: name(), found: ticks.len(), needed });
        }
    }
    let ticks = delay.greatest();
    if ticks > LONGEST_DELAY {
        return Err(NetworkError::Long { name: name(), ticks });
    }
    if from.acts_later() && delay.least() == 0 {
        return Err(NetworkError::AtOnce { name: name(), from: from.name() });
    }
    Ok(())
}

fn effect(projection: &Projection, from: &Model, to: &Model) -> Result<(), NetworkError> {
    let name = projection.name.clone();
    let all = [Effect::Trigger, Effect::Siemens(1.0), Effect::Volt(1.0), Effect::Ampere(1.0)];
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
