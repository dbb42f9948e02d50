//! Dumps, read back by wellen and by GTKWave's own reader.

#[path = "../common/mod.rs"]
mod common;
mod sampling;
mod unit;

use std::io::{Cursor, Write};
use std::process::Command;

use common::{Run, circuit, current, voltage};
use memspike_circuit::{Circuit, DeviceVariable, Signal};
use memspike_device::Phase;
use memspike_engine::{DeviceEvent, Sink};
use memspike_time::Time;
use memspike_trace::{DumpOptions, VcdSink};
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
