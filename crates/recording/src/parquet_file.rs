//! A table of Parquet.

use std::io::{self, Write};
use std::sync::Arc;

use memspike_files::OutputFile;
use memspike_time::Time;
use parquet::basic::Encoding;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnPath, Type};

use crate::origin::{Origin, interval};
use crate::table::Kind;

/// Rows that are kept before they are written: some 30 MB, a row group of the size that readers like.
const ROWS: usize = 1 << 20;

/// Bytes that one column of a row group takes while it is encoded, and what the library keeps, measured.
const ENCODED: u64 = 3_000_000;

/// Bytes of memory that a file with so many columns of values takes at most.
pub(crate) fn most_bytes(values: usize) -> u64 {
    ROWS as u64 * (8 + 8 + 4 + 4 + 8 * values as u64) + ENCODED
}

/// The columns that every table has. An instant stands twice: in whole femtoseconds, which are exact, and in seconds.
const COLUMNS: &str = "required int64 time_fs (INTEGER(64, true));
    required double time_s;
    required binary population (STRING);
    required int32 neuron (INTEGER(32, false));";

/// The type of a table.
fn schema(kind: &Kind) -> Arc<Type> {
    let values: Vec<String> =
        kind.values.iter().map(|name| format!("required double {name};")).collect();
    let text = format!("message {} {{ {COLUMNS} {} }}", kind.name, values.join(" "));
    Arc::new(parse_message_type(&text).expect("a schema"))
}

/// Rows that wait to be written, by column.
#[derive(Default)]
struct Rows {
    fs: Vec<i64>,
    s: Vec<f64>,
    populations: Vec<u32>,
    neurons: Vec<i32>,
    values: Vec<Vec<f64>>,
}

pub(crate) struct ParquetFile {
    writer: SerializedFileWriter<OutputFile>,
    names: Vec<ByteArray>,
    rows: Rows,
}

impl ParquetFile {
    pub fn new(file: OutputFile, origin: &Origin, kind: &Kind) -> io::Result<Self> {
        let entries = origin.entries().into_iter();
        let entries = entries.map(|(key, value)| KeyValue::new(key.to_owned(), value)).collect();
        let properties = WriterProperties::builder()
            .set_key_value_metadata(Some(entries))
            .set_created_by(concat!("memspike ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_column_dictionary_enabled(ColumnPath::from("time_fs"), false)
            .set_column_encoding(ColumnPath::from("time_fs"), Encoding::DELTA_BINARY_PACKED)
            .set_column_dictionary_enabled(ColumnPath::from("time_s"), false)
            .set_column_dictionary_enabled(ColumnPath::from("neuron"), false);
        let plain = |properties: WriterPropertiesBuilder, name: &&str| {
            properties.set_column_dictionary_enabled(ColumnPath::from(*name), false)
        };
        let properties = kind.values.iter().fold(properties, plain).build();
        let writer = SerializedFileWriter::new(file, schema(kind), Arc::new(properties));
        let names = origin.populations.iter().map(|name| ByteArray::from(name.as_str())).collect();
        let rows = Rows { values: vec![Vec::new(); kind.values.len()], ..Rows::default() };
        Ok(Self { writer: writer.map_err(io::Error::other)?, names, rows })
    }

    pub fn row(&mut self, at: Time, neuron: (usize, u32), values: &[f64]) -> io::Result<()> {
        // Five hours of femtoseconds fill an unsigned number; a signed one holds half of them.
        let fs = i64::try_from(at.tick).map_err(|_| {
            io::Error::other("a Parquet file holds instants up to 9,223 s, and this one is later")
        })?;
        let (population, neuron) = neuron;
        self.rows.fs.push(fs);
        self.rows.s.push(at.as_s());
        self.rows.populations.push(population as u32);
        // The column's type says that the sign is a bit of the number.
        self.rows.neurons.push(neuron.cast_signed());
        let columns = self.rows.values.iter_mut().zip(values);
        columns.for_each(|(column, value)| column.push(*value));
        if self.rows.fs.len() < ROWS { Ok(()) } else { self.flush() }
    }

    /// Writes what waits as one row group.
    fn flush(&mut self) -> io::Result<()> {
        let empty = Rows { values: vec![Vec::new(); self.rows.values.len()], ..Rows::default() };
        let rows = std::mem::replace(&mut self.rows, empty);
        let mut write = || {
            let mut group = self.writer.next_row_group()?;
            column::<Int64Type, _>(&mut group, &rows.fs)?;
            column::<DoubleType, _>(&mut group, &rows.s)?;
            let name = |population: &u32| {
                self.names.get(*population as usize).cloned().unwrap_or_default()
            };
            names(&mut group, &rows.populations, name)?;
            column::<Int32Type, _>(&mut group, &rows.neurons)?;
            for values in &rows.values {
                column::<DoubleType, _>(&mut group, values)?;
            }
            group.close()
        };
        write().map(|_| ()).map_err(as_io)
    }

    pub fn finish(mut self, interval_s: [f64; 2]) -> io::Result<()> {
        let (key, value) = interval(interval_s);
        self.writer.append_key_value_metadata(KeyValue::new(key.to_owned(), value));
        if !self.rows.fs.is_empty() {
            self.flush()?;
        }
        self.writer.into_inner().map_err(as_io)?.finish()
    }
}

/// Names that stand in memory at once.
const NAMES: usize = 1 << 13;

/// Writes the next column of a row group, of names.
fn names<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    numbers: &[u32],
    name: impl Fn(&u32) -> ByteArray,
) -> parquet::errors::Result<()> {
    let mut column = group.next_column()?.ok_or_else(missing)?;
    for numbers in numbers.chunks(NAMES) {
        let names: Vec<ByteArray> = numbers.iter().map(&name).collect();
        column.typed::<ByteArrayType>().write_batch(&names, None, None)?;
    }
    column.close()
}

fn missing() -> ParquetError {
    ParquetError::General("a column too many".to_owned())
}

/// Writes the next column of a row group.
fn column<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
) -> parquet::errors::Result<()> {
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<T>().write_batch(values, None, None)?;
    column.close()
}

/// What the system said, where it was the system.
fn as_io(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(source) => io::Error::other(source),
        },
        other => io::Error::other(other),
    }
}
