//! Gates: outputs that follow from the present inputs.

use std::sync::Arc;

use memspike_device::{Parameter, ParameterError};
use memspike_time::Time;

use crate::level::{FALL_DELAY, INPUT_LOAD, RISE_DELAY};
use crate::{Block, BlockKind, Delays, Design, Level, Outputs, Port};

const PARAMETERS: &[Parameter] = &[RISE_DELAY, FALL_DELAY, INPUT_LOAD];
const ONE: &[Port] = &[Port::input("in"), Port::output("out")];
const MANY: &[Port] = &[Port::input("in").list(2), Port::output("out")];

/// What a gate makes of its inputs.
type Law = fn(&[Level]) -> Level;

#[derive(Debug, Clone, Copy)]
struct Gate {
    law: Law,
    delays: Delays,
}

impl Design for Gate {
    fn instance(&self, _inputs: usize, _outputs: usize) -> Box<dyn Block> {
        Box::new(*self)
    }
}

impl Block for Gate {
    fn rest(&mut self, inputs: &[Level], outputs: &mut [Level]) {
        outputs[0] = (self.law)(inputs);
    }

    fn react(&mut self, _at: Time, inputs: &[Level], out: &mut Outputs) {
        out.drive(0, (self.law)(inputs), self.delays);
    }
}

fn and(inputs: &[Level]) -> Level {
    inputs.iter().fold(Level::One, |all, input| all.and(*input))
}

fn or(inputs: &[Level]) -> Level {
    inputs.iter().fold(Level::Zero, |all, input| all.or(*input))
}

/// An odd number of them is high.
fn xor(inputs: &[Level]) -> Level {
    inputs.iter().fold(Level::Zero, |all, input| all.xor(*input))
}

fn build(law: Law, values: &[f64]) -> Result<Arc<dyn Design>, ParameterError> {
    Ok(Arc::new(Gate { law, delays: Delays::of_values(values[0], values[1])? }))
}

macro_rules! gate {
    ($kind:ident, $name:literal, $ports:ident, $doc:literal, $law:expr) => {
        pub(crate) static $kind: BlockKind = BlockKind {
            name: $name,
            doc: $doc,
            ports: $ports,
            parameters: PARAMETERS,
            build: |values| build($law, values),
        };
    };
}

gate!(BUFFER, "d_buffer", ONE, "The output is the input.", |inputs| inputs[0]);
gate!(INVERTER, "d_inverter", ONE, "The output is the opposite of the input.", |inputs| {
    inputs[0].inverted()
});
gate!(AND, "d_and", MANY, "The output is one if all inputs are.", and);
gate!(NAND, "d_nand", MANY, "The output is zero if all inputs are one.", |inputs| {
    and(inputs).inverted()
});
gate!(OR, "d_or", MANY, "The output is one if an input is.", or);
gate!(NOR, "d_nor", MANY, "The output is zero if an input is one.", |inputs| {
    or(inputs).inverted()
});
gate!(XOR, "d_xor", MANY, "The output is one if an odd number of inputs is.", xor);
gate!(XNOR, "d_xnor", MANY, "The output is one if an even number of inputs is.", |inputs| {
    xor(inputs).inverted()
});
