//! The way back: derivatives of the loss by all weights.
//!
//! Where the forward pass has a step, the way back has the derivative of the sigmoid, `H' = sigma'`.

use pulp::{Arch, NullaryFnOnce};

use super::pass::{Trace, add, heard_at};
use super::unrolled::hard;
use super::{Lane, Pass, Seen, Shown, Spiking, Unrolled};

/// Derivatives of the loss by an image's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct ByAnswer<T> {
    /// By the spikes of each output.
    pub counts: Vec<T>,
    /// By its potential at the end (1/V).
    pub potentials_v: Vec<T>,
}

impl Unrolled {
    /// Adds the derivatives of the loss by the weights (per volt), array by array, to `gradients`, given those by the answer of
    /// the forward pass just made with the same arguments.
    pub fn backward<T: Lane>(
        &self,
        pass: &mut Pass<T>,
        shown: &Shown<'_, T>,
        by: &ByAnswer<T>,
        gradients: &mut [Vec<T>],
    ) {
        Arch::new().dispatch(Backward { network: self, pass, shown, by, gradients });
    }

    #[inline(always)]
    fn backward_by_lanes<T: Lane>(
        &self,
        pass: &mut Pass<T>,
        shown: &Shown<'_, T>,
        by: &ByAnswer<T>,
        gradients: &mut [Vec<T>],
    ) {
        self.begin(pass, by);
        let widest = self.stages.iter().map(|stage| stage.neurons).max().unwrap_or_default();
        let mut by_spikes = vec![T::ZERO; widest];
        for step in (0..pass.ticks.len()).rev() {
            by_spikes[..by.counts.len()].copy_from_slice(&by.counts);
            for at in (0..self.stages.len()).rev() {
                self.through_neurons(&mut pass.traces[at], at, step, shown, &by_spikes);
                if at > 0 {
                    let (before, rest) = pass.traces.split_at_mut(at);
                    let (before, by_v) = (&mut before[at - 1], &rest[0].by_v[..]);
                    through_array(before, step, by_v, &mut gradients[at]);
                    become_deaf_as_before(before, step);
                    // Derivatives by this layer's potentials are still those of the tick behind, where the loop arrives.
                    let back = self.loops[at - 1].map(|array| {
                        through_array(before, step, &before.by_v, &mut gradients[array]);
                        (&before.by_v[..], &shown.volts[array].turned[..])
                    });
                    let forwards = (by_v, &shown.volts[at].turned[..]);
                    by_heard(before, pass.ticks[step].1, [Some(forwards), back], &mut by_spikes);
                    if let Some(gains) = &shown.deviations.gains {
                        by_spikes
                            .iter_mut()
                            .zip(&gains[at - 1])
                            .for_each(|(by, gain)| *by = *by * *gain);
                    }
                }
            }
            match shown.seen {
                Seen::Image(_) => self.to_levels(pass, step),
                Seen::Events(events) => {
                    let neurons = self.stages[0].neurons;
                    for input in events.at(pass.ticks[step].0) {
                        let gradient = &mut gradients[0][*input as usize * neurons..][..neurons];
                        add(gradient, T::ONE, &pass.traces[0].by_v);
                    }
                }
            }
        }
        if let Seen::Image(image) = shown.seen {
            self.to_rows(pass, image, shown, &mut gradients[0]);
        }
    }

    /// Derivatives by what is kept after the last tick. From here on the sums by level are those of the derivatives.
    #[inline(always)]
    fn begin<T: Lane>(&self, pass: &mut Pass<T>, by: &ByAnswer<T>) {
        let neurons = self.stages[0].neurons;
        for (level, present) in pass.present.iter().enumerate() {
            if *present {
                pass.sums[level * neurons..][..neurons].fill(T::ZERO);
            }
        }
        let last = self.stages.len() - 1;
        let last_s = pass.ticks.last().map_or(0.0, |(_, at_s)| *at_s);
        let decay = T::of((-(self.end_s - last_s) / self.stages[last].lif.tau_s).exp());
        for trace in &mut pass.traces {
            trace.kept.fill(T::ZERO);
            trace.by_v.fill(T::ZERO);
        }
        let kept = pass.traces[last].kept.iter_mut().zip(&by.potentials_v);
        kept.for_each(|(kept, by)| *kept = *by * decay);
    }

