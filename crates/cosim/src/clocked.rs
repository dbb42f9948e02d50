//! A core with a clock behind a queue: what is sent to it waits until it takes it, one after another.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::path::Path;

use memspike_digital::{Frequency, Report};
use memspike_lif_core::cycle::{Inputs, Offer, Outputs, Ready};
use memspike_lif_core::{Architecture, Core, Stimulus};
use memspike_time::Time;

use crate::difference::Difference;
use crate::machine::{Awaited, Halt, Machine};
use crate::waves::waves;

/// A reader that takes everything at once.
const TAKES: Ready = Ready { start: true, tick: true, event: true };

/// After so many cycles in which nothing is taken or given a core stands still.
const PATIENCE: u64 = 1 << 26;

/// What was sent last is told with a difference: so many.
const TOLD: usize = 8;

/// When edges are, and what may wait for them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Edge k is at k / clock. Without it the clock runs whenever there is something to do, and takes no time of the circuit.
    pub clock: Option<Frequency>,
    /// Spikes, ticks and starts that can wait beside the one that is offered.
    pub depth: usize,
    /// A tick must be answered so much later (fs).
    pub latency_fs: u64,
    /// Whether edges at which nothing changes are left out. The result is the same.
    pub skip: bool,
}

/// A core with a clock.
#[derive(Debug)]
pub(crate) struct Clocked {
    machine: Box<dyn Machine>,
    pace: Pace,
    inputs: Inputs,
    neurons: u32,
    /// Cycles that a core needs to come to rest, and how many of them are left.
    to_rest: u64,
    left: u64,
    /// The number of the next edge.
    edge: u64,
    /// When each of those that may still wait is taken.
    taken: VecDeque<Time>,
    /// What was sent last.
    sent: VecDeque<(Time, Stimulus)>,
}

impl Clocked {
    /// A core that is reset at its first edge.
    pub fn new(
        machine: Box<dyn Machine>,
        core: &Core,
        architecture: Architecture,
        pace: Pace,
    ) -> Self {
        Self {
            machine,
            pace,
            inputs: Inputs { ready: TAKES, ..Inputs::default() },
            neurons: core.spec().last().neurons as u32,
            to_rest: architecture.cycles_to_rest(core.spec()) as u64,
            left: architecture.cycles_to_rest_after_reset(core.spec()) as u64,
            edge: 0,
            taken: VecDeque::new(),
            sent: VecDeque::with_capacity(TOLD),
        }
    }

    /// Sends something at an instant, and waits for the answer to a tick or a start; what fires is told in order.
    pub fn send(
        &mut self,
        stimulus: Stimulus,
        at: Time,
        fired: &mut dyn FnMut(usize),
    ) -> Result<(), String> {
        self.remember(stimulus, at)?;
        self.wait_for(at)?;
        let nothing = Offer::default();
        let offer = match stimulus {
            Stimulus::Start => Offer { start: true, ..nothing },
            Stimulus::Tick => Offer { tick: true, ..nothing },
            Stimulus::Event(input) => Offer { valid: true, address: input as u32, ..nothing },
        };
        self.run(Inputs { offer, ..self.inputs }, Awaited::Taken)?;
        self.left = self.to_rest;
        if self.pace.clock.is_some() {
            self.taken.push_back(self.time_of(self.edge - 1)?);
        }
        // Reads another count from now on.
        self.inputs.count_address = (self.inputs.count_address + 1) % self.neurons;
        loop {
            if matches!(stimulus, Stimulus::Event(_)) {
                return Ok(());
            }
            let out = self.run(self.inputs, Awaited::Answer)?.offer;
            if out.valid {
                fired(out.address as usize);
            }
            if out.start || out.tick {
                break;
            }
        }
        self.left = self.to_rest;
        self.check_latency(stimulus, at)
    }

    /// What the user is to know of the run so far.
    pub fn report(&self) -> Option<Report> {
        self.machine.report()
    }

    /// Notes what is sent, if the queue has room for it.
    fn remember(&mut self, stimulus: Stimulus, at: Time) -> Result<(), String> {
        if self.sent.len() == TOLD {
            self.sent.pop_front();
        }
        self.sent.push_back((at, stimulus));
        while self.taken.front().is_some_and(|taken| *taken <= at) {
            self.taken.pop_front();
        }
        let Pace { depth, .. } = self.pace;
        if self.taken.len() > depth {
            return Err(format!(
                "the queue is too small: {} comes while {depth} others wait; give it a greater depth= or a faster clock=",
                name(stimulus)
            ));
        }
        Ok(())
    }

