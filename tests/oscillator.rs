//! Oscillators that voltages control, against integrals of their frequency and against ngspice.

mod common;

use common::cosim::{diagnosis, own};
use common::levels::{changes, elaborated, recorded};
use common::ngspice::levels;

fn edges(deck: &str) -> Vec<(f64, char)> {
    let nets = ["clk".to_owned()];
    changes(&recorded(&elaborated(deck, ""), &nets).expect("a run"), 0)
}

/// Asserts that edges after the first level lie where a law has them, to the femtosecond or the last digit.
fn assert_edges(deck: &str, truth: impl Fn(usize) -> f64, least: usize) {
    let found = edges(deck);
    assert!(found.len() > least, "{} edges\n{deck}", found.len());
    for (number, (at, _)) in found[1..].iter().enumerate() {
        let exact = truth(number);
        assert!((at - exact).abs() < 1e-15 + 1e-14 * exact, "{number}: {at} {exact}\n{deck}");
    }
}

fn deck(source: &str, model: &str) -> String {
    format!(
        "oscillator\nV1 in 0 {source}\nR1 in ctl 1k\nC1 ctl 0 1n\nA1 in clk vco\n.model vco d_osc({model})\n.tran 100n 2m\n.end\n"
    )
}

#[test]
fn at_a_constant_voltage_a_turn_is_the_period_and_its_last_share_is_one() {
    let points = "cntl_array=[-1 0 1] freq_array=[1k 2k 4k] rise_delay=3u fall_delay=5u";
    // Between two points, on one, and beyond the last, where the line goes on.
    for (volt, hz) in [(-0.5, 1.5e3), (1.0, 4e3), (3.0, 8e3)] {
        for (duty, degree) in [(0.5, 0.0), (0.3, 90.0), (0.9, -36.5), (0.25, 300.0)] {
            let begins = f64::rem_euclid(degree / 360.0, 1.0);
            let is_one = begins >= 1.0 - duty;
            let model = format!("{points} duty_cycle={duty} init_phase={degree}");
            let turns = |number: usize| {
                let half = number + usize::from(is_one);
                let whole = (half / 2) as f64;
                if half.is_multiple_of(2) {
                    (whole + 1.0 - duty, 3e-6)
                } else {
                    (whole + 1.0, 5e-6)
                }
            };
            let truth = |number| (turns(number).0 - begins) / hz + turns(number).1;
            assert_edges(&deck(&volt.to_string(), &model), truth, 4);
        }
    }
}

#[test]
fn at_a_voltage_that_rises_the_phase_is_the_integral_of_the_frequency() {
    // 2000 + 2e6 t hertz: the phase is 2000 t + 1e6 t^2.
    let model = "cntl_array=[0 1] freq_array=[2k 4k] rise_delay=0 fall_delay=0";
    let truth = |number: usize| {
        let turns = 0.5 * (number + 1) as f64;
        ((1e6 + 1e6 * turns).sqrt() - 1e3) * 1e-6
    };
    assert_edges(&deck("PWL(0 0 2m 2)", model), truth, 15);
}

#[test]
fn behind_a_filter_the_phase_is_the_integral_of_an_exponential() {
    // 1 V through 1 ms, 10 kHz a volt: the phase is 10 (u - 1 + exp(-u)), u in milliseconds.
    let text = deck("1", "cntl_array=[0 1] freq_array=[0 10k] rise_delay=0 fall_delay=0")
        .replace("A1 in", "A1 ctl")
        .replace("C1 ctl 0 1n", "C1 ctl 0 1u IC=0")
        .replace("2m\n", "20m uic\n");
    let truth = |number: usize| {
        let turns = 0.05 * (number + 1) as f64;
        let mut u = turns + 1.0;
        for _ in 0..60 {
            u -= (u - 1.0 + (-u).exp() - turns) / -(-u).exp_m1();
        }
        1e-3 * u
    };
    assert_edges(&text, truth, 350);
}

