//! Where nets and nodes meet: crossings that are levels, levels that are voltages, and loops of both.

mod common;

use std::io::Cursor;

use common::dump;
use common::levels::{changes, elaborated, recorded, run};
use memspike_circuit::{NodeId, Signal};
use memspike_digital::Level;
use memspike_engine::{EngineError, Follows, Options, Recording, Simulation};
use memspike_scheduler::Pace;
use memspike_time::Time;
use memspike_trace::{DumpOptions, TimeScale, VcdSink};
use wellen::simple;

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
fn a_dump_shows_nets_and_buses_as_they_were_told() {
    let deck = elaborated(
        "a counter, its clock, and a pulse shorter than the unit of time
Asrc clk ck
Acnt clk null [c[3:0]] counts
Agap [odd[2] odd[5]] src
.model src d_source(input_file=\"vectors.txt\")
.model ck clock(freq=3g)
.model counts counter(rise_delay=10p fall_delay=20p)
V1 a 0 1
R1 a 0 1
.tran 10n
.end
",
        "0 Us 0s\n1.0001n 1s 1s\n1.0002n 1s 0s\n2n 0s 0s\n",
    );
    let circuit = &deck.circuit;
    let nets: Vec<String> = circuit.nets().to_vec();
    let told = recorded(&deck, &nets).expect("a run");
    let options = DumpOptions {
        nets: circuit.net_ids().collect(),
        scale: TimeScale::from_s(1e-12).expect("a unit"),
        ..DumpOptions::default()
    };
    let mut sink = VcdSink::new(Vec::new(), Vec::new(), options);
    let mut simulation =
        Simulation::new(circuit, &Options::default()).expect("a state at time zero");
    let mut go_on = |_| std::ops::ControlFlow::Continue(());
    simulation.run(Time::last_read_as(10e-9), &mut [&mut sink], &mut go_on).expect("a run");
    let bytes = sink.into_inner().expect("memory");
    let mut waves = simple::read_from_reader(Cursor::new(bytes)).expect("wellen reads it");
    let mut read = |name: &str| dump::changes(&mut waves, &["memspike"], name);
    // All levels of some nets at each picosecond at which one of them changed.
    let expected = |names: &[&str]| -> Vec<(u64, String)> {
        let positions: Vec<usize> = names
            .iter()
            .map(|name| nets.iter().position(|net| net == name).expect("a net"))
            .collect();
        let mut times: Vec<u64> = positions
            .iter()
            .flat_map(|at| told.levels(*at))
            .map(|(at, _)| at.tick / 1000)
            .collect();
        times.sort_unstable();
        times.dedup();
        let level = |position: &usize, ps: u64| {
            let all = told.levels(*position);
            all[all.partition_point(|(at, _)| at.tick / 1000 <= ps) - 1].1.letter()
        };
        times
            .into_iter()
            .map(|ps| (ps, positions.iter().map(|at| level(at, ps)).collect()))
            .collect()
    };
    assert_eq!(read("c"), expected(&["c[3]", "c[2]", "c[1]", "c[0]"]));
    assert!(read("c").len() > 30);
    assert_eq!(read("clk"), expected(&["clk"]));
    assert_eq!(read("odd_2"), expected(&["odd[2]"]));
    let pulse: Vec<String> = read("odd_5").into_iter().map(|(_, level)| level).collect();
    assert_eq!(pulse, ["0", "1", "0"], "a pulse of 100 fs is seen in a dump of picoseconds");
}

/// What a deck tells under a pace, with a pause at each of so many instants.
fn told(deck: &memspike_netlist::Elaborated, pace: Pace, pauses: u64) -> Recording {
    let circuit = &deck.circuit;
    let nets = circuit.net_ids().collect();
    let nodes = circuit.node_ids().filter(|node| *node != NodeId::GROUND);
    let waveforms = nodes.take(20).map(|node| Signal::Voltage(node, NodeId::GROUND)).collect();
    let follows = Follows { nets, waveforms, events: memspike_engine::Events::Phases };
    let mut recording = Recording::new(follows);
    let options = Options {
        from_initial_conditions: deck.tran.from_initial_conditions,
        ..Options::default()
    };
    let mut simulation =
        Simulation::new(circuit, &options).expect("a state at time zero").at_pace(pace);
    let end = Time::from_s(deck.tran.stop_s);
    for pause in 1..=pauses + 1 {
        let part = Time::from_tick(end.tick / (pauses + 1) * pause);
        let until = if pause > pauses { end } else { part };
        let mut go_on = |_| std::ops::ControlFlow::Continue(());
        simulation.run(until, &mut [&mut recording], &mut go_on).expect("a run");
    }
    recording
}

#[test]
fn neither_windows_nor_pauses_change_what_nets_and_nodes_do() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/cosim");
    for name in ["closed_loop.cir", "timer.cir", "sar.cir", "snn_core.cir"] {
        let deck = memspike_netlist::Deck::load(&folder.join(name));
        let deck = deck.unwrap_or_else(|report| panic!("{}", report.render(false)));
        let point = deck.steps().expect("points").remove(0);
        let deck =
            deck.elaborate(&point, 0).unwrap_or_else(|report| panic!("{}", report.render(false)));
        let truth = told(&deck, Pace::default(), 0);
        let changes: usize =
            (0..deck.circuit.nets().len()).map(|net| truth.levels(net).len()).sum();
        assert!(changes > 50, "{name}: {changes}");
        for (records, pauses) in [(1, 0), (7, 3), (1 << 18, 12)] {
            let pace = Pace { records: Some(records), first_window_s: 1e-9, ..Pace::default() };
            assert!(
                told(&deck, pace, pauses) == truth,
                "{name} with {records} records and {pauses} pauses"
            );
        }
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
