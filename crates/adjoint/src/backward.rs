//! The adjoint of a layer: from its end to its beginning, in closed form between two edges.
//!
//! `lambda` is the derivative of the loss by a potential, everything else held: it decays backwards as the potential does
//! forwards. `gathered` is its integral from an instant to the end by the time constant: the derivative by an asymptote that moves from
//! there on. So a weight has the difference of `gathered` between the start and the end of each pulse, and an
//! edge that comes later by `dt` leaves a potential lower by `w dt / tau`.
//!
//! A spike is where the potential meets the threshold: it moves by `-dV / slope`. Behind it the potential begins from its reset
//! again, later by as much (Wunderlich and Pehle, Scientific Reports 11 (2021) 12829, for exponential currents).

use crate::forward::{Trace, Weighted};
use crate::pulses::{Change, Edge};

/// Derivatives of a loss by what a layer did.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Slopes {
    /// By the potential of each neuron at the end.
    pub by_end: Vec<f64>,
    /// By the integral of each potential (1/s).
    pub by_integral: Vec<f64>,
    /// By the instant of each spike (1/s).
    pub by_spike: Vec<f64>,
}

impl Slopes {
    /// None at all, for a layer of so many neurons and spikes.
    pub fn clear(&mut self, neurons: usize, spikes: usize) {
        for (list, length) in [
            (&mut self.by_end, neurons),
            (&mut self.by_integral, neurons),
            (&mut self.by_spike, spikes),
        ] {
            list.clear();
            list.resize(length, 0.0);
        }
    }
}

/// The state of a layer's adjoint, and lists that are used again.
#[derive(Debug, Default)]
pub(crate) struct Adjoint {
    lambda: Vec<f64>,
    gathered: Vec<f64>,
    /// What `lambda` tends to, backwards: the loss may weigh the potential itself. Zero while a neuron is held at its reset.
    pull: Vec<f64>,
    /// What the beginning after a spike gives its instant.
    behind: Vec<f64>,
    walked: Vec<(usize, f64, f64)>,
}

/// Where the derivatives of a layer go.
pub(crate) struct Gradient<'g> {
    /// By the weights of its arrays (1/V).
    pub feed: &'g mut [f64],
    pub own: &'g mut [f64],
    /// By the instants of the spikes that feed it (1/s).
    pub sources: &'g mut [f64],
}

