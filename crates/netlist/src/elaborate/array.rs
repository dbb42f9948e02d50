//! Crossbar arrays: `.model NAME crossbar(...)` and the element `A`.
//!
//! An array with its columns' amplifiers is a source of current a column: each pair of physical columns ends
//! at virtual grounds, and `gain` times the difference of their currents flows into the column's node.

use std::sync::Arc;

use memspike_circuit::{ElementKind, NodeId, WeightedSum};
use memspike_crossbar::{Array, Config, ConfigError, Drift, Error, Faults, Noise, Wires, matrix};
use memspike_device::{Parameter, ParameterError};
use memspike_npy::WeightsError;
use nalgebra::{DMatrix, DVector};

use crate::code::Code;
use crate::cursor::{FileName, Name};
use crate::finding::Finding;
use crate::syntax::{ElementCard, SaveKind, SaveSyntax, SignalSyntax, Tree};
use crate::vector::Vector;

use super::scope::{Built, Scope};
use super::{Elaborator, ElementClass};

/// What the model kind is called.
pub(super) const KIND: &str = "crossbar";

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
        let shape = (rows.len(), columns.len());
        let rows: Arc<[NodeId]> = rows.into();
        let array = match self.program(&model, &full_name, syntax.weights, shape) {
            Ok(array) => array,
            Err(finding) => {
                self.report(finding);
                self.incomplete = true;
                return;
            }
        };
        let sum = |weights: Vec<f64>| {
            let (nodes, weights) = (Arc::clone(&rows), weights.into());
            ElementKind::WeightedSum(WeightedSum { nodes, weights })
        };
        for (number, (column, siemens)) in columns.iter().zip(array.transfer.row_iter()).enumerate()
        {
            let kind = sum(siemens.iter().map(|siemens| model.gain * siemens).collect());
            let name = format!("{full_name}[{number}]");
            self.place(card, name, [ground, *column], kind, ElementClass::Other);
        }
        for (number, row) in rows.iter().enumerate() {
            let kind = match &array.taken {
                Taken::Unasked => break,
                Taken::Own(siemens) => ElementKind::WeightedSum(WeightedSum {
                    nodes: [*row].into(),
                    weights: [siemens[number]].into(),
                }),
                Taken::Coupled(siemens) => sum(siemens.row(number).iter().copied().collect()),
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

    fn program(
        &self,
        model: &ArrayModel,
        full_name: &str,
        weights: &FileName,
        shape: (usize, usize),
    ) -> Result<Programmed, Finding> {
        let refuse = |message: String, help: &str| {
            Err(Finding::new(Code::Weights, weights.span, message).help(help))
        };
        let path = self.sources.beside(weights);
        let read = self.sources.data.weights(path.clone()).and_then(|read| {
            let misfit = |reason| WeightsError { path, reason }.to_string();
            read.check_shape(shape).map_err(misfit).map(|()| read)
        });
        let matrix = match read {
            Ok(read) => matrix(&read),
            Err(message) => {
                return refuse(
                    message,
                    "give the weights as .npy or .csv, a row for each row of the array and a column for \
                     each of its columns; the path is relative to this file",
                );
            }
        };
        // Without a seed nothing is drawn that anybody looks at.
        let seed = self.seed.unwrap_or(0);
        let unusable = |error: Error| {
            let help = "change the weights, or the model of the array";
            Finding::new(Code::Weights, weights.span, error.to_string()).help(help)
        };
        let made = Array::program_named(full_name, &matrix, &model.config, seed);
        let array = made.map_err(unusable)?;
        let (asked, ideal) = (names_currents(self.tree), model.config.wires.are_ideal());
        let coupled = if asked && !ideal {
            match array.row_admittance(0) {
                Ok(rows) => Some(rows),
                Err(error) => {
                    return refuse(error.to_string(), "measure no currents, or split the array");
                }
            }
        } else {
            None
        };
        let (transfer, input) = array.into_reading(0).map_err(unusable)?.into_transfer();
        let taken = match coupled {
            Some(rows) => Taken::Coupled(rows),
            None if asked => Taken::Own(input),
            None => Taken::Unasked,
        };
        Ok(Programmed { transfer, taken })
    }
}

/// What a circuit needs of a programmed array.
struct Programmed {
    /// Columns x rows (S).
    transfer: DMatrix<f64>,
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
