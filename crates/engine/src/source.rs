//! Independent sources at run time.

use memspike_circuit::{Segment, Stimulus};
use memspike_waveform::Waveform;

use crate::Time;

/// An independent source at run time.
pub(crate) struct SourceRun<'c> {
    pub stimulus: &'c Stimulus,
    pub segment: Segment,
    /// Islands that its value enters.
    pub fan_out: Vec<usize>,
}

impl SourceRun<'_> {
    /// The closed form from `at` on, anchored at `at`.
    pub fn form(&self, at: Time) -> Waveform {
        if self.segment.form.is_constant() {
            return self.segment.form.clone();
        }
        self.segment.form.shifted(at.since(Time::from_tick(self.segment.start_fs)))
    }

    pub fn ends(&self) -> Option<Time> {
        self.segment.end_fs.map(Time::from_tick)
    }
}
