//! `kill -9`: what was there is untouched, what is left over has a name that says so, and the next
//! call works.

use std::{thread, time::Instant};

use crate::{
    kinds::{CORE, with_path},
    rig::{Entry, Place, Tree, wait_until},
    signals::assert_whole_weights,
};

/// What a kill has left beside the files of before.
fn left_over(before: &Tree, after: &Tree, case: &str) -> Vec<String> {
    for (name, entry) in before {
        assert!(after.get(name) == Some(entry), "{case}: {name} has changed");
    }
    after.keys().filter(|name| !before.contains_key(*name)).cloned().collect()
}

#[test]
fn old_files_of_a_run_are_untouched_and_the_next_run_replaces_them() {
    let place = Place::new();
    let outputs = [("--vcd", "w.vcd"), ("--csv", "t.csv"), ("--spikes", "s.txt")];
    let files = outputs.map(|(option, name)| format!("{option} {name}")).join(" ");
    for (_, name) in outputs {
        place.put(name, b"old");
    }
    let before = place.tree();
    let mut run = place.start(&format!("run long.cir --grid 1m {files}"));
    for (_, name) in outputs {
        place.wait_for_part(name, 0);
    }
    run.send("KILL");
    assert_eq!(run.end().status, None);
    let left = left_over(&before, &place.tree(), "a run");
    assert_eq!(left.len(), 3, "{left:?}");
    for (_, name) in outputs {
        let of_it =
            |left: &&String| left.starts_with(&format!("{name}.")) && left.ends_with(".part");
        assert_eq!(left.iter().filter(of_it).count(), 1, "{name}: {left:?}");
    }
    place.run(&format!("run neuron.cir {files}")).assert("the next run", 0, &[]);
    for (_, name) in outputs {
        assert_ne!(place.read(name), b"old", "{name}");
    }
}

/// Kills of one run, spread over somewhat more than it takes.
const KILLS: u32 = 40;

#[test]
fn killed_at_any_instant_a_run_leaves_every_file_of_waveforms_whole_or_not_at_all() {
    let place = Place::new();
    // The FST file has several blocks by then.
    let run = |stem: &str| {
        let outputs = ["vcd", "fst", "raw", "csv"].map(|kind| format!("-o {stem}.{kind}"));
        format!("run neuron.cir --until 40 --grid 400u {}", outputs.join(" "))
    };
    let begin = Instant::now();
    place.run(&run("whole")).assert("a whole run", 0, &[]);
    let lasts = begin.elapsed();
    let kinds = ["vcd", "fst", "raw", "csv"];
    let whole = kinds.map(|kind| place.read(&format!("whole.{kind}")));
    assert!(whole[1].len() > 1_000_000, "{} bytes of FST", whole[1].len());
    let before = place.tree();
    let (mut none, mut all) = (0, 0);
    for kill in 0..KILLS {
        let mut running = place.start(&run("cut"));
        thread::sleep(lasts * kill * 3 / (KILLS * 2));
        // It may have ended by then.
        running.send("KILL");
        let _ = running.end();
        let mut found = 0;
        for (kind, whole) in kinds.iter().zip(&whole) {
            let name = format!("cut.{kind}");
            if place.at(&name).exists() {
                assert!(place.read(&name) == *whole, "{name} after kill {kill} is no whole file");
                std::fs::remove_file(place.at(&name)).expect("it is there");
                found += 1;
            }
        }
        none += u32::from(found == 0);
        all += u32::from(found == 4);
        for name in left_over(&before, &place.tree(), "a run") {
            let beside = ["cut.gtkw", "cut.sucl", "cut.states.txt"].contains(&name.as_str());
            assert!(beside || name.starts_with("cut.") && name.ends_with(".part"), "{name}");
            if beside {
                std::fs::remove_file(place.at(&name)).expect("it is there");
            }
        }
        place.remove_temporary();
    }
    assert!(none > 0 && all > 0, "{none} kills came before any file, {all} after all");
}

