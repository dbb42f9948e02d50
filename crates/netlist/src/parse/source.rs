//! What stands behind the nodes of a `V` or `I`.

use crate::code::Code;
use crate::cursor::{Cursor, FileName};
use crate::expression::Expression;
use crate::finding::{Finding, nearest};
use crate::number::clip;
use crate::syntax::{SourceCard, SourceFunction, WaveformKind};
use crate::vector::Vector;

const FORM: &str =
    "write DC 0.5, PULSE(...), PWL(...), SIN(...), EXP(...), SWEEP(...), SPIKE(...) or IMAGE(...)";
pub(crate) const KINDS: &[&str] =
    &["pulse", "pwl", "sin", "sine", "exp", "sweep", "spike", "image"];
const UNSUPPORTED: &[&str] = &[
    "sffm", "am", "trnoise", "trrandom", "external", "pwlfile", "noise", "port", "distof1",
    "distof2",
];

/// Reads the rest of a source card.
pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<SourceCard, Finding> {
    let mut card = SourceCard { dc: None, function: None, ac: None, compliance: None };
    while !cursor.at_end() && !at_multiplicity(cursor) {
        if card.compliance.is_none() && cursor.eat_option("compliance") {
            card.compliance = Some(cursor.value("a current", "write compliance=10u")?);
        } else if card.dc.is_none() && (cursor.at_value() || cursor.eat_word("dc")) {
            cursor.eat('=');
            card.dc = Some(cursor.value("a value", FORM)?);
        } else if cursor.peek_word().is_some_and(|word| word.eq_ignore_ascii_case("ac")) {
            ac(cursor, &mut card)?;
        } else if card.dc.is_none() && at_name(cursor) {
            card.dc = Some(cursor.value("a value", FORM)?);
        } else if card.function.is_none() && cursor.peek_word().is_some() {
            card.function = Some(function(cursor)?);
        } else {
            cursor.finish(FORM)?;
        }
    }
    if card.dc.is_none() && card.function.is_none() {
        match &card.ac {
            // A source of small signals alone.
            Some((magnitude, _)) => card.dc = Some(Expression::constant(0.0, magnitude.span)),
            None => zero(cursor, &mut card),
        }
    }
    Ok(card)
}

/// Whether a source of current says next how many of it are side by side.
fn at_multiplicity(cursor: &mut Cursor<'_>) -> bool {
    let start = cursor.position();
    let found = cursor.currents && cursor.eat_option("m");
    cursor.reset(start);
    found
}

/// A source without a value is one of 0, as in SPICE: a wire that measures a current.
fn zero(cursor: &mut Cursor<'_>, card: &mut SourceCard) {
    let span = cursor.whole();
    card.dc = Some(Expression::constant(0.0, span));
    let finding =
        Finding::new(Code::ZeroSource, span, "this source has no value: it is 0, as in SPICE");
    cursor.findings.push(finding.help("write DC 0 if that is meant"));
}

/// Whether the bare name of a parameter comes next, and nothing behind it that would be values of a function.
fn at_name(cursor: &mut Cursor<'_>) -> bool {
    if !at_argument(cursor) {
        return false;
    }
    let start = cursor.position();
    let name = cursor.word();
    let alone = cursor.peek() != Some('(') && !cursor.at_value();
    cursor.reset(start);
    alone && name.is_some_and(|name| !UNSUPPORTED.contains(&name.text.as_str()))
}

/// Whether a value or a bare name comes next, and no word that has a meaning of its own.
fn at_argument(cursor: &mut Cursor<'_>) -> bool {
    let own = |word: &str| ["dc", "ac"].contains(&word) || KINDS.contains(&word);
    let reserved = cursor.peek_word().is_some_and(|word| own(&word.to_lowercase()));
    !reserved && cursor.at_value_or_name()
}

/// `AC magnitude phase`: one and zero where they are left out, as in SPICE.
fn ac(cursor: &mut Cursor<'_>, card: &mut SourceCard) -> Result<(), Finding> {
    cursor.skip_space();
    let start = cursor.position();
    cursor.eat_word("ac");
    cursor.eat('=');
    let span = cursor.span_from(start);
    let mut values = [1.0, 0.0].map(|value| Expression::constant(value, span));
    for value in &mut values {
        if !at_argument(cursor) {
            break;
        }
        *value = cursor.value("a value", FORM)?;
    }
    card.ac = Some(values.into());
    Ok(())
}

