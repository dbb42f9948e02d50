//! Why measurements end without results.

use memspike_engine::EngineError;
use memspike_netlist::Report;
use memspike_run::CardError;

/// Why measurements end without results.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// No number has this id.
    #[error(
        "the paper's electrical numbers have no id '{id}'\nhelp: did you mean '{nearest}'? There are {all}"
    )]
    Unknown {
        /// What was asked for.
        id: String,
        /// The nearest that there is.
        nearest: &'static str,
        /// All of them.
        all: String,
    },
    /// The card describes no device.
    #[error(transparent)]
    Card(#[from] CardError),
    /// The card under test makes a deck that is refused.
    #[error("{0}")]
    Deck(Report),
    /// A circuit has no finite solution.
    #[error(transparent)]
    Run(#[from] EngineError),
    /// The user has asked to stop.
    #[error("interrupted")]
    Interrupted,
}
