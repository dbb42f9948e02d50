//! What is quantised, and the images that it is shown.

use std::convert::Infallible;

use memspike_lif_core::{TimeStep, Trained};
use memspike_network::Network;
use memspike_run::{Workers, clocked::Stream};
use memspike_snn::{
    CLASSES, Dataset, Encoding, Evaluation, Ideal, Image, Layered, PIXELS, Parameters, Part,
    PointNetwork, Response, Synapses,
};

use super::{input, point::PointLayers};
use crate::{
    failure::Failure, interrupt, layered, network, network_args::QuantiseArguments,
    network_source::Shown,
};

/// Layers, images, and how the point level decides them.
pub struct Task {
    pub layers: Vec<Trained>,
    pub step: TimeStep,
    pub stream: Stream,
    pub data: Dataset,
    pub workers: Workers,
    /// Images that the point level decides rightly.
    pub point_right: u32,
}

impl Task {
    /// Reads what the arguments name, and shows the images to the point level.
    pub fn new(arguments: &QuantiseArguments, part: Part) -> Result<Self, Failure> {
        let (network, duration_s) = network_of(arguments)?;
        let layered = Layered::of(&network, duration_s).map_err(|e| input(&e))?;
        let parameters = parameters(&layered);
        let ideal = arguments.neurons.of(Ideal::default());
        let (encoding, _) = network::neurons(&ideal, &parameters, &arguments.card.read()?)?;
        let step = layered::step(&network, arguments.leak_shift)?;
        let layers = layered::trained(&network, step, arguments.source.path())?;
        let data = data(arguments, part, &layered)?;
        interrupt::listen();
        let workers = Workers::new(arguments.threads.threads, data.len())?;
        let point = point(&layered, &parameters, &encoding, &data, &workers)?;
        let stream = Stream::new(&encoding, step, parameters.duration_s);
        Ok(Self { layers, step, stream, data, workers, point_right: point.right() })
    }

    /// How many images.
    pub fn images(&self) -> usize {
        self.data.len()
    }

    /// Part of the images that the point level decides rightly.
    pub fn point_accuracy(&self) -> f64 {
        f64::from(self.point_right) / self.images() as f64
    }
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
    if layered::asks_card(&network) {
        let network = layered::filled(network, ideal, &arguments.card.read()?)?;
        return Ok((network, duration_s));
    }
    Ok((network, duration_s))
}

/// The circuit of the first layer, which decides how pixels spike.
fn parameters(layered: &Layered<'_>) -> Parameters {
    let Layered { duration_s, inputs, ref layers } = *layered;
    Parameters {
        duration_s,
        white_v: inputs.full_v,
        neuron_ohm: inputs.resistance_ohm,
        neuron_farad: inputs.capacitance_farad,
        pulse_v: layers[0].row.pulse_v,
        pulse_s: layers[0].row.pulse_s,
        weight_siemens: layers[0].weight_siemens,
    }
}

/// Images: for the test all, for validation the last of those that training sees.
fn data(
    arguments: &QuantiseArguments,
    part: Part,
    layered: &Layered<'_>,
) -> Result<Dataset, Failure> {
    let (pixels, classes) = (layered.pixels(), layered.classes());
    if (pixels, classes) != (PIXELS, CLASSES) {
        return Err(input(&format!(
            "{}: {pixels} inputs and {classes} outputs; images have {PIXELS} pixels and {CLASSES} classes",
            arguments.source.path().display()
        )));
    }
    let mut data = network::dataset(&arguments.data, part)?;
    if part == Part::Training {
        let first = data.len().saturating_sub(arguments.validation.get());
        data.images.drain(..first);
        data.labels.drain(..first);
    }
    Ok(data)
}

/// The point level's decisions.
fn point(
    layered: &Layered<'_>,
    parameters: &Parameters,
    encoding: &Encoding,
    data: &Dataset,
    workers: &Workers,
) -> Result<Evaluation, Failure> {
    let evaluate = |respond: &(dyn Fn(&Image) -> Response + Sync)| {
        let respond = |(): &mut (), _, image: &Image| Ok::<_, Infallible>(respond(image));
        let Ok(point) = workers.install(|| Evaluation::of(data, respond, || ()));
        point
    };
    if let [layer] = layered.layers[..] {
        let synapses = Synapses::ideal(parameters, layer.weights).map_err(|e| input(&e))?;
        let lif = layer.neuron.ideal.expect("neurons without an ideal have been given one");
        let network = PointNetwork::new(parameters, encoding, lif, &synapses);
        return Ok(evaluate(&|image| network.respond(image)));
    }
    let network = PointLayers::new(layered, encoding);
    Ok(evaluate(&|image| network.respond(image)))
}
