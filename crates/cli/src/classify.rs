//! `memspike classify`: how many images a network decides rightly, and at what cost.

mod evaluate;
pub mod samples;
pub mod spiking;
mod sweep;
mod table;

use std::path::{Path, PathBuf};

use memspike_ranks::Ranks;
use memspike_report as report;
use memspike_run::{DeviceCard, Workers};
use memspike_snn::{Dataset, Energy, Evaluation, Ideal, Layered, Parameters, Part};
use serde::Serialize;

use self::{
    evaluate::Bench,
    sweep::{Settings, Spread, Sweep},
};
use crate::{
    array_args::ArrayArguments,
    failure::Failure,
    files, interrupt, network,
    network_args::{ClassifyArguments, LevelName},
    network_figures,
    network_source::Shown,
    print,
    progress::Progress,
    ranks::agree,
    tell,
    wire::{self, SentEvaluation},
};

/// One network: settings and seed.
#[derive(Clone)]
struct Setup {
    /// The value of the sweep.
    value: Option<f64>,
    variation: f64,
    array: ArrayArguments,
    seed: u64,
}

/// What it gave; energies are means over images.
#[derive(Serialize)]
struct Run {
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    seed: u64,
    images: u32,
    accuracy: f64,
    /// None of networks without devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    energy: Option<Energy>,
    /// That of the oscillation neurons, then of each of several layers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    energy_by_layer: Vec<Energy>,
    /// By label and output neuron.
    mean_counts: Vec<Vec<f64>>,
    /// By label and decision.
    confusion: Vec<Vec<u32>>,
}

impl Run {
    fn new(setup: &Setup, evaluation: &Evaluation) -> Self {
        Self {
            value: setup.value,
            seed: setup.seed,
            images: evaluation.images,
            accuracy: evaluation.accuracy(),
            energy: Some(evaluation.mean_energy()),
            energy_by_layer: if evaluation.by_layer.len() > 2 {
                evaluation.mean_by_layer()
            } else {
                Vec::new()
            },
            mean_counts: evaluation.mean_counts(),
            confusion: evaluation.confusion.clone(),
        }
    }
}

/// The files of the figures.
fn figures(folder: &Path, sweep: Option<&Sweep>) -> Vec<PathBuf> {
    let names = match sweep {
        Some(sweep) => vec![format!("accuracy-{}", sweep.name())],
        None => vec!["fig-5c".to_owned(), "fig-5d".to_owned()],
    };
    let all = names.iter().flat_map(|name| ["svg", "png", "csv"].map(|e| format!("{name}.{e}")));
    all.map(|name| folder.join(name)).collect()
}

