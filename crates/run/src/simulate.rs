//! One run of one elaborated deck.

use std::{collections::BTreeMap, num::NonZeroUsize, ops::ControlFlow};

use memspike_circuit::{Measure, MeasureKind, RiseReading, Signal, Statistic};
use memspike_digital::Report;
use memspike_engine::{Counters, EngineError, Options as EngineOptions, Simulation, Sink};
use memspike_netlist::{Elaborated, MeasureCard};
use memspike_time::Time;
use memspike_trace::{MeasureSink, SpikeSink};

use crate::Outcome;
use crate::at_rest::{AtRest, at_rest};
use crate::delayed::Delayed;

/// What a caller may change about a run.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// End of the run instead of the deck's (s). What is printed for an instant in it, this included,
    /// is at most this number.
    pub until_s: Option<f64>,
    /// Keep the instant of every spike; otherwise only their number, first and last.
    pub spike_times: bool,
    /// Work on so many threads, those of the [`Workers`](crate::Workers) that the run is one of; none: on one.
    pub threads: Option<NonZeroUsize>,
}

/// Runs a deck: what it asks of the circuit at rest, then from its start to its end, or until `watch` breaks.
///
/// `sinks` see what happens from the deck's start time on (`.tran`); `watch` is told the time now
/// and then. Measurements and spikes are collected in any case, over the whole run.
///
/// # Errors
/// A circuit that has no finite solution, or a failing sink.
pub fn simulate(
    deck: &Elaborated,
    options: &Options,
    sinks: &mut [&mut dyn Sink],
    watch: &mut dyn FnMut(Time) -> ControlFlow<()>,
) -> Result<Outcome, EngineError> {
    let AtRest { points, warnings, interrupted } = at_rest(deck, watch)?;
    let mut outcome = Outcome {
        params: Vec::new(),
        sample: None,
        reached: Time::ZERO,
        interrupted,
        at_rest: points,
        measures: Vec::new(),
        units: Vec::new(),
        spikes: Vec::new(),
        counters: Counters::default(),
        warnings,
        notes: Vec::new(),
    };
    if interrupted || (!deck.tran.runs() && options.until_s.is_none()) {
        return Ok(outcome);
    }
    let direct = direct_measures(deck);
    let mut measures = MeasureSink::new(&deck.circuit, &direct);
    let mut spikes = SpikeSink::new(&deck.circuit, options.spike_times);
    let start = Time::from_s(deck.tran.start_s);
    let mut delayed: Vec<Delayed> =
        sinks.iter_mut().map(|sink| Delayed::new(&mut **sink, &deck.circuit, start)).collect();
    let mut all: Vec<&mut dyn Sink> = vec![&mut measures, &mut spikes];
    all.extend(delayed.iter_mut().map(|sink| sink as &mut dyn Sink));

    let engine_options = EngineOptions {
        from_initial_conditions: deck.tran.from_initial_conditions,
        seed: deck.seed,
    };
    let threads = options.threads.unwrap_or(NonZeroUsize::MIN);
    let mut simulation = Simulation::new(&deck.circuit, &engine_options)?.on_threads(threads);
    let until = Time::last_read_as(options.until_s.unwrap_or(deck.tran.stop_s));
    let run = simulation.run(until, &mut all, watch)?;

    outcome.reached = run.reached;
    outcome.interrupted |= run.interrupted;
    (outcome.spikes, outcome.counters) = (spikes.finish(), simulation.counters());
    for report in simulation.reports() {
        match report {
            Report::Warning(text) => outcome.warnings.push(text),
            Report::Note(text) => outcome.notes.push(text),
        }
    }
    finish_measures(deck, &measures, &mut outcome);
    Ok(outcome)
}

fn direct_measures(deck: &Elaborated) -> Vec<Measure> {
    deck.measures
        .iter()
        .filter_map(|card| match card {
            MeasureCard::Direct(measure) => Some(measure.clone()),
            MeasureCard::Param { .. }
            | MeasureCard::ArgMax { .. }
            | MeasureCard::LeftOut { .. } => None,
        })
        .collect()
}

/// Puts the direct results and the expressions over them in the deck's order.
fn finish_measures(deck: &Elaborated, direct: &MeasureSink, outcome: &mut Outcome) {
    let mut direct = direct.results().into_iter();
    let mut known = BTreeMap::new();
    for card in &deck.measures {
        let (name, value, unit) = match card {
            MeasureCard::Direct(measure) => {
                let (name, value) = direct.next().expect("one result for each measurement");
                (name, value.map_err(|error| error.to_string()), unit(&measure.kind))
            }
            MeasureCard::Param { name, expression } => {
                let value = expression.eval(&known).map_err(|error| error.to_string());
                (name.clone(), value, "")
            }
            MeasureCard::LeftOut { name } => {
                (name.clone(), Err("it was left out, as a warning of the deck says".to_owned()), "")
            }
            MeasureCard::ArgMax { name, of } => (name.clone(), arg_max(of, &known), ""),
        };
        match &value {
            Ok(value) => drop(known.insert(name.clone(), *value)),
            Err(cause) => outcome.warnings.push(format!("measurement '{name}' failed: {cause}")),
        }
        outcome.measures.push((name, value.ok()));
        outcome.units.push(unit.into());
    }
}

/// The index of the greatest value, of equal ones the first; all of them must have one.
fn arg_max(of: &[(u32, String)], known: &BTreeMap<String, f64>) -> Result<f64, String> {
    let mut greatest: Option<(u32, f64)> = None;
    for (index, name) in of {
        let value = *known.get(name).ok_or_else(|| format!("'{name}' has no value"))?;
        if greatest.is_none_or(|(_, most)| value > most) {
            greatest = Some((*index, value));
        }
    }
    greatest.map(|(index, _)| f64::from(index)).ok_or_else(|| "it compares nothing".to_owned())
}

fn unit(kind: &MeasureKind) -> &'static str {
    let of = |signal: &Signal| match signal {
        Signal::Voltage(..) => ("V", "V s", "V/s"),
        Signal::Current(_) => ("A", "A s", "A/s"),
    };
    match kind {
        MeasureKind::Delay { .. } | MeasureKind::When(_) | MeasureKind::FirstSpike(..) => "s",
        MeasureKind::Find { signal, .. } => of(signal).0,
        MeasureKind::Derivative { signal, .. } => of(signal).2,
        MeasureKind::Statistic { statistic: Statistic::Integral, signal, .. } => of(signal).1,
        MeasureKind::Statistic { signal, .. } => of(signal).0,
        MeasureKind::Expression { unit, .. } => unit,
        MeasureKind::Rises { reading: RiseReading::First, .. } => "s",
        MeasureKind::Rises { reading: RiseReading::Frequency, .. } => "Hz",
        MeasureKind::Spikes(..) | MeasureKind::Rises { .. } => "",
        MeasureKind::Frequency(..) => "Hz",
        MeasureKind::EnergyPerSpike(..) => "J",
    }
}
