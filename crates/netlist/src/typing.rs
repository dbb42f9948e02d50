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

/// What to write instead of a list such as `0,5 1 1,5`: blanks part its values, and commas within some of them part digits.
pub(crate) fn listed_commas(list: &str) -> Option<String> {
    // A comma before a blank parts values as the blank does.
    let words: Vec<&str> = list.split_whitespace().map(|word| word.trim_end_matches(',')).collect();
    let is_whole = |digits: &str| {
        let digits = digits.strip_prefix(['-', '+']).unwrap_or(digits);
        !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
    };
    let is_number = |word: &str| {
        let (whole, part) = word.split_once(',').unwrap_or((word, "0"));
        // A suffix may end either half, a point and a second comma none.
        let suffixed = |digits: &str| {
            let digits = digits.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
        };
        match word.contains(',') {
            true => is_whole(whole) && suffixed(part),
            false => suffixed(whole.strip_prefix(['-', '+']).unwrap_or(whole)),
        }
    };
    let (all, commas) = (words.len(), words.iter().any(|word| word.contains(',')));
    (all > 1 && commas && words.iter().all(|word| is_number(word))).then(|| {
        let words = words.join(" ");
        let (points, plain) = (words.replace(',', "."), words.replace(',', " "));
        format!("write {points} if these are {all} numbers, or {plain}")
    })
}

#[cfg(test)]
mod tests {
    use super::{listed_commas, retype};

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
    fn a_list_of_decimal_commas_is_told_and_a_list_with_commas_is_not() {
        let said = listed_commas("0,5 -0,8k").expect("told");
        assert_eq!(said, "write 0.5 -0.8k if these are 2 numbers, or 0 5 -0 8k");
        let said = listed_commas("0,5, 0,8").expect("told");
        assert_eq!(said, "write 0.5 0.8 if these are 2 numbers, or 0 5 0 8");
        for plain in [
            "0,5",
            "1,2,3 4,5",
            "1, 2, 3",
            "1 2 3k",
            "0.5,1 0.8,2",
            "0,5 1.5",
            "{a},1 {b},2",
            "1,a 2,b",
        ] {
            assert_eq!(listed_commas(plain), None, "{plain}");
        }
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
