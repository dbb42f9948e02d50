//! Functions of expressions.

use crate::expression::Function;

/// A function that an expression can call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionEntry {
    /// Its name.
    pub name: &'static str,
    /// How it is called, such as `pow(x, y)`.
    pub form: String,
    /// What it gives.
    pub about: &'static str,
    /// Whether it draws, so that values differ from sample to sample.
    pub random: bool,
}

/// All functions, by name.
#[must_use]
pub fn functions() -> Vec<FunctionEntry> {
    let mut all: Vec<FunctionEntry> = Function::all()
        .map(|function| FunctionEntry {
            name: function.name,
            form: form(function.name, function.arguments()),
            about: function.doc,
            random: function.is_random(),
        })
        .collect();
    all.sort_by_key(|function| function.name);
    all
}

fn form(name: &str, arguments: Option<usize>) -> String {
    match arguments {
        Some(1) => format!("{name}(x)"),
        Some(2) => format!("{name}(x, y)"),
        Some(_) => format!("{name}(x, y, z)"),
        None => format!("{name}(x, x1, y1, x2, y2, ...)"),
    }
}
