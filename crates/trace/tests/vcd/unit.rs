//! A coarse unit of time: what lies within one unit is shown all the same.

use std::io::Write;
use std::process::Command;

use memspike_device::Phase;
use memspike_time::Time;
use memspike_trace::{DumpOptions, TimeScale};
use memspike_waveform::Waveform;
use wellen::simple;

use crate::{
    changes,
    common::{Run, circuit, voltage},
    dump, levels, read, reals,
};

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
