//! `.meas`.

use memspike_circuit::{Edge, Statistic};

use crate::code::Code;
use crate::cursor::{Cursor, Name};
use crate::expression::{self, Expression};
use crate::finding::{Finding, suggest};
use crate::number::clip;
use crate::syntax::{
    CrossingSyntax, DeviceMeasure, LevelSyntax, MeasureKindSyntax, MeasureSyntax, MeasuredSyntax,
    PointSyntax, WindowSyntax,
};
use crate::vector::Vector;

use super::signal::{at_signal, signal};

const FORM: &str = "write .meas tran name max v(a), find v(a) when v(b)=0.5 rise=1, trig ... targ ..., or spikes n1";
const KEYWORDS: &[&str] = &[
    "trig",
    "find",
    "deriv",
    "when",
    "max",
    "min",
    "pp",
    "avg",
    "rms",
    "integ",
    "param",
    "spikes",
    "first_spike",
    "frequency",
    "energy_per_spike",
    "argmax",
    "max_at",
    "min_at",
    "energy",
    "power",
];
const ARGMAX: &str = "write .meas tran class argmax count[0:9]";
const ANALYSES: &[&str] = &[
    "ac",
    "dc",
    "op",
    "noise",
    "tf",
    "sp",
    "fft",
    "tran_cont",
    "ac_cont",
    "dc_cont",
    "noise_cont",
];

/// Reads the rest of a `.meas`; none of an analysis whose measurements are skipped, with a warning.
pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Option<MeasureSyntax>, Finding> {
    let first = cursor.expect_word(Code::Syntax, "an analysis and a name", FORM)?;
    let is_keyword = |word: Option<&str>| {
        word.is_some_and(|word| KEYWORDS.contains(&word.to_lowercase().as_str()))
    };
    let name = if first.text == "tran" {
        cursor.expect_word(Code::Syntax, "a name", FORM)?
    } else if ANALYSES.contains(&first.text.as_str()) && !is_keyword(cursor.peek_word()) {
        let message = format!("measurements of '{}' are skipped", first.text);
        let finding = Finding::new(Code::IgnoredMeasure, first.span, message);
        cursor.findings.push(
            finding.help("write .meas tran; what .dc and .ac give is in --dc FILE and --ac FILE"),
        );
        return Ok(None);
    } else {
        first
    };
    let keyword = cursor.expect_word(Code::Syntax, "what to measure", FORM)?;
    let kind = kind(cursor, &keyword)?;
    while let Some(name) = cursor.assignment() {
        if !without_effect(cursor, &name) {
            let message = format!("'{}' has no meaning here", clip(&name.text));
            return Err(Finding::new(Code::Syntax, name.span, message).help(FORM));
        }
    }
    cursor.finish(FORM)?;
    let name = Vector::read(name)?.without_suffix()?;
    check_length(&name, &kind)?;
    Ok(Some(MeasureSyntax { name, kind }))
}

/// Reads what stands behind the word that says what to measure.
fn kind(cursor: &mut Cursor<'_>, keyword: &Name) -> Result<MeasureKindSyntax, Finding> {
    Ok(match keyword.text.as_str() {
        "trig" => {
            let trigger = point(cursor)?;
            if !cursor.eat_word("targ") {
                return Err(cursor.expected(Code::Syntax, "'targ'", FORM));
            }
            MeasureKindSyntax::Delay { trigger, target: point(cursor)? }
        }
        "find" => MeasureKindSyntax::Find { of: measured(cursor)?, at: when_or_at(cursor)? },
        "deriv" | "derivative" => {
            MeasureKindSyntax::Derivative { of: measured(cursor)?, at: when_or_at(cursor)? }
        }
        "when" => MeasureKindSyntax::When(when(cursor)?),
        "max" => statistic(cursor, Statistic::Max)?,
        "min" => statistic(cursor, Statistic::Min)?,
        "pp" => statistic(cursor, Statistic::PeakToPeak)?,
        "avg" => statistic(cursor, Statistic::Average)?,
        "rms" => statistic(cursor, Statistic::Rms)?,
        "integ" | "integral" => statistic(cursor, Statistic::Integral)?,
        "max_at" => extreme(cursor, true)?,
        "min_at" => extreme(cursor, false)?,
        "energy" => of_element(cursor, Statistic::Integral)?,
        "power" => of_element(cursor, Statistic::Average)?,
        "param" | "eqn" => {
            cursor.eat('=');
            MeasureKindSyntax::Param(open_expression(cursor)?)
        }
        "spikes" => device(cursor, DeviceMeasure::Spikes)?,
        "first_spike" => device(cursor, DeviceMeasure::FirstSpike)?,
        "frequency" => device(cursor, DeviceMeasure::Frequency)?,
        "energy_per_spike" => device(cursor, DeviceMeasure::EnergyPerSpike)?,
        "argmax" => MeasureKindSyntax::ArgMax(several(cursor)?),
        _ => return Err(unknown(keyword)),
    })
}

