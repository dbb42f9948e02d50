//! Files: written whole or not at all, read within bounds, told apart by what they are.
//!
//! - [`OutputFile`] makes a file appear under its name only when it is complete.
//! - [`read`] and [`read_text`] take no more than a bound, whatever a file says of its size.
//! - [`Identity`] tells whether two paths lead to one file, however they are spelt.

mod identity;
mod output;
mod read;

pub use identity::Identity;
pub use output::{OutputFile, is_standard_output};
pub use read::{MIB, open, read, read_standard_input, read_text, within};
