//! Segments of sources: they tile time, and their slopes are what the points say.

use memspike_circuit::{Pulse, RepeatedPwl, Staircase, StaircaseError, Stimulus};

const PULSE: Pulse = Pulse {
    low: -1.0,
    high: 2.0,
    delay_s: 1e-6,
    rise_s: 2e-6,
    fall_s: 3e-6,
    width_s: 4e-6,
    period_s: 20e-6,
    count: None,
};

fn value(stimulus: &Stimulus, at_fs: u64) -> f64 {
    let segment = stimulus.segment(at_fs);
    segment.form.eval((at_fs - segment.start_fs) as f64 * 1e-15)
}

#[test]
fn a_pulse_passes_through_its_corners() {
    let stimulus = Stimulus::Pulse(PULSE);
    let us = 1_000_000_000;
    for period in [0, 20, 400_000] {
        for (at, expected) in
            [(0, -1.0), (1, -1.0), (2, 0.5), (3, 2.0), (7, 2.0), (8, 1.0), (10, -1.0), (20, -1.0)]
        {
            let found = value(&stimulus, (period + at) * us);
            assert!((found - expected).abs() < 1e-9, "{at} us: {found}");
        }
    }
}

#[test]
fn every_segment_ends_after_the_instant_it_was_asked_for() {
    for period_s in [0.0, 1e-300, 1e-22, 1e-16, 1.4e-15, 20e-6, 1000.0] {
        for (rise_s, width_s) in [(0.0, 0.0), (0.0, 0.5 * period_s), (0.3 * period_s, 0.0)] {
            let pulse = Pulse { delay_s: 0.0, rise_s, fall_s: 0.0, width_s, period_s, ..PULSE };
            let stimulus = Stimulus::Pulse(pulse);
            for at_fs in [0, 1, 7, 1 << 40, u64::MAX - 1, u64::MAX] {
                let segment = stimulus.segment(at_fs);
                assert!(segment.end_fs.is_none_or(|end| end > at_fs), "{period_s} at {at_fs}");
            }
        }
    }
    let late = Stimulus::Pwl(vec![(0.0, 0.0), (1e300, 1.0)]);
    assert_eq!(late.segment(u64::MAX).end_fs, None);
}

#[test]
fn a_ramp_that_ends_beyond_the_range_of_time_keeps_its_slope() {
    // 2^64 fs are 18447 s.
    let ramp = Stimulus::Pwl(vec![(0.0, 0.0), (40_000.0, 1.0)]);
    assert!((value(&ramp, 100_000_000_000_000_000) - 100.0 / 40_000.0).abs() < 1e-15);
    let slow = Stimulus::Pulse(Pulse {
        delay_s: 0.0,
        rise_s: 30_000.0,
        width_s: 1.0,
        period_s: f64::INFINITY,
        count: Some(1),
        ..PULSE
    });
    assert!((value(&slow, 100_000_000_000_000_000) - (-1.0 + 0.01)).abs() < 1e-15);
}

#[test]
fn a_staircase_holds_each_level_for_its_time() {
    // 0.3 / 0.005 is 60 but for a rounding: no step is added or lost.
    let staircase = Staircase::new(0.005, 0.1, vec![0.0, 0.3, -0.3, 0.0], 1).unwrap();
    assert_eq!(staircase.levels(), 60 + 120 + 60 + 1);
    let stimulus = Stimulus::Staircase(staircase);
    let at = |s: f64| value(&stimulus, (s * 1e15) as u64);
    for (s, level) in
        [(0.0, 0.0), (0.05, 0.0), (0.15, 0.005), (6.05, 0.3), (18.05, -0.3), (30.0, 0.0)]
    {
        assert!((at(s) - level).abs() < 1e-15, "{s} s: {}", at(s));
    }
    let mut at_fs = 0;
    for number in 0..241 {
        let segment = stimulus.segment(at_fs);
        // Times in an f64: 24 s has a grain of 4 fs.
        assert!(segment.start_fs.abs_diff(number * 100_000_000_000_000) <= 4);
        match segment.end_fs {
            Some(end) => at_fs = end,
            None => assert_eq!(number, 240),
        }
    }
}

#[test]
fn what_is_no_staircase_is_refused() {
    let new = |step, dwell_s, corners: &[f64], repeats| {
        Staircase::new(step, dwell_s, corners.to_vec(), repeats).unwrap_err()
    };
    assert_eq!(new(0.0, 1.0, &[0.0, 1.0], 1), StaircaseError::Step);
    assert_eq!(new(f64::NAN, 1.0, &[0.0, 1.0], 1), StaircaseError::Step);
    assert_eq!(new(0.1, -1.0, &[0.0, 1.0], 1), StaircaseError::Dwell);
    assert_eq!(new(0.1, 1.0, &[], 1), StaircaseError::Corners);
    assert_eq!(new(0.1, 1.0, &[0.0, f64::INFINITY], 1), StaircaseError::Corners);
    assert_eq!(new(1e-300, 1.0, &[0.0, 1.0], 1), StaircaseError::Levels);
    assert_eq!(new(0.1, 1.0, &[0.0, 1.0], 0), StaircaseError::Levels);
}

#[test]
fn pulses_keep_their_widths_however_late_they_come() {
    for delay in [0_u64, 9, 20, 100, 3600, 17_998] {
        for width in [1_u64, 10, 1000, 1_000_000] {
            let stimulus = Stimulus::Pulse(Pulse {
                low: 0.0,
                high: 1.0,
                delay_s: delay as f64,
                rise_s: 0.0,
                fall_s: 0.0,
                width_s: width as f64 * 1e-15,
                period_s: 1e-3,
                count: None,
            });
            for number in [0_u64, 1, 7, 999] {
                let start = delay * 1_000_000_000_000_000 + number * 1_000_000_000_000;
                let pulse = stimulus.segment(start);
                assert_eq!((pulse.start_fs, pulse.end_fs), (start, Some(start + width)));
                assert_eq!(pulse.form.eval(0.0), 1.0);
                let rest = stimulus.segment(start + width);
                assert_eq!(rest.end_fs, Some(start + 1_000_000_000_000));
                assert_eq!(rest.form.eval(0.0), 0.0);
            }
        }
    }
}

