//! A network of one layer as a value, and what the two levels take from it.

use memspike_network::{
    Connections, Delay, Effect, Lif, Model, Network, NetworkError, Population, Projection, Weights,
};

use crate::Parameters;

impl Parameters {
    /// The network of this circuit and these weights: an oscillation neuron and a row for each input, a LIF neuron
    /// for each output. `lif` stands for the LIF neurons where devices are ideal.
    ///
    /// # Errors
    /// A parameter out of its range.
    pub fn network(&self, weights: Weights, lif: Option<Lif>) -> Result<Network, NetworkError> {
        self.layered(vec![weights], lif)
    }
}

/// A network of one layer: oscillation neurons, a row for each, and LIF neurons behind an array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SingleLayer<'n> {
    /// Its circuit, with how long an image is shown.
    pub parameters: Parameters,
    /// What stands for the LIF neurons where devices are ideal.
    pub lif: Option<Lif>,
    /// Of the array.
    pub weights: &'n Weights,
}

/// A network that is not of this kind.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LayerError {
    /// Another number of populations or projections.
    #[error(
        "a network of {populations} populations and {projections} projections; one layer is three populations, \
         oscillation neurons, rows and LIF neurons, and two projections"
    )]
    Size {
        /// Populations.
        populations: usize,
        /// Projections.
        projections: usize,
    },
    /// Something that is no part of one layer.
    #[error("'{name}' is no part of one layer: {expected} is expected there")]
    Part {
        /// Population or projection.
        name: String,
        /// What would be.
        expected: &'static str,
    },
    /// Neurons of two kinds.
    #[error("oscillation and LIF neurons have different resistors or capacitors: make them alike")]
    Unlike,
}

impl<'n> SingleLayer<'n> {
    /// The layer that a network is. An image will be shown for `duration_s`.
    ///
    /// # Errors
    /// If it is none.
    pub fn of(network: &'n Network, duration_s: f64) -> Result<Self, LayerError> {
        let populations: Vec<&Population> = network.populations().map(|(_, p)| p).collect();
        let projections: Vec<&Projection> = network.projections().map(|(_, p)| p).collect();
        let (&[inputs, rows, outputs], &[drivers, synapses]) = (&populations[..], &projections[..])
        else {
            let (populations, projections) = (populations.len(), projections.len());
            return Err(LayerError::Size { populations, projections });
        };
        let part = |name: &str, expected| LayerError::Part { name: name.to_owned(), expected };
        let is = |id, population: &Population| std::ptr::eq(network.population(id), population);
        let Model::Oscillator(oscillator) = inputs.model() else {
            return Err(part(inputs.name(), "oscillation neurons"));
        };
        let Model::OneShot(row) = rows.model() else {
            return Err(part(rows.name(), "one-shot rows"));
        };
        let Model::Lif(neuron) = outputs.model() else {
            return Err(part(outputs.name(), "LIF neurons"));
        };
        let one = (drivers.connections(), drivers.effect(), drivers.delay());
        let expected =
            "a trigger of the rows by the oscillation neurons, one to one and without delay,";
        let (&Connections::OneToOne, Effect::Trigger, &Delay::All(0)) = one else {
            return Err(part(drivers.name(), expected));
        };
        if !is(drivers.from(), inputs) {
            return Err(part(drivers.name(), expected));
        }
        let array = (synapses.connections(), synapses.effect(), synapses.delay());
        let (Connections::Dense(weights), Effect::Siemens(weight_siemens), &Delay::All(0)) = array
        else {
            return Err(part(
                synapses.name(),
                "an array of dense weights in siemens, without delay,",
            ));
        };
        let membrane = (oscillator.resistance_ohm, oscillator.capacitance_farad);
        if membrane != (neuron.resistance_ohm, neuron.capacitance_farad) {
            return Err(LayerError::Unlike);
        }
        let parameters = Parameters {
            duration_s,
            white_v: oscillator.full_v,
            neuron_ohm: neuron.resistance_ohm,
            neuron_farad: neuron.capacitance_farad,
            pulse_v: row.pulse_v,
            pulse_s: row.pulse_s,
            weight_siemens,
        };
        Ok(Self { parameters, lif: neuron.ideal, weights })
    }

    /// Oscillation neurons, one for each pixel.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.weights.rows()
    }

    /// LIF neurons, one for each class.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.weights.columns()
    }
}
