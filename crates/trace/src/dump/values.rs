//! Values as they are written, stamp by stamp.

use std::io;

use memspike_device::Phase;
use memspike_digital::Level;

use super::bus::Buses;
use super::form::Form;
use super::stamp::{Change, Stamp};
use crate::number::finite;

/// A device as the dump shows it.
pub(super) struct Device {
    pub phase: Phase,
    pub filament: f64,
    pub spike: Option<usize>,
    pub state: Option<usize>,
    pub level: Option<usize>,
}

/// Writes what stands at each stamp.
pub(super) struct Values<F> {
    pub form: F,
    pub devices: Vec<Device>,
    pub buses: Buses,
    /// The value of each signal that was written last.
    pub written: Vec<f64>,
    /// The last time stamp written.
    pub last: Option<u64>,
}

impl<F: Form> Values<F> {
    pub fn new(form: F) -> Self {
        let buses = Buses::new(Vec::new(), 0);
        Self { form, devices: Vec::new(), buses, written: Vec::new(), last: None }
    }

    /// Writes all that stands at a stamp.
    pub fn write(&mut self, stamp: &Stamp) -> io::Result<()> {
        let first = self.last.is_none();
        self.stamp(stamp.units)?;
        if first {
            self.form.begin_values()?;
        }
        for &(signal, value) in &stamp.reals {
            let value = apart(value, self.written[signal]);
            self.written[signal] = value;
            self.form.real(signal, value)?;
        }
        for (bus, levels) in &stamp.levels {
            self.buses.write(&mut self.form, (*bus, levels, first))?;
        }
        for change in &stamp.devices {
            let device = &self.devices[change.device];
            match device.spike {
                Some(spike) if first => self.form.bits(spike, &[conducts(device.phase)])?,
                _ => self.write_spike(change)?,
            }
            self.write_variables(change)?;
        }
        if first {
            self.form.end_values()?;
            // What a device does within the first unit comes after what it is at the start.
            let mut changes = stamp.devices.iter().filter(|change| change.was == [true; 2]);
            changes.try_for_each(|change| self.write_spike(change))?;
        }
        Ok(())
    }

    fn write_spike(&mut self, change: &Change) -> io::Result<()> {
        let Some(spike) = self.devices[change.device].spike else { return Ok(()) };
        let on = conducts(change.phase);
        // A pulse shorter than the unit of time still shows.
        if change.was[usize::from(!change.phase.is_on())] {
            self.form.bits(spike, &[on.inverted()])?;
        }
        self.form.bits(spike, &[on])
    }

    fn write_variables(&mut self, change: &Change) -> io::Result<()> {
        let device = &self.devices[change.device];
        if let Some(state) = device.state {
            self.form.phase(state, change.phase)?;
        }
        if let Some(level) = device.level {
            self.form.real(level, finite(change.filament, || "filament".into())?)?;
        }
        Ok(())
    }

    /// Makes `units` the time of what follows, never going back.
    pub fn stamp(&mut self, units: u64) -> io::Result<()> {
        if self.last.is_none_or(|last| last < units) {
            self.form.stamp(units)?;
            self.last = Some(units);
        }
        Ok(())
    }
}

fn conducts(phase: Phase) -> Level {
    if phase.is_on() { Level::One } else { Level::Zero }
}

/// `value`, or if it was written last the next number farther from zero, because readers drop a value
/// that repeats the one before. Numbers below the least normal one, which some readers refuse, are zero.
fn apart(value: f64, written: f64) -> f64 {
    let value = if value.abs() < f64::MIN_POSITIVE { 0.0 } else { value };
    if value != written {
        return value;
    }
    match value {
        0.0 => f64::MIN_POSITIVE,
        f64::MAX => f64::MAX.next_down(),
        f64::MIN => f64::MIN.next_up(),
        _ if value > 0.0 => value.next_up(),
        _ => value.next_down(),
    }
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn a_repeated_value_moves_by_one_unit_in_the_last_place_and_is_never_denormal() {
        let least = f64::MIN_POSITIVE;
        for value in [1.0, -1.0, 0.1, 1e300, -1e-300, least, -least, f64::MAX, f64::MIN, 0.0, -0.0]
        {
            let moved = apart(value, value);
            assert!(moved != value && moved.is_normal(), "{value} {moved}");
            let apart_by = moved.to_bits().abs_diff(value.to_bits());
            assert!(apart_by == 1 || (value == 0.0 && moved == least), "{value} {moved}");
            assert_eq!(apart(value, moved), if value == 0.0 { 0.0 } else { value });
        }
        assert_eq!(apart(5e-324, 1.0), 0.0);
        assert_eq!(apart(-5e-324, 0.0), least);
    }
}