fn when_or_at(cursor: &mut Cursor<'_>) -> Result<PointSyntax, Finding> {
    if cursor.eat_word("when") {
        Ok(PointSyntax::Crossing(Box::new(when(cursor)?)))
    } else if cursor.eat_word("at") {
        cursor.eat('=');
        Ok(PointSyntax::At(cursor.value("a time", FORM)?))
    } else {
        Err(cursor.expected(Code::Syntax, "'when' or 'at='", FORM))
    }
}

/// Earlier measurements with a range.
fn several(cursor: &mut Cursor<'_>) -> Result<Vector, Finding> {
    let of = Vector::read(cursor.expect_word(Code::Syntax, "earlier measurements", ARGMAX)?)?;
    if of.length().is_some() {
        return Ok(of);
    }
    let message = format!("'{}' is one measurement", of.written());
    Err(Finding::new(Code::VectorLength, of.name.span, message).help(ARGMAX))
}

fn unknown(keyword: &Name) -> Finding {
    let message = format!("there is no measurement '{}'", clip(&keyword.text));
    let help = suggest(&keyword.text, "measurement", KEYWORDS.iter().copied());
    Finding::new(Code::UnknownMeasure, keyword.span, message).help(help)
}

/// A name with a range is for spikes of as many devices.
fn check_length(name: &Vector, kind: &MeasureKindSyntax) -> Result<(), Finding> {
    let devices = match kind {
        MeasureKindSyntax::Device { elements, .. } => elements.length(),
        _ => None,
    };
    if name.length() == devices {
        return Ok(());
    }
    let several = |length: Option<usize>| length.map_or("one".to_owned(), |n| n.to_string());
    let message = format!(
        "'{}' stands for {}, what it measures for {}",
        name.written(),
        several(name.length()),
        several(devices)
    );
    Err(Finding::new(Code::VectorLength, name.name.span, message)
        .help("measure the spikes of a range of devices: n[0:9] spikes xlif[0:9].n1"))
}

/// An expression, quoted or not.
fn open_expression(cursor: &mut Cursor<'_>) -> Result<Expression, Finding> {
    if matches!(cursor.peek(), Some('{' | '\'')) {
        cursor.value("an expression", FORM)
    } else {
        expression::parse_open(cursor)
    }
}

fn statistic(cursor: &mut Cursor<'_>, statistic: Statistic) -> Result<MeasureKindSyntax, Finding> {
    let of = measured(cursor)?;
    Ok(MeasureKindSyntax::Statistic { statistic, of, window: window(cursor)? })
}

fn extreme(cursor: &mut Cursor<'_>, greatest: bool) -> Result<MeasureKindSyntax, Finding> {
    let of = measured(cursor)?;
    Ok(MeasureKindSyntax::Extreme { greatest, of, window: window(cursor)? })
}

/// Behind `energy` and `power`.
fn of_element(cursor: &mut Cursor<'_>, statistic: Statistic) -> Result<MeasureKindSyntax, Finding> {
    let element = cursor.expect_word(Code::Syntax, "an element", FORM)?;
    let of = MeasuredSyntax::Power(element);
    Ok(MeasureKindSyntax::Statistic { statistic, of, window: window(cursor)? })
}

