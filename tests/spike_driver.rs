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

/// Instants in whole femtoseconds.
fn ticks(outcome: &Outcome, element: &str) -> Vec<u64> {
    let spikes = outcome.spikes.iter().find(|spikes| spikes.element == element).expect(element);
    spikes.times.iter().map(|at| at.tick).collect()
}

#[test]
fn a_pulse_begins_its_delay_after_the_spike_to_the_femtosecond() {
    // Delays of less, of as much and of more than the time from spike to spike.
    for (delay, fs) in [
        ("1f", 1),
        ("0.123456789012m", 123_456_789_012),
        ("1m", 1_000_000_000_000),
        ("3.000000000001m", 3_000_000_000_001),
        ("7m mode=retrigger", 7_000_000_000_000),
    ] {
        let outcome = run(&format!(
            ".model sw sw(vt=0.5 ron=1k roff=1meg)
            Vc c 0 PULSE(0 1 1m 0 0 0.5m 1m 9)
            S1 c 0 c 0 sw
            Vd row 0 SPIKE(S1 1 0.2m delay={delay})
            Rrow row b 1k
            S2 b 0 row 0 sw
            .tran 20m
            .meas tran area INTEG v(row)"
        ));
        let spikes = ticks(&outcome, "s1");
        assert_eq!(spikes.len(), 9);
        let late: Vec<u64> = spikes.iter().map(|at| at + fs).collect();
        assert_eq!(ticks(&outcome, "s2"), late, "{delay}");
        assert!((measure(&outcome, "area") / 1.8e-3 - 1.0).abs() < 1e-13, "{delay}");
    }
}

#[test]
fn a_spike_that_solves_an_equation_keeps_its_fraction_of_a_femtosecond_through_a_delay() {
    let neurons = |delay: &str| {
        let outcome = run(&format!(
            "Vin pix 0 0.8
            X1 pix row neuron
            Vlate late 0 SPIKE(X1.N1 1 1m) delay={delay}
            Rload row late 1k
            .model sw sw(vt=0.5 ron=1k roff=1meg)
            S2 row 0 late 0 sw
            .tran 0.1 uic"
        ));
        let all = |name: &str| {
            let spikes = outcome.spikes.iter().find(|spikes| spikes.element == name).unwrap();
            spikes.times.clone()
        };
        (all("x1.n1"), all("s2"))
    };
    let (spikes, late) = neurons("2.5m");
    assert!(late.len() > 5);
    assert!(spikes.iter().any(|at| at.frac != 0.0));
    for (spike, late) in spikes.iter().zip(&late) {
        assert_eq!((spike.tick + 2_500_000_000_000, spike.frac), (late.tick, late.frac));
    }
}

/// A ring of membranes of 1 ms, each charged by the pulse of the driver before it, 2 V for 1.5 ms; the switch
/// turns on where the membrane crosses 1 V.
fn ring(members: usize, delay: &str) -> Vec<f64> {
    let mut lines = ".model sw sw(vt=1 ron=1meg roff=1meg)\n".to_owned();
    for member in 0..members {
        let before = (member + members - 1) % members;
        lines.push_str(&format!(
            "Vd{member} row{member} 0 SPIKE(S{before} 2 1.5m delay={delay})
            R{member} row{member} m{member} 1k
            C{member} m{member} 0 1u
            S{member} row{member} 0 m{member} 0 sw\n"
        ));
    }
    times(&run(&format!("{lines}Ikick 0 m0 PULSE(0 10 1m 0 0 0.2u)\n.tran 2 uic")), "s0")
}

/// Its period (s): membranes of each round start from what is left of the round before.
fn period_s(members: usize, delay_s: f64) -> f64 {
    let mut period_s = members as f64 * delay_s;
    for _ in 0..200 {
        // v = 2 - (2 - left) e^-1.5 at the end of a pulse falls until the next to `left`.
        let fall = (-(period_s - 1.5e-3) / 1e-3).exp();
        let rest = (-1.5_f64).exp();
        let left = 2.0 * (1.0 - rest) * fall / (1.0 - rest * fall);
        period_s = members as f64 * (delay_s + 1e-3 * (2.0 - left).ln());
    }
    period_s
}

#[test]
fn a_ring_of_neurons_goes_round_in_its_delays_and_the_charging_of_its_membranes() {
    for (members, delay, delay_s) in
        [(1, "5m", 5e-3), (3, "2m", 2e-3), (4, "10.5m", 10.5e-3), (40, "1m", 1e-3)]
    {
        let spikes = ring(members, delay);
        let rounds = spikes.len() - 10;
        assert!(rounds > 10, "{members}: {spikes:?}");
        // The first rounds still remember the kick.
        let found = (spikes[9 + rounds] - spikes[9]) / rounds as f64;
        let period = period_s(members, delay_s);
        assert!((found / period - 1.0).abs() < 1e-10, "{members}, {delay}: {found} {period}");
    }
}

#[test]
fn a_ring_without_membranes_goes_round_in_its_delays_alone() {
    let outcome = run(".model sw sw(vt=0.5 ron=1k roff=1meg)
        Vk k 0 PULSE(0 1 1m 0 0 0.1m)
        Rk k b0 1k
        S0 b0 0 k 0 sw
        V1 r1 0 SPIKE(S[1:4] 1 0.1m delay=0.7m)
        R1 r1 b1 1k
        S[1] b1 0 k r1 sw
        S[2] b1 0 r1 0 sw
        S[3] b0 0 k 0 sw
        S[4] b0 0 r1 0 sw
        .tran 20m");
    let rounds: Vec<u64> = (0..27).map(|n| 1_700_000_000_000 + n * 700_000_000_000).collect();
    assert_eq!(ticks(&outcome, "s[2]"), rounds);
}

#[test]
fn one_driver_hears_all_devices_of_a_range_and_drivers_of_a_range_one_each() {
    let clocks = ".model sw sw(vt=0.5 ron=1k roff=1meg)
        V[0:2] c[0:2] 0 PULSE(0 1 {1m+0.25m*index} 0 0 0.1m 1m 4)
        S[0:2] c[0:2] 0 c[0:2] 0 sw\n";
    let any = run(&format!(
        "{clocks}Vd row 0 SPIKE(S[0:2] 1 50u)\nRrow row 0 1k\n.tran 9m
        .meas tran area INTEG v(row)"
    ));
    assert!((measure(&any, "area") / (12.0 * 50e-6) - 1.0).abs() < 1e-13);
    let each = run(&format!(
        "{clocks}Vd[0:2] row[2:0] 0 SPIKE(S[0:2] 1 50u delay={{10u*index}})
        Sd[0:2] row[2:0] 0 row[2:0] 0 sw
        Rrow[0:2] row[0:2] 0 1k\n.tran 9m"
    ));
    for index in 0..3 {
        let spikes = ticks(&each, &format!("s[{index}]"));
        let late: Vec<u64> = spikes.iter().map(|at| at + index * 10_000_000_000).collect();
        assert_eq!(ticks(&each, &format!("sd[{index}]")), late);
    }
}
