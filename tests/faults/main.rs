//! What is left of each kind of output after each fault; docs/files.md has it as a table.
//!
//! Everywhere: a file is there whole or as it was, no temporary name is left or told (but for what
//! `kill -9` leaves), and the message names the path.
#![cfg(unix)]

mod kinds;
mod paths;
mod rig;
mod signals;
mod streams;
mod sudden;
mod waves;