/// A signal, or an expression of signals: `v(a)*i(r1)`, `{...}`, `'...'`, `par('...')`; `p(r1)` is what an element takes.
fn measured(cursor: &mut Cursor<'_>) -> Result<MeasuredSyntax, Finding> {
    let start = cursor.position();
    let power = cursor.word().is_some_and(|word| matches!(word.text.as_str(), "p" | "w"));
    if power && cursor.eat('(') {
        let element = cursor.expect_word(Code::Syntax, "an element", FORM)?;
        if !cursor.eat(')') {
            return Err(cursor.expected(Code::Syntax, "')'", FORM));
        }
        return Ok(MeasuredSyntax::Power(element));
    }
    cursor.reset(start);
    let par = cursor.eat_word("par") && cursor.eat('(');
    if !par {
        cursor.reset(start);
    }
    let begins = matches!(cursor.peek(), Some('{' | '\'' | '(' | '-' | '+'));
    if !begins && !at_signal(cursor) && !cursor.at_value() {
        return Err(signal(cursor)
            .err()
            .unwrap_or_else(|| cursor.expected(Code::Syntax, "a signal", FORM)));
    }
    cursor.signals = true;
    let read = open_expression(cursor);
    cursor.signals = false;
    let expression = read?;
    if par && !cursor.eat(')') {
        return Err(cursor.expected(Code::Syntax, "')'", FORM));
    }
    Ok(match expression.as_signal() {
        Some(signal) => MeasuredSyntax::Signal(signal.clone()),
        None => MeasuredSyntax::Expression(expression),
    })
}

fn device(cursor: &mut Cursor<'_>, kind: DeviceMeasure) -> Result<MeasureKindSyntax, Finding> {
    let elements = Vector::read(cursor.expect_word(Code::Syntax, "a device", FORM)?)?;
    Ok(MeasureKindSyntax::Device { kind, elements, window: window(cursor)? })
}

fn window(cursor: &mut Cursor<'_>) -> Result<WindowSyntax, Finding> {
    let mut window = WindowSyntax::default();
    while let Some(name) = cursor.assignment() {
        let place = match name.text.as_str() {
            "from" | "td" => &mut window.from,
            "to" => &mut window.to,
            _ if without_effect(cursor, &name) => continue,
            other => {
                let message = format!("'{}' has no meaning here", clip(other));
                return Err(Finding::new(Code::Syntax, name.span, message)
                    .help("a window is from=time to=time"));
            }
        };
        *place = Some(cursor.value("a time", FORM)?);
    }
    Ok(window)
}

/// Reads over how other simulators look for a value or print it: here values are exact.
fn without_effect(cursor: &mut Cursor<'_>, name: &Name) -> bool {
    const NAMES: &[&str] =
        &["minval", "default_val", "failvalue", "rfc_level", "precision", "print", "output"];
    let known = NAMES.contains(&name.text.as_str());
    if known && cursor.word().is_some() {
        let message = format!("skipped: {}= of a measurement", name.text);
        let finding = Finding::new(Code::IgnoredCommand, name.span, message);
        cursor.findings.push(finding.help("without effect on an exact value"));
    }
    known
}

/// Behind `TRIG` or `TARG`.
fn point(cursor: &mut Cursor<'_>) -> Result<PointSyntax, Finding> {
    if cursor.eat_word("at") {
        cursor.eat('=');
        return Ok(PointSyntax::At(cursor.value("a time", FORM)?));
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
    let Qualifiers { edge, nth, after, before } = qualifiers;
    let crossing = CrossingSyntax { of, level, edge, nth, after, before };
    Ok(PointSyntax::Crossing(Box::new(crossing)))
}

/// Behind `WHEN`.
fn when(cursor: &mut Cursor<'_>) -> Result<CrossingSyntax, Finding> {
    let of = measured(cursor)?;
    if !cursor.eat('=') {
        return Err(cursor.expected(Code::Syntax, "'=' and a level", FORM));
    }
    let mut level = Some(level(cursor)?);
    let Qualifiers { edge, nth, after, before } = qualifiers(cursor, &mut level)?;
    let Some(level) = level else {
        return Err(cursor.expected(Code::Syntax, "'=' and a level", FORM));
    };
    Ok(CrossingSyntax { of, level, edge, nth, after, before })
}

fn level(cursor: &mut Cursor<'_>) -> Result<LevelSyntax, Finding> {
    if at_signal(cursor) {
        return Ok(LevelSyntax::Signal(signal(cursor)?));
    }
    Ok(LevelSyntax::Value(cursor.value("a level", FORM)?))
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
                found.after = Some(cursor.value("a time", FORM)?);
                continue;
            }
            _ if without_effect(cursor, &name) => continue,
            "to" => {
                found.before = Some(cursor.value("a time", FORM)?);
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
