//! Parameters of a card: fixed ones, and free ones on the scale on which they are searched.

/// A free parameter. The search sees its coordinate in `[0, 1]`, logarithmic in the value if the
/// lower bound is above zero and linear otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Free {
    /// Where the search starts.
    pub start: f64,
    /// Least value.
    pub min: f64,
    /// Greatest value, above the least.
    pub max: f64,
}

/// What the measurement file says of a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Setting {
    /// It keeps this value.
    Fixed(f64),
    /// It is fitted.
    Free(Free),
}

/// One parameter of the card, in the order of the model's list.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name in the deck.
    pub name: &'static str,
    /// Its unit; empty if it has none.
    pub unit: &'static str,
    /// What it means, in one sentence.
    pub doc: &'static str,
    /// Fixed or free.
    pub setting: Setting,
    /// Where it comes from, if the file says so.
    pub note: Option<String>,
    /// Whether the file names it; otherwise it has the model's default.
    pub named: bool,
}

impl Free {
    fn is_logarithmic(&self) -> bool {
        self.min > 0.0
    }

    /// The value at a coordinate.
    #[must_use]
    pub fn value(&self, coordinate: f64) -> f64 {
        let value = if self.is_logarithmic() {
            self.min * (self.max / self.min).powf(coordinate)
        } else {
            self.min + (self.max - self.min) * coordinate
        };
        value.clamp(self.min, self.max)
    }

    /// The coordinate of a value within the bounds.
    #[must_use]
    pub fn coordinate(&self, value: f64) -> f64 {
        if self.is_logarithmic() {
            (value / self.min).ln() / (self.max / self.min).ln()
        } else {
            (value - self.min) / (self.max - self.min)
        }
    }

    /// Derivative of the value by the coordinate.
    #[must_use]
    pub fn slope(&self, coordinate: f64) -> f64 {
        if self.is_logarithmic() {
            self.value(coordinate) * (self.max / self.min).ln()
        } else {
            self.max - self.min
        }
    }
}
