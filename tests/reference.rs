//! Pages of the manual that are made from the program's own tables, or held against what it prints.

#[path = "common/json_keys.rs"]
mod json_keys;
#[path = "common/program.rs"]
mod program;

use std::{collections::BTreeMap, env, fs, path::Path, process::Command};

use memspike_netlist::{Code, Deck, Diagnostic, Severity};
use serde_json::Value;

use program::{listing, memspike, text};

/// Holds a page equal to what the program says; with MEMSPIKE_DOCS=write it is written anew.
fn hold(page: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    if env::var("MEMSPIKE_DOCS").is_ok_and(|word| word == "write") {
        fs::write(&path, made).expect("the page is written");
    }
    let stands = fs::read_to_string(&path).expect("the page stands");
    assert_eq!(stands, made, "write {page} with MEMSPIKE_DOCS=write cargo test --test reference");
}

#[test]
fn the_page_of_the_command_line_says_what_help_says() {
    hold("docs/commands.md", &memspike_cli::reference());
}

#[test]
fn the_pages_of_the_language_say_what_the_program_says() {
    hold("docs/language.md", &memspike_cli::language_page());
    hold("docs/models.md", &memspike_cli::models_page());
    hold("docs/functions.md", &memspike_cli::functions_page());
}

/// A deck that is told this, by its name: the one named after the code, or the first that begins so.
fn shown_by(code: Code) -> Option<(String, Vec<Diagnostic>)> {
    let folder = match code.severity() {
        Severity::Error => "netlists/errors",
        Severity::Warning => "netlists/warnings",
    };
    let entries = fs::read_dir(folder).expect("the folder of decks");
    let mut decks: Vec<String> = entries
        .map(|entry| entry.expect("a deck").path().to_str().expect("a name").to_owned())
        .filter(|path| path.ends_with(".cir"))
        .filter(|path| path[folder.len() + 1..].starts_with(code.as_str()))
        .collect();
    decks.sort_by_key(|path| (path.len(), path.clone()));
    decks.into_iter().find_map(|path| {
        let told: Vec<Diagnostic> = told(&path).into_iter().filter(|d| d.code() == code).collect();
        (!told.is_empty()).then_some((path, told))
    })
}

/// What a run would be told of a deck.
fn told(path: &str) -> Vec<Diagnostic> {
    let deck = match Deck::load(path.as_ref()) {
        Ok(deck) => deck,
        Err(report) => return report.diagnostics,
    };
    let points = match deck.steps() {
        Ok(points) => points,
        Err(report) => return report.diagnostics,
    };
    match deck.elaborate(&points[0], 0) {
        Ok(made) => made.warnings,
        Err(report) => report.diagnostics,
    }
}

/// Decks whose text is longer than this (bytes) are not shown.
const MOST_SHOWN: usize = 1500;

/// Every diagnostic: what it means, a deck that has it, and what that deck is told.
fn diagnostics() -> String {
    let mut text = String::from(
        "# Diagnostics\n\
         What a deck can be told, with a deck that is told it and its remedy. Made from the decks of netlists/errors and\n\
         netlists/warnings; a test holds both equal. `memspike explain CODE` shows the same on a terminal.\n",
    );
    let fenced = |kind: &str, text: &str| format!("\n```{kind}\n{}\n```\n", text.trim_end());
    for code in Code::ALL {
        let severity = match code.severity() {
            Severity::Error => "An error",
            Severity::Warning => "A warning",
        };
        text.push_str(&format!("\n## {code}\n{severity}. {}\n", code.about()));
        let Some((path, told)) = shown_by(*code) else { continue };
        let deck = fs::read(&path).expect("the deck is there");
        if let Ok(deck) = String::from_utf8(deck)
            && deck.len() < MOST_SHOWN
        {
            text.push_str(&fenced("cir", &deck));
        }
        text.push_str(&fenced("text", &told[0].render(false)));
    }
    text
}

