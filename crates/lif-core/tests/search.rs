//! The search for narrow widths: what it asks for, where it ends, and that nothing narrower was missed.

use memspike_lif_core::{
    Core, Dynamics, LayerSpec, Quantised, Rules, Saturation, Search, Trained, Widths, quantise,
};
use memspike_network::Weights;
use proptest::prelude::*;

const RULES: Rules<'_> =
    Rules { widths: &[Widths::of(8)], count_bits: 8, time_step_s: 1e-3, rounding: f64::INFINITY };

fn trained(inputs: usize, neurons: usize) -> Trained {
    let weight = |at: usize| ((at * 7 + 3) % 19) as f64 / 9.0 - 1.0;
    let values = (0..inputs * neurons).map(weight).collect::<Vec<f64>>();
    let dynamics = Dynamics {
        threshold: 1.5,
        retention: 0.9375,
        reset: None,
        saturation: Saturation::Signed,
        refractory_ticks: 0,
    };
    let weights = Weights::new(inputs, neurons, values).expect("finite weights");
    Trained { weights, dynamics, scale: None }
}

/// Widths of weights and potentials of each layer.
fn widths(core: &Core) -> Vec<[u32; 2]> {
    core.spec().layers.iter().map(|layer| [layer.weight_bits, layer.potential_bits]).collect()
}

fn memory(core: &Core) -> u64 {
    core.spec().layers.iter().map(LayerSpec::memory_bits).sum()
}

/// What was asked for, in order, and what was found.
fn search(
    layers: &[Trained],
    rules: Rules<'_>,
    good: impl Fn(&Core) -> bool,
) -> (Vec<Vec<[u32; 2]>>, Option<Quantised>) {
    let mut search = Search::new(layers, rules).expect("a first core");
    let mut asked = Vec::new();
    while let Some(next) = search.ask() {
        asked.push(widths(&next.quantised.core));
        let judgement = good(&next.quantised.core);
        search.tell(judgement);
    }
    (asked, search.narrowest().cloned())
}

/// Whether each layer has weights of so many bits, and potentials of so many more than its threshold needs.
fn enough(core: &Core, least: &[(u32, u32)]) -> bool {
    core.spec().layers.iter().zip(least).all(|(layer, (weight_bits, more))| {
        let threshold = 1_i64 << (layer.potential_bits - 1 - more);
        layer.weight_bits >= *weight_bits && layer.threshold < threshold
    })
}

#[test]
fn most_memory_is_saved_first_and_what_went_too_far_goes_back_and_stays() {
    let layers = [trained(6, 4), trained(4, 3)];
    let good = |core: &Core| enough(core, &[(6, 1), (7, 0)]);
    let (asked, found) = search(&layers, RULES, good);
    // Sums of one sign at 8 bits: potentials are as wide as those need, and a bit.
    let first = &asked[0];
    assert_eq!([first[0][0], first[1][0]], [8, 8]);
    // 24 bits a bit of the first weights, then 12 of the second ones, then 4 and 3 of potentials.
    let weights: Vec<[u32; 2]> = asked.iter().map(|layers| [layers[0][0], layers[1][0]]).collect();
    let expected = [[8, 8], [7, 8], [6, 8], [5, 8], [6, 7], [6, 6]];
    assert_eq!(weights[..6], expected);
    assert!(weights[6..].iter().all(|weights| *weights == [6, 7]));
    // Thresholds of 47 and 95 need 7 and 8 bits, of which the first has one more.
    let first: Vec<u32> = asked[6..].iter().map(|layers| layers[0][1]).collect();
    let falling = first.iter().take_while(|bits| **bits != 7).count();
    assert!(first[..falling].windows(2).all(|pair| pair[1] + 1 == pair[0]), "{asked:?}");
    assert!(first[falling + 1..].iter().all(|bits| *bits == 8), "{asked:?}");
    assert_eq!(widths(&found.expect("a core").core), [[6, 8], [7, 8]], "{asked:?}");
    assert!(asked.iter().all(|one| asked.iter().filter(|other| *other == one).count() == 1));
}

