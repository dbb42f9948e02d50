//! Element cards: the first letter says what follows.

use crate::code::Code;
use crate::cursor::{Cursor, Name};
use crate::expression::Expression;
use crate::finding::{Finding, Write};
use crate::number::clip;
use crate::syntax::{ElementCard, ElementSyntax, WaveformKind};
use crate::vector::Vector;

use super::{law, passive, source};

pub(crate) const FORMS: &str = "elements are R C L K V I B E F G H S W N A X";

/// Reads one element.
pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<ElementCard, Finding> {
    let name = cursor.expect_word(Code::UnknownElementLetter, "an element", FORMS)?;
    let letter = name.text.chars().next().unwrap_or(' ');
    let (nodes, kind) = match letter {
        'a' if is_array(&name, cursor) => (Vec::new(), array(&name, cursor)?),
        'a' => (Vec::new(), super::block::block(cursor)?),
        'r' => {
            let (nodes, card) = passive::parse(cursor, &passive::RESISTOR)?;
            (nodes, ElementSyntax::Resistor(card))
        }
        'c' => {
            let (nodes, card) = passive::parse(cursor, &passive::CAPACITOR)?;
            (nodes, ElementSyntax::Capacitor(card))
        }
        'l' => {
            let (nodes, card) = passive::parse(cursor, &passive::INDUCTOR)?;
            (nodes, ElementSyntax::Inductor(card))
        }
        'k' => (Vec::new(), coupling(&name, cursor)?),
        'v' => {
            let nodes = take_nodes(cursor, 2, "V1 plus minus value")?;
            (nodes, ElementSyntax::VoltageSource(source::parse(cursor)?))
        }
        'i' => {
            let nodes = take_nodes(cursor, 2, "I1 from to value")?;
            cursor.currents = true;
            (nodes, ElementSyntax::CurrentSource(source::parse(cursor)?))
        }
        'b' => law::behavioural(cursor)?,
        'e' => law::parse(cursor, &law::VCVS)?,
        'f' => law::parse(cursor, &law::CCCS)?,
        'g' => law::parse(cursor, &law::VCCS)?,
        'h' => law::parse(cursor, &law::CCVS)?,
        's' => switch(cursor)?,
        'w' => current_switch(cursor)?,
        'n' => {
            let form = "N1 plus minus model";
            let nodes = take_nodes(cursor, 2, form)?;
            let model = cursor.expect_word(Code::MissingNode, "a model", &write(form))?;
            cursor.finish(&write(form))?;
            (nodes, ElementSyntax::Memristor { model })
        }
        'x' => instance(cursor)?,
        _ => return Err(no_such_element(&name, letter)),
    };
    let multiplicity = end(letter, cursor)?;
    let span = name.span.to(cursor.whole());
    let name = Vector::read(name)?.without_suffix()?;
    let nodes: Result<Vec<Vector>, Finding> = nodes.into_iter().map(Vector::read).collect();
    let nodes = nodes?;
    // One instance takes all nodes of a range, one after another.
    if name.length().is_some() || !matches!(kind, ElementSyntax::Instance { .. }) {
        nodes.iter().try_for_each(|node| fits(&name, node))?;
    }
    followed(&kind).map_or(Ok(()), |devices| follows(&name, devices))?;
    Ok(ElementCard { name, nodes, kind, multiplicity, span })
}

/// The end of a source's card, with what it says of how many are side by side; other cards have ended.
fn end(letter: char, cursor: &mut Cursor<'_>) -> Result<Option<Expression>, Finding> {
    let form = match letter {
        'i' => "I1 from to value m=2",
        'b' => law::FORM,
        'e' => law::VCVS.form,
        'f' => law::CCCS.form,
        'g' => law::VCCS.form,
        'h' => law::CCVS.form,
        _ => return Ok(None),
    };
    law::end(cursor, form)
}

/// Whether each element of a card has a node of its own, or all share one.
fn fits(element: &Vector, node: &Vector) -> Result<(), Finding> {
    let Some(nodes) = node.length() else { return Ok(()) };
    if element.length() == Some(nodes) {
        return Ok(());
    }
    let (element, node, span) = (element, node.written(), node.name.span);
    let message = match element.length() {
        Some(elements) => {
            format!("'{}' are {elements} elements, '{node}' {nodes} nodes", element.written())
        }
        None => format!("'{}' is one element, '{node}' are {nodes} nodes", element.written()),
    };
    Err(Finding::new(Code::VectorLength, span, message).help(
        "an element of each index takes the node at its position, as in \
         X1[0:3] in[0:3] out[0:3] neuron; a node without range is shared",
    ))
}

