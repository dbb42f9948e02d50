//! Times that become others because time is counted in femtoseconds.

use memspike_time::FS;

use crate::code::Code;
use crate::finding::Finding;
use crate::source::Span;
use crate::syntax::{SourceFunction, WaveformKind};

use super::Elaborator;
use super::stimulus::argument_span;

/// Part of itself by which a time may move in silence.
const NOTICED: f64 = 1e-3;

/// A time or the distance between two times, which then round each (s).
struct Distance<'a> {
    what: &'a str,
    from_s: f64,
    to_s: f64,
}

impl Distance<'_> {
    fn meant_s(&self) -> f64 {
        self.to_s - self.from_s
    }

    /// Whether rounding both ends changes it by more than is [`NOTICED`]. What their own last digits
    /// leave open, an ulp each, was lost before.
    fn moves(&self) -> bool {
        let becomes_s = ((self.to_s * FS).round() - (self.from_s * FS).round()) / FS;
        let open_s = 2.0 * f64::EPSILON * self.to_s;
        (becomes_s - self.meant_s()).abs() > NOTICED * self.meant_s() + open_s
    }
}

impl Elaborator<'_> {
    /// Warns of a time (s) that rounds by more than a thousandth of itself.
    pub(super) fn check_grain(&mut self, span: Span, what: &str, s: f64) {
        self.check_distance(span, &Distance { what, from_s: 0.0, to_s: s.abs() });
    }

    fn check_distance(&mut self, span: Span, distance: &Distance<'_>) {
        if distance.moves() {
            let (what, s) = (distance.what, distance.meant_s());
            let message = format!("{what} of {s:e} s is no whole number of femtoseconds");
            self.report(Finding::new(Code::TimeGrain, span, message).help(
                "times are counted in femtoseconds (1e-15 s), and this one moves by more than a \
                 thousandth of itself: stretch time, and divide capacitances or frequencies by as much",
            ));
        }
    }

    /// Warns of the times among the values of a source function.
    pub(super) fn check_grains(&mut self, function: &SourceFunction, values: &[f64]) {
        let named: &[(usize, &str)] = match &function.kind {
            WaveformKind::Pulse => {
                &[(2, "a delay"), (3, "a rise"), (4, "a fall"), (5, "a width"), (6, "a period")]
            }
            WaveformKind::Sine => &[(3, "a delay")],
            WaveformKind::Sweep { .. } => &[(1, "a time at each level")],
            WaveformKind::Spike { .. } if values[1] < 1.0 / FS => &[(1, "a width")],
            WaveformKind::Spike { .. } | WaveformKind::Image { .. } => &[],
            WaveformKind::Exponential => &[(2, "a rise delay"), (4, "a fall delay")],
            WaveformKind::Pwl { .. } => return self.check_points(function, values),
        };
        for (index, what) in named {
            if let Some(&s) = values.get(*index) {
                self.check_grain(argument_span(function, *index), what, s);
            }
        }
    }

    /// Warns of points of a PWL whose distance in time moves.
    fn check_points(&mut self, function: &SourceFunction, values: &[f64]) {
        let mut from_s = 0.0;
        for (number, pair) in values.chunks_exact(2).enumerate() {
            let distance = Distance { what: "a distance between points", from_s, to_s: pair[0] };
            self.check_distance(argument_span(function, 2 * number), &distance);
            from_s = pair[0];
        }
    }
}
