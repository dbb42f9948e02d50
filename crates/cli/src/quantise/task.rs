//! What is quantised, and the images that it is shown.

use std::convert::Infallible;

use memspike_lif_core::{TimeStep, Trained};
use memspike_network::Network;
use memspike_run::{Workers, clocked::Stream};
use memspike_snn::{
    Dataset, Encoding, Ideal, Image, Layered, Parameters, Part, PointLayers, PointNetwork,
    PointStage, Synapses,
};

use super::input;
use crate::{
    failure::Failure, interrupt, layered, network, network_args::QuantiseArguments,
    network_source::Shown, nir,
};

mod graph;

/// Layers, images, and how the point level decides them.
pub struct Task {
    pub layers: Vec<Trained>,
    pub step: TimeStep,
    pub stream: Stream,
    pub data: Dataset,
    pub workers: Workers,
    /// Whether the point level decides each image rightly.
    pub point_right: Vec<bool>,
}

impl Task {
    /// Reads what the arguments name, and shows the images to the point level.
    pub fn new(arguments: &QuantiseArguments, part: Part) -> Result<Self, Failure> {
        if let Some(path) = arguments.source.network.as_deref().filter(|path| nir::is_graph(path)) {
            return graph::task(arguments, path, part);
        }
        refuse_of_graphs(arguments)?;
        let (network, duration_s) = network_of(arguments)?;
        let layered = Layered::of(&network, duration_s).map_err(|e| input(&e))?;
        // Pixels spike by the circuit of the oscillation neurons.
        let parameters = Parameters {
            neuron_ohm: layered.inputs.resistance_ohm,
            neuron_farad: layered.inputs.capacitance_farad,
            ..layered.parameters(0)
        };
        let ideal = arguments.neurons.of(Ideal::default());
        let (encoding, _) = network::neurons(&ideal, &parameters, &arguments.card.read()?)?;
        let step = layered::step(&network, arguments.leak_shift)?;
        let layers = layered::trained(&network, step, arguments.source.path())?;
        let data = data(arguments, part, [layered.pixels(), layered.classes()])?;
        interrupt::listen();
        let workers = Workers::new(arguments.threads.threads, data.len())?;
        let point_right = point(&layered, &encoding, &data, &workers)?;
        let stream = Stream::new(&encoding, step, parameters.duration_s);
        Ok(Self { layers, step, stream, data, workers, point_right })
    }

    /// How many images.
    pub fn images(&self) -> usize {
        self.data.len()
    }

    /// Part of the images that the point level decides rightly.
    pub fn point_accuracy(&self) -> f64 {
        part(&self.point_right)
    }
}

/// How large the part of images is that are decided rightly.
pub fn part(right: &[bool]) -> f64 {
    right.iter().filter(|right| **right).count() as f64 / right.len() as f64
}

/// The network, with neurons as they are stated, and how long it is shown an image (s).
fn network_of(arguments: &QuantiseArguments) -> Result<(Network, f64), Failure> {
    let ideal = arguments.neurons.of(Ideal::default());
    network::card_counts(&arguments.card, &ideal)?;
    let is_stated = ideal.threshold_v.is_some() || ideal.reset_v.is_some();
    if is_stated && arguments.source.network.is_some() {
        let message = "neurons of a network are stated in its file, with ideal = { tau_s = ..., threshold_v = ..., \
                       reset_v = ... }: leave out --lif-threshold and --lif-reset";
        return Err(input(&message));
    }
    let Shown { network, duration_s } = arguments.source.read(&Parameters::default())?;
    if memspike_run::asks_card(&network) {
        let network = layered::filled(network, ideal, &arguments.card.read()?)?;
        return Ok((network, duration_s));
    }
    Ok((network, duration_s))
}

/// Refuses what only a graph of NIR has a use for.
fn refuse_of_graphs(arguments: &QuantiseArguments) -> Result<(), Failure> {
    let shown = arguments.shown.map(|_| "--shown");
    match arguments.spike.given().or(shown) {
        None => Ok(()),
        Some(option) => Err(input(&format!(
            "{option} is of .nir files alone: weights and networks of layers say it themselves"
        ))),
    }
}

/// Images: for the test all, for validation the last of those that training sees.
fn data(arguments: &QuantiseArguments, part: Part, sizes: [usize; 2]) -> Result<Dataset, Failure> {
    let mut data = network::dataset(&arguments.data, part, sizes)?;
    if part == Part::Training {
        let first = data.len().saturating_sub(arguments.validation.get());
        data.images.drain(..first);
        data.labels.drain(..first);
    }
    Ok(data)
}

/// Whether the point level decides each image rightly.
fn point(
    layered: &Layered<'_>,
    encoding: &Encoding,
    data: &Dataset,
    workers: &Workers,
) -> Result<Vec<bool>, Failure> {
    let circuits: Vec<_> = (0..layered.layers.len()).map(|at| layered.parameters(at)).collect();
    let synapses = circuits.iter().zip(&layered.layers);
    let synapses = synapses.map(|(circuit, layer)| Synapses::ideal(circuit, layer.weights));
    let synapses = synapses.collect::<Result<Vec<_>, _>>().map_err(|e| input(&e))?;
    let ideals = layered
        .layers
        .iter()
        .map(|layer| layer.neuron.ideal.expect("neurons without an ideal have been given one"));
    let mut stages = circuits
        .iter()
        .zip(ideals)
        .zip(&synapses)
        .map(|((parameters, lif), synapses)| PointStage { parameters, lif, synapses });
    let first = stages.next().expect("a network has a layer");
    let first = PointNetwork::new(first.parameters, encoding, first.lif, first.synapses);
    let network = PointLayers::new(first, stages.collect());
    let right = |_, (image, label): (&Image, &u8)| {
        Ok::<_, Infallible>(network.respond(image).decision() == usize::from(*label))
    };
    let images = data.images.iter().zip(&data.labels).collect();
    let (right, Ok(())) = workers.in_order(images, interrupt::asked, right);
    if right.len() < data.len() {
        return Err(Failure::Work("interrupted: the point level was not done".to_owned()));
    }
    Ok(right)
}
