//! `memspike classify`: how many images a network decides rightly, and at what cost.

use std::{fmt::Write as _, fs};

use indicatif::ProgressBar;
use memspike_crossbar::{Array, Config, Faults, Noise, Wires};
use memspike_snn::{
    CLASSES, Dataset, DeviceNetwork, Encoding, Energy, Evaluation, Lif, PIXELS, Parameters, Part,
    PointNetwork, Synapses, Weights, Workspace,
};
use nalgebra::DMatrix;
use serde::Serialize;

use crate::{
    failure::Failure,
    files, interrupt, network,
    network_args::{ArrayArguments, ClassifyArguments, LevelName},
    network_figures, print,
    progress::image_bar,
    render,
    workers::Workers,
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
    energy: Energy,
    /// By label and output neuron.
    mean_counts: [[f64; CLASSES]; CLASSES],
    /// By label and decision.
    confusion: [[u32; CLASSES]; CLASSES],
}

/// What a sweep changes, and to which values.
struct Sweep {
    name: String,
    values: Vec<f64>,
}

fn input(error: &dyn std::fmt::Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

/// Shows the test images to every network asked for.
pub fn classify(arguments: &ClassifyArguments) -> Result<(), Failure> {
    let weights = Weights::read(&arguments.weights, PIXELS, CLASSES).map_err(|e| input(&e))?;
    let sweep = arguments.sweep.as_deref().map(Sweep::parse).transpose()?;
    let setups = setups(arguments, sweep.as_ref())?;
    // What is wrong with any of them is said before the first one runs.
    for setup in &setups {
        config(&setup.array).validate().map_err(|e| input(&e))?;
        network::devices(&arguments.card, setup.variation)?;
    }
    let data = network::dataset(&arguments.data, Part::Test)?;
    if let Some(folder) = &arguments.figures {
        fs::create_dir_all(folder).map_err(|e| input(&format!("{}: {e}", folder.display())))?;
    }
    interrupt::listen();
    let workers = Workers::new(arguments.threads, data.len())?;
    let bar = image_bar(setups.len() * data.len());
    let mut runs = Vec::new();
    for setup in &setups {
        let evaluation = evaluate(arguments, setup, &weights, &data, &workers, &bar)?;
        if interrupt::asked() {
            break;
        }
        runs.push(Run {
            value: setup.value,
            seed: setup.seed,
            images: evaluation.images,
            accuracy: evaluation.accuracy(),
            energy: evaluation.mean_energy(),
            mean_counts: evaluation.mean_counts(),
            confusion: evaluation.confusion,
        });
    }
    bar.finish_and_clear();
    show(arguments, sweep.as_ref(), &runs)?;
    if let (Some(folder), [run]) = (&arguments.figures, runs.as_slice()) {
        files::write_figure(folder, "fig-5c", &network_figures::counts(&run.mean_counts))?;
        files::write_figure(folder, "fig-5d", &network_figures::confusion(&run.confusion))?;
    }
    if runs.len() < setups.len() {
        let message = format!("interrupted: {} of {} networks are done", runs.len(), setups.len());
        return Err(Failure::Work(message));
    }
    Ok(())
}

/// Networks in the order of their values, then seeds.
fn setups(arguments: &ClassifyArguments, sweep: Option<&Sweep>) -> Result<Vec<Setup>, Failure> {
    let values = sweep.map_or_else(|| vec![None], |s| s.values.iter().copied().map(Some).collect());
    let mut setups = Vec::new();
    for value in values {
        for number in 0..arguments.seeds.get() {
            let mut setup = Setup {
                value,
                variation: arguments.variation,
                array: arguments.array.clone(),
                seed: arguments.seed.wrapping_add(number as u64),
            };
            if let (Some(sweep), Some(value)) = (sweep, value) {
                sweep.set(&mut setup, value)?;
            }
            setups.push(setup);
        }
    }
    Ok(setups)
}

impl Sweep {
    fn parse(text: &str) -> Result<Self, Failure> {
        let unusable = |reason: String| input(&format!("--sweep {text}: {reason}"));
        let (name, list) = text
            .split_once('=')
            .ok_or_else(|| unusable("a name and values are needed, such as levels=2,4,8".into()))?;
        let number = |value: &str| {
            memspike_netlist::parse_number(value).map_err(|e| unusable(format!("'{value}': {e}")))
        };
        let values = list.split(',').map(number).collect::<Result<_, _>>()?;
        Ok(Self { name: name.to_owned(), values })
    }

    fn set(&self, setup: &mut Setup, value: f64) -> Result<(), Failure> {
        let refuse = |reason: &str| input(&format!("--sweep {}={value}: {reason}", self.name));
        if value.is_nan() || value < 0.0 || value.is_infinite() {
            return Err(refuse("a number that is not negative is needed"));
        }
        let array = &mut setup.array;
        match self.name.as_str() {
            "levels" if value.fract() != 0.0 || !(2.0..=1e6).contains(&value) => {
                return Err(refuse("a whole number from 2 on is needed"));
            }
            "levels" => array.levels = Some(value as u32),
            "variation" => setup.variation = value,
            "wire" => array.wire = value,
            "stuck-on" => array.stuck_on = value,
            "stuck-off" => array.stuck_off = value,
            "programming-noise" => array.programming_noise = value,
            "gmax" => array.gmax = value,
            _ => {
                return Err(refuse(
                    "it can be levels, variation, wire, stuck-on, stuck-off, \
                     programming-noise or gmax",
                ));
            }
        }
        Ok(())
    }
}

fn config(array: &ArrayArguments) -> Config {
    Config {
        levels: array.levels,
        weight_max: Some(1.0),
        programming_noise: Noise { sigma: array.programming_noise, ..Noise::default() },
        faults: Faults { stuck_on: array.stuck_on, stuck_off: array.stuck_off },
        wires: Wires { row_ohm: array.wire, column_ohm: array.wire, ..Wires::default() },
        ..Config::ideal(array.gmin, array.gmax)
    }
}

fn evaluate(
    arguments: &ClassifyArguments,
    setup: &Setup,
    weights: &Weights,
    data: &Dataset,
    workers: &Workers,
    bar: &ProgressBar,
) -> Result<Evaluation, Failure> {
    let parameters = Parameters::default();
    let matrix = DMatrix::from_fn(PIXELS, CLASSES, |i, j| f64::from(weights.row(i)[j]));
    let array = Array::program(&matrix, &config(&setup.array), setup.seed)
        .map_err(|e| input(&format!("{}: {e}", arguments.weights.display())))?;
    let synapses = Synapses::of_array(&parameters, &array);
    let shown = || bar.inc(1);
    if arguments.level == LevelName::Device {
        let [oscillator, lif] = network::devices(&arguments.card, setup.variation)?;
        let network = DeviceNetwork::new(&parameters, [&oscillator, &lif], &synapses, setup.seed);
        let respond = |workspace: &mut Workspace, number, image: &_| {
            if interrupt::asked() {
                return Default::default();
            }
            network.respond(workspace, number, image)
        };
        return Ok(workers.install(|| Evaluation::of(data, respond, shown)));
    }
    let [device, _] = network::devices(&arguments.card, 0.0)?;
    let lif = Lif::of_device(&parameters, &device)
        .ok_or_else(|| input(&"the card's device does not fire at 1.2 V behind 1 Mohm"))?;
    let encoding = Encoding::new(&parameters, &device);
    let network = PointNetwork::new(&parameters, &encoding, lif, &synapses);
    Ok(workers
        .install(|| Evaluation::of(data, |(): &mut (), _, image| network.respond(image), shown)))
}

fn show(arguments: &ClassifyArguments, sweep: Option<&Sweep>, runs: &[Run]) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Results<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        sweep: Option<&'a str>,
        level: &'static str,
        runs: &'a [Run],
    }
    if arguments.json {
        let level = if arguments.level == LevelName::Device { "device" } else { "point" };
        let sweep = sweep.map(|sweep| sweep.name.as_str());
        return print(&render::json(&Results { sweep, level, runs }));
    }
    match runs {
        [] => Ok(()),
        [run] if sweep.is_none() => print(&one(arguments, run)),
        runs => print(&several(sweep, runs)),
    }
}

