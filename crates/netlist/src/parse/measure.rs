//! `.meas`.

use memspike_circuit::Statistic;

use crate::code::Code;
use crate::cursor::{Cursor, Name};
use crate::expression::{self, Expression};
use crate::finding::{Finding, nearest, suggest};
use crate::number::clip;
use crate::syntax::{
    DeviceMeasure, MeasureKindSyntax, MeasureSyntax, MeasuredSyntax, PointSyntax, WindowSyntax,
};
use crate::vector::Vector;

use super::crossing::{point, when};
use super::signal::{at_signal, signal};

pub(super) const FORM: &str = "write .meas tran name max v(a), find v(a) when v(b)=0.5 rise=1, trig ... targ ..., or spikes n1";
pub(crate) const KEYWORDS: &[&str] = &[
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
const ARGMAX: &str =
    "write .meas tran class argmax count[0:9] behind .meas tran count[0:9] spikes N[0:9]";
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

/// What Xyce measures and memspike does not, with what to write instead.
const FOREIGN: &[(&str, &str)] = &[
    ("duty", "give it a node, B1 d 0 V={if(v(a) > 0.5, 1, 0)}, and measure AVG v(d)"),
    ("err", "compare the table of --csv with the file"),
    ("err1", "compare the table of --csv with the file"),
    ("err2", "compare the table of --csv with the file"),
    ("err3", "compare the table of --csv with the file"),
    ("error", "compare the table of --csv with the file"),
    ("four", "transform the table of --csv, whose points --grid places"),
    ("freq", "TRIG v(a)=1 rise=1 TARG v(a)=1 rise=2 is a period; FREQUENCY counts spikes"),
    ("off_time", "give it a node, B1 d 0 V={if(v(a) < 0.5, 1, 0)}, and measure INTEG v(d)"),
    ("on_time", "give it a node, B1 d 0 V={if(v(a) > 0.5, 1, 0)}, and measure INTEG v(d)"),
];

/// Reads the rest of a `.meas`; none of an analysis whose measurements are skipped, with a warning.
pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Option<MeasureSyntax>, Finding> {
    let first = cursor.expect_word(Code::Syntax, "an analysis and a name", FORM)?;
    let is_keyword = |word: Option<&str>| {
        word.is_some_and(|word| KEYWORDS.contains(&word.to_lowercase().as_str()))
    };
    let name = if first.text == "tran" {
        cursor.expect_word(Code::Syntax, "a name", FORM)?
    } else if ANALYSES.contains(&first.text.as_str()) && name_follows(cursor, is_keyword) {
        let message = format!("measurements of '{}' are skipped", first.text);
        let finding = Finding::new(Code::IgnoredMeasure, first.span, message);
        cursor.findings.push(
            finding.help("write .meas tran; what .dc and .ac give is in --dc FILE and --ac FILE"),
        );
        return Ok(None);
    } else if let Some(meant) = mistyped(cursor, &first, is_keyword) {
        let message = format!("there is no analysis '{}'", clip(&first.text));
        let help = format!("did you mean '{meant}'?");
        return Err(Finding::new(Code::UnknownMeasure, first.span, message).help(help));
    } else {
        first
    };
    match body(cursor, &name) {
        // It has no value, which is told; the deck runs without it.
        Err(finding) if finding.code == Code::IgnoredMeasure => {
            cursor.findings.push(finding);
            let name = Vector::read(name)?.without_suffix()?;
            Ok(Some(MeasureSyntax { name, kind: MeasureKindSyntax::LeftOut }))
        }
        card => card.map(Some),
    }
}

/// The analysis that a word may mean where a name and what to measure come next: `trans f max v(a)`.
fn mistyped(
    cursor: &mut Cursor<'_>,
    first: &Name,
    is_keyword: impl Fn(Option<&str>) -> bool,
) -> Option<&'static str> {
    let start = cursor.position();
    let is_name = !is_keyword(cursor.peek_word());
    cursor.word();
    let then_keyword = is_keyword(cursor.peek_word());
    cursor.reset(start);
    let known = || ["tran"].into_iter().chain(ANALYSES.iter().copied());
    if is_name && then_keyword { nearest(&first.text, known()) } else { None }
}

/// Whether a name comes next, even one that says what to measure.
fn name_follows(cursor: &mut Cursor<'_>, is_keyword: impl Fn(Option<&str>) -> bool) -> bool {
    let start = cursor.position();
    let first = is_keyword(cursor.peek_word());
    cursor.word();
    let second = is_keyword(cursor.peek_word());
    cursor.reset(start);
    !first || second
}

/// Reads what stands behind the name.
fn body(cursor: &mut Cursor<'_>, name: &Name) -> Result<MeasureSyntax, Finding> {
    let keyword = cursor.expect_word(Code::Syntax, "what to measure", FORM)?;
    let kind = kind(cursor, &keyword)?;
    while let Some(name) = cursor.assignment() {
        if !without_effect(cursor, &name) {
            let message = format!("'{}' has no meaning here", clip(&name.text));
            return Err(Finding::new(Code::Syntax, name.span, message).help(FORM));
        }
    }
    cursor.finish(FORM)?;
    let name = Vector::read(name.clone())?.without_suffix()?;
    check_length(&name, &kind)?;
    Ok(MeasureSyntax { name, kind })
}

