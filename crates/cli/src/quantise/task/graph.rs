//! A graph of NIR before images: its layers as those of a core, and its exact run as what is compared with.

use std::path::Path;

use memspike_run::{StepError, Workers, clocked::Stream, core_step};
use memspike_snn::{Ideal, Parameters, Part};

use super::{Task, data, input};
use crate::{
    classify::{
        samples::Shown,
        spiking::{Bench, Ends, Stop},
    },
    failure::Failure,
    interrupt, layered, network,
    network_args::QuantiseArguments,
};

/// What a graph does with images, whose pixels spike by oscillation neurons for `--shown`.
pub fn task(arguments: &QuantiseArguments, path: &Path, part: Part) -> Result<Task, Failure> {
    let neurons = &arguments.neurons;
    if neurons.lif_threshold.is_some() || neurons.lif_reset.is_some() {
        let message = "the neurons of a graph are those of its file: leave out --lif-threshold and --lif-reset";
        return Err(input(&message));
    }
    let ends = Ends::of_graph(&arguments.source, layered::graph(path, arguments.spike)?)?;
    let step = core_step(&ends.network, arguments.leak_shift).map_err(|error| match error {
        StepError::Endless => arguments.source.refuse(
            &"its first neurons do not leak, so that no time step follows from --leak-shift: 'export-verilog --step T' makes a core of it",
        ),
        error => arguments.source.refuse(&error),
    })?;
    let layers = layered::trained(&ends.network, step, path)?;
    let mut parameters = Parameters::default();
    parameters.duration_s = arguments.shown.unwrap_or(parameters.duration_s);
    parameters.validate().map_err(|error| input(&format!("--shown: {error}")))?;
    let ideal = neurons.of(Ideal::default());
    let (encoding, _) = network::neurons(&ideal, &parameters, &arguments.card.read()?)?;
    let data = data(arguments, part, ends.sizes())?;
    interrupt::listen();
    let workers = Workers::new(arguments.threads.threads, data.len())?;
    let stream = Stream::new(&encoding, step, parameters.duration_s);
    let shown = Shown::of_images(data.clone(), encoding, parameters.duration_s);
    let point_right = right(&ends, &shown, &workers)?;
    Ok(Task { layers, step, stream, data, workers, point_right })
}

/// Whether the exact run decides each image rightly.
fn right(ends: &Ends, shown: &Shown, workers: &Workers) -> Result<Vec<bool>, Failure> {
    // Nothing of a graph is drawn.
    let bench = Bench::new(ends, shown, 0)?;
    let numbers = (0..shown.labels.len() as u32).collect();
    let (right, ended) = workers.in_order(numbers, interrupt::asked, |at, number| {
        Ok(bench.respond(number)?.decision() == shown.labels[at])
    });
    match ended {
        Err(Stop::Failed(message)) => Err(Failure::Work(message)),
        Ok(()) if right.len() == shown.labels.len() => Ok(right),
        Ok(()) | Err(Stop::Asked) => {
            Err(Failure::Work("interrupted: the point level was not done".to_owned()))
        }
    }
}
