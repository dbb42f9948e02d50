//! What keeps a network from being reduced.

use std::path::PathBuf;

use memspike_device::ParameterError;
use memspike_netlist::Report;
use memspike_network::NetworkError;

/// Why neurons of a card cannot be reduced.
#[derive(Debug, thiserror::Error)]
pub enum ReductionError {
    /// The card cannot be read, or has mistakes.
    #[error("population '{population}': its card\n{}", report.render(false))]
    Card {
        /// The population.
        population: String,
        /// What is wrong with the card, at its place.
        report: Report,
    },
    /// A card without such a model.
    #[error(
        "population '{population}': '{}' has no model '{device}'; it has {}", path.display(), listed(known)
    )]
    Device {
        /// The population.
        population: String,
        /// The card.
        path: PathBuf,
        /// The name that is not there.
        device: String,
        /// Names that are.
        known: Vec<String>,
    },
    /// A model that is no memristor.
    #[error(
        "population '{population}': model '{device}' of '{}' is a {kind}; a neuron fires by a ts_memristor", path.display()
    )]
    Kind {
        /// The population.
        population: String,
        /// The card.
        path: PathBuf,
        /// The model.
        device: String,
        /// What it is.
        kind: &'static str,
    },
    /// Values that describe no device.
    #[error("population '{population}': model '{device}': {error}")]
    Parameter {
        /// The population.
        population: String,
        /// The model.
        device: String,
        /// What is wrong with it.
        error: ParameterError,
    },
    /// A LIF neuron that never fires.
    #[error(
        "population '{population}': the circuit does not fire again and again at {operating_v} V behind its resistor, or within \
         an octave of it: give it a higher operating_v, or a larger resistance_ohm"
    )]
    Silent {
        /// The population.
        population: String,
        /// The input (V).
        operating_v: f64,
    },
    /// LIF neurons that take both kinds of input.
    #[error(
        "population '{population}' hears '{volt}', whose spikes are charges, and '{pulse}', whose pulses are currents: take one \
         of both, or two populations"
    )]
    Mixed {
        /// The population.
        population: String,
        /// A projection of spikes.
        volt: String,
        /// A projection of pulses.
        pulse: String,
    },
    /// The user has asked to stop.
    #[error("interrupted while neurons of cards were looked at: nothing is run")]
    Interrupted,
    /// What comes out is no network.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

fn listed(known: &[String]) -> String {
    match known {
        [] => "none at all".to_owned(),
        _ => known.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", "),
    }
}
