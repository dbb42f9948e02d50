//! How a device varies from cycle to cycle, and from device to device.

use rand_distr::{Distribution as _, StandardNormal};

use crate::Deviation;
use crate::registry::ParameterError;
use memspike_random::Draws;

/// Shape of a distribution around its nominal value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Normal,
    Lognormal,
    /// Normal, given that it lies within three standard deviations.
    Truncated,
}

/// Standard deviations; all zero is a device that repeats itself. Of a truncated normal distribution they
/// are those of the normal one it is cut from; its own is 0.98658 of that.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Variation {
    /// From cycle to cycle.
    cycle: Deviations,
    /// From device to device.
    device: Deviations,
    /// Of voltages.
    shape: Shape,
    /// Drift of `von` with each cycle (V).
    drift: f64,
}

/// Standard deviations of what varies.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Deviations {
    /// Of `von` and `vhold` (V).
    volts: [f64; 2],
    /// Of `ron`, `roff` and `gres`, as parts of their means. They are lognormal: the paper's figure 2d shows
    /// resistances that spread on a logarithmic axis.
    parts: [f64; 3],
}

/// Least part of its nominal value that a drawn voltage keeps.
const LEAST_VON: f64 = 0.01;

/// The hold voltage stays below this part of `von`.
const GREATEST_VHOLD: f64 = 0.99;

/// Where a truncated normal distribution ends, in standard deviations.
const TRUNCATION: f64 = 3.0;

impl Variation {
    /// From `sigma_von, sigma_vhold, spread_von, spread_vhold, distribution, drift_von, sigma_ron,
    /// sigma_roff, sigma_gres, spread_ron, spread_roff, spread_gres`.
    pub fn from_values(values: &[f64; 12]) -> Result<Self, ParameterError> {
        const NAMES: [&str; 12] = [
            "sigma_von",
            "sigma_vhold",
            "spread_von",
            "spread_vhold",
            "distribution",
            "drift_von",
            "sigma_ron",
            "sigma_roff",
            "sigma_gres",
            "spread_ron",
            "spread_roff",
            "spread_gres",
        ];
        let deviations = NAMES.into_iter().zip(values).enumerate();
        for (_, (name, value)) in deviations.filter(|(at, _)| !(4..6).contains(at)) {
            if !(*value >= 0.0 && value.is_finite()) {
                return Err(ParameterError::new(name, *value, "must be finite, and not negative"));
            }
        }
        let [cycle_von, cycle_vhold, device_von, device_vhold, distribution, drift, ref parts @ ..] =
            *values;
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
        let [cycle, device] = [
            Deviations { volts: [cycle_von, cycle_vhold], parts: [parts[0], parts[1], parts[2]] },
            Deviations { volts: [device_von, device_vhold], parts: [parts[3], parts[4], parts[5]] },
        ];
        Ok(Self { cycle, device, shape, drift })
    }

    /// Deviations of a cycle from the nominal `von` and `vhold`, and of resistances and remainder. Those of the device are
    /// draw 0, whatever the repetition; each cycle has the next draw.
    pub fn deviation(&self, nominal: [f64; 2], draws: &Draws, cycle: u32) -> Deviation {
        if self.is_none() {
            return Deviation::default();
        }
        let own = self.shifts(nominal, &self.device, &draws.lasting(), 0);
        let now = self.shifts(nominal, &self.cycle, draws, u64::from(cycle) + 1);
        let drifted = self.drift * f64::from(cycle);
        let von = (nominal[0] + own.von + now.von + drifted).max(LEAST_VON * nominal[0]);
        let vhold = (nominal[1] + own.vhold + now.vhold).clamp(0.0, GREATEST_VHOLD * von);
        Deviation {
            von: von - nominal[0],
            vhold: vhold - nominal[1],
            ln_ron: own.ln_ron + now.ln_ron,
            ln_roff: own.ln_roff + now.ln_roff,
            ln_gres: own.ln_gres + now.ln_gres,
        }
    }

    /// The same device, each cycle like its others.
    pub fn repeating(&self) -> Self {
        Self { cycle: Deviations::default(), drift: 0.0, ..self.clone() }
    }

    fn is_none(&self) -> bool {
        !self.changes() && self.device == Deviations::default()
    }

    /// Whether one cycle of a device differs from the next.
    pub fn changes(&self) -> bool {
        self.cycle != Deviations::default() || self.drift != 0.0
    }

    fn shifts(
        &self,
        nominal: [f64; 2],
        sigma: &Deviations,
        draws: &Draws,
        count: u64,
    ) -> Deviation {
        if *sigma == Deviations::default() {
            return Deviation::default();
        }
        let mut generator = draws.generator(count);
        let [von, vhold] = [0, 1].map(|k| {
            let mut z: f64 = StandardNormal.sample(&mut generator);
            // One in 370 is drawn again.
            while self.shape == Shape::Truncated && z.abs() > TRUNCATION {
                z = StandardNormal.sample(&mut generator);
            }
            self.shift(nominal[k], sigma.volts[k], z)
        });
        if sigma.parts == [0.0; 3] {
            return Deviation { von, vhold, ..Deviation::default() };
        }
        // Mean 1, standard deviation `part`.
        let [ln_ron, ln_roff, ln_gres] = sigma.parts.map(|part| {
            let z: f64 = StandardNormal.sample(&mut generator);
            let s = (part * part).ln_1p().sqrt();
            s * z - 0.5 * s * s
        });
        Deviation { von, vhold, ln_ron, ln_roff, ln_gres }
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
