//! Membranes with synaptic currents that jump and decay.
//!
//! With `x` counted from an origin, `V = asymptote + a exp(-x / tau) + ge Ge(x) + gi Gi(x)`. The slope that a current gives is
//! `g exp(-x / tau_s)`, and `G` is what it makes of the potential: a multiple of `exp(-x / tau_s)` where time constants differ, and
//! a divided difference where they are nearly equal. Arrivals alone change `a`, `ge` and `gi`.

use memspike_time::{FS, Time};

use crate::climb::{Climb, Point, Stretch, phi};
use crate::gather::Arrival;
use crate::grid::{Grid, after, plus_fs};
use crate::kernel::{Words, time_of, words_of};
use crate::model::{Currents, Reset, fs};
use crate::spike::Window;
use crate::stepped::{Law, Told};

/// The first stretch after an arrival in which a crossing is looked for, as a part of the grid's period; each further one is
/// twice as long. They do not depend on windows, and so neither does what is found.
const FIRST_STRETCH: f64 = 1.0 / 128.0;

/// A mode below this is zero.
const NOTHING: f64 = 1e-250;

/// How one kind of synaptic current acts.
#[derive(Debug, Clone, Copy)]
struct Shape {
    membrane: f64,
    /// Its rate (1/fs), and by how much it is above the membrane's.
    rate: f64,
    difference: f64,
    /// Whether modes are apart far enough.
    modal: bool,
    /// What is left of it after a period, and what of it goes over into the membrane's mode.
    turn: (f64, f64),
}

impl Shape {
    fn new(membrane: f64, rate: f64, period_fs: f64) -> Self {
        let difference = rate - membrane;
        let modal = (difference * period_fs).abs() >= 1.0;
        let over = if modal { 0.0 } else { period_fs * phi(difference * period_fs) };
        let turn = ((-rate * period_fs).exp(), over * (-membrane * period_fs).exp());
        Self { membrane, rate, difference, modal, turn }
    }

    /// `G(x)`, and the decay of the slope.
    fn at(&self, x: f64) -> (f64, f64) {
        let decay = (-self.rate * x).exp();
        let g = if self.modal {
            -decay / self.difference
        } else {
            (-self.membrane * x).exp() * x * phi(self.difference * x)
        };
        (g, decay)
    }

    /// By how much a slope that begins at `x` changes `a` and `g`.
    fn arrival(&self, x: f64) -> (f64, f64) {
        let scale = (self.membrane * x).exp();
        let a = if self.modal {
            scale / self.difference
        } else {
            -scale * x * phi(-self.difference * x)
        };
        (a, (self.rate * x).exp())
    }
}

/// Constants of a population.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ExponentialLaw {
    pub grid: Grid,
    climb: Climb,
    excitatory: Shape,
    inhibitory: Shape,
    /// The slope that a current of 1 A gives (V/fs).
    slope_per_ampere: f64,
    /// Where it is held after a spike (V).
    hold_v: f64,
    refractory_fs: u64,
    /// What is left of the membrane's mode after a period.
    turn: f64,
}

/// The state of a neuron.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ExponentialState {
    a: f64,
    ge: f64,
    gi: f64,
    /// The last instant at which any of them changed.
    last: Time,
    /// When it hears again, if it is refractory.
    end: Option<Time>,
    begun: bool,
}

/// Constants of a window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    window: Window,
    origin: u64,
    start: Scales,
    stretch: Stretch,
}

/// All functions of an instant.
#[derive(Debug, Clone, Copy)]
struct Scales {
    membrane: f64,
    excitatory: (f64, f64),
    inhibitory: (f64, f64),
}

