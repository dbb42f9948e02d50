//! The example that the program carries, and sweeps as a user has them.

use std::fs;

use memspike_fit::Task;
use memspike_netlist::Deck;
use tempfile::TempDir;

use crate::{fit, folder_with, listing, measure, netlists, text};

const FILES: [&str; 3] = ["example.csv", "example.toml", "mine.lib"];

#[test]
fn the_example_is_written_and_the_fit_of_what_it_wrote_gives_its_card() {
    let folder = TempDir::new().expect("a temporary folder");
    let output = fit(folder.path(), &["--example", "new"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let new = folder.path().join("new");
    assert_eq!(listing(&new), FILES);
    let said = text(&output.stdout);
    assert!(said.contains("next: memspike fit new/example.toml -o card.lib\n"), "{said}");
    for name in FILES {
        let of = |folder: &std::path::Path| fs::read(folder.join(name)).expect("the file");
        assert_eq!(of(&new), of(&netlists().join("measurements")), "{name}");
    }
    let output = fit(folder.path(), &["new/example.toml", "-o", "card.lib"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "", "the data determine every free parameter");
    let read = |path: &str| fs::read_to_string(folder.path().join(path)).expect("the card");
    assert_eq!(read("card.lib"), read("new/mine.lib"));
    // A deck that includes it: a ramp of 0.2 V/s, as in the sweep, whose current jumps from 0.42 to 0.43 V.
    let deck = "ramp\n.include new/mine.lib\nV1 a 0 PWL(0 0 5 1)\nN1 a 0 mine\n.tran 5 uic\n\
                .meas tran at first_spike N1\n.end\n";
    fs::write(folder.path().join("ramp.cir"), deck).expect("the deck is written");
    let deck = Deck::load(&folder.path().join("ramp.cir")).expect("a good deck");
    let threshold = 0.2 * measure(&deck, "at");
    assert!((threshold - 0.425).abs() < 0.02, "{threshold}");
}

#[test]
fn the_example_ends_at_the_same_card_wherever_its_search_begins() {
    // A count of pulses is flat while the device turns on in a gap: there derivatives lead nowhere.
    let path = netlists().join("measurements/example.toml");
    let example = fs::read_to_string(&path).expect("the example");
    let t0 = "t0 = { start = 1, min = \"10m\", max = 100 }";
    assert!(example.contains(t0));
    let end = |range: &str| {
        let text = example.replace(t0, &format!("t0 = {{ {range} }}"));
        let task = Task::parse(&path.to_string_lossy(), &text).expect("a task");
        let fit = task.fit(|_, _| true).unwrap_or_else(|error| panic!("{range}: {error}"));
        fit.parameters[0].value
    };
    let [one, other] =
        ["start = 2, min = 0.1, max = 20", "start = 0.02, min = \"20m\", max = 100"].map(end);
    assert!((one / other - 1.0).abs() < 1e-3, "{one} {other}");
}

#[test]
fn the_example_replaces_nothing() {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("example.toml"), "mine").expect("a file is written");
    for (place, status) in [(".", 2), ("example.toml", 2), ("no/such/folder", 2)] {
        let output = fit(folder.path(), &["--example", place]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{place}: {said}");
        assert!(said.starts_with(&format!("error: cannot write '{place}': ")), "{said}");
        assert_eq!(text(&output.stdout), "");
        assert_eq!(listing(folder.path()), ["example.toml"]);
    }
    let kept = fs::read_to_string(folder.path().join("example.toml")).expect("the file");
    assert_eq!(kept, "mine");
}

#[test]
fn an_example_and_a_fit_are_not_asked_for_at_once() {
    let folder = folder_with("");
    for arguments in [&["--example", "new", "m.toml"][..], &["--example", "new", "--json"], &[]] {
        let output = fit(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(listing(folder.path()), ["m.toml"]);
    }
}

/// A sweep of 1 V/s in steps of 10 mV, and the currents of a device in it, which begins off.
fn sweep(cycles: usize, mut ampere: impl FnMut(usize, usize, f64) -> f64) -> String {
    let mut csv = "Voltage (mV);Current (uA)\n".to_owned();
    for cycle in 0..cycles {
        for (k, level) in (0..=60).chain((0..60).rev()).enumerate() {
            let row =
                format!("{};{:.7}\n", level * 10, 1e6 * ampere(cycle, k, f64::from(level) / 100.0));
            csv += &row.replace('.', ",");
        }
    }
    csv
}

const SWEPT: &str = r#"name = "swept"
model = "ts_memristor"
[parameters]
von = { start = 0.3, min = 0.1, max = 1 }
vs = "10m"
t0 = "1m"
vhold = { start = 0.1, min = 0.01, max = 1 }
roff = { start = 1e6, min = 1e5, max = 1e9 }
ron = 1e3
vform = 0
[[measurements]]
kind = "sweep"
csv = "s.csv"
rate = 1
"#;

#[test]
fn several_cycles_in_one_file_are_shown_and_become_a_card_that_varies() {
    let folder = folder_with(SWEPT);
    // Thresholds and hold voltages in steps of 10 mV: 0.40 to 0.44, and 0.16 to 0.12 V.
    let mut on = false;
    let csv = sweep(5, |cycle, k, v| {
        let (von, vhold) = (0.395 + 0.01 * cycle as f64, 0.165 - 0.01 * cycle as f64);
        on = if on { v > vhold } else { k <= 60 && v > von };
        if on { v / 1e3 } else { v / 1e7 }
    });
    fs::write(folder.path().join("s.csv"), csv).expect("the sweep is written");
    let output = fit(folder.path(), &["m.toml", "-o", "card.lib"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}{}", text(&output.stderr));
    // Five values 10 mV apart vary by sqrt(250) mV = 15.81 mV, less 10^2 / 12: 15.55 mV.
    let row = |name: &str| said.lines().find(|l| l.contains(name)).expect("a row").to_owned();
    for (name, words) in [
        ("sigma_von", ["threshold in s.csv", "415 mV"]),
        ("sigma_vhold", ["hold in s.csv", "145 mV"]),
    ] {
        let row = row(name);
        let there = |word: &&str| row.contains(*word);
        assert!(words.iter().all(there) && row.contains("15.5 mV"), "{row}");
    }
    let card = fs::read_to_string(folder.path().join("card.lib")).expect("the card");
    let varied =
        card.split("* swept_varied: with the variation of 5 cycles").nth(1).expect("a second card");
    assert!(varied.contains("sigma_von=0.0155") && varied.contains("sigma_vhold=0.0155"), "{card}");
}

#[test]
fn what_is_no_threshold_switch_gets_no_card() {
    let folder = folder_with(SWEPT);
    let csv = sweep(1, |_, _, v| 1e-8 * (8.0 * v).sinh());
    fs::write(folder.path().join("s.csv"), csv).expect("the sweep is written");
    let output = fit(folder.path(), &["m.toml", "-o", "card.lib"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    let expected = "error: s.csv:5:1: this is no threshold switch: no adjacent points jump by more than a factor of";
    assert!(said.starts_with(expected), "{said}");
    assert_eq!(listing(folder.path()), ["m.toml", "s.csv"]);
}
