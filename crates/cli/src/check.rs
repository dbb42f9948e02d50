//! `memspike check`: read a deck or a network, say what is wrong with it, simulate nothing.

use std::{fmt::Write as _, path::Path};

use memspike_netlist::{Analysis, Deck, Diagnostic, Report, Severity};
use memspike_network::Network;
use memspike_report as report;
use memspike_run::Workers;
use serde_json::{Value, json};

use crate::{
    args::CheckArguments,
    batch::Batch,
    check_from::check_from,
    deck,
    failure::{self, Failure},
    nir, print, reduced, shell, show, tell,
};

/// Checks every run of the deck, or the network.
pub fn check(arguments: &CheckArguments) -> Result<(), Failure> {
    if let Some(from) = arguments.from {
        return check_from(&arguments.file, from, arguments.json.json);
    }
    let ending = arguments.file.extension().and_then(|ending| ending.to_str());
    if matches!(ending, Some("toml" | "json")) {
        return check_network(&arguments.file, arguments.json.json);
    }
    if nir::is_graph(&arguments.file) {
        return nir::check(&arguments.file, arguments.json.json);
    }
    if !arguments.json.json {
        deck::refuse_others(&arguments.file)?;
    }
    let read = Deck::load(&arguments.file).and_then(|deck| Ok((deck.steps()?, deck)));
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
    show(&summary(&arguments.file.display().to_string(), &batch))
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
    let elements = first.circuit.elements().iter().filter(|element| !element.is_hidden());
    let devices = elements.clone().filter(|element| element.spikes()).count();
    let (blocks, nets) = (first.circuit.blocks().len(), first.circuit.nets().len());
    let digital = match nets {
        0 => String::new(),
        _ => format!("digital: {blocks} blocks, {nets} nets\n"),
    };
    let mut asked: Vec<String> = first.at_rest.analyses.iter().map(analysis).collect();
    if first.tran.runs() {
        asked.push(report::engineering(first.tran.stop_s, "s"));
    }
    let asked = asked.join(", ");
    format!(
        "{deck}: no errors\n\
         title: {}\n\
         runs: {} of {asked}\n\
         nodes: {}\n\
         elements: {}, devices among them: {devices}\n{digital}\
         memory: about {} MB a run\n\
         measurements: {}\n",
        first.title,
        batch.len(),
        first.circuit.nodes().len(),
        elements.count(),
        first.memory_bytes.div_ceil(1_000_000),
        first.measures.len(),
    )
}

fn analysis(analysis: &Analysis) -> String {
    match analysis {
        Analysis::OperatingPoint => "an operating point".to_owned(),
        Analysis::Dc(sweeps) => {
            let points: usize = sweeps.iter().map(|sweep| sweep.values.len()).product();
            format!("{points} points of .dc")
        }
        Analysis::Ac(frequencies) => format!("{} frequencies", frequencies.len()),
    }
}

fn check_network(path: &Path, json: bool) -> Result<(), Failure> {
    if !json && deck::is_measurements(path) {
        let message = format!(
            "error: '{}' is a measurement file: memspike fit {}",
            path.display(),
            shell::path(path)
        );
        return Err(Failure::Input(message));
    }
    let network = match Network::read(path) {
        Ok(network) => network,
        Err(error) if json => {
            let place = error.reason.text_place();
            let finding = json!({
                "file": path.display().to_string(),
                "line": place.map(|place| place.line),
                "column": place.map(|place| place.column),
                "message": error.reason.cause().to_string(),
            });
            print(&report::json(&json!({ "errors": [finding], "warnings": [] })))?;
            return Err(Failure::Reported);
        }
        Err(error) => return Err(Failure::Input(format!("error: {error}"))),
    };
    let mut text = shape(path, &network);
    let reduced = match reduced::of(network, path, 0) {
        Ok(reduced) => reduced,
        Err(Failure::Input(message)) if json => {
            let message = message.trim_start_matches("error: ");
            let finding = json!({
                "file": path.display().to_string(),
                "line": Value::Null,
                "column": Value::Null,
                "message": message,
            });
            print(&report::json(&json!({ "errors": [finding], "warnings": [] })))?;
            return Err(Failure::Reported);
        }
        Err(failure) => return Err(failure),
    };
    if json {
        return print(&report::json(&json!({ "errors": [], "warnings": [] })));
    }
    for reduction in reduced.reductions {
        let _ = writeln!(text, "{reduction}");
    }
    show(&text)
}

fn shape(path: &Path, network: &Network) -> String {
    let mut text = format!("{}: no errors\n", path.display());
    for (_, population) in network.populations() {
        let (name, size, model) = (population.name(), population.size(), population.model().name());
        let _ = writeln!(text, "population {name}: {size} of {model}");
    }
    for (_, projection) in network.projections() {
        let (from, to) =
            (network.population(projection.from()), network.population(projection.to()));
        let (name, effect) = (projection.name(), projection.effect().name());
        let (from, to, count) = (from.name(), to.name(), network.connections_of(projection));
        let _ = writeln!(text, "projection {name}: {from} to {to}, {effect}, {count} connections");
    }
    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
    let estimate = memspike_population::estimate(network, 1);
    let _ = writeln!(
        text,
        "neurons: {}, synapses: {}\n\
         memory: about {} MB as it stands here; {} MB while it is built, {} MB while it runs, on one thread",
        estimate.neurons,
        estimate.synapses,
        megabytes(estimate.description_bytes),
        megabytes(estimate.build_bytes),
        megabytes(estimate.run_bytes),
    );
    text
}
