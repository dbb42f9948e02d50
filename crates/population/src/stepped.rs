//! Neurons one after another, each through all that arrives at it within a window.

use memspike_time::Time;

use crate::gather::{Arrival, Flying, Gather};
use crate::grid::Grid;
use crate::history::History;
use crate::kernel::{Kernel, Tally, Words};
use crate::spike::{Spike, Window};
use crate::stored::Stored;

/// What a neuron does between and at arrivals.
pub(crate) trait Law: Send + Sync {
    /// Its state.
    type State: Copy + Send;
    /// What is the same for all neurons in a window.
    type Frame;

    /// Where states are written anew, if they are scaled.
    fn grid(&self) -> Option<Grid>;
    /// The state at 0 for a potential (V).
    fn start(&self, potential: f64) -> Self::State;
    /// Writes a state anew for the next origin.
    fn turn(&self, state: &mut Self::State, origin: u64);
    /// Constants of a window.
    fn frame(&self, window: Window, origin: u64) -> Self::Frame;
    /// Goes through a window; tells `spike` of each spike, in order.
    fn advance(
        &self,
        frame: &Self::Frame,
        state: &mut Self::State,
        arrivals: &[Arrival],
        told: &mut Told<'_>,
    );
    /// The potential (V), if there is one.
    fn potential(&self, state: &Self::State, at: Time, origin: u64) -> Option<f64>;
    /// By how much (V) synaptic currents move the asymptote, if there are such currents.
    fn shift(&self, _state: &Self::State, _at: Time, _origin: u64) -> Option<f64> {
        None
    }
    /// Moves the asymptote to a potential (V); potentials stay. False: there is no asymptote.
    fn drive(&mut self, _states: &mut [Self::State], _to_v: f64, _at: (Time, u64)) -> bool {
        false
    }
    /// The state as words.
    fn save(state: &Self::State) -> Words;
    /// The state of words.
    fn load(words: &Words) -> Self::State;
}

/// Where a neuron's spikes and counts go.
pub(crate) struct Told<'t> {
    neuron: u32,
    spikes: &'t mut Vec<Spike>,
    pub tally: &'t mut Tally,
}

impl<'t> Told<'t> {
    pub fn new(neuron: u32, spikes: &'t mut Vec<Spike>, tally: &'t mut Tally) -> Self {
        Self { neuron, spikes, tally }
    }

    pub fn spike(&mut self, at: Time) {
        self.spikes.push(Spike { at, neuron: self.neuron });
    }
}

/// See the module.
pub(crate) struct Stepped<S, L: Law> {
    law: L,
    first: u32,
    states: Vec<L::State>,
    gather: Gather<S>,
    origin: u64,
    tally: Tally,
    kept: Option<Kept<L::State>>,
}

/// What a window changes.
struct Kept<State> {
    states: Vec<State>,
    flying: Flying,
    origin: u64,
    tally: Tally,
}

impl<S: Stored, L: Law> Stepped<S, L> {
    pub fn new(
        law: L,
        first: u32,
        potentials: impl Iterator<Item = f64>,
        gather: Gather<S>,
    ) -> Self {
        let states = potentials.map(|potential| law.start(potential)).collect();
        Self { law, first, states, gather, origin: 0, tally: Tally::default(), kept: None }
    }

    fn rebase(&mut self, start: Time) {
        let Some(grid) = self.law.grid() else { return };
        while self.origin < grid.origin(start) {
            self.origin += grid.period_fs;
            for state in &mut self.states {
                self.law.turn(state, self.origin);
            }
            self.tally.rebased += 1;
        }
    }
}

impl<S: Stored, L: Law> Kernel for Stepped<S, L> {
    fn advance(&mut self, window: Window, histories: &[History], spikes: &mut Vec<Spike>) {
        self.rebase(window.start);
        self.gather.collect(window.end, histories, &mut self.tally);
        let frame = self.law.frame(window, self.origin);
        for (local, state) in self.states.iter_mut().enumerate() {
            let arrivals = self.gather.take(local);
            let neuron = self.first + local as u32;
            let mut told = Told::new(neuron, spikes, &mut self.tally);
            self.law.advance(&frame, state, arrivals, &mut told);
        }
        self.gather.land();
    }

    fn drive(&mut self, asymptote_v: f64, at: Time) -> bool {
        self.law.drive(&mut self.states, asymptote_v, (at, self.origin))
    }

    fn keep(&mut self) {
        let (states, flying) = (self.states.clone(), self.gather.flying().clone());
        self.kept = Some(Kept { states, flying, origin: self.origin, tally: self.tally });
    }

    fn go_back(&mut self) {
        let Kept { states, flying, origin, tally } = self.kept.take().expect("it was told to");
        (self.states, self.origin, self.tally) = (states, origin, tally);
        self.gather.fly_again(flying);
    }

    fn tally(&self, histories: &[History]) -> Tally {
        Tally { under_way: self.gather.under_way(histories), ..self.tally }
    }

    fn potential(&self, local: usize, at: Time) -> Option<f64> {
        self.law.potential(&self.states[local], at, self.origin)
    }

    fn shift(&self, local: usize, at: Time) -> Option<f64> {
        self.law.shift(&self.states[local], at, self.origin)
    }

    fn save(&self) -> Vec<Words> {
        self.states.iter().map(L::save).collect()
    }

    fn load(&mut self, states: &[Words], now: Time, histories: &[History]) {
        self.states = states.iter().map(L::load).collect();
        self.origin = self.law.grid().map_or(0, |grid| grid.origin(now));
        self.gather.restore(now, histories);
    }

    fn bytes(&self) -> usize {
        size_of_val(&self.states[..]) + self.gather.bytes()
    }
}