#[test]
fn the_page_of_diagnostics_says_what_decks_are_told() {
    std::env::set_current_dir(env!("CARGO_MANIFEST_DIR")).expect("the repository");
    let made = diagnostics();
    hold("crates/cli/src/language/diagnostics.md", &made);
    hold("docs/diagnostics.md", &made);
}

#[test]
fn every_option_of_every_verb_is_in_its_help() {
    let page = memspike_cli::reference();
    for section in page.split("\n## memspike ").skip(1) {
        let verb = section.lines().next().expect("a verb has a name");
        let help = Command::new(env!("CARGO_BIN_EXE_memspike"))
            .arg("help")
            .args(verb.split_whitespace())
            .output()
            .expect("memspike runs");
        let help = String::from_utf8(help.stdout).expect("help is text");
        let rows = section.lines().filter(|line| line.starts_with("| `"));
        for row in rows {
            let name = row.split('`').find(|word| word.starts_with("--"));
            let name = name.map_or("", |name| name.split(' ').next().unwrap_or(name));
            assert!(help.contains(name), "{verb} has {name}");
        }
    }
}

/// A deck of whose run most is told: points at rest, samples, a measurement without a value.
const DECK: &str = "\
Most of what a run can say
.model zno ts_memristor
V1 a 0 DC 1 AC 1
R1 a b {agauss(1k,30,3)}
C1 b 0 1u
N1 b 0 zno
.mc 2
.step param x list 1 2
.param x=1
.op
.dc V1 0 1 0.5
.ac lin 2 1 10
.tran 10m
.meas tran most max v(b)
.meas tran never when v(b)=5
.end
";

/// A network of one layer.
const NETWORK: &str = r#"version = 3
[[populations]]
name = "in"
size = 2
model.input = {}
[[populations]]
name = "out"
size = 2
[populations.model.lif_delta]
membrane = { tau_s = 64e-3, threshold_v = 1, reset = { to_v = 0 } }
[[projections]]
name = "synapses"
from = "in"
to = "out"
effect = { volt = 1 }
connections.dense.rows = [[0.8, 0.1], [0.5, 0.6]]
"#;

/// What verbs read: decks of which each has a node of its own, networks, the drawn digits as a folder of MNIST's files.
fn prepare(folder: &Path) {
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).expect("a file");
    write("deck.cir", DECK.as_bytes());
    write("other.cir", DECK.replace(" b", " c").replace("(b)", "(c)").as_bytes());
    write("net.toml", NETWORK.as_bytes());
    write("wrong.toml", NETWORK.replace("size", "sise").as_bytes());
    let images = fs::read("netlists/digits.idx").expect("the drawn digits");
    let labels: Vec<u8> = [0, 0, 8, 1, 0, 0, 0, 10].into_iter().chain(0..10).collect();
    for set in ["train", "t10k"] {
        write(&format!("{set}-images-idx3-ubyte"), &images);
        write(&format!("{set}-labels-idx1-ubyte"), &labels);
    }
}

/// What is done before verbs print JSON.
const BEFORE: [&str; 7] = [
    "run deck.cir -q --lenient -o deck.vcd",
    "run other.cir -q --lenient -o other.vcd",
    "net ROOT/netlists/examples/network.toml --until 20m -q -o spikes.csv",
    "example measurements -q -o mine",
    "nir convert net.toml -q -o net.nir",
    "nir convert net.nir --core -q -o layers.toml",
    "export-verilog --network layers.toml --step 1m -q -o core",
];

