//! Linear circuits against their closed forms, through the whole engine.

mod bench;
mod start;

use std::ops::ControlFlow;

use memspike_circuit::{ElementKind, Pulse, Signal, Sine, Stimulus};
use memspike_engine::{EngineError, Options, Simulation};
use memspike_time::Time;

use bench::{At as _, Bench, GROUND, assert_close, simulate, voltage};

#[test]
fn equal_buffered_stages_follow_the_erlang_distribution() {
    // Stages of RC = tau behind unit buffers have one eigenvalue, as often as there are stages, and one
    // eigenvector: v_n(t) = 1 - e^(-t/tau) sum_{j<n} (t/tau)^j / j!
    let tau = 1e3 * 1e-6;
    for stages in 1..=6 {
        let mut bench = Bench::new();
        bench.v("v1", "b0", Stimulus::Dc(1.0));
        for stage in 1..=stages {
            let (before, node, after) =
                (format!("b{}", stage - 1), format!("m{stage}"), format!("b{stage}"));
            bench.r(&format!("r{stage}"), &before, &node, 1e3);
            bench.c(&format!("c{stage}"), &node, "0", 1e-6);
            bench.e(&format!("e{stage}"), &after, &node, 1.0);
        }
        let last = format!("b{stages}");
        bench.r("rl", &last, "0", 1e3);
        let circuit = bench.build();
        let recorder = simulate(&circuit, voltage(&circuit, &last), 0.05).unwrap();
        for x in [0.01_f64, 0.3, 1.0, 2.5, 7.0, 20.0] {
            let (mut term, mut sum) = (1.0, 0.0);
            for j in 0..stages {
                sum += term;
                term *= x / f64::from(j + 1);
            }
            let expected = 1.0 - (-x).exp() * sum;
            assert_close(
                recorder.at(x * tau),
                expected,
                1e-12,
                &format!("{stages} stages, {x} tau"),
            );
        }
    }
}

#[test]
fn a_gyrator_with_two_capacitors_rings_undamped() {
    // C v1' = -g v2, C v2' = g v1: w = g / C. (1e18 ohm is the direct path to ground.)
    let (g, c) = (1e-3, 1e-6);
    let mut bench = Bench::new();
    bench.c("c1", "a", "0", c).c("c2", "b", "0", c).g("g1", "a", "b", g).g("g2", "b", "a", -g);
    bench.r("r1", "a", "0", 1e18).r("r2", "b", "0", 1e18);
    let node = bench.0.node("a");
    bench.0.initial_voltage(node, 0.7);
    let circuit = bench.build();
    let recorder = simulate(&circuit, voltage(&circuit, "a"), 0.1).unwrap();
    for t in [0.0, 1e-4, 3.3e-3, 0.02, 0.0999] {
        assert_close(recorder.at(t), 0.7 * (g / c * t).cos(), 1e-11, &format!("at {t}"));
    }
}

#[test]
fn a_resonator_driven_at_its_own_frequency_grows_linearly() {
    // C v1' = -g v2 + I sin(wt), C v2' = g v1, w = g / C, at rest at first:
    // v1 = I/(2C) t sin(wt).
    let (g, c, amplitude) = (1e-3, 1e-6, 1e-4);
    let w = g / c;
    let sine = Sine {
        offset: 0.0,
        amplitude,
        frequency_hz: w / std::f64::consts::TAU,
        delay_s: 0.0,
        damping_per_s: 0.0,
        phase_rad: 0.0,
    };
    let mut bench = Bench::new();
    bench.c("c1", "a", "0", c).c("c2", "b", "0", c).g("g1", "a", "b", g).g("g2", "b", "a", -g);
    bench.r("r1", "a", "0", 1e18).r("r2", "b", "0", 1e18);
    bench.add("i1", "0", "a", ElementKind::CurrentSource(Stimulus::Sine(sine)));
    let circuit = bench.build();
    let recorder = simulate(&circuit, voltage(&circuit, "a"), 0.2).unwrap();
    for t in [1e-4, 3.3e-3, 0.02, 0.15] {
        let expected = amplitude / (2.0 * c) * t * (w * t).sin();
        assert_close(recorder.at(t), expected, 1e-9, &format!("at {t}"));
    }
}

