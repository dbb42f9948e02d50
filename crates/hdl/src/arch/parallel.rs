//! All neurons at once: an event a cycle.

use memspike_lif_core::{Architecture, Core, LayerSpec, Weights, address_bits};

use super::given::{Given, WeightsMemory};
use super::step::{NeuronSignals, signed_wire, step, step_instance};
use super::stream::{Stream, Taken, inside, lowest_set, without_lowest};
use super::{Contents, Layout, LayoutError, MOST_PARALLEL};
use crate::verilog::{Connection, Expression, Instance, Item, Memory, Module, Signal, Statement};

/// The layout with as many adders as neurons.
#[derive(Debug, Clone, Copy, Default)]
pub struct Parallel {
    /// Where the weights are.
    pub memory: WeightsMemory,
}

impl Layout for Parallel {
    fn name(&self) -> &'static str {
        "parallel"
    }

    fn about(&self) -> String {
        format!("parallel: all neurons of a layer at once, an event a cycle{}", self.memory.about())
    }

    fn validate(&self, core: &Core) -> Result<(), LayoutError> {
        let mut sizes = core.spec().layers.iter().map(|layer| layer.neurons).enumerate();
        match sizes.find(|(_, neurons)| *neurons > MOST_PARALLEL) {
            Some((layer, neurons)) => Err(LayoutError::TooMany { layer, neurons }),
            None => Ok(()),
        }
    }

    fn weights_memory(&self) -> WeightsMemory {
        self.memory
    }

    fn emit(
        &self,
        prefix: &str,
        number: usize,
        layer: &LayerSpec,
        contents: &Contents,
    ) -> Vec<Module> {
        let given = Given { layer, memory: self.memory };
        vec![
            step(prefix, number, &given),
            neuron(prefix, number, &given),
            bank(prefix, number, &given, contents),
            shell(prefix, number, &given, contents),
        ]
    }

    fn words<'w>(
        &self,
        layer: &LayerSpec,
        weights: &'w Weights,
    ) -> Box<dyn Iterator<Item = Vec<i32>> + 'w> {
        Box::new((0..layer.inputs).map(|input| weights.row(input).to_vec()))
    }

    fn model(&self) -> Architecture {
        Architecture::Parallel
    }
}

/// A neuron with its registers.
fn neuron(prefix: &str, number: usize, given: &Given) -> Module {
    let layer = given.layer;
    let mut module = Module::new(
        format!("{prefix}_neuron_{number}"),
        &["One neuron of a layer with its registers."],
    );
    given.declare_constants(&mut module);
    module.input(Signal::bit("clk"));
    let clear = module.input(Signal::bit("clear"));
    let integrate = module.input(Signal::bit("integrate"));
    let tick = module.input(Signal::bit("tick"));
    let weight = module.input(Signal::signed("weight", layer.weight_bits));
    let fired = module.output(Signal::bit("fired"));
    let now = NeuronSignals::new("", layer);
    let next = NeuronSignals::new("next_", layer);
    for signal in now.all() {
        module.register(signal.clone());
    }
    for signal in next.all() {
        module.net(signal.clone());
    }
    module.items.push(step_instance(
        prefix,
        number,
        given,
        "step",
        [("tick", tick.get()), ("weight", weight.get())],
        now.all().map(Signal::get).collect(),
        (&next, fired.get()),
    ));
    let work = now.all().zip(next.all()).map(|(now, next)| Statement::set(now, next.get()));
    module.clocked(vec![Statement::If(
        clear.get(),
        now.all().map(Statement::clear).collect(),
        vec![Statement::when(tick.get().or(integrate.get()), work.collect())],
    )]);
    module
}

/// The bare layer: memory of weights and neurons, one request a cycle and no handshakes.
fn bank(prefix: &str, number: usize, given: &Given, contents: &Contents) -> Module {
    let layer = given.layer;
    let mut module = Module::new(
        format!("{prefix}_bank_{number}"),
        &[
            "The bare layer: weights and neurons. At most one of start, tick and event is set; what it asks for",
            "is done in the next cycle, in which `started`, `ticked` and `fired` say so.",
        ],
    );
    given.declare(&mut module, contents);
    module.input(Signal::bit("clk"));
    let rst = module.input(Signal::bit("rst"));
    let start = module.input(Signal::bit("start"));
    let tick = module.input(Signal::bit("tick"));
    let event = module.input(Signal::bit("event_valid"));
    let address = module.input(Signal::unsigned("address", address_bits(layer.inputs)));
    module.output(Signal::unsigned("fired", layer.neurons as u32));

    let [clearing, ticking, integrating] =
        ["clearing", "ticking", "integrating"].map(|name| module.register(Signal::bit(name)));
    let known = match inside(&address, layer.inputs) {
        Some(inside) => event.get().and(inside),
        None => event.get(),
    };
    let weights = rows(&mut module, layer, contents, known, &address);
    let known = Signal::bit("known");
    given.write_weights(&mut module, layer.neurons);
    module.clocked(vec![Statement::If(
        rst.get(),
        [&clearing, &ticking, &integrating].map(Statement::clear).into(),
        vec![
            Statement::set(&clearing, start.get()),
            Statement::set(&ticking, tick.get()),
            Statement::set(&integrating, known.get()),
        ],
    )]);
    module.drive(Signal::bit("started"), clearing.get());
    module.drive(Signal::bit("ticked"), ticking.get());
    let clear = module.wire(Signal::bit("clear"), rst.get().or(clearing.get()));
    let told = [
        Connection::new("clk", Signal::bit("clk").get()),
        Connection::same(&clear),
        Connection::new("integrate", integrating.get()),
        Connection::new("tick", ticking.get()),
    ];
    neurons(&mut module, prefix, number, given, &weights, &told);
    module
}

