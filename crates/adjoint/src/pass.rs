//! One sample, through all layers and back.

use crate::backward::{Adjoint, Gradient, Slopes};
use crate::forward::{Membranes, Trace, Weighted};
use crate::{Layer, Layers, RunsAway, Spike, Terms, Verdict};

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

/// Derivatives of a loss by what the last layer did, for [`Layers::pull_back`].
#[derive(Debug, Clone, Copy)]
pub struct Pulls<'p> {
    /// By the instant of each of its spikes (1/s).
    pub by_spike: &'p [f64],
    /// By the potential of each of its neurons at the end (1/V).
    pub by_end: &'p [f64],
    /// By the integral of each of these potentials over the run (1/(V s)).
    pub by_integral: &'p [f64],
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

    /// Potential of each neuron of a layer at the end (V).
    ///
    /// # Panics
    /// If there is no such layer.
    #[must_use]
    pub fn potentials_v(&self, layer: usize) -> &[f64] {
        &self.traces[layer].potential_v
    }

    /// Integral of each neuron's potential over the run (V s), of the last layer after [`Layers::respond`].
    ///
    /// # Panics
    /// If there is no such layer.
    #[must_use]
    pub fn integrals_vs(&self, layer: usize) -> &[f64] {
        &self.traces[layer].integral_vs
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
        let integrates = |is_last| terms.alive > 0.0 || (is_last && terms.loss.integrates());
        self.run(volts, (shown.spikes, shown.until_s), integrates, pass)
    }

    /// [`Layers::forward`] without a label or a loss: spikes of the inputs, in the order of time, shown until an instant (s). The last
    /// layer's potentials are integrated.
    ///
    /// # Errors
    /// If a layer fires without end.
    ///
    /// # Panics
    /// If a spike is of no input.
    pub fn respond(
        &self,
        volts: &[f64],
        spikes: &[Spike],
        until_s: f64,
        pass: &mut Pass,
    ) -> Result<(), RunsAway> {
        self.run(volts, (spikes, until_s), |is_last| is_last, pass)
    }

    fn run(
        &self,
        volts: &[f64],
        (spikes, until_s): (&[Spike], f64),
        integrates: impl Fn(bool) -> bool,
        pass: &mut Pass,
    ) -> Result<(), RunsAway> {
        pass.traces.resize_with(self.layers.len(), Trace::default);
        for (number, layer) in self.layers.iter().enumerate() {
            let (before, rest) = pass.traces.split_at_mut(number);
            let spikes = before.last().map_or(spikes, |trace| &trace.spikes);
            let how = (until_s, integrates(number + 1 == self.layers.len()));
            Weighted::new(layer, volts).run(spikes, how, &mut pass.membranes, &mut rest[0])?;
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
        let Pass { traces, slopes, .. } = pass;
        let mut verdict = terms.of(&self.layers[last], &traces[last], shown.label, slopes);
        let mut end = dead.len() - self.layers[last].neurons;
        self.back(volts, shown.spikes, pass, gradient, |layer, trace, slopes| {
            end -= layer.neurons;
            let dead = &dead[end..end + layer.neurons];
            verdict.loss += quiet(layer, trace, (terms, dead), slopes);
        });
        by_spike.clone_from(&pass.slopes.by_spike);
        verdict
    }

    /// Derivatives by the weights in volts (1/V), added to `gradient`, and by the instants of the inputs' spikes (1/s), which replace those
    /// in `by_spike`, of a loss of what [`Layers::respond`] gave.
    ///
    /// # Panics
    /// If derivatives are of another number than what they are by.
    pub fn pull_back(
        &self,
        volts: &[f64],
        spikes: &[Spike],
        pulls: Pulls<'_>,
        pass: &mut Pass,
        gradient: &mut [f64],
        by_spike: &mut Vec<f64>,
    ) {
        let slopes = &mut pass.slopes;
        let last = &pass.traces[self.layers.len() - 1];
        slopes.clear(self.last().neurons, last.spikes.len());
        slopes.by_spike.copy_from_slice(pulls.by_spike);
        slopes.by_end.copy_from_slice(pulls.by_end);
        slopes.by_integral.copy_from_slice(pulls.by_integral);
        self.back(volts, spikes, pass, gradient, |_, _, _| ());
        by_spike.clone_from(&pass.slopes.by_spike);
    }

    /// Takes the slopes of the last layer back to the inputs. `beside` adds what a hidden layer has to do with the loss otherwise.
    fn back(
        &self,
        volts: &[f64],
        spikes: &[Spike],
        pass: &mut Pass,
        gradient: &mut [f64],
        mut beside: impl FnMut(&Layer, &Trace, &mut Slopes),
    ) {
        let Pass { traces, adjoint, slopes, before, .. } = pass;
        for (number, layer) in self.layers.iter().enumerate().rev() {
            let spikes = number.checked_sub(1).map_or(spikes, |at| &traces[at].spikes[..]);
            let neurons = number.checked_sub(1).map_or(0, |at| self.layers[at].neurons);
            before.clear(neurons, spikes.len());
            if let Some(at) = number.checked_sub(1) {
                beside(&self.layers[at], &traces[at], before);
            }
            // The array of a layer's own drivers stands behind the one that feeds it.
            let (feed, own) =
                gradient[layer.feed.first..].split_at_mut(layer.feed.sources * layer.neurons);
            let mut gradient = Gradient { feed, own, sources: &mut before.by_spike };
            Weighted::new(layer, volts).back(&traces[number], slopes, adjoint, &mut gradient);
            std::mem::swap(slopes, before);
        }
    }
}

/// The terms of neurons of a hidden layer that are to be made alive, and were silent.
fn quiet(
    layer: &Layer,
    trace: &Trace,
    (terms, dead): (&Terms, &[bool]),
    slopes: &mut Slopes,
) -> f64 {
    let mut silent = dead.to_vec();
    trace.spikes.iter().for_each(|spike| silent[spike.neuron as usize] = false);
    let each = (0..layer.neurons).filter(|neuron| silent[*neuron]);
    each.map(|neuron| terms.silent(&layer.cell, trace, neuron, slopes)).sum()
}
