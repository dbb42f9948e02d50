//! Expressions as weighted sums of voltages and currents.
//!
//! Two passes, each over every step once, however long a hostile deck makes the expression: forwards for what is
//! constant, backwards for the weight that each voltage or current has in the whole. What has corners (`bend.rs`) is a
//! term of its own.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::bend::Bend;
use super::evaluate::{Draws, EvalError, Known, step};
use super::{Binary, Expression, Op};
use crate::source::Span;
use crate::syntax::SignalSyntax;

/// What an expression makes of voltages and currents.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Followed<'e> {
    pub(crate) sum: Sum<'e>,
    /// What is piecewise linear in it; each follows those before it alone.
    pub(crate) bends: Vec<Bend<'e>>,
}

/// A weighted sum and a constant.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Sum<'e> {
    pub(crate) constant: f64,
    /// In the order in which they are written; one may stand there several times, or with weight zero.
    pub(crate) terms: Vec<(Term<'e>, f64)>,
}

/// What a sum is a sum of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Term<'e> {
    Signal(&'e SignalSyntax),
    /// One of [`Followed::bends`].
    Bend(usize),
}

impl<'e> Sum<'e> {
    pub(super) fn constant(constant: f64) -> Self {
        Self { constant, terms: Vec::new() }
    }

    /// Adds another, `factor` times.
    pub(super) fn add(mut self, factor: f64, other: &Self) -> Self {
        self.constant += factor * other.constant;
        self.terms.extend(other.terms.iter().map(|(term, weight)| (*term, factor * weight)));
        self
    }

    fn is_finite(&self) -> bool {
        self.constant.is_finite() && self.terms.iter().all(|(_, weight)| weight.is_finite())
    }
}

/// Why an expression is no such sum.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum AffineError {
    /// A part of it has no value.
    Value(EvalError),
    /// What is at this place is not piecewise linear in a voltage or current.
    NotLinear { place: Span, signal: String, cause: Cause },
    /// Corners within corners within corners.
    Depth(Span),
    /// Points of a table do not ascend.
    Points(Span),
    /// It changes with time by itself.
    Time(Span),
}

/// What makes a part of an expression not linear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Product,
    Quotient,
    Power,
    Condition,
    Bounds,
    Function,
}

impl Cause {
    /// What to write instead.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Condition => {
                "compare with <, <=, > or >=, as in v(a)>0.5, and join comparisons with &&, || and !"
            }
            Self::Bounds => {
                "write numbers and parameters as points; max, min and limit may follow the circuit"
            }
            _ => {
                "a source may follow sums of voltages and currents, each times a number or a parameter, and \
                 abs, max, min, limit, conditions and tables of them: a curve can be its points, as in \
                 V={table(v(a), 0,0, 1,1, 2,4)}"
            }
        }
    }

    /// In words, for messages.
    pub(crate) fn what(self) -> &'static str {
        match self {
            Self::Product => "a product of voltages or currents",
            Self::Quotient => "a division by a voltage or current",
            Self::Power => "a power of a voltage or current",
            Self::Condition => "a condition that is no <, <=, > or >=",
            Self::Bounds => "a table whose points change with the circuit",
            Self::Function => "this function of a voltage or current",
        }
    }
}

/// The name by which ngspice and others call the time of the run.
const TIME: &str = "time";

impl Expression {
    /// The expression as a weighted sum.
    ///
    /// # Errors
    /// Where it is none, or has no value.
    pub(crate) fn follow(
        &self,
        value_of: impl Fn(&str) -> Known,
        draws: Option<&mut Draws>,
    ) -> Result<Followed<'_>, AffineError> {
        let mut reader = Reader::new(self, value_of, draws)?;
        let sum = reader.sum(self.ops.len().saturating_sub(1))?;
        Ok(Followed { sum, bends: reader.bends })
    }
}

/// The steps of an expression, and what is known of the value of each.
pub(super) struct Reader<'e> {
    pub(super) ops: &'e [(Op, Span)],
    /// With every voltage and current zero.
    pub(super) values: Vec<f64>,
    pub(super) varies: Vec<bool>,
    /// Where the operands of each step begin.
    starts: Vec<usize>,
    pub(super) bends: Vec<Bend<'e>>,
    /// Steps with corners that have been read, by their places.
    pub(super) bent: BTreeMap<usize, Rc<Sum<'e>>>,
    pub(super) depth: usize,
}

/// What a step that varies is made of.
enum Made {
    /// Its operands, each with its weight in the whole.
    Of([Option<(usize, f64)>; 2]),
    /// Time.
    Time,
    /// What is not linear.
    Other(Cause),
}

impl<'e> Reader<'e> {
    fn new(
        expression: &'e Expression,
        value_of: impl Fn(&str) -> Known,
        mut draws: Option<&mut Draws>,
    ) -> Result<Self, AffineError> {
        let ops = expression.ops.as_slice();
        let (mut values, mut varies, mut starts) = (Vec::new(), Vec::new(), Vec::new());
        let mut stack = Vec::new();
        // What is on the stack: where its steps begin, and whether it varies.
        let mut parts: Vec<(usize, bool)> = Vec::new();
        for (at, (op, _)) in ops.iter().enumerate() {
            let is_time = matches!(op, Op::Name(name) if is_time(name, &value_of));
            if is_time || matches!(op, Op::Signal(_)) {
                stack.push(0.0);
                parts.push((at, true));
            } else {
                let before = stack.len();
                step(op, &mut stack, &value_of, draws.as_deref_mut())
                    .map_err(AffineError::Value)?;
                let taken = (before + 1).saturating_sub(stack.len());
                let operands = parts.split_off(parts.len().saturating_sub(taken));
                let start = operands.first().map_or(at, |(start, _)| *start);
                parts.push((start, operands.iter().any(|(_, varies)| *varies)));
            }
            let &(start, own) = parts.last().unwrap_or(&(at, false));
            starts.push(start);
            varies.push(own);
            values.push(stack.last().copied().unwrap_or(f64::NAN));
        }
        let (bends, bent) = (Vec::new(), BTreeMap::new());
        Ok(Self { ops, values, varies, starts, bends, bent, depth: 0 })
    }

