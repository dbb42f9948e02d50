//! Networks of layers, and images of other sizes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use memspike_network::{Connections, Fact, Network, Weights};
use serde_json::Value;
use tempfile::TempDir;

use super::{FILES, data, good, idx, memspike, refused};

/// Images of 6 x 5 pixels in three classes: the one or other end is lit, or both are, which one layer cannot tell by sums alone.
fn small() -> TempDir {
    let folder = TempDir::new().unwrap();
    for (part, count) in [(0, 240_usize), (2, 60)] {
        let pixel = |image: usize, at: usize| {
            let (row, class) = (at / 5, image % 3);
            let lit = (row < 2 && class != 1) || (row > 3 && class != 0);
            if lit && !(at + image / 3).is_multiple_of(4) { 255 - (image % 40) as u8 } else { 0 }
        };
        let pixels: Vec<u8> =
            (0..count).flat_map(|image| (0..30).map(move |at| pixel(image, at))).collect();
        let labels: Vec<u8> = (0..count).map(|image| (image % 3) as u8).collect();
        let path = |at: usize| folder.path().join(FILES[at]);
        fs::write(path(part), idx(&[count as u32, 6, 5], &pixels)).unwrap();
        fs::write(path(part + 1), idx(&[count as u32], &labels)).unwrap();
    }
    folder
}

const TRAIN: &str = "train --shape 30-12-3 --epochs 12 --batch 10 --learning-rate 0.05 --validation 0.25 --dropout 0.1 --weight-decay 0.001 \
                     --coarse-steps 40 --coarse-epochs 9";

fn accuracy(folder: &Path, arguments: &str) -> f64 {
    let text = good(folder, &format!("classify {arguments} --json"));
    let result: Value = serde_json::from_str(&text).unwrap();
    result["runs"][0]["accuracy"].as_f64().unwrap()
}

#[test]
fn layers_are_learnt_from_images_of_any_size_and_written_with_all_that_made_them() {
    let folder = small();
    let path = folder.path();
    let said = good(path, &format!("{TRAIN} --out net --threads 1"));
    assert!(said.contains("memspike classify --network net/network.toml --level point"), "{said}");
    assert!(accuracy(path, "--network net/network.toml --level point") > 0.9);

    let network = Network::read(path.join("net/network.toml")).unwrap();
    assert_eq!(network.shown_s(), Some(0.1));
    let Fact::Table(options) = &network.made()["options"] else { panic!("a table") };
    assert_eq!(
        (&options["dropout"], &options["validation"]),
        (&Fact::Number(0.1), &Fact::Whole(60))
    );
    let report: Value =
        serde_json::from_slice(&fs::read(path.join("net/training.json")).unwrap()).unwrap();
    assert_eq!(Fact::of(&report["options"]), Some(network.made()["options"].clone()));
    let arrays =
        network.projections().filter_map(|(_, projection)| match projection.connections() {
            Connections::Dense(weights) => Some(weights.shape()),
            _ => None,
        });
    assert_eq!(arrays.collect::<Vec<_>>(), [(30, 12), (12, 3)]);
    assert!(!path.join("net/weights.npy").exists());

    // Two threads, and a training that goes on, give the same file.
    let text = |out: &str| fs::read_to_string(path.join(out).join("network.toml")).unwrap();
    good(path, &format!("{TRAIN} --out two --threads 2"));
    assert_eq!(text("two"), text("net"));
    good(path, "train --out two --resume");
    assert_eq!(text("two"), text("net"));
}

#[test]
fn one_layer_is_the_same_from_its_weights_and_from_its_network() {
    let folder = data();
    let path = folder.path();
    good(path, "train --epochs 2 --batch 20 --validation 50 --out net");
    for level in ["point", "device"] {
        let shown = |source: &str| {
            good(path, &format!("classify {source} --level {level} --seed 3 --levels 16 --json"))
        };
        assert_eq!(shown("--weights net/weights.npy"), shown("--network net/network.toml"));
    }
}

