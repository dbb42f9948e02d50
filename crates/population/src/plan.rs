//! Populations cut into parts, each with its kernel.

use std::ops::Range;

use rayon::prelude::*;

use crate::exponential::ExponentialLaw;
use crate::kernel::Kernel;
use crate::levels::{Heard, Levels};
use crate::lif::LifLaw;
use crate::model::{Input, Model, Population, Reset, fs};
use crate::rows::Survey;
use crate::site::Site;
use crate::stored::TARGET_BITS;
use crate::wiring::Wiring;
use crate::{BuildError, Options};

/// Parts of fewer neurons than this are not worth a thread of their own.
const SMALLEST_PART: u32 = 256;

/// So many times may a reset lower a potential at one instant.
const LOWERINGS: f64 = 1e4;

/// A part of a population.
pub(crate) struct Part {
    /// Its neurons, counted through all populations.
    pub neurons: Range<u32>,
    pub kernel: Box<dyn Kernel>,
}

/// What the parts are together.
pub(crate) struct Plan {
    /// In the order of their levels.
    pub parts: Vec<Part>,
    /// Of each level, how many parts there are up to its end.
    pub levels: Vec<usize>,
    /// Of each population, its level.
    pub level_of: Vec<usize>,
    /// The level of populations within a loop of projections; without any, one that does not exist.
    pub looped: usize,
    /// The first neuron of each population.
    pub firsts: Vec<u32>,
    /// Of each neuron, how many synaptic events a spike becomes.
    pub fan_out: Vec<u32>,
    /// The shortest delay within a loop of projections, and the longest of all (fs).
    pub shortest_fs: u64,
    pub longest_fs: u64,
    /// The longest pulse (fs).
    pub echo_fs: u64,
    /// Where states are written anew (fs).
    pub periods_fs: Vec<u64>,
    /// A sum of hashes of all synapses as they are stored.
    pub digest: u64,
}

/// Where a part is: its population, and its neurons, counted through all.
type Place = (usize, Range<u32>);

impl Plan {
    pub fn new(input: &Input, wiring: &dyn Wiring, options: &Options) -> Result<Self, BuildError> {
        let neurons = check(input)?;
        let (firsts, places) = places(input, options);
        let stored = (input.tick_fs, input.precision);
        let look =
            |(_, range): &Place| Survey::of(wiring, range.clone(), (&firsts, neurons), stored);
        let surveys: Vec<Result<Survey, BuildError>> = places.par_iter().map(look).collect();
        let surveys = surveys.into_iter().collect::<Result<Vec<Survey>, BuildError>>()?;
        let levels = levels(input, &places, &surveys)?;
        let echo_fs = input.populations.iter().map(Population::pulse_fs).max().unwrap_or(0);
        let mut plan = Self {
            parts: Vec::new(),
            levels: Vec::new(),
            firsts,
            fan_out: vec![0; neurons as usize],
            shortest_fs: levels.shortest.map_or(u64::MAX, |(fs, _)| fs),
            longest_fs: surveys.iter().map(Survey::longest_fs).max().unwrap_or(0),
            echo_fs,
            periods_fs: input.populations.iter().filter_map(period_fs).collect(),
            digest: 0,
            looped: levels.looped,
            level_of: levels.of,
        };
        plan.periods_fs.sort_unstable();
        plan.periods_fs.dedup();
        for ((population, _), survey) in places.iter().zip(&surveys) {
            plan.add(survey, if input.populations[*population].hears_pulses() { 2 } else { 1 });
        }
        plan.parts_of(input, wiring, places.into_iter().zip(surveys).collect());
        Ok(plan)
    }

    fn add(&mut self, survey: &Survey, echoes: u32) {
        for (sum, count) in self.fan_out.iter_mut().zip(survey.counts()) {
            *sum = sum.saturating_add(count.saturating_mul(echoes));
        }
        self.digest = self.digest.wrapping_add(survey.digest());
    }

    /// Builds parts, in the order of their levels.
    fn parts_of(&mut self, input: &Input, wiring: &dyn Wiring, mut looked: Vec<(Place, Survey)>) {
        looked.sort_by_key(|((population, range), _)| (self.level_of[*population], range.start));
        let levels = self.level_of.iter().max().map_or(0, |level| level + 1);
        let until = |level| {
            looked.partition_point(|((population, _), _)| self.level_of[*population] <= level)
        };
        self.levels = (0..levels).map(until).collect();
        let firsts = &self.firsts;
        let build = |((population, neurons), survey): (Place, Survey)| {
            let first = firsts[population];
            let locals = neurons.start - first..neurons.end - first;
            let population = &input.populations[population];
            let range = neurons.clone();
            let kernel =
                Site { input, population, firsts, wiring, survey, neurons: range, locals }.build();
            Part { neurons, kernel }
        };
        self.parts = looked.into_par_iter().map(build).collect();
    }
}

