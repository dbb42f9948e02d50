//! `memspike run`: simulate a deck, write its files, print its results.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    path::Path,
    time::Instant,
};

use memspike_files::is_standard_output;
use memspike_netlist::{Deck, Diagnostic};
use memspike_ranks::Ranks;
use memspike_report as report;
use memspike_run::{Options, Outcome, Outputs, Workers};

use crate::{
    args::RunArguments,
    batch::Batch,
    check, deck,
    failure::{self, Failure},
    files, interrupt, note, print,
    ranks::agree,
    say, show_beside, tell,
};

/// Runs every point of the deck's `.step` and every sample of its `.mc`.
pub fn run(arguments: &RunArguments, ranks: &Ranks) -> Result<(), Failure> {
    if ranks.count() > 1 && is_standard_input(&arguments.deck) {
        let message = "error: standard input reaches one rank alone: name the deck's file";
        return agree(ranks, Err(Failure::Input(message.to_owned())));
    }
    let deck = agree(ranks, load(arguments))?;
    let prepared = agree(ranks, Prepared::new(arguments, &deck, ranks))?;
    let Prepared { batch, outputs, workers } = prepared;
    let of_deck = batch.warnings().to_vec();
    for warning in &of_deck {
        tell(&warning.render(failure::in_colour()));
    }
    if batch.len() < ranks.count() {
        tell(&format!(
            "warning: {} runs for {} ranks: the others have nothing to do\n",
            batch.len(),
            ranks.count()
        ));
    }
    let options = Options {
        until_s: arguments.until,
        spike_times: arguments.json.json,
        threads: NonZeroUsize::new(workers.count()).filter(|_| batch.len() == 1),
    };
    let list = batch.is_list();
    let (runs, threads, megabytes) =
        (batch.len(), workers.count(), batch.first().memory_bytes.div_ceil(1_000_000));
    note(&format!("runs: {runs}, threads: {threads}, about {megabytes} MB a run"));
    let begin = Instant::now();
    let (outcomes, ended) = batch.run_spread(&workers, &options, &outputs, ranks);
    let events: u64 = outcomes.iter().map(|outcome| outcome.counters.fired).sum();
    note(&format!("{events} events in {:.3} s", begin.elapsed().as_secs_f64()));
    for path in outputs.paths().filter(|path| !is_standard_output(path)) {
        note(&format!(
            "wrote {}{}",
            path.display(),
            if list { ", a file for each run" } else { "" }
        ));
    }
    warn(&outcomes, &of_deck);
    // Runs that ended are shown even if a later one failed.
    let text = shown(deck.title(), &outcomes, list, arguments.json.json);
    let mut files = outputs.paths().chain(&arguments.measures);
    let told = tell_results(&text, files.any(|path| is_standard_output(path)), arguments);
    let told = told.and(write_measures(arguments, &outcomes, ranks));
    let measured = || if arguments.lenient { Ok(()) } else { all_measured(&outcomes) };
    agree(ranks, told.and(ended).and_then(|()| measured()))
}

/// Names under which a deck is standard input.
fn is_standard_input(path: &Path) -> bool {
    ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"].iter().any(|name| path == Path::new(name))
}

/// Reads the deck.
fn load(arguments: &RunArguments) -> Result<Deck, Failure> {
    let mut deck = deck::load(&arguments.deck)?;
    if let Some(save) = &arguments.save {
        deck.save(save).map_err(|report| Failure::input(&report))?;
    }
    for file in deck.files() {
        note(&format!("read {}", file.display()));
    }
    Ok(deck)
}

/// A deck whose runs can begin.
struct Prepared<'d> {
    batch: Batch<'d>,
    outputs: Outputs,
    workers: Workers,
}

impl<'d> Prepared<'d> {
    fn new(arguments: &RunArguments, deck: &'d Deck, ranks: &Ranks) -> Result<Self, Failure> {
        let points = deck.steps().map_err(|report| Failure::input(&report))?;
        let own = points.len().div_ceil(ranks.count());
        let workers = Workers::new(arguments.threads.threads, own)?;
        let batch = Batch::check(deck, points, arguments.seed.seed, &workers)
            .map_err(|report| Failure::input(&report))?;
        let outputs = outputs_of(arguments)?;
        // From here on there are files that a signal must not leave behind.
        interrupt::listen();
        if ranks.rank() == 0 {
            batch
                .check_outputs(&outputs, arguments.measures.as_ref())
                .map_err(|error| Failure::Input(format!("error: {error}")))?;
        }
        let files = outputs.paths().chain(&arguments.measures);
        files::refuse_beside_json(arguments.json.json, files)?;
        let workers = workers_of(arguments, &batch, workers)?;
        Ok(Self { batch, outputs, workers })
    }
}

/// Writes the table of measurements that was asked for: of all runs that ended, by the rank that has them.
fn write_measures(
    arguments: &RunArguments,
    outcomes: &[Outcome],
    ranks: &Ranks,
) -> Result<(), Failure> {
    let is_mine = ranks.rank() == 0 && !outcomes.is_empty();
    let Some(path) = arguments.measures.as_ref().filter(|_| is_mine) else {
        return Ok(());
    };
    let mut table = Vec::new();
    report::measures_csv(&mut table, outcomes).expect("memory takes what is written");
    files::write(path, &table)?;
    if !is_standard_output(path) {
        note(&format!("wrote {}", path.display()));
    }
    Ok(())
}

