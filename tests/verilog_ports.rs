//! Ports of Verilog that a deck binds by name.

mod common;

use common::cosim::{diagnosis, elaborated, own, recorded};

const MIXED: &str = "module mixed (input wire [2:0] Data, output wire parity, input wire weights, output wire [1:0] low);
  assign parity = ^Data ^ weights;
  assign low = weights ? Data[2:1] : Data[1:0];
endmodule
";

/// Levels of four nets every 10 ns: a number counts up.
fn vectors() -> String {
    let row = |at: u32| {
        let bit = |bit: u32| if at >> bit & 1 == 1 { " 1s" } else { " 0s" };
        format!("{}n{}{}{}{}\n", 10 * at, bit(3), bit(2), bit(1), bit(0))
    };
    (0..16).map(row).collect()
}

fn deck(card: &str) -> String {
    format!(
        "mixed
Asrc [d[2:0] w] src
.model src d_source(input_file=\"vectors.txt\")
{card}
.model mixed d_cosim(verilog=\"mixed.v\" delay=0)
R1 x 0 1
V1 x 0 1
.tran 200n
.end
"
    )
}

#[test]
fn ports_by_name_are_those_by_position_in_any_order() {
    let run = |card: &str| {
        let vectors = vectors();
        let folder = own(&deck(card), &[("mixed.v", MIXED), ("vectors.txt", &vectors)]);
        let recording = recorded(&elaborated(folder.path(), "deck.cir"), &["p", "l[1]", "l[0]"]);
        let recording = recording.expect("a run");
        [0, 1, 2].map(|net| recording.levels(net).to_vec())
    };
    // What the module says, computed here: each bit after the last change of its inputs.
    let truth = |at: usize| {
        let (data, weights) = (at >> 1, at & 1);
        let low = if weights == 1 { data >> 1 } else { data & 3 };
        [(data.count_ones() as usize + weights) & 1, low >> 1, low & 1]
    };
    let expected = [0, 1, 2].map(|net| {
        let mut changes: Vec<(u64, usize)> = Vec::new();
        for (at, level) in (0..16).map(|at| (at as u64 * 10_000_000, truth(at)[net])) {
            if changes.last().is_none_or(|(_, last)| *last != level) {
                changes.push((at, level));
            }
        }
        changes
    });
    for card in [
        "A1 [d[2:0] w] [p l[1:0]] mixed",
        "A1 mixed weights=w low=[l[1:0]] data=[d[2:0]] parity=p",
        "A1 mixed DATA=d[2:0] Parity=p Weights=[w] low=[l[1] l[0]]",
        "A1 mixed\n+ weights=~nw\n+ data=[d[2] d[1:0]] parity=p low=l[1:0]\nAnot w nw turn\n.model turn d_inverter(rise_delay=0 fall_delay=0)",
    ] {
        let found = run(card).map(|levels| {
            let change = |(at, level): &(memspike_time::Time, memspike_digital::Level)| {
                (at.tick, usize::from(level.known().expect("it is known")))
            };
            let mut changes: Vec<(u64, usize)> = Vec::new();
            // Of several at one instant the last counts: an inverter is a round later than its input.
            for (at, level) in levels.iter().map(change) {
                match changes.last_mut() {
                    Some((last, held)) if *last == at => *held = level,
                    _ => changes.push((at, level)),
                }
            }
            changes.dedup_by_key(|(_, level)| *level);
            changes
        });
        assert_eq!(found, expected, "{card}");
    }
}

#[test]
fn an_open_port_says_so() {
    let vectors = vectors();
    let card = "A1 mixed weights=null data=[d[2] null d[0]] parity=p low=null";
    let folder = own(&deck(card), &[("mixed.v", MIXED), ("vectors.txt", &vectors)]);
    let recording = recorded(&elaborated(folder.path(), "deck.cir"), &["p"]).expect("a run");
    // The parity of the two bits that are there: the number's bits 3 and 1.
    let last = recording.levels(0).iter().rfind(|(at, _)| at.tick <= 65_000_000);
    assert_eq!(last.map(|(_, level)| level.known()), Some(Some(true)));
}

#[test]
fn ports_that_cannot_be_bound_by_name_are_told_with_what_to_write() {
    let twins = "module mixed (input wire Data, input wire data, output wire q); assign q = data; endmodule\n";
    for (card, verilog, words) in [
        (
            "A1 [d[2:0]] mixed weights=w parity=p low=null",
            MIXED,
            ["bound by position and by name", "deck.cir:4:4", "A1 model port=net"],
        ),
        (
            "A1 mixed data=w q=p",
            twins,
            ["'data' but for their case", "deck.cir:4:10", "by position"],
        ),
        (
            "A1 gate in=w out=p\n.model gate d_buffer",
            MIXED,
            ["ports of d_buffer have their places", "deck.cir:4:9", "A1 in out model"],
        ),
        (
            "A1 read in=w out=p\n.model read adc_bridge",
            MIXED,
            ["'read' is no module, and 'in' no port", "deck.cir:4:9", "d_cosim"],
        ),
        ("A1 mixed data=", MIXED, ["expected a node", "deck.cir:4:1", "port=node"]),
        (
            "A1 mixed data=[d[2:0] weights=w",
            MIXED,
            ["never closed", "deck.cir:4:15", "close it with ']'"],
        ),
        (
            "A1 mixed weights=0 data=d[2:0] parity=p low=null",
            MIXED,
            ["ground is no net", "deck.cir:4:18", "d_pulldown"],
        ),
    ] {
        let vectors = vectors();
        let folder = own(&deck(card), &[("mixed.v", verilog), ("vectors.txt", &vectors)]);
        let told = diagnosis(folder.path());
        for word in words {
            assert!(told.contains(word), "{card}: {word}\n{told}");
        }
    }
}
