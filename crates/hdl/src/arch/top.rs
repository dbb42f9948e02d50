//! The top module: layers in a row, then the counter.

use memspike_lif_core::{Spec, address_bits};

use super::given::{Given, TopInput, WeightsMemory, layer_connections, top_inputs};
use super::stream::Stream;
use crate::verilog::{Connection, Expression, Instance, Item, Module, Parameter, Signal};

/// The top of a core, with the parameters of all its layers; `files` are the defaults of those that name files of weights.
pub fn top(
    prefix: &str,
    spec: &Spec,
    memory: WeightsMemory,
    files: &[String],
    about: &[&str],
) -> Module {
    let mut module = Module::new(prefix, about);
    parameters(&mut module, spec, memory, files);
    module.input(Signal::bit("clk"));
    module.input(Signal::bit("rst"));
    let bits = |neurons| address_bits(neurons);
    let input = Stream::new("in", bits(spec.first().inputs));
    let output = Stream::new("out", bits(spec.last().neurons));
    input.inputs(&mut module);
    input.input_readies(&mut module);
    output.outputs(&mut module);
    output.output_readies(&mut module);
    let read_port = [
        module.input(Signal::unsigned("count_address", bits(spec.last().neurons))),
        module.output(Signal::unsigned("count", spec.count_bits)),
        module.output(Signal::unsigned("winner", bits(spec.last().neurons))),
    ];
    for TopInput { signal, .. } in top_inputs(spec, memory) {
        module.input(signal);
    }

    let spikes = layers(&mut module, prefix, spec, memory, input);
    let mut connections = Vec::from(clocks());
    connections.extend(spikes.connect("in"));
    connections.extend(output.connect("out"));
    connections.extend(read_port.iter().map(Connection::same));
    module.items.push(Item::Instance(Instance {
        module: format!("{prefix}_counter"),
        name: "counter".into(),
        parameters: Vec::new(),
        connections,
    }));
    module
}

/// Thresholds that stay, and the names of files of weights.
fn parameters(module: &mut Module, spec: &Spec, memory: WeightsMemory, files: &[String]) {
    for (number, (layer, file)) in spec.layers.iter().zip(files).enumerate() {
        if memory == WeightsMemory::Rom {
            let signal = Signal::signed(format!("THRESHOLD_{number}"), layer.potential_bits);
            let value = Expression::integer(layer.threshold, layer.potential_bits);
            module.parameter(signal, value);
        }
        module
            .parameters
            .push(Parameter::File { name: format!("WEIGHTS_{number}"), value: file.clone() });
    }
}

/// The layers, each at the spikes of the one before; gives those of the last one.
fn layers(
    module: &mut Module,
    prefix: &str,
    spec: &Spec,
    memory: WeightsMemory,
    input: Stream,
) -> Stream {
    let mut streams = vec![input];
    for (number, layer) in spec.layers.iter().enumerate() {
        let stream = Stream::new(&format!("spikes_{number}"), address_bits(layer.neurons));
        stream.nets(module);
        streams.push(stream);
    }
    for (number, pair) in streams.windows(2).enumerate() {
        let mut connections = Vec::from(clocks());
        connections.extend(pair[0].connect("in"));
        connections.extend(pair[1].connect("out"));
        connections.extend(layer_connections(spec, memory, number));
        let given = Given { layer: &spec.layers[number], memory };
        let parameter = |(name, _)| {
            let ours = format!("{name}_{number}");
            (name, ours)
        };
        module.items.push(Item::Instance(Instance {
            module: format!("{prefix}_layer_{number}"),
            name: format!("layer_{number}"),
            parameters: given.parameters().into_iter().map(parameter).collect(),
            connections,
        }));
    }
    streams.swap_remove(spec.layers.len())
}

fn clocks() -> [Connection; 2] {
    [Signal::bit("clk"), Signal::bit("rst")].map(|signal| Connection::same(&signal))
}
