//! Lines to syntax tree. A card that cannot be read is reported and left out.

mod block;
mod command;
mod crossing;
mod element;
mod law;
mod measure;
mod model_values;
mod options;
mod passive;
mod rest;
mod save;
mod signal;
mod source;
mod step;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::code::Code;
use crate::cursor::{Cursor, Name};
use crate::elaborate::{MAX_ELEMENTS, too_many};
use crate::expression::Functions;
use crate::finding::{Finding, Findings};
use crate::line::Line;
use crate::source::Span;
use crate::syntax::{Assignment, Body, Subckt, Tree};
use crate::vector::Vector;

pub(crate) use command::names::is_command;
pub(crate) use signal::{at_signal, signal};
#[cfg(test)]
pub(crate) use {command::names::COMMANDS, element::FORMS, measure::KEYWORDS, source::KINDS};

/// Deepest nesting of `.subckt` definitions.
const MAX_DEFINITION_DEPTH: usize = 64;

/// Reads all lines, then the commands of `.control` blocks.
pub(crate) fn parse(lines: &[Line], control: &[Line], findings: &mut Findings) -> Tree {
    let functions = Functions::of(lines, findings);
    let mut parser = Parser {
        functions: &functions,
        tree: Tree::default(),
        open: Vec::new(),
        measure_names: BTreeSet::new(),
        step_names: BTreeSet::new(),
        skipped: Vec::new(),
        expanded: 0,
        findings,
    };
    for line in lines {
        parser.line(line, |parser, cursor| match line.text.starts_with('.') {
            true => parser.command(cursor),
            false => element::parse(cursor).map(|card| parser.body().elements.push(card)),
        });
    }
    parser.finish();
    for line in control {
        parser.line(line, Parser::control);
    }
    parser.step_swept_parameters();
    parser.tree
}

/// A `.subckt` whose `.ends` has not come yet.
struct Open {
    name: Name,
    ports: Vec<Name>,
    params: Vec<Assignment>,
    body: Body,
}

struct Parser<'f> {
    functions: &'f Functions,
    tree: Tree,
    /// Definitions being read, outermost first.
    open: Vec<Open>,
    measure_names: BTreeSet<String>,
    step_names: BTreeSet<String>,
    /// What was read without effect, to be named once.
    skipped: Vec<Name>,
    /// Names that ranges stood for so far.
    expanded: usize,
    findings: &'f mut Findings,
}

impl Parser<'_> {
    fn line(
        &mut self,
        line: &Line,
        read: impl FnOnce(&mut Self, &mut Cursor<'_>) -> Result<(), Finding>,
    ) {
        let mut findings = std::mem::take(self.findings);
        let mut cursor = Cursor::new(line, self.functions, &mut findings);
        if let Err(finding) = read(self, &mut cursor) {
            findings.push(finding);
            let delimiter = |c: char| c.is_whitespace() || ",()={}'\"".contains(c);
            let words = line.text.split(delimiter).filter(|word| !word.is_empty());
            let bases = words.clone().filter_map(|word| word.split_once('[')).map(|(base, _)| base);
            self.tree.broken.extend(words.chain(bases).map(str::to_lowercase));
        }
        *self.findings = findings;
    }

    /// Where cards go now.
    fn body(&mut self) -> &mut Body {
        self.open.last_mut().map_or(&mut self.tree.body, |open| &mut open.body)
    }

    fn begin_subckt(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
        let line = cursor.whole();
        self.functions.enter();
        // The body is read even if the header is wrong, so that `.ends` finds its partner.
        let (header, problem) = match self.subckt_header(cursor) {
            Ok(header) => (header, None),
            Err(finding) => {
                let name = Name { text: String::new(), span: line };
                (Open { name, ports: vec![], params: vec![], body: Body::default() }, Some(finding))
            }
        };
        self.open.push(header);
        if self.open.len() > MAX_DEFINITION_DEPTH {
            let message = format!("definitions nest deeper than {MAX_DEFINITION_DEPTH}");
            return Err(
                Finding::new(Code::SubcircuitDepth, line, message).help("is an .ends missing?")
            );
        }
        problem.map_or(Ok(()), Err)
    }

    fn end_subckt(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
        let name = cursor.word();
        self.functions.leave();
        let Some(open) = self.open.pop() else {
            return Err(Finding::new(Code::StrayEnds, cursor.whole(), "no .subckt is open here")
                .help("remove this .ends, or begin with .subckt"));
        };
        let expected = open.name.text.clone();
        let stored = self.define_subckt(open);
        if let Some(name) = name
            && name.text != expected
            && !expected.is_empty()
        {
            let message = format!("'{}' is not the open subcircuit '{expected}'", name.text);
            return Err(Finding::new(Code::StrayEnds, name.span, message)
                .help(format!("write .ends {expected}")));
        }
        stored?;
        cursor.finish(".ends takes one name at most")
    }

    fn define_subckt(&mut self, open: Open) -> Result<(), Finding> {
        let Open { name, ports, params, body } = open;
        if self.open.len() >= MAX_DEFINITION_DEPTH || name.text.is_empty() {
            return Ok(());
        }
        let key = name.text.clone();
        let subckt = Arc::new(Subckt { name, ports, params, body });
        let span = subckt.name.span;
        if self.body().subckts.contains_key(&key) {
            return Err(duplicate(Code::DuplicateSubcircuit, span, "subcircuit", &key));
        }
        self.body().subckts.insert(key, subckt);
        Ok(())
    }

    fn finish(&mut self) {
        while let Some(open) = self.open.pop() {
            let finding = Finding::new(
                Code::MissingEnds,
                open.name.span,
                format!("subcircuit '{}' has no .ends", open.name.text),
            );
            self.findings.push(finding.help("close it with .ends before the end of the deck"));
            // Its cards were read; they still count for further findings.
            let _ = self.define_subckt(open);
        }
        self.tell_skipped();
    }
}