    /// Hands the weight of the whole that ends at a place down to what it consists of.
    pub(super) fn sum(&mut self, whole: usize) -> Result<Sum<'e>, AffineError> {
        let mut sum = Sum::default();
        let mut open = vec![(whole, 1.0)];
        while let Some((at, weight)) = open.pop() {
            if !self.varies[at] {
                sum.constant += weight * self.values[at];
                continue;
            }
            let (op, place) = &self.ops[at];
            if let Op::Signal(signal) = op {
                sum.terms.push((Term::Signal(signal), weight));
                continue;
            }
            match self.made(at, weight) {
                // The first to be written is to be the first to be taken.
                Made::Of(parts) => open.extend(parts.into_iter().rev().flatten()),
                // What counts nothing may be anything.
                _ if weight == 0.0 => {}
                Made::Time => return Err(AffineError::Time(*place)),
                Made::Other(cause) => sum = sum.add(weight, &*self.bent(at, cause)?),
            }
        }
        if sum.is_finite() {
            return Ok(sum);
        }
        let mut unfit = sum.terms.iter().map(|(_, weight)| *weight).chain([sum.constant]);
        let value = unfit.find(|value| !value.is_finite()).unwrap_or(f64::NAN);
        Err(AffineError::Value(EvalError::NotFinite { value }))
    }

    fn made(&self, at: usize, weight: f64) -> Made {
        let right = at.saturating_sub(1);
        let left = || self.starts[right].saturating_sub(1);
        let fixed = |at: usize| !self.varies[at];
        let one = |at: usize, weight: f64| Made::Of([Some((at, weight)), None]);
        match &self.ops[at].0 {
            Op::Negate => one(right, -weight),
            Op::Binary(Binary::Add) => Made::Of([Some((left(), weight)), Some((right, weight))]),
            Op::Binary(Binary::Subtract) => {
                Made::Of([Some((left(), weight)), Some((right, -weight))])
            }
            Op::Binary(Binary::Multiply) if fixed(right) => {
                one(left(), weight * self.values[right])
            }
            Op::Binary(Binary::Multiply) if fixed(left()) => {
                one(right, weight * self.values[left()])
            }
            Op::Binary(Binary::Multiply) => Made::Other(Cause::Product),
            Op::Binary(Binary::Divide) if fixed(right) => one(left(), weight / self.values[right]),
            Op::Binary(Binary::Divide) => Made::Other(Cause::Quotient),
            Op::Binary(Binary::Power) if fixed(right) && self.values[right] == 1.0 => {
                one(left(), weight)
            }
            Op::Binary(Binary::Power) => Made::Other(Cause::Power),
            Op::Select => self.chosen(at, weight),
            Op::Call(function, 3) if function.chooses() => self.chosen(at, weight),
            Op::Call(..) => Made::Other(Cause::Function),
            Op::Name(_) => Made::Time,
            Op::Binary(_) | Op::Not => Made::Other(Cause::Condition),
            // Neither varies by itself; a signal is no step of others.
            Op::Number(_) | Op::Signal(_) => Made::Of([None, None]),
        }
    }

    /// What a constant condition chooses.
    fn chosen(&self, at: usize, weight: f64) -> Made {
        let [condition, then, otherwise] = self.operands(at);
        if self.varies[condition] {
            return Made::Other(Cause::Condition);
        }
        let value = self.values[condition];
        let chosen = match value {
            _ if value.is_nan() => condition,
            0.0 => otherwise,
            _ => then,
        };
        Made::Of([Some((chosen, weight)), None])
    }

    /// The places of the operands of a step that has so many.
    pub(super) fn operands<const N: usize>(&self, at: usize) -> [usize; N] {
        let mut places = [0; N];
        self.find_operands(at, &mut places);
        places
    }

    /// Finds as many operands of a step as there are places, from the last to the first.
    pub(super) fn find_operands(&self, at: usize, places: &mut [usize]) {
        let mut end = at;
        for place in places.iter_mut().rev() {
            *place = end.saturating_sub(1);
            end = self.starts[*place];
        }
    }

    /// What is at a place is no law, be it in a voltage or current or in time alone.
    pub(super) fn not_linear(&self, at: usize, cause: Cause) -> AffineError {
        let own = self.ops[self.starts[at]..=at].iter();
        let mut signals = own.filter_map(|(op, _)| match op {
            Op::Signal(signal) => Some(signal.to_string()),
            _ => None,
        });
        let place = self.ops[at].1;
        match signals.next() {
            Some(signal) => AffineError::NotLinear { place, signal, cause },
            None => AffineError::Time(place),
        }
    }
}

/// Whether a name is that of the time, which a parameter of this name hides.
fn is_time(name: &str, value_of: impl Fn(&str) -> Known) -> bool {
    name == TIME && value_of(name) == Known::Not
}
