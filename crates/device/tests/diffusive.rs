//! The diffusive memristor against its equations, solved by hand.

mod baseline;

use std::sync::Arc;

use memspike_device::{MODELS, Model, Phase, State, Transition};
use memspike_waveform::{Term, Waveform};
use proptest::prelude::*;

const VON: f64 = 0.1353;
const VS: f64 = 0.0234;
const T0: f64 = 1.668;
const TON_MIN: f64 = 20e-9;
const GRES: f64 = 0.5;
const TRELAX: f64 = 10e-3;

fn build(changes: &[(&str, f64)]) -> Result<Arc<dyn Model>, memspike_device::ParameterError> {
    let kind = MODELS.iter().find(|kind| kind.name == "ts_memristor").unwrap();
    let values: Vec<f64> = kind.parameters.iter().map(|p| baseline::value(p, changes)).collect();
    (kind.build)(&values)
}

fn zno() -> Arc<dyn Model> {
    let names = ["von", "vs", "t0", "ton_min", "gres", "trelax"];
    let values = [VON, VS, T0, TON_MIN, GRES, TRELAX];
    build(&names.into_iter().zip(values).collect::<Vec<_>>()).unwrap()
}

/// Follows a device from a state through all transitions up to a time.
fn follow(model: &dyn Model, mut state: State, v: &Waveform, until_s: f64) -> Vec<Transition> {
    let (mut at, mut seen) = (0.0, Vec::new());
    state = model.settle(&state, v, 0.0);
    while let Some(next) = model.next(&state, v, at, until_s) {
        state = model.transit(&state, v, at, next);
        at = next.at_s;
        seen.push(next);
        assert!(seen.len() < 1000, "no end of transitions");
    }
    seen
}

fn turn_on(model: &dyn Model, state: State, v: &Waveform, until_s: f64) -> Option<f64> {
    follow(model, state, v, until_s).iter().find(|t| t.to.is_on()).map(|t| t.at_s)
}

#[test]
fn a_ramp_turns_it_on_at_the_logarithm_of_its_rate() {
    // Vth(r) = von + vs ln(1 + r t0 / vs), from rest.
    let model = zno();
    for rate in [1e-3_f64, 0.05, 1.0, 300.0] {
        let at = turn_on(&*model, model.rest(), &Waveform::ramp(0.0, rate), f64::INFINITY).unwrap();
        let threshold = VON + VS * (1.0 + rate * T0 / VS).ln();
        assert!((rate * at / threshold - 1.0).abs() < 1e-13, "{rate} V/s: {}", rate * at);
    }
}

#[test]
fn both_polarities_switch_alike_and_a_unipolar_card_only_one() {
    let model = zno();
    let (up, down) = (Waveform::ramp(0.0, 0.05), Waveform::ramp(0.0, -0.05));
    let at = |model: &dyn Model, v: &Waveform| turn_on(model, model.rest(), v, 100.0);
    assert_eq!(at(&*model, &up), at(&*model, &down));
    let unipolar = build(&[("unipolar", 1.0)]).unwrap();
    assert!(at(&*unipolar, &up).is_some());
    assert_eq!(at(&*unipolar, &down), None);
}

#[test]
fn a_strong_pulse_turns_it_on_after_the_shortest_growth_time() {
    let model = zno();
    let at = turn_on(&*model, model.rest(), &Waveform::constant(1.5), 1e-6).unwrap();
    assert!((at / TON_MIN - 1.0).abs() < 1e-15, "{at}");
    // After a rupture only the rest of the filament must grow.
    let ruptured = State::new(Phase::Off, GRES);
    let at = turn_on(&*model, ruptured, &Waveform::constant(1.5), 1e-6).unwrap();
    assert!((at / (TON_MIN * (1.0 - GRES)) - 1.0).abs() < 1e-15, "{at}");
}

#[test]
fn a_constant_voltage_takes_the_exponential_time() {
    let model = zno();
    for u in [VON, 0.2, 0.3, 0.5] {
        let at = turn_on(&*model, model.rest(), &Waveform::constant(u), 10.0).unwrap();
        let expected = (T0 * (-(u - VON) / VS).exp()).max(TON_MIN);
        assert!((at / expected - 1.0).abs() < 1e-14, "{u} V: {at:e}, {expected:e}");
    }
    assert_eq!(turn_on(&*model, model.rest(), &Waveform::constant(VON - 1e-9), 1e9), None);
}

