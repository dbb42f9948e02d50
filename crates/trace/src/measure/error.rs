//! Why a measurement has no value.

/// Why a measurement has no value.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum MeasureError {
    /// The crossing asked for did not happen.
    #[error("the signal crossed {found} times in that direction, fewer than asked for")]
    TooFewCrossings {
        /// Crossings that did happen.
        found: u32,
    },
    /// The device never turned on within the window.
    #[error("the device did not turn on")]
    NoSpike,
    /// A rate needs two spikes.
    #[error("a rate needs two spikes, found {found}")]
    TooFewSpikes {
        /// Spikes within the window.
        found: u64,
    },
    /// The window has no length.
    #[error("the window from {from_s:e} s to {to_s:e} s is empty")]
    EmptyWindow {
        /// Its start (s).
        from_s: f64,
        /// Its end (s).
        to_s: f64,
    },
    /// The run ended before the instant or the window's end.
    #[error("needs the run up to {needed_s:e} s, it ended at {end_s:e} s")]
    NotSimulated {
        /// What the measurement needs (s).
        needed_s: f64,
        /// End of the run (s).
        end_s: f64,
    },
    /// The extremes of beating waves are not known before each wave was looked at.
    #[error(
        "the signal has too many waves of different heights to look at each; a shorter window (FROM, TO) has fewer"
    )]
    TooManyWaves,
    /// The value is not a finite number.
    #[error("the value left the range of numbers")]
    NotFinite,
}