fn function(cursor: &mut Cursor<'_>) -> Result<SourceFunction, Finding> {
    let start = {
        cursor.skip_space();
        cursor.position()
    };
    let name = cursor.expect_word(Code::Syntax, "a source function", FORM)?;
    if !KINDS.contains(&name.text.as_str()) {
        return Err(no_such_function(&name.text, name.span));
    }
    let parenthesis = cursor.eat('(');
    let mut kind = match name.text.as_str() {
        "pulse" => WaveformKind::Pulse,
        "pwl" => WaveformKind::Pwl { file: pwl_file(cursor)?, repeat: None, delay: None },
        "exp" => WaveformKind::Exponential,
        "sweep" => WaveformKind::Sweep { repeat: None },
        "spike" => {
            let help = "write SPIKE(N1 high width)";
            let word = cursor.expect_word(Code::MissingNode, "a device", help)?;
            WaveformKind::Spike { devices: Vector::read(word)?, mode: None, delay: None }
        }
        "image" => {
            let file = cursor.file_name("write IMAGE(\"digits.idx\" low high) number=0")?;
            WaveformKind::Image { file, number: None }
        }
        _ => WaveformKind::Sine,
    };
    let mut arguments = Vec::new();
    while at_argument(cursor) {
        arguments.push(cursor.value("a value", FORM)?);
    }
    options(&mut kind, cursor)?;
    if parenthesis && let Some(option) = cursor.assignment() {
        let message = format!("the option '{}' of {} is not supported", option.text, name.text);
        return Err(Finding::new(Code::UnsupportedWaveform, option.span, message).help(FORM));
    }
    if parenthesis && !cursor.eat(')') {
        if cursor.at_end() {
            let span = cursor.span_from(start);
            return Err(Finding::new(Code::Unclosed, span, "this '(' is never closed")
                .help("close it with ')'"));
        }
        return Err(match cursor.value("a value or ')'", FORM) {
            Err(finding) => finding,
            Ok(_) => cursor.expected(Code::Syntax, "')'", FORM),
        });
    }
    let span = cursor.span_from(start);
    options(&mut kind, cursor)?;
    Ok(SourceFunction { kind, arguments, span })
}

/// The file of a PWL, which LTspice writes `file=x.txt` and PSpice `file "x.txt"`.
fn pwl_file(cursor: &mut Cursor<'_>) -> Result<Option<FileName>, Finding> {
    if !cursor.eat_word("file") {
        return Ok(None);
    }
    cursor.eat('=');
    cursor.file_name("write PWL(file=\"points.txt\")").map(Some)
}

/// The options of a function, each once, in any order: within its parentheses or behind them.
fn options(kind: &mut WaveformKind, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
    loop {
        match kind {
            WaveformKind::Sweep { repeat } if repeat.is_none() && cursor.eat_option("repeat") => {
                *repeat = Some(cursor.value("a whole number", "write repeat=10")?);
            }
            WaveformKind::Pwl { repeat, .. } if repeat.is_none() && cursor.eat_option("r") => {
                *repeat = Some(cursor.value("the time of a point", "write r=0")?);
            }
            WaveformKind::Pwl { delay, .. } if delay.is_none() && cursor.eat_option("td") => {
                *delay = Some(cursor.value("a time", "write td=1m")?);
            }
            WaveformKind::Spike { mode, .. } if mode.is_none() && cursor.eat_option("mode") => {
                const HELP: &str = "write mode=deaf or mode=retrigger";
                *mode = Some(cursor.expect_word(Code::MissingValue, "a mode", HELP)?);
            }
            WaveformKind::Spike { delay, .. } if delay.is_none() && cursor.eat_option("delay") => {
                *delay = Some(cursor.value("a time", "write delay=1m")?);
            }
            WaveformKind::Image { number, .. }
                if number.is_none() && cursor.eat_option("number") =>
            {
                *number = Some(cursor.value("a whole number", "write number=0")?);
            }
            _ => return Ok(()),
        }
    }
}

fn no_such_function(name: &str, span: crate::source::Span) -> Finding {
    if UNSUPPORTED.contains(&name) {
        let message = format!("the source function '{name}' is not supported");
        return Finding::new(Code::UnsupportedWaveform, span, message).help(FORM);
    }
    let help = nearest(name, KINDS.iter().copied().chain(["dc"]))
        .map_or(FORM.to_owned(), |near| format!("did you mean '{near}'?"));
    let message = format!("there is no source function '{}'", clip(name));
    Finding::new(Code::UnknownWaveform, span, message).help(help)
}