#[test]
fn a_filament_dissolves_by_its_time_constant() {
    let model = zno();
    let state = State::new(Phase::Off, GRES);
    let after = model.advance(&state, &Waveform::constant(0.05), 0.0, 25e-3);
    assert!((after.filament - GRES * (-2.5_f64).exp()).abs() < 1e-16);
}

#[test]
fn it_holds_until_the_hold_voltage_and_leaves_a_residue() {
    let model = zno();
    let on = State::new(Phase::On, 1.0);
    let v = Waveform::relaxation(0.3, 0.0, -1e3);
    let off = model.next(&on, &v, 0.0, 1.0).unwrap();
    assert!((off.at_s - 3.0_f64.ln() * 1e-3).abs() < 1e-17);
    let after = State { cycle: 1, ..State::new(Phase::Off, GRES) };
    assert_eq!(model.transit(&on, &v, 0.0, off), after);
}

#[test]
fn a_jump_to_the_hold_voltage_or_below_ruptures_at_once() {
    let model = zno();
    let on = State::new(Phase::On, 1.0);
    let hold = 0.1;
    for u in [0.09, hold, -hold] {
        assert_eq!(model.settle(&on, &Waveform::constant(u), 0.0).phase, Phase::Off, "{u}");
    }
    let above = Waveform::constant(f64::next_up(hold));
    assert_eq!(model.settle(&on, &above, 0.0).phase, Phase::On);
    assert_eq!(model.settle(&on, &Waveform::constant(-0.2), 0.0).phase, Phase::On);
}

#[test]
fn parameters_that_describe_no_device_are_refused_by_name() {
    for (name, value) in [
        ("von", 0.0),
        ("vs", -1.0),
        ("t0", f64::NAN),
        ("ton_min", 0.0),
        ("vhold", 0.2),
        ("vhold", -0.1),
        ("gres", 1.0),
        ("trelax", f64::INFINITY),
        ("ron", 1e9),
        ("unipolar", 0.5),
    ] {
        assert_eq!(build(&[(name, value)]).unwrap_err().parameter, name);
    }
}

/// `v0 + (end - v0)(1 - e^(-t/tau))`, and the same with a zero-sum pair of modes added that sends the
/// growth integral through the quadrature.
fn twice(v0: f64, end: f64, tau: f64) -> (Waveform, Waveform) {
    let plain = Waveform::relaxation(v0, end, -1.0 / tau);
    let mut general = plain.clone();
    let tiny = |rate: f64| Term::free(0, 1e-18.into(), rate.into());
    general.push(tiny(-3.0 / tau));
    (plain, general)
}

proptest! {
    #[test]
    fn the_closed_form_of_growth_agrees_with_quadrature(
        v0 in 0.14..0.3_f64,
        end in prop_oneof![0.0..0.13_f64, 0.3..2.0_f64],
        tau in 1e-4..0.1_f64,
        filament in 0.0..0.9_f64,
    ) {
        let model = zno();
        let (plain, general) = twice(v0, end, tau);
        let state = State::new(Phase::Growing, filament);
        let next = model.next(&state, &plain, 0.0, 20.0 * tau);
        let other = model.next(&state, &general, 0.0, 20.0 * tau);
        match (next, other) {
            (Some(a), Some(b)) => {
                prop_assert_eq!(a.to, b.to);
                prop_assert!((a.at_s - b.at_s).abs() <= 1e-11 * tau, "{:e} {:e}", a.at_s, b.at_s);
                let half = 0.5 * a.at_s;
                let (a, b) =
                    (model.advance(&state, &plain, 0.0, half), model.advance(&state, &general, 0.0, half));
                prop_assert!((a.filament - b.filament).abs() < 1e-11);
            }
            (a, b) => prop_assert_eq!(a, b),
        }
    }

    #[test]
    fn a_pause_changes_the_filament_by_rounding_only(
        v0 in 0.14..0.3_f64,
        end in 0.0..2.0_f64,
        part in 0.0..1.0_f64,
    ) {
        let model = zno();
        let v = Waveform::relaxation(v0, end, -20.0);
        let state = State::new(Phase::Growing, 0.0);
        let to = model.next(&state, &v, 0.0, 1.0).map_or(1.0, |t| t.at_s);
        let whole = model.advance(&state, &v, 0.0, to);
        let paused = model.advance(&model.advance(&state, &v, 0.0, part * to), &v, part * to, to);
        prop_assert!((whole.filament - paused.filament).abs() < 1e-11);
    }
}
