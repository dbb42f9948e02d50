//! What a layer is given from outside: constants and weights as parameters, or as inputs if they are loaded at run time.

use memspike_lif_core::{LayerSpec, Leak, Spec, address_bits};

use super::Contents;
use super::stream::first_word;
use crate::verilog::{Connection, Expression, Module, Signal, Statement};

/// Where the weights of a core are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WeightsMemory {
    /// In memories that are never written; thresholds and leaks are constants.
    #[default]
    Rom,
    /// In memories that are written at run time, and so are thresholds and leaks. They begin with what was exported.
    Ram,
}

impl WeightsMemory {
    /// The form of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Rom, Self::Ram].into_iter().find(|form| form.name() == name)
    }

    /// What it adds to the description of a layout.
    pub(super) const fn about(self) -> &'static str {
        match self {
            Self::Rom => "",
            Self::Ram => "; weights, thresholds and leaks can be loaded at run time",
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rom => "rom",
            Self::Ram => "ram",
        }
    }
}

/// What the modules of a layer are given.
#[derive(Debug, Clone, Copy)]
pub struct Given<'l> {
    pub layer: &'l LayerSpec,
    pub memory: WeightsMemory,
}

impl Given<'_> {
    /// The threshold: a parameter or an input.
    pub fn threshold(&self) -> Signal {
        let name = match self.memory {
            WeightsMemory::Rom => "THRESHOLD",
            WeightsMemory::Ram => "threshold",
        };
        Signal::signed(name, self.layer.potential_bits)
    }

    /// The input of a leak that is loaded: the distance of its shift, or its factor.
    pub fn leak(&self) -> Option<Signal> {
        match (self.memory, self.layer.leak) {
            (WeightsMemory::Rom, _) | (_, Leak::None) => None,
            (_, Leak::Shift { .. }) => {
                let bits = address_bits(self.layer.potential_bits as usize);
                Some(Signal::unsigned("leak_shift", bits))
            }
            (_, Leak::Multiply { shift, .. }) => Some(Signal::unsigned("leak_factor", shift)),
        }
    }

    /// The inputs through which a weight is loaded: whether, of which input, to which neuron, and the weight.
    pub fn load(&self) -> Option<[Signal; 4]> {
        let LayerSpec { inputs, neurons, weight_bits, .. } = self.layer;
        (self.memory == WeightsMemory::Ram).then(|| {
            [
                Signal::bit("load"),
                Signal::unsigned("load_input", address_bits(*inputs)),
                Signal::unsigned("load_neuron", address_bits(*neurons)),
                Signal::unsigned("load_weight", *weight_bits),
            ]
        })
    }

    /// Declares threshold and leak, before any other port.
    pub fn declare_constants(&self, module: &mut Module) {
        let value = Expression::integer(self.layer.threshold, self.layer.potential_bits);
        match self.memory {
            WeightsMemory::Rom => {
                module.parameter(self.threshold(), value);
            }
            WeightsMemory::Ram => {
                module.input(self.threshold());
                self.leak().map(|leak| module.input(leak));
            }
        }
    }

    /// Declares threshold, leak and what weights are loaded by, and where the memory of weights begins.
    pub fn declare(&self, module: &mut Module, contents: &Contents) {
        self.declare_constants(module);
        module.parameters.push(contents.parameter());
        for signal in self.load().into_iter().flatten() {
            module.input(signal);
        }
    }

    /// Parameters of an instance that is given the constants of the module that it is in.
    pub fn constant_parameters(&self) -> Vec<(String, String)> {
        let own = (self.memory == WeightsMemory::Rom).then(|| self.threshold().name);
        own.into_iter().map(|name| (name.clone(), name)).collect()
    }

    /// Connections of such an instance.
    pub fn constant_connections(&self) -> Vec<Connection> {
        let own = (self.memory == WeightsMemory::Ram).then(|| self.threshold());
        own.into_iter().chain(self.leak()).map(|signal| Connection::same(&signal)).collect()
    }

    /// Parameters of an instance that is given everything that the module has that it is in.
    pub fn parameters(&self) -> Vec<(String, String)> {
        let mut parameters = self.constant_parameters();
        parameters.push(("WEIGHTS".into(), "WEIGHTS".into()));
        parameters
    }

    /// Connections of such an instance.
    pub fn connections(&self) -> Vec<Connection> {
        let mut connections = self.constant_connections();
        connections.extend(self.load().iter().flatten().map(Connection::same));
        connections
    }

    /// Writes weights that are loaded into the memory `rows`, whose words hold so many lanes.
    pub fn write_weights(&self, module: &mut Module, lanes: usize) {
        let Some([load, input, neuron, weight]) = self.load() else { return };
        let LayerSpec { neurons, weight_bits, .. } = self.layer;
        let groups = neurons.div_ceil(lanes);
        let lane_bits = match groups {
            1 => neuron.kind.bits,
            _ => lanes.trailing_zeros(),
        };
        module.comment("Weights that are loaded; the layer reads none meanwhile.");
        let word_bits = address_bits(self.layer.inputs * groups);
        let first = first_word(module, "load_first", &input, groups, word_bits);
        let word = match groups {
            1 => first,
            _ => {
                let group = neuron.slice(lane_bits, neuron.kind.bits - lane_bits);
                let group = module.wire(Signal::unsigned("load_group", group.kind().bits), group);
                first.plus(group.extended(word_bits))
            }
        };
        let word = module.wire(Signal::unsigned("load_word", word_bits), word);
        let used = lanes.min(*neurons);
        if used == 1 && groups == 1 {
            module.wire(Signal::unsigned("load_neuron_unused", neuron.kind.bits), neuron.get());
        }
        let writes = (0..used as u32).map(|lane| {
            let this = match used {
                1 => load.get(),
                _ => {
                    let number = Expression::number(lane.into(), lane_bits);
                    load.get().and(neuron.slice(0, lane_bits).equals(number))
                }
            };
            let write = Statement::WriteBits {
                memory: "rows".into(),
                address: word.get(),
                low: lane * weight_bits,
                value: weight.get(),
            };
            Statement::when(this, vec![write])
        });
        module.clocked(writes.collect());
    }
}

