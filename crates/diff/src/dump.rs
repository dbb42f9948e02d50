//! What the reader of dumps lets pass and nobody may lose: values behind an instant that is earlier than the last.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;

/// Where the time of a VCD goes back.
#[derive(Debug, PartialEq, Eq)]
pub struct Setback {
    /// From 1.
    pub line: usize,
    pub before: u64,
    pub after: u64,
}

/// The first place of a VCD where time goes back, if there is one.
pub fn setback(path: &Path) -> io::Result<Option<Setback>> {
    let mut source = BufReader::new(File::open(path)?);
    let (mut bytes, mut clock) = (Vec::new(), Clock::default());
    for line in 1.. {
        bytes.clear();
        if source.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        let words = bytes.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        for word in words {
            if let Some((before, after)) = clock.hear(word) {
                return Ok(Some(Setback { line, before, after }));
            }
        }
    }
    Ok(None)
}

/// The words of a VCD, as far as they tell the time.
#[derive(Default)]
struct Clock {
    is_past_header: bool,
    /// Within `$comment` or another keyword that lasts until `$end`.
    is_told: bool,
    /// Whether the next word is the code of a signal, which may begin as an instant does.
    is_code: bool,
    now: u64,
}

impl Clock {
    /// Takes a word; the last instant and this one if it is earlier.
    fn hear(&mut self, word: &[u8]) -> Option<(u64, u64)> {
        if std::mem::take(&mut self.is_code) {
            return None;
        }
        match word {
            b"$enddefinitions" => (self.is_past_header, self.is_told) = (true, true),
            b"$comment" => self.is_told = true,
            b"$end" => self.is_told = false,
            _ if !self.is_past_header || self.is_told => {}
            [b'b' | b'B' | b'r' | b'R' | b's' | b'S', ..] => self.is_code = true,
            [b'#', digits @ ..] => {
                let at: u64 = str::from_utf8(digits).ok()?.parse().ok()?;
                if at < self.now {
                    return Some((self.now, at));
                }
                self.now = at;
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(changes: &str) -> Option<Setback> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.vcd");
        let header = "$timescale 1 ns $end\n$var real 64 #1 a $end\n$enddefinitions $end\n";
        std::fs::write(&path, format!("{header}{changes}")).unwrap();
        setback(&path).unwrap()
    }

    #[test]
    fn time_that_goes_back_is_found_with_its_line() {
        let back = Setback { line: 7, before: 10, after: 5 };
        assert_eq!(found("#0\nr1 #1\n#10\n#5\n"), Some(back));
        let same_line = Setback { line: 4, before: 10, after: 9 };
        assert_eq!(found("#10 r1 #1 #9 r2 #1\n"), Some(same_line));
    }

    #[test]
    fn what_only_looks_like_an_instant_is_none() {
        assert_eq!(found("#5\nr1 #1\nb0 #2\n$comment #1 $end\n#5\n#6\n1#1\n"), None);
    }
}
