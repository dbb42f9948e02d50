//! `memspike paper` from outside: its numbers against the paper, its files as other readers see them.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output},
    sync::LazyLock,
};

use roxmltree::Document;
use serde_json::Value;
use tempfile::TempDir;
use zune_png::{PngDecoder, zune_core::bytestream::ZCursor};

/// Electrical ids of the paper's numbers.
const IDS: [&str; 17] = [
    "D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "D11", "N1", "L1", "L2", "O1",
    "O2", "O3",
];

/// Figures with a size in pixels and how many series their tables have at least.
const FIGURES: [(&str, usize, usize, usize); 14] = [
    ("2a", 1280, 800, 64),
    ("2b", 1280, 800, 3),
    ("2c", 1280, 800, 2),
    ("2d", 1280, 800, 2),
    ("2e", 1280, 800, 4),
    ("2f", 1280, 800, 1),
    ("2g", 1280, 800, 2),
    ("2h", 1680, 1120, 2),
    ("2i", 1280, 800, 2),
    ("3b-e", 1680, 1120, 1),
    ("3f", 1280, 800, 2),
    ("4a", 1680, 560, 1),
    ("4b", 1680, 1120, 1),
    ("4c", 1280, 800, 3),
];

fn memspike(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_memspike"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("memspike starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// One whole run with the shipped card, for all tests that look at it.
struct Whole {
    folder: TempDir,
    output: Output,
}

static WHOLE: LazyLock<Whole> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a temporary folder");
    let output = memspike(folder.path(), &["paper", "--json"]);
    Whole { folder, output }
});

impl Whole {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.output.stdout).expect("standard output is JSON")
    }

    fn file(&self, name: &str) -> Vec<u8> {
        let path = self.folder.path().join("out/paper").join(name);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

/// Simulated numbers by key.
fn simulated(json: &Value) -> BTreeMap<String, Option<f64>> {
    let rows = json["rows"].as_array().expect("a list of rows");
    let key = |row: &Value| row["key"].as_str().expect("a key").to_owned();
    rows.iter().map(|row| (key(row), row["simulated"].as_f64())).collect()
}

#[test]
fn every_number_is_near_what_the_paper_measured() {
    let found = simulated(&WHOLE.json());
    let part = |measured: f64, part: f64| (measured * (1.0 - part), measured * (1.0 + part));
    // The paper reads 0.17 V and 0.1 V in steps of 5 mV.
    let expected = [
        ("D1", part(0.17, 1e-6)),
        ("D1 ramp", part(0.17, 0.02)),
        ("D2", part(0.1, 1e-6)),
        ("D2 ramp", part(0.1, 0.02)),
        ("D3 vth", part(0.0225, 0.05)),
        ("D3 vhold", part(0.0444, 0.05)),
        ("D4 mean", part(0.169, 0.02)),
        ("D4 sigma", part(0.0079 / 0.169, 0.1)),
        ("D5", part(130e6, 0.02)),
        ("D5 leakage", (1e-9, 4e-9)),
        ("D6 limited", part(1e4, 0.02)),
        ("D6 free", part(1e6, 0.02)),
        ("D7", part(1.31e-3, 0.02)),
        ("D8 vth", (0.0, 5e-3)),
        ("D8 vhold", (0.0, 5e-3)),
        ("D9", part(16.5e-9, 0.02)),
        ("D10", part(20e-9, 0.02)),
        ("D11", (1e5, 1e5)),
        ("N1 R", (1e6, 1e6)),
        ("N1 C", (47e-9, 47e-9)),
        ("L1", (3.0, 3.0)),
        ("L2 pulses", (1.1, 10.0)),
        ("L2 peak", (1.05, 2.0)),
        ("O1 50ms", part(73.1, 0.015)),
        ("O1 100ms", part(73.5, 0.015)),
        ("O2 low", part(38.0, 0.015)),
        ("O2 high", part(176.0, 0.015)),
        ("O2 linear", (0.98, 1.0)),
        ("O3", part(1.442e-9, 0.03)),
    ];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (key, (low, high)) in expected {
        let value = found[key].unwrap_or_else(|| panic!("{key} has no value"));
        assert!(low <= value && value <= high, "{key}: {value:e} is not in {low:e} to {high:e}");
    }
}

#[test]
fn the_shipped_card_is_within_every_band_and_the_exit_status_is_0() {
    let json = WHOLE.json();
    for row in json["rows"].as_array().expect("a list of rows") {
        let value = row["simulated"].as_f64().expect("a value");
        assert!(row["band"][0].as_f64().is_none_or(|low| low <= value), "{row}");
        assert!(row["band"][1].as_f64().is_none_or(|high| value <= high), "{row}");
        assert_eq!(row["within"], true, "{row}");
    }
    assert_eq!(json["within"], true);
    assert_eq!(WHOLE.output.status.code(), Some(0), "{}", text(&WHOLE.output.stderr));
}

#[test]
fn every_electrical_id_has_a_row_in_order() {
    let json = WHOLE.json();
    let rows = json["rows"].as_array().expect("a list of rows");
    let mut ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().expect("an id")).collect();
    ids.dedup();
    assert_eq!(ids, IDS);
}

