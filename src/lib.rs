//! memspike: from a SPICE deck to exact spikes and waveforms.
//!
//! What programs use is the crate `memspike-run`, under this name: [`simulate`] runs one elaborated deck and
//! gives back what it asks to measure. The command line is `memspike-cli`.

pub use memspike_run::*;
