//! Where runs start: operating points, and sources with an edge at zero.

use std::ops::ControlFlow;

use memspike_circuit::{ElementKind, Pulse, Sine, Stimulus};
use memspike_engine::{Events, Options, Recording, Simulation};
use memspike_time::Time;

use crate::bench::{At as _, Bench, GROUND, assert_close, voltage};

#[test]
fn the_operating_point_is_where_a_run_without_uic_stays() {
    let mut bench = Bench::new();
    bench.v("v1", "in", Stimulus::Dc(3.0)).r("r1", "in", "a", 2e3).r("r2", "a", "0", 1e3);
    bench.c("c1", "a", "0", 1e-6).r("r3", "a", "b", 1e3).c("c2", "b", "0", 1e-6);
    let circuit = bench.build();
    let mut recorder = Recording::of_waveforms(vec![voltage(&circuit, "b")]);
    let mut simulation = Simulation::new(&circuit, &Options::default()).unwrap();
    let mut watch = |_| ControlFlow::Continue(());
    simulation.run(Time::from_s(0.01), &mut [&mut recorder], &mut watch).unwrap();
    for t in [0.0, 1e-3, 0.01] {
        assert_close(recorder.at(t), 1.0, 1e-14, &format!("at {t}"));
    }
}

#[test]
fn an_operating_point_lets_capacitors_follow_a_switch() {
    // Off, the control is 0.35 V and the switch turns on; right then, with the capacitor still high, it
    // would be 0.07 V and turn it off again; at rest with the switch on it is 0.25 V.
    let switch = memspike_device::MODELS.iter().find(|kind| kind.name == "sw").unwrap();
    let model = (switch.build)(&[0.21, 0.05, 0.1, 100.0]).unwrap();
    let mut bench = Bench::new();
    bench.v("v1", "in", Stimulus::Dc(0.35)).r("r1", "in", "a", 3.5).c("c1", "a", "0", 0.05);
    bench.r("r2", "b", "0", 1.3);
    let control = [bench.0.node("in"), bench.0.node("b")];
    bench.add("s1", "a", "b", ElementKind::Switch { model, control, on: false });
    let circuit = bench.build();
    let mut recorder = Recording::of_waveforms(vec![voltage(&circuit, "b")]);
    let mut simulation = Simulation::new(&circuit, &Options::default()).unwrap();
    let mut watch = |_| ControlFlow::Continue(());
    simulation.run(Time::from_s(1.0), &mut [&mut recorder], &mut watch).unwrap();
    for t in [0.0, 0.1, 1.0] {
        assert_close(recorder.at(t), 0.35 * 1.3 / 4.9, 1e-15, &format!("at {t}"));
    }
}

/// The voltage of a capacitor behind a resistor, from the operating point.
fn charged_from_rest(stimulus: Stimulus, current: bool) -> Recording {
    let mut bench = Bench::new();
    if current {
        bench.add("i", "0", "out", ElementKind::CurrentSource(stimulus));
        bench.add("r", "out", "0", ElementKind::Resistor { ohm: 1e3 });
    } else {
        bench.add("v", "in", "0", ElementKind::VoltageSource(stimulus));
        bench.add("r", "in", "out", ElementKind::Resistor { ohm: 1e3 });
    }
    bench.add("c", "out", "0", ElementKind::Capacitor { farad: 1e-6, initial: None });
    let circuit = bench.0.build().unwrap();
    let mut recorder = Recording::of_waveforms(vec![voltage(&circuit, "out")]);
    let mut simulation = Simulation::new(&circuit, &Options::default()).unwrap();
    let mut watch = |_| ControlFlow::Continue(());
    simulation.run(Time::from_s(5e-3), &mut [&mut recorder], &mut watch).unwrap();
    recorder
}

