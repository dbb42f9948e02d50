//! The part of the grammar that is about cores.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use memspike_hdl::{GATES, RealNeuron};
use memspike_lif_core::{ROUNDING, Widths};

use crate::{
    args::{number, positive_seconds},
    failure::Failure,
    flags::{JsonFlag, SeedFlag, folder},
    nir_args::SpikeFlags,
};

pub const EXPORT_VERILOG_EXAMPLES: &str = "\
Examples:
  memspike export-verilog --weights w.npy --threshold 1 --out core
  memspike export-verilog --weights w.npy --arch parallel --threshold 1 --retention 0.9 --out core
  memspike export-verilog --weights hidden.npy --weights out.npy --threshold 1,0.5 --out core
  memspike export-verilog --network net.toml --weight-bits 8,6 --out core
  memspike export-verilog --network net.nir --spike-area 1e-4 --step 1e-4 --subtract --out core
  memspike export-verilog --weights int8.npy --scale 1 --threshold 100 --retention 0.99 --rounding 0.002 --out core
  memspike export-verilog --weights w.npy --vth 0.17 --vhold 0.1 --rleak 1Meg --cmem 47n --out core
  memspike export-verilog --weights w.npy --threshold 1 --weights-memory ram --out core
  memspike export-verilog --real-model oscillation --out neuron
  make -C core sim                                 iverilog alone checks the core

Weights are .npy files of any real type, inputs x neurons, one a layer. Thresholds and reset values have their unit.
Without --scale, the largest weight of a layer becomes the largest integer; a .npy of integers that fit --weight-bits is taken as it is.
Rounding is counted by the threshold, also for the reset, by 1 - retention, and by the time step. A leak is a shift (1 - 2^-k) if
one is near enough, otherwise a product with a factor of up to 24 bits. What was wanted and what was obtained is printed, and
stands in the folder.
A device (--vth, --vhold, --rleak, --cmem) resets to its hold voltage and leaks by exp(-step / R C); weights are volts then.
A network says itself what its layers do: --step and --leak-shift choose the time step alone.
The folder needs no memspike: its README says what is in it.";

pub const VERIFY_EXAMPLES: &str = "\
Examples:
  memspike verify core
  memspike verify core --json | jq '.gates[] | select(.passed | not)'";

pub const SYNTH_EXAMPLES: &str = "\
Examples:
  memspike synth core
  memspike synth core --device up5k --seeds 10 --json
  memspike synth core --part layer_0";

/// Options that say nothing about an analog neuron.
const OF_CORES: [&str; 21] = [
    "weights",
    "network",
    "arch",
    "lanes",
    "weights_memory",
    "weight_bits",
    "potential_bits",
    "count_bits",
    "scale",
    "rounding",
    "threshold",
    "retention",
    "reset",
    "non_negative",
    "refractory",
    "step",
    "leak_shift",
    "spike_area",
    "subtract",
    "vectors",
    "seed",
];

/// Arguments of `export-verilog`.
#[derive(Args)]
#[command(group(ArgGroup::new("analog").args(["vth", "real_model"])))]
pub struct ExportVerilogArguments {
    /// Weights of a layer, a .npy file; again for the next layer.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["real_model", "network"])]
    pub weights: Vec<PathBuf>,
    /// All layers of a network of LIF neurons, .toml or .json, or of a graph of NIR, .nir, with what its neurons do.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["weights", "threshold", "retention", "reset", "vth", "refractory"])]
    pub network: Option<PathBuf>,
    #[command(flatten)]
    pub spike: SpikeFlags,
    /// A new or empty folder.
    #[arg(long, short, value_name = "DIR", value_parser = folder())]
    pub out: PathBuf,
    /// serial: a neuron a cycle; folded: some; parallel: all.
    #[arg(long, value_name = "NAME", default_value = "serial", value_parser = ["serial", "folded", "parallel"])]
    pub arch: String,
    /// Neurons a cycle of a folded core: 1, 2, 4, ... 64.
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub lanes: usize,
    /// rom: weights, thresholds and leaks stay as they are exported; ram: they can be loaded at run time.
    #[arg(long, value_name = "FORM", default_value = "rom", value_parser = ["rom", "ram"])]
    pub weights_memory: String,
    /// Name of the top module [default: lif; of an analog neuron, its own].
    #[arg(long)]
    pub name: Option<String>,
    /// Licence that the files name, an SPDX expression.
    #[arg(long, value_name = "SPDX", default_value = memspike_hdl::LICENCE)]
    pub licence: String,
    #[command(flatten)]
    pub widths: WidthArguments,
    /// Width of a spike count (bit).
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub count_bits: u32,
    /// Integers are weights, threshold and reset times S, rounded; one, or one for each layer.
    #[arg(long, value_name = "S", value_delimiter = ',')]
    pub scale: Vec<f64>,
    /// The largest relative error that rounding may make; more is refused.
    #[arg(long, value_name = "X", default_value_t = ROUNDING, value_parser = fraction)]
    pub rounding: f64,
    /// Threshold in units of the weights; one, or one for each layer.
    #[arg(long, value_name = "X", value_delimiter = ',', required_unless_present_any = ["analog", "network"])]
    pub threshold: Vec<f64>,
    /// What remains of a potential after a time step.
    #[arg(long, value_name = "X", default_value_t = 1.0, conflicts_with = "vth")]
    pub retention: f64,
    /// Potential after a spike; without it, the threshold is subtracted.
    #[arg(long, value_name = "X", conflicts_with = "vth")]
    pub reset: Option<f64>,
    /// Stop potentials at zero instead of at the lower end of their width.
    #[arg(long)]
    pub non_negative: bool,
    /// Ticks after a spike during which a neuron stays as it is.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub refractory: u32,
    /// Length of a time step [default: 1m; of a network, what --leak-shift says].
    #[arg(long, value_name = "T", conflicts_with = "leak_shift", value_parser = positive_seconds)]
    pub step: Option<f64>,
    /// Of a network: a tick takes v >> N from a potential of the first layer, and the time step follows [default: 6].
    #[arg(long, value_name = "N", requires = "network", value_parser = clap::value_parser!(u32).range(1..=16))]
    pub leak_shift: Option<u32>,
    /// Threshold voltage of a device.
    #[arg(long, value_name = "V", conflicts_with = "threshold", requires_all = ["vhold", "rleak", "cmem"], value_parser = number)]
    pub vth: Option<f64>,
    /// Hold voltage of a device.
    #[arg(long, value_name = "V", requires = "vth", value_parser = number)]
    pub vhold: Option<f64>,
    /// Resistance through which its membrane leaks; of an analog neuron, its resistor [default: 1Meg].
    #[arg(long, value_name = "OHM", requires = "analog", value_parser = number)]
    pub rleak: Option<f64>,
    /// Membrane capacitance; of an analog neuron [default: 47n].
    #[arg(long, value_name = "F", requires = "analog", value_parser = number)]
    pub cmem: Option<f64>,
    /// Instead of a core, the analog neuron as a SystemVerilog model with real-number ports, event by event.
    #[arg(long, value_name = "NEURON", value_parser = RealNeuron::NAMES.map(|(name, _)| name), conflicts_with_all = OF_CORES)]
    pub real_model: Option<String>,
    /// A file with one .model card of a ts_memristor, instead of the paper's ZnO device, for --real-model or for neurons of a
    /// --network that say nothing of their ideal.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["weights", "threshold", "vth"])]
    pub card: Option<PathBuf>,
    /// Clock cycles of the testbench, about [default: 50000, or what 32 MB hold]; what they reach is said.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(100..=100_000_000))]
    pub vectors: Option<u64>,
    #[command(flatten)]
    pub seed: SeedFlag,
}

