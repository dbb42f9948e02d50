//! The words of a network's text.

use serde::{Deserialize, Serialize};

use super::Form;
use crate::{AllToAll, Degree, Effect, Law, Made, Model, Probability, Rule, Total};

/// The latest version of the text. The earlier ones are read too: a version adds words and changes none. A network is written in
/// the earliest that has its words.
pub const VERSION: u64 = 3;

/// The version that added what is made and shown is the third; this one has all else.
const BEFORE_MADE: u64 = 2;

/// A whole text.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    /// [`VERSION`], or an earlier one.
    pub version: u64,
    /// What drawn delays are multiples of (s).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_tick_s: Option<f64>,
    /// How long an input is shown (s).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Made::is_empty")]
    pub made: Made,
    pub populations: Vec<PopulationText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projections: Vec<ProjectionText>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PopulationText {
    pub name: String,
    pub size: usize,
    pub model: Model,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProjectionText {
    pub name: String,
    pub from: String,
    pub to: String,
    pub effect: Effect,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_fs: Option<DelayText>,
    /// Delays by a law (s), in place of `delay_fs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_s: Option<Law>,
    /// Weights of the connections, where they have no table of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<Law>,
    pub connections: ConnectionsText,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "delay_fs is a whole number, a list of them, or the name of a .npy file"
)]
pub(super) enum DelayText {
    All(u64),
    Each(Vec<u64>),
    File(String),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ConnectionsText {
    OneToOne,
    /// The name of a file of weights.
    DenseFile(String),
    Dense(DenseText),
    SparseFile(SparseFileText),
    Sparse(SparseText),
    AllToAll(AllToAll),
    InDegree(Degree),
    OutDegree(Degree),
    Total(Total),
    Probability(Probability),
}

#[derive(Debug, Default, PartialEq, Eq, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Precision {
    #[default]
    Double,
    Single,
    /// Whole numbers, which may need no scale.
    Integer,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DenseText {
    #[serde(default)]
    pub precision: Precision,
    /// A row for each source.
    pub rows: Vec<Vec<f64>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SparseFileText {
    #[serde(default)]
    pub precision: Precision,
    /// A .npy, .csv or .parquet with columns source, target, weight.
    pub list: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SparseText {
    #[serde(default)]
    pub precision: Precision,
    /// Where the connections of each source begin, and where the last ones end.
    pub starts: Vec<usize>,
    pub targets: Vec<u32>,
    pub weights: Vec<f64>,
}

impl Document {
    /// The earliest version that has the words of a network.
    pub(super) fn version(shown_s: Option<f64>, made: &Made) -> u64 {
        if shown_s.is_none() && made.is_empty() { BEFORE_MADE } else { VERSION }
    }

    pub(super) fn text(&self, form: Form) -> String {
        match form {
            Form::Toml => toml::to_string(self).expect("a network has a form in TOML"),
            Form::Json => {
                let mut text =
                    serde_json::to_string_pretty(self).expect("a network has a form in JSON");
                text.push('\n');
                text
            }
        }
    }
}

impl ConnectionsText {
    /// The rule that draws them, if one does: neurons one to one are drawn where their weights have a law.
    pub(super) fn rule(&self, has_weights: bool) -> Option<Rule> {
        match self {
            Self::OneToOne => has_weights.then_some(Rule::OneToOne),
            Self::AllToAll(rule) => Some(Rule::AllToAll(*rule)),
            Self::InDegree(rule) => Some(Rule::InDegree(*rule)),
            Self::OutDegree(rule) => Some(Rule::OutDegree(*rule)),
            Self::Total(rule) => Some(Rule::Total(*rule)),
            Self::Probability(rule) => Some(Rule::Probability(*rule)),
            Self::DenseFile(_) | Self::Dense(_) | Self::SparseFile(_) | Self::Sparse(_) => None,
        }
    }
}

impl From<Rule> for ConnectionsText {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::OneToOne => Self::OneToOne,
            Rule::AllToAll(rule) => Self::AllToAll(rule),
            Rule::InDegree(rule) => Self::InDegree(rule),
            Rule::OutDegree(rule) => Self::OutDegree(rule),
            Rule::Total(rule) => Self::Total(rule),
            Rule::Probability(rule) => Self::Probability(rule),
        }
    }
}
