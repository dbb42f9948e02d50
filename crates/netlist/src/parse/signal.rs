//! `v(a)`, `v(a,b)`, `i(element)`.

use crate::code::Code;
use crate::cursor::Cursor;
use crate::finding::Finding;
use crate::syntax::SignalSyntax;

const FORM: &str = "write v(node), v(plus,minus) or i(element)";

/// Whether a signal comes next, as far as its beginning tells.
pub(crate) fn at_signal(cursor: &mut Cursor<'_>) -> bool {
    let start = cursor.position();
    let found = cursor.word().is_some_and(|name| matches!(name.text.as_str(), "v" | "i"))
        && cursor.eat('(');
    cursor.reset(start);
    found
}

/// Reads a signal.
pub(crate) fn signal(cursor: &mut Cursor<'_>) -> Result<SignalSyntax, Finding> {
    if !at_signal(cursor) {
        return Err(cursor.expected(Code::Syntax, "a signal", FORM));
    }
    let voltage = cursor.eat_word("v");
    if !voltage {
        cursor.eat_word("i");
    }
    cursor.eat('(');
    let first = cursor.expect_word(Code::Syntax, "a name", FORM)?;
    let signal = if voltage {
        SignalSyntax::Voltage(first, cursor.word())
    } else {
        SignalSyntax::Current(first)
    };
    if !cursor.eat(')') {
        return Err(cursor.expected(Code::Syntax, "')'", FORM));
    }
    Ok(signal)
}