#[test]
fn a_ramp_through_a_resistor_lags_by_the_time_constant() {
    // v(t) = s (t - tau (1 - e^(-t/tau)))
    let (tau, slope) = (1e-3, 50.0);
    let mut bench = Bench::new();
    let ramp = Stimulus::Pwl(vec![(0.0, 0.0), (1.0, slope)]);
    bench.v("v1", "in", ramp).r("r1", "in", "out", 1e3).c("c1", "out", "0", 1e-6);
    let circuit = bench.build();
    let recorder = simulate(&circuit, voltage(&circuit, "out"), 0.5).unwrap();
    for t in [1e-5_f64, 1e-3, 0.01, 0.4] {
        let expected = slope * (t + tau * (-t / tau).exp_m1());
        assert_close(recorder.at(t), expected, 1e-13 * (1.0 + expected), &format!("at {t}"));
    }
}

#[test]
fn a_damped_sine_through_a_resistor_has_its_particular_solution() {
    // tau v' = -v + e^(-at) sin(wt): v = Im[(e^(st) - e^(-t/tau)) / (1 + s tau)], s = -a + iw.
    let (tau, w, a) = (1e-3_f64, 4000.0, 70.0);
    let sine = Sine {
        offset: 0.0,
        amplitude: 1.0,
        frequency_hz: w / std::f64::consts::TAU,
        delay_s: 0.0,
        damping_per_s: a,
        phase_rad: 0.0,
    };
    let mut bench = Bench::new();
    bench.v("v1", "in", Stimulus::Sine(sine)).r("r1", "in", "out", 1e3).c("c1", "out", "0", 1e-6);
    let circuit = bench.build();
    let recorder = simulate(&circuit, voltage(&circuit, "out"), 0.02).unwrap();
    let s = num_complex::Complex64::new(-a, w);
    for t in [1e-5, 1e-3, 0.0123] {
        let free = num_complex::Complex64::from((-t / tau).exp());
        let expected = (((s * t).exp() - free) / (1.0 + s * tau)).im;
        assert_close(recorder.at(t), expected, 1e-13, &format!("at {t}"));
    }
}

#[test]
fn a_coupling_capacitor_makes_two_states_of_three_capacitors() {
    // Two equal halves with a coupling capacitor: common mode R C, difference mode R (C + 2 Cc).
    let (r, c, cc) = (1e3, 1e-6, 3e-6);
    let mut bench = Bench::new();
    bench.r("r1", "a", "0", r).c("c1", "a", "0", c).r("r2", "b", "0", r).c("c2", "b", "0", c);
    bench.c("cc", "a", "b", cc);
    let node = bench.0.node("a");
    bench.0.initial_voltage(node, 1.0);
    let circuit = bench.build();
    let recorder = simulate(&circuit, voltage(&circuit, "b"), 0.02).unwrap();
    for t in [0.0_f64, 1e-4, 1e-3, 5e-3] {
        let expected = 0.5 * (-t / (r * c)).exp() - 0.5 * (-t / (r * (c + 2.0 * cc))).exp();
        assert_close(recorder.at(t), expected, 1e-14, &format!("at {t}"));
    }
}

