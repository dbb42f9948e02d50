//! Levels that never change.

use std::sync::Arc;

use memspike_device::Parameter;
use memspike_time::Time;

use crate::level::load;
use crate::{Block, BlockKind, Design, Level, Outputs, Port};

const PARAMETERS: &[Parameter] = &[load("load")];

#[derive(Debug, Clone, Copy)]
struct Constant(Level);

impl Design for Constant {
    fn instance(&self, _inputs: usize, _outputs: usize) -> Box<dyn Block> {
        Box::new(*self)
    }
}

impl Block for Constant {
    fn rest(&mut self, _inputs: &[Level], outputs: &mut [Level]) {
        outputs[0] = self.0;
    }

    fn react(&mut self, _at: Time, _inputs: &[Level], _out: &mut Outputs) {}
}

pub(crate) static PULL_UP: BlockKind = BlockKind {
    name: "d_pullup",
    doc: "The output is one.",
    ports: &[Port::output("out")],
    parameters: PARAMETERS,
    build: |_| Ok(Arc::new(Constant(Level::One))),
};

pub(crate) static PULL_DOWN: BlockKind = BlockKind {
    name: "d_pulldown",
    doc: "The output is zero.",
    ports: &[Port::output("out")],
    parameters: PARAMETERS,
    build: |_| Ok(Arc::new(Constant(Level::Zero))),
};
