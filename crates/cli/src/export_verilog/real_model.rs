//! `memspike export-verilog --real-model`: the analog neuron for a simulator of Verilog.

use memspike_files::OutputFolder;
use memspike_hdl::{ExportError, Quantity, RealModel, RealNeuron, real_model};
use memspike_netlist::Card;
use memspike_run::DeviceCard;

use super::command_line;
use crate::{failure::Failure, hardware_args::ExportVerilogArguments, shell, show, tell};

/// The paper's resistor (ohm) and capacitor (F).
const PAPER: (f64, f64) = (1e6, 47e-9);

/// Writes a folder that appears when it is complete.
pub fn export(arguments: &ExportVerilogArguments, kind: &str) -> Result<(), Failure> {
    let input = |error: &dyn std::fmt::Display| Failure::Input(format!("error: {error}"));
    let out = arguments.out.display();
    let unwritable = |error| Failure::Work(format!("error: cannot write '{out}': {error}"));
    let neuron = RealNeuron::NAMES.into_iter().find(|(known, _)| *known == kind);
    let (_, neuron) = neuron.expect("a neuron that the arguments allow");
    let (ohm, farad) = (arguments.rleak.unwrap_or(PAPER.0), arguments.cmem.unwrap_or(PAPER.1));
    for (option, value) in [("--rleak", ohm), ("--cmem", farad)] {
        if !(value > 0.0 && value.is_finite()) {
            return Err(input(&format!("{option} {value}: it must be above zero")));
        }
    }
    let device = DeviceCard::load(arguments.card.as_deref())?.device;
    let card = quantities(&device);
    let name = arguments.name.as_deref().unwrap_or(kind);
    let licence = arguments.licence.as_str();
    let command = &command_line();
    let model = RealModel { name, neuron, ohm, farad, card: &card, licence, command };
    let folder = OutputFolder::create(&arguments.out).map_err(unwritable)?;
    let files = real_model(&model, |name| folder.file(name)).map_err(|error| match error {
        ExportError::Write(error) => unwritable(error),
        error => input(&error),
    })?;
    folder.finish().map_err(unwritable)?;
    tell(&left_out(&device));
    show(&format!(
        "{out}: {files} files, the {kind} neuron with {} in {name}.sv\nrun it with `make -C {} sim` (iverilog)\n",
        device.name(),
        shell::path(&arguments.out)
    ))
}

/// What the module takes from a card.
fn quantities(card: &Card) -> Vec<Quantity<'static>> {
    let parameters = card.kind().parameters.iter();
    let taken = parameters.filter(|parameter| RealModel::CARD.contains(&parameter.name));
    let quantity = |parameter: &memspike_device::Parameter| Quantity {
        name: parameter.name,
        value: card.value(parameter.name).unwrap_or(parameter.default),
        unit: parameter.unit,
        doc: parameter.doc,
    };
    taken.map(quantity).collect()
}

/// A warning that names the variation of a card, which the module has not.
fn left_out(card: &Card) -> String {
    let varies = |name: &str| {
        ["sigma_", "spread_", "drift_"].iter().any(|beginning| name.starts_with(beginning))
    };
    let names: Vec<&str> = card
        .kind()
        .parameters
        .iter()
        .map(|parameter| parameter.name)
        .filter(|name| varies(name) && card.value(name).is_some_and(|value| value != 0.0))
        .collect();
    if names.is_empty() {
        return String::new();
    }
    format!("warning: the module has nominal values, without {} of the card\n", names.join(", "))
}
