//! Arguments of the verbs of the network.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{Args, ValueEnum};
use memspike_netlist::parse_number;
use memspike_run::DeviceCard;
use memspike_snn::{Code, Ideal};

use crate::{
    args::positive_seconds,
    array_args::ArrayArguments,
    failure::Failure,
    flags::{JsonFlag, SeedFlag, ThreadsFlag, folder},
    network_source::NetworkSource,
    nir_args::{LawFlags, SpikeFlags},
};

pub const CLASSIFY_EXAMPLES: &str = "\
Examples:
  memspike classify --weights out/net/weights.npy --mnist DIR
  memspike classify --weights W.npy --mnist DIR --level point
  memspike classify --network out/net/network.toml --mnist DIR --level point
  memspike classify --network net.nir --spike-area 1e-4 --events spikes.h5 --level point
  memspike classify --weights W.npy --mnist DIR --level point --lif-threshold 0.17 --lif-reset 0.1
  memspike classify --weights W.npy --mnist DIR --out out/net
  memspike classify --weights W.npy --mnist DIR --levels 16 --wire 1 --seeds 5
  memspike classify --weights W.npy --mnist DIR --sweep levels=2,4,8,16,32
  memspike classify --weights W.npy --mnist DIR --sweep wire=0,1,2,5,10 --json
  memspike classify --weights W.npy --mnist DIR --sweep wire=0,50,100 --seeds 5 --out out/wires
  memspike classify --weights W.npy --mnist DIR --drift-nu 0.02 --sweep drift-time=1,1e3,1e6

Sweeps: levels, variation, wire, stuck-on, stuck-off, programming-noise, read-noise, drift-nu,
drift-nu-sigma, drift-time, gmin, gmax.
The class is the neuron that fires most; of several the one whose membrane ended highest; of
several still the lowest.";

pub const QUANTISE_EXAMPLES: &str = "\
Examples:
  memspike quantise --weights weights/mnist.npy --mnist DIR
  memspike quantise --weights W.npy --mnist DIR --bits 8 --rtl
  memspike quantise --weights W.npy --mnist DIR --bits 4,8 --rtl --arch parallel --images 200
  memspike quantise --network net.toml --mnist DIR --weight-bits 6,8
  memspike quantise --network net.toml --mnist DIR --search 0.3
  memspike quantise --network net.nir --spike-area 1e-4 --subtract --mnist DIR --bits 8

Spikes of the pixels are those of the point level, each at the nearest tick of a core. Its class is
the neuron that fires most; of several the one that had so many spikes first, because a counter
knows no more.
With --rtl the same streams run through the cycle-accurate model and, with Verilator, through the
Verilog; every spike, winner and count must be equal, else the exit status is 1.
A search begins with --weight-bits (8) and potentials that hold all sums. Of all widths that whose
narrowing saves most memory is narrowed by a bit; if the points that are lost against the point
level and their standard error are together more than X, the bit is given back and the width stays.
It ends when all stay.";

/// Where a data set is.
#[derive(Args)]
pub struct DataArguments {
    /// Folder with the four IDX files of MNIST, or of a set in its form, or with x_train.npy, y_train.npy, x_test.npy and
    /// y_test.npy; or a .npz file of these arrays; else the variable MNIST_DIR.
    #[arg(long, value_name = "DIR|FILE.npz")]
    pub mnist: Option<PathBuf>,
    /// Take only the first N images.
    #[arg(long, value_name = "N")]
    pub images: Option<NonZeroUsize>,
}

/// The memristor of all neurons.
#[derive(Args)]
pub struct CardArguments {
    /// A file with one .model card of a ts_memristor, instead of the paper's ZnO device.
    #[arg(long, value_name = "FILE")]
    pub card: Option<PathBuf>,
}

impl CardArguments {
    /// The card of that file, or the paper's.
    pub fn read(&self) -> Result<DeviceCard, Failure> {
        Ok(DeviceCard::load(self.card.as_deref())?)
    }
}

