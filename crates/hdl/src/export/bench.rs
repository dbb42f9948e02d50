//! The testbench of an export with its vectors.

use memspike_lif_core::{Core, CycleModel, LayerSpec, Reset, Spec, Weights};

use super::folder::Folder;
use super::{Export, ExportError};
use crate::arch::Layout;
use crate::design::memory_text;
use crate::driver::{Coverage, Driver, Stopped};
use crate::stimulus::{drive, sweep};
use crate::testbench::{Retuned, testbench};
use crate::vectors::{self, VectorFiles};

/// Cycles of a testbench if nothing else is asked for: so many, or fewer where their file would be larger than this (byte).
const MOST_CYCLES: usize = 50_000;
const MOST_BYTES: usize = 32_000_000;

/// The second, short run is this part of the first one.
const RETUNED_SHARE: usize = 10;

impl From<Stopped> for ExportError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Io(error) => Self::Write(error),
            Stopped::Asked => Self::Interrupted,
        }
    }
}

/// Clock cycles of a testbench if nothing else is asked for.
pub fn cycles(core: &Core, layout: &dyn Layout) -> usize {
    let line = vectors::Layout::new(&CycleModel::new(core, layout.model())).digits() + 1;
    MOST_CYCLES.min(MOST_BYTES / line)
}

/// Writes the testbench of the core and its vectors: about so many cycles, and those of what was recorded.
pub fn write(
    core: &Core,
    layout: &dyn Layout,
    export: &Export<'_>,
    cycles: usize,
    folder: &mut Folder<'_>,
) -> Result<Coverage, ExportError> {
    let model = CycleModel::new(core, layout.model());
    let files = VectorFiles::new(
        core,
        &model,
        folder.file("stimulus.hex")?,
        folder.file("expected_outputs.hex")?,
        Some(folder.file("expected_registers.hex")?),
    );
    let mut driver = Driver::new(core, model, files, export.watch)?;
    let coverage = driver.run(core, cycles, export.recorded, export.seed)?;
    let registers = driver.finish()?;
    let retuned = write_retuned(core, layout, export, cycles / RETUNED_SHARE, folder)?;
    folder.text(
        "testbench.v",
        &testbench(
            export.name,
            core.spec(),
            layout.weights_memory(),
            &registers,
            coverage.cycles,
            &retuned,
        ),
    )?;
    Ok(coverage)
}

/// Vectors of the core with other thresholds and weights, which reach it as parameters of its top.
fn write_retuned(
    core: &Core,
    layout: &dyn Layout,
    export: &Export<'_>,
    cycles: usize,
    folder: &mut Folder<'_>,
) -> Result<Retuned, ExportError> {
    let other = retuned(core);
    for (number, (layer, weights)) in other.layers().enumerate() {
        let text = memory_text(layout.words(layer, weights), layer.weight_bits);
        folder.text(&format!("retuned_weights_{number}.hex"), &text)?;
    }
    let model = CycleModel::new(&other, layout.model());
    let (inputs, outputs) =
        (folder.file("retuned_stimulus.hex")?, folder.file("retuned_outputs.hex")?);
    let files = VectorFiles::new(&other, &model, inputs, outputs, None);
    let mut driver = Driver::new(&other, model, files, export.watch)?;
    driver.send_until(drive(&other), cycles / 2)?;
    driver.send_until(sweep(&other), cycles)?;
    let cycles = driver.lines();
    driver.finish()?;
    Ok(Retuned {
        cycles,
        thresholds: other.spec().layers.iter().map(|layer| layer.threshold).collect(),
    })
}

/// The core with other constants where its top has parameters: neurons fire after the first good event, and every weight is one nearer
/// to zero.
fn retuned(core: &Core) -> Core {
    let layers = core.spec().layers.iter().map(|layer| {
        let threshold = easy_threshold(layer);
        LayerSpec { threshold, ..layer.clone() }
    });
    let spec = Spec { layers: layers.collect(), ..core.spec().clone() };
    let weights = core.layers().map(|(layer, weights)| {
        let rows = (0..layer.inputs)
            .flat_map(|input| weights.row(input))
            .map(|weight| weight - weight.signum());
        Weights::new(layer.neurons, rows.collect())
    });
    let weights = weights.collect();
    Core::new(spec, weights).expect("sums of weights only become smaller")
}

/// The lowest threshold that a layer can have, or the next one where it has that.
pub fn easy_threshold(layer: &LayerSpec) -> i64 {
    let lowest = match layer.reset {
        Reset::Hold { value } => value.max(0) + 1,
        Reset::Zero | Reset::Subtract => 1,
    };
    if layer.threshold == lowest { (lowest + 1).min(layer.highest()) } else { lowest }
}
