//! The gradient against differences of the loss of the real network.

#![allow(clippy::print_stdout, reason = "figures for people who ask for them")]

mod common;

use common::Case;
use memspike_adjoint::{Layers, Loss, Pass, Shown, Spike, Terms};

/// A sample and weights, as one list of numbers: weights in volts, then instants in seconds.
struct Point<'a> {
    layers: &'a Layers,
    terms: Terms,
    volts: Vec<f64>,
    spikes: Vec<Spike>,
    dead: Vec<bool>,
    until_s: f64,
    label: usize,
}

/// What is found at a point.
struct Found {
    loss: f64,
    course: Vec<(u32, u32, u32)>,
    gradient: Vec<f64>,
}

impl Point<'_> {
    fn moved(&self, by: &[f64], step: f64) -> (Vec<f64>, Vec<Spike>) {
        let (weights, instants) = by.split_at(self.volts.len());
        let volts = self.volts.iter().zip(weights).map(|(v, by)| v + step * by).collect();
        let moved = |(spike, by): (&Spike, &f64)| Spike { at_s: spike.at_s + step * by, ..*spike };
        (volts, self.spikes.iter().zip(instants).map(moved).collect())
    }

    /// Loss, course and gradient, so far along a direction.
    fn at(&self, by: &[f64], step: f64) -> Option<Found> {
        let (volts, spikes) = self.moved(by, step);
        let order = |pair: &[Spike]| pair[0].at_s <= pair[1].at_s;
        if !spikes.windows(2).all(order) || spikes.iter().any(|spike| spike.at_s < 0.0) {
            return None;
        }
        let shown = Shown { spikes: &spikes, until_s: self.until_s, label: self.label };
        let mut pass = Pass::default();
        self.layers.forward(&volts, &shown, &self.terms, &mut pass).expect("it ends");
        let (mut gradient, mut by_spike) = (vec![0.0; volts.len()], Vec::new());
        let how = (&shown, &self.terms, &self.dead[..]);
        let verdict = self.layers.backward(&volts, how, &mut pass, &mut gradient, &mut by_spike);
        gradient.extend(by_spike);
        Some(Found { loss: verdict.loss, course: pass.course(), gradient })
    }

    /// Derivative of the loss along a direction by differences that leave an error of the sixth power of their step; nothing where the course of
    /// events is not the same all along.
    fn difference(&self, by: &[f64], step: f64) -> Option<f64> {
        let course = self.at(by, 0.0)?.course;
        let central = |parts: f64| {
            let [above, below] = [self.at(by, step * parts)?, self.at(by, -step * parts)?];
            let is_smooth = above.course == course && below.course == course;
            is_smooth.then_some((above.loss - below.loss) / (2.0 * step * parts))
        };
        let [one, two, three] = [central(1.0)?, central(2.0)?, central(3.0)?];
        Some((15.0 * one - 6.0 * two + three) / 10.0)
    }
}

fn terms(number: u64) -> Terms {
    let loss = [Loss::FirstSpike, Loss::Potential, Loss::Fraction][number as usize % 3];
    Terms { loss, sharpness: 1.5, early: 0.3, alive: 0.7 }
}

/// Direction of weights in tenths of a volt and of instants in milliseconds.
fn direction(case: &mut Case, weights: usize, instants: usize) -> Vec<f64> {
    let weights = (0..weights).map(|_| (0.1, ())).chain((0..instants).map(|_| (1e-3, ())));
    let sizes: Vec<f64> = weights.map(|(size, ())| size).collect();
    sizes.into_iter().map(|size| size * case.within(-1.0, 1.0)).collect()
}

#[test]
fn the_gradient_is_that_of_the_network_at_points_where_no_spike_is_born_or_dies() {
    let (mut counted, mut skipped, mut worst) = (0, 0, 0.0_f64);
    let mut number = 0;
    while counted < 300 {
        let mut case = Case::new(1_000_000 + number);
        let (inputs, until_s) = (case.whole(1, 5), 0.1);
        let spikes = case.spikes(inputs, until_s);
        let network = case.network(&spikes, inputs);
        let layers = Layers::of(&network).expect("layers");
        let volts = layers.in_volts(&layers.weights_of(&network));
        let neurons: usize = layers.layers().iter().map(|layer| layer.neurons).sum();
        let dead = (0..neurons).map(|_| case.whole(0, 1) == 0).collect();
        let label = case.whole(0, layers.classes() - 1);
        let terms = terms(number);
        let by = direction(&mut case, volts.len(), spikes.len());
        let point = Point { layers: &layers, terms, volts, spikes, dead, until_s, label };
        number += 1;
        let gradient = point.at(&by, 0.0).expect("spikes are in order").gradient;
        let along: f64 = gradient.iter().zip(&by).map(|(slope, by)| slope * by).sum();
        // Of two steps the one that agrees with itself better: rounding spoils short ones, curvature long ones.
        let differences = [1e-3, 2e-4].map(|step| point.difference(&by, step));
        let [Some(long), Some(short)] = differences else {
            skipped += 1;
            continue;
        };
        if along == 0.0 && long == 0.0 {
            skipped += 1;
            continue;
        }
        counted += 1;
        let off = [long, short].map(|found| (found - along).abs() / along.abs());
        let off = off[0].min(off[1]);
        assert!(
            off < 1e-6,
            "case {number}: {along:e} by adjoint, {long:e}, {short:e} by differences"
        );
        worst = worst.max(off);
    }
    println!("{counted} points, worst {worst:e}; {skipped} passed over");
}
