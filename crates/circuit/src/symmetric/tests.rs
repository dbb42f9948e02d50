//! Factors and modes that are right, and that a wrong one is noticed.

use super::*;

/// Three states in a ring, rates some 1e9 apart, two with conductances to ground (S).
fn factored(ground: [f64; 2]) -> Factored {
    let [a, b, c] = [1e-3, 1e-12, 2e-6].map(Double::from);
    let links = vec![vec![(1, a), (2, c)], vec![(0, a), (2, b)], vec![(0, c), (1, b)]];
    let ground = [ground[0], 0.0, ground[1]].map(Double::from).to_vec();
    let network = StateNetwork { links, ground, capacitance: vec![1e-9, 2e-9, 1e-6] };
    Factored::of_network(&network, &[0, 1, 2])
}

#[test]
fn modes_that_are_off_by_1e_12_are_noticed() {
    let factored = factored([1e-9, 1e-7]);
    let right = factored.modes().expect("modes");
    assert!(factored.verify(&right));
    for mode in 0..3 {
        let mut rate = right.clone();
        rate.rates[mode] *= (1.0 + 1e-12).into();
        assert!(!factored.verify(&rate), "rate {mode}");
        for entry in 0..3 {
            let mut vector = right.clone();
            vector.vectors[mode][entry] += 1e-12.into();
            let own = right.vectors[mode][entry].near().abs();
            // Along itself a vector may grow: its direction decides.
            assert!(!factored.verify(&vector) || own > 0.9, "vector {mode}, {entry}");
        }
    }
}

#[test]
fn a_factor_of_another_matrix_gives_no_modes() {
    let mut factored = factored([1e-9, 1e-7]);
    factored.columns[1][1] *= (1.0 + 1e-9).into();
    let pivot = factored.pivots[0];
    factored.columns[0][pivot] *= (1.0 + 1e-9).into();
    assert!(factored.modes().is_none());
}

#[test]
fn a_rest_that_moves_is_noticed() {
    let factored = factored([0.0; 2]);
    let right = factored.modes().expect("modes");
    let rest = right.rates.iter().position(|rate| rate.is_zero()).expect("a rest");
    for entry in 0..3 {
        let mut other = right.clone();
        other.vectors[rest][entry] += 1e-9.into();
        let own = right.vectors[rest][entry].near().abs();
        // Along itself a vector may grow: its direction decides.
        assert!(!factored.verify(&other) || own > 0.9, "{entry}");
    }
}

/// `[1 1; 1 1+e]` has the rates `1 + e/2 +- sqrt(1 + e^2/4)`: the lower is `e/2 - e^2/8`, and more of
/// no weight.
#[test]
fn a_matrix_that_is_nearly_singular_keeps_its_slow_rate() {
    for e in [1e-6, 1e-9, 1e-12, 1e-15, 1e-16] {
        let corner = Double::one() + e.into();
        let one = Double::one();
        let factored = Factored::of_matrix(vec![vec![one, one], vec![one, corner]]);
        let modes = factored.expect("a factor").modes().expect("modes");
        let slow = modes.rates.iter().map(|rate| rate.near()).fold(f64::INFINITY, f64::min);
        let right = 0.5 * e - 0.125 * e * e;
        assert!((slow / right - 1.0).abs() < 1e-12, "{e:e}: {slow:e} {right:e}");
    }
}
