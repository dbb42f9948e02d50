//! Networks as they are described, as the engine takes them.

use std::ops::Range;

use memspike_network::{
    Delay, Drawing, LifPulse, Membrane as Leak, Model as Kind, Network, Population as Described,
    PopulationId, Projection, ProjectionId, Reset as After, Trains,
};
use memspike_time::Time;

use crate::model::{Currents, Initial, Input, Membrane, Model, Population, Precision, Reset};
use crate::noise::{Noise, onto};
use crate::wiring::{Synapse, Wiring};

/// Why a described network cannot be run as populations.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DescriptionError {
    /// Neurons that are circuits.
    #[error(
        "population '{population}' is of model '{model}', which is a circuit: run it as a deck, or describe it by point neurons"
    )]
    Circuit {
        /// The population.
        population: String,
        /// Its model.
        model: &'static str,
    },
}

/// A described network under a seed.
#[derive(Debug)]
pub struct Description<'n> {
    /// What the engine takes. Its populations are in the order of their names, so that the order in which they were described
    /// does not count. Behind them are those of trains that synapses hear for themselves, of which no sink is told.
    pub input: Input,
    /// Of each but the last ones, which population of the network it is.
    pub populations: Vec<PopulationId>,
    /// Projections, in the order of their names too.
    projections: Vec<Bundle<'n>>,
}

/// Where the synapses of a projection come from.
#[derive(Debug)]
enum Drawn<'n> {
    /// From neurons.
    Spikes(Drawing<'n>),
    /// From trains of their own.
    Noise(Vec<Synapse>),
}

/// The synapses of a projection.
#[derive(Debug)]
struct Bundle<'n> {
    drawn: Drawn<'n>,
    /// The first neuron of its source, and the neurons of its target.
    first: u32,
    targets: Range<u32>,
    /// What a weight of 1 is for its target.
    unit: f64,
}

impl<'n> Description<'n> {
    /// Takes a network and a seed.
    ///
    /// # Errors
    /// The first population that cannot be run.
    pub fn new(
        network: &'n Network,
        seed: u64,
        precision: Precision,
    ) -> Result<Self, DescriptionError> {
        let mut ordered: Vec<(PopulationId, &Described)> = network.populations().collect();
        ordered.sort_by_key(|(_, population)| population.name());
        let populations = ordered.iter().map(|(_, described)| population(described, seed));
        let mut all = populations.collect::<Result<Vec<_>, _>>()?;
        let mut firsts = vec![0_u32; ordered.len()];
        let mut first = 0_u32;
        for (id, population) in &ordered {
            firsts[id.index()] = first;
            // Too many are refused when the network is built.
            first = first.saturating_add(population.size() as u32);
        }
        let mut named: Vec<(ProjectionId, &Projection)> = network.projections().collect();
        named.sort_by_key(|(_, projection)| projection.name());
        let mut projections = Vec::new();
        for (id, projection) in named {
            let start = firsts[projection.to().index()];
            let size = network.population(projection.to()).size() as u32;
            let targets = start..start.saturating_add(size);
            let (drawing, unit) = (network.drawing(id, seed), unit(network, projection));
            let from = network.population(projection.from());
            if hears_its_own(from) {
                let rate_hz = |source| from.rate_hz(seed, source).unwrap_or_default();
                let noise = Noise::new((projection.name(), &drawing), size, rate_hz, unit);
                let trains = noise.population.size;
                all.push(noise.population);
                let drawn = Drawn::Noise(noise.synapses);
                projections.push(Bundle { drawn, first, targets, unit: 1.0 });
                first = first.saturating_add(trains);
            } else {
                let (drawn, first) = (Drawn::Spikes(drawing), firsts[projection.from().index()]);
                projections.push(Bundle { drawn, first, targets, unit });
            }
        }
        let input = Input { populations: all, tick_fs: tick_fs(network), precision, seed };
        let populations = ordered.into_iter().map(|(id, _)| id).collect();
        Ok(Self { input, populations, projections })
    }
}

impl Wiring for Description<'_> {
    fn visit(&self, targets: Range<u32>, each: &mut dyn FnMut(Synapse)) {
        for bundle in &self.projections {
            let own = &bundle.targets;
            let common = targets.start.max(own.start)..targets.end.min(own.end);
            if !common.is_empty() {
                bundle.visit(common.start - own.start..common.end - own.start, each);
            }
        }
    }
}

impl Bundle<'_> {
    /// Tells all synapses onto some targets, counted within their population.
    fn visit(&self, targets: Range<u32>, each: &mut dyn FnMut(Synapse)) {
        let Self { drawn, first, targets: own, unit } = self;
        let mut tell = |source: u32, target: u32, weight: f64, delay_fs: u64| {
            let (source, target) = (first + source, own.start + target);
            each(Synapse { source, target, weight: weight * unit, delay_fs });
        };
        match drawn {
            Drawn::Spikes(drawing) => {
                let unit_fs = drawing.delay_unit_fs();
                drawing.visit(targets, |synapse| {
                    let delay_fs = synapse.delay * unit_fs;
                    tell(synapse.source, synapse.target, synapse.weight, delay_fs);
                });
            }
            Drawn::Noise(synapses) => {
                for &Synapse { source, target, weight, delay_fs } in onto(synapses, targets) {
                    tell(source, target, weight, delay_fs);
                }
            }
        }
    }
}

