//! The network that a shape is, where no file says another.

use memspike_network::{
    Builder, Connections, Delay, Effect, LifPulse, Membrane, Model, Network, NetworkError,
    OneShotRow, Recorded, Reset, Spikes, Weights,
};

use crate::layers::MOST_WEIGHTS;

/// The circuit around the weights of layers, in SI units. Resistor, capacitor, pulse and conductance are those of the paper's neuron.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Design {
    /// Resistor across the capacitor of a neuron (ohm).
    pub neuron_ohm: f64,
    /// That capacitor (F).
    pub neuron_farad: f64,
    /// Potential of a spike; its reset is 0 V.
    pub threshold_v: f64,
    /// How long a neuron rests after a spike (s).
    pub refractory_s: f64,
    /// Voltage of a pulse on a row (V).
    pub pulse_v: f64,
    /// Width of a pulse on a row (s).
    pub pulse_s: f64,
    /// From a spike of a neuron to the start of its pulse (fs), at least 1.
    pub delay_fs: u64,
    /// Conductance by which the pair of a weight of 1 differs (S).
    pub weight_siemens: f64,
}

/// Why a shape is no network.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// Inputs alone, or nothing.
    #[error("a shape has inputs and at least one layer, such as 4-120-3")]
    Short,
    /// More weights than are trained.
    #[error("a shape of {found:e} weights; at most {MOST_WEIGHTS} are trained")]
    Size {
        /// Weights.
        found: f64,
    },
    /// What the network says.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

impl Default for Design {
    fn default() -> Self {
        Self {
            neuron_ohm: 1e6,
            neuron_farad: 47e-9,
            threshold_v: 0.2,
            refractory_s: 0.0,
            pulse_v: 2.0,
            pulse_s: 47e-3,
            delay_fs: 1_000_000_000,
            weight_siemens: 1e-6,
        }
    }
}

impl Design {
    /// Time constant of a membrane (s).
    #[must_use]
    pub fn tau_s(&self) -> f64 {
        self.neuron_ohm * self.neuron_farad
    }

    /// The network of these sizes, from the inputs to the classes, without any weight yet. Names are those of the classifier: `inputs`,
    /// `rows1`, `hidden1` and so on, `outputs`.
    ///
    /// # Errors
    /// [`DesignError`].
    pub fn network(&self, shape: &[usize]) -> Result<Network, DesignError> {
        let [inputs, layers @ ..] = shape else { return Err(DesignError::Short) };
        if layers.is_empty() || shape.contains(&0) {
            return Err(DesignError::Short);
        }
        let pairs = shape.windows(2).map(|pair| pair[0] as f64 * pair[1] as f64);
        let found: f64 = pairs.sum();
        if found > MOST_WEIGHTS as f64 {
            return Err(DesignError::Size { found });
        }
        let none = Spikes::new(Vec::new()).expect("no spike is out of order");
        let mut builder = Builder::new();
        let mut size = *inputs;
        let mut before = builder.population("inputs", size, Recorded { spikes: none });
        for (number, neurons) in (1..).zip(layers) {
            let is_last = number == layers.len();
            let suffix = if is_last { String::new() } else { number.to_string() };
            let rows = builder.population(&format!("rows{suffix}"), size, self.row());
            let name = if is_last { "outputs".to_owned() } else { format!("hidden{number}") };
            let to = builder.population(&name, *neurons, self.neuron());
            let after = Delay::All(if number == 1 { 0 } else { self.delay_fs });
            let drivers = format!("drivers{suffix}");
            builder.projection(
                &drivers,
                [before, rows],
                Connections::OneToOne,
                Effect::Trigger,
                after,
            );
            let weights = vec![0.0_f32; size * neurons];
            let weights = Weights::new(size, *neurons, weights).expect("no weight is no number");
            let unit = Effect::Siemens(self.weight_siemens);
            let array = Connections::Dense(weights);
            builder.projection(
                &format!("synapses{suffix}"),
                [rows, to],
                array,
                unit,
                Delay::All(0),
            );
            (before, size) = (to, *neurons);
        }
        Ok(builder.build()?)
    }

    fn row(&self) -> OneShotRow {
        OneShotRow { pulse_v: self.pulse_v, pulse_s: self.pulse_s }
    }

    fn neuron(&self) -> Model {
        let membrane = Membrane {
            tau_s: self.tau_s(),
            rest_v: 0.0,
            threshold_v: self.threshold_v,
            reset: Reset::Zero,
            refractory_s: self.refractory_s,
            initial_v: None,
        };
        LifPulse { membrane, capacitance_farad: self.neuron_farad, drive_ampere: 0.0 }.into()
    }
}
