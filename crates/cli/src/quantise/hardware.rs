//! Whether hardware does what the model says.

use memspike_files::ScratchFolder;
use memspike_hdl::{Export, Layout, Simulator};
use memspike_lif_core::{Answer, Architecture, Core, Stimulus, answers, clocked_answers};
use serde::Serialize;

use super::{input, work};
use crate::failure::Failure;

/// What event-level model, cycle-accurate model and Verilator agreed in: every winner, spike and count of so many spikes.
#[derive(Serialize, Clone, Copy, Default)]
pub struct Hardware {
    pub spikes: usize,
    pub cycles: u64,
}

/// The hardware of a core, ready to run.
pub struct Bench {
    architecture: Architecture,
    simulator: Simulator,
    _folder: ScratchFolder,
}

/// A core as a folder that vanishes.
pub fn exported(core: &Core, layout: &dyn Layout) -> Result<ScratchFolder, Failure> {
    let folder = ScratchFolder::new().map_err(|e| work(&e))?;
    let create = |name: &str| folder.file(name);
    memspike_hdl::export(core, layout, &Export::new("lif"), create).map_err(|e| input(&e))?;
    Ok(folder)
}

impl Bench {
    pub fn new(core: &Core, layout: &dyn Layout) -> Result<Self, Failure> {
        let folder = exported(core, layout)?;
        let simulator = Simulator::build(folder.path()).map_err(|e| work(&e))?;
        Ok(Self { architecture: layout.model(), simulator, _folder: folder })
    }

    /// Sends images to both other machines.
    pub fn check(&self, run: usize, core: &Core, stimuli: &[Stimulus]) -> Result<Hardware, String> {
        let expected = answers(core, stimuli);
        let (clocked, _) = clocked_answers(core, self.architecture, stimuli);
        if let Some(at) = (0..expected.len()).find(|at| clocked.get(*at) != Some(&expected[*at])) {
            return Err(format!("the cycle-accurate model differs in answer {at}"));
        }
        let simulation = self
            .simulator
            .compare(&format!("run_{run}"), core, stimuli, &expected)
            .map_err(|error| error.to_string())?;
        let spikes = expected.iter().map(|answer| match answer {
            Answer::Tick { spikes, .. } => spikes.len(),
            Answer::Counts(_) => 0,
        });
        Ok(Hardware { spikes: spikes.sum(), cycles: simulation.cycles })
    }
}
