//! One value of the crate `network` is the paper's network: levels and deck follow from it.

use memspike_network::{Form, Network};
use memspike_snn::{DeckFiles, Lif, Parameters, SingleLayer, Weights};

const LIF: Lif = Lif { tau_s: 0.0466, threshold_v: 0.28, reset_v: 0.1 };

fn weights(inputs: usize, outputs: usize) -> Weights {
    let values: Vec<f32> = (0..inputs * outputs).map(|k| (k % 7) as f32 / 7.0 - 0.5).collect();
    Weights::new(inputs, outputs, values).unwrap()
}

#[test]
fn a_layer_of_any_size_has_what_its_network_was_made_of() {
    let parameters =
        Parameters { neuron_ohm: 2e6, pulse_v: 0.7, duration_s: 0.05, ..Parameters::default() };
    for (inputs, outputs) in [(784, 10), (1, 1), (30, 200)] {
        let weights = weights(inputs, outputs);
        let network = parameters.network(weights.clone(), Some(LIF)).unwrap();
        assert_eq!(network.neurons(), 2 * inputs + outputs);
        let layer = SingleLayer::of(&network, 0.05).unwrap();
        assert_eq!((layer.inputs(), layer.outputs()), (inputs, outputs));
        assert_eq!(layer, SingleLayer { parameters, lif: Some(LIF), weights: &weights });
    }
}

#[test]
fn the_shipped_deck_is_that_of_the_network() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../weights/mnist.npy");
    let parameters = Parameters::default();
    let network = parameters.network(Weights::read(path, None).unwrap(), None).unwrap();
    let layer = SingleLayer::of(&network, parameters.duration_s).unwrap();
    let deck = layer.deck(&DeckFiles {
        card: "cards/zno.lib",
        images: ("digits.idx", 10),
        weights: "../weights/mnist.npy",
        comment: &[
            "Purpose: the whole network of the paper's figure 5a as one circuit, device by device, with the paper's",
            "variation. It looks at ten drawn digits, one a run; for MNIST's write IMAGE(\"t10k-images-idx3-ubyte.gz\" 0 2).",
            "Weights: memspike train, from MNIST's training images alone (weights/mnist.json); 1 is the paper's 1 Mohm.",
        ],
    });
    assert_eq!(deck, include_str!("../../../netlists/snn_784x10.cir"));
}

#[test]
fn networks_of_other_kinds_are_refused_by_the_name_of_what_is_otherwise() {
    let parameters = Parameters::default();
    let text = parameters.network(weights(2, 2), Some(LIF)).unwrap().encode(Form::Toml).text;
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{from} in {text}");
        let network = Network::decode(&text.replacen(from, to, 1), Form::Toml, ".".as_ref());
        SingleLayer::of(&network.unwrap(), 0.1).unwrap_err().to_string()
    };
    let error = changed("resistance_ohm = 1000000.0", "resistance_ohm = 2000000.0");
    assert!(error.starts_with("oscillation and LIF neurons have different"), "{error}");
    let error = changed("delay_fs = 0", "delay_fs = 1");
    assert!(error.contains("without delay"), "{error}");
    let error = changed(
        "[[projections]]\n",
        "[[populations]]\nname = \"more\"\nsize = 1\nmodel.one_shot = { pulse_v = 1, pulse_s = 1 }\n\n[[projections]]\n",
    );
    assert!(error.starts_with("a network of 4 populations"), "{error}");
}
