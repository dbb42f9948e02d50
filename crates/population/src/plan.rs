//! Populations cut into parts, each with its kernel.

use std::ops::Range;

use rayon::prelude::*;

use crate::direct::Direct;
use crate::exponential::ExponentialLaw;
use crate::gather::Gather;
use crate::kernel::Kernel;
use crate::lif::LifLaw;
use crate::membranes::Membranes;
use crate::model::{Input, Model, Population, fs};
use crate::parrot::ParrotLaw;
use crate::pulse::{Effect, MembraneLaw};
use crate::rows::{Narrow, Rows, Stored, Survey, TARGET_BITS, Wide};
use crate::source::{Sources, Trains};
use crate::stepped::{Law, Stepped};
use crate::wiring::Wiring;
use crate::{BuildError, Options};

/// Parts of fewer neurons than this are not worth a thread of their own.
const SMALLEST_PART: u32 = 256;

/// A part of a population.
pub(crate) struct Part {
    /// Its neurons, counted through all populations.
    pub neurons: Range<u32>,
    pub kernel: Box<dyn Kernel>,
}

/// What the parts are together.
pub(crate) struct Plan {
    pub parts: Vec<Part>,
    /// The first neuron of each population.
    pub firsts: Vec<u32>,
    /// Of each neuron, how many synaptic events a spike becomes.
    pub fan_out: Vec<u32>,
    /// The shortest and the longest delay (fs).
    pub shortest_fs: u64,
    pub longest_fs: u64,
    /// The longest pulse (fs).
    pub echo_fs: u64,
    /// Where states are written anew (fs).
    pub periods_fs: Vec<u64>,
    /// A sum of hashes of all synapses as they are stored.
    pub digest: u64,
}

/// A part that is built, and what it adds to the whole.
struct Built {
    part: Part,
    survey: Survey,
    echoes: u32,
}

impl Plan {
    pub fn new(input: &Input, wiring: &dyn Wiring, options: &Options) -> Result<Self, BuildError> {
        let total: u64 = input.populations.iter().map(|p| u64::from(p.size)).sum();
        let neurons = u32::try_from(total).ok().filter(|&neurons| neurons > 0);
        let neurons = neurons.ok_or(BuildError::Neurons(total))?;
        input.populations.iter().try_for_each(Population::check)?;
        let mut firsts = Vec::new();
        let mut places = Vec::new();
        let mut first = 0;
        for (number, population) in input.populations.iter().enumerate() {
            firsts.push(first);
            let end = first + population.size;
            let step = options.part(population.size);
            let starts = (first..end).step_by(step as usize);
            places.extend(starts.map(|at| (number, at..end.min(at.saturating_add(step)))));
            first = end;
        }
        let build = |(number, range): (usize, Range<u32>)| {
            let population = &input.populations[number];
            part(input, population, wiring, range, [firsts[number], neurons])
        };
        let built: Vec<Result<Built, BuildError>> = places.into_par_iter().map(build).collect();
        let mut plan = Self {
            parts: Vec::new(),
            firsts,
            fan_out: vec![0; neurons as usize],
            shortest_fs: u64::MAX,
            longest_fs: 0,
            echo_fs: input.populations.iter().filter_map(echo_fs).max().unwrap_or(0),
            periods_fs: input.populations.iter().filter_map(period_fs).collect(),
            digest: 0,
        };
        plan.periods_fs.sort_unstable();
        plan.periods_fs.dedup();
        for built in built {
            plan.add(built?);
        }
        Ok(plan)
    }

    fn add(&mut self, built: Built) {
        let Built { part, survey, echoes } = built;
        for (sum, count) in self.fan_out.iter_mut().zip(survey.counts()) {
            *sum += count * echoes;
        }
        if let Some((shortest_fs, longest_fs)) = survey.delays_fs() {
            self.shortest_fs = self.shortest_fs.min(shortest_fs);
            self.longest_fs = self.longest_fs.max(longest_fs);
        }
        self.digest = self.digest.wrapping_add(survey.digest());
        self.parts.push(part);
    }
}

impl Options {
    /// Neurons of a part of a population of this size. No result depends on it.
    fn part(&self, size: u32) -> u32 {
        let most = self.part_size.unwrap_or(1 << TARGET_BITS).clamp(1, 1 << TARGET_BITS);
        let threads = u32::try_from(self.threads.max(1)).unwrap_or(u32::MAX);
        let even = size.div_ceil(threads).max(SMALLEST_PART);
        if self.part_size.is_some() { most } else { most.min(even) }
    }
}

