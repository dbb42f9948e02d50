//! The module of a layer that sweeps over its neurons.

use memspike_lif_core::{LayerSpec, address_bits};

use super::Contents;
use super::given::Given;
use super::step::{NeuronSignals, signed_wire, step_instance};
use super::stream::{Stream, first_word, inside, lowest_set, without_lowest};
use crate::verilog::{Expression, Item, Memory, MemoryContent, Module, Signal, Statement};

/// The registers of a folded layer, and the module that they make.
pub struct Sweep<'s> {
    given: Given<'s>,
    layer: &'s LayerSpec,
    contents: &'s Contents,
    lanes: u32,
    groups: usize,
    input: Stream,
    output: Stream,
    clearing: Signal,
    integrating: Signal,
    ticking: Signal,
    announce: Signal,
    issue: Signal,
    group: Signal,
    execute: Signal,
    execute_group: Signal,
    weight_address: Signal,
    weights: Signal,
    state: Signal,
    pending: Signal,
    pending_group: Signal,
    start_done: Signal,
    tick_done: Signal,
    advance: Signal,
}

impl<'s> Sweep<'s> {
    pub fn new(lanes: usize, given: Given<'s>, contents: &'s Contents) -> Self {
        let layer = given.layer;
        let groups = layer.neurons.div_ceil(lanes);
        let group_bits = address_bits(groups);
        let lanes = lanes as u32;
        let neuron_bits = layer.potential_bits + layer.refractory_bits();
        Self {
            given,
            layer,
            contents,
            lanes,
            groups,
            input: Stream::new("in", address_bits(layer.inputs)),
            output: Stream::new("out", address_bits(layer.neurons)),
            clearing: Signal::bit("clearing"),
            integrating: Signal::bit("integrating"),
            ticking: Signal::bit("ticking"),
            announce: Signal::bit("announce"),
            issue: Signal::bit("issue"),
            group: Signal::unsigned("group", group_bits),
            execute: Signal::bit("execute"),
            execute_group: Signal::unsigned("execute_group", group_bits),
            weight_address: Signal::unsigned("weight_address", address_bits(layer.inputs * groups)),
            weights: numbers("weights", lanes, layer.weight_bits, layer.weight_bits),
            state: numbers("state", lanes, neuron_bits, layer.potential_bits),
            pending: Signal::unsigned("pending", lanes),
            pending_group: Signal::unsigned("pending_group", group_bits),
            start_done: Signal::bit("start_done"),
            tick_done: Signal::bit("tick_done"),
            advance: Signal::bit("advance"),
        }
    }

    pub fn module(&self, prefix: &str, number: usize) -> Module {
        let mut module = Module::new(
            format!("{prefix}_layer_{number}"),
            &[
                "A layer that sweeps over its groups of neurons: `issue` reads weights and state of `group`, a cycle later",
                "`execute` writes the new state of `execute_group`. A tick waits while spikes of a group wait to leave.",
            ],
        );
        self.given.declare(&mut module, self.contents);
        module.input(Signal::bit("clk"));
        module.input(Signal::bit("rst"));
        self.input.inputs(&mut module);
        self.output.output_readies(&mut module);
        self.declare(&mut module);
        self.handshakes(&mut module);
        let (next_state, fired) = self.lanes(&mut module, prefix, number);
        self.memories(&mut module, &next_state);
        self.control(&mut module, &fired);
        module
    }

    fn declare(&self, module: &mut Module) {
        for signal in [
            &self.clearing,
            &self.integrating,
            &self.ticking,
            &self.announce,
            &self.issue,
            &self.group,
            &self.execute,
            &self.execute_group,
            &self.weight_address,
            &self.pending,
            &self.start_done,
            &self.tick_done,
        ] {
            module.register(signal.clone());
        }
        if self.groups > 1 {
            module.register(self.pending_group.clone());
        }
        module.read_register(self.weights.clone());
        module.read_register(self.state.clone());
        module.items.push(Item::Memory(Memory {
            name: "rows".into(),
            bits: self.weights.kind.bits,
            words: self.layer.inputs * self.groups,
            content: self.contents.memory(),
            disjoint: true,
        }));
        module.items.push(Item::Memory(Memory {
            name: "states".into(),
            bits: self.state.kind.bits,
            words: self.groups,
            content: MemoryContent::Zero,
            disjoint: true,
        }));
    }