#[test]
fn across_corners_and_below_zero_the_frequency_is_that_of_its_line_or_nothing() {
    // The voltage falls from 2 V to -2 V within 4 ms and comes back. Lines: 1 kHz below 0 V falling to nothing at -1 V, 3 kHz a
    // volt above. The phase of the way down until 0 V is reached is 2 + 6, from there 0.5, and the way back repeats it.
    let text = deck(
        "PWL(0 2 4m -2 8m 2)",
        "cntl_array=[-0.5 0 1] freq_array=[0.5k 1k 4k] rise_delay=0 fall_delay=0 duty_cycle=0.5",
    )
    .replace("2m\n", "7.99m\n");
    // Frequency over ms: 7 - 3 t until 2, 3 - t until 3, nothing until 5; then the mirror image.
    let phase = |ms: f64| -> f64 {
        let down = |t: f64| {
            let (steep, flat) = (t.min(2.0), t.clamp(2.0, 3.0));
            7.0 * steep - 1.5 * steep * steep + 3.0 * (flat - 2.0) - 0.5 * (flat * flat - 4.0)
        };
        if ms < 4.0 { down(ms) } else { 2.0 * down(4.0) - down(8.0 - ms) }
    };
    let found = edges(&text);
    assert_eq!(found.len() - 1, (2.0 * phase(7.99)) as usize);
    for (number, (at, _)) in found[1..].iter().enumerate() {
        let turns = 0.5 * (number + 1) as f64;
        assert!((phase(1e3 * at) - turns).abs() < 1e-11, "{number}: {at}");
    }
}

#[test]
fn ngspice_has_the_same_edges_within_its_step_from_the_first_rise_on() {
    for (source, model) in [
        ("0.3", "duty_cycle=0.3 init_phase=100 rise_delay=2u fall_delay=1u"),
        ("2.5", "duty_cycle=0.8 init_phase=200"),
        ("2.5", "duty_cycle=0.8 init_phase=30"),
        ("PWL(0 0 1m 1 2m 0.2)", "duty_cycle=0.4"),
    ] {
        let text = deck(source, &format!("cntl_array=[-1 0 1] freq_array=[1k 2k 4k] {model}"));
        let mut ours = edges(&text);
        let body = text.strip_suffix(".end\n").expect("a deck that ends with .end");
        let theirs = levels(body, "", &["clk".to_owned()]).remove(0).split_off(1);
        // It is zero until it first rises, wherever in a turn it begins.
        ours.retain(|edge| edge.0 > theirs[0].0 - 200e-9);
        assert!(theirs.len() > 3);
        let all = |edges: &[(f64, char)]| edges.iter().map(|edge| edge.1).collect::<String>();
        assert_eq!(all(&ours), all(&theirs), "{text}\n{ours:?}\n{theirs:?}");
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert!((ours.0 - theirs.0).abs() < 200e-9, "{ours:?} {theirs:?}\n{text}");
        }
    }
}

#[test]
fn a_card_that_is_no_oscillator_is_told_where_and_what_to_write() {
    for (model, words) in [
        ("cntl_array=[0 1]", "'vco' has no freq_array"),
        ("cntl_array=[0 1] freq_array=[1k]", "as many as cntl_array"),
        ("cntl_array=[0] freq_array=[1k]", "two at least"),
        ("cntl_array=[1 0] freq_array=[1k 2k]", "must ascend"),
        ("cntl_array=[0 1 freq_array=[1k 2k]", "is not a number"),
        ("cntl_array=[0 1] freq_array=[1k 2k", "expected a number or ']'"),
        ("cntl_array=[0 1] freq_array=[1k 2k] duty_cycle=1", "must lie between 0 and 1"),
        ("cntl_array=[0 1] freq_array=[1k 2k] other=[1]", "d_osc has no list 'other'"),
        ("cntl_array=[0 x] freq_array=[1k 2k]", "is not a number"),
    ] {
        let text = deck("1", model);
        let told = diagnosis(own(&text, &[]).path());
        assert!(told.contains(words) && told.contains("deck.cir:6"), "{model}\n{told}");
    }
}
