//! What the paper measured: the one list of its electrical numbers.
//!
//! Wang, Zhang, Hua, Fu, Guo, "Leaky integrate-and-fire and oscillation neurons based on ZnO
//! diffusive memristors for spiking neural networks", 2025.

/// Where the numbers come from, for people.
pub const SOURCE: &str = "\
Measured: Wang, Zhang, Hua, Fu, Guo, \"Leaky integrate-and-fire and oscillation neurons based on
ZnO diffusive memristors for spiking neural networks\", 2025.
";

/// The heads of Table 1, and the file of netlists/shelf that runs the device.
pub const TABLE_1_HEADER: [&str; 7] = [
    "device",
    "Vth/Vhold (V)",
    "variation of Vth",
    "self-compliance",
    "neuron",
    "energy a spike",
    "deck",
];

/// Table 1: devices that others have reported, and the paper's own.
pub const TABLE_1: [[&str; 7]; 8] = [
    ["Ag/TaOx/ITO", "about 0.3/0.1", "- (1000 cycles)", "no", "LIF", "250 nJ", "taox.cir"],
    ["Pt/Ag NDs/HfO2/Pt", "0.607/0.201", "4.8 %", "no", "oscillation", "-", "hfo2.cir"],
    [
        "Pt/Ag/TiN/HfAlOx/Pt",
        "0.4/about 0",
        "6.3 % (200 cycles)",
        "no",
        "LIF",
        "16 pJ",
        "hfalox.cir",
    ],
    ["Ag/ZrOx/Pt", "0.4/0.02", "5.6 % (50 cycles)", "no", "LIF", "-", "zrox.cir"],
    ["Ag/IGZO/ITO", "1.69/0.18", "12 % (50 cycles)", "no", "LIF", "-", "igzo.cir"],
    ["Pt/Ag/SiO2 NRs/Ag/Pt", "0.5/0.3", "- (500 cycles)", "yes", "LIF", "-", "sio2.cir"],
    ["Au/Ag/hBN/Au/Ti", "0.202/0.024", "16.8 % (500 cycles)", "no", "LIF", "634 pJ", "hbn.cir"],
    [
        "Pt/Ag/ZnO/Pt",
        "0.17/0.1",
        "2.25 % (1000 cycles)",
        "yes",
        "LIF, oscillation",
        "1.442 nJ",
        "../lif.cir, ../oscillation.cir",
    ],
];

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
    /// How much of it the simulation can claim.
    pub class: Class,
}

/// What makes a simulated number come out as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A parameter says it, or a ratio of parameters.
    Set,
    /// Parameters were chosen so that it comes out near what was measured.
    Fitted,
    /// It follows from the law and from parameters that were chosen for other numbers.
    Predicted,
}

