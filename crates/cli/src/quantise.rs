//! `memspike quantise`: what weights of few bits cost, and whether hardware does what the model says.

use std::convert::Infallible;

use memspike_files::ScratchFolder;
use memspike_hdl::{Export, Layout, Simulator, layout};
use memspike_lif_core::{
    Answer, Architecture, Core, EventModel, Quantised, ROUNDING, Stimulus, TimeStep, answers,
    clocked_answers, layers,
};
use memspike_report::{engineering, json, table};
use memspike_run::Workers;
use memspike_run::clocked::{COUNT_BITS, Stream, core};
use memspike_snn::{
    CLASSES, Dataset, Evaluation, Ideal, Image, PIXELS, Parameters, Part, PointNetwork, Synapses,
    Weights,
};
use serde::Serialize;

use crate::{
    failure::Failure, interrupt, network, network_args::QuantiseArguments, print,
    progress::Progress,
};

/// Images that are sent to the hardware together.
const IMAGES_A_RUN: usize = 100;

#[derive(Serialize)]
struct Results {
    images: usize,
    step_s: f64,
    point_accuracy: f64,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    bits: u32,
    potential_bits: u32,
    scale: f64,
    threshold: i64,
    /// The largest relative error that rounding made of threshold, reset and leak.
    rounding: f64,
    accuracy: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    hardware: Option<Hardware>,
}

/// What event-level model, cycle-accurate model and Verilator agreed in: every winner, spike and count of so many spikes.
#[derive(Serialize, Clone, Copy, Default)]
struct Hardware {
    spikes: usize,
    cycles: u64,
}

/// The hardware of a core, ready to run.
struct Bench {
    architecture: Architecture,
    simulator: Simulator,
    _folder: ScratchFolder,
}

