//! Images of a run, from which it goes on to the same bits.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `mspikpop` |
//! | 4 | version |
//! | 32 | SHA-256 of the network: its populations, and a sum of hashes of its synapses as they are stored |
//! | 32 | SHA-256 of what the states depend on |
//! | 16 | where the next window begins: femtoseconds, fraction |
//! | 64 | counters |
//! | 8 + 20 n | spikes that may be under way: how many, instant and neuron of each |
//! | 8 + 64 n | neurons: how many, eight words of each |
//! | 32 | SHA-256 of all before |
//!
//! Numbers have their lowest byte first. Connectivity is not kept: it is built again, and its digest compared.

use std::fmt::{self, Write as _};
use std::io::{self, Read, Write};

use memspike_time::Time;
use sha2::{Digest, Sha256};

use crate::kernel::{WORDS, Words, time_of, words_of};
use crate::model::{Model, Population};
use crate::{Counters, Exchange, ImageError, Input, Simulation, Spike};

const MAGIC: &[u8; 8] = b"mspikpop";
const VERSION: u32 = 2;

/// A hash of text.
struct Text(Sha256);

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

/// The digest of a network.
pub(crate) fn digest(input: &Input, synapses: u64) -> [u8; 32] {
    let mut hash = Text(Sha256::new());
    write!(hash, "{input:?} {synapses}").expect("a hash takes any text");
    hash.0.finalize().into()
}

/// The digest of what the states of neurons depend on, so that another network of the same digest can take them: names, sizes and
/// models. The rates of Poisson sources may change, their next spikes stay; a pulse that has begun ends by its own synapse,
/// so that with such pulses all synapses belong to the states.
pub(crate) fn carried(input: &Input, synapses: u64) -> [u8; 32] {
    let mut hash = Text(Sha256::new());
    for Population { name, size, model, .. } in &input.populations {
        let written = match model {
            Model::Poisson { .. } => write!(hash, "{name:?} {size} poisson "),
            Model::Noise { keys, .. } => write!(hash, "{name:?} {size} noise {keys:?} "),
            Model::LifPulse(_) => write!(hash, "{name:?} {size} {model:?} {synapses} "),
            _ => write!(hash, "{name:?} {size} {model:?} "),
        };
        written.expect("a hash takes any text");
    }
    hash.0.finalize().into()
}

/// Writes or reads, and hashes what passes.
struct Hashed<T> {
    inner: T,
    hash: Sha256,
}

impl<W: Write> Hashed<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.inner.write_all(bytes)
    }

    fn put_words(&mut self, words: &[u64]) -> io::Result<()> {
        words.iter().try_for_each(|word| self.put(&word.to_le_bytes()))
    }
}

impl<R: Read> Hashed<R> {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], ImageError> {
        let mut bytes = [0; N];
        self.inner.read_exact(&mut bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => ImageError::Damaged("it ends too early"),
            _ => ImageError::Io(error),
        })?;
        self.hash.update(bytes);
        Ok(bytes)
    }

    fn word(&mut self) -> Result<u64, ImageError> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    fn words<const N: usize>(&mut self) -> Result<[u64; N], ImageError> {
        let mut words = [0; N];
        for word in &mut words {
            *word = self.word()?;
        }
        Ok(words)
    }

    fn time(&mut self) -> Result<Time, ImageError> {
        let time = time_of(&self.words::<2>()?);
        let sound = (0.0..1.0).contains(&time.frac);
        sound.then_some(time).ok_or(ImageError::Damaged("an instant is none"))
    }
}

impl<X: Exchange> Simulation<X> {
    /// Writes an image of where the run is. Whoever resumes from it may have other threads, windows, parts and ranks.
    /// Of several ranks each must ask; the first one writes all, the others nothing.
    ///
    /// # Errors
    /// Those of the first rank's writer, which the others do not learn of.
    pub fn save(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut to = Hashed { inner: to, hash: Sha256::new() };
        let counters = self.counters();
        let mut written = if self.is_first() { self.save_head(&counters, &mut to) } else { Ok(()) };
        // Other ranks send their states even if this one cannot write them.
        self.each_state(|bytes| {
            if written.is_ok() {
                written = to.put(bytes);
            }
        });
        written?;
        if !self.is_first() {
            return Ok(());
        }
        let hash = to.hash.finalize();
        to.inner.write_all(&hash)?;
        to.inner.flush()
    }

    /// Writes all that comes before the neurons' states.
    fn save_head<W: Write>(&self, counters: &Counters, to: &mut Hashed<W>) -> io::Result<()> {
        to.put(MAGIC)?;
        to.put(&VERSION.to_le_bytes())?;
        to.put(&self.frame.digest)?;
        to.put(&self.frame.carried)?;
        to.put_words(&words_of(self.now()))?;
        to.put_words(&counters.words())?;
        let spikes = self.spikes_under_way();
        to.put_words(&[spikes.len() as u64])?;
        for spike in spikes {
            to.put_words(&words_of(spike.at))?;
            to.put(&spike.neuron.to_le_bytes())?;
        }
        to.put_words(&[self.neurons() as u64])
    }

