//! Populations cut into parts, each with its kernel.

use std::ops::Range;

use rayon::ThreadPool;
use rayon::prelude::*;

use crate::exchange::{Exchange, Group};
use crate::exponential::ExponentialLaw;
use crate::findings::{Findings, Place};
use crate::kernel::Kernel;
use crate::lif::LifLaw;
use crate::model::{Input, Model, Population, fs};
use crate::site::Site;
use crate::spike::Spike;
use crate::stored::TARGET_BITS;
use crate::survey::Survey;
use crate::wiring::Wiring;
use crate::{BuildError, Options};

/// Parts of fewer neurons than this are not worth a thread of their own.
const SMALLEST_PART: u32 = 256;

/// Most neurons of a part whose synapses have delays of their own.
const MOST_TARGETS: u32 = 1 << TARGET_BITS;

/// A part of a population.
pub(crate) struct Part {
    /// Its neurons, counted through all populations.
    pub neurons: Range<u32>,
    pub kernel: Box<dyn Kernel>,
    /// Its spikes in the present window.
    pub told: Vec<Spike>,
}

/// What the parts are together.
pub(crate) struct Plan {
    /// Those of this rank, in the order of their levels.
    pub parts: Vec<Part>,
    /// Of each level, how many parts there are up to its end.
    pub levels: Vec<usize>,
    /// Of each population, its level.
    pub level_of: Vec<usize>,
    /// The level of populations within a loop of projections; without any, one that does not exist.
    pub looped: usize,
    /// The first neuron of each population.
    pub firsts: Vec<u32>,
    /// Of each neuron, how many synaptic events a spike becomes on this rank.
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

impl Plan {
    pub fn new<X: Exchange>(
        input: &Input,
        wiring: &dyn Wiring,
        options: &Options,
        (group, pool): (&Group<X>, &ThreadPool),
    ) -> Result<Self, BuildError> {
        let neurons = group.agree(check(input).map_err(|error| ([0; 3], error)))?;
        let (firsts, places) = places(input, options, group);
        let stored = (input.tick_fs, input.precision);
        let look = |place: Place| {
            let is_lif = matches!(input.populations[place.0].model, Model::Lif(_));
            surveys(place, &|range| Survey::of(wiring, (range, is_lif), (&firsts, neurons), stored))
        };
        let (places, surveys): (Vec<Place>, Vec<_>) =
            pool.install(|| places.into_par_iter().flat_map_iter(look).unzip());
        let (findings, surveys) = Findings::of(input, &places, surveys, group)?;
        let levels = findings.levels(input)?;
        let echo_fs = input.populations.iter().map(Population::pulse_fs).max().unwrap_or(0);
        let mut plan = Self {
            parts: Vec::new(),
            levels: Vec::new(),
            firsts,
            fan_out: vec![0; neurons as usize],
            shortest_fs: levels.shortest.map_or(u64::MAX, |(fs, _)| fs),
            longest_fs: findings.longest_fs,
            echo_fs,
            periods_fs: input.populations.iter().filter_map(period_fs).collect(),
            looped: levels.looped,
            digest: findings.digest,
            level_of: levels.of,
        };
        plan.periods_fs.sort_unstable();
        plan.periods_fs.dedup();
        for ((population, _), survey) in places.iter().zip(&surveys) {
            plan.add(survey, if input.populations[*population].hears_pulses() { 2 } else { 1 });
        }
        let looked = places.into_iter().zip(surveys).collect();
        pool.install(|| plan.parts_of(input, wiring, looked, options.block_size));
        Ok(plan)
    }

    fn add(&mut self, survey: &Survey, echoes: u32) {
        for (sum, count) in self.fan_out.iter_mut().zip(survey.counts()) {
            *sum = sum.saturating_add(count.saturating_mul(echoes));
        }
    }

    /// Builds parts, in the order of their levels.
    fn parts_of(
        &mut self,
        input: &Input,
        wiring: &dyn Wiring,
        mut looked: Vec<(Place, Survey)>,
        block: Option<u32>,
    ) {
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
            let site =
                Site { input, population, firsts, wiring, survey, neurons: range, locals, block };
            Part { neurons, kernel: site.build(), told: Vec::new() }
        };
        self.parts = looked.into_par_iter().map(build).collect();
    }
}

/// What the synapses of a part are like. A part whose synapses are more than an index counts, or which has more targets than a synapse with
/// a delay of its own can name, is cut into smaller ones.
fn surveys(
    (population, range): Place,
    look: &impl Fn(Range<u32>) -> Result<Survey, BuildError>,
) -> Vec<(Place, Result<Survey, BuildError>)> {
    let survey = look(range.clone());
    let fits = match &survey {
        Ok(survey) => survey.classes().is_some(),
        Err(error) => !matches!(error, BuildError::Synapses { .. }),
    };
    if fits || range.len() <= MOST_TARGETS as usize {
        return vec![((population, range), survey)];
    }
    let cut = |start| start..range.end.min(start + MOST_TARGETS);
    let pieces = range.clone().step_by(MOST_TARGETS as usize).map(cut);
    pieces.map(|piece| ((population, piece.clone()), look(piece))).collect()
}

/// How many neurons there are, if all populations are sound.
fn check(input: &Input) -> Result<u32, BuildError> {
    let total: u64 = input.populations.iter().map(|p| u64::from(p.size)).sum();
    let neurons = u32::try_from(total).ok().filter(|&neurons| neurons > 0);
    input.populations.iter().try_for_each(Population::check)?;
    neurons.ok_or(BuildError::Neurons(total))
}

/// The first neuron of each population, and all parts of this rank.
fn places<X: Exchange>(
    input: &Input,
    options: &Options,
    group: &Group<X>,
) -> (Vec<u32>, Vec<Place>) {
    let (mut firsts, mut places, mut first) = (Vec::new(), Vec::new(), 0);
    for (number, population) in input.populations.iter().enumerate() {
        firsts.push(first);
        let own = group.slice(number, population.size);
        let (start, end) = (first + own.start, first + own.end);
        let step = options.part(end - start, matches!(population.model, Model::Lif(_)));
        let starts = (start..end).step_by(step as usize);
        places.extend(starts.map(|at| (number, at..end.min(at.saturating_add(step)))));
        first += population.size;
    }
    (firsts, places)
}

impl Options {
    /// Neurons of a part of a population of which a rank has so many; any number if its synapses have delays of few classes.
    /// No result depends on it.
    pub(crate) fn part(&self, size: u32, classes: bool) -> u32 {
        let limit = if classes { u32::MAX } else { MOST_TARGETS };
        let most = self.part_size.unwrap_or(limit).clamp(1, limit);
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
