//! What is to be drawn of a run or a file, whatever it came from.

use memspike_report::exact;

use crate::failure::Failure;
use crate::tell;

/// Curves that are drawn if nobody names any.
pub const MOST_UNNAMED: usize = 24;

/// Curves that are drawn at all.
pub const MOST: usize = 96;

/// What a curve shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// A voltage (V).
    Voltage,
    /// A current (A).
    Current,
    /// A number without a unit.
    Number,
    /// A bit: 0 or 1.
    Level,
}

impl Quantity {
    /// Its name, and the symbol of its unit.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Voltage => ("voltage", "V"),
            Self::Current => ("current", "A"),
            Self::Number => ("value", ""),
            Self::Level => ("level", ""),
        }
    }
}

/// A signal over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Its name.
    pub name: String,
    /// What it shows.
    pub quantity: Quantity,
    /// Instants (s) in order with values, on straight lines; what is no number is a gap.
    pub points: Vec<(f64, f64)>,
}

/// The spikes of a device.
#[derive(Debug, Clone, PartialEq)]
pub struct Train {
    /// The device.
    pub name: String,
    /// When it spikes (s), in order.
    pub at_s: Vec<f64>,
}

/// Curves and spikes over one interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// What all of it is.
    pub title: String,
    /// The interval (s).
    pub interval_s: [f64; 2],
    /// The curves.
    pub curves: Vec<Curve>,
    /// The spikes.
    pub trains: Vec<Train>,
}

impl Scene {
    /// What is in it, for people.
    pub fn said(&self) -> String {
        let spikes: usize = self.trains.iter().map(|train| train.at_s.len()).sum();
        let [from_s, until_s] = self.interval_s;
        format!(
            "{} and {} of {}, from {} to {}",
            count(self.curves.len(), "curve"),
            count(spikes, "spike"),
            count(self.trains.len(), "device"),
            exact(from_s, "s"),
            exact(until_s, "s")
        )
    }
}

/// So many of something.
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// How many of so many curves are drawn: all that somebody named, unless they are too many for a picture; otherwise the first, which is
/// said.
pub fn drawn(all: usize, named: bool) -> Result<usize, Failure> {
    if named && all > MOST {
        return Err(Failure::Input(format!(
            "error: these are {all} curves, and a picture has at most {MOST}: name fewer"
        )));
    }
    if !named && all > MOST_UNNAMED {
        tell(&format!(
            "warning: the first {MOST_UNNAMED} of {all} curves are drawn: name those that you want\n"
        ));
        return Ok(MOST_UNNAMED);
    }
    Ok(all)
}
