//! What is recorded: records of one length each, which are rows of tables.

use memspike_time::Time;

/// A record of one length, and a row of a table.
pub trait Record: Copy {
    /// Its length (bytes), at most [`LONGEST_RECORD`](crate::LONGEST_RECORD).
    const LENGTH: usize;

    /// The name of the table.
    const TABLE: &'static str;

    /// The table's columns behind instant, population and neuron.
    const VALUES: &'static [&'static str];

    /// Writes it into as many bytes.
    fn encode(&self, bytes: &mut [u8]);

    /// Reads it from as many bytes.
    fn decode(bytes: &[u8]) -> Self;

    /// When.
    fn at(&self) -> Time;

    /// The number of its population, and its own within it.
    fn neuron(&self) -> (usize, u32);

    /// A number for each of [`Record::VALUES`]; NaN where there is none.
    fn values(&self) -> impl AsRef<[f64]>;
}

/// The longest record (bytes).
pub const LONGEST: usize = 32;

/// A spike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spike {
    /// When.
    pub at: Time,
    /// The number of its population.
    pub population: u32,
    /// The neuron within it.
    pub neuron: u32,
}

/// A membrane at an instant, after all that happens then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Membrane {
    /// When (fs).
    pub tick: u64,
    /// The number of its population.
    pub population: u32,
    /// The neuron within it.
    pub neuron: u32,
    /// Its potential (V).
    pub potential_v: f64,
    /// What its synapses let flow into it (A); NaN where they move the potential at once.
    pub current_ampere: f64,
}

/// The eight bytes of a word.
fn word(bytes: &[u8], number: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[8 * number..8 * number + 8]);
    u64::from_le_bytes(word)
}

fn put(bytes: &mut [u8], words: &[u64]) {
    let places = bytes.chunks_exact_mut(8).zip(words);
    places.for_each(|(place, word)| place.copy_from_slice(&word.to_le_bytes()));
}

/// Population and neuron as one word, and back.
fn pair(population: u32, neuron: u32) -> u64 {
    u64::from(population) << 32 | u64::from(neuron)
}

fn of_pair(word: u64) -> (u32, u32) {
    ((word >> 32) as u32, word as u32)
}

impl Record for Spike {
    const LENGTH: usize = 24;
    const TABLE: &'static str = "spikes";
    const VALUES: &'static [&'static str] = &[];

    fn encode(&self, bytes: &mut [u8]) {
        let Self { at, population, neuron } = *self;
        put(bytes, &[at.tick, at.frac.to_bits(), pair(population, neuron)]);
    }

    fn decode(bytes: &[u8]) -> Self {
        let at = Time { tick: word(bytes, 0), frac: f64::from_bits(word(bytes, 1)) };
        let (population, neuron) = of_pair(word(bytes, 2));
        Self { at, population, neuron }
    }

    fn at(&self) -> Time {
        self.at
    }

    fn neuron(&self) -> (usize, u32) {
        (self.population as usize, self.neuron)
    }

    fn values(&self) -> impl AsRef<[f64]> {
        [0.0; 0]
    }
}

impl Record for Membrane {
    const LENGTH: usize = 32;
    const TABLE: &'static str = "membranes";
    const VALUES: &'static [&'static str] = &["potential_v", "current_ampere"];

    fn encode(&self, bytes: &mut [u8]) {
        let Self { tick, population, neuron, potential_v, current_ampere } = *self;
        let values = [potential_v, current_ampere].map(f64::to_bits);
        put(bytes, &[tick, pair(population, neuron), values[0], values[1]]);
    }

    fn decode(bytes: &[u8]) -> Self {
        let (population, neuron) = of_pair(word(bytes, 1));
        let [potential_v, current_ampere] = [2, 3].map(|at| f64::from_bits(word(bytes, at)));
        Self { tick: word(bytes, 0), population, neuron, potential_v, current_ampere }
    }

    fn at(&self) -> Time {
        Time::from_tick(self.tick)
    }

    fn neuron(&self) -> (usize, u32) {
        (self.population as usize, self.neuron)
    }

    fn values(&self) -> impl AsRef<[f64]> {
        [self.potential_v, self.current_ampere]
    }
}
