//! The cycle-accurate model: every register and memory word of the hardware at every clock.
//!
//! A core is a chain of layers and a spike counter, joined by three channels that go the same way,
//! each with a handshake: start of image, tick, event. Where several are offered at once, a
//! start is taken before a tick, and a tick before an event; what is not taken stays on offer.

mod counter;
mod folded;
mod pace;
mod parallel;
mod register;

use crate::Core;
use counter::Counter;
use folded::Folded;
use parallel::Parallel;
pub use register::{Memory, Visit, Word};

/// How a layer is laid out in hardware.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// All neurons at once: an event a cycle.
    Parallel,
    /// So many neurons a cycle, a power of two; potentials in memory. One lane is the serial core.
    Folded {
        /// Neurons worked on in one cycle.
        lanes: usize,
    },
}

/// What a layer offers to the next one. It depends on registers alone, so that chains have no
/// long paths forward.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Offer {
    /// A start of image.
    pub start: bool,
    /// A tick.
    pub tick: bool,
    /// An event.
    pub valid: bool,
    /// Its address; means nothing without `valid`.
    pub address: u32,
}

/// What a layer takes of what it is offered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ready {
    /// A start would be taken.
    pub start: bool,
    /// A tick would be taken.
    pub tick: bool,
    /// An event would be taken.
    pub event: bool,
}

impl Ready {
    /// Of several offers, an idle layer takes the first in this order: start, tick, event.
    fn when_idle(idle: bool, offer: Offer) -> Self {
        Self { start: idle, tick: idle && !offer.start, event: idle && !offer.start && !offer.tick }
    }
}

/// What is taken in this cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Nothing,
    Start,
    Tick,
    Event(u32),
}

impl Taken {
    const fn of(offer: Offer, ready: Ready) -> Self {
        if offer.start && ready.start {
            Self::Start
        } else if offer.tick && ready.tick {
            Self::Tick
        } else if offer.valid && ready.event {
            Self::Event(offer.address)
        } else {
            Self::Nothing
        }
    }
}

/// The inputs of a core in one cycle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Synchronous reset.
    pub reset: bool,
    /// What is offered to the core.
    pub offer: Offer,
    /// What the reader of its spikes takes.
    pub ready: Ready,
    /// Address at the read port of the counts.
    pub count_address: u32,
}

/// The outputs of a core in one cycle, before the clock edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outputs {
    /// What the core takes of what it is offered.
    pub ready: Ready,
    /// What it offers to the reader of its spikes.
    pub offer: Offer,
    /// The count whose address was at the read port at the last edge; nothing before the first.
    pub count: Option<u32>,
    /// The neuron with most spikes, of several the one that had them first.
    pub winner: u32,
}

/// Every register of a core.
#[derive(Debug, Clone)]
pub struct CycleModel {
    layers: Vec<Layer>,
    counter: Counter,
}

#[derive(Debug, Clone)]
enum Layer {
    Parallel(Parallel),
    Folded(Folded),
}

impl CycleModel {
    /// A core as it is configured into a device, before any clock.
    ///
    /// # Panics
    /// If the lanes of a folded architecture are no power of two.
    #[must_use]
    pub fn new(core: &Core, architecture: Architecture) -> Self {
        let layers = core.layers().map(|(spec, weights)| match architecture {
            Architecture::Parallel => Layer::Parallel(Parallel::new(spec, weights)),
            Architecture::Folded { lanes } => Layer::Folded(Folded::new(spec, weights, lanes)),
        });
        let spec = core.spec();
        Self {
            layers: layers.collect(),
            counter: Counter::new(spec.last().neurons, spec.count_bits),
        }
    }

    /// The outputs that these inputs give before the clock edge.
    #[must_use]
    pub fn outputs(&self, inputs: &Inputs) -> Outputs {
        Outputs {
            ready: self.layers[0].ready(inputs.offer),
            offer: self.counter.offer(),
            count: self.counter.count(),
            winner: self.counter.winner(),
        }
    }

    /// One clock edge.
    pub fn clock(&mut self, inputs: &Inputs) {
        // Everything is told what it sees before the edge. Layers are worked on from the last to the
        // first, so that the offer to a layer is still the old one.
        let count = self.layers.len();
        let last = self.layers[count - 1].offer();
        let mut ready = self.counter.ready(last);
        self.counter.clock(inputs, last);
        for number in (0..count).rev() {
            let offer = match number {
                0 => inputs.offer,
                _ => self.layers[number - 1].offer(),
            };
            let layer = &mut self.layers[number];
            let taken = layer.ready(offer);
            layer.clock(inputs.reset, Taken::of(offer, taken), ready);
            ready = taken;
        }
    }

    /// Tells every register, in the same order at every clock.
    pub fn registers(&self, visit: &mut Visit<'_>) {
        for (number, layer) in self.layers.iter().enumerate() {
            let scope = format!("layer_{number}");
            match layer {
                Layer::Parallel(layer) => layer.registers(&scope, visit),
                Layer::Folded(layer) => layer.registers(&scope, visit),
            }
        }
        self.counter.registers("counter", visit);
    }

    /// The memories that the hardware writes.
    #[must_use]
    pub fn memories(&self) -> Vec<Memory> {
        let mut all: Vec<Memory> =
            self.folded().map(|(n, l)| l.memory(&format!("layer_{n}"))).collect();
        all.push(self.counter.memory("counter"));
        all
    }

    /// For each of [`CycleModel::memories`] the address that was written last; 0 before the first write.
    #[must_use]
    pub fn written(&self) -> Vec<usize> {
        self.folded().map(|(_, layer)| layer.written()).chain([self.counter.written()]).collect()
    }

    /// A word of one of [`CycleModel::memories`].
    ///
    /// # Panics
    /// If there is no such memory or address.
    #[must_use]
    pub fn memory_word(&self, memory: usize, address: usize) -> Word {
        match self.folded().nth(memory) {
            Some((_, layer)) => layer.word(address),
            None => self.counter.word(address),
        }
    }

    fn folded(&self) -> impl Iterator<Item = (usize, &Folded)> {
        self.layers.iter().enumerate().filter_map(|(number, layer)| match layer {
            Layer::Folded(layer) => Some((number, layer)),
            Layer::Parallel(_) => None,
        })
    }
}

impl Layer {
    fn offer(&self) -> Offer {
        match self {
            Self::Parallel(layer) => layer.offer(),
            Self::Folded(layer) => layer.offer(),
        }
    }

    fn ready(&self, offer: Offer) -> Ready {
        let idle = match self {
            Self::Parallel(layer) => layer.idle(),
            Self::Folded(layer) => layer.idle(),
        };
        Ready::when_idle(idle, offer)
    }

    fn clock(&mut self, reset: bool, taken: Taken, ready: Ready) {
        match self {
            Self::Parallel(layer) => layer.clock(reset, taken, ready),
            Self::Folded(layer) => layer.clock(reset, taken, ready),
        }
    }
}

/// Position of the lowest set flag; the last position if none is set, as the encoder in hardware has it.
fn lowest_set(flags: &[bool]) -> usize {
    flags.iter().position(|flag| *flag).unwrap_or(flags.len() - 1)
}

/// The flags without the lowest one that is set.
fn without_lowest(flags: &mut [bool]) {
    if let Some(flag) = flags.iter_mut().find(|flag| **flag) {
        *flag = false;
    }
}
