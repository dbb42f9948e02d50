//! `.meas`, as ngspice's manual writes it, and ours.

use memspike_circuit::{
    Crossing, Edge, Level, MeasureKind, Occurrence, Point, Signal, Statistic, Window,
};
use memspike_netlist::{Deck, Elaborated, EvalError, MeasureCard};

fn deck(cards: &str) -> Elaborated {
    let text = format!(
        "title
.param vth=0.5
V1 a 0 1
R1 a b 1k
C1 b 0 1n
.model zno ts_memristor()
N1 b 0 zno
{cards}
.tran 1u 1 0.25
"
    );
    let deck = Deck::parse("deck.cir", &text).unwrap_or_else(|r| panic!("{}", r.render(false)));
    let point = deck.steps().unwrap().remove(0);
    deck.elaborate(&point, 0).unwrap_or_else(|r| panic!("{}", r.render(false)))
}

/// The one measurement of a deck, with the signals `v(a)`, `v(b)` and `i(r1)`.
fn measure(card: &str) -> (MeasureKind, [Signal; 3]) {
    let deck = deck(card);
    let node = |name| deck.circuit.find_node(name).unwrap();
    let signals = [
        Signal::Voltage(node("a"), node("0")),
        Signal::Voltage(node("b"), node("0")),
        Signal::Current(deck.circuit.find_element("r1").unwrap()),
    ];
    match &deck.measures[..] {
        [MeasureCard::Direct(measure)] => {
            assert_eq!(measure.name, "m");
            (measure.kind.clone(), signals)
        }
        other => panic!("{other:?}"),
    }
}

fn crossing(signal: Signal, level: f64, edge: Edge, nth: u32) -> Crossing {
    let occurrence = Occurrence::Nth(nth);
    Crossing { signal, level: Level::Value(level), edge, occurrence, after_s: 0.0, before_s: None }
}

#[test]
fn a_delay_runs_from_trigger_to_target() {
    let (kind, [a, b, _]) =
        measure(".meas tran m TRIG v(a) VAL=0.5 TD=1m RISE=2 TARG v(b) VAL={vth/2} FALL=LAST");
    let trigger = Crossing { after_s: 1e-3, ..crossing(a, 0.5, Edge::Rise, 2) };
    let target = Crossing { occurrence: Occurrence::Last, ..crossing(b, 0.25, Edge::Fall, 1) };
    let expected =
        MeasureKind::Delay { trigger: Point::Crossing(trigger), target: Point::Crossing(target) };
    assert_eq!(kind, expected);
    let (kind, _) = measure(".measure TRAN M trig AT=1m targ at 2m");
    assert_eq!(kind, MeasureKind::Delay { trigger: Point::At(1e-3), target: Point::At(2e-3) });
}

#[test]
fn a_value_is_found_at_a_time_or_a_crossing() {
    let (kind, [a, _, current]) = measure(".meas tran m FIND i(R1) WHEN v(a)=0.5 CROSS=3");
    let at = Point::Crossing(crossing(a, 0.5, Edge::Cross, 3));
    assert_eq!(kind, MeasureKind::Find { signal: current, at });
    let (kind, [a, ..]) = measure(".meas tran m FIND v(a) AT=5m");
    assert_eq!(kind, MeasureKind::Find { signal: a, at: Point::At(5e-3) });
}

#[test]
fn a_derivative_is_taken_at_a_time_or_a_crossing() {
    let (kind, [a, _, current]) = measure(".meas tran m DERIV i(R1) WHEN v(a)=0.5 CROSS=3");
    let at = Point::Crossing(crossing(a, 0.5, Edge::Cross, 3));
    assert_eq!(kind, MeasureKind::Derivative { signal: current, at });
    let (kind, [a, ..]) = measure(".meas tran m derivative v(a) AT=5m");
    assert_eq!(kind, MeasureKind::Derivative { signal: a, at: Point::At(5e-3) });
}

#[test]
fn an_instant_is_the_first_crossing_of_a_level_or_of_a_signal() {
    let (kind, [_, b, _]) = measure(".meas tran m WHEN v(b)='vth'");
    assert_eq!(kind, MeasureKind::When(crossing(b, 0.5, Edge::Cross, 1)));
    let (kind, [a, b, _]) = measure(".meas m WHEN v(b)=v(a) RISE=1");
    let Crossing { signal, level, edge, .. } = match kind {
        MeasureKind::When(crossing) => crossing,
        other => panic!("{other:?}"),
    };
    assert_eq!((signal, level, edge), (b, Level::Signal(a), Edge::Rise));
}

