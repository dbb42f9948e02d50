//! Columns of Parquet files, whoever wrote them, read a batch after another within bounds.
//!
//! What a file says of itself is believed only as far as its bytes can bear: pages are looked at before they are decoded
//! (`pages.rs`), because a file of a kilobyte can declare gigabytes.

mod batch;
mod error;
mod pages;
mod table;
mod thrift;

pub use batch::Values;
pub use error::ColumnsError;
pub use table::{Kind, Table};

/// What every Parquet file begins with.
pub const MARK: &[u8] = b"PAR1";
