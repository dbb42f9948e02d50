//! Values and time stamps of a dump.
//!
//! Two stamps are held back: the present one, and the one before it, to which a jump of the present
//! still adds the value that ends there. So every variable has one value at a stamp, and stamps rise.

use std::io;

use memspike_device::Phase;
use memspike_digital::Level;
use memspike_time::Time;

use super::TimeScale;
use super::form::Form;
use super::stamp::Stamp;
use super::values::Values;
use crate::number::finite;
use crate::tracker::{Pen, Side};

/// Writes what signals and devices do.
pub(super) struct DumpPen<F> {
    pub values: Values<F>,
    pub scale: TimeScale,
    /// Those of the signals, whose slots are their positions.
    pub names: Vec<String>,
    // Boxed, because they are exchanged at every stamp.
    before: Box<Stamp>,
    present: Box<Stamp>,
}

impl<F: Form> DumpPen<F> {
    pub fn new(form: F, scale: TimeScale) -> Self {
        Self {
            values: Values::new(form),
            scale,
            names: Vec::new(),
            before: Box::default(),
            present: Box::default(),
        }
    }

    /// Begins at `start`, once signals and devices are known, with what every device is.
    pub fn begin(&mut self, start: Time) {
        self.values.written = vec![f64::NAN; self.names.len()];
        for stamp in [&mut self.before, &mut self.present] {
            stamp.position = vec![None; self.names.len()];
            stamp.device_position = vec![None; self.values.devices.len()];
            stamp.bus_position = vec![None; self.values.buses.buses.len()];
            stamp.units = self.scale.units(start);
        }
        for (number, device) in self.values.devices.iter().enumerate() {
            self.present.device(number, device.phase, device.filament);
        }
    }

    /// A device takes a phase.
    pub fn device(&mut self, at: Time, device: usize, to: Phase, filament: f64) -> io::Result<()> {
        self.reach(at)?;
        self.present.device(device, to, filament);
        Ok(())
    }

    /// A net takes a level.
    pub fn level(&mut self, at: Time, net: usize, level: Level) -> io::Result<()> {
        self.reach(at)?;
        let bus = self.values.buses.change(net, level);
        self.present.levels(bus, self.values.buses.levels(bus));
        Ok(())
    }

    /// Writes what is held back, and a last time stamp so that viewers show the whole run.
    pub fn finish(&mut self, at: Time) -> io::Result<()> {
        self.reach(at)?;
        self.write_before()?;
        std::mem::swap(&mut self.before, &mut self.present);
        self.write_before()?;
        self.values.stamp(self.scale.units(at))?;
        self.values.form.finish()
    }

    /// Makes the stamp of `at` the present one.
    fn reach(&mut self, at: Time) -> io::Result<()> {
        let units = self.scale.units(at);
        if units <= self.present.units {
            return Ok(());
        }
        self.write_before()?;
        std::mem::swap(&mut self.before, &mut self.present);
        // Everything has a value before anything changes.
        if self.before.units + 1 < units || self.values.last.is_none() {
            self.write_before()?;
            self.before.clear(units - 1);
        }
        self.present.clear(units);
        Ok(())
    }

    fn finite(&self, signal: usize, values: &[f64]) -> io::Result<f64> {
        finite(values[signal], || self.names[signal].clone())
    }

    /// A value begins or goes on at the present stamp.
    fn begins(&mut self, signal: usize, values: &[f64]) -> io::Result<()> {
        let value = self.finite(signal, values)?;
        self.keep_beginning(signal);
        self.present.real(signal, value);
        Ok(())
    }

    /// What goes on within one unit of time is a jump there: where it began is shown a unit earlier, as before any jump, unless
    /// something is.
    fn keep_beginning(&mut self, signal: usize) {
        let Some(position) = self.present.position[signal] else { return };
        if self.before.units < self.present.units && self.before.position[signal].is_none() {
            self.before.real(signal, self.present.reals[position as usize].1);
        }
    }

    fn write_before(&mut self) -> io::Result<()> {
        if self.before.is_empty() {
            return Ok(());
        }
        let written = self.values.write(&self.before);
        let units = self.before.units;
        self.before.clear(units);
        written
    }
}

impl<F: Form> Pen for DumpPen<F> {
    fn point(&mut self, at: Time, signal: usize, values: &[f64]) -> io::Result<()> {
        self.reach(at)?;
        self.begins(signal, values)
    }

    fn points(&mut self, at: Time, side: Side, due: &[usize], values: &[f64]) -> io::Result<()> {
        self.reach(at)?;
        for &signal in due {
            match side {
                Side::Before => {
                    let value = self.finite(signal, values)?;
                    // At the start nothing is before.
                    if self.before.units < self.present.units {
                        self.before.real(signal, value);
                    }
                }
                Side::After => self.begins(signal, values)?,
            }
        }
        Ok(())
    }
}
