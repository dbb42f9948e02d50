//! Arithmetic in decks: `{expr}`, `'expr'`, `.param a=expr`.
//!
//! An expression is kept in postfix order, so that neither its evaluation nor its release
//! recurses, however long a hostile deck makes it.

mod evaluate;
mod function;
mod parse;
mod user;

pub use evaluate::EvalError;
pub(crate) use evaluate::{Draws, Known};
pub(crate) use parse::{parse, parse_open};
pub(crate) use user::{Definition, Functions, Steps};

use crate::source::Span;
use function::Function;

/// An operator of two operands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Binary {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

/// One step of an evaluation on a stack.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Op {
    Number(f64),
    Name(Box<str>),
    Negate,
    Not,
    Binary(Binary),
    /// Condition, value if it is not zero, value otherwise.
    Select,
    Call(&'static Function, u8),
}

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    pub(crate) ops: Vec<(Op, Span)>,
    pub(crate) span: Span,
}

impl Expression {
    pub(crate) fn constant(value: f64, span: Span) -> Self {
        Self { ops: vec![(Op::Number(value), span)], span }
    }

    pub(crate) fn name(name: &str, span: Span) -> Self {
        Self { ops: vec![(Op::Name(name.into()), span)], span }
    }

    /// The name that it is, if it is nothing else.
    pub(crate) fn as_name(&self) -> Option<&str> {
        match self.ops.as_slice() {
            [(Op::Name(name), _)] => Some(name),
            _ => None,
        }
    }

    /// Names that the value depends on.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, Span)> {
        self.ops.iter().filter_map(|(op, span)| match op {
            Op::Name(name) => Some((&**name, *span)),
            _ => None,
        })
    }

    /// Puts numbers in the place of names.
    pub(crate) fn substitute(&mut self, value_of: impl Fn(&str) -> Option<f64>) {
        for (op, _) in &mut self.ops {
            if let Op::Name(name) = op
                && let Some(value) = value_of(name)
            {
                *op = Op::Number(value);
            }
        }
    }

    /// The first random function, if any.
    pub(crate) fn random(&self) -> Option<Span> {
        let random = |op: &Op| matches!(op, Op::Call(function, _) if function.is_random());
        self.ops.iter().find(|(op, _)| random(op)).map(|(_, span)| *span)
    }
}
