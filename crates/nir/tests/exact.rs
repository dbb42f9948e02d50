//! Networks of graphs, run exactly: against closed forms. And back to graphs, bit for bit.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use memspike_network::{Form, Network, Spikes};
use memspike_nir::{Array, Graph, Kind, Node, Numbers, Options, Primitive};
use memspike_population::{Description, Precision, Recording, Simulation};
use memspike_time::Time;

/// Times of spikes by population and neuron.
type Fired = Vec<(f64, String, usize)>;

fn row(values: &[f64]) -> Array {
    Array::row(values.to_vec())
}

fn table(rows: &[&[f64]]) -> Array {
    let values: Vec<f64> = rows.concat();
    Array::new(vec![rows.len(), rows[0].len()], Numbers::Real(values.into())).unwrap()
}

fn end(kind: Kind, size: usize) -> Primitive {
    Primitive::new(kind, [("shape", Array::of_shape(&[size]))])
}

/// An Input, nodes one after another, an Output.
fn chain(inputs: usize, outputs: usize, nodes: &[(&str, Primitive)]) -> Graph {
    let mut graph = Graph::default();
    graph.add("in", end(Kind::Input, inputs));
    graph.add("out", end(Kind::Output, outputs));
    let mut before = "in";
    for (name, node) in nodes {
        graph.add(name, node.clone());
        graph.join(before, name);
        before = name;
    }
    graph.join(before, "out");
    graph
}

fn fired(network: &Network, until_s: f64) -> Fired {
    let description = Description::new(network, 0, Precision::Double).unwrap();
    let options = memspike_population::Options::default();
    let mut simulation = Simulation::new(&description.input, &description, &options).unwrap();
    let mut recording = Recording::default();
    let until = Time::from_s(until_s);
    simulation.run(until, &mut recording, &mut |_| ControlFlow::Continue(())).unwrap();
    let name = |at: usize| network.population(description.populations[at]).name().to_owned();
    let spikes = recording.spikes.into_iter();
    spikes.map(|(at, population, neuron)| (at.as_s(), name(population), neuron as usize)).collect()
}

/// Runs a graph whose Input `in` has these spikes.
fn run(graph: &Graph, spikes: &[(f64, u32)], until_s: f64) -> Fired {
    let spikes = Spikes::new(spikes.to_vec()).unwrap();
    let options = Options { spikes: [("in".to_owned(), spikes)].into(), ..Options::default() };
    // As its file has it.
    let graph = Graph::decode(graph.encode().unwrap()).unwrap();
    let mut fired = fired(&graph.network(&options).unwrap().network, until_s);
    fired.retain(|(_, population, _)| population != "in" && !population.ends_with("_start"));
    fired
}

fn times(spikes: &Fired, population: &str) -> Vec<f64> {
    spikes.iter().filter(|(_, name, _)| name == population).map(|(time, ..)| *time).collect()
}

fn near(found: &[f64], needed: &[f64], tolerance_s: f64) {
    assert_eq!(found.len(), needed.len(), "{found:?} for {needed:?}");
    for (found, needed) in found.iter().zip(needed) {
        assert!((found - needed).abs() <= tolerance_s, "{found} s for {needed} s");
    }
}

fn lif(tau_s: f64, r: f64, v_leak: f64, threshold: f64, reset: f64) -> Primitive {
    let parameters = [
        ("tau", row(&[tau_s])),
        ("r", row(&[r])),
        ("v_leak", row(&[v_leak])),
        ("v_threshold", row(&[threshold])),
        ("v_reset", row(&[reset])),
    ];
    Primitive::new(Kind::LIF, parameters)
}

