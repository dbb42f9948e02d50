//! Measurements against values derived by hand.

#[path = "../common/mod.rs"]
mod common;
mod crossings;
mod spikes;

use std::f64::consts::{PI, SQRT_2};

use common::{Run, circuit, current, sine, voltage};
use memspike_circuit::{
    Circuit, Crossing, Edge, Level, Measure, MeasureKind, Occurrence, Point, Signal, Statistic,
    Window,
};
use memspike_engine::Sink;
use memspike_trace::{MeasureError, MeasureSink};
use memspike_waveform::Waveform;

const WHOLE: Window = Window { from_s: 0.0, to_s: None };

fn evaluate(c: &Circuit, run: &Run, kinds: &[MeasureKind]) -> Vec<Result<f64, MeasureError>> {
    let named =
        |(k, kind): (usize, &MeasureKind)| Measure { name: format!("m{k}"), kind: kind.clone() };
    let measures: Vec<Measure> = kinds.iter().enumerate().map(named).collect();
    let mut sink = MeasureSink::new(c, &measures);
    ask(c, run, &sink.follows().waveforms).play(c, &mut sink);
    let results = sink.results();
    assert!(results.iter().zip(&measures).all(|(r, m)| r.0 == m.name));
    results.into_iter().map(|r| r.1).collect()
}

/// The run as a sink hears it that wants these signals: here `v(mem)` is number 0, others are 1.
fn ask(c: &Circuit, run: &Run, wanted: &[Signal]) -> Run {
    let number = |signal: &Signal| usize::from(*signal != voltage(c, "mem"));
    let mut forms = Vec::new();
    for (at, have, form) in &run.forms {
        let positions = (0..wanted.len()).filter(|&k| number(&wanted[k]) == *have);
        forms.extend(positions.map(|k| (*at, k, form.clone())));
    }
    Run { forms, ..run.clone() }
}

fn one(c: &Circuit, run: &Run, kind: MeasureKind) -> Result<f64, MeasureError> {
    evaluate(c, run, &[kind]).remove(0)
}

fn close(found: Result<f64, MeasureError>, expected: f64) {
    let value = found.expect("a value");
    let allowed = 1e-12 * expected.abs() + 1e-15;
    assert!((value - expected).abs() <= allowed, "{value} is not {expected}");
}

fn run(end: f64, forms: &[(f64, Waveform)]) -> Run {
    let forms = forms.iter().map(|(at, form)| (*at, 0, form.clone())).collect();
    Run { forms, events: Vec::new(), end }
}

fn crossing(signal: Signal, level: f64, edge: Edge, occurrence: Occurrence) -> Crossing {
    Crossing { signal, level: Level::Value(level), edge, occurrence, after_s: 0.0, before_s: None }
}

fn nth(signal: Signal, level: f64, edge: Edge, n: u32) -> MeasureKind {
    MeasureKind::When(crossing(signal, level, edge, Occurrence::Nth(n)))
}

fn statistic(statistic: Statistic, signal: Signal, window: Window) -> MeasureKind {
    MeasureKind::Statistic { statistic, signal, window }
}

/// 1 V through 1 ms: `v = 1 - exp(-t / tau)`, restated at 0.4 and 0.9 ms as an engine would.
fn charging() -> Run {
    let whole = Waveform::relaxation(0.0, 1.0, -1e3);
    let forms = [0.0, 0.4e-3, 0.9e-3].map(|at| (at, whole.shifted(at)));
    run(5e-3, &forms)
}

#[test]
fn statistics_of_charging_are_its_integrals() {
    let c = circuit();
    let v = voltage(&c, "mem");
    let (tau, t) = (1e-3_f64, 5e-3_f64);
    let decay = (-t / tau).exp();
    let integral = t - tau * (1.0 - decay);
    // (1 - e)^2 = 1 - 2 e + e^2.
    let square = t - 2.0 * tau * (1.0 - decay) + 0.5 * tau * (1.0 - decay * decay);
    let expected = [
        (Statistic::Integral, integral),
        (Statistic::Average, integral / t),
        (Statistic::Rms, (square / t).sqrt()),
        (Statistic::Max, 1.0 - decay),
        (Statistic::Min, 0.0),
        (Statistic::PeakToPeak, 1.0 - decay),
    ];
    for (kind, value) in expected {
        close(one(&c, &charging(), statistic(kind, v, WHOLE)), value);
    }
}

