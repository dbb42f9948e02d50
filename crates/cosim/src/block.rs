//! A core as a digital block.

use std::sync::Arc;

use memspike_digital::{Block, Delays, Design, Level, Outputs, Report};
use memspike_lif_core::{Core, EventModel, Stimulus};
use memspike_time::Time;

use crate::clocked::Clocked;
use crate::implementation::{Form, Implementation};

/// A core between nets. Inputs are `tick`, `start`, and a net for each input of the first layer; outputs are a net for each
/// neuron of the last.
///
/// A rising edge of an input is a spike of it. A rising edge of `tick` ends the time step: what fires then is one until
/// `tick` falls, both [`memspike_digital::Delays`] later, whatever runs the core. A rising edge of `start` sets everything to
/// zero. Of what rises at one moment `start` counts first, then spikes, by number, then `tick`.
#[derive(Debug, Clone)]
pub struct CoreBlock {
    core: Arc<Core>,
    implementation: Implementation,
    form: Form,
}

impl CoreBlock {
    /// A block whose outputs change as much later than `tick` as the pace of its form says.
    #[must_use]
    pub fn new(core: Core, implementation: Implementation, form: Form) -> Self {
        Self { core: Arc::new(core), implementation, form }
    }

    /// The core.
    #[must_use]
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// The core in motion without nets.
    ///
    /// # Errors
    /// Why there is none, for people.
    pub fn motion(&self) -> Result<Motion, String> {
        self.implementation.work(&self.core, &self.form).map(Motion)
    }
}

/// A core in motion that is told of spikes, ticks and starts one by one, in the order in which they come.
#[derive(Debug)]
pub struct Motion(Work);

impl Motion {
    /// Tells it something that comes at an instant; `fired` is told of each neuron that a tick makes fire.
    ///
    /// # Errors
    /// Why it cannot go on, for people.
    pub fn send(
        &mut self,
        stimulus: Stimulus,
        at: Time,
        fired: &mut dyn FnMut(usize),
    ) -> Result<(), String> {
        match &mut self.0 {
            Work::Clocked(clocked) => return clocked.send(stimulus, at, fired),
            Work::Model(model) => match stimulus {
                Stimulus::Start => model.start(),
                Stimulus::Event(input) => model.event(input),
                Stimulus::Tick => model.tick(fired),
            },
        }
        Ok(())
    }

    fn report(&self) -> Option<Report> {
        match &self.0 {
            Work::Clocked(clocked) => clocked.report(),
            Work::Model(_) => None,
        }
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
            motion: self.motion(),
            delays: Delays::each(self.form.pace.latency_fs),
            before: vec![Level::Unknown; inputs],
            high: Vec::new(),
        })
    }
}

/// A core in motion.
#[derive(Debug)]
pub(crate) enum Work {
    /// Event by event.
    Model(EventModel),
    /// Clock cycle by clock cycle.
    Clocked(Clocked),
}

#[derive(Debug)]
struct Running {
    /// Or why it cannot go on.
    motion: Result<Motion, String>,
    delays: Delays,
    /// What the inputs were.
    before: Vec<Level>,
    /// Neurons that fired at the last tick, while that is one.
    high: Vec<usize>,
}

impl Running {
    fn send(&mut self, stimulus: Stimulus, at: Time) {
        let high = &mut self.high;
        if let Ok(motion) = &mut self.motion
            && let Err(message) = motion.send(stimulus, at, &mut |neuron| high.push(neuron))
        {
            self.motion = Err(message);
        }
    }
}

impl Block for Running {
    fn rest(&mut self, inputs: &[Level], outputs: &mut [Level]) {
        self.before.copy_from_slice(inputs);
        outputs.fill(Level::Zero);
    }

    fn react(&mut self, at: Time, inputs: &[Level], out: &mut Outputs) {
        let rises = |at: usize| inputs[at] == Level::One && self.before[at] != Level::One;
        let falls = self.before[0] == Level::One && inputs[0] != Level::One;
        let (ticks, starts) = (rises(0), rises(1));
        let spikes: Vec<usize> = (CONTROLS..inputs.len()).filter(|at| rises(*at)).collect();
        self.before.copy_from_slice(inputs);
        if starts {
            self.send(Stimulus::Start, at);
        }
        spikes.into_iter().for_each(|input| self.send(Stimulus::Event(input - CONTROLS), at));
        if ticks || falls {
            for neuron in self.high.drain(..) {
                out.drive(neuron, Level::Zero, self.delays);
            }
        }
        if ticks {
            self.send(Stimulus::Tick, at);
            for neuron in &self.high {
                out.drive(*neuron, Level::One, self.delays);
            }
        }
        if let Err(message) = &self.motion {
            out.fail(message.clone());
        }
    }

    fn report(&self) -> Option<Report> {
        self.motion.as_ref().ok()?.report()
    }
}
