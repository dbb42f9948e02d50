//! What sinks are told of nets: dumps show it, and no pace of a run changes it.

use std::io::Cursor;

use memspike_circuit::{NodeId, Signal};
use memspike_engine::{Follows, Options, Recording, Simulation};
use memspike_scheduler::Pace;
use memspike_time::Time;
use memspike_trace::{DumpOptions, TimeScale, VcdSink};
use wellen::simple;

use crate::common::{
    dump,
    levels::{elaborated, recorded},
};

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
