//! Drives the cycle-accurate model with stimuli, and writes every cycle down.

use std::io::{self, Write};

use memspike_lif_core::cycle::{Inputs, Offer, Outputs, Ready};
use memspike_lif_core::{Core, CycleModel, Stimulus};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::mood::Mood;
use crate::stimulus::{drive, fill_count, sweep};
use crate::vectors::{Layout, VectorFiles};

/// Most random cycles of a testbench, before the directed ones, and their least share of all.
const RANDOM_CYCLES: usize = 4000;
const RANDOM_SHARE: usize = 4;

/// Cycles between two spells of random cycles.
const SPELL: usize = 64;

/// Cycles between two looks at whether to go on.
const LOOK: usize = 256;

/// What the vectors of a testbench reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// Clock cycles.
    pub cycles: usize,
    /// Inputs of the first layer that have had an event, of so many; each uses all its weights.
    pub inputs: usize,
    /// Inputs of the first layer.
    pub of_inputs: usize,
}

/// Why there are no vectors.
pub enum Stopped {
    /// A file cannot be written.
    Io(io::Error),
    /// Whoever watches said so.
    Asked,
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A model whose cycles are written down.
pub struct Driver<'d, W> {
    model: CycleModel,
    files: VectorFiles<W>,
    counts: u32,
    count_address: u32,
    /// Is told the number of cycles now and then; says whether to go on.
    watch: &'d dyn Fn(usize) -> bool,
}

impl<'d, W: Write> Driver<'d, W> {
    /// A core that has just been configured, and its first cycle, a reset.
    pub fn new(
        core: &Core,
        model: CycleModel,
        files: VectorFiles<W>,
        watch: &'d dyn Fn(usize) -> bool,
    ) -> Result<Self, Stopped> {
        let counts = core.spec().last().neurons as u32;
        let mut driver = Self { model, files, counts, count_address: 0, watch };
        driver.step(&Inputs { reset: true, ..Inputs::default() })?;
        Ok(driver)
    }

    /// Random cycles, directed stimuli, then what was `recorded`: about so many cycles, and those of the record.
    pub fn run(
        &mut self,
        core: &Core,
        cycles: usize,
        recorded: &[Stimulus],
        seed: u64,
    ) -> Result<Coverage, Stopped> {
        // Random cycles come first: they are the most telling ones for who runs a part only.
        let random = RANDOM_CYCLES.min(cycles / RANDOM_SHARE);
        let directed = cycles - random;
        self.random(core, random, seed)?;
        self.step(&Inputs { reset: true, ..Inputs::default() })?;
        let sent = self.send_until(sweep(core), random + directed / 2)?;
        self.send_until(drive(core), random + directed * 3 / 4)?;
        self.send_until(fill_count(core).into_iter(), cycles)?;
        self.send_until(recorded.iter().copied(), usize::MAX)?;
        let of_inputs = core.spec().first().inputs;
        Ok(Coverage { cycles: self.files.lines(), inputs: sent.min(of_inputs), of_inputs })
    }

    /// Sends stimuli one after another, unless a cycle is reached before the next; the number of events sent.
    pub fn send_until(
        &mut self,
        stimuli: impl Iterator<Item = Stimulus>,
        cycle: usize,
    ) -> Result<usize, Stopped> {
        let mut events = 0;
        for stimulus in stimuli {
            if self.files.lines() >= cycle {
                break;
            }
            self.send(stimulus)?;
            events += usize::from(matches!(stimulus, Stimulus::Event(_)));
        }
        Ok(events)
    }

    /// Cycles that were written.
    pub const fn lines(&self) -> usize {
        self.files.lines()
    }

    /// Writes what is still held back; how the file of registers is laid out.
    pub fn finish(self) -> io::Result<Layout> {
        self.files.finish()
    }

    fn random(&mut self, core: &Core, cycles: usize, seed: u64) -> Result<(), Stopped> {
        let mut draws = ChaCha8Rng::seed_from_u64(seed);
        let mut mood = Mood::default();
        for cycle in 0..cycles {
            if cycle % SPELL == 0 {
                mood = Mood::draw(&mut draws);
            }
            let inputs = mood.inputs(core, &mut draws);
            self.step(&inputs)?;
        }
        Ok(())
    }

    fn step(&mut self, inputs: &Inputs) -> Result<Outputs, Stopped> {
        let outputs = self.model.outputs(inputs);
        self.files.cycle(&self.model, inputs, &outputs)?;
        self.model.clock(inputs);
        if self.files.lines().is_multiple_of(LOOK) && !(self.watch)(self.files.lines()) {
            return Err(Stopped::Asked);
        }
        Ok(outputs)
    }

    /// Offers a stimulus until it is taken, to a reader that takes everything and reads all counts in turn.
    fn send(&mut self, stimulus: Stimulus) -> Result<(), Stopped> {
        let nothing = Offer::default();
        let offer = match stimulus {
            Stimulus::Start => Offer { start: true, ..nothing },
            Stimulus::Tick => Offer { tick: true, ..nothing },
            Stimulus::Event(input) => Offer { valid: true, address: input as u32, ..nothing },
        };
        let ready = Ready { start: true, tick: true, event: true };
        loop {
            self.count_address = (self.count_address + 1) % self.counts;
            let count_address = self.count_address;
            let taken = self.step(&Inputs { reset: false, offer, ready, count_address })?.ready;
            if taken.start && offer.start || taken.tick && offer.tick || taken.event && offer.valid
            {
                return Ok(());
            }
        }
    }
}