/// Names of what turns a pixel into spikes.
#[derive(Clone, Copy, ValueEnum)]
pub enum CodeName {
    /// An oscillation neuron with the card's device.
    Device,
    /// Equal distances, at a rate that rises by the line of figure 4c: 38 Hz at 0.5 V, 176 Hz at 2 V.
    Line,
}

impl From<CodeName> for Code {
    fn from(name: CodeName) -> Self {
        match name {
            CodeName::Device => Self::Device,
            CodeName::Line => Self::Line,
        }
    }
}

/// Neurons of the point level that are stated, instead of following from the card.
#[derive(Args, Clone, Copy)]
#[group(id = "neurons", multiple = true)]
pub struct NeuronArguments {
    /// What turns a pixel into spikes at point level.
    #[arg(long, value_enum)]
    pub encoding: Option<CodeName>,
    /// Potential at which an output neuron of the point level fires (V); else the card's.
    #[arg(long, value_name = "V", value_parser = not_negative)]
    pub lif_threshold: Option<f64>,
    /// Potential of an output neuron of the point level after a spike (V); else the card's.
    #[arg(long, value_name = "V", value_parser = not_negative)]
    pub lif_reset: Option<f64>,
    /// Equal steps of time at point level, each with its spikes at its end; 0 for their own instants.
    #[arg(long, value_name = "N")]
    pub steps: Option<u32>,
}

impl NeuronArguments {
    /// The neurons, as these arguments change others.
    pub fn of(self, others: Ideal) -> Ideal {
        Ideal {
            code: self.encoding.map_or(others.code, Into::into),
            threshold_v: self.lif_threshold.or(others.threshold_v),
            reset_v: self.lif_reset.or(others.reset_v),
            steps: self.steps.map_or(others.steps, |steps| Some(steps).filter(|n| *n > 0)),
        }
    }

    /// The first that is given.
    pub fn given(&self) -> Option<&'static str> {
        [
            ("--encoding", self.encoding.is_some()),
            ("--lif-threshold", self.lif_threshold.is_some()),
            ("--lif-reset", self.lif_reset.is_some()),
            ("--steps", self.steps.is_some()),
        ]
        .into_iter()
        .find_map(|(name, given)| given.then_some(name))
    }
}

/// Names of the levels of simulation.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LevelName {
    /// Pulses are charges, output neurons ideal.
    Point,
    /// Every device with its variation, pulses of finite width.
    Device,
}

/// Point neurons of any network, and what they are shown.
#[derive(Args)]
#[group(id = "point_neurons", multiple = true)]
pub struct SpikingArguments {
    #[command(flatten)]
    pub laws: LawFlags,
    /// At point level, spikes of samples instead of images: a .npy table of time (s), input, sample, label, or HDF5 in the
    /// form of the Heidelberg sets, .h5.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["mnist", "encoding"])]
    pub events: Option<PathBuf>,
    /// Of a .nir file or of events: a sample is shown for S seconds; left out, images for 0.1 s, and events for as long as the
    /// network says (shown_s), or else for twice as long as up to the last one.
    #[arg(long, value_name = "S", value_parser = positive_seconds)]
    pub shown: Option<f64>,
}

/// Arguments of `classify`.
#[derive(Args)]
pub struct ClassifyArguments {
    #[command(flatten)]
    pub source: NetworkSource,
    #[command(flatten)]
    pub data: DataArguments,
    #[command(flatten)]
    pub card: CardArguments,
    /// How closely the network is simulated.
    #[arg(long, value_enum, default_value = "device")]
    pub level: LevelName,
    /// Variation of the devices, in parts of what the card's model NAME_varied says, or of the paper's device
    /// (2.25 % and 4.44 % from cycle to cycle, 4.67 % over devices).
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = not_negative)]
    pub variation: f64,
    #[command(flatten)]
    pub neurons: NeuronArguments,
    #[command(flatten)]
    pub spiking: SpikingArguments,
    #[command(flatten)]
    pub array: ArrayArguments,
    #[command(flatten)]
    pub seed: SeedFlag,
    /// Work with so many seeds, from --seed on, and show their spread.
    #[arg(long, value_name = "N", default_value = "1")]
    pub seeds: NonZeroUsize,
    /// Repeat for each value of one setting, such as levels=2,4,8.
    #[arg(long, value_name = "NAME=V,V,...")]
    pub sweep: Option<String>,
    /// Draw into a folder, as SVG, PNG and CSV: the paper's figures 5c (mean spikes) and 5d
    /// (confusion), or, of a sweep, accuracy against its values.
    #[arg(long, short, value_name = "DIR", alias = "figures", value_parser = folder())]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub json: JsonFlag,
    #[command(flatten)]
    pub threads: ThreadsFlag,
}

