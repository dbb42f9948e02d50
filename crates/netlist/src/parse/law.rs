//! Sources that follow voltages and currents: `B`, `E`, `F`, `G`, `H`.

use crate::code::Code;
use crate::cursor::{Cursor, Name};
use crate::expression::{Binary, Expression, parse_open};
use crate::finding::Finding;
use crate::number::clip;
use crate::source::Span;
use crate::syntax::{ElementSyntax, SignalSyntax};

use super::element::{take_nodes, write};

/// A kind of source whose card names what controls it.
pub(super) struct Kind {
    /// Its linear form.
    pub(super) form: &'static str,
    /// The words before an expression.
    values: &'static [&'static str],
    example: &'static str,
    /// Whether currents control it, each named by the source that it flows through.
    by_current: bool,
    linear: Option<fn(Expression) -> ElementSyntax>,
    law: fn(Expression) -> ElementSyntax,
}

pub(super) const VCVS: Kind = Kind {
    form: "E1 plus minus control+ control- gain",
    values: &["value", "vol"],
    example: "E1 plus minus VALUE={2*v(a)}",
    by_current: false,
    linear: Some(ElementSyntax::Vcvs),
    law: ElementSyntax::VoltageLaw,
};

pub(super) const VCCS: Kind = Kind {
    form: "G1 from to control+ control- siemens",
    values: &["value", "cur"],
    example: "G1 from to VALUE={1m*v(a)}",
    by_current: false,
    linear: Some(ElementSyntax::Vccs),
    law: ElementSyntax::CurrentLaw,
};

pub(super) const CCCS: Kind = Kind {
    form: "F1 from to source gain",
    values: &[],
    example: "B1 from to I={2*i(source)}",
    by_current: true,
    linear: None,
    law: ElementSyntax::CurrentLaw,
};

pub(super) const CCVS: Kind = Kind {
    form: "H1 plus minus source ohms",
    values: &[],
    example: "B1 plus minus V={1k*i(source)}",
    by_current: true,
    linear: None,
    law: ElementSyntax::VoltageLaw,
};

/// Words of forms that are not read.
const OTHERS: &[&str] = &["value", "vol", "cur", "table", "laplace", "freq", "func", "chebyshev"];

type Card = (Vec<Name>, ElementSyntax);

/// Reads the rest of an `E`, `F`, `G` or `H`, but for its end.
pub(super) fn parse(cursor: &mut Cursor<'_>, kind: &Kind) -> Result<Card, Finding> {
    let nodes = take_nodes(cursor, 2, kind.form)?;
    let start = cursor.position();
    if let Some(word) = cursor.word() {
        let text = word.text.as_str();
        if text == "poly" && cursor.peek() == Some('(') {
            return Ok((nodes, (kind.law)(polynomial(cursor, kind)?)));
        }
        // Of an expression without brace and `=` a voltage, a current or a function tells.
        let opens = matches!(cursor.peek(), Some('=' | '(' | '{' | '\''))
            || matches!(text, "value" | "table") && cursor.rest().contains('(');
        if opens && kind.values.contains(&text) {
            cursor.eat('=');
            return Ok((nodes, (kind.law)(expression(cursor, kind.example)?)));
        }
        if text == "table" && opens && !kind.by_current {
            return Ok((nodes, (kind.law)(table(cursor)?)));
        }
        if opens && OTHERS.contains(&text) {
            return Err(no_form(kind, &word));
        }
    }
    cursor.reset(start);
    if let Some(linear) = kind.linear {
        return controlled(cursor, kind, linear, nodes);
    }
    let source = cursor.expect_word(Code::MissingNode, "a source", &write(kind.form))?;
    let span = source.span;
    let gain = cursor.value("a gain", &write(kind.form))?;
    let current = Expression::signal(SignalSyntax::Current(source), span);
    let place = gain.span;
    Ok((nodes, (kind.law)(gain.joined(Binary::Multiply, current, place))))
}

