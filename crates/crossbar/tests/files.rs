//! Configurations in files.

use std::fs;
use std::path::PathBuf;

use memspike_crossbar::{Config, Drift, Faults, Noise, Reference, Wires};
use tempfile::TempDir;

/// A file with this content in a folder of its own.
fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    (folder, path)
}

#[test]
fn a_configuration_reads_the_same_from_toml_and_json() {
    let toml = "
        gmin_s = 1e-6
        gmax_s = 1e-4
        levels = 16
        weight_max = 1.5
        programming_noise = { sigma = 0.02 }
        read_noise = { sigma = 0.01, relative_to = 'conductance' }
        faults = { stuck_on = 0.001, stuck_off = 0.01 }
        [drift]
        nu = 0.05
        time_s = 3600
        [wires]
        row_ohm = 1
        column_ohm = 2.5
    ";
    let expected = Config {
        levels: Some(16),
        weight_max: Some(1.5),
        programming_noise: Noise { sigma: 0.02, relative_to: Reference::Range },
        read_noise: Noise { sigma: 0.01, relative_to: Reference::Conductance },
        faults: Faults { stuck_on: 0.001, stuck_off: 0.01 },
        drift: Drift { nu: 0.05, nu_sigma: 0.0, t0_s: 1.0, time_s: 3600.0 },
        wires: Wires { row_ohm: 1.0, column_ohm: 2.5, driver_ohm: 0.0, sense_ohm: 0.0 },
        ..Config::ideal(1e-6, 1e-4)
    };
    let (_folder, path) = file("array.toml", toml);
    assert_eq!(Config::load(&path).unwrap(), expected);
    let (_folder, path) = file("array.json", serde_json::to_string(&expected).unwrap());
    assert_eq!(Config::load(&path).unwrap(), expected);
    let (_folder, path) = file("array.toml", "gmin_s = 0\ngmax_s = 1e-6");
    assert_eq!(Config::load(&path).unwrap(), Config::ideal(0.0, 1e-6));
}

#[test]
fn a_wrong_configuration_is_refused_with_its_place() {
    let reason = |name: &str, content: &str| {
        let (_folder, path) = file(name, content);
        Config::load(&path).expect_err("an error").reason.to_string()
    };
    let messages = [
        reason("array.toml", "gmin_s = 0\ngmax_s = 1e-6\nwires = { row = 1 }"),
        reason("array.toml", "gmin_s = 0"),
        reason("array.toml", "gmin_s = 0\ngmax_s = 'much'"),
        reason("array.toml", "gmin_s = 2e-6\ngmax_s = 1e-6"),
        reason("array.json", "{\"gmin_s\": 0,\n\"gmax\": 1}"),
        reason("array.yaml", "gmin_s: 0"),
    ];
    insta::assert_snapshot!(messages.join("\n\n"));
}
