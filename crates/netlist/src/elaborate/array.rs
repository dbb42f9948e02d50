//! Crossbar arrays: `.model NAME crossbar(...)` and the element `A`.
//!
//! An array with its columns' amplifiers is a source of current a column: each pair of physical columns ends
//! at virtual grounds, and `gain` times the difference of their currents flows into the column's node.

use std::{path::Path, sync::Arc};

use memspike_circuit::{ElementKind, NodeId, WeightedSum, Weights};
use memspike_crossbar::{Array, Config, ConfigError, Drift, Error, Faults, Noise, Wires};
use memspike_device::{Parameter, ParameterError};
use memspike_npy::{ListedWeights, WeightsError, WeightsReason};
use nalgebra::{DMatrix, DVector};

use crate::code::Code;
use crate::cursor::{FileName, Name};
use crate::data::Table;
use crate::finding::Finding;
use crate::syntax::{ElementCard, SaveKind, SaveSyntax, SignalSyntax, Tree};
use crate::vector::Vector;

use super::built::Built;
use super::scope::Scope;
use super::{Elaborator, ElementClass};

/// What the model kind is called.
pub(super) const KIND: &str = "crossbar";

/// What it is, for people.
pub(super) const ABOUT: &str = "A crossbar array of conductances with the amplifiers of its columns: a pair of devices for each weight.";

/// What an array's model says.
#[derive(Debug, Clone)]
pub(super) struct ArrayModel {
    config: Config,
    gain: f64,
}

/// Parameters of the card, each with the name that [`Config`] has for it.
const PARAMETERS: &[(Parameter, &str)] = &[
    (Parameter::new("gmin", "S", 0.0, "least conductance of a device"), "gmin_s"),
    (Parameter::new("gmax", "S", 1e-6, "greatest conductance of a device"), "gmax_s"),
    (Parameter::new("levels", "1", 0.0, "conductances it can have; 0 for any"), "levels"),
    (
        Parameter::new(
            "weight_max",
            "1",
            0.0,
            "weight held by gmax - gmin; 0 for the largest there is",
        ),
        "weight_max",
    ),
    (Parameter::new("gain", "1", 1.0, "of the amplifiers behind the columns"), "gain"),
    (
        Parameter::new("programming_noise", "1", 0.0, "sigma of a conductance, in gmax - gmin"),
        "programming_noise.sigma",
    ),
    (
        Parameter::new("read_noise", "1", 0.0, "sigma drawn for the run, in gmax - gmin"),
        "read_noise.sigma",
    ),
    (
        Parameter::new("stuck_on", "1", 0.0, "part of the devices that is stuck at gmax"),
        "faults.stuck_on",
    ),
    (
        Parameter::new("stuck_off", "1", 0.0, "part of the devices that is stuck at gmin"),
        "faults.stuck_off",
    ),
    (Parameter::new("drift_nu", "1", 0.0, "exponent of the drift (t / drift_t0)^-nu"), "drift.nu"),
    (
        Parameter::new("drift_nu_sigma", "1", 0.0, "its sigma from device to device"),
        "drift.nu_sigma",
    ),
    (Parameter::new("drift_t0", "s", 1.0, "when the programmed conductance holds"), "drift.t0_s"),
    (
        Parameter::new("drift_time", "s", 0.0, "when the array is used; 0 for drift_t0"),
        "drift.time_s",
    ),
    (Parameter::new("rrow", "ohm", 0.0, "of a segment of a row"), "wires.row_ohm"),
    (Parameter::new("rcolumn", "ohm", 0.0, "of a segment of a column"), "wires.column_ohm"),
    (Parameter::new("rdriver", "ohm", 0.0, "of a row's driver"), "wires.driver_ohm"),
    (
        Parameter::new("rsense", "ohm", 0.0, "between a column and its virtual ground"),
        "wires.sense_ohm",
    ),
];

/// The parameters of the card.
pub(super) fn parameters() -> Vec<Parameter> {
    PARAMETERS.iter().map(|(parameter, _)| *parameter).collect()
}

