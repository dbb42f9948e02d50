//! `.step`.

use crate::code::Code;
use crate::cursor::Cursor;
use crate::finding::Finding;
use crate::syntax::{StepCard, StepTarget, StepValues};
use crate::typing::listed_commas;

const FORM: &str = "write .step param name start stop increment, .step dec param name start stop points, .step R1 1k 3k 1k, or .step param name list 1 2 3";

/// Reads the rest of a `.step`.
pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<StepCard, Finding> {
    let span = cursor.whole();
    let mut scale = scale_word(cursor);
    let start = cursor.position();
    let stated = cursor.eat_word("param");
    // `.step param 1 2 3` would be a parameter named `param`, which nobody means.
    let mut name = cursor.expect_word(Code::Syntax, "a parameter or an element", FORM)?;
    // As Xyce writes the value of an element.
    if let Some((element, value)) = name.text.split_once(':')
        && (element.starts_with(value) || value.starts_with("dc"))
    {
        name.text = element.to_owned();
    }
    if !stated && cursor.peek() == Some('(') {
        cursor.reset(start);
        return Err(Finding::new(Code::StepTarget, name.span, "models cannot be stepped")
            .help("give the model a parameter in braces and step that"));
    }
    scale = scale.or_else(|| scale_word(cursor));
    let values = if cursor.eat_word("list") {
        list(cursor, FORM)?
    } else {
        let start = cursor.value("a start", FORM)?;
        let stop = cursor.value("a stop", FORM)?;
        let third = cursor.value("an increment", FORM)?;
        match scale {
            Some(base) if base > 0.0 => StepValues::Logarithmic { base, start, stop, count: third },
            _ => StepValues::Linear { start, stop, increment: third },
        }
    };
    cursor.finish(FORM)?;
    let target = if stated { StepTarget::Parameter } else { StepTarget::Any };
    Ok(StepCard { target, name, values, span })
}

/// The values behind `list`.
pub(super) fn list(cursor: &mut Cursor<'_>, form: &str) -> Result<StepValues, Finding> {
    cursor.skip_space();
    let start = cursor.position();
    let text = cursor.rest();
    let mut list = vec![cursor.value("a value", form)?];
    while cursor.at_value() {
        list.push(cursor.value("a value", form)?);
    }
    if let Some(help) = listed_commas(&text[..cursor.position() - start]) {
        let message = format!("a comma parts values: these are {}", list.len());
        let span = cursor.span_from(start);
        cursor.findings.push(Finding::new(Code::DecimalComma, span, message).help(help));
    }
    Ok(StepValues::List(list))
}

/// Factor covered by the points of a logarithmic step; 0 for a linear one.
pub(super) fn scale_word(cursor: &mut Cursor<'_>) -> Option<f64> {
    [("lin", 0.0), ("dec", 10.0), ("oct", 2.0)]
        .into_iter()
        .find_map(|(word, base)| cursor.eat_word(word).then_some(base))
}
