//! What one neuron does in one cycle, as a module without state.

use memspike_lif_core::{LayerSpec, Leak, Reset, Saturation};

use super::given::Given;
use crate::verilog::{Connection, Expression, Instance, Item, Module, Signal};

/// Name of the step module of a layer.
pub fn step_name(prefix: &str, number: usize) -> String {
    format!("{prefix}_step_{number}")
}

/// Signals of a neuron.
pub struct NeuronSignals {
    /// Potential.
    pub v: Signal,
    /// Refractory ticks that are left, if the layer has any.
    pub refractory: Option<Signal>,
}

impl NeuronSignals {
    /// Signals whose names begin with `prefix`.
    pub fn new(prefix: &str, layer: &LayerSpec) -> Self {
        let bits = layer.refractory_bits();
        Self {
            v: Signal::signed(format!("{prefix}v"), layer.potential_bits),
            refractory: (bits > 0).then(|| Signal::unsigned(format!("{prefix}refractory"), bits)),
        }
    }

    /// Every register of a neuron.
    pub fn all(&self) -> impl Iterator<Item = &Signal> {
        std::iter::once(&self.v).chain(&self.refractory)
    }
}

/// The step module: the state after a tick if `tick` is set, otherwise after an event of this weight.
///
/// One adder serves both: an event adds the weight; a tick subtracts the leak, as its complement with a carry in; without the carry it
/// subtracts one more. The carry stands below the lowest bit of both operands, where any synthesis makes it part of the adder. Beside
/// it, the threshold is subtracted: the sign tells whether it is reached, and the difference is what remains after a spike.
pub fn step(prefix: &str, number: usize, given: &Given) -> Module {
    let layer = given.layer;
    let mut module = Module::new(
        step_name(prefix, number),
        &["One neuron of a layer: its state after a tick, or after an event of this weight."],
    );
    given.declare_constants(&mut module);
    let bits = layer.potential_bits;
    let tick = module.input(Signal::bit("tick"));
    let weight = module.input(Signal::signed("weight", layer.weight_bits));
    let now = NeuronSignals::new("", layer);
    let next = NeuronSignals::new("next_", layer);
    for signal in now.all() {
        module.input(signal.clone());
    }

    let limit =
        module.wire(Signal::signed("limit", bits + 1), given.threshold().extended(bits + 1));
    let beyond = now.v.extended(bits + 1).minus(limit.get());
    let beyond = module.wire(Signal::signed("beyond", bits + 1), beyond);
    let reached = module.wire(Signal::bit("reached"), beyond.slice(bits, 1).inverted());
    let resting =
        now.refractory.as_ref().map(|left| module.wire(Signal::bit("resting"), left.get().any()));
    let active = |flag: Expression| match &resting {
        Some(resting) => flag.and(resting.get().inverted()),
        None => flag,
    };
    let fired = active(tick.get().and(reached.get()));
    module.drive(Signal::bit("fired"), fired);
    let fired = Signal::bit("fired");

    let sum = sum(&mut module, given, &tick, &weight, &now.v);
    let stopped = module.wire(Signal::signed("stopped", bits), saturated(layer, &sum));

    let reset = match layer.reset {
        Reset::Subtract => beyond.slice(0, bits).as_signed(),
        Reset::Zero => Expression::integer(0, bits),
        Reset::Hold { value } => Expression::integer(value, bits),
    };
    if layer.reset != Reset::Subtract {
        module.wire(Signal::unsigned("beyond_unused", bits), beyond.slice(0, bits));
    }
    let mut v = Expression::choose(fired.get(), reset, stopped.get());
    if let Some(resting) = &resting {
        v = Expression::choose(resting.get(), now.v.get(), v);
    }
    module.drive(next.v.clone(), v);
    if let (Some(left), Some(next)) = (&now.refractory, &next.refractory) {
        let bits = left.kind.bits;
        let fewer = left.get().minus(Expression::number(1, bits));
        let again = Expression::number(layer.refractory_ticks.into(), bits);
        let counted = Expression::choose(tick.get().and(left.get().any()), fewer, left.get());
        module.drive(next.clone(), Expression::choose(fired.get(), again, counted));
    }
    module
}

/// The potential with what is added, in two bits more: one for the sum, and one below for the carry.
fn sum(module: &mut Module, given: &Given, tick: &Signal, weight: &Signal, v: &Signal) -> Signal {
    let bits = given.layer.potential_bits;
    let (leak, whole) = leak(module, given, v);
    let carry = match whole {
        Some(whole) => tick.get().and(whole),
        None => tick.get(),
    };
    let other = module.wire(
        Signal::signed("operand", bits),
        Expression::choose(tick.get(), leak.get().inverted(), weight.extended(bits)),
    );
    let carry_out = |signal: &Signal, low: Expression| {
        let top = signal.slice(bits - 1, 1);
        Expression::concat(vec![top, signal.get(), low]).as_signed()
    };
    let sum = carry_out(v, Expression::number(1, 1)).plus(carry_out(&other, carry));
    let sum = module.wire(Signal::signed("sum", bits + 2), sum);
    // Lint takes this name as a word that the bit is not needed.
    module.wire(Signal::bit("carry_unused"), sum.slice(0, 1));
    sum
}

