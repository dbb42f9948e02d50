//! How a synapse is stored.

/// Bits of a target in a narrow synapse.
pub(crate) const TARGET_BITS: u32 = 17;

/// How a synapse is stored.
pub(crate) trait Stored: Copy + Default + Send + Sync + 'static {
    /// Packs a target within the part, a delay that [`Survey`] found to fit, and a weight.
    fn pack(target: u32, delay_fs: u64, tick_fs: u64, weight: f64) -> Self;
    /// Its target within the part.
    fn target(self) -> usize;
    /// Its delay.
    fn delay_fs(self, tick_fs: u64) -> u64;
    /// Its delay in ticks (fs).
    fn ticks(self, tick_fs: u64) -> u64;
    /// Its weight.
    fn weight(self) -> f64;
    /// The same with another weight, as it is stored.
    fn with_weight(self, weight: f64) -> Self;
}

/// 17 bits of target, 15 of delay in ticks, and a float: 8 bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Narrow {
    word: u32,
    weight: f32,
}

impl Stored for Narrow {
    fn pack(target: u32, delay_fs: u64, tick_fs: u64, weight: f64) -> Self {
        let ticks = (delay_fs / tick_fs) as u32;
        Self { word: ticks << TARGET_BITS | target, weight: weight as f32 }
    }

    fn target(self) -> usize {
        (self.word & ((1 << TARGET_BITS) - 1)) as usize
    }

    fn delay_fs(self, tick_fs: u64) -> u64 {
        self.ticks(tick_fs) * tick_fs
    }

    fn ticks(self, _: u64) -> u64 {
        u64::from(self.word >> TARGET_BITS)
    }

    fn weight(self) -> f64 {
        f64::from(self.weight)
    }

    fn with_weight(self, weight: f64) -> Self {
        Self { weight: weight as f32, ..self }
    }
}

/// Any delay and a double: 24 bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wide {
    delay_fs: u64,
    weight: f64,
    target: u32,
}

impl Stored for Wide {
    fn pack(target: u32, delay_fs: u64, _: u64, weight: f64) -> Self {
        Self { delay_fs, weight, target }
    }

    fn target(self) -> usize {
        self.target as usize
    }

    fn delay_fs(self, _: u64) -> u64 {
        self.delay_fs
    }

    fn ticks(self, tick_fs: u64) -> u64 {
        self.delay_fs / tick_fs.max(1)
    }

    fn weight(self) -> f64 {
        self.weight
    }

    fn with_weight(self, weight: f64) -> Self {
        Self { weight, ..self }
    }
}