#[test]
fn a_slow_mode_keeps_its_digits_beside_one_a_billion_times_faster() {
    // Two sections, C2/C1 = 1e-9: eigenvalues from the quadratic, the small root by its stable form.
    let (r, c1, c2) = (1e3, 1e-6, 1e-15);
    let mut bench = Bench::new();
    bench.r("r1", "a", "0", r).c("c1", "a", "0", c1).r("r2", "a", "b", r).c("c2", "b", "0", c2);
    let node = bench.0.node("a");
    bench.0.initial_voltage(node, 1.0);
    let node = bench.0.node("b");
    bench.0.initial_voltage(node, 1.0);
    let circuit = bench.build();
    let recorder = simulate(&circuit, voltage(&circuit, "a"), 0.02).unwrap();
    let (p, q) = (2.0 / (r * c1) + 1.0 / (r * c2), 1.0 / (r * c1 * r * c2));
    let fast = 0.5 * (p + (p * p - 4.0 * q).sqrt());
    let slow = q / fast;
    // v_a = A e^(-slow t) + (1 - A) e^(-fast t); v_a'(0) = -1 / (r c1).
    let a = (fast - 1.0 / (r * c1)) / (fast - slow);
    for t in [1e-4_f64, 1e-3, 1e-2] {
        let expected = a * (-slow * t).exp();
        assert_close(recorder.at(t) / expected, 1.0, 1e-10, &format!("at {t}"));
    }
}

#[test]
fn a_zero_rise_pulse_jumps_and_carries_a_floating_capacitor_along() {
    // A capacitor in series with a resistor: at the edge the whole step appears across the resistor.
    let pulse = Pulse {
        low: 0.0,
        high: 1.0,
        delay_s: 1e-3,
        rise_s: 0.0,
        fall_s: 0.0,
        width_s: 2e-3,
        period_s: f64::INFINITY,
        count: None,
    };
    let mut bench = Bench::new();
    bench.v("v1", "in", Stimulus::Pulse(pulse)).c("c1", "in", "out", 1e-6).r("r1", "out", "0", 1e3);
    let circuit = bench.build();
    let recorder = simulate(&circuit, voltage(&circuit, "out"), 0.01).unwrap();
    assert_close(recorder.at(0.5e-3), 0.0, 0.0, "before the edge");
    assert_close(recorder.at(1e-3), 1.0, 1e-15, "at the edge");
    assert_close(recorder.at(2e-3), (-1.0_f64).exp(), 1e-14, "one time constant on");
    let before_fall = (-2.0_f64).exp();
    assert_close(recorder.at(3e-3), before_fall - 1.0, 1e-14, "at the falling edge");
}

#[test]
fn currents_obey_kirchhoff_at_a_grounded_source() {
    // The source feeds a resistor to ground and an RC branch: i(v1) = -(1/R1 + e^(-t/tau)/R2).
    let mut bench = Bench::new();
    bench.v("v1", "in", Stimulus::Dc(1.0)).r("r1", "in", "0", 500.0);
    bench.r("r2", "in", "out", 1e3).c("c1", "out", "0", 1e-6);
    let circuit = bench.build();
    let signal = Signal::Current(circuit.find_element("v1").unwrap());
    let recorder = simulate(&circuit, signal, 0.01).unwrap();
    for t in [0.0_f64, 1e-3, 4e-3] {
        assert_close(recorder.at(t), -(2e-3 + 1e-3 * (-t / 1e-3).exp()), 1e-17, &format!("at {t}"));
    }
    let signal = Signal::Current(circuit.find_element("c1").unwrap());
    let recorder = simulate(&circuit, signal, 0.01).unwrap();
    assert_close(recorder.at(2e-3), 1e-3 * (-2.0_f64).exp(), 1e-17, "capacitor");
}

