//! Tables: where rows stand and what they say.

mod common;

use common::{Run, circuit, current, every_form, interpolation_error, sine, voltage};
use memspike_circuit::{Circuit, Signal};
use memspike_engine::Sink;
use memspike_time::Time;
use memspike_trace::{CsvSink, Sampling};
use memspike_waveform::Waveform;
use proptest::prelude::*;

fn table(circuit: &Circuit, run: &Run, signals: Vec<Signal>, sampling: Sampling) -> String {
    let mut sink = CsvSink::new(Vec::new(), signals, sampling);
    run.play(circuit, &mut sink);
    String::from_utf8(sink.into_inner().expect("memory")).expect("text")
}

fn rows(text: &str) -> Vec<Vec<f64>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let number = |field: &str| field.parse().expect("a number");
    reader.records().map(|r| r.expect("a row").iter().map(number).collect()).collect()
}

fn column(rows: &[Vec<f64>], signal: usize) -> Vec<(f64, f64)> {
    rows.iter().map(|r| (r[0], r[1 + signal])).collect()
}

#[test]
fn columns_are_named_as_in_decks() {
    let c = circuit();
    let mem = c.find_node("x1.mem").expect("a node");
    let input = c.find_node("x1.in").expect("a node");
    let signals = vec![voltage(&c, "mem"), Signal::Voltage(input, mem), current(&c, "x1.n1")];
    let forms = (0..3).map(|k| (0.0, k, Waveform::constant(1.0))).collect();
    let run = Run { forms, end: 1.0, ..Run::default() };
    let text = table(&c, &run, signals, Sampling::default());
    let header = text.lines().next().expect("a header");
    assert_eq!(header, "time,v(mem),\"v(x1.in,x1.mem)\",i(x1.n1)");
}

#[test]
fn straight_lines_between_rows_err_by_less_than_the_tolerance() {
    let c = circuit();
    let run = every_form();
    for tolerance in [1e-2, 1e-3, 1e-4] {
        let sampling = Sampling::adaptive(tolerance).expect("a tolerance");
        let rows = rows(&table(&c, &run, vec![voltage(&c, "mem")], sampling));
        let worst = interpolation_error(&run, 0, &column(&rows, 0)) / run.span(0);
        assert!(worst < tolerance, "{worst} at {tolerance}");
    }
}

#[test]
fn every_signal_keeps_its_tolerance_beside_a_faster_one() {
    let c = circuit();
    let mut run = every_form();
    run.forms.insert(0, (0.0, 1, sine(1e3, 20.0, 3e3, 10.0)));
    let signals = vec![voltage(&c, "mem"), voltage(&c, "in")];
    let rows = rows(&table(&c, &run, signals, Sampling::default()));
    for signal in 0..2 {
        let worst = interpolation_error(&run, signal, &column(&rows, signal)) / run.span(signal);
        assert!(worst < 1e-3, "signal {signal}: {worst}");
    }
}

#[test]
fn values_and_times_read_back_as_they_were() {
    let c = circuit();
    let run = every_form();
    let rows = rows(&table(&c, &run, vec![voltage(&c, "mem")], Sampling::default()));
    for pair in rows.windows(2) {
        assert!(pair[0][0] <= pair[1][0], "time goes on");
        // The first of two rows at one time holds the value before the jump. Times between
        // femtoseconds are rounded here, so values agree to what the form moves in one.
        let before = pair[0][0] == pair[1][0];
        let expected = run.value(0, pair[0][0], before);
        assert!((pair[0][1] - expected).abs() < 1e-10, "{pair:?} {expected}");
    }
}

#[test]
fn a_jump_is_two_rows_at_one_time() {
    let c = circuit();
    let forms = vec![(0.0, 0, Waveform::constant(0.0)), (1e-3, 0, Waveform::constant(2.0))];
    let run = Run { forms, end: 2e-3, ..Run::default() };
    let text = table(&c, &run, vec![voltage(&c, "in")], Sampling::default());
    assert_eq!(text, "time,v(in)\n0,0\n0.001,0\n0.001,2\n");
}

