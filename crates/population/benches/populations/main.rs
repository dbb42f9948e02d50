//! Events a second of networks of point neurons, beside a loop written for one of them. Prints tables;
//! `benches/README.md` says what they show.

#![allow(clippy::print_stdout, reason = "a bench reports to the terminal")]

#[path = "../../tests/common/mod.rs"]
mod common;
mod plain;

use std::error::Error;
use std::io;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::time::Instant;

use common::job_b;
use memspike_network::Network;
use memspike_population::{
    Description, Initial, Input, Options, Precision, Simulation, Sink, Synapse, Wiring,
};
use memspike_time::Time;
use plain::Plain;

/// Runs of each of two that are compared, in turns.
const TURNS: usize = 7;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().collect();
    let place = |flag: &str| words.iter().position(|word| word == flag);
    let after = |flag: &str| place(flag).map(|at| &words[at + 1..]);
    if let Some(words) = after("--network") {
        let [file, threads, until_s, ..] = words else {
            return Err("--network FILE THREADS UNTIL".into());
        };
        return network(Path::new(file), threads.parse()?, until_s.parse()?);
    }
    if let Some(words) = after("--size") {
        let [neurons, excitatory, inhibitory, until_s, ..] = words else {
            return Err("--size NEURONS EXCITATORY INHIBITORY UNTIL".into());
        };
        let block = after("--block").and_then(<[String]>::first);
        let block_size = block.map(|size| size.parse()).transpose()?;
        let options = Options { block_size, ..Options::default() };
        let degrees = [excitatory.parse()?, inhibitory.parse()?];
        let own_weights = place("--own-weights").is_some();
        return size((neurons.parse()?, degrees), until_s.parse()?, own_weights, &options);
    }
    if place("--sizes").is_some() { by_size() } else { tables() }
}

/// Counts spikes.
#[derive(Default)]
struct Count(u64);

impl Sink for Count {
    fn spike(&mut self, _: Time, _: usize, _: u32) -> io::Result<()> {
        self.0 += 1;
        Ok(())
    }
}

fn advance(simulation: &mut Simulation, until_s: f64) -> Result<u64, Box<dyn Error>> {
    let mut count = Count::default();
    simulation.run(Time::from_s(until_s), &mut count, &mut |_| ControlFlow::Continue(()))?;
    Ok(count.0)
}

/// Wall time (s) of what is done, and what it gives.
fn timed<T>(act: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let given = act();
    (start.elapsed().as_secs_f64(), given)
}

/// CPU time (s) of this thread, and what is given: what others do on the machine counts less.
fn own_time<T>(act: impl FnOnce() -> T) -> Result<(f64, T), Box<dyn Error>> {
    let on_cpu = || -> Result<f64, Box<dyn Error>> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
        Ok(text.split(' ').next().ok_or("no time")?.parse()?)
    };
    let start = on_cpu()?;
    let given = act();
    Ok(((on_cpu()? - start) / 1e9, given))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn tables() -> Result<(), Box<dyn Error>> {
    beside_a_plain_loop()?;
    on_two_threads()?;
    by_size()
}

/// Job B as it is, where excitation and inhibition have one weight each, and with a weight for each synapse.
fn beside_a_plain_loop() -> Result<(), Box<dyn Error>> {
    let (input, wiring) = job_b(10_000, [800, 200]);
    beside(&input, &wiring, "two weights")?;
    beside(&input, &OwnWeights(&wiring), "a weight each")
}

fn beside(input: &Input, wiring: &dyn Wiring, weights: &str) -> Result<(), Box<dyn Error>> {
    let Initial::Each(potentials) = &input.populations[0].initial else {
        return Err("job B has a potential for each neuron".into());
    };
    let plain = Plain::new(wiring, potentials);
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let mut simulation = Simulation::new(input, wiring, &Options::default())?;
        let (own_s, spikes) = own_time(|| advance(&mut simulation, 1.0))?;
        let (plain_s, plain_spikes) = own_time(|| plain.run(1.0))?;
        assert_eq!(spikes?, plain_spikes, "both are exact");
        let events = simulation.counters().delivered as f64;
        ours.push(events / own_s);
        theirs.push(events / plain_s);
        ratios.push(plain_s / own_s);
    }
    println!(
        "job B, {weights}, one thread: {:.3e} events in a second of CPU time; plain loop {:.3e}; ratio {:.2}",
        median(ours),
        median(theirs),
        median(ratios)
    );
    Ok(())
}

