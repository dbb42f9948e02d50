//! What a network will take, before anything is built.

use memspike_time::{FS, ticks};

use crate::{Delay, Law, Lognormal, Model, Network, Normal, Projection, Trains};

/// Bytes of a synapse whose target is counted in 17 bits, its delay in 15 bits of ticks, with a weight in single
/// precision.
const NARROW: u64 = 8;

/// Bytes of a synapse with a full target, a delay in femtoseconds and a weight in double precision.
const WIDE: u64 = 24;

/// The longest delay of a narrow synapse, in ticks.
const MOST_TICKS: u64 = (1 << 15) - 1;

/// Neurons whose numbers fit into a narrow synapse: a part of the targets has no more.
const PART: u64 = 1 << 17;

/// Bytes of a neuron: its state, parameters, and its place in a window.
const NEURON: u64 = 64;

/// Bytes of a train that synapses hear for themselves: its next spike, its rate, its key and its synapse.
const TRAIN: u64 = 96;

/// Bytes of a row of synapses: where it begins, once for each neuron in each part of the targets.
const ROW: u64 = 4;

/// What a network takes as populations and compressed rows of synapses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Neurons of all populations.
    pub neurons: u64,
    /// Synapses of all projections; where their number is drawn, the expected one.
    pub synapses: u64,
    /// Bytes of each of them.
    pub synapse_bytes: u64,
    /// Bytes of the lists and tables that the description itself keeps.
    pub description_bytes: u64,
    /// Bytes at the peak of building, the description included.
    pub build_bytes: u64,
    /// Bytes while it runs, the description included; recordings are not.
    pub run_bytes: u64,
}

impl Network {
    /// What it takes on so many threads, each of which has a part of the targets.
    #[must_use]
    pub fn estimate(&self, threads: usize) -> Estimate {
        let neurons: u64 = self.populations().map(|(_, p)| p.size() as u64).sum();
        let narrow = self.projections().all(|(_, projection)| self.is_narrow(projection));
        let synapse_bytes = if narrow { NARROW } else { WIDE };
        let synapses = self.projections().fold(0_u64, |sum, (_, projection)| {
            sum.saturating_add(self.connections_of(projection) as u64)
        });
        let description_bytes = self.bytes() as u64;
        let parts = neurons.div_ceil(PART).max(threads as u64);
        let trains = self.trains();
        let rows = ROW.saturating_mul(neurons.saturating_add(trains)).saturating_mul(parts);
        let run_bytes = (synapses.saturating_mul(synapse_bytes))
            .saturating_add(description_bytes + NEURON * neurons)
            .saturating_add(TRAIN.saturating_mul(trains))
            .saturating_add(rows);
        // While rows are filled, how far each is filled is kept beside where it begins.
        let build_bytes = run_bytes.saturating_add(rows);
        Estimate { neurons, synapses, synapse_bytes, description_bytes, build_bytes, run_bytes }
    }

    /// Trains that synapses hear for themselves: one for each, or fewer where synapses of a neuron are alike.
    fn trains(&self) -> u64 {
        self.projections().fold(0_u64, |sum, (_, projection)| {
            match self.population(projection.from()).model() {
                Model::Poisson(source) if source.trains == Trains::PerTarget => {
                    sum.saturating_add(self.connections_of(projection) as u64)
                }
                _ => sum,
            }
        })
    }

    /// Whether the delays of a projection are few enough ticks.
    fn is_narrow(&self, projection: &Projection) -> bool {
        let tick = self.delay_tick_fs();
        let fits = |fs: u64| tick > 0 && fs.is_multiple_of(tick) && fs / tick <= MOST_TICKS;
        match projection.delay() {
            Delay::All(fs) => fits(*fs),
            Delay::Each(all) => all.iter().copied().all(fits),
            Delay::Drawn(law) => tick > 0 && longest_fs(law) / tick <= MOST_TICKS,
        }
    }
}

/// A delay than which none is longer, of 1e12 synapses (fs).
fn longest_fs(law: &Law) -> u64 {
    // What lies 7 deviations above the mean is one of 8e11.
    let reached = match law {
        Law::Normal(Normal { mean, deviation, .. }) => mean + 7.0 * deviation,
        Law::Lognormal(Lognormal { median, sigma, .. }) => median * (7.0 * sigma).exp(),
        Law::Value(_) | Law::Uniform(_) | Law::Listed(_) => f64::INFINITY,
    };
    ticks(reached.min(law.ends().1).min(u64::MAX as f64 / FS))
}