impl Class {
    /// For people and for JSON.
    pub fn label(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Fitted => "fitted",
            Self::Predicted => "predicted",
        }
    }
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
        let (words, class) = ("", Class::Fitted);
        Self { key, quantity, measured, unit, words, place, band: NEAR, class }
    }

    const fn class(self, class: Class) -> Self {
        Self { class, ..self }
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

/// The band of most numbers.
const NEAR: Band = Band::Part(0.02);

/// The band of frequencies.
const FREQUENCY: Band = Band::Part(0.015);

// Numbers that are statistics of a sample vary with the seed. Their bands are so wide that a card of
// which they are true leaves any of them for less than one seed in 100,000: 4.7 standard errors for
// the four of them, beside 1 % by which the card's own deviations may be off.

/// The standard deviation of n normal numbers is known to 1/sqrt(2n) of itself: 0.78 % for the 8 times
/// 1024 cycles that are simulated.
const CYCLES: Band = Band::Part(0.05);

/// The same for 960 devices of ten sweeps each, known to 1.8 %: the spread between devices makes 3/4 of
/// the variance.
const DEVICES: Band = Band::Part(0.1);

/// The step of the paper's sweeps (V): what they can resolve.
const SWEEP_STEP_V: f64 = 5e-3;

/// Every electrical number, in the order of ids.
pub static NUMBERS: &[Number] = &[
    Number::new("D1", "threshold voltage read in the slow sweep", 0.17, "V", "Fig. 2a"),
    Number::new("D1 ramp", "threshold voltage in a ramp as slow", 0.17, "V", "Fig. 2a"),
    Number::new("D2", "hold voltage read in the slow sweep", 0.1, "V", "Fig. 2a"),
    Number::new("D2 ramp", "hold voltage in a ramp as slow", 0.1, "V", "Fig. 2a"),
    Number::new("D3 vth", "deviation of the threshold from cycle to cycle", 0.0225, "%", "Fig. 2c")
        .band(CYCLES),
    Number::new("D3 vhold", "deviation of the hold voltage", 0.0444, "%", "Fig. 2c").band(CYCLES),
    // Its standard error is 0.25 mV, 0.15 %.
    Number::new("D4 mean", "mean threshold of many devices", 0.169, "V", "Fig. 2g"),
    Number::new("D4 sigma", "deviation of the threshold over them", 0.0467, "%", "Fig. 2g")
        .band(DEVICES),
    Number::new("D5", "resistance off at 0.14 V", 130e6, "ohm", "text").class(Class::Set),
    Number::new("D5 leakage", "leakage just before it turns on", 2e-9, "A", "text")
        .words("about 2 nA")
        .band(Band::Factor(2.0))
        .class(Class::Predicted),
    Number::new("D6 limited", "on/off ratio at 10 uA", 1e4, "", "Fig. 2d")
        .words("about 10^4")
        .class(Class::Set),
    Number::new("D6 free", "on/off ratio without limit", 1e6, "", "Fig. 2f")
        .words("about 10^6")
        .class(Class::Set),
    Number::new("D7", "turn-on slope", 1.31e-3, "V/decade", "Fig. 2b").class(Class::Set),
    Number::new("D8 vth", "spread of the threshold, 100 nA to 100 uA", 0.0, "V", "Fig. 2e")
        .words("similar")
        .band(Band::Within(SWEEP_STEP_V))
        .class(Class::Set),
    Number::new("D8 vhold", "spread of the hold voltage, 100 nA to 100 uA", 0.0, "V", "Fig. 2e")
        .words("similar")
        .band(Band::Within(SWEEP_STEP_V))
        .class(Class::Set),
    Number::new("D9", "set power at 100 nA", 16.5e-9, "W", "text"),
    Number::new("D10", "turn-on delay at 1.5 V", 20e-9, "s", "Fig. 2h")
        .words("about 20 ns")
        .class(Class::Set),
    Number::new("D11", "set and read cycles that switch, of 100000", 1e5, "", "Fig. 2i")
        .words("every one")
        .band(Band::Exact)
        .class(Class::Predicted),
    Number::new("N1 R", "resistor of the neuron", 1e6, "ohm", "Fig. 3a")
        .band(Band::Exact)
        .class(Class::Set),
    Number::new("N1 C", "capacitor of the neuron", 47e-9, "F", "Fig. 3a")
        .band(Band::Exact)
        .class(Class::Set),
    Number::new("L1", "widths at which pulses per spike fall, of 3", 3.0, "", "Fig. 3f")
        .words("every one")
        .band(Band::Exact)
        .class(Class::Predicted),
    Number::new(
        "L2 pulses",
        "pulses to the first spike over later ones, least",
        1.0,
        "",
        "Fig. 3b-e",
    )
    .words("above 1")
    .band(Band::Above(1.0))
    .class(Class::Predicted),
    Number::new(
        "L2 peak",
        "voltage of the first spike over later ones, least",
        1.0,
        "",
        "Fig. 3b-e",
    )
    .words("above 1")
    .band(Band::Above(1.0))
    .class(Class::Predicted),
    Number::new("O1 50ms", "frequency at 0.8 V, pulse of 50 ms", 73.1, "Hz", "Fig. 4a")
        .band(FREQUENCY),
    Number::new("O1 100ms", "frequency at 0.8 V, pulse of 100 ms", 73.5, "Hz", "Fig. 4a")
        .band(FREQUENCY),
    Number::new("O2 low", "frequency at 0.5 V", 38.0, "Hz", "Fig. 4c").band(FREQUENCY),
    Number::new("O2 high", "frequency at 2 V", 176.0, "Hz", "Fig. 4c").band(FREQUENCY),
    Number::new("O2 linear", "R^2 of frequency against voltage", 1.0, "", "Fig. 4c")
        .words("nearly linear")
        .band(Band::AtLeast(0.98))
        .class(Class::Predicted),
    Number::new("O3", "energy a spike at 0.5 V", 1.442e-9, "J", "Fig. 4b").band(Band::Part(0.03)),
];

#[cfg(test)]
mod tests {
    use super::{NUMBERS, number};

    #[test]
    fn bands_hold_their_ends_and_nothing_beyond() {
        let threshold = number("D1");
        assert!(threshold.accepts(Some(0.1667)) && threshold.accepts(Some(0.1733)));
        assert!(!threshold.accepts(Some(0.1665)) && !threshold.accepts(Some(0.1735)));
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
