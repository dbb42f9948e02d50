//! Runs whose neurons are shared among processes.

use std::ops::Range;

use memspike_time::Time;

use crate::BuildError;
use crate::spike::Spike;

/// The processes of a run, called ranks: each has a part of every population's neurons, with the synapses that end there.
///
/// All ranks call the same functions in the same order, and each call waits for the others. What a message
/// loses is for whoever implements this to tell: a run does not go on without one.
pub trait Exchange {
    /// The number of this rank, from 0.
    fn rank(&self) -> usize;

    /// How many there are, one at least.
    fn ranks(&self) -> usize;

    /// Every rank gives some bytes and gets those of all, in the order of ranks. `of_all` may be what was got before.
    fn share(&self, own: &[u8], of_all: &mut Vec<Vec<u8>>);

    /// Every rank gives some bytes; rank 0 gets those of all, in the order of ranks, the others get nothing.
    fn collect(&self, own: &[u8]) -> Vec<Vec<u8>>;
}

impl<X: Exchange + ?Sized> Exchange for Box<X> {
    fn rank(&self) -> usize {
        (**self).rank()
    }

    fn ranks(&self) -> usize {
        (**self).ranks()
    }

    fn share(&self, own: &[u8], of_all: &mut Vec<Vec<u8>>) {
        (**self).share(own, of_all);
    }

    fn collect(&self, own: &[u8]) -> Vec<Vec<u8>> {
        (**self).collect(own)
    }
}

/// One process that has a whole network.
#[derive(Debug, Clone, Copy, Default)]
pub struct Alone;

impl Exchange for Alone {
    fn rank(&self) -> usize {
        0
    }

    fn ranks(&self) -> usize {
        1
    }

    fn share(&self, own: &[u8], of_all: &mut Vec<Vec<u8>>) {
        *of_all = vec![own.to_vec()];
    }

    fn collect(&self, own: &[u8]) -> Vec<Vec<u8>> {
        vec![own.to_vec()]
    }
}

/// Bytes of a spike between ranks.
const SPIKE_BYTES: usize = 20;

/// What was found wrong, and where in the order in which one process would look.
pub(crate) type Wrong = ([u64; 3], BuildError);

/// The ranks of a run, which may be this process alone: then nothing is sent.
pub(crate) struct Group<X> {
    exchange: X,
    /// What was sent and got, to be used again.
    sent: Vec<u8>,
    got: Vec<Vec<u8>>,
}

impl<X: Exchange> Group<X> {
    pub fn new(exchange: X) -> Self {
        Self { exchange, sent: Vec::new(), got: Vec::new() }
    }

    /// Number of this rank, and how many there are.
    fn place(&self) -> (usize, usize) {
        (self.exchange.rank(), self.exchange.ranks())
    }

    fn is_alone(&self) -> bool {
        self.exchange.ranks() == 1
    }

    /// Whether this is the rank that tells others what came out.
    pub fn is_first(&self) -> bool {
        self.place().0 == 0
    }

    /// The neurons of a population that this rank has. Populations begin at different ranks, so that many small ones are spread.
    pub fn slice(&self, population: usize, size: u32) -> Range<u32> {
        let (rank, ranks) = self.place();
        self.slice_at((rank + population) % ranks, size)
    }

    /// All slices of a population, in the order of neurons: how many neurons each has, and whether they are this rank's.
    pub fn slices(&self, population: usize, size: u32) -> impl Iterator<Item = (usize, bool)> {
        let (rank, ranks) = self.place();
        let own = (rank + population) % ranks;
        (0..ranks).map(move |number| (self.slice_at(number, size).len(), number == own))
    }

    fn slice_at(&self, number: usize, size: u32) -> Range<u32> {
        let ranks = self.exchange.ranks() as u64;
        let cut = |number: usize| (u64::from(size) * number as u64 / ranks) as u32;
        cut(number)..cut(number + 1)
    }

    /// Takes what each rank has; rank 0 gets it in the order of ranks, the others nothing.
    pub fn collect(&self, own: Vec<u8>) -> Vec<Vec<u8>> {
        if self.is_alone() { vec![own] } else { self.exchange.collect(&own) }
    }

