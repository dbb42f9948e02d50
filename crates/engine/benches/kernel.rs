//! Instructions that the engine takes for one event, beside a plain loop over a heap. Prints a table;
//! `benches/README.md` says what it shows. Needs `valgrind`.

#![allow(clippy::print_stdout, reason = "a bench reports to the terminal")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::error::Error;
use std::io;
use std::ops::ControlFlow;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use memspike_circuit::{Builder, Circuit, ElementKind, NodeId, Stimulus};
use memspike_device::{MODELS, Model};
use memspike_engine::{DeviceEvent, Events, Follows, Options, Simulation, Sink};
use memspike_scheduler::Pace;
use memspike_time::Time;

/// Series resistance of an oscillator (ohm).
const SERIES_OHM: f64 = 1e6;

/// Its capacitance (F).
const FARAD: f64 = 47e-9;

/// Voltages at which its switch turns on and off (V), and the switch's resistances (ohm).
const ON_V: f64 = 0.1675;
const OFF_V: f64 = 0.0825;
const RON_OHM: f64 = 1e3;
const ROFF_OHM: f64 = 1e12;

/// Every run simulates so long (s).
const UNTIL_S: f64 = 1.0;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().collect();
    match words.iter().position(|word| word == "--count") {
        Some(at) => {
            let [what, count, until_s] = &words[at + 1..] else {
                return Err("--count WHAT COUNT UNTIL".into());
            };
            println!("{}", perform(what, count.parse()?, until_s.parse()?)?);
            Ok(())
        }
        None => table(),
    }
}

/// Runs one of the kinds; gives its events.
fn perform(what: &str, count: usize, until_s: f64) -> Result<u64, Box<dyn Error>> {
    match what {
        "heap" => Ok(plain_heap_loop(count, until_s)),
        "switch" => Ok(simulate(&oscillators(count, &switch()?), until_s)?),
        "memristor" => Ok(simulate(&oscillators(count, &memristor()?), until_s)?),
        _ => Err(format!("nothing is called {what}").into()),
    }
}

fn table() -> Result<(), Box<dyn Error>> {
    println!("Instructions of {UNTIL_S} s of independent oscillators, beyond those of 0 s");
    println!("  what        neurons     events   an event   of the heap loop's");
    for count in [784, 10_000] {
        let mut plain = 0.0;
        for what in ["heap", "switch", "memristor"] {
            let (events, all) = counted(what, count, UNTIL_S)?;
            let (_, start) = counted(what, count, 0.0)?;
            let each = (all - start) as f64 / events as f64;
            if what == "heap" {
                plain = each;
            }
            println!("  {what:10} {count:8} {events:10} {each:10.0}   {:.2}", each / plain);
        }
    }
    Ok(())
}

/// Events and instructions of one run in a process of its own.
fn counted(what: &str, count: usize, until_s: f64) -> Result<(u64, u64), Box<dyn Error>> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(std::env::current_exe()?).arg("--count").arg(what);
    let output = command.arg(count.to_string()).arg(until_s.to_string()).output()?;
    let report = String::from_utf8_lossy(&output.stderr);
    let collected = report.lines().find_map(|line| line.split_once("Collected : "));
    let (_, instructions) =
        collected.ok_or_else(|| format!("valgrind counts nothing: {report}"))?;
    let events = String::from_utf8_lossy(&output.stdout);
    Ok((events.trim().parse()?, instructions.trim().parse()?))
}

/// Source voltage of neuron `k` of `count`: 0.5 to 2 V.
fn volt(k: usize, count: usize) -> f64 {
    0.5 + 1.5 * k as f64 / (count - 1).max(1) as f64
}

