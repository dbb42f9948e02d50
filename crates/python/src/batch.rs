//! All runs of a deck, without anything of Python.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use memspike_engine::{Recording, Sink};
use memspike_netlist::{Deck, Diagnostic, Elaborated, Report, StepPoint};
use memspike_run::{Options, Outcome, Workers, saved, simulate};
use memspike_trace::signal_name;

/// Islands of a circuit that are worth a thread.
const ISLANDS_A_THREAD: usize = 32;

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
    let points = match deck.steps() {
        Ok(points) => points,
        Err(report) => return (Vec::new(), Err(Failed::Report(report))),
    };
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
    let is_alone = count == 1;
    workers.in_order(runs, asked, |_, (point, kept)| {
        let elaborated = match kept {
            Some(elaborated) => elaborated,
            None => deck.elaborate(&point, wish.seed).map_err(Failed::Report)?,
        };
        run_one(elaborated, point, wish, is_alone, stop)
    })
}

fn run_one(
    deck: Elaborated,
    point: StepPoint,
    wish: &Wish,
    is_alone: bool,
    stop: &AtomicBool,
) -> Result<Done, Failed> {
    let signals = if wish.waveforms { saved(&deck) } else { Vec::new() };
    let names = signals.iter().map(|signal| signal_name(&deck.circuit, *signal)).collect();
    let mut recording = Recording::of_waveforms(signals);
    let options = Options { until_s: wish.until_s, spike_times: true, threads: None };
    let mut watch = |_| match stop.load(Ordering::Relaxed) {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    };
    let mut sinks: Vec<&mut dyn Sink> = Vec::new();
    if wish.waveforms {
        sinks.push(&mut recording);
    }
    let parts = deck.circuit.islands().len() / ISLANDS_A_THREAD;
    let ended = if is_alone && parts > 1 {
        let workers = Workers::new(wish.threads, parts);
        let workers = workers.map_err(|error| Failed::Cause(error.to_string()))?;
        let options = Options { threads: NonZeroUsize::new(workers.count()), ..options };
        simulate(&deck, &options, &mut sinks, &mut watch)
    } else {
        simulate(&deck, &options, &mut sinks, &mut watch)
    };
    let point_name = memspike_report::label(&point.params, point.sample);
    let mut outcome = ended.map_err(|error| match is_alone {
        true => Failed::Cause(error.to_string()),
        false => Failed::Cause(format!("run {point_name}: {error}")),
    })?;
    (outcome.params, outcome.sample) = (point.params, point.sample);
    let recording = recording.end().is_some().then(|| Arc::new(recording));
    Ok(Done { outcome, told: deck.warnings, recording, names })
}
