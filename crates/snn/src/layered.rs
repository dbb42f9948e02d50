//! Layers of LIF neurons behind oscillation neurons, as a value.

use memspike_network::{
    Builder, Connections, Delay, Effect, Lif, LifNeuron, Model, Network, NetworkError, OneShotRow,
    Oscillator, PopulationId, Projection, ProjectionId, Weights,
};

use crate::Parameters;

/// Time constants of a neuron that an image may be shown for.
const MOST_TAUS: f64 = 1000.0;

/// Oscillation neurons, and LIF neurons in layers: a row for each neuron of a layer, and an array between these rows and
/// the next layer's membranes.
#[derive(Debug, Clone, PartialEq)]
pub struct Layered<'n> {
    /// How long an image is shown (s).
    pub duration_s: f64,
    /// One for each pixel.
    pub inputs: Oscillator,
    /// From the inputs on, at least one. Each has as many rows as the one before has neurons.
    pub layers: Vec<Layer<'n>>,
}

/// A layer: its rows, its array, its neurons.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layer<'n> {
    /// What a spike of the neurons before it starts.
    pub row: OneShotRow,
    /// Conductance by which the pair of a weight of 1 differs (S).
    pub weight_siemens: f64,
    /// Of the array, a row for each neuron before it.
    pub weights: &'n Weights,
    /// One for each column.
    pub neuron: LifNeuron,
}

impl Layer<'_> {
    /// How far one pulse through a weight of 1 moves a membrane, as a charge that arrives at once (V).
    #[must_use]
    pub fn volts_per_weight(&self) -> f64 {
        self.neuron.volts_per_siemens(&self.row) * self.weight_siemens
    }
}

/// A layer that a network is made of: the circuit of its rows, its array and its neurons.
#[derive(Debug, Clone, PartialEq)]
pub struct CircuitLayer {
    /// What is around its devices.
    pub circuit: Parameters,
    /// A row for each neuron before it.
    pub weights: Weights,
    /// Stands for its neurons where devices are ideal.
    pub lif: Option<Lif>,
}

/// A network that is not of this kind.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LayeredError {
    /// Not one population of oscillation neurons.
    #[error("{found} populations of oscillation neurons; layers have one, which sees the image")]
    Inputs {
        /// Such populations.
        found: usize,
    },
    /// Something else than what a layer has at this place.
    #[error("'{name}' is no part of layers: {expected} is expected there")]
    Part {
        /// Population or projection.
        name: String,
        /// What would be.
        expected: &'static str,
    },
    /// Something that stands beside the layers.
    #[error(
        "'{name}' stands beside the layers, which follow one another from the oscillation neurons on"
    )]
    Beside {
        /// The population.
        name: String,
    },
    /// Neurons that could fire too often while an image is shown.
    #[error(
        "'{name}' has a time constant of {tau_s:e} s; an image of {duration_s} s may be at most {MOST_TAUS} of them, which \
         bounds its spikes"
    )]
    Fast {
        /// The population.
        name: String,
        /// Resistor times capacitor (s).
        tau_s: f64,
        /// How long an image is shown (s).
        duration_s: f64,
    },
    /// Inputs without a layer behind them.
    #[error("'{name}' feeds no layer: a trigger of rows is expected behind it")]
    Empty {
        /// The oscillation neurons.
        name: String,
    },
}

impl Parameters {
    /// The network of this circuit and one layer of these weights: [`Parameters::layered`].
    ///
    /// # Errors
    /// A parameter out of its range.
    pub fn network(&self, weights: Weights, lif: Option<Lif>) -> Result<Network, NetworkError> {
        self.layered(vec![weights], lif)
    }

    /// The network of these layers in this circuit: an oscillation neuron for each row of the first table, and rows, an
    /// array and LIF neurons for each table. `lif` stands for the LIF neurons where devices are ideal. The last layer is
    /// called `outputs`, those before it `hidden1`, `hidden2` and so on.
    ///
    /// # Errors
    /// A parameter out of its range, or tables that do not follow one another.
    ///
    /// # Panics
    /// If there is no table.
    pub fn layered(&self, tables: Vec<Weights>, lif: Option<Lif>) -> Result<Network, NetworkError> {
        let stage = |weights| CircuitLayer { circuit: *self, weights, lif };
        self.of_circuits(tables.into_iter().map(stage).collect())
    }

