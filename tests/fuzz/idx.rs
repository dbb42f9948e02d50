//! IDX files, plain and compressed: by themselves, as a data set, and as the images of a deck.

use std::{io::Write as _, path::Path};

use flate2::{Compression, write::GzEncoder};
use memspike_idx::{Idx, MAX_ENTRIES};
use memspike_netlist::{Deck, Report, StepPoint};
use memspike_snn::{Dataset, FILES, Part};

use crate::{
    corpus::{self, Corpus, Input},
    deck::assert_report,
    harness::{Answer, assert_says, folder, survive, write},
};

/// What deflate makes of a byte at most.
const MOST_EXPANSION: usize = 1100;

fn plain(lengths: &[usize], entries: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, lengths.len() as u8];
    bytes.extend(lengths.iter().flat_map(|length| (*length as u32).to_be_bytes()));
    bytes.extend(entries);
    bytes
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory")
}

fn corpus() -> Corpus {
    let mut files = vec![
        plain(&[2, 3, 4], &(0..24).collect::<Vec<u8>>()),
        plain(&[0, 28, 28], &[]),
        plain(&[6], &[0, 1, 2, 3, 9, 5]),
        plain(&[0], &[]),
        corpus::file("netlists/digits.idx").bytes,
        plain(&[10], &(0..10).collect::<Vec<u8>>()),
    ];
    let gzip: Vec<Vec<u8>> = files.iter().map(|file| compressed(file)).collect();
    // A stream in two members is one file.
    let members = [&files[0][..9], &files[0][9..]].map(compressed).concat();
    files.extend(gzip);
    files.push(members);
    let inputs = files.into_iter().map(|file| Input::new("data.idx", file)).collect();
    Corpus { inputs, words: &["\x1f", "\0\0\x08\x03", "\0\0\x08\x01", "\0\0\0\x01"] }
}

fn assert_idx(idx: &Idx, dimensions: u8, bytes: &[u8]) {
    assert_eq!(idx.lengths.len(), usize::from(dimensions));
    let product = idx.lengths.iter().try_fold(1_usize, |product, n| product.checked_mul(*n));
    assert_eq!(product, Some(idx.entries.len()), "{:?}", idx.lengths);
    assert!(idx.entries.len() as u64 <= MAX_ENTRIES);
    let again = plain(&idx.lengths, &idx.entries);
    if bytes.starts_with(&[0x1f, 0x8b]) {
        assert!(idx.entries.len() <= bytes.len() * MOST_EXPANSION, "more than gzip can hold");
    } else {
        assert_eq!(again, bytes, "a plain file is its header and its entries");
    }
    let read = |bytes: &[u8]| Idx::decode(Path::new("again"), bytes, dimensions);
    assert_eq!(read(&again).expect("what was written"), *idx);
    assert_eq!(read(&compressed(&again)).expect("what was written"), *idx);
}

#[test]
fn damaged_idx_files_hold_what_their_header_says_or_are_refused() {
    survive("idx", &corpus(), 8000, |input| {
        let read = [1, 3].map(|dimensions| {
            let read = Idx::decode(Path::new(&input.name), input.bytes.as_slice(), dimensions);
            match &read {
                Ok(idx) => assert_idx(idx, dimensions, &input.bytes),
                Err(error) => assert_says(&error, input),
            }
            read.is_ok()
        });
        assert_ne!(read, [true; 2], "labels and images at once");
        if read.contains(&true) { Answer::Accepted } else { Answer::Refused }
    });
}

#[test]
fn damaged_data_sets_have_a_label_for_each_image_or_are_refused() {
    let folder = folder();
    let (images, labels) = (FILES[2], FILES[3]);
    let good = corpus::file("netlists/digits.idx").bytes;
    let inputs = vec![
        Input::new(images, good.clone()),
        Input::new(images, compressed(&good)),
        Input::new(labels, plain(&[10], &(0..10).collect::<Vec<u8>>())),
    ];
    survive("dataset", &Corpus { inputs, words: &["\x09", "\x0a"] }, 2000, |input| {
        write(&folder, images, &good);
        write(&folder, labels, &plain(&[10], &[3; 10]));
        write(&folder, &input.name, &input.bytes);
        match Dataset::load(folder.path(), Part::Test) {
            Ok(data) => {
                assert_eq!(data.images.len(), data.labels.len());
                let pixels = data.images.first().map_or(1, |image| image.len());
                assert!(data.images.iter().all(|image| image.len() == pixels && pixels > 0));
                Answer::Accepted
            }
            Err(error) => {
                assert_says(&error, input);
                Answer::Refused
            }
        }
    });
}

const DECK: &str = "Pixels\nV1[0:11] p[0:11] 0 IMAGE(\"data.idx\" 0 2) number=1\nR1[0:11] p[0:11] 0 1k\n\
    .tran 1m\n.end\n";

#[test]
fn damaged_images_of_a_deck_are_voltages_or_a_report() {
    let folder = folder();
    let name = folder.path().join("deck.cir").display().to_string();
    let read = || -> Result<(), Report> {
        let elaborated = Deck::parse(&name, DECK)?.elaborate(&StepPoint::default(), 0)?;
        assert_eq!(elaborated.circuit.elements().len(), 24);
        Ok(())
    };
    survive("image", &corpus(), 2000, |input| {
        write(&folder, "data.idx", &input.bytes);
        match read() {
            Ok(()) => Answer::Accepted,
            Err(report) => {
                assert_report(&report, &name, DECK);
                Answer::Refused
            }
        }
    });
}
