//! Tables of numbers in files.
//!
//! - [`Array`]: an array of any number of axes in a `.npy` file; [`Archive`]: several of them in a `.npz` file.
//! - [`Table`]: NumPy's `.npy` files, of any real type, either byte order, either order of axes.
//! - [`ListedWeights`]: weights of few places of a large array, as a list.
//! - [`Rows`]: rows of numbers, from `.npy` or lines, with the place of each.
//! - [`Weights`]: a matrix of synaptic weights, from `.npy` or lines of numbers; the one reader that all verbs use.

mod archive;
mod array;
mod header;
mod lines;
mod list;
mod rows;
mod values;
mod weights;

use std::io::{self, Write};

pub use archive::{ARCHIVE_MARK, Archive, ArchiveError};
pub use array::Array;
use header::Header;
pub use list::ListedWeights;
pub use rows::{Place, Rows, RowsError};
pub use values::Values;
pub use weights::{Weights, WeightsError, WeightsReason};

/// The longest file that is worth reading (bytes): 128 million numbers of eight bytes. Readers of files
/// take it as their bound.
pub const MAX_BYTES: u64 = 1 << 30;

/// What every `.npy` file begins with. Readers of files take it as their mark.
pub const MARK: &[u8] = b"\x93NUMPY";

/// A table of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// How many rows.
    pub rows: usize,
    /// How many columns.
    pub columns: usize,
    /// All numbers, row by row.
    pub values: Vec<f64>,
    /// What they were in the file.
    pub kind: Kind,
}

/// Families of numbers in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers of any width.
    Integer,
    /// float32.
    Single,
    /// float64.
    Double,
}

/// Why a file holds no table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NpyError {
    /// It is no `.npy` file, or a damaged one.
    #[error("is no .npy file: {0}; write it with numpy.save")]
    Format(String),
    /// It has fewer bytes than its header says.
    #[error("it ends before its last value: it was cut short; write it again")]
    Short,
    /// An array of another number of axes than two.
    #[error(
        "its shape is {shape:?}; a table has two axes, rows and columns: reshape it before it is saved"
    )]
    Axes {
        /// Length of each axis.
        shape: Vec<usize>,
    },
    /// Something else than real numbers.
    #[error("its type {0} is no real number; save it as float64 or float32")]
    Type(String),
}

impl Table {
    /// Reads a whole file. Memory follows its bytes; a header has at most 10,000, as in NumPy, and
    /// brackets at most 4 deep.
    ///
    /// # Errors
    /// [`NpyError`].
    pub fn read(bytes: &[u8]) -> Result<Self, NpyError> {
        let header = Header::read(bytes)?;
        match header.shape[..] {
            [rows, columns] => Self::read_values(bytes, &header, [rows, columns]),
            _ => Err(NpyError::Axes { shape: header.shape }),
        }
    }

    /// [`Table::read`], where an array of one axis is a column.
    fn read_rows(bytes: &[u8]) -> Result<Self, NpyError> {
        let header = Header::read(bytes)?;
        match header.shape[..] {
            [rows] => Self::read_values(bytes, &header, [rows, 1]),
            _ => Self::read(bytes),
        }
    }

    fn read_values(
        bytes: &[u8],
        header: &Header,
        [rows, columns]: [usize; 2],
    ) -> Result<Self, NpyError> {
        let array = Array::of(bytes, header)?;
        Ok(Self { rows, columns, values: array.values().collect(), kind: array.kind() })
    }
}

/// Writes rows of `columns` numbers as float64.
///
/// # Errors
/// Those of the writer.
///
/// # Panics
/// If the last row is not complete.
pub fn write_f64(writer: impl Write, columns: usize, values: &[f64]) -> io::Result<()> {
    write(writer, columns, values)
}

/// Writes rows of `columns` numbers as float32.
///
/// # Errors
/// Those of the writer.
///
/// # Panics
/// If the last row is not complete.
pub fn write_f32(writer: impl Write, columns: usize, values: &[f32]) -> io::Result<()> {
    write(writer, columns, values)
}

/// Writes rows of `columns` whole numbers as int64, or as uint64 if none is below zero.
///
/// # Errors
/// Those of the writer.
///
/// # Panics
/// If the last row is not complete.
pub fn write_integers(writer: impl Write, columns: usize, values: &[f64]) -> io::Result<()> {
    if values.iter().all(|value| *value >= 0.0) {
        let whole: Vec<u64> = values.iter().map(|value| *value as u64).collect();
        return write(writer, columns, &whole);
    }
    let whole: Vec<i64> = values.iter().map(|value| *value as i64).collect();
    write(writer, columns, &whole)
}

