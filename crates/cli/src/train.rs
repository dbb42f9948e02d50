//! `memspike train`: weights from images, or from events.

mod events;
mod options;
mod report;

use std::{
    fmt::Display,
    path::{Path, PathBuf},
};

use memspike_network::{Fact, Form, Network};
use memspike_report::json;
use memspike_run::{DeviceCard, Workers};
use memspike_snn::{
    Checkpoint, Dataset, Ideal, Parameters, Part, Weights,
    training::{Data, Epoch, Options, State, Trainer},
};

use self::{
    options::chosen,
    report::{Report, Split, table},
};
use crate::{
    failure::Failure,
    files, interrupt, network, network_figures, print,
    progress::Progress,
    show,
    train_args::TrainArguments,
    train_exact,
    train_exact_args::{self, GradientName},
};

/// The trained weights of one layer, within the folder.
const WEIGHTS: &str = "weights.npy";

/// The trained network, within the folder.
const NETWORK: &str = "network.toml";

fn input(error: &dyn Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

/// Trains, and writes network, report and checkpoints.
pub fn train(arguments: &TrainArguments) -> Result<(), Failure> {
    if arguments.exact.gradient == GradientName::Exact {
        return train_exact::train(arguments);
    }
    train_exact_args::check(arguments)?;
    let folder = &arguments.out;
    let path = folder.join("checkpoint.json");
    let (mut options, resumed) = if arguments.resume {
        let checkpoint = Checkpoint::read(&path).map_err(|e| input(&e))?;
        (checkpoint.state.options.clone(), Some(checkpoint))
    } else {
        (begin(arguments, &path)?, None)
    };
    let mut parameters = resumed.as_ref().map_or_else(Parameters::default, |c| c.parameters);
    network::card_counts(&arguments.card, &options.ideal())?;
    let card = arguments.card.read()?;
    // Inputs that spike themselves see no image, however long they are shown one.
    let of_images = if options.events { Parameters::default() } else { parameters };
    let (_, of_card) = network::neurons(&Ideal::default(), &of_images, &card)?;
    if resumed.as_ref().is_some_and(|checkpoint| checkpoint.lif != of_card) {
        return Err(input(&"this training began with another card: give the same --card"));
    }
    let (encoding, lif) = network::neurons(&options.ideal(), &of_images, &card)?;
    let learnt = Learnt::read(arguments, &mut options, resumed.as_ref())?;
    if let Learnt::Events(shown) = &learnt {
        parameters.duration_s = shown.until_s;
        // There are no pulses, whose width would bound how short that may be.
        parameters.pulse_s = parameters.pulse_s.min(shown.until_s);
        parameters.validate().map_err(|error| input(&format!("--shown: {error}")))?;
    }
    let data = learnt.data();
    let (network, coarse) = options.unrolled(&parameters, &encoding, lif).map_err(|e| input(&e))?;
    let mut trainer = Trainer::new(&options, network, coarse, data);
    match resumed {
        Some(checkpoint) => trainer.resume(checkpoint.state).map_err(|e| input(&e))?,
        None => files::make_folder(folder)?,
    }

    files::keep(&learnt.files(arguments, &card), &outputs(folder, &options))?;
    interrupt::listen();
    let workers = Workers::new(arguments.threads.threads, usize::MAX)?;
    let card = card.device.to_string();
    let fingerprint = format!("{:016x}", data.fingerprint());
    let report = |state: &State, interrupted| Report {
        memspike: env!("CARGO_PKG_VERSION"),
        options: &options,
        parameters,
        lif,
        card: card.clone(),
        images: data.len() as u32,
        data_fingerprint: fingerprint.clone(),
        interrupted,
        best_by: Split::of(&options, data.len() as u32),
        best: state.best.as_ref().map(|best| best.epoch),
        history: state.history.clone(),
    };
    let save = |trainer: &Trainer<'_>| {
        let images = data.len() as u32;
        let state = trainer.state().clone();
        let report = report(&state, false);
        let form = Checkpoint::FORM;
        let checkpoint = Checkpoint { form, parameters, lif: of_card, images, state };
        files::write(&path, &checkpoint.bytes())?;
        write_best(&checkpoint.state, folder, &report)
    };
    // A training that was killed may have left its last checkpoint without these weights.
    write_best(trainer.state(), folder, &report(trainer.state(), false))?;
    let interrupted = run(&mut trainer, &workers, save)?;
    finish(arguments, &report(trainer.state(), interrupted))
}

