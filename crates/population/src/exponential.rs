//! The law of a membrane with synaptic currents that jump and decay.
//!
//! With `x` counted from an origin, `V = asymptote + a exp(-x / tau) + ge Ge(x) + gi Gi(x)`. The slope that a current gives is
//! `g exp(-x / tau_s)`, and `G` is what it makes of the potential: a multiple of `exp(-x / tau_s)` where time constants differ, and
//! a divided difference where they are nearly equal. Arrivals alone change `a`, `ge` and `gi`.

use memspike_time::{FS, Time};

use crate::climb::{Climb, Point, Stretch};
use crate::grid::{Grid, after, plus_fs};
use crate::model::{Currents, Reset, fs};
use crate::shape::{Gains, Shape};
use crate::spike::Window;
use crate::stepped::Told;

/// The first stretch after an arrival in which a crossing is looked for, as a part of the grid's period; each further one is
/// twice as long. They do not depend on windows, and so neither does what is found.
const FIRST_STRETCH: f64 = 1.0 / 128.0;

/// A mode below this is zero.
const NOTHING: f64 = 1e-250;

/// Constants of a population.
#[derive(Debug)]
pub(crate) struct ExponentialLaw {
    pub grid: Grid,
    climb: Climb,
    /// Of currents that excite, and of such that inhibit.
    shapes: [Shape; 2],
    gains: Option<Gains>,
    /// The slope that a current of 1 A gives (V/fs).
    slope_per_ampere: f64,
    /// Where it is held after a spike (V).
    hold_v: f64,
    /// By how much a spike lowers it instead (V), if it does: the same, unless it starts above its threshold.
    lowers_v: Option<f64>,
    refractory_fs: u64,
    /// What is left of the membrane's mode after a period.
    turn: f64,
}

/// The state of a neuron.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Modes {
    /// The membrane's mode.
    pub a: f64,
    /// Those of currents that excite and that inhibit.
    pub g: [f64; 2],
    /// The last instant at which any of them changed (fs after the origin).
    pub last: f64,
}

/// What an arrival does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Jolt {
    /// When (fs after the origin).
    pub x: f64,
    /// 0 if it excites, 1 if it inhibits.
    pub kind: usize,
    pub a: f64,
    pub g: f64,
    /// By how much it raises the slope (V/fs); zero if it inhibits.
    pub raise: f64,
}

/// Who sends what: the part of an arrival that all synapses of a spike share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent {
    pub at: Time,
    pub factors: [[f64; 2]; 2],
}

/// A neuron within a window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Neuron {
    pub modes: Modes,
    /// When it hears again, if it is refractory.
    pub end: Option<Time>,
}

/// An arrival at its instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    pub at: Time,
    pub jolt: Jolt,
}

/// Constants of a window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub window: Window,
    pub origin: u64,
    start: Scales,
    end: Scales,
    stretch: Stretch,
}

/// All functions of an instant.
#[derive(Debug, Clone, Copy)]
struct Scales {
    membrane: f64,
    currents: [[f64; 2]; 2],
}

impl ExponentialLaw {
    /// The law for delays of whole ticks (fs); 0 if they are none.
    pub fn new(currents: &Currents, tick_fs: u64) -> Self {
        let membrane = &currents.membrane;
        let taus = [membrane.tau_s, currents.tau_excitatory_s, currents.tau_inhibitory_s];
        let [rate, excitatory, inhibitory] = taus.map(|tau_s| 1.0 / (tau_s * FS));
        let grid = Self::grid(currents);
        let period_fs = grid.period_fs as f64;
        let climb = Climb {
            membrane: rate,
            excitatory,
            inhibitory,
            asymptote_v: membrane.asymptote_v,
            threshold_v: membrane.threshold_v,
        };
        let shapes = [excitatory, inhibitory].map(|of| Shape::new(rate, of, period_fs));
        Self {
            grid,
            climb,
            gains: Gains::new(&shapes, tick_fs),
            shapes,
            slope_per_ampere: 1.0 / (currents.capacitance_farad * FS),
            lowers_v: match membrane.reset {
                Reset::To(_) => None,
                Reset::Lower(by) => Some(by),
            },
            hold_v: match membrane.reset {
                Reset::To(potential) => potential,
                // No current makes a potential jump: a spike starts at the threshold.
                Reset::Lower(by) => membrane.threshold_v - by,
            },
            refractory_fs: fs(membrane.refractory_s),
            turn: (-rate * period_fs).exp(),
        }
    }

    /// Where states are written anew.
    pub fn grid(currents: &Currents) -> Grid {
        let synaptic = currents.tau_excitatory_s.min(currents.tau_inhibitory_s);
        Grid::of(synaptic.min(currents.membrane.tau_s) * FS)
    }

