//! `.meas` and `.save`: names to signals.

use std::collections::BTreeSet;

use memspike_circuit::{
    Circuit, Crossing, ElementId, Level, Measure, MeasureKind, NodeId, Occurrence, Point, Reading,
    RiseReading, Signal, Window,
};

use crate::code::Code;
use crate::cursor::Name;
use crate::deck::MeasureCard;
use crate::expression::{EvalError, Expression, Known};
use crate::finding::{Finding, suggest};
use crate::source::Span;
use crate::syntax::{
    CrossingSyntax, DeviceMeasure, LevelSyntax, MeasureKindSyntax, MeasuredSyntax, PointSyntax,
    SignalSyntax, WindowSyntax,
};
use crate::vector::Vector;

use super::order::order;
use super::quantity;
use super::save::Saved;
use super::{Elaborator, ElementClass, Scope};

/// Names become ids only in a circuit that was built; without one they are checked all the same.
type Resolved<T> = Option<T>;

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
                earlier.insert(name);
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
            MeasureKindSyntax::Find { of: MeasuredSyntax::Signal(signal), at } => {
                let signal = self.signal(circuit, signal);
                let at = self.point(scope, circuit, at, span);
                MeasureKind::Find { signal: signal?, at: at? }
            }
            MeasureKindSyntax::Find { of, at } => {
                let at = self.point(scope, circuit, at, span);
                return self.reading(scope, circuit, of, span, Reading::Value(at?));
            }
            MeasureKindSyntax::Derivative { of, at } => {
                let MeasuredSyntax::Signal(signal) = of else {
                    let message = "DERIV takes a signal, no expression";
                    self.report(
                        Finding::new(Code::NotLinear, span, message)
                            .help("give the expression a node, B1 x 0 V={...}, and measure v(x)"),
                    );
                    return None;
                };
                let signal = self.signal(circuit, signal);
                let at = self.point(scope, circuit, at, span);
                MeasureKind::Derivative { signal: signal?, at: at? }
            }
            MeasureKindSyntax::Statistic {
                statistic,
                of: MeasuredSyntax::Signal(signal),
                window,
            } => {
                let signal = self.signal(circuit, signal);
                let window = self.window(scope, window);
                MeasureKind::Statistic { statistic: *statistic, signal: signal?, window: window? }
            }
            MeasureKindSyntax::Statistic { statistic, of, window } => {
                let window = self.window(scope, window)?;
                let reading = Reading::Statistic(*statistic, window);
                return self.reading(scope, circuit, of, span, reading);
            }
            MeasureKindSyntax::Extreme { greatest, of, window } => {
                let window = self.window(scope, window)?;
                let reading =
                    if *greatest { Reading::MaxAt(window) } else { Reading::MinAt(window) };
                return self.reading(scope, circuit, of, span, reading);
            }
            MeasureKindSyntax::Device { kind, elements, window }
                if self.is_net(circuit, *kind, &elements.text(position)) =>
            {
                let window = self.window(scope, window)?;
                let net = circuit?.find_net(&elements.text(position))?;
                let reading = match kind {
                    DeviceMeasure::FirstSpike => RiseReading::First,
                    DeviceMeasure::Frequency => RiseReading::Frequency,
                    DeviceMeasure::Spikes | DeviceMeasure::EnergyPerSpike => RiseReading::Count,
                };
                MeasureKind::Rises { net, reading, window }
            }
            MeasureKindSyntax::Device { kind, elements, window } => {
                let id = self.device(circuit, &elements.at(position));
                let window = self.window(scope, window);
                let (id, window) = (id?, window?);
                match kind {
                    DeviceMeasure::Spikes => MeasureKind::Spikes(id, window),
                    DeviceMeasure::FirstSpike => MeasureKind::FirstSpike(id, window),
                    DeviceMeasure::Frequency => MeasureKind::Frequency(id, window),
                    DeviceMeasure::EnergyPerSpike => MeasureKind::EnergyPerSpike(id, window),
                }
            }
            MeasureKindSyntax::Param(_) | MeasureKindSyntax::ArgMax(_) => return None,
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

    pub(super) fn unknown_node(&mut self, name: &Name) {
        let nodes = std::mem::take(&mut self.nodes);
        if !self.incomplete {
            self.unknown(Code::UnknownNode, name, "node", nodes.iter().map(String::as_str));
        }
        self.nodes = nodes;
    }

    pub(super) fn unknown_element(&mut self, name: &Name) {
        let elements = std::mem::take(&mut self.elements);
        if !self.incomplete {
            let known = elements.keys().map(String::as_str);
            self.unknown(Code::UnknownElement, name, "element", known);
        }
        self.elements = elements;
    }

    /// A name, or, if nothing has it, the same with points where Xyce writes colons: `x1:out`.
    pub(super) fn as_known(&self, name: &str, known: impl Fn(&Self, &str) -> bool) -> String {
        let pointed = name.replace(':', ".");
        if !known(self, name) && known(self, &pointed) { pointed } else { name.to_owned() }
    }

    pub(super) fn node_id(&mut self, circuit: Option<&Circuit>, name: &Name) -> Resolved<NodeId> {
        let full_name = self.as_known(&name.text, |this, name| this.nodes.contains(name));
        let full_name = if full_name == "gnd" { "0".to_owned() } else { full_name };
        if !self.nodes.contains(&full_name) {
            self.unknown_node(name);
            return None;
        }
        circuit?.find_node(&full_name)
    }

    pub(super) fn element_id(
        &mut self,
        circuit: Option<&Circuit>,
        name: &Name,
    ) -> Resolved<ElementId> {
        let full_name = self.as_known(&name.text, |this, name| this.elements.contains_key(name));
        if !self.elements.contains_key(&full_name) {
            self.unknown_element(name);
            return None;
        }
        circuit?.find_element(&full_name)
    }

    fn device(&mut self, circuit: Option<&Circuit>, name: &Name) -> Resolved<ElementId> {
        if self.check_device(name) { circuit?.find_element(&name.text) } else { None }
    }

    /// Whether an element exists and spikes; reports it if not.
    pub(super) fn check_device(&mut self, name: &Name) -> bool {
        let is_other =
            |class: &ElementClass| matches!(class, ElementClass::Other | ElementClass::Inductor(_));
        if self.elements.get(&name.text).is_some_and(is_other) {
            let elements = std::mem::take(&mut self.elements);
            self.report_with(Code::NotADevice, name.span, || {
                let devices = elements.iter().filter(|(_, class)| **class == ElementClass::Device);
                let devices = devices.map(|(name, _)| name.as_str());
                let help = suggest(&name.text, "device that spikes", devices);
                let message = format!("'{}' never spikes", name.text);
                Finding::new(Code::NotADevice, name.span, message).help(help)
            });
            self.elements = elements;
            return false;
        }
        let known = self.elements.contains_key(&name.text);
        if !known {
            self.unknown_element(name);
        }
        known
    }

    pub(super) fn signal(
        &mut self,
        circuit: Option<&Circuit>,
        signal: &SignalSyntax,
    ) -> Resolved<Signal> {
        match signal {
            SignalSyntax::Voltage(plus, minus) => {
                let plus = self.node_id(circuit, plus);
                let minus = match minus {
                    Some(minus) => self.node_id(circuit, minus),
                    None => Some(NodeId::GROUND),
                };
                Some(Signal::Voltage(plus?, minus?))
            }
            SignalSyntax::Current(element) => {
                Some(Signal::Current(self.element_id(circuit, element)?))
            }
        }
    }

    /// A time that a measurement names.
    fn time(&mut self, scope: &Scope<'_>, expression: &Expression) -> Option<f64> {
        let value = self.number(scope, expression, &mut None)?;
        if value < 0.0 {
            let message = format!("{value:e} s lies before the run");
            self.report(
                Finding::new(Code::MeasureRange, expression.span, message)
                    .help("times start at zero"),
            );
            return None;
        }
        self.check_grain(expression.span, "a time", value);
        Some(value)
    }

    fn point(
        &mut self,
        scope: &Scope<'_>,
        circuit: Option<&Circuit>,
        point: &PointSyntax,
        span: Span,
    ) -> Resolved<Point> {
        match point {
            PointSyntax::At(time) => Some(Point::At(self.time(scope, time)?)),
            PointSyntax::Crossing(crossing) => {
                Some(Point::Crossing(self.crossing(scope, circuit, crossing, span)?))
            }
        }
    }

    fn crossing(
        &mut self,
        scope: &Scope<'_>,
        circuit: Option<&Circuit>,
        crossing: &CrossingSyntax,
        span: Span,
    ) -> Resolved<Crossing> {
        let crossed = self.crossed(scope, circuit, &crossing.of, span);
        let level = match &crossing.level {
            LevelSyntax::Value(value) => self.number(scope, value, &mut None).map(Level::Value),
            LevelSyntax::Signal(signal) => self.signal(circuit, signal).map(Level::Signal),
        };
        let after = match &crossing.after {
            Some(after) => self.time(scope, after),
            None => Some(0.0),
        };
        let before_s = match &crossing.before {
            Some(before) => Some(self.time(scope, before)?),
            None => None,
        };
        let occurrence = match &crossing.nth {
            Some(nth) => self.nth(scope, nth),
            None => Some(Occurrence::Last),
        };
        let (crossed, level) = (crossed?, level?);
        let Some(level) = crossed.level(level) else {
            let message = "an expression is compared with a number";
            self.report(
                Finding::new(Code::NotLinear, span, message)
                    .help("write WHEN {v(a)-v(b)}=0, with all that changes on the left"),
            );
            return None;
        };
        Some(Crossing {
            signal: crossed.signal,
            level,
            edge: crossed.edge(crossing.edge),
            occurrence: occurrence?,
            after_s: after?,
            before_s,
        })
    }

    /// Which crossing counts: from 1, or, as Xyce writes the last, -1.
    fn nth(&mut self, scope: &Scope<'_>, expression: &Expression) -> Option<Occurrence> {
        let value = self.number(scope, expression, &mut None)?;
        if value == -1.0 {
            return Some(Occurrence::Last);
        }
        if value.fract() != 0.0 || !(1.0..=f64::from(u32::MAX)).contains(&value) {
            let message = format!("{value} counts no crossing");
            self.report(
                Finding::new(Code::MeasureRange, expression.span, message)
                    .help("crossings are counted from 1; write last for the last one"),
            );
            return None;
        }
        Some(Occurrence::Nth(value as u32))
    }

    fn window(&mut self, scope: &Scope<'_>, window: &WindowSyntax) -> Option<Window> {
        let tran = self.tran.clone();
        let from = match &window.from {
            Some(from) => self.time(scope, from),
            None => Some(tran.map_or(0.0, |tran| tran.start_s)),
        };
        let to_s = match &window.to {
            Some(to) => Some(self.time(scope, to)?),
            None => None,
        };
        let from_s = from?;
        if let (Some(to_s), Some(to)) = (to_s, &window.to)
            && to_s <= from_s
        {
            let message = format!("the window from {from_s:e} s to {to_s:e} s is empty");
            self.report(
                Finding::new(Code::EmptyWindow, to.span, message)
                    .help("the measurement will have no value: end its window after it begins"),
            );
        }
        Some(Window { from_s, to_s })
    }
}