/// The model of these values, in the order of [`parameters`].
pub(super) fn build(values: &[f64]) -> Result<ArrayModel, ParameterError> {
    let value = |name: &str| {
        let at = PARAMETERS.iter().position(|(parameter, _)| parameter.name == name);
        values[at.expect("the parameter is in the list")]
    };
    let unless_zero = |name| Some(value(name)).filter(|value| *value != 0.0);
    let refuse = |parameter, value, reason: &str| {
        Err(ParameterError { parameter, value, reason: reason.to_owned() })
    };
    let (levels, gain) = (value("levels"), value("gain"));
    if levels != 0.0 && (levels.fract() != 0.0 || !(2.0..=1e6).contains(&levels)) {
        return refuse("levels", levels, "must be a whole number from 2 to 1000000");
    }
    if gain <= 0.0 {
        return refuse("gain", gain, "must be above zero");
    }
    let (stuck_on, stuck_off) = (value("stuck_on"), value("stuck_off"));
    if stuck_on <= 1.0 && stuck_off <= 1.0 && stuck_on + stuck_off > 1.0 {
        return refuse("stuck_on", stuck_on, "is with stuck_off more than all devices");
    }
    let noise = |name| Noise { sigma: value(name), ..Noise::default() };
    let config = Config {
        levels: unless_zero("levels").map(|levels| levels as u32),
        weight_max: unless_zero("weight_max"),
        programming_noise: noise("programming_noise"),
        read_noise: noise("read_noise"),
        faults: Faults { stuck_on, stuck_off },
        drift: Drift {
            nu: value("drift_nu"),
            nu_sigma: value("drift_nu_sigma"),
            t0_s: value("drift_t0"),
            time_s: unless_zero("drift_time").unwrap_or(value("drift_t0")),
        },
        wires: Wires {
            row_ohm: value("rrow"),
            column_ohm: value("rcolumn"),
            driver_ohm: value("rdriver"),
            sense_ohm: value("rsense"),
        },
        ..Config::ideal(value("gmin"), value("gmax"))
    };
    config.validate().map_err(|error| of_card(&error))?;
    Ok(ArrayModel { config, gain })
}

/// An error of the configuration in the words of the card.
fn of_card(error: &ConfigError) -> ParameterError {
    let named = PARAMETERS.iter().find(|(_, name)| *name == error.name);
    let parameter = named.map_or(KIND, |(parameter, _)| parameter.name);
    let in_words = |reason: String, (parameter, name): &(Parameter, &str)| {
        reason.replace(name, parameter.name)
    };
    let reason = PARAMETERS.iter().fold(error.reason.to_owned(), in_words);
    ParameterError { parameter, value: error.value, reason }
}

/// What an array's card says.
#[derive(Clone, Copy)]
pub(super) struct ArrayCard<'d> {
    pub(super) rows: &'d Vector,
    pub(super) columns: &'d Vector,
    pub(super) model: &'d Name,
    pub(super) weights: &'d FileName,
}

