//! The verb `demo` from outside: what it prints, its page and its waveforms.

#[path = "common/dump.rs"]
mod dump;
#[path = "common/json_keys.rs"]
mod json_keys;
#[path = "common/program.rs"]
mod program;

use std::{fs, path::Path};

use program::{accepted_by_gtkwave, listing, memspike, text};
use serde_json::Value;
use tempfile::TempDir;
use wellen::simple;

/// Rises of `spike` of the devices of the output layer, counted by another reader.
fn fired(vcd: &Path) -> Vec<usize> {
    let mut waves = simple::read(vcd).expect("wellen reads the file");
    let count = |class: usize| {
        let scopes = ["memspike", &format!("xlif_{class}"), "n1"];
        let changes = dump::changes(&mut waves, &scopes, "spike");
        changes.iter().filter(|(_, level)| level == "1").count()
    };
    (0..10).map(count).collect()
}

/// Rises of each bit of the bus `out`, counted by another reader.
fn spiked(vcd: &Path) -> Vec<usize> {
    let mut waves = simple::read(vcd).expect("wellen reads the file");
    let (mut before, mut rises) = ("0".repeat(10), vec![0; 10]);
    for (_, now) in dump::changes(&mut waves, &["memspike"], "out") {
        for (place, (one, other)) in before.bytes().zip(now.bytes()).enumerate() {
            // The most significant bit, that of neuron 9, is the first.
            rises[9 - place] += usize::from(one == b'0' && other == b'1');
        }
        before = now;
    }
    rises
}

/// The cells of the page's table of output layers, without its header.
fn core_table(page: &str) -> Vec<Vec<String>> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let tree = roxmltree::Document::parse_with_options(page, options).expect("well formed");
    let table = tree.descendants().find(|node| node.attribute("id") == Some("core"));
    let rows = table.expect("the table").descendants().filter(|node| node.has_tag_name("tr"));
    let cells = |row: roxmltree::Node| {
        let cells = row.children().filter(|node| node.has_tag_name("td"));
        cells.map(|cell| cell.text().unwrap_or_default().to_owned()).collect()
    };
    rows.skip(1).map(cells).collect()
}

#[test]
fn without_verilator_the_demo_says_so_on_page_and_terminal_and_goes_on_with_the_model() {
    let folder = TempDir::new().expect("a temporary folder");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_memspike"))
        .args(["demo", "--out", "there"])
        .current_dir(folder.path())
        .env("PATH", folder.path())
        .output()
        .expect("memspike starts");
    let (told, shown) = (text(&output.stderr), text(&output.stdout));
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(
        told.contains("without the core's Verilog: Verilator is missing: install it"),
        "{told}"
    );
    assert!(shown.contains("core, its Verilog") && shown.contains("left out"), "{shown}");
    let page = fs::read_to_string(folder.path().join("there/index.html")).expect("a page");
    assert!(page.contains("The core's Verilog was left out. Verilator is missing"));
    let table = core_table(&page);
    assert_eq!(table.len(), 2, "memristors and the model: {table:?}");
    let rises: usize = spiked(&folder.path().join("there/core.vcd")).iter().sum();
    assert_eq!(table[1][1..3], ["0".to_owned(), rises.to_string()]);
    assert!(!folder.path().join("there/core_rtl.vcd").exists());
}

