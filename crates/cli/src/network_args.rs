//! Arguments of the verbs of the network.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{Args, ValueEnum};
use memspike_netlist::parse_number;
use memspike_run::DeviceCard;
use memspike_snn::{
    Code, Ideal,
    training::{Loss, Preset},
};

use crate::{
    failure::Failure,
    flags::{JsonFlag, SeedFlag, ThreadsFlag},
    train_exact_args::ExactArguments,
};

pub const TRAIN_EXAMPLES: &str = "\
Examples:
  memspike train --mnist DIR --out out/net                  the best weights known
  memspike train --mnist DIR --out out/paper --preset paper the paper's set-up, 50 epochs
  memspike train --mnist DIR --out out/hw --preset robust   for arrays with flaws
  memspike train --mnist DIR --out out/net --resume         go on after an interruption
  memspike train --gradient exact --data yinyang --shape 4-120-3 --out out/yin
                                                            through instants of spikes

Writes weights.npy (784 x 10, float32), training.json (everything that made them), fig-5b (accuracy
by epoch; .svg, .png, .csv) and, after every epoch, checkpoint.json. Test images are never read.
Results depend on options and data alone: not on threads, nor on interruptions. Ctrl-C ends after
the last complete epoch.";

pub const CLASSIFY_EXAMPLES: &str = "\
Examples:
  memspike classify --weights out/net/weights.npy --mnist DIR
  memspike classify --weights W.npy --mnist DIR --level point
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

Spikes of the pixels are those of the point level, each at the nearest tick of a core. Its class is
the neuron that fires most; of several the lowest, because hardware knows no more.
With --rtl the same streams run through the cycle-accurate model and, with Verilator, through the
Verilog; every spike, winner and count must be equal, else the exit status is 1.";

/// Where a data set is.
#[derive(Args)]
pub struct DataArguments {
    /// Folder with the four IDX files of MNIST, or of a set in its form; else the variable MNIST_DIR.
    #[arg(long, value_name = "DIR")]
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

/// Names of presets.
#[derive(Clone, Copy, ValueEnum)]
pub enum PresetName {
    /// The best weights known.
    Default,
    /// The paper's: --encoding line, --lif-threshold 0.17, --lif-reset 0.1, mean square error, 50 epochs;
    /// 18 steps of 5.6 ms are assumed.
    Paper,
    /// Perturbed weights, thresholds and rates, 16 levels a device.
    Robust,
}

impl From<PresetName> for Preset {
    fn from(name: PresetName) -> Self {
        match name {
            PresetName::Default => Self::Default,
            PresetName::Paper => Self::Paper,
            PresetName::Robust => Self::Robust,
        }
    }
}

/// Names of losses.
#[derive(Clone, Copy, ValueEnum)]
pub enum LossName {
    /// Mean square error of spikes per step.
    Mse,
    /// Cross entropy of the scores.
    CrossEntropy,
}

impl From<LossName> for Loss {
    fn from(name: LossName) -> Self {
        match name {
            LossName::Mse => Self::Mse,
            LossName::CrossEntropy => Self::CrossEntropy,
        }
    }
}

/// Arguments of `train`.
#[derive(Args)]
pub struct TrainArguments {
    #[command(flatten)]
    pub data: DataArguments,
    #[command(flatten)]
    pub card: CardArguments,
    /// Folder for the results.
    #[arg(long, short, value_name = "DIR")]
    pub out: PathBuf,
    /// Go on from the folder's checkpoint, with its options.
    #[arg(long, conflicts_with_all = ["preset", "neurons", "choices", "overwrite", "images"])]
    pub resume: bool,
    /// Begin anew even if the folder holds a training.
    #[arg(long)]
    pub overwrite: bool,
    /// Options that the ones below change.
    #[arg(long, value_enum, default_value = "default")]
    pub preset: PresetName,
    #[command(flatten)]
    pub neurons: NeuronArguments,
    #[command(flatten)]
    pub choices: Choices,
    #[command(flatten)]
    pub exact: ExactArguments,
    #[command(flatten)]
    pub json: JsonFlag,
    #[command(flatten)]
    pub threads: ThreadsFlag,
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

/// Options of a training that replace those of its preset.
#[derive(Args)]
#[group(id = "choices", multiple = true)]
pub struct Choices {
    /// Seed of everything random.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Passes over the training images.
    #[arg(long, value_name = "N")]
    pub epochs: Option<u32>,
    /// Images a step of the optimiser.
    #[arg(long, value_name = "N")]
    pub batch: Option<u32>,
    /// Learning rate of Adam at the beginning.
    #[arg(long, value_name = "X")]
    pub learning_rate: Option<f64>,
    /// The loss.
    #[arg(long, value_enum)]
    pub loss: Option<LossName>,
    /// Score of one spike in the loss; with --loss mse in N steps it is 1/N.
    #[arg(long, value_name = "X")]
    pub score: Option<f64>,
    /// Slope of the surrogate, a sigmoid, per swing of the potential.
    #[arg(long, value_name = "X")]
    pub slope: Option<f64>,
    /// Greatest magnitude of a weight, at most 1.
    #[arg(long, value_name = "X")]
    pub weight_limit: Option<f64>,
    /// Standard deviation of a perturbation of weights in each batch.
    #[arg(long, value_name = "X")]
    pub weight_noise: Option<f64>,
    /// Standard deviation of the output thresholds for each image (V).
    #[arg(long, value_name = "V")]
    pub threshold_noise: Option<f64>,
    /// Relative standard deviation of the oscillation neurons' rates for each image.
    #[arg(long, value_name = "X")]
    pub rate_noise: Option<f64>,
    /// Conductance levels of a device that weights are rounded to; 0 for any conductance.
    #[arg(long, value_name = "N")]
    pub levels: Option<u32>,
    /// Images at the end of the training set that are kept for validation.
    #[arg(long, value_name = "N")]
    pub validation: Option<u32>,
    /// End after N epochs without a better validation accuracy; 0 for never.
    #[arg(long, value_name = "N")]
    pub patience: Option<u32>,
}

/// Names of the levels of simulation.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LevelName {
    /// Pulses are charges, output neurons ideal.
    Point,
    /// Every device with its variation, pulses of finite width.
    Device,
}

/// Arguments of `classify`.
#[derive(Args)]
pub struct ClassifyArguments {
    /// Weights, 784 x 10, as .npy.
    #[arg(long, value_name = "W.npy")]
    pub weights: PathBuf,
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
    #[arg(long, short, value_name = "DIR", alias = "figures")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub json: JsonFlag,
    #[command(flatten)]
    pub threads: ThreadsFlag,
}

/// Arguments of `quantise`.
#[derive(Args)]
pub struct QuantiseArguments {
    /// Weights, 784 x 10, as .npy.
    #[arg(long, value_name = "W.npy")]
    pub weights: PathBuf,
    #[command(flatten)]
    pub data: DataArguments,
    #[command(flatten)]
    pub card: CardArguments,
    #[command(flatten)]
    pub neurons: NeuronArguments,
    /// Widths of a weight (bit).
    #[arg(
        long,
        value_name = "N,N,...",
        value_delimiter = ',',
        default_value = "2,3,4,5,6,7,8",
        value_parser = clap::value_parser!(u32).range(2..=16)
    )]
    pub bits: Vec<u32>,
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

