//! Layouts of a layer in hardware.

mod counter;
mod folded;
mod given;
mod parallel;
mod step;
mod stream;
mod sweep;
mod top;

use memspike_lif_core::{Architecture, Core, LayerSpec, Weights};

use crate::verilog::{MemoryContent, Module, Parameter};
pub(crate) use counter::counter;
pub use folded::Folded;
pub use given::WeightsMemory;
pub(crate) use given::{Given, top_inputs};
pub use parallel::Parallel;
pub(crate) use top::top;

/// Why a layout cannot carry a core.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// Lanes of a folded layout.
    #[error("a folded core has 1, 2, 4, ... or {MOST_LANES} lanes, not {0}")]
    Lanes(usize),
    /// A word of weights of all neurons would be too wide.
    #[error(
        "layer {layer} has {neurons} neurons; a parallel core has at most {MOST_PARALLEL}: choose serial or folded"
    )]
    TooMany {
        /// The layer.
        layer: usize,
        /// Its neurons.
        neurons: usize,
    },
    /// No such layout.
    #[error("there is no architecture '{0}'; there are serial, parallel and folded")]
    Unknown(String),
}

/// Most lanes of a folded layout.
pub const MOST_LANES: usize = 64;

/// Most neurons of a layer in a parallel layout.
pub const MOST_PARALLEL: usize = 256;

/// What a memory of weights holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Default of the parameter `WEIGHTS`: the name of a file, or nothing if there are words.
    pub file: String,
    /// Words in hexadecimal that are part of the source, so that no tool has to find a file.
    pub words: Vec<String>,
}

impl Contents {
    /// The parameter.
    fn parameter(&self) -> Parameter {
        Parameter::File { name: "WEIGHTS".into(), value: self.file.clone() }
    }

    fn memory(&self) -> MemoryContent {
        MemoryContent::File { parameter: "WEIGHTS".into(), built_in: self.words.clone() }
    }
}

/// One way of laying out layers in hardware.
pub trait Layout {
    /// Its name.
    fn name(&self) -> &'static str;

    /// What it is, in a sentence.
    fn about(&self) -> String;

    /// Where its weights are.
    fn weights_memory(&self) -> WeightsMemory;

    /// Whether it can carry this core.
    ///
    /// # Errors
    /// Why it cannot.
    fn validate(&self, core: &Core) -> Result<(), LayoutError>;

    /// The modules of a layer, the outermost last, named `PREFIX_..._NUMBER`.
    fn emit(
        &self,
        prefix: &str,
        number: usize,
        layer: &LayerSpec,
        contents: &Contents,
    ) -> Vec<Module>;

    /// The words of the memory of weights: the weights of a word, lane 0 first.
    fn words<'w>(
        &self,
        layer: &LayerSpec,
        weights: &'w Weights,
    ) -> Box<dyn Iterator<Item = Vec<i32>> + 'w>;

    /// Clock cycles in which a layer takes an event or, less its spikes, a tick.
    fn cycles(&self, layer: &LayerSpec) -> usize {
        self.model().cycles(layer)
    }

    /// The same layout as the cycle-accurate model knows it.
    fn model(&self) -> Architecture;
}

/// The layout of a name, with so many lanes if it is `folded`, and weights in ROM.
///
/// # Errors
/// An unknown name or number of lanes.
pub fn layout(name: &str, lanes: usize) -> Result<Box<dyn Layout>, LayoutError> {
    layout_with(name, lanes, WeightsMemory::Rom)
}

/// As [`layout`], with weights where it is said.
///
/// # Errors
/// As [`layout`].
pub fn layout_with(
    name: &str,
    lanes: usize,
    memory: WeightsMemory,
) -> Result<Box<dyn Layout>, LayoutError> {
    match name {
        "parallel" => Ok(Box::new(Parallel { memory })),
        "serial" => Ok(Box::new(Folded::serial().with(memory))),
        "folded" => Ok(Box::new(Folded::new(lanes)?.with(memory))),
        _ => Err(LayoutError::Unknown(name.to_owned())),
    }
}