/// The files that a training leaves in its folder.
fn outputs(folder: &Path, options: &Options) -> Vec<PathBuf> {
    let figure = ["svg", "png", "csv"].map(|extension| format!("fig-5b.{extension}"));
    let names = ["checkpoint.json", WEIGHTS, NETWORK, "synapses.npy", "training.json"];
    let hidden = (1..options.shape().len() - 1).map(|layer| format!("synapses{layer}.npy"));
    let back = (1..options.shape().len() - 1).map(|layer| format!("recurrent{layer}.npy"));
    let back = back.filter(|_| options.recurrent);
    let names = names.into_iter().map(str::to_owned).chain(figure).chain(hidden).chain(back);
    names.map(|name| folder.join(name)).collect()
}

/// Options of a training that has not begun.
fn begin(arguments: &TrainArguments, path: &Path) -> Result<Options, Failure> {
    if path.exists() && !arguments.overwrite {
        return Err(input(&format!(
            "{} is there already: --resume goes on with it, --overwrite begins anew",
            path.display()
        )));
    }
    for weights in [WEIGHTS, NETWORK].map(|name| arguments.out.join(name)) {
        if weights.exists() && !arguments.overwrite {
            return Err(input(&format!(
                "{} is there already, without a training to go on with: --overwrite replaces it",
                weights.display()
            )));
        }
    }
    let preset: memspike_snn::training::Preset = arguments.preset.into();
    let options = chosen(preset.options(), arguments);
    options.validate().map_err(|e| input(&e))?;
    Ok(options)
}

/// What is learnt from.
enum Learnt {
    Images(Dataset),
    Events(events::Shown),
}

impl Learnt {
    /// What the arguments name, as the options want it.
    fn read(
        arguments: &TrainArguments,
        options: &mut Options,
        resumed: Option<&Checkpoint>,
    ) -> Result<Self, Failure> {
        match (&arguments.exact.data, options.events) {
            (None, false) => training_data(arguments, options, resumed).map(Self::Images),
            (Some(path), true) => {
                events::Shown::read(arguments, Path::new(path), options, resumed).map(Self::Events)
            }
            (None, true) => Err(input(&"this training is of events: give the same --data FILE")),
            (Some(_), false) => Err(input(&"this training is of images: leave out --data")),
        }
    }

    fn data(&self) -> Data<'_> {
        match self {
            Self::Images(images) => images.into(),
            Self::Events(events::Shown { data, .. }) => data.into(),
        }
    }

    /// The files that it comes from.
    fn files(&self, arguments: &TrainArguments, card: &DeviceCard) -> Vec<PathBuf> {
        match (self, &arguments.exact.data) {
            (Self::Events(_), Some(path)) => {
                card.files.iter().cloned().chain([PathBuf::from(path)]).collect()
            }
            _ => network::inputs(&arguments.data, card),
        }
    }
}

/// The images. Those that are kept for validation are counted by them, in a training that begins.
fn training_data(
    arguments: &TrainArguments,
    options: &mut Options,
    resumed: Option<&Checkpoint>,
) -> Result<Dataset, Failure> {
    let shape = options.shape();
    let ends = [shape[0], shape[shape.len() - 1]];
    let mut data = network::dataset(&arguments.data, Part::Training, ends)?;
    match resumed {
        Some(checkpoint) => data = data.take(checkpoint.images as usize),
        None => {
            if let Some(kept) = arguments.choices.validation {
                options.validation = kept.of(data.len());
            }
        }
    }
    if options.validation as usize >= data.len() {
        return Err(input(&format!(
            "--validation {} leaves none of the {} images to train on; --validation 0.2 keeps a fifth of them for it",
            options.validation,
            data.len()
        )));
    }
    Ok(data)
}

