//! Arithmetic in decks: `{expr}`, `'expr'`, `.param a=expr`.
//!
//! An expression is kept in postfix order, so that neither its evaluation nor its release
//! recurses, however long a hostile deck makes it.

mod affine;
mod bend;
mod evaluate;
mod function;
mod parse;
mod products;
mod user;

pub(crate) use affine::{AffineError, Term};
pub(crate) use bend::Bend;
pub use evaluate::EvalError;
pub(crate) use evaluate::{Draws, Known};
pub(crate) use function::Function;
pub(crate) use parse::{parse, parse_open};
pub(crate) use products::{Products, ProductsError};
pub(crate) use user::{Definition, Functions, Steps};

use crate::source::Span;
use crate::syntax::SignalSyntax;

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
    /// A voltage or a current of the circuit, in what a source follows.
    Signal(Box<SignalSyntax>),
    Negate,
    Not,
    Binary(Binary),
    /// Condition, value if it is not zero, value otherwise.
    Select,
    Call(&'static Function, u32),
}

impl Op {
    /// Whether its value may have corners where its operands have none.
    fn may_bend(&self) -> bool {
        use Binary::{And, Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual, Or};
        match self {
            Self::Call(..) | Self::Select | Self::Not => true,
            Self::Binary(binary) => matches!(
                binary,
                And | Or | Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual
            ),
            _ => false,
        }
    }
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

    /// A voltage or a current of the circuit, in what a source follows.
    pub(crate) fn signal(signal: SignalSyntax, span: Span) -> Self {
        Self { ops: vec![(Op::Signal(Box::new(signal)), span)], span }
    }

    /// This and another, joined by an operator; the result stands at a place of its own.
    pub(crate) fn joined(mut self, binary: Binary, other: Self, span: Span) -> Self {
        self.ops.extend(other.ops);
        self.ops.push((Op::Binary(binary), span));
        Self { ops: self.ops, span }
    }

    /// The first voltage or current of the circuit in it, if any.
    pub(crate) fn first_signal(&self) -> Option<(&SignalSyntax, Span)> {
        self.ops.iter().find_map(|(op, span)| match op {
            Op::Signal(signal) => Some((&**signal, *span)),
            _ => None,
        })
    }

    /// All voltages and currents of the circuit in it.
    pub(crate) fn signals(&self) -> impl Iterator<Item = &SignalSyntax> {
        self.ops.iter().filter_map(|(op, _)| match op {
            Op::Signal(signal) => Some(&**signal),
            _ => None,
        })
    }

    /// The signal that it is, if it is nothing else.
    pub(crate) fn as_signal(&self) -> Option<&SignalSyntax> {
        match self.ops.as_slice() {
            [(Op::Signal(signal), _)] => Some(signal),
            _ => None,
        }
    }

    /// How many voltages and currents of the circuit are in it, and how many steps that may bend what it makes of them.
    pub(crate) fn followed(&self) -> (usize, usize) {
        let count = |is: fn(&Op) -> bool| self.ops.iter().filter(|(op, _)| is(op)).count();
        (count(|op| matches!(op, Op::Signal(_))), count(Op::may_bend))
    }

    /// A table of points over this expression.
    pub(crate) fn table(mut self, points: Vec<Self>, span: Span) -> Self {
        let count = points.len() as u32 + 1;
        points.into_iter().for_each(|point| self.ops.extend(point.ops));
        self.ops.push((Op::Call(Function::table(), count), span));
        Self { ops: self.ops, span }
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
