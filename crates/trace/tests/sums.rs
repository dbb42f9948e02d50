//! Sums over many pieces.

mod common;

use common::{Run, circuit, voltage};
use memspike_circuit::{Measure, MeasureKind, Statistic, Window};
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
        let mut sink = MeasureSink::new(&c, &[Measure { name: "m".to_owned(), kind }]);
        tenths(signals).play(&c, &mut sink);
        let found = sink.results().remove(0).1.expect("a value");
        assert!((found / right - 1.0).abs() < 1e-15, "{kind:?}: {found} {right}");
    }
}
