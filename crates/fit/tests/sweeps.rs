//! What is read of sweeps, of devices that are known.

mod bench;

use bench::{DEVICE, Device, RATE, csv, find, off_by, read, read_bytes, value};

#[test]
fn a_sweep_says_threshold_hold_and_both_resistances() {
    let task = read(&DEVICE.csv(0), RATE).unwrap();
    for (kind, truth) in [("threshold", 0.395), ("hold", 0.155), ("off", 1e7), ("on", 2200.0)] {
        assert!((value(&task, kind) / truth - 1.0).abs() < 1e-9, "{kind}");
    }
    // In a step of 10 mV nothing is likelier than anything else.
    let step = 0.01 / 12.0_f64.sqrt();
    assert!((find(&task, "threshold").unwrap().sigma() / step - 1.0).abs() < 1e-9);
    assert!(task.notes.is_empty() && task.spreads.is_empty(), "{:?}", task.notes);
    // A tolerance is added.
    let task = read(&DEVICE.csv(0), "rate = 0.05\ntolerance = 0.03").unwrap();
    let both = step.hypot(0.03 * 0.395);
    assert!((find(&task, "threshold").unwrap().sigma() / both - 1.0).abs() < 1e-9);
}

#[test]
fn a_plateau_of_the_source_is_not_taken_for_a_resistance() {
    // The plateau ends at 0.22 V; the device turns off at 0.15 V.
    let limit = 1e-4;
    for noise in [0.0, 0.02] {
        for keys in [RATE, "rate = 0.05\ncompliance = 1e-4"] {
            for number in 0..20 {
                let device = Device { limit, noise: [0.0, noise], ..DEVICE };
                let task = read(&device.csv(number), keys).unwrap();
                let on = value(&task, "on");
                assert!((on / 2200.0 - 1.0).abs() < 1e-4 + 2.0 * noise, "{noise}, {keys}: {on}");
                assert!(off_by(&task, "on", 2200.0) < 4.0, "{number}, {noise}, {keys}");
            }
        }
    }
}

#[test]
fn where_only_the_plateau_is_there_no_on_resistance_is_read() {
    for noise in [0.0, 0.02] {
        for keys in [RATE, "rate = 0.05\ncompliance = 3e-5"] {
            let device = Device { limit: 3e-5, noise: [0.0, noise], ..DEVICE };
            assert!((1..50).all(|k| find(&read(&device.csv(k), keys).unwrap(), "on").is_none()));
            let task = read(&device.csv(0), keys).unwrap();
            assert!(find(&task, "on").is_none() && find(&task, "off").is_some());
            let note = &task.notes[0];
            assert!(note.starts_with("s.csv: on_resistance cannot be read: "), "{note}");
            assert!(note.contains("the source limits the current everywhere"), "{note}");
            assert!(note.contains("voltage = \"measured\""), "{note}");
            // Who asks for it is told that it is not there.
            let asked = format!("{keys}\nuse = [\"threshold\", \"on_resistance\"]");
            let said = read(&device.csv(0), &asked).unwrap_err();
            assert!(said.starts_with("s.csv:122:1: on_resistance cannot be read: "), "{said}");
        }
    }
}

#[test]
fn an_offset_of_the_instrument_is_no_conductance() {
    for number in 0..20 {
        let device = Device { roff: 1e10, offset: 1e-10, noise: [1e-12, 0.0], ..DEVICE };
        let task = read(&device.csv(number), RATE).unwrap();
        assert!(off_by(&task, "off", 1e10) < 4.0, "{number}");
        assert!((value(&task, "off") / 1e10 - 1.0).abs() < 0.1, "{number}");
    }
}

#[test]
fn noise_near_zero_volts_refuses_no_file_and_hides_the_off_resistance_alone() {
    for number in 0..20 {
        let device = Device { roff: 1e10, noise: [1e-9, 0.0], ..DEVICE };
        let task = read(&device.csv(number), RATE).unwrap();
        assert!((value(&task, "threshold") - 0.395).abs() < 1e-9);
        assert!((value(&task, "hold") - 0.155).abs() < 1e-9);
        assert!((value(&task, "on") / 2200.0 - 1.0).abs() < 1e-3);
        assert!(find(&task, "off").is_none());
        let expected = "s.csv: off_resistance cannot be read: noise hides the slope";
        assert!(task.notes.iter().any(|note| note.starts_with(expected)), "{:?}", task.notes);
    }
}

#[test]
fn a_voltage_that_was_measured_says_as_much_as_one_that_was_forced() {
    let device = Device { limit: 1e-4, noise: [0.0, 0.01], ..DEVICE };
    let forced = read(&device.csv(0), RATE).unwrap();
    let snapped = Device { measured: true, ..device }.csv(0);
    let measured = read(&snapped, "rate = 0.05\nvoltage = \"measured\"").unwrap();
    for kind in ["threshold", "hold"] {
        let (forced, measured) = (value(&forced, kind), value(&measured, kind));
        assert!((forced - measured).abs() < 1e-9, "{kind}: {forced} {measured}");
    }
    // There the plateau says it, too: the voltage is that of the device.
    assert!(off_by(&measured, "on", 2200.0) < 4.0);
    assert!(find(&measured, "on").unwrap().sigma() < find(&forced, "on").unwrap().sigma());
    let said = read(&snapped, RATE).unwrap_err();
    let expected = "s.csv:42:1: the voltage falls from 0.39 to 0.22 V as the device turns on: if it was measured \
                    at the device, say so with voltage = \"measured\"";
    assert!(said.starts_with(expected), "{said}");
    // A device that never reaches the limit is read alike.
    let plain = read(&DEVICE.csv(0), "rate = 0.05\nvoltage = \"measured\"").unwrap();
    assert!((value(&plain, "threshold") - 0.395).abs() < 1e-9);
}

