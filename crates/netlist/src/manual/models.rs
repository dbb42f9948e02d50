//! Kinds of models.

use memspike_device::Parameter;

use crate::elaborate::kinds;

/// A kind of model: what `.model NAME KIND(...)` can say.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelEntry {
    /// Name in the deck, lower case.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// The card of an element of such a model.
    pub form: String,
    /// Its numbers; one without default has NaN there.
    pub parameters: Vec<Parameter>,
    /// Its other parameters.
    pub words: Vec<Word>,
}

/// A parameter that is no single number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// What it means.
    pub about: &'static str,
}

/// All kinds, in the order of the manual.
#[must_use]
pub fn models() -> Vec<ModelEntry> {
    let all = kinds().into_iter();
    all.map(|kind| {
        let texts = kind.texts.iter().map(|name| word(kind.name, name, "\"...\""));
        let lists = kind.lists.iter().map(|name| word(kind.name, name, "[0 1 2]"));
        ModelEntry {
            name: kind.name,
            about: kind.about,
            words: texts.chain(lists).collect(),
            form: kind.form,
            parameters: kind.parameters,
        }
    })
    .collect()
}

fn word(kind: &str, name: &'static str, form: &'static str) -> Word {
    let about = match (kind, name) {
        ("d_source", "input_file") => "a file with a time and a level for each output in a line",
        ("d_cosim", "simulation") => {
            "\"./x\" for x.v or x.sv beside the deck, as in ngspice; or ivlng"
        }
        ("d_cosim", "verilog") => "files of Verilog beside the deck, with spaces between",
        ("d_cosim", "top") => "the module that is meant, if there are several",
        ("d_cosim", "simulator") => "verilator, or icarus, which knows x and z",
        ("d_cosim", "sim_args") => "the module's name where simulation is ivlng",
        ("d_cosim", "idle") => "an output that is one while edges of the clock change nothing",
        ("d_cosim", "clock") => "the input that idle= is about",
        ("lif_core", "spec") => "a specification that memspike export-verilog wrote",
        ("lif_core", "weights") => "weights (.npy, .csv) to be quantised, a row for each input",
        ("lif_core", "verilog") => "Verilog in place of the one that is made",
        ("network", "file") => "the network, .toml or .json, beside the deck",
        ("network", "inputs") => "the population that rising edges of inputs make spike",
        ("network", "outputs") => "the population whose spikes are pulses of outputs",
        ("d_osc", "cntl_array") => "voltages of the table, which ascend",
        ("d_osc", "freq_array") => "a frequency (Hz) for each",
        _ => "",
    };
    Word { name, form, about }
}