/// Two trains that never repeat: nobody knows the highest of their waves without a look at each.
#[test]
fn extremes_of_too_many_waves_are_refused_and_those_of_a_shorter_window_are_not() {
    let c = circuit();
    let v = voltage(&c, "mem");
    let mut form = sine(0.0, 1.0, 1e9, 0.0);
    form.add_scaled(1.0, &sine(0.0, 1.0, SQRT_2 * 1e9, 0.0));
    let run = run(10.0, &[(0.0, form.clone()), (5.0, form.shifted(5.0))]);
    let whole = statistic(Statistic::PeakToPeak, v, WHOLE);
    let error = one(&c, &run, whole).expect_err("too many waves");
    assert_eq!(error, MeasureError::TooManyWaves);
    assert!(error.to_string().contains("shorter window"), "{error}");
    let short = Window { from_s: 0.0, to_s: Some(1e-6) };
    let found = one(&c, &run, statistic(Statistic::PeakToPeak, v, short)).expect("a value");
    assert!(found > 3.9 && found <= 4.0, "{found}");
}

#[test]
fn a_window_cuts_pieces_exactly() {
    let c = circuit();
    let v = voltage(&c, "mem");
    let (a, b) = (0.3e-3_f64, 2.7e-3_f64);
    let window = Window { from_s: a, to_s: Some(b) };
    let integral = (b - a) - 1e-3 * ((-a * 1e3).exp() - (-b * 1e3).exp());
    close(one(&c, &charging(), statistic(Statistic::Integral, v, window)), integral);
    close(one(&c, &charging(), statistic(Statistic::Average, v, window)), integral / (b - a));
    close(one(&c, &charging(), statistic(Statistic::Min, v, window)), 1.0 - (-a * 1e3).exp());
    close(one(&c, &charging(), statistic(Statistic::Max, v, window)), 1.0 - (-b * 1e3).exp());
}

#[test]
fn a_sine_has_its_peaks_its_root_mean_square_and_its_crossings() {
    let c = circuit();
    let v = voltage(&c, "mem");
    let (frequency, amplitude, offset) = (50.0, 2.0, 0.25);
    let omega = 2.0 * PI * frequency;
    let form = sine(offset, amplitude, omega, 0.0);
    // Restated in the middle of a turn.
    let run = run(0.1, &[(0.0, form.clone()), (0.033, form.shifted(0.033))]);
    close(one(&c, &run, statistic(Statistic::Max, v, WHOLE)), offset + amplitude);
    close(one(&c, &run, statistic(Statistic::Min, v, WHOLE)), offset - amplitude);
    close(one(&c, &run, statistic(Statistic::PeakToPeak, v, WHOLE)), 2.0 * amplitude);
    close(one(&c, &run, statistic(Statistic::Average, v, WHOLE)), offset);
    let rms = (offset * offset + amplitude * amplitude / 2.0).sqrt();
    close(one(&c, &run, statistic(Statistic::Rms, v, WHOLE)), rms);
    // sin = 1/sqrt(2) at 45 and at 135 degrees of each of five turns.
    let level = offset + amplitude / SQRT_2;
    for n in 1..=5 {
        let turn = f64::from(n - 1);
        close(one(&c, &run, nth(v, level, Edge::Rise, n)), (turn + 0.125) / frequency);
        close(one(&c, &run, nth(v, level, Edge::Fall, n)), (turn + 0.375) / frequency);
        let both = nth(v, level, Edge::Cross, 2 * n);
        close(one(&c, &run, both), (turn + 0.375) / frequency);
    }
    let sixth = one(&c, &run, nth(v, level, Edge::Rise, 6));
    assert_eq!(sixth, Err(MeasureError::TooFewCrossings { found: 5 }));
    let last = MeasureKind::When(crossing(v, level, Edge::Fall, Occurrence::Last));
    close(one(&c, &run, last), 4.375 / frequency);
}

