//! What waveform files show of the decks in netlists/, against the closed forms of the engine, read
//! back by wellen with repeated values dropped, as viewers drop them.

use std::{
    collections::BTreeMap,
    fs,
    io::Cursor,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use memspike::{Options, simulate};
use memspike_circuit::{Circuit, NodeId, Signal};
use memspike_engine::{Recording, Sink};
use memspike_netlist::{Deck, Elaborated};
use memspike_time::Time;
use memspike_trace::{DumpOptions, VcdSink};
use wellen::{SignalValueRef, simple};

/// The promise of the default sampling, a fraction of the span.
const TOLERANCE: f64 = 1e-3;

/// Instants at which each signal is looked at.
const INSTANTS: u32 = 50;

/// Signals of one deck that are looked at.
const MOST_SIGNALS: usize = 200;

/// The greatest value less the least, of what each form has at its ends and in between.
fn span(told: &Recording, signal: usize) -> f64 {
    let forms = told.forms(signal);
    let ends = forms.iter().skip(1).map(|(at, _)| *at).chain(told.end());
    let mut range = [f64::MAX, f64::MIN];
    for ((begin, form), end) in forms.iter().zip(ends) {
        // Evenly, and ever closer to the beginning, where fast modes have their extremes.
        let even = (0..=32).map(|k| f64::from(k) / 32.0);
        for share in even.chain((0..200).map(|k| 0.8_f64.powi(k))) {
            let value = form.eval(end.since(*begin) * share);
            range = [range[0].min(value), range[1].max(value)];
        }
    }
    range[1] - range[0]
}

/// The voltage of every node and the current of every element, of large circuits a part of them.
fn all_signals(circuit: &Circuit) -> Vec<Signal> {
    let nodes = circuit.nodes().iter().filter_map(|name| circuit.find_node(name));
    let voltages = nodes.filter(|node| *node != NodeId::GROUND);
    let voltages = voltages.map(|node| Signal::Voltage(node, NodeId::GROUND));
    let all: Vec<Signal> = voltages.chain(circuit.element_ids().map(Signal::Current)).collect();
    // Of circuits with thousands of equal parts as many, evenly spaced.
    let step = all.len().div_ceil(MOST_SIGNALS);
    all.into_iter().step_by(step.max(1)).collect()
}

/// The points of every real variable by its place in the file.
fn points(vcd: Vec<u8>, count: usize) -> Vec<Vec<(u64, f64)>> {
    let mut waves = simple::read_from_reader(Cursor::new(vcd)).expect("wellen reads it");
    let hierarchy = waves.hierarchy();
    let vars: Vec<_> = hierarchy.all_vars().map(|var| &hierarchy[var]).collect();
    let refs: Vec<_> = vars.iter().map(|var| var.signal_ref()).collect();
    let names: Vec<_> = vars.iter().map(|var| var.full_name(hierarchy)).collect();
    assert_eq!(refs.len(), count, "{names:?}");
    waves.load_signals(&refs);
    let times = waves.time_table();
    let value = |value: SignalValueRef<'_>| match value {
        SignalValueRef::Real(value) => value,
        other => panic!("a real, not {other:?}"),
    };
    refs.iter()
        .map(|signal| {
            let signal = waves.get_signal(*signal).expect("loaded");
            let mut points: Vec<_> =
                signal.iter_changes().map(|(index, v)| (times[index as usize], value(v))).collect();
            points.dedup_by(|later, earlier| later.1 == earlier.1);
            points
        })
        .collect()
}

/// What a straight line through the points shows at `tick`.
fn shown(points: &[(u64, f64)], tick: u64) -> f64 {
    let after = points.partition_point(|(at, _)| *at <= tick);
    let (t0, v0) = points[after - 1];
    let Some(&(t1, v1)) = points.get(after) else { return v0 };
    v0 + (v1 - v0) * ((tick - t0) as f64 / (t1 - t0) as f64)
}

