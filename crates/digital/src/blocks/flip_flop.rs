//! Flip-flops: a level that a rising edge of the clock moves.

use std::sync::Arc;

use memspike_device::{Parameter, ParameterError};
use memspike_time::Time;

use super::memory::{
    Forced, IC, Memory, NOT_OUT, OUT, RESET, RESET_DELAY, SET, SET_DELAY, set_or_reset,
};
use crate::level::{DELAY_S, FALL_DELAY, RISE_DELAY, delay, load};
use crate::{Block, BlockKind, Design, Level, Outputs, Port};

const PARAMETERS: &[Parameter] = &[
    Parameter::new("clk_delay", "s", DELAY_S, "from the clock, before rise_delay or fall_delay"),
    SET_DELAY,
    RESET_DELAY,
    IC,
    RISE_DELAY,
    FALL_DELAY,
    load("data_load"),
    load("jk_load"),
    load("t_load"),
    load("sr_load"),
    load("clk_load"),
    load("set_load"),
    load("reset_load"),
];

/// What an edge makes of the level, given the inputs before the clock.
type Law = fn(Level, &[Level]) -> Level;

#[derive(Debug, Clone, Copy)]
struct FlipFlop {
    law: Law,
    clock_fs: u64,
    memory: Memory,
    clock: Level,
}

fn build(law: Law, values: &[f64]) -> Result<Arc<dyn Design>, ParameterError> {
    let &[clock_s, set_s, reset_s, ic, rise_s, fall_s, ..] = values else {
        unreachable!("as many as parameters")
    };
    let clock_fs = delay("clk_delay", clock_s)?;
    let memory = Memory::new([set_s, reset_s, ic, rise_s, fall_s])?;
    Ok(Arc::new(FlipFlop { law, clock_fs, memory, clock: Level::Zero }))
}

/// The inputs before the clock, the clock, set, and reset.
fn parts(inputs: &[Level]) -> (&[Level], Level, Level, Level) {
    let (data, last) = inputs.split_at(inputs.len() - 3);
    (data, last[0], last[1], last[2])
}

impl Design for FlipFlop {
    fn instance(&self, _inputs: usize, _outputs: usize) -> Box<dyn Block> {
        Box::new(*self)
    }
}

impl Block for FlipFlop {
    fn rest(&mut self, inputs: &[Level], outputs: &mut [Level]) {
        let (_, clock, set, reset) = parts(inputs);
        self.clock = clock;
        self.memory.rest(None, [set, reset], outputs);
    }

    fn react(&mut self, _at: Time, inputs: &[Level], out: &mut Outputs) {
        let (data, clock, set, reset) = parts(inputs);
        let rises = clock == Level::One && self.clock != Level::One;
        self.clock = clock;
        match self.memory.force(set, reset) {
            Forced::To(level, after_fs) => self.memory.take(level, after_fs, out),
            Forced::Free if rises => {
                let level = (self.law)(self.memory.level, data);
                self.memory.take(level, self.clock_fs, out);
            }
            Forced::Free | Forced::Released(_) | Forced::Held => {}
        }
    }
}

/// As [`set_or_reset`], but both turn the level over.
fn jump_or_kill(level: Level, inputs: &[Level]) -> Level {
    match (inputs[0], inputs[1]) {
        (Level::One, Level::One) => level.inverted(),
        _ => set_or_reset(level, inputs),
    }
}

const CLOCK: Port = Port::input("clk");

pub(crate) static D: BlockKind = BlockKind {
    name: "d_dff",
    doc: "A rising edge of clk takes data.",
    ports: &[Port::input("data"), CLOCK, SET, RESET, OUT, NOT_OUT],
    parameters: PARAMETERS,
    build: |values| build(|_, data| data[0], values),
};

pub(crate) static T: BlockKind = BlockKind {
    name: "d_tff",
    doc: "A rising edge of clk turns the level over if t is one.",
    ports: &[Port::input("t"), CLOCK, SET, RESET, OUT, NOT_OUT],
    parameters: PARAMETERS,
    build: |values| build(|state, data| state.xor(data[0]), values),
};

pub(crate) static JK: BlockKind = BlockKind {
    name: "d_jkff",
    doc: "A rising edge of clk sets with j, resets with k, and turns the level over with both.",
    ports: &[Port::input("j"), Port::input("k"), CLOCK, SET, RESET, OUT, NOT_OUT],
    parameters: PARAMETERS,
    build: |values| build(jump_or_kill, values),
};

pub(crate) static SR: BlockKind = BlockKind {
    name: "d_srff",
    doc: "A rising edge of clk sets with s and resets with r; both leave it unknown.",
    ports: &[Port::input("s"), Port::input("r"), CLOCK, SET, RESET, OUT, NOT_OUT],
    parameters: PARAMETERS,
    build: |values| build(set_or_reset, values),
};
