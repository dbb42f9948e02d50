//! A module whose inputs are set and whose clock is stepped by a caller, without nets and delays.

use std::num::NonZeroU32;
use std::ops::Range;

use memspike_digital::Direction;
use memspike_foreign::{Instance, Said};

use crate::{Module, Port};

/// Bits of a port among all inputs, or among all outputs, the most significant first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(Range<usize>);

/// A module in motion.
#[derive(Debug)]
pub struct Stepped {
    instance: Instance,
    ports: Vec<Port>,
    inputs: Vec<u8>,
    outputs: Vec<u8>,
    /// Outputs that end a call of [`Stepped::cycles`].
    watch: Vec<u8>,
}

impl Module {
    /// The module in its initial state; none if there is no memory for it, or another process runs it. What the Verilog leaves open is zero, or random and
    /// the same each time where there is a seed.
    #[must_use]
    pub fn stepped(&self, seed: Option<NonZeroU32>) -> Option<Stepped> {
        let code = self.compiled()?;
        Some(Stepped {
            instance: Instance::new(code, seed)?,
            ports: self.ports().to_vec(),
            inputs: vec![0; code.inputs()],
            outputs: vec![0; code.outputs()],
            watch: vec![0; code.outputs()],
        })
    }
}

impl Stepped {
    /// Where the bits of an input or an output of this name are, if there is one.
    #[must_use]
    pub fn place(&self, direction: Direction, name: &str) -> Option<Place> {
        let mut first = 0;
        for port in self.ports.iter().filter(|port| port.direction == direction) {
            let end = first + port.width as usize;
            if port.name == name {
                return Some(Place(first..end));
            }
            first = end;
        }
        None
    }

    /// Sets an input to the low bits of a number.
    ///
    /// # Panics
    /// If the place is none of its inputs.
    pub fn set(&mut self, place: &Place, value: u64) {
        for (shift, bit) in self.inputs[place.0.clone()].iter_mut().rev().enumerate() {
            *bit = u8::from(shift < 64 && value >> shift & 1 == 1);
        }
    }

    /// The low 64 bits of an output, as it was before the last rising edge.
    ///
    /// # Panics
    /// If the place is none of its outputs.
    #[must_use]
    pub fn get(&self, place: &Place) -> u64 {
        self.outputs[place.0.clone()].iter().fold(0, |value, bit| value << 1 | u64::from(*bit))
    }

    /// Lets the clock go low and high at most so many times, and no more after a cycle in which a bit of a watched output was
    /// one. The number of cycles.
    ///
    /// # Errors
    /// Why it cannot go on, for people.
    ///
    /// # Panics
    /// If a place is none of its inputs or outputs.
    pub fn cycles(&mut self, clock: &Place, most: u64, watched: &[&Place]) -> Result<u64, String> {
        self.watch.fill(0);
        for place in watched {
            self.watch[place.0.clone()].fill(1);
        }
        let Self { instance, inputs, outputs, watch, .. } = self;
        instance.cycles((clock.0.start, most), inputs, watch, outputs).map_err(|said| match said {
            Said::Failed(message) => message,
            Said::Ended | Said::GoesOn(_) => "it has ended itself with $finish".to_owned(),
        })
    }
}
