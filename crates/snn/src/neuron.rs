//! A resistor, a capacitor and a memristor: the neuron of both layers, device by device.
//!
//! `C dv/dt = (u - v) / R - v / r`, where `u` is the voltage behind the resistor (a current `i` into
//! the membrane is `u = R i`) and `r` the memristor's resistance in its phase. While `u` is constant
//! `v` relaxes in closed form, and the device's own [`Model`](memspike_device::Model) says when its phase changes.

use std::sync::Arc;

use memspike_device::{BuiltModel, Phase, State, Width, formed_ohm};
use memspike_random::Draws;
use memspike_waveform::Waveform;

use crate::{Energy, Parameters, energy::Integrals};

/// The circuit of a neuron.
#[derive(Debug, Clone)]
pub struct Neuron {
    model: BuiltModel,
    farad: f64,
    ohm: f64,
    /// With the resistances of its card.
    nominal: Branches,
}

/// The circuit while the device is off, and while it is on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Branches {
    off: Branch,
    on: Branch,
}

/// The circuit while the device has one resistance.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Branch {
    /// `-1 / time constant` (1/s).
    rate: f64,
    /// Final voltage for 1 V behind the resistor.
    gain: f64,
    /// Of the device (S).
    siemens: f64,
}

impl Branches {
    /// In the cycle of `state`.
    fn new(model: &BuiltModel, state: State, ohm: f64, farad: f64) -> Self {
        let siemens = 1.0 / ohm;
        let branch = |phase| {
            // The capacitor across it forms the filament: it is at its widest.
            let device = 1.0 / model.resistance(&State { phase, formed_ohm: None, ..state });
            Branch {
                rate: -(siemens + device) / farad,
                gain: siemens / (siemens + device),
                siemens: device,
            }
        };
        Self { off: branch(Phase::Off), on: branch(Phase::On) }
    }
}

/// A spike: its device turned on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spike {
    /// When (s).
    pub at_s: f64,
    /// Voltage of the membrane at that instant (V).
    pub peak_v: f64,
}

impl Neuron {
    /// A neuron with such a device.
    #[must_use]
    pub fn new(parameters: &Parameters, model: &BuiltModel) -> Self {
        let (farad, ohm) = (parameters.neuron_farad, parameters.neuron_ohm);
        let branches = Branches::new(model, State::new(Phase::Off, 0.0), ohm, farad);
        Self { model: Arc::clone(model), farad, ohm, nominal: branches }
    }

    /// The circuit's branches in a cycle of a device.
    fn branches(&self, state: State) -> Branches {
        Branches::new(&self.model, state, self.ohm, self.farad)
    }

    /// Part of a membrane's voltage that is left after `dt` seconds without input.
    #[must_use]
    pub fn decay(&self, dt: f64) -> f64 {
        (self.nominal.off.rate * dt).exp()
    }

    /// Time constant of a membrane whose device is off (s).
    #[must_use]
    pub fn tau_s(&self) -> f64 {
        -1.0 / self.nominal.off.rate
    }

    /// The neuron at rest, at time zero, its device in the first cycle of its life. `draws` are those
    /// of the device, in the repetition that begins.
    #[must_use]
    pub fn rest(&self, draws: Draws) -> Membrane<'_> {
        let state = self.model.draw(&self.model.rest(), &draws);
        let quiet = self.model.quiet(&state);
        let valley_v = None;
        let integrals = Integrals::default();
        let (at_s, v, unseen_s) = (0.0, 0.0, 0.0);
        let branches = self.branches(state);
        Membrane {
            neuron: self,
            draws,
            state,
            branches,
            quiet,
            at_s,
            v,
            valley_v,
            unseen_s,
            integrals,
        }
    }
}

/// A neuron in motion.
#[derive(Debug, Clone)]
pub struct Membrane<'n> {
    neuron: &'n Neuron,
    draws: Draws,
    state: State,
    /// With the resistances of its present cycle.
    branches: Branches,
    /// What the model calls quiet in this state.
    quiet: std::ops::Range<f64>,
    at_s: f64,
    v: f64,
    valley_v: Option<f64>,
    /// How long the device has been off since its filament was last computed (s).
    unseen_s: f64,
    integrals: Integrals,
}

