//! When an island wants to be woken: the first transition of its devices, and how far it looks for one.

use memspike_waveform::Waveform;
use num_complex::Complex64;

use super::{Due, IslandRun, Wake, solution::Solution};

/// Time constants after which nothing is left of a mode.
const LIFE: f64 = 100.0;

/// Turns of the fastest oscillation that one search looks through.
const TURNS_SEARCHED: f64 = 4096.0;

impl IslandRun<'_> {
    /// Looks for the next transition of the devices at these positions from local time `from_s`
    /// on (for all others what was found still holds), and sets the next wake-up.
    pub(super) fn search(&mut self, from_s: f64, positions: &[usize]) {
        let changes_s = self.source_change.map(|at| at.since(self.anchor).max(0.0));
        let ends_s = match &self.solution {
            Solution::Modal(trajectory) => trajectory.valid_s,
            _ => f64::INFINITY,
        };
        let limit_s = changes_s.unwrap_or(f64::INFINITY).min(ends_s);
        let search_on = from_s >= self.searched_s;
        if search_on {
            self.searched_s = self.search_end_s(from_s).min(limit_s);
        }
        let until_s = self.searched_s;
        for (position, device) in self.devices.iter_mut().enumerate() {
            let stale = search_on && device.next.is_none();
            if stale || positions.contains(&position) {
                let state = if device.since_s < from_s {
                    device.model.advance(&device.state, &device.v, device.since_s, from_s)
                } else {
                    device.state
                };
                device.next = device.model.next(&state, &device.v, from_s, until_s);
            }
        }
        let first =
            self.devices.iter().filter_map(|d| d.next).map(|n| n.at_s).min_by(f64::total_cmp);
        let due = if let Some(at_s) = first {
            Some((at_s, Wake::Transition))
        } else if until_s < limit_s && (!self.devices.is_empty() || self.can_grow()) {
            Some((until_s, Wake::SearchOn))
        } else if ends_s <= limit_s && ends_s.is_finite() {
            Some((ends_s, Wake::Anchor))
        } else {
            None
        };
        self.due = due.map(|(at_s, wake)| Due { at_s, at: self.anchor.plus(at_s), wake });
    }

    /// How far a search from `from_s` goes.
    fn search_end_s(&self, from_s: f64) -> f64 {
        // One state under constant inputs goes one way, and so does what is read from it.
        if matches!(self.solution, Solution::Scalar(_)) && !self.can_grow() {
            return f64::INFINITY;
        }
        // Each search is as long as all before it: few of them, however long nothing happens.
        let doubled_s = (self.searched_s * 2.0).max(self.first_search_s());
        doubled_s.min(from_s + self.turning_s(from_s))
    }

    /// Length of the first search after an anchor: for ever where forms are monotone, else long enough to
    /// see every mode live out, short enough that no mode grows beyond reason.
    fn first_search_s(&self) -> f64 {
        let simple = |v: &Waveform| v.terms.is_empty() || v.as_relaxation().is_some();
        let bounded = matches!(self.solution, Solution::Static);
        if bounded && self.devices.iter().all(|d| simple(&d.v)) {
            return f64::INFINITY;
        }
        self.lifetime_s()
    }

    pub(super) fn can_grow(&self) -> bool {
        self.configuration.as_ref().is_some_and(|configuration| configuration.can_grow)
    }

    fn lifetime_s(&self) -> f64 {
        let modes = self.configuration.iter().flat_map(|c| c.system.modes().rates());
        let driven = self.inputs.iter().flat_map(|u| u.terms.iter().map(|t| t.rate));
        let mut longest: f64 = 0.0;
        let mut growth = f64::INFINITY;
        for rate in modes.chain(driven) {
            if rate.re < 0.0 {
                longest = longest.max(LIFE / -rate.re);
            } else if rate.re > 0.0 {
                growth = growth.min(20.0 / rate.re);
            }
            if rate.im != 0.0 && rate.re >= -1e-3 * rate.im.abs() {
                longest = longest.max(16.0 * std::f64::consts::TAU / rate.im.abs());
            }
        }
        let span = if longest > 0.0 { longest.min(growth) } else { growth };
        if span.is_finite() { span } else { 1.0 }
    }

    /// How far a search from `from_s` may go: its work is proportional to the turns of what still
    /// oscillates there.
    fn turning_s(&self, from_s: f64) -> f64 {
        let modes = self.configuration.iter().flat_map(|c| c.system.modes().rates());
        let driven = self.inputs.iter().flat_map(|u| u.terms.iter().map(|t| t.rate));
        let lasts = |rate: &Complex64| rate.im != 0.0 && -rate.re * from_s < LIFE;
        let fastest = modes.chain(driven).filter(lasts).map(|r| r.im.abs()).fold(0.0, f64::max);
        TURNS_SEARCHED * std::f64::consts::TAU / fastest
    }
}
