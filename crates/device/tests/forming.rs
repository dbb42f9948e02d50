//! A filament's width: what the circuit leaves it, kept until it breaks.

mod baseline;

use std::sync::Arc;

use memspike_device::{MODELS, Model, Phase, State, Transition, Width, formed_ohm};
use memspike_waveform::Waveform;

const RON: f64 = 4.84e3;
const ROFF: f64 = 130e6;

fn zno(vform: f64) -> Arc<dyn Model> {
    let kind = MODELS.iter().find(|kind| kind.name == "ts_memristor").unwrap();
    let changes = [("vform", vform), ("ron", RON), ("roff", ROFF)];
    let values: Vec<f64> = kind.parameters.iter().map(|p| baseline::value(p, &changes)).collect();
    (kind.build)(&values).unwrap()
}

/// Off and grown through, under `volt`.
fn bridged(model: &dyn Model, from: State, volt: f64) -> State {
    let on = Transition { at_s: 0.0, to: Phase::On };
    model.transit(&from, &Waveform::constant(volt), 0.0, on)
}

#[test]
fn it_stops_where_a_source_behind_a_resistor_leaves_it_its_voltage() {
    // V behind R: v = V r / (R + r), so r = level R / (V - level).
    for (volt, ohm) in [(2.0, 1e6), (-2.0, 1e6), (0.5, 1e5), (20.0, 1e9), (1e3, 1e7)] {
        let at = |r: f64| Width { ohm: r, volt: volt * r / (ohm + r) };
        for level in [0.11, 0.13, 0.3, 0.45] {
            let found = formed_ohm(level, at(ROFF), at(RON));
            let truth = level * ohm / (f64::abs(volt) - level);
            let stops = at(ROFF).volt.abs() > level && truth > RON;
            let truth = if stops { truth } else { RON };
            assert!(
                (found / truth - 1.0).abs() < 1e-14,
                "{volt} {ohm:e} {level}: {found:e} {truth:e}"
            );
        }
    }
}

#[test]
fn it_stops_where_a_source_of_current_leaves_it_its_voltage() {
    for ampere in [2e-9, 1e-7, 2.5e-5] {
        let at = |r: f64| Width { ohm: r, volt: ampere * r };
        let found = formed_ohm(0.13, at(ROFF), at(RON));
        assert!((found * ampere / 0.13 - 1.0).abs() < 1e-14, "{ampere:e}: {found:e}");
    }
}

#[test]
fn nothing_that_is_no_voltage_makes_it_anything_but_widest() {
    let width = |ohm, volt| Width { ohm, volt };
    for (before, after) in [
        (0.0, 0.0),
        (f64::NAN, 0.01),
        (1.0, f64::NAN),
        (f64::INFINITY, f64::INFINITY),
        (0.12, 0.01),
        (1.0, 0.2),
        (1.0, -0.01),
        (1.0, 0.0),
    ] {
        assert_eq!(
            formed_ohm(0.13, width(ROFF, before), width(RON, after)),
            RON,
            "{before} {after}"
        );
    }
}

#[test]
fn it_has_the_width_that_it_formed_and_no_other_until_it_ruptures() {
    let model = zno(0.13);
    let on = bridged(&*model, model.rest(), 2.0);
    assert_eq!((model.forms_at(&on), model.resistance(&on)), (Some(0.13), RON));
    let formed = model.formed(&on, 69_518.716_577_540_1);
    assert_eq!((model.forms_at(&formed), model.resistance(&formed)), (None, 69_518.716_577_540_1));
    // Neither time nor voltages above the hold voltage change it.
    let v = Waveform::constant(0.11);
    let later = model.settle(&model.advance(&formed, &v, 0.0, 1.0), &v, 1.0);
    assert_eq!((model.forms_at(&later), model.resistance(&later)), (None, 69_518.716_577_540_1));
    // No width outside of what the device has.
    for (asked, given) in [(0.0, RON), (f64::INFINITY, ROFF)] {
        assert_eq!(model.resistance(&model.formed(&on, asked)), given);
    }
}

#[test]
fn after_a_rupture_it_forms_anew() {
    let model = zno(0.13);
    let formed = model.formed(&bridged(&*model, model.rest(), 2.0), 5e4);
    let v = Waveform::constant(0.05);
    let off = Transition { at_s: 0.0, to: Phase::Off };
    for ruptured in [model.transit(&formed, &v, 0.0, off), model.settle(&formed, &v, 0.0)] {
        assert_eq!((ruptured.phase, model.resistance(&ruptured)), (Phase::Off, ROFF));
        let again = bridged(&*model, ruptured, 2.0);
        assert_eq!((model.forms_at(&again), model.resistance(&again)), (Some(0.13), RON));
    }
}