    /// From derivatives by the spikes of a tick and by the potentials kept after it to those by the potentials before.
    #[inline(always)]
    fn through_neurons<T: Lane>(
        &self,
        trace: &mut Trace<T>,
        at: usize,
        step: usize,
        shown: &Shown<'_, T>,
        by_spikes: &[T],
    ) {
        let stage = &self.stages[at];
        let surrogate = shown.surrogate;
        let sharpness = T::of(surrogate.sharpness(stage));
        let reset = T::of(stage.lif.reset_v);
        let decay = trace.decays[step];
        let v = &trace.v[step * stage.neurons..][..stage.neurons];
        let neurons = v.iter().zip(&shown.deviations.thresholds_v[at]).zip(by_spikes);
        let ways = trace.kept.iter_mut().zip(&mut trace.by_v);
        for (((v, threshold), by_spike), (by_kept, by_v)) in neurons.zip(ways) {
            let (soft, steep) = (sharpness * (*v - *threshold)).soft();
            let rise = if steep { sharpness * soft * (T::ONE - soft) } else { T::ZERO };
            let s = match surrogate.spiking {
                Spiking::Hard => hard(*v, *threshold),
                Spiking::Smooth => soft,
            };
            let by_reset = if surrogate.through_reset { reset - *v } else { T::ZERO };
            let by_spike = *by_spike + *by_kept * by_reset;
            *by_v = by_spike * rise + *by_kept * (T::ONE - s);
            *by_kept = *by_v * decay;
        }
    }

    /// Adds derivatives by the first layer's potentials to those by what each grey level gave them.
    #[inline(always)]
    fn to_levels<T: Lane>(&self, pass: &mut Pass<T>, step: usize) {
        let neurons = self.stages[0].neurons;
        for (level, count) in self.arrivals(pass.ticks[step].0) {
            let level = usize::from(*level);
            if pass.present[level] {
                let sum = &mut pass.sums[level * neurons..][..neurons];
                add(sum, T::of(*count), &pass.traces[0].by_v);
            }
        }
    }

    /// From derivatives by what each grey level gave to those by the weights of its pixels.
    #[inline(always)]
    fn to_rows<T: Lane>(
        &self,
        pass: &Pass<T>,
        image: &[u8],
        shown: &Shown<'_, T>,
        gradient: &mut [T],
    ) {
        let neurons = self.stages[0].neurons;
        for (row, level) in image.iter().enumerate() {
            let level = usize::from(*level);
            if pass.present[level] {
                let rate = shown.deviations.rates.as_ref().map_or(T::ONE, |rates| rates[row]);
                let sum = &pass.sums[level * neurons..][..neurons];
                add(&mut gradient[row * neurons..][..neurons], rate, sum);
            }
        }
    }
}

/// [`Unrolled::backward`], compiled for each width of registers.
struct Backward<'a, 'b, T> {
    network: &'a Unrolled,
    pass: &'a mut Pass<T>,
    shown: &'a Shown<'b, T>,
    by: &'a ByAnswer<T>,
    gradients: &'a mut [Vec<T>],
}

impl<T: Lane> NullaryFnOnce for Backward<'_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.network.backward_by_lanes(self.pass, self.shown, self.by, self.gradients);
    }
}

/// Adds the derivatives by the weights through which spikes of a tick were heard, of those by the potentials where they arrived.
#[inline(always)]
fn through_array<T: Lane>(before: &Trace<T>, step: usize, by_v: &[T], gradient: &mut [T]) {
    for heard in before.heard_at(step) {
        add(&mut gradient[heard.neuron * by_v.len()..][..by_v.len()], heard.gain, by_v);
    }
}

/// From here on drivers are deaf until when they were before the spikes of a tick.
#[inline(always)]
fn become_deaf_as_before<T: Lane>(before: &mut Trace<T>, step: usize) {
    let Trace { heard, ends, deaf_until_s, .. } = before;
    for heard in heard_at(heard, ends, step) {
        deaf_until_s[heard.neuron] = heard.deaf_until_s;
    }
}

/// Derivatives by the spikes of a layer that would be heard at an instant, from those by the potentials behind each array and the array's columns:
/// none where a driver is deaf.
#[inline(always)]
fn by_heard<T: Lane>(
    before: &Trace<T>,
    at_s: f64,
    behind: [Option<(&[T], &[T])>; 2],
    by_spikes: &mut [T],
) {
    let inputs = before.deaf_until_s.len();
    let by_spikes = &mut by_spikes[..inputs];
    by_spikes.fill(T::ZERO);
    for (by_v, turned) in behind.into_iter().flatten() {
        for (by_v, row) in by_v.iter().zip(turned.chunks_exact(inputs)) {
            add(by_spikes, *by_v, row);
        }
    }
    let now = T::of(at_s);
    for (by, deaf_until_s) in by_spikes.iter_mut().zip(&before.deaf_until_s) {
        *by = if now >= *deaf_until_s { *by } else { T::ZERO };
    }
}