#[test]
fn a_compiler_that_fails_is_told_and_the_demo_goes_on() {
    let folder = TempDir::new().expect("a temporary folder");
    let tool = folder.path().join("verilator");
    fs::write(&tool, "#!/bin/sh\necho 'no room for <objects>' >&2\n[ \"$1\" = --version ]\n")
        .expect("a tool");
    #[cfg(unix)]
    fs::set_permissions(&tool, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("set");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_memspike"))
        .args(["demo", "--json"])
        .current_dir(folder.path())
        .env("PATH", folder.path())
        .env("MEMSPIKE_CACHE", folder.path().join("cache"))
        .output()
        .expect("memspike starts");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("no room for <objects>"), "{}", text(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let core = &found["core"];
    assert!(core["verilog"].is_null() && core["model"]["decision"] == 0, "{core}");
    assert!(core["left_out"].as_str().is_some_and(|why| why.contains("no room")), "{core}");
    let page = fs::read_to_string(folder.path().join("out/demo/index.html")).expect("a page");
    core_table(&page);
    assert!(page.contains("no room for &lt;objects&gt;"), "what a tool says is no markup");
}

#[test]
fn demo_decides_its_digits_prints_the_paper_and_writes_a_page_and_waveforms() {
    let folder = TempDir::new().expect("a temporary folder");
    let output = memspike(folder.path(), &["demo", "--out", "there"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    for number in ["38 Hz", "73.1 and 73.5 Hz", "176 Hz", "1.442 nJ", "Wang"] {
        assert!(shown.contains(number), "{number} is not in\n{shown}");
    }
    assert!(shown.contains("10 of 10 decided rightly"), "{shown}");
    // Rows of the first table: drawn, ten counts, decision, energy.
    let rows: Vec<Vec<usize>> = shown
        .lines()
        .map(|line| line.split(['│', '┆']).filter_map(|cell| cell.trim().parse().ok()).collect())
        .filter(|row: &Vec<usize>| row.len() == 12)
        .collect();
    assert_eq!(rows.len(), 10, "{shown}");
    for (digit, row) in rows.iter().enumerate() {
        let most = (0..10).max_by_key(|class| row[1 + class]);
        assert_eq!((row[0], row[11], most), (digit, digit, Some(digit)));
    }

    let files = listing(&folder.path().join("there"));
    assert_eq!(
        files.len(),
        33,
        "three oscillations, four pulse trains, the network and two cores, each with its save files, page, deck, weights: {files:?}"
    );
    let deck = "there/netlists/snn_784x10.cir";
    assert_eq!(memspike(folder.path(), &["check", deck]).status.code(), Some(0));
    accepted_by_gtkwave(&folder.path().join("there/lif-1.vcd"));
    // The circuit engine, given resistors, capacitors, memristors and sources, fires alike.
    assert_eq!(fired(&folder.path().join("there/network.vcd")), rows[0][1..11]);

    let page = fs::read_to_string(folder.path().join("there/index.html")).expect("a page");
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let tree = roxmltree::Document::parse_with_options(&page, options).expect("well formed");
    let with = |name: &str| tree.descendants().filter(|n| n.has_tag_name(name)).count();
    let pictures = tree.descendants().filter(|n| n.tag_name().name() == "svg").count();
    assert_eq!(
        (pictures, with("figure")),
        (16, 13),
        "ten digits, spikes, membranes and output layers for wide and narrow screens"
    );
    for digit in 0..10 {
        assert!(page.contains(&format!("id=\"digit-{digit}\"")));
        assert!(page.contains(&format!("Decided: <b>{digit}</b>")));
    }
    assert!(page.contains("prefers-color-scheme:dark"));
    let table = core_table(&page);
    assert_eq!(table.len(), 3, "{table:?}");
    assert_eq!(table[1][1..], table[2][1..], "the Verilog answers as the model");
    for (row, waves) in [(1, "core.vcd"), (2, "core_rtl.vcd")] {
        let spikes = spiked(&folder.path().join("there").join(waves));
        let rises: usize = spikes.iter().sum();
        assert!(rises > 0 && spikes.iter().max() == Some(&spikes[0]), "{spikes:?}");
        assert_eq!(table[row][1..3], ["0".to_owned(), rises.to_string()], "{waves}");
    }
    let rest = page.replace("http://www.w3.org/2000/svg", "");
    for foreign in ["http:", "https:", "src=", "href=", "url(", "@import"] {
        assert!(!rest.contains(foreign), "the page needs {foreign}");
    }
}

#[test]
fn json_of_the_demo_has_every_digit_and_both_neurons() {
    let folder = TempDir::new().expect("a folder");
    let output = memspike(folder.path(), &["demo", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    json_keys::hold("demo", &found);
    let digits = found["digits"].as_array().expect("ten digits");
    assert_eq!(digits.len(), 10);
    for digit in digits {
        assert_eq!(digit["drawn"], digit["decision"], "{digit}");
    }
    // Figure 4c: 38 Hz at 0.5 V.
    let frequency = found["neurons"]["oscillation"][0]["measures"]["frequency"].as_f64();
    assert!(frequency.is_some_and(|hz| (hz / 38.0 - 1.0).abs() < 0.015), "{frequency:?}");
    assert_eq!(found["neurons"]["lif"].as_array().map(Vec::len), Some(4));
    assert!(folder.path().join("out/demo/index.html").is_file());
    let [model, verilog] = ["model", "verilog"].map(|way| &found["core"][way]);
    assert_eq!(model["decision"], 0, "{model}");
    assert_eq!(model, verilog, "decision and every spike");
    assert!(found["core"].get("left_out").is_none());
}
