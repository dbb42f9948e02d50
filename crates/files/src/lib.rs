//! Files: written whole or not at all, read within bounds, told apart by what they are.
//!
//! - [`OutputFile`] makes a file appear under its name only when it is complete.
//! - [`OutputFolder`] does the same for a folder; a [`ScratchFolder`] is never seen.
//! - [`read`] and [`read_text`] take no more than a bound, whatever a file says of its size.
//! - [`Identity`] tells whether two paths lead to one file, however they are spelt.

mod advice;
mod folder;
mod identity;
mod output;
mod read;
mod temporary;

pub use advice::advised;
pub use folder::{FolderFile, OutputFolder, ScratchFolder};
pub use identity::Identity;
pub use output::{OutputFile, is_standard_output, named};
pub use read::{MIB, open, read, read_standard_input, read_text, within};
