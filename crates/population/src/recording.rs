//! Who is told of spikes.

use std::io;

use memspike_time::Time;

use crate::Spike;

/// Is told of every spike, in the order of instants and, within one, of neurons.
pub trait Sink {
    /// A spike of a neuron of a population, both counted from 0.
    ///
    /// # Errors
    /// If it cannot be kept; the run ends.
    fn spike(&mut self, at: Time, population: usize, neuron: u32) -> io::Result<()>;
}

/// Keeps every spike in memory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recording {
    /// Instants and neurons. Neurons are counted within their population, whose number stands before them.
    pub spikes: Vec<(Time, usize, u32)>,
}

impl Recording {
    /// How often each neuron of a population of this size fired.
    #[must_use]
    pub fn counts(&self, population: usize, size: u32) -> Vec<u64> {
        let mut counts = vec![0; size as usize];
        for (_, _, neuron) in self.spikes.iter().filter(|spike| spike.1 == population) {
            counts[*neuron as usize] += 1;
        }
        counts
    }
}

impl Sink for Recording {
    fn spike(&mut self, at: Time, population: usize, neuron: u32) -> io::Result<()> {
        self.spikes.push((at, population, neuron));
        Ok(())
    }
}

/// Tells spikes, which are in order, by population, given the first neuron of each and whether it is told.
pub(crate) fn tell(
    spikes: &[Spike],
    (firsts, told): (&[u32], &[bool]),
    sink: &mut dyn Sink,
) -> io::Result<()> {
    for spike in spikes {
        let population = firsts.partition_point(|first| *first <= spike.neuron) - 1;
        if !told[population] {
            continue;
        }
        sink.spike(spike.at, population, spike.neuron - firsts[population])?;
    }
    Ok(())
}
