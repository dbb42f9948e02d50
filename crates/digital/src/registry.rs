//! The list of blocks that a deck can name.

use std::sync::Arc;

use memspike_device::{Parameter, ParameterError};

use crate::Design;
use crate::blocks::{aer, clock, constant, counter, divider, flip_flop, gate, latch, one_shot};

/// Which way a port goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Into the block.
    In,
    /// Out of it.
    Out,
}

/// A port of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Port {
    /// Its name, as XSPICE has it.
    pub name: &'static str,
    /// Which way it goes.
    pub direction: Direction,
    /// Whether it is a list of nets in brackets.
    pub list: bool,
    /// Least number of nets in the list.
    pub least: usize,
    /// Whether `null` may stand for it.
    pub optional: bool,
}

impl Port {
    pub(crate) const fn input(name: &'static str) -> Self {
        Self { name, direction: Direction::In, list: false, least: 1, optional: false }
    }

    pub(crate) const fn output(name: &'static str) -> Self {
        Self { direction: Direction::Out, optional: true, ..Self::input(name) }
    }

    pub(crate) const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    pub(crate) const fn list(self, least: usize) -> Self {
        Self { list: true, least, ..self }
    }
}

/// What [`BlockKind::build`] gives.
type Built = Arc<dyn Design>;

/// A kind of block: what `.model NAME KIND(...)` can say, and what stands before the model's name on its card.
#[derive(Debug)]
pub struct BlockKind {
    /// Name in the deck, lower case.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Its ports, in the order of the card.
    pub ports: &'static [Port],
    /// Its parameters, in the order that `build` expects.
    pub parameters: &'static [Parameter],
    /// Builds it from values in the order of `parameters`.
    pub build: fn(&[f64]) -> Result<Built, ParameterError>,
}

/// Every kind of block. A new one is a file of `blocks/`, and one line here.
pub static KINDS: &[&BlockKind] = &[
    &gate::BUFFER,
    &gate::INVERTER,
    &gate::AND,
    &gate::NAND,
    &gate::OR,
    &gate::NOR,
    &gate::XOR,
    &gate::XNOR,
    &constant::PULL_UP,
    &constant::PULL_DOWN,
    &flip_flop::D,
    &flip_flop::JK,
    &flip_flop::T,
    &flip_flop::SR,
    &latch::D,
    &latch::SR,
    &divider::KIND,
    &clock::KIND,
    &one_shot::KIND,
    &counter::KIND,
    &aer::KIND,
];
