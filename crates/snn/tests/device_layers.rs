//! Layers at device level against the circuit engine, which is given their deck.

mod common;

use std::{fs, ops::ControlFlow, path::Path};

use common::{device, devices, paper_variation};
use memspike_circuit::{NodeId, Signal};
use memspike_crossbar::{Array, Config, Drift, Faults, Noise, Wires, matrix};
use memspike_engine::{Events, Follows, Options, Recording, Simulation};
use memspike_netlist::Deck;
use memspike_snn::{
    DeckFiles, DeviceNetwork, Layered, LayeredError, Observer, Parameters, Response, Spike,
    Synapses, Weights, Workspace,
};
use tempfile::TempDir;

const SEED: u64 = 11;

/// Numbers in `[0, 1)` that look random: multiples of the golden ratio.
fn spread(n: usize) -> f64 {
    (n as f64 * 0.618_033_988_749_894_9).fract()
}

/// Weights from -0.4 to 1, other ones for each layer.
fn tables(shape: &[usize]) -> Vec<Weights> {
    let table = |(layer, pair): (usize, &[usize])| {
        let weight = |k: usize| (1.4 * (spread(k + 100 * layer + 1) - 0.29)) as f32;
        let values: Vec<f32> = (0..pair[0] * pair[1]).map(weight).collect();
        Weights::new(pair[0], pair[1], values).unwrap()
    };
    shape.windows(2).enumerate().map(table).collect()
}

fn image(pixels: usize, number: usize) -> Vec<u8> {
    (0..pixels).map(|k| (256.0 * spread(k + 7 * number + 3)) as u8).collect()
}

/// Pulses that are so wide that those of most rows overlap, and that a dozen inputs move membranes.
fn wide() -> Parameters {
    Parameters { pulse_s: 3e-3, ..Parameters::default() }
}

/// Spikes of every neuron of every layer (s), and the voltage of its membrane at the end (V).
#[derive(Default)]
struct Answers {
    spikes_s: Vec<Vec<Vec<f64>>>,
    potentials_v: Vec<Vec<f64>>,
}

impl Answers {
    fn at_rest(layered: &Layered<'_>) -> Self {
        let sizes = || layered.shape().into_iter().skip(1);
        Self {
            spikes_s: sizes().map(|size| vec![Vec::new(); size]).collect(),
            potentials_v: sizes().map(|size| vec![0.0; size]).collect(),
        }
    }
}

impl Observer for Answers {
    fn spike(&mut self, layer: usize, neuron: usize, spike: Spike) {
        self.spikes_s[layer][neuron].push(spike.at_s);
    }

    fn membrane(&mut self, layer: usize, neuron: usize, _: f64, volts: f64) {
        self.potentials_v[layer][neuron] = volts;
    }
}

/// Changes to a card, as a card has them.
fn card(changes: &[(&str, f64)]) -> String {
    let values: Vec<String> =
        changes.iter().map(|(name, value)| format!("{name}={value:e}")).collect();
    let values = values.join(" ");
    format!(".model zno ts_memristor({values})\n.model zno_varied ts_memristor({values})\n")
}

/// Writes a deck with all that it names.
fn write(folder: &Path, layered: &Layered<'_>, changes: &[(&str, f64)], arrays: &[Config]) {
    let pixels = layered.pixels();
    let mut images = vec![0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1];
    images.extend((pixels as u32).to_be_bytes());
    images.extend((0..3).flat_map(|number| image(pixels, number)));
    fs::write(folder.join("images.idx"), images).unwrap();
    fs::write(folder.join("card.lib"), card(changes)).unwrap();
    let names: Vec<String> = (0..arrays.len()).map(|n| format!("weights{n}.npy")).collect();
    for (name, layer) in names.iter().zip(&layered.layers) {
        fs::write(folder.join(name), layer.weights.bytes()).unwrap();
    }
    let deck = layered.deck(&DeckFiles {
        card: "card.lib",
        images: ("images.idx", 3),
        weights: &names,
        arrays,
        comment: &[],
        numbered: true,
    });
    fs::write(folder.join("network.cir"), deck).unwrap();
}