/// Widths of the layers of a core, where it has several.
#[derive(Args)]
pub struct WidthArguments {
    /// Width of a weight (bit); one, or one for each layer.
    #[arg(
        long,
        value_name = "N,N,...",
        alias = "bits",
        value_delimiter = ',',
        default_value = "8"
    )]
    pub weight_bits: Vec<u32>,
    /// Width of a potential (bit), at whose ends it stops; one, or one for each layer [default: what its weights need].
    #[arg(long, value_name = "N,N,...", value_delimiter = ',')]
    pub potential_bits: Vec<u32>,
}

impl WidthArguments {
    /// The widths of so many layers.
    pub fn of(&self, layers: usize) -> Result<Vec<Widths>, Failure> {
        layer_widths(&self.weight_bits, &self.potential_bits, layers)
    }
}

/// Widths of so many layers, from options that have one, or one for each layer; potentials may be left out.
pub fn layer_widths(
    weights: &[u32],
    potentials: &[u32],
    layers: usize,
) -> Result<Vec<Widths>, Failure> {
    let weights = each("widths of weights", weights, layers)?;
    let potentials = match potentials {
        [] => vec![None; layers],
        _ => each("widths of potentials", potentials, layers)?.into_iter().map(Some).collect(),
    };
    let pairs = weights.into_iter().zip(potentials);
    Ok(pairs.map(|(weight_bits, potential_bits)| Widths { weight_bits, potential_bits }).collect())
}

/// One number for each layer, of which one may stand for all.
pub fn each<N: Copy>(what: &str, given: &[N], layers: usize) -> Result<Vec<N>, Failure> {
    match given {
        [one] => Ok(vec![*one; layers]),
        _ if given.len() == layers => Ok(given.to_vec()),
        _ => Err(Failure::Input(format!(
            "error: {} {what} for {layers} layers; give one, or one for each layer",
            given.len()
        ))),
    }
}

/// Arguments of `verify`.
#[derive(Args)]
pub struct VerifyArguments {
    /// A folder that `export-verilog` wrote.
    pub folder: PathBuf,
    /// Run this gate alone; again for another one.
    #[arg(long, value_name = "NAME", value_parser = GATES.iter().map(|gate| gate.target).collect::<Vec<_>>())]
    pub gate: Vec<String>,
    /// All vectors in every gate; without it, the slow ones see the first part of them.
    #[arg(long)]
    pub thorough: bool,
    #[command(flatten)]
    pub json: JsonFlag,
}

/// Arguments of `synth`.
#[derive(Args)]
pub struct SynthArguments {
    /// A folder that `export-verilog` wrote.
    pub folder: PathBuf,
    /// hx8k, ecp5: the core; up5k: the core behind an SPI slave, with the pins of a board.
    #[arg(long, value_name = "NAME", default_value = "hx8k", value_parser = ["hx8k", "up5k", "ecp5"])]
    pub device: String,
    /// A part of the core alone: layer_0 without the counter, bank_0 (parallel) also without handshakes; or axi, the core behind AXI.
    #[arg(long, value_name = "MODULE")]
    pub part: Option<String>,
    /// Runs of place and route.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=100))]
    pub seeds: u64,
    #[command(flatten)]
    pub json: JsonFlag,
}

fn fraction(text: &str) -> Result<f64, String> {
    match number(text) {
        Ok(value) if value >= 0.0 && value.is_finite() => Ok(value),
        Ok(_) => {
            Err("a number that is not negative is needed, such as 0.01 for one percent".into())
        }
        Err(error) => Err(error),
    }
}
