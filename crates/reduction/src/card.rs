//! The device of a population.

use std::path::{Path, PathBuf};

use memspike_device::BuiltModel;
use memspike_netlist::{Card, Cards};

use crate::ReductionError;

/// The kind of model that fires.
const KIND: &str = "ts_memristor";

/// Parameters by which devices of one card differ, each for good.
const SPREADS: [&str; 5] =
    ["spread_von", "spread_vhold", "spread_ron", "spread_roff", "spread_gres"];

/// A device in the forms in which circuits are looked at.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    /// As its card has it.
    pub varied: BuiltModel,
    /// Each cycle like its others; devices still differ.
    pub repeating: BuiltModel,
    /// All devices alike, too.
    pub nominal: BuiltModel,
    /// Whether devices differ.
    pub spreads: bool,
    /// Whether cycles of one device differ.
    pub jitters: bool,
}

impl Device {
    /// The model of this name in a card, the first without a name, and the files that were read.
    pub fn load(
        population: &str,
        path: &Path,
        name: Option<&str>,
    ) -> Result<(Self, Vec<PathBuf>), ReductionError> {
        let population = || population.to_owned();
        let cards = Cards::load(path)
            .map_err(|report| ReductionError::Card { population: population(), report })?;
        let lower = name.map(str::to_ascii_lowercase);
        let mut models = cards.models.iter();
        let found = match &lower {
            None => models.next(),
            Some(name) => models.find(|model| model.name() == name),
        };
        let Some(card) = found else {
            let known = cards.models.iter().map(|model| model.name().to_owned()).collect();
            let (path, device) = (path.to_owned(), lower.unwrap_or_default());
            return Err(ReductionError::Device { population: population(), path, device, known });
        };
        let device = card.name().to_owned();
        if card.kind().name != KIND {
            let (path, kind) = (path.to_owned(), card.kind().name);
            return Err(ReductionError::Kind { population: population(), path, device, kind });
        }
        let built = Self::of(card).map_err(|error| ReductionError::Parameter {
            population: population(),
            device,
            error,
        })?;
        Ok((built, cards.files))
    }

    fn of(card: &Card) -> Result<Self, memspike_device::ParameterError> {
        let varied = card.build()?;
        let repeating = varied.repeating();
        let alike = SPREADS.iter().fold(card.clone(), |card, spread| card.with(spread, 0.0));
        let nominal = alike.build()?;
        let nominal = nominal.repeating().unwrap_or(nominal);
        let spreads = SPREADS.iter().any(|spread| card.value(spread) != Some(0.0));
        let jitters = repeating.is_some();
        let repeating = repeating.unwrap_or_else(|| varied.clone());
        Ok(Self { varied, repeating, nominal, spreads, jitters })
    }
}
