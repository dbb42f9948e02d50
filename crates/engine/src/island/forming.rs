//! Filaments that have just bridged: how wide the circuit lets them become.

use memspike_circuit::ElementId;

use super::{Failure, IslandRun};

impl IslandRun<'_> {
    /// Lets the first filament that has just bridged find its width; gives the device if its
    /// resistance changed by that.
    pub(super) fn form_next(&mut self, x: &[f64]) -> Result<Option<ElementId>, Failure> {
        for position in 0..self.devices.len() {
            let device = &self.devices[position];
            let Some(level) = device.model.forms_at(device.state) else { continue };
            let (least, v) = (device.ohm(), device.v.eval(0.0).abs());
            let ohm = if v < level { self.forming_ohm(position, x, level, v)? } else { least };
            let device = &mut self.devices[position];
            device.state = device.model.formed(device.state, ohm);
            if device.ohm() != least {
                return Ok(Some(device.element));
            }
        }
        Ok(None)
    }

    /// The resistance (ohm) at which the circuit leaves a device `level` volts, if it leaves it `v` at
    /// its present one. Seen from the device, the circuit is a source of current and a conductance,
    /// which its voltage at twice the resistance tells.
    fn forming_ohm(
        &mut self,
        position: usize,
        x: &[f64],
        level: f64,
        v: f64,
    ) -> Result<f64, Failure> {
        let element = self.devices[position].element;
        let ohm = self.devices[position].ohm();
        let doubled = self.configure_with(|device| {
            if device.element == element { 2.0 * device.ohm() } else { device.ohm() }
        })?;
        self.solve(&doubled, x);
        let v_doubled = self.devices[position].v.eval(0.0).abs();
        let conductance = (v / ohm - v_doubled / (2.0 * ohm)) / (v_doubled - v);
        let current = v / ohm + conductance * v;
        let formed = level / (current - conductance * level);
        // Formed by like currents, filaments are alike to the bit, and so is their configuration.
        let formed = f64::from(formed as f32);
        Ok(if formed > 0.0 { formed } else { f64::INFINITY })
    }
}
