//! Membranes that are looked at, wherever their neurons are.

use std::io;

use super::Simulation;
use crate::exchange::Exchange;

/// Neurons that ranks tell of in one message.
const TOGETHER: usize = 4096;

/// A neuron's membrane now. Either is none where its model has none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probed {
    /// Its potential (V).
    pub potential_v: Option<f64>,
    /// By how much (V) synaptic currents move its asymptote: their sum times the resistance of the membrane.
    pub shift_v: Option<f64>,
}

/// Bytes of a membrane between ranks: its place in the list, which of both numbers it has, and the numbers.
const BYTES: usize = 4 + 1 + 8 + 8;

impl<X: Exchange> Simulation<X> {
    /// Tells the membranes of neurons, given by population and number, in this order. Looking at them changes nothing. Of several ranks all
    /// must ask, for the same neurons; the first one is told of all, the others of none.
    ///
    /// # Errors
    /// Those of `tell`, which is then told no more; other ranks wait for this one.
    ///
    /// # Panics
    /// If there is no such neuron.
    pub fn probe(
        &self,
        neurons: &[(usize, u32)],
        tell: &mut dyn FnMut((usize, u32), Probed) -> io::Result<()>,
    ) -> io::Result<()> {
        for some in neurons.chunks(TOGETHER) {
            let own: Vec<u8> =
                (0_u32..).zip(some).flat_map(|(at, of)| self.sent(at, *of)).collect();
            let mut all: Vec<(usize, Probed)> =
                self.group.collect(own).iter().flat_map(|bytes| got(bytes)).collect();
            all.sort_unstable_by_key(|(at, _)| *at);
            all.into_iter().try_for_each(|(at, probed)| tell(some[at], probed))?;
        }
        Ok(())
    }

    /// A neuron at a place of a list as it is sent: nothing if another rank has it.
    fn sent(&self, at: u32, (population, neuron): (usize, u32)) -> Vec<u8> {
        let Some((part, local)) = self.place(population, neuron) else { return Vec::new() };
        let numbers = [part.kernel.potential(local, self.now), part.kernel.shift(local, self.now)];
        let has = u8::from(numbers[0].is_some()) | u8::from(numbers[1].is_some()) << 1;
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.extend(at.to_le_bytes());
        bytes.push(has);
        numbers.iter().for_each(|number| bytes.extend(number.unwrap_or(0.0).to_le_bytes()));
        bytes
    }
}

/// Membranes as a rank has sent them, each with its place in the list.
fn got(bytes: &[u8]) -> impl Iterator<Item = (usize, Probed)> {
    let (all, _) = bytes.as_chunks::<BYTES>();
    all.iter().map(|&[a, b, c, d, has, ref numbers @ ..]| {
        let (numbers, _) = numbers.as_chunks();
        let number = |at: usize| (has >> at & 1 == 1).then(|| f64::from_le_bytes(numbers[at]));
        let probed = Probed { potential_v: number(0), shift_v: number(1) };
        (u32::from_le_bytes([a, b, c, d]) as usize, probed)
    })
}
