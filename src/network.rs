//! What `train` and `classify` share: data, devices.

use std::{env, path::PathBuf};

use memspike_device::BuiltModel;
use memspike_netlist::Card;
use memspike_snn::{Dataset, FILES, Part};

use crate::{device_card::DeviceCard, failure::Failure, network_args::DataArguments};

/// Standard deviations that the paper gives for its device (D3, D4): 2.25 % of 0.17 V and 4.44 % of
/// 0.1 V from cycle to cycle, 0.0079 V over devices and cycles together.
const SIGMA_VON: f64 = 0.0225 * 0.17;
const SIGMA_VHOLD: f64 = 0.0444 * 0.1;
const SIGMA_ALL: f64 = 0.0079;

/// Where the data are if no argument says so.
const FOLDER: &str = "MNIST_DIR";

/// Reads a part of the data set.
pub fn dataset(arguments: &DataArguments, part: Part) -> Result<Dataset, Failure> {
    let folder = arguments.mnist.clone().or_else(|| env::var_os(FOLDER).map(PathBuf::from));
    let Some(folder) = folder else {
        let message = format!(
            "error: no data: give --mnist DIR or set MNIST_DIR to a folder with {}, each plain or \
             compressed as NAME.gz",
            FILES.join(", ")
        );
        return Err(Failure::Input(message));
    };
    let data = Dataset::load(&folder, part).map_err(|e| Failure::Input(format!("error: {e}")))?;
    if data.is_empty() {
        return Err(Failure::Input(format!("error: {}: no images", folder.display())));
    }
    Ok(match arguments.images {
        Some(images) => data.take(images.get()),
        None => data,
    })
}

/// Devices of the two layers, with this part of the paper's variation. Those of the output layer
/// are unipolar: only the side of the silver grows filaments, and membranes may become negative.
pub fn devices(card: &DeviceCard, variation: f64) -> Result<[BuiltModel; 2], Failure> {
    let mut input = card.device.clone();
    if variation > 0.0 {
        let spread_von = variation * (SIGMA_ALL.powi(2) - SIGMA_VON.powi(2)).sqrt();
        let sigmas = [("sigma_von", SIGMA_VON), ("sigma_vhold", SIGMA_VHOLD)];
        let changed = sigmas.map(|(name, sigma)| (name, variation * sigma));
        for (name, value) in changed.into_iter().chain([("spread_von", spread_von)]) {
            input = input.with(name, value);
        }
    }
    let built = |card: &Card| {
        card.build().map_err(|error| Failure::Input(format!("error: {}: {error}", card.name())))
    };
    Ok([built(&input)?, built(&input.with("unipolar", 1.0))?])
}

/// The files of images, wherever they are, and the card: what no output may be.
pub fn inputs(data: &DataArguments, card: &DeviceCard) -> Vec<PathBuf> {
    let folder = data.mnist.clone().or_else(|| env::var_os(FOLDER).map(PathBuf::from));
    let images = folder.iter().flat_map(|folder| {
        FILES.iter().flat_map(|name| [folder.join(name), folder.join(format!("{name}.gz"))])
    });
    images.chain(card.files.iter().cloned()).collect()
}
