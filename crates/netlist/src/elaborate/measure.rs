//! `.meas` and `.save`: names to signals.

use std::collections::BTreeSet;

use memspike_circuit::{Circuit, Measure, MeasureKind, Reading, RiseReading, Window};

use crate::code::Code;
use crate::cursor::Name;
use crate::deck::MeasureCard;
use crate::expression::{EvalError, Expression, Known};
use crate::finding::Finding;
use crate::source::Span;
use crate::syntax::{DeviceMeasure, MeasureKindSyntax, MeasuredSyntax};
use crate::vector::Vector;

use super::order::order;
use super::quantity;
use super::save::Saved;
use super::{Elaborator, Scope};

/// Names become ids only in a circuit that was built; without one they are checked all the same.
pub(super) type Resolved<T> = Option<T>;

impl Elaborator<'_> {
    pub(super) fn observations(
        &mut self,
        scope: &Scope<'_>,
        circuit: Option<&Circuit>,
    ) -> (Vec<MeasureCard>, Option<Saved>) {
        let mut earlier: BTreeSet<String> = BTreeSet::new();
        let mut measures = Vec::new();
        let tree = self.tree;
        if let Some(card) = tree.measures.first()
            && self.tran.as_ref().is_some_and(|tran| !tran.runs())
        {
            let message = "the deck has no .tran: its measurements in time are skipped";
            self.report(
                Finding::new(Code::IgnoredMeasure, card.name.name.span, message)
                    .help("say how long to run, .tran 1"),
            );
            return (measures, self.saves(circuit));
        }
        let is_parameter = |name: &str| matches!(scope.known(name), Known::Value(_));
        for position in order(&tree.measures, is_parameter) {
            let card = &tree.measures[position];
            for (position, name) in card.name.names().enumerate() {
                let name = name.text;
                let errors = self.findings.errors();
                let made = match &card.kind {
                    MeasureKindSyntax::Param(expression) => {
                        let expression = self.param(scope, expression, &earlier);
                        let name = name.clone();
                        expression.map(|expression| MeasureCard::Param { name, expression })
                    }
                    MeasureKindSyntax::ArgMax(of) => self.arg_max(&name, of, &earlier),
                    kind => self
                        .kind(scope, circuit, kind, card.name.name.span, position)
                        .map(|kind| MeasureCard::Direct(Measure { name: name.clone(), kind })),
                };
                earlier.insert(name.clone());
                // What was left out, and told, has no value.
                let left_out = self.findings.errors() == errors;
                let made = made.or_else(|| left_out.then_some(MeasureCard::LeftOut { name }));
                let Some(made) = made else {
                    // What is wrong with one name of a range is wrong with the next.
                    earlier.extend(card.name.names().map(|name| name.text));
                    break;
                };
                measures.push(made);
            }
        }
        (measures, self.saves(circuit))
    }

    fn saves(&mut self, circuit: Option<&Circuit>) -> Option<Saved> {
        let tree = self.tree;
        let save = tree.save.as_ref().filter(|_| !tree.save_all);
        save.map(|signals| self.saved(circuit, signals))
    }

    /// The index of the greatest of several earlier measurements.
    fn arg_max(
        &mut self,
        name: &str,
        of: &Vector,
        earlier: &BTreeSet<String>,
    ) -> Option<MeasureCard> {
        if let Some(missing) = of.names().find(|of| !earlier.contains(&of.text)) {
            let known = earlier.iter().map(String::as_str);
            self.unknown(Code::UnknownMeasure, &missing, "earlier measurement", known);
            return None;
        }
        let of = (0..of.count()).map(|at| (of.index(at).unwrap_or(0), of.text(at).into_owned()));
        Some(MeasureCard::ArgMax { name: name.to_owned(), of: of.collect() })
    }

    /// Deck parameters become numbers; names of earlier measurements stay.
    fn param(
        &mut self,
        scope: &Scope<'_>,
        expression: &Expression,
        earlier: &BTreeSet<String>,
    ) -> Option<Expression> {
        let known = |name: &str| {
            if earlier.contains(name) { Known::Value(1.0) } else { scope.known(name) }
        };
        match expression.evaluate(known, None) {
            // The value with stand-ins says nothing about the value of the run.
            Ok(_) | Err(EvalError::NotFinite { .. }) => {}
            Err(EvalError::Unknown { name }) => {
                let known = scope.names().chain(earlier.iter().map(String::as_str));
                self.unknown_in(expression, &name, "earlier measurement", known);
                return None;
            }
            Err(error) => {
                self.evaluation_failed(scope, expression, error);
                return None;
            }
        }
        let mut expression = expression.clone();
        expression.substitute(|name| match scope.known(name) {
            Known::Value(value) if !earlier.contains(name) => Some(value),
            _ => None,
        });
        Some(expression)
    }

    fn kind(
        &mut self,
        scope: &Scope<'_>,
        circuit: Option<&Circuit>,
        kind: &MeasureKindSyntax,
        span: Span,
        position: usize,
    ) -> Resolved<MeasureKind> {
        Some(match kind {
            MeasureKindSyntax::Delay { trigger, target } => {
                let trigger = self.point(scope, circuit, trigger, span);
                let target = self.point(scope, circuit, target, span);
                MeasureKind::Delay { trigger: trigger?, target: target? }
            }
            MeasureKindSyntax::When(crossing) => {
                MeasureKind::When(self.crossing(scope, circuit, crossing, span)?)
            }
            MeasureKindSyntax::Find { of, at } => {
                let at = self.point(scope, circuit, at, span);
                if let MeasuredSyntax::Signal(signal) = of {
                    let signal = self.signal(circuit, signal);
                    return Some(MeasureKind::Find { signal: signal?, at: at? });
                }
                return self.reading(scope, circuit, of, span, Reading::Value(at?));
            }
            MeasureKindSyntax::Derivative { of, at } => {
                let MeasuredSyntax::Signal(signal) = of else {
                    self.no_derivative(span);
                    return None;
                };
                let signal = self.signal(circuit, signal);
                let at = self.point(scope, circuit, at, span);
                MeasureKind::Derivative { signal: signal?, at: at? }
            }
            MeasureKindSyntax::Statistic { statistic, of, window } => {
                let window = self.window(scope, window);
                if let MeasuredSyntax::Signal(signal) = of {
                    let (statistic, signal) = (*statistic, self.signal(circuit, signal)?);
                    return Some(MeasureKind::Statistic { statistic, signal, window: window? });
                }
                let reading = Reading::Statistic(*statistic, window?);
                return self.reading(scope, circuit, of, span, reading);
            }
            MeasureKindSyntax::Extreme { greatest, of, window } => {
                let window = self.window(scope, window)?;
                let reading =
                    if *greatest { Reading::MaxAt(window) } else { Reading::MinAt(window) };
                return self.reading(scope, circuit, of, span, reading);
            }
            MeasureKindSyntax::Device { kind, elements, window } => {
                let window = self.window(scope, window);
                return self.spikes(circuit, *kind, &elements.at(position), window);
            }
            MeasureKindSyntax::Param(_)
            | MeasureKindSyntax::ArgMax(_)
            | MeasureKindSyntax::LeftOut => return None,
        })
    }

    fn no_derivative(&mut self, span: Span) {
        let message = "left out: DERIV takes a signal, no expression";
        self.report(
            Finding::new(Code::IgnoredMeasure, span, message)
                .help("give the expression a node, B1 x 0 V={...}, and measure v(x)"),
        );
    }

    /// What is asked of the spikes of a device, or of a net, whose rising edges are its spikes.
    fn spikes(
        &mut self,
        circuit: Option<&Circuit>,
        kind: DeviceMeasure,
        element: &Name,
        window: Option<Window>,
    ) -> Resolved<MeasureKind> {
        if self.is_net(circuit, kind, &element.text) {
            let net = circuit?.find_net(&element.text)?;
            let reading = match kind {
                DeviceMeasure::FirstSpike => RiseReading::First,
                DeviceMeasure::Frequency => RiseReading::Frequency,
                DeviceMeasure::Spikes | DeviceMeasure::EnergyPerSpike => RiseReading::Count,
            };
            return Some(MeasureKind::Rises { net, reading, window: window? });
        }
        let id = self.device(circuit, element);
        let (id, window) = (id?, window?);
        Some(match kind {
            DeviceMeasure::Spikes => MeasureKind::Spikes(id, window),
            DeviceMeasure::FirstSpike => MeasureKind::FirstSpike(id, window),
            DeviceMeasure::Frequency => MeasureKind::Frequency(id, window),
            DeviceMeasure::EnergyPerSpike => MeasureKind::EnergyPerSpike(id, window),
        })
    }

    /// Whether what is measured as a device would be is a net, whose rising edges are its spikes.
    fn is_net(&self, circuit: Option<&Circuit>, kind: DeviceMeasure, name: &str) -> bool {
        kind != DeviceMeasure::EnergyPerSpike
            && !self.elements.contains_key(name)
            && circuit.is_some_and(|circuit| circuit.find_net(name).is_some())
    }

    /// A reading of what is no signal alone.
    fn reading(
        &mut self,
        scope: &Scope<'_>,
        circuit: Option<&Circuit>,
        of: &MeasuredSyntax,
        span: Span,
        reading: Reading,
    ) -> Resolved<MeasureKind> {
        let quantity = self.quantity(scope, circuit, of)?;
        let unit = quantity::unit(of, &reading);
        self.check_reading(span, &quantity, &reading).then_some(MeasureKind::Expression {
            of: quantity,
            reading,
            unit,
        })
    }
}
