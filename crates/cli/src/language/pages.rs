//! Entries of the language as text for a terminal, and all of them as pages of the manual.

use std::fmt::Write as _;

use memspike_device::Parameter;
use memspike_netlist::manual::{self, Entry, ModelEntry, TABLES};
use memspike_report::exact;

/// An entry for a terminal.
pub(super) fn of_entry(title: &str, entry: &Entry) -> String {
    let Entry { name, form, about, example, spice } = entry;
    let example = indented(example);
    format!("{name} ({title})\n\n    {form}\n\n{about}\nIn SPICE: {spice}.\n\n{example}")
}

/// A kind of model for a terminal.
pub(super) fn of_model(model: &ModelEntry) -> String {
    let mut text = format!("{} (Models)\n\n    {}\n\n{}\n", model.name, model.form, model.about);
    if model.parameters.is_empty() && model.words.is_empty() {
        return text + "\nIt has no parameters.\n";
    }
    text.push('\n');
    let rows: Vec<[String; 3]> = rows(model).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let (names, values) = (width(0), width(1));
    for [name, value, about] in &rows {
        let _ = writeln!(text, "{name:names$}  {value:values$}  {about}");
    }
    text
}

/// Name, default with unit, meaning.
fn rows(model: &ModelEntry) -> impl Iterator<Item = [String; 3]> + '_ {
    let numbers = model
        .parameters
        .iter()
        .map(|parameter| [parameter.name.to_owned(), default(parameter), meaning(parameter)]);
    let words = model.words.iter();
    numbers.chain(
        words.map(|word| [word.name.to_owned(), word.form.to_owned(), word.about.to_owned()]),
    )
}

fn default(parameter: &Parameter) -> String {
    let unit = if parameter.unit == "1" { "" } else { parameter.unit };
    let takes_prefix = matches!(unit, "V" | "A" | "ohm" | "S" | "F" | "H" | "s" | "Hz" | "m");
    let word = parameter.words.iter().find(|(_, value)| *value == parameter.default);
    match word {
        Some((word, _)) => (*word).to_owned(),
        None if parameter.default.is_nan() => format!("- {unit}").trim_end().to_owned(),
        None if takes_prefix => exact(parameter.default, unit),
        None => format!("{} {unit}", parameter.default).trim_end().to_owned(),
    }
}

fn meaning(parameter: &Parameter) -> String {
    if parameter.words.is_empty() {
        return parameter.doc.to_owned();
    }
    let words: Vec<&str> = parameter.words.iter().map(|(word, _)| *word).collect();
    format!("{} ({})", parameter.doc, words.join(", "))
}

fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "    {line}");
        all
    })
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Elements, functions of sources, commands and measurements as a page.
#[must_use]
pub fn language_page() -> String {
    let mut text = String::from(
        "# The language of decks\n\
         Made from the program's own tables; a test holds both equal and reads every example. `memspike explain WORD` shows the\n\
         same on a terminal. A deck is a title line, cards, and `.end`; what simulators read differently stands at the top\n\
         of the crate `netlist`.\n",
    );
    for (title, table) in TABLES {
        let _ = writeln!(text, "\n## {title}");
        for Entry { name, form, about, example, spice } in table {
            let name = if name.len() == 1 { name.to_uppercase() } else { (*name).to_owned() };
            let example = indented(example);
            let _ = writeln!(
                text,
                "\n### `{name}`\n`{form}`\n\n{about} In SPICE: {spice}.\n\n{}",
                example.trim_end()
            );
        }
    }
    text
}

/// Kinds of models as a page.
#[must_use]
pub fn models_page() -> String {
    let mut text = String::from(
        "# Models\n\
         What `.model NAME KIND(...)` can say. Made from the program's own tables; a test holds both equal. `memspike models KIND`\n\
         shows the same on a terminal. A default of `-` is none: the parameter's absence has a meaning, or a card must say it.\n",
    );
    for model in manual::models() {
        let _ = writeln!(text, "\n## `{}`\n{}\n\n    {}", model.name, model.about, model.form);
        let mut rows = rows(&model).peekable();
        if rows.peek().is_some() {
            text.push_str("\n| parameter | default | meaning |\n| --- | --- | --- |\n");
        }
        for [name, value, about] in rows {
            let _ = writeln!(text, "| `{name}` | {} | {} |", cell(&value), cell(&about));
        }
    }
    text
}

/// Functions of expressions as a page.
#[must_use]
pub fn functions_page() -> String {
    let mut text = String::from(
        "# Functions of expressions\n\
         In braces, quotes, and `.param`: what `memspike functions` lists. Those that draw give another value in each sample of `.mc`.\n\n\
         | function | gives |\n| --- | --- |\n",
    );
    for function in manual::functions() {
        let draws = if function.random { "; draws" } else { "" };
        let _ = writeln!(text, "| `{}` | {}{draws} |", function.form, cell(function.about));
    }
    text
}