    /// The state at 0 for a potential (V).
    pub fn start(&self, potential: f64) -> Modes {
        Modes { a: potential - self.climb.asymptote_v, g: [0.0; 2], last: 0.0 }
    }

    /// Whether a neuron that starts there fires at once.
    pub fn fires_at_start(&self, modes: &Modes) -> bool {
        self.climb.asymptote_v + modes.a >= self.climb.threshold_v
    }

    fn scales(&self, x: f64) -> Scales {
        let currents = [self.shapes[0].at(x), self.shapes[1].at(x)];
        Scales { membrane: (-self.climb.membrane * x).exp(), currents }
    }

    fn point(&self, modes: &Modes, scales: &Scales) -> Point {
        let [[ge, je], [gi, ji]] = scales.currents;
        let moved = modes.a * scales.membrane + modes.g[0] * ge + modes.g[1] * gi;
        Point { v: self.climb.asymptote_v + moved, je: modes.g[0] * je, ji: modes.g[1] * ji }
    }

    /// The potential (V) at an instant.
    pub fn potential(&self, neuron: &Neuron, at: Time, origin: u64) -> f64 {
        let moving = || self.point(&neuron.modes, &self.scales(after(at, origin))).v;
        if neuron.end.is_some() { self.hold_v } else { moving() }
    }

    /// By how much (V) what is left of the currents moves the asymptote.
    pub fn shift(&self, neuron: &Neuron, at: Time, origin: u64) -> f64 {
        // Currents are kept as the slopes that they give the membrane; its leak has the same slope at so many volts.
        let Point { je, ji, .. } = self.point(&neuron.modes, &self.scales(after(at, origin)));
        (je + ji) / self.climb.membrane
    }

    /// Moves the asymptote to a potential (V). Gives what it takes from the mode of each membrane, so that potentials stay, and the
    /// instant (fs after the origin).
    pub fn drive(&mut self, to_v: f64, at: Time, origin: u64) -> (f64, f64) {
        let x = after(at, origin);
        let by = to_v - self.climb.asymptote_v;
        self.climb.asymptote_v = to_v;
        (by / self.scales(x).membrane, x)
    }

    /// Writes modes anew for the next origin.
    pub fn turn(&self, modes: &mut Modes) {
        let kept = |mode: f64| if mode.abs() < NOTHING { 0.0 } else { mode };
        let [e, i] = [self.shapes[0].turn, self.shapes[1].turn];
        modes.a = kept(modes.a * self.turn + (modes.g[0] * e.1 + modes.g[1] * i.1));
        modes.g = [kept(modes.g[0] * e.0), kept(modes.g[1] * i.0)];
        modes.last = 0.0;
    }

    pub fn frame(&self, window: Window, origin: u64) -> Frame {
        let (start, end) = (after(window.start, origin), after(window.end, origin));
        let stretch = self.climb.stretch(end - start);
        Frame { window, origin, start: self.scales(start), end: self.scales(end), stretch }
    }

    /// Factors of a stretch of time (fs).
    pub fn stretch(&self, fs: f64) -> Stretch {
        self.climb.stretch(fs)
    }

    /// What synapses of a spike share: its scales, where those of delays are known.
    pub fn factors(&self, at: Time, origin: u64) -> [[f64; 2]; 2] {
        if self.gains.is_none() {
            return [[0.0; 2]; 2];
        }
        // A spike under way may have left before the origin.
        let x = (at.tick as i64 - origin as i64) as f64 + at.frac;
        self.shapes.map(|shape| shape.arrival(x).map(|factor| factor * self.slope_per_ampere))
    }

    /// What a synapse makes of a spike after a delay, in fs and in ticks.
    #[inline]
    pub fn jolt(&self, sent: &Sent, delay: (u64, u64), weight: f64, origin: u64) -> Jolt {
        let kind = usize::from(weight < 0.0);
        let x = after(sent.at.later(delay.0), origin);
        let slope = weight * self.slope_per_ampere;
        let [a, g] = match self.gains.as_ref().and_then(|gains| gains.at(delay.1, kind)) {
            Some([membrane, current]) => {
                let [a, g] = sent.factors[kind];
                [weight * (a * membrane), weight * (g * current)]
            }
            None => self.shapes[kind].arrival(x).map(|by| slope * by),
        };
        Jolt { x, kind, a, g, raise: slope.max(0.0) }
    }

    /// Puts a neuron at the potential at which it is held.
    fn hold(&self, neuron: &mut Neuron, at: Time, origin: u64) {
        let x = after(at, origin);
        let (scales, modes) = (self.scales(x), &mut neuron.modes);
        modes.a = 0.0;
        let without = self.point(modes, &scales).v;
        modes.a = (self.hold_v - without) / scales.membrane;
        modes.last = x;
        neuron.end = None;
    }

