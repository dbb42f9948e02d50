//! Model cards by themselves: read from a file, changed, built, and written again.

use std::fmt;
use std::path::{Path, PathBuf};

use memspike_device::{BuiltModel, ModelKind, ParameterError};

use crate::diagnostic::Report;
use crate::load::{self, Loaded};
use crate::{elaborate, parse};

/// A device's model with the value of each of its parameters.
#[derive(Debug, Clone)]
pub struct Card {
    name: String,
    kind: &'static ModelKind,
    /// In the order of the kind's parameters.
    values: Vec<f64>,
}

/// The device models of a file of cards, which has no title.
#[derive(Debug, Clone)]
pub struct Cards {
    /// In the order of the file; those of an included file follow. Random functions drew with seed 0.
    pub models: Vec<Card>,
    /// The files that were read, this one first.
    pub files: Vec<PathBuf>,
}

impl Cards {
    /// Reads a file of cards and its includes.
    ///
    /// # Errors
    /// Every error that can be found.
    pub fn load(path: &Path) -> Result<Self, Report> {
        Self::of(load::load_cards(path)?)
    }

    /// As [`Cards::load`], from memory; `name` stands in diagnostics, and includes are relative to it.
    ///
    /// # Errors
    /// As [`Cards::load`].
    pub fn parse(name: &str, text: &str) -> Result<Self, Report> {
        Self::of(load::parse_cards(name, text.to_owned(), Path::new(name)))
    }

    fn of(loaded: Loaded) -> Result<Self, Report> {
        let Loaded { sources, lines, mut findings, .. } = loaded;
        let tree = parse::parse(&lines, &[], &mut findings);
        let (models, more) = elaborate::cards(&tree, &sources);
        findings.extend(more);
        if findings.has_errors() {
            return Err(Report::new(&findings, &sources));
        }
        Ok(Self { models, files: sources.paths() })
    }
}

impl Card {
    pub(crate) fn new(name: &str, kind: &'static ModelKind, values: &[f64]) -> Self {
        Self { name: name.to_owned(), kind, values: values.to_vec() }
    }

    /// The model's name, in lower case.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The kind of model.
    #[must_use]
    pub fn kind(&self) -> &'static ModelKind {
        self.kind
    }

    /// The value of a parameter, in its unit; nothing if the kind has no such parameter.
    #[must_use]
    pub fn value(&self, parameter: &str) -> Option<f64> {
        self.place(parameter).map(|at| self.values[at])
    }

    /// The same card with another value of a parameter.
    ///
    /// # Panics
    /// If the kind has no such parameter.
    #[must_use]
    pub fn with(mut self, parameter: &str, value: f64) -> Self {
        let at = self.place(parameter);
        let at = at.unwrap_or_else(|| panic!("{} has no parameter {parameter}", self.kind.name));
        self.values[at] = value;
        self
    }

    /// The same card under another name.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// The model.
    ///
    /// # Errors
    /// If the values, taken together, describe no device.
    pub fn build(&self) -> Result<BuiltModel, ParameterError> {
        (self.kind.build)(&self.values)
    }

    fn place(&self, parameter: &str) -> Option<usize> {
        self.kind.parameters.iter().position(|known| known.name == parameter)
    }
}

/// The card as a deck has it, with every parameter: read again, it has the same values to the last bit.
impl fmt::Display for Card {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, ".model {} {}(", self.name, self.kind.name)?;
        for (at, (parameter, value)) in self.kind.parameters.iter().zip(&self.values).enumerate() {
            // Lines of a length that editors show.
            let space = match at {
                0 => "",
                _ if at % 6 == 0 => "\n+ ",
                _ => " ",
            };
            write!(out, "{space}{}={value:e}", parameter.name)?;
        }
        out.write_str(")\n")
    }
}
