//! Where results go. The engine owns this trait; printers live downstream.

use std::io;

use memspike_circuit::{Circuit, ElementId, NetId, Signal};
use memspike_device::Phase;
use memspike_digital::Level;
use memspike_time::Time;
use memspike_waveform::Waveform;

/// A device changed its phase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeviceEvent {
    /// Which device.
    pub element: ElementId,
    /// Phase before.
    pub from: Phase,
    /// Phase after.
    pub to: Phase,
    /// Filament right after, 0 to 1.
    pub filament: f64,
}

impl DeviceEvent {
    /// Whether the device turned on here.
    #[must_use]
    pub fn is_spike(&self) -> bool {
        self.to.is_on() && !self.from.is_on()
    }

    /// Whether it is of a part of a law or of a comparator, which is no device of the deck: what it does shows in what
    /// hears it.
    pub(crate) fn is_of_part(&self) -> bool {
        matches!(self.to, Phase::Piece(_))
    }
}

/// The events of devices that a sink follows; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Events {
    /// None.
    #[default]
    None,
    /// Turn-ons alone, which is less work than all.
    Spikes,
    /// Every change of phase.
    Phases,
}

impl Events {
    /// Whether this event is among them.
    #[must_use]
    pub fn include(self, event: &DeviceEvent) -> bool {
        match self {
            Self::None => false,
            Self::Spikes => event.is_spike(),
            Self::Phases => true,
        }
    }
}

/// The channels that a sink follows. What no sink follows is neither computed nor told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Follows {
    /// Signals whose closed forms it is told, each under its position here.
    pub waveforms: Vec<Signal>,
    /// Events of devices.
    pub events: Events,
    /// Nets whose levels it is told, each under its position here.
    pub nets: Vec<NetId>,
}

impl Follows {
    /// The closed forms of these signals, and no events.
    #[must_use]
    pub fn waveforms(waveforms: Vec<Signal>) -> Self {
        Self { waveforms, ..Self::default() }
    }

    /// These events, and no closed forms.
    #[must_use]
    pub fn events(events: Events) -> Self {
        Self { events, ..Self::default() }
    }
}

/// A consumer of a run. Calls come in the order of time; at one instant, events come before the waveforms
/// that they cause. A sink is told what it follows and nothing else.
pub trait Sink {
    /// What it follows. Asked once, before the run.
    fn follows(&self) -> Follows {
        Follows::default()
    }

    /// The run begins. `phases` gives the phase of every device at `start`.
    ///
    /// # Errors
    /// Any error of the sink's output; it ends the run.
    fn begin(
        &mut self,
        circuit: &Circuit,
        start: Time,
        phases: &[(ElementId, Phase)],
    ) -> io::Result<()> {
        let _ = (circuit, start, phases);
        Ok(())
    }

    /// From `at` on, signal number `signal` (a position in [`Follows::waveforms`]) follows `form`,
    /// anchored at `at`, until the next call for this signal. Every signal gets one call at the start,
    /// and a second one there if a source has an edge at time zero: the first form is then what held before it.
    ///
    /// # Errors
    /// Any error of the sink's output; it ends the run.
    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        let _ = (at, signal, form);
        Ok(())
    }

    /// The integral of signal number `signal` jumps by `integral` (the signal's unit times s) at `at`, where a new
    /// form of it begins: the charge that passes where a voltage jumps across a capacitor. No closed form shows it.
    ///
    /// # Errors
    /// Any error of the sink's output; it ends the run.
    fn impulse(&mut self, at: Time, signal: usize, integral: f64) -> io::Result<()> {
        let _ = (at, signal, integral);
        Ok(())
    }

    /// From `at` on, net number `net` (a position in [`Follows::nets`]) has this level. Every net gets one call at the
    /// start. A level that lasts for no time is told, too.
    ///
    /// # Errors
    /// Any error of the sink's output; it ends the run.
    fn level(&mut self, at: Time, net: usize, level: Level) -> io::Result<()> {
        let _ = (at, net, level);
        Ok(())
    }

    /// A device changed its phase.
    ///
    /// # Errors
    /// Any error of the sink's output; it ends the run.
    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        let _ = (at, event);
        Ok(())
    }

    /// The run ended at `at`: what was followed is complete up to there.
    ///
    /// # Errors
    /// Any error of the sink's output.
    fn end(&mut self, at: Time) -> io::Result<()> {
        let _ = at;
        Ok(())
    }
}
