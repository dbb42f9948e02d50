//! The words of a network's text.

use serde::{Deserialize, Serialize};

use super::{FileReason, Form};
use crate::{Effect, Model};

/// The version of the text that this crate writes, and reads.
pub const VERSION: u64 = 1;

/// A whole text.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    /// [`VERSION`].
    pub version: u64,
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
    #[serde(default)]
    pub delay_fs: DelayText,
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

impl Default for DelayText {
    fn default() -> Self {
        Self::All(0)
    }
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
    /// A .npy of three columns: source, target, weight.
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

/// The one field that all versions have.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

/// Reads a text: its version first, so that a text of another one is told as that.
pub(super) fn parse(text: &str, form: Form) -> Result<Document, FileReason> {
    let Versioned { version } = words(text, form)?;
    if version != VERSION {
        return Err(FileReason::Version(version));
    }
    words(text, form)
}

fn words<T: for<'de> Deserialize<'de>>(text: &str, form: Form) -> Result<T, FileReason> {
    let read = match form {
        Form::Toml => toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned()),
        Form::Json => serde_json::from_str(text).map_err(|error| error.to_string()),
    };
    read.map_err(FileReason::Syntax)
}

impl Document {
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
