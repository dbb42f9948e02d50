//! Functions that a deck defines: `.func f(x) {x*x}`, `.param f(x)='x*x'`.
//!
//! They are looked for before anything else is read, because a call may stand above its definition; the
//! body of each is read when it is called first. A call becomes the body's own steps, so that whoever looks for the names
//! that an expression depends on finds those of its functions, too.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::Op;
use crate::code::Code;
use crate::finding::{Finding, Findings};
use crate::line::Line;
use crate::source::Span;

/// Steps that the calls of a deck may become.
const MAX_STEPS: usize = 1 << 20;

pub(crate) type Steps = Rc<Vec<(Op, Span)>>;

/// A function.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(super) parameters: Vec<String>,
    /// The card, and where in it the body begins.
    line: Line,
    start: usize,
    /// Where it stands, which is where the functions that it calls are looked for.
    scope: usize,
    body: RefCell<Body>,
}

#[derive(Debug, Default)]
enum Body {
    #[default]
    Unread,
    /// Being read: who calls it now is part of itself.
    Open,
    Read(Steps),
}

#[derive(Debug, Default)]
struct Scope {
    /// The scope around it; the first is the deck and has none.
    parent: Option<usize>,
    defined: BTreeMap<String, Rc<Definition>>,
}

/// All functions of a deck, in scopes that are numbered as their `.subckt` lines follow each other.
#[derive(Debug, Default)]
pub(crate) struct Functions {
    scopes: Vec<Scope>,
    /// Of what is being read.
    current: Cell<usize>,
    /// How many scopes the reader has entered.
    entered: Cell<usize>,
    steps: Cell<usize>,
}

impl Functions {
    /// Finds the definitions of all lines.
    pub(crate) fn of(lines: &[Line], findings: &mut Findings) -> Self {
        let mut all = Self { scopes: vec![Scope::default()], ..Self::default() };
        let mut current = 0;
        for line in lines {
            match line.head().as_str() {
                ".subckt" => {
                    all.scopes.push(Scope { parent: Some(current), ..Scope::default() });
                    current = all.scopes.len() - 1;
                }
                ".ends" => current = all.scopes[current].parent.unwrap_or(0),
                ".func" | ".param" | ".params" | ".global_param" => {
                    all.define(line, current, findings)
                }
                _ => {}
            }
        }
        all
    }

    fn define(&mut self, line: &Line, scope: usize, findings: &mut Findings) {
        for Header { name, parameters, start } in headers(line) {
            let body = RefCell::default();
            let definition = Definition { parameters, line: line.clone(), start, scope, body };
            let defined = &mut self.scopes[scope].defined;
            if defined.insert(name.clone(), Rc::new(definition)).is_some() {
                let code = Code::DuplicateParameter;
                findings.push(crate::parse::duplicate(code, line.whole(), "function", &name));
            }
        }
    }

    /// The reader comes to a `.subckt`.
    pub(crate) fn enter(&self) {
        self.entered.set(self.entered.get() + 1);
        self.current.set(self.entered.get().min(self.scopes.len() - 1));
    }

    /// The reader comes to an `.ends`.
    pub(crate) fn leave(&self) {
        self.current.set(self.scopes[self.current.get()].parent.unwrap_or(0));
    }

    fn chain(&self) -> impl Iterator<Item = &Scope> {
        let outside = |at: &usize| self.scopes[*at].parent;
        std::iter::successors(Some(self.current.get()), outside).map(|at| &self.scopes[at])
    }

    /// The function of a name that is known here.
    pub(super) fn find(&self, name: &str) -> Option<Rc<Definition>> {
        self.chain().find_map(|scope| scope.defined.get(name)).map(Rc::clone)
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.chain().flat_map(|scope| scope.defined.keys().cloned()).collect()
    }

    /// The body of a function, which `read` reads if nobody did.
    pub(crate) fn body(
        &self,
        definition: &Definition,
        call: Span,
        read: impl FnOnce(&Line, usize) -> Result<Vec<(Op, Span)>, Finding>,
    ) -> Result<Steps, Finding> {
        let known = definition.body.replace(Body::Open);
        match known {
            Body::Read(steps) => {
                definition.body.replace(Body::Read(Rc::clone(&steps)));
                return Ok(steps);
            }
            Body::Open => {
                return Err(Finding::new(Code::ParameterCycle, call, "this function calls itself")
                    .help("a function may call others, but the chain must end"));
            }
            Body::Unread => {}
        }
        let outer = self.current.replace(definition.scope);
        let read = read(&definition.line, definition.start);
        self.current.set(outer);
        let read = read.map(Rc::new);
        *definition.body.borrow_mut() = match &read {
            Ok(steps) => Body::Read(Rc::clone(steps)),
            Err(_) => Body::Unread,
        };
        read
    }

    /// Refuses a call that has become so many steps, with all before it, as no deck needs.
    pub(super) fn spend(&self, steps: usize, call: Span) -> Result<(), Finding> {
        if self.steps.get() + steps <= MAX_STEPS {
            return Ok(());
        }
        let message =
            format!("the functions of this deck stand for more than {MAX_STEPS} operations");
        Err(Finding::new(Code::ExpressionDepth, call, message)
            .help("functions that call another twice double at each level: call it once, as in 2*f(x) for f(x)+f(x)"))
    }

    pub(super) fn spent(&self, steps: usize) {
        self.steps.set(self.steps.get() + steps);
    }
}

/// The beginning of a definition.
struct Header {
    name: String,
    parameters: Vec<String>,
    /// Of the body, in the line's text.
    start: usize,
}

/// What a line defines: `name(a, b)` behind `.func`, or before a `=` behind `.param`.
fn headers(line: &Line) -> Vec<Header> {
    let text = line.text.as_str();
    let first = text.find(char::is_whitespace).unwrap_or(text.len());
    if line.head() == ".func" {
        return header(text, first + text[first..].len() - text[first..].trim_start().len())
            .map(|(header, _)| header)
            .into_iter()
            .collect();
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let begins = |at: &usize| !text[..*at].ends_with(is_part);
    let words = text.char_indices().map(|(at, _)| at).skip_while(|at| *at < first).filter(begins);
    words.filter_map(|at| header(text, at)).filter(|(_, equals)| *equals).map(|(h, _)| h).collect()
}

/// Reads `name(a, b)` and a `=` behind it at a place; also whether that `=` is there.
fn header(text: &str, at: usize) -> Option<(Header, bool)> {
    let rest = &text[at..];
    let open = rest.find('(')?;
    let name = rest[..open].trim_end().to_lowercase();
    if !crate::cursor::is_identifier(&name) {
        return None;
    }
    let close = open + rest[open..].find(')')?;
    let inner = rest[open + 1..close].trim();
    let parameters: Vec<String> = match inner {
        "" => Vec::new(),
        _ => inner.split(',').map(|parameter| parameter.trim().to_lowercase()).collect(),
    };
    if !parameters.iter().all(|parameter| crate::cursor::is_identifier(parameter)) {
        return None;
    }
    let behind = rest[close + 1..].trim_start();
    let body = behind.strip_prefix('=').filter(|after| !after.starts_with('='));
    let start = text.len() - body.unwrap_or(behind).len();
    Some((Header { name, parameters, start }, body.is_some()))
}
