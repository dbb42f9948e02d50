//! Data sets in files, good and bad.

use std::{fs, io::Write as _, path::Path, process::Command};

use flate2::{Compression, write::GzEncoder};
use memspike_snn::{Dataset, FILES, Part};
use tempfile::TempDir;

/// An IDX file as its definition says: magic number, lengths, entries.
fn idx(lengths: &[u32], entries: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, lengths.len() as u8];
    bytes.extend(lengths.iter().flat_map(|n| n.to_be_bytes()));
    bytes.extend(entries);
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A folder with a test set of two images; `change` may spoil it.
fn folder(change: impl FnOnce(&Path)) -> TempDir {
    let folder = TempDir::new().unwrap();
    let pixels: Vec<u8> = (0..2 * 784).map(|n| (n % 251) as u8).collect();
    fs::write(folder.path().join(FILES[2]), idx(&[2, 28, 28], &pixels)).unwrap();
    fs::write(folder.path().join(FILES[3]), idx(&[2], &[7, 2])).unwrap();
    change(folder.path());
    folder
}

fn message(change: impl FnOnce(&Path)) -> String {
    let folder = folder(change);
    let error = Dataset::load(folder.path(), Part::Test).unwrap_err().to_string();
    error.replace(&format!("{}", folder.path().display()), "DIR")
}

fn replace(name: &str, bytes: Vec<u8>) -> impl FnOnce(&Path) {
    move |folder| fs::write(folder.join(name), bytes).unwrap()
}

#[test]
fn plain_and_compressed_files_give_the_same_images() {
    let plain = Dataset::load(folder(|_| {}).path(), Part::Test).unwrap();
    assert_eq!(plain.labels, [7, 2]);
    assert_eq!(plain.images.len(), 2);
    assert_eq!(plain.images[1][0], (784 % 251) as u8);
    let compress = |folder: &Path| {
        for name in &FILES[2..] {
            let bytes = fs::read(folder.join(name)).unwrap();
            fs::remove_file(folder.join(name)).unwrap();
            fs::write(folder.join(format!("{name}.gz")), gzip(&bytes)).unwrap();
        }
    };
    assert_eq!(Dataset::load(folder(compress).path(), Part::Test).unwrap(), plain);
}

#[test]
fn missing_files_are_told_with_the_names_that_are_looked_for() {
    let error = message(|folder| fs::remove_file(folder.join(FILES[3])).unwrap());
    assert!(error.starts_with("DIR lacks t10k-labels-idx1-ubyte;"), "{error}");
    for name in FILES {
        assert!(error.contains(name), "{error}");
    }
    let folder = folder(|_| {});
    let error = Dataset::load(folder.path(), Part::Training).unwrap_err().to_string();
    assert!(error.contains("train-images-idx3-ubyte and train-labels-idx1-ubyte;"), "{error}");
}

#[test]
fn swapped_files_are_told_as_that() {
    let error = message(|folder| {
        fs::rename(folder.join(FILES[2]), folder.join("aside")).unwrap();
        fs::rename(folder.join(FILES[3]), folder.join(FILES[2])).unwrap();
        fs::rename(folder.join("aside"), folder.join(FILES[3])).unwrap();
    });
    assert_eq!(
        error,
        "DIR/t10k-images-idx3-ubyte: begins with [00, 00, 08, 01]; that is an IDX file of labels, \
         and images are needed: are two files swapped?"
    );
}

#[test]
fn every_cut_of_a_file_is_told_as_truncated() {
    let whole = idx(&[2], &[7, 2]);
    for length in 0..whole.len() {
        let error = message(replace(FILES[3], whole[..length].to_vec()));
        assert!(error.contains("t10k-labels-idx1-ubyte: truncated"), "{length}: {error}");
    }
    let compressed = gzip(&idx(&[2, 28, 28], &[9; 2 * 784]));
    let cut = compressed[..compressed.len() - 12].to_vec();
    let error = message(replace(FILES[2], cut));
    assert!(error.contains("t10k-images-idx3-ubyte: truncated"), "{error}");
}

#[test]
fn a_header_that_promises_too_much_costs_no_memory() {
    let mut huge = idx(&[u32::MAX, 28, 28], &[]);
    huge.extend([0; 100]);
    let error = message(replace(FILES[2], huge));
    assert!(error.contains("promises 3367254359280 entries"), "{error}");
    let endless = idx(&[u32::MAX, u32::MAX, u32::MAX], &[]);
    assert!(message(replace(FILES[2], endless)).contains("promises"));
}

