//! What independent neurons cost, beside ngspice. Prints tables; `benches/README.md` says what
//! each one shows.

#![allow(clippy::print_stdout, reason = "a bench reports to the terminal")]

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use memspike_circuit::{Builder, Circuit, ElementKind, Stimulus};
use memspike_device::{MODELS, Model};
use memspike_engine::{DeviceEvent, Events, Follows, Options, Simulation, Sink};
use memspike_time::Time;
use wait4::Wait4;

const NEURONS: usize = 784;

/// How many of the 784 runs ngspice really makes.
const SAMPLE: usize = 16;

/// Simulated time of the run whose threads are compared (s).
const LONG_S: f64 = 10.0;

/// Repetitions behind every median.
const REPEATS: usize = 9;

fn main() -> Result<(), Box<dyn Error>> {
    let temporary = tempfile::tempdir()?;
    // Who wants the decks names a folder for them.
    let named = std::env::var_os("DECKS_DIR").map(PathBuf::from);
    let folder = named.as_deref().unwrap_or(temporary.path());
    many_neurons(folder)?;
    one_neuron(folder)?;
    threads(folder)?;
    cost_per_event();
    Ok(())
}

/// Source voltage of neuron `k` of `count`: 0.5 to 2 V.
fn volt(k: usize, count: usize) -> f64 {
    0.5 + 1.5 * k as f64 / (count - 1).max(1) as f64
}

/// What a finished process took.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    cpu: Duration,
    peak_bytes: u64,
}

fn cost(command: &mut Command) -> Result<Cost, Box<dyn Error>> {
    let name = command.get_program().to_string_lossy().into_owned();
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| io::Error::new(e.kind(), format!("{name} does not start: {e}")))?;
    let used = child.wait4()?;
    let wall = start.elapsed();
    if !used.status.success() {
        return Err(format!("{name} failed: {}", used.status).into());
    }
    let cpu = used.rusage.utime + used.rusage.stime;
    Ok(Cost { wall, cpu, peak_bytes: used.rusage.maxrss })
}

fn memspike(deck: &Path, threads: usize) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_memspike"));
    command.arg("run").arg(deck).arg("--spikes").arg(deck.with_extension("spikes"));
    command.arg("--threads").arg(threads.to_string());
    command
}

fn ngspice(deck: &Path) -> Command {
    let mut command = Command::new("ngspice");
    command.arg("-b").arg(deck).arg("-o").arg(deck.with_extension("log"));
    command
}

fn median<T: PartialOrd + Copy>(mut values: Vec<T>) -> T {
    values.sort_by(|a, b| a.partial_cmp(b).expect("comparable"));
    values[values.len() / 2]
}

/// The relaxation oscillator in the form that ngspice solves best; without a measurement
/// ngspice would refuse to run it in batch mode.
fn gain_form(volt: f64) -> String {
    format!(
        "gain form\nVin in 0 DC {volt}\nR1 in out 1Meg\nC1 out 0 47n IC=0\nE1 ctl 0 out 0 1e6\n\
         S1 out 0 ctl 0 ideal\n.model ideal SW(VT=167.5k VH=82.5k RON=1k ROFF=1e12)\n\
         .tran 1m 1 uic\n.meas tran first WHEN v(out)=0.15 FALL=1\n.end\n"
    )
}

/// `count` neurons, each on its own source; `element` writes the device across node `o{k}`.
fn independent(count: usize, model: &str, element: impl Fn(usize) -> String) -> String {
    let mut deck = format!("{count} independent neurons\n{model}\n");
    for k in 0..count {
        let (volt, device) = (volt(k, count), element(k));
        let _ =
            writeln!(deck, "V{k} i{k} 0 DC {volt}\nR{k} i{k} o{k} 1Meg\nC{k} o{k} 0 47n\n{device}");
    }
    deck + ".tran 1 uic\n.end\n"
}

fn many_neurons(folder: &Path) -> Result<(), Box<dyn Error>> {
    println!("{NEURONS} neurons, 0.5 to 2 V, 1 s, spikes only (medians of {REPEATS})");
    let forms = [
        (
            "switch",
            ".model ideal SW(VT=0.1675 VH=0.0825 RON=1k ROFF=1e12)",
            (|k| format!("S{k} o{k} 0 o{k} 0 ideal")) as fn(usize) -> String,
        ),
        (
            "memristor",
            ".model zno ts_memristor(von=0.1353 vs=0.0234 t0=1.668 ton_min=20n vhold=0.1 \
             gres=0.5 trelax=10m dissolution=exponential roff=130Meg ron=4.84k vform=0)",
            |k| format!("N{k} o{k} 0 zno"),
        ),
    ];
    for (form, model, element) in forms {
        let deck = folder.join(format!("{form}.cir"));
        fs::write(&deck, independent(NEURONS, model, element))?;
        let costs: Result<Vec<Cost>, _> =
            (0..REPEATS).map(|_| cost(&mut memspike(&deck, 1))).collect();
        let costs = costs?;
        println!(
            "  memspike, {form:9}  {:8.3} s CPU  {:6.1} MB",
            median(costs.iter().map(|c| c.cpu).collect()).as_secs_f64(),
            median(costs.iter().map(|c| c.peak_bytes).collect()) as f64 / 1e6,
        );
    }
    let mut total = Duration::ZERO;
    let mut peak = 0;
    for k in 0..SAMPLE {
        let deck = folder.join(format!("gain{k}.cir"));
        fs::write(&deck, gain_form(volt(k, SAMPLE)))?;
        let cost = cost(&mut ngspice(&deck))?;
        total += cost.cpu;
        peak = peak.max(cost.peak_bytes);
    }
    println!(
        "  ngspice, gain form   {:8.3} s CPU  {:6.1} MB  (a sample of {SAMPLE} separate runs took \
         {:.3} s, scaled to {NEURONS}; the memory is one run's)",
        total.as_secs_f64() * NEURONS as f64 / SAMPLE as f64,
        peak as f64 / 1e6,
        total.as_secs_f64(),
    );
    Ok(())
}

