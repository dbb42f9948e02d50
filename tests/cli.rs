//! The program from outside: arguments, exit statuses, what it prints and writes.

#[path = "common/program.rs"]
mod program;

use std::{fs, path::Path, process::Output};

use program::{accepted_by_gtkwave, listing, memspike, text};
use serde_json::Value;
use tempfile::TempDir;
use wellen::{SignalValueRef, simple};

/// An RC neuron whose spikes are known: it turns on at 0.25 V and off at 0.085 V.
const NEURON: &str = "\
Neuron with an ideal switch
Vin in 0 DC 0.8
R1 in out 1Meg
C1 out 0 47n
S1 out 0 out 0 ideal
.model ideal SW(VT=0.1675 VH=0.0825 RON=1k ROFF=1e12)
.tran 1 uic
.meas tran spikes spikes S1
.meas tran peak MAX v(out)
.end
";

fn folder_with(name: &str, deck: &str) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join(name), deck).expect("the deck is written");
    folder
}

fn json_of(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("standard output is JSON")
}

#[test]
fn help_says_what_the_program_does() {
    let verbs = [
        "",
        "run",
        "check",
        "compare",
        "plot",
        "export-spice",
        "net",
        "fit",
        "train",
        "classify",
        "network-deck",
        "convert",
        "quantise",
        "export-verilog",
        "verify",
        "synth",
        "demo",
        "paper",
        "man",
        "completions",
    ];
    for verb in verbs {
        let arguments: Vec<&str> = [verb, "--help"].into_iter().filter(|a| !a.is_empty()).collect();
        let output = memspike(Path::new("."), &arguments);
        assert_eq!(output.status.code(), Some(0));
        insta::assert_snapshot!(format!("help_{verb}"), text(&output.stdout));
    }
}