    fn handshakes(&self, module: &mut Module) {
        module.comment("Spikes leave, lowest neuron first; the tick follows the last of them.");
        let output = &self.output;
        module.drive(output.valid.clone(), self.pending.get().any());
        let lane_bits = self.lanes.trailing_zeros();
        let address = match (self.groups, lane_bits) {
            (1, 0) => Expression::number(0, 1),
            (_, 0) => self.pending_group.get(),
            (1, _) => lowest_set(&self.pending, lane_bits),
            _ => Expression::concat(vec![
                self.pending_group.get(),
                lowest_set(&self.pending, lane_bits),
            ]),
        };
        let address = self.cut_address(module, address);
        module.drive(output.address.clone(), address);
        module.drive(output.start.clone(), self.start_done.get());
        let drained = output.valid.get().inverted();
        module.drive(output.tick.clone(), self.tick_done.get().and(drained));
        let halted = self.ticking.get().and(output.valid.get());
        module.wire(self.advance.clone(), halted.inverted());
    }

    /// The address of a spike in the width of the output.
    fn cut_address(&self, module: &mut Module, address: Expression) -> Expression {
        let bits = self.output.address.kind.bits;
        let wide = address.kind().bits;
        if wide == bits {
            return address;
        }
        // More lanes than neurons: the lanes beyond them never fire.
        let whole = module.wire(Signal::unsigned("lane", wide), address);
        module.wire(Signal::unsigned("lane_unused", wide - bits), whole.slice(bits, wide - bits));
        whole.slice(0, bits)
    }

    /// The adders. Returns the next state of a group and the lanes that fire.
    fn lanes(&self, module: &mut Module, prefix: &str, number: usize) -> (Signal, Signal) {
        let fired = module.net(Signal::unsigned("fired", self.lanes));
        let neuron_bits = self.state.kind.bits / self.lanes;
        let mut words = Vec::new();
        for lane in 0..self.lanes {
            let low = lane * neuron_bits;
            let potential_bits = self.layer.potential_bits;
            let potential =
                number_in(module, &format!("v_{lane}"), &self.state, low, potential_bits);
            let mut now = vec![potential];
            if neuron_bits > potential_bits {
                now.push(self.state.slice(low + potential_bits, neuron_bits - potential_bits));
            }
            let next = NeuronSignals::new(&format!("next_{lane}_"), self.layer);
            for signal in next.all() {
                module.net(signal.clone());
            }
            let weight_bits = self.layer.weight_bits;
            let name = format!("weight_{lane}");
            let weight = number_in(module, &name, &self.weights, lane * weight_bits, weight_bits);
            let inputs = [("tick", self.ticking.get()), ("weight", weight)];
            let outputs = (&next, fired.slice(lane, 1));
            let name = format!("step_{lane}");
            module.items.push(step_instance(
                prefix,
                number,
                &self.given,
                &name,
                inputs,
                now,
                outputs,
            ));
            words.push(next.v.get());
            words.extend(next.refractory.iter().map(Signal::get));
        }
        words.reverse();
        let next = Expression::concat(words);
        let next_state = module.wire(Signal::unsigned("next_state", next.kind().bits), next);
        (next_state, fired)
    }

    fn memories(&self, module: &mut Module, next_state: &Signal) {
        let reads = self.advance.get().and(self.issue.get());
        let kept = Expression::repeat(self.clearing.get().inverted(), next_state.kind.bits);
        module.clocked(vec![
            Statement::when(
                reads.clone(),
                vec![Statement::Read {
                    into: self.state.clone(),
                    memory: "states".into(),
                    address: self.group.get(),
                }],
            ),
            Statement::when(
                self.advance.get().and(self.execute.get()),
                vec![Statement::Write {
                    memory: "states".into(),
                    address: self.execute_group.get(),
                    value: next_state.get().and(kept),
                }],
            ),
        ]);
        module.clocked(vec![Statement::when(
            reads.and(self.integrating.get()),
            vec![Statement::Read {
                into: self.weights.clone(),
                memory: "rows".into(),
                address: self.weight_address.get(),
            }],
        )]);
        self.given.write_weights(module, self.lanes as usize);
    }

