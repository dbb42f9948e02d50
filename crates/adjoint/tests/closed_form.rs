//! One neuron, one pulse: what can be written down.

use memspike_adjoint::{Design, Layers, Loss, Pass, Shown, Spike, Terms, Verdict};

/// A neuron behind one input that spikes at 1 ms, its weight as a shift of its asymptote (V).
struct One {
    layers: Layers,
    terms: Terms,
    until_s: f64,
}

/// Threshold (V), time constant (s) and the instant of the input (s).
const THETA_V: f64 = 0.2;
const TAU_S: f64 = 47e-3;
const INPUT_S: f64 = 1e-3;

impl One {
    fn new(loss: Loss, until_s: f64) -> Self {
        let network = Design::default().network(&[1, 1]).expect("a network");
        let layers = Layers::of(&network).expect("layers");
        Self { layers, terms: Terms { loss, sharpness: 1.0, early: 0.3, alive: 0.7 }, until_s }
    }

    /// Loss, and its derivatives by the weight and by the instant of the input; spikes of the neuron.
    fn at(&self, weight_v: f64) -> (Verdict, [f64; 2], Vec<f64>) {
        let spikes = [Spike { at_s: INPUT_S, neuron: 0 }];
        let shown = Shown { spikes: &spikes, until_s: self.until_s, label: 0 };
        let (mut pass, mut gradient, mut by_spike) = (Pass::default(), [0.0], Vec::new());
        self.layers.forward(&[weight_v], &shown, &self.terms, &mut pass).expect("it ends");
        let how = (&shown, &self.terms, &[false][..]);
        let verdict =
            self.layers.backward(&[weight_v], how, &mut pass, &mut gradient, &mut by_spike);
        let fired = pass.spikes(0).iter().map(|spike| spike.at_s).collect();
        (verdict, [gradient[0], by_spike[0]], fired)
    }
}

fn near(found: f64, truth: f64) {
    assert!((found - truth).abs() <= 1e-13 * truth.abs().max(1.0), "{found:e}, in truth {truth:e}");
}

#[test]
fn the_first_spike_moves_as_the_derivative_of_a_logarithm() {
    let one = One::new(Loss::FirstSpike, 0.1);
    for weight_v in [0.201, 0.25, 0.35, 1.0, 30.0] {
        let (verdict, [by_weight, by_input], fired) = one.at(weight_v);
        let first_s = INPUT_S + TAU_S * (weight_v / (weight_v - THETA_V)).ln();
        if first_s > INPUT_S + TAU_S {
            // The pulse has ended before, and the neuron is silent.
            assert!(fired.is_empty());
            continue;
        }
        near(fired[0], first_s);
        // One class is always right: only the term of early spikes is left.
        near(verdict.loss, one.terms.early * first_s / one.until_s);
        let slope = TAU_S * (1.0 / weight_v - 1.0 / (weight_v - THETA_V));
        near(by_weight, one.terms.early / one.until_s * slope);
        near(by_input, one.terms.early / one.until_s);
    }
}

#[test]
fn a_silent_neuron_is_drawn_to_its_threshold_by_the_integral_of_its_potential() {
    let one = One::new(Loss::FirstSpike, 0.3);
    let weight_v = 0.1;
    let (verdict, [by_weight, _], fired) = one.at(weight_v);
    assert!(fired.is_empty());
    // Over all times the integral of the potential is that of its asymptote; what is left at the end has not come yet.
    let left = (-(one.until_s - INPUT_S - TAU_S) / TAU_S).exp() * (1.0 - (-1.0_f64).exp());
    let per_volt = (TAU_S - TAU_S * left) / one.until_s;
    near(by_weight, -one.terms.alive * per_volt / THETA_V);
    let distance = (THETA_V - weight_v * per_volt) / THETA_V;
    near(verdict.loss, one.terms.early + one.terms.alive * distance);
}

#[test]
fn the_mean_potential_rises_by_what_a_weight_adds_to_it() {
    let one = One {
        terms: Terms { alive: 0.0, ..One::new(Loss::Potential, 0.3).terms },
        ..One::new(Loss::Potential, 0.3)
    };
    // One class alone has no loss whatever its score.
    assert_eq!(one.at(0.1).0.loss, 0.0);
    let two = Design::default().network(&[1, 2]).expect("a network");
    let layers = Layers::of(&two).expect("layers");
    let spikes = [Spike { at_s: INPUT_S, neuron: 0 }];
    let shown = Shown { spikes: &spikes, until_s: 0.3, label: 0 };
    let (mut pass, mut gradient, mut by_spike) = (Pass::default(), [0.0; 2], Vec::new());
    let volts = [0.1, 0.05];
    layers.forward(&volts, &shown, &one.terms, &mut pass).expect("it ends");
    let how = (&shown, &one.terms, &[false; 2][..]);
    let verdict = layers.backward(&volts, how, &mut pass, &mut gradient, &mut by_spike);
    let left = (-(0.3 - INPUT_S - TAU_S) / TAU_S).exp() * (1.0 - (-1.0_f64).exp());
    let per_volt = (TAU_S - TAU_S * left) / 0.3 / THETA_V;
    let difference = per_volt * (volts[1] - volts[0]);
    near(verdict.loss, difference.exp().ln_1p());
    let wrong = difference.exp() / (1.0 + difference.exp());
    near(gradient[0], -wrong * per_volt);
    near(gradient[1], wrong * per_volt);
    assert_eq!(verdict.class, Some(0));
}

#[test]
fn a_spike_that_is_born_at_the_end_leaves_its_score_where_it_was() {
    let network = Design::default().network(&[1, 2]).expect("a network");
    let layers = Layers::of(&network).expect("layers");
    let terms = Terms { loss: Loss::Fraction, sharpness: 1.0, early: 0.0, alive: 0.0 };
    let volts = [0.4, 0.1];
    let first_s = INPUT_S + TAU_S * 2.0_f64.ln();
    let loss = |until_s: f64| {
        let spikes = [Spike { at_s: INPUT_S, neuron: 0 }];
        let shown = Shown { spikes: &spikes, until_s, label: 0 };
        let (mut pass, mut gradient, mut by_spike) = (Pass::default(), [0.0; 2], Vec::new());
        layers.forward(&volts, &shown, &terms, &mut pass).expect("it ends");
        let how = (&shown, &terms, &[false; 2][..]);
        let verdict = layers.backward(&volts, how, &mut pass, &mut gradient, &mut by_spike);
        (verdict.loss, pass.spikes(0).len())
    };
    let [before, after] = [-1e-12, 1e-12].map(|step| loss(first_s + step));
    assert_eq!([before.1, after.1], [0, 1]);
    // Of two scores, one at a spike: the other potential has risen to a quarter of its own.
    let truth = (-(1.0 - 0.25_f64)).exp().ln_1p();
    for (loss, _) in [before, after] {
        assert!((loss - truth).abs() < 1e-9, "{loss}, in truth {truth}");
    }
}