    /// As [`Parameters::layered`], each layer in a circuit of its own. How long an image is shown and what sees it are those of
    /// this one.
    ///
    /// # Errors
    /// As [`Parameters::layered`].
    ///
    /// # Panics
    /// If there is no layer.
    pub fn of_circuits(&self, stages: Vec<CircuitLayer>) -> Result<Network, NetworkError> {
        let mut builder = Builder::new();
        builder.shown(self.duration_s);
        let oscillator = Oscillator {
            resistance_ohm: self.neuron_ohm,
            capacitance_farad: self.neuron_farad,
            full_v: self.white_v,
            ideal: None,
        };
        let now = Delay::All(0);
        let layers = stages.len();
        let mut before = builder.population("oscillators", stages[0].weights.rows(), oscillator);
        for (position, CircuitLayer { circuit, weights, lif }) in stages.into_iter().enumerate() {
            let Self { neuron_ohm, neuron_farad, .. } = circuit;
            let neuron = LifNeuron {
                resistance_ohm: neuron_ohm,
                capacitance_farad: neuron_farad,
                ideal: lif,
            };
            let row = OneShotRow { pulse_v: circuit.pulse_v, pulse_s: circuit.pulse_s };
            let suffix = suffix(position, layers);
            let (inputs, outputs) = weights.shape();
            let rows = builder.population(&format!("rows{suffix}"), inputs, row);
            let is_last = position + 1 == layers;
            let name = if is_last { "outputs".to_owned() } else { format!("hidden{suffix}") };
            let neurons = builder.population(&name, outputs, neuron);
            let one = Connections::OneToOne;
            let drivers = format!("drivers{suffix}");
            builder.projection(&drivers, [before, rows], one, Effect::Trigger, now.clone());
            let synapses = format!("synapses{suffix}");
            let array = Connections::Dense(weights);
            let unit = Effect::Siemens(circuit.weight_siemens);
            builder.projection(&synapses, [rows, neurons], array, unit, now.clone());
            before = neurons;
        }
        builder.build()
    }
}

impl<'n> Layered<'n> {
    /// The layers that a network is, whatever the order of its populations. An image will be shown for `duration_s`.
    ///
    /// # Errors
    /// If it is none.
    pub fn of(network: &'n Network, duration_s: f64) -> Result<Self, LayeredError> {
        let mut sources =
            network.populations().filter_map(|(id, population)| match population.model() {
                Model::Oscillator(oscillator) => Some((id, *oscillator)),
                _ => None,
            });
        let (first, others) = (sources.next(), sources.count());
        let Some((source, inputs)) = first.filter(|_| others == 0) else {
            let found = first.map_or(0, |_| 1 + others);
            return Err(LayeredError::Inputs { found });
        };
        let circuit = [inputs.resistance_ohm, inputs.capacitance_farad];
        bounded(network, source, circuit, duration_s)?;
        let mut seen = vec![source];
        let mut layers = Vec::new();
        let mut before = source;
        while let Some((layer, neurons)) = layer(network, before, &mut seen)? {
            let LifNeuron { resistance_ohm, capacitance_farad, .. } = layer.neuron;
            bounded(network, neurons, [resistance_ohm, capacitance_farad], duration_s)?;
            layers.push(layer);
            before = neurons;
        }
        if layers.is_empty() {
            return Err(LayeredError::Empty { name: name(network, source) });
        }
        if let Some((_, other)) = network.populations().find(|(id, _)| !seen.contains(id)) {
            return Err(LayeredError::Beside { name: other.name().to_owned() });
        }
        Ok(Self { duration_s, inputs, layers })
    }