#[test]
fn a_statistic_covers_what_is_recorded_unless_told_otherwise() {
    let cases = [
        ("MAX", Statistic::Max),
        ("min", Statistic::Min),
        ("PP", Statistic::PeakToPeak),
        ("AVG", Statistic::Average),
        ("RMS", Statistic::Rms),
        ("INTEG", Statistic::Integral),
    ];
    for (word, statistic) in cases {
        let (kind, [a, ..]) = measure(&format!(".meas tran m {word} v(a)"));
        // Recording starts at 0.25 s.
        let window = Window { from_s: 0.25, to_s: None };
        assert_eq!(kind, MeasureKind::Statistic { statistic, signal: a, window });
    }
    let (kind, _) = measure(".meas tran m AVG v(a,b) FROM=1m TO=2m");
    let MeasureKind::Statistic { signal, window, .. } = kind else { panic!() };
    assert!(
        matches!(signal, Signal::Voltage(plus, minus) if plus.index() != 0 && minus.index() != 0)
    );
    assert_eq!(window, Window { from_s: 1e-3, to_s: Some(2e-3) });
}

#[test]
fn devices_are_asked_for_their_spikes() {
    let device = deck("").circuit.find_element("n1").unwrap();
    let all = Window { from_s: 0.25, to_s: None };
    let kind = |word: &str| measure(&format!(".meas tran m {word} N1")).0;
    assert_eq!(kind("spikes"), MeasureKind::Spikes(device, all));
    assert_eq!(kind("first_spike"), MeasureKind::FirstSpike(device, all));
    assert_eq!(kind("frequency"), MeasureKind::Frequency(device, all));
    assert_eq!(kind("energy_per_spike"), MeasureKind::EnergyPerSpike(device, all));
    let (kind, _) = measure(".meas tran m spikes n1 from=0.5 to=0.75");
    assert_eq!(kind, MeasureKind::Spikes(device, Window { from_s: 0.5, to_s: Some(0.75) }));
}

#[test]
fn a_computed_measurement_knows_parameters_and_earlier_measurements() {
    let deck = deck(
        ".meas tran top max v(a)
.meas tran half PARAM='top*vth+pi*0'
.meas tran open param=half/top",
    );
    let [
        _,
        MeasureCard::Param { name, expression: half },
        MeasureCard::Param { expression: open, .. },
    ] = &deck.measures[..]
    else {
        panic!("{:?}", deck.measures)
    };
    assert_eq!(name, "half");
    assert_eq!(half.eval(&[("top".to_owned(), 3.0)].into()), Ok(1.5));
    let values = [("top".to_owned(), 3.0), ("half".to_owned(), 1.5)].into();
    assert_eq!(open.eval(&values), Ok(0.5));
    assert_eq!(half.eval(&[].into()), Err(EvalError::Unknown { name: "top".to_owned() }));
    let zero = [("top".to_owned(), 0.0), ("half".to_owned(), 1.0)].into();
    assert!(matches!(open.eval(&zero), Err(EvalError::NotFinite { .. })));
}

#[test]
fn a_computed_measurement_may_stand_before_those_that_it_needs() {
    let lines = ".meas tran x PARAM='y+z'\n.meas tran z PARAM='2*y'\n.meas tran y max v(a)\n.meas tran w min v(a)";
    let measured = deck(lines).measures;
    let names = measured.iter().map(|card| match card {
        MeasureCard::Direct(measure) => measure.name.as_str(),
        MeasureCard::Param { name, .. }
        | MeasureCard::ArgMax { name, .. }
        | MeasureCard::LeftOut { name } => name,
    });
    assert_eq!(names.collect::<Vec<_>>(), ["y", "z", "x", "w"]);
}

#[test]
fn measurements_that_need_each_other_are_refused() {
    for lines in ["x PARAM='y'\n.meas tran y PARAM='x'", "x PARAM='x+1'"] {
        let text = format!("title\nV1 a 0 1\nR1 a 0 1\n.tran 1\n.meas tran {lines}\n");
        let deck = Deck::parse("deck.cir", &text).unwrap();
        let report = deck.elaborate(&deck.steps().unwrap()[0], 0).unwrap_err();
        assert_eq!(report.diagnostics[0].code().as_str(), "unknown-parameter");
    }
}
