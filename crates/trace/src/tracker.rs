//! Follows signals through a run and says which points to show, in the order of time.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use memspike_time::{HORIZON_S, Time};
use memspike_waveform::Waveform;

use crate::Sampling;
use crate::agenda::Agenda;
use crate::sample::{Mode, Track};
use crate::stop::Stop;

/// On which side of an instant a point lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The value that ends there.
    Before,
    /// The value that begins or continues there.
    After,
}

/// Receives points, times never decreasing.
pub(crate) trait Pen {
    /// The signals `due` have a point at `at`; `values` has the values of all signals.
    fn points(&mut self, at: Time, side: Side, due: &[usize], values: &[f64]) -> io::Result<()>;

    /// A signal that goes its way has a point at `at`, and no other has.
    fn point(&mut self, at: Time, signal: usize, values: &[f64]) -> io::Result<()> {
        self.points(at, Side::After, &[signal], values)
    }
}

/// Which signals get a point when one needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grouping {
    /// That one only.
    Apart,
    /// All: points are rows.
    Together,
}

/// The present of every signal. Changes of one instant are gathered and take effect together
/// when time moves on, so that the values before the instant can still be shown.
pub(crate) struct Tracker {
    tracks: Vec<Track>,
    mode: Mode,
    grouping: Grouping,
    now: Time,
    started: bool,
    /// The signals whose form changes at `now`.
    changes: Vec<usize>,
    /// Next point of every group that needs one.
    agenda: Agenda,
    /// The next multiple of the grid's step.
    grid_index: u64,
    due: Vec<usize>,
    values: Vec<f64>,
    stop: Stop,
    /// Where it was made to stop; everything up to there has been shown, and nothing more is.
    stopped: Option<Time>,
}

impl Tracker {
    pub fn new(signals: usize, sampling: Sampling, grouping: Grouping) -> Self {
        Self {
            tracks: vec![Track::new(); signals],
            mode: sampling.mode(),
            grouping,
            now: Time::ZERO,
            started: false,
            changes: Vec::new(),
            agenda: Agenda::new(if grouping == Grouping::Apart { signals } else { 1 }),
            grid_index: 0,
            due: Vec::new(),
            values: vec![f64::NAN; signals],
            stop: Stop::default(),
            stopped: None,
        }
    }

    /// Ends with what was shown by then a while after `stop` is set.
    pub fn stop_with(&mut self, stop: Arc<AtomicBool>) {
        self.stop = Stop::new(stop);
    }

    /// Where it was made to stop, if it was.
    pub fn stopped_at(&self) -> Option<Time> {
        self.stopped
    }

    /// Whether it has stopped, or does so now: everything up to `shown` has been shown.
    fn stops_at(&mut self, shown: Time) -> bool {
        if self.stopped.is_none() && self.stop.is_due() {
            self.stopped = Some(shown);
        }
        self.stopped.is_some()
    }

    pub fn begin(&mut self, start: Time) {
        self.now = start;
        if let Mode::Grid(step) = self.mode {
            self.grid_index = (start.as_s() / step).floor() as u64;
            while self.grid_time(step) < start {
                self.grid_index += 1;
            }
        }
    }

    pub fn now(&self) -> Time {
        self.now
    }

    /// Follows `form` from the present instant on.
    pub fn change(&mut self, signal: usize, form: &Waveform) {
        if self.tracks[signal].next.replace(form.clone()).is_none() {
            self.changes.push(signal);
        }
    }

