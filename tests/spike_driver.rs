//! Sources that follow the spikes of a device.

use std::ops::ControlFlow;

use memspike::{Options, Outcome, simulate};
use memspike_netlist::Deck;

const NEURON: &str = ".model zno ts_memristor()
    .subckt neuron pix row
    Rs pix m 1Meg
    Cm m 0 47n
    N1 m 0 zno
    Vd row 0 SPIKE(N1 0.5 2m 0.1)
    .ends";

fn run(lines: &str) -> Outcome {
    let text = format!("spike drivers\n{NEURON}\n{lines}\n.end\n");
    let deck = Deck::parse("driver", &text).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let point = deck.steps().unwrap().remove(0);
    let elaborated = deck.elaborate(&point, 0).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let mut go_on = |_| ControlFlow::Continue(());
    let options = Options { spike_times: true, ..Options::default() };
    simulate(&elaborated, &options, &mut [], &mut go_on).unwrap_or_else(|e| panic!("{e}"))
}

fn measure(outcome: &Outcome, name: &str) -> f64 {
    outcome.measure(name).unwrap_or_else(|| panic!("no {name}: {:?}", outcome.warnings))
}

fn times(outcome: &Outcome, element: &str) -> Vec<f64> {
    let spikes = outcome.spikes.iter().find(|spikes| spikes.element == element).expect(element);
    spikes.times.iter().map(|at| at.as_s()).collect()
}

