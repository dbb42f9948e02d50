//! What `export-verilog` makes of numbers, and what it refuses.

use std::{fs, path::Path, process::Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::{export, folder_with_weights, memspike, npy, npy_of};

/// What `spec.json` of an exported folder holds.
fn specification(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("spec.json")).expect("a specification");
    serde_json::from_str(&text).expect("JSON")
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn integers_go_through_as_they_are_and_the_folder_says_so() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path();
    let weights: [i8; 6] = [100, -128, 3, 0, -1, 77];
    npy_of(&path.join("w.npy"), "|i1", "(3, 2)", &weights.map(|weight| weight as u8));
    npy(&path.join("f.npy"), "(3, 2)", &weights.map(f32::from));
    let base = ["export-verilog", "--threshold", "100", "--bits", "8", "--out"];
    let cases: [(&[&str], &str); 3] = [
        (&["integers", "--weights", "w.npy"], "integers that fit, and are taken as they are"),
        (&["given", "--weights", "f.npy", "--scale", "1"], "scale 1, as asked for"),
        (&["tenfold", "--weights", "w.npy", "--scale", "0.1"], "scale 0.1, as asked for"),
    ];
    for (arguments, says) in cases {
        let output = memspike(path, &[&base, arguments].concat());
        let (text, message) = said(&output);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {message}");
        assert!(text.contains(says), "{arguments:?}: {text}");
    }
    for name in ["integers", "given"] {
        // The serial core has a weight a word, by input and then by neuron.
        let words = fs::read_to_string(path.join(name).join("lif_weights_0.hex")).expect("words");
        let words: Vec<i8> =
            words.lines().map(|word| u8::from_str_radix(word, 16).expect("a byte") as i8).collect();
        assert_eq!(words, weights, "{name}");
        let json = specification(&path.join(name));
        assert_eq!(json["specification"]["layers"][0]["threshold"], 100);
        assert_eq!(json["quantisation"][0]["scale"], 1.0);
        let readme = fs::read_to_string(path.join(name).join("README.md")).expect("a guide");
        assert!(readme.contains("| 0 | 1 | 100, 100 |"), "{readme}");
    }
    assert_eq!(specification(&path.join("tenfold"))["specification"]["layers"][0]["threshold"], 10);

    let output =
        memspike(path, &[&base[..], &["none", "--weights", "f.npy", "--scale", "2"]].concat());
    let (_, message) = said(&output);
    assert_eq!(output.status.code(), Some(2));
    let wanted = "weight 100 of input 0 to neuron 0 is 200 at the scale 2, which 8 bits do not hold; \
                  a scale of at most 1 fits, and so do weights of 9 bits";
    assert!(message.contains(wanted), "{message}");
}

#[test]
fn what_was_wanted_is_printed_beside_what_was_obtained_and_refused_if_it_is_far() {
    let folder = folder_with_weights();
    let retention = |retention: &str, more: &[&str]| {
        let name = format!("core{retention}");
        let base = ["export-verilog", "--weights", "w.npy", "--threshold", "150", "--out", &name];
        (memspike(folder.path(), &[&base[..], &["--retention", retention], more].concat()), name)
    };
    for wanted in ["0.99", "0.999", "0.9"] {
        let (output, name) = retention(wanted, &[]);
        let (text, message) = said(&output);
        assert_eq!(output.status.code(), Some(0), "{wanted}: {message}");
        assert!(message.is_empty(), "{message}");
        let wanted: f64 = wanted.parse().expect("a number");
        assert!(text.contains(&format!("{wanted} (")) && text.contains("ticks)"), "{text}");
        let found = &specification(&folder.path().join(name))["quantisation"][0]["retention"];
        assert_eq!(found["wanted"], wanted);
        let obtained = found["obtained"].as_f64().expect("a number");
        assert!((obtained - wanted).abs() <= 0.01 * (1.0 - wanted), "{obtained} for {wanted}");
    }
    // A leak of less than one at the threshold is told, one that cannot be made is refused.
    let (output, _) = retention("0.99999", &[]);
    let (_, message) = said(&output);
    assert_eq!(output.status.code(), Some(0), "{message}");
    assert!(message.contains("a tick should take 0.19049 of a potential and takes 1"), "{message}");
    let (output, _) = retention("0.999999999", &[]);
    let (_, message) = said(&output);
    assert_eq!(output.status.code(), Some(2));
    assert!(message.contains("an error of 100 % of what a tick takes"), "{message}");
    let (output, name) = retention("0.999999999", &["--rounding", "1"]);
    assert_eq!(output.status.code(), Some(0));
    let json = specification(&folder.path().join(name));
    assert_eq!(json["specification"]["layers"][0]["leak"], "none");

    let export = |more: &str| {
        let base = ["export-verilog", "--weights", "w.npy", "--out", "none"];
        memspike(folder.path(), &[&base[..], &more.split(' ').collect::<Vec<_>>()].concat())
    };
    for (arguments, says) in [
        ("--threshold 1.4 --scale 1", "the threshold 1.4 becomes 1, an error of 28.6 %"),
        ("--threshold 30 --scale 1 --reset 0.4", "the reset 0.4 becomes 0"),
        ("--threshold 1.5 --step 1.4n", "the time step (s) 1.4e-9 becomes 1e-9"),
        ("--threshold 1 --scale 1,2", "2 scales for 1 layers"),
        ("--threshold 1 --scale 0", "the scale is 0, it must be above 0"),
        ("--threshold 1 --rounding -1", "a number that is not negative"),
    ] {
        let output = export(arguments);
        let (_, message) = said(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments}: {message}");
        assert!(message.contains(says), "{arguments}: {message}");
    }
}

