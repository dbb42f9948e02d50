//! Numbers of nodes.

use memspike_npy::Values;

/// Numbers of any number of dimensions, the last one fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    shape: Vec<usize>,
    numbers: Numbers,
}

/// Numbers in the precision in which they are stored.
#[derive(Debug, Clone, PartialEq)]
pub enum Numbers {
    /// float32 or float64.
    Real(Values),
    /// Whole numbers.
    Whole(Vec<i64>),
}

impl Array {
    /// Numbers of this shape; nothing if there are not as many.
    #[must_use]
    pub fn new(shape: Vec<usize>, numbers: Numbers) -> Option<Self> {
        let needed = shape.iter().try_fold(1_usize, |product, each| product.checked_mul(*each))?;
        let array = Self { shape, numbers };
        (array.len() == needed).then_some(array)
    }

    /// A row of numbers.
    #[must_use]
    pub fn row(values: impl Into<Values>) -> Self {
        let values = values.into();
        Self { shape: vec![values.len()], numbers: Numbers::Real(values) }
    }

    /// The shape of something, as NIR has it.
    #[must_use]
    pub fn of_shape(shape: &[usize]) -> Self {
        let numbers = Numbers::Whole(shape.iter().map(|each| *each as i64).collect());
        Self { shape: vec![shape.len()], numbers }
    }

    /// Its dimensions; none for a number alone.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Its numbers.
    #[must_use]
    pub const fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// How many numbers it has.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.numbers {
            Numbers::Real(values) => values.len(),
            Numbers::Whole(values) => values.len(),
        }
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number at a place, the last dimension fastest.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn get(&self, at: usize) -> f64 {
        match &self.numbers {
            Numbers::Real(values) => values.get(at),
            Numbers::Whole(values) => values[at] as f64,
        }
    }

    /// Number `at` of as many as are asked for: that of an array with one number is the same for all.
    #[must_use]
    pub(crate) fn spread(&self, at: usize) -> f64 {
        self.get(if self.len() == 1 { 0 } else { at })
    }

    /// The first number that is not finite, with its place.
    #[must_use]
    pub fn not_finite(&self) -> Option<(usize, f64)> {
        (0..self.len()).map(|at| (at, self.get(at))).find(|(_, value)| !value.is_finite())
    }

    /// All numbers, if each of them is a whole one from `least` on that a size can be.
    #[must_use]
    pub(crate) fn sizes(&self, least: usize) -> Option<Vec<usize>> {
        let size = |at| {
            let value = self.get(at);
            let whole = value.fract() == 0.0 && (0.0..=MOST).contains(&value);
            whole.then_some(value as usize).filter(|size| *size >= least)
        };
        (0..self.len()).map(size).collect()
    }
}

/// The largest size that is believed.
const MOST: f64 = (1_u64 << 31) as f64;