    /// Edges with nothing on offer, up to the last that does not come after `at`: those at which something changes are run, the
    /// others are counted.
    fn wait_for(&mut self, at: Time) -> Result<(), String> {
        let first = match self.pace.clock {
            // A spike within a femtosecond counts as of its beginning.
            Some(clock) => clock.first_after(at.tick),
            // A reset, or what an event leaves, is not waited for: the handshake does that.
            None => self.edge + u64::from(self.edge == 0),
        };
        if self.edge == 0 && first > 0 {
            self.idle(1, Inputs { reset: true, ..self.inputs })?;
        }
        let ahead = first.saturating_sub(self.edge);
        let run = if self.pace.skip { ahead.min(self.left) } else { ahead };
        self.idle(run, self.inputs)?;
        self.left = self.left.saturating_sub(run);
        let skipped = first.saturating_sub(self.edge);
        self.machine.skip(skipped);
        self.edge += skipped;
        Ok(())
    }

    fn idle(&mut self, edges: u64, inputs: Inputs) -> Result<(), String> {
        if edges > 0 {
            let ran = self.machine.cycles(&inputs, edges, Awaited::Nothing);
            ran.map_err(|halt| self.told(halt))?;
            self.edge += edges;
        }
        Ok(())
    }

    /// Cycles until what is awaited has come.
    fn run(&mut self, inputs: Inputs, awaited: Awaited) -> Result<Outputs, String> {
        let ran = self.machine.cycles(&inputs, PATIENCE, awaited);
        let (cycles, outputs) = ran.map_err(|halt| self.told(halt))?;
        self.edge += cycles;
        if !awaited.has_come(&inputs, &outputs) {
            return Err(format!("the core stands still: no answer in {PATIENCE} clock cycles"));
        }
        Ok(outputs)
    }

    /// Whether a tick was answered in time.
    fn check_latency(&self, stimulus: Stimulus, at: Time) -> Result<(), String> {
        if stimulus != Stimulus::Tick || self.pace.clock.is_none() {
            return Ok(());
        }
        let answered = self.time_of(self.edge - 1)?;
        let late = at.later(self.pace.latency_fs) < answered;
        if !late {
            return Ok(());
        }
        Err(format!(
            "what the tick makes fire is known {:e} s after it, which is later than delay= says; give it a longer delay= or a faster clock=",
            answered.since(at)
        ))
    }

    fn time_of(&self, edge: u64) -> Result<Time, String> {
        let at = self.pace.clock.and_then(|clock| clock.after(edge));
        at.map(Time::from_tick).ok_or_else(|| "an edge is beyond the range of time".to_owned())
    }

    /// Why the machine cannot go on, for people; a difference with what was sent last and with its waveform.
    fn told(&self, halt: Halt) -> String {
        let difference = match halt {
            Halt::Failed(message) => return message,
            Halt::Differs(difference) => difference,
        };
        let Difference { edge, signal, model, .. } = *difference;
        let at = match self.time_of(edge) {
            Ok(at) => format!("edge {edge} at {:e} s", at.as_s()),
            Err(_) => format!("edge {edge}"),
        };
        let mut text = format!(
            "model and Verilog differ: before {at}, {signal} is {model} in the model and {} in the Verilog; sent last:",
            difference.found()
        );
        for (at, stimulus) in &self.sent {
            let _ = write!(text, " {} at {:e} s,", name(*stimulus), at.as_s());
        }
        text.pop();
        let time_of = |edge| self.time_of(edge).ok().map(|at| at.tick);
        match waves(&difference.cycles, &time_of).keep(Path::new(".")) {
            Ok(path) => {
                let _ = write!(text, "; the edges around it are in {}", path.display());
            }
            Err(error) => {
                let _ = write!(text, "; the waveform around it cannot be written: {error}");
            }
        }
        text
    }
}

fn name(stimulus: Stimulus) -> String {
    match stimulus {
        Stimulus::Start => "start".to_owned(),
        Stimulus::Event(input) => format!("a spike of input {input}"),
        Stimulus::Tick => "tick".to_owned(),
    }
}