/// What the circuit engine says of a deck's run number `picture`.
fn engine(folder: &Path, layered: &Layered<'_>, picture: usize) -> Answers {
    let deck =
        Deck::load(&folder.join("network.cir")).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let point = &deck.steps().unwrap()[picture];
    let deck = deck.elaborate(point, SEED).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let circuit = &deck.circuit;
    let places: Vec<(usize, usize)> = (0..layered.layers.len())
        .flat_map(|layer| (0..layered.shape()[layer + 1]).map(move |neuron| (layer, neuron)))
        .collect();
    let named = |(layer, neuron): (usize, usize), part: &str, rest: &str| {
        let suffix =
            if layer + 1 == layered.layers.len() { String::new() } else { (layer + 1).to_string() };
        format!("{part}{suffix}[{neuron}]{rest}")
    };
    let membrane = |place| {
        Signal::Voltage(circuit.find_node(&named(place, "mem", "")).unwrap(), NodeId::GROUND)
    };
    let waveforms = places.iter().map(|place| membrane(*place)).collect();
    let mut told =
        Recording::new(Follows { waveforms, events: Events::Spikes, ..Follows::default() });
    let options = Options { from_initial_conditions: true, seed: SEED };
    let end = memspike_time::Time::from_s(layered.duration_s);
    let mut simulation = Simulation::new(circuit, &options).unwrap();
    simulation.run(end, &mut [&mut told], &mut |_| ControlFlow::Continue(())).unwrap();
    let mut answers = Answers::at_rest(layered);
    for (at, place) in places.iter().enumerate() {
        let device = circuit.find_element(&named(*place, "xlif", ".n1")).unwrap();
        answers.spikes_s[place.0][place.1] = told.spikes(device).map(|at| at.as_s()).collect();
        answers.potentials_v[place.0][place.1] = told.value(at, end).unwrap();
    }
    answers
}

/// Spikes of two answers are the same, and membranes within 10 nV. Gives how many spikes each layer has.
fn assert_alike(found: &Answers, expected: &Answers, what: &str) -> Vec<usize> {
    for (layer, neurons) in expected.spikes_s.iter().enumerate() {
        for (neuron, spikes) in neurons.iter().enumerate() {
            let place = format!("{what}: layer {layer}, neuron {neuron}");
            let own = &found.spikes_s[layer][neuron];
            assert_eq!(own.len(), spikes.len(), "{place}: {own:?} {spikes:?}");
            for (own, other) in own.iter().zip(spikes) {
                assert!((own - other).abs() < 1e-10, "{place}: {own} s, {other} s");
            }
            let [own, other] = [found, expected].map(|all| all.potentials_v[layer][neuron]);
            assert!((own - other).abs() < 1e-8, "{place}: {own} V, {other} V");
        }
    }
    expected.spikes_s.iter().map(|layer| layer.iter().map(Vec::len).sum()).collect()
}

/// Both levels on one image.
fn compare(
    layered: &Layered<'_>,
    changes: &[(&str, f64)],
    arrays: &[Config],
    picture: usize,
) -> Vec<usize> {
    let folder = TempDir::new().unwrap();
    write(folder.path(), layered, changes, arrays);
    let expected = engine(folder.path(), layered, picture);
    let synapses = synapses(layered, arrays, picture);
    let (input, output) = devices(changes);
    let network = DeviceNetwork::new(layered, [&input, &output], &synapses, SEED);
    let mut found = Answers::at_rest(layered);
    let image = image(layered.pixels(), picture);
    network.observe(&mut Workspace::default(), picture as u32, &image, &mut found);
    assert_alike(&found, &expected, &format!("{changes:?}, picture {picture}"))
}

fn synapses(layered: &Layered<'_>, arrays: &[Config], reading: usize) -> Vec<Synapses> {
    let read = |(layer, config): (usize, &Config)| {
        let parameters = layered.parameters(layer);
        // The array's name in the deck, alone or not.
        let name =
            if layered.layers.len() == 1 { "asyn".to_owned() } else { layered.array_name(layer) };
        let array =
            Array::program_named(&name, &matrix(layered.layers[layer].weights), config, SEED);
        Synapses::of_response(&parameters, &array.unwrap().read(reading as u64).unwrap())
    };
    arrays.iter().enumerate().map(read).collect()
}

/// An array without flaws in which a weight of 1 is what the layer says.
fn ideal(layered: &Layered<'_>) -> Vec<Config> {
    let config = |unit| Config { weight_max: Some(1.0), ..Config::ideal(0.0, unit) };
    layered.layers.iter().map(|layer| config(layer.weight_siemens)).collect()
}

