//! Time constants that are equal, nearly equal, or far apart.

use memspike_circuit::{Circuit, Stimulus};

use crate::{
    assert_times,
    common::rig::{Rig, spikes},
    watch,
};

/// Where an increasing function reaches `level`.
fn bisect(f: impl Fn(f64) -> f64, level: f64, mut low: f64, mut high: f64) -> f64 {
    while high.next_down() > low {
        let middle = 0.5 * (low + high);
        if middle == low || middle == high {
            break;
        }
        if f(middle) < level { low = middle } else { high = middle }
    }
    high
}

/// Three stages `tau = R C`, each behind a buffer: one Jordan block,
/// `v3 = V (1 - (1 + x + x^2 / 2) exp(-x))`, `x = t / tau`.
fn buffered(stretch: [f64; 3]) -> Circuit {
    let mut rig = Rig::new();
    rig.v("v1", ["b0", "0"], Stimulus::Dc(1.0));
    for (k, stretch) in stretch.into_iter().enumerate() {
        let (before, node, after) = (format!("b{k}"), format!("a{k}"), format!("b{}", k + 1));
        rig.r(&format!("r{k}"), [&before, &node], 1e5 * stretch)
            .c(&format!("c{k}"), [&node, "0"], 1e-7)
            .e(&format!("e{k}"), [&after, "0"], [&node, "0"], 1.0);
    }
    rig.r("rl", ["b3", "0"], 1e6);
    watch(&mut rig, "b3", 0.25, 0.125);
    rig.build()
}

#[test]
fn equal_time_constants_of_a_defective_island() {
    let v3 = |x: f64| 1.0 - (1.0 + x + 0.5 * x * x) * (-x).exp();
    let truth = 1e-2 * bisect(v3, 0.25, 0.0, 10.0);
    assert_times(&spikes(&buffered([1.0; 3]), 1.0, "s1"), &[truth], 1e-12);
}

#[test]
fn nearly_equal_time_constants_are_no_worse() {
    // To first order only the sum of the three time constants counts: stretch them around it.
    let v3 = |x: f64| 1.0 - (1.0 + x + 0.5 * x * x) * (-x).exp();
    let truth = 1e-2 * bisect(v3, 0.25, 0.0, 10.0);
    for apart in [1e-15, 1e-12, 1e-9, 1e-7] {
        let found = spikes(&buffered([1.0 - apart, 1.0, 1.0 + apart]), 1.0, "s1");
        assert_times(&found, &[truth], 1e-11);
    }
}

/// Three equal nodes, linked each to each: the sum relaxes with `tau`, every difference with
/// `1 / (1/tau + 3/(Rl C))`, twice.
#[test]
fn equal_time_constants_of_an_island_that_is_not_defective() {
    let (ohm, link, farad) = (1e6, 5e5, 1e-8);
    let mut rig = Rig::new();
    for (k, volt) in [0.0, 1.0, 1.0].into_iter().enumerate() {
        let node = format!("a{k}");
        let next = format!("a{}", (k + 1) % 3);
        rig.c_at(&format!("c{k}"), [&node, "0"], farad, volt)
            .r(&format!("r{k}"), [&node, "0"], ohm)
            .r(&format!("l{k}"), [&node, &next], link);
    }
    watch(&mut rig, "a0", 0.25, 0.125);
    let (slow, fast) = (1.0 / (ohm * farad), 1.0 / (ohm * farad) + 3.0 / (link * farad));
    let v = |t: f64| 2.0 / 3.0 * ((-slow * t).exp() - (-fast * t).exp());
    let peak = (fast / slow).ln() / (fast - slow);
    let truth = bisect(v, 0.25, 0.0, peak);
    assert_times(&spikes(&rig.build(), 1.0, "s1"), &[truth], 1e-12);
}

/// 1 s and 1 ns behind a buffer: `v = V (1 - (tau1 exp(-t/tau1) - tau2 exp(-t/tau2)) / (tau1 - tau2))`.
#[test]
fn time_constants_1e9_apart() {
    let mut rig = Rig::new();
    rig.v("v1", ["in", "0"], Stimulus::Dc(1.0))
        .r("r1", ["in", "a"], 1e6)
        .c("c1", ["a", "0"], 1e-6)
        .e("e1", ["b", "0"], ["a", "0"], 1.0)
        .r("r2", ["b", "c"], 1e3)
        .c("c2", ["c", "0"], 1e-12);
    watch(&mut rig, "c", 0.25, 0.125);
    // exp(-t/tau2) is zero at the crossing.
    let truth = (1.0 / ((1.0 - 1e-9) * 0.75_f64)).ln();
    assert_times(&spikes(&rig.build(), 2.0, "s1"), &[truth], 1e-12);
}

/// The same without a buffer: the fast node follows the slow one, and both roots of
/// `s^2 + (1/(R1 C1) + 1/(R2 C1) + 1/(R2 C2)) s + 1/(R1 C1 R2 C2)` count.
#[test]
fn time_constants_1e9_apart_in_one_symmetric_island() {
    let (r1, c1, r2, c2) = (1e6_f64, 1e-6, 1e3, 1e-12);
    let mut rig = Rig::new();
    rig.v("v1", ["in", "0"], Stimulus::Dc(1.0))
        .r("r1", ["in", "a"], r1)
        .c("c1", ["a", "0"], c1)
        .r("r2", ["a", "c"], r2)
        .c("c2", ["c", "0"], c2);
    watch(&mut rig, "c", 0.25, 0.125);
    let sum = 1.0 / (r1 * c1) + 1.0 / (r2 * c1) + 1.0 / (r2 * c2);
    let product = 1.0 / (r1 * c1) / (r2 * c2);
    let fast = 0.5 * (sum + (sum * sum - 4.0 * product).sqrt());
    let slow = product / fast;
    // v = 1 - (fast exp(-slow t) - slow exp(-fast t)) / (fast - slow), from v(0) = v'(0) = 0.
    let truth = (fast / (fast - slow) / 0.75).ln() / slow;
    assert_times(&spikes(&rig.build(), 2.0, "s1"), &[truth], 1e-12);
}
