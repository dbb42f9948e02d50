//! The network of the paper beside SpikingJelly: the same weights and images, in one run. Prints
//! tables; `benches/README.md` says what they show. Makes a Python environment on first use.

#![allow(clippy::print_stdout, reason = "a bench reports to the terminal")]

#[path = "common/processes.rs"]
mod processes;

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use memspike_netlist::{Deck, StepPoint};
use memspike_snn::{
    CLASSES, Dataset, Encoding, LEVELS, Lif, PIXELS, Parameters, Part, PointLayer, Weights,
    ideal_neuron,
};
use processes::{Cost, environment, measured};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Rounds behind every median; all take turns in each.
const ROUNDS: usize = 3;

/// Step of the peer (s).
const STEP_S: f64 = 1e-3;

/// Training images that the peer is shown; its time for 60,000 is in proportion.
const TRAINED: usize = 6_000;

/// What SpikingJelly needs of its dependencies.
const PACKAGES: &[&str] = &["torch==2.13.0", "numpy", "scipy", "matplotlib", "tqdm", "loguru"];
/// Without those of its dependencies that are not needed here.
const PEER: &[&str] = &["--no-deps", "spikingjelly==2.0.0"];

fn main() -> Result<()> {
    let mnist = env::var_os("MNIST_DIR")
        .map(PathBuf::from)
        .ok_or("MNIST_DIR must name a folder with the four files of MNIST")?
        .canonicalize()?;
    let python =
        environment(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("peers"), &[PACKAGES, PEER])?;
    let folder = tempfile::tempdir()?;
    let job = prepare(&mnist, folder.path())?;
    let mut rounds = Vec::new();
    for round in 1..=ROUNDS {
        eprintln!("round {round} of {ROUNDS}");
        rounds.push(Round::take(&mnist, &python, folder.path(), &job)?);
    }
    report(&rounds);
    Ok(())
}

/// Regular spikes of 784 inputs for a second into 10 LIF neurons, in the order of time.
struct Job {
    lif: Lif,
    spikes: Vec<(f64, usize)>,
    weights_v: Vec<[f64; CLASSES]>,
}

/// Files for the peer; gives the job that has no images.
fn prepare(mnist: &Path, folder: &Path) -> Result<Job> {
    let parameters = Parameters::default();
    let (encoding, lif) = nominal(&parameters)?;
    let write = |name: &str, columns: usize, values: Vec<f32>| {
        let weights = Weights::new(values.len() / columns, columns, values)?;
        Ok::<_, Box<dyn std::error::Error>>(fs::write(folder.join(name), weights.bytes())?)
    };
    let steps = (parameters.duration_s / STEP_S).round() as usize;
    let mut counts = vec![0.0; LEVELS * steps];
    for spike in encoding.events() {
        let step = ((spike.at_s / STEP_S) as usize).min(steps - 1);
        counts[usize::from(spike.level) * steps + step] += 1.0;
    }
    write("encoding.npy", steps, counts)?;

    let shipped = Weights::read(WEIGHTS, Some((PIXELS, CLASSES)))?;
    let volts = parameters.volts_per_siemens() * parameters.weight_siemens;
    write(
        "weights.npy",
        CLASSES,
        shipped.values().iter().map(|w| w as f32 * volts as f32).collect(),
    )?;
    for (part, name, images) in
        [(Part::Test, "test", usize::MAX), (Part::Training, "training", TRAINED)]
    {
        let data = Dataset::load(mnist, part)?.take(images);
        let pixels = data
            .images
            .iter()
            .flat_map(|image| image.iter())
            .map(|pixel| f32::from(*pixel))
            .collect();
        write(&format!("{name}-images.npy"), PIXELS, pixels)?;
        let labels = data.labels.iter().map(|label| f32::from(*label)).collect();
        write(&format!("{name}-labels.npy"), 1, labels)?;
    }
    fs::write(
        folder.join("lif.json"),
        json!({ "decay": (-STEP_S / lif.tau_s).exp(), "threshold": lif.threshold_v, "reset": lif.reset_v })
            .to_string(),
    )?;

    let job = regular(lif);
    let mut counts = vec![0.0; 1000 * PIXELS];
    for (at_s, row) in &job.spikes {
        counts[((at_s / STEP_S) as usize).min(999) * PIXELS + row] += 1.0;
    }
    write("regular.npy", PIXELS, counts)?;
    let weights = job.weights_v.iter().flatten().map(|w| *w as f32).collect();
    write("regular-weights.npy", CLASSES, weights)?;
    Ok(job)
}

const WEIGHTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/weights/mnist.npy");

/// The encoding and the output neuron of the point level.
fn nominal(parameters: &Parameters) -> Result<(Encoding, Lif)> {
    let card = include_str!("../netlists/cards/zno.lib");
    let deck =
        format!("nominal\n{card}\nV1 in 0 DC 1\nR1 in out 1Meg\nN1 out 0 zno\n.tran 1 uic\n.end\n");
    let deck = Deck::parse("zno.lib", &deck).map_err(|e| e.render(false))?;
    let deck = deck.elaborate(&StepPoint::default(), 0).map_err(|e| e.render(false))?;
    let device = deck.circuit.find_element("n1").ok_or("the card's device")?;
    let (model, _) = deck.circuit.element(device).device().ok_or("the card's model")?;
    let lif = ideal_neuron(parameters, model).ok_or("a device that fires")?;
    Ok((Encoding::new(parameters, model), lif))
}

/// Inputs of 38 to 176 Hz, the range of the paper's neuron; weights that make outputs fire some 40
/// times.
fn regular(lif: Lif) -> Job {
    let hertz = |row: usize| 38.0 + (176.0 - 38.0) * row as f64 / (PIXELS - 1) as f64;
    let mut spikes: Vec<(f64, usize)> = (0..PIXELS)
        .flat_map(|row| {
            (1..).map(move |k| (f64::from(k) / hertz(row), row)).take_while(|s| s.0 < 1.0)
        })
        .collect();
    spikes.sort_by(|a, b| a.partial_cmp(b).expect("times are numbers"));
    let weight = |row: usize, j: usize| 1e-5 * (10 + (7 * row + 3 * j) % 11) as f64;
    let weights_v = (0..PIXELS).map(|row| std::array::from_fn(|j| weight(row, j))).collect();
    Job { lif, spikes, weights_v }
}

/// Output spikes of the job, exactly, and the seconds it took.
fn exact(job: &Job) -> (u32, f64) {
    let start = Instant::now();
    let mut layer = PointLayer::new(job.lif, CLASSES);
    for (at_s, row) in &job.spikes {
        layer.charge(*at_s, &job.weights_v[*row]);
    }
    (layer.response(1.0).counts.iter().sum(), start.elapsed().as_secs_f64())
}

/// Everything once.
struct Round {
    device: (Cost, Value),
    point: (Cost, Value),
    training: Cost,
    peer: (Cost, Value),
    exact: (u32, f64),
}

impl Round {
    fn take(mnist: &Path, python: &Path, folder: &Path, job: &Job) -> Result<Self> {
        let memspike = |arguments: &str| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_memspike"));
            command.args(arguments.split_whitespace()).arg("--mnist").arg(mnist).arg("--json");
            command.current_dir(folder);
            command
        };
        let classify = |level: &str| {
            let mut command = memspike(&format!("classify --threads 1 --level {level}"));
            measured(folder, command.arg("--weights").arg(WEIGHTS))
        };
        let epoch = "train --out net --overwrite --epochs 1 --validation 0 --threads 2";
        Ok(Self {
            device: classify("device")?,
            point: classify("point")?,
            training: measured(folder, &mut memspike(epoch))?.0,
            peer: {
                let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers.py");
                measured(folder, Command::new(python).arg(script).arg(folder))?
            },
            exact: exact(job),
        })
    }
}

