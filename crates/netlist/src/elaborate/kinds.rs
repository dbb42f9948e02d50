//! Every kind of model that a card can name, in one list: for messages and for the manual.

use memspike_device::{MODELS, Parameter, Terminals};
use memspike_digital::{BlockKind, KINDS, Port};

use super::{array, block, bridge, core, network, passive, switch, verilog};

/// A kind of model.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// The card of an element of such a model.
    pub(crate) form: String,
    pub(crate) parameters: Vec<Parameter>,
    /// Parameters that are texts in double quotes.
    pub(crate) texts: &'static [&'static str],
    /// Parameters that are lists of numbers in brackets.
    pub(crate) lists: &'static [&'static str],
}

/// All of them: devices, switches, arrays, values with temperature, blocks, bridges.
pub(crate) fn kinds() -> Vec<Kind> {
    let numbers = |name, about, form: &str, parameters: &[Parameter]| Kind {
        name,
        about,
        form: form.to_owned(),
        parameters: parameters.to_vec(),
        texts: &[],
        lists: &[],
    };
    let mut all: Vec<Kind> = MODELS
        .iter()
        .map(|kind| {
            let form = match kind.terminals {
                Terminals::Two => "N1 plus minus model",
                Terminals::Controlled => "S1 plus minus control+ control- model",
            };
            numbers(kind.name, kind.doc, form, kind.parameters)
        })
        .collect();
    all.extend(
        switch::described()
            .map(|(name, about, form, parameters)| numbers(name, about, form, parameters)),
    );
    let array = "A1 row[0:783] mem[0:9] model weights=\"w.npy\"";
    all.push(numbers(array::KIND, array::ABOUT, array, &array::parameters()));
    for kind in [&passive::RESISTOR, &passive::CAPACITOR, &passive::INDUCTOR] {
        all.push(numbers(kind.names[0], kind.about, kind.form, kind.parameters));
    }
    all.extend(KINDS.iter().map(|kind| of_block(kind, &[])));
    all.extend([
        of_block(&block::SOURCE, &["input_file"]),
        of_block(&verilog::COSIM, &verilog::TEXTS),
        of_block(&core::CORE, &core::TEXTS),
        of_block(&network::NETWORK, &network::TEXTS),
    ]);
    all.extend(bridge::BRIDGES.iter().map(|kind| Kind {
        lists: kind.lists,
        ..numbers(kind.name, kind.about, kind.form, kind.parameters)
    }));
    all
}

/// The names of all kinds.
pub(super) fn names() -> Vec<&'static str> {
    kinds().into_iter().map(|kind| kind.name).collect()
}

fn of_block(kind: &BlockKind, texts: &'static [&'static str]) -> Kind {
    let port =
        |port: &Port| if port.list { format!("[{}]", port.name) } else { port.name.to_owned() };
    let in_order = kind.ports.iter().map(port).collect::<Vec<_>>().join(" ");
    Kind {
        name: kind.name,
        about: kind.doc,
        form: format!("A1 {in_order} model"),
        parameters: kind.parameters.to_vec(),
        texts,
        lists: &[],
    }
}
