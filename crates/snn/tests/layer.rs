//! One value of the crate `network` is the paper's network: levels and deck follow from it.

use memspike_crossbar::Config;
use memspike_network::{Form, Network};
use memspike_snn::{DeckFiles, Layered, Lif, Parameters, Weights};

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
        let layered = Layered::of(&network, 0.05).unwrap();
        assert_eq!(layered.shape(), [inputs, outputs]);
        assert_eq!((layered.parameters(0), layered.input_parameters()), (parameters, parameters));
        assert_eq!(
            (layered.layers[0].weights, layered.layers[0].neuron.ideal),
            (&weights, Some(LIF))
        );
    }
}

#[test]
fn the_shipped_deck_is_that_of_the_network() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../weights/mnist.npy");
    let parameters = Parameters::default();
    let network = parameters.network(Weights::read(path, None).unwrap(), None).unwrap();
    let layered = Layered::of(&network, parameters.duration_s).unwrap();
    let deck = layered.deck(&DeckFiles {
        card: "cards/zno.lib",
        images: ("digits.idx", 10),
        weights: &["../weights/mnist.npy".to_owned()],
        arrays: &[Config { weight_max: Some(1.0), ..Config::ideal(0.0, 1e-6) }],
        numbered: false,
        comment: &[
            "Purpose: the whole network of the paper's figure 5a as one circuit, device by device, with the paper's",
            "variation. It looks at ten drawn digits, one a run; for MNIST's write IMAGE(\"t10k-images-idx3-ubyte.gz\" 0 2).",
            "Weights: memspike train, from MNIST's training images alone (weights/mnist.json); 1 is the paper's 1 Mohm.",
        ],
    });
    assert_eq!(deck, include_str!("../../../netlists/snn_784x10.cir"));
}

#[test]
fn layers_of_any_sizes_come_back_from_their_network_and_from_its_text() {
    let parameters = Parameters { pulse_s: 300e-6, ..Parameters::default() };
    let unit_v = 2.0 * 300e-6 * 1e-6 / 47e-9;
    for shape in [vec![2, 3], vec![5, 1, 3], vec![3, 4, 2, 2]] {
        let tables: Vec<_> = shape.windows(2).map(|pair| weights(pair[0], pair[1])).collect();
        let network = parameters.layered(tables.clone(), Some(LIF)).unwrap();
        let text = network.encode(Form::Json).text;
        let read = Network::decode(&text, Form::Json, ".".as_ref()).unwrap();
        for network in [&network, &read] {
            let layered = Layered::of(network, 0.1).unwrap();
            assert_eq!(layered.shape(), shape);
            assert_eq!((layered.pixels(), layered.classes()), (shape[0], shape[shape.len() - 1]));
            for (layer, table) in layered.layers.iter().zip(&tables) {
                assert_eq!(layer.weights, table);
                assert!((layer.volts_per_weight() / unit_v - 1.0).abs() < 1e-15);
            }
        }
    }
}

#[test]
fn what_is_no_chain_of_layers_is_refused_by_its_name() {
    let parameters = Parameters::default();
    let tables = vec![weights(2, 3), weights(3, 2)];
    let text = parameters.layered(tables, Some(LIF)).unwrap().encode(Form::Toml).text;
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{from} in {text}");
        let network = Network::decode(&text.replacen(from, to, 1), Form::Toml, ".".as_ref());
        Layered::of(&network.unwrap(), 0.1).unwrap_err().to_string()
    };
    let more = |population: &str| {
        changed("[[projections]]\n", &format!("{population}\n[[projections]]\n"))
    };
    let row = "model.one_shot = { pulse_v = 1, pulse_s = 1 }\n";
    let error = more(&format!("[[populations]]\nname = \"more\"\nsize = 1\n{row}"));
    assert!(error.contains("'more' stands beside the layers"), "{error}");
    let oscillator =
        "model.oscillator = { resistance_ohm = 1, capacitance_farad = 1, full_v = 1 }\n";
    let error = more(&format!("[[populations]]\nname = \"more\"\nsize = 1\n{oscillator}"));
    assert!(error.starts_with("2 populations of oscillation neurons"), "{error}");
    let error = changed("delay_fs = 0", "delay_fs = 1");
    assert!(error.contains("'drivers1' is no part of layers"), "{error}");
}
