//! How many clock cycles a core takes for what it is sent, if nobody keeps it waiting.

use super::Architecture;
use crate::{LayerSpec, Spec, address_bits};

impl Architecture {
    /// Clock cycles in which a layer takes an event or, less its spikes, a tick.
    #[must_use]
    pub fn cycles(self, layer: &LayerSpec) -> usize {
        match self {
            Self::Parallel => 1,
            Self::Folded { lanes } => layer.neurons.div_ceil(lanes) + 2,
        }
    }

    /// Clock cycles that a tick takes at most: a sweep of every layer, and as many events of it as the layer before has neurons.
    #[must_use]
    pub fn longest_tick(self, spec: &Spec) -> usize {
        let sweeps = spec.layers.iter().map(|layer| self.cycles(layer)).sum::<usize>();
        let spikes =
            spec.layers.windows(2).map(|pair| pair[0].neurons * (self.cycles(&pair[1]) + 2));
        sweeps + spikes.sum::<usize>()
    }

    /// Clock cycles after which no register changes any more, once what was offered is taken and, if it was a start or a tick,
    /// has come out at the end. An input that reads counts must stay as it is.
    #[must_use]
    pub fn cycles_to_rest(self, spec: &Spec) -> usize {
        let sweep = spec.layers.iter().map(|layer| self.cycles(layer)).max().unwrap_or(0);
        sweep + 2
    }

    /// The same after a reset, which clears states and counts one after another.
    #[must_use]
    pub fn cycles_to_rest_after_reset(self, spec: &Spec) -> usize {
        let counts = 1 << address_bits(spec.last().neurons);
        self.cycles_to_rest(spec).max(counts) + 2
    }
}
