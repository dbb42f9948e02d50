//! Levels of a net, and how long it takes to reach them.

use memspike_device::{Parameter, ParameterError};
use memspike_time::ticks;

/// What a net is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Level {
    /// Low.
    Zero,
    /// High.
    One,
    /// Either of them, nobody knows which.
    #[default]
    Unknown,
    /// Driven by nothing (z). Only Verilog makes it and reads it; to every other block it is unknown.
    Floating,
}

impl Level {
    /// The level of a truth value.
    #[must_use]
    pub fn of(high: bool) -> Self {
        if high { Self::One } else { Self::Zero }
    }

    /// Whether it is high; nothing if that is not known.
    #[must_use]
    pub fn known(self) -> Option<bool> {
        match self {
            Self::Zero => Some(false),
            Self::One => Some(true),
            Self::Unknown | Self::Floating => None,
        }
    }

    /// The opposite level.
    #[must_use]
    pub fn inverted(self) -> Self {
        self.known().map_or(Self::Unknown, |high| Self::of(!high))
    }

    /// The opposite level, if asked for.
    #[must_use]
    pub fn inverted_if(self, inverted: bool) -> Self {
        if inverted { self.inverted() } else { self }
    }

    /// Both are high.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Zero, _) | (_, Self::Zero) => Self::Zero,
            (Self::One, Self::One) => Self::One,
            _ => Self::Unknown,
        }
    }

    /// One of them is high.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.inverted().and(other.inverted()).inverted()
    }

    /// They differ.
    #[must_use]
    pub fn xor(self, other: Self) -> Self {
        match (self.known(), other.known()) {
            (Some(one), Some(other)) => Self::of(one != other),
            _ => Self::Unknown,
        }
    }

    /// As blocks read it that know no floating nets: these are unknown.
    #[must_use]
    pub fn driven(self) -> Self {
        self.known().map_or(Self::Unknown, Self::of)
    }

    /// `0`, `1`, `x` or `z`.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Zero => '0',
            Self::One => '1',
            Self::Unknown => 'x',
            Self::Floating => 'z',
        }
    }
}

/// How long outputs take to rise and to fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delays {
    /// To one (fs).
    pub rise_fs: u64,
    /// To zero (fs).
    pub fall_fs: u64,
}

impl Delays {
    /// So long either way (fs).
    #[must_use]
    pub fn each(fs: u64) -> Self {
        Self { rise_fs: fs, fall_fs: fs }
    }

    /// How long it takes from one level to another (fs). To what is unknown a level goes as it would to the opposite one.
    #[must_use]
    pub fn of(self, from: Level, to: Level) -> u64 {
        match (from, to) {
            (_, Level::One) | (Level::Zero, Level::Unknown | Level::Floating) => self.rise_fs,
            _ => self.fall_fs,
        }
    }

    /// Both of them so much longer (fs).
    #[must_use]
    pub fn after(self, fs: u64) -> Self {
        let longer = |delay: u64| delay.saturating_add(fs);
        Self { rise_fs: longer(self.rise_fs), fall_fs: longer(self.fall_fs) }
    }

    /// Those of the opposite level.
    #[must_use]
    pub fn exchanged(self) -> Self {
        Self { rise_fs: self.fall_fs, fall_fs: self.rise_fs }
    }

    /// The shorter of both (fs).
    #[must_use]
    pub fn least(self) -> u64 {
        self.rise_fs.min(self.fall_fs)
    }

    pub(crate) fn of_values(rise_s: f64, fall_s: f64) -> Result<Self, ParameterError> {
        let rise_fs = delay("rise_delay", rise_s)?;
        Ok(Self { rise_fs, fall_fs: delay("fall_delay", fall_s)? })
    }
}

/// What XSPICE has where a card is silent (s).
pub(crate) const DELAY_S: f64 = 1e-9;

pub(crate) const RISE_DELAY: Parameter =
    Parameter::new("rise_delay", "s", DELAY_S, "from a change to an output that is one");
pub(crate) const FALL_DELAY: Parameter =
    Parameter::new("fall_delay", "s", DELAY_S, "from a change to an output that is zero");
pub(crate) const INPUT_LOAD: Parameter = load("input_load");

/// A capacitance that XSPICE has, and that changes nothing there or here.
pub(crate) const fn load(name: &'static str) -> Parameter {
    Parameter::new(name, "F", 1e-12, "read without effect, as in XSPICE")
}

/// A delay in whole femtoseconds.
pub(crate) fn delay(parameter: &'static str, s: f64) -> Result<u64, ParameterError> {
    if s >= 0.0 && s.is_finite() {
        return Ok(ticks(s));
    }
    let reason = "must not be negative".to_owned();
    Err(ParameterError { parameter, value: s, reason })
}

/// A level that a card gives as 0, 1, or 2 for unknown.
pub(crate) fn level(parameter: &'static str, value: f64) -> Result<Level, ParameterError> {
    match value {
        0.0 => Ok(Level::Zero),
        1.0 => Ok(Level::One),
        2.0 => Ok(Level::Unknown),
        _ => {
            let reason = "must be 0, 1, or 2 for unknown".to_owned();
            Err(ParameterError { parameter, value, reason })
        }
    }
}

/// A whole number of at least so much.
pub(crate) fn whole(
    parameter: &'static str,
    value: f64,
    least: u64,
) -> Result<u64, ParameterError> {
    if value.fract() == 0.0 && value >= least as f64 && value <= 1e15 {
        return Ok(value as u64);
    }
    let reason = format!("must be a whole number from {least} to 1e15");
    Err(ParameterError { parameter, value, reason })
}

#[cfg(test)]
mod tests {
    use super::Level::{Floating, One, Unknown, Zero};
    use super::*;

    /// What is said of an unknown level holds whichever of both it is.
    #[test]
    fn an_operation_on_what_is_unknown_says_what_both_levels_would_give() {
        let either = |level| match level {
            Unknown | Floating => vec![Zero, One],
            known => vec![known],
        };
        let operations: [fn(Level, Level) -> Level; 3] = [Level::and, Level::or, Level::xor];
        for operation in operations {
            for a in [Zero, One, Unknown, Floating] {
                for b in [Zero, One, Unknown, Floating] {
                    let mut all: Vec<Level> = either(a)
                        .into_iter()
                        .flat_map(|a| either(b).into_iter().map(move |b| operation(a, b)))
                        .collect();
                    all.sort();
                    all.dedup();
                    let expected = if let [one] = all[..] { one } else { Unknown };
                    assert_eq!(operation(a, b), expected, "{a:?} {b:?}");
                }
            }
        }
    }

    #[test]
    fn two_levels_behave_as_truth_values() {
        for a in [false, true] {
            for b in [false, true] {
                let (x, y) = (Level::of(a), Level::of(b));
                assert_eq!(x.and(y), Level::of(a && b));
                assert_eq!(x.or(y), Level::of(a || b));
                assert_eq!(x.xor(y), Level::of(a != b));
                assert_eq!(x.inverted_if(b), Level::of(a != b));
            }
        }
    }
}
