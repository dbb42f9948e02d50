//! Random cycles in which everything happens at once, in spells of their own likelihoods.

use memspike_lif_core::cycle::{Inputs, Offer, Ready};
use memspike_lif_core::{Core, address_bits};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// How likely things are for a while, in percent.
#[derive(Default)]
pub struct Mood {
    start: u32,
    tick: u32,
    event: u32,
    taken: u32,
    reset: u32,
    /// Events come from so many inputs, so that some neurons go far.
    inputs: usize,
    first: usize,
}

impl Mood {
    /// What the next spell is like.
    pub fn draw(draws: &mut ChaCha8Rng) -> Self {
        let mut one_of = |choices: &[u32]| choices[draws.random_range(0..choices.len())];
        Self {
            start: one_of(&[0, 0, 1, 30]),
            tick: one_of(&[0, 2, 10, 60]),
            event: one_of(&[30, 90, 100]),
            taken: one_of(&[0, 20, 80, 100, 100]),
            reset: one_of(&[0, 0, 0, 2]),
            inputs: one_of(&[1, 3, 1000]) as usize,
            first: draws.random_range(0..65_536),
        }
    }

    /// The inputs of a cycle.
    pub fn inputs(&self, core: &Core, draws: &mut ChaCha8Rng) -> Inputs {
        let spec = core.spec();
        let mut happens = |percent: u32| draws.random_range(0..100) < percent;
        let reset = happens(self.reset);
        let mut offer = Offer {
            start: happens(self.start),
            tick: happens(self.tick),
            valid: happens(self.event),
            address: 0,
        };
        let ready = Ready {
            start: happens(self.taken),
            tick: happens(self.taken),
            event: happens(self.taken),
        };
        // All addresses of the port's width: those beyond the inputs must be ignored.
        let addresses = 1 << address_bits(spec.first().inputs);
        let address = (self.first + draws.random_range(0..self.inputs)) % addresses;
        offer.address = address as u32;
        let counts = 1 << address_bits(spec.last().neurons);
        Inputs { reset, offer, ready, count_address: draws.random_range(0..counts) }
    }
}
