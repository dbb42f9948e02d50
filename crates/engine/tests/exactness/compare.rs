//! One circuit in the engine and in the oracle.

use std::ops::ControlFlow;

use memspike_circuit::{Circuit, NodeId, Signal};
use memspike_engine::{DeviceEvent, EngineError, Events, Follows, Options, Recording, Simulation};
use memspike_time::Time;

use crate::case::{Case, seconds};
use crate::oracle::{Sample, Truth, solve};
use crate::pieces::Perturbation;
use crate::real::Real;

/// What counts as right.
#[derive(Debug, Clone, Copy)]
pub struct Criterion {
    /// Largest error of a value, of the span of its signal; of the run's length for the instant of a change.
    pub tolerance: f64,
    /// A span counts as at least this part of the largest voltage in its circuit: below the rounding of that,
    /// a difference of voltages means nothing.
    pub least_span: f64,
}

/// What a comparison found.
pub struct Comparison {
    /// Largest error, in the units of [`Criterion::tolerance`].
    pub error: f64,
    /// Whether it is beyond the tolerance, but the truth itself moves as much.
    pub excused: bool,
    /// What is wrong, with the circuit as a deck.
    pub failure: Option<String>,
    pub values: u64,
    pub changes: u64,
}

pub enum Verdict {
    /// No comparison, for this reason.
    LeftOut(String),
    Compared(Comparison),
}

/// What a run told: voltages of the nodes, and changes of switches by name.
struct Record {
    told: Recording,
    changes: Vec<(Time, String)>,
}

impl Record {
    fn at(&self, signal: usize, time: Time) -> f64 {
        self.told.value(signal, time).expect("a form")
    }
}

fn run(case: &Case, circuit: &Circuit) -> Result<Record, EngineError> {
    let options = Options { from_initial_conditions: case.initial.is_some(), seed: 0 };
    let node = |n: usize| circuit.find_node(&Case::node_name(n)).expect("a node");
    let waveforms = (1..=case.nodes).map(|n| Signal::Voltage(node(n), NodeId::GROUND)).collect();
    let mut told =
        Recording::new(Follows { waveforms, events: Events::Phases, ..Follows::default() });
    let mut simulation = Simulation::new(circuit, &options)?;
    let mut watch = |_| ControlFlow::Continue(());
    simulation.run(Time::from_tick(case.until), &mut [&mut told], &mut watch)?;
    let name = |event: &DeviceEvent| circuit.element(event.element).name.clone();
    let changes = told.events().iter().map(|(at, event)| (*at, name(event))).collect();
    Ok(Record { told, changes })
}

fn reason(error: &EngineError) -> &'static str {
    match error {
        EngineError::System { .. } => "refused: no unique solution",
        EngineError::NoOperatingPoint { .. } => "refused: no operating point",
        EngineError::Chatter { .. } => "refused: to and fro",
        EngineError::RunAway { .. } => "refused: runs away",
        EngineError::Stalled { .. } => "refused: too fast to follow",
        EngineError::Endless { .. }
        | EngineError::Block { .. }
        | EngineError::NoRest { .. }
        | EngineError::Sink(_) => "refused: another reason",
    }
}

/// One number of a run: what is compared.
#[derive(Clone, Copy)]
enum Place {
    /// A node (from 0) at a sample.
    Volt(usize, usize),
    /// The instant of a change.
    Instant(usize),
}

impl Place {
    fn of(self, truth: &Truth) -> Option<Real> {
        match self {
            Self::Volt(node, sample) => truth.samples.get(sample).map(|s| s.volts[node]),
            Self::Instant(change) => truth.changes.get(change).map(|c| c.at_fs),
        }
    }
}

struct Deviation {
    place: Place,
    found: f64,
    /// Relative to the span.
    error: f64,
    span: f64,
}

/// The span of every node, as the criterion counts it.
fn spans(case: &Case, truth: &Truth, criterion: Criterion) -> Vec<f64> {
    let size = |s: &Sample, node: usize| s.volts[node].to_f64().abs();
    let own = |node| truth.samples.iter().map(|s| size(s, node)).fold(0.0, f64::max);
    let own: Vec<f64> = (0..case.nodes).map(own).collect();
    let least = criterion.least_span * own.iter().copied().fold(0.0, f64::max);
    own.into_iter().map(|span| span.max(least)).collect()
}

fn deviations(case: &Case, truth: &Truth, record: &Record, criterion: Criterion) -> Vec<Deviation> {
    let mut out = Vec::new();
    for (node, span) in spans(case, truth, criterion).into_iter().enumerate() {
        for (at, sample) in truth.samples.iter().enumerate() {
            let whole = sample.after_fs.floor();
            let time = Time { tick: sample.start_fs + whole as u64, frac: sample.after_fs - whole };
            let found = record.at(node, time);
            let error = relative(found, sample.volts[node], span);
            out.push(Deviation { place: Place::Volt(node, at), found, error, span });
        }
    }
    for (k, (change, (time, _))) in truth.changes.iter().zip(&record.changes).enumerate() {
        let found = Real::from(time.tick) + Real::from(time.frac);
        let span = case.until as f64;
        let error = (found - change.at_fs).to_f64().abs() / span;
        out.push(Deviation { place: Place::Instant(k), found: found.to_f64(), error, span });
    }
    out
}