/// The array of synapses; ideal as it stands.
#[derive(Args, Clone)]
pub struct ArrayArguments {
    /// Greatest conductance of a device (S).
    #[arg(long, value_name = "S", default_value = "1u", value_parser = not_negative)]
    pub gmax: f64,
    /// Least conductance of a device (S).
    #[arg(long, value_name = "S", default_value = "0", value_parser = not_negative)]
    pub gmin: f64,
    /// Conductance levels of a device; any conductance without it.
    #[arg(long, value_name = "N")]
    pub levels: Option<u32>,
    /// Resistance of a segment of a row or column wire (ohm).
    #[arg(long, value_name = "OHM", default_value = "0", value_parser = not_negative)]
    pub wire: f64,
    /// Standard deviation of programmed conductances, in parts of gmax - gmin.
    #[arg(long, value_name = "X", default_value = "0", value_parser = not_negative)]
    pub programming_noise: f64,
    /// Standard deviation of conductances from image to image, in parts of gmax - gmin. With --wire
    /// every image solves the array again.
    #[arg(long, value_name = "X", default_value = "0", value_parser = not_negative)]
    pub read_noise: f64,
    /// Exponent of drift, its mean over devices: g falls as (t / 1 s)^-X.
    #[arg(long, value_name = "X", default_value = "0", value_parser = not_negative)]
    pub drift_nu: f64,
    /// Standard deviation of that exponent over devices.
    #[arg(long, value_name = "X", default_value = "0", value_parser = not_negative)]
    pub drift_nu_sigma: f64,
    /// Time since programming at which images are shown (s), at least 1.
    #[arg(long, value_name = "S", default_value = "1", value_parser = not_negative)]
    pub drift_time: f64,
    /// Part of the devices that is stuck at gmax.
    #[arg(long, value_name = "X", default_value = "0", value_parser = not_negative)]
    pub stuck_on: f64,
    /// Part of the devices that is stuck at gmin.
    #[arg(long, value_name = "X", default_value = "0", value_parser = not_negative)]
    pub stuck_off: f64,
}

fn not_negative(text: &str) -> Result<f64, String> {
    match parse_number(text) {
        Ok(value) if value >= 0.0 && value.is_finite() => Ok(value),
        Ok(_) => Err("a number that is not negative is needed".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