/// Trains until it is over or the user asks to stop, and saves after every epoch; gives whether the
/// user did.
fn run(
    trainer: &mut Trainer<'_>,
    workers: &Workers,
    save: impl Fn(&Trainer<'_>) -> Result<(), Failure>,
) -> Result<bool, Failure> {
    let (epochs, images) = trainer.size();
    let what = trainer.state().options.samples();
    let progress = Progress::new(Some(u64::from(epochs) * images as u64), what);
    progress.say(format!("epoch 1 of {epochs}"));
    while !trainer.is_over() {
        let before = (trainer.state().history.len() * images) as u64;
        let epoch = workers.install(|| {
            trainer.epoch(|done| {
                progress.set(before + done as u64);
                interrupt::unless_asked()
            })
        });
        // What the epochs before made is in the folder already.
        let epoch = epoch.map_err(|error| Failure::Work(format!("error: {error}")))?;
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

/// The network of the best epoch so far, with what made it, and its weights.
fn best<'s>(
    state: &'s State,
    report: &Report<'_>,
) -> Result<Option<(Network, &'s [f32])>, Failure> {
    let Some(best) = &state.best else { return Ok(None) };
    let work = |error: &dyn Display| {
        Failure::Work(format!("error: this training has no weights: {error}"))
    };
    let network = report.options.network(&report.parameters, report.lif, &best.weights);
    let mut network = network.map_err(|e| work(&e))?;
    if let Some(Fact::Table(made)) = Fact::of(report) {
        network = network.made_by(made).map_err(|e| work(&e))?;
    }
    Ok(Some((network, &best.weights)))
}

/// Writes the network of the best epoch so far; of one layer its weights alone too.
fn write_best(state: &State, folder: &Path, report: &Report<'_>) -> Result<(), Failure> {
    let Some((network, weights)) = best(state, report)? else { return Ok(()) };
    if let ([inputs, outputs], false) = (report.options.shape(), report.options.events) {
        let table = Weights::new(*inputs, *outputs, weights.to_vec()).map_err(|e| input(&e))?;
        files::write(&folder.join(WEIGHTS), &table.bytes())?;
    }
    let written = network.encode(Form::Toml);
    for (name, bytes) in &written.tables {
        files::write(&folder.join(name), bytes)?;
    }
    files::write(&folder.join(NETWORK), written.text.as_bytes())
}

/// The file that `classify` takes, and whether it is a network's.
fn weights_file(folder: &Path, options: &Options) -> (PathBuf, bool) {
    let deep = options.events || options.shape() != [memspike_snn::PIXELS, memspike_snn::CLASSES];
    (folder.join(if deep { NETWORK } else { WEIGHTS }), deep)
}

/// Writes and prints what the training gave.
fn finish(arguments: &TrainArguments, report: &Report<'_>) -> Result<(), Failure> {
    let json = json(report);
    let path = arguments.out.join("training.json");
    files::write(&path, json.as_bytes())?;
    if !report.history.is_empty() {
        let figure = network_figures::accuracy(&report.history, report.best.as_ref());
        files::write_figure(&arguments.out, "fig-5b", &figure)?;
    }
    if arguments.json.json {
        print(&json)?
    } else {
        let (file, deep) = weights_file(&arguments.out, report.options);
        show(&table(report, &file, deep, arguments.exact.data.as_deref()))?
    }
    if report.interrupted {
        let done = report.history.len();
        let message = format!("interrupted after {done} epochs: --resume goes on");
        return Err(Failure::Work(message));
    }
    Ok(())
}
