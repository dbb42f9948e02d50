//! Remedies help: a deck that does what its message says is refused no more.

mod common;

use std::collections::BTreeSet;

use memspike_netlist::{Deck, Report};

const REMEDIES: &str = include_str!("remedies.txt");

/// Decks whose remedy is another file, or a text that is written anew from top to bottom.
const OF_FILES: &[&str] = &[
    "expression-depth",
    "expression-depth-corners",
    "in-included-subcircuit",
    "include-cycle",
    "model-terminals-array",
    "pwl-file",
    "pwl-file-words",
    "vector-file",
    "verilog",
];

/// A deck's name, and what is replaced by what.
type Remedy = (&'static str, Vec<(String, String)>);

fn remedies() -> Vec<Remedy> {
    let lines = REMEDIES.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| remedy(line).unwrap_or_else(|| panic!("no remedy: {line}"))).collect()
}

fn remedy(line: &'static str) -> Option<Remedy> {
    let (deck, remedy) = line.split_once(": ")?;
    let plain = |text: &str| text.replace("\\n", "\n");
    let pair = |pair: &str| {
        let (found, put) = pair.split_once(" => ")?;
        Some((plain(found), plain(put)))
    };
    Some((deck, remedy.split(" ## ").map(pair).collect::<Option<_>>()?))
}

/// Reads a deck as a run does, at its first point.
fn read(path: &str, text: &str) -> Result<(), Report> {
    let deck = Deck::parse(path, text)?;
    let point = deck.steps()?.remove(0);
    deck.elaborate(&point, 0).map(|_| ())
}

#[test]
fn a_deck_that_follows_its_remedy_is_refused_no_more() {
    common::enter_repository();
    let mut wrong = Vec::new();
    for (stem, replacements) in remedies() {
        let path = format!("netlists/errors/{stem}.cir");
        let mut text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        assert!(read(&path, &text).is_err(), "{stem} is not refused");
        for (found, put) in &replacements {
            assert!(text.contains(found), "{stem} has no '{found}'");
            text = text.replacen(found, put, 1);
        }
        wrong.extend(read(&path, &text).err().map(|report| format!("{stem}:\n{text}{report}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_refused_deck_has_a_remedy_that_is_followed() {
    let stem = |path: std::path::PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    common::enter_repository();
    let decks: BTreeSet<String> = common::decks("netlists/errors").into_iter().map(stem).collect();
    let followed = remedies().into_iter().map(|(deck, _)| deck);
    let known: BTreeSet<String> =
        followed.chain(OF_FILES.iter().copied()).map(str::to_owned).collect();
    assert_eq!(decks, known);
}
