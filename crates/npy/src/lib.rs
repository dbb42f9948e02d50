//! Tables of numbers in files.
//!
//! - [`Table`]: NumPy's `.npy` files, of any real type, either byte order, either order of axes.
//! - [`Weights`]: a matrix of synaptic weights, from `.npy` or lines of numbers; the one reader that all verbs use.

mod header;
mod lines;
mod values;
mod weights;

use std::io::{self, Read, Write};
use std::marker::PhantomData;

use ndarray::{ArrayD, ArrayView2};
use ndarray_npy::{
    ReadDataError, ReadNpyError, ReadNpyExt as _, ReadableElement, WritableElement,
    WriteNpyExt as _,
};
use py_literal::Value;

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
        header::check(bytes)?;
        for read in [array::<Integer>, array::<Single>] {
            match read(bytes) {
                Err(ReadNpyError::WrongDescriptor(_)) => {}
                found => return Self::new(found),
            }
        }
        Self::new(array::<Double>(bytes))
    }

    fn new(found: Result<Numbers, ReadNpyError>) -> Result<Self, NpyError> {
        let Numbers { shape, values, kind } = found.map_err(|error| match error {
            ReadNpyError::WrongDescriptor(kind) => NpyError::Type(kind.to_string()),
            ReadNpyError::MissingData => NpyError::Short,
            // Reading from memory: the bytes ran out.
            ReadNpyError::Io(_) => NpyError::Format("it ends within its header".to_owned()),
            other => NpyError::Format(other.to_string()),
        })?;
        let &[rows, columns] = &shape[..] else { return Err(NpyError::Axes { shape }) };
        Ok(Self { rows, columns, values, kind })
    }
}

/// An array of one family of types, in the order of the axes, whatever the order in memory.
struct Numbers {
    shape: Vec<usize>,
    values: Vec<f64>,
    kind: Kind,
}

fn array<F: Family>(bytes: &[u8]) -> Result<Numbers, ReadNpyError> {
    let array = ArrayD::<Real<F>>::read_npy(bytes)?;
    let values = array.iter().map(|real| real.value).collect();
    Ok(Numbers { shape: array.shape().to_vec(), values, kind: F::KIND })
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

fn write<T: WritableElement>(writer: impl Write, columns: usize, values: &[T]) -> io::Result<()> {
    let rows = values.len().checked_div(columns).unwrap_or(0);
    let table = ArrayView2::from_shape((rows, columns), values).expect("complete rows");
    table.write_npy(writer).map_err(io::Error::other)
}

/// How many bytes a number has, and what its value is; the lowest byte comes first, and zeros fill up to eight.
type Format = (usize, fn([u8; 8]) -> f64);

/// The types of a [`Kind`].
trait Family {
    const KIND: Kind;

    /// The type of this name, as NumPy has it behind the byte order.
    fn of(name: &str) -> Option<Format>;
}

struct Double;

impl Family for Double {
    const KIND: Kind = Kind::Double;

    fn of(name: &str) -> Option<Format> {
        (name == "f8").then_some((8, f64::from_le_bytes))
    }
}

struct Single;

impl Family for Single {
    const KIND: Kind = Kind::Single;

    fn of(name: &str) -> Option<Format> {
        (name == "f4").then_some((4, |b| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))))
    }
}

struct Integer;

impl Family for Integer {
    const KIND: Kind = Kind::Integer;

    fn of(name: &str) -> Option<Format> {
        Some(match name {
            "i1" => (1, |b| f64::from(i8::from_le_bytes([b[0]]))),
            "i2" => (2, |b| f64::from(i16::from_le_bytes([b[0], b[1]]))),
            "i4" => (4, |b| f64::from(i32::from_le_bytes([b[0], b[1], b[2], b[3]]))),
            "i8" => (8, |b| i64::from_le_bytes(b) as f64),
            "u1" | "u2" | "u4" | "u8" => {
                (usize::from(name.as_bytes()[1] - b'0'), |b| u64::from_le_bytes(b) as f64)
            }
            _ => return None,
        })
    }
}

/// A number of a family of types. Its bytes are read before memory for it is asked for, so a wrong
/// header cannot ask for more than the file has.
struct Real<F> {
    value: f64,
    family: PhantomData<F>,
}

impl<F: Family> ReadableElement for Real<F> {
    fn read_to_end_exact_vec<R: Read>(
        mut reader: R,
        descriptor: &Value,
        count: usize,
    ) -> Result<Vec<Self>, ReadDataError> {
        let unknown = || ReadDataError::WrongDescriptor(descriptor.clone());
        let Value::String(kind) = descriptor else { return Err(unknown()) };
        let (order, kind) = kind.split_at_checked(1).ok_or_else(unknown)?;
        let (width, number) = F::of(kind).ok_or_else(unknown)?;
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes)?;
        let needed = count.saturating_mul(width);
        if bytes.len() < needed {
            return Err(ReadDataError::MissingData);
        }
        if bytes.len() > needed {
            return Err(ReadDataError::ExtraBytes(bytes.len() - needed));
        }
        let little_endian = |chunk: &[u8]| {
            let mut value = [0; 8];
            value[..width].copy_from_slice(chunk);
            if order == ">" {
                value[..width].reverse();
            }
            value
        };
        let real = |chunk| Self { value: number(little_endian(chunk)), family: PhantomData };
        Ok(bytes.chunks_exact(width).map(real).collect())
    }
}
