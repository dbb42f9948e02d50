//! An encoder of addresses and events: many lines of spikes on one bus.

use std::collections::VecDeque;
use std::sync::Arc;

use memspike_device::{Parameter, ParameterError};
use memspike_time::{Time, ticks};

use crate::level::{FALL_DELAY, RISE_DELAY, whole};
use crate::{Block, BlockKind, Delays, Design, Level, Outputs, Port, Report};

const PARAMETERS: &[Parameter] = &[
    Parameter::new("depth", "1", 16.0, "spikes that can wait beside the one that is sent"),
    Parameter::new(
        "width",
        "s",
        0.0,
        "length of req and of the pause after it; 0: both wait for ack (four phases)",
    ),
    RISE_DELAY,
    FALL_DELAY,
];

pub(crate) static KIND: BlockKind = BlockKind {
    name: "aer_encoder",
    doc: "A rising edge of an input is a spike: its address, the most significant bit first, is valid while req is one. \
          Spikes go in the order in which they come, of one moment the lowest input first; one that finds the queue full is \
          lost and reported.",
    ports: &[
        Port::input("in").list(1),
        Port::input("ack").optional(),
        Port::output("req"),
        Port::output("address").list(1),
    ],
    parameters: PARAMETERS,
    build,
};

/// Most spikes that can wait.
const MOST_DEPTH: u64 = 1 << 24;

#[derive(Debug, Clone, Copy)]
struct Encoder {
    depth: usize,
    /// None: a handshake.
    width_fs: Option<u64>,
    delays: Delays,
}

fn build(values: &[f64]) -> Result<Arc<dyn Design>, ParameterError> {
    let &[depth, width_s, rise_s, fall_s] = values else { unreachable!("as many as parameters") };
    let wrong = |parameter, value, reason: &str| {
        Err(ParameterError { parameter, value, reason: reason.to_owned() })
    };
    let spikes = whole("depth", depth, 0)?;
    if spikes > MOST_DEPTH {
        return wrong("depth", depth, "must be at most 16777216");
    }
    if !(width_s >= 0.0 && width_s.is_finite()) || (width_s > 0.0 && ticks(width_s) == 0) {
        return wrong("width", width_s, "must be 0 or at least a femtosecond");
    }
    let width_fs = Some(ticks(width_s)).filter(|width_fs| *width_fs > 0);
    let delays = Delays::of_values(rise_s, fall_s)?;
    Ok(Arc::new(Encoder { depth: spikes as usize, width_fs, delays }))
}

/// `ack` among the inputs, `req` among the outputs.
const CONTROLS: usize = 1;

impl Design for Encoder {
    fn fits(&self, inputs: usize, outputs: usize) -> Result<(), String> {
        let (lines, bits) = (inputs - CONTROLS, outputs - CONTROLS);
        let needed = (usize::BITS - (lines - 1).leading_zeros()).max(1) as usize;
        if bits >= needed {
            return Ok(());
        }
        Err(format!("{lines} inputs have addresses of {needed} bits, and {bits} nets are there"))
    }

    fn instance(&self, inputs: usize, outputs: usize) -> Box<dyn Block> {
        Box::new(Running {
            encoder: *self,
            before: vec![Level::Zero; inputs],
            bits: outputs - CONTROLS,
            waiting: VecDeque::new(),
            step: Step::Idle,
            seen: 0,
            lost: 0,
        })
    }
}

/// Where a transfer is; without a handshake, until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Idle,
    /// `req` is one.
    Requests(Option<Time>),
    /// `req` is zero again.
    Releases(Option<Time>),
}

#[derive(Debug)]
struct Running {
    encoder: Encoder,
    /// What the inputs were.
    before: Vec<Level>,
    bits: usize,
    /// Inputs whose spikes wait, the next one first.
    waiting: VecDeque<usize>,
    step: Step,
    seen: u64,
    lost: u64,
}

impl Running {
    /// Whether a step has come to its end: at its instant, or because `ack` is at this level.
    fn is_over(end: Option<Time>, at: Time, ack: Level, awaited: Level) -> bool {
        end.map_or(ack == awaited, |end| at >= end)
    }

    /// Until when a step that begins now lasts, if not until `ack` says so.
    fn end(&self, at: Time, out: &mut Outputs) -> Option<Time> {
        let end = self.encoder.width_fs.map(|width_fs| at.later(width_fs));
        end.into_iter().for_each(|end| out.wake(end));
        end
    }

    /// Whether the bus is free.
    fn is_free(&self, ack: Level) -> bool {
        self.step == Step::Idle && (self.encoder.width_fs.is_some() || ack != Level::One)
    }

    fn send(&mut self, line: usize, at: Time, out: &mut Outputs) {
        for output in 1..=self.bits {
            let place = self.bits - output;
            let bit = place < usize::BITS as usize && line >> place & 1 == 1;
            // An address is there when req rises.
            out.drive(output, Level::of(bit), Delays::each(self.encoder.delays.rise_fs));
        }
        out.drive(0, Level::One, self.encoder.delays);
        self.step = Step::Requests(self.end(at, out));
    }

    /// Goes on with what is sent as far as that goes at this moment.
    fn go_on(&mut self, at: Time, ack: Level, out: &mut Outputs) {
        loop {
            match self.step {
                Step::Requests(end) if Self::is_over(end, at, ack, Level::One) => {
                    out.drive(0, Level::Zero, self.encoder.delays);
                    self.step = Step::Releases(self.end(at, out));
                }
                Step::Releases(end) if Self::is_over(end, at, ack, Level::Zero) => {
                    self.step = Step::Idle;
                }
                Step::Idle if self.is_free(ack) => match self.waiting.pop_front() {
                    Some(line) => self.send(line, at, out),
                    None => return,
                },
                _ => return,
            }
        }
    }

    /// Takes the spikes of one moment, the lowest input first.
    fn collect(&mut self, at: Time, inputs: &[Level], out: &mut Outputs) {
        let lines = inputs.len() - CONTROLS;
        for line in 0..lines {
            if inputs[line] != Level::One || self.before[line] == Level::One {
                continue;
            }
            self.seen += 1;
            if self.is_free(inputs[lines]) {
                self.send(line, at, out);
            } else if self.waiting.len() < self.encoder.depth {
                self.waiting.push_back(line);
            } else {
                self.lost += 1;
            }
        }
        self.before.copy_from_slice(inputs);
    }
}

impl Block for Running {
    fn rest(&mut self, inputs: &[Level], outputs: &mut [Level]) {
        self.before.copy_from_slice(inputs);
        outputs.fill(Level::Zero);
    }

    fn react(&mut self, at: Time, inputs: &[Level], out: &mut Outputs) {
        // What leaves at a moment makes room for what comes.
        self.go_on(at, inputs[inputs.len() - CONTROLS], out);
        self.collect(at, inputs, out);
    }

    fn report(&self) -> Option<Report> {
        let Self { lost, seen, encoder: Encoder { depth, .. }, .. } = self;
        (*lost > 0).then(|| {
            Report::Warning(format!(
                "{lost} of {seen} spikes were lost, as {depth} others waited: give it a greater depth or a faster receiver"
            ))
        })
    }
}
