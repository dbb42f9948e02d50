//! Signals and measurements in ngspice's words.

use std::fmt::Write as _;

use memspike_circuit::{
    Crossing, Edge, ElementKind, Level, Measure, MeasureKind, NodeId, Occurrence, Point, Quantity,
    Reading, Signal, Statistic, Window,
};
use memspike_device::SpiceForm;
use memspike_netlist::MeasureCard;

use crate::Context;

/// Signals that measurements look at.
pub(crate) fn signals(cards: &[MeasureCard]) -> Vec<Signal> {
    let mut found = Vec::new();
    for card in cards {
        let MeasureCard::Direct(measure) = card else { continue };
        match &measure.kind {
            MeasureKind::Delay { trigger, target } => {
                found.extend(of_point(trigger));
                found.extend(of_point(target));
            }
            MeasureKind::When(crossing) => found.extend(of_crossing(crossing)),
            MeasureKind::Find { signal, at } | MeasureKind::Derivative { signal, at } => {
                found.push(*signal);
                found.extend(of_point(at));
            }
            MeasureKind::Statistic { signal, .. } => found.push(*signal),
            MeasureKind::Expression { of, reading, .. } => {
                found.extend(of.signals.iter().map(|(signal, _)| *signal));
                found.extend(of.products.iter().flat_map(|(pair, _)| *pair));
                if let Reading::Value(at) = reading {
                    found.extend(of_point(at));
                }
            }
            MeasureKind::Spikes(..)
            | MeasureKind::FirstSpike(..)
            | MeasureKind::Frequency(..)
            | MeasureKind::Rises { .. }
            | MeasureKind::EnergyPerSpike(..) => {}
        }
    }
    found
}

fn of_point(point: &Point) -> Vec<Signal> {
    match point {
        Point::At(_) => Vec::new(),
        Point::Crossing(crossing) => of_crossing(crossing),
    }
}

fn of_crossing(crossing: &Crossing) -> Vec<Signal> {
    let level = match crossing.level {
        Level::Signal(signal) => Some(signal),
        Level::Value(_) => None,
    };
    [Some(crossing.signal), level].into_iter().flatten().collect()
}

