//! Arguments of `train` that exact gradients have.

use std::{fmt::Display, path::PathBuf};

use clap::{Args, ValueEnum};
use memspike_adjoint::Loss;

use crate::{
    failure::Failure,
    train_args::{PresetName, TrainArguments},
    train_exact::YIN_YANG,
};

/// How a gradient comes about.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GradientName {
    /// The derivative of a spike is replaced by that of a sigmoid.
    Surrogate,
    /// Through the instants of spikes, by the adjoint: for lif_pulse neurons behind one_shot rows.
    Exact,
}

/// What decides, and is learnt from.
#[derive(Clone, Copy, ValueEnum)]
pub enum ByName {
    /// Who fires first.
    FirstSpike,
    /// Whose potential is highest on average.
    Potential,
    /// Who has most spikes, the last potential being a part of one.
    Fraction,
}

impl From<ByName> for Loss {
    fn from(name: ByName) -> Self {
        match name {
            ByName::FirstSpike => Self::FirstSpike,
            ByName::Potential => Self::Potential,
            ByName::Fraction => Self::Fraction,
        }
    }
}

/// Arguments of `train --gradient exact`.
#[derive(Args)]
pub struct ExactArguments {
    /// How gradients come about.
    #[arg(long, value_enum, default_value = "surrogate")]
    pub gradient: GradientName,
    /// Instead of images, samples whose inputs spike themselves: a .npy table of time (s), input, sample, label, or HDF5 in
    /// the form of the Heidelberg sets, .h5; with --gradient exact also `yinyang`, which is drawn from the seed.
    #[arg(long, value_name = "yinyang|FILE")]
    pub data: Option<String>,
    /// With --gradient exact: a network to go on from, instead of a shape.
    #[arg(long, value_name = "NET.toml", conflicts_with = "shape")]
    pub network: Option<PathBuf>,
    /// With --gradient exact: what decides.
    #[arg(long, value_enum, value_name = "WHAT", default_value = "potential")]
    pub by: ByName,
    /// With a list of events: how long a sample is shown; else twice as long as up to the last
    /// event.
    #[arg(long, value_name = "S")]
    pub shown: Option<f64>,
}

/// Refuses options that mean nothing with exact gradients, or without them.
pub fn check(arguments: &TrainArguments) -> Result<(), Failure> {
    let exact = &arguments.exact;
    if exact.gradient == GradientName::Surrogate {
        let is_drawn = exact.data.as_deref() == Some(YIN_YANG);
        let given = [("--data yinyang", is_drawn), ("--network", exact.network.is_some())];
        refuse(&given, &"needs --gradient exact")?;
        let shown = [("--shown", exact.data.is_none() && exact.shown.is_some())];
        refuse(&shown, &"is of lists of events: give one by --data FILE")?;
        let begun = [
            ("--shape", arguments.resume && arguments.shape.is_some()),
            ("--recurrent", arguments.resume && arguments.recurrent),
        ];
        refuse(&begun, &"is what the training began with: leave it out beside --resume")?;
        return if exact.data.is_some() { check_events(arguments) } else { Ok(()) };
    }
    let loops = [("--recurrent", arguments.recurrent)];
    refuse(
        &loops,
        &"is of equal steps; with --gradient exact loops are those of a network's file: give it by --network",
    )?;
    let choices = &arguments.choices;
    refuse(
        &[("--loss", choices.loss.is_some())],
        &"is a loss on bare counts of spikes, which do not change with the instants of spikes, so that its exact gradient is zero: choose \
          --by first-spike, potential or fraction",
    )?;
    let images = &arguments.data;
    refuse(
        &[
            ("--card", arguments.card.card.is_some()),
            ("--mnist", images.mnist.is_some()),
            ("--images", images.images.is_some()),
            (arguments.neurons.given().unwrap_or_default(), arguments.neurons.given().is_some()),
            ("--score", choices.score.is_some()),
            ("--slope", choices.slope.is_some()),
            ("--weight-noise", choices.weight_noise.is_some()),
            ("--threshold-noise", choices.threshold_noise.is_some()),
            ("--rate-noise", choices.rate_noise.is_some()),
            ("--levels", choices.levels.is_some()),
            ("--dropout", choices.dropout.is_some()),
            ("--shift", choices.shift.is_some()),
            ("--coarse-steps", choices.coarse_steps.is_some()),
            ("--patience", choices.patience.is_some()),
        ],
        &"means nothing with --gradient exact: leave it out",
    )
}

/// Refuses what means nothing where inputs spike themselves.
fn check_events(arguments: &TrainArguments) -> Result<(), Failure> {
    let choices = &arguments.choices;
    let of_images = [
        ("--mnist", arguments.data.mnist.is_some()),
        ("--encoding", arguments.neurons.encoding.is_some()),
        ("--preset paper", matches!(arguments.preset, PresetName::Paper)),
        ("--preset robust", matches!(arguments.preset, PresetName::Robust)),
        ("--rate-noise", choices.rate_noise.is_some()),
        ("--shift", choices.shift.is_some()),
        ("--coarse-steps", choices.coarse_steps.is_some()),
    ];
    refuse(&of_images, &"is of images: leave it out beside --data")
}

fn refuse(given: &[(&str, bool)], why: &dyn Display) -> Result<(), Failure> {
    match given.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((name, _)) => Err(Failure::Input(format!("error: {name} {why}"))),
    }
}
