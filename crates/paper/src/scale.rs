//! The paper's experiments made to fit another device: voltages, currents, resistors and times of the decks
//! in proportion to what the device is, so that each experiment shows what it is there to show.

use super::card::CardPair;

/// Factors on what the decks say; all 1 for the paper's device.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Of voltages.
    pub volt: f64,
    /// Of current limits.
    pub ampere: f64,
    /// Of the neuron's resistor. Its capacitor is scaled by the inverse, and by `second`.
    pub ohm: f64,
    /// Of the neuron's times.
    pub second: f64,
    /// How much longer the neuron is watched beside that, for a hold voltage that makes its swing wider.
    pub watched: f64,
    /// Of the times of single pulses on the device.
    pub pulse: u32,
    /// Where resistances on and off are compared (V): between hold and threshold, on the way up and
    /// on the way down.
    pub read_v: f64,
    /// Where the resistance off is read (V).
    pub leak_v: f64,
}

/// Step of the paper's sweeps (V).
pub const STEP_V: f64 = 5e-3;

/// Its threshold in a ramp at the mean rate of the sweeps, its hold voltage (V), its resistance when off
/// (ohm): what other devices are measured by. They are those of the shipped card to three digits.
const THRESHOLD_V: f64 = 0.168;
const HOLD_V: f64 = 0.1;
const ROFF_OHM: f64 = 128.7e6;

/// Growth time at the voltage at which its neuron fires (s), which is this many thresholds.
const FIRING: f64 = 1.6;
const FIRING_S: f64 = 8.75e-3;

/// The least and the greatest voltage of the neuron's sources (V).
const SOURCE_V: [f64; 2] = [0.5, 2.0];

impl Scale {
    /// For the paper's device.
    pub const PAPER: Self = Self {
        volt: 1.0,
        ampere: 1.0,
        ohm: 1.0,
        second: 1.0,
        watched: 1.0,
        pulse: 1,
        read_v: 0.12,
        leak_v: 0.14,
    };

    /// For the typical device of these cards.
    pub fn of(card: &CardPair) -> Self {
        let value = |name: &str| card.value(name);
        let (von, vs, t0, vhold) = (value("von"), value("vs"), value("t0"), value("vhold"));
        let (ron, roff) = (value("ron"), value("roff"));
        let ramp = |rate: f64| von + vs * (rate * t0 / vs).ln_1p();
        // The rate of the sweeps is 0.05 V/s times the factor.
        let volt = rounded(ramp(0.05 * ramp(0.05) / THRESHOLD_V) / THRESHOLD_V);
        let growth_s = |u: f64| value("ton_min").max(t0 * (-(u - von) / vs).exp());
        // The greatest source must not hold the device on, the least must make it fire.
        let least_ohm = if vhold > 0.0 { 3.0 * ron * SOURCE_V[1] * volt / vhold } else { 0.0 };
        let most_ohm = 0.4 * roff;
        let ohm = (roff / 128.7).max(least_ohm).min(most_ohm);
        // Of a spike at the least voltage, in time constants.
        let period = |hold: f64| ((SOURCE_V[0] - hold) / (SOURCE_V[0] - FIRING * THRESHOLD_V)).ln();
        let between = |part: f64| {
            let level = ((vhold + part * (THRESHOLD_V * volt - vhold)) / (STEP_V * volt)).round();
            level * STEP_V * volt
        };
        Self {
            volt,
            ampere: 10_f64.powf((volt * ROFF_OHM / roff).log10().round()),
            ohm: rounded(ohm / 1e6),
            second: rounded(growth_s(FIRING * THRESHOLD_V * volt) / FIRING_S).max(1.0),
            watched: rounded(period(vhold / volt) / period(HOLD_V)).max(1.0),
            // 1.2 V is the least voltage of a single pulse, 2 us the shortest.
            pulse: (growth_s(1.2 * volt) / 2e-6).ceil().clamp(1.0, 5000.0) as u32,
            read_v: between(0.3),
            leak_v: between(0.6),
        }
    }

    /// The parameters of decks that it changes, with their values.
    pub fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("vscale", self.volt),
            ("iscale", self.ampere),
            ("rscale", self.ohm),
            ("tscale", self.second),
            ("wscale", self.watched),
            ("pscale", f64::from(self.pulse)),
        ]
    }

    /// What people are told of it; nothing if it changes nothing.
    pub fn words(&self) -> String {
        let factors = [
            ("voltages", self.volt),
            ("current limits", self.ampere),
            ("the neuron's resistor", self.ohm),
            ("the neuron's times", self.second),
            ("the time that the neuron is watched", self.watched),
            ("single pulses", f64::from(self.pulse)),
        ];
        let changed: Vec<String> = factors
            .iter()
            .filter(|(_, factor)| *factor != 1.0)
            .map(|(name, factor)| format!("{name} times {factor}"))
            .collect();
        if changed.is_empty() {
            return String::new();
        }
        format!("The paper's experiments, scaled to the device: {}.", changed.join(", "))
    }
}

/// To two digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.1e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use memspike_run::DeviceCard;

    #[test]
    fn the_papers_device_changes_nothing() {
        let card = CardPair::new(&DeviceCard::load(None).expect("the shipped card"));
        assert_eq!(Scale::of(&card), Scale::PAPER);
        assert_eq!(Scale::PAPER.words(), "");
    }

    #[test]
    fn a_device_of_twice_the_voltages_and_half_the_resistance_is_measured_at_them() {
        let card = CardPair::new(&DeviceCard::load(None).expect("the shipped card"));
        let changes = [("von", 2.0), ("vs", 2.0), ("vhold", 2.0), ("roff", 0.1), ("ron", 0.1)];
        let card = changes
            .iter()
            .fold(card, |card, (name, factor)| card.with(name, factor * card.value(name)));
        let scale = Scale::of(&card);
        assert_eq!((scale.volt, scale.ampere, scale.ohm), (2.0, 10.0, 0.1));
        assert!((scale.read_v - 0.24).abs() < 1e-12 && (scale.leak_v - 0.28).abs() < 1e-12);
    }
}
