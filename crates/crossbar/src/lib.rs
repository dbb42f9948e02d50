//! Arrays of memristive conductances that multiply voltages by weights.
//!
//! A weight `w` is the difference of two devices, `g+ - g- = w (gmax - gmin) / weight_max`, of
//! which the lesser is `gmin`. [`Array::program`] makes an array from weights, a [`Config`] and a
//! seed; each flaw of the configuration can be switched on alone.
//!
//! ```
//! use memspike_crossbar::{Array, Config, Wires};
//! use nalgebra::DMatrix;
//!
//! let weights = DMatrix::from_row_slice(3, 2, &[0.5, -1.0, 0.0, 0.25, 1.0, -0.5]);
//! let wires = Wires { row_ohm: 1.0, column_ohm: 1.0, ..Wires::default() };
//! let config = Config { wires, levels: Some(16), ..Config::ideal(1e-6, 100e-6) };
//! let array = Array::program(&weights, &config, 1)?;
//! let amperes = array.currents(&[0.1, 0.0, 0.2])?;
//! let joule = array.energy_of_row_pulse(2, 0.2, 1e-6)?;
//! # assert!(amperes.len() == 2 && joule > 0.0);
//! # Ok::<(), memspike_crossbar::Error>(())
//! ```
//!
//! The same configuration as a file ([`Config::load`]):
//!
//! ```toml
//! gmin_s = 1e-6
//! gmax_s = 100e-6
//! levels = 16
//! wires = { row_ohm = 1, column_ohm = 1 }
//! ```
//!
//! | step | what happens to a device |
//! | --- | --- |
//! | levels | the nearest of evenly spaced conductances from gmin to gmax |
//! | programming | `g + sigma (gmax - gmin) z`, or `g (1 + sigma z)`, not below zero |
//! | faults | stuck at gmax or gmin with given probabilities |
//! | drift | `g (t / t0)^-(nu + nu_sigma z)`, unless stuck |
//! | reading | noise as in programming, drawn for each reading |
//!
//! Each `z` is a normal number keyed by (seed, array, effect, device), for a reading by its number
//! too ([`memspike_random::Draws`]); for noise a row is keyed, and its devices draw in order. So an effect that is switched on does not change the draws of
//! another one, and the order of calls or the number of threads changes nothing.
//!
//! # Wires
//! Row `i` is driven at its first device, column `j` is sensed behind its last one:
//!
//! ```text
//!  V0 --driver--row--+--row--+--row--+
//!                    g       g       g     (each device to the column below it)
//!  V1 --driver--row--+--row--+--row--+
//!                    g       g       g
//!                  column  column  column
//!                  sense   sense   sense
//!                    0 V     0 V     0 V
//! ```
//!
//! Let `G` hold the devices of a row and `R_jk = driver + (1 + min(j, k)) row` the wire that two of
//! them share. With column nodes at `u` the row feeds `Y (V - u)` into them,
//!
//! ```text
//! Y = (G^-1 + R)^-1
//! ```
//!
//! and, from the far end to the sense side, rows in parallel behind segments of `r` ohm are
//!
//! ```text
//! M_1 = Y_1,   F_i = (1 + r M_i)^-1,   M_i+1 = Y_i+1 + F_i M_i,   T_i = F_N ... F_i Y_i 1
//! ```
//!
//! where `T_i` is the column of the transfer matrix for row `i`. This is the block elimination of
//! the network's nodes, row by row, so the result is exact but for rounding. `Y` needs no inverse:
//! a row is a ladder, whose voltages follow from node to node. On the way back, with `P` the
//! impedance between the column nodes of a row,
//!
//! ```text
//! P_N = r F_N,   P_i = F_i P_i+1 F_i + r F_i,   input_i = 1' Y_i 1 - 1' Y_i P_i Y_i 1
//! ```
//!
//! is the conductance that each row's driver sees ([`Ports`]).

mod array;
mod config;
mod devices;
mod error;
mod files;
mod mapping;
mod network;
mod response;
mod spice;

pub use array::Array;
pub use config::{Config, ConfigError, Drift, Faults, Noise, Reference, Wires};
pub use error::Error;
pub use files::{FileError, FileReason, matrix};
pub use network::{Admittance, Ports};
pub use response::Response;
