//! What runs of large networks leave behind: spikes and membranes in files, Parquet, which tools for tables read as it is, and CSV;
//! what they say when they are read back: rates, regularity and correlation; and the folder from which a run goes on.
//!
//! A file stands under its name only once it is whole, holds rows in the order in which they are told, and says of which
//! network, seed and time it is ([`Origin`]). Memory does not grow with its length.

mod analysis;
mod checkpoint;
mod checkpoint_error;
mod correlation;
mod error;
mod evenly;
mod lines;
mod manifest;
mod origin;
mod parquet_file;
mod record;
mod record_file;
mod recorded;
mod said;
mod spool;
mod statistics;
mod table;
mod train;

pub use analysis::{Analysis, Distributions, Summary};
pub use checkpoint::{Checkpoint, CheckpointFolder};
pub use checkpoint_error::CheckpointError;
pub use correlation::{BIN_S, NEURONS};
pub use error::{ReadError, ReadReason, RecordingError};
pub use evenly::number_of;
pub use manifest::{Inputs, Manifest};
pub use origin::Origin;
pub use record::{LONGEST as LONGEST_RECORD, Membrane, Record, Spike};
pub use record_file::{MembraneFile, RecordFile, SpikeFile};
pub use recorded::{Recorded, RecordedPopulation};
pub use spool::{Mark, Spool};
pub use statistics::{Firing, Statistics};
