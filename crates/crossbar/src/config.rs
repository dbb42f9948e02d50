//! What an array is made of and which flaws it has.

use serde::{Deserialize, Serialize};

/// An array's devices, wires and flaws, all in SI units. Whatever is left out is ideal, so every
/// flaw can be switched on alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Smallest conductance of a device (S).
    pub gmin_s: f64,
    /// Largest conductance of a device (S).
    pub gmax_s: f64,
    /// Evenly spaced conductances that a device can be programmed to, both ends included; any
    /// conductance if left out.
    #[serde(default)]
    pub levels: Option<u32>,
    /// Weight whose pair of devices differs by `gmax_s - gmin_s`; if left out, the largest
    /// magnitude among the weights.
    #[serde(default)]
    pub weight_max: Option<f64>,
    /// Error that remains after a device was programmed.
    #[serde(default)]
    pub programming_noise: Noise,
    /// Error of a device that is drawn anew for every reading.
    #[serde(default)]
    pub read_noise: Noise,
    /// Devices that cannot be programmed.
    #[serde(default)]
    pub faults: Faults,
    /// Change of the programmed conductance with time.
    #[serde(default)]
    pub drift: Drift,
    /// Resistance of the wires and of what they end in.
    #[serde(default)]
    pub wires: Wires,
}

/// A normal error of a conductance; what would fall below zero is zero.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// Standard deviation, as a part of `relative_to`.
    pub sigma: f64,
    /// What `sigma` is a part of.
    #[serde(default)]
    pub relative_to: Reference,
}

/// What the standard deviation of a noise is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// `gmax_s - gmin_s`: the same error at every conductance.
    #[default]
    Range,
    /// The device's own conductance.
    Conductance,
}

/// Devices that are stuck, each independently of the others. They neither take a programming
/// error nor drift, but are read with noise.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// Probability that a device is stuck at `gmax_s`.
    pub stuck_on: f64,
    /// Probability that a device is stuck at `gmin_s`.
    pub stuck_off: f64,
}

/// Drift by a power law: `g(t) = g(t0) (t / t0)^-nu`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Drift {
    /// Exponent, its mean over devices.
    pub nu: f64,
    /// Standard deviation of the exponent from device to device.
    pub nu_sigma: f64,
    /// Time after programming at which the programmed conductance holds (s).
    pub t0_s: f64,
    /// Time after programming at which the array is used (s), not before `t0_s`.
    pub time_s: f64,
}

impl Default for Drift {
    fn default() -> Self {
        Self { nu: 0.0, nu_sigma: 0.0, t0_s: 1.0, time_s: 1.0 }
    }
}

/// Resistances in series with the devices (ohm). A row is driven at its first column; a column is
/// sensed after its last row, behind one more segment, by a virtual ground.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wires {
    /// Of a row's segment: from the driver to the first device, and between two devices.
    pub row_ohm: f64,
    /// Of a column's segment: between two devices, and from the last one to the sense side.
    pub column_ohm: f64,
    /// Of each row's driver.
    pub driver_ohm: f64,
    /// Of each column's sense resistor; zero is a virtual ground at the end of the wire.
    pub sense_ohm: f64,
}

impl Wires {
    /// Whether no wire, driver or sense resistance is present.
    #[must_use]
    pub fn are_ideal(&self) -> bool {
        *self == Self::default()
    }
}

impl Config {
    /// An array without any flaw whose devices reach from `gmin_s` to `gmax_s` (S).
    #[must_use]
    pub fn ideal(gmin_s: f64, gmax_s: f64) -> Self {
        Self {
            gmin_s,
            gmax_s,
            levels: None,
            weight_max: None,
            programming_noise: Noise::default(),
            read_noise: Noise::default(),
            faults: Faults::default(),
            drift: Drift::default(),
            wires: Wires::default(),
        }
    }

    /// Checks every value.
    ///
    /// # Errors
    /// The first value out of its range, with its name and the range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let not_negative = "must be finite, and not negative";
        let Self { gmin_s, gmax_s, faults, drift, wires, .. } = self;
        check("gmin_s", *gmin_s, *gmin_s >= 0.0, not_negative)?;
        check("gmax_s", *gmax_s, gmax_s > gmin_s, "must be finite, and above gmin_s")?;
        if let Some(levels) = self.levels {
            check("levels", f64::from(levels), levels >= 2, "must be at least 2")?;
        }
        if let Some(weight) = self.weight_max {
            check("weight_max", weight, weight > 0.0, "must be finite, and above zero")?;
        }
        for (name, sigma) in [
            ("programming_noise.sigma", self.programming_noise.sigma),
            ("read_noise.sigma", self.read_noise.sigma),
            ("drift.nu_sigma", drift.nu_sigma),
            ("wires.row_ohm", wires.row_ohm),
            ("wires.column_ohm", wires.column_ohm),
            ("wires.driver_ohm", wires.driver_ohm),
            ("wires.sense_ohm", wires.sense_ohm),
        ] {
            check(name, sigma, sigma >= 0.0, not_negative)?;
        }
        let Faults { stuck_on, stuck_off } = *faults;
        let probability = "must be from 0 to 1";
        check("faults.stuck_on", stuck_on, (0.0..=1.0).contains(&stuck_on), probability)?;
        check("faults.stuck_off", stuck_off, (0.0..=1.0).contains(&stuck_off), probability)?;
        let both = stuck_on + stuck_off;
        check("faults.stuck_on + faults.stuck_off", both, both <= 1.0, "must be at most 1")?;
        check("drift.nu", drift.nu, true, "must be finite")?;
        check("drift.t0_s", drift.t0_s, drift.t0_s > 0.0, "must be finite, and above zero")?;
        let later = drift.time_s >= drift.t0_s;
        check("drift.time_s", drift.time_s, later, "must be finite, and not before drift.t0_s")
    }
}

fn check(
    name: &'static str,
    value: f64,
    in_range: bool,
    reason: &'static str,
) -> Result<(), ConfigError> {
    if in_range && value.is_finite() { Ok(()) } else { Err(ConfigError { name, value, reason }) }
}

/// A value of a [`Config`] that is out of its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{name} = {value} {reason}")]
pub struct ConfigError {
    /// Path of the value in the configuration, such as `drift.nu`.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// The range it must keep.
    pub reason: &'static str,
}
