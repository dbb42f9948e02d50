//! Where nets and nodes meet: crossings that are levels, and levels that are voltages.

#[path = "../common/mod.rs"]
mod common;
mod loops;
mod told;

use common::levels::{changes, elaborated, recorded, run};
use memspike_circuit::{NodeId, Signal};
use memspike_digital::Level;
use memspike_engine::{Follows, Recording};
use memspike_time::Time;

fn fs(at: Time) -> u64 {
    at.tick
}

#[test]
fn a_crossing_is_a_level_a_delay_later_to_the_femtosecond() {
    // 1 V through 1 kohm into 1 nF: v = 1 - exp(-t / 1 us), read at 0.1 and 0.9 V, then as it falls from 10 us on.
    let deck = elaborated(
        "crossings
V1 in 0 PULSE(0 1 0 0 0 10u)
R1 in mem 1k
C1 mem 0 1n
A1 [mem] [q] adc
.model adc adc_bridge(rise_delay=3n fall_delay=5n)
.tran 20u
.end
",
        "",
    );
    let nets = vec!["q".to_owned()];
    let recording = recorded(&deck, &nets).expect("a run");
    let at: Vec<(u64, Level)> =
        recording.levels(0).iter().map(|(at, level)| (fs(*at), *level)).collect();
    let tau_fs = 1e9;
    let peak = 1.0 - (-10.0_f64).exp();
    let expected = [
        (0.0, Level::Zero),
        (-(0.9_f64.ln()) * tau_fs + 3e6, Level::Unknown),
        (-(0.1_f64.ln()) * tau_fs + 3e6, Level::One),
        (1e10 + (peak / 0.9).ln() * tau_fs + 5e6, Level::Unknown),
        (1e10 + (peak / 0.1).ln() * tau_fs + 5e6, Level::Zero),
    ];
    assert_eq!(at.len(), expected.len(), "{at:?}");
    for ((at, level), (truth, expected)) in at.iter().zip(expected) {
        assert_eq!(*level, expected);
        assert!((*at as f64 - truth).abs() < 1.5, "{at} {truth}");
    }
}

