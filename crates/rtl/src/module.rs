//! A module as a digital block, whoever runs it.

use std::fmt;
use std::sync::Arc;

use memspike_digital::{Block, Delays, Design, Direction, Level, NamedPort, Outputs};
use memspike_foreign::{Library, Said};
use memspike_time::Time;

use crate::icarus::Icarus;
use crate::verilator::Verilator;
use crate::{Port, RtlError, Simulator, Sources};

/// A module that a simulator has compiled.
pub(crate) trait Code: Send + Sync {
    /// A new one in motion.
    ///
    /// # Errors
    /// Why there is none, for people.
    fn begin(&self) -> Result<Box<dyn Motion>, String>;

    /// Whether it knows levels that float.
    fn knows_floating(&self) -> bool;

    /// The code, if it runs within this process.
    fn compiled(&self) -> Option<&Arc<Library>> {
        None
    }
}

/// A module in motion.
pub(crate) trait Motion: fmt::Debug + Send {
    /// The unit of its time (fs).
    fn unit_fs(&self) -> u64;

    /// Sets inputs at a time that is not before the last one, in units of its time, and reads outputs.
    fn eval(&mut self, time: u64, inputs: &[Level], outputs: &mut [Level]) -> Said;
}

/// A compiled module.
#[derive(Clone)]
pub struct Module {
    code: Arc<dyn Code>,
    top: String,
    ports: Vec<Port>,
    delays: Delays,
}

impl Module {
    /// Compiles a module, or takes it from where compiled ones are kept. Its outputs change a nanosecond after what
    /// makes them change, as in ngspice, unless [`Module::delayed`] says otherwise.
    ///
    /// # Errors
    /// [`RtlError`].
    pub fn compile(sources: &Sources) -> Result<Self, RtlError> {
        let (code, top, ports): (Arc<dyn Code>, _, _) = match sources.simulator {
            Simulator::Verilator => {
                let (code, top, ports) = Verilator::compile(sources)?;
                (Arc::new(code), top, ports)
            }
            Simulator::Icarus => {
                let (code, top, ports) = Icarus::compile(sources)?;
                (Arc::new(code), top, ports)
            }
        };
        let delays = Delays::each(1_000_000);
        Ok(Self { code, top, ports, delays })
    }

    /// The same with outputs that change so much later than what makes them change.
    #[must_use]
    pub fn delayed(self, delays: Delays) -> Self {
        Self { delays, ..self }
    }

    /// The module's name.
    #[must_use]
    pub fn top(&self) -> &str {
        &self.top
    }

    /// Its ports, in their order.
    #[must_use]
    pub fn ports(&self) -> &[Port] {
        &self.ports
    }

    /// Its compiled code, if a caller can step it within this process.
    pub(crate) fn compiled(&self) -> Option<&Arc<Library>> {
        self.code.compiled()
    }

    /// How many bits go in a direction.
    fn bits(&self, direction: Direction) -> usize {
        let ports = self.ports.iter().filter(|port| port.direction == direction);
        ports.map(|port| port.width as usize).sum()
    }

    /// Its ports that go in a direction, each as `name[high:low]`.
    #[must_use]
    pub fn listed(&self, direction: Direction) -> String {
        let port = |port: &Port| match port.width {
            1 => port.name.clone(),
            width => format!("{}[{}:0]", port.name, width - 1),
        };
        let ports: Vec<String> =
            self.ports.iter().filter(|port| port.direction == direction).map(port).collect();
        ports.join(" ")
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module")
            .field("top", &self.top)
            .field("ports", &self.ports)
            .finish_non_exhaustive()
    }
}

impl Design for Module {
    fn fits(&self, inputs: usize, outputs: usize) -> Result<(), String> {
        let of = [
            (self.bits(Direction::In), inputs, "inputs", Direction::In),
            (self.bits(Direction::Out), outputs, "outputs", Direction::Out),
        ];
        match of.into_iter().find(|(bits, found, ..)| bits != found) {
            None => Ok(()),
            Some((bits, found, what, direction)) => Err(format!(
                "module {} has {bits} bits of {what} ({}), and {found} nets are there",
                self.top,
                self.listed(direction)
            )),
        }
    }

    fn named_ports(&self) -> Vec<NamedPort> {
        let named = |port: &Port| NamedPort {
            name: port.name.clone(),
            direction: port.direction,
            width: port.width as usize,
        };
        self.ports.iter().map(named).collect()
    }

    fn instance(&self, inputs: usize, outputs: usize) -> Box<dyn Block> {
        Box::new(Running {
            module: self.clone(),
            motion: None,
            inputs: vec![Level::Zero; inputs],
            outputs: vec![Level::Unknown; outputs],
            failure: None,
        })
    }
}

/// A module in motion, and what it is told and says.
#[derive(Debug)]
struct Running {
    module: Module,
    /// Nothing once it has ended itself, or failed: from then on its outputs stay as they are.
    motion: Option<Box<dyn Motion>>,
    inputs: Vec<Level>,
    outputs: Vec<Level>,
    /// What is yet to be told of a failure.
    failure: Option<String>,
}

impl Running {
    /// Tells it its inputs; gives when it wants to be told again.
    fn eval(&mut self, at: Time, inputs: &[Level]) -> Option<Time> {
        self.inputs.copy_from_slice(inputs);
        let motion = self.motion.as_mut()?;
        let unit_fs = motion.unit_fs();
        match motion.eval(at.tick / unit_fs, inputs, &mut self.outputs) {
            Said::GoesOn(next) => {
                let next = next?.checked_mul(unit_fs)?;
                (next > at.tick).then(|| Time::from_tick(next))
            }
            Said::Ended => {
                self.motion = None;
                None
            }
            Said::Failed(message) => {
                self.motion = None;
                self.failure = Some(message);
                None
            }
        }
    }

    fn answer(&mut self, next: Option<Time>, out: &mut Outputs) {
        if let Some(message) = self.failure.take() {
            out.fail(format!("module {}: {message}", self.module.top));
        }
        if let Some(next) = next {
            out.wake(next);
        }
    }
}

impl Block for Running {
    fn rest(&mut self, inputs: &[Level], outputs: &mut [Level]) {
        // The last one ends before the next begins, so that never more run than there are blocks.
        (self.motion, self.failure) = (None, None);
        match self.module.code.begin() {
            Ok(motion) => self.motion = Some(motion),
            Err(message) => self.failure = Some(message),
        }
        self.eval(Time::ZERO, inputs);
        outputs.copy_from_slice(&self.outputs);
    }

    fn start(&mut self, out: &mut Outputs) {
        let inputs = self.inputs.clone();
        let next = self.eval(Time::ZERO, &inputs);
        self.answer(next, out);
    }

    fn react(&mut self, at: Time, inputs: &[Level], out: &mut Outputs) {
        let next = self.eval(at, inputs);
        for (output, level) in self.outputs.iter().enumerate() {
            out.drive(output, *level, self.module.delays);
        }
        self.answer(next, out);
    }

    fn knows_floating(&self) -> bool {
        self.module.code.knows_floating()
    }
}
