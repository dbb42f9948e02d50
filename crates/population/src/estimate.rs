//! What a described network will take, before anything is built.

mod sources;

use std::collections::BTreeSet;

use memspike_network::{
    Connections, Delay, Law, Lognormal, Model as Kind, Network, Normal, Population, Projection,
    Rule,
};
use memspike_time::{FS, Time, ticks};

use crate::described::tick_fs;
use crate::kernel::Words;
use crate::pulse::MembraneState;
use crate::simulation::{Options, TOGETHER};
use crate::stored::{Narrow, SHORT_TARGETS, TARGET_BITS, Wide};
use crate::survey::CLASSES;
use crate::synaptic::Cell;
use sources::{Sources, flight_bytes, trains};

/// Bytes of the process itself, with what its threads and the system's allocator keep, measured: 12 MB, and 16 MB where it is linked with MPI.
const PROCESS: u64 = 14_500_000;

/// By how much lists that grow are longer than what is in them, on average.
const GROWN: f64 = 1.5;

/// Bytes of a count, an index or a place among synapses.
const WORD: u64 = 4;

/// Bytes of a neuron whose potential jumps and whose synapses come in sweeps: its state, what arrives at one instant, and when it may cross;
/// twice, as it was before a window that may be gone through again.
const SWEPT: u64 = 2 * (8 + 8 + 8);

/// Bytes of a neuron's statistics of spikes.
const STATISTICS: u64 = 32;

/// Bytes of a train that synapses hear for themselves: its next spike, its rate, its key and its synapse, twice in part.
const TRAIN: u64 = 96;

/// Bytes of a neuron's state in an image.
const STATE: u64 = size_of::<Words>() as u64;

/// Bytes of an instant.
const INSTANT: u64 = size_of::<Time>() as u64;

/// What a network takes as populations and compressed rows of synapses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Neurons of all populations.
    pub neurons: u64,
    /// Synapses of all projections; where their number is drawn, the expected one.
    pub synapses: u64,
    /// Bytes that most synapses of a population take, of the population where that is most.
    pub synapse_bytes: u64,
    /// Bytes of the lists and tables that the description itself keeps.
    pub description_bytes: u64,
    /// Bytes of the process at the peak of building.
    pub build_bytes: u64,
    /// Bytes of the process while it runs; recordings are not among them.
    pub run_bytes: u64,
    /// Bytes of the process at the peak of saving an image.
    pub save_bytes: u64,
    /// Bytes of the process at the peak of taking an image up.
    pub resume_bytes: u64,
}

/// What the synapses onto one population are like.
struct Heard<'n> {
    population: &'n Population,
    synapses: u64,
    kept: Kept,
    /// Delays, if they are few enough to be sorted by.
    classes: Option<u64>,
    is_narrow: bool,
    /// Neurons of a part, and how many there are.
    part: u64,
    parts: u64,
    longest_fs: u64,
}

/// Synapses as fans keep them: those of one weight for all of a source, and those with a weight each.
#[derive(Debug, Clone, Copy, Default)]
struct Kept {
    alike: u64,
    weighed: u64,
    /// Synapses that become alike or weighed ones, in the same order.
    filled: [u64; 2],
}

/// What a network takes on so many threads, each of which has a part of every large population.
#[must_use]
pub fn estimate(network: &Network, threads: usize) -> Estimate {
    let tick_fs = tick_fs(network);
    let neurons: u64 = network.populations().map(|(_, each)| each.size() as u64).sum();
    let heard: Vec<Heard<'_>> = network
        .populations()
        .map(|(id, population)| {
            let projections: Vec<&Projection> =
                network.incoming(id).map(|(_, each)| each).collect();
            Heard::of(network, population, &projections, (tick_fs, threads))
        })
        .collect();
    let synapses = sum(heard.iter().map(|heard| heard.synapses));
    let synapse_bytes = heard.iter().map(Heard::synapse_bytes).max().unwrap_or(NARROW);
    let description_bytes = network.bytes() as u64;
    // Both as they are described and as the engine takes them.
    let input = sum(network.populations().map(|(_, each)| listed_bytes(each)));
    let always = PROCESS
        .saturating_add(description_bytes)
        .saturating_add(input)
        .saturating_add(TRAIN.saturating_mul(trains(network)))
        .saturating_add((STATISTICS + WORD).saturating_mul(neurons));
    let kernels = sum(heard.iter().map(|heard| heard.kernel_bytes(neurons)));
    let built_bytes = always.saturating_add(kernels);
    let sources = Sources::of(network, &heard);
    let running = sources.bytes(&heard).saturating_add(flight_bytes(network));
    let run_bytes = built_bytes.saturating_add(running);
    // Parts are saved one after another, a piece at a time, which is a message and a copy of it.
    let part = |heard: &Heard<'_>| heard.population.size() as u64 / heard.parts;
    let largest = heard.iter().map(part).chain([trains(network).min(1 << TARGET_BITS)]).max();
    let pieces = STATE.saturating_mul(largest.unwrap_or(0).saturating_add(2 * TOGETHER as u64));
    let save_bytes = run_bytes.saturating_add(pieces).saturating_add(sources.under_way());
    // All states are there before the first one is taken, and so are spikes under way: as a list that has grown, and level by level.
    let states = STATE.saturating_mul(neurons.saturating_add(trains(network)));
    let spikes = running.max(sources.under_way().saturating_mul(3));
    let resume_bytes = built_bytes.saturating_add(states).saturating_add(spikes);
    // Of every part it is known how many synapses each source has there, and of which weight, until it is built. Synapses are
    // folded part by part.
    let surveys = sum(heard.iter().map(|heard| heard.survey_bytes(neurons)));
    let folded = heard.iter().map(|heard| heard.folded_bytes() / heard.parts).max();
    let folded = folded.unwrap_or(0).saturating_mul(threads as u64);
    let build_bytes = built_bytes.saturating_add(surveys).saturating_add(folded);
    Estimate {
        neurons,
        synapses,
        synapse_bytes,
        description_bytes,
        build_bytes,
        run_bytes,
        save_bytes,
        resume_bytes,
    }
}