#[test]
fn the_operating_point_is_before_an_edge_at_zero() {
    let ever = f64::INFINITY;
    let pulse = |low: f64, high: f64| {
        let (delay_s, rise_s, fall_s) = (0.0, 0.0, 0.0);
        let (width_s, period_s, count) = (ever, ever, None);
        Stimulus::Pulse(Pulse { low, high, delay_s, rise_s, fall_s, width_s, period_s, count })
    };
    let points = |points: &[(f64, f64)]| Stimulus::Pwl(points.to_vec());
    for (stimulus, from, to) in [
        (pulse(0.0, 1.0), 0.0, 1.0),
        (pulse(-2.0, 0.5), -2.0, 0.5),
        (pulse(1.0, 1.0), 1.0, 1.0),
        (points(&[(0.0, 0.0), (0.0, 1.0)]), 0.0, 1.0),
        // The femtosecond is the grain of time.
        (points(&[(0.0, 3.0), (4e-16, 1.0)]), 3.0, 1.0),
        (points(&[(0.0, 2.0)]), 2.0, 2.0),
    ] {
        for current in [false, true] {
            let scaled = if current { scaled(&stimulus, 1e-3) } else { stimulus.clone() };
            let found = charged_from_rest(scaled, current);
            for t in [0.0, 1e-6, 1e-3, 4e-3] {
                let truth = to + (from - to) * f64::exp(-t / 1e-3);
                assert!((found.at(t) - truth).abs() < 1e-14, "{stimulus:?} at {t}");
            }
        }
    }
}

/// Volts as so many amperes.
fn scaled(stimulus: &Stimulus, by: f64) -> Stimulus {
    match stimulus {
        Stimulus::Pulse(p) => Stimulus::Pulse(Pulse { low: p.low * by, high: p.high * by, ..*p }),
        Stimulus::Pwl(p) => Stimulus::Pwl(p.iter().map(|(t, v)| (*t, v * by)).collect()),
        other => other.clone(),
    }
}

#[test]
fn a_sine_starts_from_its_own_value_and_a_ramp_from_its_foot() {
    let sine = Sine {
        offset: 0.3,
        amplitude: 0.5,
        frequency_hz: 1e3,
        delay_s: 0.0,
        damping_per_s: 0.0,
        phase_rad: 0.7,
    };
    let delayed = Sine { delay_s: 1e-3, ..sine };
    for stimulus in [Stimulus::Sine(sine), Stimulus::Sine(delayed)] {
        let at_rest = charged_from_rest(stimulus, false).at(0.0);
        assert!((at_rest - (0.3 + 0.5 * f64::sin(0.7))).abs() < 1e-15);
    }
    let ramp = Stimulus::Pwl(vec![(0.0, 0.25), (1e-3, 1.0)]);
    assert!((charged_from_rest(ramp, false).at(0.0) - 0.25).abs() < 1e-15);
}

/// The turn-on instants of a switch across a capacitor behind 1 kohm, from the operating point.
fn oscillation(stimulus: Stimulus) -> Vec<f64> {
    let kind = memspike_device::MODELS.iter().find(|kind| kind.name == "sw").unwrap();
    let model = (kind.build)(&[0.5, 0.2, 10.0, 1e15]).unwrap();
    let mut bench = Bench::new();
    bench.add("v", "in", "0", ElementKind::VoltageSource(stimulus));
    bench.add("r", "in", "out", ElementKind::Resistor { ohm: 1e3 });
    bench.add("c", "out", "0", ElementKind::Capacitor { farad: 1e-6, initial: None });
    let control = [bench.0.node("out"), GROUND];
    bench.add("s", "out", "0", ElementKind::Switch { model, control, on: false });
    let circuit = bench.0.build().unwrap();
    let mut simulation = Simulation::new(&circuit, &Options::default()).unwrap();
    let mut watch = |_| ControlFlow::Continue(());
    let mut turn_ons = Recording::of_events(Events::Spikes);
    simulation.run(Time::from_s(10e-3), &mut [&mut turn_ons], &mut watch).unwrap();
    turn_ons.events().iter().map(|(at, _)| at.as_s()).collect()
}

#[test]
fn a_power_up_step_starts_a_switch_oscillator_from_rest() {
    let found = oscillation(Stimulus::Pwl(vec![(0.0, 0.0), (0.0, 1.0)]));
    let first = 1e-3 * (1.0_f64 / 0.3).ln();
    let (low, fast) = (10.0_f64 / 1010.0, 1e-6 * 1e4 / 1010.0);
    let period = 1e-3 * (0.7_f64 / 0.3).ln() + fast * ((0.7 - low) / (0.3 - low)).ln();
    assert_eq!(found.len(), ((10e-3 - first) / period).floor() as usize + 1);
    for (number, at) in found.iter().enumerate() {
        // The open switch of 1e15 ohm takes part in 1e12.
        assert!((at - (first + number as f64 * period)).abs() < 1e-11 * at, "{number}: {at}");
    }
}