#[test]
fn many_small_jumps_do_not_add_up() {
    let c = circuit();
    let level = |k: u32| (1e-3 * f64::from(k), 0, Waveform::constant(f64::from(k) / 5000.0));
    let run = Run { forms: (0..=5000).map(level).collect(), end: 5.01, ..Run::default() };
    let rows = rows(&table(&c, &run, vec![voltage(&c, "mem")], Sampling::default()));
    let worst = interpolation_error(&run, 0, &column(&rows, 0)) / run.span(0);
    assert!(worst < 1e-3, "{worst}");
    assert_eq!(rows.last().map(|row| row[1]), Some(1.0));
}

#[test]
fn a_step_that_an_event_cuts_short_keeps_the_tolerance() {
    let c = circuit();
    // A fast ripple of 1 mV on a ramp of 1 V in 1 s, which ends after 10 ms for good.
    let mut form = sine(0.0, 1e-3, 2e3, 0.0);
    form.slope = 1.0;
    let forms = vec![(0.0, 0, form), (1e-2, 0, Waveform::constant(0.01))];
    let run = Run { forms, end: 1.0, ..Run::default() };
    let rows = rows(&table(&c, &run, vec![voltage(&c, "mem")], Sampling::default()));
    let worst = interpolation_error(&run, 0, &column(&rows, 0)) / run.span(0);
    assert!(worst < 1e-3, "{worst}");
}

#[test]
fn a_bend_is_one_row() {
    let c = circuit();
    let forms = vec![(0.0, 0, Waveform::constant(1.0)), (1e-3, 0, Waveform::ramp(1.0, 500.0))];
    let run = Run { forms, end: 3e-3, ..Run::default() };
    let text = table(&c, &run, vec![voltage(&c, "in")], Sampling::default());
    assert_eq!(text, "time,v(in)\n0,1\n0.001,1\n0.003,2\n");
}

#[test]
fn a_grid_gives_its_multiples_and_nothing_else() {
    let c = circuit();
    let mut run = every_form();
    run.end = 0.0905;
    let sampling = Sampling::grid(10e-6).expect("a step");
    let rows = rows(&table(&c, &run, vec![voltage(&c, "mem")], sampling));
    assert_eq!(rows.len(), 9051);
    for (k, row) in rows.iter().enumerate() {
        // The f64 nearest to k * 10 us.
        let time: f64 = format!("{k}e-5").parse().expect("a number");
        assert_eq!(row[0], time);
        assert_eq!(row[1], run.value(0, time, false));
    }
}

#[test]
fn what_cannot_be_a_sampling_is_refused() {
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(Sampling::adaptive(bad), None, "{bad}");
        assert_eq!(Sampling::grid(bad), None, "{bad}");
    }
    assert_eq!(Sampling::grid(1e-16), None, "finer than the time axis");
}

#[test]
fn time_that_goes_back_is_an_error() {
    let c = circuit();
    let mut sink = CsvSink::new(Vec::new(), vec![voltage(&c, "mem")], Sampling::default());
    sink.begin(&c, Time::ZERO, &[]).expect("begins");
    let form = Waveform::constant(0.0);
    sink.waveform(Time::from_s(1e-3), 0, &form).expect("goes on");
    assert!(sink.waveform(Time::from_s(0.5e-3), 0, &form).is_err());
}

#[test]
fn the_number_of_rows_follows_the_shape_and_not_the_time() {
    let c = circuit();
    let count = |tau: f64| {
        let forms = vec![(0.0, 0, Waveform::relaxation(0.0, 1.0, -1.0 / tau))];
        let run = Run { forms, end: 1000.0 * tau, ..Run::default() };
        rows(&table(&c, &run, vec![voltage(&c, "mem")], Sampling::default())).len()
    };
    let counts = [1e-9, 1e-6, 1e-3, 1.0].map(count);
    // A chord of error E spans sqrt(8 E / f'') of an exponential: about 1 / sqrt(8e-3) chords for
    // each time constant until the rest is below the tolerance, and less than twice that.
    assert!(counts.iter().all(|&n| n > 10 && n < 100), "{counts:?}");
}