    fn control(&self, module: &mut Module, fired: &Signal) {
        let work =
            [&self.clearing, &self.integrating, &self.ticking, &self.start_done, &self.tick_done];
        let busy = work.map(Signal::get).into_iter().reduce(Expression::or).expect("some work");
        let idle = module.wire(Signal::bit("idle"), busy.inverted());
        let taken = self.input.accept_when(module, &idle);
        let known = match inside(&self.input.address, self.layer.inputs) {
            Some(inside) => taken.event.get().and(inside),
            None => taken.event.get(),
        };
        let known = module.wire(Signal::bit("known"), known);
        let next_spike = Statement::set(&self.pending, without_lowest(&self.pending));
        let mut runs = Vec::from(self.output.leave(&self.start_done, &self.tick_done, next_spike));
        let begin = |flags: &[&Signal]| flags.iter().map(|flag| Statement::raise(flag)).collect();
        runs.extend([
            Statement::when(self.advance.get(), self.advances(fired)),
            Statement::when(
                taken.start.get(),
                begin(&[&self.clearing, &self.announce, &self.issue]),
            ),
            Statement::when(taken.tick.get(), begin(&[&self.ticking, &self.issue])),
            Statement::when(known.get(), begin(&[&self.integrating, &self.issue])),
        ]);
        module.comment("A reset sweeps like a start of image, but silently.");
        let rst = Signal::bit("rst");
        module.clocked(vec![Statement::If(rst.get(), self.restart(), runs)]);
        self.addresses(module, &known);
    }

    /// Whether a group is the last one.
    fn is_last(&self, group: &Signal) -> Expression {
        group.get().equals(Expression::number(self.groups as u64 - 1, group.kind.bits))
    }

    /// A sweep goes on by one group, unless spikes wait.
    fn advances(&self, fired: &Signal) -> Vec<Statement> {
        let bits = self.group.kind.bits;
        let next_group = Expression::choose(
            self.is_last(&self.group),
            Expression::number(0, bits),
            self.group.get().plus(Expression::number(1, bits)),
        );
        let ends = vec![
            Statement::clear(&self.clearing),
            Statement::clear(&self.integrating),
            Statement::clear(&self.ticking),
            Statement::when(
                self.clearing.get().and(self.announce.get()),
                vec![Statement::raise(&self.start_done)],
            ),
            Statement::when(self.ticking.get(), vec![Statement::raise(&self.tick_done)]),
        ];
        vec![
            Statement::set(&self.execute, self.issue.get()),
            Statement::when(
                self.issue.get(),
                vec![
                    Statement::set(&self.group, next_group),
                    Statement::set(&self.issue, self.is_last(&self.group).inverted()),
                ],
            ),
            Statement::when(
                self.execute.get().and(self.ticking.get()),
                vec![Statement::set(&self.pending, fired.get())],
            ),
            Statement::when(self.execute.get().and(self.is_last(&self.execute_group)), ends),
        ]
    }

    fn restart(&self) -> Vec<Statement> {
        let cleared = [
            &self.announce,
            &self.integrating,
            &self.ticking,
            &self.group,
            &self.execute,
            &self.pending,
            &self.start_done,
            &self.tick_done,
        ];
        let mut restart = vec![Statement::raise(&self.clearing), Statement::raise(&self.issue)];
        restart.extend(cleared.map(Statement::clear));
        restart
    }

    /// Registers of data, which need no reset.
    fn addresses(&self, module: &mut Module, known: &Signal) {
        let bits = self.weight_address.kind.bits;
        let begin = first_word(module, "first_word", &self.input.address, self.groups, bits);
        let next = self.weight_address.get().plus(Expression::number(1, bits));
        let steps = self.advance.get().and(self.issue.get()).and(self.integrating.get());
        let fires = self.advance.get().and(self.execute.get()).and(self.ticking.get());
        if self.groups > 1 {
            let group = Statement::set(&self.pending_group, self.execute_group.get());
            module.clocked(vec![Statement::when(fires, vec![group])]);
        }
        module.clocked(vec![
            Statement::when(
                self.advance.get(),
                vec![Statement::set(&self.execute_group, self.group.get())],
            ),
            Statement::If(
                known.get(),
                vec![Statement::set(&self.weight_address, begin)],
                vec![Statement::when(steps, vec![Statement::set(&self.weight_address, next)])],
            ),
        ]);
    }
}

/// A register of a word of each lane, in which a number in two's complement stands lowest. It is signed where it is that number alone:
/// beside a signed wire with its bits, yosys 0.23 makes a serial core 5 look-up tables larger on an iCE40.
fn numbers(name: &str, lanes: u32, word_bits: u32, number_bits: u32) -> Signal {
    if lanes * word_bits == number_bits {
        return Signal::signed(name, number_bits);
    }
    Signal::unsigned(name, lanes * word_bits)
}

/// A number in such a register, from its bit `low` on, for a signed port.
fn number_in(
    module: &mut Module,
    name: &str,
    register: &Signal,
    low: u32,
    bits: u32,
) -> Expression {
    if register.kind.signed {
        return register.get();
    }
    signed_wire(module, name, register.slice(low, bits)).get()
}
