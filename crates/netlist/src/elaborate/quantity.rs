//! What measurements look at: expressions of signals to what can be read of closed forms.

use memspike_circuit::{Circuit, Edge, Level, NodeId, Quantity, Reading, Signal, Statistic};

use crate::code::Code;
use crate::cursor::Name;
use crate::expression::{Products, ProductsError};
use crate::finding::Finding;
use crate::source::Span;
use crate::syntax::{MeasuredSyntax, SignalSyntax};

use super::{Elaborator, Scope};

/// A signal as it is crossed: through another level, perhaps from the other side.
pub(super) struct Crossed {
    pub(super) signal: Signal,
    /// The level of the signal for a level of the expression is `(level - constant) / weight`.
    constant: f64,
    weight: f64,
}

impl Crossed {
    /// Of a signal that is crossed as it is.
    fn plain(signal: Signal) -> Self {
        Self { signal, constant: 0.0, weight: 1.0 }
    }

    pub(super) fn level(&self, level: Level) -> Option<Level> {
        match level {
            Level::Value(value) => Some(Level::Value((value - self.constant) / self.weight)),
            Level::Signal(_) if self.constant == 0.0 && self.weight == 1.0 => Some(level),
            Level::Signal(_) => None,
        }
    }

    pub(super) fn edge(&self, edge: Edge) -> Edge {
        match edge {
            Edge::Rise if self.weight < 0.0 => Edge::Fall,
            Edge::Fall if self.weight < 0.0 => Edge::Rise,
            same => same,
        }
    }
}

impl Elaborator<'_> {
    /// What an expression makes of signals.
    pub(super) fn quantity(
        &mut self,
        scope: &Scope<'_>,
        circuit: Option<&Circuit>,
        of: &MeasuredSyntax,
    ) -> Option<Quantity> {
        match of {
            MeasuredSyntax::Signal(signal) => {
                let signal = self.signal(circuit, signal)?;
                Some(Quantity { signals: vec![(signal, 1.0)], ..Quantity::default() })
            }
            MeasuredSyntax::Power(element) => self.power(circuit, element),
            MeasuredSyntax::Expression(expression) => {
                match expression.products(self.lookup(scope)) {
                    Ok(products) => self.signals_of(circuit, &products),
                    Err(ProductsError::Value(error)) => {
                        self.evaluation_failed(scope, expression, error);
                        None
                    }
                    Err(ProductsError::Other(span)) => {
                        let message = "left out: measurements know sums of signals and products of two of them, no other functions";
                        self.report(Finding::new(Code::IgnoredMeasure, span, message).help(
                            "measure the signals alone and compute with PARAM='...', or give what is computed a node: B1 x 0 V={...}",
                        ));
                        None
                    }
                    Err(ProductsError::TooMany(span)) => {
                        let message = "this expression has more than a thousand terms";
                        self.report(
                            Finding::new(Code::ExpressionDepth, span, message).help(
                                "divide it into several measurements and add them with PARAM",
                            ),
                        );
                        None
                    }
                }
            }
        }
    }

    fn signals_of(&mut self, circuit: Option<&Circuit>, of: &Products<'_>) -> Option<Quantity> {
        let mut quantity = Quantity { constant: of.constant, ..Quantity::default() };
        for (signal, weight) in &of.signals {
            quantity.signals.push((self.signal(circuit, signal)?, *weight));
        }
        for ([a, b], weight) in &of.products {
            let pair = [self.signal(circuit, a), self.signal(circuit, b)];
            let [Some(a), Some(b)] = pair else { return None };
            quantity.products.push(([a, b], *weight));
        }
        Some(quantity)
    }

    /// What an element takes: the voltage between its nodes times its current.
    fn power(&mut self, circuit: Option<&Circuit>, element: &Name) -> Option<Quantity> {
        let id = self.element_id(circuit, element)?;
        let [plus, minus] = circuit?.element(id).nodes;
        let pair = [Signal::Voltage(plus, minus), Signal::Current(id)];
        Some(Quantity { products: vec![(pair, 1.0)], ..Quantity::default() })
    }

    /// Whether a reading can be had of a quantity; reports it if not.
    pub(super) fn check_reading(&mut self, span: Span, of: &Quantity, reading: &Reading) -> bool {
        let takes_products = matches!(
            reading,
            Reading::Value(_) | Reading::Statistic(Statistic::Average | Statistic::Integral, _)
        );
        if of.products.is_empty() || takes_products {
            return true;
        }
        let message = "left out: of a product of signals this measurement is not known";
        self.report(
            Finding::new(Code::IgnoredMeasure, span, message)
                .help("INTEG, AVG and FIND take products; of others measure each factor alone"),
        );
        false
    }

    /// The signal whose crossings are those of an expression.
    pub(super) fn crossed(
        &mut self,
        scope: &Scope<'_>,
        circuit: Option<&Circuit>,
        of: &MeasuredSyntax,
        span: Span,
    ) -> Option<Crossed> {
        if let MeasuredSyntax::Signal(signal) = of {
            return Some(Crossed::plain(self.signal(circuit, signal)?));
        }
        let quantity = self.quantity(scope, circuit, of)?;
        let Quantity { constant, signals, products } = &quantity;
        let found = match signals.as_slice() {
            [(signal, weight)] if *weight != 0.0 => Some((*signal, *weight)),
            [
                (Signal::Voltage(a, NodeId::GROUND), plus),
                (Signal::Voltage(b, NodeId::GROUND), minus),
            ] if *plus == -minus && *plus != 0.0 => Some((Signal::Voltage(*a, *b), *plus)),
            _ => None,
        };
        match found.filter(|_| products.is_empty()) {
            Some((signal, weight)) => Some(Crossed { signal, constant: *constant, weight }),
            None => {
                let message = "left out: crossings are those of one signal or of a difference of two voltages";
                self.report(
                    Finding::new(Code::IgnoredMeasure, span, message)
                        .help("give the sum a node, B1 x 0 V={...}, and measure v(x)"),
                );
                None
            }
        }
    }
}

/// The unit of a reading; empty where it has no name of its own.
pub(super) fn unit(of: &MeasuredSyntax, reading: &Reading) -> &'static str {
    let own = match of {
        MeasuredSyntax::Signal(SignalSyntax::Voltage(..)) => ["V", "V s"],
        MeasuredSyntax::Signal(SignalSyntax::Current(_)) => ["A", "A s"],
        MeasuredSyntax::Power(_) => ["W", "J"],
        MeasuredSyntax::Expression(_) => ["", ""],
    };
    match reading {
        Reading::MaxAt(_) | Reading::MinAt(_) => "s",
        Reading::Statistic(Statistic::Integral, _) => own[1],
        _ => own[0],
    }
}
