//! An encoder of addresses and events, against a queue written from what its documentation says.

mod common;

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use common::levels::{changes, elaborated, recorded};
use memspike_digital::Level;
use memspike_engine::{Events, Follows, Recording};
use memspike_netlist::Deck;
use memspike_run::{Options, simulate};
use proptest::prelude::*;

const LINES: usize = 5;

/// Spikes: nanosecond and line, in order, none of a line within 3 ns of its last.
fn arrivals() -> impl Strategy<Value = Vec<(u64, usize)>> {
    proptest::collection::vec((5_u64..400, 0..LINES), 1..120).prop_map(|mut all| {
        all.sort_unstable();
        let mut last = [0; LINES];
        all.retain(|(at, line)| {
            let is_apart = *at >= last[*line] + 3;
            if is_apart {
                last[*line] = *at;
            }
            is_apart
        });
        all
    })
}

/// Levels of the lines over time, a spike being one for a nanosecond.
fn vectors(arrivals: &[(u64, usize)]) -> String {
    let mut text = format!("0n{}\n", " 0s".repeat(LINES));
    for ns in 1..410_u64 {
        let high = |at: u64, line: usize| arrivals.contains(&(at, line));
        if (0..LINES).any(|line| high(ns, line) || high(ns - 1, line)) {
            let _ = write!(text, "{ns}n");
            for line in 0..LINES {
                text.push_str(if high(ns, line) { " 1s" } else { " 0s" });
            }
            text.push('\n');
        }
    }
    text
}

/// When each spike is sent and which, and how many are lost, if a transfer takes so long (ns).
fn queue(arrivals: &[(u64, usize)], depth: usize, takes: u64) -> (Vec<(u64, usize)>, usize) {
    let (mut sent, mut lost, mut free_at) = (Vec::new(), 0, 0);
    let mut waiting: VecDeque<usize> = VecDeque::new();
    let mut leave = |waiting: &mut VecDeque<usize>, free_at: &mut u64, until: u64| {
        while *free_at <= until
            && let Some(line) = waiting.pop_front()
        {
            sent.push((*free_at, line));
            *free_at += takes;
        }
    };
    for (at, line) in arrivals {
        leave(&mut waiting, &mut free_at, *at);
        if free_at <= *at {
            free_at = *at;
            waiting.push_back(*line);
            leave(&mut waiting, &mut free_at, *at);
        } else if waiting.len() < depth {
            waiting.push_back(*line);
        } else {
            lost += 1;
        }
    }
    leave(&mut waiting, &mut free_at, u64::MAX / 2);
    (sent, lost)
}

/// The addresses that a run sends, each with the nanosecond in which `req` rises, and what it warns of.
fn sent(arrivals: &[(u64, usize)], encoder: &str, ack: &str) -> (Vec<(u64, usize)>, Vec<String>) {
    let deck = format!(
        "t\nAs [s0 s1 s2 s3 s4] source\n.model source d_source(input_file=\"vectors.txt\")\n\
         Ae [s0 s1 s2 s3 s4] {ack} req [a2 a1 a0] encoder\n.model encoder aer_encoder({encoder} \
         rise_delay=2n fall_delay=3n)\nAb req answer buffer\n\
         .model buffer d_buffer(rise_delay=4n fall_delay=1n)\n.tran 40u\n.end\n"
    );
    let elaborated = elaborated(&deck, &vectors(arrivals));
    let nets = ["req", "a2", "a1", "a0"].map(str::to_owned);
    let recording = recorded(&elaborated, &nets).expect("a run");
    let rises = changes(&recording, 0);
    let level_at = |net: usize, at: f64| {
        let changes = changes(&recording, net);
        changes.iter().rev().find(|(from, _)| *from <= at).is_some_and(|(_, level)| *level == '1')
    };
    let address = |at: f64| (1..4).fold(0, |sum, net| 2 * sum + usize::from(level_at(net, at)));
    let sent = rises.iter().filter(|(_, level)| *level == '1');
    let sent = sent.map(|(at, _)| ((at * 1e9).round() as u64, address(*at))).collect();
    let mut go_on = |_| ControlFlow::Continue(());
    let run = simulate(&elaborated, &Options::default(), &mut [], &mut go_on).expect("a run");
    (sent, run.warnings)
}

fn check(arrivals: &[(u64, usize)], depth: usize, encoder: &str, ack: &str, takes: u64) {
    let (found, warnings) = sent(arrivals, &format!("depth={depth} {encoder}"), ack);
    let (expected, lost) = queue(arrivals, depth, takes);
    let expected: Vec<(u64, usize)> = expected.iter().map(|(at, line)| (at + 2, *line)).collect();
    assert_eq!(found, expected, "{arrivals:?}");
    let said = format!("ae: {lost} of {} spikes were lost", arrivals.len());
    assert_eq!(warnings.iter().filter(|w| w.starts_with(&said)).count(), usize::from(lost > 0));
    assert_eq!(warnings.len(), usize::from(lost > 0), "{warnings:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn spikes_leave_one_by_one_in_their_order_and_those_without_room_are_counted(
        arrivals in arrivals(),
        depth in 0_usize..6,
        width in 4_u64..9,
    ) {
        check(&arrivals, depth, &format!("width={width}n"), "null", 2 * width);
        // Four phases: req rises after 2 ns, ack after 4 more, req falls after 3, ack after 1.
        check(&arrivals, depth, "", "answer", 10);
    }
}

#[test]
fn spikes_of_analog_neurons_go_over_one_bus() {
    let deck = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/cosim/aer.cir");
    let deck = Deck::load(&deck).unwrap_or_else(|report| panic!("{}", report.render(false)));
    let point = deck.steps().expect("points").remove(0);
    let elaborated = deck.elaborate(&point, 0).expect("a circuit");
    let circuit = &elaborated.circuit;
    let nets = ["req", "a1", "a0"].map(|net| circuit.find_net(net).expect("a net")).to_vec();
    let mut recording =
        Recording::new(Follows { nets, events: Events::Spikes, ..Follows::default() });
    let mut go_on = |_| ControlFlow::Continue(());
    let run = simulate(&elaborated, &Options::default(), &mut [&mut recording], &mut go_on);
    let run = run.expect("a run");
    assert!(run.warnings.is_empty(), "{:?}", run.warnings);
    let mut spikes = Vec::new();
    for neuron in 0..4 {
        let device = circuit.find_element(&format!("xosc[{neuron}].n1")).expect("a device");
        spikes.extend(recording.spikes(device).map(|at| (at, neuron)));
    }
    spikes.sort_by_key(|(at, _)| *at);
    let level_at = |net: usize, at| {
        let levels = recording.levels(net);
        levels.iter().rev().find(|(from, _)| *from <= at).is_some_and(|(_, l)| *l == Level::One)
    };
    let rises = recording.levels(0).iter().filter(|(_, level)| *level == Level::One);
    let sent: Vec<usize> = rises
        .map(|(at, _)| 2 * usize::from(level_at(1, *at)) + usize::from(level_at(2, *at)))
        .collect();
    assert!(sent.len() > 20, "{} spikes", sent.len());
    assert_eq!(sent, spikes.iter().map(|(_, neuron)| *neuron).collect::<Vec<usize>>());
}
