//! The list of models that a deck can name.

use std::sync::Arc;

use crate::Model;
use crate::{diffusive, switch};

/// How a model's device is wired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terminals {
    /// Two terminals; its own voltage controls it (deck letter `N`).
    Two,
    /// Two terminals and a separate controlling pair (deck letter `S`).
    Controlled,
}

/// One parameter of a model card.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// Name in the deck, lower case.
    pub name: &'static str,
    /// Unit, for people.
    pub unit: &'static str,
    /// Value where the card is silent.
    pub default: f64,
    /// One sentence.
    pub doc: &'static str,
    /// Words that a deck may write instead of a number, each with the number it stands for.
    pub words: &'static [(&'static str, f64)],
}

impl Parameter {
    /// A parameter of this name, unit, default and meaning.
    #[must_use]
    pub const fn new(
        name: &'static str,
        unit: &'static str,
        default: f64,
        doc: &'static str,
    ) -> Self {
        Self { name, unit, default, doc, words: &[] }
    }

    /// The same parameter with words for some of its values.
    #[must_use]
    pub const fn words(self, words: &'static [(&'static str, f64)]) -> Self {
        Self { words, ..self }
    }

    /// The value that a word stands for.
    #[must_use]
    pub fn value_of(&self, word: &str) -> Option<f64> {
        self.words.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
    }
}

/// A parameter set that describes no device.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{parameter} = {value}: {reason}")]
pub struct ParameterError {
    /// The parameter at fault.
    pub parameter: &'static str,
    /// Its value.
    pub value: f64,
    /// What it must satisfy.
    pub reason: String,
}

impl ParameterError {
    pub(crate) fn new(parameter: &'static str, value: f64, reason: impl Into<String>) -> Self {
        Self { parameter, value, reason: reason.into() }
    }
}

/// Requires a finite value above zero.
pub(crate) fn positive(parameter: &'static str, value: f64) -> Result<(), ParameterError> {
    if value > 0.0 && value.is_finite() {
        Ok(())
    } else {
        Err(ParameterError::new(parameter, value, "must be finite and above zero"))
    }
}

/// What [`ModelKind::build`] gives.
pub type BuiltModel = Arc<dyn Model>;

/// A kind of model: what `.model NAME KIND(...)` can say.
#[derive(Debug)]
pub struct ModelKind {
    /// Name in the deck, lower case.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// How its devices are wired.
    pub terminals: Terminals,
    /// Its parameters, in the order that `build` expects.
    pub parameters: &'static [Parameter],
    /// Builds a model from values in the order of `parameters`.
    pub build: fn(&[f64]) -> Result<BuiltModel, ParameterError>,
}

/// Every model kind. A new model is one file, and one line here.
pub static MODELS: &[&ModelKind] = &[&diffusive::KIND, &switch::KIND];