/// What one would write by hand for exactly these oscillators: the instant of each crossing by one logarithm, and a
/// heap of instants. It knows that a crossing starts at the level of the last, and nothing else of circuits.
fn plain_heap_loop(count: usize, until_s: f64) -> u64 {
    struct Neuron {
        on: bool,
        /// End of the relaxation and its time constant, off and on.
        ends: [(f64, f64); 2],
        spikes: Vec<f64>,
    }
    let relaxation = |volt: f64, device_ohm: f64| {
        let siemens = 1.0 / SERIES_OHM + 1.0 / device_ohm;
        (volt / SERIES_OHM / siemens, FARAD / siemens)
    };
    let mut neurons: Vec<Neuron> = (0..count)
        .map(|k| {
            let volt = volt(k, count);
            let ends = [relaxation(volt, ROFF_OHM), relaxation(volt, RON_OHM)];
            Neuron { on: false, ends, spikes: Vec::new() }
        })
        .collect();
    let passes =
        |(end, tau): (f64, f64), from: f64, to: f64| tau * ((end - from) / (end - to)).ln();
    // Instants are not negative, and such numbers are in the order of their bits.
    let mut heap: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::with_capacity(count);
    for (k, neuron) in neurons.iter().enumerate() {
        heap.push(Reverse((passes(neuron.ends[0], 0.0, ON_V).to_bits(), k)));
    }
    let mut events = 0;
    while let Some(mut first) = heap.peek_mut() {
        let Reverse((bits, k)) = *first;
        let at_s = f64::from_bits(bits);
        if at_s > until_s {
            break;
        }
        events += 1;
        let neuron = &mut neurons[k];
        neuron.on = !neuron.on;
        let lasts_s = if neuron.on {
            neuron.spikes.push(at_s);
            passes(neuron.ends[1], ON_V, OFF_V)
        } else {
            passes(neuron.ends[0], OFF_V, ON_V)
        };
        *first = Reverse(((at_s + lasts_s).to_bits(), k));
    }
    std::hint::black_box(neurons.iter().map(|neuron| neuron.spikes.len()).sum::<usize>());
    events
}

fn model(name: &str, values: &[(&str, f64)]) -> Result<Arc<dyn Model>, Box<dyn Error>> {
    let kind = MODELS.iter().find(|kind| kind.name == name).ok_or("no such model")?;
    let value =
        |name: &str| values.iter().find(|(given, _)| *given == name).map(|(_, value)| *value);
    let all = kind.parameters.iter().map(|p| value(p.name).unwrap_or(p.default));
    Ok((kind.build)(&all.collect::<Vec<f64>>())?)
}

fn switch() -> Result<Arc<dyn Model>, Box<dyn Error>> {
    let (vt, vh) = (0.5 * (ON_V + OFF_V), 0.5 * (ON_V - OFF_V));
    model("sw", &[("vt", vt), ("vh", vh), ("ron", RON_OHM), ("roff", ROFF_OHM)])
}

fn memristor() -> Result<Arc<dyn Model>, Box<dyn Error>> {
    model("ts_memristor", &[])
}

/// `count` oscillators, each on its own source.
fn oscillators(count: usize, model: &Arc<dyn Model>) -> Circuit {
    let mut builder = Builder::new();
    let ground = NodeId::GROUND;
    for k in 0..count {
        let (input, out) = (builder.node(&format!("i{k}")), builder.node(&format!("o{k}")));
        let source = ElementKind::VoltageSource(Stimulus::Dc(volt(k, count)));
        builder.element(&format!("v{k}"), [input, ground], source);
        builder.element(&format!("r{k}"), [input, out], ElementKind::Resistor { ohm: SERIES_OHM });
        let capacitor = ElementKind::Capacitor { farad: FARAD, initial: None };
        builder.element(&format!("c{k}"), [out, ground], capacitor);
        builder.element(&format!("n{k}"), [out, ground], ElementKind::Memristor(model.clone()));
    }
    builder.build().expect("a circuit that can be solved")
}

/// Keeps instants and devices of spikes.
#[derive(Default)]
struct Spikes(Vec<(Time, u32)>);

impl Sink for Spikes {
    fn follows(&self) -> Follows {
        Follows::events(Events::Spikes)
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        self.0.push((at, event.element.index() as u32));
        Ok(())
    }
}

/// Simulates; gives its phase changes.
fn simulate(circuit: &Circuit, until_s: f64) -> Result<u64, Box<dyn Error>> {
    let options = Options { from_initial_conditions: true, seed: 0 };
    // Under valgrind time is long; what is counted does not depend on it.
    let pace = Pace { patience: Duration::from_secs(3600), ..Pace::default() };
    let mut simulation = Simulation::new(circuit, &options)?.at_pace(pace);
    let mut spikes = Spikes::default();
    let go_on = &mut |_| ControlFlow::Continue(());
    simulation.run(Time::from_s(until_s), &mut [&mut spikes], go_on)?;
    std::hint::black_box(spikes.0.len());
    Ok(simulation.counters().phase_changes)
}