/// What a `B` may be.
pub(super) const FORM: &str = "B1 plus minus V={2*v(a,b)+1}, or B1 from to I={1m*v(a)}";

/// Reads the rest of a `B`, but for its end.
pub(super) fn behavioural(cursor: &mut Cursor<'_>) -> Result<Card, Finding> {
    let nodes = take_nodes(cursor, 2, FORM)?;
    let law = if cursor.eat_option("v") {
        ElementSyntax::VoltageLaw
    } else if cursor.eat_option("i") {
        ElementSyntax::CurrentLaw
    } else {
        return Err(cursor.expected(Code::MissingValue, "V= or I=", &write(FORM)));
    };
    Ok((nodes, law(expression(cursor, FORM)?)))
}

/// The expression that ends a card, with braces, quotes or neither.
pub(super) fn expression(cursor: &mut Cursor<'_>, form: &str) -> Result<Expression, Finding> {
    cursor.signals = true;
    let start = cursor.position();
    let mut value = cursor.open_value("an expression", &write(form));
    // What begins with a brace or quote may be the first part of a whole: 'gain'*v(a).
    if value.is_ok() && matches!(cursor.peek(), Some('*' | '/' | '+' | '-' | '?' | '<' | '>')) {
        cursor.reset(start);
        value = parse_open(cursor);
    }
    cursor.signals = false;
    value
}

/// How many of a source are side by side, and the end of its card.
pub(super) fn end(cursor: &mut Cursor<'_>, form: &str) -> Result<Option<Expression>, Finding> {
    let m = match cursor.eat_option("m") {
        true => Some(cursor.value("a number", "write m=2")?),
        false => None,
    };
    cursor.finish(&write(form))?;
    Ok(m)
}

fn controlled(
    cursor: &mut Cursor<'_>,
    kind: &Kind,
    linear: fn(Expression) -> ElementSyntax,
    mut nodes: Vec<Name>,
) -> Result<Card, Finding> {
    nodes.extend(pair(cursor, kind)?);
    let gain = cursor.value("a gain", &write(kind.form))?;
    Ok((nodes, linear(gain)))
}

/// Two nodes, with a parenthesis around them or not.
fn pair(cursor: &mut Cursor<'_>, kind: &Kind) -> Result<Vec<Name>, Finding> {
    let parenthesis = cursor.eat('(');
    let nodes = take_nodes(cursor, 2, kind.form)?;
    if parenthesis && !cursor.eat(')') {
        return Err(cursor.expected(Code::Syntax, "')'", &write(kind.form)));
    }
    Ok(nodes)
}

/// `{expression} = (x, y) (x, y)`, behind the word `TABLE`.
fn table(cursor: &mut Cursor<'_>) -> Result<Expression, Finding> {
    const HELP: &str = "write TABLE {v(a)} = (0,0) (1,1) (2,4)";
    cursor.eat('=');
    cursor.signals = true;
    let followed = cursor.open_value("an expression", HELP);
    cursor.signals = false;
    let followed = followed?;
    cursor.eat('=');
    cursor.skip_space();
    let start = cursor.position();
    let mut points = Vec::new();
    // Parentheses stand around each point, around all or nowhere.
    let mut open = 0_usize;
    while !cursor.at_end() && !cursor.at_assignment() {
        if cursor.eat('(') {
            open += 1;
        } else if open > 0 && cursor.eat(')') {
            open -= 1;
        } else {
            points.push(cursor.value("the x of a point", HELP)?);
            points.push(cursor.value("the y of a point", HELP)?);
        }
    }
    if open > 0 {
        return Err(cursor.expected(Code::Syntax, "')'", HELP));
    }
    if points.is_empty() {
        return Err(cursor.expected(Code::MissingValue, "points", HELP));
    }
    let place = cursor.span_from(start);
    Ok(followed.table(points, place))
}

