//! The digest of a description says what stands there, not how.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use memspike_network::{Form, Network};
use tempfile::TempDir;

const TEXT: &str = r#"
version = 2

[[populations]]
name = "b"
size = 3
[populations.model.lif_delta.membrane]
tau_s = 20e-3
threshold_v = 20e-3
reset = "zero"

[[populations]]
name = "a"
size = 2
model.poisson = { rate_hz = [5, 7] }

[[projections]]
name = "table"
from = "a"
to = "b"
effect = { volt = 1e-3 }
connections.dense.rows = [[1, 2, 3], [4, 5, 6]]

[[projections]]
name = "drawn"
from = "b"
to = "b"
effect = { volt = 1e-3 }
weights = { normal = { mean = 1, deviation = 0.1 } }
delay_s = 1e-3
connections.in_degree = { degree = 2, autapses = true }
"#;

fn digest(text: &str, folder: &Path) -> [u8; 32] {
    Network::decode(text, Form::Toml, folder).expect("a network").digest()
}

#[test]
fn order_language_and_files_do_not_count() {
    let folder = TempDir::new().unwrap();
    let own = digest(TEXT, folder.path());
    let (head, tables) = TEXT.trim().split_once("\n\n").unwrap();
    let mut tables: Vec<&str> = tables.split("\n\n").collect();
    tables.reverse();
    assert_eq!(digest(&format!("{head}\n\n{}", tables.join("\n\n")), folder.path()), own);
    let network = Network::decode(TEXT, Form::Toml, folder.path()).unwrap();
    let json = network.encode(Form::Json).text;
    assert_eq!(Network::decode(&json, Form::Json, folder.path()).unwrap().digest(), own);
    // Left out or said, in other units of the same value, or in a table beside.
    fs::write(folder.path().join("w.csv"), "1,2,3\n4,5,6\n").unwrap();
    fs::write(folder.path().join("r.csv"), "5\n7\n").unwrap();
    for (from, to) in [
        ("reset = \"zero\"", "reset = \"zero\"\nrest_v = 0\nrefractory_s = 0.0"),
        ("version = 2", "version = 2\ndelay_tick_s = 1e-6"),
        ("delay_s = 1e-3", "delay_fs = 1000000000000"),
        ("tau_s = 20e-3", "tau_s = 0.02 # slow"),
        ("rate_hz = [5, 7]", "rate_hz = \"r.csv\""),
        ("dense.rows = [[1, 2, 3], [4, 5, 6]]", "dense_file = \"w.csv\""),
    ] {
        assert!(TEXT.contains(from));
        assert_eq!(digest(&TEXT.replace(from, to), folder.path()), own, "{to}");
    }
}

#[test]
fn everything_that_is_said_counts() {
    let folder = Path::new("");
    let mut seen = BTreeSet::from([digest(TEXT, folder)]);
    for (from, to) in [
        ("version = 2", "version = 2\ndelay_tick_s = 1e-5"),
        ("name = \"b\"\nsize = 3", "name = \"b\"\nsize = 3 \n"),
        ("tau_s = 20e-3", "tau_s = 20.000000000000004e-3"),
        ("reset = \"zero\"", "reset = \"subtract\""),
        ("reset = \"zero\"", "reset = \"zero\"\ninitial_v = 1e-3"),
        ("[5, 7]", "[7, 5]"),
        ("[5, 7]", "7"),
        ("[4, 5, 6]", "[4, 6, 5]"),
        ("degree = 2", "degree = 1"),
        ("autapses = true", "autapses = false"),
        ("autapses = true", "autapses = true, multapses = true"),
        ("mean = 1,", "mean = 1.5,"),
        ("weights = { normal", "weights = { lognormal"),
        ("delay_s = 1e-3", "delay_s = 2e-3"),
        ("delay_s = 1e-3", "delay_s = { uniform = { least = 1e-3, greatest = 2e-3 } }"),
        ("name = \"table\"", "name = \"rows\""),
        (
            "effect = { volt = 1e-3 }\nconnections.dense",
            "effect = { volt = 2e-3 }\nconnections.dense",
        ),
    ] {
        assert!(TEXT.contains(from), "{from}");
        let mut text = TEXT.replace(from, to);
        if to.contains("lognormal") {
            text = text.replace("mean = 1, deviation", "median = 1, sigma");
        }
        let is_new = seen.insert(digest(&text, folder));
        assert_eq!(is_new, !to.contains("size = 3"), "{to}");
    }
}
