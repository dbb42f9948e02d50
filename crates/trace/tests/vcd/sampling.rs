//! Which points of a closed form are shown: enough for straight lines within the tolerance, or those of a grid.

use memspike_engine::Sink;
use memspike_time::Time;
use memspike_trace::{DumpOptions, Sampling, VcdSink};
use memspike_waveform::Waveform;

use crate::{
    common::{Run, circuit, every_form, interpolation_error, voltage},
    dump, firing, firing_signals, kept, levels, read, reals,
};

#[test]
fn straight_lines_between_points_err_by_less_than_the_tolerance() {
    let c = circuit();
    let run = every_form();
    for tolerance in [1e-2, 1e-3, 1e-4] {
        let sampling = Sampling::adaptive(tolerance).expect("a tolerance");
        let options = DumpOptions { sampling, ..DumpOptions::default() };
        let points = kept(dump(&c, &run, vec![voltage(&c, "mem")], options), "v(mem)");
        let worst = interpolation_error(&run, 0, &points) / run.span(0);
        assert!(worst < tolerance, "{worst} at {tolerance}");
        // No more points than the tolerance asks for.
        assert!(worst > tolerance / 4.0, "{worst} at {tolerance}");
    }
}

#[test]
fn many_small_jumps_do_not_add_up() {
    let c = circuit();
    // Ever steeper: a straight line from its foot to its head is no picture of it.
    let rise = |steps: u32| (0..=steps).map(move |k| (f64::from(k) / f64::from(steps)).powi(2));
    // A sum of 2000 pulses, each 1/2000 high: it rises, and falls again.
    let pulses = rise(2000).chain(rise(2000).map(|level| 1.0 - level));
    // A large pulse, then steps of a hundredth of the tolerance.
    let below = [0.0, 100.0, 0.0].into_iter().chain(rise(5000).map(|level| 5.0 * level));
    // Each step within the tolerance, back and forth.
    let to_and_fro = [0.0, 1.0].into_iter().chain((0..500).map(|k| 1.0 + 4e-5 * f64::from(k % 2)));
    let runs = [
        ("a staircase", levels(rise(5000))),
        ("pulses", levels(pulses)),
        ("steps below a pulse", levels(below)),
        ("to and fro", levels(to_and_fro)),
    ];
    for (name, run) in runs {
        let span = run.span(0);
        for sampling in [Sampling::default(), Sampling::adaptive(1e-2).expect("a tolerance")] {
            let tolerance = if sampling == Sampling::default() { 1e-3 } else { 1e-2 };
            let options = DumpOptions { sampling, ..DumpOptions::default() };
            let points = kept(dump(&c, &run, vec![voltage(&c, "mem")], options), "v(mem)");
            let worst = interpolation_error(&run, 0, &points) / span;
            assert!(worst < tolerance, "{name}: {worst} at {tolerance}");
            let last = points.last().expect("a point").1;
            let end = run.value(0, run.end, false);
            assert!((last - end).abs() < 1e-12 * span, "{name} ends at {end}, shown {last}");
        }
    }
}

#[test]
fn a_jump_that_is_not_shown_fits_into_the_tolerance_beside_the_error_of_a_chord() {
    let c = circuit();
    let rate = -1e3;
    // Below what is shown, and below half of the tolerance.
    for jump in [4.9e-5, 4.9e-4] {
        let mut forms = vec![(0.0, 0, Waveform::constant(0.0)), (1e-3, 0, Waveform::constant(1.0))];
        let (mut at, mut value) = (2e-3, 0.6);
        for piece in 0..600_u32 {
            // Each jumps to where its chords are, so that both errors add up at its end.
            let (target, way) = if piece % 2 == 0 { (0.4, jump) } else { (0.6, -jump) };
            let form = Waveform::relaxation(value, target, rate);
            let length_s = 5e-4 * (f64::from(piece) * 0.618_033_988_749_895).fract();
            forms.push((at, 0, form.clone()));
            value = form.eval(length_s) + way;
            at += length_s;
        }
        let run = Run { forms, end: at, ..Run::default() };
        let points =
            kept(dump(&c, &run, vec![voltage(&c, "mem")], DumpOptions::default()), "v(mem)");
        let worst = interpolation_error(&run, 0, &points) / run.span(0);
        assert!(worst < 1e-3, "{worst} with jumps of {jump}");
    }
}

#[test]
fn a_plateau_stays_flat_for_a_reader_who_drops_repeated_values() {
    let c = circuit();
    // At zero, at one, at the largest and least numbers, before a jump, a ramp and the end.
    let mut run = levels([0.0, 1.0, 0.0, -1.0, 1e-300, 0.0, 0.25]);
    run.forms.push((9e-3, 0, Waveform::ramp(0.25, 10.0)));
    run.end = 20e-3;
    let points = kept(dump(&c, &run, vec![voltage(&c, "mem")], DumpOptions::default()), "v(mem)");
    assert!(interpolation_error(&run, 0, &points) < 1e-9, "{points:?}");
    let denormal = |value: f64| value != 0.0 && !value.is_normal();
    assert!(!points.iter().any(|(_, value)| denormal(*value)), "{points:?}");
}

#[test]
fn a_grid_shows_values_at_its_multiples() {
    let c = circuit();
    let sampling = Sampling::grid(1e-3).expect("a step");
    let options = DumpOptions { sampling, top: "deck".to_owned(), ..DumpOptions::default() };
    let run = firing();
    let mut wave = read(dump(&c, &run, firing_signals(&c), options));
    let points = reals(&mut wave, &["deck", "x1"], "v(mem)");
    let expected: Vec<_> = (0..=6_u64)
        .map(|k| (k * 1_000_000_000_000, run.value(0, k as f64 * 1e-3, false)))
        .collect();
    assert_eq!(points, expected);
}

#[test]
fn a_grid_has_values_from_the_start_to_the_end_and_keeps_plateaus() {
    let c = circuit();
    let sampling = Sampling::grid(0.7e-3).expect("a step");
    let options = DumpOptions { sampling, ..DumpOptions::default() };
    let run = levels([0.5, 2.0, 2.0, 1.0]);
    let bytes = dump(&c, &run, vec![voltage(&c, "mem")], options.clone());
    let text = String::from_utf8(bytes.clone()).expect("text");
    assert!(text.contains("#0\n$dumpvars\nr0.5 !\n"), "{text}");
    let points = kept(bytes, "v(mem)");
    assert_eq!(points.last().map(|p| p.1), Some(1.0));
    for t in [0.4e-3, 0.99e-3, 1.5e-3, 2.9e-3, 3.9e-3] {
        let after = points.iter().position(|p| p.0 > t).unwrap_or(points.len() - 1);
        let [(t0, v0), (t1, v1)] = [points[after - 1], points[after]];
        let line = v0 + (v1 - v0) * ((t - t0) / (t1 - t0)).min(1.0);
        assert!((line - run.value(0, t, false)).abs() < 1e-9, "{t}: {line}");
    }
    // From a start that is no multiple, everything has a value at once.
    let mut sink = VcdSink::new(Vec::new(), vec![voltage(&c, "mem")], options);
    let start = Time::from_s(0.5e-3);
    sink.begin(&c, start, &[]).expect("begins");
    sink.waveform(start, 0, &Waveform::constant(3.0)).expect("follows");
    sink.end(Time::from_s(0.6e-3)).expect("ends");
    let text = String::from_utf8(sink.into_inner().expect("memory")).expect("text");
    assert!(text.contains("#500000000000\n$dumpvars\nr3 !\n$end\n#600000000000\n"), "{text}");
}