#[test]
fn a_level_is_reached_on_a_straight_line_and_one_that_changes_meanwhile_turns_it_round() {
    let deck = elaborated(
        "ramps
Asrc [q] src
.model src d_source(input_file=\"vectors.txt\")
A1 [q] [out] dac
.model dac dac_bridge(out_low=-1 out_high=3 out_undef=0 t_rise=4n t_fall=8n)
R1 out 0 1k
.tran 100n
.end
",
        "0 0s\n10n 1s\n20n 0s\n24n 1s\n40n Us\n60n 0s\n61n Us\n",
    );
    let out = deck.circuit.find_node("out").expect("a node");
    let mut recording = Recording::of_waveforms(vec![Signal::Voltage(out, NodeId::GROUND)]);
    run(&deck, &mut recording).expect("a run");
    let value = |ns: f64| recording.value(0, Time::from_s(ns * 1e-9)).expect("a value");
    for (ns, volt) in [
        (5.0, -1.0),
        (11.0, 0.0),
        (14.0, 3.0),
        (15.0, 3.0),
        // It falls by half a volt a nanosecond for four, and rises from there by one.
        (22.0, 2.0),
        (24.0, 1.0),
        (25.0, 2.0),
        (26.5, 3.0),
        // To what is unknown at 0 V.
        (42.0, 2.0),
        (46.0, 0.0),
        (50.0, 0.0),
        (60.5, -0.25),
        // Back up from -0.5 V.
        (61.25, -0.25),
        (61.75, 0.0),
    ] {
        assert!((value(ns) - volt).abs() < 1e-12, "{ns} ns: {}, {volt}", value(ns));
    }
}

#[test]
fn spikes_are_counted_as_they_happen() {
    let deck = elaborated(
        "spikes counted
V1 in 0 1
R1 in mem 100k
C1 mem 0 10n
N1 mem 0 zno
.include card.lib
.model zno ts_memristor
Aspk [n1] [spike] tap
.model tap spike_bridge(width=1u delay=2u)
Acnt spike null [c[7:0]] counts
.model counts counter
.meas tran n SPIKES n1
.tran 100m
.end
"
        .replace(".include card.lib\n", "")
        .as_str(),
        "",
    );
    let nets: Vec<String> = std::iter::once("spike".to_owned())
        .chain((0..8).rev().map(|bit| format!("c[{bit}]")))
        .collect();
    let device = deck.circuit.find_element("n1").expect("a device");
    let ids = nets.iter().map(|net| deck.circuit.find_net(net).expect("a net")).collect();
    let events = memspike_engine::Events::Spikes;
    let mut recording = Recording::new(Follows { nets: ids, events, ..Follows::default() });
    run(&deck, &mut recording).expect("a run");
    let spikes: Vec<Time> = recording.spikes(device).collect();
    assert!(spikes.len() > 10, "{} spikes", spikes.len());
    let rises: Vec<Time> = recording
        .levels(0)
        .iter()
        .filter(|(_, level)| *level == Level::One)
        .map(|(at, _)| *at)
        .collect();
    let delayed: Vec<Time> = spikes.iter().map(|at| at.later(2_000_000_000)).collect();
    assert_eq!(rises[..], delayed[..rises.len()]);
    assert!(delayed.len() - rises.len() <= 1);
    let count = (1..=8).fold(0, |count, net| {
        let (_, level) = recording.levels(net).last().expect("a level");
        2 * count + usize::from(*level == Level::One)
    });
    assert_eq!(count, rises.len() % 256);
}

#[test]
fn a_net_with_the_name_of_a_node_is_bridged_as_in_ngspice() {
    // 3.3 V where nothing says otherwise: read at 1.65 V, and given out as 0 and vcc.
    for (vcc, high) in [("", 3.3), (".param vcc=2\n", 2.0)] {
        let deck = elaborated(
            &format!(
                "bridged
V1 in 0 PWL(0 0 4u 4)
A1 in out buffer
.model buffer d_buffer(rise_delay=10n fall_delay=10n)
R1 out 0 1k
{vcc}.tran 5u
.end
"
            ),
            "",
        );
        let out = deck.circuit.find_node("out").expect("a node");
        let nets = deck.circuit.find_net("out").into_iter().collect();
        let waveforms = vec![Signal::Voltage(out, NodeId::GROUND)];
        let mut recording = Recording::new(Follows { waveforms, nets, ..Follows::default() });
        run(&deck, &mut recording).expect("a run");
        let rise = changes(&recording, 0)
            .into_iter()
            .find(|(_, level)| *level == '1')
            .expect("it rises")
            .0;
        let truth = high / 2.0 * 1e-6 + 1e-9 + 10e-9;
        assert!((rise - truth).abs() < 2e-15, "{rise} {truth}");
        assert!(
            (recording.value(0, Time::from_s(rise + 0.5e-9)).expect("a value") - high / 2.0).abs()
                < 1e-5
        );
        assert_eq!(recording.value(0, Time::from_s(rise + 2e-9)), Some(high));
    }
}

#[test]
fn a_sweep_passes_through_digital_parts_at_rest() {
    // Read at 0.6 V, inverted, and given out as 0 and 2 V behind 1 kohm over 3 kohm.
    let deck = elaborated(
        "at rest
V1 in 0 0.2
A1 [in] [q] adc
.model adc adc_bridge(in_low=0.6 in_high=0.6)
A2 q nq inv
.model inv d_inverter
A3 [nq] [out] dac
.model dac dac_bridge(out_high=2)
R1 out mid 1k
R2 mid 0 3k
.op
.dc V1 0 1 0.25
.end
",
        "",
    );
    let mut go_on = |_| std::ops::ControlFlow::Continue(());
    let outcome =
        memspike_run::simulate(&deck, &memspike_run::Options::default(), &mut [], &mut go_on);
    let points = outcome.expect("a run").at_rest;
    let column = |of: &memspike_run::Points, wanted: &str| -> Vec<f64> {
        let at = of.columns.iter().position(|(name, _)| name == wanted).expect("a column");
        of.rows.iter().map(|row| row[at]).collect()
    };
    assert_eq!(column(&points[0], "v(mid)"), [1.5]);
    assert_eq!(column(&points[1], "v(mid)"), [1.5, 1.5, 1.5, 0.0, 0.0]);
}
