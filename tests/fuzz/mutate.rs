//! Damage to an input, the same for all targets.

use std::ops::Range;

use crate::{
    corpus::{Corpus, Input},
    random::Random,
};

/// No input grows beyond this (bytes), so that memory and time of a case are bounded.
const MAX_BYTES: usize = 1 << 16;

/// Numbers at the ends of what types hold, and things that are almost numbers.
const EDGES: &[&str] = &[
    "0",
    "-0",
    "-1",
    "1",
    "2",
    "0.5",
    "1e308",
    "-1e308",
    "1e-308",
    "1e-320",
    "1e309",
    "1e-400",
    "nan",
    "inf",
    "-inf",
    "1e30",
    "1e-30",
    "1e15",
    "1e-15",
    "18000",
    "127",
    "128",
    "255",
    "256",
    "65535",
    "65536",
    "2147483647",
    "-2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e999999999",
    "1e-999999999",
    "1e99999999999999999999",
    "0x10",
    "1_000",
    "1.5.2",
    "1e",
    ".",
    "00",
    "+1",
];

/// Fields of binary headers.
const INTEGERS: &[u64] =
    &[0, 1, 2, 3, 127, 128, 255, 256, 65_535, 65_536, 1 << 24, 1 << 28, 1 << 31, u64::MAX];

/// Bytes that begin and end something somewhere.
const BRACKETS: &[&str] = &["(", "[", "{", "[[", "{\"a\":", "'", "\"", "-", "((", "!", "{a="];

/// Bytes that no text has, or has seldom.
const STRANGE: &[&[u8]] = &[
    b"\0",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xef\xbb\xbf",
    b"\r",
    b"\r\n",
    b"\x1b[31m",
    b"\x0b",
    b"\x85",
    "\u{2028}".as_bytes(),
    "\u{b5}".as_bytes(),
    "\u{130}".as_bytes(),
    "\u{1d54f}".as_bytes(),
    "e\u{301}".as_bytes(),
];

/// An input from the corpus, damaged up to 16 times; once in 64 it is left as it is.
pub(crate) fn damaged(corpus: &Corpus, random: &mut Random) -> Input {
    let mut input = random.pick(&corpus.inputs).clone();
    if random.once_in(64) {
        return input;
    }
    let mut times = 1;
    while times < 16 && random.once_in(2) {
        times += 1;
    }
    // Other numbers alone leave more inputs that are accepted, for all that follows.
    let gentle = random.once_in(3);
    for _ in 0..times {
        if gentle {
            number(&mut input.bytes, random);
        } else {
            damage(&mut input.bytes, corpus, random);
        }
        input.bytes.truncate(MAX_BYTES);
    }
    input
}

fn damage(bytes: &mut Vec<u8>, corpus: &Corpus, random: &mut Random) {
    match random.below(18) {
        0 => flip(bytes, random),
        1 => drop(bytes.drain(range(bytes, 40, random))),
        2 => repeat(bytes, random),
        3 => swap(bytes, &lines(bytes), random),
        4 => swap(bytes, &words(bytes), random),
        5 => remove_line(bytes, random),
        6 => copy_line(bytes, random),
        7 | 8 => number(bytes, random),
        9 => word(bytes, corpus, random),
        10 => insert(bytes, corpus, random),
        11 => splice(bytes, corpus, random),
        12 => bytes.truncate(place(bytes, random)),
        13 => long(bytes, random),
        14 => nest(bytes, random),
        15 => {
            let strange: &&[u8] = random.pick(STRANGE);
            put(bytes, strange, random);
        }
        16 => field(bytes, random),
        _ => delete_word(bytes, random),
    }
}

fn place(bytes: &[u8], random: &mut Random) -> usize {
    random.below(bytes.len() + 1)
}

fn range(bytes: &[u8], longest: usize, random: &mut Random) -> Range<usize> {
    let start = place(bytes, random);
    start..(start + random.below(longest + 1)).min(bytes.len())
}

fn put(bytes: &mut Vec<u8>, new: &[u8], random: &mut Random) {
    let at = place(bytes, random);
    bytes.splice(at..at, new.iter().copied());
}

fn flip(bytes: &mut [u8], random: &mut Random) {
    if !bytes.is_empty() {
        let at = random.below(bytes.len());
        bytes[at] = match random.below(3) {
            0 => bytes[at] ^ (1 << random.below(8)),
            1 => random.next() as u8,
            _ => b' ' + random.below(95) as u8,
        };
    }
}

fn repeat(bytes: &mut Vec<u8>, random: &mut Random) {
    let range = range(bytes, 40, random);
    let copy = bytes[range.clone()].to_vec();
    bytes.splice(range.end..range.end, copy);
}

