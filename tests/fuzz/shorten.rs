//! A shorter input that fails in the same way.

/// Tries of a failing input; each costs one run of it.
const MAX_TRIES: usize = 2000;

/// Leaves out ever smaller pieces as long as `fails` still holds.
pub(crate) fn shorten(bytes: &[u8], fails: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut short = bytes.to_vec();
    let mut piece = short.len().div_ceil(2);
    let mut tries = 0;
    while piece > 0 && tries < MAX_TRIES {
        let mut at = 0;
        while at < short.len() && tries < MAX_TRIES {
            let mut less = short.clone();
            less.drain(at..(at + piece).min(short.len()));
            tries += 1;
            if fails(&less) {
                short = less;
            } else {
                at += piece;
            }
        }
        piece /= 2;
    }
    short
}

#[test]
fn what_matters_is_left() {
    let fails = |bytes: &[u8]| bytes.contains(&b'x') && bytes.contains(&b'y');
    assert_eq!(shorten(b"abcxdefghyij", fails), b"xy");
    assert_eq!(shorten(b"x", |_| true), b"");
}
