//! Contents of registers and memories.

use std::fmt;

/// Who is told every register: its hierarchical path below the top, as Verilog writes it
/// (`layer_0.bank.neuron_3.v`), and what it holds.
pub type Visit<'v> = dyn FnMut(fmt::Arguments<'_>, Word) + 'v;

/// A memory that the hardware writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// Hierarchical path below the top.
    pub path: String,
    /// Number of words.
    pub words: usize,
    /// Width of a word (bit).
    pub bits: usize,
}

/// Bits, highest first; `z` is a bit whose value means nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word(String);

impl Word {
    /// The low bits of a number in two's complement.
    #[must_use]
    pub fn of(value: i64, bits: u32) -> Self {
        Self((0..bits).rev().map(|bit| if value >> bit & 1 == 1 { '1' } else { '0' }).collect())
    }

    /// A flag.
    #[must_use]
    pub fn flag(value: bool) -> Self {
        Self::of(value.into(), 1)
    }

    /// Flags, the first one lowest.
    #[must_use]
    pub fn flags(values: &[bool]) -> Self {
        Self(values.iter().rev().map(|value| if *value { '1' } else { '0' }).collect())
    }

    /// Bits that mean nothing.
    #[must_use]
    pub fn unknown(bits: u32) -> Self {
        Self("z".repeat(bits as usize))
    }

    /// Puts a word below this one.
    pub fn append(&mut self, below: &Self) {
        self.0.push_str(&below.0);
    }

    /// Whether all bits mean something; a word of the model means something as a whole or not at all.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.0.contains('z')
    }

    /// Number of bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        self.0.len()
    }

    /// The bits, highest first.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
