//! Spikes that a network of point neurons is shown: those of pixels, or those of a list of events.

use std::path::PathBuf;

use memspike_adjoint::Samples;
use memspike_run::DeviceCard;
use memspike_snn::{Dataset, Encoding, Ideal, Parameters, Part};

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
    /// Lists of spikes.
    Events(Samples),
}

/// Samples with labels.
pub struct Shown {
    source: Source,
    /// The class of each.
    pub labels: Vec<usize>,
    /// How long each is shown (s).
    pub until_s: f64,
    /// The files.
    pub files: Vec<PathBuf>,
}

impl Shown {
    /// What the arguments name, for a network of so many inputs and classes.
    pub fn read(arguments: &ClassifyArguments, sizes: [usize; 2]) -> Result<Self, Failure> {
        match &arguments.spiking.events {
            Some(_) => Self::events(arguments, sizes),
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
        let labels = data.labels.iter().map(|label| usize::from(*label)).collect();
        let files = network::inputs(&arguments.data, &card);
        let until_s = parameters.duration_s;
        Ok(Self { source: Source::Images(data, encoding), labels, until_s, files })
    }

    fn events(
        arguments: &ClassifyArguments,
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
        let until_s = shown_s(&all, arguments.spiking.shown)?;
        if let Some(count) = arguments.data.images {
            all.samples.truncate(count.get());
        }
        let labels = all.samples.iter().map(|sample| sample.label as usize).collect();
        Ok(Self { source: Source::Events(all), labels, until_s, files: vec![path.clone()] })
    }

    /// Tells the spikes of a sample, in the order of time: when (s), and of which input.
    pub fn each(&self, number: u32, mut tell: impl FnMut(f64, u32)) {
        match &self.source {
            Source::Events(all) => {
                let spikes = &all.samples[number as usize].spikes;
                spikes.iter().for_each(|spike| tell(spike.at_s, spike.neuron));
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
