//! A module as a digital block, whoever runs it.

use std::fmt;
use std::sync::Arc;

use memspike_digital::{Block, Delays, Design, Direction, Level, NamedPort};
use memspike_foreign::{Library, Said};

use crate::icarus::Icarus;
use crate::idle::{Idle, IdleError};
use crate::running::Running;
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
    idle: Option<Idle>,
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
        Ok(Self { code, top, ports, delays, idle: None })
    }

    /// The same with outputs that change so much later than what makes them change.
    #[must_use]
    pub fn delayed(self, delays: Delays) -> Self {
        Self { delays, ..self }
    }

    /// The same, of which it is declared that edges of the input `clock` change nothing while the output `idle` is one and no
    /// other input changes: they are counted, and not run. If that is to be `checked`, a second module runs every edge, and the
    /// first output in which both differ ends the run.
    ///
    /// # Errors
    /// [`IdleError`] if there are no such ports of one bit.
    pub fn idle(self, clock: &str, idle: &str, checked: bool) -> Result<Self, IdleError> {
        let idle = Some(Idle {
            clock: self.bit(Direction::In, clock)?,
            idle: self.bit(Direction::Out, idle)?,
            checked,
        });
        Ok(Self { idle, ..self })
    }

    /// Where a port of one bit is among all bits that go its way; decks know no case.
    fn bit(&self, direction: Direction, name: &str) -> Result<usize, IdleError> {
        let mut first = 0;
        for port in self.ports.iter().filter(|port| port.direction == direction) {
            if port.name.eq_ignore_ascii_case(name) && port.width == 1 {
                return Ok(first);
            }
            first += port.width as usize;
        }
        Err(IdleError {
            top: self.top.clone(),
            name: name.to_owned(),
            way: if direction == Direction::In { "input" } else { "output" },
            listed: self.listed(direction),
        })
    }

    /// Its compiled form.
    pub(crate) fn code(&self) -> &dyn Code {
        &*self.code
    }

    /// How much later outputs change.
    pub(crate) fn delays(&self) -> Delays {
        self.delays
    }

    /// What is declared of its edges.
    pub(crate) fn declared(&self) -> Option<Idle> {
        self.idle
    }

    /// An output by its place among all bits, as its port has it.
    pub(crate) fn output(&self, bit: usize) -> String {
        let mut first = 0;
        for port in self.ports.iter().filter(|port| port.direction == Direction::Out) {
            let end = first + port.width as usize;
            if bit < end {
                let number =
                    if port.width > 1 { format!("[{}]", end - 1 - bit) } else { String::new() };
                return format!("{}{number}", port.name);
            }
            first = end;
        }
        String::new()
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
        Box::new(Running::new(self.clone(), inputs, outputs))
    }
}
