//! A counter of rising edges.

use std::sync::Arc;

use memspike_device::{Parameter, ParameterError};
use memspike_time::Time;

use crate::level::{FALL_DELAY, RISE_DELAY, whole};
use crate::{Block, BlockKind, Delays, Design, Level, Outputs, Port};

const PARAMETERS: &[Parameter] = &[
    Parameter::new(
        "modulo",
        "1",
        0.0,
        "the count at which it is 0 again; 0: as many as its outputs can hold",
    ),
    Parameter::new("ic", "1", 0.0, "the count at the start"),
    RISE_DELAY,
    FALL_DELAY,
];

pub(crate) static KIND: BlockKind = BlockKind {
    name: "counter",
    doc: "Counts rising edges of clk while reset is not one; the first output is the most significant bit.",
    ports: &[Port::input("clk"), Port::input("reset").optional(), Port::output("out").list(1)],
    parameters: PARAMETERS,
    build,
};

/// Most outputs of a counter.
const MOST_BITS: usize = 63;

#[derive(Debug, Clone, Copy)]
struct Counter {
    modulo: u64,
    initial: u64,
    delays: Delays,
    outputs: usize,
    clock: Level,
    /// Nothing where an edge or a reset is unknown.
    count: Option<u64>,
}

fn build(values: &[f64]) -> Result<Arc<dyn Design>, ParameterError> {
    let &[modulo, initial, rise_s, fall_s] = values else { unreachable!("as many as parameters") };
    let modulo = whole("modulo", modulo, 0)?;
    let count = initial;
    let initial = whole("ic", initial, 0)?;
    if modulo > 0 && initial >= modulo {
        let reason = "must be below modulo".to_owned();
        return Err(ParameterError { parameter: "ic", value: count, reason });
    }
    let delays = Delays::of_values(rise_s, fall_s)?;
    let clock = Level::Zero;
    Ok(Arc::new(Counter { modulo, initial, delays, outputs: 0, clock, count: Some(initial) }))
}

impl Counter {
    /// How many counts there are.
    fn range(&self) -> u64 {
        let held = 1 << self.outputs.min(MOST_BITS);
        if self.modulo == 0 { held } else { self.modulo.min(held) }
    }

    /// The level of an output, of which the first is the most significant bit.
    fn bit(&self, output: usize) -> Level {
        let place = self.outputs - 1 - output;
        match self.count {
            Some(count) if place <= MOST_BITS => Level::of(count >> place & 1 == 1),
            Some(_) => Level::Zero,
            None => Level::Unknown,
        }
    }
}

impl Design for Counter {
    fn instance(&self, _inputs: usize, outputs: usize) -> Box<dyn Block> {
        let mut counter = Self { outputs, ..*self };
        counter.count = Some(self.initial % counter.range());
        Box::new(counter)
    }
}

impl Block for Counter {
    fn rest(&mut self, inputs: &[Level], outputs: &mut [Level]) {
        self.clock = inputs[0];
        self.count = match inputs[1] {
            Level::Zero => Some(self.initial % self.range()),
            Level::One => Some(0),
            Level::Unknown | Level::Floating => None,
        };
        outputs.iter_mut().enumerate().for_each(|(output, level)| *level = self.bit(output));
    }

    fn react(&mut self, _at: Time, inputs: &[Level], out: &mut Outputs) {
        let (clock, reset) = (inputs[0], inputs[1]);
        let counts = match (self.clock, clock) {
            (Level::Zero, Level::One) => Some(true),
            (Level::Unknown, Level::One) | (Level::Zero, Level::Unknown) => None,
            _ => Some(false),
        };
        self.clock = clock;
        let next = |count: u64| (count + 1) % self.range();
        self.count = match (reset, counts) {
            (Level::One, _) => Some(0),
            (Level::Zero, Some(true)) => self.count.map(next),
            (Level::Zero, Some(false)) => self.count,
            (Level::Unknown, Some(false)) if self.count == Some(0) => Some(0),
            _ => None,
        };
        (0..self.outputs).for_each(|output| out.drive(output, self.bit(output), self.delays));
    }
}
