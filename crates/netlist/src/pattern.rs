//! Patterns of names: `*` stands for any characters, `?` for one.

/// Whether a name is a pattern.
pub(crate) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether a pattern fits the whole of a name. The work grows with the product of their lengths at
/// most: only the last `*` is ever tried again.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut p, mut n) = (0, 0);
    // Behind the last star, and where in the name it ends for now.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                p += 1;
                star = Some((p, n));
            }
            Some(b'?') => (p, n) = (p + 1, n + 1),
            Some(letter) if *letter == name[n] => (p, n) = (p + 1, n + 1),
            _ => {
                let Some((behind, end)) = star else { return false };
                star = Some((behind, end + 1));
                (p, n) = (behind, end + 1);
            }
        }
    }
    pattern[p..].iter().all(|letter| *letter == b'*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::fits;

    #[test]
    fn stars_and_question_marks_fit_what_they_stand_for() {
        for (pattern, name) in [
            ("*", ""),
            ("*", "abc"),
            ("a*c", "ac"),
            ("a*c", "abcbc"),
            ("x?.n1", "x1.n1"),
            ("**", "a"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("", "a"), ("?", ""), ("a*c", "acb"), ("a?c", "ac"), ("a", "ab")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }

    /// The definition, in exponential time.
    fn by_definition(pattern: &[u8], name: &[u8]) -> bool {
        match pattern.split_first() {
            None => name.is_empty(),
            Some((b'*', rest)) => (0..=name.len()).any(|at| by_definition(rest, &name[at..])),
            Some((first, rest)) => name.split_first().is_some_and(|(n, more)| {
                (*first == b'?' || first == n) && by_definition(rest, more)
            }),
        }
    }

    proptest! {
        #[test]
        fn a_pattern_fits_by_its_definition(pattern in "[ab*?]{0,7}", name in "[ab]{0,8}") {
            let expected = by_definition(pattern.as_bytes(), name.as_bytes());
            prop_assert_eq!(fits(&pattern, &name), expected);
        }
    }
}
