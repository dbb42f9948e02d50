//! A network of point neurons between the nets of a circuit, against what its delays and its one equation say.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use memspike_digital::Level;
use memspike_engine::{Events, Follows, Recording};
use memspike_netlist::Deck;
use memspike_run::{Options, simulate};
use memspike_time::{FS, Time};

const MS: u64 = 1_000_000_000_000;
const US: u64 = 1_000_000_000;
const NS: u64 = 1_000_000;

/// A relay behind an input, and a leaky neuron that needs several spikes.
const NETWORK: &str = r#"
version = 2
[[populations]]
name = "in"
size = 2
model.input = {}
[[populations]]
name = "relays"
size = 2
model.parrot = {}
[[populations]]
name = "leaky"
size = 1
[populations.model.lif_delta.membrane]
tau_s = 20e-3
threshold_v = 20e-3
reset = "zero"
refractory_s = 3e-3
[[projections]]
name = "to-relays"
from = "in"
to = "relays"
effect = "trigger"
delay_s = 1.5e-3
connections = "one_to_one"
[[projections]]
name = "to-leaky"
from = "in"
to = "leaky"
effect = { volt = 1e-3 }
weights = 7.0
delay_s = 0.4e-3
connections.all_to_all = {}
"#;

/// The levels of nets in a run of a deck beside the network.
fn levels(cards: &str, nets: &[&str]) -> (Vec<Vec<(Time, Level)>>, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("net.toml"), NETWORK).expect("a file");
    let path = folder.path().join("deck.cir");
    fs::write(&path, format!("a network between nets\n{cards}\n.end\n")).expect("a file");
    let deck = Deck::load(&path).unwrap_or_else(|report| panic!("{}", report.render(false)));
    run(&deck, nets)
}

fn run(deck: &Deck, nets: &[&str]) -> (Vec<Vec<(Time, Level)>>, Vec<String>) {
    let point = &deck.steps().expect("points")[0];
    let elaborated = deck.elaborate(point, 0);
    let elaborated = elaborated.unwrap_or_else(|report| panic!("{}", report.render(false)));
    let net = |name: &&str| elaborated.circuit.find_net(name).expect("a net");
    let nets: Vec<_> = nets.iter().map(net).collect();
    let number = nets.len();
    let mut recording =
        Recording::new(Follows { nets, events: Events::Spikes, ..Follows::default() });
    let mut go_on = |_| ControlFlow::Continue(());
    let outcome = simulate(&elaborated, &Options::default(), &mut [&mut recording], &mut go_on);
    let outcome = outcome.unwrap_or_else(|error| panic!("{error}"));
    ((0..number).map(|net| recording.levels(net).to_vec()).collect(), outcome.warnings)
}

fn edges(levels: &[(Time, Level)], wanted: Level) -> Vec<Time> {
    let changes = levels.iter().filter(|(at, level)| *level == wanted && *at > Time::ZERO);
    changes.map(|(at, _)| *at).collect()
}

#[test]
fn a_spike_comes_out_after_its_delay_for_the_width_of_a_pulse() {
    let (levels, reports) = levels(
        "A1 tick clock\n.model clock clock(freq=1k delay=0.1m)\n\
         A2 [tick null] [first second] net\n\
         .model net network(file=\"net.toml\" inputs=\"in\" outputs=\"relays\" width=20u)\n.tran 50m",
        &["first", "second"],
    );
    let rises: Vec<Time> =
        (0..49).map(|k| Time::from_tick(k * MS + MS / 10 + 3 * MS / 2)).collect();
    let rises: Vec<Time> = rises.into_iter().filter(|at| at.tick <= 50 * MS).collect();
    let falls: Vec<Time> = rises.iter().map(|at| at.later(20 * US)).collect();
    assert_eq!(edges(&levels[0], Level::One), rises);
    assert_eq!(edges(&levels[0], Level::Zero), falls);
    assert!(edges(&levels[1], Level::One).is_empty(), "nothing plays the second input");
    assert!(reports.is_empty(), "{reports:?}");
}

#[test]
fn memristors_charge_a_leaky_neuron_that_fires_when_its_equation_says() {
    let card = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/cards/zno.lib");
    let (levels, _) = levels(
        &format!(
            ".include {}\nV1 a 0 1.3\nRa a m 1Meg\nCa m 0 47n\nN1 m 0 zno\n\
             V2 b 0 0.9\nRb b n 1Meg\nCb n 0 47n\nN2 n 0 zno\n\
             A1 [n1 n2] [s t] taps\n.model taps spike_bridge(width=1u)\n\
             A2 [s t] [out] net\n\
             .model net network(file=\"net.toml\" inputs=\"in\" outputs=\"leaky\" width=1u)\n.tran 1 uic",
            card.display()
        ),
        &["s", "t", "out"],
    );
    let mut arrivals: Vec<Time> = levels[..2]
        .iter()
        .flat_map(|net| edges(net, Level::One))
        .map(|at| at.later(2 * MS / 5))
        .collect();
    arrivals.sort_unstable();
    let (mut potential, mut before, mut deaf_until) = (0.0_f64, Time::ZERO, Time::ZERO);
    let mut expected = Vec::new();
    for at in arrivals.iter().copied().filter(|at| at.tick < 1000 * MS) {
        if at < deaf_until {
            continue;
        }
        let since = if before < deaf_until { deaf_until } else { before };
        potential = potential * (-at.since(since) / 20e-3).exp() + 7e-3;
        assert!((potential - 20e-3).abs() > 1e-9, "no matter of rounding");
        before = at;
        if potential >= 20e-3 {
            expected.push(at);
            (potential, deaf_until) = (0.0, at.later(3 * MS));
        }
    }
    assert!(expected.len() > 20, "{} spikes", expected.len());
    assert_eq!(edges(&levels[2], Level::One), expected);
}