/// Bytes of a synapse in 17 bits of target, 15 of delay and a float, and of one in full.
const NARROW: u64 = size_of::<Narrow>() as u64;
const WIDE: u64 = size_of::<Wide>() as u64;

fn sum(bytes: impl Iterator<Item = u64>) -> u64 {
    bytes.fold(0, u64::saturating_add)
}

/// Bytes of the numbers that the engine has one by one for the neurons of a population.
fn listed_bytes(population: &Population) -> u64 {
    let size = population.size() as u64;
    match population.model() {
        Kind::Regular(_) => 2 * (2 * 8 + 8) * size,
        Kind::Poisson(_) => (2 * 8 + INSTANT + 16) * size,
        Kind::Recorded(recorded) => {
            2 * (INSTANT * recorded.spikes.list().len() as u64 + 24 * size) + 32 * size
        }
        Kind::Parrot(_) | Kind::OneShot(_) => 0,
        _ => 8 * size,
    }
}

impl<'n> Heard<'n> {
    fn of(
        network: &Network,
        population: &'n Population,
        projections: &[&Projection],
        (tick_fs, threads): (u64, usize),
    ) -> Self {
        let longest = projections.iter().map(|projection| longest_fs(projection.delay())).max();
        let longest_fs = longest.unwrap_or(0);
        let fits = longest_fs / tick_fs.max(1) < 1 << (32 - TARGET_BITS);
        let is_lif = matches!(population.model(), Kind::LifDelta(_));
        let delays: Option<BTreeSet<u64>> =
            projections.iter().map(|projection| one_delay(projection.delay())).collect();
        let classes = delays.map(|delays| delays.len()).filter(|count| is_lif && *count <= CLASSES);
        let size = population.size() as u64;
        let part = Options { threads, ..Options::default() }
            .part(population.size() as u32, classes.is_some());
        let of = |projection: &&Projection| network.connections_of(projection) as u64;
        let kept = projections.iter().map(|projection| {
            let sources = network.population(projection.from()).size() as u64;
            let from = |other: &&&Projection| other.from() == projection.from();
            let is_only = projections.iter().filter(from).count() == 1;
            Kept::of(projection, of(projection), (sources.saturating_mul(size), is_only))
        });
        Self {
            population,
            synapses: sum(projections.iter().map(of)),
            kept: kept.fold(Kept::default(), Kept::plus),
            classes: classes.map(|count| count as u64),
            is_narrow: tick_fs > 0 && fits,
            part: u64::from(part),
            parts: size.div_ceil(u64::from(part)),
            longest_fs,
        }
    }

    /// Bytes of a synapse's target in fans, and of one with its weight.
    fn fan_bytes(&self) -> [u64; 2] {
        let target = if self.part <= u64::from(SHORT_TARGETS) { 2 } else { 4 };
        [target, target + WORD]
    }

    fn synapse_bytes(&self) -> u64 {
        match self.classes {
            Some(_) => self.fan_bytes()[usize::from(self.kept.weighed > self.kept.alike)],
            None if self.is_narrow => NARROW,
            None => WIDE,
        }
    }

    fn survey_bytes(&self, sources: u64) -> u64 {
        let is_lif = matches!(self.population.model(), Kind::LifDelta(_));
        self.parts.saturating_mul((WORD + if is_lif { 8 } else { 0 }).saturating_mul(sources))
    }

