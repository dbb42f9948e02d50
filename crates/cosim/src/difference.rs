//! Where a core and its model part: the signal, the cycles around, what was sent before.

use memspike_lif_core::cycle::{Inputs, Outputs};

/// When an output is compared. What is masked means nothing then; an unknown bit is never masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mask {
    /// At every edge.
    Always,
    /// While the model's `out_valid` is one.
    WhileValid,
    /// Once the model has cleared its counts after the reset.
    OnceCleared,
}

/// An output of a core.
#[derive(Debug)]
pub(crate) struct Output {
    pub name: &'static str,
    /// Its width where it is shown (bit).
    pub bits: usize,
    pub mask: Mask,
    pub of: fn(&Outputs) -> u32,
}

/// Every output of a core, in the order in which the first difference of an edge is looked for, and when it is compared.
pub(crate) const OUTPUTS: [Output; 9] = [
    Output {
        name: "in_start_ready",
        bits: 1,
        mask: Mask::Always,
        of: |out| out.ready.start.into(),
    },
    Output { name: "in_tick_ready", bits: 1, mask: Mask::Always, of: |out| out.ready.tick.into() },
    Output { name: "in_ready", bits: 1, mask: Mask::Always, of: |out| out.ready.event.into() },
    Output { name: "out_start", bits: 1, mask: Mask::Always, of: |out| out.offer.start.into() },
    Output { name: "out_tick", bits: 1, mask: Mask::Always, of: |out| out.offer.tick.into() },
    Output { name: "out_valid", bits: 1, mask: Mask::Always, of: |out| out.offer.valid.into() },
    Output { name: "out_address", bits: 32, mask: Mask::WhileValid, of: |out| out.offer.address },
    Output {
        name: "count",
        bits: 32,
        mask: Mask::OnceCleared,
        of: |out| out.count.unwrap_or_default(),
    },
    Output { name: "winner", bits: 32, mask: Mask::Always, of: |out| out.winner },
];

/// A cycle: what went in, and what model and two runs of the Verilog gave before its edge.
#[derive(Debug, Clone)]
pub(crate) struct Cycle {
    /// Its rising edge, counted from 0.
    pub edge: u64,
    pub inputs: Inputs,
    pub model: Outputs,
    pub rtl: [Outputs; 2],
}

/// The first difference.
#[derive(Debug)]
pub(crate) struct Difference {
    /// The edge before which outputs differ.
    pub edge: u64,
    pub signal: &'static str,
    pub model: u32,
    /// Of both runs of the Verilog.
    pub rtl: [u32; 2],
    /// Cycles before, that one, and some after.
    pub cycles: Vec<Cycle>,
}

impl Difference {
    /// What the Verilog gives: a number, or that it is unknown.
    pub fn found(&self) -> String {
        match self.rtl {
            [one, other] if one == other => one.to_string(),
            [one, other] => format!(
                "x (runs from different initial values, which stand in for x in Verilator, give {one} and {other})"
            ),
        }
    }
}
