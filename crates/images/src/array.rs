//! An array of NumPy as grey images.

use memspike_idx::{Idx, MAX_ENTRIES};
use memspike_npy::{Array, Kind, NpyError};

/// What is wrong with an array of images. All count from 0.
#[derive(Debug, thiserror::Error)]
pub enum ArrayError {
    /// It is no array of numbers.
    #[error(transparent)]
    Npy(#[from] NpyError),
    /// An array of another shape.
    #[error(
        "its shape is {shape:?}; grey images are (images, rows, columns) or (images, pixels): take one channel, or reshape it"
    )]
    Shape {
        /// Length of each axis.
        shape: Vec<usize>,
    },
    /// It has more pixels than are read.
    #[error("it has more than the {MAX_ENTRIES} pixels that are read")]
    TooLarge,
    /// A pixel that is no grey level.
    #[error("pixel {pixel} of image {image} is {value}; {rule}")]
    Pixel {
        /// The image.
        image: usize,
        /// Its pixel, row by row.
        pixel: usize,
        /// The number.
        value: f64,
        /// What it must be.
        rule: &'static str,
    },
}

/// The images of a `.npy` file: (images, rows, columns) or (images, pixels), whole numbers from 0 to 255 or fractions from 0 to 1, which
/// become the nearest of 256 levels. Axes of length 1 behind the first are channels; pixels in one row are those of a square
/// if they can be.
///
/// # Errors
/// [`ArrayError`].
pub fn of_array(bytes: &[u8]) -> Result<Idx, ArrayError> {
    let array = Array::read(bytes)?;
    let wrong = || ArrayError::Shape { shape: array.shape().to_vec() };
    let (&count, sides) = array.shape().split_first().ok_or_else(wrong)?;
    let long: Vec<usize> = sides.iter().copied().filter(|length| *length != 1).collect();
    let [rows, columns] = match (sides, &long[..]) {
        (&[rows, columns], _) | (_, &[rows, columns]) => [rows, columns],
        (_, &[pixels]) => square(pixels),
        ([_, ..], []) => [1, 1],
        _ => return Err(wrong()),
    };
    let pixels = (rows * columns).max(1);
    let mut entries = Vec::new();
    for value in array.values() {
        let place = entries.len();
        if place as u64 == MAX_ENTRIES {
            return Err(ArrayError::TooLarge);
        }
        let level = level(array.kind(), value).map_err(|rule| {
            let (image, pixel) = (place / pixels, place % pixels);
            ArrayError::Pixel { image, pixel, value, rule }
        })?;
        entries.push(level);
    }
    Ok(Idx { lengths: vec![count, rows, columns], entries })
}

/// A pixel's grey level, or what it must be.
fn level(kind: Kind, value: f64) -> Result<u8, &'static str> {
    match kind {
        Kind::Integer if (0.0..=255.0).contains(&value) => Ok(value as u8),
        Kind::Integer => Err("whole numbers are 0 to 255"),
        _ if (0.0..=1.0).contains(&value) => Ok((255.0 * value).round() as u8),
        _ => Err("fractions are 0 to 1: divide by what white has, such as 255"),
    }
}

/// Rows and columns of an image whose pixels stand in one row: those of a square, if they make one.
fn square(pixels: usize) -> [usize; 2] {
    let side = pixels.isqrt();
    if side * side == pixels { [side, side] } else { [1, pixels] }
}