    /// Bytes of synapses that are gone once fans are folded.
    fn folded_bytes(&self) -> u64 {
        let Some(_) = self.classes else { return 0 };
        let ([alike, weighed], [target, both]) = (self.kept.filled, self.fan_bytes());
        let alike = alike.saturating_sub(self.kept.alike).saturating_mul(target);
        alike.saturating_add(weighed.saturating_sub(self.kept.weighed).saturating_mul(both))
    }

    /// States, synapses, and where they begin for each source in each part.
    fn kernel_bytes(&self, sources: u64) -> u64 {
        let (state, words_a_source) = match self.classes {
            // Where its synapses of each kind begin and end, how many there were, and a weight.
            Some(classes) => (SWEPT, 7 * classes),
            None => {
                let state = match self.population.model() {
                    // Twice: where it was before a window that may be gone through again.
                    Kind::LifExp(_) => 2 * size_of::<Cell>(),
                    Kind::Parrot(_) | Kind::OneShot(_) => size_of::<Time>(),
                    Kind::LifDelta(_) | Kind::LifPulse(_) => size_of::<MembraneState>(),
                    _ => return 0,
                };
                (state as u64 + WORD, 1)
            }
        };
        let rows = self.parts.saturating_mul(words_a_source).saturating_mul(WORD * sources);
        let synapses = match self.classes {
            Some(_) => {
                let [target, both] = self.fan_bytes();
                let (alike, weighed) = (self.kept.alike, self.kept.weighed);
                alike.saturating_mul(target).saturating_add(weighed.saturating_mul(both))
            }
            None => self.synapses.saturating_mul(self.synapse_bytes()),
        };
        synapses.saturating_add(rows).saturating_add(state * self.population.size() as u64)
    }
}

impl Kept {
    /// What becomes of a projection's synapses, given how many pairs of neurons there are, and whether all synapses from its sources are its own.
    ///
    /// Synapses of equal weight and delay are folded into another one of the same pair: all but one where their sum has no more digits than
    /// each, as it has of 2, 4, 8. Draws of a pair are as good as independent, and their number as good as Poisson's.
    fn of(projection: &Projection, synapses: u64, (pairs, is_only): (u64, bool)) -> Self {
        let (multapses, value) = match projection.connections() {
            Connections::Drawn(drawn) => {
                let multapses = match drawn.rule {
                    Rule::InDegree(degree) | Rule::OutDegree(degree) => degree.multapses,
                    Rule::Total(total) => total.multapses,
                    Rule::OneToOne | Rule::AllToAll(_) | Rule::Probability(_) => false,
                };
                (multapses, matches!(drawn.weights, Law::Value(_)))
            }
            Connections::OneToOne => (false, true),
            Connections::Dense(_) | Connections::Sparse(_) => (false, false),
        };
        let (mut once, mut folded) = (synapses, 0);
        if multapses && value {
            let draws = synapses as f64 / pairs as f64;
            let mut chance = (-draws).exp();
            once = (pairs as f64 * draws * chance) as u64;
            let mut lost = 0.0;
            for count in 1..=64_u32 {
                chance *= draws / f64::from(count);
                if count.is_power_of_two() {
                    lost += f64::from(count - 1) * chance;
                }
            }
            folded = (pairs as f64 * lost) as u64;
        }
        let several = synapses.saturating_sub(once).saturating_sub(folded);
        if value && is_only {
            Self { alike: once, weighed: several, filled: [synapses, 0] }
        } else {
            Self { alike: 0, weighed: once + several, filled: [0, synapses] }
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            alike: self.alike.saturating_add(other.alike),
            weighed: self.weighed.saturating_add(other.weighed),
            filled: [0, 1].map(|kind: usize| self.filled[kind].saturating_add(other.filled[kind])),
        }
    }
}

/// The delay of all synapses, if it is one.
fn one_delay(delay: &Delay) -> Option<u64> {
    match delay {
        Delay::All(fs) => Some(*fs),
        Delay::Each(all) => all.first().copied().filter(|first| all.iter().all(|fs| fs == first)),
        Delay::Drawn(_) => None,
    }
}

/// A delay than which none is longer, of 1e12 synapses (fs).
fn longest_fs(delay: &Delay) -> u64 {
    let law = match delay {
        Delay::All(fs) => return *fs,
        Delay::Each(all) => return all.iter().copied().max().unwrap_or(0),
        Delay::Drawn(law) => law,
    };
    // What lies 7 deviations above the mean is one of 8e11.
    let reached = match law {
        Law::Normal(Normal { mean, deviation, .. }) => mean + 7.0 * deviation,
        Law::Lognormal(Lognormal { median, sigma, .. }) => median * (7.0 * sigma).exp(),
        Law::Value(_) | Law::Uniform(_) | Law::Listed(_) => f64::INFINITY,
    };
    ticks(reached.min(law.ends().1).min(u64::MAX as f64 / FS))
}