fn on_two_threads() -> Result<(), Box<dyn Error>> {
    let (input, wiring) = job_b(10_000, [800, 200]);
    let mut ratios = Vec::new();
    for _ in 0..TURNS {
        let seconds = |threads| -> Result<f64, Box<dyn Error>> {
            let options = Options { threads, ..Options::default() };
            let mut simulation = Simulation::new(&input, &wiring, &options)?;
            let (s, spikes) = timed(|| advance(&mut simulation, 1.0));
            spikes?;
            Ok(s)
        };
        ratios.push(seconds(1)? / seconds(2)?);
    }
    println!("job B, two threads: {:.2} times one", median(ratios));
    Ok(())
}

fn by_size() -> Result<(), Box<dyn Error>> {
    println!("neurons  synapses  weights  bytes/synapse  events in a second of CPU time  spikes");
    for (neurons, degrees, until_s) in [
        (1000, [800, 200], 3.0),
        (10_000, [800, 200], 1.0),
        (100_000, [800, 200], 0.2),
        (10_000, [160, 40], 1.0),
        (100_000, [160, 40], 0.3),
        (1_000_000, [160, 40], 0.1),
        (10_000, [400, 100], 1.0),
        (1_000_000, [400, 100], 0.05),
    ] {
        for own_weights in [false, true] {
            size((neurons, degrees), until_s, own_weights, &Options::default())?;
        }
    }
    Ok(())
}

fn size(
    (neurons, degrees): (u32, [usize; 2]),
    until_s: f64,
    own_weights: bool,
    options: &Options,
) -> Result<(), Box<dyn Error>> {
    let (input, wiring) = job_b(neurons, degrees);
    let synapses = wiring.sources.len();
    let own = OwnWeights(&wiring);
    let drawn: &dyn Wiring = if own_weights { &own } else { &wiring };
    let mut simulation = Simulation::new(&input, drawn, options)?;
    drop(wiring);
    let bytes = simulation.bytes() as f64 / synapses as f64;
    let (s, spikes) = own_time(|| advance(&mut simulation, until_s))?;
    let spikes = spikes?;
    let events = simulation.counters().delivered as f64 / s;
    let weights = if own_weights { "each" } else { "two" };
    println!("{neurons:8} {synapses:10} {weights:5} {bytes:8.2} {events:12.3e} {spikes:10}");
    Ok(())
}

/// Synapses whose weights differ from those of their source's other ones by up to a thousandth.
struct OwnWeights<'w>(&'w dyn Wiring);

impl Wiring for OwnWeights<'_> {
    fn visit(&self, targets: Range<u32>, each: &mut dyn FnMut(Synapse)) {
        self.0.visit(targets, &mut |synapse| {
            let mixed = (synapse.source ^ synapse.target.rotate_left(16)).wrapping_mul(0x9e37_79b9);
            let weight = synapse.weight * (1.0 + f64::from(mixed >> 22) / f64::from(1 << 20));
            each(Synapse { weight, ..synapse });
        });
    }
}

/// CPU time (s) of all threads.
fn all_time<T>(act: impl FnOnce() -> T) -> Result<(f64, T), Box<dyn Error>> {
    let on_cpu = || -> Result<f64, Box<dyn Error>> {
        let text = std::fs::read_to_string("/proc/self/stat")?;
        // Behind the name, which may have blanks: user and system time are fields 14 and 15, in hundredths.
        let fields: Vec<&str> = text.rsplit(')').next().ok_or("no name")?.split(' ').collect();
        Ok((fields[12].parse::<f64>()? + fields[13].parse::<f64>()?) / 100.0)
    };
    let start = on_cpu()?;
    let given = act();
    Ok((on_cpu()? - start, given))
}

/// Builds and runs a described network, in parts of 100 ms.
fn network(file: &Path, threads: usize, until_s: f64) -> Result<(), Box<dyn Error>> {
    let network = Network::read(file)?;
    let description = Description::new(&network, 1, Precision::Single)?;
    let options = Options { threads, ..Options::default() };
    let wiring: &dyn Wiring = &description;
    let (build_s, simulation) = timed(|| Simulation::new(&description.input, wiring, &options));
    let mut simulation = simulation?;
    println!("built in {build_s:.1} s, {:.2} GB", simulation.bytes() as f64 / 1e9);
    for step in 1..=(until_s / 0.1).round() as u32 {
        let until_s = f64::from(step) * 0.1;
        let (s, timed) = timed(|| all_time(|| advance(&mut simulation, until_s)));
        let (cpu_s, spikes) = timed?;
        let rate = spikes? as f64 / 0.1 / network.neurons() as f64;
        println!(
            "{until_s:.1} s: {:.1} times model time, {:.1} of CPU time, {rate:.2} spikes/s",
            s / 0.1,
            cpu_s / 0.1
        );
    }
    println!("{:?}", simulation.counters());
    Ok(())
}
