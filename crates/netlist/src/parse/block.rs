//! `A` elements as XSPICE writes them: ports, lists of ports in brackets, and a model. Ports by name behind the model are ours.

use crate::code::Code;
use crate::cursor::{Cursor, Name};
use crate::finding::Finding;
use crate::number::clip;
use crate::syntax::{BlockCard, ElementSyntax, PortItem, PortSyntax};
use crate::vector::Vector;

use super::element::write;

const FORM: &str =
    "A1 [in1 in2] out model; a port is a node, null, ~node, %v node or %vd(plus minus)";
const NAMED: &str = "A1 model port=node port=[node node]";

/// Most ports of one card.
const MAX_PORTS: usize = 100_000;

/// Reads what follows the name of an element.
pub(super) fn block(cursor: &mut Cursor<'_>) -> Result<ElementSyntax, Finding> {
    let mut ports = Vec::new();
    while !cursor.at_end() && !cursor.at_assignment() {
        ports.push(port(cursor)?);
        if ports.len() > MAX_PORTS {
            let message = format!("more than {MAX_PORTS} ports");
            return Err(Finding::new(Code::Syntax, cursor.here(), message).help(write(FORM)));
        }
    }
    let model = match ports.pop() {
        Some(PortSyntax { items, list: false, .. }) => plain(items),
        _ => None,
    };
    let Some(model) = model else {
        return Err(cursor.expected(Code::MissingNode, "a model", &write(FORM)));
    };
    let named = named(cursor)?;
    cursor.finish(&write(if named.is_empty() { FORM } else { NAMED }))?;
    Ok(ElementSyntax::Block(BlockCard { ports, model, named }))
}

/// Ports by name, in the order in which they stand.
fn named(cursor: &mut Cursor<'_>) -> Result<Vec<(Name, PortSyntax)>, Finding> {
    let mut named = Vec::new();
    while let Some(name) = cursor.assignment() {
        if cursor.at_end() {
            return Err(cursor.expected(Code::MissingNode, "a node", &write(NAMED)));
        }
        named.push((name, port(cursor)?));
        if named.len() > MAX_PORTS {
            let message = format!("more than {MAX_PORTS} ports");
            return Err(Finding::new(Code::Syntax, cursor.here(), message).help(write(NAMED)));
        }
    }
    Ok(named)
}

/// A name without anything around it, which a model's is.
fn plain(items: Vec<PortItem>) -> Option<Name> {
    match <[PortItem; 1]>::try_from(items).ok()? {
        [PortItem { plus: Some(name), minus: None, inverted: false, .. }]
            if name.length().is_none() =>
        {
            Some(name.name)
        }
        _ => None,
    }
}

fn port(cursor: &mut Cursor<'_>) -> Result<PortSyntax, Finding> {
    cursor.skip_space();
    let start = cursor.position();
    let mut difference = kind(cursor)?;
    if !cursor.eat('[') {
        let items = vec![item(cursor, difference)?];
        return Ok(PortSyntax { items, list: false, span: cursor.span_from(start) });
    }
    let mut items = Vec::new();
    while !cursor.eat(']') {
        // No node is followed by a '=': the next port by name has begun.
        if cursor.at_end() || cursor.at_assignment() {
            let span = cursor.span_from(start);
            return Err(Finding::new(Code::Unclosed, span, "this list of ports is never closed")
                .help("close it with ']'"));
        }
        // As in XSPICE what was said of one place of a list holds for those behind it.
        if cursor.peek() == Some('%') {
            difference = kind(cursor)?;
        }
        items.push(item(cursor, difference)?);
        if items.len() > MAX_PORTS {
            let message = format!("more than {MAX_PORTS} ports");
            return Err(Finding::new(Code::Syntax, cursor.here(), message).help(write(FORM)));
        }
    }
    Ok(PortSyntax { items, list: true, span: cursor.span_from(start) })
}

/// What kind of port XSPICE is told; whether it is a pair of nodes.
fn kind(cursor: &mut Cursor<'_>) -> Result<bool, Finding> {
    if !cursor.eat('%') {
        return Ok(false);
    }
    let start = cursor.position();
    let letters = cursor.rest().chars().take_while(char::is_ascii_alphabetic).count();
    let found = cursor.rest()[..letters].to_lowercase();
    cursor.advance(letters);
    match found.as_str() {
        "v" | "d" => Ok(false),
        "vd" => Ok(true),
        _ => {
            let message = format!("there are no ports of kind '%{}' here", clip(&found));
            Err(Finding::new(Code::UnsupportedForm, cursor.span_from(start), message)
                .help("ports are %v (a voltage), %vd (between two nodes) and %d (digital)"))
        }
    }
}

fn item(cursor: &mut Cursor<'_>, difference: bool) -> Result<PortItem, Finding> {
    cursor.skip_space();
    let start = cursor.position();
    let inverted = cursor.eat('~');
    let braced = cursor.eat('(');
    let plus = name(cursor)?;
    let minus = if difference { Some(name(cursor)?) } else { None };
    if braced && !cursor.eat(')') {
        return Err(cursor.expected(Code::Syntax, "')'", &write(FORM)));
    }
    let span = cursor.span_from(start);
    if plus.text == "null" && !difference {
        return Ok(PortItem { plus: None, minus: None, inverted, span });
    }
    let minus = minus.map(Vector::read).transpose()?;
    Ok(PortItem { plus: Some(Vector::read(plus)?), minus, inverted, span })
}

/// A name; a bracket that it does not open ends it.
fn name(cursor: &mut Cursor<'_>) -> Result<Name, Finding> {
    let start = {
        cursor.skip_space();
        cursor.position()
    };
    let mut name = cursor.expect_word(Code::MissingNode, "a node", &write(FORM))?;
    let mut open = 0_usize;
    for (at, c) in name.text.char_indices() {
        match c {
            '[' => open += 1,
            ']' if open > 0 => open -= 1,
            ']' => {
                // Lower case has the bytes of what was written wherever names are plain.
                cursor.reset(start + at.min(cursor.position() - start));
                name = Name { text: name.text[..at].to_owned(), span: cursor.span_from(start) };
                break;
            }
            _ => {}
        }
    }
    if name.text.is_empty() {
        return Err(cursor.expected(Code::MissingNode, "a node", &write(FORM)));
    }
    Ok(name)
}
