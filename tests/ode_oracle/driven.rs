//! A membrane behind sources that change with time.

use memspike_circuit::{Pulse, Sine, Stimulus};

use crate::{
    FARAD, OHM, add_neuron, assert_agreement,
    common::{
        hybrid::{Device, Network},
        rig::{Rig, ZNO},
    },
    sine_at, single,
};

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
