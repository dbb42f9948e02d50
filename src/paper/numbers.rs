//! What the paper measured: the one list of its electrical numbers.
//!
//! Wang, Zhang, Hua, Fu, Guo, "Leaky integrate-and-fire and oscillation neurons based on ZnO
//! diffusive memristors for spiking neural networks", 2025.

/// Where the numbers come from, for people.
pub const SOURCE: &str = "\
Measured: Wang, Zhang, Hua, Fu, Guo, \"Leaky integrate-and-fire and oscillation neurons based on
ZnO diffusive memristors for spiking neural networks\", 2025.
";

/// One number of the paper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// Its own name: the id and, where an id has several numbers, a word.
    pub key: &'static str,
    /// What was measured.
    pub quantity: &'static str,
    /// In units of `unit`.
    pub measured: f64,
    /// SI unit; a ratio has none, `%` stands for itself.
    pub unit: &'static str,
    /// What the paper says where that is more than the number.
    pub words: &'static str,
    /// Where in the paper.
    pub place: &'static str,
    /// Where the simulated number must lie.
    pub band: Band,
}

/// How far a simulated number may be from the measured one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Band {
    /// This part of the measured one.
    Part(f64),
    /// This much, in the number's unit.
    Within(f64),
    /// By this factor, up or down.
    Factor(f64),
    /// Not at all.
    Exact,
    /// From this on upwards.
    AtLeast(f64),
    /// Anything above this.
    Above(f64),
}

impl Number {
    /// A number that must be met within the band of fitted ones.
    const fn new(
        key: &'static str,
        quantity: &'static str,
        measured: f64,
        unit: &'static str,
        place: &'static str,
    ) -> Self {
        Self { key, quantity, measured, unit, words: "", place, band: FITTED }
    }

    const fn band(self, band: Band) -> Self {
        Self { band, ..self }
    }

    const fn words(self, words: &'static str) -> Self {
        Self { words, ..self }
    }

    /// The id that a user asks for.
    pub fn id(&self) -> &'static str {
        self.key.split(' ').next().unwrap_or(self.key)
    }

    /// The ends of the band; the upper may be infinite.
    pub fn limits(&self) -> (f64, f64) {
        let measured = self.measured;
        match self.band {
            Band::Part(part) => {
                (measured - part * measured.abs(), measured + part * measured.abs())
            }
            Band::Within(distance) => (measured - distance, measured + distance),
            Band::Factor(factor) => (measured / factor, measured * factor),
            Band::Exact => (measured, measured),
            Band::AtLeast(least) | Band::Above(least) => (least, f64::INFINITY),
        }
    }

    /// Whether a simulated number is in the band. None is not.
    pub fn accepts(&self, simulated: Option<f64>) -> bool {
        let (low, high) = self.limits();
        simulated.is_some_and(|value| match self.band {
            Band::Above(least) => value > least,
            _ => low <= value && value <= high,
        })
    }

    /// Deviation from what was measured, as a part of it; none for a statement without a number.
    pub fn deviation(&self, simulated: f64) -> Option<f64> {
        let compares = !matches!(self.band, Band::AtLeast(_) | Band::Above(_));
        (compares && self.measured != 0.0).then(|| simulated / self.measured - 1.0)
    }
}

/// The number of this key.
pub fn number(key: &str) -> &'static Number {
    NUMBERS.iter().find(|number| number.key == key).expect("the list has every key in use")
}

/// The band of a number that the card is fitted to.
const FITTED: Band = Band::Part(0.03);

/// The band of a number that one card cannot meet better beside the others, or that the paper's
/// own numbers do not: reasons stand in `assumptions.rs`.
const WIDER: Band = Band::Part(0.05);

/// Confidence intervals are those of 95 %: this many standard errors.
const CONFIDENCE: f64 = 1.96;

/// The standard deviation of n normal numbers is known to 1/sqrt(2n) of itself: 2.2 % for the 1024
/// cycles of D3.
const CYCLES: Band = Band::Part(CONFIDENCE * 0.0221);

/// The same for D4: the spread between 30 devices makes 76 % of the variance, known to sqrt(2/29)
/// of itself; what each of ten sweeps adds makes 24 %, known to sqrt(2/300). Half of both together,
/// because the deviation is a root.
const DEVICES: Band = Band::Part(CONFIDENCE * 0.101);

/// The mean of D4 is known to sqrt((6.9 mV)^2 / 30 + (3.8 mV)^2 / 300).
const DEVICES_MEAN: Band = Band::Within(CONFIDENCE * 1.28e-3);

/// The step of the paper's sweeps (V): what they can resolve.
const SWEEP_STEP_V: f64 = 5e-3;

