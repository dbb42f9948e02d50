//! One network, shown all images.

use std::borrow::Cow;

use memspike_run::{DeviceCard, Workers};
use memspike_snn::{
    Dataset, DeviceNetwork, Encoding, Evaluation, Ideal, Image, Layered, Lif, Parameters,
    PointLayers, PointNetwork, PointStage, Response, Synapses, Workspace,
};

use super::{
    Setup,
    arrays::{Arrays, Unusable},
};
use crate::{failure::Failure, interrupt, network, network_args::LevelName, progress::Progress};

/// What all networks of one call share.
pub struct Bench<'a> {
    pub level: LevelName,
    /// The neurons of the point level.
    pub ideal: Ideal,
    pub card: &'a DeviceCard,
    pub layered: &'a Layered<'a>,
    /// How messages call the weights.
    pub name: &'a str,
    pub data: &'a Dataset,
    pub workers: &'a Workers,
    pub progress: &'a Progress,
}

/// Why not all images were shown.
enum Stop {
    Asked,
    Array(Unusable),
}

impl Bench<'_> {
    /// Shows every image; nothing if the user asked to stop.
    pub fn evaluate(&self, setup: &Setup) -> Result<Option<Evaluation>, Failure> {
        let arrays = Arrays::program(self.layered, &setup.array, setup.seed);
        let arrays = arrays.map_err(|error| self.unusable(&error))?;
        let evaluation = match self.level {
            LevelName::Device => self.at_device_level(setup, &arrays)?,
            LevelName::Point => self.at_point_level(&arrays)?,
        };
        match evaluation {
            Ok(evaluation) => Ok(Some(evaluation)),
            Err(Stop::Asked) => Ok(None),
            Err(Stop::Array(error)) => Err(self.unusable(&error)),
        }
    }

    fn unusable(&self, Unusable { layer, error }: &Unusable) -> Failure {
        let layers = self.layered.layers.len();
        let place = match layers {
            1 => String::new(),
            _ => format!(" layer {} of {layers}:", layer + 1),
        };
        Failure::Input(format!("error: {}:{place} {error}", self.name))
    }

    fn at_device_level(
        &self,
        setup: &Setup,
        arrays: &Arrays,
    ) -> Result<Result<Evaluation, Stop>, Failure> {
        let [oscillator, lif] = network::devices(self.card, setup.variation)?;
        let devices = [&oscillator, &lif];
        let network = DeviceNetwork::new(self.layered, devices, &arrays.quiet, setup.seed);
        Ok(self.show(arrays, |workspace: &mut Workspace, reading, number, image| match reading {
            Some(reading) => {
                let synapses = reading.iter().map(AsRef::as_ref);
                network.with_synapses(synapses).respond(workspace, number, image)
            }
            None => network.respond(workspace, number, image),
        }))
    }

    fn at_point_level(&self, arrays: &Arrays) -> Result<Result<Evaluation, Stop>, Failure> {
        let circuits: Vec<Parameters> =
            (0..self.layered.layers.len()).map(|layer| self.layered.parameters(layer)).collect();
        let (encoding, lif) = network::neurons(&self.ideal, &circuits[0], self.card)?;
        let lifs = self.layered.layers.iter().map(|layer| layer.neuron.ideal.unwrap_or(lif));
        let neurons: Vec<(&Parameters, Lif)> = circuits.iter().zip(lifs).collect();
        let quiet = at_points(&encoding, &neurons, &arrays.quiet);
        Ok(self.show(arrays, |(): &mut (), reading, _, image| match reading {
            Some(reading) => {
                let synapses = reading.iter().map(AsRef::as_ref);
                at_points(&encoding, &neurons, synapses).respond(image)
            }
            None => quiet.respond(image),
        }))
    }

    /// Shows every image, its reading of the arrays first if readings differ.
    fn show<W: Default + Send>(
        &self,
        arrays: &Arrays,
        respond: impl Fn(&mut W, Option<&[Cow<'_, Synapses>]>, u32, &Image) -> Response + Sync,
    ) -> Result<Evaluation, Stop> {
        let respond = |workspace: &mut W, number, image: &Image| {
            if interrupt::asked() {
                return Err(Stop::Asked);
            }
            let reading = arrays.reading(number).map_err(Stop::Array)?;
            Ok(respond(workspace, reading.as_deref(), number, image))
        };
        self.workers.install(|| Evaluation::of(self.data, respond, || self.progress.add(1)))
    }
}

/// Layers of ideal neurons, each with its circuit, behind these synapses.
fn at_points<'a>(
    encoding: &'a Encoding,
    neurons: &[(&'a Parameters, Lif)],
    synapses: impl IntoIterator<Item = &'a Synapses>,
) -> PointLayers<'a> {
    let mut stages = neurons.iter().zip(synapses).map(|((parameters, lif), synapses)| PointStage {
        parameters,
        lif: *lif,
        synapses,
    });
    let PointStage { parameters, lif, synapses } = stages.next().expect("a layer at least");
    let first = PointNetwork::new(parameters, encoding, lif, synapses);
    PointLayers::new(first, stages.collect())
}
