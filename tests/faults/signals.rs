//! Signals that ask to stop: what is written is complete up to there, and said to be.

use std::{
    fs::File,
    io::{Read, Write},
};

use serde_json::Value;

use crate::{
    kinds::{self, CORE, DEMO, DEMO_FOLDER, FILES, with_path},
    rig::{Place, assert_no_leftovers},
    waves::{
        TICK_S, assert_raw_has_rows_of_csv, assert_table_is_complete, assert_vcd_is_complete,
        last_instant_s,
    },
};

/// By name and number.
const SIGNALS: [(&str, u32); 3] = [("INT", 2), ("TERM", 15), ("HUP", 1)];

const FOREVER: &str = "run long.cir --grid 1m --timescale 1p";

/// What a run that goes on for another second writes.
fn longer(place: &Place, reached_s: f64) {
    let until = reached_s + 1.0;
    let files = "--vcd longer.vcd --csv longer.csv --spikes longer.txt --json";
    place.run(&format!("{FOREVER} --until {until} {files}")).assert("a longer run", 0, &[]);
}

#[test]
fn a_run_leaves_vcd_csv_spikes_and_json_complete_up_to_the_signal() {
    for (signal, _) in SIGNALS {
        let place = Place::new();
        let files = "--vcd w.vcd --csv t.csv --spikes s.txt --json";
        let mut run = place.start(&format!("{FOREVER} {files}"));
        for (name, bytes) in [("w.vcd", 100_000), ("t.csv", 50_000), ("s.txt", 0)] {
            place.wait_for_part(name, bytes);
        }
        run.send(signal);
        let said = run.end();
        said.assert(signal, 1, &["interrupted: results are complete up to"]);
        assert_no_leftovers(&place.tree(), signal);

        let result: Value = serde_json::from_slice(&said.out).expect("JSON");
        let reached_s = result["interrupted_at"].as_f64().expect("seconds");
        let last_s = last_instant_s(&place.read("w.vcd"), &place.at("scratch.vcd"));
        assert!((last_s - reached_s).abs() <= TICK_S, "{signal}: {last_s} {reached_s}");
        longer(&place, reached_s);
        assert_vcd_is_complete(&place.read("w.vcd"), &place.read("longer.vcd"), signal);
        for (cut, longer) in [("t.csv", "longer.csv"), ("s.txt", "longer.txt")] {
            let (cut, longer) = (place.read(cut), place.read(longer));
            assert_table_is_complete(&cut, &longer, reached_s, signal);
        }
        let spikes = result["spikes"]["s1"].as_array().expect("a list");
        assert_eq!(spikes.len() + 1, place.read("s.txt").split(|b| *b == b'\n').count() - 1);
    }
}

#[test]
fn an_interrupted_run_leaves_in_fst_and_raw_files_what_it_leaves_in_vcd_and_csv() {
    for (signal, _) in SIGNALS {
        let place = Place::new();
        let mut run = place.start(&format!("{FOREVER} -o w.vcd -o w.fst -o w.raw -o w.csv"));
        place.wait_for_part("w.vcd", 100_000);
        run.send(signal);
        run.end().assert(signal, 1, &["interrupted: results are complete up to"]);
        assert_no_leftovers(&place.tree(), signal);
        // States are words in one and bits in the other.
        place.run("diff w.vcd w.fst --ignore *.state").assert(signal, 0, &[]);
        assert_raw_has_rows_of_csv(&place.read("w.raw"), &place.read("w.csv"), signal);
    }
}

#[test]
fn a_stream_is_complete_up_to_the_signal() {
    for (signal, _) in SIGNALS {
        let place = Place::new();
        let mut run = place.start(&format!("{FOREVER} --vcd -"));
        let mut cut = run.read(100_000);
        run.send(signal);
        let said = run.end();
        said.assert(signal, 1, &["interrupted"]);
        cut.extend(said.out);
        longer(&place, last_instant_s(&cut, &place.at("scratch.vcd")));
        assert_vcd_is_complete(&cut, &place.read("longer.vcd"), signal);
    }
}

