//! What `.save` names: `v(mem[0:3])`, `v(a,b)`, `i(r*)`, `spike(x?.n1)`, `state(*)`, `filament(n1)`, `out`.

use memspike_circuit::DeviceVariable;

use crate::code::Code;
use crate::cursor::{Cursor, Name};
use crate::finding::Finding;
use crate::number::clip;
use crate::syntax::{SaveKind, SaveSyntax};
use crate::vector::Vector;

pub(super) const FORM: &str = "write v(node), v(plus,minus), i(element), spike(device), state(device), \
                               filament(device) or all; names may have *, ? and a range";

const KINDS: [(&str, SaveKind); 5] = [
    ("v", SaveKind::Voltage),
    ("i", SaveKind::Current),
    ("spike", SaveKind::Variable(DeviceVariable::Spike)),
    ("state", SaveKind::Variable(DeviceVariable::State)),
    ("filament", SaveKind::Variable(DeviceVariable::Filament)),
];

/// Reads one of them. A bare name is a node, as in ngspice.
pub(super) fn saved(cursor: &mut Cursor<'_>) -> Result<SaveSyntax, Finding> {
    let word = cursor.expect_word(Code::Syntax, "a signal", FORM)?;
    if !cursor.eat('(') {
        return each(SaveKind::Voltage, word);
    }
    let Some(&(_, kind)) = KINDS.iter().find(|(name, _)| *name == word.text) else {
        let message = format!("there is no signal '{}(...)'", clip(&word.text));
        return Err(Finding::new(Code::Syntax, word.span, message).help(FORM));
    };
    let name = cursor.expect_word(Code::Syntax, "a name", FORM)?;
    let second = if kind == SaveKind::Voltage { cursor.word() } else { None };
    if !cursor.eat(')') {
        return Err(cursor.expected(Code::Syntax, "')'", FORM));
    }
    match second {
        Some(minus) => Ok(SaveSyntax::Difference(name, minus)),
        None => each(kind, name),
    }
}

fn each(kind: SaveKind, name: Name) -> Result<SaveSyntax, Finding> {
    Ok(SaveSyntax::Each(kind, Vector::read(name)?))
}
