//! The circuit's own checks, back to places in the deck.

use memspike_circuit::{Builder, Circuit, CircuitError};

use crate::code::Code;
use crate::finding::Finding;
use crate::number::clip;
use crate::source::Span;

use super::{Elaborator, Placed};

impl Elaborator<'_> {
    /// Sets initial voltages and builds; nothing if the circuit is not whole or not sound.
    pub(super) fn build(&mut self, mut builder: Builder) -> Option<Circuit> {
        for (full_name, node, volt) in std::mem::take(&mut self.initial_cards) {
            let full_name = self.known_node(&full_name);
            if self.nodes.contains(&full_name) {
                let id = builder.node(&full_name);
                builder.initial_voltage(id, volt);
            } else {
                self.unknown_node(&node);
            }
        }
        if self.incomplete {
            return None;
        }
        if self.placed.is_empty() && self.blocks.is_empty() {
            let span = Span { file: 0, start: 0, end: 0 };
            self.report(
                Finding::new(Code::EmptyDeck, span, "the deck has no elements")
                    .help("the first line is the title; elements follow it"),
            );
            return None;
        }
        if self.tran.as_ref().is_some_and(|tran| tran.from_initial_conditions) {
            builder.from_initial_conditions();
        }
        let single: Vec<(String, usize)> = builder
            .single_pins()
            .into_iter()
            .map(|(node, element)| (node.to_owned(), element))
            .collect();
        match builder.build() {
            Ok(circuit) => {
                // Where something is wrong, it may be what is missing at the node.
                if !self.findings.has_errors() {
                    single.iter().for_each(|(node, element)| self.single_pin(node, *element));
                }
                Some(circuit)
            }
            Err(errors) => {
                // What drivers and sources follow was looked for by name, and told with what is near it.
                let told = |error: &CircuitError| {
                    use CircuitError::{NoBranch, NoSuchDevice, NotADevice};
                    matches!(error, NoSuchDevice { .. } | NotADevice { .. } | NoBranch { .. })
                };
                for error in errors.into_iter().filter(|error| !told(error)) {
                    if let CircuitError::NetDrivenTwice { net, .. }
                    | CircuitError::NetNotDriven { net, .. } = &error
                    {
                        self.net_error(net, &error);
                        continue;
                    }
                    let (code, element) = place_of(&error);
                    let placed = &self.placed[element];
                    let mut findings = std::mem::take(&mut self.findings);
                    findings.push_with(code, placed.span, || {
                        let finding = Finding::new(code, placed.span, error.to_string());
                        let context = self.context(placed.instance);
                        Finding { context, ..finding.help(self.help_of(&error)) }
                    });
                    self.findings = findings;
                }
                None
            }
        }
    }

    fn net_error(&mut self, net: &str, error: &CircuitError) {
        let Some(&span) = self.nets.get(net) else { return };
        let near = || {
            let others = self.nets.keys().map(String::as_str).filter(|other| *other != net);
            let near = crate::finding::nearest(net, others);
            near.map_or(String::new(), |near| format!("; did you mean '{near}'?"))
        };
        let (code, help) = match error {
            CircuitError::NetDrivenTwice { .. } => {
                (Code::NetDrivers, "give each its own net, and join them by a gate".to_owned())
            }
            _ => (Code::NetDrivers, format!("drive it by a block or a bridge{}", near())),
        };
        let finding = Finding::new(code, span, error.to_string()).help(help);
        self.report(finding);
    }

    /// Warns of a node that only one element has.
    fn single_pin(&mut self, node: &str, element: usize) {
        let Placed { span, instance } = self.placed[element];
        let mut findings = std::mem::take(&mut self.findings);
        findings.push_with(Code::SinglePin, span, || {
            let message = format!("node '{}' has one pin, that of this element", clip(node));
            let finding = Finding::new(Code::SinglePin, span, message);
            Finding { context: self.context(instance), ..finding.help(self.connect(node)) }
        });
        self.findings = findings;
    }

    fn connect(&self, node: &str) -> String {
        let others = self.nodes.iter().map(String::as_str).filter(|other| *other != node);
        let near = crate::finding::nearest(node, others);
        let near = near.map_or(String::new(), |near| format!("; did you mean '{near}'?"));
        format!("connect the node to a second element, or to ground (0){near}")
    }

    fn help_of(&self, error: &CircuitError) -> String {
        match error {
            CircuitError::DuplicateName { first, .. } => {
                let place = self.sources.file_and_line(self.placed[*first].span);
                format!("the first is at {place}")
            }
            CircuitError::BadValue { .. } => {
                "a short is one node, an open branch is left out".to_owned()
            }
            CircuitError::DanglingPin { node, .. } => self.connect(node),
            CircuitError::NoDcPath { .. } => {
                "start from initial conditions (.tran ... uic), or add a large resistor from it to ground, \
                 such as 1g"
                    .to_owned()
            }
            CircuitError::SourceLoop { elements, .. } => {
                self.around(elements, "put a resistor above zero into the loop")
            }
            CircuitError::RowNotHeld { .. } => {
                "hold it with a V without compliance whose current nothing follows, not with an E: a driver that follows a \
                 device is V1 row 0 SPIKE(N1 high width)"
                    .to_owned()
            }
            CircuitError::NoSuchRow { .. } => "give a weight for each row and no more".to_owned(),
            CircuitError::NoSuchDevice { .. } | CircuitError::NotADevice { .. } => {
                "name an N, S or W".to_owned()
            }
            CircuitError::NoBranch { .. } => "name a voltage source or an inductor".to_owned(),
            CircuitError::BadCoupling { .. } => "couple two inductors, by -1 to 1".to_owned(),
            CircuitError::ShortedSource { .. } => "connect its ends to two nodes".to_owned(),
            CircuitError::NetDrivenTwice { .. } | CircuitError::NetNotDriven { .. } => {
                unreachable!("nets have places of their own")
            }
        }
    }

    fn around(&self, elements: &[usize], help: &str) -> String {
        const MAX_SHOWN: usize = 6;
        let places: Vec<String> = elements
            .iter()
            .take(MAX_SHOWN)
            .map(|&element| self.sources.file_and_line(self.placed[element].span))
            .collect();
        format!("{help}; the loop runs through {}", places.join(", "))
    }
}