impl ExponentialLaw {
    pub fn new(currents: &Currents) -> Self {
        let membrane = &currents.membrane;
        let taus = [membrane.tau_s, currents.tau_excitatory_s, currents.tau_inhibitory_s];
        let [rate, excitatory, inhibitory] = taus.map(|tau_s| 1.0 / (tau_s * FS));
        let grid = Grid::of(taus.into_iter().fold(f64::INFINITY, f64::min) * FS);
        let period_fs = grid.period_fs as f64;
        let climb = Climb {
            membrane: rate,
            excitatory,
            inhibitory,
            asymptote_v: membrane.asymptote_v,
            threshold_v: membrane.threshold_v,
        };
        Self {
            grid,
            climb,
            excitatory: Shape::new(rate, excitatory, period_fs),
            inhibitory: Shape::new(rate, inhibitory, period_fs),
            slope_per_ampere: 1.0 / (currents.capacitance_farad * FS),
            hold_v: match membrane.reset {
                Reset::To(potential) => potential,
                // No current makes a potential jump: a spike starts at the threshold.
                Reset::Lower(by) => membrane.threshold_v - by,
            },
            refractory_fs: fs(membrane.refractory_s),
            turn: (-rate * period_fs).exp(),
        }
    }

    fn scales(&self, x: f64) -> Scales {
        Scales {
            membrane: (-self.climb.membrane * x).exp(),
            excitatory: self.excitatory.at(x),
            inhibitory: self.inhibitory.at(x),
        }
    }

    fn point(&self, state: &ExponentialState, scales: &Scales) -> Point {
        let (ge, je) = scales.excitatory;
        let (gi, ji) = scales.inhibitory;
        let moved = state.a * scales.membrane + state.ge * ge + state.gi * gi;
        Point { v: self.climb.asymptote_v + moved, je: state.ge * je, ji: state.gi * ji }
    }

    /// Whether nothing but arrivals happens in a window.
    fn is_quiet(&self, frame: &Frame, state: &ExponentialState, arrivals: &[Arrival]) -> bool {
        if let Some(end) = state.end {
            return end >= frame.window.end;
        }
        let exciting: f64 = arrivals.iter().map(|arrival| arrival.weight.max(0.0)).sum();
        let point = self.point(state, &frame.start);
        let ceiling = self.climb.ceiling(point, &frame.stretch, exciting * self.slope_per_ampere);
        // More than any rounding: what is excluded here must not be found from elsewhere.
        ceiling + 100.0 * self.climb.resolution(point.v) < self.climb.threshold_v
    }

    fn arrive(&self, state: &mut ExponentialState, arrival: &Arrival, origin: u64) {
        let slope = arrival.weight * self.slope_per_ampere;
        let excites = arrival.weight >= 0.0;
        let shape = if excites { &self.excitatory } else { &self.inhibitory };
        let (a, g) = shape.arrival(after(arrival.at, origin));
        state.a += slope * a;
        *(if excites { &mut state.ge } else { &mut state.gi }) += slope * g;
        state.last = arrival.at;
    }

    /// Puts a neuron at the potential at which it is held.
    fn hold(&self, state: &mut ExponentialState, at: Time, origin: u64) {
        let scales = self.scales(after(at, origin));
        state.a = 0.0;
        let without = self.point(state, &scales).v;
        state.a = (self.hold_v - without) / scales.membrane;
        (state.last, state.end) = (at, None);
    }

    fn fire(&self, state: &mut ExponentialState, at: Time, origin: u64, told: &mut Told<'_>) {
        told.spike(at);
        if self.refractory_fs == 0 {
            self.hold(state, at, origin);
        } else {
            (state.last, state.end) = (at, Some(at.later(self.refractory_fs)));
        }
    }

    /// The first crossing before `limit`. Stretches that end before the window have none.
    fn crossing(
        &self,
        frame: &Frame,
        state: &ExponentialState,
        limit: Time,
        told: &mut Told<'_>,
    ) -> Option<Time> {
        let period_fs = self.grid.period_fs as f64;
        let mut width = period_fs * FIRST_STRETCH;
        let mut start = after(state.last, frame.origin);
        let window = after(frame.window.start, frame.origin);
        let origin = Time::from_tick(frame.origin);
        while start < period_fs && plus_fs(origin, start) < limit {
            let end = (start + width).min(period_fs);
            if end > window {
                let point = self.point(state, &self.scales(start));
                let found = self.climb.first(point, end - start, &mut told.tally.tested);
                if let Some(fs) = found {
                    let at = plus_fs(origin, start + fs).max(state.last);
                    return (at < limit).then_some(at);
                }
            }
            (start, width) = (end, 2.0 * width);
        }
        None
    }

