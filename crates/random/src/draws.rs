//! Random draws that depend on nothing but a seed, an owner, a repetition and a count.
//!
//! Each draw has words of its own, which no other draw reads:
//!
//! | what | words |
//! | --- | --- |
//! | an owner | a stream of ChaCha, 2^68 words, numbered by its key's hash |
//! | a repetition after the first | another stream, numbered by the hash of key and repetition |
//! | a draw | 2^16 words of that stream |
//! | what a draw takes beyond them | a third stream, numbered by the hash of all that and the count |
//!
//! So a draw may be as long as it likes: a row of an array, the order of a data set.

use std::convert::Infallible;
use std::fmt::{self, Write as _};

use rand::{SeedableRng as _, TryRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

/// Words that a draw has in its owner's stream: most take a few.
const WORDS: u64 = 1 << 16;

/// Draws that have words in their owner's stream; the words of one more would not.
const DRAWS: u64 = 1 << 52;

/// The draws of one owner. They depend on the seed, the owner's key, the repetition and the number of
/// the draw: not on line order, thread, event order or other owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draws {
    seed: u64,
    owner: Hash,
    repetition: u64,
}

impl Draws {
    /// The draws of an owner: an [`Owner`](crate::Owner), or any text that is the key of none.
    #[must_use]
    pub fn new(seed: u64, owner: impl fmt::Display) -> Self {
        let mut hash = Hash::EMPTY;
        write!(hash, "{owner}").expect("a hash takes any text");
        Self { seed, owner: hash, repetition: 0 }
    }

    /// The draws of the same owner in another run of the same experiment, such as the next image that a
    /// network is shown. Repetition 0 is what an experiment without repetitions has.
    ///
    /// What a repetition draws says nothing of what a device went through before: that is the cycle of its
    /// state, which counts from 0 in each.
    #[must_use]
    pub fn repetition(self, number: u64) -> Self {
        Self { repetition: number, ..self }
    }

    /// The draws of what the owner keeps in every repetition.
    #[must_use]
    pub fn lasting(self) -> Self {
        self.repetition(0)
    }

    /// The generator of draw number `count`.
    #[must_use]
    pub fn generator(&self, count: u64) -> Generator {
        let stream = match self.repetition {
            0 => self.owner,
            number => self.owner.with(&number.to_le_bytes()),
        };
        let beyond = stream.with(b" beyond ").with(&count.to_le_bytes());
        let mut words = ChaCha8Rng::seed_from_u64(self.seed);
        words.set_stream(stream.0);
        let left = if count < DRAWS { WORDS } else { 0 };
        if left > 0 {
            words.set_word_pos(u128::from(count) * u128::from(WORDS));
        }
        Generator { words, left, beyond }
    }

    /// Draw number `count`: two independent numbers with mean 0 and standard deviation 1.
    #[must_use]
    pub fn normal_pair(&self, count: u64) -> [f64; 2] {
        let mut generator = self.generator(count);
        [StandardNormal.sample(&mut generator), StandardNormal.sample(&mut generator)]
    }
}

/// The random words of one draw.
#[derive(Debug, Clone)]
pub struct Generator {
    words: ChaCha8Rng,
    /// Words before the draw goes on in a stream of its own.
    left: u64,
    beyond: Hash,
}

impl Generator {
    /// Makes sure that the next `count` words are the draw's own.
    fn claim(&mut self, count: u64) {
        if self.left < count {
            self.words.set_stream(self.beyond.0);
            self.words.set_word_pos(0);
            self.left = u64::MAX;
        }
        self.left -= count;
    }
}

impl TryRng for Generator {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.claim(1);
        self.words.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.claim(2);
        self.words.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.claim(bytes.len().div_ceil(4) as u64);
        self.words.try_fill_bytes(bytes)
    }
}

/// Fowler, Noll, Vo: FNV-1a with 64 bits. Fixed for ever, unlike the standard library's hasher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hash(u64);

impl Hash {
    const EMPTY: Self = Self(0xcbf2_9ce4_8422_2325);

    fn with(self, bytes: &[u8]) -> Self {
        Self(
            bytes.iter().fold(self.0, |hash, byte| {
                (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
            }),
        )
    }
}

impl fmt::Write for Hash {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        *self = self.with(text.as_bytes());
        Ok(())
    }
}
