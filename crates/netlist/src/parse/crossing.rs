//! Instants of `.meas`: given ones, and crossings.

use memspike_circuit::Edge;

use crate::code::Code;
use crate::cursor::Cursor;
use crate::expression::{Binary, Expression};
use crate::finding::Finding;
use crate::number::clip;
use crate::source::Span;
use crate::syntax::{CrossingSyntax, LevelSyntax, MeasuredSyntax, PointSyntax};

use super::measure::{FORM, left_out, measured, time, without_effect};
use super::signal::{at_signal, signal};

const FRACTION: &str =
    "write the level itself, v(a)=0.9, or measure the maximum with MAX and give that level";

/// Behind `TRIG` or `TARG`.
pub(super) fn point(cursor: &mut Cursor<'_>) -> Result<PointSyntax, Finding> {
    if cursor.eat_word("at") {
        cursor.eat('=');
        return Ok(PointSyntax::At(time(cursor)?));
    }
    let of = measured(cursor)?;
    let mut level = None;
    if cursor.eat('=') {
        level = Some(self::level(cursor)?);
    }
    let qualifiers = qualifiers(cursor, &mut level)?;
    let Some(level) = level else {
        return Err(cursor.expected(Code::Syntax, "'val='", FORM));
    };
    Ok(PointSyntax::Crossing(Box::new(crossing(of, level, qualifiers))))
}

/// Behind `WHEN`.
pub(super) fn when(cursor: &mut Cursor<'_>) -> Result<CrossingSyntax, Finding> {
    let of = measured(cursor)?;
    if !cursor.eat('=') {
        return Err(cursor.expected(Code::Syntax, "'=' and a level", FORM));
    }
    let mut level = Some(level(cursor)?);
    let qualifiers = qualifiers(cursor, &mut level)?;
    let Some(level) = level else {
        return Err(cursor.expected(Code::Syntax, "'=' and a level", FORM));
    };
    Ok(crossing(of, level, qualifiers))
}

/// What is compared with what changes is a difference that reaches zero.
fn crossing(of: MeasuredSyntax, level: LevelSyntax, found: Qualifiers) -> CrossingSyntax {
    let Qualifiers { edge, nth, after, before } = found;
    let (of, level) = match (of, level) {
        (MeasuredSyntax::Expression(of), LevelSyntax::Signal(level)) => {
            let place = of.span;
            (difference(of, Expression::signal(level, place)), zero(place))
        }
        (of, LevelSyntax::Value(level)) if level.first_signal().is_some() => {
            let place = level.span;
            let of = match of {
                MeasuredSyntax::Signal(signal) => Expression::signal(signal, place),
                MeasuredSyntax::Expression(of) => of,
                power @ MeasuredSyntax::Power(_) => {
                    return CrossingSyntax {
                        of: power,
                        level: LevelSyntax::Value(level),
                        edge,
                        nth,
                        after,
                        before,
                    };
                }
            };
            (difference(of, level), zero(place))
        }
        same => same,
    };
    CrossingSyntax { of, level, edge, nth, after, before }
}

fn difference(of: Expression, level: Expression) -> MeasuredSyntax {
    let place = level.span;
    MeasuredSyntax::Expression(of.joined(Binary::Subtract, level, place))
}

fn zero(place: Span) -> LevelSyntax {
    LevelSyntax::Value(Expression::constant(0.0, place))
}

fn level(cursor: &mut Cursor<'_>) -> Result<LevelSyntax, Finding> {
    if at_signal(cursor) {
        return Ok(LevelSyntax::Signal(signal(cursor)?));
    }
    let begins = matches!(cursor.peek(), Some('{' | '\''));
    let par = cursor.eat_word("par");
    // As HSPICE writes it: PAR('x'), or ('x').
    let open = cursor.eat('(');
    if par && !open {
        return Err(cursor.expected(Code::Syntax, "'('", FORM));
    }
    cursor.signals = begins || open;
    let value = cursor.value("a level", FORM);
    cursor.signals = false;
    let value = value?;
    if open && !cursor.eat(')') {
        return Err(cursor.expected(Code::Syntax, "')'", FORM));
    }
    Ok(match value.as_signal() {
        Some(signal) => LevelSyntax::Signal(signal.clone()),
        None => LevelSyntax::Value(value),
    })
}

struct Qualifiers {
    edge: Edge,
    nth: Option<Expression>,
    after: Option<Expression>,
    before: Option<Expression>,
}

/// `val= td= from= to= rise= fall= cross=` in any order.
fn qualifiers(
    cursor: &mut Cursor<'_>,
    level: &mut Option<LevelSyntax>,
) -> Result<Qualifiers, Finding> {
    // The first crossing counts if nothing is said: so does ngspice behind `when`; behind `trig`
    // and `targ` it asks for a count.
    let first = Expression::constant(1.0, cursor.whole());
    let mut found = Qualifiers { edge: Edge::Cross, nth: Some(first), after: None, before: None };
    // Xyce takes a level without `=` as well.
    if level.is_none() && cursor.eat_word("val") {
        cursor.eat('=');
        *level = Some(self::level(cursor)?);
    } else if level.is_none() && cursor.at_value() && !cursor.at_assignment() {
        *level = Some(self::level(cursor)?);
    }
    while let Some(name) = cursor.assignment() {
        let edge = match name.text.as_str() {
            "val" => {
                *level = Some(self::level(cursor)?);
                continue;
            }
            "td" | "from" => {
                found.after = Some(time(cursor)?);
                continue;
            }
            _ if without_effect(cursor, &name) => continue,
            "frac_max" => return Err(left_out(&name, FRACTION)),
            "to" => {
                found.before = Some(time(cursor)?);
                continue;
            }
            "rise" => Edge::Rise,
            "fall" => Edge::Fall,
            "cross" => Edge::Cross,
            other => {
                let message = format!("'{}' has no meaning here", clip(other));
                return Err(Finding::new(Code::Syntax, name.span, message)
                    .help("crossings take val= td= from= to= rise= fall= cross="));
            }
        };
        found.edge = edge;
        found.nth = if cursor.eat_word("last") {
            None
        } else {
            Some(cursor.value("a number or 'last'", FORM)?)
        };
    }
    Ok(found)
}
