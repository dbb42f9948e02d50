//! `.model name lif_core(weights="w.npy" threshold=5)` or `lif_core(spec="core/spec.json")`: a quantised core of LIF neurons as a
//! digital block.

use std::sync::Arc;

use memspike_device::Parameter;
use memspike_digital::{BlockKind, Direction, Port};
use memspike_lif_core::{Core, Dynamics, ROUNDING, Rules, Saturation, Trained, Widths, quantise};
use memspike_npy::Weights;

use crate::code::Code;
use crate::cursor::{FileName, Name};
use crate::finding::Finding;
use crate::syntax::ModelCard;

use super::Elaborator;
use super::built::Built;
use super::core_form;

/// Of a parameter that may be left out.
const NONE: f64 = f64::NAN;

const fn port(name: &'static str, direction: Direction) -> Port {
    Port { name, direction, list: false, least: 1, optional: false }
}

/// The kind: what `memspike export-verilog` makes of the same numbers, event by event.
pub(crate) static CORE: BlockKind = BlockKind {
    name: "lif_core",
    doc: "A core of LIF neurons: a rising edge of an input is a spike, one of tick ends a time step, one of start sets all to zero.",
    ports: &[
        port("tick", Direction::In),
        Port { optional: true, ..port("start", Direction::In) },
        Port { list: true, ..port("in", Direction::In) },
        Port { list: true, optional: true, ..port("out", Direction::Out) },
    ],
    parameters: &[
        Parameter::new("threshold", "1", NONE, "threshold in units of the weights"),
        Parameter::new("retention", "1", 1.0, "what remains of a potential after a tick"),
        Parameter::new(
            "reset",
            "1",
            NONE,
            "potential after a spike in units of the weights; without it the threshold is subtracted",
        ),
        Parameter::new(
            "refractory",
            "1",
            0.0,
            "ticks after a spike during which a neuron stays as it is",
        ),
        Parameter::new("non_negative", "1", 0.0, "1: potentials stop at zero"),
        Parameter::new("bits", "1", 8.0, "width of a weight"),
        Parameter::new(
            "scale",
            "1",
            NONE,
            "integers are numbers times this; without it the largest that fits",
        ),
        Parameter::new("rounding", "1", ROUNDING, "largest relative error that rounding may make"),
        core_form::IMPL,
        core_form::LAYOUT,
        core_form::LANES,
        core_form::CLOCK,
        core_form::DEPTH,
        core_form::DELAY,
    ],
    build: |_| Ok(Arc::new(memspike_digital::Vectors { rows: Arc::from([]) })),
};

/// Width of the counts of spikes, which nets do not show.
const COUNT_BITS: u32 = 8;

/// The numbers of a card, in the order of its parameters.
#[derive(Clone, Copy)]
struct Numbers {
    threshold: f64,
    retention: f64,
    reset: f64,
    refractory: f64,
    non_negative: f64,
    bits: f64,
    scale: f64,
    rounding: f64,
}

/// How many they are.
const NUMBERS: usize = 8;

impl Numbers {
    fn of(values: &[f64]) -> Self {
        let mut values = values.iter().copied();
        let mut next = || values.next().expect("as many as parameters");
        Self {
            threshold: next(),
            retention: next(),
            reset: next(),
            refractory: next(),
            non_negative: next(),
            bits: next(),
            scale: next(),
            rounding: next(),
        }
    }

    /// What is wrong with them, and what to do.
    fn mistake(&self) -> Option<(&'static str, &'static str)> {
        if self.threshold.is_nan() {
            let help = "give it in units of the weights: threshold=5";
            return Some(("a lif_core has a threshold", help));
        }
        if !(0.0..=1e6).contains(&self.refractory) || self.refractory.fract() != 0.0 {
            return Some(("refractory is no number of ticks", "give a whole number"));
        }
        if !(2.0..=16.0).contains(&self.bits) || self.bits.fract() != 0.0 {
            return Some(("bits is no width of a weight", "give a whole number from 2 to 16"));
        }
        None
    }

    fn dynamics(&self) -> Dynamics {
        Dynamics {
            threshold: self.threshold,
            retention: self.retention,
            reset: optional(self.reset),
            saturation: if self.non_negative == 0.0 {
                Saturation::Signed
            } else {
                Saturation::NonNegative
            },
            refractory_ticks: self.refractory as u32,
        }
    }
}

