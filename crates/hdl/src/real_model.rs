//! The analog neuron as a model with real-number ports in SystemVerilog, for a digital engineer's own simulator.
//!
//! It goes from event to event by the closed forms of the devices' model, written a second time from its equations
//! (`real_model/neuron.sv` states them), and shares nothing with the engine.

use std::io::{self, Write};

use crate::design::DesignError;
use crate::export::{ExportError, Header, is_licence};
use crate::names::{is_module, words};

const NEURON: &str = include_str!("real_model/neuron.sv");
const TESTBENCH: &str = include_str!("real_model/testbench.sv");
const MAKEFILE: &str = include_str!("real_model/Makefile.in");

/// Which of the two neurons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RealNeuron {
    /// A voltage behind a resistor charges the membrane until it spikes, again and again.
    Oscillation,
    /// A current charges the membrane, which leaks through its resistor.
    Lif,
}

impl RealNeuron {
    /// Both, by their names on a command line.
    pub const NAMES: [(&'static str, Self); 2] =
        [("oscillation", Self::Oscillation), ("lif", Self::Lif)];

    /// Name, meaning, and the volts behind the resistor that follow, of its input.
    fn input(self) -> [&'static str; 3] {
        match self {
            Self::Oscillation => ["u", "volts behind the resistor", "u"],
            Self::Lif => {
                ["i", "amperes into the membrane; RS leads from there to ground", "i * RS"]
            }
        }
    }
}

/// A parameter of the model.
#[derive(Debug, Clone, Copy)]
pub struct Quantity<'q> {
    /// Its name, in upper case in the module.
    pub name: &'q str,
    /// Its value, finite, in its unit.
    pub value: f64,
    /// The unit, 1 if it has none.
    pub unit: &'q str,
    /// What it is.
    pub doc: &'q str,
}

impl RealModel<'_> {
    /// What the module takes from the card of the device.
    pub const CARD: [&'static str; 11] = [
        "von",
        "vs",
        "t0",
        "ton_min",
        "vhold",
        "gres",
        "trelax",
        "roff",
        "ron",
        "dissolution",
        "unipolar",
    ];
}

/// A neuron to be written.
#[derive(Debug, Clone, Copy)]
pub struct RealModel<'m> {
    /// Name of the module.
    pub name: &'m str,
    /// Which neuron.
    pub neuron: RealNeuron,
    /// Its resistor (ohm).
    pub ohm: f64,
    /// Its capacitor (F).
    pub farad: f64,
    /// Values of all of [`RealModel::CARD`].
    pub card: &'m [Quantity<'m>],
    /// The licence that the files name, an SPDX expression.
    pub licence: &'m str,
    /// The command line that makes them; nothing if there is none.
    pub command: &'m str,
}

/// Writes the module, a testbench and a Makefile, each of which `create` opens by its name. Gives their number.
///
/// # Errors
/// The name or the licence is none, or a file cannot be written.
pub fn real_model<W: Write>(
    model: &RealModel<'_>,
    mut create: impl FnMut(&str) -> io::Result<W>,
) -> Result<usize, ExportError> {
    let name = model.name;
    let inside = [NEURON, TESTBENCH].into_iter().flat_map(words).any(|word| word == name);
    if inside || !is_module(name) {
        return Err(DesignError::Name(name.to_owned()).into());
    }
    if !is_licence(model.licence) {
        return Err(ExportError::Licence(model.licence.to_owned()));
    }
    let header = Header::new(model.licence, model.command);
    let module = format!("{name}.sv");
    let files = [(module.as_str(), NEURON), ("testbench.sv", TESTBENCH), ("Makefile", MAKEFILE)];
    for (file, template) in files {
        create(file)?.write_all(header.on(file, &filled(template, model)).as_bytes())?;
    }
    Ok(files.len())
}

/// A template with what it leaves open.
fn filled(template: &str, model: &RealModel<'_>) -> String {
    let [input, input_doc, behind] = model.neuron.input();
    // Five times the threshold, for ten time constants.
    let von =
        model.card.iter().find(|quantity| quantity.name == "von").map_or(1.0, |von| von.value);
    let volts = 5.0 * von;
    let drive = match model.neuron {
        RealNeuron::Oscillation => volts,
        RealNeuron::Lif => volts / model.ohm,
    };
    let stop_fs = (10.0 * model.ohm * model.farad * 1e15).clamp(1.0, 1e18);
    template
        .replace("@name@", model.name)
        .replace("@parameters@", &parameters(model))
        .replace("@input_doc@", input_doc)
        .replace("@input@", input)
        .replace("@behind@", behind)
        .replace("@drive@", &format!("{drive:e}"))
        .replace("@stop_fs@", &format!("{stop_fs:.0}"))
}

fn parameters(model: &RealModel<'_>) -> String {
    let own = [
        Quantity { name: "rs", value: model.ohm, unit: "ohm", doc: "resistor" },
        Quantity { name: "cm", value: model.farad, unit: "F", doc: "capacitor" },
    ];
    let all: Vec<&Quantity<'_>> = own.iter().chain(model.card).collect();
    let line = |(at, quantity): (usize, &&Quantity<'_>)| {
        let Quantity { name, value, unit, doc } = quantity;
        let comma = if at + 1 == all.len() { "" } else { "," };
        let unit = if *unit == "1" { String::new() } else { format!(" ({unit})") };
        format!("  parameter real {} = {value:e}{comma}  // {doc}{unit}", name.to_uppercase())
    };
    all.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(name: &str) -> RealModel<'_> {
        let (neuron, ohm, farad) = (RealNeuron::Lif, 1e6, 47e-9);
        RealModel { name, neuron, ohm, farad, card: &[], licence: "MIT-0", command: "" }
    }

    #[test]
    fn nothing_is_left_open_and_names_of_its_inside_are_refused() {
        let mut texts = Vec::new();
        let written = real_model(&model("osc"), |name| {
            texts.push(name.to_owned());
            Ok(Vec::new())
        });
        assert_eq!(written.expect("it is written"), texts.len());
        for template in [NEURON, TESTBENCH, MAKEFILE] {
            let text = filled(template, &model("osc"));
            // What is left of it is Verilog's own.
            let open =
                text.split('@').skip(1).filter(|after| !after.starts_with([' ', '(', '$', '^']));
            assert_eq!(open.collect::<Vec<_>>(), Vec::<&str>::new());
        }
        for name in ["volts", "phase", "dut", "testbench", "real", "1st", ""] {
            let refused = real_model(&model(name), |_| Ok(Vec::new()));
            assert!(matches!(refused, Err(ExportError::Design(DesignError::Name(_)))), "{name}");
        }
    }
}