#[test]
fn the_current_of_a_shared_source_is_that_of_all_its_islands_at_every_instant() {
    // Three neurons on one source, each an island with its own rhythm.
    let kind = memspike_device::MODELS.iter().find(|k| k.name == "ts_memristor").unwrap();
    let values: Vec<f64> = kind.parameters.iter().map(|p| p.default).collect();
    let model = (kind.build)(&values).unwrap();
    let mut bench = Bench::new();
    bench.v("v1", "in", Stimulus::Dc(0.8));
    for (number, farad) in [(1, 47e-9), (2, 33e-9), (3, 10e-9)] {
        let node = format!("m{number}");
        bench.r(&format!("r{number}"), "in", &node, 1e6).c(
            &format!("c{number}"),
            &node,
            "0",
            farad,
        );
        bench.add(&format!("n{number}"), &node, "0", ElementKind::Memristor(model.clone()));
    }
    let circuit = bench.build();
    let current = |name: &str| {
        let signal = Signal::Current(circuit.find_element(name).unwrap());
        simulate(&circuit, signal, 0.2).unwrap()
    };
    let (source, branches) = (current("v1"), ["r1", "r2", "r3"].map(current));
    let jumps: usize = branches.iter().map(|b| b.forms(0).len() - 1).sum();
    assert_eq!(source.forms(0).len() - 1, jumps, "one form for each change of an island");
    assert!(source.forms(0).is_sorted_by(|a, b| a.0 <= b.0));
    for k in 0..1000 {
        let t = 0.2 * f64::from(k) / 1000.0;
        let sum: f64 = branches.iter().map(|branch| branch.at(t)).sum();
        assert_close(source.at(t), -sum, 1e-18, &format!("at {t}"));
    }
}

#[test]
fn a_floating_source_shifts_one_node_against_another() {
    let mut bench = Bench::new();
    bench.add("v1", "b", "a", ElementKind::VoltageSource(Stimulus::Dc(0.25)));
    bench.r("r1", "a", "0", 1e3).r("r2", "b", "0", 1e3).c("c1", "a", "0", 1e-6);
    let node = bench.0.node("a");
    bench.0.initial_voltage(node, 1.0);
    let circuit = bench.build();
    // a: C v' = -v/R - (v + 1/4)/R, so v -> -1/8 with tau = RC/2.
    let recorder = simulate(&circuit, voltage(&circuit, "b"), 0.01).unwrap();
    for t in [0.0_f64, 5e-4, 3e-3] {
        let expected = 0.25 - 0.125 + 1.125 * (-t / 5e-4).exp();
        assert_close(recorder.at(t), expected, 1e-14, &format!("at {t}"));
    }
}

#[test]
fn a_voltage_that_runs_away_ends_the_run_with_its_node() {
    // A conductance of -2/R across R and C: growth with 1/(RC).
    let mut bench = Bench::new();
    bench.r("r1", "a", "0", 1e3).c("c1", "a", "0", 1e-6).g("g1", "a", "a", -2e-3);
    let node = bench.0.node("a");
    bench.0.initial_voltage(node, 1e-6);
    let circuit = bench.build();
    let error = simulate(&circuit, voltage(&circuit, "a"), 10.0).err().unwrap();
    // 1e-6 e^(1000 t) passes 1e9 V at t = ln(1e15)/1000 = 34.5 ms.
    let EngineError::RunAway { node, at_s, .. } = error else { panic!("{error}") };
    assert_eq!(node, "a");
    assert!((0.0345..0.1).contains(&at_s), "{at_s}");
}

#[test]
fn a_controlled_source_that_cancels_a_conductance_is_refused() {
    let mut bench = Bench::new();
    bench.v("v1", "in", Stimulus::Dc(1.0)).r("r1", "in", "a", 1e3).g("g1", "a", "a", -1e-3);
    let circuit = bench.build();
    let error = simulate(&circuit, voltage(&circuit, "a"), 1.0).err().unwrap();
    assert!(matches!(error, EngineError::System { .. }), "{error}");
}

