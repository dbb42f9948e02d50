//! `PULSE`.

use memspike_circuit::{Pulse, Stimulus};

use crate::code::Code;
use crate::elaborate::Elaborator;
use crate::finding::Finding;
use crate::syntax::SourceFunction;

use super::{argument_span, count, times};

/// Part of a period by which sums of decimal numbers may miss it.
const ROUNDING: f64 = 1e-9;

impl Elaborator<'_> {
    /// `PULSE(v1 v2 td tr tf pw per np)`. Unlike in ngspice, a rise or fall of zero is zero, not
    /// the print step; a width, period or count of zero is as if left out. Time counts from the delay,
    /// modulo the period, as in ngspice: a longer pulse is cut, and of a negative delay the pulse began before
    /// time zero.
    pub(super) fn pulse(
        &mut self,
        function: &SourceFunction,
        v: &[f64],
    ) -> Result<Stimulus, Finding> {
        const FORM: &str = "write PULSE(low high delay rise fall width period count)";
        count(function, v, 2..=8, FORM)?;
        times(function, v, 3..7, &["rise", "fall", "width", "period"], 3)?;
        let at = |index: usize| v.get(index).copied().unwrap_or(0.0);
        let or = |value: f64, otherwise: f64| if value == 0.0 { otherwise } else { value };
        let delay_s = at(2);
        // SPICE's period is the run's length where it is left out; it matters where time has passed before.
        let none_s = if delay_s < 0.0 { self.stop_s() } else { f64::INFINITY };
        let period_s = or(at(6), none_s);
        let count = self.pulse_count(function, at(7), period_s)?;
        let mut pulse = Pulse {
            low: v[0],
            high: v[1],
            delay_s,
            rise_s: at(3),
            fall_s: at(4),
            width_s: or(at(5), self.stop_s()),
            period_s,
            count,
        };
        self.fit(function, &mut pulse, at(5) == 0.0);
        Ok(Stimulus::Pulse(pulse))
    }

    fn pulse_count(
        &self,
        function: &SourceFunction,
        pulses: f64,
        period_s: f64,
    ) -> Result<Option<u64>, Finding> {
        if pulses < 0.0 || pulses.fract() != 0.0 || pulses > 1e15 {
            let span = argument_span(function, 7);
            let message = format!("the number of pulses is {pulses}");
            return Err(Finding::new(Code::PulseCount, span, message)
                .help("give a whole number; 0 or nothing means for ever"));
        }
        Ok(match (pulses > 0.0, period_s.is_finite()) {
            (_, false) => Some(1),
            (true, true) => Some(pulses as u64),
            (false, true) => None,
        })
    }

    /// Warns of a pulse that is longer than its period, if the run sees that.
    fn fit(&mut self, function: &SourceFunction, pulse: &mut Pulse, no_width: bool) {
        let Pulse { delay_s, period_s, .. } = *pulse;
        let length_s = pulse.length_s();
        let excess_s = length_s - period_s;
        if !period_s.is_finite() || excess_s <= 0.0 {
            return;
        }
        if excess_s <= period_s * ROUNDING {
            pulse.width_s = (pulse.width_s - excess_s).max(0.0);
        } else if self.stop_s() > delay_s + period_s {
            let span = argument_span(function, 6);
            let (message, help) = if no_width {
                let message = "a width of zero is the rest of the run: each pulse holds until the next \
                               begins, as in ngspice";
                (message.to_owned(), "give a width, however small")
            } else {
                let message = format!(
                    "rise, width and fall take {length_s:e} s, the period is {period_s:e} s: each pulse \
                     is cut where the next begins, as in ngspice"
                );
                (message, "lengthen the period, or shorten the pulse")
            };
            self.report(Finding::new(Code::PulsePeriod, span, message).help(help));
        }
    }
}
