//! Draws of a device's voltages: their moments, and what they depend on.

use std::sync::Arc;

use memspike_device::{Draws, MODELS, Model, Phase, State};

fn build(changes: &[(&str, f64)]) -> Arc<dyn Model> {
    let kind = MODELS.iter().find(|kind| kind.name == "ts_memristor").unwrap();
    let value = |name: &str, default: f64| {
        changes.iter().find(|(changed, _)| *changed == name).map_or(default, |(_, value)| *value)
    };
    let values: Vec<f64> = kind.parameters.iter().map(|p| value(p.name, p.default)).collect();
    (kind.build)(&values).unwrap()
}

fn deviations(model: &dyn Model, draws: &Draws, cycles: u32) -> Vec<[f64; 2]> {
    (0..cycles)
        .map(|cycle| {
            let state = model.draw(State { cycle, ..State::new(Phase::Off, 0.0) }, draws);
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
            let truncated = if distribution == 2.0 { 0.0134 } else { 0.0 };
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
        model.draw(state, &Draws::new(seed, name)).deviation
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