#[test]
fn a_ring_through_a_network_and_a_gate_turns_in_the_sum_of_their_delays() {
    let (levels, _) = levels(
        "A1 kick clock\n.model clock clock(freq=0.5 delay=1m)\n\
         A2 [kick out] back gate\n.model gate d_or(rise_delay=7n fall_delay=7n)\n\
         A3 [back null] [out null] net\n\
         .model net network(file=\"net.toml\" inputs=\"in\" outputs=\"relays\" width=1u)\n.tran 0.1",
        &["out"],
    );
    // The clock stays one: the gate goes round once, and hears no other edge.
    let first = Time::from_tick(MS + 7 * NS + 3 * MS / 2);
    assert_eq!(edges(&levels[0], Level::One), [first]);
    let (levels, _) = self::levels(
        "A1 kick clock\n.model clock clock(freq=0.5 duty=1u delay=1m)\n\
         A2 [kick out] back gate\n.model gate d_or(rise_delay=7n fall_delay=7n)\n\
         A3 [back null] [out null] net\n\
         .model net network(file=\"net.toml\" inputs=\"in\" outputs=\"relays\" width=1u)\n.tran 0.1",
        &["out"],
    );
    let turn = 7 * NS + 3 * MS / 2;
    let expected: Vec<Time> = (1..=66)
        .map(|k| Time::from_tick(MS + k * turn))
        .filter(|at| at.tick as f64 <= 0.1 * FS)
        .collect();
    assert_eq!(edges(&levels[0], Level::One), expected);
}

#[test]
fn a_spike_within_a_pulse_is_said() {
    let (levels, reports) = levels(
        "A1 tick clock\n.model clock clock(freq=1k delay=0.1m)\n\
         A2 [tick null] [out null] net\n\
         .model net network(file=\"net.toml\" inputs=\"in\" outputs=\"relays\" width=5m)\n.tran 10m",
        &["out"],
    );
    assert_eq!(edges(&levels[0], Level::One).len(), 1);
    assert_eq!(reports.len(), 1, "{reports:?}");
    // Nine by 10 ms, and the pulse of the first goes on.
    assert!(reports[0].contains(" 8 spikes came within the pulse"), "{reports:?}");
}

#[test]
fn a_network_that_cannot_stand_between_nets_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = |network: &str, model: &str, ports: &str| {
        fs::write(folder.path().join("net.toml"), network).expect("a file");
        let path = folder.path().join("deck.cir");
        let deck = format!(
            "title\nV1 a 0 1\nA1 {ports} net\n.model net network({model})\n.tran 1m\n.end\n"
        );
        fs::write(&path, deck).expect("a file");
        let deck = Deck::load(&path);
        let report = match deck {
            Err(report) => report,
            Ok(deck) => {
                let point = deck.steps().expect("points")[0].clone();
                deck.elaborate(&point, 0).expect_err("no such block")
            }
        };
        report.render(false)
    };
    let model = "file=\"net.toml\" inputs=\"in\" outputs=\"relays\"";
    for (network, model, ports, says) in [
        (
            NETWORK,
            "file=\"none.toml\" inputs=\"in\" outputs=\"relays\"",
            "[a a] [b c]",
            "none.toml",
        ),
        (
            NETWORK,
            "inputs=\"in\" outputs=\"relays\"",
            "[a a] [b c]",
            "a network has a file, inputs and outputs",
        ),
        (
            NETWORK,
            "file=\"net.toml\" inputs=\"inn\" outputs=\"relays\"",
            "[a a] [b c]",
            "no population 'inn'; it has in, relays, leaky",
        ),
        (
            NETWORK,
            "file=\"net.toml\" inputs=\"leaky\" outputs=\"relays\"",
            "[a a] [b c]",
            "'leaky' is a 'lif_delta'",
        ),
        (NETWORK, model, "[a] [b c]", "2 inputs and 2 outputs, and 1 and 2 nets"),
        (NETWORK, &format!("{model} width=0"), "[a a] [b c]", "width = 0"),
        (NETWORK, &format!("{model} seed=1.5"), "[a a] [b c]", "seed = 1.5"),
        (
            &NETWORK.replace("delay_s = 1.5e-3", "delay_s = 1e-12"),
            model,
            "[a a] [b c]",
            "at least 1 ns",
        ),
        (&NETWORK.replace("delay_s = 1.5e-3\n", ""), model, "[a a] [b c]", "at least 1 ns"),
        (&NETWORK.replace("tau_s = 20e-3", "tau_s = -1"), model, "[a a] [b c]", "net.toml"),
        ("version = 2\n[[populations]]\nname", model, "[a a] [b c]", "net.toml"),
    ] {
        let report = refused(network, model, ports);
        assert!(report.contains(says), "'{says}' is not in\n{report}");
    }
}
