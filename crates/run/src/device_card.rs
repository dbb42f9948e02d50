//! The model card of the device that a verb looks at: the shipped one, or that of a file.

use std::path::{Path, PathBuf};

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
}

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

    fn of(cards: Cards) -> Option<Self> {
        let Cards { models, files } = cards;
        let device = models.first().filter(|model| model.kind().name == KIND)?.clone();
        let name = format!("{}_varied", device.name());
        let varied =
            models.into_iter().find(|model| model.name() == name && model.kind().name == KIND);
        Some(Self { device, varied, files })
    }
}
