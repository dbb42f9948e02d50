//! Draws of a device's voltages: their moments, and what they depend on.

mod baseline;

use std::sync::Arc;

use memspike_device::{Deviation, MODELS, Model, Phase, State};
use memspike_random::{Draws, Owner};
use memspike_waveform::Waveform;

fn build(changes: &[(&str, f64)]) -> Arc<dyn Model> {
    let kind = MODELS.iter().find(|kind| kind.name == "ts_memristor").unwrap();
    let values: Vec<f64> = kind.parameters.iter().map(|p| baseline::value(p, changes)).collect();
    (kind.build)(&values).unwrap()
}

fn deviations(model: &dyn Model, draws: &Draws, cycles: u32) -> Vec<[f64; 2]> {
    (0..cycles)
        .map(|cycle| {
            let state = model.draw(&State { cycle, ..State::new(Phase::Off, 0.0) }, draws);
            [state.deviation.von, state.deviation.vhold]
        })
        .collect()
}

/// Mean and standard deviation.
fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    (mean, (values.map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
}

#[test]
fn cycles_vary_by_the_given_standard_deviation_in_every_distribution() {
    const N: u32 = 20_000;
    for distribution in [0.0, 1.0, 2.0] {
        let card =
            [("sigma_von", 3.83e-3), ("sigma_vhold", 4.44e-3), ("distribution", distribution)];
        let all = deviations(&*build(&card), &Draws::new(1, "device n1"), N);
        for (k, sigma) in [(0, 3.83e-3), (1, 4.44e-3)] {
            let (mean, deviation) = moments(all.iter().map(|d| d[k]));
            // Four standard errors; limits at 3 sigma take 1.3 % from the deviation.
            let truncated = if distribution == 2.0 { 1.0 - truncated_deviation() } else { 0.0 };
            let error = (f64::from(N)).sqrt().recip();
            assert!(mean.abs() < 4.0 * sigma * error, "{distribution} {k}: mean {mean:e}");
            let expected = sigma * (1.0 - truncated);
            assert!(
                (deviation / expected - 1.0).abs() < 4.0 * error,
                "{distribution} {k}: {deviation:e}"
            );
        }
    }
}

/// Standard normal distribution function at `x`, by the series of the error function: exact to rounding
/// for `|x| <= 3`.
fn normal_below(x: f64) -> f64 {
    let (mut term, mut sum) = (x, x);
    for n in 1..100 {
        let n = f64::from(n);
        term *= -x * x / (2.0 * n);
        sum += term / (2.0 * n + 1.0);
    }
    0.5 + sum / std::f64::consts::TAU.sqrt()
}

/// Standard deviation of a standard normal distribution truncated at 3.
fn truncated_deviation() -> f64 {
    let density = (-4.5_f64).exp() / std::f64::consts::TAU.sqrt();
    (1.0 - 6.0 * density / (2.0 * normal_below(3.0) - 1.0)).sqrt()
}

#[test]
fn a_truncated_distribution_is_the_normal_one_given_that_it_lies_within_3_sigma() {
    const N: u32 = 100_000;
    let sigma = 3e-3;
    let cycles = [("sigma_von", sigma), ("sigma_vhold", sigma), ("distribution", 2.0)];
    let of_cycles = deviations(&*build(&cycles), &Draws::new(2, Owner::Device("n1")), N);
    let devices = [("spread_von", sigma), ("spread_vhold", sigma), ("distribution", 2.0)];
    let model = build(&devices);
    let of_devices: Vec<[f64; 2]> = (0..N)
        .map(|n| {
            let draws = Draws::new(2, Owner::Device(&format!("n{n}")));
            deviations(&*model, &draws, 1)[0]
        })
        .collect();
    for all in [of_cycles, of_devices] {
        for k in [0, 1] {
            let mut z: Vec<f64> = all.iter().map(|d| d[k] / sigma).collect();
            z.sort_by(f64::total_cmp);
            // Differences of voltages are good to 3e-17 V.
            assert!(z[0] > -3.0 - 1e-13 && z[z.len() - 1] < 3.0 + 1e-13);
            // No atoms: neither at the ends, nor anywhere else.
            assert!(z.windows(2).filter(|pair| pair[1] - pair[0] < 1e-13).count() <= 1);
            // Kolmogorov and Smirnov: beyond 2.2 / sqrt(N) once in 8000.
            let below =
                |x: f64| (normal_below(x) - normal_below(-3.0)) / (2.0 * normal_below(3.0) - 1.0);
            let n = f64::from(N);
            let distance = z.iter().zip(0..).map(|(z, i)| {
                let (low, high) = (f64::from(i) / n, f64::from(i + 1) / n);
                (below(*z) - low).abs().max((below(*z) - high).abs())
            });
            let distance = distance.fold(0.0, f64::max) * n.sqrt();
            assert!(distance < 2.2, "{distance}");
            let (mean, deviation) = moments(z.iter().copied());
            let error = 4.0 / n.sqrt();
            assert!(mean.abs() < error, "{mean}");
            assert!((deviation / truncated_deviation() - 1.0).abs() < error, "{deviation}");
        }
    }
}

#[test]
fn only_what_lies_beyond_3_sigma_differs_from_the_normal_distribution() {
    let draws = Draws::new(2, Owner::Device("n1"));
    let card = |distribution| {
        build(&[("sigma_von", 1e-3), ("sigma_vhold", 1e-3), ("distribution", distribution)])
    };
    let [normal, truncated] = [0.0, 2.0].map(|d| deviations(&*card(d), &draws, 10_000));
    let inside = |d: &[f64; 2]| d.iter().all(|v| v.abs() <= 3e-3);
    let outside = normal.iter().filter(|d| !inside(d)).count();
    assert!((20..100).contains(&outside), "{outside}");
    for (normal, truncated) in normal.iter().zip(&truncated) {
        assert_eq!(inside(normal), normal == truncated);
    }
}

#[test]
fn what_a_device_keeps_does_not_depend_on_the_repetition_and_what_a_cycle_draws_does() {
    let model = build(&[("spread_von", 1e-3), ("sigma_vhold", 1e-3), ("drift_von", 1e-5)]);
    let device = Draws::new(2, Owner::Device("n1"));
    let first = deviations(&*model, &device, 2000);
    for repetition in [1, 2, 1 << 40] {
        let other = deviations(&*model, &device.repetition(repetition), 2000);
        for (first, other) in first.iter().zip(&other) {
            // The same offset and the same drift, in each cycle.
            assert_eq!(first[0], other[0]);
            assert_ne!(first[1], other[1]);
        }
    }
}

#[test]
fn the_two_voltages_and_successive_cycles_are_not_correlated() {
    const N: u32 = 20_000;
    let model = build(&[("sigma_von", 1e-3), ("sigma_vhold", 1e-3)]);
    let all = deviations(&*model, &Draws::new(7, "device n1"), N);
    let correlation = |pairs: Vec<(f64, f64)>| {
        pairs.iter().map(|(a, b)| a * b).sum::<f64>() / pairs.len() as f64 / 1e-6
    };
    let limit = 4.0 / f64::from(N).sqrt();
    assert!(correlation(all.iter().map(|d| (d[0], d[1])).collect()).abs() < limit);
    assert!(correlation(all.windows(2).map(|w| (w[0][0], w[1][0])).collect()).abs() < limit);
}

#[test]
fn devices_keep_their_own_offset_through_all_cycles() {
    let model = build(&[("spread_von", 6.9e-3)]);
    let own = |name: &str| deviations(&*model, &Draws::new(3, name), 50);
    let first = own("device n1");
    assert!(first.iter().all(|d| *d == first[0]));
    assert_ne!(first[0], own("device n2")[0]);
    let many = (0..4000).map(|n| own(&format!("device n{n}"))[0][0]);
    let (mean, deviation) = moments(many.collect::<Vec<_>>().into_iter());
    let error = 4.0 / 4000.0_f64.sqrt();
    assert!(mean.abs() < error * 6.9e-3 && (deviation / 6.9e-3 - 1.0).abs() < error);
}

#[test]
fn a_draw_depends_on_seed_name_and_cycle_alone() {
    let model = build(&[("sigma_von", 3e-3), ("spread_vhold", 2e-3)]);
    let draw = |seed, name: &str, cycle| {
        let state = State { cycle, ..State::new(Phase::Off, 0.0) };
        model.draw(&state, &Draws::new(seed, name)).deviation
    };
    let one = draw(1, "device x1.n1", 5);
    let _ = draw(9, "device other", 6);
    assert_eq!(one, draw(1, "device x1.n1", 5));
    for other in
        [draw(2, "device x1.n1", 5), draw(1, "device x2.n1", 5), draw(1, "device x1.n1", 6)]
    {
        assert_ne!(one, other);
    }
}

#[test]
fn a_threshold_that_drifts_grows_with_every_cycle() {
    let model = build(&[("drift_von", 1e-6)]);
    let all = deviations(&*model, &Draws::new(0, "device n1"), 1001);
    assert!((all[1000][0] - 1e-3).abs() < 1e-15);
    assert_eq!(all[0][0], 0.0);
}

#[test]
fn an_absurd_draw_still_leaves_a_device_that_can_switch() {
    let model = build(&[("sigma_von", 1.0), ("sigma_vhold", 1.0)]);
    for [von, vhold] in deviations(&*model, &Draws::new(5, "device n1"), 2000) {
        let (von, vhold) = (0.1353 + von, 0.1 + vhold);
        assert!(von > 0.0 && (0.0..von).contains(&vhold), "{von} {vhold}");
    }
}

#[test]
fn a_jump_is_held_against_the_hold_voltage_of_the_present_cycle() {
    let sigma = 5e-3;
    let model = build(&[("sigma_vhold", sigma)]);
    let draws = Draws::new(7, Owner::Device("n1"));
    let (mut above, mut below) = (0, 0);
    for cycle in 0..200 {
        let on = model.draw(&State { cycle, ..State::new(Phase::On, 1.0) }, &draws);
        let hold = 0.1 + on.deviation.vhold;
        if on.deviation.vhold > 0.0 {
            above += 1;
        } else {
            below += 1;
        }
        // Just above it holds and just below it breaks, on either side of the card's value.
        for (volt, phase) in [(hold + 1e-9, Phase::On), (hold - 1e-9, Phase::Off)] {
            for volt in [volt, -volt] {
                let after = model.settle(&on, &Waveform::constant(volt), 0.0);
                assert_eq!(after.phase, phase, "cycle {cycle}, {volt} V, hold {hold} V");
                assert_eq!(after.cycle, cycle + u32::from(!phase.is_on()));
            }
        }
        // The same as for a voltage that gets there without a jump.
        let falling = Waveform::ramp(0.2, -1.0);
        let off = model.next(&on, &falling, 0.0, 1.0).unwrap();
        assert!((0.2 - off.at_s - hold).abs() < 1e-15);
    }
    assert!(above > 50 && below > 50, "{above} {below}");
}

#[test]
fn a_jump_is_held_against_the_threshold_of_the_present_cycle() {
    let model = build(&[]);
    for shift in [-0.02, -1e-3, 1e-3, 0.02] {
        let deviation = Deviation { von: shift, ..Deviation::default() };
        let off = State { deviation, ..State::new(Phase::Off, 0.5) };
        let von = 0.1353 + shift;
        // Just above it grows and just below it does not, on either side of the card's value.
        for (volt, phase) in [(von + 1e-9, Phase::Growing), (von - 1e-9, Phase::Off)] {
            for volt in [volt, -volt] {
                let after = model.settle(&off, &Waveform::constant(volt), 0.0);
                assert_eq!((after.phase, after.cycle), (phase, 0), "{volt} V, von {von} V");
            }
        }
    }
    // A jump to between the card's threshold and the hold voltage of this cycle breaks the filament, and
    // nothing grows below the threshold of this cycle.
    let deviation = Deviation { von: 0.05, vhold: 0.05, ..Deviation::default() };
    let on = State { deviation, ..State::new(Phase::On, 1.0) };
    for volt in [0.14, -0.14] {
        let after = model.settle(&on, &Waveform::constant(volt), 0.0);
        assert_eq!((after.phase, after.cycle), (Phase::Off, 1), "{volt} V");
    }
}

#[test]
fn resistances_and_remainders_are_lognormal_with_their_nominal_means() {
    let (cycles, parts) =
        (20_000_u32, [("sigma_ron", 0.4), ("sigma_roff", 0.2), ("sigma_gres", 0.1)]);
    let model = build(&parts);
    let draws = Draws::new(5, Owner::Device("n1"));
    let logs: Vec<[f64; 3]> = (0..cycles)
        .map(|cycle| {
            let state = model.draw(&State { cycle, ..State::new(Phase::Off, 0.0) }, &draws);
            let d = state.deviation;
            assert_eq!((d.von, d.vhold), (0.0, 0.0));
            [d.ln_ron, d.ln_roff, d.ln_gres]
        })
        .collect();
    let n = f64::from(cycles);
    for (k, (name, part)) in parts.into_iter().enumerate() {
        let factors = || logs.iter().map(|ln| ln[k].exp());
        let mean = factors().sum::<f64>() / n;
        let sigma = (factors().map(|f| (f - mean).powi(2)).sum::<f64>() / n).sqrt();
        // Five standard errors of the mean; the deviation's own is larger for a skewed factor.
        assert!((mean - 1.0).abs() < 5.0 * part / n.sqrt(), "{name}: mean {mean}");
        assert!((sigma / part - 1.0).abs() < 0.06, "{name}: {sigma} for {part}");
        // The logarithm is symmetric.
        let median = logs.iter().filter(|ln| ln[k] < -0.5 * (part * part).ln_1p()).count() as f64;
        assert!((median / n - 0.5).abs() < 5.0 * 0.5 / n.sqrt(), "{name}: {median}");
    }
}

#[test]
fn a_device_has_the_resistances_of_its_cycle_and_leaves_what_it_says() {
    let model = build(&[("sigma_ron", 0.4), ("sigma_roff", 0.2), ("sigma_gres", 0.1)]);
    let draws = Draws::new(5, Owner::Device("n1"));
    let state = model.draw(&State { cycle: 3, ..State::new(Phase::Off, 0.0) }, &draws);
    let d = state.deviation;
    assert_eq!(model.resistance(&state), 130e6 * d.ln_roff.exp());
    let on = State { phase: Phase::On, ..state };
    assert_eq!(model.resistance(&on), 4.84e3 * d.ln_ron.exp());
    let off = model.settle(&on, &Waveform::constant(0.0), 0.0);
    assert_eq!(off.cycle, 4);
    assert_eq!(off.filament, 0.5 * d.ln_gres.exp());
    // Voltages are drawn first: what else varies does not change them.
    let volts = [("sigma_von", 1e-3), ("sigma_vhold", 2e-3)];
    let alone = build(&volts).draw(&State { cycle: 3, ..State::new(Phase::Off, 0.0) }, &draws);
    let both = build(&[volts[0], volts[1], ("sigma_ron", 0.1)])
        .draw(&State { cycle: 3, ..State::new(Phase::Off, 0.0) }, &draws);
    assert_eq!(
        (alone.deviation.von, alone.deviation.vhold),
        (both.deviation.von, both.deviation.vhold)
    );
}
