//! The counter of the last layer's spikes, and the winning neuron.

use memspike_lif_core::{Spec, address_bits};

use super::stream::{Stream, Taken};
use crate::verilog::{Expression, Item, Memory, MemoryContent, Module, Signal, Statement};

/// The registers of the counter, and the module that they make.
struct Counter {
    bits: u32,
    at_bits: u32,
    input: Stream,
    output: Stream,
    clearing: Signal,
    announce: Signal,
    update: Signal,
    valid: Signal,
    start_done: Signal,
    tick_done: Signal,
    clear_address: Signal,
    address: Signal,
    best: Signal,
    leader: Signal,
    old: Signal,
    shown: Signal,
}

/// The counter module. A spike takes two cycles: its count is read, then written one higher.
pub fn counter(prefix: &str, spec: &Spec) -> Module {
    let counter = Counter::new(spec);
    let mut module = Module::new(
        format!("{prefix}_counter"),
        &[
            "Counts spikes since the start of image and passes them on. `count` is the count of `count_address` a cycle",
            "before, `winner` the neuron with most spikes, of several the one that had them first.",
        ],
    );
    module.input(Signal::bit("clk"));
    let rst = module.input(Signal::bit("rst"));
    counter.input.inputs(&mut module);
    counter.output.output_readies(&mut module);
    let count_address = module.input(Signal::unsigned("count_address", counter.at_bits));
    counter.declare(&mut module);
    counter.outputs(&mut module);
    let taken = counter.accept(&mut module);
    let more = counter.control(&mut module, &rst, &taken);
    counter.memory(&mut module, &taken, &more, &count_address);
    module
}

impl Counter {
    fn new(spec: &Spec) -> Self {
        let bits = spec.count_bits;
        let at_bits = address_bits(spec.last().neurons);
        Self {
            bits,
            at_bits,
            input: Stream::new("in", at_bits),
            output: Stream::new("out", at_bits),
            clearing: Signal::bit("clearing"),
            announce: Signal::bit("announce"),
            update: Signal::bit("update"),
            valid: Signal::bit("valid"),
            start_done: Signal::bit("start_done"),
            tick_done: Signal::bit("tick_done"),
            clear_address: Signal::unsigned("clear_address", at_bits),
            address: Signal::unsigned("address", at_bits),
            best: Signal::unsigned("best", bits),
            leader: Signal::unsigned("leader", at_bits),
            old: Signal::unsigned("old", bits),
            shown: Signal::unsigned("shown", bits),
        }
    }

    fn declare(&self, module: &mut Module) {
        for signal in [
            &self.clearing,
            &self.announce,
            &self.update,
            &self.valid,
            &self.start_done,
            &self.tick_done,
            &self.clear_address,
            &self.address,
            &self.best,
            &self.leader,
        ] {
            module.register(signal.clone());
        }
        module.read_register(self.old.clone());
        module.read_register(self.shown.clone());
        module.items.push(Item::Memory(Memory {
            name: "counts".into(),
            bits: self.bits,
            words: 1 << self.at_bits,
            content: MemoryContent::Zero,
            disjoint: false,
        }));
    }

    fn outputs(&self, module: &mut Module) {
        let output = &self.output;
        module.drive(Signal::unsigned("count", self.bits), self.shown.get());
        module.drive(Signal::unsigned("winner", self.at_bits), self.leader.get());
        module.drive(output.start.clone(), self.start_done.get());
        module.drive(output.tick.clone(), self.tick_done.get());
        module.drive(output.valid.clone(), self.valid.get());
        module.drive(output.address.clone(), self.address.get());
    }

    fn accept(&self, module: &mut Module) -> Taken {
        let work = [&self.clearing, &self.update, &self.valid, &self.start_done, &self.tick_done];
        let busy = work.map(Signal::get).into_iter().reduce(Expression::or).expect("some work");
        let idle = module.wire(Signal::bit("idle"), busy.inverted());
        self.input.accept_when(module, &idle)
    }

