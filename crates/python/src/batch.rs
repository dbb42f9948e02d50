//! All runs of a deck, without anything of Python.

use std::error::Error;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use memspike_engine::{EngineError, Recording, Sink};
use memspike_netlist::{Deck, Diagnostic, Elaborated, Report, StepPoint};
use memspike_run::{Options, Outcome, Workers, saved, simulate};
use memspike_trace::signal_name;

/// How a deck is run.
pub struct Wish {
    /// End instead of the deck's (s).
    pub until_s: Option<f64>,
    pub seed: u64,
    /// None: one for each core.
    pub threads: Option<NonZeroUsize>,
    /// Whether closed forms of what the deck saves are kept.
    pub waveforms: bool,
}

/// A run that was carried out.
pub struct Done {
    pub outcome: Outcome,
    /// What the deck was told while it was elaborated.
    pub told: Vec<Diagnostic>,
    pub recording: Option<Arc<Recording>>,
    /// Names of the recording's signals.
    pub names: Vec<String>,
}

/// Why a run was not.
pub enum Failed {
    /// The deck has mistakes.
    Report(Report),
    /// The cause in words.
    Cause(String),
}

/// Runs every point of `.step` and every sample of `.mc`: all are elaborated before the first begins. Gives those before the first
/// that failed, in order, and why that one did. `stop` ends all early.
pub fn run_all(deck: &Deck, wish: &Wish, stop: &AtomicBool) -> (Vec<Done>, Result<(), Failed>) {
    let mut points = match deck.steps() {
        Ok(points) => points,
        Err(report) => return (Vec::new(), Err(Failed::Report(report))),
    };
    if points.len() == 1 {
        // Threads to share the runs among would take longer to start than many a run.
        return match run_alone(deck, points.remove(0), wish, stop) {
            Ok(done) => (vec![done], Ok(())),
            Err(failed) => (Vec::new(), Err(failed)),
        };
    }
    let (count, asked) = (points.len(), || stop.load(Ordering::Relaxed));
    let workers = match Workers::new(wish.threads, count) {
        Ok(workers) => workers,
        Err(error) => return (Vec::new(), Err(Failed::Cause(error.to_string()))),
    };
    let (runs, checked) = workers.in_order(points, asked, |index, point| {
        let elaborated = deck.elaborate(&point, wish.seed).map_err(Failed::Report)?;
        // Others are elaborated again when their turn comes, so that memory does not grow with their number.
        let kept = (index < workers.count()).then_some(elaborated);
        Ok::<_, Failed>((point, kept))
    });
    if checked.is_err() {
        return (Vec::new(), checked);
    }
    workers.in_order(runs, asked, |_, (point, kept)| {
        let elaborated = match kept {
            Some(elaborated) => elaborated,
            None => deck.elaborate(&point, wish.seed).map_err(Failed::Report)?,
        };
        let name = memspike_report::label(&point.params, point.sample);
        let told = |error: EngineError| Failed::Cause(format!("run {name}: {error}"));
        run_one(elaborated, point, wish, None, stop).map_err(told)
    })
}

/// The only run of a deck, on threads of its own if its islands are worth them.
fn run_alone(
    deck: &Deck,
    point: StepPoint,
    wish: &Wish,
    stop: &AtomicBool,
) -> Result<Done, Failed> {
    let elaborated = deck.elaborate(&point, wish.seed).map_err(Failed::Report)?;
    let cause = |error: &dyn Error| Failed::Cause(error.to_string());
    if wish.threads == Some(NonZeroUsize::MIN) {
        return run_one(elaborated, point, wish, None, stop).map_err(|error| cause(&error));
    }
    let workers =
        Workers::of_run(wish.threads, &elaborated.circuit).map_err(|error| cause(&error))?;
    let threads = NonZeroUsize::new(workers.count());
    let ended = workers.install(|| run_one(elaborated, point, wish, threads, stop));
    ended.map_err(|error| cause(&error))
}

fn run_one(
    deck: Elaborated,
    point: StepPoint,
    wish: &Wish,
    threads: Option<NonZeroUsize>,
    stop: &AtomicBool,
) -> Result<Done, EngineError> {
    let signals = if wish.waveforms { saved(&deck) } else { Vec::new() };
    let names = signals.iter().map(|signal| signal_name(&deck.circuit, *signal)).collect();
    let mut recording = Recording::of_waveforms(signals);
    let options = Options { until_s: wish.until_s, spike_times: true, threads };
    let mut watch = |_| match stop.load(Ordering::Relaxed) {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    };
    let mut sinks: Vec<&mut dyn Sink> = Vec::new();
    if wish.waveforms {
        sinks.push(&mut recording);
    }
    let mut outcome = simulate(&deck, &options, &mut sinks, &mut watch)?;
    (outcome.params, outcome.sample) = (point.params, point.sample);
    let recording = recording.end().is_some().then(|| Arc::new(recording));
    Ok(Done { outcome, told: deck.warnings, recording, names })
}
