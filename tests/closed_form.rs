//! Spikes of single neurons against an arbitrary-precision evaluation.

mod common;

use common::neuron::{Device, Neuron, constant, pulses};
use common::precise::{Real, float, magnitude, real};
use common::rig::{CUBIC, Rig, SWITCH, Switch, ZNO, spikes};
use memspike_circuit::{Circuit, Pulse, Stimulus};
use memspike_time::Time;

const OHM: f64 = 1e6;
const FARAD: f64 = 47e-9;

/// The source voltages of the paper's figures, and one between them.
const VOLTS: [f64; 4] = [0.5, 0.8, 1.3, 2.0];

fn neuron(device: Device) -> Neuron {
    Neuron { ohm: OHM, farad: FARAD, device }
}

fn circuit(device: Device, source: Stimulus) -> Circuit {
    let mut rig = Rig::new();
    rig.v("v1", ["in", "0"], source).r("r1", ["in", "out"], OHM).c("c1", ["out", "0"], FARAD);
    match device {
        Device::Memristor(m) => rig.n("x1", ["out", "0"], m),
        Device::Switch(s) => rig.s("x1", ["out", "0"], ["out", "0"], s),
    };
    rig.build()
}

/// Seconds without the rounding of [`Time::as_s`].
fn exact(t: Time) -> Real {
    (real(t.tick as f64) + real(t.frac)) / real(1e15)
}

/// Asserts as many spikes as in `truth`, each within 2 fs plus 1e-12 of its time.
fn assert_spikes(found: &[Time], truth: &[Real], what: &str) {
    assert_eq!(found.len(), truth.len(), "{what}: number of spikes");
    for (k, (found, truth)) in found.iter().zip(truth).enumerate() {
        let error = float(&magnitude(&(exact(*found) - truth)));
        let allowed = 2e-15 + 1e-12 * float(truth);
        assert!(error <= allowed, "{what}: spike {k} at {}: off by {error:e} s", float(truth));
    }
}

#[test]
fn the_reference_agrees_with_a_logarithm() {
    // An ideal switch: the first spike is tau ln(vinf / (vinf - 0.25)).
    let ideal = Switch { roff: 1e300, ..SWITCH };
    let truth = neuron(Device::Switch(ideal)).spikes(constant(0.8, 0.1));
    let first = 0.047 * (0.8_f64 / 0.55).ln();
    assert!((float(&truth[0]) / first - 1.0).abs() < 1e-14);
    let period = 0.047 * (0.715_f64 / 0.55).ln()
        + 47e-6 * ((0.25 - 0.8 / 1001.0) / (0.085 - 0.8 / 1001.0_f64)).ln() / 1.001;
    assert!((float(&(&truth[1] - &truth[0])) / period - 1.0).abs() < 1e-12);
}

#[test]
fn a_switch_oscillator_is_exact_for_a_second() {
    for volt in VOLTS {
        let device = Device::Switch(SWITCH);
        let truth = neuron(device).spikes(constant(volt, 1.0));
        let found = spikes(&circuit(device, Stimulus::Dc(volt)), 1.0, "x1");
        assert!(truth.len() > 30);
        assert_spikes(&found, &truth, &format!("{volt} V"));
    }
}

#[test]
fn a_switch_behind_a_gain_is_as_exact() {
    let truth = neuron(Device::Switch(SWITCH)).spikes(constant(0.8, 1.0));
    let gained = Switch { vt: 0.1675e6, vh: 0.0825e6, ..SWITCH };
    let mut rig = Rig::new();
    rig.v("v1", ["in", "0"], Stimulus::Dc(0.8))
        .r("r1", ["in", "out"], OHM)
        .c("c1", ["out", "0"], FARAD)
        .e("e1", ["ctl", "0"], ["out", "0"], 1e6)
        .s("x1", ["out", "0"], ["ctl", "0"], gained);
    assert_spikes(&spikes(&rig.build(), 1.0, "x1"), &truth, "gain form");
}

#[test]
fn an_oscillation_neuron_is_exact_for_a_second() {
    for volt in VOLTS {
        let device = Device::Memristor(ZNO);
        let truth = neuron(device).spikes(constant(volt, 1.0));
        let found = spikes(&circuit(device, Stimulus::Dc(volt)), 1.0, "x1");
        assert!(truth.len() > 30);
        assert_spikes(&found, &truth, &format!("{volt} V"));
    }
}

#[test]
fn a_lif_neuron_is_exact_under_pulse_trains() {
    for width_us in [200, 300, 400, 500, 600] {
        let gap_us = 200;
        let count = 80;
        let source = Stimulus::Pulse(Pulse {
            low: 0.0,
            high: 2.0,
            delay_s: 0.0,
            rise_s: 0.0,
            fall_s: 0.0,
            width_s: f64::from(width_us) * 1e-6,
            period_s: f64::from(width_us + gap_us) * 1e-6,
            count: Some(u64::from(count)),
        });
        let device = Device::Memristor(ZNO);
        let truth = neuron(device).spikes(pulses(2.0, width_us, gap_us, count));
        let until_s = f64::from((width_us + gap_us) * count) * 1e-6;
        let found = spikes(&circuit(device, source), until_s, "x1");
        assert!(!truth.is_empty());
        assert_spikes(&found, &truth, &format!("{width_us} us"));
    }
}

#[test]
fn a_neuron_whose_filament_dissolves_by_a_power_is_exact() {
    for order in [1.5, 3.0] {
        let device = Device::Memristor(common::rig::Memristor { dissolution: order, ..CUBIC });
        // At 0.5 V nothing is left when growth begins, at 2 V much is.
        for volt in [0.5, 0.8, 2.0] {
            let truth = neuron(device).spikes(constant(volt, 0.2));
            assert!(truth.len() > 5);
            let found = spikes(&circuit(device, Stimulus::Dc(volt)), 0.2, "x1");
            assert_spikes(&found, &truth, &format!("order {order}, {volt} V"));
        }
        let source = Stimulus::Pulse(Pulse {
            low: 0.0,
            high: 2.0,
            delay_s: 0.0,
            rise_s: 0.0,
            fall_s: 0.0,
            width_s: 400e-6,
            period_s: 600e-6,
            count: Some(120),
        });
        let truth = neuron(device).spikes(pulses(2.0, 400, 200, 120));
        assert!(truth.len() > 3);
        let found = spikes(&circuit(device, source), 72e-3, "x1");
        assert_spikes(&found, &truth, &format!("order {order}, pulses"));
    }
}

#[test]
fn a_neuron_that_reaches_its_fastest_growth_is_exact() {
    // A slow shortest growth time: the voltage passes the cap long before the bridge.
    let slow = common::rig::Memristor { ton_min: 2e-3, ..ZNO };
    let device = Device::Memristor(slow);
    let truth = neuron(device).spikes(constant(1.3, 0.5));
    assert!(truth.len() > 10);
    assert_spikes(&spikes(&circuit(device, Stimulus::Dc(1.3)), 0.5, "x1"), &truth, "capped");
}