#[test]
fn every_figure_is_an_svg_and_a_png_that_other_readers_take() {
    for (number, width, height, _) in FIGURES {
        let svg = text(&WHOLE.file(&format!("fig-{number}.svg")));
        let document = Document::parse(&svg).unwrap_or_else(|error| panic!("{number}: {error}"));
        let root = document.root_element();
        assert_eq!(root.tag_name().name(), "svg");
        let curves = root.descendants().filter(|node| {
            ["polyline", "circle", "rect", "line"].contains(&node.tag_name().name())
        });
        assert!(curves.count() > 10, "{number} is empty");

        let png = WHOLE.file(&format!("fig-{number}.png"));
        let mut decoder = PngDecoder::new(ZCursor::new(&png));
        decoder.decode().unwrap_or_else(|error| panic!("{number}: {error:?}"));
        assert_eq!(decoder.dimensions(), Some((width, height)), "{number}");
    }
}

#[test]
fn every_figure_has_its_numbers_as_csv() {
    for (number, .., least) in FIGURES {
        let table = WHOLE.file(&format!("fig-{number}.csv"));
        let mut reader = csv::Reader::from_reader(table.as_slice());
        let head = reader.headers().expect("a head").clone();
        assert_eq!((&head[0], &head[1]), ("panel", "series"), "{number}");
        let mut series = std::collections::BTreeSet::new();
        for row in reader.records() {
            let row = row.unwrap_or_else(|error| panic!("{number}: {error}"));
            series.insert(row[1].to_owned());
            for cell in row.iter().skip(2).filter(|cell| !cell.is_empty()) {
                assert!(cell.parse::<f64>().is_ok_and(f64::is_finite), "{number}: {cell}");
            }
        }
        assert!(series.len() >= least, "{number}: {series:?}");
    }
}

#[test]
fn the_table_of_a_sweep_holds_the_law_of_the_device() {
    // Off, 128.7 Mohm: 0.05 V drive 0.3885 nA; on at a limit of 10 uA, nothing drives more.
    let table = WHOLE.file("fig-2e.csv");
    let mut reader = csv::Reader::from_reader(table.as_slice());
    let rows: Vec<(f64, f64)> = reader
        .records()
        .map(|row| row.expect("a row"))
        .filter(|row| &row[1] == "10 \u{B5}A")
        .map(|row| (row[2].parse().expect("volts"), row[3].parse().expect("amperes")))
        .collect();
    // Up and down on either side, and the corners.
    assert_eq!(rows.len(), 241);
    let off = rows.iter().find(|(volt, _)| (volt - 0.05).abs() < 1e-9).expect("0.05 V");
    assert!((off.1 / (0.05 / 128.7e6) - 1.0).abs() < 1e-6, "{off:?}");
    let most = rows.iter().map(|row| row.1).fold(0.0, f64::max);
    assert!((most / 10e-6 - 1.0).abs() < 1e-3, "{most}");
}

