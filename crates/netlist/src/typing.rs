//! Numbers and signs as word processors and other languages write them, told where they end in an error.

use std::ops::Range;

/// Signs that look like those of a keyboard, and these.
const SIGNS: &[(char, char)] = &[
    ('\u{2212}', '-'),
    ('\u{2010}', '-'),
    ('\u{2011}', '-'),
    ('\u{2013}', '-'),
    ('\u{2014}', '-'),
    ('\u{201c}', '"'),
    ('\u{201d}', '"'),
    ('\u{201e}', '"'),
    ('\u{2018}', '\''),
    ('\u{2019}', '\''),
    ('\u{d7}', '*'),
    ('\u{b7}', '*'),
];

/// What to type instead, if the place of an error in a line shows a decimal comma or a sign of typography.
pub(crate) fn retype(line: &str, place: Range<usize>) -> Option<String> {
    let (before, marked) = (line.get(..place.start)?, line.get(place)?);
    sign(marked).or_else(|| decimal_comma(before, marked))
}

/// The sign to be replaced in a word.
pub(crate) fn sign(word: &str) -> Option<String> {
    let found = word.chars().find_map(|c| SIGNS.iter().find(|(sign, _)| *sign == c));
    found.map(|(sign, plain)| format!("'{sign}' is not the {plain} of the keyboard: write that"))
}

/// Digits after a comma after digits: commas separate words, so the error stands at the second half of a number.
fn decimal_comma(before: &str, marked: &str) -> Option<String> {
    let before = before.strip_suffix(',')?;
    let is_digit = |c: char| c.is_ascii_digit();
    let head = before.len() - before.trim_end_matches(is_digit).len();
    let tail = marked.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    (head > 0 && tail.starts_with(is_digit)).then(|| {
        let head = &before[before.len() - head..];
        format!("a comma separates words: if this is one number, write {head}.{tail}")
    })
}

#[cfg(test)]
mod tests {
    use super::retype;

    fn told(line: &str, marked: &str) -> Option<String> {
        let at = line.rfind(marked).expect("it is there");
        retype(line, at..at + marked.len())
    }

    #[test]
    fn a_decimal_comma_is_told_with_the_number_that_is_meant() {
        let said = told("C1 a 0 4,7n", "7n").expect("told");
        assert!(said.ends_with("write 4.7n"), "{said}");
        assert_eq!(told("C1 a 0 4, 7n", "7n"), None, "a space makes it a list");
        assert_eq!(told("V1 a 0 PULSE(a,7n)", "7n"), None);
        assert_eq!(told("C1 a,b", "b"), None);
    }

    #[test]
    fn a_sign_of_typography_is_told_with_that_of_the_keyboard() {
        for (line, marked, plain) in [
            ("V1 a 0 \u{2212}1", "\u{2212}1", "the - of"),
            ("x=\u{201c}a\u{201d}", "\u{201c}a", "the \" of"),
        ] {
            let said = told(line, marked).expect("told");
            assert!(said.contains(plain), "{said}");
        }
        assert_eq!(told("V1 a 0 -1", "-1"), None);
    }
}
