//! Growth under a voltage that hardly moves, against its integral with 200 bits.

mod baseline;

use std::sync::Arc;

use dashu_float::{FBig, round::mode::HalfEven};
use memspike_device::{MODELS, Model, Phase, State};
use memspike_waveform::Waveform;

const VON: f64 = 0.1353;
const VS: f64 = 0.0234;
const T0: f64 = 1.668;

/// A binary number of 200 bits.
type Real = FBig<HalfEven, 2>;

fn real(x: f64) -> Real {
    Real::try_from(x).expect("finite").with_precision(200).value()
}

fn zno() -> Arc<dyn Model> {
    let kind = MODELS.iter().find(|kind| kind.name == "ts_memristor").unwrap();
    let given = [("von", VON), ("vs", VS), ("t0", T0), ("ton_min", 20e-9)];
    let values: Vec<f64> = kind.parameters.iter().map(|p| baseline::value(p, &given)).collect();
    (kind.build)(&values).unwrap()
}

/// `(1/t0)` times the integral of `exp((u - von) / vs)` over `dt`, with `u = end + (u0 - end) exp(-t/tau)`:
/// Boole's rule over 64 parts. For `dt <= tau` and `|u0 - end| <= vs` its remainder, of the order
/// `(1/64)^6`, times a hundred for the derivatives, is below 1e-12 of the part that moves.
fn grown([u0, end, tau, dt]: [f64; 4]) -> f64 {
    const PARTS: u32 = 64;
    let (end, gap) = (real(end), real(u0) - real(end));
    let rate = |part: u32| {
        let t = real(dt) * real(f64::from(part)) / real(f64::from(4 * PARTS));
        let u = &end + &gap * (-t / real(tau)).exp();
        ((u - real(VON)) / real(VS)).exp() / real(T0)
    };
    let rates: Vec<Real> = (0..=4 * PARTS).map(rate).collect();
    let sum = rates.windows(5).step_by(4).fold(real(0.0), |sum, r| {
        sum + real(7.0) * (&r[0] + &r[4]) + real(32.0) * (&r[1] + &r[3]) + real(12.0) * &r[2]
    });
    (sum * real(dt) / real(f64::from(90 * PARTS))).to_f64().value()
}

#[test]
fn growth_keeps_its_digits_however_little_the_voltage_moves() {
    let model = zno();
    for (tau, part) in [(47e-3, 1.0), (47e-3, 0.3), (47e-3, 1e-3), (1e-3, 1e-9), (1e6, 1e-6)] {
        let dt = tau * part;
        // In units of vs, on both sides of the thousandth that divides two ways of computing.
        for gap in [1e-15, 1e-12, 1e-9, 1e-6, 1e-4, 9e-4, 1.1e-3, 2e-3, 1e-2, 0.1, 1.0] {
            for gap in [gap, -gap] {
                let end: f64 = 0.2;
                let u0 = end - gap * VS;
                let u = Waveform::relaxation(u0, end, -1.0 / tau);
                let state = State::new(Phase::Growing, 0.0);
                // As much as keeps the filament from completing.
                let found = model.advance(&state, &u, 0.0, dt).filament;
                let expected = grown([u0, end, tau, dt]).min(1.0);
                let error = (found / expected - 1.0).abs();
                // Beyond the thousandth the difference of two integrals keeps all but three digits.
                assert!(error < 1e-12, "{gap} vs, {part} of {tau} s: {error:e}");
            }
        }
    }
}
