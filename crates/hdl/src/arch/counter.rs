//! The counter of the last layer's spikes, and the winning neuron.

use memspike_lif_core::{Spec, address_bits};

use super::stream::Stream;
use crate::verilog::{Expression, Item, Memory, MemoryContent, Module, Signal, Statement};

/// The counter module. A spike takes two cycles: its count is read, then written one higher.
pub fn counter(prefix: &str, spec: &Spec) -> Module {
    let bits = spec.count_bits;
    let at_bits = address_bits(spec.last().neurons);
    let input = Stream::new("in", at_bits);
    let output = Stream::new("out", at_bits);
    let mut module = Module::new(
        format!("{prefix}_counter"),
        &[
            "Counts spikes since the start of image and passes them on. `count` is the count of `count_address` a cycle",
            "before, `winner` the neuron with most spikes, the first of several.",
        ],
    );
    module.input(Signal::bit("clk"));
    let rst = module.input(Signal::bit("rst"));
    input.inputs(&mut module);
    output.output_readies(&mut module);
    let count_address = module.input(Signal::unsigned("count_address", at_bits));

    let flags = ["clearing", "announce", "update", "valid", "start_done", "tick_done"];
    let [clearing, announce, update, valid, start_done, tick_done] =
        flags.map(|name| module.register(Signal::bit(name)));
    let clear_address = module.register(Signal::unsigned("clear_address", at_bits));
    let address = module.register(Signal::unsigned("address", at_bits));
    let best = module.register(Signal::unsigned("best", bits));
    let leader = module.register(Signal::unsigned("leader", at_bits));
    let old = module.read_register(Signal::unsigned("old", bits));
    let shown = module.read_register(Signal::unsigned("shown", bits));
    module.items.push(Item::Memory(Memory {
        name: "counts".into(),
        bits,
        words: 1 << at_bits,
        content: MemoryContent::Zero,
        disjoint: false,
    }));
    module.drive(Signal::unsigned("count", bits), shown.get());
    module.drive(Signal::unsigned("winner", at_bits), leader.get());
    module.drive(output.start.clone(), start_done.get());
    module.drive(output.tick.clone(), tick_done.get());
    module.drive(output.valid.clone(), valid.get());
    module.drive(output.address.clone(), address.get());

    let work = [&clearing, &update, &valid, &start_done, &tick_done];
    let busy = work.map(Signal::get).into_iter().reduce(Expression::or).expect("some work");
    let idle = module.wire(Signal::bit("idle"), busy.inverted());
    let taken = input.accept_when(&mut module, &idle);

    let one = |bits| Expression::number(1, bits);
    let set = |flag: &Signal| Statement::set(flag, one(1));
    let full = Expression::number((1 << bits) - 1, bits);
    let more = Expression::choose(old.get().equals(full), old.get(), old.get().plus(one(bits)));
    let more = module.wire(Signal::unsigned("more", bits), more);
    let equal_and_first = more.get().equals(best.get()).and(address.get().below(leader.get()));
    let leads = module.wire(Signal::bit("leads"), best.get().below(more.get()).or(equal_and_first));

    let last = Expression::number((1 << at_bits) - 1, at_bits);
    let last = module.wire(Signal::bit("last"), clear_address.get().equals(last));
    let passes = |offer: &Signal, ready: &Signal| offer.get().and(ready.get());
    let runs = vec![
        Statement::set(&update, taken.event.get()),
        Statement::when(
            passes(&output.start, &output.start_ready),
            vec![Statement::clear(&start_done)],
        ),
        Statement::when(
            passes(&output.tick, &output.tick_ready),
            vec![Statement::clear(&tick_done)],
        ),
        Statement::when(passes(&output.valid, &output.ready), vec![Statement::clear(&valid)]),
        Statement::when(
            clearing.get(),
            vec![
                Statement::set(&clear_address, clear_address.get().plus(one(at_bits))),
                Statement::set(&clearing, last.get().inverted()),
                Statement::set(&start_done, last.get().and(announce.get())),
            ],
        ),
        Statement::when(
            update.get().and(leads.get()),
            vec![Statement::set(&best, more.get()), Statement::set(&leader, address.get())],
        ),
        Statement::when(
            taken.start.get(),
            vec![
                set(&clearing),
                set(&announce),
                Statement::clear(&best),
                Statement::clear(&leader),
            ],
        ),
        Statement::when(taken.tick.get(), vec![set(&tick_done)]),
        Statement::when(taken.event.get(), vec![set(&valid)]),
    ];
    let mut restart = vec![set(&clearing)];
    restart.extend(
        [&announce, &clear_address, &update, &valid, &start_done, &tick_done, &best, &leader]
            .map(Statement::clear),
    );
    module.comment("A reset clears the counts like a start of image, but silently.");
    module.clocked(vec![Statement::If(rst.get(), restart, runs)]);

    let writes = clearing.get().or(update.get());
    let kept = Expression::repeat(clearing.get().inverted(), bits);
    let place = Expression::choose(clearing.get(), clear_address.get(), address.get());
    let write_address = module.wire(Signal::unsigned("write_address", at_bits), place);
    module.clocked(vec![
        Statement::when(
            taken.event.get(),
            vec![
                Statement::set(&address, input.address.get()),
                Statement::Read {
                    into: old.clone(),
                    memory: "counts".into(),
                    address: input.address.get(),
                },
            ],
        ),
        Statement::Read { into: shown, memory: "counts".into(), address: count_address.get() },
        Statement::when(
            writes,
            vec![Statement::Write {
                memory: "counts".into(),
                address: write_address.get(),
                value: more.get().and(kept),
            }],
        ),
    ]);
    module
}
