//! One image forwards and backwards through the unrolled network.
//!
//! At each tick `k`: `v = d v' + jump`, spike `s = H(v - threshold)`, and `v' = v (1 - s) + reset s` goes on.
//! Backwards `H' = sigma'`, with `sigma(x) = 1 / (1 + exp(-slope x / swing))`, `swing = threshold - reset`.

use crate::{Arrival, CLASSES, Encoding, Image, LEVELS, Lif, PIXELS};

/// The instants at which charges arrive, with what arrives.
#[derive(Debug, Clone)]
pub struct Unrolled {
    lif: Lif,
    end_s: f64,
    /// Whether a grey level spikes at all.
    spikes: [bool; LEVELS],
    ticks: Vec<Tick>,
    arrivals: Vec<(u8, f64)>,
}

#[derive(Debug, Clone, Copy)]
struct Tick {
    at_s: f64,
    /// End of its part of the arrivals, which begins where that of the tick before ends.
    until: usize,
}

/// What a spike is in the forward pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spiking {
    /// A step: the network as it is.
    Hard,
    /// The sigmoid itself. Its gradient is exact, so that finite differences can check it.
    Smooth,
}

/// How spikes are treated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surrogate {
    /// Slope of the sigmoid, per swing of the potential.
    pub slope: f64,
    /// Forwards.
    pub spiking: Spiking,
    /// Backwards: whether a spike's effect on the potential, its reset, is followed.
    pub through_reset: bool,
}

/// Deviations of one image's neurons from their nominal values.
#[derive(Debug, Clone)]
pub struct Deviations {
    /// Thresholds (V).
    pub threshold_v: [f64; CLASSES],
    /// Rates of the oscillation neurons, as factors; none for 1.
    pub rates: Option<Box<[f64; PIXELS]>>,
}

/// Working memory of a pass, and its answer.
#[derive(Debug, Clone)]
pub struct Pass {
    /// Spikes of each output.
    pub counts: [f64; CLASSES],
    /// Potentials at the end (V).
    pub potentials_v: [f64; CLASSES],
    sums: Box<[[f64; CLASSES]; LEVELS]>,
    present: [bool; LEVELS],
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    tick: usize,
    decay: f64,
    v: [f64; CLASSES],
}

impl Default for Pass {
    fn default() -> Self {
        Self {
            counts: [0.0; CLASSES],
            potentials_v: [0.0; CLASSES],
            sums: Box::new([[0.0; CLASSES]; LEVELS]),
            present: [false; LEVELS],
            steps: Vec::new(),
        }
    }
}

/// A sigmoid whose argument is beyond this is flat (its derivative is below 1e-8).
const FLAT: f64 = 20.0;

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

impl Unrolled {
    /// A network that is shown an image for `duration_s`, whose inputs spike as the encoding says.
    #[must_use]
    pub fn new(encoding: &Encoding, lif: Lif, duration_s: f64) -> Self {
        let mut ticks: Vec<Tick> = Vec::new();
        let mut arrivals: Vec<(u8, f64)> = Vec::new();
        let mut spikes = [false; LEVELS];
        for Arrival { at_s, level } in encoding.events().iter().copied() {
            spikes[usize::from(level)] = true;
            let same_tick = ticks.last().is_some_and(|tick| tick.at_s == at_s);
            match arrivals.last_mut() {
                Some(last) if same_tick && last.0 == level => last.1 += 1.0,
                _ => arrivals.push((level, 1.0)),
            }
            if same_tick {
                ticks.pop();
            }
            ticks.push(Tick { at_s, until: arrivals.len() });
        }
        Self { lif, end_s: duration_s, spikes, ticks, arrivals }
    }

    /// The ideal neuron of the outputs.
    #[must_use]
    pub fn lif(&self) -> &Lif {
        &self.lif
    }

    /// Neurons that do not deviate.
    #[must_use]
    pub fn nominal(&self) -> Deviations {
        Deviations { threshold_v: [self.lif.threshold_v; CLASSES], rates: None }
    }

