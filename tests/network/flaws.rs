//! Flaws of arrays: stuck devices over a sweep, drift, and the noise of each reading.

use std::fs;

use serde_json::Value;

use crate::{TRAIN, data, good, idx, run};

#[test]
fn a_sweep_has_a_row_for_each_value_and_shows_the_loss() {
    let folder = data();
    good(folder.path(), &format!("{TRAIN} --out net"));
    let sweep = "classify --weights net/weights.npy --level point --seeds 2";
    let text = good(folder.path(), &format!("{sweep} --sweep stuck-on=0,0.3 --json"));
    let result: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(result["sweep"], "stuck-on");
    let of = |key: &str| -> Vec<f64> {
        let runs = result["runs"].as_array().unwrap();
        runs.iter().map(|run| run[key].as_f64().unwrap()).collect()
    };
    assert_eq!((of("value"), of("seed")), (vec![0.0, 0.0, 0.3, 0.3], vec![0.0, 1.0, 0.0, 1.0]));
    let accuracy = of("accuracy");
    assert_eq!(accuracy[..2], [1.0, 1.0]);
    assert!(accuracy[2] < 1.0 && accuracy[3] < 1.0, "{accuracy:?}");
    assert!(good(folder.path(), &format!("{sweep} --sweep levels=2,4")).contains("levels"));
}

#[test]
fn drift_by_half_decides_as_weights_of_half_do() {
    // g (t / 1 s)^-nu = g / 2 for t = 2 s and nu = 1: without spread the array scales all its
    // weights, and a half is exact in float32.
    let folder = data();
    good(folder.path(), &format!("{TRAIN} --out net"));
    let npy = fs::read(folder.path().join("net/weights.npy")).unwrap();
    let (head, values) = npy.split_at(npy.len() - 4 * 7840);
    let halves = values
        .chunks_exact(4)
        .flat_map(|bytes| (f32::from_le_bytes(bytes.try_into().unwrap()) / 2.0).to_le_bytes());
    let half: Vec<u8> = head.iter().copied().chain(halves).collect();
    fs::write(folder.path().join("half.npy"), half).unwrap();
    let whole = run(folder.path(), "classify --weights net/weights.npy");
    let drifted =
        run(folder.path(), "classify --weights net/weights.npy --drift-nu 1 --drift-time 2");
    let halved = run(folder.path(), "classify --weights half.npy");
    assert_eq!(drifted["mean_counts"], halved["mean_counts"]);
    assert_eq!(drifted["confusion"], halved["confusion"]);
    assert_ne!(drifted["mean_counts"], whole["mean_counts"]);
}

#[test]
fn each_image_is_a_reading_of_its_own_and_no_other_image_changes_it() {
    let folder = data();
    good(folder.path(), &format!("{TRAIN} --out net"));
    let noisy = "classify --weights net/weights.npy --variation 0 --read-noise 0.1";
    for level in ["point", "device"] {
        // The first ten images have ten labels, so that each has a row for itself.
        let ten = run(folder.path(), &format!("{noisy} --level {level} --images 10"));
        let five = run(folder.path(), &format!("{noisy} --level {level} --images 5"));
        for label in [0, 7, 4, 1, 8] {
            assert_eq!(five["mean_counts"][label], ten["mean_counts"][label], "{level} {label}");
        }
        let quiet =
            format!("classify --weights net/weights.npy --variation 0 --level {level} --images 10");
        assert_ne!(run(folder.path(), &quiet)["mean_counts"], ten["mean_counts"], "{level}");
        let other = run(folder.path(), &format!("{noisy} --level {level} --images 10 --seed 1"));
        assert_ne!(other["mean_counts"], ten["mean_counts"], "{level}: another array");
    }
    // One image ten times over: without noise there is nothing to tell its answers apart.
    let images = fs::read(folder.path().join("t10k-images-idx3-ubyte")).unwrap();
    let same = idx(&[10, 28, 28], &images[16..][..784].repeat(10));
    fs::write(folder.path().join("t10k-images-idx3-ubyte"), same).unwrap();
    fs::write(folder.path().join("t10k-labels-idx1-ubyte"), idx(&[10], &[0; 10])).unwrap();
    let whole = |arguments: &str| {
        let run = run(folder.path(), arguments);
        let means = run["mean_counts"][0].as_array().unwrap().clone();
        means.iter().all(|mean| mean.as_f64().unwrap().fract() == 0.0)
    };
    assert!(whole("classify --weights net/weights.npy --variation 0"));
    assert!(!whole(noisy), "ten readings, ten times the same spikes");
}
