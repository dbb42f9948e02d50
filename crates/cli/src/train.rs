//! `memspike train`: weights from images.

use std::{
    fmt::{self, Display, Formatter},
    path::{Path, PathBuf},
};

use memspike_report as report;
use memspike_run::Workers;
use memspike_snn::{
    CLASSES, Checkpoint, Code, Dataset, Ideal, Lif, PIXELS, Parameters, Part, Weights,
    training::{Epoch, Options, Trainer, Unrolled},
};
use serde::Serialize;

use crate::{
    failure::Failure,
    files, interrupt, network,
    network_args::{Choices, NeuronArguments, TrainArguments},
    network_figures, print,
    progress::Progress,
    show, train_exact,
    train_exact_args::{self, GradientName},
};

/// Everything needed to make the weights again, and how they came about: training.json.
#[derive(Serialize)]
struct Report<'a> {
    /// Version of the program.
    memspike: &'static str,
    options: &'a Options,
    parameters: Parameters,
    lif: Lif,
    /// The card of the neurons' memristor.
    card: String,
    /// Images that were taken, validation included.
    images: u32,
    /// A number that other images would hardly have.
    data_fingerprint: String,
    /// Whether the user ended the training early.
    interrupted: bool,
    /// Images by which the best epoch was chosen: the last of the training set, or all of it.
    best_by: Split,
    /// The epoch that the weights are from.
    best: Option<Epoch>,
    history: &'a [Epoch],
}

/// The images that chose the epoch.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Split {
    /// So many at the end of the training set, on which nothing was trained.
    Validation(u32),
    /// Those on which it was trained.
    Training(u32),
}

impl Split {
    fn of(options: &Options, images: u32) -> Self {
        match options.validation {
            0 => Self::Training(images),
            kept => Self::Validation(kept),
        }
    }
}

impl Display for Split {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Validation(kept) => {
                write!(f, "the {kept} validation images, the last of the training set")
            }
            Self::Training(all) => write!(f, "the {all} training images, none kept for validation"),
        }
    }
}

/// The trained weights, within the folder.
const WEIGHTS: &str = "weights.npy";

