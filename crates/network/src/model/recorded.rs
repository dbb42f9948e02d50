//! Sources whose spikes are given.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Effect, Emission, Neuron, ParameterError};

/// Sources that spike at given instants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// When who spikes.
    pub spikes: Spikes,
}

/// Spikes in the order of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Spikes {
    list: Arc<[(f64, u32)]>,
    /// The file that has them, until it is read.
    pub(crate) file: Option<String>,
}

/// A spike that cannot stand where it does.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("spike {at} (counted from 0), at {time_s} s of neuron {neuron}, {reason}")]
pub struct SpikeError {
    /// Its place in the list, from 0.
    pub at: usize,
    /// When it is (s).
    pub time_s: f64,
    /// Whose it is.
    pub neuron: u32,
    /// What is wrong with it.
    pub reason: SpikeReason,
}

/// What is wrong with a spike.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum SpikeReason {
    /// Before the beginning, beyond the longest run, or never.
    #[error("is not from 0 to {} s", memspike_time::LONGEST_RUN_S)]
    Range,
    /// Before the one before it.
    #[error("comes after one at {0} s: sort the list by time")]
    Order(f64),
    /// The same spike again.
    #[error("stands there twice: take it out once")]
    Repeated,
    /// A neuron that is not there.
    #[error("is of no neuron of the population, which has {0}, from 0 on")]
    Neuron(u32),
}

impl Spikes {
    /// Times (s) and neurons, in the order of time.
    ///
    /// # Errors
    /// The first spike that is out of order, out of range or there twice. Whether its neuron is there, the builder of a
    /// network says.
    pub fn new(list: Vec<(f64, u32)>) -> Result<Self, SpikeError> {
        let mut now = BTreeSet::new();
        let mut before = 0.0;
        for (at, &(time_s, neuron)) in list.iter().enumerate() {
            let wrong = |reason| Err(SpikeError { at, time_s, neuron, reason });
            if !(0.0..=memspike_time::LONGEST_RUN_S).contains(&time_s) {
                return wrong(SpikeReason::Range);
            }
            if time_s < before {
                return wrong(SpikeReason::Order(before));
            }
            if time_s > before {
                now.clear();
            }
            before = time_s;
            if !now.insert(neuron) {
                return wrong(SpikeReason::Repeated);
            }
        }
        Ok(Self { list: list.into(), file: None })
    }

    /// Times (s) and neurons, in the order of time; at one instant as they were given.
    #[must_use]
    pub fn list(&self) -> &[(f64, u32)] {
        &self.list
    }

    /// The first spike of a neuron that a population of this size does not have.
    pub(crate) fn check(&self, size: u32) -> Result<(), SpikeError> {
        match self.list.iter().position(|(_, neuron)| *neuron >= size) {
            None => Ok(()),
            Some(at) => {
                let (time_s, neuron) = self.list[at];
                Err(SpikeError { at, time_s, neuron, reason: SpikeReason::Neuron(size) })
            }
        }
    }
}

/// The words of spikes: in the text, or in a file beside it.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "spikes are a list of [time in s, neuron], or the name of a .npy or .csv file"
)]
enum Words {
    List(Vec<(f64, u32)>),
    File(String),
}

impl Serialize for Spikes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.file {
            Some(file) => file.serialize(serializer),
            None => self.list.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Spikes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Words::deserialize(deserializer)? {
            Words::List(list) => Self::new(list).map_err(serde::de::Error::custom),
            Words::File(file) => Ok(Self { list: Arc::new([]), file: Some(file) }),
        }
    }
}

impl Neuron for Recorded {
    const NAME: &'static str = "recorded";
    const EMITS: Emission = Emission::Spikes;

    fn takes(_: Effect, _: Emission) -> bool {
        false
    }

    fn check(&self) -> Result<(), ParameterError> {
        Ok(())
    }
}