/// What a tick takes from a potential below threshold, rounded down, and, where it must be rounded up, whether it is whole already.
///
/// A product with a factor leaves `(v * factor) >> shift`: it takes `v * lost / 2^shift`, rounded up, where `lost` is what the factor lacks
/// of `2^shift`. For slow leaks that is a far shorter number than the factor. A factor that is loaded may be any.
fn leak(module: &mut Module, given: &Given, v: &Signal) -> (Signal, Option<Expression>) {
    let bits = given.layer.potential_bits;
    let loaded = given.leak();
    let (leak, whole) = match (given.layer.leak, &loaded) {
        (Leak::None, _) => (Expression::integer(0, bits), None),
        (Leak::Shift { .. }, Some(distance)) => (v.get().shifted_down_by(distance), None),
        (Leak::Shift { shift }, None) => (v.get().shifted_down(shift), None),
        (Leak::Multiply { shift, .. }, Some(factor)) => {
            let wide = bits + shift;
            let factor = factor.extended(wide).as_signed();
            let product =
                module.wire(Signal::signed("product", wide), v.extended(wide).times(factor));
            module.wire(Signal::unsigned("product_unused", shift), product.slice(0, shift));
            let kept = product.slice(shift, bits).as_signed();
            let kept = module.wire(Signal::signed("kept", bits), kept);
            (v.get().minus(kept.get()), None)
        }
        (Leak::Multiply { factor, shift }, None) => {
            let lost = (1 << shift) - i64::from(factor);
            let lost_bits = i64::BITS - lost.leading_zeros();
            let wide = (bits + lost_bits).max(shift + 1);
            let product = v.extended(wide).times(Expression::integer(lost, wide));
            let product = module.wire(Signal::signed("product", wide), product);
            let taken = product.slice(shift, wide - shift).as_signed();
            let taken = module.wire(Signal::signed("taken", wide - shift), taken);
            (taken.extended(bits), Some(product.slice(0, shift).any().inverted()))
        }
    };
    (module.wire(Signal::signed("leak", bits), leak), whole)
}

/// The sum, whose lowest bit is the carry's and whose highest two differ beyond the width, stopped at the ends.
fn saturated(layer: &LayerSpec, sum: &Signal) -> Expression {
    let bits = layer.potential_bits;
    let sign = sum.slice(bits + 1, 1);
    let top = sum.slice(bits, 1);
    let inside = sum.slice(1, bits).as_signed();
    let highest = Expression::integer(layer.highest(), bits);
    let lowest = Expression::integer(layer.lowest(), bits);
    let above = sign.clone().inverted().and(top.clone());
    let below = match layer.saturation {
        Saturation::Signed => sign.and(top.inverted()),
        Saturation::NonNegative => sign,
    };
    let upwards = Expression::choose(above, highest, inside);
    Expression::choose(below, lowest, upwards)
}

/// A wire with these bits in two's complement, for a signed port: yosys 0.23 cannot connect one to `$signed` of a whole signal.
pub fn signed_wire(module: &mut Module, name: &str, bits: Expression) -> Signal {
    module.wire(Signal::signed(name, bits.kind().bits), bits.as_signed())
}

/// An instance of the step module in a module that is given the same constants.
pub fn step_instance(
    prefix: &str,
    number: usize,
    given: &Given,
    name: &str,
    inputs: [(&str, Expression); 2],
    now: Vec<Expression>,
    outputs: (&NeuronSignals, Expression),
) -> Item {
    let (next, fired) = outputs;
    let mut connections: Vec<Connection> =
        inputs.into_iter().map(|(port, value)| Connection::new(port, value)).collect();
    let ports = ["v", "refractory"];
    connections.extend(ports.iter().zip(now).map(|(port, value)| Connection::new(*port, value)));
    connections.push(Connection::new("fired", fired));
    let ports = ["next_v", "next_refractory"];
    connections
        .extend(ports.iter().zip(next.all()).map(|(port, net)| Connection::new(*port, net.get())));
    connections.extend(given.constant_connections());
    Item::Instance(Instance {
        module: step_name(prefix, number),
        name: name.to_owned(),
        parameters: given.constant_parameters(),
        connections,
    })
}
