//! Words of draws: which depend on what, and that no two draws share any.

use std::collections::{BTreeMap, BTreeSet};

use memspike_random::{Draws, Owner};
use rand::Rng as _;

/// So many words of a draw, two at a time.
fn words(draws: Draws, count: u64, pairs: usize) -> Vec<u64> {
    let mut generator = draws.generator(count);
    (0..pairs).map(|_| generator.next_u64()).collect()
}

/// Every pair of words belongs to one draw alone. By chance two of a million alike come up
/// once in 10^7 seeds.
fn assert_disjoint(draws: impl IntoIterator<Item = (String, Vec<u64>)>) {
    let mut known: BTreeMap<u64, String> = BTreeMap::new();
    for (name, words) in draws {
        for word in words {
            if let Some(other) = known.insert(word, name.clone()) {
                panic!("{name} and {other} share {word:x}");
            }
        }
    }
}

#[test]
fn draws_of_an_owner_share_no_word_however_long_they_are() {
    // A row of 70,000 devices takes more than two words each now and then.
    let array = Draws::new(5, Owner::Programming("a1"));
    let row = |row: u64| (format!("row {row}"), words(array, row, 75_000));
    assert_disjoint([0, 1, 2, 3, 4].map(row));
}

#[test]
fn a_draw_of_any_number_has_words_of_its_own() {
    let draws = Draws::new(5, Owner::Device("n1"));
    let counts = [0, 1, 2, 1 << 16, 1 << 36, (1 << 52) - 1, 1 << 52, (1 << 52) + 1, u64::MAX];
    assert_disjoint(counts.map(|count| (format!("{count}"), words(draws, count, 40_000))));
}

#[test]
fn single_and_double_words_and_bytes_end_alike() {
    // A word left at the boundary is left to nobody.
    let draws = Draws::new(1, Owner::Device("n1"));
    let mut generator = draws.generator(0);
    for _ in 0..(1 << 16) - 1 {
        let _ = generator.next_u32();
    }
    let mut bytes = [0; 8];
    generator.fill_bytes(&mut bytes);
    let next = words(draws, 1, 4);
    assert!(!next.contains(&u64::from_le_bytes(bytes)));
    assert!(!next.contains(&generator.next_u64()));
}

#[test]
fn repetitions_share_no_word_and_the_first_is_the_owner_itself() {
    let device = Draws::new(5, Owner::Device("n1"));
    assert_eq!(words(device.repetition(0), 7, 10), words(device, 7, 10));
    assert_eq!(device.repetition(9).lasting(), device);
    // More cycles than an image ever has, of images that follow each other.
    let runs = [0, 1, 2, 1 << 32, u64::MAX].map(|repetition| {
        let draws = device.repetition(repetition);
        let all = (0..5000).flat_map(|cycle| words(draws, cycle, 4)).collect();
        (format!("repetition {repetition}"), all)
    });
    assert_disjoint(runs);
}

#[test]
fn no_two_effects_have_the_same_key() {
    let names = ["", "a", "b", "read", "a1", "x1.a", "drift", "1"];
    let owners = names.into_iter().flat_map(|name| {
        [
            Owner::Device(name),
            Owner::Programming(name),
            Owner::Faults(name),
            Owner::Drift(name),
            Owner::Reading(name, 0),
            Owner::Reading(name, 1),
            Owner::Reading(name, 11),
            Owner::Parameter(name),
            Owner::Card(name),
            Owner::Element(name),
            Owner::Initial(name),
            Owner::Instance(name, "r"),
            Owner::Instance("r", name),
            Owner::Pairs(name),
            Owner::Halves(name),
            Owner::Weights(name),
            Owner::Delays(name),
            Owner::Spikes(name),
            Owner::Trains(name),
            Owner::Neurons(name, "rate_hz"),
            Owner::Neurons("rate_hz", name),
        ]
    });
    let alone =
        [Owner::TrainingOrder, Owner::TrainingImages, Owner::TrainingBatches, Owner::FitStart];
    let owners: BTreeSet<Owner<'_>> = owners.chain(alone).collect();
    let keys: BTreeSet<String> = owners.iter().map(Owner::to_string).collect();
    assert_eq!(keys.len(), owners.len());
    let draws = owners.iter().map(|owner| (owner.to_string(), words(Draws::new(3, owner), 0, 100)));
    assert_disjoint(draws);
}
