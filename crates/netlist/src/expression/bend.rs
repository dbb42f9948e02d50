//! What is piecewise linear in voltages and currents: `abs`, `max`, `min`, `limit`, `uramp`, tables, conditions.
//!
//! Each becomes a weighted sum with terms that bend: straight lines of one sum between corners of another.

use std::rc::Rc;

use memspike_device::{Corner, Piece, Piecewise, Side};

use super::affine::{AffineError, Cause, Reader, Sum, Term};
use super::evaluate::EvalError;
use super::{Binary, Op};

/// Straight lines of `argument`, one between each two corners of `control`; constants of both are in the lines.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bend<'e> {
    pub(crate) control: Vec<(Term<'e>, f64)>,
    pub(crate) argument: Vec<(Term<'e>, f64)>,
    pub(crate) lines: Piecewise,
}

/// Deepest nesting of what bends within what bends.
const MAX_DEPTH: usize = 64;

type Bent<'e> = Result<Rc<Sum<'e>>, AffineError>;

/// A corner that belongs to neither side, because the lines meet there.
fn corner(at: f64) -> Corner {
    Corner { at, side: None }
}

fn line(slope: f64, offset: f64) -> Piece {
    Piece { slope, offset }
}

/// Of a difference of two sums: what makes the second of them the greater of both.
const GREATER: [Piece; 2] = [Piece { slope: 0.0, offset: 0.0 }, Piece { slope: 1.0, offset: 0.0 }];

/// The same for the less.
const LESS: [Piece; 2] = [Piece { slope: 1.0, offset: 0.0 }, Piece { slope: 0.0, offset: 0.0 }];

impl<'e> Reader<'e> {
    /// What a step makes that is not linear, for the reason given.
    pub(super) fn bent(&mut self, at: usize, cause: Cause) -> Bent<'e> {
        if let Some(known) = self.bent.get(&at) {
            return Ok(Rc::clone(known));
        }
        if self.depth >= MAX_DEPTH {
            return Err(AffineError::Depth(self.ops[at].1));
        }
        self.depth += 1;
        let sum = self.bend(at, cause);
        self.depth -= 1;
        let sum = Rc::new(sum?);
        self.bent.insert(at, Rc::clone(&sum));
        Ok(sum)
    }

    fn bend(&mut self, at: usize, cause: Cause) -> Result<Sum<'e>, AffineError> {
        match &self.ops[at].0 {
            Op::Select => self.choice(at),
            Op::Call(function, _) if function.chooses() => self.choice(at),
            Op::Not => self.truth(at),
            Op::Binary(binary) if is_condition(*binary) => self.truth(at),
            Op::Call(function, count) => match function.name {
                "abs" => {
                    let [x] = self.operands(at);
                    let x = self.sum(x)?;
                    self.curve(at, &x, vec![corner(0.0)], vec![line(-1.0, 0.0), line(1.0, 0.0)])
                }
                "uramp" => {
                    let [x] = self.operands(at);
                    let x = self.sum(x)?;
                    self.curve(at, &x, vec![corner(0.0)], vec![line(0.0, 0.0), line(1.0, 0.0)])
                }
                "u2" => {
                    let [x] = self.operands(at);
                    let x = self.sum(x)?;
                    let lines = vec![line(0.0, 0.0), line(1.0, 0.0), line(0.0, 1.0)];
                    self.curve(at, &x, vec![corner(0.0), corner(1.0)], lines)
                }
                "gt0" => self.step(at, Side::Below, [0.0, 1.0]),
                "ge0" => self.step(at, Side::Above, [0.0, 1.0]),
                "lt0" => self.step(at, Side::Above, [1.0, 0.0]),
                "le0" => self.step(at, Side::Below, [1.0, 0.0]),
                "max" | "min" => {
                    let [left, right] = self.operands(at);
                    let (left, right) = (self.sum(left)?, self.sum(right)?);
                    let lines = if function.name == "max" { GREATER } else { LESS };
                    self.chosen_of(at, &left, &right, lines)
                }
                "limit" => self.limit(at),
                name @ ("table" | "pwl") => self.table(at, *count as usize, name == "pwl"),
                _ => Err(self.not_linear(at, cause)),
            },
            _ => Err(self.not_linear(at, cause)),
        }
    }

    /// One value below zero and another above, zero itself on one side.
    fn step(&mut self, at: usize, side: Side, values: [f64; 2]) -> Result<Sum<'e>, AffineError> {
        let [x] = self.operands(at);
        let x = self.sum(x)?;
        let corners = vec![Corner { at: 0.0, side: Some(side) }];
        self.curve(at, &x, corners, values.map(|value| line(0.0, value)).to_vec())
    }

    /// The second of two sums, and what the difference of both makes beyond it: the greater or the less of the two.
    fn chosen_of(
        &mut self,
        at: usize,
        left: &Sum<'e>,
        right: &Sum<'e>,
        lines: [Piece; 2],
    ) -> Result<Sum<'e>, AffineError> {
        let difference = left.clone().add(-1.0, right);
        let beyond = self.curve(at, &difference, vec![corner(0.0)], lines.to_vec())?;
        Ok(right.clone().add(1.0, &beyond))
    }

    /// The value in the middle of three.
    fn limit(&mut self, at: usize) -> Result<Sum<'e>, AffineError> {
        let [x, a, b] = self.operands(at);
        if self.varies[a] || self.varies[b] {
            let (x, a, b) = (self.sum(x)?, self.sum(a)?, self.sum(b)?);
            let low = self.chosen_of(at, &a, &b, LESS)?;
            let high = self.chosen_of(at, &a, &b, GREATER)?;
            let above = self.chosen_of(at, &x, &low, GREATER)?;
            return self.chosen_of(at, &above, &high, LESS);
        }
        let (a, b) = (self.values[a], self.values[b]);
        let (low, high) = (a.min(b), a.max(b));
        if low == high {
            return Ok(Sum::constant(low));
        }
        let x = self.sum(x)?;
        let lines = vec![line(0.0, low), line(1.0, 0.0), line(0.0, high)];
        self.curve(at, &x, vec![corner(low), corner(high)], lines)
    }

    /// Straight between points; beyond the outermost constant, or going on as between the two nearest.
    fn table(&mut self, at: usize, count: usize, goes_on: bool) -> Result<Sum<'e>, AffineError> {
        let mut places = vec![0; count];
        self.find_operands(at, &mut places);
        let [x, points @ ..] = places.as_slice() else {
            return Err(self.not_linear(at, Cause::Function));
        };
        if points.iter().any(|point| self.varies[*point]) {
            return Err(self.not_linear(at, Cause::Bounds));
        }
        let points: Vec<[f64; 2]> =
            points.chunks_exact(2).map(|pair| [0, 1].map(|i| self.values[pair[i]])).collect();
        if !points.windows(2).all(|pair| pair[0][0] < pair[1][0]) {
            return Err(AffineError::Points(self.ops[at].1));
        }
        let ([first, ..], [.., last]) = (points.as_slice(), points.as_slice()) else {
            return Err(self.not_linear(at, Cause::Function));
        };
        let mut lines = vec![line(0.0, first[1])];
        lines.extend(points.windows(2).map(|pair| {
            let slope = (pair[1][1] - pair[0][1]) / (pair[1][0] - pair[0][0]);
            line(slope, pair[0][1] - slope * pair[0][0])
        }));
        lines.push(line(0.0, last[1]));
        let mut corners: Vec<Corner> = points.iter().map(|point| corner(point[0])).collect();
        if goes_on && points.len() > 1 {
            lines.remove(0);
            lines.pop();
            corners.remove(0);
            corners.pop();
        }
        let x = self.sum(*x)?;
        self.curve(at, &x, corners, lines)
    }

    /// Straight lines of the sum that also decides between them.
    fn curve(
        &mut self,
        at: usize,
        x: &Sum<'e>,
        corners: Vec<Corner>,
        lines: Vec<Piece>,
    ) -> Result<Sum<'e>, AffineError> {
        self.lines(at, (x, corners), (x, lines))
    }

    /// Lines of one sum between corners of another.
    fn lines(
        &mut self,
        at: usize,
        (control, corners): (&Sum<'e>, Vec<Corner>),
        (argument, lines): (&Sum<'e>, Vec<Piece>),
    ) -> Result<Sum<'e>, AffineError> {
        let moved = |corner: Corner| Corner { at: corner.at - control.constant, ..corner };
        let corners = corners.into_iter().map(moved).collect();
        let moved =
            |Piece { slope, offset }: Piece| line(slope, offset + slope * argument.constant);
        let lines: Vec<Piece> = lines.into_iter().map(moved).collect();
        let mut numbers = lines.iter().flat_map(|line| [line.slope, line.offset]);
        if let Some(value) = numbers.find(|number| !number.is_finite()) {
            return Err(AffineError::Value(EvalError::NotFinite { value }));
        }
        let lines = Piecewise::new(corners, lines);
        let lines = lines.map_err(|_| AffineError::Points(self.ops[at].1))?;
        let (control, argument) = (control.terms.clone(), argument.terms.clone());
        self.bends.push(Bend { control, argument, lines });
        Ok(Sum { constant: 0.0, terms: vec![(Term::Bend(self.bends.len() - 1), 1.0)] })
    }

    /// `condition ? value : other`.
    fn choice(&mut self, at: usize) -> Result<Sum<'e>, AffineError> {
        let [condition, then, otherwise] = self.operands(at);
        let (then, otherwise) = (self.sum(then)?, self.sum(otherwise)?);
        self.decide(condition, then, otherwise)
    }

    /// A condition as 1 or 0.
    fn truth(&mut self, at: usize) -> Result<Sum<'e>, AffineError> {
        self.decide(at, Sum::constant(1.0), Sum::constant(0.0))
    }

    /// One sum where the condition at a place holds, another elsewhere.
    fn decide(
        &mut self,
        condition: usize,
        then: Sum<'e>,
        otherwise: Sum<'e>,
    ) -> Result<Sum<'e>, AffineError> {
        if !self.varies[condition] {
            return Ok(if self.values[condition] == 0.0 { otherwise } else { then });
        }
        if self.depth >= MAX_DEPTH {
            return Err(AffineError::Depth(self.ops[condition].1));
        }
        self.depth += 1;
        let decided = self.decide_by(condition, then, otherwise);
        self.depth -= 1;
        decided
    }

    fn decide_by(
        &mut self,
        condition: usize,
        then: Sum<'e>,
        otherwise: Sum<'e>,
    ) -> Result<Sum<'e>, AffineError> {
        let binary = match &self.ops[condition].0 {
            Op::Not => {
                let [inner] = self.operands(condition);
                return self.decide(inner, otherwise, then);
            }
            Op::Binary(binary) => *binary,
            _ => return Err(self.not_linear(condition, Cause::Condition)),
        };
        let [left, right] = self.operands(condition);
        // Which side a value of exactly the level is on, and what is below it.
        let (side, below, above) = match binary {
            Binary::And => {
                let inner = self.decide(right, then, otherwise.clone())?;
                return self.decide(left, inner, otherwise);
            }
            Binary::Or => {
                let inner = self.decide(right, then.clone(), otherwise)?;
                return self.decide(left, then, inner);
            }
            Binary::Greater => (Side::Below, otherwise, then),
            Binary::GreaterEqual => (Side::Above, otherwise, then),
            Binary::Less => (Side::Above, then, otherwise),
            Binary::LessEqual => (Side::Below, then, otherwise),
            _ => return Err(self.not_linear(condition, Cause::Condition)),
        };
        let control = self.sum(left)?.add(-1.0, &self.sum(right)?);
        let beyond = above.add(-1.0, &below);
        let corners = vec![Corner { at: 0.0, side: Some(side) }];
        let lines = vec![line(0.0, 0.0), line(1.0, 0.0)];
        let beyond = self.lines(condition, (&control, corners), (&beyond, lines))?;
        Ok(below.add(1.0, &beyond))
    }
}

fn is_condition(binary: Binary) -> bool {
    use Binary::{And, Greater, GreaterEqual, Less, LessEqual, Or};
    matches!(binary, And | Or | Greater | GreaterEqual | Less | LessEqual)
}
