//! What quantisation gives, what it says about it, and what it refuses.

use memspike_lif_core::{
    DeviceNeuron, Dynamics, EventModel, Leak, QuantiseError, Quantised, ROUNDING, Reset, Rounded,
    Rules, Saturation, Scaling, Trained, Widths, quantise,
};
use memspike_network::Weights;

const DYNAMICS: Dynamics = Dynamics {
    threshold: 2.0,
    retention: 0.9375,
    reset: None,
    saturation: Saturation::Signed,
    refractory_ticks: 0,
};

const RULES: Rules<'_> =
    Rules { widths: &[Widths::of(8)], count_bits: 8, time_step_s: 1e-3, rounding: ROUNDING };

fn floats(neurons: usize, weights: &[f64]) -> Weights {
    Weights::new(weights.len() / neurons, neurons, weights.to_vec()).expect("finite weights")
}

fn trained(weights: Weights, dynamics: Dynamics) -> Trained {
    Trained { weights, dynamics, scale: None }
}

/// One layer that must be quantised.
fn quantised(layer: Trained, rules: &Rules<'_>) -> Quantised {
    quantise(&[layer], rules).expect("a core")
}

fn refusal(layer: Trained, rules: &Rules<'_>) -> String {
    quantise(&[layer], rules).expect_err("no core").to_string()
}

#[test]
fn the_largest_weight_becomes_the_largest_integer_and_the_threshold_scales_alike() {
    let found = quantised(trained(floats(2, &[0.5, -0.25, 0.1, 0.0]), DYNAMICS), &RULES);
    assert_eq!(found.core.weights()[0].row(0), [127, -64]);
    assert_eq!(found.core.weights()[0].row(1), [25, 0]);
    let spec = found.core.spec().first();
    assert_eq!(spec.threshold, 508);
    assert_eq!(spec.leak, Leak::Shift { shift: 4 });
    assert_eq!(spec.potential_bits, 11);
    let said = &found.layers[0];
    assert_eq!((said.scale, said.scaling), (254.0, Scaling::LargestWeight));
    assert_eq!(said.threshold, Rounded { wanted: 2.0, obtained: 2.0 });
    // 0.1 becomes 25/254, and -0.25 becomes -64/254, which errs by half a step.
    assert!((said.weight_error - 0.5 / 254.0).abs() < 1e-15, "{said:?}");
}

#[test]
fn integers_that_fit_are_taken_as_they_are() {
    let values = [100.0, -128.0, 3.0, 0.0];
    let integers = floats(2, &values).as_integers();
    let dynamics = Dynamics { threshold: 100.0, reset: Some(-7.0), ..DYNAMICS };
    let found = quantised(trained(integers.clone(), dynamics), &RULES);
    assert_eq!(found.core.weights()[0].row(0), [100, -128]);
    assert_eq!(found.core.weights()[0].row(1), [3, 0]);
    let spec = found.core.spec().first();
    assert_eq!((spec.threshold, spec.reset), (100, Reset::Hold { value: -7 }));
    let said = &found.layers[0];
    assert_eq!((said.scale, said.scaling, said.weight_error), (1.0, Scaling::Integers, 0.0));

    // The same numbers as floats are scaled, and integers that are too wide as well.
    let found = quantised(trained(floats(2, &values), dynamics), &RULES);
    assert_eq!(found.layers[0].scaling, Scaling::LargestWeight);
    let found =
        quantised(trained(integers, dynamics), &Rules { widths: &[Widths::of(7)], ..RULES });
    assert_eq!(found.layers[0].scaling, Scaling::LargestWeight);
    assert_eq!(found.core.weights()[0].row(0)[1], -63);
}

#[test]
fn a_scale_multiplies_weights_threshold_and_reset() {
    let dynamics = Dynamics { reset: Some(0.5), ..DYNAMICS };
    let layer = Trained { scale: Some(100.0), ..trained(floats(1, &[0.5, -0.256]), dynamics) };
    let found = quantised(layer.clone(), &RULES);
    let column: Vec<i32> = found.core.weights()[0].column(0).collect();
    assert_eq!(column, [50, -26]);
    let spec = found.core.spec().first();
    assert_eq!((spec.threshold, spec.reset), (200, Reset::Hold { value: 50 }));
    assert_eq!((found.layers[0].scale, found.layers[0].scaling), (100.0, Scaling::Given));

    // It is the stronger wish also where integers would do without.
    let integers = floats(1, &[10.0, -3.0]).as_integers();
    let layer = Trained { weights: integers, scale: Some(4.0), ..layer };
    let found = quantised(layer, &RULES);
    assert_eq!(found.core.weights()[0].column(0).collect::<Vec<_>>(), [40, -12]);
}

