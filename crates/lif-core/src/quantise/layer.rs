//! One layer.

use super::{Quantisation, QuantiseError, ROUNDING, Rounded, Rules, Scaling, Trained, Widths};
use super::{error::Figure, leak::leak_of, rounding::Quantity};
use crate::validate::{NARROWEST_POTENTIAL, WIDEST_POTENTIAL, WIDEST_WEIGHT, signed_bits};
use crate::{LayerSpec, Leak, Reset, Weights};

pub(super) struct Quantiser<'l> {
    pub number: usize,
    pub layer: &'l Trained,
    pub widths: Widths,
    pub rules: &'l Rules<'l>,
}

impl Quantiser<'_> {
    pub fn quantise(&self) -> Result<(LayerSpec, Weights, Quantisation), QuantiseError> {
        let (scale, scaling) = self.scale()?;
        let weights = self.weights(scale)?;
        let spec = self.spec(&weights, scale)?;
        let quantisation = self.quantisation(&spec, &weights, scale, scaling);
        self.check(&quantisation)?;
        Ok((spec, weights, quantisation))
    }

    fn spec(&self, weights: &Weights, scale: f64) -> Result<LayerSpec, QuantiseError> {
        let threshold = self.threshold(scale)?;
        let reset = self.reset(scale, threshold)?;
        let Widths { weight_bits, potential_bits } = self.widths;
        let mut spec = LayerSpec {
            inputs: weights.inputs(),
            neurons: weights.neurons(),
            weight_bits,
            potential_bits: WIDEST_POTENTIAL,
            threshold,
            leak: Leak::None,
            reset,
            saturation: self.layer.dynamics.saturation,
            refractory_ticks: self.layer.dynamics.refractory_ticks,
        };
        let least = weight_bits.max(NARROWEST_POTENTIAL);
        let sure = || (spec.sure_bits(weights) + 1).clamp(least, WIDEST_POTENTIAL);
        spec.potential_bits = potential_bits.unwrap_or_else(sure);
        spec.leak = self.leak(spec.potential_bits)?;
        Ok(spec)
    }

    fn quantisation(
        &self,
        spec: &LayerSpec,
        weights: &Weights,
        scale: f64,
        scaling: Scaling,
    ) -> Quantisation {
        let dynamics = &self.layer.dynamics;
        let obtained = |integer: i64| integer as f64 / scale;
        let held = match spec.reset {
            Reset::Subtract | Reset::Zero => 0,
            Reset::Hold { value } => value,
        };
        let below = spec.threshold - 1;
        Quantisation {
            scale,
            scaling,
            weight_error: self.weight_error(weights, scale),
            threshold: Rounded { wanted: dynamics.threshold, obtained: obtained(spec.threshold) },
            reset: dynamics.reset.map(|wanted| Rounded { wanted, obtained: obtained(held) }),
            retention: Rounded { wanted: dynamics.retention, obtained: spec.leak.retention() },
            leak_at_threshold: Rounded {
                wanted: below as f64 * (1.0 - dynamics.retention),
                obtained: (below - spec.leak.after(below)) as f64,
            },
        }
    }

    fn wrong(&self, name: &'static str, value: f64, allowed: &'static str) -> QuantiseError {
        QuantiseError::Dynamics { layer: self.number, name, value, allowed }
    }

    /// The smallest and the largest weight that fit.
    fn range(&self) -> (f64, f64) {
        let half = 2_f64.powi(self.widths.weight_bits as i32 - 1);
        (-half, half - 1.0)
    }

    fn scale(&self) -> Result<(f64, Scaling), QuantiseError> {
        let (low, high) = self.range();
        let floats = &self.layer.weights;
        let largest = self.largest();
        if largest == 0.0 {
            return Err(QuantiseError::AllZero(self.number));
        }
        let fit = || floats.values().iter().all(|weight| (low..=high).contains(&weight));
        let (scale, scaling) = match self.layer.scale {
            Some(scale) => (scale, Scaling::Given),
            None if floats.are_integers() && fit() => (1.0, Scaling::Integers),
            None => (high / largest, Scaling::LargestWeight),
        };
        if scale > 0.0 && scale.is_finite() {
            return Ok((scale, scaling));
        }
        Err(match scaling {
            Scaling::Given => self.wrong("the scale", scale, "above 0"),
            _ => self.wrong("the largest weight", largest, "large enough to be scaled"),
        })
    }

    fn largest(&self) -> f64 {
        self.layer.weights.greatest()
    }

    fn weights(&self, scale: f64) -> Result<Weights, QuantiseError> {
        let floats = &self.layer.weights;
        let (low, high) = self.range();
        let scaled = |weight: f64| (weight * scale).round();
        let outside = |weight: f64| !(low..=high).contains(&scaled(weight));
        if let Some(at) = floats.values().iter().position(outside) {
            let value = floats.values().get(at);
            return Err(QuantiseError::Weight {
                layer: self.number,
                input: at / floats.columns(),
                neuron: at % floats.columns(),
                value,
                scaled: scaled(value),
                scale,
                bits: self.widths.weight_bits,
                remedy: self.remedy(scale),
            });
        }
        let rows: Vec<i32> = floats.values().iter().map(|weight| scaled(weight) as i32).collect();
        if rows.iter().all(|weight| *weight == 0) {
            let (layer, largest) = (self.number, self.largest());
            return Err(QuantiseError::AllLost { layer, scale, largest });
        }
        Ok(Weights::new(floats.columns(), rows))
    }

    /// What would hold all weights: a scale, and a width if there is one.
    fn remedy(&self, scale: f64) -> String {
        let (low, high) = self.range();
        let weights = || self.layer.weights.values().iter();
        let above = weights().fold(0.0_f64, |most, weight| most.max(weight));
        let below = weights().fold(0.0_f64, |least, weight| least.min(weight));
        let fits = (high / above).min(-low / below.abs());
        let needed = [above, below].map(|weight| signed_bits((weight * scale).round() as i64));
        let needed = needed[0].max(needed[1]);
        let wider = match needed <= WIDEST_WEIGHT {
            true => format!(", and so do weights of {needed} bits"),
            false => String::new(),
        };
        format!("a scale of at most {} fits{wider}", Figure(fits))
    }

    fn weight_error(&self, weights: &Weights, scale: f64) -> f64 {
        let integers = (0..weights.inputs()).flat_map(|input| weights.row(input));
        integers
            .zip(self.layer.weights.values().iter())
            .map(|(integer, weight)| (f64::from(*integer) / scale - weight).abs())
            .fold(0.0, f64::max)
    }

    fn threshold(&self, scale: f64) -> Result<i64, QuantiseError> {
        let wanted = self.layer.dynamics.threshold;
        let threshold = (wanted * scale).round();
        // Beyond 31 bits potentials would be too wide anyway; Core::new says so.
        if (1.0..=f64::from(i32::MAX)).contains(&threshold) {
            return Ok(threshold as i64);
        }
        let allowed = "at least a step of the weights, and within 31 bits";
        Err(self.wrong("the threshold", wanted, allowed))
    }

    fn reset(&self, scale: f64, threshold: i64) -> Result<Reset, QuantiseError> {
        let Some(wanted) = self.layer.dynamics.reset else { return Ok(Reset::Subtract) };
        if wanted == 0.0 {
            return Ok(Reset::Zero);
        }
        let rounded = (wanted * scale).round();
        if wanted.is_nan() || wanted >= self.layer.dynamics.threshold {
            return Err(self.wrong("the reset", wanted, "below the threshold"));
        }
        if rounded.abs() >= f64::from(i32::MAX) {
            return Err(self.wrong("the reset", wanted, "within 31 bits"));
        }
        // A reset that rounds up to the threshold would fire for ever.
        Ok(Reset::Hold { value: (rounded as i64).min(threshold - 1) })
    }

    fn leak(&self, potential_bits: u32) -> Result<Leak, QuantiseError> {
        let retention = self.layer.dynamics.retention;
        if retention > 0.0 && retention <= 1.0 {
            return Ok(leak_of(retention, potential_bits, self.rules.rounding.min(ROUNDING)));
        }
        Err(self.wrong("the retention", retention, "above 0 and at most 1"))
    }

    fn check(&self, quantisation: &Quantisation) -> Result<(), QuantiseError> {
        let Quantisation { threshold, reset, retention, .. } = *quantisation;
        let place = format!("layer {}", self.number);
        Quantity::Threshold.check(self.rules, &place, threshold)?;
        if let Some(reset) = reset {
            let quantity = Quantity::Reset { threshold: threshold.wanted };
            quantity.check(self.rules, &place, reset)?;
        }
        Quantity::Retention.check(self.rules, &place, retention)?;
        Ok(())
    }
}
