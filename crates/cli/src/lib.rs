//! The command line of memspike: its grammar, a file for each verb, and what people are told meanwhile.

mod answer;
mod args;
mod batch;
mod check;
mod check_from;
mod classify;
mod compare;
mod demo;
mod diff;
mod diff_args;
mod export;
mod export_verilog;
mod failure;
mod files;
mod fit;
mod flags;
mod hardware_args;
mod interrupt;
mod net;
mod net_args;
mod network;
mod network_args;
mod network_figures;
mod paper;
mod progress;
mod quantise;
mod raster;
mod raster_args;
mod raster_figure;
mod reduced;
mod reference;
mod run;
mod say;
mod train;
mod verify;

pub use reference::reference;

use std::process::ExitCode;

use clap::FromArgMatches;
use memspike_files::standard_output_may_be_closed;

use args::{Arguments, Verb, grammar};
use failure::Failure;
use say::{Loudness, note, print, show, tell};

/// Does what the words of the command line say, and tells the user.
pub fn main() -> ExitCode {
    interrupt::outlive_size_limits();
    let done =
        match grammar().try_get_matches().and_then(|words| Arguments::from_arg_matches(&words)) {
            Ok(arguments) => {
                say::be(match (arguments.loudness.quiet, arguments.loudness.verbose) {
                    (true, _) => Loudness::Quiet,
                    (false, true) => Loudness::Verbose,
                    (false, false) => Loudness::Usual,
                });
                perform(arguments.verb)
            }
            Err(error) if error.use_stderr() => error.exit(),
            // Help and version are what was asked for.
            Err(error) => say::printed(error.print()),
        };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let message = failure.to_string();
            if !message.is_empty() {
                tell(&format!("{}\n", failure::harmless(message.trim_end())));
            }
            failure.status()
        }
    }
}

fn perform(verb: Verb) -> Result<(), Failure> {
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
        Verb::Run(arguments) => run::run(&arguments),
        Verb::Check(arguments) => check::check(&arguments),
        Verb::Compare(arguments) => compare::compare(&arguments),
        Verb::Diff(arguments) => diff::diff(&arguments),
        Verb::ExportSpice(arguments) => export::export(&arguments),
        Verb::Net(arguments) => net::net(&arguments),
        Verb::Raster(arguments) => raster::raster(&arguments),
        Verb::Fit(arguments) => fit::fit(&arguments),
        Verb::Train(arguments) => train::train(&arguments),
        Verb::Classify(arguments) => classify::classify(&arguments),
        Verb::Quantise(arguments) => quantise::quantise(&arguments),
        Verb::ExportVerilog(arguments) => export_verilog::export(&arguments),
        Verb::Verify(arguments) => verify::verify(&arguments),
        Verb::Synth(arguments) => verify::synth(&arguments),
        Verb::Demo(arguments) => demo::demo(&arguments),
        Verb::Paper(arguments) => paper::paper(&arguments),
        Verb::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut grammar(), "memspike", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
    }
}