/// `T = tau ln((a - reset) / (a - threshold))`, `a = v_leak + R b`: from its leak on first, then from its reset.
#[test]
fn a_bias_makes_a_lif_fire_at_the_instants_of_its_closed_form() {
    let weight = ("weight", table(&[&[0.0]]));
    let affine = Primitive::new(Kind::Affine, [weight, ("bias", row(&[1.5]))]);
    let graph = chain(1, 1, &[("fc", affine), ("lif", lif(0.02, 2.0, -0.25, 1.0, 0.125))]);
    let spikes = run(&graph, &[(0.0, 0)], 0.1);
    let asymptote = -0.25 + 2.0 * 1.5;
    let first = 0.02 * ((asymptote + 0.25) / (asymptote - 1.0_f64)).ln();
    let period = 0.02 * ((asymptote - 0.125) / (asymptote - 1.0_f64)).ln();
    let needed: Vec<f64> =
        (0..).map(|k| first + f64::from(k) * period).take_while(|time| *time <= 0.1).collect();
    assert!(needed.len() > 5);
    near(&times(&spikes, "lif"), &needed, 1e-13);
}

/// A spike is where the potential lies above the threshold, and not where it reaches it; a potential of the sum of weights
/// that doubles hold exactly.
#[test]
fn spikes_need_more_than_the_threshold_and_arrivals_of_one_instant_are_one_sum() {
    let linear = Primitive::new(Kind::Linear, [("weight", table(&[&[0.5, 0.5], &[0.5, 0.75]]))]);
    let mut both = lif(0.015625, 0.015625, 0.0, 1.0, 0.0);
    both.parameters.insert("tau".into(), row(&[0.015625, 0.015625]).into());
    let graph = chain(2, 2, &[("fc", linear), ("lif", both)]);
    let spikes = run(&graph, &[(0.01, 0), (0.01, 1)], 0.02);
    assert_eq!(spikes, [(0.01, "lif".to_owned(), 1)]);
}

/// IF neurons count: 3 inputs of a third more than a third of the threshold each.
#[test]
fn an_if_neuron_loses_nothing_however_long_it_waits() {
    let parameters = [("r", row(&[1.0])), ("v_threshold", row(&[1.0])), ("v_reset", row(&[0.0]))];
    let linear = Primitive::new(Kind::Linear, [("weight", table(&[&[0.25]]))]);
    let graph = chain(1, 1, &[("fc", linear), ("if", Primitive::new(Kind::IF, parameters))]);
    let spikes: Vec<(f64, u32)> = (0..20).map(|k| (f64::from(k) * 100.0, 0)).collect();
    let spikes = run(&graph, &spikes, 2000.0);
    // Four make 1, which is not above it; five do.
    near(&times(&spikes, "if"), &[400.0, 900.0, 1400.0, 1900.0], 0.0);
}

/// `v(t) = w R w_in / (tau_m - tau_s) (exp(-t/tau_m) - exp(-t/tau_s))` per spike, and under a bias
/// `R w_in b (1 - (tau_m exp(-t/tau_m) - tau_s exp(-t/tau_s)) / (tau_m - tau_s))`: its crossing by bisection.
#[test]
fn a_cubalif_fires_where_the_closed_form_of_its_potential_crosses() {
    let (tau_m, tau_s, r, w_in, bias, weight) = (0.02_f64, 0.005_f64, 2.0, 1.5, 0.1, 0.03125);
    let cuba = Primitive::new(
        Kind::CubaLIF,
        [
            ("tau_mem", row(&[tau_m])),
            ("tau_syn", row(&[tau_s])),
            ("r", row(&[r])),
            ("v_leak", row(&[0.0])),
            ("v_threshold", row(&[1.0])),
            ("v_reset", row(&[0.0])),
            ("w_in", row(&[w_in])),
        ],
    );
    let affine =
        Primitive::new(Kind::Affine, [("weight", table(&[&[weight]])), ("bias", row(&[bias]))]);
    let graph = chain(1, 1, &[("fc", affine), ("cuba", cuba)]);
    let spikes = run(&graph, &[(0.012, 0)], 0.05);
    let potential = |t: f64| {
        let after = |t: f64| (-t / tau_m).exp() - (-t / tau_s).exp();
        let constant = (tau_m * (-t / tau_m).exp() - tau_s * (-t / tau_s).exp()) / (tau_m - tau_s);
        let driven = r * w_in * bias * (1.0 - constant);
        let since = (t - 0.012).max(0.0);
        driven + weight * r * w_in / (tau_m - tau_s) * after(since)
    };
    let (mut below, mut above) = (0.012, 0.018);
    assert!(potential(below) < 1.0 && potential(above) > 1.0);
    for _ in 0..100 {
        let middle = 0.5 * (below + above);
        if potential(middle) > 1.0 { above = middle } else { below = middle }
    }
    let found = times(&spikes, "cuba");
    near(&found[..1], &[above], 1e-14);
}

