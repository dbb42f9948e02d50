//! FST files, read back by wellen beside the VCD of the same run.

mod common;

use std::io::Cursor;

use common::{Run, circuit, current, voltage};
use memspike_circuit::Circuit;
use memspike_device::Phase;
use memspike_time::Time;
use memspike_trace::{DumpOptions, FstSink, Sampling, TimeScale, VcdSink, state_table};
use memspike_waveform::Waveform;
use wellen::{SignalValueRef, simple};

/// A variable by its name: the instants at which it changes, in units, and the values as text.
type Changes = Vec<(String, Vec<(u64, String)>)>;

fn read(bytes: Vec<u8>) -> (Changes, Option<wellen::Timescale>) {
    let mut waves = simple::read_from_reader(Cursor::new(bytes)).expect("wellen reads it");
    let hierarchy = waves.hierarchy();
    let vars: Vec<_> = hierarchy
        .all_vars()
        .map(|var| (hierarchy[var].full_name(hierarchy), hierarchy[var].signal_ref()))
        .collect();
    let scale = hierarchy.timescale();
    let refs: Vec<_> = vars.iter().map(|(_, signal)| *signal).collect();
    waves.load_signals(&refs);
    let text = |value: SignalValueRef<'_>| match value {
        SignalValueRef::Real(value) => format!("{value:e}"),
        SignalValueRef::String(word) => word.to_owned(),
        SignalValueRef::BitVec(bits) => bits.bit_string(),
        SignalValueRef::Event => "event".to_owned(),
    };
    let times = waves.time_table();
    let changes = |signal| {
        let signal = waves.get_signal(signal).expect("loaded");
        signal.iter_changes().map(|(at, value)| (times[at as usize], text(value))).collect()
    };
    let mut all: Changes = vars.into_iter().map(|(name, signal)| (name, changes(signal))).collect();
    all.sort();
    (all, scale)
}

/// The words for states instead of their bits.
fn with_words(mut changes: Changes) -> Changes {
    let table = state_table();
    let word = |bits: &str| {
        let row = table.lines().find_map(|line| line.strip_prefix(&format!("{bits} ")));
        row.unwrap_or_else(|| panic!("no word for {bits}")).to_owned()
    };
    for (_, values) in changes.iter_mut().filter(|(name, _)| name.ends_with(".state")) {
        values.iter_mut().for_each(|(_, value)| *value = word(value));
    }
    changes
}

fn assert_equal(c: &Circuit, run: &Run, options: &DumpOptions) {
    let signals = || vec![voltage(c, "x1.mem"), current(c, "x1.n1"), voltage(c, "mem")];
    let mut vcd = VcdSink::new(Vec::new(), signals(), options.clone());
    let mut fst = FstSink::new(Cursor::new(Vec::new()), signals(), options.clone());
    run.play(c, &mut vcd);
    run.play(c, &mut fst);
    let (from_vcd, scale) = read(vcd.into_inner().expect("memory"));
    let (from_fst, other) = read(fst.into_inner().expect("memory").into_inner());
    assert_eq!(scale, other);
    assert!(from_vcd.iter().any(|(name, values)| name.ends_with("state") && values.len() > 2));
    assert_eq!(from_vcd, with_words(from_fst));
}

/// A neuron that charges, fires at 3 ms and rests, and a voltage beside it.
fn firing() -> Run {
    let forms = vec![
        (0.0, 0, Waveform::relaxation(0.0, 0.8, -100.0)),
        (0.0, 1, Waveform::constant(0.0)),
        (0.0, 2, Waveform::relaxation(0.0, 0.8, -100.0)),
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
    Run { forms, events, end: 40e-3 }
}

#[test]
fn wellen_reads_the_same_variables_and_values_from_vcd_and_fst() {
    let c = circuit();
    let grid = Sampling::grid(1e-5).expect("a grid");
    for sampling in [Sampling::default(), grid] {
        assert_equal(&c, &firing(), &DumpOptions { sampling, ..DumpOptions::default() });
    }
}

#[test]
fn units_of_time_are_those_of_the_vcd_from_a_femtosecond_to_a_hundred_seconds() {
    let c = circuit();
    for unit in [1e-15, 1e-12, 1e-6, 1e-3, 1.0, 100.0] {
        let scale = TimeScale::from_s(unit).expect("a unit");
        let options = DumpOptions { scale, ..DumpOptions::default() };
        let (mut vcd, mut fst) = (
            VcdSink::new(Vec::new(), vec![voltage(&c, "mem")], options.clone()),
            FstSink::new(Cursor::new(Vec::new()), vec![voltage(&c, "mem")], options),
        );
        // A run within the first unit has its values there, and no time besides.
        let run = Run {
            forms: vec![(0.0, 0, Waveform::relaxation(0.0, 0.8, -100.0))],
            events: Vec::new(),
            end: 0.5,
        };
        run.play(&c, &mut vcd);
        run.play(&c, &mut fst);
        let (vcd, fst) =
            (vcd.into_inner().expect("memory"), fst.into_inner().expect("memory").into_inner());
        // An FST file has one value at its start, the last.
        let mut of_vcd = read(vcd).0;
        for (_, values) in &mut of_vcd {
            let first = values.iter().rposition(|(at, _)| *at == 0).unwrap_or(0);
            values.drain(..first);
        }
        assert_eq!(of_vcd, with_words(read(fst.clone()).0), "{unit}");
        // GTKWave's header: the exponent of the unit stands behind eight numbers of 64 bits and the block's kind.
        let exponent = i8::from_le_bytes([fst[1 + 9 * 8]]);
        assert_eq!(f64::from(exponent), unit.log10().round(), "{unit}");
    }
}

#[test]
fn a_run_longer_than_a_block_is_read_whole() {
    // Six hundred thousand values of some 16 bytes: ten blocks and more.
    let c = circuit();
    let sampling = Sampling::grid(1e-8).expect("a grid");
    let mut fst = FstSink::new(
        Cursor::new(Vec::new()),
        vec![voltage(&c, "mem")],
        DumpOptions { sampling, ..DumpOptions::default() },
    );
    let form = Waveform::relaxation(0.0, 0.8, -100.0);
    let run = Run { forms: vec![(0.0, 0, form.clone())], events: Vec::new(), end: 6e-3 };
    run.play(&c, &mut fst);
    let bytes = fst.into_inner().expect("memory").into_inner();
    let mut waves = simple::read_from_reader(Cursor::new(bytes)).expect("wellen reads it");
    let signal = waves.hierarchy().lookup_var(&["memspike"], "v(mem)").expect("there");
    let signal = waves.hierarchy()[signal].signal_ref();
    waves.load_signals(&[signal]);
    let times = waves.time_table();
    let signal = waves.get_signal(signal).expect("loaded");
    let mut points = 0_u64;
    for (at, value) in signal.iter_changes() {
        let SignalValueRef::Real(value) = value else { panic!("a real") };
        let truth = form.eval(Time::from_tick(times[at as usize]).as_s());
        assert!((value - truth).abs() <= 1e-15, "{value} {truth}");
        points += 1;
    }
    assert!(points > 600_000 - 10, "{points}");
}