#[test]
fn other_files_are_refused() {
    let error = message(replace(FILES[3], b"P5 28 28 255".to_vec()));
    assert!(error.contains("begins with [00, 00, 08, 01]"), "{error}");
    let error = message(replace(FILES[3], idx(&[2], &[7, 2, 1])));
    assert!(error.contains("more bytes than the 10"), "{error}");
    let error = message(replace(FILES[3], idx(&[3], &[7, 2, 1])));
    assert!(error.contains("2 images") && error.contains("3 labels"), "{error}");
    let error = message(replace(FILES[2], gzip(&idx(&[1, 28, 28], &[0; 784]))[..30].to_vec()));
    assert!(error.contains("t10k-images-idx3-ubyte: "), "{error}");
}

#[test]
fn images_of_any_size_are_read_and_held_against_the_network_that_sees_them() {
    let read = |images: Vec<u8>, labels: Vec<u8>| {
        let folder = folder(|folder| {
            replace(FILES[2], images)(folder);
            replace(FILES[3], labels)(folder);
        });
        Dataset::load(folder.path(), Part::Test).expect("it is a data set")
    };
    let data = read(idx(&[2, 3, 5], &(0..30).collect::<Vec<u8>>()), idx(&[2], &[7, 47]));
    assert_eq!((data.images[1].len(), data.images[1][14]), (15, 29));
    assert!(data.check(15, 48).is_ok());
    let error = data.check(784, 48).unwrap_err().to_string();
    assert_eq!(error, "images of 15 pixels; the network has an input for each of 784");
    let error = data.check(15, 47).unwrap_err().to_string();
    assert_eq!(error, "label 47 of image 1, counted from 0; labels are 0 to 46");
    assert!(read(idx(&[0, 0, 0], &[]), idx(&[0], &[])).is_empty());
}

#[test]
fn mnist_is_what_everybody_says_it_is() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/mnist");
    let load = |part| {
        Dataset::load(&folder, part).unwrap_or_else(|e| panic!("the real data is needed: {e}"))
    };
    let (training, test) = (load(Part::Training), load(Part::Test));
    assert_eq!((training.len(), test.len()), (60_000, 10_000));
    assert_eq!(training.labels[..5], [5, 0, 4, 1, 9]);
    assert_eq!(test.labels[..5], [7, 2, 1, 0, 4]);
    // Mean and standard deviation of the training pixels with which MNIST is usually normalised.
    let pixels = || {
        training.images.iter().flat_map(|image| image.iter()).map(|pixel| f64::from(*pixel) / 255.0)
    };
    let count = 60_000.0 * 784.0;
    let mean = pixels().sum::<f64>() / count;
    let deviation = (pixels().map(|p| p * p).sum::<f64>() / count - mean * mean).sqrt();
    assert!((mean - 0.1307).abs() < 5e-5 && (deviation - 0.3081).abs() < 5e-5);
}

