//! Verilog in four levels, run by Icarus Verilog beside analog circuits: against what the language says, and against Verilator
//! where two levels suffice.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::cosim::{diagnosis, elaborated, own, recorded};
use common::dump;
use memspike_digital::Level;
use memspike_engine::EngineError;
use wellen::simple;

const REGISTER: &str = "module part (input wire clk, input wire rst, input wire en, output reg [1:0] q, output wire [1:0] b);
  assign b = en ? q : 2'bz;
  always @(posedge clk) if (rst) q <= 0; else q <= q + 1;
endmodule
";

const VECTORS: &str = "0 0s 0s 1s
10n 1s 0s 1s
20n 0s 1s 1s
30n 1s 1s 1s
35n 0s 0s 1s
40n 1s 0s 1s
45n 0s 0s 0s
50n 0s 0s Us
60n 1s 0s 1s
";

fn deck(model: &str) -> String {
    format!(
        "four levels
Asrc [clk rst en] src
.model src d_source(input_file=\"vectors.txt\")
A1 [clk rst en] [q[1:0] b[1:0]] m
.model m d_cosim({model})
R1 x 0 1
V1 x 0 1
.tran 100n
.end
"
    )
}

fn memspike(folder: &Path, arguments: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_memspike"));
    command.args(arguments).current_dir(folder).output().expect("it starts")
}

/// The changes of a net or bus in a dump: time in femtoseconds and bits.
fn dumped(dump: &Path, name: &str) -> Vec<(u64, String)> {
    let mut waves = simple::read(dump).expect("wellen reads the file");
    dump::changes(&mut waves, &["memspike"], name)
}

#[test]
fn a_register_is_unknown_until_it_is_reset_and_a_bus_that_nobody_drives_floats_in_the_dump() {
    for model in [
        "verilog=\"part.v\" simulator=\"icarus\" delay=0",
        "simulation=\"ivlng\" sim_args=[\"part\"] delay=0",
    ] {
        let folder = own(&deck(model), &[("part.v", REGISTER), ("vectors.txt", VECTORS)]);
        let run = memspike(folder.path(), &["run", "deck.cir", "--vcd", "out.vcd"]);
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let dump = folder.path().join("out.vcd");
        let changes = |pairs: &[(u64, &str)]| -> Vec<(u64, String)> {
            pairs.iter().map(|(ns, bits)| (ns * 1_000_000, (*bits).to_owned())).collect()
        };
        let register = changes(&[(0, "xx"), (30, "00"), (40, "01"), (60, "10")]);
        assert_eq!(dumped(&dump, "q"), register, "{model}");
        // An unknown enable leaves bits in doubt, whatever they would be: z and 01 agree in none.
        let bus = [(0, "xx"), (30, "00"), (40, "01"), (45, "zz"), (50, "xx"), (60, "10")];
        assert_eq!(dumped(&dump, "b"), changes(&bus), "{model}");
    }
}

#[test]
fn verilog_reads_what_a_bridge_and_another_module_leave_unknown_or_floating() {
    let verilog =
        "module tri_state (input wire on, output wire y); assign y = on ? 1'b1 : 1'bz; endmodule\n";
    let reads = "module reads (input wire a, input wire m, output wire z, output wire x);
  assign z = a === 1'bz;
  assign x = m === 1'bx;
endmodule
";
    // The voltage crosses 0.2 V at 20 ns and 0.8 V at 80 ns.
    let deck = "doors
V1 in 0 PWL(0 0 100n 1)
R1 in 0 1
Aadc [in] [m] door
.model door adc_bridge(in_low=0.2 in_high=0.8 rise_delay=0 fall_delay=0)
Aon on ck
.model ck clock(freq=20meg delay=50n)
A1 [on] [y] gives
.model gives d_cosim(verilog=\"tri_state.v\" simulator=\"icarus\" delay=0)
A2 [y m] [z x] reads
.model reads d_cosim(verilog=\"reads.v\" simulator=\"icarus\" delay=0)
Ainv y ny turned
.model turned d_inverter(rise_delay=0 fall_delay=0)
.tran 95n
.end
";
    let folder = own(deck, &[("tri_state.v", verilog), ("reads.v", reads)]);
    let recording = recorded(&elaborated(folder.path(), "deck.cir"), &["y", "z", "x", "ny"]);
    let recording = recording.expect("a run");
    let found = |net| -> Vec<(u64, Level)> {
        recording.levels(net).iter().map(|(at, level)| (at.tick, *level)).collect()
    };
    let (low, high) = (Level::Zero, Level::One);
    let (rise, fall) = (50_000_000, 75_000_000);
    assert_eq!(found(0), [(0, Level::Floating), (rise, high), (fall, Level::Floating)]);
    assert_eq!(found(1), [(0, high), (rise, low), (fall, high)]);
    assert_eq!(found(2), [(0, low), (20_000_000, high), (80_000_000, low)]);
    // A gate of XSPICE does not know what floats from what is unknown.
    assert_eq!(found(3), [(0, Level::Unknown), (rise, low), (fall, Level::Unknown)]);
}

#[test]
fn decks_that_two_levels_suffice_for_are_the_same_bytes_by_either_simulator() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/cosim");
    let read = |name: &str| fs::read_to_string(shipped.join(name)).expect("a file");
    let verilog = ["latch.v", "pwm.v", "sar.v"].map(|name| (name, read(name)));
    let level = read("level_96.txt");
    for (name, ended) in
        [("timer", None), ("pwm", Some((".tran 20m", ".tran 100u"))), ("sar", None)]
    {
        let mut text = read(&format!("{name}.cir"));
        if let Some((long, short)) = ended {
            text = text.replace(long, short);
            text = text
                .lines()
                .filter(|line| !line.starts_with(".meas"))
                .collect::<Vec<_>>()
                .join("\n");
        }
        let icarus = text.replace("d_cosim(", "d_cosim(simulator=\"icarus\" ");
        assert_ne!(icarus, text);
        let mut files: Vec<(&str, &str)> =
            verilog.iter().map(|(name, text)| (*name, text.as_str())).collect();
        files.extend([("level_96.txt", level.as_str()), ("icarus.cir", &icarus)]);
        let folder = own(&text, &files);
        let dumps = ["deck", "icarus"].map(|deck| {
            let run = memspike(folder.path(), &["run", &format!("{deck}.cir"), "--vcd", "out.vcd"]);
            assert!(run.status.success(), "{name}: {}", String::from_utf8_lossy(&run.stderr));
            fs::read_to_string(folder.path().join("out.vcd")).expect("a dump")
        });
        assert!(dumps[0].len() > 2000, "{name}");
        assert!(dumps[0] == dumps[1], "{name}");
    }
}

#[test]
fn a_module_that_does_something_by_itself_does_it_on_time_whatever_its_inputs_do_in_between() {
    // The clock within turns every 2.5 ns from 3.5 ns on; a net is late by 1.7 ns.
    let verilog = "`timescale 1ns/100ps
module beat (input wire in, output reg clk, output wire late);
  assign #1.7 late = in;
  initial begin clk = 0; #3.5 clk = 1; forever #2.5 clk = ~clk; end
endmodule
";
    let deck = "beat
Aclk in ck
.model ck clock(freq=142.857meg)
A1 [in] [clk late] beat
.model beat d_cosim(verilog=\"beat.v\" simulator=\"icarus\" delay=0)
R1 x 0 1
V1 x 0 1
.tran 60n
.end
";
    let folder = own(deck, &[("beat.v", verilog)]);
    let recording =
        recorded(&elaborated(folder.path(), "deck.cir"), &["clk", "late", "in"]).expect("a run");
    let found =
        |net| -> Vec<u64> { recording.levels(net)[1..].iter().map(|(at, _)| at.tick).collect() };
    let end = 60_000_000;
    let turns: Vec<u64> =
        (0..).map(|k| 3_500_000 + k * 2_500_000).take_while(|at| *at <= end).collect();
    assert_eq!(found(0), turns);
    // The module sees an input at the last whole step of its time.
    let late: Vec<u64> = found(2)
        .iter()
        .map(|at| at / 100_000 * 100_000 + 1_700_000)
        .filter(|at| *at <= end)
        .collect();
    assert!(late.len() > 12);
    assert_eq!(found(1), late);
}

#[test]
fn what_ends_a_module_ends_the_run_with_its_place_or_leaves_it_as_it_is() {
    for (statement, words) in [
        ("$fatal(1, \"too late\")", Some("part.v:3: too late")),
        ("$stop", Some("part.v:3: $stop")),
        ("$error(\"wrong\")", Some("part.v:3: wrong")),
        ("$finish", None),
        ("while (1)", Some("does not come to an end")),
    ] {
        let verilog = format!(
            "`timescale 1ns/1ps\nmodule part (input wire in, output wire out);\n  always @(posedge in) if ($time > 20) {statement};\n  assign out = in;\nendmodule\n"
        );
        let deck = "ends
Aclk clk ck
.model ck clock(freq=100meg)
A1 [clk] [q] part
.model part d_cosim(verilog=\"part.v\" simulator=\"icarus\" delay=0)
R1 x 0 1
V1 x 0 1
.tran 100n
.end
";
        let folder = own(deck, &[("part.v", &verilog)]);
        let run = recorded(&elaborated(folder.path(), "deck.cir"), &["q"]);
        match (run, words) {
            (Err(EngineError::Block { name, message, at_s }), Some(words)) => {
                assert_eq!((name.as_str(), at_s), ("a1", 30e-9), "{statement}");
                assert!(message.contains(words), "{statement}: {message}");
            }
            (Ok(recording), None) => {
                let last = recording.levels(0).last().map(|(at, _)| at.tick);
                assert!(last.is_some_and(|last| (20_000_000..=30_000_000).contains(&last)));
            }
            (run, _) => panic!("{statement}: {:?}", run.err()),
        }
    }
}

/// Processes of vvp whose command names this folder.
fn left(folder: &Path) -> Vec<String> {
    let folder = folder.to_str().expect("a name");
    let commands = fs::read_dir("/proc").expect("processes").filter_map(|entry| {
        let path = entry.ok()?.path();
        let command = fs::read(path.join("cmdline")).ok()?;
        let text = String::from_utf8_lossy(&command).replace('\0', " ");
        (text.starts_with("vvp") && text.contains(folder))
            .then(|| format!("{}", path.file_name().unwrap_or_default().to_string_lossy()))
    });
    commands.collect()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn no_process_stays_when_the_run_is_interrupted_or_killed_and_a_killed_one_ends_the_run() {
    let deck = "long
Aclk clk ck
.model ck clock(freq=100meg)
A1 [clk] [q] part
.model part d_cosim(verilog=\"part.v\" simulator=\"icarus\")
R1 x 0 1
V1 x 0 1
.tran 1000
.end
";
    let verilog = "module part (input wire a, output wire b); assign b = a; endmodule\n";
    for (victim, signal, words) in [
        ("program", "INT", ""),
        ("program", "TERM", ""),
        ("program", "KILL", ""),
        ("vvp", "KILL", "vvp was killed by signal 9"),
    ] {
        let folder = own(deck, &[("part.v", verilog)]);
        let cache = folder.path().join("cache");
        let mut program = Command::new(env!("CARGO_BIN_EXE_memspike"));
        program.args(["run", "deck.cir"]).current_dir(folder.path()).env("MEMSPIKE_CACHE", &cache);
        program.stdout(Stdio::null()).stderr(Stdio::piped());
        let program = program.spawn().expect("it starts");
        // That which says what ports there are ends at once; the run's own stays.
        until("a run", || left(&cache).len() == 1);
        std::thread::sleep(Duration::from_millis(1000));
        let vvp = left(&cache);
        assert_eq!(vvp.len(), 1);
        let pid = if victim == "vvp" { vvp[0].clone() } else { program.id().to_string() };
        let kill = Command::new("kill").args([format!("-{signal}"), pid]).status().expect("kill");
        assert!(kill.success());
        let output = program.wait_with_output().expect("it ends");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains(words), "{victim} {signal}: {told}");
        until("no process", || left(&cache).is_empty());
    }
}

#[test]
fn verilog_that_icarus_cannot_use_is_told_with_what_to_do() {
    let deck = |model: &str| {
        format!(
            "x\nAsrc clk ck\n.model ck clock\nA1 [clk] [q] m\n.model m d_cosim(verilog=\"part.v\" {model})\nR1 x 0 1\nV1 x 0 1\n.tran 1u\n.end\n"
        )
    };
    let icarus = "simulator=\"icarus\"";
    for (model, verilog, words) in [
        (
            icarus,
            "module part (input wire a, output wire b);\n  assign b = c + ;\nendmodule\n",
            ["Icarus Verilog says:", "part.v:2: syntax error"],
        ),
        (
            icarus,
            "module part (input wire a, inout wire b); endmodule\n",
            ["port 'b' is an inout", "deck.cir:5"],
        ),
        (
            icarus,
            "module part (input wire a, output real b); endmodule\n",
            ["port 'b' is no vector of bits", "deck.cir:5"],
        ),
        (
            icarus,
            "module part (input wire [2:0] a, output wire b); assign b = ^a; endmodule\n",
            ["module part has 3 bits of inputs (a[2:0]), and 1 nets are there", "deck.cir:4"],
        ),
        (
            icarus,
            "module one (input wire a, output wire b); endmodule\nmodule two (input wire a, output wire b); endmodule\n",
            ["both instantiated by nothing", "top="],
        ),
        ("simulator=\"ivl\"", "", ["there is no simulator 'ivl'", "simulator=\"icarus\""]),
    ] {
        let folder = own(&deck(model), &[("part.v", verilog)]);
        let told = diagnosis(folder.path());
        words.iter().for_each(|word| assert!(told.contains(word), "{verilog}: {word}\n{told}"));
    }
    let folder =
        own(&deck(icarus), &[("part.v", "module part (input wire a, output wire b); endmodule\n")]);
    let mut without = Command::new(env!("CARGO_BIN_EXE_memspike"));
    without.args(["check", "deck.cir"]).current_dir(folder.path()).env("PATH", folder.path());
    let output = without.output().expect("it starts");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    for words in ["Icarus Verilog is missing", "Debian package is `iverilog`", "Verilator"] {
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn the_shipped_deck_of_four_levels_gives_what_its_circuit_says() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/cosim");
    let output = memspike(&shipped, &["run", "unknown.cir", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    // The level of out_undef, and those of out_high and out_low that the input has at the edges of the clock.
    for (name, volt) in [("floating", 0.3), ("one", 1.0), ("zero", 0.0)] {
        assert_eq!(found["measures"][name].as_f64(), Some(volt), "{name}");
    }
}