/// The memory of weights, read where `known` says that the address is one of an input; gives the register of what was read.
fn rows(
    module: &mut Module,
    layer: &LayerSpec,
    contents: &Contents,
    known: Expression,
    address: &Signal,
) -> Signal {
    let bits = layer.neurons as u32 * layer.weight_bits;
    let weights = module.read_register(Signal::unsigned("weights", bits));
    module.items.push(Item::Memory(Memory {
        name: "rows".into(),
        bits,
        words: layer.inputs,
        content: contents.memory(),
        disjoint: true,
    }));
    let known = module.wire(Signal::bit("known"), known);
    let read =
        Statement::Read { into: weights.clone(), memory: "rows".into(), address: address.get() };
    module.clocked(vec![Statement::when(known.get(), vec![read])]);
    weights
}

/// The neurons, each with its part of the weights; all are told the same.
fn neurons(
    module: &mut Module,
    prefix: &str,
    number: usize,
    given: &Given,
    weights: &Signal,
    told: &[Connection],
) {
    let layer = given.layer;
    let fired = Signal::unsigned("fired", layer.neurons as u32);
    for index in 0..layer.neurons as u32 {
        let weight = weights.slice(index * layer.weight_bits, layer.weight_bits);
        let weight = signed_wire(module, &format!("weight_{index}"), weight);
        let mut connections = told.to_vec();
        connections.push(Connection::new("weight", weight.get()));
        connections.push(Connection::new("fired", fired.slice(index, 1)));
        connections.extend(given.constant_connections());
        module.items.push(Item::Instance(Instance {
            module: format!("{prefix}_neuron_{number}"),
            name: format!("neuron_{index}"),
            parameters: given.constant_parameters(),
            connections,
        }));
    }
}

/// The layer with its handshakes: the bank, and the spikes that wait to leave.
fn shell(prefix: &str, number: usize, given: &Given, contents: &Contents) -> Module {
    let layer = given.layer;
    let neurons = layer.neurons as u32;
    let input = Stream::new("in", address_bits(layer.inputs));
    let output = Stream::new("out", address_bits(layer.neurons));
    let mut module = Module::new(
        format!("{prefix}_layer_{number}"),
        &["A layer with its handshakes. Spikes of a tick leave one a cycle, then the tick itself."],
    );
    given.declare(&mut module, contents);
    module.input(Signal::bit("clk"));
    let rst = module.input(Signal::bit("rst"));
    input.inputs(&mut module);
    output.output_readies(&mut module);

    let start_done = module.register(Signal::bit("start_done"));
    let tick_done = module.register(Signal::bit("tick_done"));
    let pending = module.register(Signal::unsigned("pending", neurons));
    let started = module.net(Signal::bit("started"));
    let ticked = module.net(Signal::bit("ticked"));
    let fired = module.net(Signal::unsigned("fired", neurons));
    let busy = started.get().or(ticked.get()).or(start_done.get()).or(tick_done.get());
    let idle = module.wire(Signal::bit("idle"), busy.inverted());
    let taken = input.accept_when(&mut module, &idle);

    module.comment("Spikes leave, lowest neuron first; the tick follows the last of them.");
    module.drive(output.valid.clone(), pending.get().any());
    module.drive(output.address.clone(), lowest_set(&pending, output.address.kind.bits));
    module.drive(output.start.clone(), start_done.get());
    module.drive(output.tick.clone(), tick_done.get().and(output.valid.get().inverted()));

    let next_spike = Statement::set(&pending, without_lowest(&pending));
    let mut runs = Vec::from(output.leave(&start_done, &tick_done, next_spike));
    runs.extend([
        Statement::when(started.get(), vec![Statement::raise(&start_done)]),
        Statement::when(
            ticked.get(),
            vec![Statement::raise(&tick_done), Statement::set(&pending, fired.get())],
        ),
    ]);
    let restart = [&start_done, &tick_done, &pending].map(Statement::clear).into();
    module.clocked(vec![Statement::If(rst.get(), restart, runs)]);
    module.items.push(bank_instance(
        format!("{prefix}_bank_{number}"),
        given,
        &taken,
        &input.address,
        [&rst, &started, &ticked, &fired],
    ));
    module
}

/// The bank in its layer, with what the layer takes; `same` are signals that both know by one name.
fn bank_instance(
    module: String,
    given: &Given,
    taken: &Taken,
    address: &Signal,
    same: [&Signal; 4],
) -> Item {
    let [rst, done @ ..] = same;
    let mut connections = vec![
        Connection::new("clk", Signal::bit("clk").get()),
        Connection::same(rst),
        Connection::new("start", taken.start.get()),
        Connection::new("tick", taken.tick.get()),
        Connection::new("event_valid", taken.event.get()),
        Connection::new("address", address.get()),
    ];
    connections.extend(done.map(Connection::same));
    connections.extend(given.connections());
    Item::Instance(Instance {
        module,
        name: "bank".into(),
        parameters: given.parameters(),
        connections,
    })
}
