//! Arrays of any number of axes.

use crate::header::Header;
use crate::{Kind, NpyError, Type};

/// An array of real numbers, in the bytes of its file.
#[derive(Debug)]
pub struct Array<'b> {
    shape: Vec<usize>,
    fortran_order: bool,
    type_: Type,
    data: &'b [u8],
}

impl<'b> Array<'b> {
    /// Reads a whole `.npy` file. Nothing is copied; its numbers are there and no more.
    ///
    /// # Errors
    /// [`NpyError`].
    pub fn read(bytes: &'b [u8]) -> Result<Self, NpyError> {
        let header = Header::read(bytes)?;
        Self::of(bytes, &header)
    }

    /// The array behind a header.
    pub(crate) fn of(bytes: &'b [u8], header: &Header) -> Result<Self, NpyError> {
        let type_ = Type::named(&header.descr)?;
        let data = &bytes[header.length..];
        let product = header.shape.iter().try_fold(type_.width, |n, axis| n.checked_mul(*axis));
        let needed = product.ok_or_else(|| {
            NpyError::Format("the number of its bytes by its shape would overflow".to_owned())
        })?;
        match data.len().checked_sub(needed) {
            None => return Err(NpyError::Short),
            Some(0) => {}
            Some(extra) => {
                let bytes = if extra == 1 { "byte" } else { "bytes" };
                let message = format!("{extra} extra {bytes} behind its last value");
                return Err(NpyError::Format(message));
            }
        }
        Ok(Self { shape: header.shape.clone(), fortran_order: header.fortran_order, type_, data })
    }

    /// Length of each axis, the slowest first.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// What its numbers are in the file.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.type_.kind
    }

    /// All numbers, the last axis fastest, whatever their order in the file.
    pub fn values(&self) -> impl Iterator<Item = f64> + '_ {
        let count = self.data.len() / self.type_.width;
        (0..count).map(|at| self.value(if self.fortran_order { self.place(at) } else { at }))
    }

    /// Where a number stands in a file whose first axis is the fastest one.
    fn place(&self, mut at: usize) -> usize {
        // The product of all lengths fits, as that of all bytes does.
        let mut step: usize = self.shape.iter().product();
        let mut place = 0;
        for length in self.shape.iter().rev() {
            step /= length;
            place += at % length * step;
            at /= length;
        }
        place
    }

    fn value(&self, place: usize) -> f64 {
        let width = self.type_.width();
        self.type_.value(&self.data[place * width..][..width])
    }
}