/// Runs a script of Python in a folder, with NumPy, 7 images of 3 x 5 `x` and their labels `y`.
fn python(folder: &Path, script: &str) {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/python/bin/python");
    let given = "import numpy as np\n\
                 x = (np.arange(105) * 37 % 256).astype(np.uint8).reshape(7, 3, 5)\n\
                 y = np.arange(7) * 3 % 5\n";
    let output = Command::new(&python)
        .args(["-c", &format!("{given}{script}")])
        .current_dir(folder)
        .output();
    let output = output
        .unwrap_or_else(|e| panic!("{}: {e}; `cargo xtask packages` makes it", python.display()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What `python` has as IDX files.
fn of_idx() -> Dataset {
    let pixels: Vec<u8> = (0..105_u32).map(|at| (at * 37 % 256) as u8).collect();
    let folder = folder(|folder| {
        replace(FILES[2], idx(&[7, 3, 5], &pixels))(folder);
        replace(FILES[3], idx(&[7], &[0, 3, 1, 4, 2, 0, 3]))(folder);
    });
    Dataset::load(folder.path(), Part::Test).unwrap()
}

#[test]
fn arrays_of_numpy_are_the_images_of_idx_files_whatever_their_type_order_and_packing() {
    let expected = of_idx();
    let save = "np.save('x_test.npy', images); np.save('y_test.npy', labels)";
    for (images, labels) in [
        ("x", "y"),
        ("x.astype(np.int64)", "y.astype(np.uint8)"),
        ("(x / 255).astype(np.float32)", "y.astype(float)"),
        ("(x / 255).astype('>f8')", "y.reshape(7, 1)"),
        ("(x / 255).astype(np.float16)", "y.astype('>i2')"),
        ("np.asfortranarray(x)", "y"),
        ("x.reshape(7, 1, 3, 5)", "y"),
        ("np.asfortranarray((x / 255)[..., None])", "y"),
    ] {
        let folder = TempDir::new().unwrap();
        python(folder.path(), &format!("images = {images}; labels = {labels}; {save}"));
        assert_eq!(
            Dataset::load(folder.path(), Part::Test).unwrap(),
            expected,
            "{images}, {labels}"
        );
    }
    let folder = TempDir::new().unwrap();
    python(
        folder.path(),
        "np.savez('a.npz', x_train=x[:2], y_train=y[:2], x_test=x, y_test=y)\n\
         np.savez_compressed('b.npz', test_images=x, test_labels=y[:, None], train_images=x[:2], train_labels=y[:2])\n\
         np.savez('flat.npz', x_test=x.reshape(7, 15), y_test=y)\n\
         np.savez('square.npz', x_test=x[..., :3].reshape(7, 9), y_test=y)\n\
         np.savez('none.npz', x_test=x[:0], y_test=y[:0])",
    );
    let load = |name: &str, part| Dataset::load(&folder.path().join(name), part).unwrap();
    for name in ["a.npz", "b.npz"] {
        assert_eq!(load(name, Part::Test), expected, "{name}");
        assert_eq!(load(name, Part::Training), expected.clone().take(2), "{name}");
    }
    let flat = load("flat.npz", Part::Test);
    assert_eq!((flat.sides, &flat.images), ([1, 15], &expected.images));
    assert_eq!(load("square.npz", Part::Test).sides, [3, 3]);
    assert!(load("none.npz", Part::Test).is_empty());
}

#[test]
fn arrays_that_are_no_images_or_labels_are_refused_by_name() {
    let folder = TempDir::new().unwrap();
    let cases = [
        (
            "x_test=x / 1.0, y_test=y",
            "'x_test': pixel 1 of image 0 is 37; fractions are 0 to 1: divide by what white has, such as 255",
        ),
        ("x_test=x.astype(int) + 1, y_test=y", "is 256; whole numbers are 0 to 255"),
        ("x_test=-x.astype(int), y_test=y", "is -37; whole numbers"),
        ("x_test=np.where(x == 37, np.nan, 0), y_test=y", "pixel 1 of image 0 is NaN"),
        ("x_test=np.zeros((7, 3, 5, 3)), y_test=y", "its shape is [7, 3, 5, 3]; grey images are"),
        (
            "x_test=x, y_test=np.eye(5)[y]",
            "'y_test': its shape is [7, 5]; labels are (images): of one value a class",
        ),
        ("x_test=x, y_test=y + 0.5", "the label of image 0 is 0.5"),
        ("x_test=x, y_test=y - 1", "the label of image 0 is -1"),
        ("x_test=x, y_test=y[:6]", "holds 7 images and"),
        ("x_test=x.astype(complex), y_test=y", "its type '<c16' is no real number"),
        ("x_test=x", "lacks y_test"),
        ("images=x, labels=y", "has no arrays 'x_test', 'y_test'; it has 'images', 'labels'"),
    ];
    let saved = cases
        .iter()
        .enumerate()
        .map(|(at, (arrays, _))| format!("np.savez('{at}.npz', {arrays})\n"));
    python(folder.path(), &saved.collect::<String>());
    for (at, (arrays, said)) in cases.iter().enumerate() {
        let error = Dataset::load(&folder.path().join(format!("{at}.npz")), Part::Test);
        let error = error.expect_err(arrays).to_string();
        assert!(error.contains(said) && error.contains(&format!("{at}.npz")), "{arrays}: {error}");
    }
    let other = folder.path().join("other.npz");
    fs::write(&other, "no archive").unwrap();
    let error = Dataset::load(&other, Part::Test).unwrap_err().to_string();
    assert!(error.contains("other.npz: is no .npz file"), "{error}");
    let lone = TempDir::new().unwrap();
    python(lone.path(), "np.save('x_test.npy', x)");
    let error = Dataset::load(lone.path(), Part::Test).unwrap_err().to_string();
    assert!(error.contains("y_test.npy: cannot be read"), "{error}");
}
