//! One network, shown all images.

use memspike_run::{DeviceCard, Workers};
use memspike_snn::{Arrays, Dataset, Evaluation, Ideal, Layered, Level, Unshown, Unusable, Watch};

use super::Setup;
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

impl Bench<'_> {
    /// Shows every image; nothing if the user asked to stop.
    pub fn evaluate(&self, setup: &Setup) -> Result<Option<Evaluation>, Failure> {
        let arrays = Arrays::program(self.layered, |layer| setup.array.config(layer), setup.seed);
        let arrays = arrays.map_err(|error| self.unusable(&error))?;
        let evaluation = match self.level {
            LevelName::Device => {
                let [oscillator, lif] = network::devices(self.card, setup.variation)?;
                let devices = [&oscillator, &lif];
                self.show(Level::Device { devices, seed: setup.seed }, &arrays)
            }
            LevelName::Point => {
                let (encoding, lif) =
                    network::neurons(&self.ideal, &self.layered.parameters(0), self.card)?;
                self.show(Level::Point { encoding: &encoding, lif }, &arrays)
            }
        };
        match evaluation {
            Ok(evaluation) => Ok(Some(evaluation)),
            Err(Unshown::Stopped) => Ok(None),
            Err(Unshown::Array(error)) => Err(self.unusable(&error)),
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

    fn show(&self, level: Level<'_>, arrays: &Arrays) -> Result<Evaluation, Unshown> {
        let watch = Watch { goes_on: &|| !interrupt::asked(), shown: &|| self.progress.add(1) };
        self.workers.install(|| self.layered.evaluate(level, arrays, self.data, watch))
    }
}
