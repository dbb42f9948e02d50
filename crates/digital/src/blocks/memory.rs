//! What flip-flops and latches share: one level that is kept, set and reset at any time, and given out with its opposite.
//!
//! As in XSPICE a control that is unknown is not active, and of controls that change at one moment the first of set, reset
//! and the rest counts.

use memspike_device::{Parameter, ParameterError};

use crate::level::{DELAY_S, delay, level};
use crate::{Delays, Level, Outputs, Port};

pub(crate) const SET_DELAY: Parameter =
    Parameter::new("set_delay", "s", DELAY_S, "from set, before rise_delay or fall_delay");
pub(crate) const RESET_DELAY: Parameter =
    Parameter::new("reset_delay", "s", DELAY_S, "from reset, before rise_delay or fall_delay");
pub(crate) const IC: Parameter =
    Parameter::new("ic", "1", 0.0, "at the start: 0, 1, or 2 for unknown");

pub(crate) const SET: Port = Port::input("set").optional();
pub(crate) const RESET: Port = Port::input("reset").optional();
pub(crate) const OUT: Port = Port::output("out");
pub(crate) const NOT_OUT: Port = Port::output("nout");

/// The kept level, and what set and reset were.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) level: Level,
    initial: Level,
    set: Level,
    reset: Level,
    set_fs: u64,
    reset_fs: u64,
    change: Delays,
}

/// What set and reset say at a moment.
pub(crate) enum Forced {
    /// The level, and the delay of whichever changed (fs).
    To(Level, u64),
    /// One of them was released, and the other is not active (fs as above).
    Released(u64),
    /// One of them holds the level where it is.
    Held,
    /// Neither is active or changed.
    Free,
}

impl Memory {
    /// Of `set_delay`, `reset_delay`, `ic`, `rise_delay` and `fall_delay` of a card.
    pub(crate) fn new(
        [set_s, reset_s, ic, rise_s, fall_s]: [f64; 5],
    ) -> Result<Self, ParameterError> {
        let initial = level("ic", ic)?;
        Ok(Self {
            level: initial,
            initial,
            set: Level::Zero,
            reset: Level::Zero,
            set_fs: delay("set_delay", set_s)?,
            reset_fs: delay("reset_delay", reset_s)?,
            change: Delays::of_values(rise_s, fall_s)?,
        })
    }

    /// The level at the start where nothing says otherwise.
    pub(crate) fn initial(&self) -> Level {
        self.initial
    }

    /// Takes what set and reset are now.
    pub(crate) fn force(&mut self, set: Level, reset: Level) -> Forced {
        let set_changed = std::mem::replace(&mut self.set, set) != set;
        let reset_changed = std::mem::replace(&mut self.reset, reset) != reset;
        let (is_set, is_reset) = (set == Level::One, reset == Level::One);
        let after_fs = match (set_changed, reset_changed) {
            (true, _) => self.set_fs,
            (false, true) => self.reset_fs,
            (false, false) if is_set || is_reset => return Forced::Held,
            (false, false) => return Forced::Free,
        };
        match (is_set, is_reset) {
            (true, true) => Forced::To(Level::Unknown, after_fs),
            (true, false) => Forced::To(Level::One, after_fs),
            (false, true) => Forced::To(Level::Zero, after_fs),
            (false, false) => Forced::Released(after_fs),
        }
    }

    /// Takes a level, and drives both outputs so much later (fs).
    pub(crate) fn take(&mut self, level: Level, after_fs: u64, out: &mut Outputs) {
        if level == self.level {
            return;
        }
        self.level = level;
        let delays = self.change.after(after_fs);
        out.drive(0, level, delays);
        out.drive(1, level.inverted(), delays);
    }

    /// Rests at what set and reset make of a level that is its initial one where nothing else says otherwise.
    pub(crate) fn rest(
        &mut self,
        own: Option<Level>,
        [set, reset]: [Level; 2],
        outputs: &mut [Level],
    ) {
        (self.set, self.reset) = (set, reset);
        self.level = match (set, reset) {
            (Level::One, Level::One) => Level::Unknown,
            (Level::One, Level::Zero) => Level::One,
            (Level::Zero, Level::One) => Level::Zero,
            _ => own.unwrap_or(self.initial),
        };
        (outputs[0], outputs[1]) = (self.level, self.level.inverted());
    }
}

/// What set and reset inputs make of a level.
pub(crate) fn set_or_reset(level: Level, inputs: &[Level]) -> Level {
    match (inputs[0], inputs[1]) {
        (Level::Zero, Level::Zero) => level,
        (Level::One, Level::Zero) => Level::One,
        (Level::Zero, Level::One) => Level::Zero,
        _ => Level::Unknown,
    }
}
