//! The card of the device under test, as text that decks include.

use std::{fs, path::Path};

use memspike_device::MODELS;
use memspike_netlist::parse_number;

use crate::failure::Failure;

/// The card that the program carries, and the name of its model in all decks.
const ZNO: &str = include_str!("../../netlists/cards/zno.lib");
const MODEL: &str = "zno";

/// The kind of model that has a filament.
const KIND: &str = "ts_memristor";

/// Parameters that make a device vary, with what makes the ZnO device vary as D3 and D4 say.
///
/// A sweep in steps of 5 mV reads voltages to 5 mV, which adds (5 mV)^2 / 12 to their variance; that
/// is taken off here. 2.25 % of 0.17 V and 4.44 % of 0.1 V from cycle to cycle; what 7.9 mV over
/// all devices then leaves between devices. The paper gives no spread of the hold voltage between
/// devices: in proportion to that of the threshold.
const VARIATION: [(&str, f64); 4] = [
    ("sigma_von", 3.54e-3),
    ("sigma_vhold", 4.20e-3),
    ("spread_von", 6.91e-3),
    ("spread_vhold", 4.1e-3),
];

/// A card whose first model is a diffusive memristor.
#[derive(Debug, Clone)]
pub struct Card {
    text: String,
}

impl Card {
    /// The shipped card.
    pub fn shipped() -> Self {
        Self { text: ZNO.to_owned() }
    }

    /// A card from a file; its first model takes the name that the decks use.
    pub fn load(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let text = fs::read_to_string(path)
            .map_err(|error| Failure::Input(format!("error: cannot read '{shown}': {error}")))?;
        let lower = text.to_ascii_lowercase();
        let model = line_of_model(&lower) + ".model".len();
        let line = lower.get(model..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let mut words = line.split([' ', '\t', '(']).filter(|word| !word.is_empty());
        match (words.next(), words.next()) {
            (Some(name), Some(KIND)) => {
                let start = model + line.find(name).unwrap_or(0);
                let (before, after) = (&text[..start], &text[start + name.len()..]);
                Ok(Self { text: format!("{before}{MODEL}{after}") })
            }
            _ => Err(Failure::Input(format!(
                "error: '{shown}' must hold a line `.model NAME {KIND}(...)`"
            ))),
        }
    }

    /// What decks include.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number that a parameter has; none if the card gives an expression.
    pub fn value(&self, parameter: &str) -> Option<f64> {
        match self.place(parameter) {
            Some((start, end)) => parse_number(&self.text[start..end]).ok(),
            None => default(parameter),
        }
    }

    /// The same card with another value of a parameter.
    pub fn with(&self, parameter: &str, value: f64) -> Self {
        let text = match self.place(parameter) {
            Some((start, end)) => format!("{}{value:e}{}", &self.text[..start], &self.text[end..]),
            None => {
                let model = self.model();
                let close = model + self.text[model..].find(')').unwrap_or(0);
                let (before, after) = self.text.split_at(close);
                format!("{before} {parameter}={value:e}{after}")
            }
        };
        Self { text }
    }

    /// A device that repeats itself: what one measurement of a typical device shows.
    pub fn typical(&self) -> Self {
        VARIATION.iter().fold(self.clone(), |card, (parameter, _)| {
            if card.place(parameter).is_some() { card.with(parameter, 0.0) } else { card }
        })
    }

    /// A device that varies: as the card says or, if it says nothing, as the ZnO device does.
    pub fn varying(&self) -> Self {
        if VARIATION.iter().any(|(parameter, _)| self.place(parameter).is_some()) {
            return self.clone();
        }
        VARIATION.iter().fold(self.clone(), |card, (parameter, sigma)| card.with(parameter, *sigma))
    }

    /// A typical device that varies from cycle to cycle, as [`Card::varying`].
    pub fn cycling(&self) -> Self {
        self.varying().with("spread_von", 0.0).with("spread_vhold", 0.0)
    }

    /// Where the model's line begins.
    fn model(&self) -> usize {
        line_of_model(&self.text.to_ascii_lowercase())
    }

    /// Where the value of a parameter stands in the model's line.
    fn place(&self, parameter: &str) -> Option<(usize, usize)> {
        let model = self.model();
        let lower = self.text[model..].to_ascii_lowercase();
        let end = lower.find(')').unwrap_or(lower.len());
        let assignment = format!("{parameter}=");
        let at = lower[..end]
            .match_indices(&assignment)
            .map(|(at, _)| at)
            .find(|&at| lower[..at].ends_with([' ', '\t', '(', '+', '\n']))?;
        let start = at + assignment.len();
        let length = lower[start..].find([' ', '\t', ')', '\n', '\r'])?;
        Some((model + start, model + start + length))
    }
}

/// Where the first line begins that defines a model; the text is in lower case.
fn line_of_model(lower: &str) -> usize {
    let begins = |at: &usize| *at == 0 || lower[..*at].ends_with('\n');
    lower.match_indices(".model").map(|(at, _)| at).find(begins).unwrap_or(0)
}

fn default(parameter: &str) -> Option<f64> {
    let kind = MODELS.iter().find(|kind| kind.name == KIND)?;
    kind.parameters.iter().find(|known| known.name == parameter).map(|known| known.default)
}

#[cfg(test)]
mod tests {
    use super::Card;

    fn card(text: &str) -> Card {
        Card { text: text.to_owned() }
    }

    #[test]
    fn a_parameter_is_found_on_any_line_of_the_model() {
        let card = card(
            "* the .model has von=7 in words\n.model zno ts_memristor(von=0.13 vs=23m\n+ gres=.5 ron=130)\n",
        );
        let values = ["von", "vs", "gres", "ron"].map(|name| card.value(name));
        assert_eq!(values, [Some(0.13), Some(0.023), Some(0.5), Some(130.0)]);
        // What the card does not say, the model does.
        assert_eq!(card.value("sigma_von"), Some(0.0));
    }

    #[test]
    fn a_changed_parameter_takes_its_place_or_the_end() {
        let card = card(".model zno ts_memristor(von=0.13\n+ gres=.5)\n").with("gres", 0.25);
        assert_eq!(card.text(), ".model zno ts_memristor(von=0.13\n+ gres=2.5e-1)\n");
        let longer = card.with("sigma_von", 1e-3);
        assert_eq!(
            longer.text(),
            ".model zno ts_memristor(von=0.13\n+ gres=2.5e-1 sigma_von=1e-3)\n"
        );
    }
}