    /// Oscillation neurons, one for each pixel.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.layers[0].weights.rows()
    }

    /// Neurons of the last layer, one for each class.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.layers[self.layers.len() - 1].weights.columns()
    }

    /// The circuit of a layer, counted from 0: around its devices, its array, its rows.
    ///
    /// # Panics
    /// If there is no such layer.
    #[must_use]
    pub fn parameters(&self, layer: usize) -> Parameters {
        let Layer { row, weight_siemens, neuron, .. } = self.layers[layer];
        Parameters {
            duration_s: self.duration_s,
            white_v: self.inputs.full_v,
            neuron_ohm: neuron.resistance_ohm,
            neuron_farad: neuron.capacitance_farad,
            pulse_v: row.pulse_v,
            pulse_s: row.pulse_s,
            weight_siemens,
        }
    }

    /// The circuit of the oscillation neurons, with the rows and the array behind them.
    #[must_use]
    pub fn input_parameters(&self) -> Parameters {
        let Oscillator { resistance_ohm, capacitance_farad, .. } = self.inputs;
        Parameters {
            neuron_ohm: resistance_ohm,
            neuron_farad: capacitance_farad,
            ..self.parameters(0)
        }
    }

    /// What the names of a layer's parts end in, in networks, in decks and where devices draw: nothing for the last layer,
    /// `1`, `2` and so on for those before it.
    #[must_use]
    pub fn suffix(&self, layer: usize) -> String {
        suffix(layer, self.layers.len())
    }

    /// What the draws of a layer's array are keyed by: its name in a deck, `asyn1`, `asyn2`, ... `asyn`; nothing where it is
    /// the only one.
    #[must_use]
    pub fn array_name(&self, layer: usize) -> String {
        if self.layers.len() == 1 { String::new() } else { format!("asyn{}", self.suffix(layer)) }
    }

    /// Sizes from the pixels to the classes, such as 784, 128, 10.
    #[must_use]
    pub fn shape(&self) -> Vec<usize> {
        let behind = self.layers.iter().map(|layer| layer.weights.columns());
        std::iter::once(self.pixels()).chain(behind).collect()
    }
}

/// What the names of a layer's parts end in: [`Layered::suffix`].
pub(crate) fn suffix(layer: usize, layers: usize) -> String {
    if layer + 1 == layers { String::new() } else { (layer + 1).to_string() }
}

/// Refuses an image of `duration_s` for neurons of too small a resistor (ohm) and capacitor (F).
fn bounded(
    network: &Network,
    neurons: PopulationId,
    [ohm, farad]: [f64; 2],
    duration_s: f64,
) -> Result<(), LayeredError> {
    let tau_s = ohm * farad;
    if duration_s <= MOST_TAUS * tau_s {
        return Ok(());
    }
    Err(LayeredError::Fast { name: name(network, neurons), tau_s, duration_s })
}

fn name(network: &Network, id: PopulationId) -> String {
    network.population(id).name().to_owned()
}

/// The layer behind a population, with its neurons; nothing behind the last one.
fn layer<'n>(
    network: &'n Network,
    before: PopulationId,
    seen: &mut Vec<PopulationId>,
) -> Result<Option<(Layer<'n>, PopulationId)>, LayeredError> {
    let Some(drivers) = only(network, before, seen)? else { return Ok(None) };
    let part = |name: String, expected| LayeredError::Part { name, expected };
    let one = (drivers.connections(), drivers.effect(), drivers.delay());
    let (&Connections::OneToOne, Effect::Trigger, &Delay::All(0)) = one else {
        let expected = "a trigger of rows, one to one and without delay,";
        return Err(part(drivers.name().to_owned(), expected));
    };
    let rows = drivers.to();
    let Model::OneShot(row) = *network.population(rows).model() else {
        return Err(part(name(network, rows), "a population of one-shot rows"));
    };
    let Some(synapses) = only(network, rows, seen)? else {
        return Err(part(name(network, rows), "a row with an array behind it"));
    };
    let array = (synapses.connections(), synapses.effect(), synapses.delay());
    let (Connections::Dense(weights), Effect::Siemens(weight_siemens), &Delay::All(0)) = array
    else {
        let expected = "an array of dense weights in siemens, without delay,";
        return Err(part(synapses.name().to_owned(), expected));
    };
    let neurons = synapses.to();
    let Model::Lif(neuron) = *network.population(neurons).model() else {
        return Err(part(name(network, neurons), "a population of LIF neurons"));
    };
    Ok(Some((Layer { row, weight_siemens, weights, neuron }, neurons)))
}

/// The one projection that leaves a population, towards one that is not seen yet and hears nothing else.
fn only<'n>(
    network: &'n Network,
    from: PopulationId,
    seen: &mut Vec<PopulationId>,
) -> Result<Option<&'n Projection>, LayeredError> {
    let one = |found: Vec<(ProjectionId, &'n Projection)>| match found[..] {
        [] => Ok(None),
        [(_, projection)] => Ok(Some(projection)),
        [_, (_, other), ..] => Err(LayeredError::Part {
            name: other.name().to_owned(),
            expected: "one projection from a population, and one to it,",
        }),
    };
    let Some(projection) = one(network.outgoing(from).collect())? else { return Ok(None) };
    one(network.incoming(projection.to()).collect())?;
    if seen.contains(&projection.to()) {
        let expected = "a layer that none before it hears";
        return Err(LayeredError::Part { name: projection.name().to_owned(), expected });
    }
    seen.push(projection.to());
    Ok(Some(projection))
}