/// How many neurons there are, if all populations are sound.
fn check(input: &Input) -> Result<u32, BuildError> {
    let total: u64 = input.populations.iter().map(|p| u64::from(p.size)).sum();
    let neurons = u32::try_from(total).ok().filter(|&neurons| neurons > 0);
    input.populations.iter().try_for_each(Population::check)?;
    neurons.ok_or(BuildError::Neurons(total))
}

/// The first neuron of each population, and all parts.
fn places(input: &Input, options: &Options) -> (Vec<u32>, Vec<Place>) {
    let (mut firsts, mut places, mut first) = (Vec::new(), Vec::new(), 0);
    for (number, population) in input.populations.iter().enumerate() {
        firsts.push(first);
        let end = first + population.size;
        let step = options.part(population.size);
        let starts = (first..end).step_by(step as usize);
        places.extend(starts.map(|at| (number, at..end.min(at.saturating_add(step)))));
        first = end;
    }
    (firsts, places)
}

/// The order of populations, if what they hear is what they can hear.
fn levels(input: &Input, places: &[Place], surveys: &[Survey]) -> Result<Levels, BuildError> {
    let populations = &input.populations;
    let mut heard: Heard = vec![Default::default(); populations.len()];
    for ((to, range), survey) in places.iter().zip(surveys) {
        let population = &populations[*to];
        if !population.hears()
            && let Some(from) = survey.counts().iter().position(|count| *count > 0)
        {
            return Err(BuildError::ToSource { from: from as u32, to: range.start });
        }
        for (from, shortest_fs) in survey.heard() {
            let shortest = heard[*to].entry(from).or_insert(shortest_fs);
            *shortest = shortest_fs.min(*shortest);
            if population.hears_pulses() && populations[from].pulse_fs() == 0 {
                let name = |population: usize| populations[population].name.clone();
                return Err(BuildError::NoPulse { from: name(from), to: name(*to) });
            }
        }
        population.check_lowering(survey.heaviest())?;
    }
    let levels = Levels::new(&heard);
    if let Some((0, [from, to])) = levels.shortest {
        let name = |population: usize| populations[population].name.clone();
        return Err(BuildError::NoDelay { from: name(from), to: name(to) });
    }
    Ok(levels)
}

impl Options {
    /// Neurons of a part of a population of this size. No result depends on it.
    pub(crate) fn part(&self, size: u32) -> u32 {
        let most = self.part_size.unwrap_or(1 << TARGET_BITS).clamp(1, 1 << TARGET_BITS);
        let threads = u32::try_from(self.threads.max(1)).unwrap_or(u32::MAX);
        let even = size.div_ceil(threads).max(SMALLEST_PART);
        if self.part_size.is_some() { most } else { most.min(even) }
    }
}

impl Population {
    /// How long the pulses last that it sends (fs); zero where it sends none.
    pub(crate) fn pulse_fs(&self) -> u64 {
        match self.model {
            Model::Parrot { deaf_s } => fs(deaf_s),
            _ => 0,
        }
    }

    pub(crate) fn hears_pulses(&self) -> bool {
        matches!(self.model, Model::LifPulse(_))
    }

    /// Whether spikes at one instant stay few, given the heaviest weight.
    fn check_lowering(&self, heaviest: f64) -> Result<(), BuildError> {
        let (Model::Lif(membrane) | Model::LifPulse(membrane)) = &self.model else { return Ok(()) };
        let Reset::Lower(by) = membrane.reset else { return Ok(()) };
        let initial = (0..self.size as usize).map(|neuron| self.initial.of(neuron));
        let above = initial.map(|v| v - membrane.threshold_v).fold(heaviest, f64::max);
        if above <= by * LOWERINGS {
            return Ok(());
        }
        let (population, name, value) = (self.name.clone(), "lower_v", by);
        let rule = "is less than 1/10000 of a weight, or of how far a neuron starts above";
        Err(BuildError::Parameter { population, name, value, rule })
    }
}

/// Where the states of a population are written anew.
fn period_fs(population: &Population) -> Option<u64> {
    let grid = match &population.model {
        Model::Lif(membrane) | Model::LifPulse(membrane) => LifLaw::new(membrane).grid,
        Model::LifExp(currents) => ExponentialLaw::grid(currents),
        _ => return None,
    };
    Some(grid.period_fs)
}
