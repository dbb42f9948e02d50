//! What a part of a population does within a window.

use memspike_time::Time;

use crate::history::History;
use crate::spike::{Spike, Window};

/// Words of a neuron's state in an image.
pub(crate) const WORDS: usize = 8;

/// The state of a neuron as words, of which a model fills the first ones.
pub(crate) type Words = [u64; WORDS];

/// Some neurons of one population, with the synapses that end at them.
///
/// Nothing that a kernel does depends on where windows begin and end, nor on which neurons of the population it has.
pub(crate) trait Kernel: Send {
    /// Goes through a window, which begins where the last one ended. The history of each level has all spikes before it, that of
    /// a level before its own also those within. Its own spikes, in any order, are added to `spikes`.
    fn advance(&mut self, window: Window, histories: &[History], spikes: &mut Vec<Spike>);

    /// Takes a spike of one of its neurons from outside, at an instant that has not happened. False: its neurons take none.
    fn play(&mut self, spike: Spike) -> bool {
        let _ = spike;
        false
    }

    /// Moves the asymptote of its membranes to a potential (V), at an instant before which all has happened. False: it has none.
    fn drive(&mut self, _asymptote_v: f64, _at: Time) -> bool {
        false
    }

    /// Keeps where it is, to go back to it.
    fn keep(&mut self);

    /// Goes back to where it was when it was told to keep that; histories no longer have what came after.
    ///
    /// # Panics
    /// If it has kept nothing: never, because windows that may not be right are begun by [`Self::keep`].
    fn go_back(&mut self);

    /// What it has counted.
    fn tally(&self, histories: &[History]) -> Tally;

    /// The potential (V) of a neuron at an instant before which all has happened, if it has one.
    fn potential(&self, local: usize, at: Time) -> Option<f64>;

    /// By how much (V) synaptic currents move a neuron's asymptote then, if it has such currents.
    fn shift(&self, _local: usize, _at: Time) -> Option<f64> {
        None
    }

    /// Its neurons' states.
    fn save(&self) -> Vec<Words>;

    /// Takes neurons' states, and finds in the histories what is under way at `now`.
    fn load(&mut self, states: &[Words], now: Time, histories: &[History]);

    /// Bytes that it takes.
    fn bytes(&self) -> usize;
}

/// Counts of what happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Synaptic events that arrived.
    pub delivered: u64,
    /// Those of earlier spikes that are still under way.
    pub under_way: u64,
    /// Stretches of a closed form that were looked through for a crossing.
    pub tested: u64,
    /// Crossings between arrivals that were solved for.
    pub certified: u64,
    /// How often all states were written anew.
    pub rebased: u64,
}

/// An instant as words.
pub(crate) fn words_of(at: Time) -> [u64; 2] {
    [at.tick, at.frac.to_bits()]
}

/// The instant of two words.
pub(crate) fn time_of(words: &[u64]) -> Time {
    Time { tick: words[0], frac: f64::from_bits(words[1]) }
}
