//! Clocks: edges at instants that follow from their number alone.

use std::sync::Arc;

use memspike_device::{Parameter, ParameterError};
use memspike_time::{FS, Time, ticks};

use crate::level::{delay, level};
use crate::{Block, BlockKind, Design, Level, Outputs, Port};

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

/// A number of edges times the period.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Frequency {
    /// The frequency is `mantissa * 2^exponent` hertz.
    mantissa: u64,
    exponent: i32,
}

impl Frequency {
    fn new(hertz: f64) -> Self {
        let bits = hertz.to_bits();
        let exponent = ((bits >> 52) & 0x7ff) as i32;
        let fraction = bits & ((1 << 52) - 1);
        // Frequencies are far above the least normal number.
        let mantissa = fraction | (1 << 52);
        let zeros = mantissa.trailing_zeros();
        Self { mantissa: mantissa >> zeros, exponent: exponent - 1075 + zeros as i32 }
    }

    /// `count / frequency` in femtoseconds, to the nearest; none beyond the range of time.
    fn after(self, count: u64) -> Option<u64> {
        let fs = u128::from(count) * FS as u128;
        let mantissa = u128::from(self.mantissa);
        let (over, under) = if self.exponent < 0 {
            let shift = self.exponent.unsigned_abs();
            if fs.leading_zeros() <= shift {
                // Then it is beyond: count * 1e15 / (m * 2^e) >= 2^127 / 2^53.
                return None;
            }
            (fs << shift, mantissa)
        } else {
            (fs, mantissa.checked_shl(self.exponent as u32)?)
        };
        u64::try_from((over + under / 2) / under).ok()
    }
}

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
    if !(1e-4..=2e14).contains(&freq) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn edges_of_a_third_of_a_hertz_or_three_do_not_wander() {
        // Three hertz: k / 3 s; the thousandth third ends at 333.333... s.
        let three = Frequency::new(3.0);
        assert_eq!(three.after(1), Some(333_333_333_333_333));
        assert_eq!(three.after(2), Some(666_666_666_666_667));
        assert_eq!(three.after(3_000), Some(1_000_000_000_000_000_000));
        assert_eq!(three.after(50_000), Some(16_666_666_666_666_666_667));
        assert_eq!(three.after(60_000), None);
        assert_eq!(Frequency::new(2e14).after(3), Some(15));
        assert_eq!(Frequency::new(0.5).after(3), Some(6_000_000_000_000_000));
    }

    proptest! {
        /// The instant times the frequency, in exact fractions, is the count to within half a femtosecond of it.
        #[test]
        fn an_edge_is_the_nearest_femtosecond(hertz in 1e-4..2e14_f64, part in 0.0..1.0_f64) {
            let count = (part * 1.8e4 * hertz) as u64;
            let frequency = Frequency::new(hertz);
            let at = frequency.after(count).expect("within five hours");
            // |at * f - count * 1e15| <= f / 2 with f = m * 2^e, all scaled by 2^-e if that is negative.
            let scale = |value: u128| if frequency.exponent < 0 { value << -frequency.exponent } else { value };
            let f = u128::from(frequency.mantissa) << frequency.exponent.max(0);
            let difference = (u128::from(at) * f).abs_diff(scale(u128::from(count) * 1_000_000_000_000_000));
            prop_assert!(2 * difference <= f, "{hertz} {count} {at}");
        }
    }
}
