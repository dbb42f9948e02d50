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

#[test]
fn spikes_closer_than_the_width_make_one_long_pulse() {
    // The period at 2 V is about 5.6 ms: a pulse of 20 ms never ends before the next begins.
    let outcome = run(".subckt slow pix row
        Rs pix m 1Meg
        Cm m 0 47n
        N1 m 0 zno
        Vd row 0 SPIKE(N1 1 20m)
        .ends
        Vin pix 0 PULSE(0 2 0 0 0 50m)
        X1 pix row slow
        Rload row 0 1k
        .tran 0.1 uic
        .meas tran area INTEG v(row)");
    let spikes = times(&outcome, "x1.n1");
    assert!(spikes.len() >= 5 && spikes.windows(2).all(|pair| pair[1] - pair[0] < 20e-3));
    let area = spikes[spikes.len() - 1] + 20e-3 - spikes[0];
    assert!((measure(&outcome, "area") / area - 1.0).abs() < 1e-12);
}

#[test]
fn a_ring_of_neurons_that_drive_each_other_runs() {
    // Each is driven by the one before; a kick starts the first.
    let outcome = run(".subckt ringed from to
        Rs from m 100k
        Cm m 0 47n
        N1 m 0 zno
        Vd to 0 SPIKE(N1 1 2m)
        .ends
        X1 a b ringed
        X2 b c ringed
        X3 c a ringed
        Ckick x1.m 0 1p ic=0
        Ikick 0 x1.m PULSE(0 100u 1m 0 0 1m)
        .tran 0.2 uic");
    let first = times(&outcome, "x1.n1");
    let (second, third) = (times(&outcome, "x2.n1"), times(&outcome, "x3.n1"));
    assert!(first.len() > 5, "{first:?}");
    for ((a, b), c) in first.iter().zip(&second).zip(&third) {
        assert!(a < b && b < c, "{a} {b} {c}");
    }
}
