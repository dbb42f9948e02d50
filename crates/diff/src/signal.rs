//! What one signal does.

use serde::Serialize;

/// Zeptoseconds in a second: instants are counted in them, which every unit of VCD, FST and raw files is a multiple of.
pub const ZEPTOSECONDS: f64 = 1e21;

/// What a signal holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Numbers.
    Real,
    /// Bits, so many.
    Bits(u32),
    /// Words, of a string; also of an event, whose word is always the same.
    Words,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Real => f.write_str("a real"),
            Self::Bits(1) => f.write_str("1 bit"),
            Self::Bits(width) => write!(f, "{width} bits"),
            Self::Words => f.write_str("a string"),
        }
    }
}

/// The values of a signal, each with the instant (zs) from which on it holds; instants do not decrease.
#[derive(Debug, Clone, PartialEq)]
pub enum Signal {
    /// Numbers.
    Reals(Vec<(i128, f64)>),
    /// Bits (`0`, `1`, `x`, `z` and others, most significant first) or words.
    Texts(Vec<(i128, String)>),
}