/// Prints results where there is room for them.
fn tell_results(text: &str, taken: bool, arguments: &RunArguments) -> Result<(), Failure> {
    if arguments.json.json { print(text) } else { show_beside(text, taken) }
}

/// The files that were asked for.
fn outputs_of(arguments: &RunArguments) -> Result<Outputs, Failure> {
    let mut outputs = Outputs {
        vcd: arguments.vcd.clone(),
        csv: arguments.csv.clone(),
        spikes: arguments.spikes.clone(),
        dc: arguments.dc.clone(),
        ac: arguments.ac.clone(),
        grid_s: arguments.grid,
        scale: arguments.timescale,
        until_s: arguments.until,
        stop: interrupt::flag(),
        ..Outputs::default()
    };
    for path in &arguments.out {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let place = match extension.as_str() {
            "vcd" => &mut outputs.vcd,
            "fst" => &mut outputs.fst,
            "raw" => &mut outputs.raw,
            "csv" => &mut outputs.csv,
            _ if is_standard_output(path) => &mut outputs.vcd,
            _ => {
                let message = format!(
                    "error: '{}' does not say how waveforms are written: its name ends in .vcd, .fst, .raw or .csv",
                    path.display()
                );
                return Err(Failure::Input(message));
            }
        };
        if let Some(other) = place.replace(path.clone()) {
            let message = format!(
                "error: '{}' and '{}' would be written alike: a run writes one file of each kind",
                other.display(),
                path.display()
            );
            return Err(Failure::Input(message));
        }
    }
    Ok(outputs)
}

/// A thread for each run, `workers`; those that have none help a run that is alone, if it has parts enough.
fn workers_of(
    arguments: &RunArguments,
    batch: &Batch<'_>,
    workers: Workers,
) -> Result<Workers, Failure> {
    if batch.len() == 1 {
        return Ok(Workers::of_run(arguments.threads.threads, &batch.first().circuit)?);
    }
    Ok(workers)
}

/// Measurements that are named when several have no value; the table and `--json` show them all.
const MAX_NAMES: usize = 10;

/// A measurement without a value is a failure: whoever reads the exit status alone learns of it.
fn all_measured(outcomes: &[Outcome]) -> Result<(), Failure> {
    let mut names: Vec<&str> = Vec::new();
    for name in outcomes.iter().flat_map(Outcome::failed_measures) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let shown = names[..names.len().min(MAX_NAMES)].join(", ");
    let named = match names.len() {
        0 => return Ok(()),
        1 => format!("measurement {shown} has no value"),
        few @ ..=MAX_NAMES => format!("{few} measurements have no value: {shown}"),
        many => format!("{many} measurements have no value: {shown} and {} more", many - MAX_NAMES),
    };
    let failed = outcomes.iter().filter(|outcome| outcome.failed_measures().next().is_some());
    let runs = match (failed.count(), outcomes.len()) {
        (_, 1) => String::new(),
        (some, all) => format!(" in {some} of {all} runs"),
    };
    Err(Failure::Work(format!("error: {named}{runs}; --lenient makes that exit status 0")))
}

/// Says what the runs warn of, once; what the deck warns of is on the terminal already. Then what else is to be known of
/// them, if the user wants to read that.
fn warn(outcomes: &[Outcome], of_deck: &[Diagnostic]) {
    let said: BTreeSet<String> = of_deck.iter().map(check::one_line).collect();
    tell_once(outcomes, "warning", |outcome| &outcome.warnings, &said);
    if !say::is_quiet() {
        tell_once(outcomes, "note", |outcome| &outcome.notes, &said);
    }
}

/// Says each text of the runs once, with the first that has it, but for those that were said.
fn tell_once(
    outcomes: &[Outcome],
    kind: &str,
    texts: fn(&Outcome) -> &[String],
    said: &BTreeSet<String>,
) {
    // By text: in how many runs.
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut firsts = Vec::new();
    for (number, outcome) in (1..).zip(outcomes) {
        for text in texts(outcome).iter().filter(|text| !said.contains(*text)) {
            let count = counts.entry(text).or_default();
            *count += 1;
            if *count == 1 {
                firsts.push((number, text));
            }
        }
    }
    for (number, text) in firsts {
        match counts[text.as_str()] - 1 {
            _ if outcomes.len() == 1 => tell(&format!("{kind}: {text}\n")),
            0 => tell(&format!("{kind}: run {number}: {text}\n")),
            more => tell(&format!("{kind}: run {number} and {more} more: {text}\n")),
        }
    }
}

/// The results as the user wants them.
fn shown(title: &str, outcomes: &[Outcome], list: bool, json: bool) -> String {
    #[derive(serde::Serialize)]
    struct Runs<'a> {
        runs: &'a [Outcome],
    }
    match outcomes {
        [] => String::new(),
        [outcome] if json && !list => report::json(outcome),
        runs if json => report::json(&Runs { runs }),
        runs => report::outcomes(title, runs),
    }
}
