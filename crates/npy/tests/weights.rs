//! Weights in files that NumPy wrote (`data/make.py`), in lines of text, and in damaged files.

use std::fs;
use std::path::{Path, PathBuf};

use memspike_npy::{Values, Weights, WeightsReason};
use proptest::prelude::*;
use tempfile::TempDir;

fn numpy(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
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
    Weights::read(&path, None).expect_err("an error").reason.to_string()
}

#[test]
fn weights_of_numpy_keep_their_precision_whatever_their_order() {
    let halves = vec![-0.5, -1.0, 0.0, 0.0, 0.5, 1.0];
    for name in ["float64.npy", "big_endian.npy"] {
        let weights = Weights::read(numpy(name), Some((3, 2))).unwrap();
        assert_eq!(weights, Weights::new(3, 2, halves.clone()).unwrap(), "{name}");
    }
    let single = Weights::read(numpy("float32_columns.npy"), Some((3, 2))).unwrap();
    assert!(matches!(single.values(), Values::Single(_)));
    assert_eq!(single.values().to_doubles(), halves);
    let integers = Weights::read(numpy("int8.npy"), Some((3, 2))).unwrap();
    assert!(integers.are_integers() && !single.are_integers());
    assert_eq!((integers.get(0, 1), integers.get(2, 1)), (-2.0, 2.0));
}

#[test]
fn lines_of_numbers_are_read() {
    let (_folder, path) = file("w.csv", "# two inputs\n1, -2.5,3e-1\n\n 0.5,0,-1\n");
    let expected = Weights::new(2, 3, vec![1.0, -2.5, 0.3, 0.5, 0.0, -1.0]).unwrap();
    assert_eq!(Weights::read(&path, Some((2, 3))).unwrap(), expected);
}

#[test]
fn a_npy_file_may_have_any_name_but_that_of_lines() {
    let weights = Weights::new(1, 2, vec![1.0, 2.0]).unwrap();
    let (_folder, path) = file("weights", weights.bytes());
    assert_eq!(Weights::read(&path, None).unwrap(), weights);
}

#[test]
fn weights_of_another_shape_are_refused_with_both_shapes() {
    let reason = |needed| Weights::read(numpy("float64.npy"), Some(needed)).unwrap_err().reason;
    insta::assert_snapshot!(reason((3, 20)), @"weights are 3 x 2, and 3 x 20 are needed (inputs x outputs): save a row for each input");
    insta::assert_snapshot!(reason((2, 3)), @"weights are 3 x 2, and 2 x 3 are needed (inputs x outputs): these are transposed, save a row for each input");
}

#[test]
fn files_without_weights_say_what_is_wrong() {
    let infinite = {
        let mut bytes = Weights::new(2, 3, vec![0.0_f32; 6]).unwrap().bytes();
        let at = bytes.len() - 4;
        bytes[at..].copy_from_slice(&f32::INFINITY.to_le_bytes());
        bytes
    };
    let messages = [
        refusal("w.txt", "1"),
        refusal("w.csv", "1,2\n3\n"),
        refusal("w.csv", "1,2\n3,four\n"),
        refusal("w.csv", "1,2\n3,nan\n"),
        refusal("w.csv", "# nothing\n"),
        refusal("w.csv", [0x31, 0xff]),
        refusal("w.npy", "1,2"),
        refusal("w.npy", infinite),
        refusal("w.npy", fs::read(numpy("vector.npy")).unwrap()),
        Weights::read("missing/w.npy", None).unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn weights_that_no_file_may_hold_cannot_be_made() {
    assert!(matches!(
        Weights::new(0, 3, Vec::<f64>::new()),
        Err(WeightsReason::Empty { rows: 0, columns: 3 })
    ));
    assert!(matches!(
        Weights::new(1, 2, vec![0.0, f64::NAN]),
        Err(WeightsReason::Value { row: 0, column: 1, .. })
    ));
}

/// Finite numbers of either precision, or whole ones.
fn weights() -> impl Strategy<Value = Weights> {
    let finite = any::<f64>().prop_filter("finite", |value| value.is_finite());
    let single = any::<f32>().prop_filter("finite", |value| value.is_finite());
    let values = prop_oneof![
        prop::collection::vec(finite, 12).prop_map(Values::Double),
        prop::collection::vec(single, 12).prop_map(Values::Single),
        prop::collection::vec(any::<i64>(), 12)
            .prop_map(|whole| Values::Double(whole.iter().map(|value| *value as f64).collect())),
    ];
    (values, prop::sample::select(vec![1, 3, 12]), any::<bool>()).prop_map(
        |(values, rows, whole)| {
            let weights = Weights::new(rows, 12 / rows, values).unwrap();
            if whole { weights.as_integers() } else { weights }
        },
    )
}

fn bits(weights: &Weights) -> Vec<u64> {
    weights.values().iter().map(f64::to_bits).collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read_to_the_bit(weights in weights()) {
        let again = Weights::decode(Path::new("w.npy"), &weights.bytes(), None).unwrap();
        prop_assert_eq!(bits(&again), bits(&weights));
        prop_assert_eq!(again, weights);
    }
}

/// Numbers of half precision that the standard and its readers name: one, the largest, the least normal and the least of all, a third.
#[test]
fn half_precision_is_read_as_the_standard_says() {
    let numbers: [(u16, f64); 8] = [
        (0x3c00, 1.0),
        (0xc000, -2.0),
        (0x7bff, 65504.0),
        (0x0400, 6.103_515_625e-5),
        (0x03ff, 6.097_555_160_522_461e-5),
        (0x8001, -5.960_464_477_539_063e-8),
        (0x3555, 0.333_251_953_125),
        (0x0000, 0.0),
    ];
    let header = "{'descr': '<f2', 'fortran_order': False, 'shape': (4, 2), }\n";
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(numbers.iter().flat_map(|(bits, _)| bits.to_le_bytes()));
    let (_folder, path) = file("half.npy", &bytes);
    let weights = Weights::read(&path, Some((4, 2))).unwrap();
    assert!(matches!(weights.values(), Values::Single(_)));
    assert_eq!(weights.values().to_doubles(), numbers.map(|(_, value)| value));
    let infinite = [&bytes[..bytes.len() - 2], &0xfc00_u16.to_le_bytes()].concat();
    assert!(refusal("infinite.npy", infinite).contains("inf"));
}
