//! Weights and configurations in files. The `.npy` file was written by NumPy.

use std::fs;
use std::path::PathBuf;

use memspike_crossbar::{
    Config, Drift, Faults, Noise, Reference, Wires, read_weights, write_weights,
};
use nalgebra::DMatrix;
use tempfile::TempDir;

fn numpy(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../npy/tests/data").join(name)
}

/// A file with this content in a folder of its own.
fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    (folder, path)
}

/// What is wrong with weights in such a file, without its path.
fn refusal(name: &str, content: impl AsRef<[u8]>) -> String {
    let (_folder, path) = file(name, content);
    read_weights(&path, None).expect_err("an error").reason.to_string()
}

#[test]
fn weights_are_read_as_they_were_written() {
    let weights = DMatrix::from_fn(3, 2, |i, j| (i as f64 - 1.0) * (j as f64 + 1.0) / 2.0);
    let mut bytes = Vec::new();
    write_weights(&mut bytes, &weights).unwrap();
    let (_folder, path) = file("w.npy", bytes);
    assert_eq!(read_weights(path, Some((3, 2))).unwrap(), weights);
    assert_eq!(read_weights(numpy("float64.npy"), Some((3, 2))).unwrap(), weights);
}

#[test]
fn tables_of_text_are_read() {
    let (_folder, path) = file("w.csv", "# two inputs\n1, -2.5,3e-1\n\n 0.5,0,-1\n");
    let expected = DMatrix::from_row_slice(2, 3, &[1.0, -2.5, 0.3, 0.5, 0.0, -1.0]);
    assert_eq!(read_weights(&path, Some((2, 3))).unwrap(), expected);
}

#[test]
fn weights_of_another_shape_are_refused_with_both_shapes() {
    let reason = |array| read_weights(numpy("float64.npy"), Some(array)).unwrap_err().reason;
    insta::assert_snapshot!(reason((3, 20)), @"weights are 3 x 2, the array 3 x 20");
    insta::assert_snapshot!(reason((2, 3)), @"weights are 3 x 2, the array 2 x 3 (rows are inputs; these are transposed)");
}

#[test]
fn files_without_weights_say_what_is_wrong() {
    let messages = [
        refusal("w.txt", "1"),
        refusal("w.csv", "1,2\n3\n"),
        refusal("w.csv", "1,2\n3,four\n"),
        refusal("w.csv", [0x31, 0xff]),
        refusal("w.npy", "1,2"),
        read_weights("missing/w.npy", None).unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(messages.join("\n"));
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