#[test]
fn a_pulse_follows_every_spike() {
    let outcome = run("Vin pix 0 0.8
        X1 pix row neuron
        Rload row out 1k
        Cout out 0 1u
        .tran 0.1 uic
        .meas tran area INTEG v(row)
        .meas tran charged FIND v(out) AT=0.1");
    let spikes = times(&outcome, "x1.n1");
    assert!(spikes.len() >= 5);
    let pulses: f64 = spikes.iter().map(|at| (0.1 - at).min(2e-3)).sum();
    let area = 0.1 * 0.1 + 0.4 * pulses;
    assert!((measure(&outcome, "area") / area - 1.0).abs() < 1e-12);

    // The RC filter answers each edge with an exponential of its own.
    let answer = |edge: f64| if edge < 0.1 { 1.0 - (-(0.1 - edge) / 1e-3_f64).exp() } else { 0.0 };
    let edges: f64 = spikes.iter().map(|at| answer(*at) - answer(at + 2e-3)).sum();
    let charged = 0.1 * answer(0.0) + 0.4 * edges;
    assert!((measure(&outcome, "charged") / charged - 1.0).abs() < 1e-12);
}

#[test]
fn a_neuron_that_spikes_drive_answers_like_one_that_a_written_waveform_drives() {
    let second = "Rsyn row m2 200k
        Cm2 m2 0 47n
        N2 m2 0 zno
        .tran 0.5 uic
        .meas tran top MAX v(m2)";
    let driven = run(&format!("Vin pix 0 2\nX1 pix row neuron\n{second}"));
    let mut points = "0 0.1".to_owned();
    for at in times(&driven, "x1.n1") {
        points.push_str(&format!(" {at:e} 0.1 {at:e} 0.5 {0:e} 0.5 {0:e} 0.1", at + 2e-3));
    }
    let written = run(&format!("Vrow row 0 PWL({points})\n{second}"));
    let (of_driven, of_written) = (times(&driven, "n2"), times(&written, "n2"));
    assert!(of_driven.len() >= 2, "{of_driven:?}");
    assert_eq!(of_driven.len(), of_written.len());
    for (a, b) in of_driven.iter().zip(&of_written) {
        assert!((a / b - 1.0).abs() < 1e-10, "{a} {b}");
    }
    assert!((measure(&driven, "top") / measure(&written, "top") - 1.0).abs() < 1e-10);
}

/// The area of what a neuron at 2 V, spiking about every 5.6 ms until 50 ms, makes of a driver with
/// pulses of 20 ms, and its spikes.
fn slow(mode: &str) -> (f64, Vec<f64>) {
    let outcome = run(&format!(
        ".subckt slow pix row
        Rs pix m 1Meg
        Cm m 0 47n
        N1 m 0 zno
        Vd row 0 SPIKE(N1 1 20m) {mode}
        .ends
        Vin pix 0 PULSE(0 2 0 0 0 50m)
        X1 pix row slow
        Rload row 0 1k
        .tran 0.1 uic
        .meas tran area INTEG v(row)"
    ));
    let spikes = times(&outcome, "x1.n1");
    assert!(spikes.len() >= 5 && spikes.windows(2).all(|pair| pair[1] - pair[0] < 20e-3));
    (measure(&outcome, "area"), spikes)
}

#[test]
fn a_spike_within_a_pulse_is_not_heard() {
    for mode in ["", "mode=deaf"] {
        let (found, spikes) = slow(mode);
        let (mut area, mut ends) = (0.0, 0.0);
        for at in spikes {
            if at >= ends {
                ends = at + 20e-3;
                area += 20e-3_f64.min(0.1 - at);
            }
        }
        assert!((found / area - 1.0).abs() < 1e-12, "{mode}: {found} {area}");
    }
}

#[test]
fn a_spike_within_a_pulse_lengthens_it_if_asked_to() {
    let (found, spikes) = slow("mode=retrigger");
    let area = spikes[spikes.len() - 1] + 20e-3 - spikes[0];
    assert!((found / area - 1.0).abs() < 1e-12);
}

/// A switch that turns on at 1, 2, ... 9 ms, its driver, and a switch that counts the driver's pulses.
fn clocked(width: &str, mode: &str) -> (f64, Vec<f64>) {
    let outcome = run(&format!(
        ".model sw sw(vt=0.5 ron=1k roff=1meg)
        Vc c 0 PULSE(0 1 1m 0 0 0.5m 1m 9)
        S1 c 0 c 0 sw
        Vd row 0 SPIKE(S1 1 {width}) {mode}
        Rrow row b 1k
        S2 b 0 row 0 sw
        .tran 20m
        .meas tran area INTEG v(row)"
    ));
    assert_eq!(times(&outcome, "s1").len(), 9);
    (measure(&outcome, "area"), times(&outcome, "s2"))
}

#[test]
fn a_spike_exactly_at_the_end_of_a_pulse_starts_a_new_one() {
    let ms = |numbers: &[u32]| numbers.iter().map(|n| f64::from(*n) / 1e3).collect::<Vec<_>>();
    let all = ms(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (width, mode, area, pulses) in [
        // A femtosecond less, and there is a gap; a femtosecond more, and every other one is lost.
        ("0.999999999999m", "", 9.0 * 0.999999999999e-3, all.clone()),
        ("1m", "", 9e-3, all.clone()),
        ("1m", "mode=retrigger", 9e-3, all.clone()),
        ("1.000000000001m", "", 5.0 * 1.000000000001e-3, ms(&[1, 3, 5, 7, 9])),
        ("1.000000000001m", "mode=retrigger", 9.000000000001e-3, ms(&[1])),
        ("3m", "", 9e-3, ms(&[1, 4, 7])),
        ("3m", "mode=retrigger", 11e-3, ms(&[1])),
    ] {
        let (found, seen) = clocked(width, mode);
        assert!((found / area - 1.0).abs() < 1e-13, "{width} {mode}: {found} {area}");
        assert_eq!(seen, pulses, "{width} {mode}");
    }
}

#[test]
fn a_pulse_shorter_than_time_can_tell_still_lets_time_pass() {
    // A switch that its own driver turns off, and that turns on again where the pulse ends.
    let outcome = run(".model sw sw(vt=0.5 vh=0.1 ron=1k roff=1meg)
        Vp p 0 PULSE(0 1 1f 0 0 1n)
        Va a 0 SPIKE(S1 1 1e-29)
        S1 load 0 p a sw
        Rload p load 1k
        Ra a 0 1k
        .tran 1p uic");
    assert_eq!(times(&outcome, "s1").len(), 1000);
}

#[test]
fn a_ring_of_neurons_that_drive_each_other_runs() {
    // Each is driven by the one before; a kick starts the first.
    let outcome = run(".subckt ringed from to
        Rs from m 100k
        Cm m 0 47n
        N1 m 0 zno
        Vd to 0 SPIKE(N1 1 2.5m)
        .ends
        X1 a b ringed
        X2 b c ringed
        X3 c a ringed
        Ckick x1.m 0 1p ic=0
        Ikick 0 x1.m PULSE(0 100u 1m 0 0 0.3m)
        .tran 0.2 uic");
    let first = times(&outcome, "x1.n1");
    let (second, third) = (times(&outcome, "x2.n1"), times(&outcome, "x3.n1"));
    assert!(first.len() > 5, "{first:?}");
    for ((a, b), c) in first.iter().zip(&second).zip(&third) {
        assert!(a < b && b < c, "{a} {b} {c}");
    }
}