fn write<T: Element>(mut writer: impl Write, columns: usize, values: &[T]) -> io::Result<()> {
    let rows = values.len().checked_div(columns).unwrap_or(0);
    assert_eq!(rows * columns, values.len(), "complete rows");
    writer.write_all(&Header::bytes(T::DESCR, rows, columns))?;
    values.iter().try_for_each(|value| writer.write_all(&value.bytes()[..T::WIDTH]))
}

/// A number that is written.
trait Element: Copy {
    /// Its type, as NumPy names it.
    const DESCR: &'static str;
    /// Bytes that it has.
    const WIDTH: usize;

    /// The lowest byte first; zeros fill up.
    fn bytes(self) -> [u8; 8];
}

impl Element for f64 {
    const DESCR: &'static str = "<f8";
    const WIDTH: usize = 8;

    fn bytes(self) -> [u8; 8] {
        self.to_le_bytes()
    }
}

impl Element for f32 {
    const DESCR: &'static str = "<f4";
    const WIDTH: usize = 4;

    fn bytes(self) -> [u8; 8] {
        u64::from(self.to_bits()).to_le_bytes()
    }
}

impl Element for u64 {
    const DESCR: &'static str = "<u8";
    const WIDTH: usize = 8;

    fn bytes(self) -> [u8; 8] {
        self.to_le_bytes()
    }
}

impl Element for i64 {
    const DESCR: &'static str = "<i8";
    const WIDTH: usize = 8;

    fn bytes(self) -> [u8; 8] {
        self.to_le_bytes()
    }
}

/// The value of a number; the lowest byte comes first, and zeros fill up to eight.
type Number = fn([u8; 8]) -> f64;

/// How a number stands in a file.
#[derive(Debug)]
pub struct Type {
    kind: Kind,
    /// Bytes.
    width: usize,
    big_endian: bool,
    number: Number,
}

impl Type {
    /// The type of this name in a header, such as `'<f8'`.
    fn named(descr: &str) -> Result<Self, NpyError> {
        let quoted = |mark: char| descr.strip_prefix(mark)?.strip_suffix(mark);
        let name = quoted('\'').or_else(|| quoted('"'));
        name.and_then(Self::of).ok_or_else(|| NpyError::Type(descr.to_owned()))
    }

    /// The type that NumPy has this name for, such as `<f2` or `>u4`; nothing if it is no real number.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let (order, name) = name.split_at_checked(1)?;
        let big_endian = match order {
            "<" | "|" | "=" => false,
            ">" => true,
            _ => return None,
        };
        let (kind, width, number) = number_type(name)?;
        Some(Self { kind, width, big_endian, number })
    }

    /// How many bytes it has.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// The number that stands in so many bytes.
    ///
    /// # Panics
    /// If there are not [`Type::width`].
    #[must_use]
    pub fn value(&self, bytes: &[u8]) -> f64 {
        let mut little = [0; 8];
        little[..self.width].copy_from_slice(bytes);
        if self.big_endian {
            little[..self.width].reverse();
        }
        (self.number)(little)
    }
}

/// Family, bytes and value of the type that NumPy has this name for, behind the order of bytes.
fn number_type(name: &str) -> Option<(Kind, usize, Number)> {
    Some(match name {
        "f8" => (Kind::Double, 8, f64::from_le_bytes),
        "f4" => (Kind::Single, 4, |b| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))),
        "f2" => (Kind::Single, 2, |b| half(u16::from_le_bytes([b[0], b[1]]))),
        "i1" => (Kind::Integer, 1, |b| f64::from(i8::from_le_bytes([b[0]]))),
        "i2" => (Kind::Integer, 2, |b| f64::from(i16::from_le_bytes([b[0], b[1]]))),
        "i4" => (Kind::Integer, 4, |b| f64::from(i32::from_le_bytes([b[0], b[1], b[2], b[3]]))),
        "i8" => (Kind::Integer, 8, |b| i64::from_le_bytes(b) as f64),
        "u1" => (Kind::Integer, 1, |b| f64::from(b[0])),
        "u2" => (Kind::Integer, 2, |b| u64::from_le_bytes(b) as f64),
        "u4" => (Kind::Integer, 4, |b| u64::from_le_bytes(b) as f64),
        "u8" => (Kind::Integer, 8, |b| u64::from_le_bytes(b) as f64),
        _ => return None,
    })
}

/// A number of half precision (IEEE 754 binary16): a sign, 5 bits of exponent, 10 of fraction.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let magnitude = match exponent {
        0 => fraction * 2_f64.powi(-24),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        _ => (1024.0 + fraction) * 2_f64.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -magnitude } else { magnitude }
}
