//! What a run is asked to show: signals and measurements, as plain data.

use crate::{ElementId, NetId, NodeId};

/// A quantity of the circuit that has a closed form between events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// Voltage between two nodes (V).
    Voltage(NodeId, NodeId),
    /// Current through an element from its plus to its minus node (A).
    Current(ElementId),
}

/// What a device shows beside its voltage and its current.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceVariable {
    /// Whether it conducts.
    Spike,
    /// The name of its phase.
    State,
    /// Its filament, 0 to 1.
    Filament,
}

/// A time interval of a measurement; no end means the end of the run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Start (s).
    pub from_s: f64,
    /// End (s).
    pub to_s: Option<f64>,
}

/// Direction in which a crossing counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Upwards.
    Rise,
    /// Downwards.
    Fall,
    /// Either way.
    Cross,
}

/// Which of several crossings counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrence {
    /// The n-th, from 1.
    Nth(u32),
    /// The last of the run.
    Last,
}

/// What a signal is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Level {
    /// A constant.
    Value(f64),
    /// Another signal.
    Signal(Signal),
}

/// An instant defined by a crossing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crossing {
    /// The signal.
    pub signal: Signal,
    /// What it crosses.
    pub level: Level,
    /// In which direction.
    pub edge: Edge,
    /// Which one.
    pub occurrence: Occurrence,
    /// Crossings before this time do not count (s), SPICE's `TD`.
    pub after_s: f64,
    /// Nor do those after this one (s), if it is given.
    pub before_s: Option<f64>,
}

/// An instant of a measurement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Point {
    /// A given time (s).
    At(f64),
    /// A crossing.
    Crossing(Crossing),
}

/// Statistic of a signal over a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistic {
    /// Greatest value.
    Max,
    /// Least value.
    Min,
    /// Greatest minus least value.
    PeakToPeak,
    /// Mean over time.
    Average,
    /// Root of the mean square.
    Rms,
    /// Integral over time.
    Integral,
}

/// What an expression makes of signals: a sum of them and of their products.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Quantity {
    /// What it adds.
    pub constant: f64,
    /// Signals, each with its weight.
    pub signals: Vec<(Signal, f64)>,
    /// Products of two signals, each with its weight.
    pub products: Vec<([Signal; 2], f64)>,
}

/// What is read of a quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// Its value at an instant.
    Value(Point),
    /// A statistic; of products the average and the integral alone.
    Statistic(Statistic, Window),
    /// The instant at which it is greatest (s), of several the first; of no products.
    MaxAt(Window),
    /// The instant at which it is least (s).
    MinAt(Window),
}

/// What a measurement computes.
#[derive(Debug, Clone, PartialEq)]
pub enum MeasureKind {
    /// Time from one instant to another (s): `TRIG ... TARG ...`.
    Delay {
        /// Start.
        trigger: Point,
        /// End.
        target: Point,
    },
    /// An instant (s): `WHEN ...`.
    When(Crossing),
    /// Value of a signal at an instant: `FIND ... WHEN ...`, `FIND ... AT=...`.
    Find {
        /// The signal.
        signal: Signal,
        /// When.
        at: Point,
    },
    /// Time derivative of a signal at an instant (1/s of its unit): `DERIV ... WHEN ...`, `DERIV ... AT=...`.
    Derivative {
        /// The signal.
        signal: Signal,
        /// When.
        at: Point,
    },
    /// Statistic of a signal: `MAX`, `MIN`, `PP`, `AVG`, `RMS`, `INTEG`.
    Statistic {
        /// The statistic.
        statistic: Statistic,
        /// The signal that it is taken of.
        signal: Signal,
        /// When.
        window: Window,
    },
    /// Something of what an expression makes of signals.
    Expression {
        /// The expression.
        of: Quantity,
        /// What is read of it.
        reading: Reading,
        /// The unit of the result, empty where it is none that has a name.
        unit: &'static str,
    },
    /// Number of times that a device turned on.
    Spikes(ElementId, Window),
    /// Instant of the first turn-on (s).
    FirstSpike(ElementId, Window),
    /// (spikes - 1) / (last spike - first spike) (Hz), the paper's rule.
    Frequency(ElementId, Window),
    /// Something of the instants at which a net becomes one.
    Rises {
        /// The net.
        net: NetId,
        /// What of them.
        reading: RiseReading,
        /// Between which times.
        window: Window,
    },
    /// Energy that the element took between its first and last spike, over (spikes - 1) (J).
    EnergyPerSpike(ElementId, Window),
}

/// What is read of the rising edges of a net, as of the spikes of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiseReading {
    /// How many there are.
    Count,
    /// The first (s).
    First,
    /// (number - 1) / (last - first) (Hz).
    Frequency,
}

/// A named measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Name in lower case.
    pub name: String,
    /// What it computes.
    pub kind: MeasureKind,
}