#[test]
fn layers_are_what_the_circuit_engine_makes_of_their_deck() {
    for shape in [&[12, 8, 6, 3][..], &[20, 9, 2], &[9, 1, 5], &[6, 5, 5, 5, 4], &[15, 4]] {
        let network = wide().layered(tables(shape), None).unwrap();
        let layered = Layered::of(&network, 0.1).unwrap();
        for changes in [vec![], paper_variation()] {
            for picture in [0, 2] {
                let spikes = compare(&layered, &changes, &ideal(&layered), picture);
                assert!(spikes.iter().all(|count| *count > 2), "{shape:?}: {spikes:?}");
            }
        }
    }
}

#[test]
fn each_layer_may_have_a_circuit_of_its_own() {
    let network = wide().layered(tables(&[12, 8, 6, 3]), None).unwrap();
    let mut layered = Layered::of(&network, 0.1).unwrap();
    layered.inputs.resistance_ohm = 0.7e6;
    layered.inputs.full_v = 2.5;
    let [first, second, third] = &mut layered.layers[..] else { unreachable!("three layers") };
    first.neuron.resistance_ohm = 2e6;
    first.row.pulse_s = 5e-3;
    second.neuron.capacitance_farad = 30e-9;
    second.row.pulse_v = 1.5;
    second.weight_siemens = 1.5e-6;
    // Longer than an image, so that none ends.
    third.row.pulse_s = 0.2;
    third.weight_siemens = 0.3e-6;
    let spikes = compare(&layered, &paper_variation(), &ideal(&layered), 1);
    assert!(spikes.iter().all(|count| *count > 2), "{spikes:?}");
}

#[test]
fn random_cards_of_devices_fire_alike_in_every_layer() {
    let network = wide().layered(tables(&[12, 8, 6, 3]), None).unwrap();
    let layered = Layered::of(&network, 0.1).unwrap();
    let mut spikes = 0;
    for number in 0..60 {
        let part = |k: usize| spread(31 * number + k);
        let von = 0.12 + 0.1 * part(0);
        let vhold = von * (0.3 + 0.4 * part(1));
        let changes = [
            ("von", von),
            ("vhold", vhold),
            ("vs", 0.02 + 0.05 * part(2)),
            ("t0", 1e-3 + 0.05 * part(3)),
            ("gres", 0.9 * part(4)),
            ("trelax", 1e-3 + 0.01 * part(5)),
            ("ron", 100.0 + 1e4 * part(6)),
            ("roff", 2e7 + 2e8 * part(7)),
            ("dissolution", if number % 2 == 0 { 3.0 } else { 0.0 }),
            ("sigma_von", if number % 3 == 0 { 0.0 } else { 0.02 * von }),
            ("spread_vhold", if number % 3 == 0 { 0.0 } else { 0.04 * vhold }),
            ("spread_roff", if number % 3 == 2 { 1e6 } else { 0.0 }),
        ];
        spikes += compare(&layered, &changes, &ideal(&layered), number % 3).iter().sum::<usize>();
    }
    assert!(spikes > 1000, "{spikes}");
}

#[test]
fn flaws_of_each_layers_array_are_those_of_the_deck() {
    let network = wide().layered(tables(&[12, 8, 6, 3]), None).unwrap();
    let layered = Layered::of(&network, 0.1).unwrap();
    let noise = |sigma| Noise { sigma, ..Noise::default() };
    let config = Config { weight_max: Some(1.0), ..Config::ideal(0.1e-6, 2.1e-6) };
    let arrays = [
        Config {
            levels: Some(8),
            wires: Wires { row_ohm: 2e3, column_ohm: 1e3, ..Wires::default() },
            ..config.clone()
        },
        Config {
            programming_noise: noise(0.05),
            read_noise: noise(0.03),
            faults: Faults { stuck_on: 0.1, stuck_off: 0.2 },
            ..config.clone()
        },
        Config {
            drift: Drift { nu: 0.02, nu_sigma: 0.01, time_s: 1e4, ..Drift::default() },
            ..config
        },
    ];
    for picture in 0..3 {
        let spikes = compare(&layered, &paper_variation(), &arrays, picture);
        assert!(spikes.iter().all(|count| *count > 2), "{spikes:?}");
    }
}