#[test]
fn copies_of_an_island_keep_their_own_initial_voltages() {
    // Equal islands share their equations; v(t) = v(0) e^(-t/tau) of each is its own.
    let mut bench = Bench::new();
    for (node, volt) in [("a", 1.0), ("b", 2.0), ("c", -3.0)] {
        let charged = ElementKind::Capacitor { farad: 1e-6, initial: Some(volt) };
        bench.r(&format!("r{node}"), node, "0", 1e3).add(&format!("c{node}"), node, "0", charged);
    }
    let circuit = bench.build();
    for (node, volt) in [("a", 1.0), ("b", 2.0), ("c", -3.0)] {
        let recorder = simulate(&circuit, voltage(&circuit, node), 0.01).unwrap();
        assert_close(recorder.at(1e-3), volt * (-1.0_f64).exp(), 1e-14, node);
    }
}

#[test]
fn of_equal_islands_the_one_that_runs_away_is_named() {
    let mut bench = Bench::new();
    for node in ["a", "b"] {
        bench.r(&format!("r{node}"), node, "0", 1e3).c(&format!("c{node}"), node, "0", 1e-6);
        bench.g(&format!("g{node}"), node, node, -2e-3);
    }
    let node = bench.0.node("b");
    bench.0.initial_voltage(node, 1e-6);
    let circuit = bench.build();
    let error = simulate(&circuit, voltage(&circuit, "a"), 10.0).err().unwrap();
    let EngineError::RunAway { node, .. } = error else { panic!("{error}") };
    assert_eq!(node, "b");
}

#[test]
fn a_search_through_many_turns_is_cut_into_short_ones() {
    // sin x + sin 2x reaches 1.76, below the sum of its amplitudes, so every turn is looked at.
    // One search through all of them could not be interrupted, and gives up after some millions.
    let sine = |frequency_hz: f64| {
        Stimulus::Sine(Sine {
            offset: 0.0,
            amplitude: 0.2,
            frequency_hz,
            delay_s: 0.0,
            damping_per_s: 0.0,
            phase_rad: 0.0,
        })
    };
    let switch = memspike_device::MODELS.iter().find(|kind| kind.name == "sw").unwrap();
    let model = (switch.build)(&[0.38, 0.0, 1.0, 1e9]).unwrap();
    let mut bench = Bench::new();
    bench.v("v1", "a", sine(1e5)).r("r1", "b", "0", 1e3).v("v3", "w", Stimulus::Dc(1.0));
    bench.add("v2", "b", "a", ElementKind::VoltageSource(sine(2e5))).r("r2", "w", "x", 1e3);
    let control = [bench.0.node("b"), GROUND];
    bench.add("s1", "x", "0", ElementKind::Switch { model, control, on: false });
    let circuit = bench.build();
    let mut simulation = Simulation::new(&circuit, &Options::default()).unwrap();
    let mut watch = |_| ControlFlow::Continue(());
    simulation.run(Time::from_s(1.0), &mut [], &mut watch).unwrap();
    assert!(simulation.counters().fired >= 40, "{:?}", simulation.counters());
}

#[test]
fn a_long_ladder_is_the_same_with_a_buffer_at_its_end() {
    // The buffer takes no current, but makes the ladder's equations unsymmetric; the eigenvalues of
    // long ladders lie ever closer, in a chain over their whole range.
    let sections = 150;
    let ladder = |buffered: bool| {
        let mut bench = Bench::new();
        bench.v("v1", "n0", Stimulus::Dc(1.0));
        for k in 1..=sections {
            let (before, node) = (format!("n{}", k - 1), format!("n{k}"));
            bench.r(&format!("r{k}"), &before, &node, 1e3).c(&format!("c{k}"), &node, "0", 1e-9);
        }
        if buffered {
            bench.e("e1", "out", &format!("n{sections}"), 1.0).r("rout", "out", "0", 1e3);
        }
        let circuit = bench.build();
        simulate(&circuit, voltage(&circuit, "n40"), 0.1).unwrap()
    };
    let (plain, buffered) = (ladder(false), ladder(true));
    for t in [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2] {
        assert_close(buffered.at(t), plain.at(t), 1e-9, &format!("at {t}"));
    }
}
