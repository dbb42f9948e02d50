//! Values and time stamps of a dump.
//!
//! Two stamps are held back: the present one, and the one before it, to which a jump of the present
//! still adds the value that ends there. So every variable has one value at a stamp, and stamps rise.

use std::io;

use memspike_device::Phase;
use memspike_digital::Level;
use memspike_time::Time;

use super::TimeScale;
use super::bus::Buses;
use super::form::Form;
use crate::tracker::{Pen, Side};

/// A device as the dump shows it.
pub(super) struct Device {
    pub phase: Phase,
    pub filament: f64,
    pub spike: Option<usize>,
    pub state: Option<usize>,
    pub level: Option<usize>,
}

/// What changes at one stamp.
#[derive(Default)]
struct Stamp {
    units: u64,
    /// The last value of each signal that has one here, in the order of the first.
    reals: Vec<(usize, f64)>,
    /// Where a signal stands in `reals`.
    position: Vec<Option<usize>>,
    /// Devices that changed, each with what it was before.
    devices: Vec<Change>,
    /// Where a device stands in `devices`.
    device_position: Vec<Option<usize>>,
    /// The last levels of each bus that has some here, in the order of the first.
    levels: Vec<(usize, Vec<Level>)>,
    /// Where a bus stands in `levels`.
    bus_position: Vec<Option<usize>>,
}

/// What a device did at one stamp.
struct Change {
    device: usize,
    phase: Phase,
    filament: f64,
    /// Whether it conducted at the stamp, and whether it did not.
    was: [bool; 2],
}

impl Stamp {
    fn real(&mut self, signal: usize, value: f64) {
        match self.position[signal] {
            Some(position) => self.reals[position].1 = value,
            None => {
                self.position[signal] = Some(self.reals.len());
                self.reals.push((signal, value));
            }
        }
    }

    fn device(&mut self, device: usize, phase: Phase, filament: f64) {
        let position = *self.device_position[device].get_or_insert(self.devices.len());
        if position == self.devices.len() {
            self.devices.push(Change { device, phase, filament, was: [false; 2] });
        }
        let change = &mut self.devices[position];
        (change.phase, change.filament) = (phase, filament);
        change.was[usize::from(phase.is_on())] = true;
    }

    fn levels(&mut self, bus: usize, levels: &[Level]) {
        let position = *self.bus_position[bus].get_or_insert(self.levels.len());
        if position == self.levels.len() {
            self.levels.push((bus, Vec::new()));
        }
        let kept = &mut self.levels[position].1;
        kept.clear();
        kept.extend_from_slice(levels);
    }

    fn clear(&mut self, units: u64) {
        self.units = units;
        for (signal, _) in self.reals.drain(..) {
            self.position[signal] = None;
        }
        for change in self.devices.drain(..) {
            self.device_position[change.device] = None;
        }
        for (bus, _) in self.levels.drain(..) {
            self.bus_position[bus] = None;
        }
    }

    fn is_empty(&self) -> bool {
        self.reals.is_empty() && self.devices.is_empty() && self.levels.is_empty()
    }
}

/// Writes what signals and devices do.
pub(super) struct DumpPen<F> {
    pub form: F,
    pub scale: TimeScale,
    /// Those of the signals, whose slots are their positions.
    pub names: Vec<String>,
    pub devices: Vec<Device>,
    pub buses: Buses,
    before: Stamp,
    present: Stamp,
    /// The value of each signal that was written last.
    written: Vec<f64>,
    /// The last time stamp written.
    last: Option<u64>,
}

impl<F: Form> DumpPen<F> {
    pub fn new(form: F, scale: TimeScale) -> Self {
        Self {
            form,
            scale,
            names: Vec::new(),
            devices: Vec::new(),
            buses: Buses::new(Vec::new(), 0),
            before: Stamp::default(),
            present: Stamp::default(),
            written: Vec::new(),
            last: None,
        }
    }

    /// Begins at `start`, once signals and devices are known, with what every device is.
    pub fn begin(&mut self, start: Time) {
        self.written = vec![f64::NAN; self.names.len()];
        for stamp in [&mut self.before, &mut self.present] {
            stamp.position = vec![None; self.names.len()];
            stamp.device_position = vec![None; self.devices.len()];
            stamp.bus_position = vec![None; self.buses.buses.len()];
            stamp.units = self.scale.units(start);
        }
        for (number, device) in self.devices.iter().enumerate() {
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
        let bus = self.buses.change(net, level);
        self.present.levels(bus, self.buses.levels(bus));
        Ok(())
    }

    /// Writes what is held back, and a last time stamp so that viewers show the whole run.
    pub fn finish(&mut self, at: Time) -> io::Result<()> {
        self.reach(at)?;
        self.write_before()?;
        std::mem::swap(&mut self.before, &mut self.present);
        self.write_before()?;
        self.stamp(self.scale.units(at))?;
        self.form.finish()
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
        if self.before.units + 1 < units || self.last.is_none() {
            self.write_before()?;
            self.before.clear(units - 1);
        }
        self.present.clear(units);
        Ok(())
    }

    /// What goes on within one unit of time is a jump there: where it began is shown a unit earlier, as before any jump, unless
    /// something is.
    fn keep_beginning(&mut self, signal: usize) {
        let Some(position) = self.present.position[signal] else { return };
        if self.before.units < self.present.units && self.before.position[signal].is_none() {
            self.before.real(signal, self.present.reals[position].1);
        }
    }

    fn write_before(&mut self) -> io::Result<()> {
        if self.before.is_empty() {
            return Ok(());
        }
        let mut stamp = std::mem::take(&mut self.before);
        let written = self.write(&stamp);
        let units = stamp.units;
        stamp.clear(units);
        self.before = stamp;
        written
    }

    fn write(&mut self, stamp: &Stamp) -> io::Result<()> {
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
    fn stamp(&mut self, units: u64) -> io::Result<()> {
        if self.last.is_none_or(|last| last < units) {
            self.form.stamp(units)?;
            self.last = Some(units);
        }
        Ok(())
    }
}

impl<F: Form> Pen for DumpPen<F> {
    fn points(&mut self, at: Time, side: Side, due: &[usize], values: &[f64]) -> io::Result<()> {
        self.reach(at)?;
        for &signal in due {
            let value = finite(values[signal], || self.names[signal].clone())?;
            match side {
                // At the start nothing is before.
                Side::Before if self.before.units < self.present.units => {
                    self.before.real(signal, value);
                }
                Side::Before => {}
                Side::After => {
                    self.keep_beginning(signal);
                    self.present.real(signal, value);
                }
            }
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

/// `value`, or an error that names what is not finite: no viewer reads it.
fn finite(value: f64, name: impl FnOnce() -> String) -> io::Result<f64> {
    if value.is_finite() {
        return Ok(value);
    }
    let text = format!("{} left the range of numbers", name());
    Err(io::Error::new(io::ErrorKind::InvalidData, text))
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