/// Both take most of a minute, so that nothing is done when they are killed.
#[test]
fn old_cards_and_pages_are_untouched() {
    let commands =
        [("fit slow.toml -o old.lib", "old.lib"), ("paper --sensitivity --out .", "index.html")];
    for (words, old) in commands {
        let place = Place::new();
        place.put(old, b"old");
        let before = place.tree();
        let mut run = place.start(words);
        run.wait_until_it_hears(2);
        run.send("KILL");
        assert_eq!(run.end().status, None);
        assert_eq!(left_over(&before, &place.tree(), words), [""; 0]);
    }
}

#[test]
fn decks_are_there_up_to_the_last_whole_one() {
    let place = Place::new();
    place.run("export-spice three.cir -o whole.sp").assert("whole", 0, &[]);
    // At the second file, a pipe that nobody reads, the export waits.
    place.pipe("s-2.sp");
    place.put("s-3.sp", b"old");
    let before = place.tree();
    let mut run = place.start("export-spice three.cir -o s.sp");
    wait_until("the first deck", || place.at("s-1.sp").exists());
    run.send("KILL");
    assert_eq!(run.end().status, None);
    assert_eq!(left_over(&before, &place.tree(), "decks"), ["s-1.sp"]);
    assert!(place.read("s-1.sp") == place.read("whole-1.sp"));
}

#[test]
fn a_core_is_there_whole_or_not_at_all() {
    let place = Place::new();
    place.run(&with_path(CORE.command, "whole")).assert("whole", 0, &[]);
    let below = |tree: &Tree, folder: &str| -> Vec<(String, Entry)> {
        let prefix = format!("{folder}/");
        let inside = tree.iter().filter_map(|(name, entry)| {
            Some((name.strip_prefix(&prefix)?.to_owned(), entry.clone()))
        });
        inside.collect()
    };
    let whole = below(&place.tree(), "whole");
    assert!(whole.len() > 10, "{:?}", place.tree().keys());
    for files in 0..8 {
        let out = format!("core-{files}");
        let before = place.tree();
        let mut run = place.start(&with_path(CORE.command, &out));
        // As soon as there are so many files, or the folder is complete.
        wait_until("files of a core", || {
            let written = |folder| std::fs::read_dir(folder).map_or(0, Iterator::count);
            place.at(&out).exists() || place.part(&out).is_some_and(|f| written(f) >= files)
        });
        run.send("KILL");
        let _ = run.end();
        let after = place.tree();
        for name in left_over(&before, &after, &out) {
            let top = name.split('/').next().expect("a name");
            let part = top.starts_with(&format!("{out}.")) && top.ends_with(".part");
            assert!(top == out || part, "{name}");
        }
        if after.contains_key(&out) {
            assert!(below(&after, &out) == whole, "{out} is not whole");
        }
    }
    place.run(&with_path(CORE.command, "core-0-again")).assert("the next one", 0, &[]);
}

#[test]
fn a_training_keeps_its_last_complete_epoch_and_goes_on() {
    let place = Place::new();
    let mut run = place.start("train --mnist . --epochs 400 --batch 20 --validation 20 --out net");
    wait_until("weights", || place.at("net/weights.npy").exists());
    run.send("KILL");
    assert_eq!(run.end().status, None);
    assert_whole_weights(&place.read("net/weights.npy"));
    place.run("train --mnist . --out net --resume").assert("the rest", 0, &[]);
}

#[test]
fn weights_that_a_kill_has_kept_from_their_place_come_from_the_checkpoint() {
    let place = Place::new();
    let words = "--mnist . --out net";
    let begin = "train --epochs 2 --batch 20 --validation 20";
    place.run(&format!("{begin} {words}")).assert("a training", 0, &[]);
    let weights = place.read("net/weights.npy");
    // The checkpoint of the last epoch is written first.
    std::fs::remove_file(place.at("net/weights.npy")).expect("they are there");
    place.run(&format!("train {words} --resume")).assert("what is left", 0, &[]);
    assert!(place.read("net/weights.npy") == weights);
}