/// Whether a node is ground, in a subcircuit as everywhere.
pub(crate) fn is_ground(node: &str) -> bool {
    matches!(node, "0" | "gnd")
}

pub(crate) fn duplicate(code: Code, span: Span, what: &str, name: &str) -> Finding {
    Finding::new(code, span, format!("a second {what} is named '{name}'"))
        .help("names must differ; upper and lower case are the same")
}

/// A name that must be that of one node.
pub(crate) fn one_node(word: Name) -> Result<Name, Finding> {
    let node = Vector::read(word)?;
    if node.length().is_none() {
        return Ok(node.name);
    }
    let message = format!("'{}' are several nodes", node.written());
    Err(Finding::new(Code::BadPort, node.name.span, message)
        .help("name one node; elements with a range take a node for each index"))
}

impl Parser<'_> {
    /// All names that one with a range stands for, as long as the deck has not too many of them.
    fn expand<'v>(
        &mut self,
        vector: &'v Vector,
    ) -> Result<impl Iterator<Item = Name> + use<'v>, Finding> {
        self.expanded = self.expanded.saturating_add(vector.count());
        if self.expanded > MAX_ELEMENTS {
            return Err(too_many(vector.name.span));
        }
        Ok(vector.names())
    }

    fn subckt_header(&mut self, cursor: &mut Cursor<'_>) -> Result<Open, Finding> {
        const HELP: &str = "write .subckt name port port params: a=1";
        let name = cursor.expect_word(Code::Syntax, "a name for the subcircuit", HELP)?;
        let mut ports: Vec<Name> = Vec::new();
        let mut names = BTreeSet::new();
        // HSPICE writes a parenthesis around the ports.
        let open = cursor.eat('(');
        while !cursor.at_assignment() {
            let Some(word) = cursor.word() else { break };
            if word.text == "params:" {
                break;
            }
            for port in self.expand(&Vector::read(word)?.without_suffix()?)? {
                // Ground is the same node everywhere: what is connected to such a port has no effect.
                if !is_ground(&port.text) && !names.insert(port.text.clone()) {
                    let message = format!("port '{}' is named twice", port.text);
                    return Err(Finding::new(Code::BadPort, port.span, message)
                        .help("give every port its own name"));
                }
                ports.push(port);
            }
        }
        if open && !cursor.eat(')') {
            return Err(cursor.expected(Code::Syntax, "')'", HELP));
        }
        cursor.eat_word("params:");
        let params = assignments(cursor)?;
        cursor.finish(HELP)?;
        Ok(Open { name, ports, params, body: Body::default() })
    }
}

/// `a=1 b={2}`, each name once.
pub(crate) fn assignments(cursor: &mut Cursor<'_>) -> Result<Vec<Assignment>, Finding> {
    worded_assignments(cursor, |_, _| None)
}

/// The name before a `=` that neither a text in double quotes nor a list follows.
fn assigned_value(cursor: &mut Cursor<'_>) -> Option<Name> {
    let start = cursor.position();
    let name = cursor.assignment().filter(|_| !matches!(cursor.peek(), Some('"' | '[')));
    if name.is_none() {
        cursor.reset(start);
    }
    name
}

/// The same where `word` knows a number for a parameter's name and a word in place of its value.
pub(crate) fn worded_assignments(
    cursor: &mut Cursor<'_>,
    word: impl Fn(&str, &str) -> Option<f64>,
) -> Result<Vec<Assignment>, Finding> {
    let mut found = BTreeSet::new();
    let mut list = Vec::new();
    while let Some(name) = assigned_value(cursor) {
        let value = match cursor.worded_value(|text| word(&name.text, text)) {
            Some(value) => value,
            None => cursor.value("a value", "write name=number or name={expression}")?,
        };
        if !found.insert(name.text.clone()) {
            return Err(duplicate(Code::DuplicateParameter, name.span, "parameter", &name.text));
        }
        list.push(Assignment { name, value });
    }
    Ok(list)
}