/// Whether each synapse of a population's neurons hears a train of its own.
fn hears_its_own(population: &Described) -> bool {
    matches!(population.model(), Kind::Poisson(source) if source.trains == Trains::PerTarget)
}

/// The longest time of which all delays are multiples (fs), or that of drawn ones.
pub(crate) fn tick_fs(network: &Network) -> u64 {
    network.projections().fold(0, |tick_fs, (_, projection)| match projection.delay() {
        Delay::All(fs) => common(tick_fs, *fs),
        Delay::Each(each) => each.iter().fold(tick_fs, |tick_fs, fs| common(tick_fs, *fs)),
        Delay::Drawn(_) => common(tick_fs, network.delay_tick_fs().max(1)),
    })
}

/// The greatest common divisor.
fn common(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common(b, a % b) }
}

/// What a weight of 1 is: a potential (V), a current (A), a change of the asymptote (V), or nothing.
fn unit(network: &Network, projection: &Projection) -> f64 {
    let effect = projection.effect();
    let (from, to) = (network.population(projection.from()), network.population(projection.to()));
    match (from.model(), to.model()) {
        (Kind::OneShot(driver), Kind::LifPulse(pulse)) => {
            let current = LifPulse::current_ampere(effect, driver).unwrap_or_default();
            current * pulse.membrane.tau_s / pulse.capacitance_farad
        }
        _ => effect.unit().unwrap_or(1.0),
    }
}

fn population(described: &Described, seed: u64) -> Result<Population, DescriptionError> {
    let (name, size) = (described.name().to_owned(), described.size() as u32);
    let initial = match described.initial_v(seed, 0) {
        None => Initial::Same(0.0),
        Some(_) => Initial::Each(each(size, |neuron| described.initial_v(seed, neuron))),
    };
    let rates = || each(size, |neuron| described.rate_hz(seed, neuron));
    let model = match described.model() {
        Kind::LifDelta(neuron) => Model::Lif(membrane(&neuron.membrane, neuron.asymptote_v())),
        Kind::LifExp(neuron) => Model::LifExp(Currents {
            membrane: membrane(&neuron.membrane, neuron.asymptote_v()),
            capacitance_farad: neuron.capacitance_farad,
            tau_excitatory_s: neuron.tau_excitatory_s,
            tau_inhibitory_s: neuron.tau_inhibitory_s,
        }),
        Kind::LifPulse(neuron) => Model::LifPulse(membrane(&neuron.membrane, neuron.asymptote_v())),
        Kind::OneShot(driver) => Model::Parrot { deaf_s: driver.pulse_s },
        Kind::Parrot(_) => Model::Parrot { deaf_s: 0.0 },
        Kind::Regular(_) => {
            let phase = each(size, |neuron| described.phase(seed, neuron));
            Model::Regular { rate_hz: rates(), phase }
        }
        // Its synapses hear trains of their own; the source itself has none.
        Kind::Poisson(source) if source.trains == Trains::PerTarget => {
            Model::Recorded(vec![Vec::new(); size as usize])
        }
        Kind::Poisson(_) => Model::Poisson { rate_hz: rates() },
        Kind::Input(_) => Model::Input,
        Kind::Recorded(recorded) => Model::Recorded(trains(recorded.spikes.list(), size)),
        circuit
        @ (Kind::Oscillator(_) | Kind::Lif(_) | Kind::Oscillation(_) | Kind::LifCard(_)) => {
            return Err(DescriptionError::Circuit { population: name, model: circuit.name() });
        }
    };
    Ok(Population { name, size, model, initial })
}

fn each(size: u32, of: impl Fn(u32) -> Option<f64>) -> Vec<f64> {
    (0..size).filter_map(of).collect()
}

fn membrane(leak: &Leak, asymptote_v: f64) -> Membrane {
    let reset = match leak.reset {
        After::Zero => Reset::To(0.0),
        After::ToV(potential) => Reset::To(potential),
        After::Subtract => Reset::Lower(leak.threshold_v),
    };
    Membrane {
        tau_s: leak.tau_s,
        rest_v: leak.rest_v,
        asymptote_v,
        threshold_v: leak.threshold_v,
        reset,
        refractory_s: leak.refractory_s,
    }
}

/// Instants of each neuron. Two within half a femtosecond are one.
fn trains(list: &[(f64, u32)], size: u32) -> Vec<Vec<Time>> {
    let mut trains = vec![Vec::new(); size as usize];
    for &(s, neuron) in list {
        let (at, train): (Time, &mut Vec<Time>) = (Time::from_s(s), &mut trains[neuron as usize]);
        if train.last() != Some(&at) {
            train.push(at);
        }
    }
    trains
}
