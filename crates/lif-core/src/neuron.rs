//! What one neuron does, in plain integers.

use crate::{LayerSpec, Reset};

/// The state of a neuron.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Neuron {
    /// Potential.
    pub v: i64,
    /// Refractory ticks that are left.
    pub refractory: u32,
}

impl Neuron {
    /// The state after an event with this weight.
    pub fn integrate(self, spec: &LayerSpec, weight: i32) -> Self {
        if self.refractory > 0 {
            return self;
        }
        let sum = self.v + i64::from(weight);
        Self { v: sum.clamp(spec.lowest(), spec.highest()), ..self }
    }

    /// The state after a tick, and whether the neuron fired.
    pub fn tick(self, spec: &LayerSpec) -> (Self, bool) {
        if self.refractory > 0 {
            return (Self { refractory: self.refractory - 1, ..self }, false);
        }
        if self.v < spec.threshold {
            return (Self { v: spec.leak.after(self.v), refractory: 0 }, false);
        }
        let v = match spec.reset {
            Reset::Zero => 0,
            Reset::Hold { value } => value,
            Reset::Subtract => self.v - spec.threshold,
        };
        (Self { v, refractory: spec.refractory_ticks }, true)
    }
}

#[cfg(test)]
mod tests {
    use super::Neuron;
    use crate::{LayerSpec, Leak, Reset, Saturation};

    const SPEC: LayerSpec = LayerSpec {
        inputs: 1,
        neurons: 1,
        weight_bits: 8,
        potential_bits: 8,
        threshold: 100,
        leak: Leak::Shift { shift: 2 },
        reset: Reset::Subtract,
        saturation: Saturation::Signed,
        refractory_ticks: 2,
    };

    const fn at(v: i64) -> Neuron {
        Neuron { v, refractory: 0 }
    }

    #[test]
    fn sums_stop_at_the_ends_of_eight_bits() {
        assert_eq!(at(120).integrate(&SPEC, 120).v, 127);
        assert_eq!(at(-120).integrate(&SPEC, -120).v, -128);
        let floor = LayerSpec { saturation: Saturation::NonNegative, ..SPEC };
        assert_eq!(at(5).integrate(&floor, -6).v, 0);
    }

    #[test]
    fn a_neuron_on_its_threshold_fires_and_one_below_leaks() {
        assert_eq!(at(100).tick(&SPEC), (Neuron { v: 0, refractory: 2 }, true));
        assert_eq!(at(99).tick(&SPEC), (at(75), false));
    }

    #[test]
    fn leaks_round_down() {
        assert_eq!(at(-1).tick(&SPEC).0.v, 0);
        assert_eq!(at(-7).tick(&SPEC).0.v, -5);
        let product = LayerSpec { leak: Leak::Multiply { factor: 3, shift: 2 }, ..SPEC };
        assert_eq!(at(-7).tick(&product).0.v, -6);
        assert_eq!(at(7).tick(&product).0.v, 5);
    }

    #[test]
    fn a_refractory_neuron_counts_down_and_does_nothing_else() {
        let resting = Neuron { v: 50, refractory: 2 };
        assert_eq!(resting.integrate(&SPEC, 77), resting);
        assert_eq!(resting.tick(&SPEC), (Neuron { v: 50, refractory: 1 }, false));
    }
}