fn median(rounds: &[Round], value: impl Fn(&Round) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A number of the peer's answer.
fn peer(rounds: &[Round], key: &str) -> f64 {
    median(rounds, |round| round.peer.1[key].as_f64().unwrap_or(f64::NAN))
}

fn report(rounds: &[Round]) {
    inference(rounds);
    training(rounds);
    regular_inputs(rounds);
}

fn inference(rounds: &[Round]) {
    let images = rounds[0].device.1["runs"][0]["images"].as_f64().unwrap_or(f64::NAN);
    println!(
        "784-10, weights/mnist.npy, {images} test images of 100 ms, one thread (medians of {ROUNDS})"
    );
    println!("                               images/s of CPU   of wall   accuracy   peak");
    let row = |name: &str, cpu_s: f64, wall_s: f64, accuracy: f64, get: fn(&Round) -> &Cost| {
        println!(
            "  {name:28} {:16.0}  {:8.0}   {:6.2} %   {:.0} MB",
            images / cpu_s,
            images / wall_s,
            100.0 * accuracy,
            median(rounds, |round| get(round).peak_bytes as f64) / 1e6,
        );
    };
    let ours = |name: &str, get: fn(&Round) -> &(Cost, Value), costs: fn(&Round) -> &Cost| {
        let cpu_s = median(rounds, |round| costs(round).cpu.as_secs_f64());
        let wall_s = median(rounds, |round| costs(round).wall.as_secs_f64());
        let accuracy = get(&rounds[0]).1["runs"][0]["accuracy"].as_f64().unwrap_or(f64::NAN);
        row(name, cpu_s, wall_s, accuracy, costs);
        cpu_s
    };
    let device_s = ours("memspike, every device", |round| &round.device, |round| &round.device.0);
    let point_s = ours("memspike, point level", |round| &round.point, |round| &round.point.0);
    let peer_s = peer(rounds, "inference_cpu_s");
    let (wall_s, accuracy) = (peer(rounds, "inference_wall_s"), peer(rounds, "accuracy"));
    row("SpikingJelly, steps of 1 ms", peer_s, wall_s, accuracy, |round| &round.peer.0);
    println!(
        "  memspike is {:.2} (every device) and {:.1} (point level) times as fast",
        peer_s / device_s,
        peer_s / point_s
    );
}

fn training(rounds: &[Round]) {
    let cpu_s = median(rounds, |round| round.training.cpu.as_secs_f64());
    let wall_s = median(rounds, |round| round.training.wall.as_secs_f64());
    let peak = median(rounds, |round| round.training.peak_bytes as f64) / 1e6;
    let scale = 60_000.0 / TRAINED as f64;
    let peer_cpu_s = scale * peer(rounds, "training_cpu_s");
    let peer_wall_s = scale * peer(rounds, "training_wall_s");
    println!("An epoch of 60,000 training images, two threads");
    println!(
        "  memspike, exact instants      {cpu_s:7.1} s CPU  {wall_s:7.1} s wall  {peak:.0} MB"
    );
    println!(
        "  SpikingJelly, steps of 1 ms   {peer_cpu_s:7.1} s CPU  {peer_wall_s:7.1} s wall  (from {TRAINED} images)"
    );
    println!(
        "  memspike is {:.0} times as fast by CPU, {:.0} by wall",
        peer_cpu_s / cpu_s,
        peer_wall_s / wall_s
    );
}

fn regular_inputs(rounds: &[Round]) {
    let (spikes, _) = rounds[0].exact;
    let ms = 1e3 * median(rounds, |round| round.exact.1);
    let (peer_spikes, peer_ms) = (peer(rounds, "regular_spikes"), 1e3 * peer(rounds, "regular_s"));
    println!("784 regular inputs into 10 LIF neurons, 1 s");
    println!("  memspike, exact               {spikes:5} spikes  {ms:8.3} ms");
    println!("  SpikingJelly, steps of 1 ms   {peer_spikes:5} spikes  {peer_ms:8.3} ms");
}
