//! Files that a run writes: from where to where they go, one for each run of a step, and what is left of a run that fails.

use std::{fs, path::Path};

use serde_json::Value;
use wellen::{SignalValueRef, simple};

use crate::{
    NEURON, folder_with, json_of,
    program::{accepted_by_gtkwave, listing, memspike, text},
};

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
