//! `.model name lif_core(weights="w.npy" threshold=5)`: a quantised core of LIF neurons as a digital block.

use std::sync::Arc;

use memspike_device::Parameter;
use memspike_digital::{BlockKind, Delays, Direction, Port};
use memspike_lif_core::{CoreBlock, Dynamics, ROUNDING, Rules, Saturation, Trained, quantise};
use memspike_npy::Weights;
use memspike_time::ticks;

use crate::code::Code;
use crate::cursor::{FileName, Name};
use crate::finding::Finding;
use crate::syntax::ModelCard;

use super::Elaborator;
use super::built::Built;

/// Of a parameter that may be left out.
const NONE: f64 = f64::NAN;

const fn port(name: &'static str, direction: Direction) -> Port {
    Port { name, direction, list: false, least: 1, optional: false }
}

/// The kind: what `memspike export-verilog` makes of the same numbers, event by event.
pub(super) static CORE: BlockKind = BlockKind {
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
        Parameter::new("delay", "s", 1e-9, "from tick to what fires"),
    ],
    build: |_| Ok(Arc::new(memspike_digital::Vectors { rows: Arc::from([]) })),
};

/// Width of the counts of spikes, which nets do not show.
const COUNT_BITS: u32 = 8;

impl Elaborator<'_> {
    /// Quantises the weights that a card names.
    pub(super) fn core(
        &mut self,
        card: &ModelCard,
        values: &[f64],
        texts: &[&(Name, FileName)],
    ) -> Option<Built> {
        let refuse = |span, message: &str, help: &str| {
            Some(Finding::new(Code::ModelParameter, span, message.to_owned()).help(help.to_owned()))
        };
        let &[
            threshold,
            retention,
            reset,
            refractory,
            non_negative,
            bits,
            scale,
            rounding,
            delay_s,
        ] = values
        else {
            unreachable!("as many as parameters")
        };
        let given = texts.iter().rev().find(|(name, _)| name.text == "weights");
        let finding = match given {
            None => refuse(
                card.name.span,
                "a lif_core has weights",
                "write weights=\"w.npy\", a file for each layer",
            ),
            Some(_) if threshold.is_nan() => refuse(
                card.name.span,
                "a lif_core has a threshold",
                "give it in units of the weights: threshold=5",
            ),
            Some(_) if !(0.0..=1e6).contains(&refractory) || refractory.fract() != 0.0 => {
                refuse(card.name.span, "refractory is no number of ticks", "give a whole number")
            }
            Some(_) if !(2.0..=16.0).contains(&bits) || bits.fract() != 0.0 => refuse(
                card.name.span,
                "bits is no width of a weight",
                "give a whole number from 2 to 16",
            ),
            Some(_) if !(delay_s >= 0.0 && delay_s.is_finite()) => {
                refuse(card.name.span, "delay must not be negative", "give a time")
            }
            Some(_) => None,
        };
        if let Some(finding) = finding {
            self.report(finding);
            return None;
        }
        let (_, files) = given?;
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
        let optional = |value: f64| Some(value).filter(|value| !value.is_nan());
        let saturation =
            if non_negative == 0.0 { Saturation::Signed } else { Saturation::NonNegative };
        let dynamics = Dynamics {
            threshold,
            retention,
            reset: optional(reset),
            saturation,
            refractory_ticks: refractory as u32,
        };
        let trained = |weights: Weights| Trained { weights, dynamics, scale: optional(scale) };
        let trained: Vec<Trained> = layers.into_iter().map(trained).collect();
        let rules =
            Rules { weight_bits: bits as u32, count_bits: COUNT_BITS, time_step_s: 1e-3, rounding };
        match quantise(&trained, &rules) {
            Ok(quantised) => {
                let design = CoreBlock::new(quantised.core, Delays::each(ticks(delay_s)));
                Some(Built::Block { kind: &CORE, design: Arc::new(design) })
            }
            Err(error) => {
                self.report(
                    Finding::new(Code::ModelParameter, card.name.span, error.to_string())
                        .help("more bits, another scale, or rounding= for what it may cost"),
                );
                None
            }
        }
    }
}