/// Where the states of a population are written anew.
fn period_fs(population: &Population) -> Option<u64> {
    let grid = match &population.model {
        Model::Lif(membrane) => LifLaw::new(membrane).grid,
        Model::LifPulse(pulses) => LifLaw::new(&pulses.membrane).grid,
        Model::LifExp(currents) => ExponentialLaw::new(currents).grid()?,
        _ => return None,
    };
    Some(grid.period_fs)
}

/// How long after a spike its opposite follows.
fn echo_fs(population: &Population) -> Option<u64> {
    match &population.model {
        Model::LifPulse(pulses) => Some(fs(pulses.width_s)),
        _ => None,
    }
}

/// Builds a part. `first` is the first neuron of its population.
fn part(
    input: &Input,
    population: &Population,
    wiring: &dyn Wiring,
    neurons: Range<u32>,
    [first, all]: [u32; 2],
) -> Result<Built, BuildError> {
    let survey = Survey::of(wiring, neurons.clone(), all, input.tick_fs, input.precision)?;
    let locals = neurons.start - first..neurons.end - first;
    if !population.hears() {
        if let Some(from) = survey.counts().iter().position(|count| *count > 0) {
            return Err(BuildError::ToSource { from: from as u32, to: neurons.start });
        }
        let kernel = sources(input, population, neurons.start, locals);
        return Ok(Built { part: Part { neurons, kernel }, survey, echoes: 1 });
    }
    let site = Site { input, population, wiring, survey, neurons, locals };
    let echoes = if echo_fs(population).is_some() { 2 } else { 1 };
    let kernel =
        if site.survey.is_narrow() { site.kernel::<Narrow>() } else { site.kernel::<Wide>() };
    let Site { survey, neurons, .. } = site;
    Ok(Built { part: Part { neurons, kernel }, survey, echoes })
}

fn sources(
    input: &Input,
    population: &Population,
    first: u32,
    locals: Range<u32>,
) -> Box<dyn Kernel> {
    let range = locals.start as usize..locals.end as usize;
    let trains = match &population.model {
        Model::Regular { rate_hz, phase } => {
            let pairs = rate_hz[range.clone()].iter().zip(&phase[range]);
            Trains::Regular(pairs.map(|(rate, phase)| (*rate, *phase)).collect())
        }
        Model::Poisson { rate_hz } => {
            Trains::poisson(*rate_hz, input.seed, &population.name, locals)
        }
        Model::Recorded(trains) => Trains::Recorded(trains[range].to_vec()),
        _ => unreachable!("neurons that hear have kernels of their own"),
    };
    Box::new(Sources::new(trains, first))
}

/// A part that hears, before it has a kernel.
struct Site<'s> {
    input: &'s Input,
    population: &'s Population,
    wiring: &'s dyn Wiring,
    survey: Survey,
    neurons: Range<u32>,
    /// Its neurons, counted within the population.
    locals: Range<u32>,
}

impl Site<'_> {
    fn kernel<S: Stored>(&self) -> Box<dyn Kernel> {
        match &self.population.model {
            Model::Lif(membrane) => match self.survey.classes() {
                Some(classes) => self.direct::<S>(LifLaw::new(membrane), classes),
                None => {
                    let lif = LifLaw::new(membrane);
                    self.stepped::<S, _>(MembraneLaw { lif, effect: Effect::Jump })
                }
            },
            Model::LifPulse(pulses) => {
                let lif = LifLaw::new(&pulses.membrane);
                self.stepped::<S, _>(MembraneLaw { lif, effect: Effect::Shift })
            }
            Model::LifExp(currents) => self.stepped::<S, _>(ExponentialLaw::new(currents)),
            Model::Parrot { deaf_s } => self.stepped::<S, _>(ParrotLaw { deaf_fs: fs(*deaf_s) }),
            Model::Regular { .. } | Model::Poisson { .. } | Model::Recorded(_) => {
                unreachable!("sources hear nothing")
            }
        }
    }

    fn potentials(&self) -> impl Iterator<Item = f64> {
        let initial = &self.population.initial;
        self.locals.clone().map(|local| initial.of(local as usize))
    }

    fn direct<S: Stored>(&self, law: LifLaw, classes: Vec<u64>) -> Box<dyn Kernel> {
        let membranes = Membranes::new(law, self.neurons.start, self.potentials());
        let rows = Rows::<S>::by_class(&self.survey, self.wiring, &classes);
        Box::new(Direct::new(membranes, rows, classes, self.neurons.len()))
    }

    fn stepped<S: Stored, L: Law + 'static>(&self, law: L) -> Box<dyn Kernel> {
        let echo_fs = echo_fs(self.population);
        let rows = Rows::<S>::by_source(&self.survey, self.wiring);
        let gather = Gather::new(rows, self.input.tick_fs, echo_fs, self.neurons.len());
        Box::new(Stepped::new(law, self.neurons.start, self.potentials(), gather))
    }
}
