//! Pages of the manual that are made from the program's own tables.

use std::{env, fs, path::Path};

use memspike_netlist::{Code, Deck, Diagnostic, Severity};

/// Holds a page equal to what the program says; with MEMSPIKE_DOCS=write it is written anew.
fn hold(page: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    if env::var("MEMSPIKE_DOCS").is_ok_and(|word| word == "write") {
        fs::write(&path, made).expect("the page is written");
    }
    let stands = fs::read_to_string(&path).expect("the page stands");
    assert_eq!(stands, made, "write {page} with MEMSPIKE_DOCS=write cargo test --test reference");
}

#[test]
fn the_page_of_the_command_line_says_what_help_says() {
    hold("docs/commands.md", &memspike_cli::reference());
}

#[test]
fn the_pages_of_the_language_say_what_the_program_says() {
    hold("docs/language.md", &memspike_cli::language_page());
    hold("docs/models.md", &memspike_cli::models_page());
    hold("docs/functions.md", &memspike_cli::functions_page());
}

/// A deck that is told this, by its name: the one named after the code, or the first that begins so.
fn shown_by(code: Code) -> Option<(String, Vec<Diagnostic>)> {
    let folder = match code.severity() {
        Severity::Error => "netlists/errors",
        Severity::Warning => "netlists/warnings",
    };
    let entries = fs::read_dir(folder).expect("the folder of decks");
    let mut decks: Vec<String> = entries
        .map(|entry| entry.expect("a deck").path().to_str().expect("a name").to_owned())
        .filter(|path| path.ends_with(".cir"))
        .filter(|path| path[folder.len() + 1..].starts_with(code.as_str()))
        .collect();
    decks.sort_by_key(|path| (path.len(), path.clone()));
    decks.into_iter().find_map(|path| {
        let told: Vec<Diagnostic> = told(&path).into_iter().filter(|d| d.code() == code).collect();
        (!told.is_empty()).then_some((path, told))
    })
}

/// What a run would be told of a deck.
fn told(path: &str) -> Vec<Diagnostic> {
    let deck = match Deck::load(path.as_ref()) {
        Ok(deck) => deck,
        Err(report) => return report.diagnostics,
    };
    let points = match deck.steps() {
        Ok(points) => points,
        Err(report) => return report.diagnostics,
    };
    match deck.elaborate(&points[0], 0) {
        Ok(made) => made.warnings,
        Err(report) => report.diagnostics,
    }
}

/// Decks whose text is longer than this (bytes) are not shown.
const MOST_SHOWN: usize = 1500;

/// Every diagnostic: what it means, a deck that has it, and what that deck is told.
fn diagnostics() -> String {
    let mut text = String::from(
        "# Diagnostics\n\
         What a deck can be told, with a deck that is told it and its remedy. Made from the decks of netlists/errors and\n\
         netlists/warnings; a test holds both equal. `memspike explain CODE` shows the same on a terminal.\n",
    );
    let indented =
        |text: &str| -> String { text.lines().map(|line| format!("    {line}\n")).collect() };
    for code in Code::ALL {
        let severity = match code.severity() {
            Severity::Error => "An error",
            Severity::Warning => "A warning",
        };
        text.push_str(&format!("\n## {code}\n{severity}. {}\n", code.about()));
        let Some((path, told)) = shown_by(*code) else { continue };
        let deck = fs::read(&path).expect("the deck is there");
        if let Ok(deck) = String::from_utf8(deck)
            && deck.len() < MOST_SHOWN
        {
            text.push_str(&format!("\n{}", indented(&deck)));
        }
        text.push_str(&format!("\n{}", indented(&told[0].render(false))));
    }
    text
}

#[test]
fn the_page_of_diagnostics_says_what_decks_are_told() {
    std::env::set_current_dir(env!("CARGO_MANIFEST_DIR")).expect("the repository");
    let made = diagnostics();
    hold("crates/cli/src/language/diagnostics.md", &made);
    hold("docs/diagnostics.md", &made);
}

#[test]
fn every_option_of_every_verb_is_in_its_help() {
    let page = memspike_cli::reference();
    for section in page.split("\n## memspike ").skip(1) {
        let verb = section.lines().next().expect("a verb has a name");
        let help = std::process::Command::new(env!("CARGO_BIN_EXE_memspike"))
            .arg("help")
            .args(verb.split_whitespace())
            .output()
            .expect("memspike runs");
        let help = String::from_utf8(help.stdout).expect("help is text");
        let rows = section.lines().filter(|line| line.starts_with("| `"));
        for row in rows {
            let name = row.split('`').find(|word| word.starts_with("--"));
            let name = name.map_or("", |name| name.split(' ').next().unwrap_or(name));
            assert!(help.contains(name), "{verb} has {name}");
        }
    }
}
