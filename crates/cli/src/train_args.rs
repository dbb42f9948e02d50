//! Arguments of `train`.

use std::{path::PathBuf, str::FromStr};

use clap::{Args, ValueEnum};
use memspike_snn::training::{Loss, Preset};

use crate::{
    flags::{JsonFlag, ThreadsFlag, folder},
    network_args::{CardArguments, DataArguments, NeuronArguments},
    train_exact_args::ExactArguments,
};

pub const TRAIN_EXAMPLES: &str = "\
Examples:
  memspike train --mnist DIR --out out/net                  the best weights known
  memspike train --mnist DIR --out out/paper --preset paper the paper's set-up, 50 epochs
  memspike train --mnist DIR --out out/hw --preset robust   for arrays with flaws
  memspike train --mnist DIR --out out/net --resume         go on after an interruption
  memspike train --mnist DIR --out out/deep --shape 784-128-10 --coarse-steps 25 --coarse-epochs 10
  memspike train --data spikes.h5 --shape 700-128-20 --steps 100 --recurrent --out out/shd
                                                            inputs that spike themselves, loops
  memspike train --gradient exact --data yinyang --shape 4-120-3 --out out/yin
                                                            through instants of spikes

Writes network.toml (the network, and everything that made it) with its arrays, of one layer weights.npy
(784 x 10, float32) too, training.json (everything that made them), fig-5b (accuracy
by epoch; .svg, .png, .csv) and, after every epoch, checkpoint.json. Test images are never read.
Results depend on options and data alone: not on threads, nor on interruptions. Ctrl-C ends after
the last complete epoch.";

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
    #[arg(long, short, value_name = "DIR", value_parser = folder())]
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
    /// Inputs, and the neurons of each layer behind them, such as 784-128-10.
    #[arg(long, value_name = "N-N-...", value_parser = shape)]
    pub shape: Option<Shape>,
    /// With --data FILE and --steps: an array from each hidden layer back to itself, through which a spike arrives a step later.
    #[arg(long)]
    pub recurrent: bool,
    #[command(flatten)]
    pub choices: Choices,
    #[command(flatten)]
    pub exact: ExactArguments,
    #[command(flatten)]
    pub json: JsonFlag,
    #[command(flatten)]
    pub threads: ThreadsFlag,
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
    /// Images at the end of the training set that are kept for validation: their number, or, with a point, their share of it.
    #[arg(long, value_name = "N")]
    pub validation: Option<Validation>,
    /// Part of the hidden neurons whose spikes are left out, drawn for each image.
    #[arg(long, value_name = "X")]
    pub dropout: Option<f64>,
    /// Move images by up to N pixels along both sides, drawn for each image.
    #[arg(long, value_name = "N")]
    pub shift: Option<u32>,
    /// What a step takes from every weight, as a part of it and of the learning rate; with --gradient exact: weight of half the
    /// sum of squares of all weights, in thresholds, in the loss.
    #[arg(long, value_name = "X")]
    pub weight_decay: Option<f64>,
    /// Equal steps of time in the first epochs, which are faster in them: their number in an image.
    #[arg(long, value_name = "N", requires = "coarse_epochs")]
    pub coarse_steps: Option<u32>,
    /// Epochs in these steps.
    #[arg(long, value_name = "N", requires = "coarse_steps")]
    pub coarse_epochs: Option<u32>,
    /// End after N epochs without a better validation accuracy; 0 for never.
    #[arg(long, value_name = "N")]
    pub patience: Option<u32>,
}

/// Images that are kept for validation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Validation {
    /// So many.
    Images(u32),
    /// This part of all.
    Share(f64),
}

impl Validation {
    /// Their number among all images.
    pub fn of(self, images: usize) -> u32 {
        match self {
            Self::Images(images) => images,
            Self::Share(share) => (share * images as f64).round() as u32,
        }
    }
}

impl FromStr for Validation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(images) = text.parse() {
            return Ok(Self::Images(images));
        }
        match text.parse() {
            Ok(share) if (0.0..1.0).contains(&share) => Ok(Self::Share(share)),
            _ => Err("a number of images, or a share from 0.0 to below 1 is needed".to_owned()),
        }
    }
}

/// Neurons of layers, from the inputs to the classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape(pub Vec<usize>);

/// The longest shape, and the largest layer: what is more does not fit anyway.
const MOST_LAYERS: usize = 64;
const MOST_NEURONS: usize = 10_000_000;

fn shape(text: &str) -> Result<Shape, String> {
    let sizes: Result<Vec<usize>, _> = text.split('-').map(str::parse).collect();
    match sizes {
        Ok(sizes)
            if (2..=MOST_LAYERS).contains(&sizes.len())
                && sizes.iter().all(|size| (1..=MOST_NEURONS).contains(size)) =>
        {
            Ok(Shape(sizes))
        }
        _ => Err(format!(
            "numbers of neurons are needed, from the inputs to the classes, such as 4-120-3: at most {MOST_LAYERS}, each from 1 to {MOST_NEURONS}"
        )),
    }
}
