//! Specifications that are refused.

use memspike_lif_core::{
    Core, LayerSpec, Leak, Reset, Saturation, Spec, SpecError, VERSION, Weights,
};

fn layer() -> LayerSpec {
    LayerSpec {
        inputs: 4,
        neurons: 2,
        weight_bits: 4,
        potential_bits: 7,
        threshold: 20,
        leak: Leak::Shift { shift: 3 },
        reset: Reset::Subtract,
        saturation: Saturation::Signed,
        refractory_ticks: 0,
    }
}

fn spec(layers: Vec<LayerSpec>) -> Spec {
    Spec { version: VERSION, layers, count_bits: 8, time_step_ns: 1_000_000 }
}

fn refusal(layers: Vec<LayerSpec>) -> String {
    spec(layers).validate().expect_err("the specification is wrong").to_string()
}

#[test]
fn absurd_sizes_and_constants_are_refused_with_their_limits() {
    assert_eq!(
        refusal(vec![LayerSpec { neurons: 0, ..layer() }]),
        "layer 0: neurons is 0, it must be between 1 and 4096"
    );
    assert_eq!(
        refusal(vec![LayerSpec { inputs: 1 << 40, ..layer() }]),
        "layer 0: inputs is 1099511627776, it must be between 1 and 65536"
    );
    assert_eq!(refusal(vec![]), "the core: number of layers is 0, it must be between 1 and 16");
    assert_eq!(
        refusal(vec![LayerSpec { threshold: 64, ..layer() }]),
        "layer 0: threshold is 64, it must be between 1 and 63"
    );
    assert_eq!(
        refusal(vec![LayerSpec { leak: Leak::Multiply { factor: 256, shift: 8 }, ..layer() }]),
        "layer 0: leak.factor is 256, it must be between 1 and 255"
    );
    assert_eq!(
        refusal(vec![LayerSpec { leak: Leak::Multiply { factor: 1, shift: 25 }, ..layer() }]),
        "layer 0: leak.shift is 25, it must be between 1 and 24"
    );
    assert_eq!(
        refusal(vec![LayerSpec { reset: Reset::Hold { value: 20 }, ..layer() }]),
        "layer 0: reset.value is 20, it must be between -64 and 19"
    );
    assert_eq!(
        refusal(vec![layer(), layer()]),
        "layer 1 has 4 inputs, but the layer before it has 2 neurons"
    );
}

#[test]
fn the_width_of_potentials_that_is_sure_holds_threshold_and_sums_of_one_sign() {
    let sure = |threshold: i64, rows: &[i32]| {
        LayerSpec { threshold, ..layer() }.sure_bits(&Weights::new(2, rows.to_vec()))
    };
    // 4 x -8 = -32 needs exactly 6 bits, 4 x 7 = 28 as well; 31 is the largest threshold of 6 bits.
    assert_eq!(sure(1, &[-8, 7, -8, 7, -8, 7, -8, 7]), 6);
    assert_eq!(sure(31, &[-8, 7, -8, 7, -8, 7, -8, 7]), 6);
    assert_eq!(sure(32, &[-8, 7, -8, 7, -8, 7, -8, 7]), 7);
    assert_eq!(sure(1, &[-8, 7, -8, 7, -8, 7, -8, 7, -1, 0]), 7);
    // Signs do not cancel: events of one may come first.
    assert_eq!(sure(1, &[7, 0, -8, 0, 7, 0, -8, 0]), 5);
}

#[test]
fn a_layer_keeps_its_weights_and_states_in_memory() {
    // 4 x 2 weights of 4 bits, 2 potentials of 7; 3 refractory ticks need 2 bits more of each neuron.
    assert_eq!(layer().memory_bits(), 4 * 2 * 4 + 2 * 7);
    assert_eq!(LayerSpec { refractory_ticks: 3, ..layer() }.memory_bits(), 4 * 2 * 4 + 2 * 9);
}

#[test]
fn weights_of_another_shape_or_too_wide_are_refused() {
    let shape = Core::new(spec(vec![layer()]), vec![Weights::new(2, vec![0; 6])]);
    assert_eq!(
        shape.expect_err("three inputs").to_string(),
        "layer 0: the weights are 3 x 2 (inputs x neurons), the specification says 4 x 2"
    );
    let mut rows = vec![0; 8];
    rows[5] = 8;
    let wide = Core::new(spec(vec![layer()]), vec![Weights::new(2, rows)]);
    assert_eq!(wide, Err(SpecError::Weight { layer: 0, input: 2, neuron: 1, value: 8, bits: 4 }));
}

#[test]
fn a_specification_survives_json_and_unknown_fields_do_not() {
    let spec = spec(vec![LayerSpec { reset: Reset::Hold { value: 3 }, ..layer() }]);
    let text = serde_json::to_string(&spec).expect("JSON");
    assert_eq!(serde_json::from_str::<Spec>(&text).expect("a specification"), spec);
    let odd = text.replacen("version", "verzion", 1);
    assert!(serde_json::from_str::<Spec>(&odd).is_err());
}
