//! A core as a digital block: the event-level model between nets.

use std::sync::Arc;

use memspike_digital::{Block, Delays, Design, Level, Outputs};
use memspike_time::Time;

use crate::{Core, EventModel};

/// A core between nets. Inputs are `tick`, `start`, and a net for each input of the first layer; outputs are a net for each
/// neuron of the last.
///
/// A rising edge of an input is a spike of it. A rising edge of `tick` ends the time step: what fires then is one until
/// `tick` falls. A rising edge of `start` sets everything to zero. Of what rises at one moment `start` counts first, then
/// spikes, by number, then `tick`.
#[derive(Debug, Clone)]
pub struct CoreBlock {
    core: Arc<Core>,
    delays: Delays,
}

impl CoreBlock {
    /// A block whose outputs change so much later than `tick`.
    #[must_use]
    pub fn new(core: Core, delays: Delays) -> Self {
        Self { core: Arc::new(core), delays }
    }

    /// The core.
    #[must_use]
    pub fn core(&self) -> &Core {
        &self.core
    }
}

/// `tick` and `start`.
const CONTROLS: usize = 2;

impl Design for CoreBlock {
    fn fits(&self, inputs: usize, outputs: usize) -> Result<(), String> {
        let spec = self.core.spec();
        let (wanted, neurons) = (spec.first().inputs, spec.last().neurons);
        if inputs == wanted + CONTROLS && outputs == neurons {
            return Ok(());
        }
        let found = inputs.saturating_sub(CONTROLS);
        Err(format!(
            "the core has {wanted} inputs and {neurons} neurons, and {found} and {outputs} nets are there"
        ))
    }

    fn instance(&self, inputs: usize, _outputs: usize) -> Box<dyn Block> {
        Box::new(Running {
            model: EventModel::new(&self.core),
            delays: self.delays,
            before: vec![Level::Unknown; inputs],
            high: Vec::new(),
        })
    }
}

#[derive(Debug)]
struct Running {
    model: EventModel,
    delays: Delays,
    /// What the inputs were.
    before: Vec<Level>,
    /// Neurons that fired at the last tick, while that is one.
    high: Vec<usize>,
}

impl Block for Running {
    fn rest(&mut self, inputs: &[Level], outputs: &mut [Level]) {
        self.before.copy_from_slice(inputs);
        outputs.fill(Level::Zero);
    }

    fn react(&mut self, _at: Time, inputs: &[Level], out: &mut Outputs) {
        let rises = |at: usize| inputs[at] == Level::One && self.before[at] != Level::One;
        let falls = self.before[0] == Level::One && inputs[0] != Level::One;
        let (ticks, starts) = (rises(0), rises(1));
        let spikes: Vec<usize> = (CONTROLS..inputs.len()).filter(|at| rises(*at)).collect();
        self.before.copy_from_slice(inputs);
        if starts {
            self.model.start();
        }
        spikes.into_iter().for_each(|input| self.model.event(input - CONTROLS));
        if ticks || falls {
            for neuron in self.high.drain(..) {
                out.drive(neuron, Level::Zero, self.delays);
            }
        }
        if ticks {
            let high = &mut self.high;
            self.model.tick(|neuron| high.push(neuron));
            for neuron in &self.high {
                out.drive(*neuron, Level::One, self.delays);
            }
        }
    }
}
