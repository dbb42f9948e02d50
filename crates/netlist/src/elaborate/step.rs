//! `.step`: the points at which a deck runs, and all its runs.

use crate::code::Code;
use crate::deck::StepPoint;
use crate::expression::{EvalError, Expression};
use crate::finding::{Finding, Findings};
use crate::source::{Sources, Span};
use crate::syntax::{ElementSyntax, StepCard, StepTarget, StepValues, Tree, WaveformKind};

use super::{Elaborator, Scope, can_step, is_temperature};

/// Most points of a deck, and of a sweep.
pub(super) const MAX_POINTS: usize = 100_000;
/// How far a last value may miss the stop and still be it, in increments.
const TOLERANCE: f64 = 1e-9;

/// All runs: the samples of `.mc` vary fastest, then the first `.step` line, as in LTspice.
pub(crate) fn steps(tree: &Tree, sources: &Sources) -> (Vec<StepPoint>, Findings) {
    let mut elaborator = Elaborator::new(tree, sources, None);
    let top = elaborator.top_scope(&Default::default());
    // What is wrong with the parameters is reported when a point is elaborated.
    elaborator.findings = Findings::default();
    let mut axes: Vec<(String, Vec<f64>)> = Vec::new();
    let mut total: usize = 1;
    for card in &tree.steps {
        elaborator.check_target(card);
        let Some(values) = elaborator.values(&top, card) else { continue };
        total = total.saturating_mul(values.len());
        axes.push((card.name.text.clone(), values));
        if total > MAX_POINTS {
            elaborator.report(too_many(card.span));
            break;
        }
    }
    let samples = elaborator.samples(&top, total);
    if elaborator.findings.has_errors() {
        return (Vec::new(), elaborator.findings);
    }
    let per_point = samples.unwrap_or(1) as usize;
    let points = (0..total * per_point)
        .map(|run| {
            let mut rest = run / per_point;
            let params = axes.iter().map(|(name, values)| {
                let value = values[rest % values.len()];
                rest /= values.len();
                (name.clone(), value)
            });
            let params = params.collect();
            StepPoint { params, sample: samples.map(|_| (run % per_point) as u32) }
        })
        .collect();
    (points, elaborator.findings)
}

pub(super) fn too_many(span: Span) -> Finding {
    Finding::new(Code::StepLimit, span, format!("more than {MAX_POINTS} points"))
        .help("widen the increment, or split the deck")
}

/// Of `v1:va`, as Xyce writes a value of a source's function: the source, and which value it is.
pub(super) fn argument(tree: &Tree, name: &str) -> Option<(String, usize)> {
    let (source, value) = name.split_once(':')?;
    let element =
        tree.body.elements.iter().find(|element| element.name.single() == Some(source))?;
    let (ElementSyntax::VoltageSource(card) | ElementSyntax::CurrentSource(card)) = &element.kind
    else {
        return None;
    };
    let function = card.function.as_ref()?;
    let names: &[&str] = match function.kind {
        WaveformKind::Sine => &["v0", "va", "freq", "td", "theta", "phase"],
        WaveformKind::Pulse => &["v1", "v2", "td", "tr", "tf", "pw", "per"],
        WaveformKind::Exponential => &["v1", "v2", "td1", "tau1", "td2", "tau2"],
        _ => &[],
    };
    let at = names.iter().position(|known| *known == value)?;
    (at < function.arguments.len()).then(|| (source.to_owned(), at))
}

/// Of `c1:w`, as Xyce writes a parameter of an element: the element, and which of its parameters it is.
pub(super) fn passive_parameter<'n>(tree: &Tree, name: &'n str) -> Option<(&'n str, &'n str)> {
    const NAMES: [&str; 9] = ["m", "l", "w", "temp", "dtemp", "tc1", "tc2", "tce", "scale"];
    let (element, parameter) = name.split_once(':')?;
    let card = tree.body.elements.iter().find(|card| card.name.single() == Some(element))?;
    let is_passive = matches!(
        card.kind,
        ElementSyntax::Resistor(_) | ElementSyntax::Capacitor(_) | ElementSyntax::Inductor(_)
    );
    (is_passive && NAMES.contains(&parameter)).then_some((element, parameter))
}

