//! A few neurons a cycle, the others in memory.

use memspike_lif_core::{Architecture, Core, LayerSpec, Weights};

use super::given::{Given, WeightsMemory};
use super::step::step;
use super::sweep::Sweep;
use super::{Contents, Layout, LayoutError, MOST_LANES};
use crate::verilog::Module;

/// The layout with a fixed number of adders: lanes.
#[derive(Debug, Clone, Copy)]
pub struct Folded {
    lanes: usize,
    memory: WeightsMemory,
}

impl Folded {
    /// One lane, weights in ROM.
    #[must_use]
    pub const fn serial() -> Self {
        Self { lanes: 1, memory: WeightsMemory::Rom }
    }

    /// So many lanes, weights in ROM.
    ///
    /// # Errors
    /// If they are not a power of two, or more than [`MOST_LANES`].
    pub const fn new(lanes: usize) -> Result<Self, LayoutError> {
        if lanes.is_power_of_two() && lanes <= MOST_LANES {
            Ok(Self { lanes, memory: WeightsMemory::Rom })
        } else {
            Err(LayoutError::Lanes(lanes))
        }
    }

    /// The same with weights elsewhere.
    #[must_use]
    pub const fn with(self, memory: WeightsMemory) -> Self {
        Self { memory, ..self }
    }
}

impl Layout for Folded {
    fn name(&self) -> &'static str {
        if self.lanes == 1 { "serial" } else { "folded" }
    }

    fn about(&self) -> String {
        let neurons = match self.lanes {
            1 => "serial: one neuron".into(),
            lanes => format!("folded: {lanes} neurons"),
        };
        format!("{neurons} a cycle, weights and potentials in memory{}", self.memory.about())
    }

    fn validate(&self, _core: &Core) -> Result<(), LayoutError> {
        Ok(())
    }

    fn weights_memory(&self) -> WeightsMemory {
        self.memory
    }

    fn emit(
        &self,
        prefix: &str,
        number: usize,
        layer: &LayerSpec,
        contents: &Contents,
    ) -> Vec<Module> {
        let given = Given { layer, memory: self.memory };
        let sweep = Sweep::new(self.lanes, given, contents);
        vec![step(prefix, number, &given), sweep.module(prefix, number)]
    }

    fn words<'w>(
        &self,
        layer: &LayerSpec,
        weights: &'w Weights,
    ) -> Box<dyn Iterator<Item = Vec<i32>> + 'w> {
        let lanes = self.lanes;
        let filled = move |chunk: &[i32]| {
            let mut word = chunk.to_vec();
            word.resize(lanes, 0);
            word
        };
        let rows = (0..layer.inputs).map(|input| weights.row(input));
        Box::new(rows.flat_map(move |row| row.chunks(lanes).map(filled)))
    }

    fn model(&self) -> Architecture {
        Architecture::Folded { lanes: self.lanes }
    }
}