/// Arguments of `quantise`.
#[derive(Args)]
pub struct QuantiseArguments {
    #[command(flatten)]
    pub source: NetworkSource,
    #[command(flatten)]
    pub spike: SpikeFlags,
    /// Of a .nir file: an image is shown for S seconds [default: 0.1].
    #[arg(long, value_name = "S", value_parser = positive_seconds)]
    pub shown: Option<f64>,
    #[command(flatten)]
    pub data: DataArguments,
    #[command(flatten)]
    pub card: CardArguments,
    #[command(flatten)]
    pub neurons: NeuronArguments,
    /// Widths of a weight (bit), a core for each.
    #[arg(
        long,
        conflicts_with_all = ["weight_bits", "search"],
        value_name = "N,N,...",
        value_delimiter = ',',
        default_value = "2,3,4,5,6,7,8",
        value_parser = clap::value_parser!(u32).range(2..=16)
    )]
    pub bits: Vec<u32>,
    /// One core, or the first of a search: width of a weight (bit); one, or one for each layer.
    #[arg(long, value_name = "N,N,...", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(2..=16))]
    pub weight_bits: Vec<u32>,
    /// Width of a potential (bit), at whose ends it stops; one, or one for each layer [default: what its weights need].
    #[arg(long, value_name = "N,N,...", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(4..=31))]
    pub potential_bits: Vec<u32>,
    /// Look for the least bits of weights and potentials of each layer that lose at most X points, by validation images.
    #[arg(long, value_name = "X", value_parser = points)]
    pub search: Option<f64>,
    /// Images at the end of the training set that the search looks at, those that `train` does not learn; test images it never reads.
    #[arg(long, value_name = "N", requires = "search", default_value = "5000")]
    pub validation: NonZeroUsize,
    /// Where what was found is synthesised and placed, if the tools are there.
    #[arg(long, value_name = "NAME", requires = "search", default_value = "ecp5", value_parser = ["hx8k", "ecp5", "none"])]
    pub device: String,
    /// A tick takes v >> N from a potential; the time step follows from the neuron's time constant.
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(3..=8))]
    pub leak_shift: u32,
    /// Also run the Verilog and the cycle-accurate model, and compare every spike and count.
    #[arg(long)]
    pub rtl: bool,
    /// serial: a neuron a cycle; folded: some; parallel: all.
    #[arg(long, value_name = "NAME", default_value = "serial", value_parser = ["serial", "folded", "parallel"])]
    pub arch: String,
    /// Neurons a cycle of a folded core: 1, 2, 4, ... 64.
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub lanes: usize,
    #[command(flatten)]
    pub json: JsonFlag,
    #[command(flatten)]
    pub threads: ThreadsFlag,
}

fn points(text: &str) -> Result<f64, String> {
    match parse_number(text) {
        Ok(value) if (0.0..=100.0).contains(&value) => Ok(value),
        _ => Err("points of accuracy are needed, 0 to 100, such as 0.3".to_owned()),
    }
}

/// A number that is not negative.
pub fn not_negative(text: &str) -> Result<f64, String> {
    match parse_number(text) {
        Ok(value) if value >= 0.0 && value.is_finite() => Ok(value),
        Ok(_) => Err("a number that is not negative is needed".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
