//! What changes at one stamp of a dump.

use memspike_device::Phase;
use memspike_digital::Level;

/// What changes at one stamp.
#[derive(Default)]
pub(super) struct Stamp {
    pub units: u64,
    /// The last value of each signal that has one here, in the order of the first.
    pub reals: Vec<(usize, f64)>,
    /// Where a signal stands in `reals`.
    pub position: Vec<Option<u32>>,
    /// Devices that changed, each with what it was before.
    pub devices: Vec<Change>,
    /// Where a device stands in `devices`.
    pub device_position: Vec<Option<usize>>,
    /// The last levels of each bus that has some here, in the order of the first.
    pub levels: Vec<(usize, Vec<Level>)>,
    /// Where a bus stands in `levels`.
    pub bus_position: Vec<Option<usize>>,
}

/// What a device did at one stamp.
pub(super) struct Change {
    pub device: usize,
    pub phase: Phase,
    pub filament: f64,
    /// Whether it conducted at the stamp, and whether it did not.
    pub was: [bool; 2],
}

impl Stamp {
    pub fn real(&mut self, signal: usize, value: f64) {
        match self.position[signal] {
            Some(position) => self.reals[position as usize].1 = value,
            None => {
                // No dump has as many variables as that can count.
                self.position[signal] = Some(self.reals.len() as u32);
                self.reals.push((signal, value));
            }
        }
    }

    pub fn device(&mut self, device: usize, phase: Phase, filament: f64) {
        let position = *self.device_position[device].get_or_insert(self.devices.len());
        if position == self.devices.len() {
            self.devices.push(Change { device, phase, filament, was: [false; 2] });
        }
        let change = &mut self.devices[position];
        (change.phase, change.filament) = (phase, filament);
        change.was[usize::from(phase.is_on())] = true;
    }

    pub fn levels(&mut self, bus: usize, levels: &[Level]) {
        let position = *self.bus_position[bus].get_or_insert(self.levels.len());
        if position == self.levels.len() {
            self.levels.push((bus, Vec::new()));
        }
        let kept = &mut self.levels[position].1;
        kept.clear();
        kept.extend_from_slice(levels);
    }

    pub fn clear(&mut self, units: u64) {
        self.units = units;
        if self.is_empty() {
            return;
        }
        // Without `drain`, which costs more than what there mostly is: one number.
        self.reals.iter().for_each(|(signal, _)| self.position[*signal] = None);
        self.reals.clear();
        self.devices.iter().for_each(|change| self.device_position[change.device] = None);
        self.devices.clear();
        self.levels.iter().for_each(|(bus, _)| self.bus_position[*bus] = None);
        self.levels.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.reals.is_empty() && self.devices.is_empty() && self.levels.is_empty()
    }
}
