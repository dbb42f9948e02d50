//! A deck, from its text to the circuits it describes.

use std::path::{Path, PathBuf};

use memspike_circuit::{Circuit, ElementId, Measure};

use crate::diagnostic::{Diagnostic, Report, diagnostics};
use crate::elaborate::{self, Saved};
use crate::expression::Expression;
use crate::finding::Findings;
use crate::line::logical_lines;
use crate::load::{self, Loaded};
use crate::parse;
use crate::source::Sources;
use crate::syntax::Tree;

/// A parsed deck with all its files.
#[derive(Debug)]
pub struct Deck {
    sources: Sources,
    title: String,
    tree: Tree,
    warnings: Findings,
}

/// One run of a deck: a point of its `.step` lines, with values in the order of the lines, and a
/// sample of its `.mc`. A name is that of a parameter or of a source.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StepPoint {
    /// Names in lower case, with their values.
    pub params: Vec<(String, f64)>,
    /// Which sample of the point, from 0; nothing without `.mc`.
    pub sample: Option<u32>,
}

/// A circuit with what to run and to measure.
#[derive(Debug)]
pub struct Elaborated {
    /// The deck's first line.
    pub title: String,
    /// The flattened circuit.
    pub circuit: Circuit,
    /// How long to run; [`Tran::none`] of a deck without `.tran`.
    pub tran: Tran,
    /// `.op`, `.dc` and `.ac`.
    pub at_rest: AtRest,
    /// Measurements in the order of the deck.
    pub measures: Vec<MeasureCard>,
    /// What `.save` names; nothing for all.
    pub save: Option<Saved>,
    /// What a run takes of memory at its peak, about (bytes).
    pub memory_bytes: u64,
    /// The seed that random functions drew from: with `.mc`, that of the sample.
    pub seed: u64,
    /// What the user should look at.
    pub warnings: Vec<Diagnostic>,
}

/// `.tran`.
#[derive(Debug, Clone, PartialEq)]
pub struct Tran {
    /// End (s), at most 18 000.
    pub stop_s: f64,
    /// Grid of a table that asks for one (s). It never steps the engine.
    pub print_step_s: Option<f64>,
    /// Nothing before this time is recorded (s).
    pub start_s: f64,
    /// `uic`: the run starts from the `ic=` and `.ic` values instead of an operating point.
    pub from_initial_conditions: bool,
}

impl Tran {
    /// No run in time.
    #[must_use]
    pub fn none() -> Self {
        Self { stop_s: 0.0, print_step_s: None, start_s: 0.0, from_initial_conditions: false }
    }

    /// Whether there is one.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.stop_s > 0.0
    }
}

/// What is asked of the circuit at rest, and what sources are there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AtRest {
    /// In the order of the deck, each kind at most once.
    pub analyses: Vec<Analysis>,
    /// `DC` values of sources that have a function of time too (V or A).
    pub dc: Vec<(ElementId, f64)>,
    /// `AC` of sources: magnitude (V or A) and phase (degrees).
    pub ac: Vec<(ElementId, f64, f64)>,
}

/// An analysis that knows no time.
#[derive(Debug, Clone, PartialEq)]
pub enum Analysis {
    /// `.op`.
    OperatingPoint,
    /// `.dc`: nested sweeps, the fastest first.
    Dc(Vec<Sweep>),
    /// `.ac`: frequencies (Hz).
    Ac(Vec<f64>),
}

/// An element that is swept: an independent source, resistor, capacitor or inductor.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// The element.
    pub element: ElementId,
    /// Its name in lower case.
    pub name: String,
    /// Its values, one after the other (V, A, ohm, F or H).
    pub values: Vec<f64>,
}

/// A `.meas`.
#[derive(Debug, Clone, PartialEq)]
pub enum MeasureCard {
    /// Taken from the run.
    Direct(Measure),
    /// `PARAM='...'`: computed from earlier measurements.
    Param {
        /// Name in lower case.
        name: String,
        /// Of earlier measurements' names; the deck's parameters are numbers in it already.
        expression: Expression,
    },
    /// One that has no value here, as a warning says.
    LeftOut {
        /// Name in lower case.
        name: String,
    },
    /// `ARGMAX`: which of several earlier measurements is the greatest; of equal ones the first.
    ArgMax {
        /// Name in lower case.
        name: String,
        /// Their indices and names.
        of: Vec<(u32, String)>,
    },
}

