//! The cards of the device under test, as decks include them.

use memspike_netlist::Card;

use memspike_run::DeviceCard;

/// What decks call the typical device, and the one that varies.
const TYPICAL: &str = "zno";
const VARIED: &str = "zno_varied";

/// Parameters of the variation from device to device.
const SPREADS: [&str; 5] =
    ["spread_von", "spread_vhold", "spread_ron", "spread_roff", "spread_gres"];

/// Parameters of its variation from cycle to cycle.
const CYCLES: [&str; 5] = ["sigma_von", "sigma_vhold", "sigma_ron", "sigma_roff", "sigma_gres"];

/// A typical device, and one that varies.
#[derive(Debug, Clone)]
pub struct CardPair {
    typical: Card,
    varied: Card,
}

impl CardPair {
    /// The first model of a file is the device; a model of that name with `_varied` says how the device
    /// varies, otherwise the first one does.
    pub fn new(card: &DeviceCard) -> Self {
        let varied = card.varied.as_ref().unwrap_or(&card.device).clone().named(VARIED);
        let typical = without(&SPREADS, without(&CYCLES, card.device.clone())).named(TYPICAL);
        Self { typical, varied }
    }

    /// What decks include.
    pub fn text(&self) -> String {
        format!("{}{}", self.typical, self.varied)
    }

    /// Whether every parameter of both devices is the same.
    pub fn is_like(&self, other: &Self) -> bool {
        self.text() == other.text()
    }

    /// The number that a parameter of the typical device has.
    pub fn value(&self, parameter: &str) -> f64 {
        self.typical.value(parameter).expect("assumptions are parameters of the model")
    }

    /// The same cards with another value of a parameter.
    pub fn with(&self, parameter: &str, value: f64) -> Self {
        let changed = |card: &Card| card.clone().with(parameter, value);
        Self { typical: changed(&self.typical), varied: changed(&self.varied) }
    }

    /// The same cards, the device varying from cycle to cycle alone.
    pub fn without_spread(&self) -> Self {
        Self { varied: without(&SPREADS, self.varied.clone()), ..self.clone() }
    }
}

fn without(parameters: &[&str], card: Card) -> Card {
    parameters.iter().fold(card, |card, parameter| card.with(parameter, 0.0))
}

#[cfg(test)]
mod tests {
    use memspike_netlist::Cards;

    use super::*;

    /// The cards that decks get, read again.
    fn pair(text: &str) -> [Card; 2] {
        let mut models = Cards::parse("test.lib", text).expect("cards").models.into_iter();
        let device = models.next().expect("a device");
        let card = DeviceCard { device, varied: models.next(), files: Vec::new() };
        let text = CardPair::new(&card).text();
        Cards::parse("pair", &text).expect("cards").models.try_into().expect("two")
    }

    #[test]
    fn a_typical_device_does_not_vary_and_the_other_does() {
        let [typical, varied] = pair(".MODEL b ts_memristor(von=0.2 sigma_von=1m spread_von=2m)\n");
        assert_eq!([typical.name(), varied.name()], ["zno", "zno_varied"]);
        assert_eq!(
            [typical.value("sigma_von"), varied.value("sigma_von")],
            [Some(0.0), Some(1e-3)]
        );
        assert_eq!([typical.value("von"), varied.value("von")], [Some(0.2); 2]);
    }

    #[test]
    fn how_a_device_varies_may_stand_in_a_card_of_its_own() {
        let text = ".param k=0.1\n.model b ts_memristor(von={2*(k)})\n\
                    .model b_varied ako:b (sigma_von=1m)\n";
        let [typical, varied] = pair(text);
        assert_eq!(
            [typical.value("sigma_von"), varied.value("sigma_von")],
            [Some(0.0), Some(1e-3)]
        );
        assert_eq!([typical.value("von"), varied.value("von")], [Some(0.2); 2]);
    }
}
