//! Files of waveforms of any producer, compared signal by signal.
//!
//! VCD and FST are read by wellen, ngspice's raw files here. [`compare`] pairs the signals of two files by [`Names`] and tells of each
//! pair how often they differ and where first, within [`Tolerance`].

mod compare;
mod dump;
mod names;
mod raw;
mod reader;
mod reals;
mod signal;

pub use compare::{Difference, Pair, Report, compare};
pub use names::{Map, MapError, Names};
pub use reader::{ReadError, WaveFile};
pub use reals::{Reals, Tolerance};
pub use signal::{Kind, Signal, ZEPTOSECONDS};
