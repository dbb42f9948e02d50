//! What a checkpoint is of.

use serde::{Deserialize, Serialize};

use crate::Mark;

/// What a run depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// Digest of the description.
    pub description: String,
    /// Seed of all that is drawn.
    pub seed: u64,
    /// Names and sizes of the populations, in the order of their numbers.
    pub populations: Vec<(String, u64)>,
    /// Which membranes are recorded.
    pub probes: Vec<String>,
}

impl Inputs {
    /// In what another run differs from this one: a few words for each, for people.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        if self.description != other.description {
            found.push("the network".to_owned());
        }
        if self.seed != other.seed {
            found.push(format!("the seed ({} was {})", other.seed, self.seed));
        }
        if self.probes != other.probes {
            let shown = |probes: &[String]| match probes {
                [] => "none".to_owned(),
                probes => probes.join(" "),
            };
            let (now, before) = (shown(&other.probes), shown(&self.probes));
            found.push(format!("the probes ({now}, before: {before})"));
        }
        found
    }
}

/// What a checkpoint says beside the image of its run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What the run depends on.
    pub inputs: Inputs,
    /// Digest of the network and of what was drawn from it.
    pub drawn: String,
    /// The end that was asked for (s).
    pub until_s: f64,
    /// Where the run is (s).
    pub at_s: f64,
    /// Where it changed its inputs, and which.
    pub branches: Vec<String>,
    /// Spikes so far.
    pub spikes: Mark,
    /// Recorded membranes so far, if there are any.
    pub membranes: Option<Mark>,
}
