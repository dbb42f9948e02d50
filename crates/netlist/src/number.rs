//! SPICE numbers: `47n`, `1meg`, `10kohm`.

use crate::code::Code;
use crate::typing::sign;

/// A number and what the reader should be warned of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number {
    pub(crate) value: f64,
    pub(crate) warning: Option<(Code, &'static str, &'static str)>,
}

/// Why text is no number: code, cause, remedy.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}; {help}")]
pub struct NumberError {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// Reads a number as decks write it, such as `10u` or `1meg`, outside of a deck.
///
/// # Errors
/// What is an error in a deck, and also what is a warning there: `1M` and `1F`.
pub fn parse_number(text: &str) -> Result<f64, NumberError> {
    let typed = |error: NumberError| match sign(text) {
        Some(help) => NumberError { help, ..error },
        None => error,
    };
    let number = parse(text).map_err(typed)?;
    match number.warning {
        None => Ok(number.value),
        Some((code, message, help)) => {
            Err(NumberError { code, message: message.to_owned(), help: help.to_owned() })
        }
    }
}

/// Scale suffixes, longest first where one begins another.
const SUFFIXES: &[(&str, &str)] = &[
    ("meg", "e6"),
    ("mil", "e0"),
    ("t", "e12"),
    ("g", "e9"),
    ("k", "e3"),
    ("m", "e-3"),
    ("u", "e-6"),
    ("\u{b5}", "e-6"),
    ("\u{3bc}", "e-6"),
    ("n", "e-9"),
    ("p", "e-12"),
    ("f", "e-15"),
];

/// A thousandth of an inch (m).
const MIL: f64 = 25.4e-6;

/// Units that may follow; they carry no meaning. Ampere is not among them without a suffix,
/// because HSPICE reads a bare `a` as atto. PSpice writes `5Vdc` and `1mAac`.
const UNITS: &[&str] = &[
    "v", "vdc", "vac", "volt", "volts", "ohm", "ohms", "r", "\u{3c9}", "farad", "farads", "s",
    "sec", "second", "seconds", "hz", "hertz", "h", "henry", "w", "watt", "j", "siemens", "deg",
];

/// Whether text begins as a number does.
pub(crate) fn looks_like_number(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let text = text.strip_prefix('.').unwrap_or(text);
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// Length of the part that [`f64`] itself reads: digits, point, exponent.
pub(crate) fn mantissa_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let mut at = digits(usize::from(text.starts_with(['+', '-'])));
    if bytes.get(at) == Some(&b'.') {
        at = digits(at + 1);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let end = digits(at + 1 + sign);
        if end > at + 1 + sign {
            at = end;
        }
    }
    at
}

/// Reads a whole word as a number.
pub(crate) fn parse(word: &str) -> Result<Number, NumberError> {
    let error = |code, message: String, help: String| Err(NumberError { code, message, help });
    if !looks_like_number(word) {
        return error(
            Code::NotANumber,
            format!("'{}' is not a number", clip(word)),
            "write a number such as 47n or 1meg, or an expression in braces".to_owned(),
        );
    }
    let (mantissa, tail) = word.split_at(mantissa_length(word));
    let lower = tail.to_lowercase();
    if let Some(at) = lower.find(|c: char| c.is_ascii_digit()) {
        return error(
            Code::SuffixInside,
            format!("digits after the suffix in '{}'", clip(word)),
            suffix_last(mantissa, tail, at),
        );
    }
    let (scale, unit) = split_suffix(&lower);
    if scale.is_empty() && unit == "a" {
        return error(
            Code::UnknownSuffix,
            format!(
                "'{}' is read as atto (1e-18) by some simulators and as ampere by people",
                clip(word)
            ),
            format!("write {mantissa} for amperes, or {mantissa}e-18"),
        );
    }
    let unit_known = unit.is_empty()
        || UNITS.contains(&unit)
        || (!scale.is_empty() && matches!(unit, "a" | "amp" | "amps" | "f"))
        || matches!(unit, "amp" | "amps" | "adc" | "aac");
    if !unit_known {
        return error(
            Code::UnknownSuffix,
            format!("'{}' is neither a suffix nor a unit", clip(tail)),
            "suffixes are t g meg k m u n p f mil; a unit such as ohm, V, F, s or Hz may follow"
                .to_owned(),
        );
    }
    let value = scaled(mantissa, scale, lower.starts_with("mil"));
    let digits = mantissa.split(['e', 'E']).next().unwrap_or(mantissa);
    let vanished = value == 0.0 && digits.contains(|c: char| ('1'..='9').contains(&c));
    if !value.is_finite() || vanished {
        return error(
            Code::OutOfRange,
            format!("'{}' is outside of what a number can hold", clip(word)),
            "numbers reach from 1e-307 to 1e307".to_owned(),
        );
    }
    Ok(Number { value, warning: warning(tail) })
}

/// What to write where a digit stands in `tail`, behind a suffix, `at` bytes from its start.
fn suffix_last(mantissa: &str, tail: &str, at: usize) -> String {
    let scale = &tail[..at];
    if scale == "," && !mantissa.contains(['.', 'e', 'E']) {
        return format!("the decimal mark is a point: write {mantissa}.{}", &tail[at..]);
    }
    if at == 0 || !scale.chars().all(char::is_alphabetic) {
        return "a number is digits, one point, an exponent, then a suffix".to_owned();
    }
    if mantissa.contains(['.', 'e', 'E']) {
        return "the suffix comes last".to_owned();
    }
    let digits: String = tail[at..].chars().take_while(char::is_ascii_digit).collect();
    format!("the suffix comes last: write {mantissa}.{digits}{scale}")
}

/// The value of digits with an exponent of their own and that of a suffix, which is joined to it: so 47n is the double
/// nearest to 47e-9. Infinite if no number holds it.
fn scaled(mantissa: &str, scale: &str, is_mil: bool) -> f64 {
    let (digits, exponent) = match mantissa.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i64>().ok()),
        None => (mantissa, Some(0)),
    };
    if scale.is_empty() && exponent == Some(0) {
        return digits.parse().unwrap_or(f64::INFINITY);
    }
    let shift: i64 = scale.trim_start_matches('e').parse().unwrap_or(0);
    let exponent = exponent.and_then(|exponent| exponent.checked_add(shift));
    let value = exponent.and_then(|exponent| format!("{digits}e{exponent}").parse::<f64>().ok());
    value.map_or(f64::INFINITY, |value| if is_mil { value * MIL } else { value })
}

