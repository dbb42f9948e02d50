//! Expressions to values.

use crate::code::Code;
use crate::cursor::Name;
use crate::expression::{Draws, EvalError, Expression, Known};
use crate::finding::Finding;

use super::{Elaborator, LARGEST, SMALLEST, Scope, is_temperature, thermal_v};

impl Elaborator<'_> {
    /// The value of an expression, within what a circuit can have; nothing if that was reported.
    pub(super) fn number(
        &mut self,
        scope: &Scope<'_>,
        expression: &Expression,
        draws: &mut Option<Draws>,
    ) -> Option<f64> {
        let value = self.evaluate(scope, expression, draws)?;
        self.within_range(expression, value)
    }

    /// A value that a circuit can have; nothing if it has none such, which is reported.
    pub(super) fn within_range(&mut self, expression: &Expression, value: f64) -> Option<f64> {
        let size = value.abs();
        if size != 0.0 && !(SMALLEST..=LARGEST).contains(&size) {
            let message = format!("{value:e} is outside of what a circuit can have");
            self.report(
                Finding::new(Code::OutOfRange, expression.span, message)
                    .help(format!("values reach from {SMALLEST:e} to {LARGEST:e}")),
            );
            return None;
        }
        Some(value)
    }

    pub(super) fn evaluate(
        &mut self,
        scope: &Scope<'_>,
        expression: &Expression,
        draws: &mut Option<Draws>,
    ) -> Option<f64> {
        let result = expression.evaluate(self.lookup(scope), draws.as_mut());
        result.map_err(|error| self.evaluation_failed(scope, expression, error)).ok()
    }

    /// What names mean in a scope, and within the range of a card.
    pub(super) fn lookup<'s>(&self, scope: &'s Scope<'_>) -> impl Fn(&str) -> Known + use<'s> {
        let (index, temperature_c) = (self.index.map(f64::from), self.temperature_c);
        move |name| match index {
            Some(index) if name == "index" => Known::Value(index),
            _ => match scope.known(name) {
                // PSpice's and ngspice's names of the circuit's temperature, where no parameter has them.
                Known::Not if is_temperature(name) => Known::Value(temperature_c),
                Known::Not if name == "vt" => Known::Value(thermal_v(temperature_c)),
                known => known,
            },
        }
    }

    pub(super) fn evaluation_failed(
        &mut self,
        scope: &Scope<'_>,
        expression: &Expression,
        error: EvalError,
    ) {
        let finding = match error {
            EvalError::Failed => return,
            EvalError::Unknown { name } => {
                return self.unknown_in(expression, &name, "parameter", scope.names());
            }
            EvalError::Signal { name } => {
                let span = expression.first_signal().map_or(expression.span, |(_, span)| span);
                let message = format!("{name} changes with the circuit, and this value may not");
                Finding::new(Code::NotConstant, span, message).help(
                    "a current that follows voltages is a source, B1 plus minus I={1m*v(a)}; write \
                     numbers and parameters here",
                )
            }
            EvalError::Random => {
                let span = expression.random().unwrap_or(expression.span);
                Finding::new(Code::RandomRefused, span, "a random value cannot stand here")
                    .help("random functions belong in .param, models and elements")
            }
            EvalError::NotFinite { value } => {
                let message = format!("the expression gives {value}");
                Finding::new(Code::NotFinite, expression.span, message)
                    .help("look for a division by zero, an overflow, or a root or power of a negative number")
            }
        };
        self.report(finding);
    }

    /// Reports a name in an expression that nothing defines.
    pub(super) fn unknown_in<'n>(
        &mut self,
        expression: &Expression,
        text: &str,
        what: &str,
        known: impl Iterator<Item = &'n str> + Clone,
    ) {
        let place = expression.names().find(|(name, _)| *name == text);
        let span = place.map_or(expression.span, |(_, span)| span);
        let name = Name { text: text.to_owned(), span };
        self.unknown(Code::UnknownParameter, &name, what, known);
    }
}
