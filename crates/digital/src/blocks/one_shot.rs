//! A pulse for every rising edge.

use std::sync::Arc;

use memspike_device::{Parameter, ParameterError};
use memspike_time::{Time, ticks};

use crate::level::{FALL_DELAY, RISE_DELAY, level};
use crate::{Block, BlockKind, Delays, Design, Level, Outputs, Port};

const PARAMETERS: &[Parameter] = &[
    Parameter::new("width", "s", 1e-6, "length of a pulse"),
    Parameter::new(
        "retrigger",
        "1",
        0.0,
        "1: an edge within a pulse makes it longer; 0: it does nothing",
    ),
    RISE_DELAY,
    FALL_DELAY,
];

pub(crate) static KIND: BlockKind = BlockKind {
    name: "one_shot",
    doc: "A rising edge of the input starts a pulse of the output.",
    ports: &[Port::input("in"), Port::output("out")],
    parameters: PARAMETERS,
    build,
};

#[derive(Debug, Clone, Copy)]
struct OneShot {
    width_fs: u64,
    retriggers: bool,
    delays: Delays,
    before: Level,
    /// When the present pulse ends at its input's side.
    ends: Option<Time>,
}

fn build(values: &[f64]) -> Result<Arc<dyn Design>, ParameterError> {
    let &[width_s, retrigger, rise_s, fall_s] = values else {
        unreachable!("as many as parameters")
    };
    let width_fs = ticks(width_s);
    if width_fs == 0 || !width_s.is_finite() {
        let reason = "must be at least a femtosecond".to_owned();
        return Err(ParameterError { parameter: "width", value: width_s, reason });
    }
    let retriggers = match level("retrigger", retrigger)? {
        Level::Unknown => {
            let reason = "must be 0 or 1".to_owned();
            return Err(ParameterError { parameter: "retrigger", value: retrigger, reason });
        }
        known => known == Level::One,
    };
    let delays = Delays::of_values(rise_s, fall_s)?;
    Ok(Arc::new(OneShot { width_fs, retriggers, delays, before: Level::Zero, ends: None }))
}

impl Design for OneShot {
    fn instance(&self, _inputs: usize, _outputs: usize) -> Box<dyn Block> {
        Box::new(*self)
    }
}

impl Block for OneShot {
    fn rest(&mut self, inputs: &[Level], outputs: &mut [Level]) {
        self.before = inputs[0];
        outputs[0] = Level::Zero;
    }

    fn react(&mut self, at: Time, inputs: &[Level], out: &mut Outputs) {
        let rises = inputs[0] == Level::One && self.before != Level::One;
        self.before = inputs[0];
        let within = self.ends.is_some_and(|ends| at < ends);
        if rises && (!within || self.retriggers) {
            let ends = at.later(self.width_fs);
            self.ends = Some(ends);
            if !within {
                out.drive(0, Level::One, self.delays);
            }
            out.wake(ends);
        } else if self.ends == Some(at) {
            out.drive(0, Level::Zero, self.delays);
        }
    }
}