fn input(error: &dyn std::fmt::Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

fn work(error: &dyn std::fmt::Display) -> Failure {
    Failure::Work(format!("error: {error}"))
}

/// Shows the test images to the output layer at each width, and prints a table.
pub fn quantise(arguments: &QuantiseArguments) -> Result<(), Failure> {
    let weights =
        Weights::read(&arguments.weights, Some((PIXELS, CLASSES))).map_err(|e| input(&e))?;
    let layout = layout(&arguments.arch, arguments.lanes).map_err(|e| input(&e))?;
    let parameters = Parameters::default();
    let ideal = arguments.neurons.of(Ideal::default());
    network::card_counts(&arguments.card, &ideal)?;
    let (encoding, lif) = network::neurons(&ideal, &parameters, &arguments.card.read()?)?;
    let step = TimeStep::of_shift(&lif, arguments.leak_shift);
    let network = parameters.network(weights, Some(lif)).map_err(|e| input(&e))?;
    let layers = layers(&network, step).map_err(|e| input(&e))?;
    let dynamics = layers[0].dynamics;
    let cores: Vec<Quantised> = (arguments.bits.iter())
        .map(|bits| core(&layers, step, *bits))
        .collect::<Result<_, _>>()
        .map_err(|e| input(&e))?;
    let synapses = Synapses::ideal(&parameters, &layers[0].weights).map_err(|e| input(&e))?;
    let data = network::dataset(&arguments.data, Part::Test, [PIXELS, CLASSES])?;

    interrupt::listen();
    let workers = Workers::new(arguments.threads.threads, data.len())?;
    let network = PointNetwork::new(&parameters, &encoding, lif, &synapses);
    let respond = |(): &mut (), _, image: &Image| Ok::<_, Infallible>(network.respond(image));
    let Ok(point) = workers.install(|| Evaluation::of(&data, respond, || ()));
    let point = point.accuracy();
    let stream = Stream::new(&encoding, step, parameters.duration_s);
    let progress = Progress::new(Some((cores.len() * data.len()) as u64), "images");
    let mut rows = Vec::new();
    let mut ended = Ok(());
    for core in &cores {
        let bench = arguments.rtl.then(|| Bench::new(&core.core, &*layout)).transpose()?;
        match show(core, &stream, &data, bench.as_ref(), &workers, &|done| progress.add(done)) {
            Ok(row) => rows.push(row),
            Err(failure) => {
                ended = Err(failure);
                break;
            }
        }
    }
    drop(progress);
    let results =
        Results { images: data.len(), step_s: step.step_s(), point_accuracy: point, rows };
    if arguments.json.json {
        print(&json(&results))?;
    } else {
        let lanes = match layout.name() {
            "folded" => format!(" --lanes {}", arguments.lanes),
            _ => String::new(),
        };
        let same = results.rows.last().map(|row| {
            let rounding = match row.rounding {
                error if error > ROUNDING => format!(" --rounding {:.3}", error + 5e-4),
                _ => String::new(),
            };
            format!(
                "memspike export-verilog --weights {} --threshold {} --retention {} --reset {} --step {} \
                 --bits {} --count-bits {COUNT_BITS}{rounding} --arch {}{lanes} --out core",
                arguments.weights.display(),
                dynamics.threshold,
                dynamics.retention,
                dynamics.reset.unwrap_or_default(),
                step.step_s(),
                row.bits,
                layout.name(),
            )
        });
        crate::show(&text(&results, arguments.leak_shift, same.as_deref()))?;
    }
    ended
}

impl Bench {
    fn new(core: &Core, layout: &dyn Layout) -> Result<Self, Failure> {
        let folder = ScratchFolder::new().map_err(|e| work(&e))?;
        let create = |name: &str| folder.file(name);
        memspike_hdl::export(core, layout, &Export::new("lif"), create).map_err(|e| input(&e))?;
        let simulator = Simulator::build(folder.path()).map_err(|e| work(&e))?;
        Ok(Self { architecture: layout.model(), simulator, _folder: folder })
    }

    /// Sends images to both other machines.
    fn check(&self, run: usize, core: &Core, stimuli: &[Stimulus]) -> Result<Hardware, String> {
        let expected = answers(core, stimuli);
        let (clocked, _) = clocked_answers(core, self.architecture, stimuli);
        if let Some(at) = (0..expected.len()).find(|at| clocked.get(*at) != Some(&expected[*at])) {
            return Err(format!("the cycle-accurate model differs in answer {at}"));
        }
        let simulation = self
            .simulator
            .compare(&format!("run_{run}"), core, stimuli, &expected)
            .map_err(|error| error.to_string())?;
        let spikes = expected.iter().map(|answer| match answer {
            Answer::Tick { spikes, .. } => spikes.len(),
            Answer::Counts(_) => 0,
        });
        Ok(Hardware { spikes: spikes.sum(), cycles: simulation.cycles })
    }
}

/// Shows all images to one core, in runs on all threads.
fn show(
    quantised: &Quantised,
    stream: &Stream,
    data: &Dataset,
    bench: Option<&Bench>,
    workers: &Workers,
    shown: &(dyn Fn(u64) + Sync),
) -> Result<Row, Failure> {
    let (core, numbers) = (&quantised.core, &quantised.layers[0]);
    let runs: Vec<_> =
        data.images.chunks(IMAGES_A_RUN).zip(data.labels.chunks(IMAGES_A_RUN)).collect();
    let count = runs.len();
    let (done, ended) = workers.in_order(runs, interrupt::asked, |run, (images, labels)| {
        let streams: Vec<Vec<Stimulus>> = images.iter().map(|image| stream.of(image)).collect();
        let right = streams.iter().zip(labels).filter(|(s, l)| class(core, s) == usize::from(**l));
        let right = right.count();
        let hardware = bench.map(|bench| bench.check(run, core, &streams.concat())).transpose();
        let hardware = hardware.map_err(|why| {
            let (first, last) = (run * IMAGES_A_RUN, run * IMAGES_A_RUN + images.len() - 1);
            work(&format!("images {first} to {last}: {why}"))
        })?;
        shown(images.len() as u64);
        Ok::<_, Failure>((right, hardware.unwrap_or_default()))
    });
    ended?;
    if done.len() < count {
        return Err(Failure::Work("interrupted: the table has the widths that are done".into()));
    }
    let right: usize = done.iter().map(|(right, _)| right).sum();
    let layer = core.spec().first();
    Ok(Row {
        bits: layer.weight_bits,
        potential_bits: layer.potential_bits,
        scale: numbers.scale,
        threshold: layer.threshold,
        rounding: numbers.error(),
        accuracy: right as f64 / data.len() as f64,
        hardware: bench.map(|_| Hardware {
            spikes: done.iter().map(|(_, hardware)| hardware.spikes).sum(),
            cycles: done.iter().map(|(_, hardware)| hardware.cycles).sum(),
        }),
    })
}

/// The class that the core itself names.
fn class(core: &Core, stimuli: &[Stimulus]) -> usize {
    let mut model = EventModel::new(core);
    for stimulus in stimuli {
        match *stimulus {
            Stimulus::Start => model.start(),
            Stimulus::Event(input) => model.event(input),
            Stimulus::Tick => model.tick(|_| ()),
        }
    }
    model.class()
}

fn text(results: &Results, shift: u32, same: Option<&str>) -> String {
    let percent = |part: f64| format!("{:.2} %", 100.0 * part);
    let rows = results.rows.iter().map(|row| {
        let mut cells = vec![
            row.bits.to_string(),
            row.potential_bits.to_string(),
            engineering(row.scale, ""),
            row.threshold.to_string(),
            percent(row.rounding),
            percent(row.accuracy),
            format!("{:+.2} points", 100.0 * (row.accuracy - results.point_accuracy)),
        ];
        if let Some(hardware) = row.hardware {
            cells.push(format!("all {} spikes and all counts equal", hardware.spikes));
            cells.push((hardware.cycles / results.images as u64).to_string());
        }
        cells
    });
    let mut header = vec![
        "weight bits",
        "potential bits",
        "scale",
        "threshold",
        "rounding",
        "accuracy",
        "against point level",
    ];
    if results.rows.iter().any(|row| row.hardware.is_some()) {
        header.extend(["both models and Verilator", "cycles an image"]);
    }
    let same = same.map(|same| format!("\nThe last of them as hardware:\n  {same}\n"));
    format!(
        "{} images, point level {}; time step {}, leak v >> {shift}\n\n{}\n{}",
        results.images,
        percent(results.point_accuracy),
        engineering(results.step_s, "s"),
        table(&header, rows.collect()),
        same.unwrap_or_default(),
    )
}
