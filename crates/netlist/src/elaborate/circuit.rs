//! The circuit's own checks, back to places in the deck.

use memspike_circuit::{Builder, Circuit, CircuitError};

use crate::code::Code;
use crate::finding::Finding;
use crate::source::Span;

use super::Elaborator;

impl Elaborator<'_> {
    /// Sets initial voltages and builds; nothing if the circuit is not whole or not sound.
    pub(super) fn build(&mut self, mut builder: Builder) -> Option<Circuit> {
        for (full_name, node, volt) in std::mem::take(&mut self.initial_cards) {
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
        if self.placed.is_empty() {
            let span = Span { file: 0, start: 0, end: 0 };
            self.report(
                Finding::new(Code::EmptyDeck, span, "the deck has no elements")
                    .help("the first line is the title; elements follow it"),
            );
            return None;
        }
        match builder.build() {
            Ok(circuit) => Some(circuit),
            Err(errors) => {
                for error in errors {
                    if self.findings.is_full() {
                        break;
                    }
                    let finding = self.finding_of(&error);
                    self.findings.push(finding);
                }
                None
            }
        }
    }

    fn finding_of(&self, error: &CircuitError) -> Finding {
        let (code, element, help) = match error {
            CircuitError::DuplicateName { first, second, .. } => {
                let place = self.sources.file_and_line(self.placed[*first].span);
                (Code::DuplicateElement, *second, format!("the first is at {place}"))
            }
            CircuitError::BadValue { element, .. } => {
                let help = "a short is one node, an open branch is left out".to_owned();
                (Code::BadValue, *element, help)
            }
            CircuitError::DanglingPin { node, element, .. } => {
                let near = crate::finding::nearest(
                    node,
                    self.nodes.iter().map(String::as_str).filter(|other| other != node),
                );
                let near = near.map_or(String::new(), |near| format!("; did you mean '{near}'?"));
                let help = format!("connect the node to a second element, or to ground (0){near}");
                (Code::DanglingPin, *element, help)
            }
            CircuitError::NoDcPath { element, .. } => {
                let help = "add a large resistor from it to ground, such as 1g".to_owned();
                (Code::NoDcPath, *element, help)
            }
            CircuitError::SourceLoop { elements, .. } => {
                let help = self.around(elements, "put a resistor into the loop");
                (Code::SourceLoop, last(elements), help)
            }
            CircuitError::CapacitorLoop { elements, .. } => {
                let help = self.around(elements, "put a resistor between source and capacitor");
                (Code::CapacitorLoop, last(elements), help)
            }
            CircuitError::RowNotHeld { element, .. } => {
                let help = "hold it with a voltage source without compliance: a driver that follows a \
                            device is V1 row 0 SPIKE(N1 high width)";
                (Code::RowNotHeld, *element, help.to_owned())
            }
            CircuitError::ShortedSource { element, .. } => {
                (Code::ShortedSource, *element, "connect its ends to two nodes".to_owned())
            }
        };
        let placed = &self.placed[element];
        let mut finding = Finding::new(code, placed.span, error.to_string()).help(help);
        finding.context = self.context(placed.instance);
        finding
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

/// Loops are named at the element that comes last by name.
fn last(elements: &[usize]) -> usize {
    elements.last().copied().unwrap_or(0)
}
