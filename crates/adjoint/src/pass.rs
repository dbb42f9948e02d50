//! One sample, through all layers and back.

use crate::backward::{Adjoint, Gradient, Slopes};
use crate::forward::{Membranes, Trace, Weighted};
use crate::{Layers, RunsAway, Spike, Terms, Verdict};

/// What layers did with one sample; used again for the next.
#[derive(Debug, Default)]
pub struct Pass {
    pub(crate) traces: Vec<Trace>,
    membranes: Membranes,
    adjoint: Adjoint,
    slopes: Slopes,
    before: Slopes,
}

/// A sample under its label.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'s> {
    /// Spikes of the inputs, in the order of time.
    pub spikes: &'s [Spike],
    /// How long it is shown (s).
    pub until_s: f64,
    /// The neuron of the last layer that is right.
    pub label: usize,
}

impl Pass {
    /// Spikes of a layer, in the order of time.
    ///
    /// # Panics
    /// If there is no such layer.
    #[must_use]
    pub fn spikes(&self, layer: usize) -> &[Spike] {
        &self.traces[layer].spikes
    }

    /// In which order what happened to whom: equal for two passes that differ in instants and potentials alone. Along such passes a
    /// loss is smooth.
    #[must_use]
    pub fn course(&self) -> Vec<(u32, u32, u32)> {
        let of = |trace: &Trace| -> Vec<(u32, u32, u32)> {
            let edges =
                trace.edges.iter().map(|edge| (edge.source, edge.spike, edge.change as u32));
            let events = trace.events.iter();
            let events = events.map(|event| (event.neuron, event.spike.map_or(0, |n| n + 1), 3));
            let ends = trace.ends.iter().map(|end| (*end as u32, 0, 4));
            edges.chain(events).chain(ends).collect()
        };
        self.traces.iter().flat_map(of).collect()
    }
}

impl Layers {
    /// Runs all layers on a sample, with weights as shifts of asymptotes ([`Layers::in_volts`]).
    ///
    /// # Errors
    /// If a layer fires without end.
    ///
    /// # Panics
    /// If a spike is of no input.
    pub fn forward(
        &self,
        volts: &[f64],
        shown: &Shown<'_>,
        terms: &Terms,
        pass: &mut Pass,
    ) -> Result<(), RunsAway> {
        pass.traces.resize_with(self.layers.len(), Trace::default);
        let last = self.layers.len() - 1;
        for (number, layer) in self.layers.iter().enumerate() {
            let (before, rest) = pass.traces.split_at_mut(number);
            let spikes = before.last().map_or(shown.spikes, |trace| &trace.spikes);
            let integrates = terms.alive > 0.0 || (number == last && terms.loss.integrates());
            let weighted = Weighted::new(layer, volts);
            let how = (shown.until_s, integrates);
            weighted.run(spikes, how, &mut pass.membranes, &mut rest[0])?;
        }
        Ok(())
    }

    /// The class that the last layer of a pass decides for; none if no neuron of it does what decides.
    #[must_use]
    pub fn class(&self, terms: &Terms, pass: &Pass) -> Option<usize> {
        terms.class(self.last(), &pass.traces[self.layers.len() - 1])
    }

    /// The loss of a sample that ran, and its derivatives by the weights in volts (1/V), added to `gradient`, and by the instants of its
    /// spikes (1/s), which replace those in `by_spike`. `dead` says of the neurons of all layers, one after another, which are to be
    /// made alive.
    ///
    /// # Panics
    /// If `dead` or `gradient` are of another length than neurons and weights, or the label is none.
    pub fn backward(
        &self,
        volts: &[f64],
        (shown, terms, dead): (&Shown<'_>, &Terms, &[bool]),
        pass: &mut Pass,
        gradient: &mut [f64],
        by_spike: &mut Vec<f64>,
    ) -> Verdict {
        let last = self.layers.len() - 1;
        let Pass { traces, adjoint, slopes, before, .. } = pass;
        let mut verdict = terms.of(&self.layers[last], &traces[last], shown.label, slopes);
        let mut end = dead.len() - self.layers[last].neurons;
        for (number, layer) in self.layers.iter().enumerate().rev() {
            let spikes = number.checked_sub(1).map_or(shown.spikes, |at| &traces[at].spikes[..]);
            let neurons = number.checked_sub(1).map_or(0, |at| self.layers[at].neurons);
            before.clear(neurons, spikes.len());
            if let Some(at) = number.checked_sub(1) {
                end -= neurons;
                let dead = &dead[end..end + neurons];
                verdict.loss += quiet(&self.layers[at], &traces[at], (terms, dead), before);
            }
            // The array of a layer's own drivers stands behind the one that feeds it.
            let (feed, own) =
                gradient[layer.feed.first..].split_at_mut(layer.feed.sources * layer.neurons);
            let mut gradient = Gradient { feed, own, sources: &mut before.by_spike };
            Weighted::new(layer, volts).back(&traces[number], slopes, adjoint, &mut gradient);
            std::mem::swap(slopes, before);
        }
        by_spike.clone_from(&slopes.by_spike);
        verdict
    }
}

/// The terms of neurons of a hidden layer that are to be made alive, and were silent.
fn quiet(
    layer: &crate::Layer,
    trace: &Trace,
    (terms, dead): (&Terms, &[bool]),
    slopes: &mut Slopes,
) -> f64 {
    let mut silent = dead.to_vec();
    trace.spikes.iter().for_each(|spike| silent[spike.neuron as usize] = false);
    let each = (0..layer.neurons).filter(|neuron| silent[*neuron]);
    each.map(|neuron| terms.silent(&layer.cell, trace, neuron, slopes)).sum()
}