fn respond(shape: &[usize], changes: &[(&str, f64)], numbers: &[u32]) -> Vec<Response> {
    let network = wide().layered(tables(shape), None).unwrap();
    let layered = Layered::of(&network, 0.1).unwrap();
    let (input, output) = devices(changes);
    let synapses = synapses(&layered, &ideal(&layered), 0);
    let network = DeviceNetwork::new(&layered, [&input, &output], &synapses, SEED);
    let mut workspace = Workspace::default();
    let image = image(shape[0], 0);
    numbers.iter().map(|number| network.respond(&mut workspace, *number, &image)).collect()
}

#[test]
fn what_sources_deliver_is_what_parts_turn_into_heat_or_keep_in_each_layer() {
    for shape in [&[12, 8, 6, 3][..], &[20, 9, 2], &[15, 4]] {
        for (number, response) in (0..).zip(respond(shape, &paper_variation(), &[0, 1, 2, 3, 4])) {
            let near = |a: f64, b: f64| {
                assert!((a / b - 1.0).abs() < 1e-9, "{shape:?}, image {number}: {a:e} {b:e}");
            };
            assert_eq!(response.by_layer.len(), shape.len());
            for layer in &response.by_layer {
                assert!(layer.total_j() > 0.0, "{layer:?}");
                near(layer.delivered_j(), layer.total_j());
            }
            let sum: f64 = response.by_layer.iter().map(|layer| layer.total_j()).sum();
            near(response.energy.total_j(), sum);
            // Sources of pixels are before the layers, arrays and mirrors in them.
            let [inputs, layers @ ..] = &response.by_layer[..] else { panic!("no layers") };
            assert!(inputs.pixels_j > 0.0 && inputs.array_j == 0.0, "{inputs:?}");
            assert!(layers.iter().all(|layer| layer.array_j > 0.0 && layer.pixels_j == 0.0));
        }
    }
}

#[test]
fn an_image_is_answered_alike_alone_and_among_others() {
    let shape = [12, 8, 6, 3];
    let all = respond(&shape, &paper_variation(), &[0, 1, 2, 3]);
    assert_eq!(respond(&shape, &paper_variation(), &[3])[0], all[3]);
    assert_ne!(all[0].by_layer[2], all[1].by_layer[2]);
    let same = respond(&shape, &[], &[0, 77]);
    assert_eq!(same[0], same[1]);
}

#[test]
fn a_hidden_neuron_that_fires_during_its_rows_pulse_is_not_heard() {
    // One input, one hidden neuron driven for the whole image, one output: a spike each few milliseconds, a pulse of 40 ms.
    let weights = || Weights::new(1, 1, vec![1.0]).unwrap();
    let network = wide().layered(vec![weights(), weights()], None).unwrap();
    let mut layered = Layered::of(&network, 0.1).unwrap();
    layered.layers[0].row.pulse_s = 0.09;
    layered.layers[1].row.pulse_s = 0.04;
    let model = device(&[("unipolar", 1.0)]);
    let synapses = synapses(&layered, &ideal(&layered), 0);
    let network = DeviceNetwork::new(&layered, [&model, &model], &synapses, 0);
    let mut found = Answers::at_rest(&layered);
    let response = network.observe(&mut Workspace::default(), 0, &[255], &mut found);
    let spikes = &found.spikes_s[0][0];
    // Heard are the first spike, and from then on the first at or after the end of the pulse before.
    let mut heard: Vec<f64> = Vec::new();
    for at in spikes {
        if heard.last().is_none_or(|last| *at >= last + 0.04) {
            heard.push(*at);
        }
    }
    assert!(spikes.len() > heard.len() + 3 && heard.len() > 1, "{spikes:?} {heard:?}");
    let high_s: f64 = heard.iter().map(|at| (0.1 - at).min(0.04)).sum();
    // 2 V across 1 uS.
    let expected = 4e-6 * high_s;
    assert!((response.by_layer[2].array_j / expected - 1.0).abs() < 1e-12, "{response:?}");
}

#[test]
fn an_image_of_more_than_a_thousand_time_constants_is_refused() {
    let network =
        Parameters { neuron_farad: 47e-12, ..wide() }.layered(tables(&[3, 2]), None).unwrap();
    assert!(Layered::of(&network, 0.046).is_ok());
    let error = Layered::of(&network, 0.048).unwrap_err();
    assert!(matches!(&error, LayeredError::Fast { name, .. } if name == "oscillators"), "{error}");
}
