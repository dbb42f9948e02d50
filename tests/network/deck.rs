//! `network-deck` from outside: its deck runs to what `classify` says, and what is no network of layers is refused.

use std::{collections::BTreeSet, fs, path::Path};

use memspike_network::{Form, Network};
use memspike_snn::{Parameters, Weights};

use serde_json::Value;

use super::{data, good, idx, refused};

/// A network of layers with weights that look random, from -0.4 to 1 times `most`.
fn network(shape: &[usize], most: f64) -> Network {
    let spread = |n: usize| (n as f64 * 0.618_033_988_749_894_9).fract();
    let table = |(layer, pair): (usize, &[usize])| {
        let weight = |k: usize| (most * 1.4 * (spread(k + 100 * layer + 1) - 0.29)) as f32;
        let values: Vec<f32> = (0..pair[0] * pair[1]).map(weight).collect();
        Weights::new(pair[0], pair[1], values).unwrap()
    };
    let tables = shape.windows(2).enumerate().map(table).collect();
    Parameters { pulse_s: 1e-3, ..Parameters::default() }.layered(tables, None).unwrap()
}

fn write(folder: &Path, name: &str, network: &Network) {
    let written = network.encode(Form::Toml);
    fs::write(folder.join(name), written.text).unwrap();
    for (name, bytes) in written.tables {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn json(folder: &Path, words: &str) -> Value {
    serde_json::from_str(&good(folder, words)).unwrap()
}

#[test]
fn a_deck_of_layers_runs_to_the_spikes_of_classify_image_by_image() {
    let folder = data();
    let at = folder.path();
    write(at, "net.toml", &network(&[784, 6, 10], 0.8));
    // What is drawn and what is not, for all arrays and for each.
    for array in [
        "",
        "--levels 8,16 --wire 2 --gmax 2u,1u --gmin 0.1u --read-noise 0.02 --stuck-off 0.1,0.05",
    ] {
        let classify = format!("classify --network net.toml --images 4 --seed 3 --json {array}");
        let found = json(at, &classify);
        let deck = format!(
            "network-deck net.toml -o deck --images t10k-images-idx3-ubyte --count 4 {array}"
        );
        good(at, &deck);
        let files = ["card.lib", "images.idx", "network.cir", "weights.npy", "weights1.npy"];
        assert_eq!(names(&at.join("deck")), files.map(str::to_owned).into());
        let runs = json(at, "run deck/network.cir --seed 3 --json");
        let runs = runs["runs"].as_array().unwrap();
        assert_eq!(runs.len(), 4);
        let mut all = 0.0;
        for (image, run) in runs.iter().enumerate() {
            // Images of the set, each the only one of its label.
            let counts = &found["runs"][0]["mean_counts"][image * 7 % 10];
            for class in 0..10 {
                let fired = run["measures"][format!("spikes[{class}]")].as_f64().unwrap();
                assert_eq!(
                    counts[class].as_f64(),
                    Some(fired),
                    "{array}: image {image}, neuron {class}"
                );
                all += fired;
            }
        }
        assert!(all > 20.0, "{all}");
        let layers = found["runs"][0]["energy_by_layer"].as_array().unwrap();
        let sum: f64 = layers.iter().map(|layer| layer["array_j"].as_f64().unwrap()).sum();
        let array_j = found["runs"][0]["energy"]["array_j"].as_f64().unwrap();
        assert!(layers.len() == 3 && (sum / array_j - 1.0).abs() < 1e-12, "{layers:?}");
        fs::remove_dir_all(at.join("deck")).unwrap();
    }
}

#[test]
fn the_deck_of_a_network_without_images_of_its_own_looks_at_the_drawn_digits() {
    let folder = data();
    let at = folder.path();
    write(at, "net.toml", &network(&[784, 10], 0.2));
    good(at, "network-deck net.toml -o deck --variation 0");
    let runs = json(at, "run deck/network.cir --json");
    assert_eq!(runs["runs"].as_array().unwrap().len(), 10);
    // Nothing varies, so that a seed changes nothing.
    assert_eq!(json(at, "run deck/network.cir --json --seed 9")["runs"], runs["runs"]);
}

#[test]
fn what_no_deck_can_be_made_of_is_refused_by_name_and_nothing_is_written() {
    let folder = data();
    let at = folder.path();
    let good = network(&[784, 3, 10], 0.8);
    write(at, "net.toml", &good);
    let text = good.encode(Form::Toml).text;
    let refuse = |words: &str, reason: &str| {
        let message = refused(at, words);
        assert!(message.contains(reason), "{words}: {message}");
    };
    let changed = |name: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from} in {text}");
        fs::write(at.join(name), text.replacen(from, to, 1)).unwrap();
    };
    changed("delay.toml", "delay_fs = 0", "delay_fs = 1");
    changed("short.toml", "shown_s = 0.1", "shown_s = 100.0");
    changed("silent.toml", "shown_s = 0.1\n", "");
    refuse("network-deck delay.toml -o deck", "'drivers1' is no part of layers");
    refuse("network-deck short.toml -o deck", "'oscillators' has a time constant of 4.7e-2 s");
    refuse("network-deck silent.toml -o deck", "it does not say how long an image is shown");
    write(at, "small.toml", &network(&[12, 3], 0.5));
    refuse(
        "network-deck small.toml -o deck",
        "the network looks at 12 pixels, and the drawn digits have 784",
    );
    fs::write(at.join("none.idx"), idx(&[0, 28, 28], &[])).unwrap();
    refuse("network-deck net.toml -o deck --images none.idx", "there is no image to look at");
    refuse("network-deck net.toml -o deck --levels 4,8,16", "--levels: 3 values for 2 layers");
    refuse("network-deck net.toml -o deck --levels 1", "levels = 1 must be at least 2");
    write(at, "heavy.toml", &network(&[784, 3, 10], 1.2));
    refuse("network-deck heavy.toml -o deck", "layer 1: the weight from input");
    let root = env!("CARGO_MANIFEST_DIR");
    let classifier = format!("network-deck {root}/netlists/networks/classifier.toml -o deck");
    refuse(&classifier, "'pixels' is of the model 'recorded', which has no circuit");
    assert!(!at.join("deck").exists());
    fs::create_dir(at.join("deck")).unwrap();
    fs::write(at.join("deck/mine"), "").unwrap();
    refuse("network-deck net.toml -o deck", "cannot write 'deck'");
    assert_eq!(names(&at.join("deck")), ["mine".to_owned()].into());
}
