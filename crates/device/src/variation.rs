//! How the voltages of a device vary from cycle to cycle, and from device to device.

use crate::registry::ParameterError;
use crate::{Deviation, Draws};

/// Shape of a distribution around its nominal value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Normal,
    Lognormal,
    /// Normal, limited to three standard deviations.
    Truncated,
}

/// Standard deviations in volts; all zero is a device that repeats itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Variation {
    /// Cycle to cycle, of `von` and `vhold`.
    cycle: [f64; 2],
    /// Device to device, of `von` and `vhold`.
    device: [f64; 2],
    shape: Shape,
    /// Drift of `von` with each cycle (V).
    drift: f64,
}

/// Least part of its nominal value that a drawn voltage keeps.
const LEAST_VON: f64 = 0.01;

/// The hold voltage stays below this part of `von`.
const GREATEST_VHOLD: f64 = 0.99;

/// Where a truncated normal distribution ends, in standard deviations.
const TRUNCATION: f64 = 3.0;

impl Variation {
    /// From `sigma_von, sigma_vhold, spread_von, spread_vhold, distribution, drift_von`.
    pub fn from_values(values: &[f64; 6]) -> Result<Self, ParameterError> {
        const NAMES: [&str; 4] = ["sigma_von", "sigma_vhold", "spread_von", "spread_vhold"];
        for (name, value) in NAMES.into_iter().zip(values) {
            if !(*value >= 0.0 && value.is_finite()) {
                return Err(ParameterError::new(name, *value, "must be finite, and not negative"));
            }
        }
        let [cycle_von, cycle_vhold, device_von, device_vhold, distribution, drift] = *values;
        let shape = match distribution {
            0.0 => Shape::Normal,
            1.0 => Shape::Lognormal,
            2.0 => Shape::Truncated,
            other => {
                let reason = "must be 0 (normal), 1 (lognormal) or 2 (normal within 3 sigma)";
                return Err(ParameterError::new("distribution", other, reason));
            }
        };
        if !drift.is_finite() {
            return Err(ParameterError::new("drift_von", drift, "must be finite"));
        }
        let (cycle, device) = ([cycle_von, cycle_vhold], [device_von, device_vhold]);
        Ok(Self { cycle, device, shape, drift })
    }

    /// Deviations of a cycle from the nominal `von` and `vhold`. Draw 0 is the device's own, each
    /// cycle has the next one.
    pub fn deviation(&self, nominal: [f64; 2], draws: &Draws, cycle: u32) -> Deviation {
        if self.is_none() {
            return Deviation::default();
        }
        let own = self.shifts(nominal, self.device, draws, 0);
        let now = self.shifts(nominal, self.cycle, draws, u64::from(cycle) + 1);
        let drifted = self.drift * f64::from(cycle);
        let von = (nominal[0] + own[0] + now[0] + drifted).max(LEAST_VON * nominal[0]);
        let vhold = (nominal[1] + own[1] + now[1]).clamp(0.0, GREATEST_VHOLD * von);
        Deviation { von: von - nominal[0], vhold: vhold - nominal[1] }
    }

    /// The same device, each cycle like its others.
    pub fn repeating(&self) -> Self {
        Self { cycle: [0.0; 2], drift: 0.0, ..self.clone() }
    }

    fn is_none(&self) -> bool {
        !self.changes() && self.device == [0.0; 2]
    }

    /// Whether one cycle of a device differs from the next.
    pub fn changes(&self) -> bool {
        self.cycle != [0.0; 2] || self.drift != 0.0
    }

    fn shifts(&self, nominal: [f64; 2], sigma: [f64; 2], draws: &Draws, count: u64) -> [f64; 2] {
        if sigma == [0.0; 2] {
            return [0.0; 2];
        }
        let z = draws.normal_pair(count);
        [0, 1].map(|k| self.shift(nominal[k], sigma[k], z[k]))
    }

    fn shift(&self, nominal: f64, sigma: f64, z: f64) -> f64 {
        match self.shape {
            Shape::Normal => sigma * z,
            Shape::Truncated => sigma * z.clamp(-TRUNCATION, TRUNCATION),
            Shape::Lognormal if nominal > 0.0 => {
                // Mean `nominal`, standard deviation `sigma`.
                let s = (sigma / nominal).powi(2).ln_1p().sqrt();
                nominal * (s * z - 0.5 * s * s).exp_m1()
            }
            Shape::Lognormal => 0.0,
        }
    }
}