/// The distance of a number from the truth, of a span.
fn relative(found: f64, right: Real, span: f64) -> f64 {
    if !found.is_finite() {
        return f64::INFINITY;
    }
    let apart = (Real::from(found) - right).to_f64().abs();
    if apart == 0.0 { 0.0 } else { apart / span }
}

/// How far another circuit's values are from a circuit's, of the span; none if there is no truth.
pub fn distance(case: &Case, other: &Case, criterion: Criterion) -> Option<f64> {
    let truths = [case, other].map(|case| solve(case, Perturbation::NONE).ok());
    let [Some(truth), Some(other)] = truths else { return None };
    let spans = spans(case, &truth, criterion);
    let pairs = truth.samples.iter().zip(&other.samples);
    let apart = pairs.flat_map(|(a, b)| {
        let volts = a.volts.iter().zip(&b.volts).zip(&spans);
        volts.map(|((x, y), span)| (*x - *y).to_f64().abs() / span)
    });
    Some(apart.filter(|x| x.is_finite()).fold(0.0, f64::max))
}

/// Runs a circuit in the engine and another, the same unless a test wants to be caught, in the oracle.
pub fn compare(title: &str, case: &Case, true_case: &Case, criterion: Criterion) -> Verdict {
    let circuit = match case.circuit() {
        Ok(circuit) => circuit,
        Err(errors) => {
            let text = errors[0].to_string();
            let kind = text.split([':', '\'']).next().unwrap_or_default();
            return Verdict::LeftOut(format!("not a circuit: {kind}"));
        }
    };
    let truth = match solve(true_case, Perturbation::NONE) {
        Ok(truth) => truth,
        Err(reason) => return Verdict::LeftOut(format!("no truth: {reason:?}")),
    };
    let record = match run(case, &circuit) {
        Ok(record) => record,
        Err(error) => return Verdict::LeftOut(reason(&error).to_owned()),
    };
    let mut out = Comparison {
        error: f64::INFINITY,
        excused: false,
        failure: None,
        values: truth.samples.len() as u64 * case.nodes as u64,
        changes: truth.changes.len() as u64,
    };
    let told: Vec<&str> = record.changes.iter().map(|(_, name)| name.as_str()).collect();
    let right: Vec<&str> =
        truth.changes.iter().map(|c| case.elements[c.element].name.as_str()).collect();
    if told != right {
        let deck = case.deck(title);
        out.failure = Some(format!("{title}: {told:?} changed, right {right:?}\n{deck}"));
        return Verdict::Compared(out);
    }
    let all = deviations(case, &truth, &record, criterion);
    out.error = all.iter().map(|d| d.error).fold(0.0, f64::max);
    if out.error > criterion.tolerance {
        let bad = beyond_what_moves(true_case, &truth, &all, criterion);
        match bad.iter().max_by(|a, b| a.0.error.total_cmp(&b.0.error)) {
            None => out.excused = true,
            Some((worst, moved)) => {
                let deck = case.deck(title);
                let count = bad.len();
                let told = describe(worst, *moved, &truth, &right);
                out.failure = Some(format!("{title}: {count} values are wrong\n{told}\n{deck}"));
                out.error = worst.error;
            }
        }
    }
    Verdict::Compared(out)
}

/// What is off by more than the tolerance and by more than changes of 1e-15 in the circuit's numbers can move it, with that.
fn beyond_what_moves<'d>(
    case: &Case,
    truth: &Truth,
    all: &'d [Deviation],
    criterion: Criterion,
) -> Vec<(&'d Deviation, f64)> {
    let others = Perturbation::all(case);
    let others: Vec<Truth> = others.into_iter().filter_map(|p| solve(case, p).ok()).collect();
    // To first order the changes of all numbers add up, in the worst case by their sizes.
    let moves = |d: &Deviation| -> f64 {
        let here = d.place.of(truth).expect("a place of this truth");
        let moved =
            |other: &Truth| d.place.of(other).map_or(0.0, |x| (x - here).to_f64().abs() / d.span);
        others.iter().map(moved).sum()
    };
    let wrong = all.iter().filter(|d| d.error > criterion.tolerance);
    wrong.map(|d| (d, moves(d))).filter(|(d, moved)| d.error > *moved).collect()
}

fn describe(worst: &Deviation, moved: f64, truth: &Truth, changed: &[&str]) -> String {
    let right = worst.place.of(truth).expect("a place of this truth").to_f64();
    let what = match worst.place {
        Place::Volt(node, sample) => {
            let sample = &truth.samples[sample];
            let at_s = seconds(sample.start_fs) + sample.after_fs * 1e-15;
            format!("v({}) at {at_s:e} s", Case::node_name(node + 1))
        }
        Place::Instant(k) => format!("change {k}, of {}, in fs", changed[k]),
    };
    let Deviation { found, error, span, .. } = worst;
    format!(
        "{what}: found {found:e}, right {right:e}, off by {error:.2e} of {span:.3e}; changes of 1e-15 move it by {moved:.2e}"
    )
}
