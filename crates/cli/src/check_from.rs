//! `memspike check --from`: what of another simulator's deck will run, what will not, and what to write instead.

use std::collections::BTreeMap;
use std::path::Path;

use memspike_netlist::{Deck, Diagnostic, Dialect, Note, Severity, Survey, survey};
use memspike_report as report;
use serde_json::json;

use crate::{args::From, failure::Failure, print, show};

/// Prints the table, or its JSON; a deck that does not run is a failure that is told already.
pub fn check_from(path: &Path, from: From, json: bool) -> Result<(), Failure> {
    let dialect = match from {
        From::Ngspice => Dialect::Ngspice,
        From::Ltspice => Dialect::Ltspice,
        From::Pspice => Dialect::Pspice,
    };
    let survey = survey(path, dialect).map_err(|report| Failure::input(&report))?;
    let findings = findings(path);
    let refused = findings.iter().any(|finding| finding.severity() == Severity::Error);
    let text = if json { as_json(&survey, &findings) } else { as_table(&survey, &findings) };
    if json {
        print(&text)?;
    } else {
        show(&text)?;
    }
    if refused { Err(Failure::Reported) } else { Ok(()) }
}

/// What the deck is told: its errors, or else its warnings, of its first run.
fn findings(path: &Path) -> Vec<Diagnostic> {
    let read = || {
        let deck = Deck::load(path)?;
        let point = deck.steps()?.into_iter().next().unwrap_or_default();
        Ok(deck.elaborate(&point, 0)?.warnings)
    };
    read().unwrap_or_else(|report: memspike_netlist::Report| report.diagnostics)
}

/// Findings of one kind with one remedy, at their first place.
struct Group<'f> {
    first: &'f Diagnostic,
    count: usize,
}

fn groups(findings: &[Diagnostic]) -> Vec<Group<'_>> {
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for finding in findings {
        let key = (finding.code().as_str(), finding.help());
        let place = *places.entry(key).or_insert_with(|| {
            groups.push(Group { first: finding, count: 0 });
            groups.len() - 1
        });
        groups[place].count += 1;
    }
    groups.sort_by_key(|group| group.first.severity() != Severity::Error);
    groups
}

fn verdict(finding: &Diagnostic) -> &'static str {
    match finding.severity() {
        Severity::Error => "no",
        Severity::Warning => "yes, but",
    }
}

fn place(finding: &Diagnostic) -> String {
    format!("{}:{}", finding.file(), finding.line())
}

fn as_table(survey: &Survey, findings: &[Diagnostic]) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for Group { first, count } in groups(findings) {
        let more =
            if count > 1 { format!(" (and {} more like it)", count - 1) } else { String::new() };
        let what = format!("{}{more}", first.message());
        rows.push(vec![place(first), verdict(first).to_owned(), what, first.help().to_owned()]);
    }
    for Note { place, message, help } in &survey.notes {
        rows.push(vec![
            place.clone(),
            "otherwise".to_owned(),
            (*message).to_owned(),
            (*help).to_owned(),
        ]);
    }
    let cards = survey.cards.iter().map(|(card, count)| format!("{card} {count}"));
    let cards = cards.collect::<Vec<_>>().join(", ");
    let errors = findings.iter().filter(|finding| finding.severity() == Severity::Error).count();
    let whole = match errors {
        0 => "the deck runs".to_owned(),
        1 => "the deck does not run: one mistake".to_owned(),
        many => format!("the deck does not run: {many} mistakes"),
    };
    let mut text = format!("cards: {cards}\n");
    if !rows.is_empty() {
        let mut table = report::table(&["place", "runs", "what", "write instead"], rows);
        for column in table.column_iter_mut() {
            column.set_cell_alignment(comfy_table::CellAlignment::Left);
        }
        table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
        if table.width().is_none() {
            table.set_width(120);
        }
        text.push_str(&format!("{table}\n"));
    }
    text.push_str(&format!("{whole}\n"));
    text
}

fn as_json(survey: &Survey, findings: &[Diagnostic]) -> String {
    let finding = |group: Group<'_>| {
        let first = group.first;
        json!({
            "place": place(first), "runs": first.severity() == Severity::Warning, "code": first.code().as_str(),
            "what": first.message(), "instead": first.help(), "count": group.count,
        })
    };
    let findings: Vec<_> = groups(findings).into_iter().map(finding).collect();
    let note =
        |note: &Note| json!({ "place": note.place, "what": note.message, "instead": note.help });
    let notes: Vec<_> = survey.notes.iter().map(note).collect();
    report::json(&json!({ "cards": survey.cards, "findings": findings, "otherwise": notes }))
}
