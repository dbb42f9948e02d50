//! Exponential rise and fall.

use memspike_time::{FS, ticks};
use memspike_waveform::{Term, Waveform};

use crate::Segment;

/// From `from` towards `to` with one time constant, and from the fall's beginning back with another:
/// `from + (to - from) * ((1 - exp(-(t - rise) / rise_tau)) - (1 - exp(-(t - fall) / fall_tau)))`, each
/// part from its own time on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exponential {
    /// Initial value.
    pub from: f64,
    /// Value that the rise approaches.
    pub to: f64,
    /// Beginning of the rise (s).
    pub rise_s: f64,
    /// Time constant of the rise (s), above zero.
    pub rise_tau_s: f64,
    /// Beginning of the fall (s), not before that of the rise.
    pub fall_s: f64,
    /// Time constant of the fall (s), above zero.
    pub fall_tau_s: f64,
}

impl Exponential {
    pub(crate) fn segment(&self, at_fs: u64) -> Segment {
        let (rise_fs, fall_fs) = (ticks(self.rise_s), ticks(self.fall_s));
        let height = self.to - self.from;
        let decay =
            |share: f64, tau_s: f64| Term::free(0, (height * share).into(), (-1.0 / tau_s).into());
        if at_fs < rise_fs {
            return Segment::constant(0, Some(rise_fs), self.from);
        }
        if at_fs < fall_fs {
            let mut form = Waveform::constant(self.to);
            form.push(decay(-1.0, self.rise_tau_s));
            return Segment { start_fs: rise_fs, end_fs: Some(fall_fs), form };
        }
        let risen_s = (fall_fs - rise_fs) as f64 / FS;
        let mut form = Waveform::constant(self.from);
        form.push(decay(-(-risen_s / self.rise_tau_s).exp(), self.rise_tau_s));
        form.add(decay(1.0, self.fall_tau_s));
        Segment { start_fs: fall_fs, end_fs: None, form }
    }
}