    /// Crossings before `limit`, and ends of refractoriness before it or, if `at_limit`, at it.
    fn settle(
        &self,
        frame: &Frame,
        state: &mut ExponentialState,
        (limit, at_limit): (Time, bool),
        told: &mut Told<'_>,
    ) {
        loop {
            if let Some(end) = state.end {
                if end > limit || end == limit && !at_limit {
                    return;
                }
                self.hold(state, end, frame.origin);
            }
            let Some(at) = self.crossing(frame, state, limit, told) else { return };
            told.tally.certified += 1;
            self.fire(state, at, frame.origin, told);
        }
    }
}

impl Law for ExponentialLaw {
    type State = ExponentialState;
    type Frame = Frame;

    fn grid(&self) -> Option<Grid> {
        Some(self.grid)
    }

    fn start(&self, potential: f64) -> ExponentialState {
        let a = potential - self.climb.asymptote_v;
        let (last, end, begun) = (Time::ZERO, None, false);
        ExponentialState { a, ge: 0.0, gi: 0.0, last, end, begun }
    }

    fn turn(&self, state: &mut ExponentialState, origin: u64) {
        let kept = |mode: f64| if mode.abs() < NOTHING { 0.0 } else { mode };
        let over = state.ge * self.excitatory.turn.1 + state.gi * self.inhibitory.turn.1;
        state.a = kept(state.a * self.turn + over);
        state.ge = kept(state.ge * self.excitatory.turn.0);
        state.gi = kept(state.gi * self.inhibitory.turn.0);
        state.last = Time::from_tick(origin);
    }

    fn frame(&self, window: Window, origin: u64) -> Frame {
        let start = self.scales(after(window.start, origin));
        let fs = after(window.end, origin) - after(window.start, origin);
        Frame { window, origin, start, stretch: self.climb.stretch(fs) }
    }

    fn advance(
        &self,
        frame: &Frame,
        state: &mut ExponentialState,
        arrivals: &[Arrival],
        told: &mut Told<'_>,
    ) {
        if !state.begun {
            state.begun = true;
            if self.climb.asymptote_v + state.a >= self.climb.threshold_v {
                self.fire(state, frame.window.start, frame.origin, told);
            }
        }
        if self.is_quiet(frame, state, arrivals) {
            arrivals.iter().for_each(|arrival| self.arrive(state, arrival, frame.origin));
            return;
        }
        for arrival in arrivals {
            self.settle(frame, state, (arrival.at, true), told);
            self.arrive(state, arrival, frame.origin);
        }
        self.settle(frame, state, (frame.window.end, false), told);
    }

    fn potential(&self, state: &ExponentialState, at: Time, origin: u64) -> Option<f64> {
        let moving = || self.point(state, &self.scales(after(at, origin))).v;
        Some(if state.end.is_some() { self.hold_v } else { moving() })
    }

    fn shift(&self, state: &ExponentialState, at: Time, origin: u64) -> Option<f64> {
        // Currents are kept as the slopes that they give the membrane; its leak has the same slope at so many volts.
        let Point { je, ji, .. } = self.point(state, &self.scales(after(at, origin)));
        Some((je + ji) / self.climb.membrane)
    }

    fn save(state: &ExponentialState) -> Words {
        let [tick, frac] = words_of(state.last);
        let [end, end_frac] = state.end.map_or([u64::MAX; 2], words_of);
        let [a, ge, gi] = [state.a, state.ge, state.gi].map(f64::to_bits);
        [a, ge, gi, tick, frac, end, end_frac, u64::from(state.begun)]
    }

    fn load(words: &Words) -> ExponentialState {
        let [a, ge, gi] = [words[0], words[1], words[2]].map(f64::from_bits);
        let end = (words[5] != u64::MAX).then(|| time_of(&words[5..7]));
        let begun = words[7] == 1;
        ExponentialState { a, ge, gi, last: time_of(&words[3..5]), end, begun }
    }
}