impl Membrane<'_> {
    /// Voltage of the membrane (V).
    #[must_use]
    pub fn volts(&self) -> f64 {
        self.v
    }

    /// Voltage at which the device last turned off (V).
    #[must_use]
    pub fn valley_v(&self) -> Option<f64> {
        self.valley_v
    }

    /// Energies so far of an oscillation neuron: a source behind the resistor.
    pub(crate) fn driven(&self) -> Energy {
        let Integrals { input, product, membrane, device_j } = self.integrals;
        Energy {
            pixels_j: (input - product) / self.neuron.ohm,
            series_resistors_j: (input - 2.0 * product + membrane) / self.neuron.ohm,
            input_neurons_j: device_j,
            stored_j: self.stored_j(),
            ..Energy::default()
        }
    }

    /// The same of a LIF neuron: a source of current, and the resistor to ground.
    pub(crate) fn fed(&self) -> Energy {
        let Integrals { product, membrane, device_j, .. } = self.integrals;
        Energy {
            mirrors_j: product / self.neuron.ohm,
            leak_resistors_j: membrane / self.neuron.ohm,
            output_neurons_j: device_j,
            stored_j: self.stored_j(),
            ..Energy::default()
        }
    }

    fn stored_j(&self) -> f64 {
        0.5 * self.neuron.farad * self.v * self.v
    }

    /// Goes on to `until_s` with `input_v` behind the resistor; `spike` hears of every spike.
    pub fn advance(&mut self, input_v: f64, until_s: f64, mut spike: impl FnMut(Spike)) {
        self.catch_up();
        // The input jumped: the device takes the phase that its voltage, which did not, allows.
        loop {
            let branch = self.branch();
            let form = Waveform::relaxation(self.v, branch.gain * input_v, branch.rate);
            let left_s = until_s - self.at_s;
            let Some(next) = self.neuron.model.next(&self.state, &form, 0.0, left_s) else {
                self.state = self.neuron.model.advance(&self.state, &form, 0.0, left_s);
                self.glide_to(form.eval(left_s), branch, input_v, left_s);
                self.at_s = until_s;
                return;
            };
            let cycle = self.state.cycle;
            self.state = self.neuron.model.transit(&self.state, &form, 0.0, next);
            self.glide_to(form.eval(next.at_s), branch, input_v, next.at_s);
            self.at_s += next.at_s;
            if self.state.cycle != cycle {
                self.valley_v = Some(self.v);
                self.state = self.neuron.model.draw(&self.state, &self.draws);
                self.branches = self.neuron.branches(self.state);
                let now = Waveform::constant(self.v);
                self.state = self.neuron.model.settle(&self.state, &now, 0.0);
            }
            self.form();
            self.quiet = self.neuron.model.quiet(&self.state);
            if next.to.is_on() {
                spike(Spike { at_s: self.at_s, peak_v: self.v });
            }
        }
    }

    /// As [`Membrane::advance`] for a short while, given [`Neuron::decay`] over it, if it can be shown
    /// cheaply that the phase does not change; otherwise nothing happens and the answer is no.
    pub fn glide(&mut self, input_v: f64, until_s: f64, decay: f64) -> bool {
        if self.state.phase.is_on() {
            return false;
        }
        let off = self.branches.off;
        let dt = until_s - self.at_s;
        let decay = if off == self.neuron.nominal.off { decay } else { (off.rate * dt).exp() };
        let end = off.gain * input_v;
        // Monotone: what holds at both ends holds between them. It does not at the beginning if the
        // device grows under a negative voltage.
        let v = end + (self.v - end) * decay;
        if !(self.quiet.contains(&self.v) && self.quiet.contains(&v)) {
            return false;
        }
        if self.state.phase == Phase::Off {
            self.unseen_s += dt;
        } else {
            let form = Waveform::relaxation(self.v, end, off.rate);
            let state = self.neuron.model.advance(&self.state, &form, 0.0, dt);
            if state.filament >= 1.0 {
                return false;
            }
            self.state = state;
        }
        self.glide_to(v, off, input_v, dt);
        self.at_s = until_s;
        true
    }

    /// A filament that has just bridged finds its width. The capacitor holds the voltage meanwhile.
    fn form(&mut self) {
        let model = &self.neuron.model;
        if let Some(level) = model.forms_at(&self.state) {
            let off = State { phase: Phase::Off, formed_ohm: None, ..self.state };
            let [narrowest, widest] = [off, self.state]
                .map(|state| Width { ohm: model.resistance(&state), volt: self.v });
            self.state = model.formed(&self.state, formed_ohm(level, narrowest, widest));
        }
    }

    fn branch(&self) -> Branch {
        if self.state.phase.is_on() { self.branches.on } else { self.branches.off }
    }

    /// Computes the filament of a device that has been off.
    fn catch_up(&mut self) {
        if self.unseen_s > 0.0 {
            let any = Waveform::constant(self.v);
            self.state = self.neuron.model.advance(&self.state, &any, 0.0, self.unseen_s);
            self.unseen_s = 0.0;
        }
    }

    /// The voltage becomes `v` after `dt` seconds with `input_v` behind the resistor.
    fn glide_to(&mut self, v: f64, branch: Branch, input_v: f64, dt: f64) {
        let voltages = [self.v, v, branch.gain * input_v];
        self.integrals.relax(input_v, voltages, -branch.rate, dt, branch.siemens);
        self.v = v;
    }
}
