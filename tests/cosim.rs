//! A core in a deck by its model, its clocked model and its Verilog; faults planted in the Verilog, with Icarus as the judge of
//! where they show first.

#[path = "common/program.rs"]
mod program;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use memspike_hdl::{Export, export, layout};
use memspike_lif_core::{Core, LayerSpec, Leak, Reset, Saturation, Spec, VERSION, Weights};
use program::{memspike, text};
use serde_json::Value;

const INPUTS: usize = 6;
const NEURONS: usize = 4;

fn core() -> Core {
    let layer = LayerSpec {
        inputs: INPUTS,
        neurons: NEURONS,
        weight_bits: 5,
        potential_bits: 9,
        threshold: 16,
        leak: Leak::Shift { shift: 3 },
        reset: Reset::Subtract,
        saturation: Saturation::Signed,
        refractory_ticks: 0,
    };
    let rows = (0..INPUTS * NEURONS).map(|at| (at * 7) as i32 % 13 - 3).collect();
    let spec =
        Spec { version: VERSION, layers: vec![layer], count_bits: 4, time_step_ns: 1_000_000 };
    Core::new(spec, vec![Weights::new(NEURONS, rows)]).expect("a core")
}

/// What is sent in turn: an input, the tick, or the start of an image.
#[derive(Clone, Copy, PartialEq)]
enum Sent {
    Start,
    Spike(usize),
    Tick,
}

fn stimuli() -> Vec<Sent> {
    let mut draw = 1_u64;
    let all = (0..300).map(|number| {
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        match number {
            150 => Sent::Start,
            _ if number % 7 == 6 => Sent::Tick,
            _ => Sent::Spike((draw >> 33) as usize % INPUTS),
        }
    });
    all.collect()
}

/// A folder with the exported core and a deck that sends it the stimuli, one each 10 us.
fn folder(arch: &str, lanes: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let layout = layout(arch, lanes).expect("a layout");
    let create = |name: &str| File::create(folder.path().join(name));
    export(&core(), &*layout, &Export::new("lif"), create).expect("an export");
    let mut rows = String::new();
    let levels = |high: Option<usize>| {
        let level = |at| if Some(at) == high { " 1s" } else { " 0s" };
        (0..INPUTS + 2).map(level).collect::<String>()
    };
    let _ = writeln!(rows, "0{}", levels(None));
    for (number, sent) in (1..).zip(stimuli()) {
        let high = match sent {
            Sent::Tick => 0,
            Sent::Start => 1,
            Sent::Spike(input) => 2 + input,
        };
        let at = 10 * number;
        let _ = writeln!(rows, "{at}u{}\n{}u{}", levels(Some(high)), at + 5, levels(None));
    }
    fs::write(folder.path().join("vectors.txt"), rows).expect("written");
    folder
}

/// The deck with a card for the core.
fn deck(folder: &Path, name: &str, card: &str) {
    let last = NEURONS - 1;
    let deck = format!(
        "core\nAsrc [tick start s[0:{}]] src\n.model src d_source(input_file=\"vectors.txt\")\n\
         Acore tick start [s[0:{}]] [out[0:{last}]] core\n.model core lif_core({card})\n\
         V1 x 0 1\nR1 x 0 1\n.step param picture 0 0 1\n.param picture=0\n.tran 3.1m\n\
         .meas tran spikes[0:{last}] spikes out[0:{last}]\n.meas tran most argmax spikes[0:{last}]\n.end\n",
        INPUTS - 1,
        INPUTS - 1,
    );
    fs::write(folder.join(name), deck).expect("written");
}

/// Both decks side by side.
fn compared(folder: &Path) -> Value {
    let output = memspike(folder, &["compare", "a.cir", "b.cir", "--json"]);
    let told = text(&output.stderr);
    assert!(output.status.success() && !told.contains("warning"), "{told}");
    let deck = fs::read_to_string(folder.join("b.cir")).expect("the deck");
    let held = "note: b.cir: acore: model and Verilog were the same in all";
    assert_eq!(told.contains(held), deck.contains("impl=compare"), "{told}");
    serde_json::from_str(&text(&output.stdout)).expect("JSON")
}

