//! Contents of registers.

/// A register or memory word of the hardware.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// Hierarchical path below the top, as Verilog writes it: `layer_0.neuron_3.v`.
    pub path: String,
    /// What it holds.
    pub word: Word,
}

/// Bits as Verilog's `$readmemb` reads them, highest first; `z` is a bit whose value means nothing.
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