#[test]
fn a_negative_sweep_says_what_a_positive_one_says() {
    let points = Device { limit: 1e-4, ..DEVICE }.points(0);
    let negative: Vec<[f64; 2]> = points.iter().map(|[v, i]| [-v, -i]).collect();
    let positive = read(&csv(&points), RATE).unwrap();
    let task = read(&csv(&negative), RATE).unwrap();
    for (one, other) in task.measurements.iter().zip(&positive.measurements) {
        assert!((one.value / other.value - 1.0).abs() < 1e-9, "{one:?} {other:?}");
    }
    let said = read_bytes(csv(&negative).as_bytes(), RATE, "unipolar = 1").unwrap_err();
    assert!(said.starts_with("s.csv:42:1: the device turns on at -0.395 V, and a card"), "{said}");
}

#[test]
fn a_full_loop_is_used_on_both_sides_unless_they_contradict_each_other() {
    let points = DEVICE.points(0);
    let with = |scale: f64| -> Vec<[f64; 2]> {
        let other = points.iter().map(|[v, i]| [-scale * v, -scale * i]);
        points.iter().copied().chain(other).collect()
    };
    let both = csv(&with(1.03));
    let task = read(&both, RATE).unwrap();
    assert!((value(&task, "threshold") - 0.395 * 1.015).abs() < 1e-9, "the mean of both sides");
    let apart = csv(&with(1.5));
    let said = read(&apart, RATE).unwrap_err();
    let expected = "the threshold is 0.395 V at positive and 0.5925 V at negative voltage";
    assert!(said.contains(expected) && said.contains("side = \"positive\""), "{said}");
    for (side, threshold) in [("positive", 0.395), ("negative", 0.5925)] {
        let task = read(&apart, &format!("{RATE}\nside = \"{side}\"")).unwrap();
        assert!((value(&task, "threshold") / threshold - 1.0).abs() < 1e-9, "{side}");
    }
    // Off all the way to -0.6 V: that is another device than one that turns on at both signs.
    let off: Vec<[f64; 2]> =
        points.iter().copied().chain(points.iter().map(|[v, _]| [-v, -v / 1e7])).collect();
    let said = read(&csv(&off), RATE).unwrap_err();
    assert!(said.contains("give unipolar = 1 in [parameters]"), "{said}");
    let task = read_bytes(csv(&off).as_bytes(), RATE, "unipolar = 1").unwrap();
    assert!((value(&task, "threshold") - 0.395).abs() < 1e-9);
}

#[test]
fn several_cycles_give_their_mean_and_their_variation() {
    let scales = [0.95, 1.0, 1.05, 0.98, 1.02];
    let points: Vec<[f64; 2]> = scales
        .iter()
        .flat_map(|scale| DEVICE.points(0).into_iter().map(move |[v, i]| [scale * v, scale * i]))
        .collect();
    let task = read(&csv(&points), RATE).unwrap();
    assert!((value(&task, "threshold") - 0.395).abs() < 1e-9);
    // The textbook's standard deviation of the five, less what steps of 10 mV add.
    let squares: f64 = scales.iter().map(|scale| (scale - 1.0_f64).powi(2)).sum();
    let steps: f64 = scales.iter().map(|scale| (scale * 0.01_f64).powi(2)).sum::<f64>() / 60.0;
    for (spread, parameter, mean) in
        [(&task.spreads[0], "sigma_von", 0.395_f64), (&task.spreads[1], "sigma_vhold", 0.155)]
    {
        assert_eq!((spread.parameter, spread.cycles), (parameter, 5));
        let expected = (mean * mean * squares / 4.0 - steps).sqrt();
        assert!((spread.value / expected - 1.0).abs() < 1e-6, "{spread:?} {expected}");
    }
    // They are another card, which no fit can have.
    let variant = &task.variants[0];
    assert_eq!(variant.name, "mine_varied");
    let names: Vec<&str> = variant.changes.iter().map(|(k, _)| task.parameters[*k].name).collect();
    assert_eq!(names, ["sigma_von", "sigma_vhold"]);
}

#[test]
fn a_staircase_is_read_as_the_ramp_of_its_mean_rate() {
    // Growth of exp((v - von) / vs) / t0 a second, added up level by level; the fit predicts it by ramps.
    let (von, dwell) = (0.25_f64, 0.1_f64);
    for (vs, step) in [(0.06_f64, 5e-3_f64), (0.02, 5e-3), (0.01, 1e-2), (2e-3, 1e-2)] {
        let task = read_bytes(
            DEVICE.csv(0).as_bytes(),
            &format!("step = {step:e}\ndwell = {dwell}\nuse = [\"threshold\"]"),
            &format!("vs = {vs}"),
        )
        .unwrap();
        let mut values = task.values(&task.start());
        // The mean over where the levels lie, and over how long it takes: both decide in which step it ends.
        const PHASES: usize = 20;
        let mut off = 0.0;
        for (phase, time) in (0..PHASES).flat_map(|p| (0..PHASES).map(move |t| (p, t))) {
            let part = |k: usize| (k as f64 + 0.5) / PHASES as f64;
            let t0 = 10.0_f64.powf(part(time));
            let mut volt = step * (part(phase) - 1.0);
            let mut grown = 0.0;
            while grown < 1.0 {
                volt += step;
                let rate = if volt < von { 0.0 } else { ((volt - von) / vs).exp() / t0 };
                grown += dwell * rate;
            }
            values[0] = von;
            values[2] = t0;
            let predicted = task.predictions(&values)[0].unwrap();
            off += (volt - 0.5 * step - predicted) / step / (PHASES * PHASES) as f64;
        }
        assert!(off.abs() < 0.1, "{vs} {step}: {off} steps");
    }
}
