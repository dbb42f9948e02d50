//! Modules that say when edges of their clock change nothing: such edges are counted, and not run.

use memspike_digital::Level;
use memspike_time::Time;

use crate::Module;
use crate::running::Told;

/// What is declared of a module: the places of two ports among all bits of inputs and of outputs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Idle {
    /// The clock.
    pub clock: usize,
    /// The output that is one while edges of the clock alone change nothing.
    pub idle: usize,
    /// Whether a second module runs every edge and both are compared.
    pub checked: bool,
}

/// A module that lacks a port that is declared of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("module {top} has no {way} '{name}' of one bit; it has {listed}")]
pub struct IdleError {
    pub(crate) top: String,
    pub(crate) name: String,
    pub(crate) way: &'static str,
    pub(crate) listed: String,
}

/// The edges of the clock of a module in motion.
#[derive(Debug)]
pub(crate) struct Edges {
    ports: Idle,
    /// The clock's level, edges that were left out included. Nothing before the first.
    level: Option<Level>,
    /// When the last edge was left out.
    last: Time,
    seen: u64,
    left_out: u64,
}

impl Edges {
    pub fn new(ports: Idle) -> Self {
        Self { ports, level: None, last: Time::ZERO, seen: 0, left_out: 0 }
    }

    /// Whether what the inputs do is an edge of the clock alone that the module need not be told of. If it is not, the module
    /// is told of the last edge that was left out before, so that it sees the clock's true edge.
    pub fn leaves_out(&mut self, at: Time, inputs: &[Level], told: &mut Told) -> bool {
        let Idle { clock, idle, .. } = self.ports;
        let before = self.level.unwrap_or(told.inputs[clock]);
        let is_edge = inputs[clock] != before;
        let alone = inputs[..clock] == told.inputs[..clock]
            && inputs[clock + 1..] == told.inputs[clock + 1..];
        let due = told.next.is_some_and(|next| next <= at);
        self.level = Some(inputs[clock]);
        self.seen += u64::from(is_edge);
        if is_edge && alone && !due && told.outputs[idle] == Level::One {
            self.left_out += 1;
            self.last = at;
            return true;
        }
        if told.inputs[clock] != before {
            let mut inputs = told.inputs.clone();
            inputs[clock] = before;
            told.eval(self.last, &inputs);
        }
        false
    }

    /// How many edges were left out, for people.
    pub fn report(&self, checked: bool) -> String {
        let Self { seen, left_out, .. } = self;
        match checked {
            false => format!(
                "{left_out} of {seen} edges of the clock were not run, as the module was idle"
            ),
            true => format!(
                "idle at {left_out} of {seen} edges of the clock; all were run, and changed no output then or later"
            ),
        }
    }
}

/// What is wrong with a declaration if a module that ran every edge has other outputs than one that left some out, in this
/// order.
pub(crate) fn difference(
    module: &Module,
    at: Time,
    edges: &Edges,
    [clocked, idle]: [&[Level]; 2],
) -> Option<String> {
    let bit = clocked.iter().zip(idle).position(|(one, other)| one != other)?;
    Some(format!(
        "module {} is not idle when it says so: at {:e} s its output {} is {} if every edge of the clock is run, and {} without the {} edges that came \
         while {} was one, the last of them at {:e} s; correct the module, or leave idle= out",
        module.top(),
        at.as_s(),
        module.output(bit),
        clocked[bit].letter(),
        idle[bit].letter(),
        edges.left_out,
        module.output(edges.ports.idle),
        edges.last.as_s(),
    ))
}
