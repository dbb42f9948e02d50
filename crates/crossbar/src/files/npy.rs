//! Weights as NumPy's arrays.

use std::io::{self, Read, Write};

use nalgebra::DMatrix;
use ndarray::{Array2, ShapeBuilder as _};
use ndarray_npy::{
    ReadDataError, ReadNpyError, ReadNpyExt as _, ReadableElement, WriteNpyExt as _,
};
use py_literal::Value;

use super::FileReason;

pub(super) fn read(bytes: &[u8]) -> Result<DMatrix<f64>, FileReason> {
    let array = Array2::<Real>::read_npy(bytes).map_err(|error| {
        FileReason::Content(match error {
            ReadNpyError::WrongNdim(_, axes) => {
                format!("it has {axes} axes; weights have two, rows and columns")
            }
            ReadNpyError::WrongDescriptor(kind) => {
                format!("its type {kind} is no real number; save it as float64 or float32")
            }
            ReadNpyError::MissingData => "it ends before its last value".to_owned(),
            // Reading from memory: the bytes ran out.
            ReadNpyError::Io(_) => "is no .npy file: it ends within its header".to_owned(),
            other => format!("is no .npy file: {other}"),
        })
    })?;
    Ok(DMatrix::from_row_iterator(array.nrows(), array.ncols(), array.iter().map(|real| real.0)))
}

pub(super) fn write(writer: impl Write, weights: &DMatrix<f64>) -> io::Result<()> {
    // nalgebra keeps columns together, NumPy expects rows.
    let by_columns = Array2::from_shape_vec(weights.shape().f(), weights.as_slice().to_vec())
        .expect("a matrix has as many values as its shape says");
    by_columns.as_standard_layout().write_npy(writer).map_err(io::Error::other)
}

/// A number of any real type. Its bytes are read before memory for it is asked for, so a wrong
/// header cannot ask for more than the file has.
struct Real(f64);

impl ReadableElement for Real {
    fn read_to_end_exact_vec<R: Read>(
        mut reader: R,
        descriptor: &Value,
        count: usize,
    ) -> Result<Vec<Self>, ReadDataError> {
        let unknown = || ReadDataError::WrongDescriptor(descriptor.clone());
        let Value::String(kind) = descriptor else { return Err(unknown()) };
        let (order, kind) = kind.split_at_checked(1).ok_or_else(unknown)?;
        let (width, number): (usize, fn([u8; 8]) -> f64) = match kind {
            "f8" => (8, f64::from_le_bytes),
            "f4" => (4, |b| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))),
            "i1" => (1, |b| f64::from(i8::from_le_bytes([b[0]]))),
            "i2" => (2, |b| f64::from(i16::from_le_bytes([b[0], b[1]]))),
            "i4" => (4, |b| f64::from(i32::from_le_bytes([b[0], b[1], b[2], b[3]]))),
            "i8" => (8, |b| i64::from_le_bytes(b) as f64),
            "u1" => (1, |b| f64::from(b[0])),
            _ => return Err(unknown()),
        };
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
        Ok(bytes.chunks_exact(width).map(|chunk| Self(number(little_endian(chunk)))).collect())
    }
}