#[test]
fn a_delay_is_that_of_its_spikes() {
    let delay = Primitive::new(Kind::Delay, [("delay", row(&[0.003]))]);
    let linear = Primitive::new(Kind::Linear, [("weight", table(&[&[2.0]]))]);
    let neuron = || lif(0.02, 0.02, 0.0, 1.0, 0.0);
    let nodes =
        [("fc", linear.clone()), ("a", neuron()), ("late", delay), ("fd", linear), ("b", neuron())];
    let spikes = run(&chain(1, 1, &nodes), &[(0.01, 0)], 0.02);
    assert_eq!(spikes, [(0.01, "a".to_owned(), 0), (0.013, "b".to_owned(), 0)]);
}

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/nir").join(name)
}

/// All parameters of a kind of node, in the order of the nodes, as bits of doubles.
fn bits(graph: &Graph, kind: Kind) -> Vec<(String, Vec<u64>)> {
    let nodes = graph.nodes.values().filter_map(|node| match node {
        Node::Primitive(node) if node.kind == kind => Some(node),
        _ => None,
    });
    let arrays = nodes.flat_map(|node| {
        node.parameters.keys().map(|name| {
            let array = node.array(name).unwrap();
            (name.clone(), (0..array.len()).map(|at| array.get(at).to_bits()).collect())
        })
    });
    arrays.collect()
}

/// The file of snnTorch without its bias, which neurons of one population would have to share on the way back.
fn without_bias(name: &str, affine: &str) -> Graph {
    let mut graph = Graph::read(shipped(name)).unwrap();
    let Some(Node::Primitive(node)) = graph.nodes.remove(affine) else { panic!("{affine}") };
    let weight = node.array("weight").unwrap().clone();
    graph.add(affine, Primitive::new(Kind::Linear, [("weight", weight)]));
    graph
}

#[test]
fn graphs_come_back_from_networks_and_networks_from_graphs_to_the_bit() {
    for (name, affine) in [("snntorch.nir", "2"), ("spikingjelly.nir", "_2")] {
        let graph = without_bias(name, affine);
        let options = Options { spike_area_s: 1e-4, ..Options::default() };
        let network = graph.network(&options).unwrap().network;
        let back = Graph::of_network(&network, 1e-4).unwrap();
        assert_eq!(bits(&back, Kind::Linear), bits(&graph, Kind::Linear), "{name}");
        assert_eq!(bits(&back, Kind::LIF), bits(&graph, Kind::LIF), "{name}");
        // Through a file of each.
        let back = Graph::decode(back.encode().unwrap()).unwrap();
        let again = back.network(&options).unwrap().network;
        let models = |network: &Network| -> Vec<_> {
            network.populations().map(|(_, each)| each.model().clone()).collect()
        };
        let tables = |network: &Network| -> Vec<_> {
            network
                .projections()
                .map(|(_, each)| (each.connections().clone(), each.effect()))
                .collect()
        };
        assert_eq!(models(&again), models(&network), "{name}");
        assert_eq!(tables(&again), tables(&network), "{name}");
    }
}

