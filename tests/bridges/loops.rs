//! Loops through bridges and digital blocks: one that oscillates, one without delay, and one without rest.

use memspike_digital::Level;
use memspike_engine::EngineError;
use memspike_time::Time;

use crate::common::levels::{elaborated, recorded};

/// A relaxation oscillator whose switch a latch closes and opens: 1 V through 1 kohm charges 1 nF up to 0.8 V, 10 ohm
/// discharge it down to 0.2 V.
fn oscillator(delay: &str) -> String {
    format!(
        "oscillator
V1 in 0 1
R1 in mem 1k
C1 mem 0 1n IC=0.2
Ahigh [mem] [high] above
Alow [mem] [notlow] below
.model above adc_bridge(in_low=0.8 in_high=0.8 rise_delay={delay} fall_delay={delay})
.model below adc_bridge(in_low=0.2 in_high=0.2 rise_delay={delay} fall_delay={delay})
Aone one up
.model up d_pullup
Alatch high ~notlow one null null close null latch
.model latch d_srlatch(sr_delay=0 enable_delay=0 rise_delay=0 fall_delay=0)
Aout [close] [gate] dac
.model dac dac_bridge(t_rise=0 t_fall=0)
S1 mem 0 gate 0 sw
.model sw sw(vt=0.5 ron=10 roff=1e30)
.tran 100u uic
.meas tran turns spikes close FROM=10u
.meas tran first first_spike close FROM=10u
.meas tran pace frequency close FROM=10u
.end
"
    )
}

#[test]
fn an_oscillator_that_digital_blocks_close_has_the_period_of_its_closed_form() {
    for (delay, delay_s) in [("0", 0.0_f64), ("10n", 1e-8)] {
        let deck = elaborated(&oscillator(delay), "");
        let recording = recorded(&deck, &["close".to_owned()]).expect("a run");
        let rises: Vec<Time> = recording
            .levels(0)
            .windows(2)
            .filter(|pair| pair[1].1 == Level::One && pair[0].1 == Level::Zero)
            .map(|pair| pair[1].0)
            .collect();
        // Both ways are exponentials that go on for one delay beyond the level that they reach.
        let (charge_s, parallel) = (1e-6_f64, 1.0 / (1.0 / 1e3 + 1.0 / 10.0));
        let (discharge_s, rest): (f64, f64) = (parallel * 1e-9, 10.0 / 1010.0);
        let top = 1.0 - 0.2 * (-delay_s / charge_s).exp();
        let fall_s = discharge_s * ((top - rest) / (0.2 - rest)).ln() + delay_s;
        let bottom = rest + (0.2 - rest) * (-delay_s / discharge_s).exp();
        let rise_s = charge_s * ((1.0 - bottom) / 0.2).ln() + delay_s;
        let period_s = fall_s + rise_s;
        assert!(rises.len() as f64 > 0.9 * 1e-4 / period_s, "{} turns", rises.len());
        for pair in rises.windows(2).skip(1) {
            let found = pair[1].since(pair[0]);
            assert!((found / period_s - 1.0).abs() < 1e-12, "{delay}: {found}, {period_s}");
        }
        let mut go_on = |_| std::ops::ControlFlow::Continue(());
        let run =
            memspike_run::simulate(&deck, &memspike_run::Options::default(), &mut [], &mut go_on);
        let measured: Vec<f64> =
            run.expect("a run").measures.iter().map(|(_, value)| value.expect("a value")).collect();
        let late: Vec<f64> = rises.iter().map(|at| at.as_s()).filter(|s| *s >= 10e-6).collect();
        assert_eq!(measured[..2], [late.len() as f64, late[0]]);
        assert!((measured[2] * period_s - 1.0).abs() < 1e-12, "{measured:?}");
    }
}

#[test]
fn a_loop_without_delay_ends_with_a_message_that_names_its_net() {
    let deck = elaborated(
        "endless
Asrc [enable] src
.model src d_source(input_file=\"vectors.txt\")
A1 [enable y] y nand
.model nand d_nand(rise_delay=0 fall_delay=0)
R1 a 0 1
V1 a 0 1
.tran 10u
.end
",
        "0 0s\n1u 1s\n",
    );
    let error = recorded(&deck, &["y".to_owned()]).expect_err("it does not end");
    assert!(
        matches!(&error, EngineError::Endless { net, at_s } if net == "y" && *at_s == 1e-6),
        "{error}"
    );
}

#[test]
fn a_bridge_that_undoes_its_own_level_has_no_rest_and_runs_from_initial_conditions() {
    let deck = |uic: &str| {
        format!(
            "undoes itself
A1 [a] [q] adc
A2 ~q nq inv
A3 [q] [b] dac
E1 c 0 b 0 -1
E2 a d c 0 1
V1 d 0 1
R1 a 0 1k
.model adc adc_bridge(in_low=0.5 in_high=0.5)
.model inv d_inverter
.model dac dac_bridge
.tran 100n {uic}
.end
"
        )
    };
    let nets = ["q".to_owned()];
    let error = recorded(&elaborated(&deck(""), ""), &nets).expect_err("no rest");
    assert!(matches!(&error, EngineError::NoRest { net } if net == "q"), "{error}");
    // Half an edge of 1 ns from a level to the threshold, and 1 ns of the reading.
    let recording = recorded(&elaborated(&deck("uic"), ""), &nets).expect("a run");
    let turns = recording.levels(0);
    assert!(turns.len() > 60, "{}", turns.len());
    for pair in turns[3..].windows(2) {
        assert!((pair[1].0.since(pair[0].0) - 1.5e-9).abs() < 1e-15, "{pair:?}");
    }
}