#[test]
fn weights_that_do_not_fit_at_a_scale_are_refused_with_what_would_fit() {
    let layer = Trained {
        scale: Some(100.0),
        ..trained(floats(2, &[0.5, -0.25, 0.1, 1.5, 0.0, -2.56]), DYNAMICS)
    };
    assert_eq!(
        refusal(layer.clone(), &RULES),
        "layer 0: weight 1.5 of input 1 to neuron 1 is 150 at the scale 100, which 8 bits do not hold; \
         a scale of at most 50 fits, and so do weights of 9 bits"
    );
    quantised(Trained { scale: Some(50.0), ..layer.clone() }, &RULES);
    quantised(layer.clone(), &Rules { widths: &[Widths::of(9)], ..RULES });
    // No width holds 1e9.
    let message = refusal(Trained { scale: Some(1e9), ..layer.clone() }, &RULES);
    assert!(message.ends_with("a scale of at most 50 fits"), "{message}");
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let message = refusal(Trained { scale: Some(scale), ..layer.clone() }, &RULES);
        assert!(message.contains("the scale is"), "{message}");
    }
    let lost = Trained { scale: Some(0.1), ..trained(floats(1, &[1.0, -2.0]), DYNAMICS) };
    let message = refusal(lost, &RULES);
    assert!(message.contains("round to zero; the largest is 2"), "{message}");
}

#[test]
fn weights_without_scale_and_senseless_constants_are_refused() {
    let zero = quantise(&[trained(floats(1, &[0.0; 3]), DYNAMICS)], &RULES);
    assert_eq!(zero, Err(QuantiseError::AllZero(0)));
    for wrong in [
        Dynamics { threshold: f64::NAN, ..DYNAMICS },
        Dynamics { threshold: -1.0, ..DYNAMICS },
        Dynamics { retention: 0.0, ..DYNAMICS },
        Dynamics { retention: 1.5, ..DYNAMICS },
        Dynamics { retention: f64::NAN, ..DYNAMICS },
        Dynamics { reset: Some(f64::INFINITY), ..DYNAMICS },
        Dynamics { reset: Some(f64::NAN), ..DYNAMICS },
        Dynamics { reset: Some(3.0), ..DYNAMICS },
    ] {
        let layer = trained(floats(1, &[1.0]), wrong);
        assert!(quantise(&[layer], &RULES).is_err(), "{wrong:?}");
    }
    let tiny = refusal(trained(floats(1, &[1e-320]), DYNAMICS), &RULES);
    assert!(tiny.contains("large enough to be scaled"), "{tiny}");
}

#[test]
fn a_threshold_reset_or_time_step_that_rounding_changes_too_far_is_refused_unless_allowed() {
    let layer = |threshold, reset| Trained {
        scale: Some(1.0),
        ..trained(floats(1, &[1.0]), Dynamics { threshold, reset, ..DYNAMICS })
    };
    assert_eq!(
        refusal(layer(2.4, None), &RULES),
        "layer 0: the threshold 2.4 becomes 2, an error of 16.7 %; rounding may make 1 %. \
         Take a larger scale or wider weights, or allow more rounding"
    );
    // 0.4 of 50 is within a hundredth, 0.4 of 30 is not.
    quantised(layer(50.0, Some(2.4)), &RULES);
    let message = refusal(layer(30.0, Some(2.4)), &RULES);
    assert!(message.contains("the reset 2.4 becomes 2, an error of 1.33 % of the"), "{message}");
    // A reset that would round up to the threshold is put one below, which is an error as well.
    let message = refusal(layer(10.0, Some(9.9)), &RULES);
    assert!(message.contains("the reset 9.9 becomes 9"), "{message}");

    let loose = Rules { rounding: 0.3, ..RULES };
    let found = quantised(layer(2.4, Some(1.7)), &loose);
    assert_eq!(found.layers[0].threshold, Rounded { wanted: 2.4, obtained: 2.0 });
    assert_eq!(found.layers[0].reset, Some(Rounded { wanted: 1.7, obtained: 1.0 }));
    assert!((found.layers[0].error() - 0.7 / 2.4).abs() < 1e-12);

    for (time_step_s, fits) in [(1e-3, true), (734.5226e-6, true), (3e-10, false), (1.4e-9, false)]
    {
        let found = quantise(&[layer(2.0, None)], &Rules { time_step_s, ..RULES });
        assert_eq!(found.is_ok(), fits, "{time_step_s}");
    }
}