impl Weighted<'_> {
    /// Adds the derivatives by all that the layer was given. Those by its own spikes take part, and are complete afterwards.
    pub fn back(
        &self,
        trace: &Trace,
        slopes: &mut Slopes,
        adjoint: &mut Adjoint,
        gradient: &mut Gradient<'_>,
    ) {
        adjoint.start(self, trace, slopes);
        let mut end_s = trace.until_s;
        for stretch in (0..trace.ends.len()).rev() {
            if let Some(edge) = trace.edges.get(stretch) {
                let by_instant = self.edge(edge, adjoint, gradient);
                let spikes =
                    if edge.own { &mut slopes.by_spike[..] } else { &mut *gradient.sources };
                if edge.change != Change::Nothing {
                    spikes[edge.spike as usize] += by_instant;
                }
                end_s = edge.at_s;
            }
            let start_s = stretch.checked_sub(1).map_or(0.0, |before| trace.edges[before].at_s);
            let first = stretch.checked_sub(1).map_or(0, |before| trace.ends[before]);
            self.stretch_back(
                (start_s, end_s),
                (trace, first..trace.ends[stretch]),
                slopes,
                adjoint,
            );
        }
    }

    /// What a start or end of a pulse has to do with the loss, by its instant.
    fn edge(&self, edge: &Edge, adjoint: &Adjoint, gradient: &mut Gradient<'_>) -> f64 {
        let sign = match edge.change {
            Change::Start => 1.0,
            Change::End => -1.0,
            Change::Nothing => return 0.0,
        };
        let array = if edge.own { &mut *gradient.own } else { &mut *gradient.feed };
        let neurons = self.layer.neurons;
        let by_weight = &mut array[edge.source as usize * neurons..][..neurons];
        for (by_weight, gathered) in by_weight.iter_mut().zip(&adjoint.gathered) {
            *by_weight += sign * gathered;
        }
        let products = self.row(edge).iter().zip(&adjoint.lambda).map(|(weight, l)| weight * l);
        -sign * products.sum::<f64>() / self.layer.cell.tau_s
    }

    fn stretch_back(
        &self,
        (start_s, end_s): (f64, f64),
        (trace, range): (&Trace, std::ops::Range<usize>),
        slopes: &Slopes,
        adjoint: &mut Adjoint,
    ) {
        adjoint.walked.clear();
        for events in trace.events[range].chunk_by(|a, b| a.neuron == b.neuron) {
            let neuron = events[0].neuron as usize;
            let mut at_s = end_s;
            let mut state = (adjoint.lambda[neuron], adjoint.gathered[neuron]);
            for event in events.iter().rev() {
                state = self.decay(state, adjoint.pull[neuron], at_s - event.at_s);
                at_s = event.at_s;
                match event.spike {
                    None => {
                        adjoint.behind[neuron] = event.slope * state.0;
                        adjoint.pull[neuron] = 0.0;
                        state.0 = 0.0;
                    }
                    Some(spike) => {
                        let by_instant = slopes.by_spike[spike as usize]
                            + self.layer.cell.span_v() * slopes.by_integral[neuron]
                            - std::mem::take(&mut adjoint.behind[neuron]);
                        state.0 = -by_instant / event.slope;
                        adjoint.pull[neuron] = self.layer.cell.tau_s * slopes.by_integral[neuron];
                    }
                }
            }
            let (lambda, gathered) = self.decay(state, adjoint.pull[neuron], at_s - start_s);
            adjoint.walked.push((neuron, lambda, gathered));
        }
        adjoint.all(end_s - start_s, self.layer.cell.tau_s);
    }

    /// `lambda` and `gathered` earlier by so much (s).
    fn decay(&self, (lambda, gathered): (f64, f64), pull: f64, by_s: f64) -> (f64, f64) {
        let tau_s = self.layer.cell.tau_s;
        let left = (-by_s / tau_s).exp();
        let earlier = pull + (lambda - pull) * left;
        (earlier, gathered + (lambda - earlier) + pull * by_s / tau_s)
    }
}

impl Adjoint {
    fn start(&mut self, weighted: &Weighted<'_>, trace: &Trace, slopes: &Slopes) {
        let layer = weighted.layer;
        let awake = |value: f64, at: usize| if trace.resting[at] { 0.0 } else { value };
        let tau_s = layer.cell.tau_s;
        self.lambda.clear();
        self.lambda.extend(slopes.by_end.iter().enumerate().map(|(at, value)| awake(*value, at)));
        self.pull.clear();
        let pulls = slopes.by_integral.iter().enumerate();
        self.pull.extend(pulls.map(|(at, value)| awake(tau_s * value, at)));
        for list in [&mut self.gathered, &mut self.behind] {
            list.clear();
            list.resize(layer.neurons, 0.0);
        }
    }

    /// Takes all neurons back by a stretch, those that were walked through it to where they came.
    fn all(&mut self, length_s: f64, tau_s: f64) {
        let left = (-length_s / tau_s).exp();
        let states = self.lambda.iter_mut().zip(&mut self.gathered);
        for ((lambda, gathered), pull) in states.zip(&self.pull) {
            let earlier = pull + (*lambda - pull) * left;
            *gathered += (*lambda - earlier) + pull * length_s / tau_s;
            *lambda = earlier;
        }
        for (neuron, lambda, gathered) in &self.walked {
            self.lambda[*neuron] = *lambda;
            self.gathered[*neuron] = *gathered;
        }
    }
}