/// The greatest deviation of any signal from its closed form, as a part of its span, and whose it is.
fn worst(deck: &Elaborated) -> (f64, String) {
    let signals = all_signals(&deck.circuit);
    let mut record = Recording::of_waveforms(signals.clone());
    let none = Some([].into());
    let mut worst = (0.0, String::new());
    // One at a time: the order of variables in a file is not that of the signals.
    let options = DumpOptions { devices: none, ..DumpOptions::default() };
    let mut vcds: Vec<_> = signals
        .iter()
        .map(|&signal| VcdSink::new(Vec::new(), vec![signal], options.clone()))
        .collect();
    let mut sinks: Vec<&mut dyn Sink> = vec![&mut record];
    sinks.extend(vcds.iter_mut().map(|sink| sink as &mut dyn Sink));
    simulate(deck, &Options::default(), &mut sinks, &mut |_| ControlFlow::Continue(()))
        .unwrap_or_else(|error| panic!("{error}"));
    drop(sinks);
    for (number, vcd) in vcds.into_iter().enumerate() {
        let points = points(vcd.into_inner().expect("memory"), 1).remove(0);
        let (start, span) = (points[0].0, span(&record, number));
        let length = record.end().expect("an end").tick - start;
        for k in 0..INSTANTS {
            // Every instant another one: multiples of the golden ratio are spread evenly.
            let share = (f64::from(k + 1) * 0.618_033_988_749_895
                + number as f64 * 0.754_877_666_246_693)
                .fract();
            let tick = start + (share * length as f64) as u64;
            let truth = record.value(number, Time::from_tick(tick)).expect("a form");
            let error = (shown(&points, tick) - truth).abs();
            // Rounding: of the value, and of its time to a femtosecond.
            let rounding = 1e-12 * truth.abs() + 1e-300;
            if error > rounding && error / span > worst.0 {
                let name = memspike_trace::signal_name(&deck.circuit, signals[number]);
                worst = (error / span, format!("{name} at {tick} fs: {truth}"));
            }
        }
    }
    worst
}

fn decks() -> Vec<PathBuf> {
    let netlists = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists");
    let mut decks = Vec::new();
    for folder in ["", "shelf", "paper"] {
        let entries = fs::read_dir(netlists.join(folder)).expect("a folder of decks");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        decks.extend(paths.filter(|path| path.extension().is_some_and(|e| e == "cir")));
    }
    decks.sort();
    decks
}

#[test]
fn every_signal_of_every_deck_is_shown_within_a_thousandth_of_its_span() {
    let mut found = BTreeMap::new();
    for path in decks() {
        let deck = Deck::load(&path).unwrap_or_else(|e| panic!("{}", e.render(false)));
        let points = deck.steps().unwrap_or_else(|e| panic!("{}", e.render(false)));
        // The first and the last point of a step are as far apart as any.
        for point in
            [points.first(), points.last().filter(|_| points.len() > 1)].into_iter().flatten()
        {
            let deck = deck.elaborate(point, 0).unwrap_or_else(|e| panic!("{}", e.render(false)));
            let worst = worst(&deck);
            found.insert(format!("{} {point:?}", path.display()), worst);
        }
    }
    assert!(found.len() > 10, "{}", found.len());
    let failed: Vec<_> = found.iter().filter(|(_, (worst, _))| *worst > TOLERANCE).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn a_staircase_source_is_shown_to_its_top() {
    let text =
        "staircase\nV1 in 0 SWEEP(0.2m 1m 0 1 0)\nR1 in out 1k\nR2 out 0 1k\n.tran 11\n.end\n";
    let deck = Deck::parse("stairs.cir", text).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let point = deck.steps().expect("one run").remove(0);
    let deck = deck.elaborate(&point, 0).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let worst = worst(&deck);
    assert!(worst.0 < TOLERANCE, "{worst:?}");
}
