//! A device of an island.

use memspike_circuit::ElementId;
use memspike_device::{Model, Phase, State, Transition};
use memspike_random::Draws;
use memspike_waveform::Waveform;

use crate::DeviceEvent;

/// A device at run time.
#[derive(Debug, Clone)]
pub(super) struct DeviceRun<'c> {
    pub element: ElementId,
    pub model: &'c dyn Model,
    /// Which of the island's inputs is the current that the device drives, if it does.
    pub input: Option<usize>,
    pub draws: Draws,
    /// Whether each cycle is like the others.
    pub repeats: bool,
    pub state: State,
    /// Its resistance in that state (ohm), which changes at transitions alone.
    ohm: f64,
    /// Local time of `state` (s).
    pub since_s: f64,
    /// Its controlling voltage since the anchor.
    pub v: Waveform,
    /// What that was before it was last solved for.
    pub v_before: Waveform,
    pub next: Option<Transition>,
}

impl<'c> DeviceRun<'c> {
    pub fn new(
        element: ElementId,
        model: &'c dyn Model,
        input: Option<usize>,
        draws: Draws,
        state: State,
    ) -> Self {
        let (v, v_before) = (Waveform::default(), Waveform::default());
        let (ohm, repeats) = (model.resistance(&state), model.repeating().is_none());
        let (since_s, next) = (0.0, None);
        Self { element, model, input, draws, repeats, state, ohm, since_s, v, v_before, next }
    }

    /// Its resistance now (ohm).
    pub fn ohm(&self) -> f64 {
        self.ohm
    }

    /// What it contributes to the equations: its resistance (ohm) and its source of current (A).
    pub fn law(&self) -> (f64, f64) {
        (self.ohm, self.input.map_or(0.0, |_| self.model.source_current(&self.state)))
    }

    /// Draws what is random in a state that it is about to take, if that begins a new cycle. Gives its resistance
    /// there (ohm).
    pub fn prepare(&self, state: &mut State) -> f64 {
        if state.cycle != self.state.cycle {
            *state = self.model.draw(state, &self.draws);
        }
        self.model.resistance(state)
    }

    /// Takes a state.
    pub fn enter(&mut self, mut state: State) {
        self.ohm = self.prepare(&mut state);
        self.state = state;
    }

    /// Is in a state that was [prepared](Self::prepare), with this resistance (ohm), at this local time (s).
    pub fn take(&mut self, state: &State, ohm: f64, since_s: f64) {
        (self.state, self.ohm, self.since_s) = (*state, ohm, since_s);
    }

    /// Its filament stops to widen at this resistance (ohm).
    pub fn form(&mut self, ohm: f64) {
        self.state = self.model.formed(&self.state, ohm);
        self.ohm = self.model.resistance(&self.state);
    }

    pub fn event(&self, from: Phase) -> DeviceEvent {
        DeviceEvent {
            element: self.element,
            from,
            to: self.state.phase,
            filament: self.state.filament,
        }
    }
}
