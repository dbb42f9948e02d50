//! Equal steps of time on whole femtoseconds.

use memspike_time::FS;

/// A time cut into equal steps, as tools with a clock have it: what falls within a step happens at its end. All ends are whole
/// femtoseconds, so that a delay of one step leads exactly from one to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    /// How many.
    pub count: u32,
    /// Length of each (fs).
    pub step_fs: u64,
}

impl Steps {
    /// So many steps in `duration_s`, rounded down to whole femtoseconds, of which what is left at the end is less than one a step.
    /// Nothing if there is not as much as a femtosecond for each.
    #[must_use]
    pub fn new(duration_s: f64, count: u32) -> Option<Self> {
        let all = (duration_s * FS).round() as u64;
        let step_fs = all.checked_div(u64::from(count))?;
        (step_fs > 0).then_some(Self { count, step_fs })
    }

    /// The step in which an instant falls, from 1 on. What is exactly at an end belongs to it, what is at the beginning of all to
    /// the first, and what comes after all to the last.
    #[must_use]
    pub fn number(&self, at_s: f64) -> u32 {
        let number = ((at_s * FS).round() as u64).div_ceil(self.step_fs);
        number.min(self.count.into()).max(1) as u32
    }

    /// The end of a step (s).
    #[must_use]
    pub fn end_s(&self, number: u32) -> f64 {
        (u64::from(number) * self.step_fs) as f64 / FS
    }

    /// The length of a step (s).
    #[must_use]
    pub fn step_s(&self) -> f64 {
        self.step_fs as f64 / FS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_falls_within_a_step_happens_at_its_end() {
        let steps = Steps::new(1.0, 8).unwrap();
        for (at_s, number) in
            [(0.0, 1), (1e-15, 1), (0.125, 1), (0.125 + 1e-15, 2), (0.9, 8), (1.0, 8), (7.0, 8)]
        {
            assert_eq!(steps.number(at_s), number, "{at_s}");
        }
        assert_eq!((steps.end_s(8), steps.step_s()), (1.0, 0.125));
    }

    #[test]
    fn steps_are_whole_femtoseconds_and_end_within_their_time() {
        let steps = Steps::new(1e-13, 7).unwrap();
        assert_eq!((steps.step_fs, steps.end_s(7)), (14, 98e-15));
        assert_eq!(Steps::new(1e-15, 2), None);
        assert_eq!(Steps::new(1.0, 0), None);
    }
}
