//! Latches: a level that follows its inputs while they are enabled.

use std::sync::Arc;

use memspike_device::{Parameter, ParameterError};
use memspike_time::Time;

use super::memory::{
    Forced, IC, Memory, NOT_OUT, OUT, RESET, RESET_DELAY, SET, SET_DELAY, set_or_reset,
};
use crate::level::{DELAY_S, FALL_DELAY, RISE_DELAY, delay, load};
use crate::{Block, BlockKind, Design, Level, Outputs, Port};

const ENABLE_DELAY: Parameter =
    Parameter::new("enable_delay", "s", DELAY_S, "from enable, before rise_delay or fall_delay");

/// Those of a latch, of which two are about its data.
const fn parameters(data_delay: Parameter, data_load: Parameter) -> [Parameter; 11] {
    [
        data_delay,
        ENABLE_DELAY,
        SET_DELAY,
        RESET_DELAY,
        IC,
        RISE_DELAY,
        FALL_DELAY,
        data_load,
        load("enable_load"),
        load("set_load"),
        load("reset_load"),
    ]
}

const OF_DATA: &[Parameter] = &parameters(
    Parameter::new("data_delay", "s", DELAY_S, "from data, before rise_delay or fall_delay"),
    load("data_load"),
);

const OF_SR: &[Parameter] = &parameters(
    Parameter::new("sr_delay", "s", DELAY_S, "from s and r, before rise_delay or fall_delay"),
    load("sr_load"),
);

/// What enabled inputs make of the level.
type Law = fn(Level, &[Level]) -> Level;

#[derive(Debug, Clone, Copy)]
struct Latch {
    law: Law,
    data_fs: u64,
    enable_fs: u64,
    memory: Memory,
    enable: Level,
}

fn build(law: Law, data: &'static str, values: &[f64]) -> Result<Arc<dyn Design>, ParameterError> {
    let &[data_s, enable_s, set_s, reset_s, ic, rise_s, fall_s, ..] = values else {
        unreachable!("as many as parameters")
    };
    Ok(Arc::new(Latch {
        law,
        data_fs: delay(data, data_s)?,
        enable_fs: delay("enable_delay", enable_s)?,
        memory: Memory::new([set_s, reset_s, ic, rise_s, fall_s])?,
        enable: Level::Zero,
    }))
}

/// The data, and enable, set and reset.
fn parts(inputs: &[Level]) -> (&[Level], Level, [Level; 2]) {
    let (data, last) = inputs.split_at(inputs.len() - 3);
    (data, last[0], [last[1], last[2]])
}

impl Design for Latch {
    fn instance(&self, _inputs: usize, _outputs: usize) -> Box<dyn Block> {
        Box::new(*self)
    }
}

impl Block for Latch {
    fn rest(&mut self, inputs: &[Level], outputs: &mut [Level]) {
        let (data, enable, controls) = parts(inputs);
        self.enable = enable;
        let initial = self.memory.initial();
        let own = (enable == Level::One).then(|| (self.law)(initial, data));
        // Where s and r contradict each other the card's level holds.
        let own = own.filter(|level| data.len() == 1 || *level != Level::Unknown);
        self.memory.rest(own, controls, outputs);
    }

    fn react(&mut self, _at: Time, inputs: &[Level], out: &mut Outputs) {
        let (data, enable, [set, reset]) = parts(inputs);
        let is_moved = std::mem::replace(&mut self.enable, enable) != enable;
        let after_fs = match self.memory.force(set, reset) {
            Forced::To(level, after_fs) => return self.memory.take(level, after_fs, out),
            Forced::Held => return,
            Forced::Released(after_fs) => after_fs,
            Forced::Free if is_moved => self.enable_fs,
            Forced::Free => self.data_fs,
        };
        if enable == Level::One {
            let level = (self.law)(self.memory.level, data);
            self.memory.take(level, after_fs, out);
        }
    }
}

const ENABLE: Port = Port::input("enable");

pub(crate) static D: BlockKind = BlockKind {
    name: "d_dlatch",
    doc: "Follows data while enable is one.",
    ports: &[Port::input("data"), ENABLE, SET, RESET, OUT, NOT_OUT],
    parameters: OF_DATA,
    build: |values| build(|_, data| data[0], "data_delay", values),
};

pub(crate) static SR: BlockKind = BlockKind {
    name: "d_srlatch",
    doc: "While enable is one, s sets and r resets; both leave it unknown.",
    ports: &[Port::input("s"), Port::input("r"), ENABLE, SET, RESET, OUT, NOT_OUT],
    parameters: OF_SR,
    build: |values| build(set_or_reset, "sr_delay", values),
};