#[test]
fn a_first_core_that_is_not_good_ends_the_search_without_another() {
    let (asked, found) = search(&[trained(6, 4)], RULES, |_| false);
    assert_eq!((asked.len(), found), (1, None));
    let rules = Rules { widths: &[Widths::of(1)], ..RULES };
    assert!(Search::new(&[trained(6, 4)], rules).is_err());
}

#[test]
fn a_core_that_is_always_good_ends_where_no_width_is_narrower() {
    let rules = Rules { widths: &[Widths::of(16)], ..RULES };
    let (asked, found) = search(&[trained(6, 4), trained(4, 3), trained(3, 2)], rules, |_| true);
    let found = found.expect("a core");
    for layer in &found.core.spec().layers {
        assert_eq!(layer.weight_bits, 2);
        // No narrower potential holds the threshold, or there is none.
        assert!(layer.potential_bits == 4 || layer.threshold >= 1 << (layer.potential_bits - 2));
    }
    assert!(asked.len() <= 3 * (14 + 20), "{} cores", asked.len());
}

#[test]
fn widths_are_given_for_each_layer_or_once_for_all() {
    let layers = [trained(6, 4), trained(4, 3)];
    let bits = |widths: &[Widths]| {
        let found = quantise(&layers, &Rules { widths, ..RULES });
        found.map(|found| self::widths(&found.core)).map_err(|error| error.to_string())
    };
    let narrow = |weight_bits, bits| Widths { weight_bits, potential_bits: Some(bits) };
    let all = bits(&[Widths::of(6)]).expect("a core");
    assert_eq!([all[0][0], all[1][0]], [6, 6]);
    let each = bits(&[Widths::of(9), narrow(6, 10)]).expect("a core");
    assert_eq!([each[0][0], each[1][0], each[1][1]], [9, 6, 10]);
    for (widths, says) in [
        (vec![], "widths of 0 layers for 2 layers"),
        (vec![Widths::of(8); 3], "widths of 3 layers for 2 layers"),
        (
            vec![Widths::of(8), Widths::of(17)],
            "layer 1: weight_bits is 17, it must be between 2 and 16",
        ),
        (vec![Widths::of(1)], "layer 0: weight_bits is 1,"),
        (vec![narrow(8, 7)], "layer 0: potential_bits is 7, it must be between 8 and 31"),
        (vec![narrow(2, 3)], "potential_bits is 3, it must be between 4 and 31"),
        (vec![narrow(8, 32)], "between 8 and 31"),
        (vec![narrow(8, u32::MAX)], "between 8 and 31"),
        // 1.5 becomes 191, which needs nine bits.
        (vec![narrow(8, 8)], "threshold is 191, it must be between 1 and 127"),
    ] {
        let message = bits(&widths).expect_err("no core");
        assert!(message.contains(says), "{message}");
    }
}

proptest! {
    /// Where a judgement asks for enough bits of each width, of all cores that it accepts none keeps less in memory.
    #[test]
    fn what_asks_for_enough_bits_of_each_width_is_met_with_the_least_memory(
        sizes in prop::collection::vec(1..7_usize, 3),
        least in prop::collection::vec((2..6_u32, 0..2_u32), 2),
    ) {
        let layers = [trained(sizes[0], sizes[1]), trained(sizes[1], sizes[2])];
        let rules = Rules { widths: &[Widths::of(6)], ..RULES };
        let good = |core: &Core| enough(core, &least);
        let Ok(first) = quantise(&layers, &rules) else { return Ok(()) };
        prop_assume!(good(&first.core));
        let (_, found) = search(&layers, rules, good);
        let found = found.expect("the first is good").core;
        prop_assert!(good(&found));
        let start = self::widths(&first.core);
        for a in 2..=6 {
            for b in 2..=6 {
                for p in 4..=start[0][1] {
                    for q in 4..=start[1][1] {
                        let each = [(a, p), (b, q)].map(|(weight_bits, bits)| Widths {
                            weight_bits,
                            potential_bits: Some(bits),
                        });
                        let other = quantise(&layers, &Rules { widths: &each, ..RULES });
                        if let Ok(other) = other
                            && good(&other.core)
                        {
                            prop_assert!(memory(&found) <= memory(&other.core), "{each:?}");
                        }
                    }
                }
            }
        }
    }
}
