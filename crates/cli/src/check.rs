//! `memspike check`: read a deck, say what is wrong with it, simulate nothing.

use memspike_netlist::{Deck, Diagnostic, Report, Severity};
use memspike_report as report;
use memspike_run::Workers;
use serde_json::{Value, json};

use crate::{
    args::CheckArguments,
    batch::Batch,
    failure::{self, Failure},
    print, show, tell,
};

/// Checks every run of the deck.
pub fn check(arguments: &CheckArguments) -> Result<(), Failure> {
    let read = Deck::load(&arguments.deck).and_then(|deck| Ok((deck.steps()?, deck)));
    let (points, deck) = match read {
        Ok(read) => read,
        Err(report) => return refuse(&report, arguments.json.json),
    };
    let workers = Workers::new(None, points.len())?;
    let batch = match Batch::check(&deck, points, 0, &workers) {
        Ok(batch) => batch,
        Err(report) => return refuse(&report, arguments.json.json),
    };
    if arguments.json.json {
        return print(&findings(batch.warnings()));
    }
    for warning in batch.warnings() {
        tell(&warning.render(failure::in_colour()));
    }
    show(&summary(&arguments.deck.display().to_string(), &batch))
}

fn refuse(report: &Report, json: bool) -> Result<(), Failure> {
    if !json {
        return Err(Failure::input(report));
    }
    print(&findings(&report.diagnostics))?;
    Err(Failure::Reported)
}

/// `deck.cir:3:4: cause`.
pub fn one_line(finding: &Diagnostic) -> String {
    let (file, line, column) = (finding.file(), finding.line(), finding.column());
    format!("{file}:{line}:{column}: {}", finding.message())
}

fn findings(all: &[Diagnostic]) -> String {
    report::json(&json!({
        "errors": findings_of(Severity::Error, all),
        "warnings": findings_of(Severity::Warning, all),
    }))
}

fn findings_of(severity: Severity, findings: &[Diagnostic]) -> Vec<Value> {
    findings
        .iter()
        .filter(|finding| finding.severity() == severity)
        .map(|finding| {
            json!({
                "file": finding.file(),
                "line": finding.line(),
                "column": finding.column(),
                "code": finding.code().as_str(),
                "message": finding.message(),
                "help": finding.help(),
            })
        })
        .collect()
}

fn summary(deck: &str, batch: &Batch<'_>) -> String {
    let first = batch.first();
    let elements = first.circuit.elements();
    let devices = elements.iter().filter(|element| element.spikes()).count();
    let stop = report::engineering(first.tran.stop_s, "s");
    format!(
        "{deck}: no errors\n\
         title: {}\n\
         runs: {} of {stop}\n\
         nodes: {}\n\
         elements: {}, devices among them: {devices}\n\
         memory: about {} MB a run\n\
         measurements: {}\n",
        first.title,
        batch.len(),
        first.circuit.nodes().len(),
        elements.len(),
        first.memory_bytes.div_ceil(1_000_000),
        first.measures.len(),
    )
}
