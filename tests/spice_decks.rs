//! The decks of netlists/spice/: what people write for other simulators, each against a closed form or ngspice.

#[allow(dead_code, reason = "every test file uses a part")]
#[path = "common/ngspice.rs"]
mod ngspice;

use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use memspike_netlist::Deck;
use memspike_run::{Options, simulate};

fn decks() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/spice");
    let entries =
        fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path());
    let mut decks: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "cir")).collect();
    decks.sort();
    decks
}

/// The measurements of a deck as it lies there.
fn measured(path: &Path) -> BTreeMap<String, f64> {
    let deck = Deck::load(path).unwrap_or_else(|report| panic!("{report}"));
    let point = deck.steps().expect("points").remove(0);
    let deck = deck.elaborate(&point, 0).unwrap_or_else(|report| panic!("{report}"));
    let outcome = simulate(&deck, &Options::default(), &mut [], &mut |_| ControlFlow::Continue(()));
    let outcome = outcome.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let value = |(name, value): (String, Option<f64>)| {
        let value = value.unwrap_or_else(|| panic!("{name}: {:?}", outcome.warnings));
        (name, value)
    };
    outcome.measures.into_iter().map(value).collect()
}

/// What closed forms say of the decks that ngspice has not, or only rounded.
fn truths(deck: &str) -> Vec<(&'static str, f64)> {
    let decay = 5e3_f64;
    let wd = (1e9 - decay * decay).sqrt();
    let low: f64 = 1.0 / 101.0;
    let fast = 1e-8 * 1e5 * 1e3 / (1e5 + 1e3);
    match deck {
        "membrane" => vec![("mem", 0.1 * (-0.1_f64).exp())],
        "functions" => vec![("out", 2.0 / 3.0), ("half", 1.0 / 3.0)],
        "table" => vec![("out", 13.0 / 11.0)],
        "relaxation" => {
            let (up, down) = ((0.8_f64 / 0.4).ln(), ((0.6 - low) / (0.2 - low)).ln());
            vec![("period", 1e-3 * up + fast * down)]
        }
        "pspice_switch" => vec![("on", 3e-3)],
        "tank" => vec![("top", 1.0 + (-decay * PI / wd).exp()), ("when", PI / wd)],
        "integrator" => vec![("end", -1.5)],
        "pwl" => vec![("first", 0.5), ("mean", 0.5)],
        "sections" => vec![("out", 0.25)],
        "controlled_switch" => vec![("on", 6e-4), ("top", 1e3 / 1001.0)],
        _ => Vec::new(),
    }
}

/// The tolerance against ngspice that a deck states, `* ngspice: 1e-4`.
fn tolerance(text: &str) -> Option<f64> {
    let stated = text.lines().find_map(|line| line.strip_prefix("* ngspice:"))?;
    Some(stated.trim().parse().expect("a tolerance"))
}

#[test]
fn every_construct_gives_what_a_closed_form_or_ngspice_says() {
    let decks = decks();
    assert!(decks.len() >= 20, "{} decks", decks.len());
    for path in decks {
        let stem = path.file_stem().expect("a name").to_str().expect("UTF-8").to_owned();
        let text = fs::read_to_string(&path).expect("the deck");
        let ours = measured(&path);
        let truths = truths(&stem);
        let stated = text.contains("\n* truth:");
        assert_eq!(stated, !truths.is_empty(), "{stem} says by what it is held");
        for (name, truth) in truths {
            let error = (ours[name] - truth).abs();
            assert!(error < 2e-9 * truth.abs(), "{stem}: {name} is {}, not {truth}", ours[name]);
        }
        let Some(tolerance) = tolerance(&text) else { continue };
        let body = text.trim_end().strip_suffix(".end").expect("a deck that ends with .end");
        let theirs = ngspice::measurements(&format!("{body}.options reltol=1e-6\n.end\n"));
        for (name, value) in ours {
            let found = theirs.iter().find(|(theirs, _)| *theirs == name);
            let (_, truth) =
                found.unwrap_or_else(|| panic!("{stem}: ngspice has no {name}: {theirs:?}"));
            let error = (value - truth).abs();
            assert!(error <= tolerance * truth.abs(), "{stem}: {name} is {value}, ngspice {truth}");
        }
    }
}