/// Every electrical number, in the order of ids.
pub static NUMBERS: &[Number] = &[
    Number::new("D1", "threshold voltage, slow sweep", 0.17, "V", "Fig. 2a"),
    Number::new("D2", "hold voltage, slow sweep", 0.1, "V", "Fig. 2a"),
    Number::new("D3 vth", "deviation of the threshold, 1024 cycles", 0.0225, "%", "Fig. 2c")
        .band(CYCLES),
    Number::new("D3 vhold", "deviation of the hold voltage, 1024 cycles", 0.0444, "%", "Fig. 2c")
        .band(CYCLES),
    Number::new("D4 mean", "mean threshold, 30 devices x 10 sweeps", 0.169, "V", "Fig. 2g")
        .band(DEVICES_MEAN),
    Number::new("D4 sigma", "deviation of the threshold, 30 devices", 0.0467, "%", "Fig. 2g")
        .band(DEVICES),
    Number::new("D5", "resistance off at 0.14 V", 130e6, "ohm", "Fig. 2a"),
    // 0.14 V over 130 Mohm are 1.08 nA: the paper's two numbers agree to this factor only.
    Number::new("D5 leakage", "leakage at 0.14 V", 2e-9, "A", "Fig. 2a")
        .words("about 2 nA")
        .band(Band::Factor(2.0)),
    Number::new("D6 limited", "on/off ratio at 10 uA", 1e4, "", "Fig. 2d").words("about 10^4"),
    Number::new("D6 free", "on/off ratio without limit", 1e6, "", "Fig. 2f").words("about 10^6"),
    Number::new("D7", "turn-on slope", 1.31e-3, "V/decade", "Fig. 2b"),
    Number::new("D8 vth", "spread of the threshold, 100 nA to 100 uA", 0.0, "V", "Fig. 2e")
        .words("similar")
        .band(Band::Within(SWEEP_STEP_V)),
    Number::new("D8 vhold", "spread of the hold voltage, 100 nA to 100 uA", 0.0, "V", "Fig. 2e")
        .words("similar")
        .band(Band::Within(SWEEP_STEP_V)),
    Number::new("D9", "set power at 100 nA", 16.5e-9, "W", "text").band(WIDER),
    Number::new("D10", "turn-on delay at 1.5 V", 20e-9, "s", "Fig. 2h").words("about 20 ns"),
    Number::new("D11", "set and read cycles that switch, of 100000", 1e5, "", "Fig. 2i")
        .words("every one")
        .band(Band::Exact),
    Number::new("N1 R", "resistor of the neuron", 1e6, "ohm", "Fig. 3a").band(Band::Exact),
    Number::new("N1 C", "capacitor of the neuron", 47e-9, "F", "Fig. 3a").band(Band::Exact),
    Number::new("L1", "widths at which pulses per spike fall, of 3", 3.0, "", "Fig. 3f")
        .words("every one")
        .band(Band::Exact),
    Number::new(
        "L2 pulses",
        "pulses to the first spike over later ones, least",
        1.0,
        "",
        "Fig. 3b-e",
    )
    .words("above 1")
    .band(Band::Above(1.0)),
    Number::new(
        "L2 peak",
        "voltage of the first spike over later ones, least",
        1.0,
        "",
        "Fig. 3b-e",
    )
    .words("above 1")
    .band(Band::Above(1.0)),
    Number::new("O1 50ms", "frequency at 0.8 V, pulse of 50 ms", 73.1, "Hz", "Fig. 4a").band(WIDER),
    Number::new("O1 100ms", "frequency at 0.8 V, pulse of 100 ms", 73.5, "Hz", "Fig. 4a")
        .band(WIDER),
    Number::new("O2 low", "frequency at 0.5 V", 38.0, "Hz", "Fig. 4c").band(WIDER),
    Number::new("O2 high", "frequency at 2 V", 176.0, "Hz", "Fig. 4c").band(WIDER),
    Number::new("O2 linear", "R^2 of frequency against voltage", 1.0, "", "Fig. 4c")
        .words("nearly linear")
        .band(Band::AtLeast(0.98)),
    Number::new("O3", "energy a spike at 0.5 V", 1.442e-9, "J", "Fig. 4b"),
];

#[cfg(test)]
mod tests {
    use super::{NUMBERS, number};

    #[test]
    fn bands_hold_their_ends_and_nothing_beyond() {
        let threshold = number("D1");
        assert!(threshold.accepts(Some(0.1651)) && threshold.accepts(Some(0.1749)));
        assert!(!threshold.accepts(Some(0.1648)) && !threshold.accepts(Some(0.1752)));
        assert!(!threshold.accepts(None) && !threshold.accepts(Some(f64::NAN)));
        assert!(number("D5 leakage").accepts(Some(1.08e-9)));
        assert!(number("D8 vth").accepts(Some(0.0)) && !number("D8 vth").accepts(Some(0.0051)));
        assert!(number("D11").accepts(Some(1e5)) && !number("D11").accepts(Some(99_999.0)));
        assert!(number("L2 peak").accepts(Some(1.001)) && !number("L2 peak").accepts(Some(1.0)));
    }

    #[test]
    fn keys_are_unique_and_begin_with_their_ids() {
        let mut keys: Vec<&str> = NUMBERS.iter().map(|number| number.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), NUMBERS.len());
        assert!(NUMBERS.iter().all(|number| ["D", "N", "L", "O"].contains(&&number.id()[..1])));
    }
}
