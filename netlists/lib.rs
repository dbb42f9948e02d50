//! The files of this folder that programs carry, so that they work where there is no repository.

/// The card of the paper's device.
pub const ZNO: &str = include_str!("cards/zno.lib");

/// Ten digits drawn for this project (`cargo xtask digits`), as images of IDX.
pub const DIGITS: &[u8] = include_bytes!("digits.idx");

/// The paper's network as circuits, all of it analog.
pub const NETWORK: &str = include_str!("snn_784x10.cir");

/// The same with a quantised core as its output layer.
pub const NETWORK_WITH_CORE: &str = include_str!("snn_cosim.cir");

/// The paper's oscillation neuron at three inputs.
pub const OSCILLATION: &str = include_str!("oscillation.cir");

/// The paper's LIF neuron.
pub const LIF: &str = include_str!("lif.cir");

/// A deck of one neuron, to begin with.
pub const NEURON_EXAMPLE: &str = include_str!("examples/neuron.cir");

/// A deck of three neurons in a ring, to begin with.
pub const RING_EXAMPLE: &str = include_str!("examples/ring.cir");

/// A network of point neurons, to begin with.
pub const NETWORK_EXAMPLE: &str = include_str!("examples/network.toml");

/// A measurement file that explains itself, its sweep, and the card that they give: names and texts.
pub const MEASUREMENTS_EXAMPLE: [(&str, &str); 3] = [
    ("example.toml", include_str!("measurements/example.toml")),
    ("example.csv", include_str!("measurements/example.csv")),
    ("mine.lib", include_str!("measurements/mine.lib")),
];

/// Decks of the paper's measurements.
pub mod paper {
    /// Sweeps of one device with a current limit.
    pub const SWEEP: &str = include_str!("paper/sweep.cir");
    /// A ramp of one device.
    pub const RAMP: &str = include_str!("paper/ramp.cir");
    /// Delay of turning on under pulses.
    pub const TURN_ON: &str = include_str!("paper/turn_on.cir");
    /// Many cycles of one device.
    pub const ENDURANCE: &str = include_str!("paper/endurance.cir");
    /// The LIF neuron.
    pub const LIF: &str = include_str!("paper/lif.cir");
    /// The oscillation neuron while a pulse lasts.
    pub const OSCILLATION_PULSE: &str = include_str!("paper/oscillation_pulse.cir");
    /// The oscillation neuron at several inputs.
    pub const OSCILLATION_VOLTAGE: &str = include_str!("paper/oscillation_voltage.cir");
    /// Sweeps of one device, cycle after cycle.
    pub const CYCLES: &str = include_str!("paper/cycles.cir");
    /// Sweeps of many devices.
    pub const DEVICES: &str = include_str!("paper/devices.cir");
}
