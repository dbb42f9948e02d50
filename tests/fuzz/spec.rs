//! Specifications of a core, spec.json, and short lives of the cores that they describe.

use memspike_lif_core::{
    Architecture, Core, LayerSpec, Leak, Reset, Saturation, Spec, Stimulus, VERSION, Weights,
    answers, clocked_answers,
};

use crate::{
    corpus::{Corpus, Input},
    harness::{Answer, assert_says, survive},
};

const WORDS: &[&str] = &[
    "\"version\"",
    "\"layers\"",
    "\"inputs\"",
    "\"neurons\"",
    "\"leak\"",
    "\"none\"",
    "{\"shift\":{\"shift\":3}}",
    "{\"multiply\":{\"factor\":200,\"shift\":8}}",
    "{\"multiply\":{\"factor\":16777215,\"shift\":24}}",
    "\"subtract\"",
    "{\"hold\":{\"value\":-1}}",
    "\"zero\"",
    "\"signed\"",
    "\"non_negative\"",
    "null",
    "true",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "\\u0000",
    "\\ud800",
];

fn layer(inputs: usize, neurons: usize, leak: Leak, reset: Reset) -> LayerSpec {
    LayerSpec {
        inputs,
        neurons,
        weight_bits: 4,
        potential_bits: 10,
        threshold: 12,
        leak,
        reset,
        saturation: Saturation::Signed,
        refractory_ticks: 1,
    }
}

fn corpus() -> Corpus {
    let multiply = Leak::Multiply { factor: 200, shift: 8 };
    let layers = [
        vec![layer(4, 3, Leak::Shift { shift: 3 }, Reset::Hold { value: 2 })],
        vec![layer(5, 4, multiply, Reset::Subtract), layer(4, 2, Leak::None, Reset::Zero)],
        vec![LayerSpec {
            saturation: Saturation::NonNegative,
            refractory_ticks: 0,
            ..layer(2, 2, Leak::None, Reset::Zero)
        }],
    ];
    let inputs = layers.into_iter().map(|layers| {
        let spec = Spec { version: VERSION, layers, count_bits: 8, time_step_ns: 1_000_000 };
        Input::new("spec.json", serde_json::to_string_pretty(&spec).expect("JSON"))
    });
    Corpus { inputs: inputs.collect(), words: WORDS }
}

/// Weights of all layers together for which a core is made.
const MAX_WEIGHTS: usize = 4096;

/// Shows a small core of this specification some events: both models answer alike.
fn live(spec: &Spec, input: &Input) {
    let sizes = spec.layers.iter().map(|layer| layer.inputs * layer.neurons);
    if sizes.sum::<usize>() > MAX_WEIGHTS {
        return;
    }
    let weights = spec.layers.iter().map(|layer| {
        let most = (1_i32 << (layer.weight_bits - 1)) - 1;
        let rows = (0..layer.inputs * layer.neurons).map(|n| (n as i32 * 5 - 3).clamp(-most, most));
        Weights::new(layer.neurons, rows.collect())
    });
    match Core::new(spec.clone(), weights.collect()) {
        Ok(core) => {
            let first = spec.first().inputs;
            let mut stimuli = vec![Stimulus::Start];
            for tick in 0..4 {
                stimuli.extend((0..first.min(8)).map(|n| Stimulus::Event((n * 3 + tick) % first)));
                stimuli.push(Stimulus::Tick);
            }
            let said = answers(&core, &stimuli);
            assert_eq!(said.len(), 5, "four ticks and the counts");
            assert_eq!(clocked_answers(&core, Architecture::Parallel, &stimuli).0, said);
        }
        Err(error) => assert_says(&error, input),
    }
}

#[test]
fn damaged_specifications_are_valid_and_written_the_same_or_are_refused() {
    survive("spec", &corpus(), 8000, |input| {
        let spec: Spec = match serde_json::from_slice(&input.bytes) {
            Ok(spec) => spec,
            Err(error) => {
                assert_says(&error, input);
                return Answer::Refused;
            }
        };
        let again = serde_json::to_vec(&spec).expect("JSON");
        assert_eq!(serde_json::from_slice::<Spec>(&again).expect("what was written"), spec);
        if let Err(error) = spec.validate() {
            assert_says(&error, input);
            return Answer::Refused;
        }
        for layer in &spec.layers {
            assert!(layer.lowest() < layer.threshold && layer.threshold <= layer.highest());
        }
        live(&spec, input);
        Answer::Accepted
    });
}
