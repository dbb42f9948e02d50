//! Waveforms that would take hours to show, and a run that is to stop.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::{Run, circuit, sine, voltage};
use memspike_engine::Sink;
use memspike_time::Time;
use memspike_trace::{CsvSink, DumpOptions, Sampling, VcdSink};

/// A million radians a second, for a thousand seconds; every wave has tens of points.
fn endless() -> Run {
    Run { forms: vec![(0.0, 0, sine(0.0, 1.0, 1e6, 0.0))], end: 1e3, ..Run::default() }
}

/// Plays that run, and half a second later asks to stop. Gives when it ended.
fn play(sink: &mut impl Sink, stop: &Arc<AtomicBool>) {
    let circuit = circuit();
    let begin = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(500));
            stop.store(true, Ordering::Relaxed);
        });
        endless().play(&circuit, sink);
    });
    assert!(begin.elapsed() < Duration::from_secs(20), "it took {:?}", begin.elapsed());
}

fn samplings() -> [Sampling; 2] {
    [Sampling::default(), Sampling::grid(1e-7).expect("a grid")]
}

/// Points that follow the sine up to where the sink says that it stopped.
fn assert_follows(points: &[(f64, f64)], stopped: Time) {
    assert!(points.len() > 1000, "{} points", points.len());
    let (last, _) = points[points.len() - 1];
    let since = stopped.as_s() - last;
    assert!((-1e-15..1e-6).contains(&since), "{last} {stopped:?}");
    assert!(last < 1e3);
    for pair in points.windows(2) {
        let (at, value) = pair[0];
        assert!(pair[1].0 - at < 1e-6, "a gap at {at}");
        assert!((value - (1e6 * at).sin()).abs() < 1e-6, "{value} at {at}");
    }
}

#[test]
fn a_table_ends_soon_and_is_complete_up_to_there() {
    for sampling in samplings() {
        let stop = Arc::default();
        let signals = vec![voltage(&circuit(), "mem")];
        let mut sink = CsvSink::new(Vec::new(), signals, sampling).stopping(Arc::clone(&stop));
        play(&mut sink, &stop);
        let stopped = sink.stopped_at().expect("it was asked to");
        let bytes = sink.into_inner().expect("memory");
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let number = |field: &str| field.parse().expect("a number");
        let rows = reader.records().map(|row| row.expect("a whole row"));
        let points: Vec<(f64, f64)> = rows.map(|row| (number(&row[0]), number(&row[1]))).collect();
        assert_follows(&points, stopped);
    }
}

#[test]
fn a_dump_ends_soon_and_is_complete_up_to_there() {
    for sampling in samplings() {
        let stop = Arc::default();
        let signals = vec![voltage(&circuit(), "mem")];
        let options = DumpOptions { sampling, ..DumpOptions::default() };
        let mut sink = VcdSink::new(Vec::new(), signals, options).stopping(Arc::clone(&stop));
        play(&mut sink, &stop);
        let stopped = sink.stopped_at().expect("it was asked to");
        let text = String::from_utf8(sink.into_inner().expect("memory")).expect("text");
        let (mut at, mut points) = (0.0, Vec::new());
        for line in text.lines() {
            if let Some(stamp) = line.strip_prefix('#') {
                at = stamp.parse::<f64>().expect("a stamp") * 1e-15;
            } else if let Some(value) = line.strip_prefix('r').filter(|_| line.ends_with(" !")) {
                let value = value.split(' ').next().expect("a value");
                points.push((at, value.parse().expect("a number")));
            }
        }
        assert!((at - stopped.as_s()).abs() < 1e-15, "the last stamp is {at}");
        assert_follows(&points, stopped);
    }
}

#[test]
fn a_sink_that_is_soon_done_hears_of_no_stop() {
    let circuit = circuit();
    let stop = Arc::new(AtomicBool::new(true));
    let signals = vec![voltage(&circuit, "mem")];
    let mut sink =
        CsvSink::new(Vec::new(), signals, Sampling::default()).stopping(Arc::clone(&stop));
    let run = Run { end: 1e-3, ..endless() };
    run.play(&circuit, &mut sink);
    assert_eq!(sink.stopped_at(), None);
    let text = String::from_utf8(sink.into_inner().expect("memory")).expect("text");
    assert!(text.lines().last().expect("a row").starts_with("0.001,"), "{text}");
}
