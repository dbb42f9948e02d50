//! Dumps, read back by wellen and by GTKWave's own reader.

mod common;

use std::io::{Cursor, Write};
use std::process::Command;

use common::{Run, circuit, current, every_form, interpolation_error, voltage};
use memspike_circuit::{Circuit, DeviceVariable, Signal};
use memspike_device::Phase;
use memspike_engine::{DeviceEvent, Sink};
use memspike_time::Time;
use memspike_trace::{DumpOptions, Sampling, TimeScale, VcdSink};
use memspike_waveform::Waveform;
use wellen::{SignalValueRef, simple};

fn dump(circuit: &Circuit, run: &Run, signals: Vec<Signal>, options: DumpOptions) -> Vec<u8> {
    let mut sink = VcdSink::new(Vec::new(), signals, options);
    run.play(circuit, &mut sink);
    sink.into_inner().expect("memory")
}

fn read(bytes: Vec<u8>) -> simple::Waveform {
    simple::read_from_reader(Cursor::new(bytes)).expect("wellen reads it")
}

/// Times (fs) and values, as text, of one variable.
fn changes(wave: &mut simple::Waveform, path: &[&str], name: &str) -> Vec<(u64, String)> {
    let var = wave.hierarchy().lookup_var(path, name).unwrap_or_else(|| panic!("no {name}"));
    let signal = wave.hierarchy()[var].signal_ref();
    wave.load_signals(&[signal]);
    let times = wave.time_table();
    let signal = wave.get_signal(signal).expect("loaded");
    let text = |value: SignalValueRef<'_>| match value {
        SignalValueRef::Real(x) => x.to_string(),
        SignalValueRef::String(s) => s.to_owned(),
        SignalValueRef::BitVec(bits) => bits.bit_string(),
        SignalValueRef::Event => "event".to_owned(),
    };
    signal.iter_changes().map(|(index, v)| (times[index as usize], text(v))).collect()
}

fn reals(wave: &mut simple::Waveform, path: &[&str], name: &str) -> Vec<(u64, f64)> {
    let number = |(t, text): (u64, String)| (t, text.parse().expect("a real"));
    changes(wave, path, name).into_iter().map(number).collect()
}

/// The points of a real variable (s) that a reader keeps who drops repeated values.
fn kept(bytes: Vec<u8>, name: &str) -> Vec<(f64, f64)> {
    let mut points = reals(&mut read(bytes), &["memspike"], name);
    points.dedup_by(|b, a| a.1 == b.1);
    points.into_iter().map(|(tick, value)| (tick as f64 * 1e-15, value)).collect()
}

/// A neuron that charges, fires at 3 ms and rests.
fn firing() -> Run {
    let forms = vec![
        (0.0, 0, Waveform::relaxation(0.0, 0.8, -100.0)),
        (0.0, 1, Waveform::constant(0.0)),
        (3e-3, 0, Waveform::relaxation(0.2, 0.1, -1e5)),
        (3e-3, 1, Waveform::relaxation(2e-6, 1e-9, -1e5)),
        (4e-3, 0, Waveform::relaxation(0.1, 0.8, -100.0)),
        (4e-3, 1, Waveform::constant(0.0)),
    ];
    let events = vec![
        (2e-3, "x1.n1", Phase::Growing, 0.0),
        (2.5e-3, "x1.n1", Phase::Saturated, 0.5),
        (3e-3, "x1.n1", Phase::On, 1.0),
        (4e-3, "x1.n1", Phase::Off, 0.75),
    ];
    Run { forms, events, end: 6e-3 }
}

fn firing_signals(c: &Circuit) -> Vec<Signal> {
    vec![voltage(c, "x1.mem"), current(c, "x1.n1")]
}

