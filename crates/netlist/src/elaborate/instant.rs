//! Instants and windows of measurements.

use memspike_circuit::{Circuit, Crossing, Level, Occurrence, Point, Window};

use crate::code::Code;
use crate::expression::Expression;
use crate::finding::Finding;
use crate::source::Span;
use crate::syntax::{CrossingSyntax, LevelSyntax, PointSyntax, WindowSyntax};

use super::measure::Resolved;
use super::{Elaborator, Scope};

impl Elaborator<'_> {
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

    /// The beginning of a window: nothing is measured before the run, so one that lies there is that of the run.
    fn start(&mut self, scope: &Scope<'_>, expression: &Expression) -> Option<f64> {
        let value = self.number(scope, expression, &mut None)?;
        if value < 0.0 { Some(0.0) } else { self.time(scope, expression) }
    }

    pub(super) fn point(
        &mut self,
        scope: &Scope<'_>,
        circuit: Option<&Circuit>,
        point: &PointSyntax,
        span: Span,
    ) -> Resolved<Point> {
        match point {
            PointSyntax::At(time) => Some(Point::At(self.time(scope, time)?)),
            PointSyntax::End => Some(Point::At(self.tran.as_ref()?.stop_s)),
            PointSyntax::Crossing(crossing) => {
                Some(Point::Crossing(self.crossing(scope, circuit, crossing, span)?))
            }
        }
    }

    pub(super) fn crossing(
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
            Some(after) => self.start(scope, after),
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
            let message = "left out: an expression is compared with a number";
            self.report(
                Finding::new(Code::IgnoredMeasure, span, message)
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
        if value < 0.0 && value.fract() == 0.0 {
            let message =
                format!("left out: the {}th crossing before the end is not known", -value);
            self.report(
                Finding::new(Code::IgnoredMeasure, expression.span, message)
                    .help("count from the first crossing, or write last for the last one"),
            );
            return None;
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

    pub(super) fn window(&mut self, scope: &Scope<'_>, window: &WindowSyntax) -> Option<Window> {
        let tran = self.tran.clone();
        let from = match &window.from {
            Some(from) => self.start(scope, from),
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
