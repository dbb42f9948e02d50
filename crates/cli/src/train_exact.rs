//! `memspike train --gradient exact`: weights from the instants of spikes.

mod report;
mod task;

use std::{fmt::Display, path::Path};

use memspike_adjoint::{Checkpoint, Epoch, Options, Trainer};
use memspike_files::MIB;
use memspike_run::Workers;

use crate::{
    failure::Failure, files, interrupt, progress::Progress, train_args::TrainArguments,
    train_exact_args,
};
use report::Report;
use task::Task;
pub use task::{YIN_YANG, kept, samples, shown_s};

fn input(error: &dyn Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

/// The files of a training, within its folder.
const CHECKPOINT: &str = "checkpoint.json";
const REPORT: &str = "training.json";
const NETWORK: &str = "network.toml";

/// The longest checkpoint that is read: sixteen million weights, several times over.
const MOST_BYTES: u64 = 4096 * MIB;

/// Trains, and writes network, report and checkpoints.
pub fn train(arguments: &TrainArguments) -> Result<(), Failure> {
    train_exact_args::check(arguments)?;
    let folder = &arguments.out;
    let path = folder.join(CHECKPOINT);
    let resumed = if arguments.resume { Some(checkpoint(&path)?) } else { None };
    let seed = resumed.as_ref().map_or(arguments.choices.seed, |one| Some(one.state.options.seed));
    let task = Task::of(arguments, seed.unwrap_or_default())?;
    let options = match &resumed {
        Some(checkpoint) => checkpoint.state.options.clone(),
        None => task.options(arguments)?,
    };
    let data = (&task.training, &task.validation);
    let mut trainer = Trainer::new(&options, &task.layers, data, task.begun.as_deref());
    let network = task.digest();
    if let Some(checkpoint) = resumed {
        if checkpoint.network != network {
            let message =
                "this training began with another network: give the same --shape or --network";
            return Err(input(&message));
        }
        trainer.resume(checkpoint.state).map_err(|e| input(&e))?;
    } else {
        refuse_what_is_there(arguments)?;
        files::make_folder(folder)?;
    }
    files::keep(&task.inputs, &[CHECKPOINT, REPORT, NETWORK].map(|name| folder.join(name)))?;
    interrupt::listen();
    let workers = Workers::new(arguments.threads.threads, usize::MAX)?;
    let save = |trainer: &Trainer<'_>| {
        let state = trainer.state().clone();
        let checkpoint =
            Checkpoint { exact_form: Checkpoint::FORM, network: network.clone(), state };
        files::write(&path, &checkpoint.bytes())?;
        task.write_best(trainer, folder)
    };
    // A training that was killed may have left its last checkpoint without this network.
    task.write_best(&trainer, folder)?;
    let ended = workers.install(|| run(&mut trainer, save))?;
    let report = workers.install(|| Report::new(&task, &options, trainer.state(), ended))?;
    report.finish(arguments)
}

/// The training that a folder holds.
fn checkpoint(path: &Path) -> Result<Checkpoint, Failure> {
    let wrong = |error: &dyn Display| input(&format!("{}: {error}", path.display()));
    let bytes = memspike_files::read(path, MOST_BYTES).map_err(|e| wrong(&e))?;
    Checkpoint::decode(&bytes).map_err(|e| wrong(&e))
}

/// Refuses to write over a training.
fn refuse_what_is_there(arguments: &TrainArguments) -> Result<(), Failure> {
    let there = [CHECKPOINT, NETWORK].map(|name| arguments.out.join(name));
    match there.iter().find(|path| path.exists()) {
        Some(path) if !arguments.overwrite => Err(input(&format!(
            "{} is there already: --resume goes on with a training, --overwrite begins anew",
            path.display()
        ))),
        _ => Ok(()),
    }
}

/// How a training ended.
pub(crate) enum Ended {
    /// After its last epoch.
    Whole,
    /// Because the user asked for it.
    Interrupted,
    /// Because a layer fired without end.
    RanAway(memspike_adjoint::RunsAway),
}

/// Trains until it is over or the user asks to stop, and saves after every epoch.
fn run(
    trainer: &mut Trainer<'_>,
    save: impl Fn(&Trainer<'_>) -> Result<(), Failure>,
) -> Result<Ended, Failure> {
    let (epochs, samples) = trainer.size();
    let progress = Progress::new(Some(u64::from(epochs) * samples as u64), "samples");
    progress.say(format!("epoch 1 of {epochs}"));
    while !trainer.is_over() {
        let before = (trainer.state().history.len() * samples) as u64;
        let epoch = trainer.epoch(|done| {
            progress.set(before + done as u64);
            interrupt::unless_asked()
        });
        let epoch = match epoch {
            Ok(Some(epoch)) => epoch,
            Ok(None) => return Ok(Ended::Interrupted),
            Err(error) => return Ok(Ended::RanAway(error)),
        };
        save(trainer)?;
        let Epoch { number, loss, training_accuracy, validation_accuracy } = epoch;
        let [training, validation] = [training_accuracy, validation_accuracy].map(|a| 100.0 * a);
        progress.say(format!("epoch {number} of {epochs}, {validation:.2} % right"));
        progress.milestone(&format!(
            "epoch {number} of {epochs}: loss {loss:.5}, right {training:.2} % in training, {validation:.2} % in validation"
        ));
    }
    Ok(Ended::Whole)
}

impl Task {
    /// Options of a training that has not begun.
    fn options(&self, arguments: &TrainArguments) -> Result<Options, Failure> {
        let choices = &arguments.choices;
        let mut options = Options::new(arguments.exact.by.into(), self.until_s);
        options.seed = choices.seed.unwrap_or(options.seed);
        options.epochs = choices.epochs.unwrap_or(options.epochs);
        options.batch = choices.batch.unwrap_or(options.batch);
        options.learning_rate = choices.learning_rate.unwrap_or(options.learning_rate);
        options.weight_limit = choices.weight_limit.unwrap_or(options.weight_limit);
        options.weight_decay = choices.weight_decay.unwrap_or(options.weight_decay);
        options.validate().map_err(|e| input(&e))?;
        Ok(options)
    }
}