fn no_form(kind: &Kind, word: &Name) -> Finding {
    let message = format!("this source has no '{}' form", word.text);
    let others = if kind.by_current { "" } else { ", or POLY(1) a b 0 2" };
    Finding::new(Code::UnsupportedForm, word.span, message).help(format!(
        "{}, or {}{others}",
        write(kind.form),
        kind.example
    ))
}

/// Most controls of a polynomial.
const MAX_CONTROLS: usize = 10_000;

/// `(n)`, the controls and the coefficients of `POLY`: the constant, one for each control, then those of products,
/// which must be zero.
fn polynomial(cursor: &mut Cursor<'_>, kind: &Kind) -> Result<Expression, Finding> {
    let help = match kind.by_current {
        true => "write POLY(2) source1 source2 constant gain1 gain2",
        false => "write POLY(2) a+ a- b+ b- constant gain_a gain_b",
    };
    cursor.eat('(');
    let count = cursor.expect_word(Code::Syntax, "a number of controls", help)?;
    let controls = count.text.parse().ok().filter(|n| (1..=MAX_CONTROLS).contains(n));
    let Some(controls) = controls else {
        let message = format!("'{}' is no number of controls", clip(&count.text));
        return Err(Finding::new(Code::Syntax, count.span, message)
            .help(format!("{help}; there are 1 to {MAX_CONTROLS}")));
    };
    if !cursor.eat(')') {
        return Err(cursor.expected(Code::Syntax, "')'", help));
    }
    let signals = signals(cursor, kind, controls, help)?;
    let mut coefficients = Vec::new();
    while !cursor.at_end() && !cursor.at_assignment() {
        coefficients.push(cursor.value("a coefficient", help)?);
    }
    if coefficients.is_empty() {
        return Err(cursor.expected(Code::MissingValue, "a coefficient", help));
    }
    if let ([alone], 1) = (coefficients.as_slice(), controls) {
        let message = "simulators differ on a single coefficient";
        return Err(Finding::new(Code::UnsupportedForm, alone.span, message).help(
            "SPICE2 reads it as a gain, ngspice as a constant: write 0 before it for a gain, 0 behind it for a \
             constant",
        ));
    }
    let mut sum: Option<Expression> = None;
    for (at, coefficient) in coefficients.into_iter().enumerate() {
        let place = coefficient.span;
        // The constant comes first.
        let term = match at.checked_sub(1) {
            None => coefficient,
            Some(at) => {
                let signal = signals.get(at).cloned();
                let control = signal.unwrap_or_else(|| product(&signals[0], place));
                coefficient.joined(Binary::Multiply, control, place)
            }
        };
        sum = Some(match sum {
            Some(sum) => sum.joined(Binary::Add, term, place),
            None => term,
        });
    }
    sum.ok_or_else(|| cursor.expected(Code::MissingValue, "a coefficient", help))
}

fn signals(
    cursor: &mut Cursor<'_>,
    kind: &Kind,
    count: usize,
    help: &str,
) -> Result<Vec<Expression>, Finding> {
    let mut signals = Vec::new();
    for _ in 0..count {
        let signal = if kind.by_current {
            SignalSyntax::Current(cursor.expect_word(Code::MissingNode, "a source", help)?)
        } else {
            let mut nodes = pair(cursor, kind)?.into_iter();
            let (Some(plus), minus) = (nodes.next(), nodes.next()) else { continue };
            SignalSyntax::Voltage(plus, minus)
        };
        let span = match &signal {
            SignalSyntax::Voltage(plus, minus) => {
                minus.as_ref().map_or(plus.span, |minus| plus.span.to(minus.span))
            }
            SignalSyntax::Current(source) => source.span,
        };
        signals.push(Expression::signal(signal, span));
    }
    Ok(signals)
}

/// What stands for a product of controls: no source can follow it.
fn product(signal: &Expression, place: Span) -> Expression {
    signal.clone().joined(Binary::Multiply, signal.clone(), place)
}