impl Context<'_> {
    /// ngspice's vectors that a signal is made of.
    pub fn vectors(&self, signal: Signal) -> Vec<String> {
        let volt = |node: NodeId| format!("v({})", self.names.node(node));
        match signal {
            Signal::Voltage(plus, minus) => {
                let nodes = [plus, minus].into_iter().filter(|node| *node != NodeId::GROUND);
                nodes.map(volt).collect()
            }
            Signal::Current(element) => {
                let name = self.names.element(element.index());
                vec![match (&self.circuit.element(element).kind, &self.forms[element.index()]) {
                    (
                        ElementKind::VoltageSource(_)
                        | ElementKind::WeightedSum(_)
                        | ElementKind::Vcvs { .. }
                        | ElementKind::VoltageLaw { .. },
                        _,
                    ) => {
                        format!("i({name})")
                    }
                    (ElementKind::CurrentSource(_), _) => format!("@{name}[c]"),
                    (_, Some(SpiceForm::Subcircuit { current, .. })) => {
                        // As ngspice flattens it: the type, the instance, the element.
                        let letter = &current[..1];
                        format!("@{letter}.{name}.{current}[i]")
                    }
                    _ => format!("@{name}[i]"),
                }]
            }
        }
    }

    /// The signal as an operand of `.meas`.
    fn operand(&self, signal: Signal) -> String {
        match (signal, self.vectors(signal).as_slice()) {
            (_, []) => "v(0)".to_owned(),
            (Signal::Voltage(NodeId::GROUND, _), [minus]) => format!("par('-{minus}')"),
            (_, [one]) => one.clone(),
            (_, many) => format!("par('{}')", many.join("-")),
        }
    }

    /// The same of what an expression makes of signals.
    fn quantity(&self, of: &Quantity) -> String {
        let one = |signal: &Signal| match self.vectors(*signal).as_slice() {
            [] => "0".to_owned(),
            [one] if matches!(signal, Signal::Voltage(NodeId::GROUND, _)) => format!("(-{one})"),
            [one] => one.clone(),
            many => format!("({})", many.join("-")),
        };
        let mut terms = vec![format!("{:e}", of.constant)];
        terms.extend(
            of.signals.iter().map(|(signal, weight)| format!("{weight:e}*{}", one(signal))),
        );
        let product =
            |([a, b], weight): &([Signal; 2], f64)| format!("{weight:e}*{}*{}", one(a), one(b));
        terms.extend(of.products.iter().map(product));
        format!("par('{}')", terms.join("+").replace("+-", "-"))
    }

    /// A `.meas` line, or a comment where ngspice has none.
    pub fn measure(&self, card: &MeasureCard, out: &mut String) {
        let (name, text) = match card {
            MeasureCard::Direct(measure) => (&measure.name, self.text(measure)),
            MeasureCard::Param { name, .. }
            | MeasureCard::ArgMax { name, .. }
            | MeasureCard::LeftOut { name } => (name, None),
        };
        let _ = match text {
            Some(text) => writeln!(out, ".meas tran {name} {text}"),
            None => writeln!(out, "* Not written, for lack of an equivalent: .meas {name}"),
        };
    }

    fn text(&self, measure: &Measure) -> Option<String> {
        Some(match &measure.kind {
            MeasureKind::Delay { trigger, target } => {
                format!("trig {} targ {}", self.instant(trigger), self.instant(target))
            }
            MeasureKind::When(crossing) => self.when(crossing),
            MeasureKind::Find { signal, at } => {
                let at = match at {
                    Point::At(s) => format!("at={s:e}"),
                    Point::Crossing(crossing) => self.when(crossing),
                };
                format!("find {} {at}", self.operand(*signal))
            }
            // Its manual has DERIV; the program answers that it is not supported.
            MeasureKind::Derivative { .. } => return None,
            MeasureKind::Statistic { statistic, signal, window } => {
                format!("{} {} {}", word(*statistic), self.operand(*signal), within(window))
            }
            MeasureKind::Expression { of, reading, .. } => {
                let of = self.quantity(of);
                match reading {
                    Reading::Statistic(statistic, window) => {
                        format!("{} {of} {}", word(*statistic), within(window))
                    }
                    Reading::Value(Point::At(s)) => format!("find {of} at={s:e}"),
                    Reading::Value(Point::Crossing(crossing)) => {
                        format!("find {of} {}", self.when(crossing))
                    }
                    Reading::MaxAt(window) => format!("max_at {of} {}", within(window)),
                    Reading::MinAt(window) => format!("min_at {of} {}", within(window)),
                }
            }
            MeasureKind::FirstSpike(element, Window { from_s, to_s: None }) => {
                let Some(SpiceForm::Subcircuit { phase, .. }) = &self.forms[element.index()] else {
                    return None;
                };
                let instance = self.names.element(element.index());
                format!("when v({instance}.{phase})=0.5 td={from_s:e} rise=1")
            }
            MeasureKind::FirstSpike(..)
            | MeasureKind::Spikes(..)
            | MeasureKind::Frequency(..)
            | MeasureKind::Rises { .. }
            | MeasureKind::EnergyPerSpike(..) => return None,
        })
    }

    /// After `trig` or `targ`.
    fn instant(&self, point: &Point) -> String {
        match point {
            Point::At(s) => format!("at={s:e}"),
            Point::Crossing(crossing) => {
                let signal = self.operand(crossing.signal);
                match crossing.level {
                    Level::Value(value) => format!("{signal} val={value:e}{}", which(crossing)),
                    Level::Signal(level) => {
                        format!("{signal}={}{}", self.operand(level), which(crossing))
                    }
                }
            }
        }
    }

    fn when(&self, crossing: &Crossing) -> String {
        let level = match crossing.level {
            Level::Value(value) => format!("{value:e}"),
            Level::Signal(signal) => self.operand(signal),
        };
        format!("when {}={level}{}", self.operand(crossing.signal), which(crossing))
    }
}

fn word(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::Max => "max",
        Statistic::Min => "min",
        Statistic::PeakToPeak => "pp",
        Statistic::Average => "avg",
        Statistic::Rms => "rms",
        Statistic::Integral => "integ",
    }
}

fn within(Window { from_s, to_s }: &Window) -> String {
    let to = to_s.map_or(String::new(), |to_s| format!(" to={to_s:e}"));
    format!("from={from_s:e}{to}")
}

fn which(crossing: &Crossing) -> String {
    let edge = match crossing.edge {
        Edge::Rise => "rise",
        Edge::Fall => "fall",
        Edge::Cross => "cross",
    };
    let number = match crossing.occurrence {
        Occurrence::Nth(number) => number.to_string(),
        Occurrence::Last => "last".to_owned(),
    };
    let after =
        if crossing.after_s > 0.0 { format!(" td={:e}", crossing.after_s) } else { String::new() };
    let before = crossing.before_s.map_or(String::new(), |before| format!(" to={before:e}"));
    format!("{after}{before} {edge}={number}")
}