    /// Spikes at the start of a neuron that begins at or above its threshold, where no current flows yet.
    pub fn fire_at_start(&self, neuron: &mut Neuron, at: Time, origin: u64, told: &mut Told<'_>) {
        while neuron.end.is_none() && self.fires_at_start(&neuron.modes) {
            let above = neuron.modes.a;
            self.fire(neuron, at, origin, told);
            if let Some(by) = self.lowers_v {
                neuron.modes.a = above - by;
            }
        }
    }

    /// A spike.
    pub fn fire(&self, neuron: &mut Neuron, at: Time, origin: u64, told: &mut Told<'_>) {
        told.spike(at);
        if self.refractory_fs == 0 {
            self.hold(neuron, at, origin);
        } else {
            neuron.end = Some(at.later(self.refractory_fs));
            neuron.modes.last = after(at, origin);
        }
    }

    /// The first crossing before `limit`. Stretches that end before the window have none.
    ///
    /// What happened within the window last, did so at `since`.
    fn crossing(
        &self,
        frame: &Frame,
        modes: &Modes,
        [since, limit]: [Time; 2],
        told: &mut Told<'_>,
    ) -> Option<Time> {
        let period_fs = self.grid.period_fs as f64;
        let mut width = period_fs * FIRST_STRETCH;
        let mut start = modes.last;
        let window = after(frame.window.start, frame.origin);
        let origin = Time::from_tick(frame.origin);
        while start < period_fs && plus_fs(origin, start) < limit {
            let end = (start + width).min(period_fs);
            if end > window {
                let point = self.point(modes, &self.scales(start));
                let found = self.climb.first(point, end - start, &mut told.tally.tested);
                if let Some(fs) = found {
                    let at = plus_fs(origin, start + fs).max(since);
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
        neuron: &mut Neuron,
        [mut since, limit]: [Time; 2],
        at_limit: bool,
        told: &mut Told<'_>,
    ) {
        loop {
            if let Some(end) = neuron.end {
                if end > limit || end == limit && !at_limit {
                    return;
                }
                self.hold(neuron, end, frame.origin);
                since = end;
            }
            let Some(at) = self.crossing(frame, &neuron.modes, [since, limit], told) else {
                return;
            };
            told.tally.certified += 1;
            self.fire(neuron, at, frame.origin, told);
            since = at;
        }
    }

    /// Whether nothing but arrivals happens in a window.
    fn is_quiet(&self, frame: &Frame, neuron: &Neuron, arrivals: &[Arrival]) -> bool {
        if let Some(end) = neuron.end {
            return end >= frame.window.end;
        }
        let raised: f64 = arrivals.iter().map(|arrival| arrival.jolt.raise).sum();
        let point = self.point(&neuron.modes, &frame.start);
        raised < self.climb.allowance(point, &frame.stretch)
    }

    /// Takes a neuron through a window.
    pub fn advance(
        &self,
        frame: &Frame,
        neuron: &mut Neuron,
        arrivals: &[Arrival],
        told: &mut Told<'_>,
    ) {
        if self.is_quiet(frame, neuron, arrivals) {
            arrivals.iter().for_each(|arrival| neuron.modes.take(&arrival.jolt));
            return;
        }
        let mut since = frame.window.start;
        for Arrival { at, jolt } in arrivals {
            self.settle(frame, neuron, [since, *at], true, told);
            neuron.modes.take(jolt);
            since = *at;
        }
        self.settle(frame, neuron, [since, frame.window.end], false, told);
    }

    /// By how much slopes may grow from the start of a window until `horizon`, so that a neuron certainly does nothing: below zero
    /// if it may do something in any case.
    pub fn allowance_at_start(
        &self,
        frame: &Frame,
        neuron: &Neuron,
        (stretch, horizon): (&Stretch, Time),
    ) -> f64 {
        self.allowance(neuron, &frame.start, stretch, horizon)
    }

    /// The same from the end of the window on.
    pub fn allowance_at_end(
        &self,
        frame: &Frame,
        neuron: &Neuron,
        (stretch, horizon): (&Stretch, Time),
    ) -> f64 {
        self.allowance(neuron, &frame.end, stretch, horizon)
    }

    fn allowance(&self, neuron: &Neuron, scales: &Scales, stretch: &Stretch, horizon: Time) -> f64 {
        match neuron.end {
            Some(end) if end < horizon => -1.0,
            Some(_) => f64::INFINITY,
            None => self.climb.allowance(self.point(&neuron.modes, scales), stretch),
        }
    }
}

impl Modes {
    /// An arrival.
    #[inline]
    pub fn take(&mut self, jolt: &Jolt) {
        self.a += jolt.a;
        self.g[jolt.kind] += jolt.g;
        self.last = jolt.x;
    }
}
