//! Verilog beside analog circuits, against closed forms and what the Verilog says by itself.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use common::cosim::{diagnosis, elaborated, own, recorded};
use memspike_digital::Level;
use memspike_engine::EngineError;
use memspike_netlist::Elaborated;
use memspike_run::{Options, simulate};
use memspike_time::Time;

fn shipped(deck: &str) -> Elaborated {
    elaborated(&Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/cosim"), deck)
}

fn measured(deck: &Elaborated) -> BTreeMap<String, f64> {
    let mut watch = |_| ControlFlow::Continue(());
    let outcome = simulate(deck, &Options::default(), &mut [], &mut watch).expect("a run");
    outcome.measures.into_iter().map(|(name, value)| (name, value.expect("a value"))).collect()
}

#[test]
fn a_timer_has_the_times_of_its_closed_form() {
    let found = measured(&shipped("timer.cir"));
    let ln2 = 2.0_f64.ln();
    // The switch's microohm is 1e-10 of RB.
    for (name, truth) in [("high", ln2 * 15e3 * 100e-9), ("low", ln2 * 10e3 * 100e-9)] {
        assert!((found[name] / truth - 1.0).abs() < 1e-9, "{name}: {}, {truth}", found[name]);
    }
}

/// Instants (s) at which a capacitor of 1 nF behind 1 Mohm and 1 V reaches 0.8 V within 0.1 s, if 10 kohm discharge it for 100 us
/// from what `reset` makes of each such instant.
fn relaxations(reset: impl Fn(f64) -> f64) -> Vec<f64> {
    let (charge_s, parallel, rest) = (1e-3, 1e6 * 1e4 / 1.01e6, 1e4 / 1.01e6);
    let (mut free_s, mut bottom, mut reached) = (0.0, 0.0_f64, Vec::new());
    loop {
        let at = free_s + charge_s * ((1.0 - bottom) / 0.2).ln();
        if at > 0.1 {
            return reached;
        }
        reached.push(at);
        let closes_s = reset(at);
        let top = 1.0 - 0.2 * (-(closes_s - at) / charge_s).exp();
        bottom = rest + (top - rest) * (-1e-4 / (parallel * 1e-9_f64)).exp();
        free_s = closes_s + 1e-4;
    }
}

#[test]
fn oscillators_that_verilog_resets_have_the_instants_of_their_closed_form() {
    let recording = recorded(&shipped("relaxation.cir"), &["above_a", "above_b"]).expect("a run");
    let at_edge = |at: f64| ((at * 1e4).floor() + 1.0) / 1e4;
    for (net, truth) in [relaxations(|at| at), relaxations(at_edge)].iter().enumerate() {
        let rises = recording.levels(net).iter().filter(|(_, level)| *level == Level::One);
        let found: Vec<f64> = rises.map(|(at, _)| at.as_s()).collect();
        assert_eq!(found.len(), truth.len(), "{found:?}");
        assert!(found.len() > 50);
        for (found, truth) in found.iter().zip(truth) {
            assert!((found / truth - 1.0).abs() < 1e-12, "net {net}: {found}, {truth}");
        }
    }
}

#[test]
fn a_pulse_width_modulator_has_edges_at_its_clock_and_the_ripple_of_its_closed_form() {
    let deck = shipped("pwm.cir");
    let recording = recorded(&deck, &["out"]).expect("a run");
    // Edge k of 16 MHz is at k * 62.5 ns; what follows it comes 1 ns later. The count is 0 at edge 0.
    let mut expected = vec![(0, Level::Zero)];
    for turn in 0..1250_u64 {
        let edge = |cycle: u64| (256 * turn + cycle) * 62_500_000 + 1_000_000;
        expected.extend([(edge(0), Level::One), (edge(96), Level::Zero)]);
    }
    let found: Vec<(u64, Level)> =
        recording.levels(0).iter().map(|(at, level)| (at.tick, *level)).collect();
    let all = found.len().min(expected.len());
    assert!(all > 2400, "{}", found.len());
    assert_eq!(found[..all], expected[..all]);
    let found = measured(&deck);
    let (period, high) = (16e-6, 6e-6);
    let decay = |s: f64| (-s / 1e-3_f64).exp();
    let ripple = (1.0 - decay(high)) * (1.0 - decay(period - high)) / (1.0 - decay(period));
    assert!((found["ripple"] / ripple - 1.0).abs() < 1e-6, "{} {ripple}", found["ripple"]);
    assert!((found["mean"] - 0.375).abs() < 1e-8, "{}", found["mean"]);
}

#[test]
fn a_converter_gives_the_input_in_steps_of_its_least_bit() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/cosim");
    let text = fs::read_to_string(folder.join("sar.cir")).expect("the deck");
    let own =
        own("", &[("sar.v", &fs::read_to_string(folder.join("sar.v")).expect("the Verilog"))]);
    for vin in [0.6789, 0.0001, 0.25, 0.4999, 0.5001, 0.9999] {
        let deck = text.replace(".param vin=0.6789", &format!(".param vin={vin}"));
        fs::write(own.path().join("deck.cir"), deck).expect("written");
        let found = measured(&elaborated(own.path(), "deck.cir"))["code"];
        // A voltage that is a step itself is not above it: the comparator reads one above zero.
        let steps: f64 = vin * 256.0;
        let truth = if steps.fract() == 0.0 { steps - 1.0 } else { steps.floor() };
        assert!((found - truth).abs() < 1e-9, "{vin}: {found}, {truth}");
    }
}

