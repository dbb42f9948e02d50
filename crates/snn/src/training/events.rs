//! Samples whose inputs spike themselves.

use super::unrolled::Tick;
use crate::Steps;

/// A spike of an input: when (s), and of which.
pub type InputSpike = (f64, u32);

/// Spikes of one sample, as the unrolled network takes them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Events {
    pub(super) ticks: Vec<Tick>,
    /// Inputs that spike, tick by tick, each once in a tick.
    pub(super) inputs: Vec<u32>,
}

impl Events {
    /// Spikes at their own instants, in the order of time and then of inputs, none of them twice.
    #[must_use]
    pub fn new(spikes: impl IntoIterator<Item = InputSpike>) -> Self {
        let mut events = Self::default();
        for (at_s, input) in spikes {
            if events.ticks.last().is_some_and(|tick| tick.at_s == at_s) {
                events.ticks.pop();
            }
            events.inputs.push(input);
            events.ticks.push(Tick { at_s, until: events.inputs.len() });
        }
        events
    }

    /// Spikes at the ends of the steps in which they fall. Several of one input in a step are one, as tools with a clock have it.
    /// There is a tick for every step.
    #[must_use]
    pub fn in_steps(spikes: impl IntoIterator<Item = InputSpike>, steps: Steps) -> Self {
        let placed = spikes.into_iter().map(|(at_s, input)| (steps.number(at_s), input));
        let mut placed: Vec<(u32, u32)> = placed.collect();
        placed.sort_unstable();
        placed.dedup();
        let tick = |number| Tick {
            at_s: steps.end_s(number),
            until: placed.partition_point(|(other, _)| *other <= number),
        };
        let ticks = (1..=steps.count).map(tick).collect();
        Self { ticks, inputs: placed.into_iter().map(|(_, input)| input).collect() }
    }

    /// The inputs that spike in a tick.
    pub(super) fn at(&self, tick: usize) -> &[u32] {
        let from = tick.checked_sub(1).map_or(0, |before| self.ticks[before].until);
        &self.inputs[from..self.ticks[tick].until]
    }

    fn words(&self) -> impl Iterator<Item = u64> {
        let ticks = self.ticks.iter().flat_map(|tick| [tick.at_s.to_bits(), tick.until as u64]);
        ticks.chain(self.inputs.iter().map(|input| u64::from(*input)))
    }
}

/// Samples with labels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventSet {
    /// Spikes of each.
    pub samples: Vec<Events>,
    /// The class of each.
    pub labels: Vec<u32>,
}

impl EventSet {
    /// All numbers of all samples.
    pub(super) fn words(&self) -> impl Iterator<Item = u64> {
        let samples = self.samples.iter().zip(&self.labels);
        samples.flat_map(|(events, label)| events.words().chain([u64::from(*label), u64::MAX]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_spikes_once_in_a_step_and_every_step_is_there() {
        let steps = Steps::new(1.0, 4).unwrap();
        let events = Events::in_steps([(0.1, 3), (0.2, 5), (0.25, 3), (0.3, 3), (0.9, 0)], steps);
        let heard: Vec<&[u32]> = (0..events.ticks.len()).map(|tick| events.at(tick)).collect();
        assert_eq!(heard, [&[3, 5][..], &[3], &[], &[0]]);
        let ends: Vec<f64> = events.ticks.iter().map(|tick| tick.at_s).collect();
        assert_eq!(ends, [0.25, 0.5, 0.75, 1.0]);
        assert_eq!(Events::in_steps([], steps).ticks.len(), 4);
    }

    #[test]
    fn own_instants_are_ticks_of_what_spikes_together() {
        let events = Events::new([(0.1, 3), (0.1, 5), (0.2, 3)]);
        let heard: Vec<&[u32]> = (0..events.ticks.len()).map(|tick| events.at(tick)).collect();
        assert_eq!(heard, [&[3, 5][..], &[3]]);
    }
}
