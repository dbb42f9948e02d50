//! Counts, rates and energies of spikes.

use memspike_circuit::{MeasureKind, Window};
use memspike_device::Phase;
use memspike_trace::MeasureError;
use memspike_waveform::Waveform;

use crate::{
    WHOLE, close,
    common::{Run, circuit},
    evaluate,
};

/// Spikes at 1, 2, 3.5 and 5 ms; 2 V and 3 A between 1 and 2 ms, then `v = 1 + 1e3 t` and 1 A.
fn spiking() -> Run {
    let on = |at: f64| (at, "n1", Phase::On, 1.0);
    let off = |at: f64| (at, "n1", Phase::Off, 0.0);
    let events =
        vec![on(1e-3), off(1.5e-3), on(2e-3), off(2.5e-3), on(3.5e-3), off(4e-3), on(5e-3)];
    let forms = vec![
        (0.0, 0, Waveform::constant(50.0)),
        (0.0, 1, Waveform::constant(50.0)),
        (1e-3, 0, Waveform::constant(2.0)),
        (1e-3, 1, Waveform::constant(3.0)),
        (2e-3, 0, Waveform::ramp(1.0, 1e3)),
        (2e-3, 1, Waveform::constant(1.0)),
        (5e-3, 0, Waveform::constant(1e6)),
    ];
    Run { forms, events, end: 6e-3 }
}

#[test]
fn spikes_have_a_count_a_first_a_frequency_and_an_energy() {
    let c = circuit();
    let n1 = c.find_element("n1").expect("an element");
    let kinds = [
        MeasureKind::EnergyPerSpike(n1, WHOLE),
        MeasureKind::Spikes(n1, WHOLE),
        MeasureKind::FirstSpike(n1, WHOLE),
        MeasureKind::Frequency(n1, WHOLE),
    ];
    let results = evaluate(&c, &spiking(), &kinds);
    // 6 mJ, then the integral of 1 + 1e3 t over 3 ms: 3 mJ + 4.5 mJ; three periods.
    close(results[0], 13.5e-3 / 3.0);
    close(results[1], 4.0);
    close(results[2], 1e-3);
    close(results[3], 3.0 / 4e-3);
}

#[test]
fn a_window_selects_spikes() {
    let c = circuit();
    let n1 = c.find_element("n1").expect("an element");
    let window = Window { from_s: 1.5e-3, to_s: Some(3.5e-3) };
    let kinds = [
        MeasureKind::EnergyPerSpike(n1, window),
        MeasureKind::Spikes(n1, window),
        MeasureKind::FirstSpike(n1, window),
        MeasureKind::Frequency(n1, window),
    ];
    let results = evaluate(&c, &spiking(), &kinds);
    // The integral of 1 + 1e3 t over 1.5 ms.
    close(results[0], 1.5e-3 + 0.5 * 1e3 * 1.5e-3 * 1.5e-3);
    close(results[1], 2.0);
    close(results[2], 2e-3);
    close(results[3], 1.0 / 1.5e-3);
}

#[test]
fn a_rate_needs_two_spikes() {
    let c = circuit();
    let n1 = c.find_element("n1").expect("an element");
    let single = Window { from_s: 4e-3, to_s: None };
    let none = Window { from_s: 5.5e-3, to_s: None };
    let results = evaluate(
        &c,
        &spiking(),
        &[
            MeasureKind::Frequency(n1, single),
            MeasureKind::EnergyPerSpike(n1, none),
            MeasureKind::FirstSpike(n1, none),
            MeasureKind::Spikes(n1, none),
        ],
    );
    assert_eq!(results[0], Err(MeasureError::TooFewSpikes { found: 1 }));
    assert_eq!(results[1], Err(MeasureError::TooFewSpikes { found: 0 }));
    assert_eq!(results[2], Err(MeasureError::NoSpike));
    assert_eq!(results[3], Ok(0.0));
}
