//! Large populations, whose synapses are stored in several ways: none of them changes what happens.

mod common;

use std::ops::Range;

use common::{job_b, population, run};
use memspike_population::{
    Input, Membrane, Model, Options, Precision, Reset, Spike, Synapse, Synapses, Wiring,
};
use memspike_time::Time;

const MS: u64 = 1_000_000_000_000;

/// More than 2^17, so that a target does not fit beside a delay in one word.
const MANY: u32 = 140_000;

/// One spike at 1 ms to all of [`MANY`] neurons: every second one reaches its threshold. Neuron `k` hears it after 1 ms and `k % delays` steps of 10 us.
fn volley(delays: u32, precision: Precision) -> (Input, Synapses) {
    let membrane = Membrane {
        tau_s: 10e-3,
        rest_v: 0.0,
        asymptote_v: 0.0,
        threshold_v: 0.5,
        reset: Reset::To(0.0),
        refractory_s: 2e-3,
    };
    let populations = vec![
        population("source", 1, Model::Recorded(vec![vec![Time::from_tick(MS)]])),
        population("neurons", MANY, Model::Lif(membrane)),
    ];
    let synapse = |neuron: u32| Synapse {
        source: 0,
        target: neuron + 1,
        weight: if neuron.is_multiple_of(2) { 0.75 } else { 0.25 },
        delay_fs: MS + u64::from(neuron % delays) * MS / 100,
    };
    let synapses = Synapses((0..MANY).map(synapse).collect());
    (Input { populations, tick_fs: MS / 100, precision, seed: 1 }, synapses)
}

#[test]
fn each_of_140000_neurons_fires_just_when_what_reaches_its_threshold_arrives() {
    for (delays, precision) in
        [(1, Precision::Single), (3, Precision::Double), (7, Precision::Single)]
    {
        let (input, synapses) = volley(delays, precision);
        let fires = |neuron: u32| Spike {
            at: Time::from_tick(2 * MS + u64::from(neuron % delays) * MS / 100),
            neuron: neuron + 1,
        };
        let mut expected = vec![Spike { at: Time::from_tick(MS), neuron: 0 }];
        expected.extend((0..MANY).step_by(2).map(fires));
        expected.sort();
        let sizes = [(None, None), (Some(50_000), None), (None, Some(9999))];
        for (part_size, block_size) in sizes {
            let options = Options { part_size, block_size, ..Options::default() };
            let recording = run(&input, &synapses, &options, 5e-3);
            let seen = recording.spikes.iter().map(|(at, population, neuron)| Spike {
                at: *at,
                neuron: *population as u32 + neuron,
            });
            assert!(seen.eq(expected.iter().copied()), "{delays} delays, {options:?}");
        }
    }
}

/// Synapses whose weight is a tenth larger from target 500 on: below and above, all of a source have one weight.
struct Halves<W>(W);

impl<W: Wiring> Wiring for Halves<W> {
    fn visit(&self, targets: Range<u32>, each: &mut dyn FnMut(Synapse)) {
        self.0.visit(targets, &mut |synapse| {
            let by = if synapse.target < 500 { 1.0 } else { 1.1 };
            each(Synapse { weight: synapse.weight * by, ..synapse });
        });
    }
}

#[test]
fn one_weight_for_all_synapses_of_a_source_changes_no_bit() {
    let (mut input, wiring) = job_b(1000, [80, 20]);
    let wiring = Halves(wiring);
    for precision in [Precision::Single, Precision::Double] {
        input.precision = precision;
        let whole = run(&input, &wiring, &Options::default(), 0.3);
        assert!(whole.spikes.len() > 5000);
        for (part_size, block_size) in [(500, 500), (300, 77), (1000, 250), (1000, 1)] {
            let (part_size, block_size) = (Some(part_size), Some(block_size));
            let options = Options { part_size, block_size, ..Options::default() };
            assert!(whole == run(&input, &wiring, &options, 0.3), "{options:?}");
        }
    }
}