#[test]
fn delays_and_values_are_taken_at_their_instants() {
    let c = circuit();
    let (v, w) = (voltage(&c, "mem"), voltage(&c, "in"));
    let mut run = charging();
    run.forms.insert(0, (0.0, 1, Waveform::constant(3.0)));
    run.forms.push((2e-3, 1, Waveform::ramp(7.0, 100.0)));
    let rise = |level| Point::Crossing(crossing(v, level, Edge::Rise, Occurrence::Nth(1)));
    let delay = MeasureKind::Delay { trigger: rise(0.1), target: rise(0.9) };
    close(one(&c, &run, delay), 1e-3 * 9.0_f64.ln());
    let from_start = MeasureKind::Delay { trigger: Point::At(1e-4), target: rise(0.5) };
    close(one(&c, &run, from_start), 1e-3 * 2.0_f64.ln() - 1e-4);
    let find = |signal, at| MeasureKind::Find { signal, at };
    close(one(&c, &run, find(v, Point::At(0.0))), 0.0);
    close(one(&c, &run, find(v, Point::At(0.4e-3))), 1.0 - (-0.4_f64).exp());
    close(one(&c, &run, find(v, Point::At(5e-3))), 1.0 - (-5.0_f64).exp());
    // At a jump, the value after it.
    close(one(&c, &run, find(w, Point::At(2e-3))), 7.0);
    close(one(&c, &run, find(w, Point::At(1.999e-3))), 3.0);
    let at = -1e-3 * 0.1_f64.ln();
    close(one(&c, &run, find(w, rise(0.9))), 7.0 + 100.0 * (at - 2e-3));
    let never = one(&c, &run, find(w, rise(2.0)));
    assert_eq!(never, Err(MeasureError::TooFewCrossings { found: 0 }));
}

#[test]
fn what_was_not_simulated_has_no_value() {
    let c = circuit();
    let v = voltage(&c, "mem");
    let late = MeasureError::NotSimulated { needed_s: 6e-3, end_s: 5e-3 };
    let at = MeasureKind::Find { signal: v, at: Point::At(6e-3) };
    assert_eq!(one(&c, &charging(), at), Err(late));
    let window = Window { from_s: 1e-3, to_s: Some(6e-3) };
    let average = statistic(Statistic::Average, v, window);
    assert_eq!(one(&c, &charging(), average), Err(late));
    for to_s in [Some(1e-3), Some(0.5e-3)] {
        let window = Window { from_s: 1e-3, to_s };
        let found = one(&c, &charging(), statistic(Statistic::Rms, v, window));
        assert!(matches!(found, Err(MeasureError::EmptyWindow { .. })), "{found:?}");
    }
}

#[test]
fn a_signal_is_asked_for_once_however_many_measures_need_it() {
    let c = circuit();
    let n1 = c.find_element("n1").expect("an element");
    let v = voltage(&c, "mem");
    let kinds = [
        statistic(Statistic::Max, v, WHOLE),
        nth(v, 0.5, Edge::Rise, 1),
        MeasureKind::EnergyPerSpike(n1, WHOLE),
    ];
    let measures = kinds.map(|kind| Measure { name: "m".to_owned(), kind });
    let sink = MeasureSink::new(&c, &measures);
    // n1 lies between mem and ground, so its voltage is v(mem).
    assert_eq!(sink.follows().waveforms, [v, current(&c, "n1")]);
}

#[test]
fn a_derivative_is_that_of_the_closed_form_and_at_a_corner_that_after_it() {
    let c = circuit();
    let v = voltage(&c, "mem");
    let derivative = |at| MeasureKind::Derivative { signal: v, at };
    for t in [0.0, 0.1e-3, 0.4e-3, 3e-3_f64] {
        close(one(&c, &charging(), derivative(Point::At(t))), 1e3 * (-1e3 * t).exp());
    }
    // v = 1 - exp(-t / tau) has the slope (1 - v) / tau.
    let MeasureKind::When(half) = nth(v, 0.5, Edge::Rise, 1) else { unreachable!() };
    close(one(&c, &charging(), derivative(Point::Crossing(half))), 500.0);
    let corner = run(2.0, &[(0.0, Waveform::ramp(0.0, 1.0)), (1.0, Waveform::ramp(1.0, -3.0))]);
    close(one(&c, &corner, derivative(Point::At(1.0))), -3.0);
}
