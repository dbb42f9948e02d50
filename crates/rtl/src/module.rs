//! A compiled module as a digital block.

use std::fmt;
use std::sync::Arc;

use memspike_digital::{Block, Delays, Design, Direction, Level, NamedPort, Outputs};
use memspike_foreign::{Instance, Library, Said};
use memspike_time::Time;

use crate::compile::{compile, forget};
use crate::{Port, RtlError, Sources};

/// A compiled module.
#[derive(Clone)]
pub struct Module {
    code: Arc<Library>,
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
        let mut compiled = compile(sources)?;
        let library = match Library::open(&compiled.object) {
            Ok(library) => library,
            // A kept one that was damaged is made anew.
            Err(_) => {
                forget(&compiled.object);
                compiled = compile(sources)?;
                Library::open(&compiled.object)?
            }
        };
        let delays = Delays::each(1_000_000);
        Ok(Self { code: library, top: compiled.top, ports: compiled.ports, delays })
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

    /// Its compiled code.
    pub(crate) fn code(&self) -> &Arc<Library> {
        &self.code
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
            (self.code.inputs(), inputs, "inputs", Direction::In),
            (self.code.outputs(), outputs, "outputs", Direction::Out),
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
            instance: None,
            unit_fs: 1,
            inputs: vec![0; inputs],
            outputs: vec![0; outputs],
            ended: false,
            failure: None,
        })
    }
}

/// A module in motion.
#[derive(Debug)]
struct Running {
    module: Module,
    instance: Option<Instance>,
    /// Femtoseconds in a unit of its time.
    unit_fs: u64,
    /// The last known level of each input.
    inputs: Vec<u8>,
    outputs: Vec<u8>,
    /// It has ended itself, or failed: from then on it stays as it is.
    ended: bool,
    /// What is yet to be told of that.
    failure: Option<String>,
}

impl Running {
    /// Tells it its inputs; gives when it wants to be told again.
    fn eval(&mut self, at: Time, inputs: &[Level]) -> Option<Time> {
        for (kept, level) in self.inputs.iter_mut().zip(inputs) {
            *kept = level.known().map_or(*kept, u8::from);
        }
        let instance = self.instance.as_mut().filter(|_| !self.ended)?;
        match instance.eval(at.tick / self.unit_fs, &self.inputs, &mut self.outputs) {
            Said::GoesOn(next) => {
                let next = next?.checked_mul(self.unit_fs)?;
                (next > at.tick).then(|| Time::from_tick(next))
            }
            Said::Ended => {
                self.ended = true;
                None
            }
            Said::Failed(message) => {
                self.ended = true;
                self.failure = Some(message);
                None
            }
        }
    }
}

impl Running {
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
        self.instance = Instance::new(&self.module.code, None);
        self.inputs.fill(0);
        (self.ended, self.failure) = (false, None);
        if self.instance.is_none() {
            self.failure = Some("there is no memory for it".to_owned());
        }
        if let Some(instance) = &self.instance {
            let exponent = (15 + instance.precision()).clamp(0, 18) as u32;
            self.unit_fs = 10_u64.pow(exponent);
        }
        self.eval(Time::ZERO, inputs);
        for (output, bit) in outputs.iter_mut().zip(&self.outputs) {
            *output = Level::of(*bit == 1);
        }
    }

    fn start(&mut self, out: &mut Outputs) {
        let inputs: Vec<Level> = self.inputs.iter().map(|bit| Level::of(*bit == 1)).collect();
        let next = self.eval(Time::ZERO, &inputs);
        self.answer(next, out);
    }

    fn react(&mut self, at: Time, inputs: &[Level], out: &mut Outputs) {
        let next = self.eval(at, inputs);
        for (output, bit) in self.outputs.iter().enumerate() {
            out.drive(output, Level::of(*bit == 1), self.module.delays);
        }
        self.answer(next, out);
    }
}
