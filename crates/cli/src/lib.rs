//! The command line of memspike: its grammar, a file for each verb, and what people are told meanwhile.

mod answer;
mod args;
mod array_args;
mod batch;
mod check;
mod check_from;
mod classify;
mod compare;
mod convert;
mod deck;
mod demo;
mod diff;
mod diff_args;
mod example;
mod export;
mod export_verilog;
mod failure;
mod files;
mod fit;
mod flags;
mod hardware_args;
mod interrupt;
mod language;
mod language_args;
mod layered;
mod man;
mod net;
mod net_args;
mod network;
mod network_args;
mod network_deck;
mod network_figures;
mod network_source;
mod nir;
mod nir_args;
mod paper;
mod picture;
mod plot;
mod plot_args;
mod progress;
mod quantise;
mod ranks;
mod raster;
mod raster_args;
mod raster_figure;
mod reduced;
mod reference;
mod run;
mod say;
mod shell;
mod train;
mod train_args;
mod train_exact;
mod train_exact_args;
mod verify;
mod whole;
mod wire;

pub use language::{DIAGNOSTICS, functions_page, language_page, models_page};
pub use reference::reference;

use std::process::ExitCode;

use clap::FromArgMatches;
use memspike_files::standard_output_may_be_closed;
use memspike_ranks::Ranks;

use args::{Arguments, Verb, grammar};
use failure::Failure;
use say::{Loudness, complain, note, print, show, show_beside, tell};

/// Does what the words of the command line say, and tells the user.
pub fn main() -> ExitCode {
    interrupt::outlive_size_limits();
    let ranks = match Ranks::join() {
        Ok(ranks) => ranks,
        Err(error) => {
            complain(&format!("error: {error}\n"));
            return ExitCode::from(WRONG_WORDS);
        }
    };
    let done = words(&ranks).and_then(|verb| match verb {
        Some(verb) => perform(verb, &ranks),
        None => Ok(()),
    });
    let status = done.as_ref().err().map_or(0, Failure::number);
    if let Err(failure) = done {
        let message = failure.to_string();
        if !message.is_empty() {
            let whose =
                if ranks.rank() > 0 { format!("rank {}: ", ranks.rank()) } else { String::new() };
            complain(&format!("{whose}{}\n", failure::harmless(message.trim_end())));
        }
    }
    ranks.leave(status);
    ExitCode::from(status)
}

/// What clap gives where words are wrong.
const WRONG_WORDS: u8 = 2;

/// Reads the words of the command line; none where help was all that they asked for.
fn words(ranks: &Ranks) -> Result<Option<Verb>, Failure> {
    let words = grammar().try_get_matches().and_then(|words| Arguments::from_arg_matches(&words));
    if ranks.rank() > 0 {
        say::be(Loudness::Silent);
    }
    let own = match words {
        Ok(arguments) => {
            if ranks.rank() == 0 {
                say::be(match (arguments.loudness.quiet, arguments.loudness.verbose) {
                    (true, _) => Loudness::Quiet,
                    (false, true) => Loudness::Verbose,
                    (false, false) => Loudness::Usual,
                });
            }
            Ok(Some(arguments.verb))
        }
        Err(error) => answered(&whole::plainly(error), ranks),
    };
    ranks::agree(ranks, own)
}

/// Prints help or version, which are what was asked for, or what is wrong with the words.
fn answered(error: &clap::Error, ranks: &Ranks) -> Result<Option<Verb>, Failure> {
    let printed = if ranks.rank() == 0 { error.print() } else { Ok(()) };
    if error.use_stderr() { Err(Failure::Reported) } else { say::printed(printed).map(|()| None) }
}

fn perform(verb: Verb, ranks: &Ranks) -> Result<(), Failure> {
    if !verb.is_spread() {
        ranks::alone(ranks)?;
    }
    if verb.prints_data() && standard_output_may_be_closed() {
        tell(
            "warning: standard output is closed, or thrown away: what was asked for there is lost\n",
        );
    }
    memspike_rtl::watch(|name| {
        Box::new(progress::Progress::waiting(
            &failure::harmless(name),
            "Verilator compiles it, once",
        ))
    });
    match verb {
        Verb::Run(arguments) => run::run(&arguments, ranks),
        Verb::Check(arguments) => check::check(&arguments),
        Verb::Compare(arguments) => compare::compare(&arguments),
        Verb::Diff(arguments) => diff::diff(&arguments),
        Verb::ExportSpice(arguments) => export::export(&arguments),
        Verb::Net(arguments) => net::net(&arguments, ranks),
        Verb::Nir(arguments) => nir::nir(&arguments),
        Verb::Raster(arguments) => raster::raster(&arguments),
        Verb::Plot(arguments) => plot::plot(&arguments),
        Verb::Fit(arguments) => fit::fit(&arguments),
        Verb::Train(arguments) => train::train(&arguments),
        Verb::Convert(arguments) => convert::convert(&arguments),
        Verb::Classify(arguments) => classify::classify(&arguments, ranks),
        Verb::Quantise(arguments) => quantise::quantise(&arguments),
        Verb::NetworkDeck(arguments) => network_deck::network_deck(&arguments),
        Verb::ExportVerilog(arguments) => export_verilog::export(&arguments),
        Verb::Verify(arguments) => verify::verify(&arguments),
        Verb::Synth(arguments) => verify::synth(&arguments),
        Verb::Demo(arguments) => demo::demo(&arguments),
        Verb::Paper(arguments) => paper::paper(&arguments),
        Verb::Models(arguments) => language::models(&arguments),
        Verb::Functions(arguments) => language::functions(&arguments),
        Verb::Explain(arguments) => language::explain(&arguments),
        Verb::Example(arguments) => example::example(&arguments),
        Verb::Man(arguments) => man::man(&arguments),
        Verb::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut grammar(), "memspike", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
    }
}
