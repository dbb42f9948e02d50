//! One stretch of a run on which the forms of a measurement's signals do not change.

use std::borrow::Cow;

use memspike_time::Time;
use memspike_waveform::Waveform;

/// A signal as it is now.
#[derive(Debug, Clone)]
pub(crate) struct Present {
    pub anchor: Time,
    pub form: Waveform,
    /// Whether the run has told a form of it.
    pub told: bool,
}

/// The stretch `[from, to]`; at `to` other forms may begin, unless it is the last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'a> {
    pub signals: &'a [Present],
    pub from: Time,
    pub to: Time,
    pub last: bool,
}

impl Piece<'_> {
    /// Whether values at `at` are those of this piece.
    pub fn holds(&self, at: Time) -> bool {
        self.from <= at && (at < self.to || (self.last && at == self.to))
    }

    pub fn value(&self, signal: usize, at: Time) -> f64 {
        let present = &self.signals[signal];
        present.form.eval(at.since(present.anchor))
    }

    /// The time derivative (1/s of the signal's unit); where the signal has a corner, that after it.
    pub fn derivative(&self, signal: usize, at: Time) -> f64 {
        let present = &self.signals[signal];
        present.form.derivative().eval(at.since(present.anchor))
    }

    /// The forms of two signals with the same anchor, the later of theirs.
    pub fn pair(&self, a: usize, b: usize) -> (Time, Cow<'_, Waveform>, Cow<'_, Waveform>) {
        let (a, b) = (&self.signals[a], &self.signals[b]);
        let anchor = a.anchor.max(b.anchor);
        (anchor, a.since(anchor), b.since(anchor))
    }
}

impl Present {
    fn since(&self, anchor: Time) -> Cow<'_, Waveform> {
        if self.anchor == anchor {
            Cow::Borrowed(&self.form)
        } else {
            Cow::Owned(self.form.shifted(anchor.since(self.anchor)))
        }
    }
}

/// A sum that carries its rounding along (Neumaier's summation), so that a million events cost no digits.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    pub fn add(&mut self, x: f64) {
        let sum = self.sum + x;
        self.lost +=
            if self.sum.abs() >= x.abs() { (self.sum - sum) + x } else { (x - sum) + self.sum };
        self.sum = sum;
    }

    pub fn value(self) -> f64 {
        self.sum + self.lost
    }
}
