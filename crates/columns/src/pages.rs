//! Headers of pages, looked at before pages are decoded: a decoder takes memory for what they declare.

use std::io::Read;

use parquet::basic::Type;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::ChunkReader;

use crate::ColumnsError;
use crate::thrift::Protocol;

/// The longest page that is decoded (bytes). Writers make them of one MiB or so.
const MOST_PAGE: u64 = 64 << 20;

/// The longest header (bytes): it may hold the least and the greatest value of its page.
const MOST_HEADER: u64 = 1 << 16;

/// Values of a page whose lengths stand before them: a decoder keeps them all.
const MOST_LENGTHS: u64 = 1 << 23;

/// Encodings, by their numbers in the format.
const PLAIN: i64 = 0;
const PLAIN_DICTIONARY: i64 = 2;
const DELTA_BINARY_PACKED: i64 = 5;
const DELTA_LENGTH_BYTE_ARRAY: i64 = 6;
const DELTA_BYTE_ARRAY: i64 = 7;
const RLE_DICTIONARY: i64 = 8;
const BYTE_STREAM_SPLIT: i64 = 9;

/// What a header says.
#[derive(Debug, Default)]
struct Header {
    /// Bytes of the page as it is decoded, and as it stands in the file.
    plain: i64,
    stored: i64,
    values: i64,
    encoding: i64,
    is_dictionary: bool,
    /// Its own length.
    length: u64,
}

/// Looks at every page of a column.
pub(crate) fn check(
    file: &impl ChunkReader,
    chunk: &ColumnChunkMetaData,
) -> Result<(), ColumnsError> {
    let column = chunk.column_descr().name();
    let damaged = |what: &str| ColumnsError::Damaged(format!("column '{column}': {what}"));
    let outside = || damaged("its pages lie beyond the end of the file");
    let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
    let mut at = u64::try_from(start).map_err(|_| outside())?;
    let stored = u64::try_from(chunk.compressed_size()).map_err(|_| outside())?;
    let end = at.checked_add(stored).filter(|end| *end <= file.len()).ok_or_else(outside)?;
    while at < end {
        let mut bytes = Vec::new();
        let most = MOST_HEADER.min(end - at);
        let reader = file.get_read(at).map_err(|error| damaged(&error.to_string()))?;
        reader.take(most).read_to_end(&mut bytes)?;
        let header = Header::read(&bytes).ok_or_else(|| damaged("a page has no header"))?;
        header.check(column, chunk.column_descr().physical_type())?;
        let stored = u64::try_from(header.stored).map_err(|_| outside())?;
        at = at.saturating_add(header.length).saturating_add(stored);
    }
    if at == end { Ok(()) } else { Err(outside()) }
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut protocol = Protocol::new(bytes);
        let mut header = Self { plain: -1, stored: -1, ..Self::default() };
        let mut before = 0;
        while let Some(field) = protocol.field(before)? {
            before = field.number;
            match field.number {
                2 if field.is_i32() => header.plain = protocol.zigzag()?,
                3 if field.is_i32() => header.stored = protocol.zigzag()?,
                // The header of a page of values, of a dictionary, of a page of values in version 2.
                5 | 7 | 8 if field.is_struct() => {
                    header.is_dictionary = field.number == 7;
                    header.inner(&mut protocol, if field.number == 8 { 4 } else { 2 })?;
                }
                _ => protocol.pass_by(field)?,
            }
        }
        header.length = (bytes.len() - protocol.left()) as u64;
        (header.plain >= 0 && header.stored >= 0).then_some(header)
    }

    /// Number of values, and the encoding in a field of this number.
    fn inner(&mut self, protocol: &mut Protocol<'_>, encoding: i16) -> Option<()> {
        let mut before = 0;
        while let Some(field) = protocol.field(before)? {
            before = field.number;
            match field.number {
                1 if field.is_i32() => self.values = protocol.zigzag()?,
                number if number == encoding && field.is_i32() => {
                    self.encoding = protocol.zigzag()?;
                }
                _ => protocol.pass_by(field)?,
            }
        }
        Some(())
    }

    fn check(&self, column: &str, kind: Type) -> Result<(), ColumnsError> {
        let damaged = |what: &str| ColumnsError::Damaged(format!("column '{column}': {what}"));
        let (plain, values) = (self.plain.unsigned_abs(), self.values.unsigned_abs());
        if plain > MOST_PAGE || self.stored.unsigned_abs() > MOST_PAGE {
            let bytes = plain.max(self.stored.unsigned_abs());
            let column = column.to_owned();
            return Err(ColumnsError::Page { column, bytes, most: MOST_PAGE });
        }
        if self.values < 0 {
            return Err(damaged("a page has less than no values"));
        }
        // Each has at least the four bytes of a number, or of its length.
        let least = if matches!(kind, Type::INT64 | Type::DOUBLE) { 8 } else { 4 };
        if self.is_dictionary && values.saturating_mul(least) > plain {
            return Err(damaged("a dictionary is shorter than the values that it declares"));
        }
        match self.encoding {
            DELTA_LENGTH_BYTE_ARRAY | DELTA_BYTE_ARRAY if values > MOST_LENGTHS => {
                Err(damaged("a page declares more texts than are read"))
            }
            PLAIN
            | PLAIN_DICTIONARY
            | DELTA_BINARY_PACKED
            | DELTA_LENGTH_BYTE_ARRAY
            | DELTA_BYTE_ARRAY
            | RLE_DICTIONARY
            | BYTE_STREAM_SPLIT => Ok(()),
            other => Err(damaged(&format!("a page has the encoding {other}, which is not read"))),
        }
    }
}
