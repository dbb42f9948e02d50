//! The neurons of the point level: the device's own, or what is stated in their place.

use memspike_device::BuiltModel;
use serde::{Deserialize, Serialize};

use crate::{Encoding, Lif, Line, Parameters, ideal_neuron};

/// What turns a pixel into spikes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// An oscillation neuron with the card's device.
    #[default]
    Device,
    /// The straight line of the paper's figure 4c, [`Line::FIGURE_4C`].
    Line,
}

/// How the neurons of the point level are made from a device. The default takes all from it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ideal {
    /// What turns a pixel into spikes.
    pub code: Code,
    /// Potential at which an output neuron fires (V); the device's if left out.
    pub threshold_v: Option<f64>,
    /// Potential after it has fired (V); the device's if left out.
    pub reset_v: Option<f64>,
    /// Equal steps of time, at whose end the spikes of each arrive together; their own instants if left
    /// out.
    pub steps: Option<u32>,
}

/// Neurons that cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum IdealError {
    /// The device does not fire.
    #[error("the card's device does not fire at 1.2 V behind 1 Mohm")]
    Silent,
    /// An output neuron that has fired would fire again at once.
    #[error(
        "an output neuron that falls to {reset_v} V is not below its threshold of {threshold_v} V: --lif-reset \
         must be below --lif-threshold, and what is not given is the card's"
    )]
    Swing {
        /// Threshold (V).
        threshold_v: f64,
        /// Potential after a spike (V).
        reset_v: f64,
    },
    /// More spikes a pixel than are kept.
    #[error("a white pixel would spike {spikes:.0} times an image; {MOST_SPIKES} are possible")]
    Spikes {
        /// Spikes of a white pixel.
        spikes: f64,
    },
}

/// Spikes of a pixel that are kept.
const MOST_SPIKES: u32 = 100_000;

impl Ideal {
    /// Whether the device decides anything.
    #[must_use]
    pub fn asks_device(&self) -> bool {
        self.code == Code::Device || self.threshold_v.is_none() || self.reset_v.is_none()
    }

    /// The neurons. `model` should be without variation.
    ///
    /// # Errors
    /// If the device or what is stated makes none.
    pub fn build(
        &self,
        parameters: &Parameters,
        model: &BuiltModel,
    ) -> Result<(Encoding, Lif), IdealError> {
        let own = ideal_neuron(parameters, model).ok_or(IdealError::Silent)?;
        let threshold_v = self.threshold_v.unwrap_or(own.threshold_v);
        let reset_v = self.reset_v.unwrap_or(own.reset_v);
        if reset_v.is_nan() || threshold_v.is_nan() || reset_v >= threshold_v {
            return Err(IdealError::Swing { threshold_v, reset_v });
        }
        let encoding = match self.code {
            Code::Device => Encoding::new(parameters, model),
            Code::Line => {
                let spikes = Line::FIGURE_4C.hz(parameters.white_v) * parameters.duration_s;
                if spikes > f64::from(MOST_SPIKES) {
                    return Err(IdealError::Spikes { spikes });
                }
                Encoding::of_line(parameters, Line::FIGURE_4C)
            }
        };
        let encoding = match self.steps {
            Some(steps) => encoding.in_steps(parameters.duration_s, steps),
            None => encoding,
        };
        Ok((encoding, Lif { threshold_v, reset_v, ..own }))
    }
}
