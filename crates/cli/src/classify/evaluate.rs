//! One network, shown all images.

use memspike_crossbar::{Array, Config, Drift, Error, Faults, Noise, Wires, matrix};
use memspike_run::{DeviceCard, Workers};
use memspike_snn::{
    Dataset, DeviceNetwork, Evaluation, Ideal, Image, Layered, Lif, Parameters, Response,
    SingleLayer, Synapses, Workspace,
};

use super::{Setup, layers::Arrays};
use crate::{
    failure::Failure, interrupt, network, network_args::ArrayArguments, progress::Progress,
};

/// The array of synapses as crate `crossbar` knows it.
pub fn config(array: &ArrayArguments) -> Config {
    Config {
        levels: array.levels,
        weight_max: Some(1.0),
        programming_noise: Noise { sigma: array.programming_noise, ..Noise::default() },
        read_noise: Noise { sigma: array.read_noise, ..Noise::default() },
        faults: Faults { stuck_on: array.stuck_on, stuck_off: array.stuck_off },
        drift: Drift {
            nu: array.drift_nu,
            nu_sigma: array.drift_nu_sigma,
            time_s: array.drift_time,
            ..Drift::default()
        },
        wires: Wires { row_ohm: array.wire, column_ohm: array.wire, ..Wires::default() },
        ..Config::ideal(array.gmin, array.gmax)
    }
}

/// What all networks of one call share.
pub struct Bench<'a> {
    /// The neurons of the point level.
    pub ideal: Ideal,
    pub card: &'a DeviceCard,
    pub layered: &'a Layered<'a>,
    /// The one layer of the device level.
    pub layer: Option<SingleLayer<'a>>,
    /// How messages call the weights.
    pub name: &'a str,
    pub data: &'a Dataset,
    pub workers: &'a Workers,
    pub progress: &'a Progress,
}

/// Why not all images were shown.
enum Stop {
    Asked,
    Array(Error),
}

impl Bench<'_> {
    /// Shows every image; nothing if the user asked to stop.
    pub fn evaluate(&self, setup: &Setup) -> Result<Option<Evaluation>, Failure> {
        let unusable = |error: Error| Failure::Input(format!("error: {}: {error}", self.name));
        let evaluation = match self.layer {
            Some(SingleLayer { parameters, weights, .. }) => {
                let config = config(&setup.array);
                let array = Array::program(&matrix(weights), &config, setup.seed);
                let array = array.map_err(unusable)?;
                self.at_device_level(setup, &parameters, &Readings::new(&parameters, &array))?
            }
            None => {
                let arrays = Arrays::program(self.layered, &config(&setup.array), setup.seed);
                self.at_point_level(&arrays.map_err(unusable)?)?
            }
        };
        match evaluation {
            Ok(evaluation) => Ok(Some(evaluation)),
            Err(Stop::Asked) => Ok(None),
            Err(Stop::Array(error)) => Err(unusable(error)),
        }
    }

    fn at_device_level(
        &self,
        setup: &Setup,
        parameters: &Parameters,
        readings: &Readings,
    ) -> Result<Result<Evaluation, Stop>, Failure> {
        let [oscillator, lif] = network::devices(self.card, setup.variation)?;
        let devices = [&oscillator, &lif];
        let network = DeviceNetwork::new(parameters, devices, &readings.quiet, setup.seed);
        Ok(self.show(
            readings,
            |workspace: &mut Workspace, synapses, number, image| match synapses {
                Some(synapses) => network.with_synapses(synapses).respond(workspace, number, image),
                None => network.respond(workspace, number, image),
            },
        ))
    }

    fn at_point_level(&self, arrays: &Arrays) -> Result<Result<Evaluation, Stop>, Failure> {
        let (encoding, lif) = network::neurons(&self.ideal, &arrays.circuits[0], self.card)?;
        let lifs: Vec<Lif> =
            self.layered.layers.iter().map(|layer| layer.neuron.ideal.unwrap_or(lif)).collect();
        let quiet = arrays.network(&encoding, &lifs, &arrays.quiet);
        let respond = |(): &mut (), number, image: &Image| {
            if interrupt::asked() {
                return Err(Stop::Asked);
            }
            Ok(match arrays.reading(number).map_err(Stop::Array)? {
                Some(read) => arrays.network(&encoding, &lifs, &read).respond(image),
                None => quiet.respond(image),
            })
        };
        let shown = || self.progress.add(1);
        Ok(self.workers.install(|| Evaluation::of(self.data, respond, shown)))
    }

    /// Shows every image, its reading of the array first if readings differ.
    fn show<W: Default + Send>(
        &self,
        readings: &Readings,
        respond: impl Fn(&mut W, Option<&Synapses>, u32, &Image) -> Response + Sync,
    ) -> Result<Evaluation, Stop> {
        let respond = |workspace: &mut W, number, image: &Image| {
            if interrupt::asked() {
                return Err(Stop::Asked);
            }
            let reading = readings.number(number).map_err(Stop::Array)?;
            Ok(respond(workspace, reading.as_ref(), number, image))
        };
        self.workers.install(|| Evaluation::of(self.data, respond, || self.progress.add(1)))
    }
}

/// An array as each image finds it: read noise is drawn once an image, under the image's number,
/// so that threads and the order of images change nothing.
struct Readings<'a> {
    parameters: &'a Parameters,
    array: &'a Array,
    /// Without read noise.
    quiet: Synapses,
}

impl<'a> Readings<'a> {
    fn new(parameters: &'a Parameters, array: &'a Array) -> Self {
        Self { parameters, array, quiet: Synapses::of_array(parameters, array) }
    }

    /// The reading of an image, unless it is [`Readings::quiet`].
    fn number(&self, image: u32) -> Result<Option<Synapses>, Error> {
        if self.array.config().read_noise.sigma == 0.0 {
            return Ok(None);
        }
        let response = self.array.read(u64::from(image))?;
        Ok(Some(Synapses::of_response(self.parameters, &response)))
    }
}