#[test]
fn bad_input_is_refused_and_nothing_is_left_behind() {
    let folder = folder_with_weights();
    let at = |name: &str| folder.path().join(name);
    npy(&at("flat.npy"), "(4,)", &[1.0; 4]);
    npy(&at("wide.npy"), "(5, 2)", &[1.0; 10]);
    npy(&at("nan.npy"), "(1, 2)", &[1.0, f32::NAN]);
    npy(&at("none.npy"), "(0, 2)", &[]);
    npy(&at("short.npy"), "(3, 4)", &[1.0; 5]);
    npy(&at("huge.npy"), "(1, 4097)", &[1.0; 4097]);
    fs::write(at("text.npy"), "no numbers").expect("a file");
    fs::create_dir(at("full")).expect("a folder");
    fs::write(at("full/mine"), "keep").expect("a file");
    let before = names(folder.path());
    let base = ["export-verilog", "--threshold", "1", "--out"];
    let cases: [(&[&str], &str); 16] = [
        (&["core", "--weights", "flat.npy"], "shape is [4]"),
        (&["core", "--weights", "w.npy", "--weights", "wide.npy"], "layer 1 has 5 inputs"),
        (&["core", "--weights", "nan.npy"], "input 0 to output 1 is NaN"),
        (&["core", "--weights", "text.npy"], "text.npy"),
        (&["core", "--weights", "absent.npy"], "absent.npy"),
        (&["core", "--weights", "w.npy", "--bits", "40"], "between 2 and 16"),
        (&["core", "--weights", "w.npy", "--name", "module"], "cannot name a module"),
        (&["core", "--weights", "w.npy", "--licence", "MIT\n"], "no SPDX licence expression"),
        (&["full", "--weights", "w.npy"], "not empty"),
        (&["none/core", "--weights", "w.npy"], "does not exist"),
        (&["w.npy/core", "--weights", "w.npy"], "'w.npy/core'"),
        (&["core", "--weights", "none.npy"], "it is empty: 0 x 2"),
        (&["core", "--weights", "short.npy"], "short.npy"),
        (&["core", "--weights", "huge.npy"], "between 1 and 4096"),
        (&["core", "--weights", "w.npy", "--refractory", "999"], "between 0 and 255"),
        (&["core", "--weights", "w.npy", "--arch", "folded", "--lanes", "3"], "lanes, not 3"),
    ];
    for (arguments, says) in cases {
        let output = memspike(folder.path(), &[&base, arguments].concat());
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.contains(says), "{arguments:?}: {message}");
        assert_eq!(names(folder.path()), before, "{arguments:?}");
    }
    assert_eq!(memspike(folder.path(), &["verify", "full"]).status.code(), Some(2));
    assert_eq!(memspike(folder.path(), &["synth", "absent"]).status.code(), Some(2));
    assert_eq!(export(folder.path(), &[]).status.code(), Some(0));
    for (arguments, says) in [
        (["synth", "core", "--part", "layer 0"], "no part of a core"),
        (["synth", "core", "--part=layer_0", "--device=up5k"], "leave out --part"),
    ] {
        let output = memspike(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(says), "{arguments:?}");
    }
}
