//! Verilog that says when edges of its clock change nothing: the same bits as with every edge run, fewer edges, and what lies is
//! found.

#[path = "common/program.rs"]
mod program;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Output;

use program::{memspike, text};
use serde_json::Value;
use wellen::{SignalValueRef, simple};

/// The serial line of netlists/cosim in a folder, with its model card as asked for.
fn serial(card: &str, verilog: impl Fn(&str) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists");
    let read = |name: &str| fs::read_to_string(shipped.join(name)).expect(name);
    let deck = read("cosim/uart.cir");
    let own = "idle=\"idle\" clock=\"clk\"";
    assert!(deck.contains(own));
    let deck = deck.replace(own, card).replace("../cards/zno.lib", "zno.lib");
    let deck = deck.replace(".save v(mem) v(fire) v(tx) v(idle)\n", "");
    fs::write(folder.path().join("deck.cir"), deck).expect("written");
    fs::write(folder.path().join("zno.lib"), read("cards/zno.lib")).expect("written");
    fs::write(folder.path().join("uart.v"), verilog(&read("cosim/uart.v"))).expect("written");
    folder
}

fn run(folder: &Path) -> Output {
    memspike(folder, &["run", "deck.cir", "-o", "out.vcd", "--json"])
}

/// What the run of a deck says of its edges: how many were left out, and how many there were.
fn edges(output: &Output) -> (u64, u64) {
    assert!(output.status.success(), "{}", text(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let note = found["notes"][0].as_str().expect("a note").to_owned();
    let numbers: Vec<u64> = note.split(' ').filter_map(|word| word.parse().ok()).collect();
    assert_eq!(numbers.len(), 2, "{note}");
    assert_eq!(found["warnings"].as_array().map(Vec::len), Some(0), "{found}");
    (numbers[0], numbers[1])
}

/// When a net takes which level (fs).
fn levels(vcd: &Path, net: &str) -> Vec<(u64, bool)> {
    let mut waves = simple::read(vcd).expect("wellen reads the file");
    let hierarchy = waves.hierarchy();
    let unit = hierarchy.timescale().expect("a unit");
    let exponent = unit.unit.to_exponent().expect("a power of ten") + 15;
    let scale = u64::from(unit.factor) * 10_u64.pow(exponent as u32);
    let var = hierarchy.lookup_var(&["memspike"], net).expect("the net");
    let signal = hierarchy[var].signal_ref();
    waves.load_signals(&[signal]);
    let times = waves.time_table().to_vec();
    let changes = waves.get_signal(signal).expect("loaded").iter_changes();
    let level = |(at, value): (u32, SignalValueRef<'_>)| match value {
        SignalValueRef::BitVec(bits) => (times[at as usize] * scale, bits.bit_string() == "1"),
        other => panic!("a net is no bit: {other:?}"),
    };
    changes.map(level).collect()
}

#[test]
fn a_module_that_says_when_it_is_idle_gives_the_bytes_of_one_that_runs_every_edge() {
    let folders = [
        serial("idle=\"idle\" clock=\"clk\"", str::to_owned),
        serial("", str::to_owned),
        serial("idle=\"IDLE\" clock=\"CLK\" idle_check=yes", str::to_owned),
        serial("idle=\"idle\" clock=\"clk\" simulator=\"icarus\"", str::to_owned),
    ];
    let outputs = folders.each_ref().map(|folder| run(folder.path()));
    let dumps =
        folders.each_ref().map(|folder| fs::read(folder.path().join("out.vcd")).expect("a dump"));
    assert!(dumps[0] == dumps[1] && dumps[0] == dumps[2], "two levels");
    // 1.6 MHz for 30 ms, and an edge at once: 96,000 edges. A byte of 160 cycles for each spike is run, and what is around it.
    let spikes = levels(&folders[0].path().join("out.vcd"), "fire")
        .iter()
        .filter(|(_, level)| *level)
        .count() as u64;
    assert!(spikes >= 4, "{spikes}");
    let [idle, _, checked, icarus] = outputs.each_ref();
    let (left_out, seen) = edges(idle);
    assert!((96_000..=96_001).contains(&seen), "{seen}");
    let run = seen - left_out;
    assert!((spikes * 2 * 160..spikes * (2 * 160 + 10)).contains(&run), "{run} of {seen}");
    assert_eq!(edges(checked), (left_out, seen));
    assert_eq!(edges(icarus), (left_out, seen));
    assert!(outputs[1].status.success() && !text(&outputs[1].stdout).contains("\"notes\""));
    let by_icarus = levels(&folders[3].path().join("out.vcd"), "tx");
    assert_eq!(by_icarus, levels(&folders[0].path().join("out.vcd"), "tx"), "four levels");
}

#[test]
fn the_serial_line_of_an_idle_module_has_the_number_of_every_spike_at_the_edge_behind_it() {
    let folder = serial("idle=\"idle\" clock=\"clk\"", str::to_owned);
    assert!(run(folder.path()).status.success());
    let dump = folder.path().join("out.vcd");
    let (fire, line) = (levels(&dump, "fire"), levels(&dump, "tx"));
    let at = |instant: u64| line.iter().rfind(|(from, _)| *from <= instant).expect("a level").1;
    let period = 625_000_000;
    let spikes: Vec<u64> = fire.iter().filter(|(_, level)| *level).map(|(from, _)| *from).collect();
    assert!(spikes.len() >= 4);
    for (number, spike) in spikes.iter().enumerate() {
        let begins = (spike / period + 1) * period;
        assert!(at(begins - 1) && !at(begins), "the start bit of {number}");
        let bit = |bit: u64| u64::from(at(begins + (16 * bit + 8) * period));
        let byte: u64 = (0..8).map(|place| bit(1 + place) << place).sum();
        assert_eq!((byte, bit(9)), (number as u64, 1), "the byte and its stop bit");
    }
}

/// A counter with an enable, and a deck that toggles it at instants on and between edges of the clock; without delays.
fn counter(card: &str, verilog: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut draw = 7_u64;
    let mut rows = "0 0s 0s\n".to_owned();
    let (mut at, mut enabled, mut show) = (0, false, false);
    for _ in 0..400 {
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // The clock has edges at multiples of 500 ns.
        at += [250, 500, 1_000, 1_500, 7_750][(draw >> 40) as usize % 5];
        enabled ^= draw >> 50 & 3 != 0;
        show ^= draw >> 55 & 1 == 1;
        let level = |level: bool| if level { "1s" } else { "0s" };
        let _ = writeln!(rows, "{at}n {} {}", level(enabled), level(show));
    }
    fs::write(folder.path().join("rows.txt"), rows).expect("written");
    fs::write(folder.path().join("part.v"), verilog).expect("written");
    let deck = format!(
        "counter\nAsrc [en show] src\n.model src d_source(input_file=\"rows.txt\")\nAclk clk ck\n.model ck clock(freq=1meg)\n\
         A1 [clk en show] [idle q[3:0] s] null part\n.model part d_cosim(simulation=\"./part\" delay=0 {card})\n\
         V1 x 0 1\nR1 x 0 1\n.tran 1m\n.end\n"
    );
    fs::write(folder.path().join("deck.cir"), deck).expect("written");
    folder
}

/// Both edges count, so that a level that is seen too late or an edge that is invented shows; `s` has a clock's edge and an input in
/// one expression.
const COUNTER: &str = "`timescale 1ns/1ps\nmodule part (input wire clk, input wire en, input wire show, output wire idle, output reg [3:0] q, output wire s);\n\
    initial q = 0;\n    assign idle = !en;\n    assign s = show & q[0];\n    always @(posedge clk) if (en) q <= q + 1;\n    always @(negedge clk) if (en) q <= q + 3;\nendmodule\n";

#[test]
fn inputs_that_change_on_edges_and_between_them_find_the_clock_as_it_is() {
    let dump = |card: &str| {
        let folder = counter(card, COUNTER);
        let output = run(folder.path());
        assert!(output.status.success(), "{card}: {}", text(&output.stderr));
        (fs::read(folder.path().join("out.vcd")).expect("a dump"), output)
    };
    for simulator in ["verilator", "icarus"] {
        let tool = format!("simulator=\"{simulator}\"");
        let (every, _) = dump(&tool);
        let (idle, output) = dump(&format!("{tool} idle=\"idle\" clock=\"clk\""));
        let (left_out, seen) = edges(&output);
        assert!(left_out > 500 && seen > left_out, "{left_out} of {seen}");
        assert!(every == idle, "{simulator}");
        let (checked, _) = dump(&format!("{tool} idle=\"idle\" clock=\"clk\" idle_check=yes"));
        assert!(every == checked, "{simulator}");
    }
}

#[test]
fn a_module_that_is_not_idle_when_it_says_so_is_found_where_an_output_shows_it() {
    let lies = [
        // It says idle although an input is yet to be taken.
        (
            serial("idle=\"idle\" clock=\"clk\" idle_check=yes", |text| {
                text.replace(" && fire == seen;", ";")
            }),
            "output tx is 0 if every edge of the clock is run, and 1 without",
        ),
        // It goes on in secret, and shows that later.
        (
            counter(
                "idle=\"idle\" clock=\"clk\" idle_check=yes",
                &COUNTER.replace("if (en) q <= q + 1", "q <= q + 1"),
            ),
            "output q[0] is",
        ),
    ];
    for (folder, words) in lies {
        let output = run(folder.path());
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains("is not idle when it says so: at "), "{told}");
        assert!(
            told.contains(words) && told.contains("correct the module, or leave idle= out"),
            "{told}"
        );
    }
}
