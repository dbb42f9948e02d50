//! Standard streams and pipes: all of it in order, and a reader that goes is no error to be told.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read},
    process::Stdio,
    thread,
};

use crate::{
    kinds::{BACKWARDS, FILES, NEURON, with_path},
    rig::{Entry, Place, Said, assert_no_leftovers, read_slowly},
};

fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").expect("Linux has it").into()
}

/// A pipe whose reader has gone.
fn closed() -> Stdio {
    let (reader, writer) = io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

#[test]
fn a_slow_reader_of_a_pipe_and_standard_output_get_what_a_file_gets() {
    for kind in &FILES {
        let place = Place::new();
        place.run(&with_path(kind.command, "file")).assert(kind.name, 0, &[]);
        let file = place.read("file");
        place.pipe("pipe");
        let reader = thread::spawn({
            let pipe = place.at("pipe");
            move || read_slowly(&pipe)
        });
        place.run(&with_path(kind.command, "pipe")).assert(kind.name, 0, &[]);
        assert!(reader.join().expect("it ends") == file, "{}: through a pipe", kind.name);
        assert_eq!(place.tree()["pipe"], Entry::Pipe, "{}", kind.name);

        let said = place.run(&with_path(kind.command, "-"));
        said.assert(kind.name, 0, &[]);
        assert!(said.out == file, "{}: to standard output", kind.name);
        assert_no_leftovers(&place.tree(), kind.name);
    }
}

#[test]
fn what_is_written_from_its_end_takes_no_pipe_and_says_so_before_any_work() {
    for kind in &BACKWARDS {
        let place = Place::new();
        place.pipe(&format!("pipe{}", kind.ending));
        let before = place.tree();
        let said = place.run(&with_path(kind.command, "pipe"));
        said.assert(kind.name, 2, &[&format!("'pipe{}'", kind.ending), "no pipe or device"]);
        assert!(said.out.is_empty() && place.tree() == before, "{}", kind.name);
    }
}

#[test]
fn a_reader_that_has_gone_is_the_status_of_other_tools_and_no_message() {
    for kind in &FILES {
        let place = Place::new();
        let before = place.tree();
        let mut command = place.command(&with_path(kind.command, "-"));
        let said = Said::of(command.stdout(closed()).output().expect("memspike starts"));
        said.assert(kind.name, 141, &[]);
        assert!(!said.err.contains("error"), "{}: {}", kind.name, said.err);
        assert!(place.tree() == before, "{}", kind.name);
    }
}

#[test]
fn a_reader_that_goes_in_the_middle_ends_the_run() {
    for kind in &FILES[..2] {
        let place = Place::new();
        place.pipe("pipe");
        let reader = thread::spawn({
            let pipe = place.at("pipe");
            move || File::open(pipe).and_then(|mut pipe| pipe.read_exact(&mut [0]))
        });
        let said = place.run(&with_path(kind.command, "pipe"));
        reader.join().expect("it ends").expect("it reads a byte");
        said.assert(kind.name, 141, &[]);
        assert_eq!(said.err, "", "{}", kind.name);
    }
}

#[test]
fn a_full_disk_behind_standard_output_is_named() {
    for kind in &FILES {
        let place = Place::new();
        let before = place.tree();
        let mut command = place.command(&with_path(kind.command, "-"));
        let said = Said::of(command.stdout(full()).output().expect("memspike starts"));
        said.assert(kind.name, 1, &["cannot write standard output", "make room"]);
        assert!(place.tree() == before, "{}", kind.name);
    }
}

#[test]
fn json_that_cannot_be_printed_is_exit_status_1_and_files_are_whole_all_the_same() {
    let place = Place::new();
    let words = "run neuron.cir --json --csv table";
    let said = place.run(words);
    said.assert("JSON", 0, &[]);
    let (json, table) = (said.out, place.read("table"));
    fs::remove_file(place.at("table")).expect("it is there");

    let refused = |out: Stdio| Said::of(place.command(words).stdout(out).output().expect("starts"));
    refused(full()).assert("a full disk", 1, &["standard output", "make room"]);
    assert!(place.read("table") == table);
    // A reader that has seen enough is no failure.
    let said = refused(closed());
    said.assert("a closed pipe", 0, &[]);
    assert_eq!(said.err, "");

    let mut limited =
        place.within(&["sh", "-c", "ulimit -f 0; exec \"$@\"", "sh"], "run neuron.cir --json");
    let file = File::create(place.at("json")).expect("a file");
    let said = Said::of(limited.stdout(file).output().expect("sh starts"));
    said.assert("a limit", 1, &["standard output", "ulimit -f"]);
    assert!(!json.is_empty() && place.read("json").is_empty());
}

#[test]
fn help_that_cannot_be_printed_is_exit_status_1_and_a_reader_that_has_gone_is_none() {
    let place = Place::new();
    for words in ["--help", "--version", "run --help", "completions bash", "check neuron.cir"] {
        let said =
            |out: Stdio| Said::of(place.command(words).stdout(out).output().expect("starts"));
        said(full()).assert(words, 1, &["cannot write to standard output", "make room"]);
        let quiet = said(closed());
        quiet.assert(words, 0, &[]);
        assert_eq!(quiet.err, "", "{words}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_standard_output_that_is_closed_is_told_if_data_was_to_go_there() {
    let place = Place::new();
    let closed = ["sh", "-c", "exec \"$@\" >&-", "sh"];
    let warning = "standard output is closed";
    for words in ["run neuron.cir --json", "run neuron.cir --vcd -", "completions bash"] {
        let said = Said::of(place.within(&closed, words).output().expect("sh starts"));
        said.assert(words, 0, &[warning]);
        // What a shell throws away is meant.
        let said = Said::of(place.command(words).stdout(Stdio::null()).output().expect("starts"));
        assert!(!said.err.contains(warning), "{words}: {}", said.err);
    }
}

#[test]
fn a_table_of_nothing_is_refused_with_what_it_can_hold() {
    let place = Place::new();
    let before = place.tree();
    for save in ["state(*)", "spike(s1)"] {
        let mut command = place.command("run neuron.cir --csv table --vcd waves --save");
        let said = Said::of(command.arg(save).output().expect("memspike starts"));
        said.assert(save, 2, &["cannot write 'table'", "v(...) or i(...)", "write a VCD"]);
        assert!(place.tree() == before);
    }
    let mut command = place.command("run neuron.cir --vcd waves --save state(*)");
    Said::of(command.output().expect("memspike starts")).assert("a VCD", 0, &[]);
}

#[test]
fn nobody_who_reads_messages_changes_no_file_and_no_status() {
    // A deck with a warning, and one that is not there.
    let deck = NEURON.replace(".end\n", ".options reltol=1u\n.end\n");
    for gone in [full, closed] {
        let place = Place::new();
        place.put("warned.cir", deck.as_bytes());
        place.run("run warned.cir --csv expected").assert(
            "with messages",
            0,
            &["skipped: .options reltol"],
        );
        let status = |words: &str| {
            let mut command = place.command(words);
            let status = command.stdout(Stdio::null()).stderr(gone()).status();
            status.expect("memspike starts").code()
        };
        assert_eq!(status("run warned.cir --csv table"), Some(0));
        assert!(place.read("table") == place.read("expected"));
        // Tables go to standard error.
        assert_eq!(status("run warned.cir --csv -"), Some(0));
        assert_eq!(status("run absent.cir"), Some(2));
        for kind in &FILES {
            assert_eq!(status(&with_path(kind.command, "none/out")), Some(2), "{}", kind.name);
        }
    }
}

#[test]
fn a_deck_that_standard_input_reads_is_no_output() {
    for words in ["run - --vcd deck.cir", "export-spice - -o deck.cir"] {
        let place = Place::new();
        let deck = place.at("deck.cir");
        fs::write(&deck, NEURON).expect("a deck");
        let mut command = place.command(words);
        let input = File::open(&deck).expect("a deck");
        let said = Said::of(command.stdin(input).output().expect("memspike starts"));
        said.assert(words, 2, &["is read by this command"]);
        assert_eq!(fs::read_to_string(&deck).expect("a deck"), NEURON, "{words}");
    }
}
