//! The command line as a page of the manual, made from the grammar itself.

use std::fmt::Write as _;

use clap::{Arg, Command};

use crate::args::grammar;

/// Every verb with its options, defaults and examples, as Markdown.
#[must_use]
pub fn reference() -> String {
    let mut grammar = grammar();
    grammar.build();
    let mut text = String::from(
        "# Command line\n\
         Made from the program's own grammar; a test holds both equal. `memspike help VERB` shows the same on a terminal.\n\n\
         Every verb takes these:\n\n",
    );
    table(&mut text, grammar.get_arguments().filter(|option| option.is_global_set()));
    let _ = writeln!(text, "\n{}", code(&grammar));
    for verb in grammar.get_subcommands().filter(|verb| verb.get_name() != "help") {
        section(&mut text, "memspike", verb);
    }
    text
}

fn section(text: &mut String, before: &str, verb: &Command) {
    let name = format!("{before} {}", verb.get_name());
    let about = verb.get_about().map(ToString::to_string).unwrap_or_default();
    if verb.has_subcommands() {
        let _ = writeln!(text, "## {name}\n{about}\n\n{}", code(verb));
        let inner = verb.get_subcommands().filter(|inner| inner.get_name() != "help");
        return inner.for_each(|inner| section(text, &name, inner));
    }
    let mut words = String::new();
    for argument in verb.get_positionals() {
        let value = value(argument);
        let word = match (argument.is_required_set(), argument.get_num_args()) {
            (true, _) => format!(" {value}"),
            (false, Some(range)) if range.max_values() > 1 => format!(" [{value} ...]"),
            (false, _) => format!(" [{value}]"),
        };
        words.push_str(&word);
    }
    let _ = writeln!(text, "## {name}\n{about}\n\n    {name}{words} [options]\n");
    table(text, verb.get_arguments().filter(|option| !option.is_global_set() && !is_help(option)));
    let _ = writeln!(text, "\n{}", code(verb));
}

fn is_help(option: &Arg) -> bool {
    matches!(option.get_id().as_str(), "help" | "version")
}

/// A row for each argument.
fn table<'a>(text: &mut String, arguments: impl Iterator<Item = &'a Arg>) {
    text.push_str("| argument | meaning |\n| --- | --- |\n");
    for argument in arguments {
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let takes_value = argument.get_action().takes_values();
        let defaults = argument.get_default_values().iter().filter(|_| takes_value);
        let defaults: Vec<String> =
            defaults.map(|value| format!("`{}`", value.to_string_lossy())).collect();
        let names = argument.get_possible_values();
        let names: Vec<String> = (names.iter().filter(|_| takes_value))
            .map(|name| match name.get_help() {
                Some(help) => format!("`{}`: {help}", name.get_name()),
                None => format!("`{}`", name.get_name()),
            })
            .collect();
        let values =
            if names.is_empty() { String::new() } else { format!(" ({})", names.join("; ")) };
        let default = if defaults.is_empty() {
            String::new()
        } else {
            format!(" [default: {}]", defaults.join(", "))
        };
        let cells = [shown(argument), escaped(&format!("{help}{values}{default}"))];
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
}

/// `-o`, `--out FILE`.
fn shown(argument: &Arg) -> String {
    let value = if argument.get_action().takes_values() { value(argument) } else { String::new() };
    let Some(long) = argument.get_long() else { return format!("`{value}`") };
    let short = argument.get_short().map_or(String::new(), |short| format!("`-{short}`, "));
    format!("{short}`{}`", format!("--{long} {}", escaped(&value)).trim_end())
}

fn value(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Text for a cell.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// What stands after the help of a verb: examples as they are, and what is said below them as text, whose lines a narrow
/// page breaks where it must.
fn code(command: &Command) -> String {
    let Some(words) = command.get_after_help() else { return String::new() };
    let words = words.to_string();
    let words = words.trim_end();
    let (examples, said) = words.split_once("\n\n").unwrap_or((words, ""));
    let said = if said.is_empty() { String::new() } else { format!("\n{}\n", plain(said)) };
    format!("```\n{examples}\n```\n{said}")
}

/// Text that Markdown shows as it is, but what stands between backticks as code.
fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut quoted = false;
    for letter in text.chars() {
        quoted ^= letter == '`';
        if !quoted && "\\*_[]<>|".contains(letter) {
            shown.push('\\');
        }
        shown.push(letter);
    }
    shown
}
