//! Files that a network is read from are never written, under any of their names.

#[path = "common/program.rs"]
mod program;

use std::fs;
use std::path::Path;

use program::{memspike, text};
use tempfile::TempDir;

/// A network of files: every kind that there is beside a text.
const NETWORK: &str = r#"
version = 2
[[populations]]
name = "in"
size = 2
model.input = {}

[[populations]]
name = "spikes"
size = 2
model.recorded = { spikes = "trains.csv" }

[[populations]]
name = "card"
size = 2
[populations.model.oscillation]
card = "card.lib"
resistance_ohm = 1e6
capacitance_farad = 47e-9
input_v = "inputs.csv"

[[populations]]
name = "neurons"
size = 2
[populations.model.lif_delta.membrane]
tau_s = 20e-3
threshold_v = 20e-3
reset = "zero"
initial_v = "potentials.csv"

[[projections]]
name = "listed"
from = "spikes"
to = "neurons"
effect = { volt = 1e-3 }
delay_s = "delays.csv"
connections.sparse_file.list = "list.csv"

[[projections]]
name = "dense"
from = "in"
to = "neurons"
effect = { volt = 1e-3 }
delay_fs = "ticks.csv"
connections.dense_file = "weights.csv"

[[projections]]
name = "ruled"
from = "card"
to = "neurons"
effect = { volt = 1e-3 }
weights = "law.csv"
delay_s = 1e-3
connections = "one_to_one"
"#;

/// All files that it names, and what they have; a card includes another.
const FILES: [(&str, &str); 10] = [
    ("trains.csv", "1e-3,0\n2e-3,1\n"),
    ("card.lib", ".include inner.lib\n"),
    ("inner.lib", ".model zno ts_memristor()\n"),
    ("inputs.csv", "1\n1.5\n"),
    ("potentials.csv", "0\n1e-3\n"),
    ("delays.csv", "1e-3\n2e-3\n"),
    ("list.csv", "0,0,1\n1,1,2\n"),
    ("ticks.csv", "1000000\n2000000\n3000000\n4000000\n"),
    ("weights.csv", "1,2\n3,4\n"),
    ("law.csv", "1\n2\n"),
];

fn folder() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let card = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/cards/zno.lib");
    for (name, words) in FILES.iter().chain([&("network.toml", NETWORK)]) {
        fs::write(folder.path().join(name), words).expect("room");
    }
    fs::copy(card, folder.path().join("inner.lib")).expect("room");
    folder
}

/// What lies in a folder, with its bytes.
fn all(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let names = program::listing(folder).into_iter();
    let bytes = |name: &String| fs::read(folder.join(name)).unwrap_or_default();
    names.map(|name| (name.clone(), bytes(&name))).collect()
}

/// A command is refused because it would write what it reads, and changes nothing.
fn is_refused(folder: &Path, arguments: &[&str]) {
    let before = all(folder);
    let output = memspike(folder, arguments);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert!(said.contains("is read by this command"), "{arguments:?}: {said}");
    assert!(all(folder) == before, "{arguments:?}");
}

#[test]
fn no_output_of_net_is_a_file_that_the_network_reads() {
    let folder = folder();
    let folder = folder.path();
    let good = memspike(folder, &["net", "network.toml", "--until", "0.01", "-o", "out.csv"]);
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stderr));
    fs::remove_file(folder.join("out.csv")).expect("it is there");
    fs::create_dir(folder.join("ck")).expect("room");
    let names = FILES.iter().map(|(name, _)| *name).chain(["network.toml"]);
    for (number, name) in names.enumerate() {
        is_refused(folder, &["net", "network.toml", "-o", name]);
        let probe = ["net", "network.toml", "--probe", "neurons@1e-3", "--probe-out"];
        let spelt = format!("ck/../{name}");
        is_refused(folder, &[&probe[..], &[&spelt]].concat());
        // By another name, as a recording or as a file of a checkpoint.
        let linked =
            ["link.csv", "ck/lock", "ck/checkpoint", "ck/spikes.spool", "ck/membranes.spool"];
        let link = folder.join(linked[number % linked.len()]);
        match number % 2 {
            0 => fs::hard_link(folder.join(name), &link).expect("a link"),
            _ => std::os::unix::fs::symlink(folder.join(name), &link).expect("a link"),
        }
        is_refused(folder, &["net", "network.toml", "-o", "link.csv", "--checkpoint", "ck"]);
        fs::remove_file(link).expect("it is there");
    }
}

#[test]
fn no_output_of_a_deck_is_a_file_that_its_network_reads() {
    let folder = folder();
    let folder = folder.path();
    let network = NETWORK.replace(
        "[[populations]]\nname = \"card\"",
        "[[populations]]\nname = \"lines\"\nsize = 2\nmodel.regular = { rate_hz = 10 }\n\n[[populations]]\nname = \"card\"",
    );
    // Neurons of a card are circuits, which stand in the deck itself.
    let card = network.find("[[populations]]\nname = \"card\"").expect("a card");
    let neurons = network.find("[[populations]]\nname = \"neurons\"").expect("neurons");
    let network = format!("{}{}", &network[..card], &network[neurons..]);
    let network = network.replace("from = \"card\"", "from = \"lines\"");
    fs::write(folder.join("network.toml"), network).expect("room");
    let deck = "a network\nV1 c 0 PULSE(0 1 1m 1n 1n 1m 4m)\nA0 [c c] [a b] bridge\nA1 [a b] [x y] net\n\
                .model bridge adc_bridge(in_low=0.5 in_high=0.5)\n\
                .model net network(file=\"network.toml\" inputs=\"in\" outputs=\"neurons\")\n.tran 10m\n.end\n";
    fs::write(folder.join("deck.cir"), deck).expect("room");
    let good = memspike(folder, &["run", "deck.cir", "--vcd", "out.vcd"]);
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stderr));
    for name in [
        "trains.csv",
        "potentials.csv",
        "delays.csv",
        "list.csv",
        "ticks.csv",
        "weights.csv",
        "law.csv",
    ] {
        is_refused(folder, &["run", "deck.cir", "--csv", name]);
    }
}

#[test]
fn no_output_of_a_deck_is_a_file_of_its_core() {
    let folder = folder();
    let folder = folder.path();
    let core = [
        "export-verilog",
        "--weights",
        "weights.csv",
        "--threshold",
        "4",
        "--rounding",
        "0.5",
        "--retention",
        "0.984375",
        "--step",
        "1e-3",
        "--out",
        "core",
    ];
    let exported = memspike(folder, &core);
    assert_eq!(exported.status.code(), Some(0), "{}", text(&exported.stderr));
    let deck = "a core\nV1 c 0 PULSE(0 1 1m 1n 1n 1m 4m)\nA0 [c c c] [a b t] bridge\nA1 t null [a b] [x y] core\n\
                .model bridge adc_bridge(in_low=0.5 in_high=0.5)\n.model core lif_core(spec=\"core/spec.json\")\n.tran 10m\n.end\n";
    fs::write(folder.join("deck.cir"), deck).expect("room");
    let good = memspike(folder, &["run", "deck.cir", "--vcd", "out.vcd"]);
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stderr));
    is_refused(folder, &["run", "deck.cir", "--csv", "core/lif_weights_0.hex"]);
    is_refused(folder, &["run", "deck.cir", "--csv", "core/spec.json"]);
}
