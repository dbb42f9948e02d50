//! Islands of several states, and the filament, against a high-order integrator.
//!
//! The equations are Kirchhoff's laws, written out in each test.

#[path = "../common/mod.rs"]
mod common;
mod driven;
mod ringing;

use std::f64::consts::TAU;

use common::hybrid::{Device, Network};
use common::neuron;
use common::precise::float;
use common::rig::{CUBIC, Memristor, Rig, SWITCH, Switch, ZNO, record};
use memspike_circuit::{Circuit, Sine, Stimulus};

const OHM: f64 = 1e6;
const FARAD: f64 = 47e-9;

/// Runs `circuit` and asserts that each of `names` turns on when the device of the same position
/// in `network` does, within 1e-7.
fn assert_agreement(circuit: &Circuit, names: &[&str], network: &Network, until: f64) {
    let truth = network.spikes(until);
    let mut spikes = record(circuit, until).spikes();
    for (name, truth) in names.iter().zip(&truth) {
        let found = spikes.remove(*name).unwrap_or_default();
        assert!(!truth.is_empty(), "{name}: the reference never fires");
        assert_eq!(found.len(), truth.len(), "{name}: number of spikes");
        for (k, (found, truth)) in found.iter().zip(truth).enumerate() {
            let error = (found.as_s() / truth - 1.0).abs();
            assert!(error < 1e-7, "{name}: spike {k} at {truth} is off by {error:e}");
        }
    }
}

/// A membrane alone, as a network.
fn single(device: Device, volt: f64) -> Network<'static> {
    Network {
        devices: vec![device],
        initial: vec![0.0],
        rates: Box::new(move |_, v, g, dv| dv[0] = ((volt - v[0]) / OHM - g[0] * v[0]) / FARAD),
        control: Box::new(|_, v, _, _| v[0]),
        corners: Vec::new(),
    }
}

#[test]
fn the_integrator_agrees_with_arbitrary_precision() {
    let devices = [
        (Device::Memristor(ZNO), neuron::Device::Memristor(ZNO)),
        (Device::Memristor(CUBIC), neuron::Device::Memristor(CUBIC)),
        (Device::Switch(SWITCH), neuron::Device::Switch(SWITCH)),
    ];
    for (ode, precise) in devices {
        let found = &single(ode, 0.8).spikes(0.5)[0];
        let reference = neuron::Neuron { ohm: OHM, farad: FARAD, device: precise };
        let truth = reference.spikes(neuron::constant(0.8, 0.5));
        assert_eq!(found.len(), truth.len());
        for (found, truth) in found.iter().zip(&truth) {
            let error = (found / float(truth) - 1.0).abs();
            assert!(error < 1e-9, "{error:e} at {found}");
        }
    }
}

/// A neuron's three elements: `out` is charged from `supply`.
fn add_neuron(rig: &mut Rig, k: usize, supply: &str, ohm: f64, device: Memristor) {
    let out = format!("out{k}");
    rig.r(&format!("r{k}"), [supply, &out], ohm).c(&format!("c{k}"), [&out, "0"], FARAD).n(
        &format!("n{k}"),
        [&out, "0"],
        device,
    );
}

#[test]
fn two_neurons_with_a_coupling_capacitor() {
    let coupling = 4.7e-9;
    let volts = [0.8, 0.75];
    let mut rig = Rig::new();
    for (k, volt) in volts.into_iter().enumerate() {
        rig.v(&format!("v{k}"), [&format!("in{k}"), "0"], Stimulus::Dc(volt));
        add_neuron(&mut rig, k, &format!("in{k}"), OHM, ZNO);
    }
    rig.c("cc", ["out0", "out1"], coupling);
    let network = Network {
        devices: vec![Device::Memristor(ZNO); 2],
        initial: vec![0.0; 2],
        rates: Box::new(move |_, v, g, dv| {
            // C dv1 + Cc (dv1 - dv2) = i1, C dv2 + Cc (dv2 - dv1) = i2.
            let i = [0, 1].map(|k| (volts[k] - v[k]) / OHM - g[k] * v[k]);
            let determinant = FARAD * (FARAD + 2.0 * coupling);
            dv[0] = ((FARAD + coupling) * i[0] + coupling * i[1]) / determinant;
            dv[1] = ((FARAD + coupling) * i[1] + coupling * i[0]) / determinant;
        }),
        control: Box::new(|_, v, _, k| v[k]),
        corners: Vec::new(),
    };
    assert_agreement(&rig.build(), &["n0", "n1"], &network, 0.5);
}

