//! Files that are damaged, cut short, or declare more than they hold: a message, no panic, and no memory beyond their bytes.

mod crafted;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use crafted::{Craft, Page};
use memspike_columns::{ColumnsError, Kind, Table};
use parquet::basic::{Compression, Encoding};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

const WANTED: [(&str, Kind); 4] =
    [("a", Kind::Whole), ("b", Kind::Real), ("c", Kind::Text), ("d", Kind::Whole)];

/// A file with plain, dictionary and delta pages, compressed and not, in two row groups.
fn sound(compression: Compression) -> Vec<u8> {
    const SCHEMA: &str = "message m { required int64 a; optional double b; required binary c (STRING); required int32 d; }";
    let schema = Arc::new(parse_message_type(SCHEMA).expect("a schema"));
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_column_dictionary_enabled(ColumnPath::from("a"), false)
        .set_column_encoding(ColumnPath::from("a"), Encoding::DELTA_BINARY_PACKED)
        .set_column_dictionary_enabled(ColumnPath::from("b"), false)
        .build();
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).expect("new");
    for group in 0..2_i64 {
        let mut rows = writer.next_row_group().expect("a group");
        let mut column = rows.next_column().expect("a column").expect("one more");
        let a: Vec<i64> = (0..40).map(|k| group * 1000 + k * k).collect();
        column.typed::<Int64Type>().write_batch(&a, None, None).expect("written");
        column.close().expect("closed");
        let mut column = rows.next_column().expect("a column").expect("one more");
        let b: Vec<f64> = (0..40).map(f64::from).collect();
        column.typed::<DoubleType>().write_batch(&b, Some(&[1; 40]), None).expect("written");
        column.close().expect("closed");
        let mut column = rows.next_column().expect("a column").expect("one more");
        let c: Vec<ByteArray> = (0..40).map(|k| ByteArray::from(["one", "two"][k % 2])).collect();
        column.typed::<ByteArrayType>().write_batch(&c, None, None).expect("written");
        column.close().expect("closed");
        let mut column = rows.next_column().expect("a column").expect("one more");
        let d: Vec<i32> = (0..40).map(|k| k % 3).collect();
        column.typed::<Int32Type>().write_batch(&d, None, None).expect("written");
        column.close().expect("closed");
        rows.close().expect("closed");
    }
    writer.close().expect("closed");
    bytes
}

/// Rows that are read of a file, of those columns, at most.
const MOST: u64 = 100_000;

/// How many they are.
fn rows(path: &Path, wanted: &[(&str, Kind)]) -> Result<u64, ColumnsError> {
    let mut rows = 0;
    Table::open(path)?.each(wanted, |first, batch| -> Result<ControlFlow<()>, ColumnsError> {
        assert_eq!(first, rows);
        rows += batch[0].whole().len() as u64;
        Ok(if rows < MOST { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(rows)
}

/// The most memory that this process has had (kB).
fn peak_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("a line");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).expect("a number")
}

#[test]
fn whatever_byte_is_damaged_there_is_a_message_or_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("table.parquet");
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY] {
        let sound = sound(compression);
        fs::write(&path, &sound).expect("room");
        assert_eq!(rows(&path, &WANTED).expect("sound"), 80);
        let mut refused = 0;
        for at in 0..sound.len() {
            let mut bytes = sound.clone();
            bytes[at] ^= [0x01, 0x80, 0xFF, 0x7E][at % 4];
            fs::write(&path, &bytes).expect("room");
            match rows(&path, &WANTED) {
                Ok(found) => assert!(found <= MOST + (1 << 14)),
                Err(error) => {
                    refused += 1;
                    assert!(!error.to_string().is_empty());
                }
            }
        }
        assert!(refused > sound.len() / 4, "{refused}");
    }
    assert!(peak_kb() < 400_000, "{} kB", peak_kb());
}

#[test]
fn a_file_that_was_cut_short_is_told_as_that() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("table.parquet");
    let sound = sound(Compression::UNCOMPRESSED);
    for length in 4..sound.len() {
        fs::write(&path, &sound[..length]).expect("room");
        let error = rows(&path, &WANTED).expect_err("cut short");
        assert!(matches!(error, ColumnsError::Cut), "{length}: {error}");
    }
}

#[test]
fn what_is_declared_beyond_the_bytes_takes_no_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bomb.parquet");
    let most = i32::MAX as u32;
    let dictionary = Page::dictionary(1, &5_i32.to_le_bytes());
    let run = Page::run(most);
    let sound = Craft { pages: vec![dictionary.clone(), run], rows: most.into(), snappy: false };
    let before = peak_kb();
    // Two thousand million rows in a run of one value: read a batch after another.
    fs::write(&path, sound.bytes()).expect("room");
    assert_eq!(Table::open(&path).expect("sound").rows(), most.into());
    assert!(rows(&path, &[("a", Kind::Whole)]).expect("sound") >= MOST);
    let refused = [
        // A dictionary of so many values, a page of so many bytes, compressed and not, texts of so many lengths.
        (
            vec![Page::dictionary(most, &5_i32.to_le_bytes()), Page::run(1)],
            false,
            "a dictionary is shorter",
        ),
        (
            vec![Page { plain: most, ..dictionary.clone() }, Page::run(1)],
            true,
            "a page of 2147483647 bytes",
        ),
        (
            vec![Page { stored: Some(most), ..dictionary.clone() }],
            false,
            "a page of 2147483647 bytes",
        ),
        (vec![Page { encoding: 6, ..Page::run(most) }], false, "more texts than are read"),
        (vec![Page { encoding: 77, ..Page::run(1) }], false, "the encoding 77"),
        (vec![Page { stored: Some(1 << 20), ..dictionary.clone() }], false, "beyond the end"),
    ];
    for (pages, snappy, said) in refused {
        fs::write(&path, Craft { pages, rows: 1, snappy }.bytes()).expect("room");
        let error = rows(&path, &[("a", Kind::Whole)]).expect_err(said).to_string();
        assert!(error.contains(said), "{said}: {error}");
    }
    // Fewer values than rows: ten gigabytes of rows in a kilobyte.
    let pages = vec![dictionary, Page::run(7)];
    fs::write(&path, Craft { pages, rows: 10_u64 << 30, snappy: false }.bytes()).expect("room");
    let error = rows(&path, &[("a", Kind::Whole)]).expect_err("few").to_string();
    assert!(error.contains("ends before row 7"), "{error}");
    assert!(peak_kb() - before < 50_000, "{} kB", peak_kb() - before);
}