/// Verbs, and what they print JSON of.
const PRINT: [(&str, &str); 22] = [
    ("run", "deck.cir --lenient"),
    ("check", "deck.cir"),
    ("check", "ROOT/netlists/errors/unknown-model.cir"),
    ("check", "ROOT/netlists/errors/unknown-model.cir --from ltspice"),
    ("check", "wrong.toml"),
    ("compare", "ROOT/netlists/snn_784x10.cir ROOT/netlists/snn_cosim.cir --count 1"),
    ("diff", "deck-1.vcd other-1.vcd"),
    ("net", "ROOT/netlists/examples/network.toml --until 5m"),
    ("net", "ROOT/netlists/examples/network.toml --dry-run"),
    ("nir show", "net.nir"),
    ("raster", "spikes.csv"),
    ("fit", "mine/example.toml"),
    ("train", "--mnist . --epochs 1 --validation 5 --out trained"),
    ("train", "--gradient exact --data yinyang --shape 4-5-3 --epochs 1 --out exact"),
    ("classify", "--weights ROOT/weights/mnist.npy --mnist . --images 2"),
    ("classify", "--weights ROOT/weights/mnist.npy --mnist . --images 2 --sweep wire=0,1"),
    ("quantise", "--weights ROOT/weights/mnist.npy --mnist . --images 2 --bits 8"),
    ("verify", "core --gate check"),
    ("paper", "D1 --out paper"),
    ("paper", "D1 --sensitivity --out tried"),
    ("models", ""),
    ("functions", ""),
];

/// Runs the program in a folder; `ROOT` in the words is this repository.
fn run(folder: &Path, words: &str) -> std::process::Output {
    let words = words.replace("ROOT", env!("CARGO_MANIFEST_DIR"));
    memspike(folder, &words.split_whitespace().collect::<Vec<_>>())
}

#[test]
fn verbs_print_the_keys_of_json_that_the_page_has() {
    let folder = tempfile::tempdir().expect("a folder");
    prepare(folder.path());
    for words in BEFORE {
        let output = run(folder.path(), words);
        assert_eq!(output.status.code(), Some(0), "{words}: {}", text(&output.stderr));
    }
    let mut printed: BTreeMap<&str, Vec<json_keys::Way>> = BTreeMap::new();
    for (verb, words) in PRINT {
        let output = run(folder.path(), &format!("{verb} {words} --json"));
        let value: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{verb} {words}: {error}: {}", text(&output.stderr)));
        json_keys::hold(verb, &value);
        printed.entry(verb).or_default().extend(json_keys::ways(&value));
    }
    for (verb, ways) in printed {
        let always = json_keys::documented(verb).into_iter().filter(|key| !key.sometimes);
        let absent: Vec<String> = always
            .filter(|key| !ways.iter().any(|way| key.fits(way)))
            .map(|key| key.shown())
            .collect();
        assert!(absent.is_empty(), "keys that {verb} did not print: {absent:#?}");
    }
}

#[test]
fn every_verb_with_json_has_a_table_of_its_keys() {
    for section in memspike_cli::reference().split("\n## memspike ").skip(1) {
        let verb = section.lines().next().expect("a verb has a name");
        if section.contains("| `--json` |") {
            assert!(json_keys::documented(verb).len() > 1, "{verb}");
        }
    }
}

#[test]
fn every_verb_has_a_man_page_that_groff_reads_without_a_warning() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(folder.path(), "man -o man1");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let pages = listing(&folder.path().join("man1"));
    let verbs: Vec<String> = memspike_cli::reference()
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .map(|name| format!("{}.1", name.replace(' ', "-")))
        .collect();
    for page in verbs.iter().map(String::as_str).chain(["memspike.1"]) {
        assert!(pages.iter().any(|name| name == page), "{page} of {pages:?}");
        let read = Command::new("groff")
            .args(["-man", "-ww", "-Tascii", "-P-cbou"])
            .arg(folder.path().join("man1").join(page))
            .output()
            .expect("groff is installed");
        assert_eq!(text(&read.stderr), "", "{page}");
        let help = page.trim_end_matches(".1").replacen("memspike", "", 1).replacen('-', " ", 1);
        let help = if help.starts_with(" nir-") { help.replacen('-', " ", 1) } else { help };
        let help = text(&run(folder.path(), &format!("help{help}")).stdout);
        let shown = text(&read.stdout);
        for option in help.split_whitespace().filter(|word| word.starts_with("--")) {
            let option: String =
                option.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
            assert!(shown.contains(&option), "{page} has {option}");
        }
        // Lines of examples stand as they are.
        let example = help.lines().skip_while(|line| *line != "Examples:").nth(1);
        let example = example.map_or("", str::trim_end);
        assert!(shown.contains(example), "{page} has the line '{example}'");
    }
}