impl<'d> Elaborator<'d> {
    /// Adds the currents of an array: `a1[0]`, `a1[1]`, ... into its columns, and, where the deck asks for
    /// currents, `a1.row[0]`, ... that its rows take.
    pub(super) fn array(&mut self, scope: &Scope<'d>, card: &ElementCard, syntax: ArrayCard<'d>) {
        let full_name = format!("{}{}", scope.prefix, card.name.text(0));
        let ground = self.builder.node("0");
        let mut nodes = |names: &Vector| -> Vec<NodeId> {
            names.names().map(|name| self.node(scope, &name.text)).collect()
        };
        let (rows, columns) = (nodes(syntax.rows), nodes(syntax.columns));
        let Some(model) = self.array_model(scope, syntax.model) else {
            self.incomplete = true;
            return;
        };
        let made = match self.weights_of(syntax.weights, (rows.len(), columns.len())) {
            Ok(table) => match &*table {
                Table::Whole(matrix) => self.program(&model, &full_name, syntax.weights, matrix),
                Table::Listed(listed) => {
                    let shape = (rows.len(), columns.len());
                    self.program_listed(&model, &full_name, syntax.weights, listed, shape)
                }
            },
            Err(finding) => Err(finding),
        };
        let Programmed { columns: sums, taken } = match made {
            Ok(programmed) => programmed,
            Err(finding) => {
                self.report(finding);
                self.incomplete = true;
                return;
            }
        };
        let array = self.builder.array(rows.clone());
        let sum = |array, weights| ElementKind::WeightedSum(WeightedSum { array, weights });
        for (number, (column, weights)) in columns.iter().zip(sums).enumerate() {
            let name = format!("{full_name}[{number}]");
            self.place(card, name, [ground, *column], sum(array, weights), ElementClass::Other);
        }
        for (number, row) in rows.iter().enumerate() {
            let kind = match &taken {
                Taken::Unasked => break,
                Taken::Own(siemens) => {
                    let own = self.builder.array(vec![*row]);
                    sum(own, Weights::dense(vec![siemens[number]]))
                }
                Taken::Coupled(siemens) => {
                    sum(array, Weights::dense(siemens.row(number).iter().copied().collect()))
                }
            };
            let name = format!("{full_name}.row[{number}]");
            self.place(card, name, [*row, ground], kind, ElementClass::Other);
        }
    }

    fn array_model(&mut self, scope: &Scope<'d>, name: &Name) -> Option<ArrayModel> {
        let Some(found) = scope.model(&name.text) else {
            self.unknown(Code::UnknownModel, name, "model", scope.model_names());
            return None;
        };
        match found.as_ref()? {
            Built::Array(model) => Some(model.clone()),
            other => {
                let finding = other.wired_otherwise(name);
                self.report(finding);
                None
            }
        }
    }

    /// The weights of a file, which fit an array of this shape.
    fn weights_of(&self, file: &FileName, shape: (usize, usize)) -> Result<Arc<Table>, Finding> {
        let path = self.sources.beside(file);
        let table = self.sources.data.weights(path.clone()).and_then(|table| {
            let fits = match &*table {
                Table::Whole(matrix) => check_shape(&path, matrix.shape(), shape),
                // A row or column at the end may have no weight.
                Table::Listed(listed) => {
                    let found = (listed.rows(), listed.columns());
                    let within = found.0 <= shape.0 && found.1 <= shape.1;
                    check_shape(&path, if within { shape } else { found }, shape)
                }
            };
            fits.map(|()| table).map_err(|error| error.to_string())
        });
        table.map_err(|message| {
            Finding::new(Code::Weights, file.span, message).help(
                "give the weights as .npy or .csv, a row for each row of the array and a column for \
                 each of its columns, or as a .csv of 'row,column,weight'; the path is relative to this file",
            )
        })
    }

    fn program(
        &self,
        model: &ArrayModel,
        full_name: &str,
        weights: &FileName,
        matrix: &DMatrix<f64>,
    ) -> Result<Programmed, Finding> {
        let unusable = |error: Error| unusable(weights, &error);
        // Without a seed nothing is drawn that anybody looks at.
        let seed = self.seed.unwrap_or(0);
        let made = Array::program_named(full_name, matrix, &model.config, seed);
        let array = made.map_err(unusable)?;
        let (asked, ideal) = (names_currents(self.tree), model.config.wires.are_ideal());
        let coupled = if asked && !ideal {
            let rows = array.row_admittance(self.repetition).map_err(|error| {
                Finding::new(Code::Weights, weights.span, error.to_string())
                    .help("measure no currents, or split the array")
            })?;
            Some(rows)
        } else {
            None
        };
        let (transfer, input) =
            array.into_reading(self.repetition).map_err(unusable)?.into_transfer();
        let taken = match coupled {
            Some(rows) => Taken::Coupled(rows),
            None if asked => Taken::Own(input),
            None => Taken::Unasked,
        };
        let columns = transfer.row_iter().map(|siemens| {
            Weights::dense(siemens.iter().map(|siemens| model.gain * siemens).collect())
        });
        Ok(Programmed { columns: columns.collect(), taken })
    }