#[test]
fn check_of_a_good_deck_sums_it_up() {
    let folder = folder_with("neuron.cir", NEURON);
    let output = memspike(folder.path(), &["check", "neuron.cir"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    insta::assert_snapshot!(text(&output.stdout));
}

#[test]
fn a_file_that_is_no_deck_is_told_in_one_line_with_the_verb_that_takes_it() {
    let folder = folder_with("neuron.cir", NEURON);
    let write =
        |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    write("my net.toml", "version = 1\n");
    write("m.toml", "name = \"m\"\n[[measurements]]\nkind = \"delay\"\n");
    write("counter.v", "module counter(input a);\nendmodule\n");
    for name in ["n.json", "w.vcd", "w.FST", "w.npy", "s.parquet", "g.nir", "s.csv"] {
        write(name, "\u{93}x y\n1 2\n");
    }
    for (name, expected) in [
        ("my net.toml", "a network by its name: memspike net 'my net.toml'"),
        ("m.toml", "a measurement file: memspike fit m.toml"),
        ("n.json", "a network by its name: memspike net n.json"),
        ("w.vcd", "a file of waveforms: memspike plot w.vcd -o waves.svg draws it"),
        ("w.FST", "a file of waveforms: memspike plot w.FST "),
        ("w.npy", "an array: memspike classify --weights w.npy "),
        ("s.parquet", "a recording of spikes: memspike raster s.parquet"),
        ("g.nir", "a graph of NIR: memspike net g.nir"),
        ("s.csv", "a table: memspike raster s.csv "),
        ("counter.v", "Verilog: a deck takes it by .model NAME d_cosim(verilog=\"counter.v\" "),
    ] {
        let output = memspike(folder.path(), &["run", name]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.starts_with(&format!("error: '{name}' is no deck but {expected}")), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    for verb in ["check", "export-spice"] {
        let said = text(&memspike(folder.path(), &[verb, "w.vcd"]).stderr);
        assert!(said.starts_with("error: 'w.vcd' is no deck but a file of waveforms: "), "{said}");
    }
    let said = text(&memspike(folder.path(), &["check", "m.toml"]).stderr);
    assert!(said.contains("memspike fit m.toml") && said.lines().count() == 1, "{said}");
    // What is not there is told as that.
    let said = text(&memspike(folder.path(), &["run", "no.toml"]).stderr);
    assert!(said.contains("cannot read 'no.toml'"), "{said}");
}

#[test]
fn a_network_in_place_of_weights_is_told_the_option_that_takes_it() {
    let folder = folder_with("net.toml", "version = 1\n");
    let said = text(&memspike(folder.path(), &["classify", "--weights", "net.toml"]).stderr);
    let expected = "error: net.toml: a network is no array of weights: name it by --network\n";
    assert_eq!(said, expected);
}

#[test]
fn commands_that_are_printed_are_those_of_a_shell() {
    let folder = TempDir::new().expect("a temporary folder");
    let output = memspike(folder.path(), &["example", "ring", "-o", "it's my ring"]);
    let said = text(&output.stdout);
    let (_, command) = said.split_once("next: memspike ").expect("a command");
    let command = format!("'{}' {command}", env!("CARGO_BIN_EXE_memspike"));
    let status = std::process::Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::null())
        .status()
        .expect("a shell");
    assert!(status.success(), "{command}");
    assert!(folder.path().join("it's my ring/ring.vcd").is_file());
    let arguments = ["export-verilog", "--real-model", "lif", "--out", "my core"];
    let said = text(&memspike(folder.path(), &arguments).stdout);
    assert!(said.contains("`make -C 'my core' sim`"), "{said}");
}

#[test]
fn check_of_a_bad_deck_shows_every_error_and_exits_2() {
    let deck = NEURON.replace("S1 out 0 out 0 ideal", "S1 out 0 out 0 idael").replace("47n", "2k2");
    let folder = folder_with("bad.cir", &deck);
    let output = memspike(folder.path(), &["check", "bad.cir"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout), "");
    insta::assert_snapshot!(text(&output.stderr));

    let output = memspike(folder.path(), &["check", "--json", "bad.cir"]);
    assert_eq!(output.status.code(), Some(2));
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let errors = found["errors"].as_array().expect("a list");
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert_eq!((&errors[0]["file"], &errors[0]["line"]), (&"bad.cir".into(), &4.into()));
    assert_eq!(errors[1]["line"], 5);
}

#[test]
fn bad_input_exits_with_2_and_good_input_with_0() {
    let folder = folder_with("neuron.cir", NEURON);
    let run = |arguments: &[&str]| memspike(folder.path(), arguments).status.code();
    assert_eq!(run(&["run", "neuron.cir"]), Some(0));
    assert_eq!(run(&["run", "missing.cir"]), Some(2));
    assert_eq!(run(&["run", "neuron.cir", "--until", "2k2"]), Some(2));
    assert_eq!(run(&["run", "neuron.cir", "--until", "-1"]), Some(2));
    assert_eq!(run(&["run", "neuron.cir", "--until", "nan"]), Some(2));
    assert_eq!(run(&["run", "neuron.cir", "--grid", "0"]), Some(2));
    assert_eq!(run(&["run", "neuron.cir", "--until", "1e9"]), Some(2));
    assert_eq!(run(&["walk", "neuron.cir"]), Some(2));
    assert_eq!(run(&[]), Some(2));
}

#[test]
fn json_has_the_documented_form() {
    let folder = folder_with("neuron.cir", NEURON);
    let output = memspike(folder.path(), &["run", "neuron.cir", "--json"]);
    let result = json_of(&output);
    let keys: Vec<&String> = result.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["counters", "measures", "spikes", "version", "warnings"]);
    // ln(0.8 / 0.55) and ln(0.715 / 0.55) time constants, and a discharge through 1 kohm.
    let spikes = result["spikes"]["s1"].as_array().expect("a list of seconds");
    assert_eq!(spikes.len(), 80);
    let first = spikes[0].as_f64().expect("a number");
    let expected = 47e-3 * (0.8_f64 / 0.55).ln();
    // The open switch of 1e12 ohm lowers the charging target by one part in a million.
    assert!((first / expected - 1.0).abs() < 1e-5, "{first} {expected}");
    assert_eq!(result["measures"]["spikes"], 80.0);
    assert!((result["measures"]["peak"].as_f64().expect("a number") - 0.25).abs() < 1e-12);
    for counter in ["fired", "pending", "phase_changes", "mode_sets"] {
        assert!(result["counters"][counter].is_u64(), "{counter}");
    }
    assert_eq!(result["warnings"], serde_json::json!([]));
}

#[test]
fn a_measurement_without_a_value_is_null_named_and_exit_status_1_unless_lenient() {
    let deck = NEURON.replace(".end\n", ".meas tran never WHEN v(out)=0.7\n.end\n");
    let folder = folder_with("neuron.cir", &deck);
    for (lenient, status) in [(&[][..], 1), (&["--lenient"][..], 0)] {
        let arguments = [&["run", "neuron.cir", "--json"], lenient].concat();
        let output = memspike(folder.path(), &arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{said}");
        // Everything else is there as ever.
        let result: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(result["measures"]["never"], Value::Null);
        assert_eq!(result["measures"]["spikes"], 80.0);
        assert!(result["warnings"][0].as_str().expect("a sentence").contains("never"));
        assert!(said.contains("warning: measurement 'never' failed: "), "{said}");
        let error = "error: measurement never has no value; --lenient makes that exit status 0";
        assert_eq!(said.contains(error), status == 1, "{said}");
    }
    let table = memspike(folder.path(), &["run", "neuron.cir"]);
    assert_eq!(table.status.code(), Some(1));
    assert!(text(&table.stdout).contains("failed"));
}

#[test]
fn measurements_without_a_value_in_some_runs_of_a_batch_are_exit_status_1() {
    // The first run stays at 0.1 V, the second below 0.2 V.
    let deck = NEURON.replace("DC 0.8", "DC {vin}").replace(
        ".tran",
        ".param vin=0.8\n.step param vin list 0.1 0.2 0.8\n.meas tran up WHEN v(out)=0.2 RISE=1\n\
         .meas tran later PARAM='up+1'\n.tran",
    );
    let samples = NEURON.replace(".end\n", ".mc 3\n.meas tran never WHEN v(out)=0.7\n.end\n");
    let folder = folder_with("step.cir", &deck);
    fs::write(folder.path().join("mc.cir"), samples).expect("the deck is written");
    let run = |arguments: &[&str]| {
        let output = memspike(folder.path(), arguments);
        let result: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(result["runs"].as_array().expect("a list").len(), 3);
        (output.status.code(), text(&output.stderr))
    };
    let (status, said) = run(&["run", "step.cir", "--json"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("2 measurements have no value: up, later in 2 of 3 runs"), "{said}");
    let (status, said) = run(&["run", "mc.cir", "--json"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("measurement never has no value in 3 of 3 runs"), "{said}");
    assert_eq!(run(&["run", "mc.cir", "--json", "--lenient"]).0, Some(0));
}

#[test]
fn warnings_of_the_deck_are_shown_and_listed() {
    let deck = NEURON.replace(".end\n", ".options reltol=1u\n.end\n");
    let folder = folder_with("neuron.cir", &deck);
    let output = memspike(folder.path(), &["run", "neuron.cir", "--json"]);
    let result = json_of(&output);
    let warning = result["warnings"][0].as_str().expect("a sentence");
    assert!(warning.starts_with("neuron.cir:10:10: "), "{warning}");
    assert_eq!(text(&output.stderr).matches(".options").count(), 2, "cause and excerpt");
}

#[test]
fn until_ends_the_run_early() {
    let folder = folder_with("neuron.cir", NEURON);
    let output = memspike(folder.path(), &["run", "neuron.cir", "--until", "100m", "--json"]);
    let spikes = json_of(&output)["spikes"]["s1"].as_array().expect("a list").len();
    // The first after 17.6 ms, then one each 12.38 ms.
    assert_eq!(spikes, 7);
}

#[test]
fn files_begin_at_the_start_time_of_tran() {
    let folder = folder_with("late.cir", &NEURON.replace(".tran 1 uic", ".tran 1m 0.1 0.05 uic"));
    let arguments = ["run", "late.cir", "--json", "--vcd", "out.vcd", "--spikes", "spikes.csv"];
    let result = json_of(&memspike(folder.path(), &arguments));
    assert_eq!(result["spikes"]["s1"].as_array().expect("a list").len(), 7);
    let voltage = signal(&folder.path().join("out.vcd"), "v(out)");
    assert_eq!(voltage[0].0, 0.05);
    // Third spike: 42.4 ms, 51 us of discharge; then the capacitor charges from 85 mV again.
    let third = result["spikes"]["s1"][2].as_f64().expect("a number");
    let discharge = 47e-6 * ((0.25_f64 - 0.8e-3) / (0.085 - 0.8e-3)).ln();
    let expected = 0.8 - 0.715 * (-(0.05 - third - discharge) / 47e-3).exp();
    assert!((voltage[0].1 - expected).abs() < 1e-5, "{} {expected}", voltage[0].1);
    let spikes = fs::read_to_string(folder.path().join("spikes.csv")).expect("a list");
    assert_eq!(spikes.lines().count(), 1 + 4);
}

#[test]
fn a_step_gives_a_list_of_runs_and_a_file_for_each() {
    let deck = NEURON
        .replace("DC 0.8", "DC {vin}")
        .replace(".tran 1 uic", ".param vin=1\n.step param vin list 0.2 0.8\n.tran 0.1 uic");
    let folder = folder_with("stepped.cir", &deck);
    let arguments =
        ["run", "stepped.cir", "--json", "--vcd", "w.vcd", "--spikes", "s", "--csv", "t.csv"];
    let result = json_of(&memspike(folder.path(), &arguments));
    let runs = result["runs"].as_array().expect("a list of runs");
    let vins: Vec<&Value> = runs.iter().map(|run| &run["params"]["vin"]).collect();
    assert_eq!(vins, [0.2, 0.8]);
    // 0.2 V never reaches the threshold of 0.25 V.
    assert_eq!(runs[0]["spikes"]["s1"], serde_json::json!([]));
    assert_eq!(runs[1]["spikes"]["s1"].as_array().expect("a list").len(), 7);
    let expected = [
        "s-1",
        "s-2",
        "stepped.cir",
        "t-1.csv",
        "t-2.csv",
        "w-1.gtkw",
        "w-1.sucl",
        "w-1.vcd",
        "w-2.gtkw",
        "w-2.sucl",
        "w-2.vcd",
    ];
    assert_eq!(listing(folder.path()), expected);
}

#[test]
fn a_voltage_that_runs_away_exits_with_1_names_its_node_and_keeps_what_came_before() {
    // Positive feedback: the voltage grows as exp(t / 1 ms), to 1e40 V at the end of the pulse.
    let deck = "\
Runaway
E1 a 0 out 0 2
R1 a out 1k
C1 out 0 1u IC=1m
I1 0 out PULSE(0 1n 0 0 0 0.1)
Vin in 0 0.8
R2 in b 1Meg
C2 b 0 47n
S1 b 0 b 0 ideal
.model ideal SW(VT=0.1675 VH=0.0825 RON=1k ROFF=1e12)
.tran 1 uic
.end
";
    let folder = folder_with("runaway.cir", deck);
    let run = |arguments: &[&str]| {
        let output = memspike(folder.path(), &[&["run", "runaway.cir"], arguments].concat());
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "", "no result of a run that failed");
        text(&output.stderr)
    };
    let message = run(&[]);
    assert!(message.contains("'out' runs away") && !message.contains("files"), "{message}");

    let message = run(&["--vcd", "out.vcd", "--csv", "out.csv", "--spikes", "spikes.csv"]);
    assert!(message.contains("files are complete up to"), "{message}");
    assert_eq!(
        listing(folder.path()),
        ["out.csv", "out.gtkw", "out.sucl", "out.vcd", "runaway.cir", "spikes.csv"]
    );
    // (1 mV + 1 uV) exp(t / 1 ms) - 1 uV.
    let grown = |t: f64| 1.001e-3 * (t / 1e-3).exp() - 1e-6;
    let vcd = folder.path().join("out.vcd");
    let voltage = signal(&vcd, "v(out)");
    let until = voltage.last().expect("points").0;
    assert!(voltage.iter().all(|(t, v)| (v / grown(*t) - 1.0).abs() < 1e-9), "{voltage:?}");
    accepted_by_gtkwave(&vcd);
    // The neuron beside it spikes after ln(0.8 / 0.55) and then each 12.38 ms.
    let spikes = fs::read_to_string(folder.path().join("spikes.csv")).expect("a list");
    let expected = 1 + ((until - 47e-3 * (0.8_f64 / 0.55).ln()) / 12.3806e-3) as usize;
    assert_eq!(spikes.lines().count(), 1 + expected, "{until}: {spikes}");
    let table = fs::read_to_string(folder.path().join("out.csv")).expect("a table");
    let last = table.lines().last().expect("rows").split(',').next().expect("a time");
    let last: f64 = last.parse().expect("seconds");
    assert!((last / until - 1.0).abs() < 1e-9, "{last} {until}");
}

#[test]
fn outputs_may_not_overwrite_each_other() {
    let folder = folder_with("neuron.cir", NEURON);
    let run = |arguments: &[&str]| memspike(folder.path(), arguments).status.code();
    assert_eq!(run(&["run", "neuron.cir", "--vcd", "a", "--csv", "./a"]), Some(2));
    assert_eq!(run(&["run", "neuron.cir", "--vcd", "-", "--csv", "/dev/stdout"]), Some(2));
    assert_eq!(listing(folder.path()), ["neuron.cir"]);
}

/// Every `(time, value)` of the real variable of this name, as wellen reads it.
fn signal(path: &Path, name: &str) -> Vec<(f64, f64)> {
    let mut waves = simple::read(path).expect("wellen reads the file");
    let hierarchy = waves.hierarchy();
    let reference = hierarchy
        .all_vars()
        .map(|variable| &hierarchy[variable])
        .find(|variable| variable.name(hierarchy) == name)
        .unwrap_or_else(|| panic!("no variable {name}"))
        .signal_ref();
    let timescale = hierarchy.timescale().expect("a timescale");
    let exponent = timescale.unit.to_exponent().expect("a unit");
    let tick_s = f64::from(timescale.factor) * 10f64.powi(i32::from(exponent));
    waves.load_signals(&[reference]);
    let times = waves.time_table();
    let changes = waves.get_signal(reference).expect("loaded").iter_changes();
    changes
        .map(|(index, value)| match value {
            SignalValueRef::Real(value) => (times[index as usize] as f64 * tick_s, value),
            other => panic!("{name} is no real variable: {other:?}"),
        })
        .collect()
}

#[test]
fn the_vcd_of_a_run_is_read_by_two_other_readers() {
    let folder = folder_with("neuron.cir", NEURON);
    let output = memspike(folder.path(), &["run", "neuron.cir", "--json", "--vcd", "out.vcd"]);
    let result = json_of(&output);
    let vcd = folder.path().join("out.vcd");
    let peak = signal(&vcd, "v(out)").iter().map(|(_, v)| *v).fold(f64::MIN, f64::max);
    assert!((peak - result["measures"]["peak"].as_f64().expect("a number")).abs() < 1e-12);
    accepted_by_gtkwave(&vcd);
}

#[test]
fn completions_know_the_verbs() {
    let output = memspike(Path::new("."), &["completions", "bash"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("check"));
}

#[test]
fn every_deck_with_errors_exits_with_2_and_names_a_place() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let decks = listing(&project.join("netlists/errors"));
    for deck in decks.iter().filter(|name| name.ends_with(".cir")) {
        let path = format!("netlists/errors/{deck}");
        for verb in ["check", "run", "export-spice"] {
            let output = memspike(project, &[verb, &path]);
            assert_eq!(output.status.code(), Some(2), "{verb} {deck}");
            assert_eq!(text(&output.stdout), "", "{verb} {deck}");
            // As in --> netlists/errors/syntax.cir:4:2.
            let message = text(&output.stderr);
            let place = message.split_once("--> netlists/errors/").map(|(_, after)| after);
            let place = place.and_then(|after| after.lines().next());
            let numbers = place
                .map_or(0, |p| p.split(':').skip(1).filter(|n| n.parse::<u32>().is_ok()).count());
            assert_eq!(numbers, 2, "{verb} {deck}:\n{message}");
        }
    }
}

#[test]
fn a_negative_number_is_refused_for_its_value_and_not_as_an_option() {
    for words in [
        "run d.cir --grid -1",
        "run d.cir --grid -1m",
        "run d.cir --until -2",
        "run d.cir --timescale -1n",
        "run d.cir --threads -1",
        "export-verilog --weights w.npy --out o --vth -1k --vhold 1 --rleak 1 --cmem 1 --step -1m",
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_memspike"));
        let output = command.args(words.split(' ')).output().expect("memspike starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{words}: {said}");
        assert!(said.contains("invalid value '-"), "{words}: {said}");
        assert!(!said.contains("tip:"), "{words}: {said}");
    }
}

#[test]
fn check_tells_the_shape_of_a_network_and_refuses_one_that_is_none() {
    let folder = TempDir::new().expect("a folder");
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kept/network.toml");
    let good = fs::read_to_string(kept).expect("text");
    fs::write(folder.path().join("good.toml"), &good).expect("written");
    let output = memspike(folder.path(), &["check", "good.toml"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(said.contains("population hidden: 2 of lif"), "{said}");
    assert!(said.contains("projection array: rows to hidden, siemens, 6 connections"), "{said}");
    assert!(said.contains("neurons: 8, synapses: 9"), "{said}");
    let bad = good.replace("to = \"hidden\"", "to = \"hiden\"");
    let line = 1 + bad.lines().position(|line| line.contains("hiden")).expect("a line");
    fs::write(folder.path().join("bad.toml"), bad).expect("written");
    let output = memspike(folder.path(), &["check", "bad.toml"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains(&format!("bad.toml:{line}:6: projection 'array'")), "{said}");
    assert!(said.contains("'hidden'"), "{said}");
    let output = memspike(folder.path(), &["check", "bad.toml", "--json"]);
    let findings: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(output.status.code(), Some(2));
    let finding = &findings["errors"][0];
    assert_eq!((&finding["file"], &finding["line"]), (&"bad.toml".into(), &line.into()));
}
