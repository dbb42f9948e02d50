//! A file, its columns by name, and its rows batch by batch.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

use memspike_files::open;
use parquet::basic::{Compression, ConvertedType, LogicalType, Type};
use parquet::column::reader::ColumnReader;
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use crate::batch::{Column, Values};
use crate::{ColumnsError, MARK, pages};

/// Rows of a batch.
const ROWS: usize = 1 << 14;

/// What a column has to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers of any width.
    Whole,
    /// Numbers of any kind.
    Real,
    /// Texts.
    Text,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole => "whole numbers",
            Self::Real => "numbers",
            Self::Text => "texts",
        })
    }
}

/// A Parquet file.
pub struct Table {
    file: File,
    reader: SerializedFileReader<File>,
}

impl Table {
    /// Opens a file and reads its footer.
    ///
    /// # Errors
    /// If it is no whole Parquet file.
    pub fn open(path: &Path) -> Result<Self, ColumnsError> {
        let mut mark = Vec::new();
        open(path, u64::MAX - 1)?.take(MARK.len() as u64).read_to_end(&mut mark)?;
        if mark != MARK {
            return Err(ColumnsError::Mark);
        }
        let file = File::open(path)?;
        let reader = SerializedFileReader::new(file.try_clone()?).map_err(|error| match error {
            ParquetError::EOF(_) => ColumnsError::Cut,
            ParquetError::General(text) if text.contains("orrupt footer") => ColumnsError::Cut,
            other => damaged(&other),
        })?;
        Ok(Self { file, reader })
    }

    /// How many rows it says it has.
    #[must_use]
    pub fn rows(&self) -> u64 {
        let groups = self.reader.metadata().row_groups().iter();
        groups
            .map(|group| u64::try_from(group.num_rows()).unwrap_or(0))
            .fold(0, u64::saturating_add)
    }

    /// What its metadata say of a key.
    #[must_use]
    pub fn said(&self, key: &str) -> Option<&str> {
        let entries = self.reader.metadata().file_metadata().key_value_metadata()?;
        entries.iter().find(|entry| entry.key == key)?.value.as_deref()
    }