fn percent(part: f64) -> String {
    format!("{:.2} %", 100.0 * part)
}

/// Everything about one network.
fn one(arguments: &ClassifyArguments, run: &Run) -> String {
    let right = (run.accuracy * f64::from(run.images)).round();
    let mut text = format!("{} of {} images, {}\n", right, run.images, percent(run.accuracy));
    let labels: Vec<String> = (0..CLASSES).map(|label| label.to_string()).collect();
    let matrix = |corner: &'static str, cell: &dyn Fn(usize, usize) -> String| {
        let header: Vec<&str> =
            [corner].into_iter().chain(labels.iter().map(String::as_str)).collect();
        let row = |label: usize| {
            [labels[label].clone()]
                .into_iter()
                .chain((0..CLASSES).map(|j| cell(label, j)))
                .collect()
        };
        render::table(&header, (0..CLASSES).map(row).collect())
    };
    let counts = |label: usize, j: usize| format!("{:.2}", run.mean_counts[label][j]);
    let confusion = |label: usize, j: usize| run.confusion[label][j].to_string();
    let _ =
        writeln!(text, "\nMean spikes by label and output neuron\n{}", matrix("label", &counts));
    let _ = writeln!(text, "\nImages by label and decision\n{}", matrix("label", &confusion));
    let joule = |value: f64| render::engineering(value, "J");
    let Energy { input_neurons_j, array_j, output_neurons_j } = run.energy;
    let mut rows = vec![vec!["array".to_owned(), joule(array_j)]];
    if arguments.level == LevelName::Device {
        rows.insert(0, vec!["oscillation neurons".to_owned(), joule(input_neurons_j)]);
        rows.push(vec!["LIF neurons".to_owned(), joule(output_neurons_j)]);
        rows.push(vec!["together".to_owned(), joule(run.energy.total_j())]);
    }
    let _ = writeln!(text, "\n{}", render::table(&["energy an image", "mean"], rows));
    text
}

/// A row for each value of a sweep, over its seeds.
fn several(sweep: Option<&Sweep>, runs: &[Run]) -> String {
    let name = sweep.map_or("", |sweep| &sweep.name);
    let rows = runs
        .chunk_by(|a, b| a.value == b.value)
        .map(|same| {
            let (count, accuracies) = (same.len() as f64, || same.iter().map(|run| run.accuracy));
            let mean = accuracies().sum::<f64>() / count;
            let deviation =
                accuracies().map(|a| (a - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
            let energy = same.iter().map(|run| run.energy.total_j()).sum::<f64>() / count;
            vec![
                same[0].value.map_or_else(String::new, |value| render::engineering(value, "")),
                same.len().to_string(),
                percent(mean),
                percent(deviation.sqrt()),
                percent(accuracies().fold(1.0, f64::min)),
                percent(accuracies().fold(0.0, f64::max)),
                render::engineering(energy, "J"),
            ]
        })
        .collect();
    let header = [name, "seeds", "accuracy", "deviation", "least", "greatest", "energy an image"];
    format!("{}\n", render::table(&header, rows))
}
