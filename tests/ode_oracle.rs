//! Islands of several states, and the filament, against a high-order integrator.
//!
//! The equations are Kirchhoff's laws, written out in each test.

mod common;

use std::f64::consts::TAU;

use common::hybrid::{Device, Network};
use common::neuron;
use common::precise::float;
use common::rig::{CUBIC, Memristor, Rig, SWITCH, Switch, ZNO, record};
use memspike_circuit::{Circuit, Pulse, Sine, Stimulus};

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

fn sine_at(s: &Sine, t: f64) -> f64 {
    let t = (t - s.delay_s).max(0.0);
    s.offset
        + s.amplitude
            * (-t * s.damping_per_s).exp()
            * (TAU * s.frequency_hz * t + s.phase_rad).sin()
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

/// A membrane behind a source that changes with time.
fn driven(
    source: impl Fn(f64) -> f64 + 'static,
    corners: Vec<f64>,
    device: Device,
) -> Network<'static> {
    Network {
        rates: Box::new(move |t, v, g, dv| {
            dv[0] = ((source(t) - v[0]) / OHM - g[0] * v[0]) / FARAD
        }),
        corners,
        ..single(device, 0.0)
    }
}

fn driven_rig(source: Stimulus) -> Rig {
    let mut rig = Rig::new();
    rig.v("v1", ["in", "0"], source);
    add_neuron(&mut rig, 0, "in", OHM, ZNO);
    rig
}

#[test]
fn a_sine_drives_a_memristor_by_both_polarities() {
    let sine = Sine {
        offset: 0.2,
        amplitude: 4.0,
        frequency_hz: 17.0,
        delay_s: 3e-3,
        damping_per_s: 1.5,
        phase_rad: 0.4,
    };
    let network = driven(move |t| sine_at(&sine, t), vec![3e-3], Device::Memristor(ZNO));
    let circuit = driven_rig(Stimulus::Sine(sine)).build();
    assert_agreement(&circuit, &["n0"], &network, 0.4);
}

#[test]
fn a_piecewise_linear_ramp_drives_a_memristor() {
    let points = vec![(0.0, 0.0), (0.05, 1.5), (0.08, 1.5), (0.08, 0.4), (0.2, -2.0), (0.25, 0.0)];
    let of = points.clone();
    let source = move |t: f64| {
        let after = of.iter().position(|p| p.0 > t).unwrap_or(of.len());
        if after == of.len() {
            return of[after - 1].1;
        }
        let ((t0, v0), (t1, v1)) = (of[after - 1], of[after]);
        v0 + (v1 - v0) * (t - t0) / (t1 - t0)
    };
    let corners = vec![0.05, 0.08, 0.2, 0.25];
    let network = driven(source, corners, Device::Memristor(ZNO));
    let circuit = driven_rig(Stimulus::Pwl(points)).build();
    assert_agreement(&circuit, &["n0"], &network, 0.3);
}

#[test]
fn pulses_with_slopes_drive_a_memristor() {
    let pulse = Pulse {
        low: -0.1,
        high: 2.2,
        delay_s: 1e-3,
        rise_s: 4e-3,
        fall_s: 6e-3,
        width_s: 10e-3,
        period_s: 30e-3,
        count: None,
    };
    let source = move |t: f64| {
        if t < 1e-3 {
            return -0.1;
        }
        let t = (t - 1e-3) % 30e-3;
        if t < 4e-3 {
            -0.1 + 2.3 * t / 4e-3
        } else if t < 14e-3 {
            2.2
        } else if t < 20e-3 {
            2.2 - 2.3 * (t - 14e-3) / 6e-3
        } else {
            -0.1
        }
    };
    let corners = (0..7)
        .flat_map(|k| [0.0, 4e-3, 14e-3, 20e-3].map(|t| 1e-3 + 30e-3 * f64::from(k) + t))
        .collect();
    let network = driven(source, corners, Device::Memristor(ZNO));
    let circuit = driven_rig(Stimulus::Pulse(pulse)).build();
    assert_agreement(&circuit, &["n0"], &network, 0.2);
}

#[test]
fn a_steep_edge_into_a_slow_membrane() {
    // The ramp's particular solution is slope * tau, thousands of volts that cancel.
    let (rise, width, period) = (50e-6, 400e-6, 650e-6);
    let pulse = Pulse {
        low: 0.0,
        high: 2.0,
        delay_s: 0.0,
        rise_s: rise,
        fall_s: 0.0,
        width_s: width,
        period_s: period,
        count: None,
    };
    let source = move |t: f64| {
        // A jump lies at the end of a stretch, where the integrator looks at it once.
        let t = t % period;
        if t < rise {
            2.0 * t / rise
        } else if t <= rise + width {
            2.0
        } else {
            0.0
        }
    };
    let corners = (0..120)
        .flat_map(|k| [0.0, rise, rise + width].map(|t| f64::from(k) * period + t))
        .collect();
    let network = driven(source, corners, Device::Memristor(ZNO));
    let circuit = driven_rig(Stimulus::Pulse(pulse)).build();
    assert_agreement(&circuit, &["n0"], &network, 0.07);
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
