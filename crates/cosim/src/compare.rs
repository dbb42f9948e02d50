//! The cycle-accurate model and the Verilog of a core side by side.

use std::collections::VecDeque;
use std::num::NonZeroU32;

use memspike_digital::Report;
use memspike_lif_core::cycle::{Inputs, Outputs};
use memspike_lif_core::{Architecture, Core, CycleModel};
use memspike_rtl::Module;

use crate::difference::{Cycle, Difference, Mask, OUTPUTS};
use crate::machine::{Halt, Machine};
use crate::rtl::Rtl;

/// Cycles before a difference that are kept, and cycles after it.
const BEFORE: usize = 64;
const AFTER: u64 = 16;

/// Seeds of the initial values of both runs.
const SEEDS: [NonZeroU32; 2] = [NonZeroU32::new(1).unwrap(), NonZeroU32::new(2).unwrap()];

/// The model, and two runs of the Verilog that begin with different random values wherever the Verilog says none. A bit
/// that depends on these values would be x in a simulator of four levels; here the runs disagree in it.
#[derive(Debug)]
pub(crate) struct Compared {
    model: CycleModel,
    rtl: [Rtl; 2],
    /// The number of the next edge.
    edge: u64,
    /// The edge from which counts are compared.
    cleared: u64,
    compared: u64,
    kept: VecDeque<Cycle>,
}

impl Compared {
    pub fn new(core: &Core, architecture: Architecture, module: &Module) -> Result<Self, String> {
        Ok(Self {
            model: CycleModel::new(core, architecture),
            rtl: [Rtl::new(module, Some(SEEDS[0]))?, Rtl::new(module, Some(SEEDS[1]))?],
            edge: 0,
            cleared: architecture.cycles_to_rest_after_reset(core.spec()) as u64,
            compared: 0,
            kept: VecDeque::with_capacity(BEFORE + 1),
        })
    }

    /// One cycle of all three, kept; what came out of the model.
    fn together(&mut self, inputs: &Inputs) -> Result<Outputs, Halt> {
        let model = self.model.cycle(inputs)?;
        let [one, other] = &mut self.rtl;
        let rtl = [one.cycle(inputs)?, other.cycle(inputs)?];
        if self.kept.len() > BEFORE {
            self.kept.pop_front();
        }
        self.kept.push_back(Cycle { edge: self.edge, inputs: *inputs, model: model.clone(), rtl });
        self.edge += 1;
        Ok(model)
    }

    /// The first output of the last cycle that differs.
    fn difference(&self) -> Option<Difference> {
        let Cycle { edge, model, rtl, .. } = self.kept.back()?;
        // The very first edge is that of the reset: before it nothing is known of registers.
        if *edge == 0 {
            return None;
        }
        let compared = |mask| match mask {
            Mask::Always => true,
            Mask::WhileValid => model.offer.valid,
            Mask::OnceCleared => *edge >= self.cleared,
        };
        OUTPUTS.iter().filter(|output| compared(output.mask)).find_map(|output| {
            let (wanted, found) = ((output.of)(model), rtl.each_ref().map(output.of));
            (found != [wanted; 2]).then_some(Difference {
                edge: *edge,
                signal: output.name,
                model: wanted,
                rtl: found,
                cycles: Vec::new(),
            })
        })
    }

    /// The difference with the cycles around it. A core that fails meanwhile gives fewer.
    fn surrounded(&mut self, difference: Difference, inputs: &Inputs) -> Difference {
        let mut cycles: Vec<Cycle> = self.kept.iter().cloned().collect();
        for _ in 0..AFTER {
            if self.together(inputs).is_err() {
                break;
            }
            cycles.extend(self.kept.back().cloned());
        }
        Difference { cycles, ..difference }
    }
}

impl Machine for Compared {
    fn cycle(&mut self, inputs: &Inputs) -> Result<Outputs, Halt> {
        let outputs = self.together(inputs)?;
        if let Some(difference) = self.difference() {
            return Err(Halt::Differs(Box::new(self.surrounded(difference, inputs))));
        }
        self.compared += 1;
        Ok(outputs)
    }

    fn skip(&mut self, edges: u64) {
        self.edge += edges;
    }

    fn report(&self) -> Option<Report> {
        Some(Report::Note(format!(
            "model and Verilog were the same in all {} outputs at {} edges; two runs of the Verilog from different random values stood in for x, which Verilator does not know",
            OUTPUTS.len(),
            self.compared
        )))
    }
}