/// The devices that a source follows, if it is a spike driver.
fn followed(kind: &ElementSyntax) -> Option<&Vector> {
    let (ElementSyntax::VoltageSource(source) | ElementSyntax::CurrentSource(source)) = kind else {
        return None;
    };
    match &source.function.as_ref()?.kind {
        WaveformKind::Spike { devices, .. } => Some(devices),
        _ => None,
    }
}

/// Whether each driver of a card has a device of its own, or all share one; a single driver hears any number.
fn follows(driver: &Vector, devices: &Vector) -> Result<(), Finding> {
    let (Some(drivers), Some(followed)) = (driver.length(), devices.length()) else {
        return Ok(());
    };
    if drivers == followed {
        return Ok(());
    }
    let message = format!(
        "'{}' are {drivers} drivers, '{}' {followed} devices",
        driver.written(),
        devices.written()
    );
    Err(Finding::new(Code::VectorLength, devices.name.span, message).help(
        "a driver of each index follows the device at its position, as in \
         V1[0:3] row[0:3] 0 SPIKE(X1[0:3].N1 2 400u); one driver without range follows them all",
    ))
}

pub(super) fn write(form: &str) -> Write<'_> {
    Write(form)
}

pub(super) fn take_nodes(
    cursor: &mut Cursor<'_>,
    count: usize,
    form: &str,
) -> Result<Vec<Name>, Finding> {
    (0..count).map(|_| cursor.expect_word(Code::MissingNode, "a node", &write(form))).collect()
}

fn switch(cursor: &mut Cursor<'_>) -> Result<(Vec<Name>, ElementSyntax), Finding> {
    let form = "S1 plus minus control+ control- model off";
    let start = cursor.position();
    while !cursor.at_assignment() && cursor.word().is_some() {}
    let by_law = cursor.eat_option("control");
    cursor.reset(start);
    if by_law {
        return law_switch(cursor);
    }
    let nodes = take_nodes(cursor, 4, form)?;
    let (model, on) = switch_end(cursor, form)?;
    Ok((nodes, ElementSyntax::Switch { model, on }))
}

/// As Xyce writes a switch that an expression controls.
fn law_switch(cursor: &mut Cursor<'_>) -> Result<(Vec<Name>, ElementSyntax), Finding> {
    let form = "S1 plus minus model control={v(a)-v(b)}";
    let nodes = take_nodes(cursor, 2, form)?;
    let model = cursor.expect_word(Code::MissingNode, "a model", &write(form))?;
    let on = cursor.eat_word("on");
    if !on {
        cursor.eat_word("off");
    }
    if !cursor.eat_option("control") {
        return Err(cursor.expected(Code::MissingValue, "control=", &write(form)));
    }
    let control = law::expression(cursor, form)?;
    cursor.finish(&write(form))?;
    Ok((nodes, ElementSyntax::LawSwitch { control, model, on }))
}

fn current_switch(cursor: &mut Cursor<'_>) -> Result<(Vec<Name>, ElementSyntax), Finding> {
    let form = "W1 plus minus source model off";
    let nodes = take_nodes(cursor, 2, form)?;
    let control = cursor.expect_word(Code::MissingNode, "a source", &write(form))?;
    let (model, on) = switch_end(cursor, form)?;
    Ok((nodes, ElementSyntax::CurrentSwitch { control, model, on }))
}

/// The model of a switch, and whether it conducts at time zero.
fn switch_end(cursor: &mut Cursor<'_>, form: &str) -> Result<(Name, bool), Finding> {
    let model = cursor.expect_word(Code::MissingNode, "a model", &write(form))?;
    let on = cursor.eat_word("on");
    if !on {
        cursor.eat_word("off");
    }
    cursor.finish(&write(form))?;
    Ok((model, on))
}

