//! Spikes that a network of point neurons is shown: those of pixels, or those of a list of events.

use std::path::PathBuf;

use memspike_adjoint::Samples;
use memspike_network::{Delay, Network};
use memspike_run::DeviceCard;
use memspike_snn::{Dataset, Encoding, Ideal, Parameters, Part, Steps};

use super::input;
use crate::{
    failure::Failure,
    network,
    network_args::ClassifyArguments,
    train_exact::{samples, shown_s},
};

/// What is shown.
pub enum Source {
    /// Images, whose pixels spike by their grey levels.
    Images(Dataset, Encoding),
    /// Lists of spikes, at their own instants or at the ends of steps.
    Events(Samples, Option<Steps>),
}

/// Samples with labels.
pub struct Shown {
    source: Source,
    /// The class of each.
    pub labels: Vec<usize>,
    /// How long each is shown (s).
    pub until_s: f64,
    /// How much longer a run goes on (fs): between layers a spike takes a femtosecond, and those of the last step arrive, too.
    pub late_fs: u64,
    /// The files.
    pub files: Vec<PathBuf>,
}

impl Shown {
    /// What the arguments name, for a network of so many inputs and classes.
    pub fn read(
        arguments: &ClassifyArguments,
        network: &Network,
        sizes: [usize; 2],
    ) -> Result<Self, Failure> {
        match &arguments.spiking.events {
            Some(_) => Self::events(arguments, network, sizes),
            None => Self::images(arguments, sizes),
        }
    }

    fn images(arguments: &ClassifyArguments, sizes: [usize; 2]) -> Result<Self, Failure> {
        let mut parameters = Parameters::default();
        parameters.duration_s = arguments.spiking.shown.unwrap_or(parameters.duration_s);
        parameters.validate().map_err(|error| input(&format!("--shown: {error}")))?;
        let ideal = arguments.neurons.of(Ideal::default());
        let card: DeviceCard = arguments.card.read()?;
        let (encoding, _) = network::neurons(&ideal, &parameters, &card)?;
        let data = network::dataset(&arguments.data, Part::Test, sizes)?;
        let files = network::inputs(&arguments.data, &card);
        Ok(Self { files, ..Self::of_images(data, encoding, parameters.duration_s) })
    }

    /// Images whose pixels spike as an encoding says, each for `until_s`.
    pub fn of_images(data: Dataset, encoding: Encoding, until_s: f64) -> Self {
        let labels = data.labels.iter().map(|label| usize::from(*label)).collect();
        let source = Source::Images(data, encoding);
        Self { source, labels, until_s, late_fs: 0, files: Vec::new() }
    }

    fn events(
        arguments: &ClassifyArguments,
        network: &Network,
        [inputs, classes]: [usize; 2],
    ) -> Result<Self, Failure> {
        let path = arguments.spiking.events.as_ref().expect("it is asked for");
        if arguments.card.card.is_some() {
            return Err(input(&"--card decides nothing beside --events: leave it out"));
        }
        let mut all = samples(path)?;
        if all.inputs > inputs || all.classes > classes {
            return Err(input(&format!(
                "{}: its events have {} inputs and {} classes, the network {inputs} and {classes}",
                path.display(),
                all.inputs,
                all.classes
            )));
        }
        let until_s = shown_s(&all, arguments.spiking.shown.or(network.shown_s()))?;
        let steps = arguments.neurons.of(Ideal::default()).steps;
        let steps = steps.map(|count| self::steps(network, until_s, count)).transpose()?;
        if let Some(count) = arguments.data.images {
            all.samples.truncate(count.get());
        }
        let labels = all.samples.iter().map(|sample| sample.label as usize).collect();
        let late_fs = steps.map_or(0, |_| network.populations().count() as u64);
        let source = Source::Events(all, steps);
        Ok(Self { source, labels, until_s, late_fs, files: vec![path.clone()] })
    }

    /// Tells the spikes of a sample, in the order of time: when (s), and of which input.
    pub fn each(&self, number: u32, mut tell: impl FnMut(f64, u32)) {
        match &self.source {
            Source::Events(all, steps) => {
                let at_s = |at_s| steps.map_or(at_s, |steps| steps.end_s(steps.number(at_s)));
                let spikes = &all.samples[number as usize].spikes;
                spikes.iter().for_each(|spike| tell(at_s(spike.at_s), spike.neuron));
            }
            Source::Images(data, encoding) => {
                let mut pixels = vec![Vec::new(); memspike_snn::LEVELS];
                for (pixel, level) in (0..).zip(&data.images[number as usize]) {
                    pixels[usize::from(*level)].push(pixel);
                }
                for event in encoding.events() {
                    let those = &pixels[usize::from(event.level)];
                    those.iter().for_each(|pixel| tell(event.at_s, *pixel));
                }
            }
        }
    }
}

/// So many steps of a sample. What leads back to its own layer takes one of them, as in training.
fn steps(network: &Network, until_s: f64, count: u32) -> Result<Steps, Failure> {
    let steps = Steps::new(until_s, count).ok_or_else(|| {
        input(&format!("--steps {count}: {until_s} s have no femtosecond for each step"))
    })?;
    let is_step = |delay: &Delay| matches!(delay, Delay::All(fs) if *fs == steps.step_fs);
    let mut loops = network.projections().filter(|(_, each)| each.from() == each.to());
    match loops.find(|(_, each)| !is_step(each.delay())) {
        None => Ok(steps),
        Some((_, other)) => Err(input(&format!(
            "'{}' leads back to its own layer after another time than the {:e} s of a step: say as many --steps and as long a --shown as in \
             training, or leave out --steps",
            other.name(),
            steps.step_s()
        ))),
    }
}
