//! Where a network comes from: weights of one layer, or the file of a network.

use std::{
    fmt::Display,
    path::{Path, PathBuf},
};

use clap::Args;
use memspike_network::Network;
use memspike_npy::{WeightsError, WeightsReason};
use memspike_snn::{CLASSES, PIXELS, Parameters, Weights};

use crate::{failure::Failure, nir};

/// The network that images are shown to.
#[derive(Args)]
#[group(id = "source", required = true, multiple = false)]
pub struct NetworkSource {
    /// Weights of the paper's network, 784 x 10, as .npy.
    #[arg(long, value_name = "W.npy")]
    pub weights: Option<PathBuf>,
    /// A network of layers, as .toml or .json, such as `train` writes; `classify --level point` and `quantise` also take a graph
    /// of NIR, .nir.
    #[arg(long, value_name = "NET.toml")]
    pub network: Option<PathBuf>,
}

/// A network, and how long it is shown an image.
pub struct Shown {
    pub network: Network,
    /// How long an image is shown (s).
    pub duration_s: f64,
}

impl NetworkSource {
    /// The file, as messages name it.
    pub fn path(&self) -> &Path {
        let either = self.network.as_deref().or(self.weights.as_deref());
        either.expect("the grammar asks for one of both")
    }

    /// What is wrong with the network, with the name of its file.
    pub fn refuse(&self, error: &dyn Display) -> Failure {
        input(&format!("{}: {error}", self.path().display()))
    }

    /// Reads the network. Weights alone get the circuit of `parameters`.
    ///
    /// # Errors
    /// A file that is none, or a network that does not say how long an image is shown.
    pub fn read(&self, parameters: &Parameters) -> Result<Shown, Failure> {
        let Some(path) = &self.network else {
            let weights = Weights::read(self.path(), Some((PIXELS, CLASSES)));
            let network = parameters.network(weights.map_err(no_weights)?, None);
            let network = network.map_err(|e| input(&e))?;
            return Ok(Shown { network, duration_s: parameters.duration_s });
        };
        if nir::is_graph(path) {
            return Err(self.refuse(
                &"a graph of NIR has no oscillation neurons and no devices: 'memspike nir convert FILE.nir --devices -o net.toml' makes a \
                  network of both of it; 'classify --level point' shows images and events to the graph itself, and \
                  'quantise' and 'export-verilog' make a core of it",
            ));
        }
        Shown::of(path, Network::read(path).map_err(|e| input(&e))?)
    }
}

/// Why there are no weights; of a network, the option that takes it.
pub fn no_weights(error: WeightsError) -> Failure {
    let ending = error.path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let is_network = ["toml", "json", "nir"].contains(&ending);
    match error.reason {
        WeightsReason::Form if is_network => input(&format!(
            "{}: a network is no array of weights: name it by --network",
            error.path.display()
        )),
        _ => input(&error),
    }
}

impl Shown {
    /// The network of a file.
    ///
    /// # Errors
    /// If it does not say how long an image is shown.
    pub fn of(path: &Path, network: Network) -> Result<Self, Failure> {
        refuse_loops(path, &network)?;
        match network.shown_s() {
            Some(duration_s) => Ok(Self { network, duration_s }),
            None => Err(input(&format!(
                "{}: it does not say how long an image is shown: write 'version = 3' and, in the line after it, \
                 'shown_s = 0.1', in seconds",
                path.display()
            ))),
        }
    }
}

/// Refuses a network in which a population leads back to itself, for what has layers that feed the next alone.
pub fn refuse_loops(path: &Path, network: &Network) -> Result<(), Failure> {
    let mut projections = network.projections();
    let Some((_, back)) = projections.find(|(_, each)| each.from() == each.to()) else {
        return Ok(());
    };
    Err(input(&format!(
        "{}: '{}' leads from '{}' back to itself, which layers of devices and of cores cannot: train without --recurrent, or run it by \
         'classify --level point --events FILE --steps N' or 'net'; loops between events are trained by 'train --gradient exact'",
        path.display(),
        back.name(),
        network.population(back.from()).name()
    )))
}

fn input(error: &dyn Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}