    /// Goes on where an image was written: the same network, built again, takes its state before it runs. Of several ranks each
    /// reads the image.
    ///
    /// # Errors
    /// If it is no whole image of this network, or this simulation has run; the simulation is what it was.
    pub fn resume(&mut self, from: &mut dyn Read) -> Result<(), ImageError> {
        self.take(from, false)
    }

    /// Goes on where an image of another network was written: that may have had other synapses, another seed, other rates of Poisson
    /// sources. What is under way arrives by the synapses of this one, as far as the other one still had it under way; the counts
    /// of synaptic events go on as if all had been told by it.
    ///
    /// # Errors
    /// If it is no whole image, neurons here cannot take its states, or this simulation has run; the simulation is what it was.
    pub fn branch(&mut self, from: &mut dyn Read) -> Result<(), ImageError> {
        self.take(from, true)?;
        // Of another network's spikes nobody knows any more how many synapses they had here.
        let Counters { delivered, under_way, .. } = self.counters();
        // Of what is summed over ranks one has all.
        self.base.sent = if self.is_first() { delivered + under_way } else { 0 };
        Ok(())
    }

    fn take(&mut self, from: &mut dyn Read, other: bool) -> Result<(), ImageError> {
        if self.base.windows > 0 || self.now() > Time::ZERO {
            return Err(ImageError::Begun { now_s: self.now().as_s() });
        }
        let mut from = Hashed { inner: from, hash: Sha256::new() };
        if from.bytes::<8>()? != *MAGIC {
            return Err(ImageError::Foreign);
        }
        let found = u32::from_le_bytes(from.bytes()?);
        if found != VERSION {
            return Err(ImageError::Version { found, known: VERSION });
        }
        if from.bytes::<32>()? != self.frame.digest && !other {
            return Err(ImageError::Other("populations, synapses, tick or seed"));
        }
        if from.bytes::<32>()? != self.frame.carried {
            return Err(ImageError::States);
        }
        let now = from.time()?;
        let counters = Counters::of(&from.words()?);
        let neurons = self.neurons();
        let spikes = spikes(&mut from, neurons)?;
        if from.word()? != neurons as u64 {
            return Err(ImageError::Damaged("it has another number of neurons"));
        }
        let states =
            states(&mut from, neurons, (self.own_neurons().count(), &mut self.own_neurons()))?;
        let hash: [u8; 32] = from.hash.clone().finalize().into();
        if from.bytes::<32>()? != hash {
            return Err(ImageError::Damaged("its checksum is another one"));
        }
        if from.inner.read(&mut [0])? > 0 {
            return Err(ImageError::Damaged("something stands behind its end"));
        }
        self.restore(now, spikes, &states, counters);
        Ok(())
    }
}

/// The states of some neurons, in order, of an image that has those of all.
fn states<R: Read>(
    from: &mut Hashed<R>,
    neurons: usize,
    (count, wanted): (usize, &mut dyn Iterator<Item = u32>),
) -> Result<Vec<Words>, ImageError> {
    let mut states = Vec::with_capacity(count);
    let mut next = wanted.next();
    for neuron in 0..neurons as u32 {
        let words: Words = from.words::<WORDS>()?;
        if next == Some(neuron) {
            states.push(words);
            next = wanted.next();
        }
    }
    Ok(states)
}

fn spikes<R: Read>(from: &mut Hashed<R>, neurons: usize) -> Result<Vec<Spike>, ImageError> {
    // Not reserved for: a damaged number must not allocate.
    let mut spikes: Vec<Spike> = Vec::new();
    for _ in 0..from.word()? {
        let spike = Spike { at: from.time()?, neuron: u32::from_le_bytes(from.bytes()?) };
        let sorted = spikes.last().is_none_or(|last| *last <= spike);
        if !sorted || spike.neuron as usize >= neurons {
            return Err(ImageError::Damaged("its spikes are none"));
        }
        spikes.push(spike);
    }
    Ok(spikes)
}

impl Counters {
    /// What stays counted: what is under way is counted again.
    fn words(&self) -> [u64; 8] {
        let Self { spikes, sent, delivered, tested, certified, rebased, windows, .. } = *self;
        [spikes, sent, delivered, tested, certified, rebased, windows, 0]
    }

    fn of(words: &[u64; 8]) -> Self {
        let [spikes, sent, delivered, tested, certified, rebased, windows, _] = *words;
        Self { spikes, sent, delivered, under_way: 0, tested, certified, rebased, windows }
    }
}