fn input(error: &dyn Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

/// Trains, and writes weights, report and checkpoints.
pub fn train(arguments: &TrainArguments) -> Result<(), Failure> {
    if arguments.exact.gradient == GradientName::Exact {
        return train_exact::train(arguments);
    }
    train_exact_args::check(arguments)?;
    let folder = &arguments.out;
    let path = folder.join("checkpoint.json");
    let (options, resumed) = if arguments.resume {
        let checkpoint = Checkpoint::read(&path).map_err(|e| input(&e))?;
        (checkpoint.state.options.clone(), Some(checkpoint))
    } else {
        (begin(arguments, &path)?, None)
    };
    let parameters = resumed.as_ref().map_or_else(Parameters::default, |c| c.parameters);
    network::card_counts(&arguments.card, &options.ideal())?;
    let card = arguments.card.read()?;
    let (_, of_card) = network::neurons(&Ideal::default(), &parameters, &card)?;
    if resumed.as_ref().is_some_and(|checkpoint| checkpoint.lif != of_card) {
        return Err(input(&"this training began with another card: give the same --card"));
    }
    let (encoding, lif) = network::neurons(&options.ideal(), &parameters, &card)?;
    let data = training_data(arguments, &options, resumed.as_ref().map(|c| c.images))?;
    let network = Unrolled::new(&encoding, lif, parameters.duration_s);
    let mut trainer = Trainer::new(&options, &parameters, network, &data);
    match resumed {
        Some(checkpoint) => trainer.resume(checkpoint.state).map_err(|e| input(&e))?,
        None => files::make_folder(folder)?,
    }

    files::keep(&network::inputs(&arguments.data, &card), &outputs(folder))?;
    interrupt::listen();
    let workers = Workers::new(arguments.threads.threads, usize::MAX)?;
    let save = |trainer: &Trainer| {
        let images = data.len() as u32;
        let state = trainer.state().clone();
        let form = Checkpoint::FORM;
        let checkpoint = Checkpoint { form, parameters, lif: of_card, images, state };
        files::write(&path, &checkpoint.bytes())?;
        write_best(trainer, folder)
    };
    // A training that was killed may have left its last checkpoint without these weights.
    write_best(&trainer, folder)?;
    let interrupted = run(&mut trainer, &workers, save)?;

    let state = trainer.state();
    let report = Report {
        memspike: env!("CARGO_PKG_VERSION"),
        options: &options,
        parameters,
        lif,
        card: card.device.to_string(),
        images: data.len() as u32,
        data_fingerprint: format!("{:016x}", Trainer::fingerprint(&data)),
        interrupted,
        best_by: Split::of(&options, data.len() as u32),
        best: state.best.as_ref().map(|best| best.epoch),
        history: &state.history,
    };
    finish(arguments, &report)
}

/// The files that a training leaves in its folder.
fn outputs(folder: &Path) -> Vec<PathBuf> {
    let figure = ["svg", "png", "csv"].map(|extension| format!("fig-5b.{extension}"));
    let names = ["checkpoint.json", WEIGHTS, "training.json"].into_iter();
    names.chain(figure.iter().map(String::as_str)).map(|name| folder.join(name)).collect()
}

/// Options of a training that has not begun.
fn begin(arguments: &TrainArguments, path: &Path) -> Result<Options, Failure> {
    if path.exists() && !arguments.overwrite {
        return Err(input(&format!(
            "{} is there already: --resume goes on with it, --overwrite begins anew",
            path.display()
        )));
    }
    let weights = arguments.out.join(WEIGHTS);
    if weights.exists() && !arguments.overwrite {
        return Err(input(&format!(
            "{} is there already, without a training to go on with: --overwrite replaces it",
            weights.display()
        )));
    }
    let preset: memspike_snn::training::Preset = arguments.preset.into();
    let options = chosen(preset.options(), &arguments.neurons, &arguments.choices);
    options.validate().map_err(|e| input(&e))?;
    Ok(options)
}

/// Options of a preset with what the user chose instead.
fn chosen(options: Options, neurons: &NeuronArguments, choices: &Choices) -> Options {
    let count = |choice: Option<u32>, preset: Option<u32>| match choice {
        None => preset,
        Some(0) => None,
        some => some,
    };
    let neurons = neurons.of(options.ideal());
    let options = Options {
        seed: choices.seed.unwrap_or(options.seed),
        epochs: choices.epochs.unwrap_or(options.epochs),
        batch: choices.batch.unwrap_or(options.batch),
        learning_rate: choices.learning_rate.unwrap_or(options.learning_rate),
        loss: choices.loss.map_or(options.loss, Into::into),
        slope: choices.slope.unwrap_or(options.slope),
        encoding: neurons.code,
        lif_threshold: neurons.threshold_v,
        lif_reset: neurons.reset_v,
        weight_limit: choices.weight_limit.unwrap_or(options.weight_limit),
        weight_noise: choices.weight_noise.unwrap_or(options.weight_noise),
        threshold_noise: choices.threshold_noise.unwrap_or(options.threshold_noise),
        rate_noise: choices.rate_noise.unwrap_or(options.rate_noise),
        levels: count(choices.levels, options.levels),
        validation: choices.validation.unwrap_or(options.validation),
        patience: count(choices.patience, options.patience),
        ..options
    }
    .in_steps(neurons.steps);
    Options { score: choices.score.unwrap_or(options.score), ..options }
}

fn training_data(
    arguments: &TrainArguments,
    options: &Options,
    images: Option<u32>,
) -> Result<Dataset, Failure> {
    let mut data = network::dataset(&arguments.data, Part::Training)?;
    if let Some(images) = images {
        data = data.take(images as usize);
    }
    if options.validation as usize >= data.len() {
        return Err(input(&format!(
            "--validation {} leaves none of the {} images to train on",
            options.validation,
            data.len()
        )));
    }
    Ok(data)
}

/// Trains until it is over or the user asks to stop, and saves after every epoch; gives whether the
/// user did.
fn run(
    trainer: &mut Trainer,
    workers: &Workers,
    save: impl Fn(&Trainer) -> Result<(), Failure>,
) -> Result<bool, Failure> {
    let (epochs, images) = trainer.size();
    let progress = Progress::new(Some(u64::from(epochs) * images as u64), "images");
    progress.say(format!("epoch 1 of {epochs}"));
    while !trainer.is_over() {
        let before = (trainer.state().history.len() * images) as u64;
        let epoch = workers.install(|| {
            trainer.epoch(|done| {
                progress.set(before + done as u64);
                interrupt::unless_asked()
            })
        });
        let Some(epoch) = epoch else { return Ok(true) };
        save(trainer)?;
        let Epoch { number, loss, training_accuracy, validation_accuracy } = epoch;
        let [training, validation] = [training_accuracy, validation_accuracy].map(|a| 100.0 * a);
        progress.say(format!("epoch {number} of {epochs}, {validation:.2} % right"));
        progress.milestone(&format!(
            "epoch {number} of {epochs}: loss {loss:.5}, right {training:.2} % in training, {validation:.2} % in validation"
        ));
    }
    Ok(false)
}

/// Writes the weights of the best epoch so far.
fn write_best(trainer: &Trainer, folder: &Path) -> Result<(), Failure> {
    let Some(best) = &trainer.state().best else { return Ok(()) };
    let weights = Weights::new(PIXELS, CLASSES, best.weights.clone())
        .map_err(|error| Failure::Work(format!("error: this training has no weights: {error}")))?;
    files::write(&folder.join(WEIGHTS), &weights.bytes())
}

fn finish(arguments: &TrainArguments, report: &Report) -> Result<(), Failure> {
    let json = report::json(report);
    let path = arguments.out.join("training.json");
    files::write(&path, json.as_bytes())?;
    if !report.history.is_empty() {
        let figure = network_figures::accuracy(report.history, report.best.as_ref());
        files::write_figure(&arguments.out, "fig-5b", &figure)?;
    }
    if arguments.json.json {
        print(&json)?
    } else {
        show(&table(arguments, report))?
    }
    if report.interrupted {
        let done = report.history.len();
        let message = format!("interrupted after {done} epochs: --resume goes on");
        return Err(Failure::Work(message));
    }
    Ok(())
}

/// Epochs in the table: these first ones, and as many last ones.
const SHOWN: usize = 10;

fn table(arguments: &TrainArguments, report: &Report) -> String {
    let percent = |part: f64| format!("{:.2} %", 100.0 * part);
    let epochs = report.history;
    let rows = epochs
        .iter()
        .filter(|e| {
            let number = e.number as usize;
            number <= SHOWN || number + SHOWN > epochs.len()
        })
        .map(|epoch| {
            vec![
                epoch.number.to_string(),
                format!("{:.5}", epoch.loss),
                percent(epoch.training_accuracy),
                percent(epoch.validation_accuracy),
            ]
        })
        .collect();
    let best = match (report.best, epochs.last()) {
        (Some(best), Some(last)) => format!(
            "\nBest: epoch {} of {}, {} right of {} ({} after the last epoch)\nIts weights are in {}\n",
            best.number,
            epochs.len(),
            percent(best.validation_accuracy),
            report.best_by,
            percent(last.validation_accuracy),
            arguments.out.join(WEIGHTS).display()
        ),
        _ => String::new(),
    };
    let table = report::table(&["epoch", "loss", "training", "validation"], rows);
    format!("{table}\n{best}{}", test_command(arguments, report.options))
}

/// The command that shows the test images to the neurons that were trained, if they are not the card's
/// own.
fn test_command(arguments: &TrainArguments, options: &Options) -> String {
    let Ideal { code, threshold_v, reset_v, steps } = options.ideal();
    let mut stated = String::new();
    if code == Code::Line {
        stated += " --encoding line";
    }
    for (name, value) in [("lif-threshold", threshold_v), ("lif-reset", reset_v)] {
        stated += &value.map_or_else(String::new, |volts| format!(" --{name} {volts}"));
    }
    stated += &steps.map_or_else(String::new, |steps| format!(" --steps {steps}"));
    if stated.is_empty() {
        return stated;
    }
    let weights = arguments.out.join(WEIGHTS);
    let command =
        format!("memspike classify --weights {} --level point{stated}", weights.display());
    format!("Test images, with these neurons:\n  {command}\n")
}
