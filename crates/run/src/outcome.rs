//! What a run gives back.

use std::borrow::Cow;

use memspike_engine::Counters;
use memspike_time::Time;
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{Points, Spikes};

/// Results of one run, complete up to `reached`.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The parameters that `.step` set for this run, in its order.
    pub params: Vec<(String, f64)>,
    /// The sample of `.mc` that this run is, from 0.
    pub sample: Option<u32>,
    /// How far the run came.
    pub reached: Time,
    /// Whether the caller stopped it before its end.
    pub interrupted: bool,
    /// What `.op`, `.dc` and `.ac` gave, in the deck's order.
    pub at_rest: Vec<Points>,
    /// Every measurement in the deck's order; no number if what it waits for never happened.
    pub measures: Vec<(String, Option<f64>)>,
    /// Units of the measurements, in their order; empty where there is none.
    pub units: Vec<Cow<'static, str>>,
    /// Spikes by device, in the order of names.
    pub spikes: Vec<Spikes>,
    /// The engine's work.
    pub counters: Counters,
    /// What the user should know, one sentence each.
    pub warnings: Vec<String>,
    /// What the user may want to know although nothing is wrong, one sentence each.
    pub notes: Vec<String>,
}

/// The form that `--json` prints: `op`, `dc` and `ac` if the deck asks for them, measures, spikes in seconds, counters, warnings, notes if there are any; the parameters
/// if `.step` set any, the sample if `.mc` asked for some, and where the run ended (s) if early.
impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.params.is_empty() {
            map.serialize_entry("params", &Pairs(&self.params))?;
        }
        if let Some(sample) = self.sample {
            map.serialize_entry("sample", &sample)?;
        }
        if self.interrupted {
            map.serialize_entry("interrupted_at", &self.reached.as_s())?;
        }
        for points in &self.at_rest {
            map.serialize_entry(points.kind, points)?;
        }
        map.serialize_entry("measures", &Pairs(&self.measures))?;
        let spikes: Vec<(String, Vec<f64>)> = self
            .spikes
            .iter()
            .map(|s| (s.element.clone(), s.times.iter().map(|time| time.as_s()).collect()))
            .collect();
        map.serialize_entry("spikes", &Pairs(&spikes))?;
        // How often events were put off depends on windows, and these on how busy the machine is: no result.
        let Counters { fired, pending, phase_changes, mode_sets, mode_sets_dropped, .. } =
            self.counters;
        let counters = [
            ("fired".to_owned(), fired),
            ("pending".to_owned(), pending),
            ("phase_changes".to_owned(), phase_changes),
            ("mode_sets".to_owned(), mode_sets),
            ("mode_sets_dropped".to_owned(), mode_sets_dropped),
        ];
        map.serialize_entry("counters", &Pairs(&counters))?;
        map.serialize_entry("warnings", &self.warnings)?;
        if !self.notes.is_empty() {
            map.serialize_entry("notes", &self.notes)?;
        }
        map.end()
    }
}

/// A list of pairs that prints as a map in the list's order.
struct Pairs<'a, V>(&'a [(String, V)]);

impl<V: Serialize> Serialize for Pairs<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Outcome {
    /// The value of the measurement of this name, if there is one and it succeeded.
    #[must_use]
    pub fn measure(&self, name: &str) -> Option<f64> {
        self.measures.iter().find(|(n, _)| n == name).and_then(|(_, value)| *value)
    }

    /// Names of the measurements without a value, in the deck's order; `warnings` say why.
    pub fn failed_measures(&self) -> impl Iterator<Item = &str> {
        self.measures.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| name.as_str())
    }
}