/// Edge `k` of a clock of `f` hertz is at `k / f`, to the femtosecond; nothing adds up.
#[test]
fn a_clock_does_not_drift() {
    for hertz in [3_u64, 7, 1_000_003] {
        let stimulus = Stimulus::Pulse(Pulse {
            low: 0.0,
            high: 1.0,
            delay_s: 0.0,
            rise_s: 0.0,
            fall_s: 0.0,
            width_s: 0.25 / hertz as f64,
            period_s: 1.0 / hertz as f64,
            count: None,
        });
        for number in [1_u64, 10, 12_345, 50_000] {
            let exact = u128::from(number) * 1_000_000_000_000_000;
            let (whole, rest) = (exact / u128::from(hertz), exact % u128::from(hertz));
            let nearest = (whole + u128::from(2 * rest >= u128::from(hertz))) as u64;
            // The period itself is an `f64`, known to 1.2e-16 of itself.
            let known = (exact as f64 / hertz as f64 * 1.2e-16).ceil() as u64;
            let start = stimulus.segment(nearest + known).start_fs;
            assert!(start.abs_diff(nearest) <= known, "{number} at {hertz}: {start} {nearest}");
        }
    }
}

/// What ngspice's manual says of a pulse: time from the delay on, modulo the period.
fn by_the_manual(pulse: &Pulse, s: f64) -> f64 {
    let Pulse { low, high, delay_s, rise_s, fall_s, width_s, period_s, .. } = *pulse;
    let t = s - delay_s;
    if t <= 0.0 {
        return low;
    }
    let t = t % period_s;
    if t < rise_s {
        low + (high - low) * t / rise_s
    } else if t < rise_s + width_s {
        high
    } else if t < rise_s + width_s + fall_s {
        high + (low - high) * (t - rise_s - width_s) / fall_s
    } else {
        low
    }
}

#[test]
fn pulses_that_fill_or_pass_their_period_and_begin_before_the_run_wrap_around() {
    for (delay_s, rise_s, width_s, fall_s, period_s) in [
        (0.0, 2.5e-6, 1e-9, 2.5e-6, 5e-6),
        (1e-6, 1e-9, 5e-6, 1e-9, 5e-6),
        (-3e-6, 2e-6, 1e-6, 3e-6, 5e-6),
        (-23e-6, 1e-6, 1e-6, 1e-6, 7e-6),
        (2e-6, 9e-6, 1e-6, 3e-6, 5e-6),
        (-1e-6, 2e-6, 9e-6, 3e-6, 5e-6),
    ] {
        let pulse = Pulse { delay_s, rise_s, width_s, fall_s, period_s, ..PULSE };
        let stimulus = Stimulus::Pulse(pulse);
        for step in 0..3000_u64 {
            // Between corners, which lie on multiples of a nanosecond.
            let at_fs = step * 10_000_000 + 4_321_000;
            let (found, truth) =
                (value(&stimulus, at_fs), by_the_manual(&pulse, at_fs as f64 * 1e-15));
            assert!((found - truth).abs() < 1e-9, "{pulse:?} at {at_fs} fs: {found}, {truth}");
            let segment = stimulus.segment(at_fs);
            assert!(segment.start_fs <= at_fs && segment.end_fs.is_none_or(|end| end > at_fs));
        }
    }
}

#[test]
fn before_the_run_a_pulse_has_the_value_that_its_phase_gives_it() {
    let before = |delay_s| Stimulus::Pulse(Pulse { delay_s, ..PULSE }).before_start();
    assert_eq!(before(0.0), -1.0);
    assert_eq!(before(1e-6), -1.0);
    assert_eq!(before(-5e-6), 2.0);
    assert!((before(-1e-6) - 0.5).abs() < 1e-9);
    // At the very start of the second pulse.
    assert_eq!(before(-20e-6), -1.0);
}

#[test]
fn a_line_that_goes_back_repeats_what_follows_that_point() {
    let points = vec![(0.0, 5.0), (1e-6, 1.0), (2e-6, 3.0), (4e-6, 2.0)];
    let pwl = RepeatedPwl { points, from_s: 1e-6, delay_s: 0.5e-6 };
    let stimulus = Stimulus::RepeatedPwl(pwl.clone());
    let ns = 1_000_000;
    // Delayed by half a microsecond; from 4.5 us on the three microseconds from the second point.
    for (at_ns, truth) in [(0, 5.0), (500, 5.0), (1500, 1.0), (2000, 2.0), (2500, 3.0), (3500, 2.5)]
    {
        for turn in if at_ns < 1500 { 0..1 } else { 0..1000 } {
            let found = value(&stimulus, (at_ns + 3000 * turn) * ns);
            assert!((found - truth).abs() < 1e-9, "{at_ns} ns, turn {turn}: {found}");
        }
    }
    let early = Stimulus::RepeatedPwl(RepeatedPwl { delay_s: -2e-6, ..pwl });
    assert!((early.before_start() - 3.0).abs() < 1e-9);
    assert!((value(&early, 1000 * ns) - 2.5).abs() < 1e-9);
    // 3 us on is 1 us into the second turn.
    assert!((value(&early, 3000 * ns) - 3.0).abs() < 1e-9);
}
