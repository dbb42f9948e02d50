//! Input that is refused: exit status 2, and a message that names the place, the value or the verb that takes it.

use std::{fs, path::Path};

use crate::{
    NEURON, folder_with,
    program::{listing, memspike, text},
};

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
fn outputs_may_not_overwrite_each_other() {
    let folder = folder_with("neuron.cir", NEURON);
    let run = |arguments: &[&str]| memspike(folder.path(), arguments).status.code();
    assert_eq!(run(&["run", "neuron.cir", "--vcd", "a", "--csv", "./a"]), Some(2));
    assert_eq!(run(&["run", "neuron.cir", "--vcd", "-", "--csv", "/dev/stdout"]), Some(2));
    assert_eq!(listing(folder.path()), ["neuron.cir"]);
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