#[test]
fn a_hangup_that_the_starter_ignores_is_ignored() {
    let place = Place::new();
    let starters = ["env", "--ignore-signal=HUP", "--default-signal=INT"];
    let mut run = place.start_within(&starters, &format!("{FOREVER} --vcd w.vcd"));
    place.wait_for_part("w.vcd", 100_000);
    run.send("HUP");
    // It goes on for much longer than a signal takes to end it.
    place.wait_for_part("w.vcd", 2_000_000);
    assert!(run.is_alive());
    run.send("INT");
    run.end().assert("nohup", 1, &["interrupted"]);
    assert_no_leftovers(&place.tree(), "nohup");
}

#[test]
fn a_second_signal_ends_at_once_and_leaves_the_old_file() {
    for (signal, number) in SIGNALS {
        let place = Place::new();
        place.put("old.vcd", b"old");
        // The reader takes nothing: the run waits with its first file open.
        place.pipe("pipe");
        let mut run = place.start(&format!("{FOREVER} --vcd old.vcd --csv pipe"));
        let reader = File::open(place.at("pipe")).expect("a pipe");
        place.wait_for_still_part("old.vcd");
        run.send(signal);
        run.wait_until_heard(number);
        assert!(run.is_alive());
        run.send(signal);
        let said = run.end();
        drop(reader);
        assert_eq!(said.status, Some(128 + number as i32), "{signal}");
        assert_eq!(place.read("old.vcd"), b"old");
    }
}

#[test]
fn a_pipe_that_nobody_reads_is_waited_for_until_the_signal() {
    for (signal, number) in SIGNALS {
        for kind in &FILES {
            let place = Place::new();
            place.pipe("pipe");
            place.put("old.csv", b"old");
            let before = place.tree();
            let also = if kind.name == "VCD" { " --csv old.csv" } else { "" };
            let mut run = place.start(&format!("{}{also}", with_path(kind.command, "pipe")));
            run.wait_until_it_hears(number);
            run.wait_until_it_says("waits for a reader of 'pipe'");
            run.send(signal);
            let case = format!("{}, {signal}", kind.name);
            run.end().assert(
                &case,
                1,
                &["interrupted: nobody reads 'pipe', and nothing is written"],
            );
            assert!(place.tree() == before, "{case}: {:?}", place.tree().keys());
        }
    }
}

#[test]
fn waveforms_that_would_take_hours_end_soon_after_the_signal() {
    let place = Place::new();
    // A second of a megahertz, with a point for each of 10^12 picoseconds.
    let deck = "sine\nV1 a 0 SIN(0 1 1meg)\nR1 a 0 1k\n.tran 1\n.end\n";
    place.put("sine.cir", deck.as_bytes());
    for option in ["--csv", "--vcd"] {
        let mut run = place.start(&format!("run sine.cir --grid 1p {option} w"));
        place.wait_for_part("w", 100_000);
        run.send("TERM");
        run.end().assert(option, 1, &["waveforms are complete up to ", "interrupted"]);
        assert_no_leftovers(&place.tree(), option);
        assert!(place.read("w").ends_with(b"\n"), "{option}");
    }
}

/// Both take most of a minute, so that no signal comes when they are done.
#[test]
fn a_fit_and_a_paper_that_are_stopped_write_nothing() {
    for words in ["fit slow.toml -o old", "paper --sensitivity --out ."] {
        for (signal, number) in SIGNALS {
            let place = Place::new();
            place.put("old", b"old");
            let before = place.tree();
            let mut run = place.start(words);
            run.wait_until_it_hears(number);
            run.send(signal);
            run.end().assert(words, 1, &["interrupted: nothing is written"]);
            assert!(place.tree() == before, "{words}, {signal}: {:?}", place.tree().keys());
        }
    }
}