    /// Shows an image to weights (V a spike, [`PIXELS`] rows).
    pub fn forward(
        &self,
        pass: &mut Pass,
        image: &Image,
        weights_v: &[[f64; CLASSES]],
        deviations: &Deviations,
        surrogate: Surrogate,
    ) {
        self.sum_by_level(pass, image, weights_v, deviations);
        pass.steps.clear();
        pass.counts = [0.0; CLASSES];
        let mut kept = [0.0; CLASSES];
        let (mut last_s, mut from) = (0.0, 0);
        let sharpness = surrogate.slope / (self.lif.threshold_v - self.lif.reset_v);
        for (tick, Tick { at_s, until }) in self.ticks.iter().enumerate() {
            let arrivals = &self.arrivals[from..*until];
            from = *until;
            let mut jump = [0.0; CLASSES];
            let mut any = false;
            for (level, count) in arrivals {
                if pass.present[usize::from(*level)] {
                    any = true;
                    let sum = &pass.sums[usize::from(*level)];
                    (0..CLASSES).for_each(|j| jump[j] += count * sum[j]);
                }
            }
            if !any {
                continue;
            }
            let decay = (-(at_s - last_s) / self.lif.tau_s).exp();
            last_s = *at_s;
            let v: [f64; CLASSES] = std::array::from_fn(|j| decay * kept[j] + jump[j]);
            for j in 0..CLASSES {
                let above = v[j] - deviations.threshold_v[j];
                let s = match surrogate.spiking {
                    Spiking::Hard => f64::from(u8::from(above >= 0.0)),
                    Spiking::Smooth => sigmoid(sharpness * above),
                };
                pass.counts[j] += s;
                kept[j] = v[j] * (1.0 - s) + self.lif.reset_v * s;
            }
            pass.steps.push(Step { tick, decay, v });
        }
        let decay = (-(self.end_s - last_s) / self.lif.tau_s).exp();
        pass.potentials_v = kept.map(|v| v * decay);
    }

    /// Charges of all pixels of one grey level, together.
    fn sum_by_level(
        &self,
        pass: &mut Pass,
        image: &Image,
        weights_v: &[[f64; CLASSES]],
        deviations: &Deviations,
    ) {
        pass.present = [false; LEVELS];
        for (row, level) in image.iter().enumerate() {
            let level = usize::from(*level);
            if !self.spikes[level] {
                continue;
            }
            let sum = &mut pass.sums[level];
            if !std::mem::replace(&mut pass.present[level], true) {
                *sum = [0.0; CLASSES];
            }
            let rate = deviations.rates.as_ref().map_or(1.0, |rates| rates[row]);
            (0..CLASSES).for_each(|j| sum[j] += rate * weights_v[row][j]);
        }
    }

    /// Adds the derivatives of the loss by the weights (per volt) to `gradient`, given those by the
    /// counts and by the final potentials of the forward pass just made with the same arguments.
    pub fn backward(
        &self,
        pass: &mut Pass,
        image: &Image,
        deviations: &Deviations,
        surrogate: Surrogate,
        (by_count, by_potential): ([f64; CLASSES], [f64; CLASSES]),
        gradient: &mut [[f64; CLASSES]],
    ) {
        // From here on the sums by level are those of the derivatives.
        for (sum, present) in pass.sums.iter_mut().zip(pass.present) {
            if present {
                *sum = [0.0; CLASSES];
            }
        }
        let sharpness = surrogate.slope / (self.lif.threshold_v - self.lif.reset_v);
        let last_s = pass.steps.last().map_or(0.0, |step| self.ticks[step.tick].at_s);
        let decay = (-(self.end_s - last_s) / self.lif.tau_s).exp();
        let mut by_kept = by_potential.map(|d| d * decay);
        for step in pass.steps.iter().rev() {
            let mut by_v = [0.0; CLASSES];
            for j in 0..CLASSES {
                let x = sharpness * (step.v[j] - deviations.threshold_v[j]);
                let (soft, rise) = if x.abs() > FLAT {
                    (f64::from(u8::from(x > 0.0)), 0.0)
                } else {
                    let soft = sigmoid(x);
                    (soft, sharpness * soft * (1.0 - soft))
                };
                let s = match surrogate.spiking {
                    Spiking::Hard => f64::from(u8::from(x >= 0.0)),
                    Spiking::Smooth => soft,
                };
                let by_reset =
                    if surrogate.through_reset { self.lif.reset_v - step.v[j] } else { 0.0 };
                let by_spike = by_count[j] + by_kept[j] * by_reset;
                by_v[j] = by_spike * rise + by_kept[j] * (1.0 - s);
            }
            let from = step.tick.checked_sub(1).map_or(0, |before| self.ticks[before].until);
            for (level, count) in &self.arrivals[from..self.ticks[step.tick].until] {
                if pass.present[usize::from(*level)] {
                    let sum = &mut pass.sums[usize::from(*level)];
                    (0..CLASSES).for_each(|j| sum[j] += count * by_v[j]);
                }
            }
            by_kept = by_v.map(|d| d * step.decay);
        }
        for (row, level) in image.iter().enumerate() {
            let level = usize::from(*level);
            if pass.present[level] {
                let rate = deviations.rates.as_ref().map_or(1.0, |rates| rates[row]);
                (0..CLASSES).for_each(|j| gradient[row][j] += rate * pass.sums[level][j]);
            }
        }
    }
}
