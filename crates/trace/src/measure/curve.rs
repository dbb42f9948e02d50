//! A signal of a finished run, as its closed forms: what is asked of it afterwards has the bits of a measurement.

use std::io;

use memspike_circuit::{Edge, Occurrence, Statistic};
use memspike_engine::{Recording, Sink as _};
use memspike_time::Time;
use memspike_waveform::Waveform;

use super::crossing::{Against, CrossingWatch};
use super::piece::{Piece, Present};
use super::watch::{Span, StatisticWatch};
use crate::{Curves, Sampling};

/// The closed forms of one signal, from where they begin to the end of the run.
#[derive(Debug, Clone, Copy)]
pub struct Curve<'r> {
    recording: &'r Recording,
    position: usize,
    forms: &'r [(Time, Waveform)],
    end: Time,
}

impl<'r> Curve<'r> {
    /// The signal at this position of a recording; nothing if no run was recorded.
    ///
    /// # Panics
    /// If the recording has no such signal.
    #[must_use]
    pub fn of(recording: &'r Recording, position: usize) -> Option<Self> {
        let forms = recording.forms(position);
        let end = recording.end()?;
        (!forms.is_empty()).then_some(Self { recording, position, forms, end })
    }

    /// Where it begins.
    #[must_use]
    pub fn start(&self) -> Time {
        self.forms[0].0
    }

    /// Where it ends: up to there it is complete.
    #[must_use]
    pub fn end(&self) -> Time {
        self.end
    }

    /// Its value from `at` on: where it jumps, the later one.
    #[must_use]
    pub fn value(&self, at: Time) -> Option<f64> {
        self.recording.value(self.position, at)
    }

    /// All instants at which it crosses a level, as `.meas ... WHEN` counts them.
    #[must_use]
    pub fn crossings(&self, level: f64, edge: Edge) -> Vec<Time> {
        let (against, all) = (Against::Value(level), Occurrence::Last);
        let mut watch = CrossingWatch::new(0, against, edge, all, self.start(), None);
        let mut found = Vec::new();
        self.pieces(|piece, is_before| {
            if is_before {
                watch.before(piece);
            } else {
                watch.piece(piece, |at| found.push(at));
            }
        });
        found
    }

    /// Its integral from one instant to another (its unit times s), with what passes in no time: `.meas ... INTEG`.
    #[must_use]
    pub fn integral(&self, from: Time, to: Time) -> f64 {
        if to <= from {
            return 0.0;
        }
        let mut watch = StatisticWatch::new(Statistic::Integral, 0, Span { from, to: Some(to) });
        let mut impulses = self.recording.impulses(self.position).iter().peekable();
        self.pieces(|piece, is_before| {
            if is_before {
                return;
            }
            while let Some((at, integral)) = impulses.next_if(|(at, _)| *at <= piece.from) {
                watch.impulse(*at, *integral);
            }
            watch.piece(piece);
        });
        impulses.for_each(|(at, integral)| watch.impulse(*at, *integral));
        watch.integral()
    }

    /// The least and the greatest value from one instant to another; nothing where they are the same instant, or a form
    /// has more waves than can be looked at.
    #[must_use]
    pub fn extremes(&self, from: Time, to: Time) -> Option<(f64, f64)> {
        let mut watch = StatisticWatch::new(Statistic::Max, 0, Span { from, to: Some(to) });
        self.pieces(|piece, is_before| {
            if !is_before {
                watch.piece(piece);
            }
        });
        watch.extremes()
    }

    /// Points `(s, value)`, two where it jumps, between which straight lines show it: those of a table of this signal.
    ///
    /// # Errors
    /// None of a recording, whose instants are in order.
    pub fn points(&self, sampling: Sampling) -> io::Result<Vec<(f64, f64)>> {
        let signal = self.recording.signals()[self.position];
        let mut table = Curves::new(vec![signal], sampling);
        table.begin_at(self.start());
        self.forms.iter().try_for_each(|(at, form)| table.waveform(*at, 0, form))?;
        table.end(self.end)?;
        Ok(table.finish().swap_remove(0))
    }

    /// Tells each form with its stretch; first, if the signal jumps where it begins, what was before that.
    fn pieces(&self, mut tell: impl FnMut(&Piece<'_>, bool)) {
        for (number, (anchor, form)) in self.forms.iter().enumerate() {
            let next = self.forms.get(number + 1).map(|(next, _)| *next);
            let (to, last) = (next.unwrap_or(self.end), next.is_none());
            let is_before = number == 0 && to == *anchor && !last;
            if is_before || *anchor < to || last {
                let present = Present { anchor: *anchor, form: form.clone(), told: true };
                let piece = Piece { signals: &[present], from: *anchor, to, last };
                tell(&piece, is_before);
            }
        }
    }
}