/// A parameter that is a text; of several the last.
fn text<'c>(texts: &[&'c (Name, FileName)], wanted: &str) -> Option<&'c FileName> {
    texts.iter().rev().find(|(name, _)| name.text == wanted).map(|(_, text)| text)
}

fn optional(value: f64) -> Option<f64> {
    Some(value).filter(|value| !value.is_nan())
}

/// Parameters that are texts.
pub(super) const TEXTS: [&str; 3] = ["spec", "weights", "verilog"];

/// A card, its numbers, and its texts.
pub(super) type CoreCard<'c> = (&'c ModelCard, &'c [f64], &'c [&'c (Name, FileName)]);

impl Elaborator<'_> {
    /// The core that a card describes, run as it says.
    pub(super) fn core(&mut self, card: CoreCard<'_>) -> Option<Built> {
        let (model, values, texts) = card;
        let core = match text(texts, "spec") {
            Some(spec) => self.specified(card, spec)?,
            None => self.quantised(card)?,
        };
        let verilog = text(texts, "verilog");
        let design = self.core_block(model, &values[NUMBERS..], core, verilog)?;
        Some(Built::Block { kind: &CORE, design: Arc::new(design) })
    }

    /// Quantises the weights that a card names.
    fn quantised(&mut self, (card, values, texts): CoreCard<'_>) -> Option<Core> {
        let numbers = Numbers::of(values);
        let Some(files) = text(texts, "weights") else {
            self.report(
                Finding::new(Code::ModelParameter, card.name.span, "a lif_core has weights")
                    .help("write weights=\"w.npy\", a file for each layer, or spec=\"core/spec.json\" of an export"),
            );
            return None;
        };
        if let Some((message, help)) = numbers.mistake() {
            self.report(Finding::new(Code::ModelParameter, card.name.span, message).help(help));
            return None;
        }
        let layers = self.layers(files)?;
        let (dynamics, scale) = (numbers.dynamics(), optional(numbers.scale));
        let trained: Vec<Trained> =
            layers.into_iter().map(|weights| Trained { weights, dynamics, scale }).collect();
        let rules = Rules {
            widths: &[Widths::of(numbers.bits as u32)],
            count_bits: COUNT_BITS,
            time_step_s: 1e-3,
            rounding: numbers.rounding,
        };
        quantise(&trained, &rules)
            .map_err(|error| {
                self.report(
                    Finding::new(Code::ModelParameter, card.name.span, error.to_string())
                        .help("more bits, another scale, or rounding= for what it may cost"),
                );
            })
            .map(|quantised| quantised.core)
            .ok()
    }

    /// The core of an exported folder.
    fn specified(&mut self, card: CoreCard<'_>, spec: &FileName) -> Option<Core> {
        let (model, values, texts) = card;
        let given = CORE.parameters.iter().zip(values).take(NUMBERS);
        let given = given.filter(|(parameter, value)| {
            **value != parameter.default && !(value.is_nan() && parameter.default.is_nan())
        });
        let named: Vec<&str> = given
            .map(|(parameter, _)| parameter.name)
            .chain(text(texts, "weights").map(|_| "weights"))
            .collect();
        if !named.is_empty() {
            let message = format!("spec= and {}= both say what the core is", named.join("=, "));
            self.report(
                Finding::new(Code::ModelParameter, model.name.span, message)
                    .help("leave one of them out: a specification has all numbers and its weights"),
            );
            return None;
        }
        self.sources
            .data
            .core(self.sources.beside(spec))
            .map_err(|message| {
                self.report(Finding::new(Code::Weights, spec.span, message).help(
                    "name the spec.json of a folder of memspike export-verilog, whose weights are beside it",
                ));
            })
            .map(|specified| specified.core.clone())
            .ok()
    }

    /// The weights of each layer, from the files of a list.
    fn layers(&mut self, files: &FileName) -> Option<Vec<Weights>> {
        let mut layers = Vec::new();
        for file in files.text.split_whitespace() {
            let path = self.sources.beside(&FileName { text: file.to_owned(), span: files.span });
            match self.sources.data.core_weights(path) {
                Ok(weights) => layers.push((*weights).clone()),
                Err(message) => {
                    self.report(Finding::new(Code::Weights, files.span, message).help(
                        "give a .npy or .csv with a row for each input and a column for each neuron; the path is relative to this file",
                    ));
                    return None;
                }
            }
        }
        Some(layers)
    }
}
