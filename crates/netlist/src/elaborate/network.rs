//! `.model name network(file="net.toml" inputs="drivers" outputs="neurons")`: a network of point neurons as a digital block.

use std::sync::Arc;

use memspike_cosim::{NetworkBlock, NetworkBlockError};
use memspike_device::Parameter;
use memspike_digital::{BlockKind, Direction, Port};
use memspike_time::{HORIZON_S, ticks};

use crate::code::Code;
use crate::cursor::{FileName, Name};
use crate::finding::Finding;
use crate::syntax::ModelCard;

use super::Elaborator;
use super::built::Built;

const fn list(name: &'static str, direction: Direction) -> Port {
    Port { name, direction, list: true, least: 1, optional: true }
}

/// The kind. Its neurons are in a file.
pub(super) static NETWORK: BlockKind = BlockKind {
    name: "network",
    doc: "A network of point neurons: a rising edge of an input is a spike of a neuron of inputs, a spike of a neuron of outputs is a pulse.",
    ports: &[list("in", Direction::In), list("out", Direction::Out)],
    parameters: &[
        Parameter::new("seed", "1", 1.0, "of what the network draws"),
        Parameter::new("width", "s", 1e-6, "length of a pulse"),
    ],
    build: |_| Ok(Arc::new(memspike_digital::Vectors { rows: Arc::from([]) })),
};

/// Its parameters that are texts.
pub(super) const TEXTS: [&str; 3] = ["file", "inputs", "outputs"];

/// Seeds are whole numbers that a deck's numbers can say.
const MOST_SEED: f64 = 9_007_199_254_740_992.0;

/// What to do about a network that cannot be a block.
fn remedy(error: &NetworkBlockError) -> &'static str {
    match error {
        NetworkBlockError::Population { .. } => "name a population of its file",
        NetworkBlockError::NoInput { .. } => "name another one, or give it model.input = {}",
        NetworkBlockError::Delay { .. } => "give the projection a delay_s of at least 1e-9",
        NetworkBlockError::Several(_) => {
            "make one population of them, of which projections choose by lists"
        }
    }
}

impl Elaborator<'_> {
    /// The network that a card names.
    pub(super) fn network(
        &mut self,
        card: &ModelCard,
        values: &[f64],
        texts: &[&(Name, FileName)],
    ) -> Option<Built> {
        let &[seed, width_s] = values else { unreachable!("as many as parameters") };
        let wrong = if !(0.0..=MOST_SEED).contains(&seed) || seed.fract() != 0.0 {
            Some(format!("seed = {seed}: must be a whole number up to 2^53"))
        } else if !(0.0..HORIZON_S).contains(&width_s) || ticks(width_s) == 0 {
            Some(format!(
                "width = {width_s}: must be at least a femtosecond, and shorter than a run"
            ))
        } else {
            None
        };
        if let Some(message) = wrong {
            let finding = Finding::new(Code::ModelParameter, card.name.span, message);
            self.report(finding.help("give it another value"));
            return None;
        }
        let text = |wanted: &str| {
            texts.iter().rev().find(|(name, _)| name.text == wanted).map(|(_, text)| text)
        };
        let [Some(file), Some(inputs), Some(outputs)] = TEXTS.map(text) else {
            self.report(
                Finding::new(Code::MissingValue, card.name.span, "a network has a file, inputs and outputs")
                    .help("write .model name network(file=\"net.toml\" inputs=\"a population of model input\" outputs=\"another\")"),
            );
            return None;
        };
        let network = match self.sources.data.network(self.sources.beside(file)) {
            Ok(described) => Arc::clone(&described.network),
            Err(message) => {
                let finding = Finding::new(Code::Network, file.span, message);
                self.report(finding.help(
                    "memspike check says more of a network; the path is relative to this file",
                ));
                return None;
            }
        };
        NetworkBlock::new(network, [&inputs.text, &outputs.text], seed as u64, ticks(width_s))
            .map(|block| Built::Block { kind: &NETWORK, design: Arc::new(block) })
            .map_err(|error| {
                let span = match &error {
                    NetworkBlockError::Population { name, .. } if *name == outputs.text => {
                        outputs.span
                    }
                    NetworkBlockError::Population { .. } | NetworkBlockError::NoInput { .. } => {
                        inputs.span
                    }
                    _ => file.span,
                };
                let finding = Finding::new(Code::Network, span, error.to_string());
                self.report(finding.help(remedy(&error)));
            })
            .ok()
    }
}
