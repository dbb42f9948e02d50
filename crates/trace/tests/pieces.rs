//! Measurements over pieces of a run: sums of many, and where the pieces of two signals begin.

mod common;

use common::{Run, circuit, voltage};
use memspike_circuit::{
    Circuit, Crossing, Edge, Level, Measure, MeasureKind, Occurrence, Statistic, Window,
};
use memspike_device::Phase;
use memspike_trace::MeasureSink;
use memspike_waveform::Waveform;

const PIECES: u32 = 100_000;

/// Pieces of 1 s on which every signal is a tenth, restated at each second, with a spike at each.
fn tenths(signals: usize) -> Run {
    let instants = || (0..=PIECES).map(f64::from);
    let forms = instants()
        .flat_map(|at| (0..signals).map(move |signal| (at, signal, Waveform::constant(0.1))))
        .collect();
    let events = instants()
        .flat_map(|at| [(at, "n1", Phase::On, 1.0), (at, "n1", Phase::Off, 0.0)])
        .collect();
    Run { forms, events, end: f64::from(PIECES) }
}

fn measured(c: &Circuit, run: &Run, kind: MeasureKind) -> f64 {
    let mut sink = MeasureSink::new(c, &[Measure { name: "m".to_owned(), kind }]);
    run.play(c, &mut sink);
    sink.results().remove(0).1.expect("a value")
}

/// Added up one by one, a hundred thousand tenths are 10000.000000018848.
#[test]
fn a_hundred_thousand_pieces_cost_no_digit() {
    let c = circuit();
    let whole = Window { from_s: 0.0, to_s: None };
    let pieces = f64::from(PIECES);
    let statistic = |statistic| {
        let signal = voltage(&c, "mem");
        MeasureKind::Statistic { statistic, signal, window: whole }
    };
    let energy = MeasureKind::EnergyPerSpike(c.find_element("n1").expect("an element"), whole);
    for (kind, signals, right) in [
        (statistic(Statistic::Integral), 1, 0.1 * pieces),
        (statistic(Statistic::Average), 1, 0.1),
        (statistic(Statistic::Rms), 1, 0.1),
        (energy, 2, 0.01),
    ] {
        let found = measured(&c, &tenths(signals), kind.clone());
        assert!((found / right - 1.0).abs() < 1e-15, "{kind:?}: {found} {right}");
    }
}

/// What died out in nanoseconds has no number a millisecond before it began.
#[test]
fn signals_are_compared_from_when_the_later_of_them_began() {
    let c = circuit();
    let (still, dying) = (voltage(&c, "mem"), voltage(&c, "in"));
    for (signal, other, edge) in [(still, dying, Edge::Rise), (dying, still, Edge::Fall)] {
        // Signals are numbered as they are named.
        let number = |of| usize::from(of == other);
        let forms = vec![
            (0.0, number(still), Waveform::constant(0.5)),
            (0.0, number(dying), Waveform::constant(1.0)),
            (1e-3, number(dying), Waveform::relaxation(1.0, 0.0, -1e9)),
        ];
        let run = Run { forms, end: 5e-3, ..Run::default() };
        let (level, occurrence) = (Level::Signal(other), Occurrence::Nth(1));
        let crossing = Crossing { signal, level, edge, occurrence, after_s: 0.0, before_s: None };
        let found = measured(&c, &run, MeasureKind::When(crossing));
        assert!((found - (1e-3 + 1e-9 * 2.0_f64.ln())).abs() < 2e-18, "{edge:?}: {found}");
    }
}
