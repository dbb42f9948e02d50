//! Spikes of large networks in files: Parquet, which tools for tables read as it is, and CSV.
//!
//! A file stands under its name only once it is whole, holds the spikes in the order in which they are told, and says of which
//! network, seed and time it is ([`Origin`]). Memory does not grow with its length.

mod error;
mod origin;
mod parquet_file;
mod spike_file;
mod statistics;

pub use error::RecordingError;
pub use origin::Origin;
pub use spike_file::SpikeFile;
pub use statistics::{Firing, Statistics};
