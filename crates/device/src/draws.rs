//! Random draws that depend on nothing but a seed, a name and a count.

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

/// The draws of one owner. They depend on the seed, the owner's name and the number of the
/// draw: not on line order, thread, event order or other owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draws {
    seed: u64,
    stream: u64,
}

impl Draws {
    /// The draws of an owner, named by its kind and hierarchical name, such as `device x1.n1`.
    #[must_use]
    pub fn new(seed: u64, owner: &str) -> Self {
        Self { seed, stream: fnv1a(owner.as_bytes()) }
    }

    /// The generator of draw number `count`.
    #[must_use]
    pub fn generator(&self, count: u64) -> ChaCha8Rng {
        // A draw takes a few words; each has 2^16 of its own.
        const WORDS_PER_DRAW: u128 = 1 << 16;
        let mut generator = ChaCha8Rng::seed_from_u64(self.seed);
        generator.set_stream(self.stream);
        generator.set_word_pos(u128::from(count) * WORDS_PER_DRAW);
        generator
    }

    /// Draw number `count`: two independent numbers with mean 0 and standard deviation 1.
    #[must_use]
    pub fn normal_pair(&self, count: u64) -> [f64; 2] {
        let mut generator = self.generator(count);
        [StandardNormal.sample(&mut generator), StandardNormal.sample(&mut generator)]
    }
}

/// Fowler, Noll, Vo: FNV-1a with 64 bits. Fixed for ever, unlike the standard library's hasher.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
