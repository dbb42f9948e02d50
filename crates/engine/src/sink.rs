//! Where results go. The engine owns this trait; printers live downstream.

use std::io;

use memspike_circuit::{Circuit, ElementId, Signal};
use memspike_device::Phase;
use memspike_waveform::Waveform;

use memspike_time::Time;

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
}

/// A consumer of a run. Calls come in the order of time; at one instant, `device` calls come
/// before the `waveform` calls that they cause.
pub trait Sink {
    /// The signals that this sink wants to follow. Asked once, before the run.
    fn signals(&self) -> Vec<Signal> {
        Vec::new()
    }

    /// Whether it wants to hear of every change of phase; if no sink does, they are told of
    /// turn-ons alone, which is less work.
    fn follows_phases(&self) -> bool {
        true
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

    /// From `at` on, signal number `signal` (a position in [`Sink::signals`]) follows `form`,
    /// anchored at `at`, until the next call for this signal. Every signal gets one call at the start,
    /// and a second one there if a source has an edge at time zero: the first form is then what held before it.
    ///
    /// # Errors
    /// Any error of the sink's output; it ends the run.
    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        let _ = (at, signal, form);
        Ok(())
    }

    /// A device changed its phase.
    ///
    /// # Errors
    /// Any error of the sink's output; it ends the run.
    fn device(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
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
