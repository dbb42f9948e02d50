//! Clocks: edges at instants that follow from their number alone.

use std::sync::Arc;

use memspike_device::{Parameter, ParameterError};
use memspike_time::{FS, Time, ticks};

use crate::level::{delay, level};
use crate::{Block, BlockKind, Design, Frequency, Level, Outputs, Port};

const PARAMETERS: &[Parameter] = &[
    Parameter::new("freq", "Hz", 1e6, "rising edges in a second"),
    Parameter::new("duty", "1", 0.5, "part of a period in which it is one"),
    Parameter::new("delay", "s", 0.0, "the first rising edge"),
    Parameter::new("ic", "1", 0.0, "its level before that"),
];

pub(crate) static KIND: BlockKind = BlockKind {
    name: "clock",
    doc: "Rising edge k, counted from 0, is at delay + k / freq, rounded to the femtosecond once.",
    ports: &[Port::output("out")],
    parameters: PARAMETERS,
    build,
};

#[derive(Debug, Clone, Copy)]
struct Clock {
    frequency: Frequency,
    high_fs: u64,
    delay_fs: u64,
    before: Level,
    /// Rising edges so far.
    edges: u64,
    is_high: bool,
}

fn build(values: &[f64]) -> Result<Arc<dyn Design>, ParameterError> {
    let &[freq, duty, delay_s, ic] = values else { unreachable!("a value for each parameter") };
    let refuse = |parameter, value, reason: &str| {
        Err(ParameterError { parameter, value, reason: reason.to_owned() })
    };
    if !(Frequency::LEAST_HZ..=Frequency::MOST_HZ).contains(&freq) {
        return refuse("freq", freq, "must be from 0.1 mHz to 200 THz");
    }
    let frequency = Frequency::new(freq);
    let period_fs = FS / freq;
    let high_fs = ticks(duty * period_fs / FS);
    // Both edges of a period must be apart, and so must those of neighbours, however they are rounded.
    if !(high_fs >= 1 && high_fs as f64 <= period_fs - 2.0) {
        return refuse("duty", duty, "must leave at least a femtosecond to either level");
    }
    Ok(Arc::new(Clock {
        frequency,
        high_fs,
        delay_fs: delay("delay", delay_s)?,
        before: level("ic", ic)?,
        edges: 0,
        is_high: false,
    }))
}

impl Clock {
    /// Says the next edge ahead of it, so that it falls into the first round of its instant.
    fn next_edge(&mut self, out: &mut Outputs) {
        let Some(rise) = self.frequency.after(self.edges) else { return };
        let fall_fs = if self.is_high { self.high_fs } else { 0 };
        let Some(tick) = rise.checked_add(self.delay_fs).and_then(|at| at.checked_add(fall_fs))
        else {
            return;
        };
        let at = Time::from_tick(tick);
        out.drive_at(0, Level::of(!self.is_high), at);
        out.wake(at);
        self.edges += u64::from(self.is_high);
        self.is_high = !self.is_high;
    }
}

impl Design for Clock {
    fn instance(&self, _inputs: usize, _outputs: usize) -> Box<dyn Block> {
        Box::new(*self)
    }
}

impl Block for Clock {
    fn rest(&mut self, _inputs: &[Level], outputs: &mut [Level]) {
        outputs[0] = self.before;
    }

    fn start(&mut self, out: &mut Outputs) {
        self.next_edge(out);
    }

    fn react(&mut self, _at: Time, _inputs: &[Level], out: &mut Outputs) {
        self.next_edge(out);
    }
}
