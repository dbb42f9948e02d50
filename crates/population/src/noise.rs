//! Poisson sources of which each synapse hears a train of its own.
//!
//! Synapses of one target with the same weight and delay hear the sum of independent Poisson trains: one Poisson train of their joint rate.
//! So each neuron has as many trains as it has different synapses, and not as many as there are sources.

use std::ops::Range;

use memspike_network::Drawing;

use crate::model::{Initial, Model, Population};
use crate::wiring::Synapse;

/// Targets whose synapses are looked at together: it bounds what is kept meanwhile.
const TARGETS: u32 = 1024;

/// The trains of a projection, which are a population of their own.
#[derive(Debug)]
pub(crate) struct Noise {
    pub population: Population,
    /// One for each train, by target. Both ends are counted from 0.
    pub synapses: Vec<Synapse>,
}

/// What tells synapses of a target apart, and the rate at which one is reached (Hz).
struct Heard {
    target: u32,
    delay: u64,
    weight: f64,
    rate_hz: f64,
}

impl Noise {
    /// The trains of a projection's synapses onto the first `targets` neurons, given each source's rate (Hz) and what a weight of 1 is.
    pub fn new(
        (name, drawing): (&str, &Drawing<'_>),
        targets: u32,
        rate_hz: impl Fn(u32) -> f64,
        unit: f64,
    ) -> Self {
        let (mut rates, mut keys, mut synapses) = (Vec::new(), Vec::new(), Vec::new());
        let delay_unit_fs = drawing.delay_unit_fs();
        for start in (0..targets).step_by(TARGETS as usize) {
            let mut heard = Vec::new();
            drawing.visit(start..targets.min(start + TARGETS), |synapse| {
                let (target, delay, weight) = (synapse.target, synapse.delay, synapse.weight);
                heard.push(Heard { target, delay, weight, rate_hz: rate_hz(synapse.source) });
            });
            heard.sort_by(|a, b| {
                (a.target, a.delay).cmp(&(b.target, b.delay)).then(a.weight.total_cmp(&b.weight))
            });
            for own in heard.chunk_by(|a, b| a.target == b.target) {
                let alike = own.chunk_by(|a, b| a.delay == b.delay && a.weight == b.weight);
                for (number, alike) in alike.enumerate() {
                    let Heard { target, delay, weight, .. } = alike[0];
                    let source = synapses.len() as u32;
                    let (weight, delay_fs) = (weight * unit, delay * delay_unit_fs);
                    synapses.push(Synapse { source, target, weight, delay_fs });
                    rates.push(alike.iter().map(|heard| heard.rate_hz).sum());
                    // A target's trains are the same, whatever others hear.
                    keys.push(u64::from(target) << 32 | number as u64);
                }
            }
        }
        let size = synapses.len() as u32;
        let model = Model::Noise { rate_hz: rates, keys };
        let initial = Initial::Same(0.0);
        Self { population: Population { name: name.to_owned(), size, model, initial }, synapses }
    }
}

/// Those of synapses, which are in the order of their targets, that end at some of them.
pub(crate) fn onto(synapses: &[Synapse], targets: Range<u32>) -> &[Synapse] {
    let place = |target: u32| synapses.partition_point(|synapse| synapse.target < target);
    &synapses[place(targets.start)..place(targets.end)]
}
