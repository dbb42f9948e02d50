//! How the voltages of a device vary from cycle to cycle, and from device to device.

use rand_distr::{Distribution as _, StandardNormal};

use crate::registry::ParameterError;
use crate::{Deviation, Draws};

/// Shape of a distribution around its nominal value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Normal,
    Lognormal,
    /// Normal, given that it lies within three standard deviations.
    Truncated,
}

/// Standard deviations in volts; all zero is a device that repeats itself. Of a truncated normal
/// distribution it is that of the normal one it is cut from; its own is 0.98658 of that.
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
                let reason = "must be 0 (normal), 1 (lognormal) or 2 (normal truncated at 3 sigma)";
                return Err(ParameterError::new("distribution", other, reason));
            }
        };
        if !drift.is_finite() {
            return Err(ParameterError::new("drift_von", drift, "must be finite"));
        }
        let (cycle, device) = ([cycle_von, cycle_vhold], [device_von, device_vhold]);
        Ok(Self { cycle, device, shape, drift })
    }

    /// Deviations of the device from the nominal `von` and `vhold`: draw 0, whatever the repetition.
    pub fn own(&self, nominal: [f64; 2], draws: &Draws) -> Deviation {
        let [von, vhold] = self.shifts(nominal, self.device, &draws.lasting(), 0);
        Deviation { von, vhold }
    }

    /// Deviations of a cycle, those of the device included. Each cycle has the next draw.
    pub fn deviation(
        &self,
        nominal: [f64; 2],
        own: Deviation,
        draws: &Draws,
        cycle: u32,
    ) -> Deviation {
        if self.is_none() {
            return Deviation::default();
        }
        let now = self.shifts(nominal, self.cycle, draws, u64::from(cycle) + 1);
        let drifted = self.drift * f64::from(cycle);
        let von = (nominal[0] + own.von + now[0] + drifted).max(LEAST_VON * nominal[0]);
        let vhold = (nominal[1] + own.vhold + now[1]).clamp(0.0, GREATEST_VHOLD * von);
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
        let mut generator = draws.generator(count);
        [0, 1].map(|k| {
            let mut z: f64 = StandardNormal.sample(&mut generator);
            // One in 370 is drawn again.
            while self.shape == Shape::Truncated && z.abs() > TRUNCATION {
                z = StandardNormal.sample(&mut generator);
            }
            self.shift(nominal[k], sigma[k], z)
        })
    }

    fn shift(&self, nominal: f64, sigma: f64, z: f64) -> f64 {
        match self.shape {
            Shape::Normal | Shape::Truncated => sigma * z,
            Shape::Lognormal if nominal > 0.0 => {
                // Mean `nominal`, standard deviation `sigma`.
                let s = (sigma / nominal).powi(2).ln_1p().sqrt();
                nominal * (s * z - 0.5 * s * s).exp_m1()
            }
            Shape::Lognormal => 0.0,
        }
    }
}
