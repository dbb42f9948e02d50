//! Every diagnostic has a deck that shows it, and its text is kept.

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use memspike_netlist::{Code, Deck, Diagnostic, Severity};

/// Limits whose decks are too large to keep; `limits.rs` makes and tests them, and the program's own tests
/// that of memory.
const GENERATED: &[Code] = &[
    Code::DeckTooLarge,
    Code::ElementLimit,
    Code::IncludeLimit,
    Code::LineTooLong,
    Code::Memory,
    Code::SubcircuitDepth,
    Code::TooManyErrors,
    Code::TooManyWarnings,
];

/// What a deck is told, errors or warnings.
fn diagnose(path: &Path) -> Vec<Diagnostic> {
    let all = || -> Result<Vec<Diagnostic>, memspike_netlist::Report> {
        let deck = Deck::load(path)?;
        let point = deck.steps()?.remove(0);
        Ok(deck.elaborate(&point, 0)?.warnings)
    };
    all().unwrap_or_else(|report| report.diagnostics)
}

/// Renders every deck of a folder, and gives the codes seen.
fn check_folder(folder: &str, severity: Severity) -> BTreeSet<&'static str> {
    let mut seen = BTreeSet::new();
    for path in common::decks(folder) {
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let diagnostics = diagnose(&path);
        assert!(!diagnostics.is_empty(), "{stem} is told nothing");
        let worst = diagnostics.iter().map(Diagnostic::severity).max();
        assert_eq!(worst, Some(severity), "{stem}");
        for diagnostic in &diagnostics {
            assert!(diagnostic.file().starts_with("netlists/"), "{stem}: {}", diagnostic.file());
            assert!(diagnostic.line() > 0 && diagnostic.column() > 0, "{stem}");
            assert!(!diagnostic.help().is_empty(), "{stem} has no remedy");
            seen.insert(diagnostic.code().as_str());
        }
        let text: String = diagnostics.iter().map(|d| d.render(false)).collect();
        // A file is named after the code that it shows, with a word more if it is not the only one.
        let named = diagnostics.iter().any(|d| stem.starts_with(d.code().as_str()));
        let several = ["many-errors", "in-included-subcircuit"].contains(&stem.as_str());
        assert!(named || several, "{stem} does not show what it is named after:\n{text}");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(stem, text);
        });
    }
    seen
}

#[test]
fn every_diagnostic_has_a_deck_and_its_text_is_kept() {
    common::enter_repository();
    let errors = check_folder("netlists/errors", Severity::Error);
    let warnings = check_folder("netlists/warnings", Severity::Warning);
    let generated = GENERATED.iter().map(|code| code.as_str());
    let covered: BTreeSet<&str> = errors.into_iter().chain(warnings).chain(generated).collect();
    let missing: Vec<&str> =
        Code::ALL.iter().map(|code| code.as_str()).filter(|code| !covered.contains(code)).collect();
    assert!(missing.is_empty(), "no deck shows {missing:?}");
}

#[test]
fn no_snapshot_outlives_its_deck() {
    common::enter_repository();
    let folders = ["netlists/errors", "netlists/warnings"];
    let stem = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let decks: BTreeSet<String> =
        folders.into_iter().flat_map(common::decks).map(|path| stem(&path)).collect();
    let snapshots = std::fs::read_dir("crates/netlist/tests/snapshots").unwrap();
    let snapshots: BTreeSet<String> = snapshots.map(|entry| stem(&entry.unwrap().path())).collect();
    assert_eq!(snapshots, decks);
}

#[test]
fn what_a_deck_has_none_of_is_told_how_to_be_defined() {
    let told = |line: &str| {
        let text = format!("none\nV0 a 0 1\nR1 a 0 1\n{line}\n.tran 1\n.end\n");
        let deck = Deck::parse("none.cir", &text).expect("it can be read");
        let point = deck.steps().and_then(|mut points| deck.elaborate(&points.remove(0), 0));
        let report = point.expect_err("there is none");
        report.diagnostics[0].help().to_owned()
    };
    for (line, remedy) in [
        (".step param x list 1 2", "define it with .param NAME=VALUE"),
        ("N1 a 0 zno", "define it with .model NAME KIND(...)"),
        ("X1 a cell", "define it with .subckt NAME ... .ends"),
    ] {
        assert!(told(line).contains(remedy), "{line}: {}", told(line));
    }
}
