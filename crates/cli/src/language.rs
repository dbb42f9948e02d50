//! The language of decks, told: the verbs `models`, `functions` and `explain`, and pages of the manual.

mod pages;
mod values;

use std::fmt::Write as _;

use memspike_netlist::Code;
use memspike_netlist::manual::{self, Entry, ModelEntry, TABLES};
use memspike_report as report;

use crate::{
    failure::Failure,
    language_args::{ExplainArguments, FunctionsArguments, ModelsArguments},
    print,
};

pub use pages::{functions_page, language_page, models_page};
use values::{FunctionValue, ModelValue};

/// What decks are told, with examples and remedies: made from the decks of netlists/errors and netlists/warnings.
pub const DIAGNOSTICS: &str = include_str!("language/diagnostics.md");

/// The width of a terminal.
const WIDTH: usize = 100;

/// Prints kinds of models, or all of one.
pub fn models(arguments: &ModelsArguments) -> Result<(), Failure> {
    let all = manual::models();
    let chosen: Vec<&ModelEntry> = match &arguments.name {
        None => all.iter().collect(),
        Some(name) => vec![named(&all, name)?],
    };
    if arguments.json.json {
        let models: Vec<ModelValue> = chosen.into_iter().map(ModelValue::of).collect();
        return print(&report::json(&values::Models { models }));
    }
    if let (Some(_), [model]) = (&arguments.name, &chosen[..]) {
        return print(&pages::of_model(model));
    }
    let rows = chosen.iter().map(|model| (model.name, model.about));
    print(&format!("{}\nmemspike models KIND says more.\n", list(rows)))
}

fn named<'m>(all: &'m [ModelEntry], name: &str) -> Result<&'m ModelEntry, Failure> {
    let wanted = name.to_lowercase();
    all.iter().find(|model| model.name == wanted).ok_or_else(|| {
        let near = near(&wanted, all.iter().map(|model| model.name));
        Failure::Input(format!(
            "error: there is no kind of model '{name}'{near}\nmemspike models lists all"
        ))
    })
}

/// Prints all functions of expressions.
pub fn functions(arguments: &FunctionsArguments) -> Result<(), Failure> {
    let all = manual::functions();
    if arguments.json.json {
        let functions = all.iter().map(FunctionValue::of).collect();
        return print(&report::json(&values::Functions { functions }));
    }
    print(&list(all.iter().map(|function| (function.form.as_str(), function.about))))
}

/// Prints what a word of decks or of messages means.
pub fn explain(arguments: &ExplainArguments) -> Result<(), Failure> {
    let Some(word) = &arguments.word else { return print(&contents()) };
    let wanted = word.to_lowercase();
    let wanted = wanted.trim_matches(['[', ']']);
    let mut text = String::new();
    if let Some(section) = diagnostic(wanted) {
        text.push_str(&indented(section));
    }
    for (title, table) in TABLES {
        let is_it =
            |entry: &&Entry| entry.name == wanted || entry.name.strip_prefix('.') == Some(wanted);
        if let Some(entry) = table.iter().find(is_it) {
            separate(&mut text);
            text.push_str(&pages::of_entry(title, entry));
        }
    }
    if let Some(model) = manual::models().iter().find(|model| model.name == wanted) {
        separate(&mut text);
        text.push_str(&pages::of_model(model));
    }
    if let Some(function) = manual::functions().iter().find(|function| function.name == wanted) {
        separate(&mut text);
        let _ = writeln!(text, "{}\n{}", function.form, function.about);
    }
    if text.is_empty() { Err(unknown(word)) } else { print(&text) }
}

fn separate(text: &mut String) {
    if !text.is_empty() {
        text.push('\n');
    }
}

/// The section of a diagnostic, without the mark of its heading.
fn diagnostic(code: &str) -> Option<&'static str> {
    Code::ALL.iter().find(|known| known.as_str() == code)?;
    let mut sections = DIAGNOSTICS.split("\n## ").skip(1);
    sections.find(|section| section.lines().next() == Some(code))
}

/// A section with what stands between fences indented instead.
fn indented(section: &str) -> String {
    let (mut text, mut within) = (String::new(), false);
    for line in section.lines() {
        if line.starts_with("```") {
            within = !within;
        } else {
            let indent = if within && !line.is_empty() { "    " } else { "" };
            let _ = writeln!(text, "{indent}{line}");
        }
    }
    text
}

fn unknown(word: &str) -> Failure {
    let entries = TABLES.iter().flat_map(|(_, table)| table.iter().map(|entry| entry.name));
    let codes = Code::ALL.iter().map(|code| code.as_str());
    let models = manual::models().into_iter().map(|model| model.name);
    let functions = manual::functions().into_iter().map(|function| function.name);
    let known = codes.chain(entries).chain(models).chain(functions);
    let near = near(&word.to_lowercase(), known);
    Failure::Input(format!(
        "error: nothing is known of '{word}'{near}\nmemspike explain lists what is"
    ))
}

/// What was perhaps meant.
fn near<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> String {
    manual::nearest(word, known)
        .map_or_else(String::new, |name| format!(": did you mean '{name}'?"))
}

/// What can be explained, each by its word.
fn contents() -> String {
    let mut text = String::new();
    for (title, table) in TABLES {
        let names = table.iter().map(|entry| entry.name);
        let _ = writeln!(text, "{title}\n{}", wrapped(names));
    }
    let codes = Code::ALL.iter().map(|code| code.as_str());
    let _ = writeln!(text, "Diagnostics\n{}", wrapped(codes));
    text.push_str(
        "Kinds of models: memspike models. Functions of expressions: memspike functions.\n",
    );
    text
}

/// Words in lines.
fn wrapped<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let mut lines = vec![String::from(" ")];
    for word in words {
        let last = lines.len() - 1;
        if lines[last].len() + word.len() + 1 > WIDTH {
            lines.push(String::from(" "));
        }
        let last = lines.len() - 1;
        lines[last].push(' ');
        lines[last].push_str(word);
    }
    lines.join("\n") + "\n"
}

/// Names with what they mean, one a line.
fn list<'r>(rows: impl Iterator<Item = (&'r str, &'r str)> + Clone) -> String {
    let width = rows.clone().map(|(name, _)| name.len()).max().unwrap_or(0);
    rows.fold(String::new(), |mut text, (name, about)| {
        let _ = writeln!(text, "{name:width$}  {about}");
        text
    })
}
