//! What both levels of the network share.

use memspike_network::ParameterError;
use serde::{Deserialize, Serialize};

/// The circuit around the devices, in SI units. Defaults are the paper's neuron (1 Mohm, 47 nF),
/// its input range and, for the drivers of the rows, the pulses of its LIF measurements.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// How long an image is shown (s).
    pub duration_s: f64,
    /// Voltage of a white pixel; a black one is 0 V (V).
    pub white_v: f64,
    /// Resistor of a neuron: from the pixel to an oscillation neuron, across the capacitor of a LIF
    /// neuron (ohm).
    pub neuron_ohm: f64,
    /// Capacitor of a neuron (F).
    pub neuron_farad: f64,
    /// Voltage of a pulse on a row (V).
    pub pulse_v: f64,
    /// Width of a pulse on a row (s).
    pub pulse_s: f64,
    /// Conductance by which the pair of a weight of 1 differs (S).
    pub weight_siemens: f64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            duration_s: 0.1,
            white_v: 2.0,
            neuron_ohm: 1e6,
            neuron_farad: 47e-9,
            pulse_v: 2.0,
            pulse_s: 400e-6,
            weight_siemens: 1e-6,
        }
    }
}

impl Parameters {
    /// Checks every value, and that an image is shown for at most a thousand time constants of a neuron, which
    /// bounds its spikes.
    ///
    /// # Errors
    /// The first that is out of range.
    pub fn validate(&self) -> Result<(), ParameterError> {
        let tau_s = self.neuron_ohm * self.neuron_farad;
        for (name, value, least, greatest) in [
            ("white_v", self.white_v, 1e-3, 10.0),
            ("neuron_ohm", self.neuron_ohm, 1.0, 1e12),
            ("neuron_farad", self.neuron_farad, 1e-18, 1.0),
            ("duration_s", self.duration_s, 1e-12, 1000.0 * tau_s),
            ("pulse_v", self.pulse_v, 1e-3, 10.0),
            ("pulse_s", self.pulse_s, 1e-12, self.duration_s),
            ("weight_siemens", self.weight_siemens, 1e-15, 1.0),
        ] {
            if !(least..=greatest).contains(&value) {
                return Err(ParameterError { name, value, least, greatest, hint: "" });
            }
        }
        Ok(())
    }

    /// Voltage of a pixel (V).
    #[must_use]
    pub fn pixel_v(&self, pixel: u8) -> f64 {
        self.white_v * f64::from(pixel) / 255.0
    }

    /// How far one pulse through a conductance moves a membrane (V/S).
    #[must_use]
    pub fn volts_per_siemens(&self) -> f64 {
        self.pulse_v * self.pulse_s / self.neuron_farad
    }
}
