//! The verb `demo` from outside: what it prints, its page and its waveforms.

#[path = "common/dump.rs"]
mod dump;
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
        19,
        "three oscillations, four pulse trains and the network, each with its save file, page, deck, weights: {files:?}"
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
        (14, 12),
        "ten digits, spikes and membranes for wide and narrow screens"
    );
    for digit in 0..10 {
        assert!(page.contains(&format!("id=\"digit-{digit}\"")));
        assert!(page.contains(&format!("Decided: <b>{digit}</b>")));
    }
    assert!(page.contains("prefers-color-scheme:dark"));
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
}
