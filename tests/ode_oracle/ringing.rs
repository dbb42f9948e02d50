//! Circuits that ring: gyrators, an amplifier in a loop, an oscillation that grows.

use memspike_circuit::{Sine, Stimulus};

use crate::{
    assert_agreement,
    common::{
        hybrid::{Device, Network},
        rig::{Rig, Switch, ZNO},
    },
    sine_at,
};

/// Two capacitors and two transconductances that pass charge to and fro: a gyrator, whose modes
/// are `-1/(R C) +- i G/C`.
fn resonator(rig: &mut Rig, ohm: f64, farad: f64, siemens: f64) {
    rig.r("ra", ["a", "0"], ohm)
        .c("ca", ["a", "0"], farad)
        .r("rb", ["b", "0"], ohm)
        .c("cb", ["b", "0"], farad)
        .g("ga", ["a", "0"], ["b", "0"], siemens)
        .g("gb", ["0", "b"], ["a", "0"], siemens);
}

#[test]
fn a_gyrator_that_rings_fires_a_memristor() {
    let (ohm, farad, siemens, drive) = (2e6, 10e-9, 5e-6, 1e5);
    let mut rig = Rig::new();
    resonator(&mut rig, ohm, farad, siemens);
    rig.v("v1", ["in", "0"], Stimulus::Dc(0.5)).r("r1", ["in", "a"], drive).n(
        "n1",
        ["b", "0"],
        ZNO,
    );
    let network = Network {
        devices: vec![Device::Memristor(ZNO)],
        initial: vec![0.0; 2],
        rates: Box::new(move |_, v, g, dv| {
            // A transconductance draws its current out of its first node.
            dv[0] = ((0.5 - v[0]) / drive - v[0] / ohm - siemens * v[1]) / farad;
            dv[1] = (siemens * v[0] - v[1] / ohm - g[0] * v[1]) / farad;
        }),
        control: Box::new(|_, v, _, _| v[1]),
        corners: Vec::new(),
    };
    assert_agreement(&rig.build(), &["n1"], &network, 0.1);
}

#[test]
fn an_amplifier_in_a_loop_rings_and_turns_a_switch() {
    // Two RC stages, closed by an amplifier of gain -8: modes (-1 +- i sqrt(8)) / (R C).
    let (ohm, farad, gain) = (1e5, 10e-9, -8.0);
    let m = Switch { vt: 0.0, vh: 0.05, ron: 5e4, roff: 1e9 };
    let mut rig = Rig::new();
    rig.v("v1", ["in", "0"], Stimulus::Sine(square_free_sine()))
        .e("e1", ["fb", "in"], ["b", "0"], gain)
        .r("r1", ["fb", "a"], ohm)
        .c("c1", ["a", "0"], farad)
        .e("e2", ["buf", "0"], ["a", "0"], 1.0)
        .r("r2", ["buf", "b"], ohm)
        .c("c2", ["b", "0"], farad)
        .s("s1", ["b", "0"], ["a", "0"], m);
    let network = Network {
        devices: vec![Device::Switch(m)],
        initial: vec![0.0; 2],
        rates: Box::new(move |t, v, g, dv| {
            let input = sine_at(&square_free_sine(), t);
            dv[0] = (input + gain * v[1] - v[0]) / ohm / farad;
            dv[1] = ((v[0] - v[1]) / ohm - g[0] * v[1]) / farad;
        }),
        control: Box::new(|_, v, _, _| v[0]),
        corners: Vec::new(),
    };
    assert_agreement(&rig.build(), &["s1"], &network, 0.1);
}

/// A sine whose frequency is no multiple of anything else in its circuit.
fn square_free_sine() -> Sine {
    Sine {
        offset: 0.1,
        amplitude: 1.0,
        frequency_hz: 97.3,
        delay_s: 0.0,
        damping_per_s: 0.0,
        phase_rad: 0.0,
    }
}

#[test]
fn an_oscillator_that_grows_fires_more_and_more_often() {
    // Modes +3 +- i 200 per second until a switch loads the first node.
    let (farad, siemens) = (10e-9, 2e-6);
    let ohm = 1.0 / (3.0 * farad);
    let m = Switch { vt: 0.4, vh: 0.1, ron: 1e6, roff: 1e12 };
    let mut rig = Rig::new();
    rig.c_at("ca", ["a", "0"], farad, 0.1)
        .c_at("cb", ["b", "0"], farad, 0.0)
        .r("ra", ["a", "0"], 1e9)
        .r("rb", ["b", "0"], 1e9)
        // A transconductance across itself with a negative value is a negative resistance.
        .g("na", ["a", "0"], ["a", "0"], -1.0 / ohm)
        .g("nb", ["b", "0"], ["b", "0"], -1.0 / ohm)
        .g("ga", ["a", "0"], ["b", "0"], siemens)
        .g("gb", ["0", "b"], ["a", "0"], siemens)
        .s("s1", ["a", "0"], ["b", "0"], m);
    let network = Network {
        devices: vec![Device::Switch(m)],
        initial: vec![0.1, 0.0],
        rates: Box::new(move |_, v, g, dv| {
            dv[0] = (v[0] / ohm - v[0] / 1e9 - siemens * v[1] - g[0] * v[0]) / farad;
            dv[1] = (v[1] / ohm - v[1] / 1e9 + siemens * v[0]) / farad;
        }),
        control: Box::new(|_, v, _, _| v[1]),
        corners: Vec::new(),
    };
    assert_agreement(&rig.build(), &["s1"], &network, 1.0);
}
