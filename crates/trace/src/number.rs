//! Numbers as text.

use std::fmt;

/// Prints the shortest decimal that reads back as the same `f64`, with an exponent where plain
/// digits would be mostly zeros.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number(pub f64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.abs();
        if size == 0.0 || (1e-4..1e16).contains(&size) {
            fmt::Display::fmt(&self.0, f)
        } else {
            fmt::LowerExp::fmt(&self.0, f)
        }
    }
}