fn split_suffix(lower: &str) -> (&'static str, &str) {
    // A unit by itself is no suffix, although `farad` begins as femto does.
    if UNITS.contains(&lower) {
        return ("", lower);
    }
    SUFFIXES
        .iter()
        .find_map(|(suffix, scale)| lower.strip_prefix(suffix).map(|unit| (*scale, unit)))
        .unwrap_or(("", lower))
}

fn warning(tail: &str) -> Option<(Code, &'static str, &'static str)> {
    let lower = tail.to_lowercase();
    if tail.starts_with('M') && !lower.starts_with("meg") && !lower.starts_with("mil") {
        let help = "write meg for a million, or a small m for a thousandth";
        Some((Code::MegaIsMilli, "M is milli (1e-3) in SPICE, not mega", help))
    } else if tail == "F" {
        let help = "write the number alone for farads, or a small f for femto";
        Some((Code::FaradIsFemto, "F is femto (1e-15) in SPICE, not farad", help))
    } else {
        None
    }
}

/// A word short enough to be quoted in a message.
pub(crate) fn clip(word: &str) -> String {
    const MAX: usize = 40;
    if word.chars().count() <= MAX {
        return word.to_owned();
    }
    word.chars().take(MAX).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(word: &str) -> f64 {
        parse(word).unwrap_or_else(|e| panic!("{word}: {}", e.message)).value
    }
    fn code(word: &str) -> Code {
        parse(word).expect_err(word).code
    }

    #[test]
    fn suffixes_scale_as_the_spice_manual_lists_them() {
        let cases = [
            ("1t", 1e12),
            ("1g", 1e9),
            ("1meg", 1e6),
            ("1k", 1e3),
            ("1m", 1e-3),
            ("1u", 1e-6),
            ("1n", 1e-9),
            ("1p", 1e-12),
            ("1f", 1e-15),
            ("1mil", 25.4e-6),
            ("47n", 47e-9),
            ("4.84K", 4.84e3),
            ("1MEG", 1e6),
            (".5", 0.5),
            ("5.", 5.0),
            ("-1e-3", -1e-3),
            ("+2E3", 2e3),
            ("1e3k", 1e6),
        ];
        for (word, expected) in cases {
            assert_eq!(value(word), expected, "{word}");
        }
    }

    #[test]
    fn unit_letters_after_the_suffix_do_not_count() {
        let cases = [
            ("10kohm", 10e3),
            ("47nF", 47e-9),
            ("1V", 1.0),
            ("5ms", 5e-3),
            ("2mA", 2e-3),
            ("100R", 100.0),
            ("50Hz", 50.0),
            ("1s", 1.0),
            ("3Megohm", 3e6),
            ("1farad", 1.0),
            ("5Vdc", 5.0),
            ("2mVac", 2e-3),
            ("3uAdc", 3e-6),
            ("1.5Adc", 1.5),
        ];
        for (word, expected) in cases {
            assert_eq!(value(word), expected, "{word}");
        }
    }

    #[test]
    fn capital_m_and_f_are_read_as_spice_does_and_warned_of() {
        let mega = parse("1M").unwrap();
        assert_eq!((mega.value, mega.warning.unwrap().0), (1e-3, Code::MegaIsMilli));
        let farad = parse("1F").unwrap();
        assert_eq!((farad.value, farad.warning.unwrap().0), (1e-15, Code::FaradIsFemto));
        for quiet in ["1m", "1f", "1Meg", "1MEG", "47nF", "1mF"] {
            assert_eq!(parse(quiet).unwrap().warning, None, "{quiet}");
        }
    }

    #[test]
    fn what_ngspice_misreads_in_silence_is_an_error() {
        assert_eq!(code("2k2"), Code::SuffixInside);
        assert_eq!(code("1meg5"), Code::SuffixInside);
        assert_eq!(code("1a"), Code::UnknownSuffix);
        assert_eq!(code("1..2"), Code::SuffixInside);
        assert_eq!(code("1e"), Code::UnknownSuffix);
        assert_eq!(code("1x"), Code::UnknownSuffix);
        assert!(parse("2k2").unwrap_err().help.contains("2.2k"));
        assert!(parse("1,5k").unwrap_err().help.ends_with("write 1.5k"));
        assert!(parse_number("\u{2212}1").unwrap_err().help.contains("of the keyboard"));
    }

    #[test]
    fn what_no_double_holds_is_refused() {
        for word in ["1e999", "1e-999", "1e308k", "1e99999999999999999999", "-1e999"] {
            assert_eq!(code(word), Code::OutOfRange, "{word}");
        }
        for word in ["nan", "inf", "", "-", ".", "-.k", "e5", "infinity"] {
            assert_eq!(code(word), Code::NotANumber, "{word}");
        }
    }
}
