//! What signals did around a difference, as a waveform beside the message.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use vcd::{IdCode, TimescaleUnit, Value, Writer};

/// Signals in groups, and their values at instants.
#[derive(Debug, Clone, Default)]
pub struct Waves {
    /// Groups by name, each with its signals: their names and widths (bit).
    pub groups: Vec<(String, Vec<(String, usize)>)>,
    /// An instant (fs) and the value of every signal from then on, in order: bits, the most significant first, each `0`, `1` or
    /// `x`.
    pub rows: Vec<(u64, Vec<String>)>,
}

impl Waves {
    /// The VCD.
    ///
    /// # Errors
    /// None but those of memory.
    pub fn text(&self) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        let mut vcd = Writer::new(&mut text);
        vcd.timescale(1, TimescaleUnit::FS)?;
        let mut ids: Vec<IdCode> = Vec::new();
        for (group, signals) in &self.groups {
            vcd.add_module(group)?;
            for (name, width) in signals {
                ids.push(vcd.add_wire(*width as u32, name)?);
            }
            vcd.upscope()?;
        }
        vcd.enddefinitions()?;
        let mut before: Vec<&str> = vec![""; ids.len()];
        for (at, values) in &self.rows {
            vcd.timestamp(*at)?;
            for ((id, value), before) in ids.iter().zip(values).zip(&mut before) {
                if *before != value {
                    vcd.change_vector(*id, value.bytes().map(bit))?;
                    *before = value;
                }
            }
        }
        Ok(text)
    }

    /// Writes the VCD into a folder, whole, under a name that follows from what it holds, so that runs side by side do not meet.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep(&self, folder: &Path) -> io::Result<PathBuf> {
        let text = self.text()?;
        let mut name = "difference_".to_owned();
        for byte in &Sha256::digest(&text)[..4] {
            let _ = write!(name, "{byte:02x}");
        }
        let path = folder.join(name + ".vcd");
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&text)?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(path)
    }
}

fn bit(letter: u8) -> Value {
    match letter {
        b'0' => Value::V0,
        b'1' => Value::V1,
        _ => Value::X,
    }
}
