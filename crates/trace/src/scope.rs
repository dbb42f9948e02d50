//! The tree of scopes and variables in a VCD header.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use vcd::{IdCode, VarType};

use crate::name::{clean, unique};

/// One scope: a subcircuit or a device.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// Names in use here, of scopes and variables alike.
    taken: BTreeSet<String>,
    variables: Vec<(VarType, String, usize)>,
    scopes: Vec<(String, Scope)>,
    /// Position in `scopes` by the name before cleaning.
    by_name: BTreeMap<String, usize>,
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

    /// Adds a variable; `slot` is where [`Scope::write`] puts its code.
    pub fn variable(&mut self, kind: VarType, name: &str, slot: usize) {
        let name = unique(name.to_owned(), &mut self.taken);
        self.variables.push((kind, name, slot));
    }

    /// Writes this scope under `name` and fills `codes` by slot.
    pub fn write<W: io::Write>(
        &self,
        name: &str,
        writer: &mut vcd::Writer<W>,
        codes: &mut [IdCode],
    ) -> io::Result<()> {
        writer.add_module(name)?;
        for (kind, variable, slot) in &self.variables {
            // A string has no width, but readers expect a number.
            let width = if *kind == VarType::Real { 64 } else { 1 };
            codes[*slot] = writer.add_var(*kind, width, variable, None)?;
        }
        for (name, scope) in &self.scopes {
            scope.write(name, writer, codes)?;
        }
        writer.upscope()
    }
}