    /// Lets the changes of the present instant take effect and shows them.
    pub fn settle(&mut self, pen: &mut impl Pen) -> io::Result<()> {
        let at = self.now;
        let first = !std::mem::replace(&mut self.started, true);
        match self.mode {
            Mode::Adaptive(relative) if !first => {
                if self.changes.is_empty() {
                    return Ok(());
                }
                self.mark_jumps(relative);
                self.due.clear();
                self.due.extend(self.changes.iter().filter(|&&s| self.tracks[s].jumps));
                self.show_due(at, Side::Before, pen)?;
                self.due.clear();
                self.due.extend(self.changes.iter().filter(|&&s| self.tracks[s].bends()));
                self.apply_changes();
            }
            Mode::Adaptive(_) => {
                self.apply_changes();
                self.due.extend(0..self.tracks.len());
            }
            Mode::Grid(_) if self.grouping == Grouping::Together => {
                self.apply_changes();
                return Ok(());
            }
            Mode::Grid(step) if first => {
                self.apply_changes();
                self.due.extend(0..self.tracks.len());
                self.grid_index += u64::from(self.grid_time(step) == at);
            }
            Mode::Grid(_) => {
                // What is constant had no points since it was shown.
                self.due.clear();
                let ends = |&&s: &&usize| self.tracks[s].is_constant() && self.tracks[s].moves();
                self.due.extend(self.changes.iter().filter(ends));
                self.show_due(at, Side::Before, pen)?;
                self.apply_changes();
                return Ok(());
            }
        }
        self.show_due(at, Side::After, pen)?;
        self.schedule_due(at);
        Ok(())
    }

    fn mark_jumps(&mut self, relative: f64) {
        for &signal in &self.changes {
            self.tracks[signal].mark_jump(self.now, relative);
        }
    }

    fn apply_changes(&mut self) {
        for signal in self.changes.drain(..) {
            self.tracks[signal].apply_next(self.now);
        }
    }

    /// Shows the points before `until`, which becomes the present unless it has to stop before.
    pub fn advance(&mut self, until: Time, pen: &mut impl Pen) -> io::Result<()> {
        match self.mode {
            // What nearly all points of a run are, and so without the lists of what is due.
            Mode::Adaptive(relative) if self.grouping == Grouping::Apart => {
                while let Some((signal, at)) = self.agenda.first().filter(|(_, at)| *at < until) {
                    if self.stops_at(self.now) {
                        return Ok(());
                    }
                    show(&mut self.tracks, &mut self.values, signal, at);
                    pen.point(at, signal, &self.values)?;
                    self.now = at;
                    self.agenda.plan(signal, self.tracks[signal].next_after(at, relative));
                }
            }
            Mode::Adaptive(_) => {
                while let Some((group, at)) = self.agenda.first().filter(|(_, at)| *at < until) {
                    if self.stops_at(self.now) {
                        return Ok(());
                    }
                    self.due.clear();
                    self.due.push(group);
                    self.show_due(at, Side::After, pen)?;
                    self.now = at;
                    self.schedule_due(at);
                }
            }
            Mode::Grid(step) => {
                while self.grid_time(step) < until {
                    if self.stops_at(self.now) {
                        return Ok(());
                    }
                    self.now = self.grid_time(step);
                    self.show_grid(pen)?;
                }
            }
        }
        if !self.stops_at(self.now) {
            self.now = until;
        }
        Ok(())
    }

    /// Shows where every signal is at the end of the run, the present instant.
    pub fn finish(&mut self, pen: &mut impl Pen) -> io::Result<()> {
        let at = self.now;
        match self.mode {
            Mode::Grid(step) if self.grouping == Grouping::Together => {
                if self.grid_time(step) == at { self.show_grid(pen) } else { Ok(()) }
            }
            Mode::Adaptive(_) | Mode::Grid(_) => {
                let tracks = &self.tracks;
                // A run ends at the last instant that is printed like its end; what was shown at another of these stands.
                let printed = |track: &Track| track.shown_at.is_some_and(|t| t.as_s() == at.as_s());
                let open = |&s: &usize| {
                    let track = &tracks[s];
                    !printed(track) && (!track.is_constant() || track.value(at) != track.shown)
                };
                self.due.clear();
                self.due.extend((0..tracks.len()).filter(open));
                self.show_due(at, Side::After, pen)
            }
        }
    }

    fn grid_time(&self, step: f64) -> Time {
        Time::from_s(self.grid_index as f64 * step)
    }

    fn show_grid(&mut self, pen: &mut impl Pen) -> io::Result<()> {
        let Mode::Grid(step) = self.mode else { return Ok(()) };
        let at = self.grid_time(step);
        self.grid_index += 1;
        self.due.clear();
        let tracks = &self.tracks;
        let moved = (0..tracks.len()).filter(|&s| {
            self.grouping == Grouping::Together || tracks[s].value(at) != tracks[s].shown
        });
        self.due.extend(moved);
        self.show_due(at, Side::After, pen)
    }

