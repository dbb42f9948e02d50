//! The tree of scopes and variables in a VCD header, and which of their names are not the deck's.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use vcd::{IdCode, ReferenceIndex, VarType};

use crate::name::{clean, unique};

/// One scope: a subcircuit or a device.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// Names in use here, of scopes and variables alike.
    taken: BTreeSet<String>,
    variables: Vec<Variable>,
    scopes: Vec<(String, Scope)>,
    /// Position in `scopes` by the name before cleaning.
    by_name: BTreeMap<String, usize>,
}

#[derive(Debug)]
struct Variable {
    kind: VarType,
    /// The name that it has, and the name that it would have if readers took any.
    name: String,
    wanted: String,
    slot: usize,
    /// Of a bus its width and the indices of its ends.
    range: Option<(u32, ReferenceIndex)>,
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

    /// Adds a variable `kind(parts)`, each part cleaned, or `kind` alone; `slot` is where
    /// [`Scope::write`] puts its code.
    pub fn variable(&mut self, kind: VarType, what: &str, parts: &[&str], slot: usize) {
        let named = |parts: Vec<String>| match parts.is_empty() {
            true => what.to_owned(),
            false => format!("{what}({})", parts.join(",")),
        };
        let wanted = named(parts.iter().map(|part| (*part).to_owned()).collect());
        let name = unique(named(parts.iter().map(|part| clean(part)).collect()), &mut self.taken);
        self.variables.push(Variable { kind, name, wanted, slot, range: None });
    }

    /// Adds a wire, or as many as it has a range of.
    pub fn wire(&mut self, name: &str, range: Option<(u32, ReferenceIndex)>, slot: usize) {
        let (wanted, name) = (name.to_owned(), unique(clean(name), &mut self.taken));
        self.variables.push(Variable { kind: VarType::Wire, name, wanted, slot, range });
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
                Some((_, ReferenceIndex::Range(high, low))) => format!("[{high}:{low}]"),
                _ => String::new(),
            };
            paths[*slot] = format!("{given}{name}{range}");
        }
        self.scopes.iter().for_each(|(name, scope)| scope.paths(&format!("{given}{name}."), paths));
    }

    /// Writes this scope under `name` and fills `codes` by slot.
    pub fn write<W: io::Write>(
        &self,
        name: &str,
        writer: &mut vcd::Writer<W>,
        codes: &mut [IdCode],
    ) -> io::Result<()> {
        writer.add_module(name)?;
        for Variable { kind, name, slot, range, .. } in &self.variables {
            // A string has no width, but readers expect a number.
            let width = if *kind == VarType::Real { 64 } else { 1 };
            let (width, index) = range.map_or((width, None), |(width, range)| (width, Some(range)));
            codes[*slot] = writer.add_var(*kind, width, name, index)?;
        }
        for (name, scope) in &self.scopes {
            scope.write(name, writer, codes)?;
        }
        writer.upscope()
    }
}
