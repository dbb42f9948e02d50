//! What the syntaxes of dumps have in common.

use std::io;

use memspike_device::Phase;
use memspike_digital::Level;

use super::TimeScale;
use crate::scope::Scope;

/// What stands above the values of a dump.
pub struct Header<'a> {
    /// The name of the outermost scope.
    pub top: &'a str,
    /// What is in it.
    pub root: &'a Scope,
    /// How many variables there are.
    pub slots: usize,
    /// The unit of time.
    pub scale: TimeScale,
    /// Lines that say which names are not those of the deck.
    pub renamed: &'a [String],
}

/// Writes the values of variables, each named by its slot, in the order of time.
///
/// What stands at one time is told after its stamp. The values at the first stamp are those that everything has before anything changes.
pub trait Form {
    /// Names all variables; comes first.
    fn declare(&mut self, header: &Header<'_>) -> io::Result<()>;
    /// What follows stands so many units after the start, more than before.
    fn stamp(&mut self, units: u64) -> io::Result<()>;
    /// The first values of all variables follow.
    fn begin_values(&mut self) -> io::Result<()>;
    /// They are complete.
    fn end_values(&mut self) -> io::Result<()>;
    /// A number, which is finite.
    fn real(&mut self, slot: usize, value: f64) -> io::Result<()>;
    /// A net, or a bus from its most significant bit on.
    fn bits(&mut self, slot: usize, levels: &[Level]) -> io::Result<()>;
    /// The state of a device.
    fn phase(&mut self, slot: usize, phase: Phase) -> io::Result<()>;
    /// Nothing follows.
    fn finish(&mut self) -> io::Result<()>;
}
