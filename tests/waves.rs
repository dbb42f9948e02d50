//! Files of waveforms against other programs: their readers on our files, `memspike diff` on theirs.

#[path = "common/program.rs"]
mod program;

use std::fs;
use std::path::Path;
use std::process::Command;

use program::{memspike, text};

/// A step on R and C, in the forms of memspike and ngspice alike: v(out) = 1 - exp(-t / 1 ms).
const RC: &str = "rc\nV1 in 0 DC 1\nR1 in out 1k\nC1 out 0 1u IC=0\n.tran 1u 5m 0 1u uic\n.end\n";

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let told = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{command:?}: {told}");
    told
}

/// A folder with rc.cir, run here to mine.raw and mine.vcd.
fn ours() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("rc.cir"), RC).expect("written");
    let done = memspike(folder.path(), &["run", "rc.cir", "-o", "mine.raw", "-o", "mine.vcd"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    folder
}

fn diff(folder: &Path, words: &[&str]) -> (Option<i32>, String) {
    let output = memspike(folder, &[&["diff"], words].concat());
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn ngspice_loads_our_raw_file() {
    let folder = ours();
    let script = "load\n.control\nload mine.raw\nmeas tran half when v(out)=0.5\nprint maximum(time) v(out)[0]\nquit\n.endc\n.end\n";
    fs::write(folder.path().join("load.sp"), script).expect("written");
    let mut ngspice = Command::new("ngspice");
    let told = run(ngspice.args(["-b", "load.sp"]).current_dir(folder.path()));
    let value = |name: &str| -> f64 {
        let line = told.lines().find_map(|line| line.trim().strip_prefix(name));
        let value = line.unwrap_or_else(|| panic!("{name}: {told}")).trim_start_matches([' ', '=']);
        value.split_whitespace().next().expect("a value").parse().expect("a number")
    };
    // Points lie so dense that lines between them err by a thousandth of the span.
    assert!((value("half") - 1e-3 * 2_f64.ln()).abs() < 2e-6, "{told}");
    assert!((value("maximum(time)") - 5e-3).abs() < 1e-9 && value("v(out)[0]") == 0.0, "{told}");
}

#[test]
fn python_reads_our_raw_file_by_the_description_of_its_form() {
    let folder = ours();
    let script = "\
import math, struct
data = open('mine.raw', 'rb').read()
head, body = data.split(b'Binary:\\n', 1)
lines = head.decode('ascii').splitlines()
keys = dict(line.split(':', 1) for line in lines if ':' in line)
count, points = int(keys['No. Variables']), int(keys['No. Points'])
names = [line.split()[1] for line in lines[lines.index('Variables:') + 1:]]
rows = list(struct.iter_unpack('<%dd' % count, body))
assert len(rows) == points and len(names) == count and names[0] == 'time', names
out = names.index('v(out)')
assert all(a[0] < b[0] for a, b in zip(rows, rows[1:]))
print(max(abs(row[out] - (1 - math.exp(-row[0] / 1e-3))) for row in rows))
";
    let mut python = Command::new("python3");
    let told = run(python.args(["-c", script]).current_dir(folder.path()));
    let worst: f64 = told.trim().parse().expect("a number");
    assert!(worst < 1e-14, "{worst}");
}

#[test]
fn a_raw_file_of_ngspice_agrees_with_ours_within_its_own_error_and_not_below() {
    let folder = ours();
    let mut ngspice = Command::new("ngspice");
    run(ngspice.args(["-b", "-r", "theirs.raw", "rc.cir"]).current_dir(folder.path()));
    // Its first point is the end of its first step, ten nanoseconds or so.
    let words = ["theirs.raw", "mine.raw", "--only", "v(*)", "--abs", "2m", "--time", "20n"];
    let (status, told) = diff(folder.path(), &words);
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains("2 signals compared, numbers as lines: 0 differ"), "{told}");
    let words = ["theirs.raw", "mine.raw", "--only", "v(*)", "--abs", "1e-9", "--time", "20n"];
    let (status, told) = diff(folder.path(), &words);
    assert_eq!(status, Some(1), "{told}");
    assert!(told.contains("v(out): differs") && !told.contains("v(in)"), "{told}");
    let map = [
        "theirs.raw",
        "mine.vcd",
        "--only",
        "v(*)",
        "--map",
        "v(*)=memspike.v(*)",
        "--abs",
        "2m",
        "--time",
        "20n",
    ];
    let (status, told) = diff(folder.path(), &map);
    assert_eq!(status, Some(0), "{told}");
}

const COUNTER: &str = "`timescale 1ns/1ps
module tb;
  reg clk = 0; reg [7:0] count = 0; reg [3:0] gray = 0;
  always #5 clk = ~clk;
  always @(posedge clk) begin
    count <= count + WHAT;
    gray <= (count[3:0] + 1) ^ ((count[3:0] + 1) >> 1);
  end
  initial begin $dumpfile(\"FILE\"); $dumpvars(0, tb); #2000 $finish; end
endmodule
";

/// Compiles and runs the counter by a simulator, which writes its VCD there.
fn counter(folder: &Path, simulator: &str, [file, step]: [&str; 2]) {
    let source = folder.join(format!("{file}.v"));
    fs::write(&source, COUNTER.replace("FILE", file).replace("WHAT", step)).expect("written");
    let here = |program: &str| {
        let mut command = Command::new(program);
        command.current_dir(folder);
        command
    };
    if simulator == "iverilog" {
        run(here("iverilog").arg("-o").arg("counter").arg(&source));
        run(here("vvp").arg("counter"));
    } else {
        let build = [
            "--binary",
            "--trace",
            "--top-module",
            "tb",
            "-Wno-fatal",
            "--Mdir",
            "obj",
            "-o",
            "counter",
        ];
        run(here("verilator").args(build).arg(&source));
        run(&mut here(folder.join("obj/counter").to_str().expect("a path")));
    }
}

#[test]
fn files_of_icarus_and_verilator_agree_and_a_changed_counter_is_found_at_its_first_edge() {
    let folder = tempfile::tempdir().expect("a folder");
    counter(folder.path(), "iverilog", ["icarus.vcd", "1"]);
    counter(folder.path(), "verilator", ["verilator.vcd", "1"]);
    counter(folder.path(), "iverilog", ["wrong.vcd", "(count == 8'd17 ? 2 : 1)"]);
    let pair = ["icarus.vcd", "verilator.vcd", "--map", "tb.*=TOP.tb.*", "--only", "tb.*"];
    let (status, told) = diff(folder.path(), &pair);
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains("3 signals compared"), "{told}");
    // Count is 17 from the 17th edge on, at 165 ns; the next is at 175 ns.
    let (status, told) = diff(folder.path(), &["icarus.vcd", "wrong.vcd", "--json"]);
    assert_eq!(status, Some(1), "{told}");
    let json: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(json["equal"], false);
    let count =
        json["pairs"].as_array().expect("pairs").iter().find(|pair| pair["a"] == "tb.count");
    let difference = &count.expect("the counter")["difference"];
    assert_eq!(difference["a"], "00010010", "{difference}");
    assert_eq!(difference["b"], "00010011", "{difference}");
    assert!((difference["first_s"].as_f64().expect("seconds") - 175e-9).abs() < 1e-18);
}

#[test]
fn a_file_that_is_written_from_its_end_needs_a_place_and_a_name_that_says_its_kind() {
    let folder = ours();
    for (name, word) in
        [("x.txt", "ends in .vcd, .fst, .raw or .csv"), ("/dev/stdout/x.fst", "cannot write")]
    {
        let done = memspike(folder.path(), &["run", "rc.cir", "-o", name]);
        assert_eq!(done.status.code(), Some(2), "{name}");
        assert!(text(&done.stderr).contains(word), "{}", text(&done.stderr));
    }
    run(Command::new("mkfifo").arg(folder.path().join("p.fst")));
    let done = memspike(folder.path(), &["run", "rc.cir", "-o", "p.fst"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(
        text(&done.stderr).contains("needs a file and no pipe or device"),
        "{}",
        text(&done.stderr)
    );
}
