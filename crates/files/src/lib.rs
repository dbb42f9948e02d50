//! Files: written whole or not at all, read within bounds, told apart by what they are.
//!
//! - [`OutputFile`] makes a file appear under its name only when it is complete.
//! - [`OutputFolder`] does the same for a folder; a [`ScratchFolder`] is never seen.
//! - [`read`] and [`read_text`] take no more than a bound, whatever a file says of its size, and
//!   [`read_marked`] no more than its beginning of a file of another kind.
//! - [`Identity`] tells whether two paths lead to one file, however they are spelt.

mod advice;
mod folder;
mod identity;
mod output;
#[cfg(unix)]
mod pipe;
mod read;
mod standard;
mod temporary;

pub use advice::{advised, plain};
pub use folder::{FolderFile, OutputFolder, ScratchFolder};
pub use identity::Identity;
pub use output::{OutputFile, Patience, named};
pub use read::{
    MIB, inflated_at_most, open, read, read_marked, read_standard_input, read_text, within,
};
pub use standard::{is_standard_output, standard_output_may_be_closed};
