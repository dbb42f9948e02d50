//! A divider of frequencies.

use std::sync::Arc;

use memspike_device::{Parameter, ParameterError};
use memspike_time::Time;

use crate::level::{FALL_DELAY, RISE_DELAY, load, whole};
use crate::{Block, BlockKind, Delays, Design, Level, Outputs, Port};

const PARAMETERS: &[Parameter] = &[
    Parameter::new("div_factor", "1", 2.0, "rising edges of the input for one of the output"),
    Parameter::new("high_cycles", "1", 1.0, "for how many of them the output is one"),
    Parameter::new("i_count", "1", 0.0, "the count at the start"),
    RISE_DELAY,
    FALL_DELAY,
    load("freq_in_load"),
];

pub(crate) static KIND: BlockKind = BlockKind {
    name: "d_fdiv",
    doc: "Divides the frequency of its input.",
    ports: &[Port::input("freq_in"), Port::output("freq_out")],
    parameters: PARAMETERS,
    build,
};

#[derive(Debug, Clone, Copy)]
struct Divider {
    factor: u64,
    high: u64,
    delays: Delays,
    before: Level,
    /// Rising edges, of which the first `high` raise the output; it may begin beyond the last, as in XSPICE.
    count: u64,
}

fn build(values: &[f64]) -> Result<Arc<dyn Design>, ParameterError> {
    let &[factor, high, count, rise_s, fall_s, _] = values else {
        unreachable!("as many as parameters")
    };
    let (factor, cycles) = (whole("div_factor", factor, 1)?, whole("high_cycles", high, 1)?);
    if cycles >= factor {
        let reason = "must be less than div_factor".to_owned();
        return Err(ParameterError { parameter: "high_cycles", value: high, reason });
    }
    let count = whole("i_count", count, 0)?;
    let delays = Delays::of_values(rise_s, fall_s)?;
    Ok(Arc::new(Divider { factor, high: cycles, delays, before: Level::Zero, count }))
}

impl Divider {
    fn level(&self) -> Level {
        Level::of((1..=self.high).contains(&self.count))
    }
}

impl Design for Divider {
    fn instance(&self, _inputs: usize, _outputs: usize) -> Box<dyn Block> {
        Box::new(*self)
    }
}

impl Block for Divider {
    fn rest(&mut self, inputs: &[Level], outputs: &mut [Level]) {
        self.before = inputs[0];
        outputs[0] = self.level();
    }

    fn react(&mut self, _at: Time, inputs: &[Level], out: &mut Outputs) {
        let rises = inputs[0] == Level::One && self.before != Level::One;
        self.before = inputs[0];
        if rises {
            self.count = if self.count >= self.factor { 1 } else { self.count + 1 };
            out.drive(0, self.level(), self.delays);
        }
    }
}
