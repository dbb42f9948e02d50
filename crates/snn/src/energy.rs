//! Where the energy of an image comes from and where it goes.

use serde::{Deserialize, Serialize};

/// Energies of an image (J): what the sources deliver is what the parts turn into heat or keep.
///
/// Drivers and mirrors are ideal: what their own transistors take is not counted. A mirror delivers the
/// column's current into the membrane, so a membrane's charge comes from it and not from the array.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Energy {
    /// Delivered by the sources of the pixels.
    pub pixels_j: f64,
    /// Delivered by the mirrors into the membranes of the LIF neurons; below zero if they take more than they give.
    pub mirrors_j: f64,
    /// Heat in the series resistors of the oscillation neurons.
    pub series_resistors_j: f64,
    /// Heat in their memristors.
    pub input_neurons_j: f64,
    /// Heat in the synapses, and in their wires if they have any: all that the drivers of rows deliver,
    /// because columns end at zero volts.
    pub array_j: f64,
    /// Heat in the leak resistors of the LIF neurons.
    pub leak_resistors_j: f64,
    /// Heat in their memristors.
    pub output_neurons_j: f64,
    /// Left on the membranes of both layers at the end.
    pub stored_j: f64,
}

impl Energy {
    /// All that the sources deliver (J).
    #[must_use]
    pub fn delivered_j(&self) -> f64 {
        self.pixels_j + self.array_j + self.mirrors_j
    }

    /// All that became heat or is left (J).
    #[must_use]
    pub fn total_j(&self) -> f64 {
        self.series_resistors_j
            + self.input_neurons_j
            + self.array_j
            + self.leak_resistors_j
            + self.output_neurons_j
            + self.stored_j
    }

    /// Each of them, divided.
    #[must_use]
    pub fn over(self, count: f64) -> Self {
        Self {
            pixels_j: self.pixels_j / count,
            mirrors_j: self.mirrors_j / count,
            series_resistors_j: self.series_resistors_j / count,
            input_neurons_j: self.input_neurons_j / count,
            array_j: self.array_j / count,
            leak_resistors_j: self.leak_resistors_j / count,
            output_neurons_j: self.output_neurons_j / count,
            stored_j: self.stored_j / count,
        }
    }
}

impl std::ops::AddAssign for Energy {
    fn add_assign(&mut self, other: Self) {
        self.pixels_j += other.pixels_j;
        self.mirrors_j += other.mirrors_j;
        self.series_resistors_j += other.series_resistors_j;
        self.input_neurons_j += other.input_neurons_j;
        self.array_j += other.array_j;
        self.leak_resistors_j += other.leak_resistors_j;
        self.output_neurons_j += other.output_neurons_j;
        self.stored_j += other.stored_j;
    }
}

/// Integrals over the time of a neuron, of which its energies are made.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Integrals {
    /// Of the square of the voltage behind the resistor (V^2 s).
    pub input: f64,
    /// Of that voltage times that of the membrane (V^2 s).
    pub product: f64,
    /// Of the square of the membrane's voltage (V^2 s).
    pub membrane: f64,
    /// Heat in the device (J).
    pub device_j: f64,
}

impl Integrals {
    /// Adds a stretch of `dt` seconds with `input_v` behind the resistor, in which the membrane relaxes from
    /// `from` to `to` towards `end` at the rate `-rate`, beside a device of `siemens`.
    pub fn relax(
        &mut self,
        input_v: f64,
        [from, to, end]: [f64; 3],
        rate: f64,
        dt: f64,
        siemens: f64,
    ) {
        let (start, rest) = (from - end, to - end);
        let mean = end * dt + (start - rest) / rate;
        let square = end * end * dt
            + (2.0 * end * (start - rest) + 0.5 * (start * start - rest * rest)) / rate;
        self.input += input_v * input_v * dt;
        self.product += input_v * mean;
        self.membrane += square;
        self.device_j += siemens * square;
    }
}