fn one_neuron(folder: &Path) -> Result<(), Box<dyn Error>> {
    let deck = folder.join("one.cir");
    fs::write(&deck, gain_form(0.8))?;
    // Taking turns, so that a busy moment of the machine meets both.
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for _ in 0..3 * REPEATS {
        ours.push(cost(&mut memspike(&deck, 1))?.wall);
        theirs.push(cost(&mut ngspice(&deck))?.wall);
    }
    let (ours, theirs) = (median(ours).as_secs_f64(), median(theirs).as_secs_f64());
    println!("One neuron in gain form, 0.8 V, 1 s, whole process (medians of {})", 3 * REPEATS);
    println!(
        "  memspike {:.2} ms, ngspice {:.2} ms: {:.1} times faster",
        1e3 * ours,
        1e3 * theirs,
        theirs / ours
    );
    Ok(())
}

/// One run of many neurons on one thread and on several, up to what the machine has.
fn threads(folder: &Path) -> Result<(), Box<dyn Error>> {
    let cores = std::thread::available_parallelism()?.get();
    println!(
        "{NEURONS} memristors for {LONG_S} s, whole process, by threads (medians of {REPEATS})"
    );
    let deck = folder.join("long.cir");
    let text = fs::read_to_string(folder.join("memristor.cir"))?;
    fs::write(&deck, text.replace(".tran 1 uic", &format!(".tran {LONG_S} uic")))?;
    let counts: Vec<usize> = (0..).map(|k| 1 << k).take_while(|count| *count <= cores).collect();
    let mut walls = vec![Vec::new(); counts.len()];
    for _ in 0..REPEATS {
        for (wall, count) in walls.iter_mut().zip(&counts) {
            wall.push(cost(&mut memspike(&deck, *count))?.wall);
        }
    }
    let walls: Vec<f64> = walls.into_iter().map(|all| median(all).as_secs_f64()).collect();
    for (count, wall) in counts.iter().zip(&walls) {
        println!("  {count:3} threads  {wall:7.3} s  {:.2} times as fast as one", walls[0] / wall);
    }
    Ok(())
}

/// Counts phase changes.
#[derive(Default)]
struct Count(u64);

impl Sink for Count {
    fn follows(&self) -> Follows {
        Follows::events(Events::Phases)
    }

    fn event(&mut self, _at: Time, _event: DeviceEvent) -> io::Result<()> {
        self.0 += 1;
        Ok(())
    }
}

fn circuit(count: usize, model: &Arc<dyn Model>) -> Circuit {
    let mut builder = Builder::new();
    let ground = builder.node("0");
    for k in 0..count {
        let (input, out) = (builder.node(&format!("i{k}")), builder.node(&format!("o{k}")));
        let source = ElementKind::VoltageSource(Stimulus::Dc(volt(k, count)));
        builder.element(&format!("v{k}"), [input, ground], source);
        builder.element(&format!("r{k}"), [input, out], ElementKind::Resistor { ohm: 1e6 });
        let capacitor = ElementKind::Capacitor { farad: 47e-9, initial: None };
        builder.element(&format!("c{k}"), [out, ground], capacitor);
        builder.element(&format!("n{k}"), [out, ground], ElementKind::Memristor(model.clone()));
    }
    builder.build().expect("a circuit that can be solved")
}

/// Phase changes of a run and its time.
fn timed(circuit: &Circuit, until_s: f64) -> (u64, Duration) {
    let options = Options { from_initial_conditions: true, seed: 0 };
    let mut simulation = Simulation::new(circuit, &options).expect("a simulation");
    let mut count = Count::default();
    let mut run = |until_s| {
        let until = Time::from_s(until_s);
        let ended = simulation.run(until, &mut [&mut count], &mut |_| ControlFlow::Continue(()));
        ended.expect("a run that ends");
    };
    // What is done once is no event.
    run(0.0);
    let start = Instant::now();
    run(until_s);
    (count.0, start.elapsed())
}

fn cost_per_event() {
    let kind = MODELS.iter().find(|k| k.name == "ts_memristor").expect("the memristor");
    let defaults: Vec<f64> = kind.parameters.iter().map(|p| p.default).collect();
    let model = (kind.build)(&defaults).expect("its default parameters");
    println!("Cost of one event (a phase change of a memristor), independent neurons");
    println!("  neurons     events   ns an event");
    // From 1,000 on each neuron does the same, of which the first cycles are solved for and the others repeat them.
    for (count, until_s) in [(10, 100.0), (100, 10.0), (1_000, 1.0), (10_000, 1.0), (100_000, 1.0)]
    {
        let circuit = circuit(count, &model);
        let runs: Vec<(u64, Duration)> = (0..REPEATS).map(|_| timed(&circuit, until_s)).collect();
        let events = runs[0].0;
        let time = median(runs.iter().map(|r| r.1).collect());
        println!("  {count:7} {events:10}   {:8.0}", time.as_secs_f64() * 1e9 / events as f64);
    }
}