#[test]
fn modes_that_nearly_cancel_cost_no_more_points_than_their_sum() {
    let c = circuit();
    // (exp(-a t) - exp(-a (1 + gap) t)) / gap tends to a t exp(-a t) for gap to zero.
    let count = |gap: f64| {
        let term = |amp: f64, rate: f64| common::term(0, amp.into(), rate.into());
        let terms = [term(1.0 / gap, -300.0), term(-1.0 / gap, -300.0 * (1.0 + gap))];
        let forms = vec![(0.0, 0, common::sum(0.4, 0.0, terms))];
        let run = Run { forms, end: 0.1, ..Run::default() };
        let rows = rows(&table(&c, &run, vec![voltage(&c, "mem")], Sampling::default()));
        let worst = interpolation_error(&run, 0, &column(&rows, 0));
        assert!(worst < 1e-3 * run.span(0), "{gap}: {worst}");
        rows.len()
    };
    let apart = count(1.0);
    for gap in [1e-3, 1e-6, 1e-9] {
        let close = count(gap);
        assert!(close < 2 * apart, "{gap}: {close} points, {apart} for separate modes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_two_modes_keep_the_tolerance(
        amps in [-1.0..1.0_f64, -1.0..1.0_f64],
        rates in [-1e3..100.0_f64, -1e3..0.0_f64],
        omega in 0.0..3e3_f64,
        slope in -10.0..10.0_f64,
    ) {
        use num_complex::Complex64;
        let c = circuit();
        let terms = [
            common::term(0, amps[0].into(), rates[0].into()),
            common::term(1, Complex64::new(amps[1], 0.3) * 100.0, Complex64::new(rates[1], omega)),
        ];
        let forms = vec![(0.0, 0, common::sum(0.2, slope, terms))];
        let run = Run { forms, end: 0.02, ..Run::default() };
        let rows = rows(&table(&c, &run, vec![voltage(&c, "mem")], Sampling::default()));
        let worst = interpolation_error(&run, 0, &column(&rows, 0));
        prop_assert!(worst <= 1e-3 * run.span(0) * (1.0 + 1e-6), "{worst}");
        prop_assert!(rows.len() < 20_000, "{}", rows.len());
    }

    #[test]
    fn huge_and_tiny_forms_end(
        amp in -300..300_i32, rate in -12..12_i32, omega in -300..3_i32, sign in prop::bool::ANY,
        offset in -300..300_i32,
    ) {
        use num_complex::Complex64;
        let c = circuit();
        let ten = |e: i32| 10.0_f64.powi(e);
        let rate = if sign { ten(rate) } else { -ten(rate) };
        let terms = [common::term(0, ten(amp).into(), Complex64::new(rate, ten(omega)))];
        let forms = vec![(0.0, 0, common::sum(ten(offset), 0.0, terms))];
        let run = Run { forms, end: 1.0, ..Run::default() };
        let rows = rows(&table(&c, &run, vec![voltage(&c, "mem")], Sampling::default()));
        prop_assert!(rows.len() < 50_000, "{}", rows.len());
    }
}

#[test]
fn an_edge_that_begins_where_a_run_ends_has_not_begun() {
    let c = circuit();
    let mut sink = CsvSink::new(Vec::new(), vec![voltage(&c, "mem")], Sampling::default());
    sink.begin(&c, Time::ZERO, &[]).expect("begins");
    sink.waveform(Time::ZERO, 0, &Waveform::constant(0.0)).expect("a level");
    let edge = Time::from_s(4e-3);
    // A femtosecond later it is at 0.63 V.
    sink.waveform(edge, 0, &Waveform::relaxation(0.0, 1.0, -1e15)).expect("an edge");
    // The last instant that is printed as 4 ms.
    let end = Time::last_read_as(4e-3);
    assert!(end > edge && end.as_s() == edge.as_s());
    sink.end(end).expect("ends");
    let text = String::from_utf8(sink.into_inner().expect("memory")).expect("text");
    assert_eq!(rows(&text), [[0.0, 0.0], [4e-3, 0.0]]);
}
