//! The save file beside a dump, opened by GTKWave without a screen.

#[path = "common/program.rs"]
mod program;

use std::fs;
use std::path::Path;
use std::process::Command;

use program::{memspike, text};

/// What GTKWave says when it opens a save file from another folder and runs a script, which then ends it.
fn gtkwave(save: &Path, script: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let tcl = folder.path().join("ask.tcl");
    fs::write(&tcl, format!("{script}\ngtkwave::/File/Quit\n")).expect("written");
    let mut command = Command::new("xvfb-run");
    command.args(["-a", "gtkwave", "-T"]).arg(&tcl).arg(save).current_dir(folder.path());
    let output = command
        .output()
        .expect("xvfb-run and gtkwave (Debian packages xvfb, xauth and gtkwave) are installed");
    text(&output.stdout) + &text(&output.stderr)
}

#[test]
fn gtkwave_opens_save_files_of_vcd_and_fst_with_their_groups_their_zoom_and_right_values() {
    for kind in ["vcd", "fst"] {
        opens(kind);
    }
}

fn opens(kind: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let dump = folder.path().join(format!("loop.{kind}"));
    let deck = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/cosim/closed_loop.cir");
    let run = memspike(
        folder.path(),
        &["run", deck.to_str().expect("a path"), "-o", dump.to_str().expect("a path")],
    );
    assert!(run.status.success(), "{}", text(&run.stderr));
    if kind == "vcd" {
        program::accepted_by_gtkwave(&dump);
    }
    let told = gtkwave(
        &folder.path().join("loop.gtkw"),
        "foreach trace [gtkwave::getDisplayedSignals] { puts \"trace $trace\" }
puts \"window [gtkwave::getWindowStartTime] [gtkwave::getWindowEndTime]\"
gtkwave::setMarker 20000000000
puts \"turns [gtkwave::getTraceValueAtMarkerFromName turns]\"
puts \"close [gtkwave::getTraceValueAtMarkerFromName close]\"
puts \"mem [gtkwave::getTraceValueAtMarkerFromName {v(mem) V}]\"
puts \"state [gtkwave::getTraceValueAtMarkerFromName state]\"
puts \"rows [gtkwave::getTotalNumTraces]\"",
    );
    for word in ["warning", "error", "not found", "fail"] {
        assert!(!told.to_lowercase().contains(word), "{told}");
    }
    for trace in [
        "memspike.v(mem)",
        "memspike.v(gate)",
        "memspike.close",
        "memspike.turns[5:0]",
        "memspike.s1.spike",
    ] {
        assert!(told.contains(&format!("trace {trace}")), "{trace}\n{told}");
    }
    // A group is a row before and one behind its traces, an analog trace has two more for its height: three voltages, the
    // current of the switch, five nets, and spike, state and filament of the switch.
    let rows = (2 + 3 * 3) + (2 + 3) + (2 + 5) + (2 + 1 + 1 + 3);
    assert!(told.contains(&format!("rows {rows}")), "{rows}\n{told}");
    let window: Vec<f64> = told
        .lines()
        .find_map(|line| line.strip_prefix("window "))
        .expect("a window")
        .split_whitespace()
        .map(|time| time.parse().expect("a time"))
        .collect();
    // The window shows the 50 us from their start on, and little more.
    assert!(window[0] == 0.0 && (0.8..1.6).contains(&(window[1] / 5e10)), "{window:?}");
    // The switch closes after 1.396 us and each 1.5611 us from then on (tests/bridges/loops.rs has the closed form).
    let value = |name: &str| {
        let line = told
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or_else(|| panic!("{name}\n{told}"));
        line.trim().to_owned()
    };
    let turns =
        usize::from_str_radix(value("turns ").trim_start_matches('$'), 16).expect("a number");
    assert_eq!(turns, ((20.0 - 1.396) / 1.5611) as usize + 1, "{told}");
    assert_eq!(value("close "), "0");
    // The word of a string, or that of its bits.
    assert_eq!(value("state "), "off");
    let mem: f64 = value("mem ").parse().expect("a voltage");
    assert!((0.2..0.81).contains(&mem), "{mem}");
}

#[test]
fn a_save_file_that_somebody_has_changed_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let deck = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/rectifier.cir");
    let (dump, save) = (folder.path().join("out.vcd"), folder.path().join("out.gtkw"));
    let run = |until: &str| {
        let arguments = [
            "run",
            deck.to_str().expect("a path"),
            "--until",
            until,
            "--lenient",
            "--vcd",
            dump.to_str().expect("a path"),
        ];
        let run = memspike(folder.path(), &arguments);
        assert!(run.status.success(), "{}", text(&run.stderr));
        fs::read_to_string(&save).expect("a save file")
    };
    let (first, second) = (run("1m"), run("2m"));
    assert_ne!(first, second, "the zoom follows the length");
    let own = second.replace("[color] 1", "[color] 3");
    fs::write(&save, &own).expect("written");
    assert_eq!(run("1m"), own);
    fs::write(&save, "mine\n").expect("written");
    assert_eq!(run("1m"), "mine\n");
    // So is Surfer's command file.
    let commands = folder.path().join("out.sucl");
    let text = fs::read_to_string(&commands).expect("a command file");
    assert!(text.starts_with("# memspike ") && text.ends_with("zoom_fit\n"), "{text}");
    fs::write(&commands, "mine\n").expect("written");
    run("2m");
    assert_eq!(fs::read_to_string(&commands).expect("a command file"), "mine\n");
}