/// Parts that `inside` marks, each as long as possible.
fn parts(bytes: &[u8], inside: impl Fn(u8) -> bool) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| inside(**byte)) {
        match parts.last_mut() {
            Some(part) if part.end == at => part.end += 1,
            _ => parts.push(at..at + 1),
        }
    }
    parts
}

fn lines(bytes: &[u8]) -> Vec<Range<usize>> {
    parts(bytes, |byte| byte != b'\n')
}

fn words(bytes: &[u8]) -> Vec<Range<usize>> {
    parts(bytes, |byte| byte.is_ascii_alphanumeric() || b"._+-[]".contains(&byte))
}

/// Words that begin with a digit.
fn numbers(bytes: &[u8]) -> Vec<Range<usize>> {
    let digit = |range: &Range<usize>| bytes[range.start].is_ascii_digit();
    parts(bytes, |byte| byte.is_ascii_alphanumeric() || byte == b'.')
        .into_iter()
        .filter(digit)
        .collect()
}

fn swap(bytes: &mut Vec<u8>, parts: &[Range<usize>], random: &mut Random) {
    if parts.len() < 2 {
        return;
    }
    let (one, other) = (random.below(parts.len()), random.below(parts.len()));
    let (first, second) = (parts[one.min(other)].clone(), parts[one.max(other)].clone());
    if first != second {
        let [a, b] = [&first, &second].map(|range| bytes[range.clone()].to_vec());
        bytes.splice(second, a);
        bytes.splice(first, b);
    }
}

fn remove_line(bytes: &mut Vec<u8>, random: &mut Random) {
    let lines = lines(bytes);
    if !lines.is_empty() {
        bytes.drain(random.pick(&lines).clone());
    }
}

fn copy_line(bytes: &mut Vec<u8>, random: &mut Random) {
    let lines = lines(bytes);
    if !lines.is_empty() {
        let mut copy = bytes[random.pick(&lines).clone()].to_vec();
        copy.push(b'\n');
        let at = random.pick(&lines).start;
        bytes.splice(at..at, copy);
    }
}

fn number(bytes: &mut Vec<u8>, random: &mut Random) {
    let numbers = numbers(bytes);
    if numbers.is_empty() {
        return put(bytes, random.pick(EDGES).as_bytes(), random);
    }
    let range = random.pick(&numbers).clone();
    bytes.splice(range, random.pick(EDGES).bytes());
}

fn delete_word(bytes: &mut Vec<u8>, random: &mut Random) {
    let words = words(bytes);
    if !words.is_empty() {
        bytes.drain(random.pick(&words).clone());
    }
}

fn word(bytes: &mut Vec<u8>, corpus: &Corpus, random: &mut Random) {
    let words = words(bytes);
    if !words.is_empty() && !corpus.words.is_empty() {
        let range = random.pick(&words).clone();
        bytes.splice(range, random.pick(corpus.words).bytes());
    }
}

fn insert(bytes: &mut Vec<u8>, corpus: &Corpus, random: &mut Random) {
    if !corpus.words.is_empty() {
        put(bytes, random.pick(corpus.words).as_bytes(), random);
    }
}

/// The beginning of one and the end of another, or a piece of the other in between.
fn splice(bytes: &mut Vec<u8>, corpus: &Corpus, random: &mut Random) {
    let other = &random.pick(&corpus.inputs).bytes;
    if random.once_in(3) {
        bytes.truncate(place(bytes, random));
        bytes.extend(&other[place(other, random)..]);
    } else {
        let taken = other[range(other, 200, random)].to_vec();
        let gone = range(bytes, 60, random);
        bytes.splice(gone, taken);
    }
}

/// One piece many times: a long word, a long line, many lines.
fn long(bytes: &mut Vec<u8>, random: &mut Random) {
    let piece = bytes[range(bytes, 24, random)].to_vec();
    let times = 1 << random.below(12);
    let copies: Vec<u8> = piece.iter().copied().cycle().take(piece.len() * times).collect();
    put(bytes, &copies, random);
}

fn nest(bytes: &mut Vec<u8>, random: &mut Random) {
    let bracket = random.pick(BRACKETS);
    let depth = 1 << random.below(11);
    put(bytes, bracket.repeat(depth).as_bytes(), random);
}

/// Overwrites a field of 2, 4 or 8 bytes, at any place or near the beginning, in either order.
fn field(bytes: &mut [u8], random: &mut Random) {
    let width = 2 << random.below(3);
    let ends = if random.once_in(2) { bytes.len().min(32) } else { bytes.len() };
    if ends < width {
        return;
    }
    let at = random.below(ends - width + 1);
    let mut value = random.pick(INTEGERS).to_le_bytes()[..width].to_vec();
    if random.once_in(2) {
        value.reverse();
    }
    bytes[at..at + width].copy_from_slice(&value);
}
