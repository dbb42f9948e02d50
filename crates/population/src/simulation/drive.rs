//! Drives that change while a simulation is on its way.

use sha2::{Digest, Sha256};

use super::Simulation;
use crate::DriveError;
use crate::exchange::Exchange;

/// The greatest potential that an asymptote may have (V), either way.
const GREATEST_V: f64 = 1e6;

impl<X: Exchange> Simulation<X> {
    /// From now on the membranes of a population approach another potential (V) where nothing arrives: `rest + resistance x current`.
    /// Their potentials, currents and rests go on from where they are. An image is taken only by a simulation whose drives were
    /// changed alike.
    ///
    /// # Errors
    /// If the population has no membranes, or the potential is beyond 1e6 V.
    pub fn drive(&mut self, population: usize, asymptote_v: f64) -> Result<(), DriveError> {
        if !(-GREATEST_V..=GREATEST_V).contains(&asymptote_v) {
            return Err(DriveError::Range { asymptote_v });
        }
        let none = DriveError::NoMembranes { population };
        let first = *self.frame.firsts.get(population).ok_or_else(|| none.clone())?;
        let end = self.frame.firsts.get(population + 1).map_or(u32::MAX, |end| *end);
        let now = self.now;
        let own = self.field.all().filter(|part| (first..end).contains(&part.neurons.start));
        for mut part in own {
            if !part.kernel.drive(asymptote_v, now) {
                return Err(none);
            }
        }
        let mut hash = Sha256::new();
        hash.update(self.frame.carried);
        hash.update((population as u64).to_le_bytes());
        hash.update(asymptote_v.to_bits().to_le_bytes());
        self.frame.carried = hash.finalize().into();
        Ok(())
    }
}