/// Two or more inductors, and the factor that couples each pair of them.
fn coupling(name: &Name, cursor: &mut Cursor<'_>) -> Result<ElementSyntax, Finding> {
    let help = write("K1 L1 L2 0.99");
    if Vector::read(name.clone())?.length().is_some() {
        let message = format!("'{}' are several couplings", clip(&name.text));
        return Err(Finding::new(Code::VectorLength, name.span, message).help(help));
    }
    let mut inductors = Vec::new();
    let is_inductor =
        |word: &&str| word.rsplit('.').next().is_some_and(|own| own.starts_with(['l', 'L']));
    while cursor.peek_word().filter(is_inductor).is_some() {
        inductors.extend(cursor.word());
    }
    if inductors.len() < 2 {
        return Err(cursor.expected(Code::MissingNode, "two inductors", &help));
    }
    let factor = cursor.value("a factor", &help)?;
    cursor.finish(&help)?;
    Ok(ElementSyntax::Coupling { inductors, factor })
}

/// Whether an `A` is an array: it names its weights, or is two ranges of nodes and a model.
fn is_array(name: &Name, cursor: &mut Cursor<'_>) -> bool {
    let start = cursor.position();
    let mut words = Vec::new();
    while !cursor.at_assignment()
        && let Some(word) = cursor.word()
    {
        words.push(word.text);
    }
    // Behind a model alone, or a list in brackets, it is a port of a module that has this name, unless it is a file.
    let of_module = words.len() == 1 || words.iter().any(|word| word.starts_with('['));
    let names_weights =
        cursor.eat_option("weights") && (!of_module || matches!(cursor.peek(), Some('"' | '\'')));
    cursor.reset(start);
    let is_range = |word: &String| word.contains(':') && !word.starts_with('[');
    names_weights
        || !name.text.contains(':')
            && matches!(&words[..], [rows, columns, _] if is_range(rows) && is_range(columns))
}

/// A crossbar array between rows and columns.
fn array(name: &Name, cursor: &mut Cursor<'_>) -> Result<ElementSyntax, Finding> {
    let form = "A1 row[0:783] column[0:9] model weights=\"file.npy\"";
    let name = Vector::read(name.clone())?.without_suffix()?;
    if name.length().is_some() {
        let message = format!("'{}' are several arrays", name.written());
        return Err(Finding::new(Code::VectorLength, name.name.span, message)
            .help(format!("an array is one element: {}", write(form))));
    }
    let mut vector =
        |what| Vector::read(cursor.expect_word(Code::MissingNode, what, &write(form))?);
    let (rows, columns) = (vector("rows")?, vector("columns")?);
    let model = cursor.expect_word(Code::MissingNode, "a model", &write(form))?;
    if !cursor.eat_option("weights") {
        return Err(cursor.expected(Code::MissingValue, "weights=", &write(form)));
    }
    let weights = cursor.file_name(&write(form))?;
    cursor.finish(&write(form))?;
    Ok(ElementSyntax::Array { rows, columns, model, weights })
}

fn instance(cursor: &mut Cursor<'_>) -> Result<(Vec<Name>, ElementSyntax), Finding> {
    let form = "X1 node node subcircuit a=1";
    let mut words = Vec::new();
    // A parenthesis around the nodes, as `.subckt` may have one around its ports.
    let mut open = cursor.eat('(');
    while !cursor.at_assignment() {
        match cursor.word() {
            Some(word) if word.text == "params:" => break,
            Some(word) => words.push(word),
            None if open && cursor.eat(')') => open = false,
            None => break,
        }
    }
    if open {
        return Err(cursor.expected(Code::Syntax, "')'", &write(form)));
    }
    let Some(subckt) = words.pop() else {
        return Err(cursor.expected(Code::MissingNode, "a subcircuit", &write(form)));
    };
    let params = super::assignments(cursor)?;
    cursor.finish(&write(form))?;
    Ok((words, ElementSyntax::Instance { subckt, params }))
}

fn no_such_element(name: &Name, letter: char) -> Finding {
    let unsupported = match letter {
        'd' => "diodes",
        'j' => "junction transistors",
        'm' | 'z' => "field-effect transistors",
        'o' | 't' | 'u' | 'y' | 'p' => "transmission lines",
        'q' => "bipolar transistors",
        _ => {
            let message = format!("'{}' begins with no element letter", clip(&name.text));
            return Finding::new(Code::UnknownElementLetter, name.span, message).help(FORMS);
        }
    };
    let message = format!("'{}': memspike has no {unsupported}", clip(&name.text));
    let help = match letter {
        'd' => {
            "write the points of its curve: G1 a c TABLE {v(a,c)} = (-10,-1n) (0,0) (0.6,1u) (0.8,1m) (1,10m)"
        }
        _ => FORMS,
    };
    Finding::new(Code::UnsupportedElement, name.span, message).help(help)
}
