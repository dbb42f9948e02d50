//! Arrays as the network crate takes them. The package has made them contiguous and of one of these types.

use memspike_network::Values;
use memspike_time::{FS, ticks};
use numpy::{PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// Longest delay (s), as the network crate has it.
const LONGEST_S: f64 = memspike_network::LONGEST_DELAY as f64 / FS;

/// Numbers in single or double precision, as they are.
pub fn values(array: &Bound<'_, PyAny>) -> PyResult<Values> {
    if let Ok(single) = array.extract::<PyReadonlyArray1<'_, f32>>() {
        return Ok(Values::from(single.as_slice()?.to_vec()));
    }
    let double: PyReadonlyArray1<'_, f64> = array.extract().map_err(|_| unfit())?;
    Ok(Values::from(double.as_slice()?.to_vec()))
}

/// Numbers in double precision.
pub fn doubles(array: &Bound<'_, PyAny>) -> PyResult<Vec<f64>> {
    let double: PyReadonlyArray1<'_, f64> = array.extract().map_err(|_| unfit())?;
    Ok(double.as_slice()?.to_vec())
}

fn unfit() -> PyErr {
    PyTypeError::new_err("an array of one axis of float64 or float32 is needed")
}

/// Delays (s) in whole femtoseconds.
pub fn delays(array: &Bound<'_, PyAny>) -> PyResult<Vec<u64>> {
    let array: PyReadonlyArray1<'_, f64> = array.extract().map_err(|_| unfit())?;
    let seconds = array.as_slice()?;
    seconds.iter().enumerate().map(|(at, s)| delay(*s, Some(at))).collect()
}

/// A delay (s) in whole femtoseconds; `at` is its place in a list.
pub fn delay(s: f64, at: Option<usize>) -> PyResult<u64> {
    if (0.0..=LONGEST_S).contains(&s) {
        return Ok(ticks(s));
    }
    let at = at.map_or_else(String::new, |at| format!(" number {at}"));
    Err(PyValueError::new_err(format!("delay{at} is {s} s: it must be from 0 to {LONGEST_S} s")))
}

/// Connections given as a list, put in the order of their sources; those of one source stay in the order in which they stand.
pub struct Sorted {
    /// Where the connections of each source begin, and where the last ones end.
    pub starts: Vec<usize>,
    /// Of each connection in the new order its place in the list.
    places: Vec<usize>,
}

impl Sorted {
    /// Sources are below `count`.
    pub fn new(sources: &[u32], count: usize) -> Self {
        let mut starts = vec![0; count + 1];
        for source in sources {
            starts[*source as usize + 1] += 1;
        }
        for at in 0..count {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut places = vec![0; sources.len()];
        for (at, source) in sources.iter().enumerate() {
            let place = &mut next[*source as usize];
            places[*place] = at;
            *place += 1;
        }
        Self { starts, places }
    }

    /// The entries of a list in the new order.
    pub fn take<T: Copy>(&self, list: &[T]) -> Vec<T> {
        self.places.iter().map(|at| list[*at]).collect()
    }

    /// Numbers in the new order.
    pub fn take_values(&self, values: &Values) -> Values {
        match values {
            Values::Single(list) => self.take(list).into(),
            Values::Double(list) => self.take(list).into(),
        }
    }
}

/// An array of one axis, copied.
pub fn indices(array: &PyReadonlyArray1<'_, u32>) -> PyResult<Vec<u32>> {
    let mut list = Vec::with_capacity(array.len());
    list.extend_from_slice(array.as_slice()?);
    Ok(list)
}