#[test]
fn scopes_follow_subcircuits_and_names_are_clean() {
    let c = circuit();
    let mem = c.find_node("x1.mem").expect("a node");
    let input = c.find_node("x1.in").expect("a node");
    let signals = vec![
        voltage(&c, "mem"),
        voltage(&c, "x1.mem"),
        voltage(&c, "xneuron[3].mem"),
        current(&c, "r1"),
        current(&c, "x1.n1"),
        current(&c, "xneuron[3].r1"),
        Signal::Voltage(input, mem),
        Signal::Voltage(mem, c.find_node("mem").expect("a node")),
    ];
    let forms = (0..signals.len()).map(|s| (0.0, s, Waveform::constant(1.0))).collect();
    let run = Run { forms, end: 1e-3, ..Run::default() };
    let wave = read(dump(&c, &run, signals, DumpOptions::default()));
    let h = wave.hierarchy();
    let mut names: Vec<_> = h.all_vars().map(|v| h[v].full_name(h)).collect();
    names.sort();
    let expected = [
        "memspike.i(r1)",
        "memspike.n1.filament",
        "memspike.n1.spike",
        "memspike.n1.state",
        "memspike.v(mem)",
        "memspike.v(x1_mem,mem)",
        "memspike.x1.n1.filament",
        "memspike.x1.n1.i",
        "memspike.x1.n1.spike",
        "memspike.x1.n1.state",
        "memspike.x1.v(in,mem)",
        "memspike.x1.v(mem)",
        "memspike.xneuron_3.i(r1)",
        "memspike.xneuron_3.n1.filament",
        "memspike.xneuron_3.n1.spike",
        "memspike.xneuron_3.n1.state",
        "memspike.xneuron_3.v(mem)",
    ];
    assert_eq!(names, expected);
}

#[test]
fn names_that_clean_to_the_same_stay_apart() {
    let c = circuit();
    let signals = vec![voltage(&c, "mem"); 3];
    let forms = (0..3).map(|s| (0.0, s, Waveform::constant(s as f64))).collect();
    let run = Run { forms, end: 1e-3, ..Run::default() };
    let mut wave = read(dump(&c, &run, signals, DumpOptions::default()));
    for (name, value) in [("v(mem)", 0.0), ("v(mem)_2", 1.0), ("v(mem)_3", 2.0)] {
        assert_eq!(reals(&mut wave, &["memspike"], name)[0], (0, value), "{name}");
    }
}

#[test]
fn a_device_shows_its_spike_its_state_and_its_filament() {
    let c = circuit();
    let mut wave = read(dump(&c, &firing(), firing_signals(&c), DumpOptions::default()));
    let path = ["memspike", "x1", "n1"];
    let ms = 1_000_000_000_000_u64;
    let distinct = |mut list: Vec<(u64, String)>| {
        list.dedup_by(|b, a| a.1 == b.1);
        list
    };
    let text = |list: &[(u64, &str)]| -> Vec<(u64, String)> {
        list.iter().map(|(t, s)| (*t, (*s).to_owned())).collect()
    };
    let spike = distinct(changes(&mut wave, &path, "spike"));
    assert_eq!(spike, text(&[(0, "0"), (3 * ms, "1"), (4 * ms, "0")]));
    let state = distinct(changes(&mut wave, &path, "state"));
    let states = [(0, "off"), (2 * ms, "growing"), (5 * ms / 2, "saturated"), (3 * ms, "on")];
    assert_eq!(state, text(&[&states[..], &[(4 * ms, "off")]].concat()));
    let filament = distinct(changes(&mut wave, &path, "filament"));
    let levels = [(0, "0"), (5 * ms / 2, "0.5"), (3 * ms, "1"), (4 * ms, "0.75")];
    assert_eq!(filament, text(&levels));
}

#[test]
fn everything_has_a_value_from_the_start_and_the_run_is_shown_to_its_end() {
    let c = circuit();
    let bytes = dump(&c, &firing(), firing_signals(&c), DumpOptions::default());
    let text = String::from_utf8(bytes.clone()).expect("text");
    assert!(text.contains("$timescale 1 fs $end"), "{text}");
    assert!(text.contains("#0\n$dumpvars\n"), "{text}");
    let mut wave = read(bytes);
    let last = *wave.time_table().last().expect("times");
    assert_eq!(last, 6_000_000_000_000);
    let signals: Vec<_> = wave.hierarchy().signals().collect();
    wave.load_signals(&signals);
    for signal in signals {
        let first = wave.get_signal(signal).expect("loaded").get_first_time_idx();
        assert_eq!(first, Some(0));
    }
}