#[test]
fn thresholds_and_resets_become_the_nearest_integers() {
    for (threshold, reset, integers) in [
        (99.4, 10.4, (99, 10)),
        (99.6, 10.6, (100, 11)),
        (100.5, -10.4, (101, -10)),
        (99.6, -10.6, (100, -11)),
    ] {
        let dynamics = Dynamics { threshold, reset: Some(reset), ..DYNAMICS };
        let layer = Trained { scale: Some(1.0), ..trained(floats(1, &[7.0]), dynamics) };
        let found = quantised(layer, &RULES);
        let spec = found.core.spec().first();
        let (threshold, value) = integers;
        assert_eq!((spec.threshold, spec.reset), (threshold, Reset::Hold { value }));
    }
}

/// A potential of half a billion, or its negative, after so many ticks.
fn decayed(retention: f64, sign: f64, rounding: f64, ticks: usize) -> (f64, f64) {
    let rules = Rules { widths: &[Widths::of(16)], rounding, ..RULES };
    let layer =
        trained(floats(1, &[sign]), Dynamics { threshold: 16_000.0, retention, ..DYNAMICS });
    let core = quantised(layer, &rules).core;
    let mut model = EventModel::new(&core);
    (0..15_000).for_each(|_| model.event(0));
    let start = f64::from(model.potentials(0)[0]);
    (0..ticks).for_each(|_| model.tick(|_| panic!("it stays below its threshold")));
    (start, f64::from(model.potentials(0)[0]))
}

#[test]
fn a_large_potential_decays_as_the_power_of_the_retention() {
    // One minus 2e-5: a membrane of 47 ms in steps of 1 us.
    for retention in [0.5, 0.9, 0.9375, 0.97, 0.99, 0.999, 1.0 - 1.0 / 47_000.0] {
        for rounding in [0.01, 1e-3] {
            for sign in [1.0, -1.0] {
                // Two time constants.
                let lost: f64 = 1.0 - retention;
                let ticks = (2.0 / lost).round();
                let (start, end) = decayed(retention, sign, rounding, ticks as usize);
                let after = |error: f64| start * (1.0 - lost * (1.0 + error)).powf(ticks);
                let (least, most) = (after(rounding), after(-rounding));
                let (least, most) = (least.min(most), least.max(most));
                // Each tick rounds by less than one, and what it rounded decays as well.
                let whole = 1.0 / (lost * (1.0 - rounding));
                assert!(
                    (least - whole..=most + whole).contains(&end),
                    "{retention} within {rounding}: from {start} to {end}, not {least} to {most}"
                );
            }
        }
    }
}

#[test]
fn a_leak_that_no_form_meets_is_refused_and_one_that_is_coarse_at_the_threshold_is_told() {
    let layer = |retention| trained(floats(1, &[1.0]), Dynamics { retention, ..DYNAMICS });
    let message = refusal(layer(1.0 - 1e-9), &RULES);
    assert!(message.contains("becomes 1, an error of 100 % of what a tick takes"), "{message}");
    let found = quantised(layer(1.0 - 1e-9), &Rules { rounding: 1.0, ..RULES });
    assert_eq!(found.core.spec().first().leak, Leak::None);
    assert_eq!(found.layers[0].retention.obtained, 1.0);

    // Of 253 a tick should take 0.25: a product takes one, a shift by nine bits nothing of half a one.
    for (retention, taken) in [(0.999, 1.0), (1.0 - 1.0 / 512.0, 0.0)] {
        let leak = quantised(layer(retention), &RULES).layers[0].leak_at_threshold;
        assert!((leak.wanted - 253.0 * (1.0 - retention)).abs() < 1e-9, "{leak:?}");
        assert_eq!(leak.obtained, taken);
    }
}

#[test]
fn a_device_leaks_by_its_time_constant_and_resets_to_its_hold_voltage() {
    // 0.17 V and 0.1 V are the paper's threshold and hold voltages; R C = 47 ms.
    let device = DeviceNeuron { threshold_v: 0.17, hold_v: 0.1, leak_ohm: 1e6, membrane_f: 47e-9 };
    let dynamics = device.dynamics(1e-3).expect("a neuron");
    assert!((dynamics.retention - (-1.0_f64 / 47.0).exp()).abs() < 1e-12);
    let found = quantised(trained(floats(1, &[0.017]), dynamics), &RULES);
    let spec = found.core.spec().first();
    assert_eq!((spec.threshold, spec.reset), (1270, Reset::Hold { value: 747 }));
    let tau = -1.0 / found.layers[0].retention.obtained.ln();
    assert!((tau / 47.0 - 1.0).abs() < 0.01, "{tau} ticks");

    assert!(DeviceNeuron { hold_v: 0.2, ..device }.dynamics(1e-3).is_err());
    assert!(DeviceNeuron { membrane_f: 0.0, ..device }.dynamics(1e-3).is_err());
    // A leak that 64 bits do not show is not taken for none.
    assert!(device.dynamics(1e-21).is_err());
}