#[test]
fn wide_ports_keep_every_bit_and_combinational_verilog_needs_no_clock() {
    let verilog = "module turn (input wire [69:0] in, input wire [32:0] mid, output wire [69:0] out, output wire [32:0] \\odd-name );
  genvar i;
  generate for (i = 0; i < 70; i = i + 1) assign out[i] = in[69 - i]; endgenerate
  assign \\odd-name = ~mid;
endmodule
";
    let deck = "wide
Asrc [a[69:0] m[32:0]] src
.model src d_source(input_file=\"vectors.txt\")
A1 [a[69:0] m[32:0]] [q[69:0] n[32:0]] turn
.model turn d_cosim(verilog=\"turn.v\" delay=2n)
R1 x 0 1
V1 x 0 1
.tran 100n
.end
";
    // Bit i of the first is one where i is divisible by 3 or 7, of the second where by 5; then all the other way.
    let bit = |on: bool| if on { " 1s" } else { " 0s" };
    let row = |turned: bool| -> String {
        let a = (0..70).rev().map(|i| bit((i % 3 == 0 || i % 7 == 0) != turned));
        let m = (0..33).rev().map(|i| bit((i % 5 == 0) != turned));
        a.chain(m).collect()
    };
    let vectors = format!("0{}\n50n{}\n", row(false), row(true));
    let folder = own(deck, &[("turn.v", verilog), ("vectors.txt", &vectors)]);
    let deck = elaborated(folder.path(), "deck.cir");
    let names: Vec<String> =
        (0..70).map(|i| format!("q[{i}]")).chain((0..33).map(|i| format!("n[{i}]"))).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let recording = recorded(&deck, &names).expect("a run");
    for (net, name) in names.iter().enumerate() {
        let first =
            if net < 70 { (69 - net) % 3 == 0 || (69 - net) % 7 == 0 } else { (net - 70) % 5 != 0 };
        let found: Vec<(u64, Level)> =
            recording.levels(net).iter().map(|(at, level)| (at.tick, *level)).collect();
        assert_eq!(found, [(0, Level::of(first)), (52_000_000, Level::of(!first))], "{name}");
    }
}

#[test]
fn a_clock_within_the_verilog_keeps_its_own_time() {
    let verilog = "`timescale 1ns/100ps
module beat (output reg clk);
  initial begin clk = 0; #3.5 clk = 1; forever #2.5 clk = ~clk; end
endmodule
";
    let deck = "beat
A1 null [clk] null beat
.model beat d_cosim(verilog=\"beat.v\" delay=0)
R1 x 0 1
V1 x 0 1
.tran 100n
.end
";
    let folder = own(deck, &[("beat.v", verilog)]);
    let recording = recorded(&elaborated(folder.path(), "deck.cir"), &["clk"]).expect("a run");
    let found: Vec<u64> = recording.levels(0)[1..].iter().map(|(at, _)| at.tick).collect();
    let expected: Vec<u64> =
        (0..).map(|k| 3_500_000 + k * 2_500_000).take_while(|at| *at <= 100_000_000).collect();
    assert_eq!(found, expected);
}

#[test]
fn what_verilog_complains_of_ends_the_run_with_its_words_and_time() {
    let verilog = "`timescale 1ns/1ps
module guard (input wire in, output wire out);
  assign out = in;
  always @(posedge in) if ($time > 20) $fatal(1, \"too late\");
endmodule
";
    let deck = "guard
Aclk clk ck
.model ck clock(freq=100meg)
A1 [clk] [q] guard
.model guard d_cosim(verilog=\"guard.v\")
R1 x 0 1
V1 x 0 1
.tran 100n
.end
";
    let folder = own(deck, &[("guard.v", verilog)]);
    let error = recorded(&elaborated(folder.path(), "deck.cir"), &["q"]).expect_err("it stops");
    let EngineError::Block { name, message, at_s } = &error else { panic!("{error}") };
    assert_eq!((name.as_str(), *at_s), ("a1", 30e-9));
    assert!(message.contains("guard.v:4"), "{message}");
}

#[test]
fn verilog_that_cannot_be_used_is_told_with_what_to_do() {
    let deck = |ports: &str, model: &str| {
        format!(
            "x\nAsrc clk ck\n.model ck clock\nA1 {ports} m\n.model m d_cosim({model})\nR1 x 0 1\nV1 x 0 1\n.tran 1u\n.end\n"
        )
    };
    let good = "module part (input wire [2:0] a, output wire b); assign b = ^a; endmodule\n";
    let both = "module part (input wire a, inout wire b); endmodule\n";
    let broken = "module part (input wire a, output wire b);\n  assign b = c + ;\nendmodule\n";
    let file = "verilog=\"part.v\"";
    for (ports, model, verilog, words) in [
        (
            "[clk] [q]",
            file,
            good,
            ["module part has 3 bits of inputs (a[2:0]), and 1 nets are there", "deck.cir:4"],
        ),
        (
            "[clk clk clk] [q r]",
            file,
            good,
            ["1 bits of outputs (b), and 2 nets are there", "deck.cir:4"],
        ),
        ("[clk] [q]", file, both, ["port 'b' is an inout", "deck.cir:5"]),
        ("[clk] [q]", file, broken, ["part.v:2:", "syntax error"]),
        ("[clk] [q]", "verilog=\"absent.v\"", good, ["absent.v", "No such file"]),
        (
            "[clk] [q]",
            "simulation=\"./absent\"",
            good,
            ["neither ./absent.v nor ./absent.sv", "verilog="],
        ),
        ("[clk] [q]", "delay=1n", good, ["a d_cosim has a simulation", "x.v"]),
        ("[clk] [q] [r]", file, good, ["found 3 ports, d_cosim has 2", "deck.cir:4"]),
        ("[clk] [q]", "verilog=\"part.v\" top=\"other\"", good, ["other", "verilator --lint-only"]),
    ] {
        let folder = own(&deck(ports, model), &[("part.v", verilog)]);
        let told = diagnosis(folder.path());
        words
            .iter()
            .for_each(|word| assert!(told.contains(word), "{ports} {model}: {word}\n{told}"));
    }
}

#[test]
fn without_verilator_a_deck_without_verilog_runs_and_one_with_it_says_what_to_install() {
    let deck = "x\nAsrc clk ck\n.model ck clock\nA1 [clk] [q] m\n.model m d_cosim(verilog=\"part.v\")\nR1 x 0 1\nV1 x 0 1\n.tran 1u\n.end\n";
    let folder = own(
        deck,
        &[("part.v", "module part (input wire a, output wire b); assign b = a; endmodule\n")],
    );
    let memspike = |deck: &Path| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_memspike"));
        command.arg("check").arg(deck).env("PATH", folder.path()).output().expect("it starts")
    };
    let without = memspike(&folder.path().join("deck.cir"));
    let told = String::from_utf8_lossy(&without.stderr);
    assert_eq!(without.status.code(), Some(2), "{told}");
    assert!(told.contains("Verilator is missing: install it"), "{told}");
    let loops = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/cosim/closed_loop.cir");
    assert!(memspike(&loops).status.success());
}

#[test]
fn a_loop_through_verilog_without_delay_ends_with_a_message_that_names_its_net() {
    let deck = "endless
Asrc on ck
.model ck clock(freq=1meg delay=1u)
Aand [turned on] back gate
.model gate d_and(rise_delay=0 fall_delay=0)
A1 turn a=back b=turned
.model turn d_cosim(verilog=\"turn.v\" delay=0)
R1 x 0 1
V1 x 0 1
.tran 5u
.end
";
    let verilog = "module turn (input wire a, output wire b); assign b = ~a; endmodule\n";
    let folder = own(deck, &[("turn.v", verilog)]);
    let run = recorded(&elaborated(folder.path(), "deck.cir"), &["back"]);
    let error = run.expect_err("it does not end");
    let EngineError::Endless { net, at_s } = &error else { panic!("{error}") };
    assert!(["back", "turned"].contains(&net.as_str()) && *at_s == 1e-6, "{error}");
}

#[test]
fn an_unknown_input_keeps_the_last_level_that_was_known() {
    let verilog = "module part (input wire a, output wire b); assign b = a; endmodule\n";
    let deck = "unknown
Asrc [a] src
.model src d_source(input_file=\"vectors.txt\")
A1 [a] [q] part
.model part d_cosim(verilog=\"part.v\" delay=0)
R1 x 0 1
V1 x 0 1
.tran 100n
.end
";
    let vectors = "0 Us\n10n 1s\n20n Us\n30n 0s\n";
    let folder = own(deck, &[("part.v", verilog), ("vectors.txt", vectors)]);
    let recording = recorded(&elaborated(folder.path(), "deck.cir"), &["q"]).expect("a run");
    let expected = [(0.0, Level::Zero), (10e-9, Level::One), (30e-9, Level::Zero)];
    let expected = expected.map(|(s, level)| (Time::from_s(s), level));
    assert_eq!(recording.levels(0), expected);
}

#[test]
fn compiled_models_are_kept_in_any_folder_and_a_damaged_one_is_made_anew() {
    let deck = "x\nAsrc clk ck\n.model ck clock\nA1 [clk] [q] m\n.model m d_cosim(verilog=\"part.v\")\nR1 x 0 1\nV1 x 0 1\n.tran 1u\n.end\n";
    let verilog = "module part (input wire a, output wire b); assign b = ~a; endmodule\n";
    let folder = own(deck, &[("part.v", verilog)]);
    let kept = folder.path().join("kept 'models' $(here)");
    let check = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_memspike"));
        command.args(["check", "deck.cir"]).current_dir(folder.path()).env("MEMSPIKE_CACHE", &kept);
        let output = command.output().expect("it starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    check();
    let models: Vec<_> = fs::read_dir(kept.join("rtl"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert_eq!(models.len(), 1, "{models:?}");
    let object = models[0].join("model.so");
    let whole = fs::metadata(&object).expect("a model").len();
    fs::write(&object, "damaged").expect("written");
    check();
    assert_eq!(fs::metadata(&object).expect("a model").len(), whole);
}

#[test]
fn ports_of_every_width_around_a_word_keep_their_bits() {
    let widths = [1, 31, 32, 33, 63, 64, 65, 128, 129];
    let (mut ports, mut body, mut from, mut to) =
        (String::new(), String::new(), String::new(), String::new());
    for width in widths {
        let high = width - 1;
        ports += &format!(", input wire [{high}:0] a{width}, output wire [{high}:0] b{width}");
        body += &format!("  assign b{width} = ~a{width};\n");
        from += &format!(" a{width}[{high}:0]");
        to += &format!(" b{width}[{high}:0]");
    }
    let verilog = format!("module all ({});\n{body}endmodule\n", &ports[2..]);
    let deck = format!(
        "widths\nAsrc [{from}] src\n.model src d_source(input_file=\"vectors.txt\")\nA1 [{from}] [{to}] all\n\
         .model all d_cosim(verilog=\"all.v\" delay=0)\nR1 x 0 1\nV1 x 0 1\n.tran 10n\n.end\n"
    );
    // Bit i of a port is one where 5 i + width is 0 or 1 modulo 7.
    let one = |width: usize, bit: usize| (5 * bit + width) % 7 < 2;
    let bits = widths.iter().flat_map(|width| (0..*width).rev().map(move |bit| one(*width, bit)));
    let vectors: String = bits.map(|on| if on { " 1s" } else { " 0s" }).collect();
    let folder = own(&deck, &[("all.v", &verilog), ("vectors.txt", &format!("0{vectors}\n"))]);
    let names: Vec<(String, bool)> = widths
        .iter()
        .flat_map(|width| {
            (0..*width).map(move |bit| (format!("b{width}[{bit}]"), !one(*width, bit)))
        })
        .collect();
    let nets: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
    let recording = recorded(&elaborated(folder.path(), "deck.cir"), &nets).expect("a run");
    for (net, (name, truth)) in names.iter().enumerate() {
        assert_eq!(recording.levels(net), [(Time::ZERO, Level::of(*truth))], "{name}");
    }
}
