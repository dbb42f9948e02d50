//! Recordings in Parquet and in lines.

use std::fs;
use std::ops::ControlFlow;

use memspike_recording::{Analysis, Origin, Recorded, SpikeFile};
use memspike_time::Time;

use crate::{
    corpus::{Corpus, Input},
    harness::{Answer, assert_says, folder, survive},
};

const WORDS: &[&str] = &[
    "time_s",
    "population",
    "neuron",
    ",",
    "#",
    "memspike.populations",
    "memspike.interval_s",
    "[0.0, 1.0]",
    "[[\"a\", 4294967295]]",
    "PAR1",
    "\n",
    "4294967295",
    "1e-320",
];

/// Small recordings, with and without what they say of themselves.
fn corpus(ending: &str) -> Corpus {
    let folder = tempfile::tempdir().expect("a folder");
    let mut inputs = Vec::new();
    for sizes in [vec![], vec![5, 7]] {
        let path = folder.path().join(format!("spikes.{ending}"));
        let populations = vec!["a".to_owned(), "b-1".to_owned()];
        let origin = Origin { populations, sizes, ..Origin::default() };
        let mut file = SpikeFile::create(&path, &origin).expect("created");
        for k in 0..60_u32 {
            let at = Time { tick: u64::from(k) * 10_000_000_000_000, frac: 0.5 };
            file.spike(at, k.is_multiple_of(3).into(), k % 5).expect("room");
        }
        file.finish([0.0, 0.625]).expect("room");
        inputs.push(Input::new(ending, fs::read(&path).expect("written")));
    }
    Corpus { inputs, words: WORDS }
}

fn damaged(ending: &'static str) {
    let folder = folder();
    let path = folder.path().join(format!("spikes.{ending}"));
    survive(&format!("recording {ending}"), &corpus(ending), 2000, |input: &Input| {
        fs::write(&path, &input.bytes).expect("room");
        // A run of one value may be longer than anybody waits for.
        let mut look = |spikes| {
            if spikes < 200_000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let recorded = match Recorded::open(&path, &mut look) {
            Ok(recorded) => recorded,
            Err(error) => {
                assert_says(&error, input);
                return Answer::Refused;
            }
        };
        let sizes = recorded.populations().iter().map(|one| one.size);
        let [from_s, until_s] = recorded.interval_s();
        assert!(0.0 <= from_s && from_s <= until_s);
        let mut analysis = Analysis::new(sizes, [from_s, until_s]);
        let mut before_s = 0.0;
        let read = recorded.each([from_s, until_s], &mut look, |at_s, population, neuron| {
            assert!(before_s <= at_s && neuron < recorded.populations()[population].size);
            before_s = at_s;
            analysis.spike(at_s, population, neuron);
        });
        if let Err(error) = read {
            assert_says(&error, input);
            return Answer::Refused;
        }
        for found in analysis.distributions() {
            assert!(found.rates_hz.iter().all(|rate| *rate >= 0.0));
            assert!(
                found.correlations.iter().all(|each| (-1.0 - 1e-9..=1.0 + 1e-9).contains(each))
            );
        }
        Answer::Accepted
    });
}

#[test]
fn damaged_recordings_in_parquet_have_spikes_in_order_or_are_refused() {
    damaged("parquet");
}

#[test]
fn damaged_recordings_in_lines_have_spikes_in_order_or_are_refused() {
    damaged("csv");
}
