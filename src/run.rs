//! `memspike run`: simulate a deck, write its files, print its results.

use std::collections::{BTreeMap, BTreeSet};

use memspike::{Options, Outcome, Outputs};
use memspike_netlist::{Deck, Diagnostic};

use crate::{
    args::RunArguments,
    batch::Batch,
    check,
    failure::{self, Failure},
    interrupt, print, render,
    workers::Workers,
};

/// Runs every point of the deck's `.step` and every sample of its `.mc`.
pub fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let deck = Deck::load(&arguments.deck).map_err(|report| Failure::input(&report))?;
    let points = deck.steps().map_err(|report| Failure::input(&report))?;
    let workers = Workers::new(arguments.threads, points.len())?;
    let batch = Batch::check(&deck, points, arguments.seed, &workers)
        .map_err(|report| Failure::input(&report))?;
    let outputs = Outputs {
        vcd: arguments.vcd.clone(),
        csv: arguments.csv.clone(),
        spikes: arguments.spikes.clone(),
        grid_s: arguments.grid,
    };
    batch
        .check_outputs(&outputs, &arguments.deck)
        .map_err(|error| Failure::Input(format!("error: {error}")))?;

    let of_deck = batch.warnings().to_vec();
    for warning in &of_deck {
        eprint!("{}", warning.render(failure::in_colour()));
    }

    interrupt::listen();
    let options = Options { until_s: arguments.until, spike_times: arguments.json };
    let list = batch.is_list();
    let (outcomes, ended) = batch.run(&workers, &options, &outputs);
    warn(&outcomes, &of_deck);
    // Runs that ended are shown even if a later one failed.
    show(deck.title(), &outcomes, list, arguments.json)?;
    ended
}

/// Says what the runs warn of, once; what the deck warns of is on the terminal already.
fn warn(outcomes: &[Outcome], of_deck: &[Diagnostic]) {
    let said: BTreeSet<String> = of_deck.iter().map(check::one_line).collect();
    // By text: in how many runs.
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut firsts = Vec::new();
    for (number, outcome) in (1..).zip(outcomes) {
        for warning in outcome.warnings.iter().filter(|warning| !said.contains(*warning)) {
            let count = counts.entry(warning).or_default();
            *count += 1;
            if *count == 1 {
                firsts.push((number, warning));
            }
        }
    }
    for (number, warning) in firsts {
        match counts[warning.as_str()] - 1 {
            _ if outcomes.len() == 1 => eprintln!("warning: {warning}"),
            0 => eprintln!("warning: run {number}: {warning}"),
            more => eprintln!("warning: run {number} and {more} more: {warning}"),
        }
    }
}

fn show(title: &str, outcomes: &[Outcome], list: bool, json: bool) -> Result<(), Failure> {
    #[derive(serde::Serialize)]
    struct Runs<'a> {
        runs: &'a [Outcome],
    }
    match outcomes {
        [] => Ok(()),
        [outcome] if json && !list => print(&render::json(outcome)),
        runs if json => print(&render::json(&Runs { runs })),
        runs => print(&render::outcomes(title, runs)),
    }
}