    fn show_due(&mut self, at: Time, side: Side, pen: &mut impl Pen) -> io::Result<()> {
        if self.due.is_empty() {
            return Ok(());
        }
        match self.grouping {
            Grouping::Apart => {
                for &signal in &self.due {
                    show(&mut self.tracks, &mut self.values, signal, at);
                }
            }
            Grouping::Together => {
                for signal in 0..self.tracks.len() {
                    show(&mut self.tracks, &mut self.values, signal, at);
                }
            }
        }
        pen.points(at, side, &self.due, &self.values)
    }

    /// Plans the next points of the signals that were just shown at `at`.
    fn schedule_due(&mut self, at: Time) {
        let Mode::Adaptive(relative) = self.mode else { return };
        if self.due.is_empty() {
            return;
        }
        match self.grouping {
            Grouping::Apart => {
                for &signal in &self.due {
                    let next = self.tracks[signal].next_after(at, relative);
                    self.agenda.plan(signal, next);
                }
            }
            Grouping::Together => {
                let mut step = None;
                for track in &self.tracks {
                    // What is planned does not matter any more.
                    if self.stop.is_due() {
                        break;
                    }
                    let limit = step.unwrap_or(HORIZON_S);
                    step = track.step_after(at, relative, limit).or(step);
                }
                self.agenda.plan(0, step.map(|step| at.plus(step)));
            }
        }
    }
}

fn show(tracks: &mut [Track], values: &mut [f64], signal: usize, at: Time) {
    let value = tracks[signal].value(at);
    tracks[signal].note(at, value);
    values[signal] = value;
}

#[cfg(test)]
mod tests {
    use num_complex::Complex64;

    use super::*;
    use memspike_waveform::Term;

    /// Counts points and keeps none.
    #[derive(Default)]
    struct Count(usize);

    impl Pen for Count {
        fn points(&mut self, _: Time, _: Side, due: &[usize], _: &[f64]) -> io::Result<()> {
            self.0 += due.len();
            Ok(())
        }
    }

    /// Everything a tracker can hold more or less of.
    fn held(t: &Tracker) -> [usize; 5] {
        let terms = |w: &Waveform| w.terms.capacity();
        let next = |track: &Track| track.next.as_ref().map_or(0, terms);
        [
            t.tracks.capacity() + t.tracks.iter().map(next).sum::<usize>(),
            t.changes.capacity(),
            t.agenda.capacity(),
            t.due.capacity(),
            t.values.capacity(),
        ]
    }

    #[test]
    fn what_is_held_does_not_grow_with_the_run() {
        let turn = Term::free(0, Complex64::new(0.5, 0.0), Complex64::new(-50.0, 2e4));
        let mut ringing = Waveform::constant(0.2);
        ringing.push(turn);
        let charging = Waveform::relaxation(0.0, 1.0, -1e3);
        for grouping in [Grouping::Apart, Grouping::Together] {
            let mut tracker = Tracker::new(50, Sampling::default(), grouping);
            let mut pen = Count::default();
            tracker.begin(Time::ZERO);
            let mut after_first = None;
            for event in 0..300_u32 {
                for signal in 0..50 {
                    let form = if signal % 7 == 0 { &ringing } else { &charging };
                    tracker.change(signal, form);
                }
                tracker.settle(&mut pen).expect("settles");
                let until = Time::from_s(f64::from(event + 1) * 1e-3);
                tracker.advance(until, &mut pen).expect("advances");
                // One event in which everything happens sets the size.
                assert_eq!(*after_first.get_or_insert_with(|| held(&tracker)), held(&tracker));
            }
            assert!(pen.0 > 50_000, "{}", pen.0);
        }
    }

    #[test]
    fn constants_have_no_points_but_the_first() {
        let mut tracker = Tracker::new(1, Sampling::default(), Grouping::Apart);
        let mut pen = Count::default();
        tracker.begin(Time::ZERO);
        for event in 0..100_u32 {
            tracker.change(0, &Waveform::constant(0.25));
            tracker.settle(&mut pen).expect("settles");
            let until = Time::from_s(f64::from(event + 1));
            tracker.advance(until, &mut pen).expect("advances");
        }
        tracker.finish(&mut pen).expect("finishes");
        assert_eq!(pen.0, 1);
    }
}
