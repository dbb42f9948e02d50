//! Evaluation, and the draws of random functions.

use std::collections::BTreeMap;

use memspike_random::{Generator, Owner};

use super::{Binary, Expression, Op};

/// Draws of one owner, one after another.
#[derive(Debug, Clone)]
pub(crate) struct Draws {
    keyed: memspike_random::Draws,
    count: u64,
}

impl Draws {
    pub(crate) fn new(seed: u64, owner: Owner<'_>) -> Self {
        Self { keyed: memspike_random::Draws::new(seed, owner), count: 0 }
    }

    /// The generator of the next draw.
    pub(crate) fn next(&mut self) -> Generator {
        self.count += 1;
        self.keyed.generator(self.count - 1)
    }
}

/// What is known of a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Known {
    /// Its value.
    Value(f64),
    /// Its definition failed, which has been reported.
    Failed,
    /// Nothing defines it.
    Not,
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EvalError {
    /// A name without a value.
    #[error("'{name}' has no value")]
    Unknown {
        /// The name.
        name: String,
    },
    /// A name whose own definition failed.
    #[error("a name it depends on has no value")]
    Failed,
    /// A voltage or a current of the circuit where a number must stand.
    #[error("'{name}' changes with the circuit")]
    Signal {
        /// What it is, as in `v(a,b)`.
        name: String,
    },
    /// A random function where none may be.
    #[error("random functions have no value here")]
    Random,
    /// Division by zero, overflow, the root of a negative number, and the like.
    #[error("the value is {value}, not a finite number")]
    NotFinite {
        /// The value.
        value: f64,
    },
}

impl Expression {
    /// The value, given the values of names (in lower case).
    ///
    /// # Errors
    /// If a name has no value, or the result is no finite number.
    pub fn eval(&self, names: &BTreeMap<String, f64>) -> Result<f64, EvalError> {
        self.evaluate(|name| names.get(name).map_or(Known::Not, |&v| Known::Value(v)), None)
    }

    pub(crate) fn evaluate(
        &self,
        value_of: impl Fn(&str) -> Known,
        mut draws: Option<&mut Draws>,
    ) -> Result<f64, EvalError> {
        let mut stack: Vec<f64> = Vec::with_capacity(8);
        for (op, _) in &self.ops {
            step(op, &mut stack, &value_of, draws.as_deref_mut())?;
        }
        let value = pop(&mut stack);
        if value.is_finite() { Ok(value) } else { Err(EvalError::NotFinite { value }) }
    }
}

/// One step of an evaluation: takes its operands from the stack and leaves its value there.
pub(super) fn step(
    op: &Op,
    stack: &mut Vec<f64>,
    value_of: impl Fn(&str) -> Known,
    draws: Option<&mut Draws>,
) -> Result<(), EvalError> {
    let result = match op {
        Op::Number(value) => *value,
        Op::Name(name) => match value_of(name) {
            Known::Value(value) => value,
            Known::Failed => return Err(EvalError::Failed),
            Known::Not if &**name == "pi" => std::f64::consts::PI,
            Known::Not => {
                return Err(EvalError::Unknown { name: name.to_string() });
            }
        },
        Op::Signal(signal) => return Err(EvalError::Signal { name: signal.to_string() }),
        Op::Negate => -pop(stack),
        Op::Not => {
            let value = pop(stack);
            if value.is_nan() { value } else { truth(value == 0.0) }
        }
        Op::Binary(binary) => {
            let right = pop(stack);
            let left = pop(stack);
            apply(*binary, left, right)
        }
        Op::Select => {
            let otherwise = pop(stack);
            let then = pop(stack);
            select(pop(stack), then, otherwise)
        }
        Op::Call(function, count) => {
            let from = stack.len().saturating_sub(*count as usize);
            let value = function.apply(&stack[from..], draws).ok_or(EvalError::Random)?;
            stack.truncate(from);
            value
        }
    };
    stack.push(result);
    Ok(())
}

/// The parser keeps the stack balanced.
fn pop(stack: &mut Vec<f64>) -> f64 {
    stack.pop().unwrap_or(f64::NAN)
}

fn truth(condition: bool) -> f64 {
    f64::from(u8::from(condition))
}

/// A condition that is no number has neither branch.
pub(super) fn select(condition: f64, then: f64, otherwise: f64) -> f64 {
    if condition.is_nan() {
        condition
    } else if condition == 0.0 {
        otherwise
    } else {
        then
    }
}

fn apply(binary: Binary, left: f64, right: f64) -> f64 {
    // What is no number stays none: a comparison must not turn it into 0.
    if left.is_nan() || right.is_nan() {
        return f64::NAN;
    }
    match binary {
        Binary::Or => truth(left != 0.0 || right != 0.0),
        Binary::And => truth(left != 0.0 && right != 0.0),
        Binary::Equal => truth(left == right),
        Binary::NotEqual => truth(left != right),
        Binary::Less => truth(left < right),
        Binary::LessEqual => truth(left <= right),
        Binary::Greater => truth(left > right),
        Binary::GreaterEqual => truth(left >= right),
        Binary::Add => left + right,
        Binary::Subtract => left - right,
        Binary::Multiply => left * right,
        Binary::Divide => left / right,
        // With the sign of the left, as in ngspice and C.
        Binary::Remainder => left % right,
        // ngspice takes the magnitude of a negative base, mathematics does not: where the two
        // differ there is no value, and `pow` and `pwr` say which is meant.
        Binary::Power if left < 0.0 && right % 2.0 != 0.0 => f64::NAN,
        Binary::Power => left.powf(right),
    }
}