impl Deck {
    /// Reads a deck and its includes, which are relative to the file that names them. `-` is standard
    /// input, and its includes are relative to the current folder.
    ///
    /// # Errors
    /// Every error that can be found, down to those of the circuit.
    pub fn load(path: &Path) -> Result<Self, Report> {
        Self::from_loaded(load::load(path)?)
    }

    /// Takes a deck from memory; `name` stands in its diagnostics, and includes are relative to it.
    ///
    /// # Errors
    /// As [`Deck::load`].
    pub fn parse(name: &str, text: &str) -> Result<Self, Report> {
        Self::from_loaded(load::parse(name, text.to_owned(), Path::new(name)))
    }

    fn from_loaded(loaded: Loaded) -> Result<Self, Report> {
        let Loaded { sources, title, lines, control, mut findings } = loaded;
        let tree = parse::parse(&lines, &control, &mut findings);
        if findings.has_errors() {
            // The cards that could be read have their own errors: one run reports all.
            findings.extend(elaborate::steps(&tree, &sources).1);
            let point = StepPoint::default();
            let output = elaborate::elaborate(&tree, &sources, &point, 0, true);
            findings.extend(output.findings);
            return Err(Report::new(&findings, &sources));
        }
        Ok(Self { sources, title, tree, warnings: findings })
    }

    /// The files that were read: the deck, its includes, and, once it was elaborated, the weights and
    /// images that its cards name. A deck from memory stands there by its name.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        self.sources.paths()
    }

    /// Shows the images of this file wherever a card names a file of images.
    pub fn images(&mut self, path: PathBuf) {
        self.sources.data.show(path);
    }

    /// Replaces what `.save` names, in its grammar: `v(mem*) spike(x1.n1)`.
    ///
    /// # Errors
    /// If it does not follow that grammar. Names are looked up when the deck is elaborated.
    pub fn save(&mut self, text: &str) -> Result<(), Report> {
        let name = "--save";
        let card = format!(".save {}", text.replace(['\n', '\r'], " "));
        let file = self.sources.add(name.to_owned(), card, Path::new(name));
        let mut findings = Findings::default();
        let lines = logical_lines(file, &self.sources.file(file).text, 0, &mut findings);
        let tree = parse::parse(&lines, &[], &mut findings);
        if findings.has_errors() {
            return Err(Report::new(&findings, &self.sources));
        }
        (self.tree.save, self.tree.save_all) = (tree.save, tree.save_all);
        Ok(())
    }

    /// The first line.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Every run: the points of the `.step` lines, the first line varying fastest, each with all
    /// samples of `.mc`; one empty point without either.
    ///
    /// # Errors
    /// If a step names nothing, never ends, or the points or runs are too many.
    pub fn steps(&self) -> Result<Vec<StepPoint>, Report> {
        let (points, mut findings) = elaborate::steps(&self.tree, &self.sources);
        if findings.has_errors() {
            let point = StepPoint::default();
            let output = elaborate::elaborate(&self.tree, &self.sources, &point, 0, false);
            findings.extend(output.findings);
            return Err(Report::new(&findings, &self.sources));
        }
        Ok(points)
    }

    /// The circuit of one run. Random functions draw from `seed`, or, in a sample, from output
    /// number [`StepPoint::sample`] (from 0) of SplitMix64 started at `seed`.
    ///
    /// # Errors
    /// Every error of parameters, models, subcircuits, measurements and of the circuit itself.
    pub fn elaborate(&self, point: &StepPoint, seed: u64) -> Result<Elaborated, Report> {
        let seed = elaborate::sample_seed(seed, point.sample);
        let output = elaborate::elaborate(&self.tree, &self.sources, point, seed, false);
        let mut findings = self.warnings.clone();
        findings.extend(output.findings);
        match (output.circuit, output.tran) {
            (Some(circuit), Some(tran)) if !findings.has_errors() => Ok(Elaborated {
                title: self.title.clone(),
                circuit,
                tran,
                at_rest: output.at_rest,
                measures: output.measures,
                save: output.save,
                memory_bytes: output.memory_bytes,
                seed,
                warnings: diagnostics(&findings, &self.sources),
            }),
            _ => Err(Report::new(&findings, &self.sources)),
        }
    }
}
