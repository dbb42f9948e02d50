//! What is asked of the circuit at rest: `.op`, `.dc`, `.ac`, and what sources are there.

use memspike_circuit::{Circuit, ElementId};

use crate::code::Code;
use crate::cursor::Name;
use crate::deck::{Analysis, AtRest, Sweep};
use crate::expression::Draws;
use crate::finding::{Finding, suggest};
use crate::number::clip;
use crate::syntax::{RestSyntax, SourceCard, StepCard};

use super::save::Saved;
use super::step::{MAX_POINTS, too_many};
use super::{Elaborator, Scope};

/// Most numbers that an analysis keeps: half a gigabyte.
const MOST_NUMBERS: usize = 1 << 26;

/// What a source is beside its function of time.
pub(super) struct SourceAtRest {
    name: String,
    /// Where it is not the value at time zero (V or A).
    dc: Option<f64>,
    /// Magnitude (V or A) and phase (degrees).
    ac: Option<(f64, f64)>,
}

impl Elaborator<'_> {
    /// Notes what the card of a source says of operating points and of small signals, so many times.
    pub(super) fn note_source(
        &mut self,
        scope: &Scope<'_>,
        source: &SourceCard,
        (name, factor): (&str, f64),
        draws: &mut Option<Draws>,
    ) {
        let dc = source.dc.as_ref().filter(|_| source.function.is_some());
        let dc = dc.and_then(|dc| self.number(scope, dc, draws)).map(|dc| dc * factor);
        let ac = source.ac.as_ref().and_then(|(magnitude, phase)| {
            let magnitude = self.number(scope, magnitude, draws);
            Some((magnitude? * factor, self.number(scope, phase, draws)?))
        });
        if dc.is_some() || ac.is_some() {
            self.sources_at_rest.push(SourceAtRest { name: name.to_owned(), dc, ac });
        }
    }

    /// What the deck asks for, and the sources' part in it.
    pub(super) fn at_rest(
        &mut self,
        scope: &Scope<'_>,
        circuit: Option<&Circuit>,
        save: Option<&Saved>,
    ) -> AtRest {
        let tree = self.tree;
        let mut at_rest = AtRest::default();
        for card in &tree.at_rest {
            let made = match card {
                RestSyntax::OperatingPoint => Some(Analysis::OperatingPoint),
                RestSyntax::Dc(sweeps) => self.sweeps(scope, circuit, sweeps).map(Analysis::Dc),
                RestSyntax::Ac(card) => self.frequencies(scope, card).map(Analysis::Ac),
            };
            at_rest.analyses.extend(made);
        }
        let Some(circuit) = circuit else { return at_rest };
        let signals = match save {
            Some(save) => save.signals.len(),
            None => circuit.nodes().len() + circuit.elements().len(),
        };
        self.check_numbers(&at_rest.analyses, signals);
        for source in std::mem::take(&mut self.sources_at_rest) {
            let Some(id) = circuit.find_element(&source.name) else { continue };
            at_rest.dc.extend(source.dc.map(|value| (id, value)));
            at_rest.ac.extend(source.ac.map(|(magnitude, phase)| (id, magnitude, phase)));
        }
        if at_rest.ac.is_empty()
            && let Some(RestSyntax::Ac(card)) =
                tree.at_rest.iter().find(|card| matches!(card, RestSyntax::Ac(_)))
        {
            let message = "no source has an AC value: all amplitudes are zero";
            self.report(
                Finding::new(Code::ZeroSource, card.span, message)
                    .help("give the source that drives it one: V1 in 0 DC 1 AC 1"),
            );
        }
        at_rest
    }

    /// Refuses what would keep more numbers than a machine should: all of them are in memory before they are written.
    fn check_numbers(&mut self, analyses: &[Analysis], signals: usize) {
        for analysis in analyses {
            let points = match analysis {
                Analysis::OperatingPoint => 1,
                Analysis::Dc(sweeps) => sweeps.iter().map(|sweep| sweep.values.len()).product(),
                Analysis::Ac(frequencies) => 2 * frequencies.len(),
            };
            let card = self.tree.at_rest.iter().find_map(|card| match (card, analysis) {
                (RestSyntax::Dc(sweeps), Analysis::Dc(_)) => sweeps.first(),
                (RestSyntax::Ac(card), Analysis::Ac(_)) => Some(card),
                _ => None,
            });
            if let Some(card) = card.filter(|_| points.saturating_mul(signals) > MOST_NUMBERS) {
                let message = format!("{points} numbers of each of {signals} signals");
                self.report(
                    Finding::new(Code::StepLimit, card.span, message).help(
                        "name the signals that are wanted, .save v(out), or take fewer points",
                    ),
                );
            }
        }
    }

    fn sweeps(
        &mut self,
        scope: &Scope<'_>,
        circuit: Option<&Circuit>,
        cards: &[StepCard],
    ) -> Option<Vec<Sweep>> {
        let mut sweeps = Vec::new();
        let mut total: usize = 1;
        for card in cards {
            let element = self.swept(circuit, &card.name);
            let values = self.values(scope, card)?;
            let is_source =
                card.name.text.rsplit('.').next().is_some_and(|own| own.starts_with(['v', 'i']));
            if let Some(value) = values.iter().find(|value| !is_source && **value <= 0.0) {
                let message =
                    format!("{} cannot be {value:e}: its value is above zero", card.name.text);
                self.report(
                    Finding::new(Code::StepRange, card.span, message)
                        .help(format!(
                            "begin and end above zero; other values take a parameter: .param p=1k, {} a b {{p}}, .dc p ...",
                            card.name.text
                        )),
                );
                return None;
            }
            total = total.saturating_mul(values.len());
            if total > MAX_POINTS {
                self.report(too_many(card.span));
                return None;
            }
            sweeps.push(Sweep { element: element?, name: card.name.text.clone(), values });
        }
        Some(sweeps)
    }

    /// The element that a sweep names.
    fn swept(&mut self, circuit: Option<&Circuit>, name: &Name) -> Option<ElementId> {
        if !self.swept_names.contains(&name.text) {
            if !self.incomplete && !self.is_broken(&name.text) {
                let known = self.swept_names.iter().map(String::as_str);
                let (message, help) = match self.elements.contains_key(&name.text) {
                    true => (
                        format!("'{}' has no value of its own to sweep", clip(&name.text)),
                        "sweep a source of one, or an R above zero, L or C".to_owned(),
                    ),
                    false => (
                        format!("there is no source, R, L or C '{}'", clip(&name.text)),
                        suggest(&name.text, "source, R, L or C", known),
                    ),
                };
                self.report(Finding::new(Code::StepTarget, name.span, message).help(format!(
                    "{help}; of anything else sweep a parameter: .param p=1, ron={{p}}, .dc p 1 3 1"
                )));
            }
            return None;
        }
        circuit?.find_element(&name.text)
    }

    fn frequencies(&mut self, scope: &Scope<'_>, card: &StepCard) -> Option<Vec<f64>> {
        let values = self.values(scope, card)?;
        if let Some(low) = values.iter().find(|hertz| **hertz < 0.0) {
            let message = format!("{low:e} Hz is no frequency");
            self.report(
                Finding::new(Code::StepRange, card.span, message).help("begin at 0 or above"),
            );
            return None;
        }
        Some(values)
    }
}
