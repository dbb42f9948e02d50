//! Counts crossings of a level.
//!
//! A crossing upwards happens where the signal reaches its level from strictly below, by motion
//! or by a jump; downwards alike. The next one counts once the signal has left the level again.

use std::borrow::Cow;

use memspike_circuit::{Edge, Occurrence};
use memspike_time::Time;
use memspike_waveform::{Direction, Waveform, first_reach};

use super::MeasureError;
use super::piece::Piece;

/// Rounding of an instant, as a part of the time since a form began: the end of a piece is not known
/// better.
const INSTANT: f64 = 4.0 * f64::EPSILON;

/// What is before every event of a form (s).
const AT_ONCE_S: f64 = 1e-30;

/// Rounding of a sum of a few dozen terms.
const ROUNDING: f64 = 16.0 * f64::EPSILON;

/// What a signal is compared with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Against {
    Value(f64),
    Signal(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Below,
    /// On the level, or not known yet.
    On,
    Above,
}

/// Watches one signal for one crossing.
#[derive(Debug, Clone)]
pub(crate) struct CrossingWatch {
    pub signal: usize,
    pub against: Against,
    pub edge: Edge,
    pub occurrence: Occurrence,
    pub after: Time,
    pub before: Option<Time>,
    /// Where the signal was when it was last off the level.
    side: Side,
    /// Height above the level at the end of the last piece.
    height: Option<f64>,
    found: u32,
    at: Option<Time>,
}

/// The height of a signal above its level on one piece.
struct Height<'a> {
    f: Cow<'a, Waveform>,
    rate: Waveform,
    level: f64,
    anchor: Time,
    end: f64,
}

impl CrossingWatch {
    pub fn new(
        signal: usize,
        against: Against,
        edge: Edge,
        occurrence: Occurrence,
        after: Time,
        before: Option<Time>,
    ) -> Self {
        Self {
            signal,
            against,
            edge,
            occurrence,
            after,
            before,
            side: Side::On,
            height: None,
            found: 0,
            at: None,
        }
    }

    /// The instant asked for.
    pub fn instant(&self) -> Result<Time, MeasureError> {
        let enough = self.occurrence == Occurrence::Last || self.is_done();
        self.at.filter(|_| enough).ok_or(MeasureError::TooFewCrossings { found: self.found })
    }

    fn is_done(&self) -> bool {
        self.occurrence == Occurrence::Nth(self.found) && self.found > 0
    }

    /// Takes the heights of signals before they jump at the start of a run.
    pub fn before(&mut self, start: &Piece<'_>) {
        if self.height.is_none() {
            let f = self.height_on(start);
            let x = start.from.since(f.anchor);
            (self.side, self.height) = (f.side(x), Some(f.at(x)));
        }
    }

    /// Goes through `piece`; `reached` hears of every crossing that may be the one asked for.
    pub fn piece(&mut self, piece: &Piece<'_>, mut reached: impl FnMut(Time)) {
        if self.is_done() {
            return;
        }
        let f = self.height_on(piece);
        let mut x = piece.from.since(f.anchor);
        let start = f.at(x);
        let mut now = f.side(x);
        let jumped = self.height.is_some_and(|end| (start - end).abs() > f.rounding(x));
        match (self.side, now) {
            (Side::Below, Side::Above) => self.count(Direction::Rise, piece.from, &mut reached),
            (Side::Above, Side::Below) => self.count(Direction::Fall, piece.from, &mut reached),
            (Side::Below, Side::On) if jumped => {
                self.count(Direction::Rise, piece.from, &mut reached);
                self.side = Side::On;
            }
            (Side::Above, Side::On) if jumped => {
                self.count(Direction::Fall, piece.from, &mut reached);
                self.side = Side::On;
            }
            _ => {}
        }
        if now != Side::On {
            self.side = now;
        }
        let instant = |x: f64| f.anchor.plus(x.max(0.0)).clamp(piece.from, piece.to);
        while !self.is_done() {
            if now == Side::On {
                let Some((left, side)) = f.leave(x) else { break };
                match (self.side, side) {
                    (Side::Below, Side::Above) => {
                        self.count(Direction::Rise, instant(x), &mut reached);
                    }
                    (Side::Above, Side::Below) => {
                        self.count(Direction::Fall, instant(x), &mut reached);
                    }
                    _ => {}
                }
                (x, self.side) = (left, side);
            }
            let direction =
                if self.side == Side::Below { Direction::Rise } else { Direction::Fall };
            let Some(at) = first_reach(&f.f, f.level, direction, x, f.end * (1.0 + INSTANT)) else {
                break;
            };
            self.count(direction, instant(at), &mut reached);
            (self.side, now) = (Side::On, Side::On);
            x = at.max(x);
            if x >= f.end {
                break;
            }
        }
        self.height = Some(f.at(f.end));
    }

    fn height_on<'a>(&self, piece: &'a Piece<'_>) -> Height<'a> {
        let (anchor, f, level) = match self.against {
            Against::Value(level) => {
                let present = &piece.signals[self.signal];
                (present.anchor, Cow::Borrowed(&present.form), level)
            }
            Against::Signal(other) => {
                let (anchor, f, g) = piece.pair(self.signal, other);
                let mut difference = f.into_owned();
                difference.add_scaled(-1.0, &g);
                (anchor, Cow::Owned(difference), 0.0)
            }
        };
        Height { rate: f.derivative(), f, level, anchor, end: piece.to.since(anchor) }
    }

    fn count(&mut self, direction: Direction, at: Time, reached: &mut impl FnMut(Time)) {
        let wanted = match self.edge {
            Edge::Rise => direction == Direction::Rise,
            Edge::Fall => direction == Direction::Fall,
            Edge::Cross => true,
        };
        let is_late = self.before.is_some_and(|before| at > before);
        if !wanted || at < self.after || is_late || self.is_done() {
            return;
        }
        self.found += 1;
        let asked = match self.occurrence {
            Occurrence::Nth(n) => n == self.found,
            Occurrence::Last => true,
        };
        if asked {
            self.at = Some(at);
            reached(at);
        }
    }
}

impl Height<'_> {
    fn at(&self, x: f64) -> f64 {
        self.f.eval(x) - self.level
    }

    /// How far rounding, of values and of instants, may move the height.
    fn rounding(&self, x: f64) -> f64 {
        let terms: f64 = self.f.terms.iter().map(|t| t.magnitude_bound(x, x)).sum();
        let size = self.f.offset.abs() + (self.f.slope * x).abs() + terms + self.level.abs();
        ROUNDING * size + INSTANT * x * self.rate.eval(x).abs()
    }

    fn side(&self, x: f64) -> Side {
        let height = self.at(x);
        if height.abs() <= self.rounding(x) {
            Side::On
        } else if height < 0.0 {
            Side::Below
        } else {
            Side::Above
        }
    }

    /// The first place found after `x` where the signal is off the level, and on which side.
    fn leave(&self, x: f64) -> Option<(f64, Side)> {
        if self.f.is_constant() {
            return None;
        }
        let mut step = AT_ONCE_S.max(INSTANT * x);
        loop {
            let y = (x + step).min(self.end);
            let side = self.side(y);
            if side != Side::On {
                return Some((y, side));
            }
            if y >= self.end {
                return None;
            }
            step *= 2.0;
        }
    }
}
