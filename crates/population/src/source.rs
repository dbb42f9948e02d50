//! Sources: neurons that hear nothing.

use memspike_random::{Draws, Owner};
use memspike_time::{FS, Time};
use rand::TryRng as _;

use crate::grid::plus_fs;
use crate::history::History;
use crate::kernel::{Kernel, Tally, Words, time_of, words_of};
use crate::spike::{Spike, Window};

/// The law of a source's instants.
#[derive(Debug)]
pub(crate) enum Trains {
    /// Rates (1/s) and phases.
    Regular(Vec<(f64, f64)>),
    /// Mean spikes a second, whose draws they are, and which repetition of them.
    Poisson { rate_hz: Vec<f64>, keys: Vec<u64>, draws: Draws },
    /// Instants.
    Recorded(Vec<Vec<Time>>),
}

impl Trains {
    /// Independent draws of one owner, under a key for each train.
    pub fn poisson(rate_hz: &[f64], keys: Vec<u64>, seed: u64, owner: Owner<'_>) -> Self {
        Self::Poisson { rate_hz: rate_hz.to_vec(), keys, draws: Draws::new(seed, owner) }
    }

    fn len(&self) -> usize {
        match self {
            Self::Regular(trains) => trains.len(),
            Self::Poisson { rate_hz, .. } => rate_hz.len(),
            Self::Recorded(trains) => trains.len(),
        }
    }

    /// Spike number `count` of a source, given the one before it.
    fn instant(&self, local: usize, count: u64, before: Time) -> Option<Time> {
        match self {
            Self::Regular(trains) => {
                let (rate, phase) = trains[local];
                let fs = (phase + count as f64) / rate * FS;
                (fs < u64::MAX as f64).then(|| plus_fs(Time::ZERO, fs))
            }
            Self::Poisson { rate_hz, keys, draws } => {
                let Ok(word) = draws.repetition(keys[local]).generator(count).try_next_u64();
                // In (0, 1], so that its logarithm is finite.
                let uniform = ((word >> 11) + 1) as f64 / (1_u64 << 53) as f64;
                let fs = -uniform.ln() / rate_hz[local] * FS;
                (fs < u64::MAX as f64).then(|| plus_fs(before, fs))
            }
            Self::Recorded(trains) => trains[local].get(count as usize).copied(),
        }
    }
}

/// Sources side by side.
#[derive(Debug)]
pub(crate) struct Sources {
    first: u32,
    trains: Trains,
    /// Of each source, its next spike and that spike's number.
    next: Vec<(Option<Time>, u64)>,
    /// The same as it was.
    kept: Vec<(Option<Time>, u64)>,
}

impl Sources {
    pub fn new(trains: Trains, first: u32) -> Self {
        let next = (0..trains.len()).map(|at| (trains.instant(at, 0, Time::ZERO), 0)).collect();
        Self { first, trains, next, kept: Vec::new() }
    }
}

impl Kernel for Sources {
    fn advance(&mut self, window: Window, _: &[History], spikes: &mut Vec<Spike>) {
        for (local, (next, count)) in self.next.iter_mut().enumerate() {
            while let Some(at) = next.filter(|at| *at < window.end) {
                spikes.push(Spike { at, neuron: self.first + local as u32 });
                *count += 1;
                *next = self.trains.instant(local, *count, at);
            }
        }
    }

    fn keep(&mut self) {
        self.kept.clone_from(&self.next);
    }

    fn go_back(&mut self) {
        self.next.clone_from(&self.kept);
    }

    fn tally(&self, _: &[History]) -> Tally {
        Tally::default()
    }

    fn potential(&self, _: usize, _: Time) -> Option<f64> {
        None
    }

    fn save(&self) -> Vec<Words> {
        let words = |&(next, count): &(Option<Time>, u64)| {
            let [tick, frac] = next.map_or([u64::MAX; 2], words_of);
            [count, tick, frac, 0, 0, 0, 0, 0]
        };
        self.next.iter().map(words).collect()
    }

    fn load(&mut self, states: &[Words], _: Time, _: &[History]) {
        let next = |words: &Words| (words[1] != u64::MAX).then(|| time_of(&words[1..3]));
        self.next = states.iter().map(|words| (next(words), words[0])).collect();
    }

    fn bytes(&self) -> usize {
        size_of_val(&self.next[..])
    }
}