/// CubaLIF, IF, delays and loops too.
#[test]
fn networks_of_all_kinds_of_neurons_come_back_to_the_bit() {
    let text = r#"
version = 2
[[populations]]
name = "in"
size = 2
model.input = {}
[[populations]]
name = "cuba"
size = 3
[populations.model.lif_exp]
capacitance_farad = 250e-12
tau_excitatory_s = 3e-3
tau_inhibitory_s = 3e-3
[populations.model.lif_exp.membrane]
tau_s = 11e-3
rest_v = -65e-3
threshold_v = -50e-3
reset = { to_v = -66e-3 }
[[populations]]
name = "counter"
size = 3
[populations.model.lif_delta.membrane]
tau_s = 1e30
threshold_v = 0.7
reset = "zero"
[[projections]]
name = "a"
from = "in"
to = "cuba"
effect = { ampere = 87.8e-12 }
delay_s = 1.5e-3
connections.dense.rows = [[0.1, 0.2, 0.3], [0.4, -0.5, 0.6]]
[[projections]]
name = "b"
from = "cuba"
to = "counter"
effect = { volt = 0.3 }
delay_fs = 1
connections = "one_to_one"
[[projections]]
name = "c"
from = "counter"
to = "cuba"
effect = { ampere = 87.8e-12 }
delay_s = 1e-3
connections.sparse = { starts = [0, 1, 1, 2], targets = [2, 0], weights = [0.7, -0.7] }
"#;
    let network = Network::decode(text, Form::Toml, Path::new("")).unwrap();
    for area_s in [1.0, 1e-3] {
        let graph = Graph::of_network(&network, area_s).unwrap();
        let graph = Graph::decode(graph.encode().unwrap()).unwrap();
        let options = Options { spike_area_s: area_s, ..Options::default() };
        let again = graph.network(&options).unwrap().network;
        for (_, population) in network.populations() {
            let other = again.population(again.find(population.name()).unwrap());
            // A zero and the value 0 are the same reset.
            let said = |model| format!("{model:?}").replace("Zero", "ToV(0.0)");
            assert_eq!(said(other.model()), said(population.model()), "{area_s}");
        }
        for (name, effect, delay) in
            network.projections().map(|(_, p)| (p.name(), p.effect(), p.delay()))
        {
            let from = |network: &Network, id| network.population(id).name().to_owned();
            let own = network.projections().find(|(_, p)| p.name() == name).unwrap().1;
            let ends = (from(&network, own.from()), from(&network, own.to()));
            let others = again.projections().map(|(_, p)| p);
            let mut others =
                others.filter(|p| (from(&again, p.from()), from(&again, p.to())) == ends);
            let other = others.next().unwrap();
            assert_eq!((other.effect(), other.delay()), (effect, delay), "{name}");
        }
    }
}

/// Layers of a core have the table of the file, bit for bit, and its constants.
#[test]
fn layers_of_a_core_have_the_numbers_of_the_file() {
    let graph = without_bias("spikingjelly.nir", "_2");
    let options = Options { spike_area_s: 1e-4, core: true, ..Options::default() };
    let network = graph.network(&options).unwrap().network;
    let step = memspike_lif_core::TimeStep::of_length(1e-4);
    let layers = memspike_lif_core::layers(&network, step).unwrap();
    let [_, last] = &layers[..] else { panic!("{} layers", layers.len()) };
    let Some(Node::Primitive(node)) = graph.nodes.get("_2") else { panic!() };
    let weight = node.array("weight").unwrap();
    assert_eq!(last.weights.shape(), (12, 3));
    for (row, column) in (0..12).flat_map(|row| (0..3).map(move |column| (row, column))) {
        let bits = weight.get(column * 12 + row).to_bits();
        assert_eq!(last.weights.get(row, column).to_bits(), bits);
    }
    // Its tau is 4 steps, and a weight of 1 moves a potential by a quarter.
    assert!((last.dynamics.retention - (-0.25_f64).exp()).abs() < 1e-15);
    assert!((last.dynamics.threshold - 4.0).abs() < 1e-14);
}
