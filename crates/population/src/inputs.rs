//! Inputs: sources that are played from outside.

use memspike_time::Time;

use crate::history::History;
use crate::kernel::{Kernel, Tally, Words};
use crate::spike::{Spike, Window};

/// Inputs side by side.
#[derive(Debug)]
pub(crate) struct Inputs {
    neurons: usize,
    /// What was played and has not happened, in order.
    waiting: Vec<Spike>,
    kept: Vec<Spike>,
}

impl Inputs {
    pub fn new(neurons: usize) -> Self {
        Self { neurons, waiting: Vec::new(), kept: Vec::new() }
    }
}

impl Kernel for Inputs {
    fn advance(&mut self, window: Window, _: &[History], spikes: &mut Vec<Spike>) {
        let happen = self.waiting.partition_point(|spike| spike.at < window.end);
        spikes.extend(self.waiting.drain(..happen));
    }

    fn keep(&mut self) {
        self.kept.clone_from(&self.waiting);
    }

    fn go_back(&mut self) {
        self.waiting.clone_from(&self.kept);
    }

    fn play(&mut self, spike: Spike) -> bool {
        let place = self.waiting.partition_point(|waits| *waits < spike);
        // Twice at one instant is once.
        if self.waiting.get(place) != Some(&spike) {
            self.waiting.insert(place, spike);
        }
        true
    }

    fn tally(&self, _: &[History]) -> Tally {
        Tally::default()
    }

    fn potential(&self, _: usize, _: Time) -> Option<f64> {
        None
    }

    fn save(&self) -> Vec<Words> {
        vec![Words::default(); self.neurons]
    }

    fn load(&mut self, _: &[Words], _: Time, _: &[History]) {
        self.waiting.clear();
    }

    fn bytes(&self) -> usize {
        size_of_val(&self.waiting[..])
    }
}