#[test]
fn an_export_of_decks_stops_between_two_files() {
    let place = Place::new();
    // Each file is longer than a pipe takes at once.
    place.put("wide.cir", kinds::wide().as_bytes());
    place.run("export-spice wide.cir -o whole.sp").assert("whole", 0, &[]);
    assert!(place.read("whole-2.sp").len() > 100_000);
    for (signal, number) in SIGNALS {
        let place_of = |number: u32| format!("{signal}-{number}.sp");
        // The second file is a pipe, which the export fills.
        place.pipe(&place_of(2));
        let mut run = place.start(&format!("export-spice wide.cir -o {signal}.sp"));
        let mut pipe = File::open(place.at(&place_of(2))).expect("a pipe");
        run.send(signal);
        run.wait_until_heard(number);
        let mut second = Vec::new();
        pipe.read_to_end(&mut second).expect("it can be read");
        run.end().assert(signal, 1, &["interrupted: 2 of 3 files are written"]);
        let tree = place.tree();
        assert_no_leftovers(&tree, signal);
        assert!(place.read(&place_of(1)) == place.read("whole-1.sp"), "{signal}");
        assert!(second == place.read("whole-2.sp"), "{signal}");
        assert!(!tree.contains_key(&place_of(3)), "{signal}");
    }
}

#[test]
fn a_core_that_is_stopped_leaves_no_folder() {
    for (signal, number) in SIGNALS {
        let place = Place::new();
        // The weights come when the signal has.
        place.pipe("pipe");
        let words = with_path(CORE.command, "core").replace("w.npy", "pipe");
        let before = place.tree();
        let mut run = place.start(&words);
        run.wait_until_it_hears(number);
        run.send(signal);
        run.wait_until_heard(number);
        let mut pipe = File::options().write(true).open(place.at("pipe")).expect("a pipe");
        pipe.write_all(&place.read("w.npy")).expect("they are read");
        drop(pipe);
        run.end().assert(signal, 1, &["interrupted: nothing is written"]);
        assert!(place.tree() == before, "{signal}: {:?}", place.tree().keys());
    }
}

#[test]
fn a_demo_that_is_stopped_leaves_its_waveforms_complete_and_no_page() {
    for (signal, number) in SIGNALS {
        let place = Place::new();
        let waves = format!("{DEMO_FOLDER}/network.vcd");
        place.pipe(&waves);
        let mut run = place.start(DEMO.command);
        let mut pipe = File::open(place.at(&waves)).expect("a pipe");
        let mut cut = vec![0; 100_000];
        pipe.read_exact(&mut cut).expect("a start");
        run.send(signal);
        run.wait_until_heard(number);
        pipe.read_to_end(&mut cut).expect("the rest");
        run.end().assert(signal, 1, &["interrupted: network.vcd is complete up to"]);
        assert!(cut.ends_with(b"\n") && last_instant_s(&cut, &place.at("scratch.vcd")) > 0.0);
        let tree = place.tree();
        assert_no_leftovers(&tree, signal);
        assert!(!tree.contains_key(&format!("{DEMO_FOLDER}/index.html")), "{signal}");
    }
}

#[test]
fn a_training_ends_with_its_last_complete_epoch() {
    for (signal, _) in SIGNALS {
        let place = Place::new();
        let epochs = "train --mnist . --epochs 10000 --batch 20 --validation 20 --out net";
        let mut run = place.start(epochs);
        crate::rig::wait_until("an epoch", || place.at("net/checkpoint.json").exists());
        run.send(signal);
        run.end().assert(signal, 1, &["interrupted after", "--resume goes on"]);
        assert_no_leftovers(&place.tree(), signal);
        let json =
            |name: &str| -> Value { serde_json::from_slice(&place.read(name)).expect("JSON") };
        let report = json("net/training.json");
        assert_eq!(report["interrupted"], true, "{signal}");
        assert_eq!(report["history"], json("net/checkpoint.json")["state"]["history"], "{signal}");
        assert_whole_weights(&place.read("net/weights.npy"));
    }
}

/// 784 x 10 numbers of four bytes after a header of whole lines of 64 bytes.
pub fn assert_whole_weights(npy: &[u8]) {
    let header = npy.len().checked_sub(4 * 784 * 10).expect("all weights");
    assert!(npy.starts_with(b"\x93NUMPY") && header.is_multiple_of(64) && npy[header - 1] == b'\n');
}
