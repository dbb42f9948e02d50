//! The staircase of a source-measure unit.

use crate::Segment;
use memspike_time::{FS, ticks};

/// Voltage (or current) that goes from corner to corner in equal steps, each level held for a time. The
/// last step before a corner is shorter if the distance is no multiple; the last level stays.
#[derive(Debug, Clone, PartialEq)]
pub struct Staircase {
    step: f64,
    dwell_s: f64,
    corners: Vec<f64>,
    /// Number of the level that each corner is, from 0.
    corner_at: Vec<u64>,
    repeats: u64,
}

/// Why there is no such staircase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StaircaseError {
    /// The step is not finite and above zero.
    #[error("the step must be above zero")]
    Step,
    /// The time at each level is not finite and above zero.
    #[error("the time at each level must be above zero")]
    Dwell,
    /// No corner, or one that is not finite.
    #[error("a staircase goes through finite values, at least one")]
    Corners,
    /// No repeat, or more levels than can be counted.
    #[error("a staircase has between one and 1e15 levels")]
    Levels,
}

/// Levels that are counted: beyond these, counts are no longer exact in an `f64`.
const MOST_LEVELS: f64 = 1e15;

/// Part of a step by which a corner may be missed and still count as reached: the quotient of two
/// decimal numbers is off by a rounding.
const STEP_ROUNDING: f64 = 1e-9;

impl Staircase {
    /// The same with levels that are so many times as high; the factor is above zero.
    pub(crate) fn times(self, factor: f64) -> Self {
        let corners = self.corners.iter().map(|corner| corner * factor).collect();
        Self { step: self.step * factor, corners, ..self }
    }

    /// Goes through `corners` (V or A) in steps of `step`, `dwell_s` seconds a level, `repeats` times.
    ///
    /// # Errors
    /// [`StaircaseError`] if these are no staircase.
    pub fn new(
        step: f64,
        dwell_s: f64,
        corners: Vec<f64>,
        repeats: u64,
    ) -> Result<Self, StaircaseError> {
        let positive = |value: f64| value > 0.0 && value.is_finite();
        if !positive(step) {
            return Err(StaircaseError::Step);
        }
        if !positive(dwell_s) {
            return Err(StaircaseError::Dwell);
        }
        if corners.is_empty() || corners.iter().any(|corner| !corner.is_finite()) {
            return Err(StaircaseError::Corners);
        }
        let mut corner_at = vec![0.0];
        for leg in corners.windows(2) {
            let steps = ((leg[1] - leg[0]).abs() / step - STEP_ROUNDING).ceil().max(0.0);
            corner_at.push(corner_at[corner_at.len() - 1] + steps);
        }
        let levels = corner_at[corner_at.len() - 1] + 1.0;
        if repeats == 0 || levels * repeats as f64 > MOST_LEVELS {
            return Err(StaircaseError::Levels);
        }
        let corner_at = corner_at.into_iter().map(|at: f64| at as u64).collect();
        Ok(Self { step, dwell_s, corners, corner_at, repeats })
    }

    /// Number of levels of all repeats.
    #[must_use]
    pub fn levels(&self) -> u64 {
        self.levels_once() * self.repeats
    }

    fn levels_once(&self) -> u64 {
        self.corner_at[self.corner_at.len() - 1] + 1
    }

    /// A level by its number; the last one for all beyond.
    #[must_use]
    pub fn level(&self, number: u64) -> f64 {
        let number = number.min(self.levels() - 1) % self.levels_once();
        let leg = self.corner_at.partition_point(|at| *at < number);
        if self.corner_at[leg] == number {
            return self.corners[leg];
        }
        let (from, to) = (self.corners[leg - 1], self.corners[leg]);
        let steps = (number - self.corner_at[leg - 1]) as f64;
        from + self.step.copysign(to - from) * steps
    }

    /// Start of a level (s).
    #[must_use]
    pub fn start_s(&self, number: u64) -> f64 {
        number as f64 * self.dwell_s
    }

    pub(crate) fn segment(&self, at_fs: u64) -> Segment {
        let last = self.levels() - 1;
        let start = |number: u64| ticks(self.start_s(number));
        let passed = at_fs as f64 / FS / self.dwell_s;
        let mut number = passed.min(last as f64) as u64;
        while number > 0 && start(number) > at_fs {
            number -= 1;
        }
        while number < last && start(number + 1) <= at_fs {
            number += 1;
        }
        let end = (number < last).then(|| start(number + 1));
        Segment::constant(start(number), end, self.level(number))
    }
}
