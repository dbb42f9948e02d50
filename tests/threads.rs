//! On how many threads a run is changes no bit of what it tells.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;

use memspike_circuit::{Circuit, NodeId, Signal};
use memspike_engine::{Counters, Events, Follows, Options, Recording, Simulation};
use memspike_netlist::Deck;
use memspike_scheduler::Pace;
use memspike_time::Time;
use rayon::ThreadPoolBuilder;

/// Everything that a run tells of its devices and of these nodes' voltages, and how much work it was.
fn told(circuit: &Circuit, nodes: &[&str], until_s: f64, pace: Pace) -> (Recording, Counters) {
    let voltage = |name: &&str| Signal::Voltage(circuit.find_node(name).unwrap(), NodeId::GROUND);
    let follows = Follows {
        waveforms: nodes.iter().map(voltage).collect(),
        events: Events::Phases,
        ..Follows::default()
    };
    let mut recording = Recording::new(follows);
    let options = Options { from_initial_conditions: true, seed: 3 };
    let mut simulation = Simulation::new(circuit, &options).expect("a start").at_pace(pace);
    let mut watch = |_| ControlFlow::Continue(());
    simulation.run(Time::from_s(until_s), &mut [&mut recording], &mut watch).expect("a run");
    (recording, simulation.counters())
}

/// One thread and several, each from the second window on, with windows long and short.
#[track_caller]
fn check(deck: &Deck, nodes: &[&str], until_s: f64) {
    let points = deck.steps().unwrap_or_else(|report| panic!("{report}"));
    let elaborated = deck.elaborate(&points[0], 3).unwrap_or_else(|report| panic!("{report}"));
    let circuit = &elaborated.circuit;
    let alone = told(circuit, nodes, until_s, Pace::default());
    assert!(alone.0.events().len() > 1000, "{} events", alone.0.events().len());
    for (threads, records) in [(2, None), (3, Some(2000)), (7, Some(50)), (2, Some(1 << 16))] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let threads = NonZeroUsize::new(threads).expect("at least one");
        let pace = Pace { records, threads, worth_threads: 0, ..Pace::default() };
        let together = pool.install(|| told(circuit, nodes, until_s, pace));
        assert!(together == alone, "{threads} threads, {records:?} records");
    }
}

/// A deck of neurons, and what joins them.
fn neurons(volts: impl Iterator<Item = f64>, joints: &str) -> Deck {
    let name = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/threads.cir");
    let each = volts.enumerate().map(|(number, volt)| {
        format!("V{number} v{number} 0 {volt}\nX{number} v{number} m{number} o{number} neuron\n")
    });
    let text = format!(
        "neurons\n\
         .include cards/zno.lib\n\
         .subckt neuron v mem out\n\
         Rs v mem 1Meg\n\
         Cm mem 0 47n\n\
         N1 mem 0 zno_varied\n\
         Vd out 0 SPIKE(N1 2 400u)\n\
         .ends\n\
         {}{joints}.tran 0.2 uic\n.end\n",
        each.collect::<String>(),
    );
    let name = name.to_string_lossy();
    Deck::parse(&name, &text).unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn independent_neurons_with_variation_tell_the_same_on_any_number_of_threads() {
    let deck = neurons((0..300).map(|k| 0.5 + 0.005 * f64::from(k)), "");
    check(&deck, &["m7", "m150", "m299"], 0.2);
}

#[test]
fn the_network_of_the_paper_tells_the_same_on_any_number_of_threads() {
    let deck = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/snn_784x10.cir");
    let deck = Deck::load(&deck).unwrap_or_else(|report| panic!("{report}"));
    check(&deck, &["mem[0]", "mem[9]", "row[400]"], 0.05);
}

#[test]
fn layers_and_loops_of_neurons_tell_the_same_on_any_number_of_threads() {
    // Each of the second hundred hears one of the first, and each of the last forty pairs up with its neighbour.
    let mut joints = String::new();
    for k in 0..100 {
        joints.push_str(&format!("Rj{k} o{k} m{} 2Meg\n", 100 + k));
    }
    for k in 200..240 {
        joints.push_str(&format!("Rj{k} o{k} m{} 2Meg\n", k ^ 1));
    }
    let volts = (0..240).map(|k| if k < 100 { 0.6 + 0.01 * f64::from(k) } else { 0.55 });
    check(&neurons(volts, &joints), &["m7", "m150", "m201", "o205"], 0.2);
}
