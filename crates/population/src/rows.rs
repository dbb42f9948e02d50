//! Synapses in compressed rows: by source, for the targets of one part of a population.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::ops::Range;

use crate::BuildError;
use crate::model::Precision;
use crate::stored::{Stored, TARGET_BITS};
use crate::wiring::{Synapse, Wiring};

/// Delays that have rows of their own: more are sorted within a row.
pub(crate) const CLASSES: usize = 4;

/// Synapses that are fetched of a row: 16 rows of so many fit into a cache of a megabyte.
const FETCHED: u32 = 1 << 11;

/// What one look at the synapses of a part says of them.
#[derive(Debug)]
pub(crate) struct Survey {
    targets: Range<u32>,
    tick_fs: u64,
    precision: Precision,
    /// Of each source, how many synapses.
    counts: Vec<u32>,
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
    pub fn of(
        wiring: &dyn Wiring,
        targets: Range<u32>,
        (firsts, neurons): (&[u32], u32),
        (tick_fs, precision): (u64, Precision),
    ) -> Result<Self, BuildError> {
        let mut survey = Self {
            targets: targets.clone(),
            tick_fs,
            precision,
            counts: vec![0; neurons as usize],
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
        let count = &mut self.counts[synapse.source as usize];
        *count = count.saturating_add(1);
        self.total += 1;
        self.shortest.count(synapse.source, synapse.delay_fs);
        self.longest_fs = self.longest_fs.max(synapse.delay_fs);
        self.heaviest = self.heaviest.max(synapse.weight.abs());
        if self.classes.len() <= CLASSES {
            self.classes.insert(synapse.delay_fs);
        }
        // A sum, so that the order in which parts are looked at does not count.
        self.digest = self.digest.wrapping_add(hash(&synapse, self.stored(synapse.weight)));
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

    fn stored(&self, weight: f64) -> f64 {
        match self.precision {
            Precision::Single => f64::from(weight as f32),
            Precision::Double => weight,
        }
    }

    /// Whether [`Narrow`] holds all of them.
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

/// The synapses of each source, or of each source and delay.
#[derive(Debug)]
pub(crate) struct Rows<S> {
    starts: Vec<u32>,
    /// Where each row's repeated targets begin. Of rows by source and delay alone.
    repeats: Vec<u32>,
    /// How many synapses each row has, those that are folded into others included. Likewise.
    told: Vec<u32>,
    synapses: Vec<S>,
}

impl<S: Stored> Rows<S> {
    /// One row for each source, synapses by delay; those of one delay in their order.
    pub fn by_source(survey: &Survey, wiring: &dyn Wiring) -> Self {
        let mut rows =
            Self::fill(survey, wiring, survey.counts.clone(), |synapse| synapse.source as usize);
        let tick_fs = survey.tick_fs;
        rows.each_mut(|row| {
            if !row.is_sorted_by_key(|synapse| synapse.delay_fs(tick_fs)) {
                row.sort_by_key(|synapse| synapse.delay_fs(tick_fs));
            }
        });
        rows
    }

    /// One row for each source and delay, number `source x classes + class`: first the targets that it has once, then those that it
    /// has several times, each kind by target, synapses of one target in their order.
    pub fn by_class(survey: &Survey, wiring: &dyn Wiring, classes: &[u64]) -> Self {
        let number = |synapse: &Synapse| {
            let class = classes.iter().position(|&delay| delay == synapse.delay_fs);
            synapse.source as usize * classes.len() + class.expect("the survey has seen it")
        };
        let mut counts = vec![0; survey.counts.len() * classes.len()];
        if classes.len() == 1 {
            counts.clone_from(&survey.counts);
        } else {
            wiring.visit(survey.targets.clone(), &mut |synapse| counts[number(&synapse)] += 1);
        }
        let told = counts.clone();
        let mut rows = Self::fill(survey, wiring, counts, number);
        rows.told = told;
        rows.fold();
        rows
    }

    /// Sorts rows by target, folds synapses of one target into one where that loses nothing, and moves those that stay together.
    fn fold(&mut self) {
        let mut place = 0;
        for row in 0..self.starts.len() - 1 {
            let bounds = self.bounds(row);
            let own = &mut self.synapses[bounds.start as usize..bounds.end as usize];
            let (once, all) = fold(own);
            self.synapses.copy_within(bounds.start as usize..bounds.start as usize + all, place);
            self.starts[row] = place as u32;
            self.repeats.push((place + once) as u32);
            place += all;
        }
        *self.starts.last_mut().expect("there is an end") = place as u32;
        self.synapses.truncate(place);
        self.synapses.shrink_to_fit();
    }

    fn fill(
        survey: &Survey,
        wiring: &dyn Wiring,
        mut counts: Vec<u32>,
        row: impl Fn(&Synapse) -> usize,
    ) -> Self {
        // Each count becomes the place of the row's next synapse, and so in the end the start of the next row.
        let mut place = 0;
        for count in &mut counts {
            place += std::mem::replace(count, place);
        }
        let mut next = counts;
        let mut synapses = vec![S::default(); place as usize];
        let (first, tick_fs) = (survey.targets.start, survey.tick_fs);
        wiring.visit(survey.targets.clone(), &mut |synapse| {
            let place = &mut next[row(&synapse)];
            let target = synapse.target - first;
            let weight = survey.stored(synapse.weight);
            synapses[*place as usize] = S::pack(target, synapse.delay_fs, tick_fs, weight);
            *place += 1;
        });
        next.insert(0, 0);
        Self { starts: next, repeats: Vec::new(), told: Vec::new(), synapses }
    }

    fn each_mut(&mut self, mut change: impl FnMut(&mut [S])) {
        for bounds in self.starts.windows(2) {
            change(&mut self.synapses[bounds[0] as usize..bounds[1] as usize]);
        }
    }

    /// Where a row's synapses are.
    pub fn bounds(&self, row: usize) -> Range<u32> {
        self.starts[row]..self.starts[row + 1]
    }

    /// The synapses at some places.
    pub fn at(&self, places: Range<u32>) -> &[S] {
        &self.synapses[places.start as usize..places.end as usize]
    }

    /// Brings what stands at some places into the cache, all at once: one after another each would wait for the memory.
    pub fn fetch(&self, places: impl Iterator<Item = Range<u32>>) {
        let line = 64 / size_of::<S>();
        let touch = |places: Range<u32>| {
            let lines = self.at(places).iter().step_by(line);
            lines.fold(0, |all, synapse| all ^ synapse.target())
        };
        // Nothing needs the result, but reads without one would be left out.
        black_box(places.map(touch).fold(0, |all, word| all ^ word));
    }

    /// The same for the beginnings of rows by source and delay, with what is kept of each.
    pub fn fetch_rows(&self, rows: impl Iterator<Item = usize> + Clone) {
        black_box(rows.clone().fold(0, |all, row| all ^ self.repeats[row] ^ self.told[row]));
        self.fetch(rows.map(|row| {
            let Range { start, end } = self.bounds(row);
            start..end.min(start.saturating_add(FETCHED))
        }));
    }

    /// The synapses of a row by source and delay: of targets that it has once, and of others.
    pub fn once_and_repeated(&self, row: usize) -> (&[S], &[S]) {
        let Range { start, end } = self.bounds(row);
        let repeats = self.repeats[row];
        (self.at(start..repeats), self.at(repeats..end))
    }

    /// How many synapses a row by source and delay has.
    pub fn told(&self, row: usize) -> u64 {
        u64::from(self.told[row])
    }

    /// Bytes that they take.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.starts[..])
            + size_of_val(&self.told[..])
            + size_of_val(&self.repeats[..])
            + size_of_val(&self.synapses[..])
    }
}

/// Sorts a row by target and puts targets that it has once before the others. Several synapses of one target become one where
/// its weight is their exact sum, as it is for equal ones. Says how many targets it has once, and how many synapses stay.
fn fold<S: Stored>(row: &mut [S]) -> (usize, usize) {
    if !row.is_sorted_by_key(|synapse| synapse.target()) {
        row.sort_by_key(|synapse| synapse.target());
    }
    let mut repeated = Vec::new();
    let (mut once, mut at) = (0, 0);
    while at < row.len() {
        let target = row[at].target();
        let alike = row[at..].iter().take_while(|synapse| synapse.target() == target).count();
        let sum = row[at..at + alike].iter().map(|synapse| synapse.weight()).sum();
        let folded = row[at].with_weight(sum);
        if folded.weight() == sum || alike == 1 {
            row[once] = if alike == 1 { row[at] } else { folded };
            once += 1;
        } else {
            repeated.extend_from_slice(&row[at..at + alike]);
        }
        at += alike;
    }
    let all = once + repeated.len();
    row[once..all].copy_from_slice(&repeated);
    (once, all)
}
