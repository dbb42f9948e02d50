//! Rows of one column.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};

use crate::table::damaged;
use crate::{ColumnsError, Kind};

/// Values of some rows of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Whole numbers.
    Whole(Vec<i64>),
    /// Numbers.
    Real(Vec<f64>),
    /// Texts, each of them UTF-8.
    Text(Vec<ByteArray>),
}

impl Values {
    /// Whole numbers; none of other values.
    #[must_use]
    pub fn whole(&self) -> &[i64] {
        if let Self::Whole(values) = self { values } else { &[] }
    }

    /// Numbers; none of other values.
    #[must_use]
    pub fn real(&self) -> &[f64] {
        if let Self::Real(values) = self { values } else { &[] }
    }

    /// Texts; none of other values.
    #[must_use]
    pub fn texts(&self) -> &[ByteArray] {
        if let Self::Text(values) = self { values } else { &[] }
    }
}

/// A column of a row group on its way.
pub(crate) struct Column {
    pub name: String,
    pub kind: Kind,
    pub column: ColumnReader,
    pub is_unsigned: bool,
    /// Whether rows may lack a value.
    pub is_optional: bool,
}

impl Column {
    /// So many rows from this one on.
    pub fn next(&mut self, row: u64, count: usize) -> Result<Values, ColumnsError> {
        let Self { name, column, is_optional, is_unsigned, kind } = self;
        let some = Rows { name, row, count, is_optional: *is_optional };
        Ok(match column {
            ColumnReader::Int32ColumnReader(reader) => {
                let values = some.of(reader)?;
                let wide = |value: i32| match *is_unsigned {
                    true => i64::from(value.cast_unsigned()),
                    false => value.into(),
                };
                whole(*kind, values.into_iter().map(wide).collect())
            }
            ColumnReader::Int64ColumnReader(reader) => {
                let values = some.of(reader)?;
                if *is_unsigned && let Some(at) = values.iter().position(|value| *value < 0) {
                    let (row, value) = (row + at as u64, values[at].cast_unsigned());
                    return Err(ColumnsError::Large { row, column: name.clone(), value });
                }
                whole(*kind, values)
            }
            ColumnReader::FloatColumnReader(reader) => {
                Values::Real(some.of(reader)?.into_iter().map(f64::from).collect())
            }
            ColumnReader::DoubleColumnReader(reader) => Values::Real(some.of(reader)?),
            ColumnReader::ByteArrayColumnReader(reader) => {
                let values = some.of(reader)?;
                match values.iter().position(|value| value.as_utf8().is_err()) {
                    None => Values::Text(values),
                    Some(at) => {
                        let row = row + at as u64;
                        return Err(ColumnsError::Text { row, column: name.clone() });
                    }
                }
            }
            _ => {
                let what = format!("column '{name}' changes its type");
                return Err(ColumnsError::Damaged(what));
            }
        })
    }
}

fn whole(kind: Kind, values: Vec<i64>) -> Values {
    match kind {
        Kind::Real => Values::Real(values.into_iter().map(|value| value as f64).collect()),
        Kind::Whole | Kind::Text => Values::Whole(values),
    }
}

/// Which rows.
struct Rows<'c> {
    name: &'c str,
    row: u64,
    count: usize,
    is_optional: bool,
}

impl Rows<'_> {
    /// Their values, each of which must be there.
    fn of<T: DataType>(&self, reader: &mut ColumnReaderImpl<T>) -> Result<Vec<T::T>, ColumnsError> {
        let (mut values, mut levels) = (Vec::new(), Vec::new());
        let mut read = 0;
        while read < self.count {
            let levels = self.is_optional.then_some(&mut levels);
            let (records, ..) = reader
                .read_records(self.count - read, levels, None, &mut values)
                .map_err(|error| damaged(&error))?;
            if records == 0 {
                let what =
                    format!("column '{}' ends before row {}", self.name, self.row + read as u64);
                return Err(ColumnsError::Damaged(what));
            }
            read += records;
        }
        if let Some(at) = levels.iter().position(|level| *level == 0) {
            let (row, column) = (self.row + at as u64, self.name.to_owned());
            return Err(ColumnsError::Null { row, column });
        }
        if values.len() != self.count {
            let what = format!("column '{}' has not as many values as rows", self.name);
            return Err(ColumnsError::Damaged(what));
        }
        Ok(values)
    }
}