impl Elaborator<'_> {
    fn check_target(&mut self, card: &StepCard) {
        let name = &card.name;
        let params = &self.tree.body.param_names;
        if card.target == StepTarget::Parameter {
            if !params.contains(&name.text) {
                let known = params.iter().map(String::as_str);
                self.unknown(Code::StepTarget, name, "parameter", known);
            }
            return;
        }
        let elements = self.tree.body.elements.iter();
        let elements = elements
            .filter_map(|element| Some((element.name.single()?, &element.kind)))
            .filter(|(_, kind)| can_step(kind));
        let function = |kind: &ElementSyntax| match kind {
            ElementSyntax::VoltageSource(source) | ElementSyntax::CurrentSource(source) => {
                source.function.is_some()
            }
            _ => false,
        };
        match elements.clone().find(|(known, _)| *known == name.text) {
            None if params.contains(&name.text) || is_temperature(&name.text) => {}
            None if argument(self.tree, &name.text).is_some() => {}
            None if passive_parameter(self.tree, &name.text).is_some() => {}
            None => {
                let known =
                    elements.map(|(known, _)| known).chain(params.iter().map(String::as_str));
                self.unknown(Code::StepTarget, name, "element or parameter", known);
            }
            Some((_, kind)) if function(kind) => {
                let message = format!("'{}' follows a function, it has no DC value", name.text);
                self.report(
                    Finding::new(Code::StepTarget, name.span, message)
                        .help("put a parameter into the function and step that"),
                );
            }
            Some(_) => {}
        }
    }

    /// The value of an expression that is the same in every run.
    pub(super) fn plain(&mut self, scope: &Scope<'_>, expression: &Expression) -> Option<f64> {
        match expression.evaluate(|name| scope.known(name), None) {
            Err(EvalError::Failed) => {
                let message = "the value depends on a random parameter, or on one in error";
                self.report(
                    Finding::new(Code::RandomRefused, expression.span, message)
                        .help("steps and the number of samples must be the same in every run"),
                );
                None
            }
            Err(error) => {
                self.evaluation_failed(scope, expression, error);
                None
            }
            Ok(_) => self.number(scope, expression, &mut None),
        }
    }

    /// The values of a card that are the same in every run.
    pub(super) fn values(&mut self, scope: &Scope<'_>, card: &StepCard) -> Option<Vec<f64>> {
        match &card.values {
            StepValues::List(list) => {
                let values: Vec<_> = list.iter().map(|value| self.plain(scope, value)).collect();
                values.into_iter().collect()
            }
            StepValues::Linear { start, stop, increment } => {
                let first = self.plain(scope, start);
                let last = self.plain(scope, stop);
                let step = self.plain(scope, increment);
                let (first, last, step) = (first?, last?, step?);
                if first == last {
                    return Some(vec![first]);
                }
                let intervals = (last - first) / step;
                if intervals <= 0.0 || !intervals.is_finite() {
                    let message = format!("from {first:e} by {step:e} never reaches {last:e}");
                    self.report(
                        Finding::new(Code::StepRange, increment.span, message)
                            .help("give an increment with the sign of stop - start"),
                    );
                    return None;
                }
                self.ramp(card, intervals, last, |index| first + index * step)
            }
            StepValues::Count { start, stop, count } => {
                let first = self.plain(scope, start);
                let last = self.plain(scope, stop);
                let points = self.plain(scope, count);
                let (first, last, points) = (first?, last?, points?);
                if points == 1.0 {
                    return Some(vec![first]);
                }
                if !(points > 1.0 && points.fract() == 0.0 && last >= first) {
                    let message = format!("from {first:e} to {last:e} with {points} points");
                    self.report(Finding::new(Code::StepRange, card.span, message).help(
                        "give a whole number of points, and a start that is not above the stop",
                    ));
                    return None;
                }
                let step = (last - first) / (points - 1.0);
                self.ramp(card, points - 1.0, last, |index| first + index * step)
            }
            StepValues::Logarithmic { base, start, stop, count } => {
                let first = self.plain(scope, start);
                let last = self.plain(scope, stop);
                let points = self.plain(scope, count);
                let (first, last, points) = (first?, last?, points?);
                if !(first > 0.0 && last >= first && points >= 1.0) {
                    let message = format!("from {first:e} to {last:e} with {points} points");
                    self.report(
                        Finding::new(Code::StepRange, card.span, message)
                            .help("logarithmic steps need 0 < start <= stop and 1 point or more"),
                    );
                    return None;
                }
                let intervals = points * (last / first).ln() / base.ln();
                self.ramp(card, intervals, last, |index| first * base.powf(index / points))
            }
        }
    }

    /// Values up to `last`, which is met exactly if it lies on the grid.
    fn ramp(
        &mut self,
        card: &StepCard,
        intervals: f64,
        last: f64,
        value: impl Fn(f64) -> f64,
    ) -> Option<Vec<f64>> {
        if intervals >= MAX_POINTS as f64 {
            self.report(too_many(card.span));
            return None;
        }
        let count = (intervals + TOLERANCE).floor();
        let mut values: Vec<f64> = (0..=count as usize).map(|index| value(index as f64)).collect();
        if (count - intervals).abs() <= TOLERANCE
            && let Some(end) = values.last_mut()
        {
            *end = last;
        }
        Some(values)
    }
}
