//! How a synapse is stored: as one word and a weight, or target and weight each by itself.

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
}

/// A number that is stored in few bytes.
pub(crate) trait Packed: Copy + Default + Send + Sync + 'static {
    /// What it stands for.
    type Value;
    /// The nearest one that can be stored.
    fn pack(value: Self::Value) -> Self;
    /// What is stored.
    fn get(self) -> Self::Value;
}

/// Parts of no more neurons than this have targets of 16 bits.
pub(crate) const SHORT_TARGETS: u32 = 1 << 16;

/// A target, in parts of at most [`SHORT_TARGETS`] neurons.
impl Packed for u16 {
    type Value = u32;

    fn pack(target: u32) -> Self {
        target as Self
    }

    fn get(self) -> u32 {
        u32::from(self)
    }
}

/// A target.
impl Packed for u32 {
    type Value = Self;

    fn pack(target: Self) -> Self {
        target
    }

    fn get(self) -> Self {
        self
    }
}

/// A weight in single precision.
impl Packed for f32 {
    type Value = f64;

    fn pack(weight: f64) -> Self {
        weight as Self
    }

    fn get(self) -> f64 {
        f64::from(self)
    }
}

/// A weight in double precision.
impl Packed for f64 {
    type Value = Self;

    fn pack(weight: Self) -> Self {
        weight
    }

    fn get(self) -> Self {
        self
    }
}