    /// Names of its columns.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let columns = self.reader.metadata().file_metadata().schema_descr().columns();
        columns.iter().map(|column| column.path().string()).collect()
    }

    /// Reads columns, rows in their order, and hands over batch after batch: the number of its first row, and the values of each
    /// column that is asked for. It goes on until that says otherwise.
    ///
    /// # Errors
    /// If the file does not hold such columns, is damaged, or whoever is handed a batch says so.
    pub fn each<E: From<ColumnsError>>(
        &self,
        wanted: &[(&str, Kind)],
        mut take: impl FnMut(u64, &[Values]) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let places = wanted
            .iter()
            .map(|(name, kind)| self.place(name, *kind))
            .collect::<Result<Vec<_>, _>>()?;
        let mut row = 0;
        for group in 0..self.reader.num_row_groups() {
            let (mut columns, rows) = self.columns(group, wanted, &places)?;
            let end = row + rows;
            while row < end {
                let count = ROWS.min(usize::try_from(end - row).unwrap_or(ROWS));
                let batch = columns.iter_mut().map(|column| column.next(row, count));
                let batch = batch.collect::<Result<Vec<_>, ColumnsError>>()?;
                if take(row, &batch)?.is_break() {
                    return Ok(());
                }
                row += count as u64;
            }
        }
        Ok(())
    }

    /// Readers of the columns of a row group, whose pages have been looked at, and its rows.
    fn columns(
        &self,
        group: usize,
        wanted: &[(&str, Kind)],
        places: &[usize],
    ) -> Result<(Vec<Column>, u64), ColumnsError> {
        let reader = self.reader.get_row_group(group).map_err(|error| damaged(&error))?;
        let rows = u64::try_from(reader.metadata().num_rows())
            .map_err(|_| ColumnsError::Damaged("a row group has less than no rows".to_owned()))?;
        let open = |((name, kind), place): (&(&str, Kind), &usize)| {
            let chunk = reader.metadata().column(*place);
            codec(chunk)?;
            pages::check(&self.file, chunk)?;
            let descriptor = chunk.column_descr();
            let is_unsigned = is_unsigned(descriptor);
            let is_optional = descriptor.max_def_level() > 0;
            let column: ColumnReader =
                reader.get_column_reader(*place).map_err(|error| damaged(&error))?;
            Ok(Column { name: (*name).to_owned(), kind: *kind, column, is_unsigned, is_optional })
        };
        let columns = wanted.iter().zip(places).map(open);
        Ok((columns.collect::<Result<_, ColumnsError>>()?, rows))
    }

    /// The place of a column that holds what is needed.
    fn place(&self, name: &str, kind: Kind) -> Result<usize, ColumnsError> {
        let columns = self.reader.metadata().file_metadata().schema_descr().columns();
        let place = columns.iter().position(|column| column.path().string() == name);
        let missing = || ColumnsError::Missing { name: name.to_owned(), known: self.names() };
        let place = place.ok_or_else(missing)?;
        let column = &columns[place];
        let physical = column.physical_type();
        // A list of numbers in each row, or a number within a structure, is none.
        let flat = column.max_rep_level() == 0 && column.max_def_level() <= 1;
        let fits = match kind {
            Kind::Whole => matches!(physical, Type::INT32 | Type::INT64) && is_number(column),
            Kind::Real => {
                matches!(physical, Type::INT32 | Type::INT64) && is_number(column)
                    || matches!(physical, Type::FLOAT | Type::DOUBLE)
            }
            Kind::Text => physical == Type::BYTE_ARRAY,
        };
        if flat && fits {
            return Ok(place);
        }
        let found = match column.logical_type_ref() {
            // Its name, without what else belongs to it.
            Some(logical) if flat => {
                format!("{logical:?}").split('(').next().unwrap_or_default().to_owned()
            }
            _ if flat => format!("{physical}"),
            _ => format!("{physical} within lists or structures"),
        };
        Err(ColumnsError::Type { name: name.to_owned(), found, needed: kind })
    }
}

/// Whether whole numbers are meant as numbers: not as dates, times or decimals.
fn is_number(column: &ColumnDescriptor) -> bool {
    match column.logical_type_ref() {
        Some(LogicalType::Integer(_)) => true,
        Some(_) => false,
        None => !matches!(
            column.converted_type(),
            ConvertedType::DATE
                | ConvertedType::DECIMAL
                | ConvertedType::TIME_MILLIS
                | ConvertedType::TIME_MICROS
                | ConvertedType::TIMESTAMP_MILLIS
                | ConvertedType::TIMESTAMP_MICROS
        ),
    }
}

fn is_unsigned(column: &ColumnDescriptor) -> bool {
    if let Some(LogicalType::Integer(number)) = column.logical_type_ref() {
        return !number.is_signed;
    }
    matches!(
        column.converted_type(),
        ConvertedType::UINT_8
            | ConvertedType::UINT_16
            | ConvertedType::UINT_32
            | ConvertedType::UINT_64
    )
}

fn codec(chunk: &ColumnChunkMetaData) -> Result<(), ColumnsError> {
    match chunk.compression() {
        Compression::UNCOMPRESSED | Compression::SNAPPY => Ok(()),
        other => Err(ColumnsError::Codec {
            column: chunk.column_descr().name().to_owned(),
            codec: format!("{other:?}").split('(').next().unwrap_or_default().to_lowercase(),
        }),
    }
}

/// What the library says of damage.
pub(crate) fn damaged(error: &ParquetError) -> ColumnsError {
    match error {
        ParquetError::General(text) | ParquetError::EOF(text) => {
            ColumnsError::Damaged(text.clone())
        }
        other => ColumnsError::Damaged(other.to_string()),
    }
}
