//! The language as tables for people: what the manual and `memspike models`, `functions` and `explain` say.
//!
//! Tests hold the tables equal to what the parser reads, and run every example.

mod commands;
mod elements;
mod functions;
mod measures;
mod models;
mod sources;

pub use commands::COMMANDS;
pub use elements::ELEMENTS;
pub use functions::{FunctionEntry, functions};
pub use measures::MEASURES;
pub use models::{ModelEntry, Word, models};
pub use sources::SOURCES;

/// Something that a deck can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The letter or word by which it is known, lower case.
    pub name: &'static str,
    /// How it is written; what is in brackets may be left out.
    pub form: &'static str,
    /// What it is, with units and defaults.
    pub about: &'static str,
    /// Cards that use it, and with a title and an end are a deck.
    pub example: &'static str,
    /// Its closest form in SPICE.
    pub spice: &'static str,
}

/// The tables, each with its title.
pub const TABLES: [(&str, &[Entry]); 4] = [
    ("Elements", ELEMENTS),
    ("Functions of sources", SOURCES),
    ("Commands", COMMANDS),
    ("Measurements", MEASURES),
];

/// The deck of an example: a title before it, and what it lacks of a run behind it.
#[must_use]
pub fn deck_of(example: &str) -> String {
    const RUNS: [&str; 4] = [".tran", ".op", ".dc", ".ac"];
    let first =
        |line: &str| line.split_whitespace().next().is_some_and(|word| RUNS.contains(&word));
    let says_run = example.lines().any(first);
    let run = if says_run { "" } else { ".tran 1m\n" };
    format!("an example\n{example}\n{run}.end\n")
}

/// The known word that is nearest to one that is not known; nothing if none is near.
#[must_use]
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    crate::finding::nearest(word, known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Deck;
    use crate::parse::{COMMANDS as READ, FORMS, KEYWORDS, KINDS};

    fn names(table: &[Entry]) -> Vec<&'static str> {
        let mut names: Vec<_> = table.iter().map(|entry| entry.name).collect();
        names.sort_unstable();
        names
    }

    fn sorted(words: &[&'static str]) -> Vec<&'static str> {
        let mut words = words.to_vec();
        words.sort_unstable();
        words
    }

    #[test]
    fn tables_name_what_the_parser_reads_and_nothing_else() {
        assert_eq!(names(SOURCES), sorted(KINDS));
        assert_eq!(names(MEASURES), sorted(KEYWORDS));
        assert_eq!(names(COMMANDS), sorted(&[READ, &[".lib"]].concat()));
        let letters =
            FORMS.strip_prefix("elements are ").expect("a list of letters").to_lowercase();
        assert_eq!(names(ELEMENTS).join(" "), {
            let mut letters: Vec<&str> = letters.split(' ').collect();
            letters.sort_unstable();
            letters.join(" ")
        });
    }

    #[test]
    fn every_example_is_a_deck_without_a_complaint() {
        let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../netlists/example.cir");
        for (title, table) in TABLES {
            for entry in table {
                let text = deck_of(entry.example);
                let deck = Deck::parse(beside, &text);
                let deck =
                    deck.unwrap_or_else(|report| panic!("{title} {}:\n{report}", entry.name));
                let point = deck.steps().expect("it has runs").remove(0);
                let made = deck.elaborate(&point, 0);
                let made =
                    made.unwrap_or_else(|report| panic!("{title} {}:\n{report}", entry.name));
                assert!(made.warnings.is_empty(), "{title} {}: {:?}", entry.name, made.warnings);
                let head = entry.name.trim_start_matches('.').to_lowercase();
                assert!(text.to_lowercase().contains(&head), "{title} {} is not shown", entry.name);
            }
        }
    }

    #[test]
    fn every_model_has_a_meaning_and_every_word_of_it_too() {
        for model in models() {
            assert!(!model.about.is_empty() && !model.form.is_empty(), "{}", model.name);
            for parameter in &model.parameters {
                assert!(!parameter.doc.is_empty(), "{} {}", model.name, parameter.name);
            }
            for word in &model.words {
                assert!(!word.about.is_empty(), "{} {}", model.name, word.name);
            }
        }
    }

    #[test]
    fn every_code_and_function_has_a_meaning() {
        assert!(crate::Code::ALL.iter().all(|code| code.about().ends_with('.')));
        assert!(functions().iter().all(|function| !function.about.is_empty()));
    }
}
