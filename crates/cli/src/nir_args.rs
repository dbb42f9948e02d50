//! Arguments of `nir`, and what other verbs ask of a `.nir` file.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use memspike_files::is_standard_output;

use crate::args::positive_seconds;
use crate::flags::{JsonFlag, OutFile};
use crate::network_args::CardArguments;

pub const NIR_EXAMPLES: &str = "\
Examples:
  memspike nir show net.nir                                    nodes, shapes, parameters; the network that it becomes
  memspike net net.nir --spikes in.csv -o out.csv              run it, exact
  memspike net net.nir --spikes in.csv --spike-area 1e-4       a file of a tool that steps by 1e-4 s
  memspike nir convert net.nir -o net.toml                     as a network; and back: -o back.nir
  memspike nir convert net.nir --core -o core.toml             as layers of a core
  memspike nir convert net.nir --devices -o devices.toml       as circuits around memristors
  memspike nir step net.nir --spikes in.csv --grid-compatible 1e-4 --tool snntorch --until 0.01

What cannot be represented is refused by the name of its node. Spikes are .npy or .csv: time in s and
neuron in each row, in the order of time. Exit status: 2 if a file or a node is wrong.";

/// Arguments of `nir`.
#[derive(Args)]
pub struct NirArguments {
    /// What to do.
    #[command(subcommand)]
    pub verb: NirVerb,
}

/// What `nir` does.
#[derive(Subcommand)]
pub enum NirVerb {
    /// Print the nodes of a file, their shapes and parameters, and the network that it becomes.
    Show(ShowArguments),
    /// Write a .nir file as a network, or a network as a .nir file.
    Convert(ConvertArguments),
    /// Go through a file in steps of time, as the tool does that made it; for comparison alone.
    Step(StepArguments),
}

impl NirVerb {
    /// Whether data was asked for on standard output, and not only words for people.
    pub fn prints_data(&self) -> bool {
        match self {
            Self::Show(show) => show.json.json,
            Self::Convert(_) => false,
            Self::Step(step) => step.out.out.as_deref().is_none_or(is_standard_output),
        }
    }
}

/// What a `.nir` file does not say of its spikes.
#[derive(Args, Clone, Copy)]
pub struct SpikeFlags {
    /// Of a .nir file: a spike is a current of 1 for S seconds, arriving at once; the step of the tool that made the file, 1
    /// if left out, which is the Dirac of NIR.
    #[arg(long, value_name = "S", value_parser = positive_seconds)]
    pub spike_area: Option<f64>,
    /// Of a .nir file: a spike subtracts the threshold instead of setting the potential to v_reset.
    #[arg(long)]
    pub subtract: bool,
}

/// What a `.nir` file does not say of itself.
#[derive(Args, Clone, Copy)]
pub struct LawFlags {
    #[command(flatten)]
    pub spike: SpikeFlags,
    /// Of a .nir file: spikes take T where neurons form a loop without a Delay.
    #[arg(long, value_name = "T", value_parser = positive_seconds)]
    pub loop_delay: Option<f64>,
}

impl SpikeFlags {
    /// The first that is given.
    pub fn given(&self) -> Option<&'static str> {
        let given = [("--spike-area", self.spike_area.is_some()), ("--subtract", self.subtract)];
        given.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }
}

impl LawFlags {
    /// The first that is given.
    pub fn given(&self) -> Option<&'static str> {
        self.spike.given().or(self.loop_delay.map(|_| "--loop-delay"))
    }
}

/// What a `.nir` file does not say.
#[derive(Args)]
pub struct NirFlags {
    /// Of a .nir file: spikes of its Input, FILE or INPUT=FILE; left out, an Input is silent.
    #[arg(long, value_name = "SPIKES")]
    pub spikes: Vec<String>,
    #[command(flatten)]
    pub laws: LawFlags,
}

/// Arguments of `nir show`.
#[derive(Args)]
pub struct ShowArguments {
    /// The graph, .nir.
    pub file: PathBuf,
    #[command(flatten)]
    pub json: JsonFlag,
}

/// Arguments of `nir convert`.
#[derive(Args)]
pub struct ConvertArguments {
    /// The graph, .nir, or the network, .toml or .json.
    pub file: PathBuf,
    /// The file to write: .toml or .json of a graph, .nir of a network.
    #[arg(long, short, value_name = "FILE", alias = "output")]
    pub out: PathBuf,
    /// Of a .nir file: neurons as layers of a core have them, without delays.
    #[arg(long, conflicts_with_all = ["subtract", "loop_delay"])]
    pub core: bool,
    /// Of a .nir file: neurons as circuits around a memristor, layers behind oscillation neurons that see images, as
    /// `classify --level device` and `network-deck` take them; says how these differ from the file.
    #[arg(long, conflicts_with_all = ["core", "loop_delay", "spikes"])]
    pub devices: bool,
    /// With --devices: the file's neurons are shown a sample for S seconds; an image is shown as much longer as the
    /// circuits are slower [default: images are shown for 0.1 s].
    #[arg(long, value_name = "S", requires = "devices", value_parser = positive_seconds)]
    pub shown: Option<f64>,
    #[command(flatten)]
    pub card: CardArguments,
    #[command(flatten)]
    pub reading: NirFlags,
}

/// Whose order of updates.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ToolName {
    /// A spike subtracts the threshold, in the step after it.
    Snntorch,
    /// A spike is where the potential reaches the threshold, and resets it at once.
    Spikingjelly,
    /// A spike is where the potential lies above the threshold, and resets it at once.
    Norse,
}

/// What a spike does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ResetName {
    /// It subtracts the threshold.
    Subtract,
    /// It sets the potential to v_reset.
    Value,
}

/// Arguments of `nir step`.
#[derive(Args)]
pub struct StepArguments {
    /// The graph, .nir.
    pub file: PathBuf,
    /// Length of a step (s); spikes come at the multiple that is nearest.
    #[arg(long, value_name = "DT", value_parser = positive_seconds)]
    pub grid_compatible: f64,
    /// Whose order of updates.
    #[arg(long, value_enum)]
    pub tool: ToolName,
    /// What a spike does; left out, as the tool does unless it is told otherwise.
    #[arg(long, value_enum)]
    pub reset: Option<ResetName>,
    /// Spikes of its Input, FILE or INPUT=FILE.
    #[arg(long, value_name = "SPIKES")]
    pub spikes: Vec<String>,
    /// End at T.
    #[arg(long, value_name = "T", value_parser = positive_seconds)]
    pub until: f64,
    #[command(flatten)]
    pub out: OutFile,
}
