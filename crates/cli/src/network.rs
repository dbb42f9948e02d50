//! What `train` and `classify` share: data, devices.

use std::{env, path::PathBuf};

use memspike_device::BuiltModel;
use memspike_run::DeviceCard;
use memspike_snn::{ARRAYS, Dataset, Encoding, FILES, Ideal, Lif, Parameters, Part};

use crate::{
    failure::Failure,
    network_args::{CardArguments, DataArguments},
    tell,
};

/// Where the data are if no argument says so.
const FOLDER: &str = "MNIST_DIR";

/// Sets without a brighter pixel are told of (grey level, of 255): they may have another white.
const DARK: u8 = 128;

/// Reads a part of the data set, for a network of so many inputs and classes.
pub fn dataset(
    arguments: &DataArguments,
    part: Part,
    [pixels, classes]: [usize; 2],
) -> Result<Dataset, Failure> {
    let folder = arguments.mnist.clone().or_else(|| env::var_os(FOLDER).map(PathBuf::from));
    let Some(folder) = folder else {
        let message = format!(
            "error: no data: give --mnist DIR or set MNIST_DIR to a folder with {}, each plain or \
             compressed as NAME.gz; or with {}.npy; or to a .npz file of these arrays",
            FILES.join(", "),
            ARRAYS[0].join(".npy, ")
        );
        return Err(Failure::Input(message));
    };
    let data = Dataset::load(&folder, part).map_err(|e| Failure::Input(format!("error: {e}")))?;
    if data.is_empty() {
        return Err(Failure::Input(format!("error: {}: no images", folder.display())));
    }
    data.check(pixels, classes)
        .map_err(|e| Failure::Input(format!("error: {}: {e}", folder.display())))?;
    let name = folder.display();
    match data.brightest() {
        Some(0) => tell(&format!("warning: {name}: all pixels of all images are black\n")),
        Some(level @ ..DARK) => tell(&format!(
            "warning: {name}: the brightest pixel of all images is {level} of 255, and dark pixels hardly spike: if {level} \
             is white, multiply by 255 / {level}, or save them as fractions of it\n"
        )),
        _ => (),
    }
    Ok(match arguments.images {
        Some(images) => data.take(images.get()),
        None => data,
    })
}

/// Devices of the oscillation and of the LIF neurons, with this part of their variation: [`DeviceCard::devices`].
///
/// # Errors
/// A variation that describes no device.
pub fn devices(card: &DeviceCard, variation: f64) -> Result<[BuiltModel; 2], Failure> {
    card.devices(variation).map_err(|error| Failure::Input(format!("error: {error}")))
}

/// The neurons of the point level.
///
/// # Errors
/// If there are none such.
pub fn neurons(
    ideal: &Ideal,
    parameters: &Parameters,
    card: &DeviceCard,
) -> Result<(Encoding, Lif), Failure> {
    let [device, _] = devices(card, 0.0)?;
    let neurons = ideal.build(parameters, &device);
    neurons.map_err(|error| Failure::Input(format!("error: {error}")))
}

/// Refuses a card that was given and decides nothing.
///
/// # Errors
/// If all that it would decide is stated otherwise.
pub fn card_counts(card: &CardArguments, ideal: &Ideal) -> Result<(), Failure> {
    if card.card.is_none() || ideal.asks_device() {
        return Ok(());
    }
    let message = "error: --card decides nothing beside --encoding line, --lif-threshold and --lif-reset, given or of \
                   the preset: leave out --card, or say --encoding device";
    Err(Failure::Input(message.to_owned()))
}

/// The files of images, wherever they are, and the card: what no output may be.
pub fn inputs(data: &DataArguments, card: &DeviceCard) -> Vec<PathBuf> {
    let folder = data.mnist.clone().or_else(|| env::var_os(FOLDER).map(PathBuf::from));
    let images = folder.iter().flat_map(|folder| {
        let files = FILES.into_iter().flat_map(|name| [name.to_owned(), format!("{name}.gz")]);
        let arrays = ARRAYS.into_iter().flatten().map(|name| format!("{name}.npy"));
        let within = files.chain(arrays).map(|name| folder.join(name));
        // It may be an archive itself.
        within.chain([folder.clone()])
    });
    images.chain(card.files.iter().cloned()).collect()
}
