//! What a core with a clock is to who sends it spikes.

use std::fmt::Debug;

use memspike_digital::Report;
use memspike_lif_core::CycleModel;
use memspike_lif_core::cycle::{Inputs, Outputs};

use crate::difference::Difference;

/// Why a machine cannot go on.
#[derive(Debug)]
pub(crate) enum Halt {
    /// In words.
    Failed(String),
    /// Two machines that are to be the same are not.
    Differs(Box<Difference>),
}

/// For what cycles are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// That they are over.
    Nothing,
    /// That what is offered is taken.
    Taken,
    /// That something comes out.
    Answer,
}

impl Awaited {
    /// Whether it has come in a cycle with these inputs and outputs.
    pub fn has_come(self, inputs: &Inputs, outputs: &Outputs) -> bool {
        let (offer, ready, out) = (inputs.offer, outputs.ready, outputs.offer);
        match self {
            Self::Nothing => false,
            Self::Taken => {
                offer.start && ready.start || offer.tick && ready.tick || offer.valid && ready.event
            }
            Self::Answer => out.start || out.tick || out.valid,
        }
    }
}

/// A core with a clock.
pub(crate) trait Machine: Debug + Send {
    /// One clock cycle with these inputs; what came out in it before its edge.
    fn cycle(&mut self, inputs: &Inputs) -> Result<Outputs, Halt>;

    /// Clock cycles with these inputs, `most` at most, which is one or more, and none after what is awaited. The number of
    /// cycles, and what came out in the last of them before its edge.
    fn cycles(
        &mut self,
        inputs: &Inputs,
        most: u64,
        awaited: Awaited,
    ) -> Result<(u64, Outputs), Halt> {
        let mut done = 0;
        loop {
            let outputs = self.cycle(inputs)?;
            done += 1;
            if done == most || awaited.has_come(inputs, &outputs) {
                return Ok((done, outputs));
            }
        }
    }

    /// Edges pass at which nothing changes.
    fn skip(&mut self, edges: u64) {
        let _ = edges;
    }

    /// What the user is to know of the run so far.
    fn report(&self) -> Option<Report> {
        None
    }
}

impl Machine for CycleModel {
    fn cycle(&mut self, inputs: &Inputs) -> Result<Outputs, Halt> {
        let outputs = self.outputs(inputs);
        self.clock(inputs);
        Ok(outputs)
    }
}
