//! Spikes of large networks in files: Parquet, which tools for tables read as it is, and CSV; and what they say when they are
//! read back: rates, regularity and correlation.
//!
//! A file stands under its name only once it is whole, holds the spikes in the order in which they are told, and says of which
//! network, seed and time it is ([`Origin`]). Memory does not grow with its length.

mod analysis;
mod correlation;
mod error;
mod evenly;
mod lines;
mod origin;
mod parquet_file;
mod recorded;
mod said;
mod spike_file;
mod statistics;
mod train;

pub use analysis::{Analysis, Distributions, Summary};
pub use correlation::{BIN_S, NEURONS};
pub use error::{ReadError, ReadReason, RecordingError};
pub use evenly::number_of;
pub use origin::Origin;
pub use recorded::{Recorded, RecordedPopulation};
pub use spike_file::SpikeFile;
pub use statistics::{Firing, Statistics};
