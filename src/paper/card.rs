//! The card of the device under test, as text that decks include.

use std::{ops::Range, path::Path};

use memspike_device::MODELS;
use memspike_netlist::parse_number;

use crate::failure::Failure;

/// The card that the program carries.
const ZNO: &str = include_str!("../../netlists/cards/zno.lib");

/// What decks call the typical device, and the one that varies.
const TYPICAL: &str = "zno";
const VARIED: &str = "zno_varied";

/// The kind of model that has a filament.
const KIND: &str = "ts_memristor";

/// Parameters of the variation from device to device.
const SPREADS: [&str; 2] = ["spread_von", "spread_vhold"];

/// Parameters that make a device vary.
const VARIATION: [&str; 4] = ["sigma_von", "sigma_vhold", SPREADS[0], SPREADS[1]];

/// A typical device, and one that varies: two models of a diffusive memristor.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// What else stands in the file.
    rest: String,
    /// Parameters of the typical device, as between the parentheses.
    typical: String,
    /// Parameters of the device that varies.
    varied: String,
}

impl Card {
    /// The shipped card.
    pub fn shipped() -> Self {
        Self::parse(ZNO).expect("the shipped card has its models")
    }

    /// A card from a file. Its first model is the device; a model of that name with `_varied`
    /// says how the device varies, otherwise the first one does.
    pub fn load(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let text = memspike_files::read_text(path, memspike_files::MIB)
            .map_err(|error| Failure::Input(format!("error: cannot read '{shown}': {error}")))?;
        Self::parse(&text).ok_or_else(|| {
            let form = format!("`.model NAME {KIND}(...)`");
            Failure::Input(format!("error: the first model of '{shown}' must be {form}"))
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let models = models(text);
        let device = models.first().filter(|model| model.kind == KIND)?;
        let name = format!("{}_varied", device.name);
        let varied = models.iter().find(|model| model.name == name && model.kind == KIND);
        let mut rest = String::new();
        let mut from = 0;
        for model in [Some(device), varied].into_iter().flatten() {
            rest.push_str(&text[from..model.whole.start]);
            from = model.whole.end;
        }
        rest.push_str(&text[from..]);
        let body = |model: &Found| text[model.body.clone()].to_owned();
        let nominal = |body: String, name: &&str| match place(&body, name) {
            Some(_) => with(&body, name, 0.0),
            None => body,
        };
        Some(Self {
            rest,
            typical: VARIATION.iter().fold(body(device), nominal),
            varied: body(varied.unwrap_or(device)),
        })
    }

    /// What decks include.
    pub fn text(&self) -> String {
        let Self { rest, typical, varied } = self;
        format!("{rest}\n.model {TYPICAL} {KIND}({typical})\n.model {VARIED} {KIND}({varied})\n")
    }

    /// The number that a parameter of the typical device has; none if the card gives an expression.
    pub fn value(&self, parameter: &str) -> Option<f64> {
        match place(&self.typical, parameter) {
            Some(place) => parse_number(&self.typical[place]).ok(),
            None => default(parameter),
        }
    }

    /// The same card with another value of a parameter.
    pub fn with(&self, parameter: &str, value: f64) -> Self {
        Self {
            rest: self.rest.clone(),
            typical: with(&self.typical, parameter, value),
            varied: with(&self.varied, parameter, value),
        }
    }

    /// The same card, its device varying from cycle to cycle alone.
    pub fn without_spread(&self) -> Self {
        let fixed = |body: String, name: &&str| with(&body, name, 0.0);
        Self { varied: SPREADS.iter().fold(self.varied.clone(), fixed), ..self.clone() }
    }
}

/// A `.model` of a card.
struct Found {
    /// In lower case.
    name: String,
    /// In lower case.
    kind: String,
    /// From `.model` to the closing parenthesis.
    whole: Range<usize>,
    /// Between the parentheses.
    body: Range<usize>,
}

/// Every model with parentheses, in the order of the text.
fn models(text: &str) -> Vec<Found> {
    let lower = text.to_ascii_lowercase();
    let begins = |at: &usize| *at == 0 || lower[..*at].ends_with('\n');
    let starts = lower.match_indices(".model").map(|(at, _)| at).filter(begins);
    starts.filter_map(|start| found(&lower, start)).collect()
}

fn found(lower: &str, start: usize) -> Option<Found> {
    let open = start + lower[start..].find('(')?;
    let mut depth = 0;
    let close = open
        + lower[open..].find(|symbol| {
            depth += i32::from(symbol == '(') - i32::from(symbol == ')');
            depth == 0
        })?;
    let mut words = lower[start..open].split_whitespace().skip(1);
    let (name, kind) = (words.next()?.to_owned(), words.next()?.to_owned());
    Some(Found { name, kind, whole: start..close + 1, body: open + 1..close })
}

/// Where the value of a parameter stands.
fn place(body: &str, parameter: &str) -> Option<Range<usize>> {
    let lower = body.to_ascii_lowercase();
    let assignment = format!("{parameter}=");
    let begins = |at: &usize| *at == 0 || lower[..*at].ends_with([' ', '\t', '+', '\n', '\r']);
    let at = lower.match_indices(&assignment).map(|(at, _)| at).find(begins)?;
    let start = at + assignment.len();
    let length = lower[start..].find([' ', '\t', '\n', '\r']).unwrap_or(lower.len() - start);
    Some(start..start + length)
}

/// The same parameters with another value of one.
fn with(body: &str, parameter: &str, value: f64) -> String {
    match place(body, parameter) {
        Some(place) => format!("{}{value:e}{}", &body[..place.start], &body[place.end..]),
        None => format!("{body} {parameter}={value:e}"),
    }
}

fn default(parameter: &str) -> Option<f64> {
    let kind = MODELS.iter().find(|kind| kind.name == KIND)?;
    kind.parameters.iter().find(|known| known.name == parameter).map(|known| known.default)
}

#[cfg(test)]
mod tests {
    use super::Card;

    fn card(text: &str) -> Card {
        Card::parse(text).expect("a model")
    }

    #[test]
    fn a_parameter_is_found_on_any_line_of_the_model() {
        let text = "* the .model has von=7\n.model a ts_memristor(von=0.13 vs=23m\n+ gres=.5)\n";
        let card = card(text);
        let values = ["von", "vs", "gres"].map(|name| card.value(name));
        assert_eq!(values, [Some(0.13), Some(0.023), Some(0.5)]);
        // What the card does not say, the model does.
        assert_eq!(card.value("sigma_von"), Some(0.0));
    }

    #[test]
    fn a_changed_parameter_takes_its_place_or_the_end() {
        let changed = card(".model a ts_memristor(von=0.13\n+ gres=.5)").with("gres", 0.25);
        assert_eq!(changed.typical, "von=0.13\n+ gres=2.5e-1");
        assert_eq!(changed.with("vs", 1e-3).varied, "von=0.13\n+ gres=2.5e-1 vs=1e-3");
    }

    #[test]
    fn a_typical_device_does_not_vary_and_the_other_does() {
        let one = card(".MODEL b ts_memristor(von=0.2 sigma_von=1m spread_von=2m)\n");
        assert_eq!(one.typical, "von=0.2 sigma_von=0e0 spread_von=0e0");
        assert_eq!(one.varied, "von=0.2 sigma_von=1m spread_von=2m");
        let two = card(
            ".param k=1\n.model b ts_memristor(von=0.2)\n\
             .model b_varied ts_memristor(von=0.2 sigma_von=1m)\n",
        );
        assert_eq!(
            two.without_spread().varied,
            "von=0.2 sigma_von=1m spread_von=0e0 spread_vhold=0e0"
        );
        assert!(two.text().contains(".param k=1\n"));
        assert_eq!(two.text().matches(".model").count(), 2);
    }

    #[test]
    fn what_is_no_such_model_is_refused() {
        for text in ["", ".model a sw(ron=1)", ".model a ts_memristor", "* .model a ts_memristor()"]
        {
            assert_eq!(Card::parse(text), None, "{text}");
        }
    }
}
