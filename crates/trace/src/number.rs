//! Numbers as text.

use std::fmt;
use std::io::{self, Write as _};

/// Prints the shortest decimal that reads back as the same `f64`, with an exponent where plain
/// digits would be mostly zeros.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number(pub f64);

impl Number {
    /// Appends what [`fmt::Display`] writes.
    pub fn append(self, out: &mut Vec<u8>) {
        let size = self.0.abs();
        let mut buffer = zmij::Buffer::new();
        let digits = match size {
            0.0 => "0",
            1e-4..1e16 => {
                let digits = buffer.format_finite(self.0);
                digits.strip_suffix(".0").unwrap_or(digits)
            }
            // From a hundred-thousandth down that writes an exponent, too, as the standard library does.
            _ if size < 1e-5 => buffer.format_finite(self.0),
            // And above it zeros.
            _ if size < 1e-4 => {
                let digits = buffer.format_finite(size);
                let (first, rest) = digits.strip_prefix("0.0000").unwrap_or(digits).split_at(1);
                let sign = if self.0 < 0.0 { "-" } else { "" };
                let point = if rest.is_empty() { "" } else { "." };
                for part in [sign, first, point, rest, "e-5"] {
                    out.extend_from_slice(part.as_bytes());
                }
                return;
            }
            _ => {
                // A vector takes all that is written to it.
                let _ = write!(out, "{self}");
                return;
            }
        };
        out.extend_from_slice(digits.as_bytes());
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.abs();
        if !(1e-4..1e16).contains(&size) {
            return if size == 0.0 { f.write_str("0") } else { fmt::LowerExp::fmt(&self.0, f) };
        }
        // As short as what the standard library writes, and several times as fast.
        let mut digits = zmij::Buffer::new();
        let digits = digits.format_finite(self.0);
        f.write_str(digits.strip_suffix(".0").unwrap_or(digits))
    }
}

/// `value`, or an error that names what is not finite: no reader takes it.
pub(crate) fn finite(value: f64, name: impl FnOnce() -> String) -> io::Result<f64> {
    if value.is_finite() {
        return Ok(value);
    }
    let text = format!("{} left the range of numbers", name());
    Err(io::Error::new(io::ErrorKind::InvalidData, text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn a_number_reads_back_and_is_as_short_as_the_standard_library_writes_it(bits: u64, plain in 1e-4..1e4, small in 1e-6..1e-3, tick: u32) {
            for value in [f64::from_bits(bits), plain, -plain, small, -small, f64::from(tick % 1000) * 1e-8, f64::from(tick), f64::from(tick) / 1e9] {
                let size = value.abs();
                let standard = if size == 0.0 || (1e-4..1e16).contains(&size) {
                    format!("{size}")
                } else {
                    format!("{size:e}")
                };
                let ours = Number(size).to_string();
                // Where two are equally near, either may be written.
                prop_assert_eq!(ours.len(), standard.len(), "{} for {}", ours, standard);
                let read: f64 = ours.parse().unwrap_or(-1.0);
                prop_assert!(read == size || size.is_nan(), "{} for {}", ours, standard);
                let mut appended = Vec::new();
                Number(value).append(&mut appended);
                prop_assert_eq!(String::from_utf8_lossy(&appended), Number(value).to_string());
            }
        }
    }

    #[test]
    fn zero_and_the_ends_of_the_plain_range_are_written_as_the_standard_library_does() {
        for value in [
            0.0,
            1e-5,
            1e-5_f64.next_down(),
            1e-4,
            1e-4_f64.next_down(),
            1.0,
            1e15,
            1e16,
            1e16_f64.next_down(),
        ] {
            let plain = value == 0.0 || (1e-4..1e16).contains(&value);
            let standard = if plain { format!("{value}") } else { format!("{value:e}") };
            assert_eq!(Number(value).to_string(), standard);
            let mut appended = Vec::new();
            Number(value).append(&mut appended);
            assert_eq!(String::from_utf8_lossy(&appended), standard);
        }
        assert_eq!(Number(f64::NAN).to_string(), "NaN");
        assert_eq!(Number(f64::NEG_INFINITY).to_string(), "-inf");
    }
}