#[test]
fn weights_and_their_report_become_a_network_and_come_back_without_loss() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = TempDir::new().unwrap();
    let (net, back) = (folder.path().join("net"), folder.path().join("back"));
    for name in ["mnist", "robust"] {
        let file = |ending: &str| root.join("weights").join(format!("{name}.{ending}"));
        let (weights, report) = (file("npy"), file("json"));
        let (weights, report) = (weights.display(), report.display());
        let out = net.display();
        good(folder.path(), &format!("convert --weights {weights} --made {report} -o {out}"));
        let network = net.join("network.toml");
        let (network, out) = (network.display(), back.display());
        good(folder.path(), &format!("convert --network {network} -o {out}"));
        let numbers = |path: PathBuf| Weights::read(path, Some((784, 10))).unwrap();
        assert_eq!(numbers(back.join("weights.npy")), numbers(file("npy")));
        let read =
            |path: &Path| -> Value { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() };
        let (mut before, after) = (read(&file("json")), read(&back.join("training.json")));
        let options = before["options"].as_object_mut().unwrap();
        options.retain(|_, value| !value.is_null());
        assert_eq!(before, after);
    }
    let error = refused(folder.path(), "convert --weights none.npy -o out");
    assert!(error.contains("none.npy"), "{error}");
    let error = refused(folder.path(), "convert --network net/synapses.npy -o out");
    assert!(error.contains("should end in .toml or .json"), "{error}");
}

#[test]
fn shapes_and_networks_that_do_not_fit_are_refused_with_a_remedy() {
    let folder = small();
    let path = folder.path();
    for (arguments, told) in [
        ("train --out net", "images of 30 pixels; the network has an input for each of 784"),
        (
            "train --out net --shape 30-12-2",
            "label 2 of image 2, counted from 0; labels are 0 to 1",
        ),
        ("train --out net --shape 30", "such as 4-120-3"),
        ("train --out net --shape 30-x-3", "such as 4-120-3"),
        ("train --out net --shape 30-0-3", "--shape"),
        ("train --out net --shape 99999999-3", "each from 1 to 10000000"),
        ("train --out net --shape 9999999-9999999-3", "at most 2^26"),
        ("train --out net --shape 30-3 --validation 1.5", "a share from 0.0 to below 1"),
        ("train --out net --shape 30-12-3 --dropout 1", "--dropout = 1"),
        ("train --out net --shape 30-12-3 --coarse-steps 4", "--coarse-epochs"),
        ("classify --weights w.npy --network n.toml", "cannot be used with"),
        ("classify --level point", "--weights <W.npy>|--network <NET.toml>"),
        ("classify --network none.toml --level point", "none.toml"),
    ] {
        let error = refused(path, arguments);
        assert!(error.contains(told), "{arguments}: {error}");
        assert!(!path.join("net").exists(), "{arguments}");
    }
    good(path, "train --shape 30-4-3 --epochs 1 --batch 20 --validation 0.5 --out net");
    let written = fs::read_to_string(path.join("net/network.toml")).unwrap();
    fs::write(path.join("net/silent.toml"), written.replace("shown_s = 0.1\n", "")).unwrap();
    let error = refused(path, "classify --network net/silent.toml --level point");
    assert!(error.contains("shown_s = 0.1"), "{error}");
    let other = data();
    let network = path.join("net/network.toml");
    let error =
        refused(other.path(), &format!("classify --network {} --level point", network.display()));
    assert!(
        error.contains("images of 784 pixels; the network has an input for each of 30"),
        "{error}"
    );
}

#[test]
fn images_that_are_nearly_black_are_told_of() {
    let folder = small();
    let path = folder.path();
    let classify = "classify --network net/network.toml --level point --images 5";
    good(path, &format!("{TRAIN} --out net --threads 1"));
    let told = |folder: &Path| {
        let output = memspike(folder, classify);
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(!told(path).contains("warning"), "{}", told(path));
    // The same images on a scale of sixteen.
    let images = path.join(FILES[2]);
    let mut file = fs::read(&images).unwrap();
    file[16..].iter_mut().for_each(|level| *level /= 16);
    fs::write(&images, file).unwrap();
    assert!(
        told(path).contains("the brightest pixel of all images is 15 of 255"),
        "{}",
        told(path)
    );
}
