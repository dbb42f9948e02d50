//! The tree of scopes and variables in a dump's header, and which of their names are not the deck's.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::name::{clean, unique};

/// What a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number.
    Real,
    /// One net, or as many as a range has.
    Wire,
    /// The state of a device, of so many bits where it is no word.
    State(u32),
}

/// The greatest and the least index of a bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// That of its most significant bit.
    pub high: u32,
    /// That of its least significant bit.
    pub low: u32,
}

impl Range {
    /// How many bits it has.
    pub fn width(self) -> u32 {
        self.high - self.low + 1
    }
}

/// What a header is written through, in its order.
pub trait Declare {
    /// A scope begins.
    fn enter(&mut self, name: &str) -> io::Result<()>;
    /// The present scope has a variable.
    fn variable(&mut self, variable: &Variable) -> io::Result<()>;
    /// The present scope ends.
    fn leave(&mut self) -> io::Result<()>;
}

/// One scope: a subcircuit or a device.
#[derive(Debug, Default)]
pub struct Scope {
    /// Names in use here, of scopes and variables alike.
    taken: BTreeSet<String>,
    variables: Vec<Variable>,
    scopes: Vec<(String, Scope)>,
    /// Position in `scopes` by the name before cleaning.
    by_name: BTreeMap<String, usize>,
}

/// One variable of a dump.
#[derive(Debug)]
pub struct Variable {
    /// What it holds.
    pub kind: Kind,
    /// Its name within its scope.
    pub name: String,
    /// The name that it would have if readers took any.
    wanted: String,
    /// Its number among all variables.
    pub slot: usize,
    /// Of a bus the indices of its ends.
    pub range: Option<Range>,
}

impl Scope {
    /// The scope of this path below here, made if new.
    pub fn descend<'a>(&mut self, path: impl IntoIterator<Item = &'a str>) -> &mut Self {
        let mut scope = self;
        for level in path {
            let position = match scope.by_name.get(level) {
                Some(&position) => position,
                None => {
                    let name = unique(clean(level), &mut scope.taken);
                    scope.scopes.push((name, Self::default()));
                    scope.by_name.insert(level.to_owned(), scope.scopes.len() - 1);
                    scope.scopes.len() - 1
                }
            };
            scope = &mut scope.scopes[position].1;
        }
        scope
    }

    /// Adds a variable `kind(parts)`, each part cleaned, or `kind` alone; `slot` is its number
    /// among all.
    pub fn variable(&mut self, kind: Kind, what: &str, parts: &[&str], slot: usize) {
        let named = |parts: Vec<String>| match parts.is_empty() {
            true => what.to_owned(),
            false => format!("{what}({})", parts.join(",")),
        };
        let wanted = named(parts.iter().map(|part| (*part).to_owned()).collect());
        let name = unique(named(parts.iter().map(|part| clean(part)).collect()), &mut self.taken);
        self.variables.push(Variable { kind, name, wanted, slot, range: None });
    }

    /// Adds a wire, or as many as it has a range of.
    pub fn wire(&mut self, name: &str, range: Option<Range>, slot: usize) {
        let (wanted, name) = (name.to_owned(), unique(clean(name), &mut self.taken));
        self.variables.push(Variable { kind: Kind::Wire, name, wanted, slot, range });
    }

    /// Every scope and variable whose name had to be changed: the deck's name and the new one, a line
    /// each, below the paths given.
    pub fn renamed(&self, wanted: &str, given: &str, lines: &mut Vec<String>) {
        let mut note = |from: &str, to: &str| {
            if from != to {
                lines.push(format!("{wanted}{from} {given}{to}"));
            }
        };
        for variable in &self.variables {
            note(&variable.wanted, &variable.name);
        }
        let wanted_names: BTreeMap<usize, &String> =
            self.by_name.iter().map(|(name, &position)| (position, name)).collect();
        for (position, (name, _)) in self.scopes.iter().enumerate() {
            note(wanted_names[&position], name);
        }
        for (position, (name, scope)) in self.scopes.iter().enumerate() {
            let wanted = format!("{wanted}{}.", wanted_names[&position]);
            scope.renamed(&wanted, &format!("{given}{name}."), lines);
        }
    }

    /// The full name of every variable below the paths given, by slot.
    pub fn paths(&self, given: &str, paths: &mut [String]) {
        for Variable { name, slot, range, .. } in &self.variables {
            let range = match range {
                Some(Range { high, low }) => format!("[{high}:{low}]"),
                None => String::new(),
            };
            paths[*slot] = format!("{given}{name}{range}");
        }
        self.scopes.iter().for_each(|(name, scope)| scope.paths(&format!("{given}{name}."), paths));
    }

    /// Tells this scope under `name`, with all that is in it.
    pub fn declare(&self, name: &str, header: &mut impl Declare) -> io::Result<()> {
        header.enter(name)?;
        self.variables.iter().try_for_each(|variable| header.variable(variable))?;
        self.scopes.iter().try_for_each(|(name, scope)| scope.declare(name, header))?;
        header.leave()
    }
}
