//! The cycles around a difference as a waveform.

use memspike_rtl::Waves;

use crate::difference::{Cycle, Mask, OUTPUTS};

/// Where a clock has no time of its own, an edge is shown every nanosecond.
const EDGE_FS: u64 = 1_000_000;

/// Inputs of a core, and how wide they are shown (bit).
const INPUTS: [(&str, usize); 10] = [
    ("clk", 1),
    ("rst", 1),
    ("in_start", 1),
    ("in_tick", 1),
    ("in_valid", 1),
    ("in_address", 32),
    ("out_start_ready", 1),
    ("out_tick_ready", 1),
    ("out_ready", 1),
    ("count_address", 32),
];

/// Inputs, outputs of the model and outputs of the Verilog: of each edge what was there before it. What means nothing in the
/// model, and what two runs of the Verilog disagree in, is x.
pub(crate) fn waves(cycles: &[Cycle], time_of: &dyn Fn(u64) -> Option<u64>) -> Waves {
    let outputs = || OUTPUTS.iter().map(|output| (output.name.to_owned(), output.bits)).collect();
    let inputs = INPUTS.iter().map(|(name, bits)| ((*name).to_owned(), *bits)).collect();
    let groups = vec![
        ("inputs".to_owned(), inputs),
        ("model".to_owned(), outputs()),
        ("verilog".to_owned(), outputs()),
    ];
    let at = |edge: u64| time_of(edge).unwrap_or(edge.saturating_mul(EDGE_FS));
    let mut rows = Vec::new();
    for cycle in cycles {
        // What stands before an edge is shown from the middle of the cycle on, where the clock falls.
        let (edge, before) = (at(cycle.edge), at(cycle.edge.saturating_sub(1)));
        rows.push((before + (edge - before) / 2, values(cycle, false)));
        rows.push((edge, values(cycle, true)));
    }
    Waves { groups, rows }
}

fn values(cycle: &Cycle, clock: bool) -> Vec<String> {
    let Cycle { inputs, model, rtl, .. } = cycle;
    let bits = |value: u32, bits: usize| format!("{value:0bits$b}");
    let (offer, ready) = (inputs.offer, inputs.ready);
    let given = [
        clock.into(),
        inputs.reset.into(),
        offer.start.into(),
        offer.tick.into(),
        offer.valid.into(),
        offer.address,
        ready.start.into(),
        ready.tick.into(),
        ready.event.into(),
        inputs.count_address,
    ];
    let mut all: Vec<String> =
        given.into_iter().zip(INPUTS).map(|(value, (_, width))| bits(value, width)).collect();
    all.extend(OUTPUTS.iter().map(|output| match output.mask {
        Mask::WhileValid if !model.offer.valid => "x".repeat(output.bits),
        _ => bits((output.of)(model), output.bits),
    }));
    all.extend(OUTPUTS.iter().map(|output| {
        let [one, other] = rtl.each_ref().map(output.of);
        let letter = |bit: usize| match (one >> bit & 1, other >> bit & 1) {
            (0, 0) => '0',
            (1, 1) => '1',
            _ => 'x',
        };
        (0..output.bits).rev().map(letter).collect()
    }));
    all
}