#[test]
fn values_are_those_of_the_closed_form_at_their_femtosecond() {
    let c = circuit();
    let run = firing();
    let mut wave = read(dump(&c, &run, firing_signals(&c), DumpOptions::default()));
    let points = [
        reals(&mut wave, &["memspike", "x1"], "v(mem)"),
        reals(&mut wave, &["memspike", "x1", "n1"], "i"),
    ];
    for (signal, points) in points.iter().enumerate() {
        assert!(points.len() > 20, "{}", points.len());
        for &(tick, value) in points {
            let expected = run.value(signal, tick as f64 * 1e-15, false);
            // A point lies within its femtosecond; slopes here are below 2e4 V/s.
            assert!((value - expected).abs() < 1e-10, "{signal} {tick} {value} {expected}");
        }
    }
}

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

/// Constants that follow one another: level number k begins at k ms.
fn levels(levels: impl IntoIterator<Item = f64>) -> Run {
    let forms: Vec<_> = levels
        .into_iter()
        .enumerate()
        .map(|(k, level)| (1e-3 * k as f64, 0, Waveform::constant(level)))
        .collect();
    Run { end: 1e-3 * (forms.len() as f64 + 1.0), forms, events: Vec::new() }
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
fn a_jump_holds_the_old_value_until_one_femtosecond_before() {
    let c = circuit();
    let forms = vec![(0.0, 0, Waveform::constant(0.5)), (1e-3, 0, Waveform::constant(2.0))];
    let run = Run { forms, end: 2e-3, ..Run::default() };
    let text = dump(&c, &run, vec![voltage(&c, "in")], DumpOptions::default());
    let text = String::from_utf8(text).expect("text");
    let (_, body) = text.split_once("$end\n#999999999999\n").expect("a point before the jump");
    assert_eq!(body, "r0.5000000000000001 !\n#1000000000000\nr2 !\n#2000000000000\n");
}

#[test]
fn time_stamps_always_increase() {
    let c = circuit();
    // Events one femtosecond apart, and two at one instant.
    let mut run = firing();
    let jump = |k: u32| (5e-3 + 1e-15 * f64::from(k / 2), 0, Waveform::constant(f64::from(k)));
    run.forms.extend((0..20).map(jump));
    let text = dump(&c, &run, firing_signals(&c), DumpOptions::default());
    let text = String::from_utf8(text).expect("text");
    let stamps: Vec<u64> = text
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .map(|tick| tick.parse().expect("a tick"))
        .collect();
    assert!(stamps.windows(2).all(|pair| pair[0] < pair[1]), "{stamps:?}");
    assert!(stamps.contains(&5_000_000_000_009), "{stamps:?}");
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

#[test]
fn a_coarse_unit_keeps_jumps_plateaus_and_short_pulses() {
    let c = circuit();
    let scale = TimeScale::from_s(1e-6).expect("a unit");
    let options = DumpOptions { scale, ..DumpOptions::default() };
    let mut run = levels([0.0, 1.0, 0.0]);
    // Within the microsecond of the first jump: another signal, and a pulse of the device.
    run.forms.insert(0, (0.0, 1, Waveform::constant(7.0)));
    run.forms.insert(2, (1e-3 - 1e-9, 1, Waveform::constant(8.0)));
    run.forms.insert(3, (1e-3 + 2e-9, 1, Waveform::constant(9.0)));
    run.forms.sort_by(|a, b| a.0.total_cmp(&b.0));
    run.events = vec![(1.5e-3, "n1", Phase::On, 1.0), (1.5e-3 + 1e-8, "n1", Phase::Off, 0.5)];
    let bytes = dump(&c, &run, vec![voltage(&c, "mem"), voltage(&c, "in")], options);
    let text = String::from_utf8(bytes.clone()).expect("text");
    assert!(text.contains("$timescale 1 us $end"), "{text}");
    let mut wave = read(bytes);
    let mem = reals(&mut wave, &["memspike"], "v(mem)");
    let least = f64::MIN_POSITIVE;
    assert_eq!(mem, [(0, 0.0), (999, least), (1000, 1.0), (1999, 1.0_f64.next_up()), (2000, 0.0)]);
    let input = reals(&mut wave, &["memspike"], "v(in)");
    assert_eq!(input, [(0, 7.0), (998, 7.0_f64.next_up()), (999, 8.0), (1000, 9.0)]);
    assert!(text.contains("#1500\n1"), "{text}");
    let pulse = changes(&mut wave, &["memspike", "n1"], "spike");
    let expected = [(0, "0"), (1500, "1"), (1500, "0")].map(|(t, s)| (t, s.to_owned()));
    assert_eq!(pulse, expected);
}

#[test]
fn what_devices_do_within_the_first_unit_is_shown() {
    let c = circuit();
    let scale = TimeScale::from_s(1e-3).expect("a unit");
    let options = DumpOptions { scale, ..DumpOptions::default() };
    let mut run = levels([0.0, 1.0, 0.0]);
    // One pulses and stays off, one turns on and stays on, one does nothing.
    run.events = vec![
        (1e-4, "n1", Phase::On, 1.0),
        (2e-4, "n1", Phase::Off, 0.5),
        (3e-4, "x1.n1", Phase::On, 1.0),
        (4.2e-3, "n1", Phase::On, 1.0),
    ];
    run.end = 5e-3;
    let mut wave = read(dump(&c, &run, vec![voltage(&c, "mem")], options));
    let mut spike = |path: &[&str]| {
        let found = changes(&mut wave, path, "spike");
        found.into_iter().map(|(at, bit)| format!("{at}:{bit}")).collect::<Vec<_>>()
    };
    assert_eq!(spike(&["memspike", "n1"]), ["0:0", "0:1", "0:0", "4:1"]);
    assert_eq!(spike(&["memspike", "x1", "n1"]), ["0:0", "0:1"]);
    assert_eq!(spike(&["memspike", "xneuron_3", "n1"]), ["0:0"]);
}

#[test]
fn an_edge_within_a_coarse_unit_keeps_the_plateau_before_it() {
    let c = circuit();
    let scale = TimeScale::from_s(1e-6).expect("a unit");
    let options = DumpOptions { scale, ..DumpOptions::default() };
    let edge = |from: f64, to: f64| Waveform::relaxation(from, to, -1e9);
    let forms = vec![
        (0.0, 0, Waveform::constant(0.0)),
        (5e-4, 0, edge(0.0, 1.0)),
        (5.001e-4, 0, Waveform::constant(1.0)),
        (7e-4, 0, edge(1.0, 0.0)),
        (7.001e-4, 0, Waveform::constant(0.0)),
    ];
    let run = Run { forms, end: 1e-3, ..Run::default() };
    let bytes = dump(&c, &run, vec![voltage(&c, "mem")], options);
    let points = reals(&mut read(bytes), &["memspike"], "v(mem)");
    // A straight line between two points is flat, but for the unit of the edge.
    let at = |tick: u64| {
        let after = points.iter().position(|point| point.0 >= tick).expect("a point");
        let ((t0, v0), (t1, v1)) = (points[after - 1], points[after]);
        v0 + (v1 - v0) * (tick - t0) as f64 / (t1 - t0) as f64
    };
    for (tick, level) in [(250, 0.0), (499, 0.0), (500, 1.0), (600, 1.0), (699, 1.0), (700, 0.0)] {
        assert!((at(tick) - level).abs() < 1e-3, "{} at {tick}: {points:?}", at(tick));
    }
}

#[test]
fn a_run_beyond_9223_s_fits_the_signed_time_of_gtkwave() {
    let c = circuit();
    let mut run = levels([0.0, 1.0]);
    run.forms[1].0 = 9_000.0;
    run.end = 18_000.0;
    let scale = TimeScale::finest(Time::from_s(run.end));
    let options = DumpOptions { scale, ..DumpOptions::default() };
    let bytes = dump(&c, &run, vec![voltage(&c, "mem")], options);
    let mut vcd = tempfile::Builder::new().suffix(".vcd").tempfile().expect("a file");
    vcd.write_all(&bytes).expect("written");
    let fst = tempfile::Builder::new().suffix(".fst").tempfile().expect("a file");
    let status = Command::new("vcd2fst").args([vcd.path(), fst.path()]).status();
    assert!(status.expect("vcd2fst (Debian package gtkwave) is installed").success());
    let mut theirs = simple::read(fst.path()).expect("wellen reads FST");
    let points = reals(&mut theirs, &["memspike"], "v(mem)");
    let jump = 900_000_000_000_000_000;
    assert_eq!(points, [(0, 0.0), (jump - 1, f64::MIN_POSITIVE), (jump, 1.0)]);
}

#[test]
fn changed_names_are_listed_and_chosen_variables_alone_are_shown() {
    let c = circuit();
    let device = c.find_element("xneuron[3].n1").expect("a device");
    let devices = Some([(device, DeviceVariable::Spike)].into());
    let signals = vec![voltage(&c, "xneuron[3].mem"), voltage(&c, "mem")];
    let forms = (0..2).map(|s| (0.0, s, Waveform::constant(1.0))).collect();
    let run = Run { forms, end: 1e-3, ..Run::default() };
    let options = DumpOptions { devices, ..DumpOptions::default() };
    let bytes = dump(&c, &run, signals, options);
    let text = String::from_utf8(bytes.clone()).expect("text");
    assert!(text.contains("renamed:\nxneuron[3] memspike.xneuron_3\n$end"), "{text}");
    let wave = read(bytes);
    let h = wave.hierarchy();
    let mut names: Vec<_> = h.all_vars().map(|v| h[v].full_name(h)).collect();
    names.sort();
    let expected = ["memspike.v(mem)", "memspike.xneuron_3.n1.spike", "memspike.xneuron_3.v(mem)"];
    assert_eq!(names, expected);
}

#[test]
fn a_value_out_of_range_is_an_error_that_names_it() {
    let c = circuit();
    let mut sink = VcdSink::new(Vec::new(), vec![voltage(&c, "x1.mem")], DumpOptions::default());
    sink.begin(&c, Time::ZERO, &[]).expect("begins");
    sink.waveform(Time::ZERO, 0, &Waveform::constant(f64::INFINITY)).expect("is taken");
    let error = sink.end(Time::from_s(1.0)).expect_err("cannot be shown");
    assert!(error.to_string().contains("v(x1.mem)"), "{error}");
}

#[test]
fn time_that_goes_back_is_an_error() {
    let c = circuit();
    let element = c.find_element("n1").expect("an element");
    let mut sink = VcdSink::new(Vec::new(), Vec::new(), DumpOptions::default());
    sink.begin(&c, Time::ZERO, &[(element, Phase::Off)]).expect("begins");
    let event = DeviceEvent { element, from: Phase::Off, to: Phase::On, filament: 1.0 };
    sink.event(Time::from_s(2e-3), event).expect("goes on");
    assert!(sink.event(Time::from_s(1e-3), event).is_err());
}

#[test]
fn gtkwaves_own_reader_accepts_it() {
    let c = circuit();
    let mut run = firing();
    run.forms.push((5e-3, 0, common::sine(1e-30, 1e-9, 1e5, 0.0)));
    let bytes = dump(&c, &run, firing_signals(&c), DumpOptions::default());
    let mut vcd = tempfile::Builder::new().suffix(".vcd").tempfile().expect("a file");
    vcd.write_all(&bytes).expect("written");
    let fst = tempfile::Builder::new().suffix(".fst").tempfile().expect("a file");
    let output = Command::new("vcd2fst")
        .args([vcd.path(), fst.path()])
        .output()
        .expect("vcd2fst (Debian package gtkwave) is installed");
    assert!(output.status.success(), "{output:?}");
    let complaints = String::from_utf8_lossy(&output.stderr).to_lowercase();
    assert!(!complaints.contains("backtrack") && !complaints.contains("error"), "{complaints}");
    // What GTKWave made of it has the same values at the same times.
    let mut ours = read(bytes);
    let mut theirs = simple::read(fst.path()).expect("wellen reads FST");
    for (path, name) in [
        (&["memspike", "x1"][..], "v(mem)"),
        (&["memspike", "x1", "n1"][..], "i"),
        (&["memspike", "x1", "n1"][..], "state"),
        (&["memspike", "x1", "n1"][..], "spike"),
    ] {
        assert_eq!(changes(&mut ours, path, name), changes(&mut theirs, path, name), "{name}");
    }
}
