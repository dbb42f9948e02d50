//! The model card of the device that a verb looks at: the shipped one, or that of a file.

use std::path::{Path, PathBuf};

use memspike_device::{BuiltModel, ParameterError};
use memspike_netlist::{Card, Cards, Report};

pub use memspike_decks::ZNO;

const ZNO_NAME: &str = "netlists/cards/zno.lib";

/// The kind of model that has a filament.
const KIND: &str = "ts_memristor";

/// A file that describes no such device.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// It cannot be read, or has mistakes.
    #[error("{0}")]
    Read(Report),
    /// Its first model is none.
    #[error("the first model of '{}' must be `.model NAME {KIND}(...)`", path.display())]
    Kind {
        /// The file.
        path: PathBuf,
    },
    /// Its values, or those of its variation, are no device.
    #[error("{name}: {error}")]
    Values {
        /// Name of the model.
        name: String,
        /// What is wrong.
        error: ParameterError,
    },
}

/// Parameters that make a device vary.
const VARIATION: [&str; 10] = [
    "sigma_von",
    "sigma_vhold",
    "sigma_ron",
    "sigma_roff",
    "sigma_gres",
    "spread_von",
    "spread_vhold",
    "spread_ron",
    "spread_roff",
    "spread_gres",
];

/// A device and how it varies.
#[derive(Debug, Clone)]
pub struct DeviceCard {
    /// The first model of the file.
    pub device: Card,
    /// The model of that name with `_varied`, if the file has one.
    pub varied: Option<Card>,
    /// What was read: no output may replace it.
    pub files: Vec<PathBuf>,
}

/// The paper's device with its variation.
///
/// # Errors
/// None with the card that the program carries.
pub fn varied_paper() -> Result<Card, CardError> {
    let shipped = DeviceCard::load(None)?;
    Ok(shipped.varied.unwrap_or(shipped.device))
}

impl DeviceCard {
    /// The card of a file; without one the shipped card.
    ///
    /// # Errors
    /// What is wrong with the file, at its place.
    pub fn load(path: Option<&Path>) -> Result<Self, CardError> {
        let cards = match path {
            Some(path) => Cards::load(path),
            None => Cards::parse(ZNO_NAME, ZNO),
        };
        let cards = cards.map_err(CardError::Read)?;
        let path = path.unwrap_or(Path::new(ZNO_NAME));
        Self::of(cards).ok_or_else(|| CardError::Kind { path: path.to_owned() })
    }

    /// A card on its own, without a variation of its own; none if it is of a device without a filament.
    #[must_use]
    pub fn of_model(device: Card) -> Option<Self> {
        let is_one = device.kind().name == KIND;
        is_one.then(|| Self { device, varied: None, files: Vec::new() })
    }

    /// The card with this part of its variation: that of the file's varied model, else of the paper's device.
    ///
    /// # Errors
    /// None with the card that the program carries.
    pub fn varied_by(&self, variation: f64) -> Result<Card, CardError> {
        let mut card = self.device.clone();
        if variation > 0.0 {
            let varied = match &self.varied {
                Some(varied) => varied.clone(),
                None => varied_paper()?,
            };
            for name in VARIATION {
                card = card.with(name, variation * varied.value(name).unwrap_or(0.0));
            }
        }
        Ok(card)
    }

    /// Devices of the oscillation and of the LIF neurons, with this part of their variation ([`DeviceCard::varied_by`]). Those of LIF
    /// neurons are unipolar: only the side of the silver grows filaments, and membranes may become negative.
    ///
    /// # Errors
    /// A variation that describes no device.
    pub fn devices(&self, variation: f64) -> Result<[BuiltModel; 2], CardError> {
        let oscillating = self.varied_by(variation)?;
        let built = |card: &Card| {
            let values = |error| CardError::Values { name: card.name().to_owned(), error };
            card.build().map_err(values)
        };
        Ok([built(&oscillating)?, built(&oscillating.with("unipolar", 1.0))?])
    }

    fn of(cards: Cards) -> Option<Self> {
        let Cards { models, files } = cards;
        let device = models.first().filter(|model| model.kind().name == KIND)?.clone();
        let name = format!("{}_varied", device.name());
        let varied =
            models.into_iter().find(|model| model.name() == name && model.kind().name == KIND);
        Some(Self { device, varied, files })
    }
}