#[test]
fn the_page_shows_everything_and_needs_nothing_else() {
    let page = text(&WHOLE.file("index.html"));
    for id in IDS {
        assert!(page.contains(&format!("<td data-name=\"id\">{id}</td>")), "{id} has no row");
    }
    for (number, ..) in FIGURES {
        assert!(page.contains(&format!("id=\"fig-{number}\"")), "{number} is not on the page");
    }
    // Each for wide and for narrow screens, on which letters of 15 pixels keep their size.
    assert_eq!(page.matches("<svg ").count(), 2 * FIGURES.len());
    assert_eq!(page.matches("<svg width=\"360\"").count(), FIGURES.len());
    assert!(page.contains("prefers-color-scheme:dark"));
    assert!(page.contains("What the paper does not say") && page.contains("dwell"));
    // The name of SVG's own language is no reference.
    let rest = page.replace("http://www.w3.org/2000/svg", "");
    for reference in ["http:", "https:", "src=", "href", "url(", "@import", "<script", "<link"] {
        assert!(!rest.contains(reference), "{reference}");
    }
}

#[test]
fn some_ids_give_their_rows_and_figures_alone() {
    let folder = TempDir::new().expect("a temporary folder");
    let output = memspike(folder.path(), &["paper", "d10", "D5", "--out", "here"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(shown.contains("128.7 Mohm") && shown.contains("20 ns"), "{shown}");
    assert!(!shown.contains("O1") && !shown.contains(" D1 "), "{shown}");
    assert!(folder.path().join("here/fig-2h.svg").exists());
    assert!(!folder.path().join("here/fig-4a.svg").exists());
}

#[test]
fn an_unknown_id_exits_with_2_and_names_the_nearest() {
    let folder = TempDir::new().expect("a temporary folder");
    let output = memspike(folder.path(), &["paper", "D12"]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(message.contains("'D12'") && message.contains("did you mean 'D1"), "{message}");
    assert!(!folder.path().join("out").exists(), "nothing is written");
}

#[test]
fn another_card_is_measured_at_its_own_voltages_and_held_against_nothing() {
    let folder = TempDir::new().expect("a temporary folder");
    // Twice the voltages, half the resistance, half the speed at its fastest.
    let card = "* other\n.MODEL mine ts_memristor(von=0.331 vs=0.12 t0=0.049119 ton_min=40n\n\
                + vhold=0.2 gres=0.5 trelax=10m roff=65Meg ron=65 vform=0.26)\n";
    fs::write(folder.path().join("mine.lib"), card).expect("the card is written");
    let arguments = ["paper", "D1", "D2", "D5", "D10", "O2", "--card", "mine.lib"];
    let output = memspike(folder.path(), &arguments);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{message}");
    let shown = text(&output.stdout);
    assert!(shown.contains("mine (mine.lib)") && shown.contains("voltages times 2,"), "{shown}");
    assert!(!shown.contains("within") && !shown.contains("none"), "{shown}");
    let page = fs::read_to_string(folder.path().join("out/paper/index.html")).expect("a page");
    assert!(page.contains("mine (mine.lib)"));
    let output = memspike(folder.path(), &[&arguments[..], &["--json"]].concat());
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(json.get("within").is_none() && json["rows"][0].get("band").is_none(), "{json}");
    let found = simulated(&json);
    // What the card says: von + vs ln(1 + r t0/vs) at 0.1 V/s, ton_min, roff.
    let ramp = 0.331 + 0.12 * (0.1 * 0.049119 / 0.12_f64).ln_1p();
    assert!((found["D1 ramp"].expect("a threshold") / ramp - 1.0).abs() < 1e-9);
    assert!((found["D1"].expect("a threshold") - ramp).abs() < 10e-3);
    assert!((found["D2 ramp"].expect("a hold voltage") - 0.2).abs() < 1e-9);
    assert!((found["D5"].expect("a resistance") / 65e6 - 1.0).abs() < 1e-9);
    assert!((found["D10"].expect("a delay") / 40e-9 - 1.0).abs() < 1e-4);
}

#[test]
fn every_card_of_the_shelf_has_a_value_in_every_row() {
    let cards = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/cards");
    for name in ["taox", "hfo2", "hfalox", "zrox", "igzo", "sio2", "hbn", "zno"] {
        let folder = TempDir::new().expect("a temporary folder");
        let card = cards.join(format!("{name}.lib"));
        let card = card.to_str().expect("a path in UTF-8");
        // All but the statistics of many sweeps, which take long.
        let ids = IDS.iter().copied().filter(|id| !["D3", "D4", "D11"].contains(id));
        let arguments: Vec<&str> =
            ["paper", "--json", "--card", card].into_iter().chain(ids).collect();
        let output = memspike(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", text(&output.stderr));
        let found = simulated(&serde_json::from_slice(&output.stdout).expect("JSON"));
        for (key, value) in found {
            assert!(value.is_some_and(f64::is_finite), "{name}: {key} is {value:?}");
        }
    }
}

#[test]
fn a_card_that_is_none_exits_with_2_and_says_why() {
    let folder = TempDir::new().expect("a temporary folder");
    let cards = [
        ("* nothing here\n", "ts_memristor"),
        (".model a sw(ron=1)\n", "ts_memristor"),
        (".model a ts_memristor(von=0.1 vhold=0.2)\n", "vhold"),
        (".model a ts_memristor(vom=0.1)\n", "von"),
    ];
    for (card, word) in cards {
        fs::write(folder.path().join("mine.lib"), card).expect("the card is written");
        let output = memspike(folder.path(), &["paper", "D10", "--card", "mine.lib"]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{card}: {message}");
        assert!(message.contains(word), "{card}: {message}");
    }
    let output = memspike(folder.path(), &["paper", "D10", "--card", "missing.lib"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn results_do_not_depend_on_threads_and_vary_with_the_seed() {
    let run = |threads: &str, seed: &str| {
        let folder = TempDir::new().expect("a temporary folder");
        let arguments =
            ["paper", "D4", "O1", "--json", "--threads", threads, "--seed", seed, "--out", "."];
        let output = memspike(folder.path(), &arguments);
        let table = fs::read(folder.path().join("fig-2g.csv")).expect("a table");
        (output.stdout, table)
    };
    let one = run("1", "7");
    assert_eq!(one, run("2", "7"));
    assert_ne!(one.1, run("2", "8").1);
}

#[test]
fn the_sensitivity_moves_what_depends_on_an_assumption_and_nothing_else() {
    let folder = TempDir::new().expect("a temporary folder");
    let output = memspike(folder.path(), &["paper", "D1", "D10", "--sensitivity", "--json"]);
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let taken = simulated(&json);
    let trials = json["sensitivity"].as_array().expect("a list of trials");
    let trial = |label: &str| {
        let found = trials.iter().find(|trial| trial["assumption"] == label);
        simulated(found.unwrap_or_else(|| panic!("no trial {label}")))
    };
    // A filament that has longer at each level bridges earlier.
    let (short, long) = (trial("dwell 50 ms"), trial("dwell 200 ms"));
    let ramp = "D1 ramp";
    assert!(short[ramp] > taken[ramp] && taken[ramp] > long[ramp], "{short:?} {long:?}");
    assert!((short["D10"], long["D10"]) == (taken["D10"], taken["D10"]));
    let words = fs::read_to_string(folder.path().join("out/paper/assumptions.md")).expect("text");
    assert!(words.contains("| D10 |") && words.contains("dwell 50 ms"), "{words}");
    // The committed document has the same assumptions.
    let document = include_str!("../docs/assumptions.md");
    let named: Vec<&str> = words.lines().filter(|line| line.starts_with("- **")).collect();
    assert!(named.len() > 5);
    for line in named {
        assert!(document.contains(line), "docs/assumptions.md lacks: {line}");
    }
}

#[test]
fn every_deck_of_the_paper_says_its_purpose_and_stands_by_itself() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/paper");
    let entries = fs::read_dir(&folder).expect("the folder exists");
    let names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(names.len() >= 8, "{names:?}");
    for name in names {
        let deck = fs::read_to_string(folder.join(&name)).expect("a deck is text");
        assert!(deck.contains("\n* Purpose: "), "{name}");
        let output = memspike(&folder, &["check", &name]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", text(&output.stderr));
    }
}
