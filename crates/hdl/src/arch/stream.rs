//! The three channels between layers: start of image, tick, event.

use memspike_lif_core::address_bits;

use crate::verilog::{Connection, Expression, Module, Signal, Statement};

/// The channels into or out of a module, each with its handshake.
#[derive(Debug, Clone)]
pub struct Stream {
    pub start: Signal,
    pub start_ready: Signal,
    pub tick: Signal,
    pub tick_ready: Signal,
    pub valid: Signal,
    pub ready: Signal,
    pub address: Signal,
}

impl Stream {
    /// Channels whose names begin with `prefix`.
    pub fn new(prefix: &str, address_bits: u32) -> Self {
        let bit = |name: &str| Signal::bit(format!("{prefix}_{name}"));
        Self {
            start: bit("start"),
            start_ready: bit("start_ready"),
            tick: bit("tick"),
            tick_ready: bit("tick_ready"),
            valid: bit("valid"),
            ready: bit("ready"),
            address: Signal::unsigned(format!("{prefix}_address"), address_bits),
        }
    }

    fn forward(&self) -> [&Signal; 4] {
        [&self.start, &self.tick, &self.valid, &self.address]
    }

    fn backward(&self) -> [&Signal; 3] {
        [&self.start_ready, &self.tick_ready, &self.ready]
    }

    /// Declares what comes in; the module drives the ready signals with [`Self::accept_when`] or through an instance.
    pub fn inputs(&self, module: &mut Module) {
        for signal in self.forward() {
            module.input(signal.clone());
        }
    }

    /// Declares the ready signals of what comes in.
    pub fn input_readies(&self, module: &mut Module) {
        for signal in self.backward() {
            module.output(signal.clone());
        }
    }

    /// Declares the ready signals of what goes out.
    pub fn output_readies(&self, module: &mut Module) {
        for signal in self.backward() {
            module.input(signal.clone());
        }
    }

    /// Declares what goes out.
    pub fn outputs(&self, module: &mut Module) {
        for signal in self.forward() {
            module.output(signal.clone());
        }
    }

    /// Declares wires for all of it.
    pub fn nets(&self, module: &mut Module) {
        for signal in self.forward().into_iter().chain(self.backward()) {
            module.net(signal.clone());
        }
    }

    /// Takes what comes in while the module is idle: a start before a tick before an event.
    pub fn accept_when(&self, module: &mut Module, idle: &Signal) -> Taken {
        let (start, tick) = (self.start.get(), self.tick.get());
        module.comment("Of several offers a start is taken before a tick, a tick before an event.");
        module.drive(self.start_ready.clone(), idle.get());
        module.drive(self.tick_ready.clone(), idle.get().and(start.clone().inverted()));
        let neither = start.or(tick).inverted();
        module.drive(self.ready.clone(), idle.get().and(neither));
        let both = |offer: &Signal, ready: &Signal| offer.get().and(ready.get());
        let mut wire = |name: &str, value| module.wire(Signal::bit(name), value);
        Taken {
            start: wire("take_start", both(&self.start, &self.start_ready)),
            tick: wire("take_tick", both(&self.tick, &self.tick_ready)),
            event: wire("take_event", both(&self.valid, &self.ready)),
        }
    }

    /// What becomes of offers that are taken: the flags behind a start and a tick are cleared, and `next` follows a spike.
    pub fn leave(&self, start: &Signal, tick: &Signal, next: Statement) -> [Statement; 3] {
        let taken = |offer: &Signal, ready: &Signal, then| {
            Statement::when(offer.get().and(ready.get()), vec![then])
        };
        [
            taken(&self.start, &self.start_ready, Statement::clear(start)),
            taken(&self.tick, &self.tick_ready, Statement::clear(tick)),
            taken(&self.valid, &self.ready, next),
        ]
    }

    /// Connections of an instance whose channels begin with `port` to these.
    pub fn connect(&self, port: &str) -> Vec<Connection> {
        let names = Self::new(port, 1);
        let ports = names.forward().into_iter().chain(names.backward());
        let ours = self.forward().into_iter().chain(self.backward());
        ports.zip(ours).map(|(port, ours)| Connection::new(&port.name, ours.get())).collect()
    }
}

/// What a module takes in this cycle; at most one is set.
pub struct Taken {
    pub start: Signal,
    pub tick: Signal,
    pub event: Signal,
}

/// Whether an address is below `count`; nothing if all addresses of this width are.
pub fn inside(address: &Signal, count: usize) -> Option<Expression> {
    let bits = address.kind.bits;
    (count < 1 << bits).then(|| address.get().below(Expression::number(count as u64, bits)))
}

/// The position of the lowest bit that is set, in `bits` bits; the last position if none is.
pub fn lowest_set(flags: &Signal, bits: u32) -> Expression {
    let count = flags.kind.bits;
    let last = Expression::number(u64::from(count) - 1, bits);
    (0..count - 1).rev().fold(last, |above, at| {
        Expression::choose(flags.slice(at, 1), Expression::number(at.into(), bits), above)
    })
}

/// The flags without the lowest one that is set.
pub fn without_lowest(flags: &Signal) -> Expression {
    let bits = flags.kind.bits;
    match bits {
        1 => Expression::number(0, 1),
        _ => flags.get().and(flags.get().minus(Expression::number(1, bits))),
    }
}

/// Address of the first word of an input in a memory of so many words an input, in `bits` bits: the input times the number of words.
pub fn first_word(
    module: &mut Module,
    name: &str,
    input: &Signal,
    groups: usize,
    bits: u32,
) -> Expression {
    if groups == 1 {
        return input.get();
    }
    let wide = address_bits(groups + 1).max(1) + input.kind.bits;
    let factor = Expression::number(groups as u64, wide);
    let product = module.wire(Signal::unsigned(name, wide), input.extended(wide).times(factor));
    if wide > bits {
        // Addresses beyond the inputs are not taken, and only they would need these bits.
        let rest = product.slice(bits, wide - bits);
        module.wire(Signal::unsigned(format!("{name}_unused"), wide - bits), rest);
    }
    product.slice(0, bits)
}
