//! Sources that act for a time short against the time constants of what they act on.

use std::ops::ControlFlow;

use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;
use memspike_circuit::{Builder, Circuit, ElementKind, NodeId, Pulse, Signal, Sine, Stimulus};
use memspike_engine::{Options, Recording, Simulation};
use memspike_time::Time;

/// A binary number long enough for every cancellation below.
type Real = FBig<HalfEven, 2>;

fn real(x: f64) -> Real {
    Real::try_from(x).expect("finite").with_precision(400).value()
}

fn float(x: &Real) -> f64 {
    x.to_f64().value()
}

fn run(circuit: &Circuit, until: Time) -> Recording {
    let signal = Signal::Voltage(circuit.find_node("a").unwrap(), NodeId::GROUND);
    let options = Options { from_initial_conditions: true, ..Options::default() };
    let mut recorder = Recording::of_waveforms(vec![signal]);
    let mut simulation = Simulation::new(circuit, &options).unwrap();
    simulation.run(until, &mut [&mut recorder], &mut |_| ControlFlow::Continue(())).unwrap();
    recorder
}

/// A source of current into a capacitor with a leak, from zero volts on.
fn integrator(stimulus: Stimulus, ohm: f64, farad: f64) -> Circuit {
    let mut builder = Builder::new();
    let node = [builder.node("a"), NodeId::GROUND];
    builder.element("i1", [NodeId::GROUND, node[0]], ElementKind::CurrentSource(stimulus));
    builder.element("r1", node, ElementKind::Resistor { ohm });
    builder.element("c1", node, ElementKind::Capacitor { farad, initial: None });
    builder.build().unwrap()
}

/// A source of voltage that charges a capacitor through a resistor.
fn charger(stimulus: Stimulus, ohm: f64, farad: f64) -> Circuit {
    let mut builder = Builder::new();
    let [input, a] = ["in", "a"].map(|name| builder.node(name));
    builder.element("v1", [input, NodeId::GROUND], ElementKind::VoltageSource(stimulus));
    builder.element("r1", [input, a], ElementKind::Resistor { ohm });
    builder.element("c1", [a, NodeId::GROUND], ElementKind::Capacitor { farad, initial: None });
    builder.build().unwrap()
}

/// `x(t)` of `tau x' = k t - x` from `x(0) = x0`: a ramp of `k` per second.
fn ramped(x0: &Real, k: &Real, tau: &Real, t: &Real) -> Real {
    let decay = (-(t / tau)).exp();
    k * (t - tau * (real(1.0) - &decay)) + x0 * decay
}

/// `x(t)` of `tau x' = level - x`.
fn held(x0: &Real, level: &Real, tau: &Real, t: &Real) -> Real {
    let decay = (-(t / tau)).exp();
    level + (x0 - level) * decay
}

#[test]
fn a_ramp_of_a_microsecond_into_a_time_constant_of_a_quarter_of_an_hour() {
    let ramp = Stimulus::Pwl(vec![(0.0, 0.0), (1e-6, 1e-3)]);
    let recorder = run(&integrator(ramp, 1e12, 1e-9), Time::from_s(2e-6));
    // A charge of i t / 2, and of i t from there on; the leak takes 1e-9 of it.
    for (t, exact) in [(0.5e-6, 0.125), (1e-6, 0.5), (1.5e-6, 1.0)] {
        let found = recorder.value(0, Time::from_s(t)).unwrap();
        assert!((found / exact - 1.0).abs() < 2e-9, "{t}: {found}");
    }
}

#[test]
fn a_constant_into_time_constants_up_to_ages_is_a_line() {
    for ohm in [1e9, 1e12, 1e15, 1e18, 1e24] {
        let recorder = run(&integrator(Stimulus::Dc(1e-3), ohm, 1e-9), Time::from_s(1e-6));
        for t in [1e-15, 1e-12, 1e-9, 0.123456789e-6, 1e-6] {
            let time = Time::from_s(t);
            let (level, tau) = (real(1e-3) * real(ohm), real(ohm) * real(1e-9));
            let exact = float(&held(&real(0.0), &level, &tau, &real(time.as_s())));
            let found = recorder.value(0, time).unwrap();
            assert!((found / exact - 1.0).abs() < 1e-14, "{ohm:e}, {t:e}: {found:e} {exact:e}");
        }
    }
}

#[test]
fn edges_from_a_femtosecond_to_a_millisecond_into_time_constants_from_a_nanosecond_to_a_fortnight()
{
    for edge in [1e-15, 7e-15, 1e-12, 1e-9, 1e-6, 1e-3] {
        for tau in [1e-9, 1e-6, 47e-3, 1.0, 1e3, 1e6] {
            let farad = tau / 1e6;
            let edge_fs = (edge * 1e15_f64).round();
            let pulse = Pulse {
                low: 0.0,
                high: 2.0,
                delay_s: 0.0,
                rise_s: edge,
                fall_s: edge,
                width_s: 10.0 * edge,
                period_s: f64::INFINITY,
                count: None,
            };
            let end = Time::from_tick((40.0 * edge_fs) as u64);
            let recorder = run(&charger(Stimulus::Pulse(pulse), 1e6, farad), end);
            let seconds = |fs: f64| real(fs) / real(1e15);
            let (t1, tau) = (seconds(edge_fs), real(1e6) * real(farad));
            let slope = real(2.0) / &t1;
            let top = ramped(&real(0.0), &slope, &tau, &t1);
            let flat = held(&top, &real(2.0), &tau, &(&t1 * real(10.0)));
            // Down the ramp: the response to 2 less that to a ramp upwards.
            let after = held(&flat, &real(2.0), &tau, &t1) - ramped(&real(0.0), &slope, &tau, &t1);
            let last = held(&after, &real(0.0), &tau, &(&t1 * real(28.0)));
            let span = float(&flat).max(float(&top));
            for (fs, exact) in [
                (edge_fs, top),
                (11.0 * edge_fs, flat),
                (12.0 * edge_fs, after),
                (40.0 * edge_fs, last),
            ] {
                let found = recorder.value(0, Time::from_tick(fs as u64)).unwrap();
                let exact = float(&exact);
                assert!(
                    (found - exact).abs() <= 1e-13 * span,
                    "edge {edge:e}, at {fs} fs: {found:e} {exact:e}"
                );
            }
        }
    }
}

#[test]
fn a_sine_short_against_its_period_and_its_time_constant_keeps_its_digits() {
    let (frequency_hz, tau): (f64, f64) = (1.0, 1e3);
    let sine = Sine {
        offset: 0.0,
        amplitude: 1.0,
        frequency_hz,
        delay_s: 0.0,
        damping_per_s: 0.0,
        phase_rad: 0.0,
    };
    let recorder = run(&charger(Stimulus::Sine(sine), 1e6, tau / 1e6), Time::from_s(1e-6));
    for t in [1e-12, 1e-9, 1e-6] {
        let time = Time::from_s(t);
        // x = (w tau (e^(-t/tau) - cos wt) + sin wt) / (1 + (w tau)^2)
        let (w, t) = (real(std::f64::consts::TAU * frequency_hz), real(time.as_s()));
        let tau = real(1e6) * real(tau / 1e6);
        let (sin, cos) = (&w * &t).sin_cos();
        let decay = (-(&t / &tau)).exp();
        let turns = &w * &tau;
        let exact = float(&((&turns * (decay - cos) + sin) / (real(1.0) + &turns * &turns)));
        let found = recorder.value(0, time).unwrap();
        assert!((found / exact - 1.0).abs() < 1e-13, "{found:e} {exact:e}");
    }
}
