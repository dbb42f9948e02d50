//! Resistors, capacitors and inductors.

use crate::code::Code;
use crate::cursor::{Cursor, Name};
use crate::expression::Expression;
use crate::finding::{Finding, Write};
use crate::number::clip;
use crate::parse::duplicate;
use crate::syntax::{Assignment, PassiveCard, PassiveWord};

use super::element::{take_nodes, write};

/// What may stand on a card beside its value, for people.
const KNOWN: &str = "memspike knows tc1 tc2 tc tce temp dtemp m scale, l and w of a resistor or a capacitor, and ic of a capacitor or an inductor; a tolerance is \
                     gauss(...) in the value";

/// What the kinds call their parts.
pub(super) struct Form {
    pub(super) write: &'static str,
    pub(super) value: &'static str,
    /// Names of the value in an assignment, the first of them the one that is kept.
    labels: &'static [&'static str],
    others: &'static [&'static str],
}

pub(super) const RESISTOR: Form = Form {
    write: "R1 plus minus 10k",
    value: "a resistance",
    labels: &["r", "resistance"],
    // The last two have a meaning for analyses that are not in time.
    others: &["tc1", "tc2", "tce", "temp", "dtemp", "m", "scale", "l", "w", "ac", "noisy"],
};

pub(super) const CAPACITOR: Form = Form {
    write: "C1 plus minus 47n ic=0",
    value: "a capacitance",
    labels: &["c", "cap", "capacitance"],
    others: &["tc1", "tc2", "tce", "temp", "dtemp", "m", "scale", "l", "w", "ic"],
};

pub(super) const INDUCTOR: Form = Form {
    write: "L1 plus minus 1m ic=0",
    value: "an inductance",
    labels: &["l", "inductance"],
    others: &["tc1", "tc2", "tce", "temp", "dtemp", "m", "scale", "ic"],
};

/// Reads the rest of a card: a value, a model or both in either order, then parameters.
pub(super) fn parse(
    cursor: &mut Cursor<'_>,
    form: &Form,
) -> Result<(Vec<Name>, PassiveCard), Finding> {
    let help = write(form.write);
    let nodes = take_nodes(cursor, 2, form.write)?;
    let mut words = Vec::new();
    while words.len() < 2 && !cursor.at_assignment() && !cursor.at_end() {
        let bare = cursor.peek_word().is_some();
        words.push(PassiveWord { value: value(cursor, form.value, &help)?, bare });
    }
    let mut params: Vec<Assignment> = Vec::new();
    while let Some(mut name) = cursor.assignment() {
        if form.labels.contains(&name.text.as_str()) {
            form.labels[0].clone_into(&mut name.text);
        }
        let both = name.text == "tc";
        if both {
            "tc1".clone_into(&mut name.text);
        }
        let span = name.span;
        param(cursor, form, &mut params, name)?;
        if both && cursor.at_value() {
            param(cursor, form, &mut params, Name { text: "tc2".to_owned(), span })?;
        }
    }
    cursor.finish(&help)?;
    if words.is_empty() && !params.iter().any(|param| param.name.text == form.labels[0]) {
        return Err(cursor.expected(Code::MissingValue, form.value, &help));
    }
    Ok((nodes, PassiveCard { words, params }))
}

fn param(
    cursor: &mut Cursor<'_>,
    form: &Form,
    params: &mut Vec<Assignment>,
    name: Name,
) -> Result<(), Finding> {
    let text = name.text.as_str();
    if text != form.labels[0] && !form.others.contains(&text) {
        let message = format!("'{}' of this element is not supported", clip(text));
        return Err(Finding::new(Code::UnsupportedForm, name.span, message).help(KNOWN));
    }
    if params.iter().any(|param| param.name.text == text) {
        return Err(duplicate(Code::DuplicateParameter, name.span, "parameter", text));
    }
    let value = value(cursor, "a value", &write(form.write))?;
    params.push(Assignment { name, value });
    Ok(())
}

/// A value; one that names voltages or currents is read, so that it can be refused for what it is.
fn value(cursor: &mut Cursor<'_>, what: &str, help: &Write<'_>) -> Result<Expression, Finding> {
    cursor.signals = true;
    let value = cursor.value(what, help);
    cursor.signals = false;
    value
}