#[test]
fn a_ladder_of_twenty_with_a_memristor_at_its_end() {
    let (ohm, farad, sections) = (50e3, 2.35e-9, 20);
    let mut rig = Rig::new();
    rig.v("v1", ["a0", "0"], Stimulus::Dc(0.8));
    for k in 0..sections {
        let (from, to) = (format!("a{k}"), format!("a{}", k + 1));
        rig.r(&format!("r{k}"), [&from, &to], ohm).c(&format!("c{k}"), [&to, "0"], farad);
    }
    rig.n("n1", ["a20", "0"], ZNO);
    let network = Network {
        devices: vec![Device::Memristor(ZNO)],
        initial: vec![0.0; sections],
        rates: Box::new(move |_, v, g, dv| {
            for k in 0..sections {
                let before = if k == 0 { 0.8 } else { v[k - 1] };
                let mut i = (before - v[k]) / ohm;
                i -= if k + 1 == sections { g[0] * v[k] } else { (v[k] - v[k + 1]) / ohm };
                dv[k] = i / farad;
            }
        }),
        control: Box::new(move |_, v, _, _| v[sections - 1]),
        corners: Vec::new(),
    };
    assert_agreement(&rig.build(), &["n1"], &network, 0.1);
}

#[test]
fn a_chain_of_neurons_coupled_by_resistors() {
    let (count, link) = (5, 4.7e6);
    let mut rig = Rig::new();
    rig.v("v1", ["supply", "0"], Stimulus::Dc(0.9));
    // Different resistances, so that no two neurons fire at one instant.
    let ohm = |k: usize| OHM * (1.0 + 0.07 * k as f64);
    for k in 0..count {
        add_neuron(&mut rig, k, "supply", ohm(k), ZNO);
        if k > 0 {
            rig.r(&format!("l{k}"), [&format!("out{}", k - 1), &format!("out{k}")], link);
        }
    }
    let network = Network {
        devices: vec![Device::Memristor(ZNO); count],
        initial: vec![0.0; count],
        rates: Box::new(move |_, v, g, dv| {
            for k in 0..count {
                let mut i = (0.9 - v[k]) / ohm(k) - g[k] * v[k];
                if k > 0 {
                    i += (v[k - 1] - v[k]) / link;
                }
                if k + 1 < count {
                    i += (v[k + 1] - v[k]) / link;
                }
                dv[k] = i / FARAD;
            }
        }),
        control: Box::new(|_, v, _, k| v[k]),
        corners: Vec::new(),
    };
    assert_agreement(&rig.build(), &["n0", "n1", "n2", "n3", "n4"], &network, 0.25);
}

#[test]
fn a_switch_behind_a_divider_without_a_capacitor_of_its_own() {
    // The controlled node hangs on two resistors: its voltage jumps when the switch turns.
    let m = Switch { vt: 0.2, vh: 0.05, ron: 2e3, roff: 1e8 };
    let (series, load) = (10e3, 30e3);
    let mut rig = Rig::new();
    rig.v("v1", ["in", "0"], Stimulus::Dc(1.0))
        .r("r1", ["in", "a"], OHM)
        .c("c1", ["a", "0"], FARAD)
        .r("r2", ["a", "b"], series)
        .s("s1", ["b", "0"], ["a", "0"], m)
        .r("r3", ["b", "c"], load)
        .c("c2", ["c", "0"], 10e-9);
    let b =
        move |v: &[f64], g: f64| (v[0] / series + v[1] / load) / (1.0 / series + 1.0 / load + g);
    let network = Network {
        devices: vec![Device::Switch(m)],
        initial: vec![0.0; 2],
        rates: Box::new(move |_, v, g, dv| {
            let b = b(v, g[0]);
            dv[0] = ((1.0 - v[0]) / OHM - (v[0] - b) / series) / FARAD;
            dv[1] = (b - v[1]) / load / 10e-9;
        }),
        control: Box::new(|_, v, _, _| v[0]),
        corners: Vec::new(),
    };
    assert_agreement(&rig.build(), &["s1"], &network, 0.3);
}

fn sine_at(s: &Sine, t: f64) -> f64 {
    let t = (t - s.delay_s).max(0.0);
    s.offset
        + s.amplitude
            * (-t * s.damping_per_s).exp()
            * (TAU * s.frequency_hz * t + s.phase_rad).sin()
}

#[test]
fn a_memristor_between_two_membranes_sees_their_difference() {
    // Floating: its voltage is a difference of two modes, of either sign.
    let m = Memristor { roff: 50e6, ron: 20e3, ..ZNO };
    let mut rig = Rig::new();
    rig.v("v1", ["in", "0"], Stimulus::Dc(1.0))
        .r("r1", ["in", "a"], OHM)
        .c("c1", ["a", "0"], FARAD)
        .n("n1", ["a", "b"], m)
        .c("c2", ["b", "0"], 20e-9)
        .r("r2", ["b", "0"], 0.4e6);
    let network = Network {
        devices: vec![Device::Memristor(m)],
        initial: vec![0.0; 2],
        rates: Box::new(move |_, v, g, dv| {
            let i = g[0] * (v[0] - v[1]);
            dv[0] = ((1.0 - v[0]) / OHM - i) / FARAD;
            dv[1] = (i - v[1] / 0.4e6) / 20e-9;
        }),
        control: Box::new(|_, v, _, _| v[0] - v[1]),
        corners: Vec::new(),
    };
    assert_agreement(&rig.build(), &["n1"], &network, 0.3);
}
