//! The first crossing of a membrane under two decaying currents, certified.
//!
//! Between arrivals `V' = (asymptote - V) / tau + Je exp(-t / tau_e) + Ji exp(-t / tau_i)`. On a stretch of time the currents lie
//! between their ends, and `V` below the solution under their largest values (comparison theorem for scalar equations): so a
//! stretch is excluded, or shown to rise throughout, or halved. Nothing is sampled.

/// Potentials closer than this part of their size are not told apart.
const ROUNDING: f64 = 1e-14;

/// Halvings of a stretch: beyond them it is below what an instant resolves.
const DEPTH: u32 = 48;

/// Potential (V) and slopes that the currents give (V/fs), at an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub v: f64,
    pub je: f64,
    pub ji: f64,
}

/// Rates (1/fs) and levels (V) of a membrane with currents.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Climb {
    pub membrane: f64,
    pub excitatory: f64,
    pub inhibitory: f64,
    pub asymptote_v: f64,
    pub threshold_v: f64,
}

/// `(1 - exp(-x)) / x`.
pub(crate) fn phi(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { -(-x).exp_m1() / x }
}

impl Climb {
    /// A slope's least and largest value on a stretch at whose end `left` of it is left.
    fn range(slope: f64, left: f64) -> (f64, f64) {
        if slope > 0.0 { (slope * left, slope) } else { (slope, slope * left) }
    }

    /// No potential is above this for so long (fs), whatever inhibits meanwhile.
    ///
    /// What currents that excite bring is no more than their charge, without the leak; the rest is below the solution under the least
    /// inhibition.
    pub fn ceiling(&self, point: Point, stretch: &Stretch) -> f64 {
        let (_, inhibitory) = Self::range(point.ji, stretch.inhibitory);
        let level = self.asymptote_v + inhibitory / self.membrane;
        let driven = (level - point.v).max(0.0) * stretch.approach;
        point.v + driven + point.je.max(0.0) * stretch.charge
    }

    /// By how much slopes that excite may grow during a stretch (V/fs), so that there certainly is no crossing in it: below zero if
    /// there may be one in any case.
    pub fn allowance(&self, point: Point, stretch: &Stretch) -> f64 {
        // More than any rounding: what is excluded here must not be found from elsewhere.
        let room = self.threshold_v - 100.0 * self.resolution(point.v);
        let allowed = (room - self.ceiling(point, stretch)) / stretch.charge;
        // What is no number, of infinite slopes, allows nothing.
        if allowed >= 0.0 { allowed } else { -1.0 }
    }

    /// Factors of a stretch of time (fs).
    pub fn stretch(&self, fs: f64) -> Stretch {
        Stretch {
            approach: -(-self.membrane * fs).exp_m1(),
            charge: fs * phi(self.excitatory * fs),
            excitatory: (-self.excitatory * fs).exp(),
            inhibitory: (-self.inhibitory * fs).exp(),
        }
    }

    /// How far potentials must be apart to be told apart (V).
    pub fn resolution(&self, v: f64) -> f64 {
        ROUNDING * (self.asymptote_v.abs() + self.threshold_v.abs() + v.abs())
    }

    /// Potential and slopes after `fs`.
    fn after(&self, from: Point, fs: f64) -> Point {
        let Stretch { approach, excitatory, inhibitory, .. } = self.stretch(fs);
        let left = 1.0 - approach;
        let charge = |slope: f64, rate: f64, decayed: f64| {
            let difference = rate - self.membrane;
            // A divided difference of exponentials, whichever way keeps its digits.
            if (difference * fs).abs() < 1.0 {
                slope * left * fs * phi(difference * fs)
            } else {
                slope * (left - decayed) / difference
            }
        };
        let v = from.v
            + (self.asymptote_v - from.v) * approach
            + charge(from.je, self.excitatory, excitatory)
            + charge(from.ji, self.inhibitory, inhibitory);
        Point { v, je: from.je * excitatory, ji: from.ji * inhibitory }
    }

    /// When, within `width_fs`, the potential first is at its threshold (fs). `examined` counts stretches.
    pub fn first(&self, start: Point, width_fs: f64, examined: &mut u64) -> Option<f64> {
        self.search(start, 0.0, width_fs, DEPTH, examined)
    }

    fn search(
        &self,
        start: Point,
        from: f64,
        width: f64,
        depth: u32,
        examined: &mut u64,
    ) -> Option<f64> {
        *examined += 1;
        let here = self.after(start, from);
        if here.v >= self.threshold_v {
            return Some(from);
        }
        let stretch = self.stretch(width);
        let ceiling = self.ceiling(here, &stretch);
        if ceiling + self.resolution(here.v) < self.threshold_v {
            return None;
        }
        let (excitatory, _) = Self::range(here.je, stretch.excitatory);
        let (inhibitory, _) = Self::range(here.ji, stretch.inhibitory);
        let rises = self.membrane * (self.asymptote_v - ceiling) + excitatory + inhibitory > 0.0;
        let flat = ceiling - here.v < self.resolution(here.v);
        if rises || flat || depth == 0 {
            let end = from + width;
            let crosses = self.after(start, end).v >= self.threshold_v;
            return crosses.then(|| self.root(start, from, end));
        }
        let half = 0.5 * width;
        self.search(start, from, half, depth - 1, examined)
            .or_else(|| self.search(start, from + half, half, depth - 1, examined))
    }

    /// The crossing of a potential that is below the threshold at `low` and not at `high`: Newton's method within a bracket.
    fn root(&self, start: Point, mut low: f64, mut high: f64) -> f64 {
        let mut at = low;
        for _ in 0..200 {
            let Point { v, je, ji } = self.after(start, at);
            if v >= self.threshold_v {
                high = at;
            } else {
                low = at;
            }
            let slope = self.membrane * (self.asymptote_v - v) + je + ji;
            let newton = at + (self.threshold_v - v) / slope;
            let inside = newton > low && newton < high;
            let next = if inside { newton } else { 0.5 * (low + high) };
            let settled = (next - at).abs() <= f64::EPSILON * at.abs();
            at = next;
            if settled || high - low <= f64::EPSILON * high {
                break;
            }
        }
        at
    }
}

/// What a stretch of time leaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    /// How far a potential goes towards its level, as a part.
    pub approach: f64,
    /// The charge of a current that excites, by its slope (fs).
    pub charge: f64,
    /// What is left of currents that excite.
    pub excitatory: f64,
    /// What is left of currents that inhibit.
    pub inhibitory: f64,
}