    /// The count that was read and one more, up to the highest; whether the neuron that it is of leads with it.
    fn next_count(&self, module: &mut Module) -> (Signal, Signal) {
        let (bits, old, best) = (self.bits, &self.old, &self.best);
        let full = old.get().equals(Expression::number((1 << bits) - 1, bits));
        let next = old.get().plus(Expression::number(1, bits));
        let more = Expression::choose(full, old.get(), next);
        let more = module.wire(Signal::unsigned("more", bits), more);
        let leads = module.wire(Signal::bit("leads"), best.get().below(more.get()));
        (more, leads)
    }

    /// What happens at a clock; gives the next count.
    fn control(&self, module: &mut Module, rst: &Signal, taken: &Taken) -> Signal {
        let (more, leads) = self.next_count(module);
        let last = Expression::number((1 << self.at_bits) - 1, self.at_bits);
        let last = module.wire(Signal::bit("last"), self.clear_address.get().equals(last));
        let mut runs = vec![Statement::set(&self.update, taken.event.get())];
        runs.extend(self.output.leave(
            &self.start_done,
            &self.tick_done,
            Statement::clear(&self.valid),
        ));
        runs.extend([
            Statement::when(self.clearing.get(), self.clear_next(&last)),
            Statement::when(
                self.update.get().and(leads.get()),
                vec![
                    Statement::set(&self.best, more.get()),
                    Statement::set(&self.leader, self.address.get()),
                ],
            ),
            Statement::when(
                taken.start.get(),
                vec![
                    Statement::raise(&self.clearing),
                    Statement::raise(&self.announce),
                    Statement::clear(&self.best),
                    Statement::clear(&self.leader),
                ],
            ),
            Statement::when(taken.tick.get(), vec![Statement::raise(&self.tick_done)]),
            Statement::when(taken.event.get(), vec![Statement::raise(&self.valid)]),
        ]);
        module.comment("A reset clears the counts like a start of image, but silently.");
        module.clocked(vec![Statement::If(rst.get(), self.restart(), runs)]);
        more
    }

    /// One count is cleared, and the next one is next.
    fn clear_next(&self, last: &Signal) -> Vec<Statement> {
        let next = self.clear_address.get().plus(Expression::number(1, self.at_bits));
        vec![
            Statement::set(&self.clear_address, next),
            Statement::set(&self.clearing, last.get().inverted()),
            Statement::set(&self.start_done, last.get().and(self.announce.get())),
        ]
    }

    fn restart(&self) -> Vec<Statement> {
        let cleared = [
            &self.announce,
            &self.clear_address,
            &self.update,
            &self.valid,
            &self.start_done,
            &self.tick_done,
            &self.best,
            &self.leader,
        ];
        let mut restart = vec![Statement::raise(&self.clearing)];
        restart.extend(cleared.map(Statement::clear));
        restart
    }

    /// The counts: read for a spike and for the read port, written when they are cleared or one higher.
    fn memory(&self, module: &mut Module, taken: &Taken, more: &Signal, count_address: &Signal) {
        let writes = self.clearing.get().or(self.update.get());
        let kept = Expression::repeat(self.clearing.get().inverted(), self.bits);
        let place =
            Expression::choose(self.clearing.get(), self.clear_address.get(), self.address.get());
        let write_address = module.wire(Signal::unsigned("write_address", self.at_bits), place);
        let read = |into: &Signal, address: &Signal| Statement::Read {
            into: into.clone(),
            memory: "counts".into(),
            address: address.get(),
        };
        module.clocked(vec![
            Statement::when(
                taken.event.get(),
                vec![
                    Statement::set(&self.address, self.input.address.get()),
                    read(&self.old, &self.input.address),
                ],
            ),
            read(&self.shown, count_address),
            Statement::when(
                writes,
                vec![Statement::Write {
                    memory: "counts".into(),
                    address: write_address.get(),
                    value: more.get().and(kept),
                }],
            ),
        ]);
    }
}
