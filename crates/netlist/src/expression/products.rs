//! Expressions as sums of signals and of products of two: what measurements integrate.

use super::evaluate::{EvalError, Known, step};
use super::{Binary, Expression, Op};
use crate::source::Span;
use crate::syntax::SignalSyntax;

/// A sum of signals and of products of two, in the order in which they are written.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Products<'e> {
    pub(crate) constant: f64,
    pub(crate) signals: Vec<(&'e SignalSyntax, f64)>,
    pub(crate) products: Vec<([&'e SignalSyntax; 2], f64)>,
}

/// Why an expression is no such sum.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ProductsError {
    Value(EvalError),
    /// What stands here is neither sum nor product of two.
    Other(Span),
    /// More products than a measurement has.
    TooMany(Span),
}

/// Most terms of one expression.
const MOST_TERMS: usize = 1000;

impl<'e> Products<'e> {
    fn constant(constant: f64) -> Self {
        Self { constant, ..Self::default() }
    }

    fn is_constant(&self) -> bool {
        self.signals.is_empty() && self.products.is_empty()
    }

    fn scaled(mut self, factor: f64) -> Self {
        self.constant *= factor;
        self.signals.iter_mut().for_each(|(_, weight)| *weight *= factor);
        self.products.iter_mut().for_each(|(_, weight)| *weight *= factor);
        self
    }

    fn plus(mut self, other: Self) -> Self {
        self.constant += other.constant;
        self.signals.extend(other.signals);
        self.products.extend(other.products);
        self
    }

    /// The product of two sums without products.
    fn times(self, other: &Self) -> Self {
        let mut product = Self::constant(self.constant * other.constant);
        let of_mine =
            self.signals.iter().map(|(signal, weight)| (*signal, weight * other.constant));
        let of_theirs =
            other.signals.iter().map(|(signal, weight)| (*signal, weight * self.constant));
        product.signals = of_mine.chain(of_theirs).filter(|(_, weight)| *weight != 0.0).collect();
        for (mine, a) in &self.signals {
            for (theirs, b) in &other.signals {
                product.products.push(([*mine, *theirs], a * b));
            }
        }
        product
    }

    fn is_sound(&self) -> bool {
        let weights = self.signals.iter().map(|(_, weight)| weight);
        let weights = weights.chain(self.products.iter().map(|(_, weight)| weight));
        self.constant.is_finite() && weights.copied().all(f64::is_finite)
    }
}

impl Expression {
    /// What it makes of signals.
    pub(crate) fn products(
        &self,
        value_of: impl Fn(&str) -> Known,
    ) -> Result<Products<'_>, ProductsError> {
        let mut stack: Vec<Products<'_>> = Vec::new();
        for (op, span) in &self.ops {
            let made = operation(op, *span, &mut stack, &value_of)?;
            if made.signals.len() + made.products.len() > MOST_TERMS {
                return Err(ProductsError::TooMany(*span));
            }
            stack.push(made);
        }
        let whole = stack.pop().unwrap_or_default();
        if whole.is_sound() {
            return Ok(whole);
        }
        Err(ProductsError::Value(EvalError::NotFinite { value: f64::NAN }))
    }
}

fn operation<'e>(
    op: &'e Op,
    span: Span,
    stack: &mut Vec<Products<'e>>,
    value_of: &impl Fn(&str) -> Known,
) -> Result<Products<'e>, ProductsError> {
    let count = match op {
        Op::Number(_) | Op::Name(_) | Op::Signal(_) => 0,
        Op::Negate | Op::Not => 1,
        Op::Binary(_) => 2,
        Op::Select => 3,
        Op::Call(_, count) => *count as usize,
    };
    let operands = stack.split_off(stack.len().saturating_sub(count));
    if let Op::Signal(signal) = op {
        return Ok(Products { signals: vec![(&**signal, 1.0)], ..Products::default() });
    }
    if operands.iter().all(Products::is_constant) {
        let mut numbers = operands.iter().map(|operand| operand.constant).collect();
        step(op, &mut numbers, value_of, None).map_err(ProductsError::Value)?;
        return Ok(Products::constant(numbers.pop().unwrap_or(f64::NAN)));
    }
    let linear = |of: &Products<'_>| of.products.is_empty();
    let other = ProductsError::Other(span);
    match (op, <[Products<'e>; 2]>::try_from(operands)) {
        (Op::Negate, Err(mut one)) => one.pop().map(|one| one.scaled(-1.0)).ok_or(other),
        (Op::Binary(Binary::Add), Ok([a, b])) => Ok(a.plus(b)),
        (Op::Binary(Binary::Subtract), Ok([a, b])) => Ok(a.plus(b.scaled(-1.0))),
        (Op::Binary(Binary::Multiply), Ok([a, b])) if a.is_constant() => Ok(b.scaled(a.constant)),
        (Op::Binary(Binary::Multiply), Ok([a, b])) if b.is_constant() => Ok(a.scaled(b.constant)),
        (Op::Binary(Binary::Multiply), Ok([a, b])) if linear(&a) && linear(&b) => Ok(a.times(&b)),
        (Op::Binary(Binary::Divide), Ok([a, b])) if b.is_constant() => {
            Ok(a.scaled(1.0 / b.constant))
        }
        (Op::Binary(Binary::Power), Ok([a, b]))
            if b.is_constant() && b.constant == 2.0 && linear(&a) =>
        {
            let again = a.clone();
            Ok(a.times(&again))
        }
        _ => Err(other),
    }
}
