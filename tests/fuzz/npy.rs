//! Tables in `.npy` files, and the weights that they are.

use std::path::Path;

use memspike_npy::{Kind, NpyError, Table, Weights, write_f32, write_f64};

use crate::{
    corpus::{self, Corpus, Input},
    harness::{Answer, assert_says, survive},
};

const WORDS: &[&str] = &[
    "'descr'",
    "'fortran_order'",
    "'shape'",
    "'<f8'",
    "'>f4'",
    "'|i1'",
    "'<u8'",
    "'|O'",
    "True",
    "False",
    "None",
    "(2, 3)",
    "(0, 3)",
    "(18446744073709551615, 2)",
    "(4294967296, 4294967296)",
    "(1,)",
    "()",
    "{",
    "}",
    "(",
    ")",
    ",",
    ":",
    "'",
    "\\x",
    "\n",
];

/// A file with this header and these bytes behind it.
fn npy(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend([version, 0]);
    let length = header.len() as u32;
    let width = if version == 1 { 2 } else { 4 };
    bytes.extend(&length.to_le_bytes()[..width]);
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

/// A table of 2 x 3 of each type that numbers have.
fn corpus() -> Corpus {
    let mut inputs = Vec::new();
    for (kind, width) in
        [("f8", 8), ("f4", 4), ("i1", 1), ("i2", 2), ("i4", 4), ("i8", 8), ("u1", 1), ("u4", 4)]
    {
        for (order, fortran, version) in [("<", "False", 1), (">", "True", 2), ("|", "False", 3)] {
            let header = format!(
                "{{'descr': '{order}{kind}', 'fortran_order': {fortran}, 'shape': (2, 3), }}\n"
            );
            let data: Vec<u8> = (0..6 * width).map(|n| (n * 7) as u8).collect();
            inputs.push(Input::new(header.trim(), npy(version, &header, &data)));
        }
    }
    let values = [0.5, -1.0, 1e300, 1e-320, 0.0, f64::NAN];
    let (mut double, mut single) = (Vec::new(), Vec::new());
    write_f64(&mut double, 3, &values).expect("memory");
    write_f32(&mut single, 2, &values.map(|value| value as f32)).expect("memory");
    inputs.extend([Input::new("double", double), Input::new("single", single)]);
    Corpus { inputs, words: WORDS }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn assert_table(table: &Table, bytes: &[u8]) {
    assert_eq!(table.rows.checked_mul(table.columns), Some(table.values.len()), "its shape");
    assert!(table.values.len() <= bytes.len(), "more values than bytes");
    let mut written = Vec::new();
    write_f64(&mut written, table.columns, &table.values).expect("memory");
    let again = Table::read(&written).expect("what was written");
    assert_eq!((again.columns, bits(&again.values)), (table.columns, bits(&table.values)));
    // A table without columns has no rows that could be written.
    assert!(table.columns == 0 || again.rows == table.rows, "rows");
}

/// Weights are a table of finite numbers, kept as they are.
fn assert_weights(read: &Result<Table, NpyError>, input: &Input) {
    match Weights::decode(Path::new("weights.npy"), &input.bytes, None) {
        Ok(weights) => {
            let table = read.as_ref().expect("the same table");
            let values = weights.values().to_doubles();
            assert_eq!(weights.shape(), (table.rows, table.columns));
            assert_eq!(bits(&values), bits(&table.values));
            assert!(!values.is_empty() && values.iter().all(|weight| weight.is_finite()));
            assert_eq!(weights.are_integers(), table.kind == Kind::Integer);
            let again = Weights::decode(Path::new("again.npy"), &weights.bytes(), None);
            assert_eq!(again.expect("what was written"), weights);
        }
        Err(error) => assert_says(&error, input),
    }
}

#[test]
fn damaged_tables_hold_what_they_say_or_are_refused() {
    survive("npy", &corpus(), 20_000, |input| {
        let read = Table::read(&input.bytes);
        assert_weights(&read, input);
        match read {
            Ok(table) => {
                assert_table(&table, &input.bytes);
                Answer::Accepted
            }
            Err(error) => {
                assert_says(&error, input);
                Answer::Refused
            }
        }
    });
}

#[test]
fn the_weights_of_the_project_are_tables() {
    for input in corpus::files(&["weights"], ".npy") {
        let table = Table::read(&input.bytes).unwrap_or_else(|e| panic!("{}: {e}", input.name));
        assert_eq!((table.rows, table.columns), (784, 10));
        assert_table(&table, &input.bytes);
    }
}
