//! What `train` and `classify` share: data, devices.

use std::{env, path::PathBuf};

use memspike_circuit::Circuit;
use memspike_device::BuiltModel;
use memspike_netlist::{Deck, StepPoint};
use memspike_snn::{Dataset, FILES, Part};

use crate::{
    failure::Failure,
    network_args::{CardArguments, DataArguments},
};

const ZNO: &str = include_str!("../netlists/cards/zno.lib");

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
pub fn devices(card: &CardArguments, variation: f64) -> Result<[BuiltModel; 2], Failure> {
    let (name, text) = card_text(card)?;
    let spread_von = variation * (SIGMA_ALL.powi(2) - SIGMA_VON.powi(2)).sqrt();
    let (sigma_von, sigma_vhold) = (variation * SIGMA_VON, variation * SIGMA_VHOLD);
    let mut added = String::new();
    if variation > 0.0 {
        added = format!(
            " sigma_von={sigma_von:e} sigma_vhold={sigma_vhold:e} spread_von={spread_von:e}"
        );
    }
    Ok([model(&name, &text, &added)?, model(&name, &text, &format!("{added} unipolar=1"))?])
}

/// The files of images, wherever they are, and the card: what no output may be.
pub fn inputs(data: &DataArguments, card: &CardArguments) -> Vec<PathBuf> {
    let folder = data.mnist.clone().or_else(|| env::var_os(FOLDER).map(PathBuf::from));
    let images = folder.iter().flat_map(|folder| {
        FILES.iter().flat_map(|name| [folder.join(name), folder.join(format!("{name}.gz"))])
    });
    images.chain(card.card.clone()).collect()
}

/// Name and text of the card.
pub fn card_text(card: &CardArguments) -> Result<(String, String), Failure> {
    let Some(path) = &card.card else {
        return Ok(("netlists/cards/zno.lib".to_owned(), ZNO.to_owned()));
    };
    let name = path.display().to_string();
    match memspike_files::read_text(path, memspike_files::MIB) {
        Ok(text) => Ok((name, text)),
        Err(error) => Err(Failure::Input(format!("error: {name}: {error}"))),
    }
}

/// The first model of a card's file, with more parameters.
fn model(name: &str, text: &str, added: &str) -> Result<BuiltModel, Failure> {
    let unusable = || {
        let message = format!("error: {name}: a card .model NAME ts_memristor(...) is needed");
        Failure::Input(message)
    };
    let mut start = 0;
    let is_card = |line: &str| line.trim_start().to_ascii_lowercase().starts_with(".model");
    for line in text.split_inclusive('\n').take_while(|line| !is_card(line)) {
        start += line.len();
    }
    let device = text[start..].split_whitespace().nth(1).ok_or_else(unusable)?;
    let end = start + text[start..].find(')').ok_or_else(unusable)?;
    let (head, tail) = text.split_at(end);
    let deck = format!(
        "{name}\n{head}{added}{tail}\nV1 in 0 DC 1\nR1 in out 1Meg\nC1 out 0 1u\nN1 out 0 {device}\n\
         .tran 1 uic\n.end\n"
    );
    let deck = Deck::parse(name, &deck).map_err(|report| Failure::input(&report))?;
    let deck =
        deck.elaborate(&StepPoint::default(), 0).map_err(|report| Failure::input(&report))?;
    device_of(&deck.circuit).ok_or_else(unusable)
}

fn device_of(circuit: &Circuit) -> Option<BuiltModel> {
    let id = circuit.find_element("n1")?;
    circuit.element(id).device().map(|(model, _)| model.clone())
}
