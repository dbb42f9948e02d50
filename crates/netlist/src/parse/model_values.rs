//! Values of a model's parameters that are no single numbers: texts and lists.

use crate::code::Code;
use crate::cursor::{Cursor, FileName, Name};
use crate::expression::Expression;
use crate::finding::Finding;
use crate::syntax::ListAssignment;

/// A parameter of a model whose value is a text in double quotes, such as a file's name.
pub(super) fn text_of_model(cursor: &mut Cursor<'_>) -> Result<Option<(Name, FileName)>, Finding> {
    let start = cursor.position();
    let Some(name) = cursor.assignment() else { return Ok(None) };
    // ngspice's lists of texts have one here.
    let list = cursor.eat('[');
    if cursor.peek() != Some('"') {
        cursor.reset(start);
        return Ok(None);
    }
    let text = cursor.file_name("write name=\"text\"")?;
    if list && !cursor.eat(']') {
        return Err(cursor.expected(Code::Syntax, "']'", "write name=[\"text\"]"));
    }
    Ok(Some((name, text)))
}

/// `name=[1 2k {x}]`, if that comes next.
pub(super) fn list_of_model(cursor: &mut Cursor<'_>) -> Result<Option<ListAssignment>, Finding> {
    const FORM: &str = "write name=[number number ...]";
    let start = cursor.position();
    let Some(name) = cursor.assignment() else { return Ok(None) };
    if !cursor.eat('[') {
        cursor.reset(start);
        return Ok(None);
    }
    let mut values = Vec::new();
    while !cursor.eat(']') {
        match cursor.peek_word() {
            // A word ends where the list does.
            Some(word) => {
                let text = word.split(']').next().unwrap_or(word);
                let from = cursor.position();
                cursor.advance(text.len());
                let span = cursor.span_from(from);
                values.push(Expression::constant(cursor.number(text, span)?, span));
            }
            None if cursor.at_end() => {
                return Err(Finding::new(Code::Unclosed, name.span, "this list is never closed")
                    .help("close it with ']'"));
            }
            None => values.push(cursor.value("a number or ']'", FORM)?),
        }
    }
    Ok(Some(ListAssignment { span: cursor.span_from(start), name, values }))
}
