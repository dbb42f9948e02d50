//! What stands behind the nodes of a `V` or `I`.

use crate::code::Code;
use crate::cursor::Cursor;
use crate::finding::{Finding, nearest};
use crate::number::clip;
use crate::syntax::{SourceCard, SourceFunction, WaveformKind};

const FORM: &str = "write DC 0.5, PULSE(...), PWL(...), SIN(...), SWEEP(...) or SPIKE(...)";
const KINDS: &[(&str, WaveformKind)] = &[
    ("pulse", WaveformKind::Pulse),
    ("pwl", WaveformKind::Pwl),
    ("sin", WaveformKind::Sine),
    ("sine", WaveformKind::Sine),
    ("sweep", WaveformKind::Sweep),
    ("spike", WaveformKind::Spike),
];
const UNSUPPORTED: &[&str] = &[
    "exp", "sffm", "am", "trnoise", "trrandom", "external", "pwlfile", "noise", "port", "distof1",
    "distof2",
];

/// Reads the rest of a source card.
pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<SourceCard, Finding> {
    let mut card = SourceCard { dc: None, function: None, compliance: None };
    while !cursor.at_end() {
        if card.compliance.is_none() && cursor.eat_option("compliance") {
            card.compliance = Some(cursor.value("a current", "write compliance=10u")?);
        } else if card.dc.is_none() && (cursor.at_value() || cursor.eat_word("dc")) {
            cursor.eat('=');
            card.dc = Some(cursor.value("a value", FORM)?);
        } else if cursor.peek_word().is_some_and(|word| word.eq_ignore_ascii_case("ac")) {
            skip_ac(cursor)?;
        } else if card.function.is_none() && cursor.peek_word().is_some() {
            card.function = Some(function(cursor)?);
        } else {
            cursor.finish(FORM)?;
        }
    }
    if card.dc.is_none() && card.function.is_none() {
        return Err(cursor.expected(Code::MissingValue, "a value", FORM));
    }
    Ok(card)
}

fn skip_ac(cursor: &mut Cursor<'_>) -> Result<(), Finding> {
    let start = {
        cursor.skip_space();
        cursor.position()
    };
    cursor.eat_word("ac");
    for _ in 0..2 {
        if cursor.at_value() {
            cursor.value("a value", FORM)?;
        }
    }
    let span = cursor.span_from(start);
    let finding = Finding::new(Code::IgnoredAc, span, "AC is skipped: memspike runs in time only");
    cursor.findings.push(finding.help("remove it, or keep it for other simulators"));
    Ok(())
}

fn function(cursor: &mut Cursor<'_>) -> Result<SourceFunction, Finding> {
    let start = {
        cursor.skip_space();
        cursor.position()
    };
    let name = cursor.expect_word(Code::Syntax, "a source function", FORM)?;
    let Some((_, kind)) = KINDS.iter().find(|(known, _)| *known == name.text) else {
        return Err(no_such_function(&name.text, name.span));
    };
    let parenthesis = cursor.eat('(');
    let device = if *kind == WaveformKind::Spike {
        Some(cursor.expect_word(Code::MissingNode, "a device", "write SPIKE(N1 high width)")?)
    } else {
        None
    };
    let mut arguments = Vec::new();
    while cursor.at_value() {
        arguments.push(cursor.value("a value", FORM)?);
    }
    if let Some(option) = cursor.assignment() {
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
    let repeat = if *kind == WaveformKind::Sweep && cursor.eat_option("repeat") {
        Some(cursor.value("a whole number", "write repeat=10")?)
    } else {
        None
    };
    Ok(SourceFunction { kind: *kind, arguments, device, repeat, span })
}

fn no_such_function(name: &str, span: crate::source::Span) -> Finding {
    if UNSUPPORTED.contains(&name) {
        let message = format!("the source function '{name}' is not supported");
        return Finding::new(Code::UnsupportedWaveform, span, message).help(FORM);
    }
    let help = nearest(name, KINDS.iter().map(|(known, _)| *known).chain(["dc"]))
        .map_or(FORM.to_owned(), |near| format!("did you mean '{near}'?"));
    let message = format!("there is no source function '{}'", clip(name));
    Finding::new(Code::UnknownWaveform, span, message).help(help)
}
