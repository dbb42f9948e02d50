//! Filaments that have just bridged: how wide the circuit lets them become.

use memspike_circuit::ElementId;
use memspike_device::{Phase, State, Width, formed_ohm};

use super::{Failure, IslandRun};

impl IslandRun<'_> {
    /// Lets the first filament that has just bridged find its width; gives the device if its
    /// resistance changed by that.
    pub(super) fn form_next(&mut self, x: &[f64]) -> Result<Option<ElementId>, Failure> {
        for position in 0..self.devices.len() {
            let device = &self.devices[position];
            let Some(level) = device.model.forms_at(&device.state) else { continue };
            let widest = Width { ohm: device.ohm(), volt: device.v.eval(0.0) };
            let falls_below = widest.volt.abs() < level;
            let ohm = if falls_below {
                formed_ohm(level, self.narrowest(position, x)?, widest)
            } else {
                widest.ohm
            };
            let device = &mut self.devices[position];
            device.form(ohm);
            if device.ohm() != widest.ohm {
                return Ok(Some(device.element));
            }
            if falls_below {
                self.configure()?;
                self.solve(x);
            }
        }
        Ok(None)
    }

    /// A device's filament before it widens: as the device is when off, under the voltage that the rest of
    /// the circuit, as it is now, then leaves it. Takes the island there.
    fn narrowest(&mut self, position: usize, x: &[f64]) -> Result<Width, Failure> {
        let device = &self.devices[position];
        let off = State { phase: Phase::Off, formed_ohm: None, ..device.state };
        let (element, ohm) = (device.element, device.model.resistance(&off));
        self.configure_with(|device| if device.element == element { ohm } else { device.ohm() })?;
        self.solve(x);
        Ok(Width { ohm, volt: self.devices[position].v.eval(0.0) })
    }
}
