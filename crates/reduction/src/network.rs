//! A network whose neurons of cards are point neurons.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use memspike_network::{Law, Model, Network, Oscillation, Population, PopulationId, Regular};
use memspike_random::{Draws, Owner};
use memspike_snn::{Neuron, Parameters};
use rayon::prelude::*;

use crate::card::Device;
use crate::rhythm::{Rhythm, jitter};
use crate::{Loss, Reduction, ReductionError, lif};

/// A network of point neurons.
#[derive(Debug, Clone)]
pub struct Reduced {
    /// The network. It is the one that was given where that has no neurons of cards.
    pub network: Network,
    /// What its point neurons lack, population by population.
    pub reductions: Vec<Reduction>,
    /// The files that were read: cards and what they include.
    pub files: Vec<PathBuf>,
}

/// Puts point neurons in the place of neurons of cards. Cards lie where they are named, seen from `folder`. How devices differ is
/// drawn by the seed and by population and number, as a deck draws it for a device `population[number]`. It goes on until
/// `stop` says so.
///
/// # Errors
/// [`ReductionError`].
pub fn reduce(
    network: Network,
    folder: &Path,
    seed: u64,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Reduced, ReductionError> {
    let mut models: BTreeMap<PopulationId, Model> = BTreeMap::new();
    let (mut reductions, mut files) = (Vec::new(), Vec::new());
    for (id, population) in network.populations() {
        let mut load = |card: &str, device: &Option<String>| {
            let path = folder.join(card);
            let (device, read) = Device::load(population.name(), &path, device.as_deref())?;
            files.extend(read);
            Ok::<_, ReductionError>(device)
        };
        let (model, loss) = match population.model() {
            Model::Oscillation(card) => {
                let device = load(&card.card, &card.device)?;
                oscillation(population, card, &device, seed, stop)?
            }
            Model::LifCard(card) => {
                let device = load(&card.card, &card.device)?;
                lif::reduce(&network, id, card, &device)?
            }
            _ => continue,
        };
        models.insert(id, model);
        reductions.push(Reduction { population: population.name().to_owned(), loss });
    }
    let network = match models.is_empty() {
        true => network,
        false => network.with_models(|id| models.remove(&id))?,
    };
    Ok(Reduced { network, reductions, files })
}

/// Oscillation neurons as regular sources.
fn oscillation(
    population: &Population,
    card: &Oscillation,
    device: &Device,
    seed: u64,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<(Model, Loss), ReductionError> {
    let (neuron_ohm, neuron_farad) = (card.resistance_ohm, card.capacitance_farad);
    let parameters = Parameters { neuron_ohm, neuron_farad, ..Parameters::default() };
    let repeating = Neuron::new(&parameters, &device.repeating);
    let input_v = |neuron| population.input_v(seed, neuron).unwrap_or_default();
    let draws =
        |neuron: u32| Draws::new(seed, Owner::Device(&format!("{}[{neuron}]", population.name())));
    let rhythm = |neuron| {
        if stop() {
            return Err(ReductionError::Interrupted);
        }
        Ok(Rhythm::of(&repeating, draws(neuron), input_v(neuron)))
    };
    // Where neither inputs nor devices differ, one stands for all.
    let alike = matches!(card.input_v, Law::Value(_)) && !device.spreads;
    let looked_at = if alike { 1 } else { population.size() as u32 };
    let rhythms: Vec<Option<Rhythm>> =
        (0..looked_at).into_par_iter().map(rhythm).collect::<Result<_, _>>()?;
    let first = rhythms.iter().position(Option::is_some).filter(|_| device.jitters);
    let jitter = first.and_then(|at| {
        let varied = Neuron::new(&parameters, &device.varied);
        jitter(&varied, draws(at as u32), input_v(at as u32))
    });
    let firing = || rhythms.iter().flatten();
    let rates = firing().map(|rhythm| 1.0 / rhythm.period_s);
    let ends = rates.fold((f64::INFINITY, 0.0), |(least, greatest): (f64, f64), rate| {
        (least.min(rate), greatest.max(rate))
    });
    let silent = rhythms.iter().filter(|rhythm| rhythm.is_none()).count();
    let loss = Loss::Oscillation {
        rates_hz: (ends.1 > 0.0).then_some(ends),
        silent: if alike { silent * population.size() } else { silent },
        start_s: firing().map(|rhythm| rhythm.start_s).fold(0.0, f64::max),
        jitter,
    };
    let law = |of: fn(&Rhythm) -> f64| {
        let numbers = rhythms.iter().map(|rhythm| rhythm.as_ref().map_or(0.0, of));
        let numbers: Vec<f64> = numbers.collect();
        if alike { Law::Value(numbers[0]) } else { Law::listed(numbers) }
    };
    let rate_hz = law(|rhythm| 1.0 / rhythm.period_s);
    let phase = law(|rhythm| rhythm.phase);
    Ok((Regular { rate_hz, phase }.into(), loss))
}