/// What an error is about, and the element that it is told at.
fn place_of(error: &CircuitError) -> (Code, usize) {
    match error {
        CircuitError::DuplicateName { second, .. } => (Code::DuplicateElement, *second),
        CircuitError::BadValue { element, .. } => (Code::BadValue, *element),
        CircuitError::DanglingPin { element, .. } => (Code::DanglingPin, *element),
        CircuitError::NoDcPath { element, .. } => (Code::NoDcPath, *element),
        CircuitError::SourceLoop { elements, .. } => (Code::SourceLoop, last(elements)),
        CircuitError::RowNotHeld { element, .. } => (Code::RowNotHeld, *element),
        CircuitError::NoSuchDevice { element, .. } => (Code::UnknownElement, *element),
        CircuitError::NoBranch { element, .. } => (Code::NoBranch, *element),
        CircuitError::BadCoupling { element, .. } => (Code::Coupling, *element),
        CircuitError::NoSuchRow { element, .. } => (Code::Weights, *element),
        CircuitError::NotADevice { element, .. } => (Code::NotADevice, *element),
        CircuitError::ShortedSource { element, .. } => (Code::ShortedSource, *element),
        CircuitError::NetDrivenTwice { .. } | CircuitError::NetNotDriven { .. } => {
            unreachable!("nets have places of their own")
        }
    }
}

/// Loops are named at the element that comes last by name.
fn last(elements: &[usize]) -> usize {
    elements.last().copied().unwrap_or(0)
}
