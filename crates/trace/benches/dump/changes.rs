//! Values as a dump has them, in a form that costs nothing to read.

use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;

/// What a variable holds.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Real,
    Bit,
    /// A word: when it was new.
    Word,
}

/// One value.
#[derive(Clone, Copy)]
pub struct Change {
    pub time: u64,
    pub variable: u32,
    /// Bits of a number, or a small number.
    pub bits: u64,
}

/// All values of a dump.
#[derive(Default)]
pub struct Changes {
    pub variables: Vec<Kind>,
    pub all: Vec<Change>,
}

const KINDS: [Kind; 3] = [Kind::Real, Kind::Bit, Kind::Word];

impl Changes {
    /// Reads what our VCD has; variables are numbered as their codes count, in the order of their declarations.
    pub fn of_vcd(text: &[u8]) -> Result<Self, Box<dyn Error>> {
        let text = std::str::from_utf8(text)?;
        let (head, body) = text.split_once("$enddefinitions $end").ok_or("no header")?;
        let mut codes = std::collections::BTreeMap::new();
        let mut changes = Self::default();
        for line in head.lines().filter_map(|line| line.trim().strip_prefix("$var ")) {
            let words: Vec<&str> = line.split_whitespace().collect();
            codes.insert(words[2], changes.variables.len() as u32);
            changes.variables.push(match words[0] {
                "real" => Kind::Real,
                "string" => Kind::Word,
                _ => Kind::Bit,
            });
        }
        let (mut time, mut words) = (0, Vec::new());
        for line in body.lines().filter(|line| !line.is_empty() && !line.starts_with('$')) {
            let (first, rest) = line.split_at(1);
            let (bits, code) = match (first, rest.split_once(' ')) {
                ("#", _) => {
                    time = rest.parse()?;
                    continue;
                }
                ("r", Some((number, code))) => (number.parse::<f64>()?.to_bits(), code),
                ("s", Some((word, code))) => {
                    let known = words.iter().position(|known| *known == word);
                    let number = known.unwrap_or_else(|| {
                        words.push(word);
                        words.len() - 1
                    });
                    (number as u64, code)
                }
                (bit, _) => (bit.parse()?, rest),
            };
            changes.all.push(Change { time, variable: codes[code], bits });
        }
        Ok(changes)
    }

    pub fn store(&self, path: &Path) -> io::Result<()> {
        let mut bytes = (self.variables.len() as u64).to_le_bytes().to_vec();
        bytes.extend(
            self.variables
                .iter()
                .map(|kind| KINDS.iter().position(|k| k == kind).unwrap_or(0) as u8),
        );
        for change in &self.all {
            bytes.extend_from_slice(&change.time.to_le_bytes());
            bytes.extend_from_slice(&change.variable.to_le_bytes());
            bytes.extend_from_slice(&change.bits.to_le_bytes());
        }
        fs::write(path, bytes)
    }

    pub fn load(path: &Path) -> Result<Self, Box<dyn Error>> {
        let bytes = fs::read(path)?;
        let (count, rest) = bytes.split_first_chunk().ok_or("no count")?;
        let (kinds, rest) = rest.split_at(u64::from_le_bytes(*count) as usize);
        let (records, _) = rest.as_chunks::<20>();
        let change = |record: &[u8; 20]| {
            let part = |at: usize| -> [u8; 8] { std::array::from_fn(|byte| record[at + byte]) };
            Change {
                time: u64::from_le_bytes(part(0)),
                variable: u32::from_le_bytes(std::array::from_fn(|byte| record[8 + byte])),
                bits: u64::from_le_bytes(part(12)),
            }
        };
        Ok(Self {
            variables: kinds.iter().map(|kind| KINDS[usize::from(*kind)]).collect(),
            all: records.iter().map(change).collect(),
        })
    }
}

/// All points of a table, time first.
pub struct Rows {
    pub columns: usize,
    pub values: Vec<f64>,
}

impl Rows {
    /// Reads what our raw file has.
    pub fn of_raw(bytes: &[u8]) -> Result<Self, Box<dyn Error>> {
        const BODY: &[u8] = b"Binary:\n";
        let body = bytes.windows(BODY.len()).position(|part| part == BODY).ok_or("no header")?;
        let head = std::str::from_utf8(&bytes[..body])?;
        let columns = head.lines().find_map(|line| line.strip_prefix("No. Variables: "));
        let (values, _) = bytes[body + BODY.len()..].as_chunks::<8>();
        Ok(Self {
            columns: columns.ok_or("no variables")?.trim().parse()?,
            values: values.iter().map(|value| f64::from_le_bytes(*value)).collect(),
        })
    }

    pub fn store(&self, path: &Path) -> io::Result<()> {
        let mut bytes = (self.columns as u64).to_le_bytes().to_vec();
        bytes.extend(self.values.iter().flat_map(|value| value.to_le_bytes()));
        fs::write(path, bytes)
    }

    pub fn load(path: &Path) -> Result<Self, Box<dyn Error>> {
        let bytes = fs::read(path)?;
        let (columns, rest) = bytes.split_first_chunk().ok_or("no count")?;
        let (values, _) = rest.as_chunks::<8>();
        Ok(Self {
            columns: u64::from_le_bytes(*columns) as usize,
            values: values.iter().map(|value| f64::from_le_bytes(*value)).collect(),
        })
    }
}
