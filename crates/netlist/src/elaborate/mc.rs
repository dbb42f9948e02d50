//! `.mc`: how many samples are drawn at each point of `.step`, and the seed of each.

use crate::code::Code;
use crate::finding::Finding;

use super::{Elaborator, Scope};

/// Runs of a deck: the points of `.step` times the samples of each.
const MAX_RUNS: f64 = 100_000.0;

/// The seed of a sample: the output number `sample` (from 0) of SplitMix64 started at the deck's
/// seed. Without samples it is the deck's seed itself. A sample has one seed at every point of
/// `.step`, so that points differ by what is stepped and not by their draws.
///
/// Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
pub(crate) fn sample_seed(seed: u64, sample: Option<u32>) -> u64 {
    const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
    let Some(sample) = sample else { return seed };
    let state = seed.wrapping_add((u64::from(sample) + 1).wrapping_mul(GOLDEN_GAMMA));
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl Elaborator<'_> {
    /// Samples of each of `points` points; nothing without `.mc`, or if that was reported.
    pub(super) fn samples(&mut self, scope: &Scope<'_>, points: usize) -> Option<u32> {
        let card = self.tree.mc.as_ref()?;
        let samples = self.plain(scope, &card.samples)?;
        let finding = if samples < 1.0 || samples.fract() != 0.0 {
            let message = format!("{samples} is no number of samples");
            Finding::new(Code::McCount, card.samples.span, message)
                .help("give a whole number of 1 or more")
        } else if samples * points as f64 > MAX_RUNS {
            let message =
                format!("more than {MAX_RUNS} runs: {points} of .step, {samples} samples each");
            Finding::new(Code::McLimit, card.span, message)
                .help("draw fewer samples, or split the deck")
        } else {
            return Some(samples as u32);
        };
        self.report(finding);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::sample_seed;

    #[test]
    fn seeds_of_samples_are_the_outputs_of_splitmix64() {
        // What Vigna's splitmix64.c prints for this seed, as Rosetta Code lists it.
        let expected: [u64; 5] = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        for (sample, seed) in (0..).zip(expected) {
            assert_eq!(sample_seed(1_234_567, Some(sample)), seed, "sample {sample}");
        }
    }

    #[test]
    fn without_samples_the_seed_is_the_decks() {
        assert_eq!(sample_seed(7, None), 7);
    }
}