/// An input through which the top of a core is loaded, and the value that leaves the core as it was exported.
pub struct TopInput {
    pub signal: Signal,
    pub rest: u64,
    /// The layer, if it is a threshold.
    pub threshold_of: Option<usize>,
}

impl TopInput {
    /// A value of it as a Verilog literal.
    pub fn literal(&self, value: u64) -> String {
        let sign = if self.signal.kind.signed { "s" } else { "" };
        format!("{}'{sign}d{value}", self.signal.kind.bits)
    }
}

/// The inputs of the top of a core that is loaded at run time; none of any other.
pub fn top_inputs(spec: &Spec, memory: WeightsMemory) -> Vec<TopInput> {
    let mut inputs = Vec::new();
    for (number, layer) in spec.layers.iter().enumerate() {
        let given = Given { layer, memory };
        let Some([load, ..]) = given.load() else { continue };
        let mut add = |signal: Signal, rest, threshold_of| {
            let name = format!("{}_{number}", signal.name);
            inputs.push(TopInput { signal: Signal { name, ..signal }, rest, threshold_of });
        };
        add(given.threshold(), layer.threshold.unsigned_abs(), Some(number));
        match (given.leak(), layer.leak) {
            (Some(signal), Leak::Shift { shift }) => add(signal, shift.into(), None),
            (Some(signal), Leak::Multiply { factor, .. }) => add(signal, factor.into(), None),
            _ => {}
        }
        add(load, 0, None);
    }
    let shared = shared(spec, memory).into_iter().flatten();
    inputs.extend(shared.map(|signal| TopInput { signal, rest: 0, threshold_of: None }));
    inputs
}

/// What all layers are loaded by, as wide as the widest of them needs it.
fn shared(spec: &Spec, memory: WeightsMemory) -> Option<[Signal; 3]> {
    let wider = |a: Signal, b: Signal| if a.kind.bits < b.kind.bits { b } else { a };
    let loads = spec.layers.iter().filter_map(|layer| Given { layer, memory }.load());
    loads.map(|[_, input, neuron, weight]| [input, neuron, weight]).reduce(|widest, next| {
        let [input, neuron, weight] = widest;
        let [i, n, w] = next;
        [wider(input, i), wider(neuron, n), wider(weight, w)]
    })
}

/// Connections of a layer to the inputs of the top.
pub fn layer_connections(spec: &Spec, memory: WeightsMemory, number: usize) -> Vec<Connection> {
    let given = Given { layer: &spec.layers[number], memory };
    let (Some(shared), Some([load, own @ ..])) = (shared(spec, memory), given.load()) else {
        return Vec::new();
    };
    let alone = std::iter::once(given.threshold()).chain(given.leak()).chain([load]);
    let alone = alone.map(|port| {
        let ours = Signal { name: format!("{}_{number}", port.name), ..port.clone() };
        Connection::new(port.name, ours.get())
    });
    let cut = own
        .iter()
        .zip(&shared)
        .map(|(port, ours)| Connection::new(&port.name, ours.slice(0, port.kind.bits)));
    alone.chain(cut).collect()
}