    /// An array with devices in some places: each column for itself, under its name.
    fn program_listed(
        &self,
        model: &ArrayModel,
        full_name: &str,
        file: &FileName,
        listed: &ListedWeights,
        shape: (usize, usize),
    ) -> Result<Programmed, Finding> {
        if !model.config.wires.are_ideal() {
            let message = "an array that has devices in some places alone has no wire resistance";
            return Err(Finding::new(Code::Weights, file.span, message).help(
                "remove rrow, rcolumn, rdriver and rsense, or give a weight for every place",
            ));
        }
        let largest = Some(listed.largest()).filter(|largest| *largest > 0.0);
        let weight_max = model.config.weight_max.or(largest);
        let config = Config { weight_max, ..model.config.clone() };
        let seed = self.seed.unwrap_or(0);
        let asked = names_currents(self.tree);
        let mut input = DVector::zeros(if asked { shape.0 } else { 0 });
        let mut columns = Vec::with_capacity(shape.1);
        for column in 0..shape.1 {
            let (rows, weights) = listed.column(column);
            if rows.is_empty() {
                columns.push(Weights::of_rows(shape.0, Vec::new()));
                continue;
            }
            let name = format!("{full_name}[{column}]");
            let matrix = DMatrix::from_column_slice(weights.len(), 1, weights);
            let reading = Array::program_named(&name, &matrix, &config, seed)
                .and_then(|array| array.into_reading(self.repetition))
                .map_err(|error| unusable(file, &in_array(error, rows, column)))?;
            let (transfer, taken) = reading.into_transfer();
            let sum = rows.iter().zip(transfer.iter()).map(|(row, s)| (*row, model.gain * s));
            columns.push(Weights::of_rows(shape.0, sum.collect()));
            if asked {
                let of_rows = rows.iter().zip(taken.iter());
                of_rows.for_each(|(row, siemens)| input[*row as usize] += siemens);
            }
        }
        let taken = if asked { Taken::Own(input) } else { Taken::Unasked };
        Ok(Programmed { columns, taken })
    }
}

/// Whether weights of the shape `found` in a file fit an array that needs another.
fn check_shape(
    path: &Path,
    found: (usize, usize),
    needed: (usize, usize),
) -> Result<(), WeightsError> {
    let reason = WeightsReason::Shape { found, needed };
    if found == needed { Ok(()) } else { Err(WeightsError { path: path.to_owned(), reason }) }
}

/// An error of a column of listed weights at its place in the array.
fn in_array(error: Error, rows: &[u32], column: usize) -> Error {
    let place = |row: usize| rows.get(row).map_or(row, |row| *row as usize);
    match error {
        Error::WeightOutOfRange { row, value, weight_max, .. } => {
            Error::WeightOutOfRange { row: place(row), column, value, weight_max }
        }
        Error::WeightNotFinite { row, value, .. } => {
            Error::WeightNotFinite { row: place(row), column, value }
        }
        other => other,
    }
}

fn unusable(file: &FileName, error: &Error) -> Finding {
    Finding::new(Code::Weights, file.span, error.to_string())
        .help("change the weights, or the model of the array")
}

/// What a circuit needs of a programmed array.
struct Programmed {
    /// For each column the weights of the rows (S).
    columns: Vec<Weights>,
    taken: Taken,
}

/// What rows take from their sources, if anybody asks (S).
enum Taken {
    Unasked,
    /// Each for its own voltage.
    Own(DVector<f64>),
    /// Through wires each for the voltages of all.
    Coupled(DMatrix<f64>),
}

/// Whether a deck saves or measures a current: that of a row's source then has a part in the array.
fn names_currents(tree: &Tree) -> bool {
    let current = |signal: &SignalSyntax| matches!(signal, SignalSyntax::Current(_));
    let saved = |saved: &SaveSyntax| matches!(saved, SaveSyntax::Each(SaveKind::Current, _));
    let saved = tree.save.iter().flatten().any(saved);
    saved || tree.measures.iter().flat_map(|measure| measure.kind.signals()).any(current)
}