fn input(error: &dyn std::fmt::Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

/// Shows the test images to every network asked for. Of several ranks each has one network after another, that many apart.
pub fn classify(arguments: &ClassifyArguments, ranks: &Ranks) -> Result<(), Failure> {
    if spiking::is_asked(arguments) {
        return agree(ranks, spiking::classify(arguments, ranks));
    }
    agree(ranks, spiking::refuse_without(arguments))?;
    let parameters = Parameters::default();
    let Shown { network, duration_s } = agree(ranks, arguments.source.read(&parameters))?;
    let layered = Layered::of(&network, duration_s).map_err(|e| arguments.source.refuse(&e));
    let layered = agree(ranks, layered)?;
    let prepared = agree(ranks, Prepared::new(arguments, &layered))?;
    let Prepared { sweep, ideal, setups, card, data } = &prepared;
    let workers = Workers::new(arguments.threads.threads, data.len()).map_err(Failure::from);
    let workers = agree(ranks, workers)?;
    if setups.len() < ranks.count() {
        tell(&format!(
            "warning: {} networks for {} ranks: the others have nothing to do\n",
            setups.len(),
            ranks.count()
        ));
    }
    interrupt::listen();
    let own = || setups.iter().enumerate().skip(ranks.rank()).step_by(ranks.count());
    let progress = Progress::new(Some((own().count() * data.len()) as u64), "images");
    let bench = Bench {
        level: arguments.level,
        ideal: *ideal,
        card,
        layered: &layered,
        name: &arguments.source.path().display().to_string(),
        data,
        workers: &workers,
        progress: &progress,
    };
    let evaluations = gathered(&bench, own(), ranks);
    drop(progress);
    let evaluations = agree(ranks, evaluations)?;
    let run = |(index, evaluation): &(usize, Evaluation)| Run::new(&setups[*index], evaluation);
    let runs: Vec<Run> = evaluations.iter().map(run).collect();
    let shown = match ranks.rank() {
        0 => show(arguments, sweep.as_ref(), &runs)
            .and_then(|()| draw(arguments, sweep.as_ref(), &runs))
            .and_then(|()| completeness(runs.len(), setups.len())),
        _ => Ok(()),
    };
    agree(ranks, shown)
}

/// What is shown to which networks.
struct Prepared {
    sweep: Option<Sweep>,
    ideal: Ideal,
    setups: Vec<Setup>,
    card: DeviceCard,
    data: Dataset,
}

impl Prepared {
    fn new(arguments: &ClassifyArguments, layered: &Layered<'_>) -> Result<Self, Failure> {
        let sweep = arguments.sweep.as_deref().map(Sweep::parse).transpose()?;
        if arguments.out.is_some() && arguments.seeds.get() > 1 && sweep.is_none() {
            return Err(input(
                &"--out draws one network or a sweep: leave out --seeds, or add --sweep",
            ));
        }
        let ideal = ideal(arguments)?;
        let setups = setups(arguments, sweep.as_ref());
        let card = arguments.card.read()?;
        // What is wrong with any of them is said before the first one runs.
        for setup in &setups {
            setup.array.check(layered.layers.len())?;
            network::devices(&card, setup.variation)?;
        }
        let data =
            network::dataset(&arguments.data, Part::Test, [layered.pixels(), layered.classes()])?;
        if let Some(folder) = &arguments.out {
            files::make_folder(folder)?;
            let mut inputs = network::inputs(&arguments.data, &card);
            inputs.push(arguments.source.path().to_owned());
            files::keep(&inputs, &figures(folder, sweep.as_ref()))?;
        }
        Ok(Self { sweep, ideal, setups, card, data })
    }
}

/// What the first rank gets of all: the networks with their numbers, up to the first that failed.
fn gathered<'s>(
    bench: &Bench<'_>,
    setups: impl Iterator<Item = (usize, &'s Setup)>,
    ranks: &Ranks,
) -> Result<Vec<(usize, Evaluation)>, Failure> {
    let (mut own, mut failed) = (Vec::new(), Ok(()));
    for (index, setup) in setups {
        match bench.evaluate(setup) {
            Ok(Some(evaluation)) => own.push((index, evaluation)),
            Ok(None) => break,
            Err(failure) => {
                failed = Err(failure);
                break;
            }
        }
    }
    agree(ranks, failed)?;
    if ranks.count() == 1 {
        return Ok(own);
    }
    let own: Vec<(usize, SentEvaluation)> =
        own.into_iter().map(|(index, evaluation)| (index, evaluation.into())).collect();
    let mut all: Vec<(usize, Evaluation)> = Vec::new();
    for bytes in ranks.collect(&wire::bytes(&own)) {
        let some: Vec<(usize, SentEvaluation)> = wire::value(&bytes);
        all.extend(some.into_iter().map(|(index, sent)| (index, sent.into())));
    }
    all.sort_by_key(|(index, _)| *index);
    Ok(all)
}

fn completeness(done: usize, all: usize) -> Result<(), Failure> {
    if done == all {
        return Ok(());
    }
    Err(Failure::Work(format!("interrupted: {done} of {all} networks are done")))
}

/// The neurons of the point level; stating them is refused where every neuron is a device.
fn ideal(arguments: &ClassifyArguments) -> Result<Ideal, Failure> {
    let ideal = arguments.neurons.of(Ideal::default());
    match arguments.neurons.given() {
        Some(name) if arguments.level == LevelName::Device => Err(input(&format!(
            "{name} is for the point level, and at device level the card decides: add --level point, or give \
             --card"
        ))),
        _ => network::card_counts(&arguments.card, &ideal).map(|()| ideal),
    }
}

/// Networks in the order of their values, then seeds.
fn setups(arguments: &ClassifyArguments, sweep: Option<&Sweep>) -> Vec<Setup> {
    let values = sweep.map_or_else(|| vec![None], |s| s.values.iter().copied().map(Some).collect());
    let mut setups = Vec::new();
    for value in values {
        for number in 0..arguments.seeds.get() {
            let mut setup = Setup {
                value,
                variation: arguments.variation,
                array: arguments.array.clone(),
                seed: arguments.seed.seed.wrapping_add(number as u64),
            };
            if let (Some(sweep), Some(value)) = (sweep, value) {
                let Setup { variation, array, .. } = &mut setup;
                sweep.set(&mut Settings { variation, array }, value);
            }
            setups.push(setup);
        }
    }
    setups
}

fn show(arguments: &ClassifyArguments, sweep: Option<&Sweep>, runs: &[Run]) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Results<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        sweep: Option<&'a str>,
        level: &'static str,
        runs: &'a [Run],
    }
    if arguments.json.json {
        let level = if arguments.level == LevelName::Device { "device" } else { "point" };
        let sweep = sweep.map(Sweep::name);
        return print(&report::json(&Results { sweep, level, runs }));
    }
    match runs {
        [] => Ok(()),
        [run] if sweep.is_none() => crate::show(&table::one(arguments.level, run)),
        runs => crate::show(&table::several(sweep, runs)),
    }
}

/// Draws one network's matrices, or the curve of a sweep.
fn draw(arguments: &ClassifyArguments, sweep: Option<&Sweep>, runs: &[Run]) -> Result<(), Failure> {
    let Some(folder) = &arguments.out else { return Ok(()) };
    match (sweep, runs) {
        (_, []) => {}
        (Some(sweep), runs) => {
            let curve: Vec<(f64, f64, f64)> = Spread::of(runs)
                .iter()
                .filter_map(|spread| Some((spread.value?, spread.mean, spread.deviation)))
                .collect();
            let figure = network_figures::sweep(sweep.label(), arguments.seeds.get(), &curve);
            files::write_figure(folder, &format!("accuracy-{}", sweep.name()), &figure)?;
        }
        (None, [run, ..]) => {
            files::write_figure(folder, "fig-5c", &network_figures::counts(&run.mean_counts))?;
            files::write_figure(folder, "fig-5d", &network_figures::confusion(&run.confusion))?;
        }
    }
    Ok(())
}