    /// Puts the spikes of all ranks in the place of this rank's, which begin at `begun`; they are in order, before and after.
    pub fn join(&mut self, spikes: &mut Vec<Spike>, begun: usize) {
        if self.is_alone() {
            return;
        }
        self.sent.clear();
        columns(&spikes[begun..], &mut self.sent);
        self.exchange.share(&self.sent, &mut self.got);
        spikes.truncate(begun);
        self.got.iter().for_each(|bytes| spikes.extend(of_columns(bytes)));
        // Runs in order, one of each rank: merging them is what this sort does.
        spikes[begun..].sort();
    }

    /// Sums over ranks.
    pub fn sum<const N: usize>(&self, own: [u64; N]) -> [u64; N] {
        let lists = self.words(&own);
        std::array::from_fn(|at| lists.iter().map(|list| list[at]).sum())
    }

    /// The words of all ranks.
    pub fn words(&self, own: &[u64]) -> Vec<Vec<u64>> {
        if self.is_alone() {
            return vec![own.to_vec()];
        }
        let bytes: Vec<u8> = own.iter().flat_map(|word| word.to_le_bytes()).collect();
        let mut got = Vec::new();
        self.exchange.share(&bytes, &mut got);
        got.iter().map(|bytes| words_of(bytes)).collect()
    }

    /// What this rank has found, if no rank has found anything wrong; otherwise what one process would have found first.
    pub fn agree<T>(&self, own: Result<T, Wrong>) -> Result<T, BuildError> {
        let place = own.as_ref().err().map_or([u64::MAX; 3], |(place, _)| *place);
        let places = self.words(&place);
        let (first, least) = (0..).zip(&places).min_by_key(|(_, place)| *place).expect("a rank");
        if least[..] == [u64::MAX; 3] {
            return own.map_err(|(_, error)| error);
        }
        let message = own.as_ref().err().map_or_else(String::new, |(_, error)| error.to_string());
        let mut messages = self.texts(&message);
        Err(match own {
            Err((own, error)) if own[..] == least[..] => error,
            _ => BuildError::Elsewhere(messages.swap_remove(first)),
        })
    }

    /// Whether all ranks have the same bytes.
    pub fn is_same(&self, own: [u8; 32]) -> bool {
        if self.is_alone() {
            return true;
        }
        let mut got = Vec::new();
        self.exchange.share(&own, &mut got);
        got.iter().all(|bytes| bytes[..] == own)
    }

    /// The texts of all ranks.
    fn texts(&self, own: &str) -> Vec<String> {
        if self.is_alone() {
            return vec![own.to_owned()];
        }
        let mut got = Vec::new();
        self.exchange.share(own.as_bytes(), &mut got);
        got.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
    }
}

fn words_of(bytes: &[u8]) -> Vec<u64> {
    let (words, _) = bytes.as_chunks();
    words.iter().map(|word| u64::from_le_bytes(*word)).collect()
}

/// Spikes as three columns: whole femtoseconds, their fractions, neurons.
fn columns(spikes: &[Spike], bytes: &mut Vec<u8>) {
    bytes.reserve(SPIKE_BYTES * spikes.len());
    spikes.iter().for_each(|spike| bytes.extend(spike.at.tick.to_le_bytes()));
    spikes.iter().for_each(|spike| bytes.extend(spike.at.frac.to_le_bytes()));
    spikes.iter().for_each(|spike| bytes.extend(spike.neuron.to_le_bytes()));
}

/// The spikes of such columns.
fn of_columns(bytes: &[u8]) -> impl Iterator<Item = Spike> {
    let count = bytes.len() / SPIKE_BYTES;
    let (ticks, rest) = bytes.split_at(8 * count);
    let (fractions, neurons) = rest.split_at(8 * count);
    let (ticks, fractions, neurons) =
        (ticks.as_chunks().0, fractions.as_chunks().0, neurons.as_chunks().0);
    ticks.iter().zip(fractions).zip(neurons).map(|((tick, frac), neuron)| Spike {
        at: Time { tick: u64::from_le_bytes(*tick), frac: f64::from_le_bytes(*frac) },
        neuron: u32::from_le_bytes(*neuron),
    })
}
