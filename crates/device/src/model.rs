//! What every device model answers.

use std::{ops::Range, sync::Arc};

use memspike_waveform::Waveform;

use crate::{NoSpiceForm, SpiceForm};
use memspike_random::Draws;

/// Where a device stands between two transitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// High resistance, filament dissolving (or absent).
    Off,
    /// High resistance, filament growing at a rate that follows the voltage.
    Growing,
    /// High resistance, filament growing at its greatest rate.
    Saturated,
    /// Low resistance.
    On,
    /// A source holds its voltage.
    Regulating,
    /// A source gives all the current that it may.
    Sourcing,
    /// A source takes all the current that it may.
    Sinking,
    /// A law of straight pieces is on this one, counted from the least control.
    Piece(u16),
}

impl Phase {
    /// Whether the device conducts.
    #[must_use]
    pub fn is_on(self) -> bool {
        self == Self::On
    }

    /// Lower-case word for people and files.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Growing => "growing",
            Self::Saturated => "saturated",
            Self::On => "on",
            Self::Regulating => "regulating",
            Self::Sourcing => "sourcing",
            Self::Sinking => "sinking",
            Self::Piece(_) => "piece",
        }
    }
}

/// The whole state of one device at an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State {
    /// Phase since the last transition.
    pub phase: Phase,
    /// Filament, 0 (none) to 1 (bridged); the phase (turns) of what oscillates.
    pub filament: f64,
    /// How often the device turned off so far.
    pub cycle: u32,
    /// What was drawn for this cycle.
    pub deviation: Deviation,
    /// Resistance of the filament that has formed (ohm), where it depends on the circuit.
    pub formed_ohm: Option<f64>,
}

/// How far a device's parameters lie from their nominal values in one cycle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Deviation {
    /// Of the voltage above which the filament grows (V).
    pub von: f64,
    /// Of the hold voltage (V).
    pub vhold: f64,
    /// Natural logarithm of the on resistance over the nominal one.
    pub ln_ron: f64,
    /// The same of the off resistance.
    pub ln_roff: f64,
    /// The same of the filament that a rupture leaves behind.
    pub ln_gres: f64,
}

impl State {
    /// A device in its first cycle, as its card says.
    #[must_use]
    pub fn new(phase: Phase, filament: f64) -> Self {
        Self { phase, filament, cycle: 0, deviation: Deviation::default(), formed_ohm: None }
    }
}

/// A phase change that lies ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transition {
    /// When, in seconds of the waveform's local time.
    pub at_s: f64,
    /// The phase that begins then.
    pub to: Phase,
}

/// A two-terminal device, piecewise linear between transitions: its current is
/// `v / resistance + source_current`.
///
/// `v` is the closed form of the controlling voltage in volts; every time is in seconds of its
/// local time. All functions are pure.
pub trait Model: std::fmt::Debug + Send + Sync {
    /// State of a device that has rested unbiased for ever.
    fn rest(&self) -> State;

    /// Resistance in ohms; infinite for a pure source of current.
    fn resistance(&self, state: &State) -> f64;

    /// Current of the device at zero volts, from plus to minus (A). Not zero only for a model that
    /// [is a source](Model::is_source).
    fn source_current(&self, state: &State) -> f64 {
        let _ = state;
        0.0
    }

    /// Whether the device can drive a current by itself.
    fn is_source(&self) -> bool {
        false
    }

    /// The state just after the controlling voltage took the form `v` at `at_s` (it may have
    /// jumped there): the phase that this voltage allows, the filament unchanged.
    fn settle(&self, state: &State, v: &Waveform, at_s: f64) -> State;

    /// The next transition in `[from_s, until_s]`, given the state at `from_s`.
    fn next(&self, state: &State, v: &Waveform, from_s: f64, until_s: f64) -> Option<Transition>;

    /// The state at `to_s`, given that at `from_s`, with no transition between them.
    fn advance(&self, state: &State, v: &Waveform, from_s: f64, to_s: f64) -> State;

    /// The state right after the transition `to`, given the state at `from_s`.
    fn transit(&self, state: &State, v: &Waveform, from_s: f64, to: Transition) -> State;

    /// Controlling voltages (V) between which the phase of `state` stays as it is, unless the filament
    /// completes. While a device is [`Phase::Off`] between them, its state depends on time alone.
    /// By default there are none.
    fn quiet(&self, state: &State) -> Range<f64> {
        let _ = state;
        0.0..0.0
    }

    /// The state with what is random in its present cycle drawn: asked before the first cycle and
    /// whenever [`State::cycle`] has changed.
    fn draw(&self, state: &State, draws: &Draws) -> State {
        let _ = draws;
        *state
    }

    /// For a device that has just turned on, the voltage at which its filament stops to widen (V):
    /// it takes the resistance at which the voltage that the circuit leaves it falls to that
    /// ([`formed_ohm`](crate::formed_ohm)). None if its resistance is settled.
    fn forms_at(&self, state: &State) -> Option<f64> {
        let _ = state;
        None
    }

    /// The state of a device whose filament has taken this resistance (ohm).
    fn formed(&self, state: &State, ohm: f64) -> State {
        let _ = ohm;
        *state
    }

    /// The model without what changes from one cycle to the next; none if nothing does.
    fn repeating(&self) -> Option<Arc<dyn Model>> {
        None
    }

    /// The device as elements of SPICE, with what `state` says was drawn for it.
    ///
    /// # Errors
    /// If nothing in SPICE behaves like it.
    fn spice(&self, state: &State) -> Result<SpiceForm, NoSpiceForm> {
        let _ = state;
        Err(NoSpiceForm("its model has no form in SPICE"))
    }
}
