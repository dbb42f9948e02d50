//! Compiled models of hardware: shared objects with a few functions of C, behind safe types.
//!
//! This crate alone has `unsafe` code. What makes it sound: a file is loaded only by its path as its maker gives it
//! ([`Library::open`] says what it must be), it names the version of its functions and the number of its inputs and outputs,
//! and nothing but [`Instance`] calls them, with memory of those sizes.
//!
//! The functions of version [`VERSION`], all with C's calling convention:
//!
//! | function | what it does |
//! | --- | --- |
//! | `int memspike_version()` | the version |
//! | `int memspike_inputs()`, `int memspike_outputs()` | how many bits go in and come out |
//! | `void *memspike_new(uint64_t seed)` | an instance in its initial state: what the Verilog leaves open is zero, or random where there is a seed; null if there is no memory |
//! | `void memspike_delete(void *)` | the end of one |
//! | `int memspike_precision(void *)` | the unit of its time as a power of ten of a second |
//! | `int memspike_eval(void *, uint64_t time, const uint8_t *in, uint8_t *out, uint64_t *next)` | sets inputs at a time and reads outputs, bytes of 0 and 1; `next` is when it wants to be called again, or the greatest number; gives 0, 1 after `$finish`, 2 after an error |
//! | `int memspike_cycles(void *, uint32_t clock, uint64_t most, uint8_t *in, const uint8_t *watch, uint8_t *out, uint64_t *done)` | cycles of the clock, which is this bit of the inputs, to low and to high: at most so many, and none after one in which a watched output was one; outputs are those before the last rising edge, `done` is the number of cycles; gives what `memspike_eval` gives |
//! | `const char *memspike_message(void *)` | the error |

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub use other::{Instance, Library};
#[cfg(unix)]
pub use unix::{Instance, Library};

/// The version of the functions.
pub const VERSION: i32 = 2;

/// A file that is no such model.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OpenError {
    /// The system cannot load it.
    #[error("cannot load '{path}': {message}")]
    Load {
        /// The file.
        path: String,
        /// What the system says.
        message: String,
    },
    /// It lacks a function, or is of another version.
    #[error("'{path}' is no model that this program has compiled: {message}")]
    NoModel {
        /// The file.
        path: String,
        /// What is wrong.
        message: String,
    },
}

/// What a model says after it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It goes on; when it wants to be asked again by itself, in its unit of time.
    GoesOn(Option<u64>),
    /// It has ended itself (`$finish`).
    Ended,
    /// It cannot go on (`$stop`, `$fatal`, a failed assertion).
    Failed(String),
}
