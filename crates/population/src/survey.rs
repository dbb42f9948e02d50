//! What the synapses of one part of a population are like, found before they are stored.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::BuildError;
use crate::model::Precision;
use crate::stored::TARGET_BITS;
use crate::wiring::{Synapse, Wiring};

/// Delays that have rows of their own: more are sorted within a row.
pub(crate) const CLASSES: usize = 4;

/// What one look at the synapses of a part says of them.
#[derive(Debug)]
pub(crate) struct Survey {
    pub targets: Range<u32>,
    pub tick_fs: u64,
    pub precision: Precision,
    /// Of each source, how many synapses.
    counts: Vec<u32>,
    /// Of each source, the weight that all its synapses have; NaN where they differ. Only where that is asked for.
    weights: Vec<f64>,
    total: u64,
    /// The first few delays.
    classes: BTreeSet<u64>,
    longest_fs: u64,
    shortest: Shortest,
    heaviest: f64,
    digest: u64,
    wrong: Option<BuildError>,
}

/// The shortest delay from each population.
#[derive(Debug)]
struct Shortest {
    /// The first neuron of each population, and of each the shortest delay from it (fs).
    firsts: Vec<u32>,
    fs: Vec<u64>,
    /// The population of the last synapse: those of one population come one after another.
    last: usize,
}

impl Shortest {
    fn count(&mut self, source: u32, delay_fs: u64) {
        let end = self.firsts.get(self.last + 1);
        let inside = self.firsts[self.last] <= source && end.is_none_or(|end| source < *end);
        if !inside {
            self.last = self.firsts.partition_point(|first| *first <= source) - 1;
        }
        self.fs[self.last] = self.fs[self.last].min(delay_fs);
    }
}

/// Weights beyond this would be felt by a neuron that is deaf.
const HEAVIEST: f64 = 1e30;

impl Survey {
    /// Looks at the synapses of some targets; with `weighs` also at which sources have one weight.
    pub fn of(
        wiring: &dyn Wiring,
        (targets, weighs): (Range<u32>, bool),
        (firsts, neurons): (&[u32], u32),
        (tick_fs, precision): (u64, Precision),
    ) -> Result<Self, BuildError> {
        let mut survey = Self {
            targets: targets.clone(),
            tick_fs,
            precision,
            counts: vec![0; neurons as usize],
            weights: vec![0.0; if weighs { neurons as usize } else { 0 }],
            total: 0,
            classes: BTreeSet::new(),
            longest_fs: 0,
            shortest: Shortest {
                firsts: firsts.to_vec(),
                fs: vec![u64::MAX; firsts.len()],
                last: 0,
            },
            heaviest: 0.0,
            digest: 0,
            wrong: None,
        };
        wiring.visit(targets.clone(), &mut |synapse| survey.count(synapse, neurons));
        if let Some(error) = survey.wrong {
            return Err(error);
        }
        if survey.total > u64::from(u32::MAX) {
            let (first, neurons) = (targets.start, targets.end - targets.start);
            return Err(BuildError::Synapses { synapses: survey.total, first, neurons });
        }
        Ok(survey)
    }

    fn count(&mut self, synapse: Synapse, neurons: u32) {
        if self.wrong.is_some() {
            return;
        }
        if let Err(error) = self.check(&synapse, neurons) {
            self.wrong = Some(error);
            return;
        }
        let weight = self.stored(synapse.weight);
        let count = &mut self.counts[synapse.source as usize];
        if let Some(alike) = self.weights.get_mut(synapse.source as usize) {
            let same = *count == 0 || alike.to_bits() == weight.to_bits();
            *alike = if same { weight } else { f64::NAN };
        }
        *count = count.saturating_add(1);
        self.total += 1;
        self.shortest.count(synapse.source, synapse.delay_fs);
        self.longest_fs = self.longest_fs.max(synapse.delay_fs);
        self.heaviest = self.heaviest.max(synapse.weight.abs());
        if self.classes.len() <= CLASSES {
            self.classes.insert(synapse.delay_fs);
        }
        // A sum, so that the order in which parts are looked at does not count.
        self.digest = self.digest.wrapping_add(hash(&synapse, weight));
    }

    fn check(&self, synapse: &Synapse, neurons: u32) -> Result<(), BuildError> {
        let Synapse { source: from, target: to, weight, delay_fs } = *synapse;
        if from >= neurons || !self.targets.contains(&to) {
            return Err(BuildError::Neuron { from, to, neurons });
        }
        if weight.is_nan() || weight.abs() > HEAVIEST {
            return Err(BuildError::Weight { from, to, weight });
        }
        let whole = self.tick_fs == 0 || delay_fs.is_multiple_of(self.tick_fs);
        if !whole || delay_fs > memspike_time::ticks(memspike_time::LONGEST_RUN_S) {
            return Err(BuildError::Delay { from, to, delay_fs, tick_fs: self.tick_fs });
        }
        Ok(())
    }

    /// A weight as it is stored.
    pub fn stored(&self, weight: f64) -> f64 {
        match self.precision {
            Precision::Single => f64::from(weight as f32),
            Precision::Double => weight,
        }
    }

    /// Whether [`Narrow`](crate::stored::Narrow) holds all of them.
    pub fn is_narrow(&self) -> bool {
        let fits = |longest: u64| longest / self.tick_fs < 1 << (32 - TARGET_BITS);
        self.precision == Precision::Single && self.tick_fs > 0 && fits(self.longest_fs)
    }

    /// All delays, if they are few.
    pub fn classes(&self) -> Option<Vec<u64>> {
        (self.classes.len() <= CLASSES).then(|| self.classes.iter().copied().collect())
    }

    /// The longest delay (fs).
    pub fn longest_fs(&self) -> u64 {
        self.longest_fs
    }

    /// The populations that are heard, and the shortest delay from each (fs).
    pub fn heard(&self) -> impl Iterator<Item = (usize, u64)> {
        let heard = self.shortest.fs.iter().copied().enumerate();
        heard.filter(|(_, shortest_fs)| *shortest_fs != u64::MAX)
    }

    /// The magnitude of the heaviest weight.
    pub fn heaviest(&self) -> f64 {
        self.heaviest
    }

    /// The weight that all synapses of a source have, if it is one.
    pub fn weight(&self, source: usize) -> Option<f64> {
        self.weights.get(source).copied().filter(|weight| !weight.is_nan())
    }

    /// Synapses of each source.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// A sum of hashes of the synapses as they are stored.
    pub fn digest(&self) -> u64 {
        self.digest
    }
}

/// A hash of one synapse: the finalizer of SplitMix64 (Steele, Lea and Flood 2014) over its four numbers.
fn hash(synapse: &Synapse, weight: f64) -> u64 {
    let ends = u64::from(synapse.source) << 32 | u64::from(synapse.target);
    [ends, weight.to_bits(), synapse.delay_fs].into_iter().fold(0, |hash: u64, word| {
        let mut z = (hash ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}
