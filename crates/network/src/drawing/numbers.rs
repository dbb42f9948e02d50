//! Weights and delays, synapse by synapse.

use memspike_npy::Values;
use memspike_random::{Draws, Generator};
use memspike_time::FS;

use crate::{Delay, Law};

/// Where numbers of synapses come from.
#[derive(Debug, Clone)]
pub(super) enum Numbers<'n> {
    All(f64),
    Each(&'n Values),
    Drawn(&'n Law, Draws),
}

impl<'n> Numbers<'n> {
    pub(super) fn new(law: &'n Law, draws: Draws) -> Self {
        match law {
            Law::Value(value) => Self::All(*value),
            Law::Listed(listed) => Self::Each(listed.values()),
            _ => Self::Drawn(law, draws),
        }
    }

    /// The numbers of a neuron's synapses.
    pub(super) fn row(&self, key: u32) -> NumbersRow<'n> {
        match self {
            Self::All(value) => NumbersRow::All(*value),
            Self::Each(values) => NumbersRow::Each(values),
            Self::Drawn(law, draws) => NumbersRow::Drawn(law, draws.generator(key.into())),
        }
    }
}

/// The numbers of a neuron's synapses, one after another.
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, and its words are on the way of every synapse"
)]
pub(super) enum NumbersRow<'n> {
    All(f64),
    Each(&'n Values),
    Drawn(&'n Law, Generator),
}

impl NumbersRow<'_> {
    /// That of the next synapse, whose place among all is asked for where they are listed.
    #[inline]
    pub(super) fn next(&mut self, place: impl FnOnce() -> usize) -> f64 {
        match self {
            Self::All(value) => *value,
            Self::Each(values) => values.get(place()),
            Self::Drawn(law, words) => law.sample(words),
        }
    }
}

/// Where delays come from.
#[derive(Debug, Clone)]
pub(super) struct Delays<'n> {
    delay: &'n Delay,
    draws: Draws,
    /// Femtoseconds of a unit.
    pub(super) unit_fs: u64,
}

impl<'n> Delays<'n> {
    /// Delays in multiples of a tick, where all are; of a femtosecond otherwise, and where the tick is 0.
    pub(super) fn new(delay: &'n Delay, tick_fs: u64, draws: Draws) -> Self {
        let fits = |fs: &u64| tick_fs > 0 && fs.is_multiple_of(tick_fs);
        let ticked = match delay {
            Delay::All(fs) => fits(fs),
            Delay::Each(all) => all.iter().all(fits),
            Delay::Drawn(_) => tick_fs > 0,
        };
        Self { delay, draws, unit_fs: if ticked { tick_fs } else { 1 } }
    }

    /// The delays of a neuron's synapses.
    pub(super) fn row(&self, key: u32) -> DelaysRow<'n> {
        match self.delay {
            Delay::All(fs) => DelaysRow::All(fs / self.unit_fs),
            Delay::Each(all) => DelaysRow::Each(all, self.unit_fs),
            Delay::Drawn(law) => {
                let units_a_second = FS / self.unit_fs as f64;
                DelaysRow::Drawn(law, self.draws.generator(key.into()), units_a_second)
            }
        }
    }
}

/// The delays of a neuron's synapses, one after another.
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, and its words are on the way of every synapse"
)]
pub(super) enum DelaysRow<'n> {
    All(u64),
    Each(&'n [u64], u64),
    Drawn(&'n Law, Generator, f64),
}

impl DelaysRow<'_> {
    /// That of the next synapse, whose place among all is asked for where they are listed. A drawn one is the nearest
    /// multiple of the unit: what is drawn is at least one.
    #[inline]
    pub(super) fn next(&mut self, place: impl FnOnce() -> usize) -> u64 {
        match self {
            Self::All(units) => *units,
            Self::Each(all, unit_fs) => all[place()] / *unit_fs,
            Self::Drawn(law, words, units_a_second) => {
                (law.sample(words) * *units_a_second).round() as u64
            }
        }
    }
}
