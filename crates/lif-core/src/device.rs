//! From the constants of a LIF device to what a quantised neuron does.

use memspike_network::Lif;

use crate::{Dynamics, TimeStep};

/// A leaky integrate-and-fire neuron of a threshold-switching memristor across a capacitor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeviceNeuron {
    /// Voltage at which the device turns on, and the neuron fires (V).
    pub threshold_v: f64,
    /// Voltage at which it turns off again (V).
    pub hold_v: f64,
    /// Resistance through which the membrane leaks (ohm).
    pub leak_ohm: f64,
    /// Membrane capacitance (F).
    pub membrane_f: f64,
}

/// Why constants make no neuron.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum DeviceError {
    /// A constant that must be positive.
    #[error("{name} is {value}, it must be positive")]
    Positive {
        /// Which one.
        name: &'static str,
        /// What it is.
        value: f64,
    },
    /// The device would never turn off, or never on.
    #[error("the hold voltage {hold_v} V is not below the threshold {threshold_v} V")]
    Hold {
        /// Hold voltage (V).
        hold_v: f64,
        /// Threshold (V).
        threshold_v: f64,
    },
    /// A leak that is lost in a number of 64 bits.
    #[error(
        "of a time step of {step_s} s a membrane of R C = {tau_s} s shows nothing; take a longer one"
    )]
    Step {
        /// Time step (s).
        step_s: f64,
        /// Time constant (s).
        tau_s: f64,
    },
}

impl DeviceNeuron {
    /// What the neuron does at time steps of `step_s` seconds, when weights are volts of the membrane per event:
    /// `exp(-step / R C)` remains of a potential, and a spike ends at the hold voltage.
    ///
    /// # Errors
    /// A constant that is not positive, a hold voltage that is not below the threshold, or a step that is nothing beside `R C`.
    pub fn dynamics(&self, step_s: f64) -> Result<Dynamics, DeviceError> {
        let positive = [
            ("the threshold voltage", self.threshold_v),
            ("the leak resistance", self.leak_ohm),
            ("the membrane capacitance", self.membrane_f),
            ("the time step", step_s),
        ];
        for (name, value) in positive {
            if !(value > 0.0 && value.is_finite()) {
                return Err(DeviceError::Positive { name, value });
            }
        }
        let (hold_v, threshold_v) = (self.hold_v, self.threshold_v);
        if !(hold_v < threshold_v && hold_v.is_finite()) {
            return Err(DeviceError::Hold { hold_v, threshold_v });
        }
        let lif = Lif { tau_s: self.leak_ohm * self.membrane_f, threshold_v, reset_v: hold_v };
        let dynamics = Dynamics::of_lif(&lif, 1.0, TimeStep::of_length(step_s));
        if dynamics.retention == 1.0 {
            return Err(DeviceError::Step { step_s, tau_s: lif.tau_s });
        }
        Ok(dynamics)
    }
}