#[test]
fn every_implementation_and_layout_spikes_at_the_instants_of_the_model() {
    let ways = [
        ("serial", 1, "impl=cycle"),
        ("serial", 1, "impl=rtl"),
        ("serial", 1, "impl=compare clock=100meg"),
        ("parallel", 1, "impl=cycle layout=parallel clock=50meg"),
        ("parallel", 1, "impl=compare layout=parallel"),
        ("folded", 2, "impl=rtl layout=folded lanes=2 clock=100meg"),
    ];
    for (arch, lanes, way) in ways {
        let folder = folder(arch, lanes);
        let model =
            way.replace("cycle", "model").replace("rtl", "model").replace("compare", "model");
        deck(folder.path(), "a.cir", &format!("spec=\"spec.json\" {model}"));
        deck(folder.path(), "b.cir", &format!("spec=\"spec.json\" {way}"));
        let found = compared(folder.path());
        assert_eq!(found["same_spikes"], 1, "{way}: {found}");
        let spikes = found["decks"][0]["spikes"].as_u64().expect("a number");
        assert!(spikes > 20, "the core fires: {spikes}");
    }
}

/// A testbench that sends the stimuli to both cores as a deck does, and says before which edge their outputs differ first.
fn bench() -> String {
    let outputs =
        ["in_start_ready", "in_tick_ready", "in_ready", "out_start", "out_tick", "out_valid"];
    let (mut wires, mut same) = (String::new(), String::new());
    let mut cores = String::new();
    for core in ["gold", "lif"] {
        let mut ports = String::new();
        for name in outputs {
            let _ = writeln!(wires, "wire {core}_{name};");
            let _ = write!(ports, ", .{name}({core}_{name})");
        }
        let _ = writeln!(
            wires,
            "wire [1:0] {core}_out_address, {core}_winner; wire [3:0] {core}_count;"
        );
        let _ = writeln!(
            cores,
            "{core} {core}_core(.clk(clk), .rst(rst), .in_start(in_start), .in_tick(in_tick), .in_valid(in_valid), .in_address(in_address), \
             .out_start_ready(1'b1), .out_tick_ready(1'b1), .out_ready(1'b1), .count_address(count_address), .count({core}_count), \
             .winner({core}_winner), .out_address({core}_out_address){ports});"
        );
    }
    for name in outputs.iter().chain(&["winner"]) {
        let _ = write!(same, "gold_{name} !== lif_{name} || ");
    }
    let mut sends = String::new();
    for sent in stimuli() {
        let _ = match sent {
            Sent::Start => writeln!(sends, "send(3'b100, 0);"),
            Sent::Tick => writeln!(sends, "send(3'b010, 0);"),
            Sent::Spike(input) => writeln!(sends, "send(3'b001, {input});"),
        };
    }
    format!(
        "module bench;
reg clk = 0, rst = 1, in_start = 0, in_tick = 0, in_valid = 0, taken, done;
reg [2:0] in_address = 0;
reg [1:0] count_address = 0;
integer number = 0;
{wires}{cores}
task cycle; begin
  #1 clk = 0; #1;
  taken = (in_start & gold_in_start_ready) | (in_tick & gold_in_tick_ready) | (in_valid & gold_in_ready);
  done = gold_out_start | gold_out_tick;
  if (number > 0 && ({same}(gold_out_valid && gold_out_address !== lif_out_address) || (number >= 10 && gold_count !== lif_count))) begin
    $display(\"DIFFERS %0d\", number);
    $finish;
  end
  #1 clk = 1;
  #1 number = number + 1;
end endtask
task send(input [2:0] what, input [2:0] address); begin
  {{in_start, in_tick, in_valid}} = what;
  in_address = address;
  taken = 0;
  while (!taken) cycle;
  {{in_start, in_tick, in_valid, in_address}} = 0;
  count_address = count_address + 1;
  done = what[0];
  while (!done) cycle;
end endtask
initial begin
  cycle;
  rst = 0;
{sends}
  $display(\"SAME\");
  $finish;
end
endmodule
"
    )
}

/// The edge before which Icarus sees the first difference.
fn first_difference(folder: &Path, good: &str, faulty: &str) -> u64 {
    fs::write(folder.join("gold.v"), good.replace("lif", "gold")).expect("written");
    fs::write(folder.join("faulty.v"), faulty).expect("written");
    fs::write(folder.join("bench.v"), bench()).expect("written");
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(folder).output();
        let output = output.expect("iverilog is installed");
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    run("iverilog", &["-g2012", "-s", "bench", "-o", "bench.vvp", "bench.v", "gold.v", "faulty.v"]);
    let said = run("vvp", &["-n", "bench.vvp"]);
    let edge = said.lines().find_map(|line| line.strip_prefix("DIFFERS "));
    edge.unwrap_or_else(|| panic!("{said}")).trim().parse().expect("a number")
}

#[test]
fn faults_planted_in_the_verilog_of_a_core_are_found_at_their_first_wrong_cycle() {
    let faults = [
        ("a tie is won by the last", "wire leads = best < more;", "wire leads = best <= more;"),
        (
            "a threshold is passed, not reached",
            "assign fired = tick & reached;",
            "assign fired = tick & reached & (|beyond);",
        ),
        (
            "counts are cleared but for the last",
            "counts[write_address] <= more & ",
            "counts[write_address] <= (&write_address) ? more : more & ",
        ),
    ];
    let folder = folder("serial", 1);
    let good = fs::read_to_string(folder.path().join("lif.v")).expect("the core");
    for (name, from, to) in faults {
        assert!(good.contains(from), "{name}: no '{from}' in\n{good}");
        let faulty = good.replace(from, to);
        let edge = first_difference(folder.path(), &good, &faulty);
        deck(folder.path(), "deck.cir", "spec=\"spec.json\" verilog=\"faulty.v\" impl=compare");
        let output = memspike(folder.path(), &["run", "deck.cir"]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        let said = text(&output.stderr);
        assert!(said.contains(&format!("before edge {edge},")), "{name}, edge {edge}: {said}");
        assert!(said.contains("sent last:") && said.contains(" at "), "{said}");
        let file = said.split("are in ").nth(1).expect("a file").split(".vcd").next();
        let file = folder.path().join(format!("{}.vcd", file.expect("a name")));
        let waves = wellen::simple::read(&file).expect("a VCD");
        assert!(waves.hierarchy().all_vars().count() == 28, "inputs and outputs of both");
    }
}

#[test]
fn a_value_that_depends_on_what_no_reset_sets_is_told_as_unknown() {
    let folder = folder("serial", 1);
    let good = fs::read_to_string(folder.path().join("lif.v")).expect("the core");
    let from = "assign winner = leader;";
    assert!(good.contains(from));
    let faulty = good.replace(from, "reg [1:0] never;\n    assign winner = leader ^ never;");
    fs::write(folder.path().join("faulty.v"), faulty).expect("written");
    deck(folder.path(), "deck.cir", "spec=\"spec.json\" verilog=\"faulty.v\" impl=compare");
    let output = memspike(folder.path(), &["run", "deck.cir"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("before edge 1,") && said.contains("winner is 0 in the model and x"),
        "{said}"
    );
}

#[test]
fn what_is_wrong_with_a_core_is_told_with_what_to_do() {
    let folder = folder("serial", 1);
    let good = fs::read_to_string(folder.path().join("lif.v")).expect("the core");
    let narrow = good.replacen("input  wire [2:0] in_address", "input  wire [1:0] in_address", 1);
    assert!(narrow != good);
    fs::write(folder.path().join("narrow.v"), narrow).expect("written");
    let says = |card: &str, path: Option<&str>| {
        deck(folder.path(), "deck.cir", card);
        let mut command = Command::new(env!("CARGO_BIN_EXE_memspike"));
        command.args(["run", "deck.cir"]).current_dir(folder.path());
        path.into_iter().for_each(|path| {
            command.env("PATH", path);
        });
        let output = command.output().expect("memspike starts");
        (output.status.code(), text(&output.stderr))
    };
    let (status, said) = says("spec=\"spec.json\" impl=rtl", Some("/nowhere"));
    assert_eq!(status, Some(2));
    assert!(
        said.contains("Verilator is missing") && said.contains("impl=model gives the same"),
        "{said}"
    );
    let (status, said) = says("spec=\"spec.json\" impl=rtl verilog=\"narrow.v\"", None);
    assert_eq!(status, Some(2));
    assert!(said.contains("an input in_address of 2 bits, and the core one of 3"), "{said}");
    let (status, said) = says("spec=\"spec.json\" impl=cycle clock=100k depth=0", None);
    assert_eq!(status, Some(1));
    assert!(said.contains("the queue is too small"), "{said}");
    let (status, said) = says("spec=\"spec.json\" threshold=3", None);
    assert_eq!(status, Some(2));
    assert!(said.contains("spec= and threshold= both say"), "{said}");
    let (status, said) = says("spec=\"spec.json\" layout=folded lanes=3", None);
    assert_eq!(status, Some(2));
    assert!(said.contains("lanes"), "{said}");
}

#[test]
fn analog_and_digital_output_layers_decide_the_drawn_digits_alike() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let decks = ["netlists/snn_784x10.cir", "netlists/snn_cosim.cir"];
    let output = memspike(root, &["compare", decks[0], decks[1], "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let found: Value = serde_json::from_str(&text(&output.stdout)).expect("JSON");
    let images = found["images"].as_array().expect("images");
    assert_eq!(images.len(), 10);
    for (digit, image) in images.iter().enumerate() {
        for side in image["sides"].as_array().expect("two") {
            assert_eq!(side["decision"], digit, "{image}");
        }
    }
}

/// A counter in Verilog beside the built-in one, gates that say when both differ, and the instant at which they say so first.
fn counters_differ_at(verilog: &str) -> Option<f64> {
    let folder = tempfile::tempdir().expect("a folder");
    let bits = 4;
    let xors: String = (0..bits)
        .map(|bit| format!("Axor{bit} [user{bit} ours{bit}] differs{bit} xor\n"))
        .collect();
    let deck = format!(
        "two counters\nAclk clk ck\n.model ck clock(freq=1meg delay=1u)\n\
         Auser [clk] [user3 user2 user1 user0] user\n.model user d_cosim(verilog=\"count.v\" delay=1n)\n\
         Aours clk null [ours3 ours2 ours1 ours0] ours\n.model ours counter(rise_delay=1n fall_delay=1n)\n\
         {xors}.model xor d_xor(rise_delay=1n fall_delay=1n)\n\
         Aor [differs0 differs1 differs2 differs3] differs or\n.model or d_or(rise_delay=1n fall_delay=1n)\n\
         V1 x 0 1\nR1 x 0 1\n.tran 50u\n.meas tran wrong first_spike differs\n.end\n"
    );
    fs::write(folder.path().join("deck.cir"), deck).expect("written");
    fs::write(folder.path().join("count.v"), verilog).expect("written");
    let output = memspike(folder.path(), &["run", "deck.cir", "--json", "--lenient"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let found: Value = serde_json::from_str(&text(&output.stdout)).expect("JSON");
    found["measures"]["wrong"].as_f64()
}

/// The truth is counted by hand: edge k, from 1 on, is at k us and takes the count from k - 1 to k.
#[test]
fn faults_planted_in_the_verilog_of_a_user_are_found_at_their_first_wrong_cycle() {
    let counter = |next: &str| {
        format!(
            "module count(input wire clk, output reg [3:0] q);\n  initial q = 0;\n  always @(posedge clk) q <= {next};\nendmodule\n"
        )
    };
    assert_eq!(counters_differ_at(&counter("q + 4'd1")), None, "the right one");
    let faults = [
        ("it is zero again a count too early", "q == 4'd14 ? 4'd0 : q + 4'd1", 15),
        ("it leaves a count out", "q == 4'd5 ? 4'd7 : q + 4'd1", 6),
        ("it stands still", "q == 4'd9 ? q : q + 4'd1", 10),
    ];
    for (name, next, edge) in faults {
        // Counter, exclusive or, or: a nanosecond each.
        let truth = f64::from(edge) * 1e-6 + 3e-9;
        let found = counters_differ_at(&counter(next)).expect("a difference");
        assert!((found - truth).abs() < 1e-15, "{name}: {found} s, not {truth} s");
    }
}
