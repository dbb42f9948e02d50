//! Membranes whose asymptote moves for a while with each spike, and membranes whose potential jumps, neuron by neuron.

use memspike_time::Time;

use crate::gather::Arrival;
use crate::grid::Grid;
use crate::kernel::{Words, time_of, words_of};
use crate::lif::LifLaw;
use crate::spike::Window;
use crate::stepped::{Law, Told};

/// What an arrival does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It moves the potential.
    Jump,
    /// It moves the asymptote.
    Shift,
}

/// A membrane under arrivals of one kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MembraneLaw {
    pub lif: LifLaw,
    pub effect: Effect,
}

/// The state of a membrane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MembraneState {
    /// The scaled state; of a refractory neuron its potential. Both from the law's asymptote with its shift.
    u: f64,
    /// By how much pulses move the asymptote (V).
    shift: f64,
    /// Whether it is refractory, and until when.
    resting: bool,
    end: Time,
    /// Whether it has been tested at 0.
    begun: bool,
}

impl MembraneLaw {
    /// The law around the asymptote of now.
    fn shifted(&self, state: &MembraneState) -> LifLaw {
        self.lif.shifted(state.shift)
    }

    /// Crossings and ends of refractoriness before `limit`.
    fn settle(&self, state: &mut MembraneState, limit: Time, origin: u64, told: &mut Told<'_>) {
        let law = self.shifted(state);
        loop {
            if state.resting {
                if state.end >= limit {
                    return;
                }
                self.wake(state, origin);
                self.test(state, state.end, origin, told);
            } else {
                let scale = law.scale_of_crossing(state.u);
                if !law.is_driven() || !LifLaw::may_precede(scale, law.factor(limit, origin)) {
                    return;
                }
                told.tally.tested += 1;
                let at = law.crossing(state.u, origin);
                if at >= limit {
                    return;
                }
                told.tally.certified += 1;
                self.fire(state, at, law.theta_v, origin, told);
            }
        }
    }

    fn wake(&self, state: &mut MembraneState, origin: u64) {
        state.resting = false;
        state.u *= self.lif.factor(state.end, origin);
    }

    fn test(&self, state: &mut MembraneState, at: Time, origin: u64, told: &mut Told<'_>) {
        let law = self.shifted(state);
        let factor = law.factor(at, origin);
        if !state.resting && law.fires(state.u, factor, at, origin) {
            self.fire(state, at, state.u / factor, origin, told);
        }
    }

    fn fire(
        &self,
        state: &mut MembraneState,
        at: Time,
        from: f64,
        origin: u64,
        told: &mut Told<'_>,
    ) {
        let law = self.shifted(state);
        let mut potential = from;
        loop {
            told.spike(at);
            potential = law.land(potential);
            if law.refractory_fs > 0 {
                (state.resting, state.end, state.u) =
                    (true, at.later(law.refractory_fs), potential);
                return;
            }
            if potential < law.theta_v {
                break;
            }
        }
        state.u = potential * law.factor(at, origin);
    }

    /// All that arrives at one instant.
    fn arrive(&self, state: &mut MembraneState, weight: f64, at: Time, origin: u64) {
        match (self.effect, state.resting) {
            (Effect::Jump, true) => {}
            (Effect::Jump, false) => state.u += weight * self.lif.factor(at, origin),
            (Effect::Shift, resting) => {
                state.shift += weight;
                let scale = if resting { 1.0 } else { self.lif.factor(at, origin) };
                state.u -= weight * scale;
            }
        }
    }
}

impl Law for MembraneLaw {
    type State = MembraneState;
    type Frame = (Window, u64);

    fn grid(&self) -> Option<Grid> {
        Some(self.lif.grid)
    }

    fn start(&self, potential: f64) -> MembraneState {
        let u = potential - self.lif.asymptote_v;
        MembraneState { u, shift: 0.0, resting: false, end: Time::ZERO, begun: false }
    }

    fn turn(&self, state: &mut MembraneState, _: u64) {
        if !state.resting {
            state.u = self.lif.turned(state.u);
        }
    }

    fn frame(&self, window: Window, origin: u64) -> (Window, u64) {
        (window, origin)
    }

    fn advance(
        &self,
        &(window, origin): &(Window, u64),
        state: &mut MembraneState,
        arrivals: &[Arrival],
        told: &mut Told<'_>,
    ) {
        if !state.begun {
            state.begun = true;
            self.test(state, window.start, origin, told);
        }
        for together in arrivals.chunk_by(|a, b| a.at == b.at) {
            let at = together[0].at;
            self.settle(state, at, origin, told);
            if state.resting && state.end == at {
                self.wake(state, origin);
            }
            let spikes = together.chunk_by(|a, b| a.flight == b.flight);
            let of_one = |own: &[Arrival]| own.iter().map(|arrival| arrival.weight).sum::<f64>();
            let weight = spikes.map(of_one).sum();
            self.arrive(state, weight, at, origin);
            self.test(state, at, origin, told);
        }
        self.settle(state, window.end, origin, told);
    }

    fn potential(&self, state: &MembraneState, at: Time, origin: u64) -> Option<f64> {
        let scale = if state.resting { 1.0 } else { self.lif.factor(at, origin) };
        Some(self.lif.asymptote_v + state.shift + state.u / scale)
    }

    fn shift(&self, state: &MembraneState, _: Time, _: u64) -> Option<f64> {
        (self.effect == Effect::Shift).then_some(state.shift)
    }

    fn drive(
        &mut self,
        states: &mut [MembraneState],
        to_v: f64,
        (at, origin): (Time, u64),
    ) -> bool {
        let by = to_v - self.lif.asymptote_v;
        let factor = self.lif.factor(at, origin);
        for state in states {
            state.u -= if state.resting { by } else { by * factor };
        }
        self.lif = self.lif.shifted(by);
        true
    }

    fn save(state: &MembraneState) -> Words {
        let [tick, frac] = words_of(state.end);
        let [flags, begun] = [state.resting, state.begun].map(u64::from);
        [state.u.to_bits(), tick, frac, flags, state.shift.to_bits(), begun, 0, 0]
    }

    fn load(words: &Words) -> MembraneState {
        MembraneState {
            u: f64::from_bits(words[0]),
            shift: f64::from_bits(words[4]),
            resting: words[3] == 1,
            end: time_of(&words[1..3]),
            begun: words[5] == 1,
        }
    }
}