/// Says that a measurement has no value here because of a word of it: the deck runs without it.
pub(super) fn left_out(word: &Name, help: &str) -> Finding {
    let message = format!("left out: a measurement with '{}' is not known here", clip(&word.text));
    Finding::new(Code::IgnoredMeasure, word.span, message).help(help)
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
            equation(cursor)?
        }
        "spikes" => device(cursor, DeviceMeasure::Spikes)?,
        "first_spike" => device(cursor, DeviceMeasure::FirstSpike)?,
        "frequency" => device(cursor, DeviceMeasure::Frequency)?,
        "energy_per_spike" => device(cursor, DeviceMeasure::EnergyPerSpike)?,
        "argmax" => MeasureKindSyntax::ArgMax(several(cursor)?),
        other => {
            let foreign = FOREIGN.iter().find(|(known, _)| *known == other);
            return Err(
                foreign.map_or_else(|| unknown(keyword), |(_, help)| left_out(keyword, help))
            );
        }
    })
}

/// What is computed of earlier measurements, or of signals at the end of the window.
fn equation(cursor: &mut Cursor<'_>) -> Result<MeasureKindSyntax, Finding> {
    cursor.signals = true;
    let read = open_expression(cursor);
    cursor.signals = false;
    let expression = read?;
    if expression.first_signal().is_none() {
        let start = cursor.position();
        if let Some(name) = cursor.assignment()
            && matches!(name.text.as_str(), "from" | "to" | "td")
        {
            return Err(left_out(
                &name,
                "what is computed of measurements has no window: remove it",
            ));
        }
        cursor.reset(start);
        return Ok(MeasureKindSyntax::Param(expression));
    }
    let of = MeasuredSyntax::Expression(expression);
    let at = window(cursor)?.to.map_or(PointSyntax::End, PointSyntax::At);
    Ok(MeasureKindSyntax::Find { of, at })
}

fn when_or_at(cursor: &mut Cursor<'_>) -> Result<PointSyntax, Finding> {
    if cursor.eat_word("when") {
        Ok(PointSyntax::Crossing(Box::new(when(cursor)?)))
    } else if cursor.eat_word("at") {
        cursor.eat('=');
        Ok(PointSyntax::At(time(cursor)?))
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
    Err(Finding::new(Code::VectorLength, name.name.span, message).help(
        "give the name as many as it measures; a range is of devices: n[0:9] spikes xlif[0:9].n1",
    ))
}

/// An expression, quoted or not.
fn open_expression(cursor: &mut Cursor<'_>) -> Result<Expression, Finding> {
    if matches!(cursor.peek(), Some('{' | '\'')) {
        cursor.value("an expression", FORM)
    } else {
        expression::parse_open(cursor)
    }
}

/// A window may also stand before the signal.
fn statistic(cursor: &mut Cursor<'_>, statistic: Statistic) -> Result<MeasureKindSyntax, Finding> {
    let mut window = WindowSyntax::default();
    qualify(cursor, &mut window)?;
    let of = measured(cursor)?;
    qualify(cursor, &mut window)?;
    Ok(MeasureKindSyntax::Statistic { statistic, of, window })
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
pub(super) fn measured(cursor: &mut Cursor<'_>) -> Result<MeasuredSyntax, Finding> {
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
    if let Some(word) = cursor.word().filter(|word| word.text == "n")
        && cursor.eat('(')
    {
        return Err(left_out(&word, "measure voltages v(a), currents i(R1) or powers p(R1)"));
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
    qualify(cursor, &mut window)?;
    Ok(window)
}

fn qualify(cursor: &mut Cursor<'_>, window: &mut WindowSyntax) -> Result<(), Finding> {
    while let Some(name) = cursor.assignment() {
        let place = match name.text.as_str() {
            "from" | "td" => &mut window.from,
            "to" => &mut window.to,
            _ if without_effect(cursor, &name) => continue,
            "rise" | "fall" | "cross" | "min_thresh" | "max_thresh" => {
                return Err(left_out(&name, "give the window as times: from=1m to=2m"));
            }
            other => {
                let message = format!("'{}' has no meaning here", clip(other));
                return Err(Finding::new(Code::Syntax, name.span, message)
                    .help("a window is from=time to=time"));
            }
        };
        *place = Some(time(cursor)?);
    }
    Ok(())
}

/// A time, as HSPICE writes expressions too: `PAR('x')` and `('x')`.
pub(super) fn time(cursor: &mut Cursor<'_>) -> Result<Expression, Finding> {
    let par = cursor.eat_word("par");
    let open = cursor.eat('(');
    if par && !open {
        return Err(cursor.expected(Code::Syntax, "'('", FORM));
    }
    let value = cursor.value("a time", FORM)?;
    if open && !cursor.eat(')') {
        return Err(cursor.expected(Code::Syntax, "')'", FORM));
    }
    Ok(value)
}

/// Reads over how other simulators look for a value or print it: here values are exact.
pub(super) fn without_effect(cursor: &mut Cursor<'_>, name: &Name) -> bool {
    const NAMES: &[&str] =
        &["minval", "default_val", "failvalue", "rfc_level", "precision", "print", "output"];
    let known = NAMES.contains(&name.text.as_str());
    let read = known && (cursor.word().is_some() || cursor.value("a value", FORM).is_ok());
    if read {
        let message = format!("skipped: {}= of a measurement", name.text);
        let finding = Finding::new(Code::IgnoredCommand, name.span, message);
        cursor.findings.push(finding.help("without effect on an exact value"));
    }
    known
}
