//! `memspike net`: a large spiking network, event by event.

use std::fmt::Display;
use std::io;
use std::num::NonZeroUsize;
use std::slice;
use std::thread::available_parallelism;
use std::time::Instant;

use memspike_files::is_standard_output;
use memspike_netlist::{short_of, shown};
use memspike_network::{Estimate, Network};
use memspike_population::{
    Counters, Description, Ended, MOST_THREADS, Options, Precision, RunError, Simulation, Sink,
};
use memspike_ranks::Ranks;
use memspike_recording::{Firing, Origin, SpikeFile, Statistics};
use memspike_report::{engineering, json, table};
use memspike_time::Time;
use serde::Serialize;

use crate::failure::Failure;
use crate::net_args::NetArguments;
use crate::progress::Progress;
use crate::ranks::{self, Asked, agree};
use crate::{files, interrupt, note, print, show, tell};

/// Resolution of the progress.
const STEPS: f64 = 1000.0;

/// Digits of the network's digest that a recording names.
const DIGEST_BYTES: usize = 16;

fn input(error: &dyn Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

fn work(error: &dyn Display) -> Failure {
    Failure::Work(format!("error: {error}"))
}

/// What hears the spikes of a run.
struct Ears {
    statistics: Statistics,
    file: Option<SpikeFile>,
}

impl Sink for Ears {
    fn spike(&mut self, at: Time, population: usize, neuron: u32) -> io::Result<()> {
        self.statistics.spike(at, population, neuron);
        match &mut self.file {
            Some(file) => file.spike(at, population, neuron),
            None => Ok(()),
        }
    }
}

/// Builds a network, runs it, and tells how it fires.
pub fn net(arguments: &NetArguments, ranks: &Ranks) -> Result<(), Failure> {
    let read = agree(ranks, read(arguments, ranks))?;
    let Some((network, threads)) = read else { return Ok(()) };
    interrupt::listen();
    let description = Description::new(&network, arguments.seed.seed, Precision::Single);
    let description = agree(ranks, description.map_err(|e| input(&e)))?;
    let options = Options { threads, ..Options::default() };
    let mut run = agree(ranks, Run::build(arguments, &network, &description, &options, ranks))?;
    // Who fails here fails alone, and ends the others.
    let ended = run.go_on(arguments.until)?;
    let results = run.results(&network, arguments.until, ended);
    agree(ranks, run.finish(arguments, &results))
}

/// The network and the threads to run it on, unless nothing is to be run.
fn read(arguments: &NetArguments, ranks: &Ranks) -> Result<Option<(Network, usize)>, Failure> {
    if let Some(from_s) = arguments.from.filter(|from_s| *from_s >= arguments.until) {
        return Err(input(&format!(
            "--from {from_s} is not before the end at {} s: choose an earlier one, or a later --until",
            arguments.until
        )));
    }
    let network = Network::read(&arguments.file).map_err(|e| input(&e))?;
    let threads = arguments.threads.threads.or_else(|| available_parallelism().ok());
    let threads = threads.map_or(1, NonZeroUsize::get).min(MOST_THREADS);
    // All ranks of a machine share its memory; what is not drawn each of them has for itself.
    let count = ranks.count();
    let estimate = network.estimate(threads * count);
    if arguments.dry_run {
        plan(&estimate, threads, count, arguments.json.json)?;
        return Ok(None);
    }
    let bytes = of_machine(&estimate, count, ranks.on_this_machine());
    if let Some(free) = short_of(bytes) {
        return Err(work(&format!(
            "the network takes {} while it is built, and {free}: fewer neurons or synapses are needed, or another machine",
            shown(bytes)
        )));
    }
    Ok(Some((network, threads)))
}

/// Bytes that a machine needs for some of the ranks.
fn of_machine(estimate: &Estimate, ranks: usize, here: usize) -> u64 {
    let Estimate { build_bytes, description_bytes, .. } = *estimate;
    let (ranks, here) = (ranks as u64, here as u64);
    here * (description_bytes + (build_bytes - description_bytes) / ranks)
}

/// Says what a network would take.
fn plan(estimate: &Estimate, threads: usize, ranks: usize, as_json: bool) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Plan {
        neurons: u64,
        synapses: u64,
        bytes_a_synapse: u64,
        build_bytes: u64,
        run_bytes: u64,
        threads: usize,
        #[serde(skip_serializing_if = "is_one")]
        ranks: usize,
    }
    let Estimate { neurons, synapses, synapse_bytes, build_bytes, run_bytes, .. } = *estimate;
    if as_json {
        let bytes_a_synapse = synapse_bytes;
        let plan =
            Plan { neurons, synapses, bytes_a_synapse, build_bytes, run_bytes, threads, ranks };
        return print(&json(&plan));
    }
    show(&format!(
        "neurons: {neurons}\nsynapses: about {synapses}, {synapse_bytes} bytes each\n\
         memory: about {} while it is built, {} while it runs, on {threads} threads{}\n",
        shown(build_bytes),
        shown(run_bytes),
        if ranks > 1 { format!(" of each of {ranks} ranks") } else { String::new() },
    ))
}

fn is_one(ranks: &usize) -> bool {
    *ranks == 1
}

/// A network on its way.
struct Run {
    simulation: Simulation,
    asked: Asked,
    /// Names and sizes of the populations, in the order in which the engine counts them.
    populations: Vec<(String, usize)>,
    ears: Ears,
    build_s: f64,
    run_s: f64,
}

impl Run {
    fn build(
        arguments: &NetArguments,
        network: &Network,
        description: &Description<'_>,
        options: &Options,
        ranks: &Ranks,
    ) -> Result<Self, Failure> {
        let begun = Instant::now();
        let (simulation, asked) = {
            let _waits = Progress::waiting("building", &arguments.file.display().to_string());
            ranks::build(ranks, description, options).map_err(|e| input(&e))?
        };
        let populations = description.populations.iter().map(|id| network.population(*id));
        let populations: Vec<(String, usize)> =
            populations.map(|p| (p.name().to_owned(), p.size())).collect();
        let sizes = populations.iter().map(|(_, size)| *size);
        let statistics = Statistics::new(sizes, arguments.from.unwrap_or(0.0));
        let file = match &arguments.out {
            Some(path) if ranks.rank() == 0 => {
                files::keep(slice::from_ref(&arguments.file), slice::from_ref(path))?;
                let names = populations.iter().map(|(name, _)| name.clone()).collect();
                let origin = origin(arguments, network, &simulation, names);
                Some(SpikeFile::create(path, &origin).map_err(|e| work(&e))?)
            }
            // The first rank records, if that is asked for.
            _ => None,
        };
        let build_s = begun.elapsed().as_secs_f64();
        let ears = Ears { statistics, file };
        Ok(Self { simulation, asked, populations, ears, build_s, run_s: 0.0 })
    }

    /// Runs to the end, or until the user has asked to stop.
    fn go_on(&mut self, until_s: f64) -> Result<Ended, Failure> {
        let progress = Progress::new(Some(STEPS as u64), "");
        let begun = Instant::now();
        let mut look = |simulation: &Simulation| {
            let now_s = simulation.now().as_s();
            let wall_s = begun.elapsed().as_secs_f64().max(1e-9);
            progress.say(format!(
                "{} of {}, {} spikes/s of wall",
                engineering(now_s, "s"),
                engineering(until_s, "s"),
                engineering(simulation.spikes() as f64 / wall_s, ""),
            ));
            progress.set((STEPS * now_s / until_s) as u64);
            self.asked.unless()
        };
        let until = Time::last_read_as(until_s);
        let ended = self.simulation.run(until, &mut self.ears, &mut look);
        self.run_s = begun.elapsed().as_secs_f64();
        ended.map_err(|RunError::Sink(error)| work(&format!("spikes cannot be recorded: {error}")))
    }

    /// What came out; all ranks ask.
    fn results(&self, network: &Network, until_s: f64, ended: Ended) -> Results {
        let interrupted = ended == Ended::Stopped;
        let reached_s = if interrupted { self.simulation.now().as_s() } else { until_s };
        Results::of(self, network, reached_s, interrupted)
    }

    /// Completes the recording, tells what happened.
    fn finish(self, arguments: &NetArguments, results: &Results) -> Result<(), Failure> {
        let Results { reached_s, interrupted, .. } = *results;
        if let Some(file) = self.ears.file {
            let path = file.path().to_owned();
            file.finish([0.0, reached_s]).map_err(|e| work(&e))?;
            note(&format!("spikes are in {}\n", path.display()));
        }
        if arguments.json.json {
            print(&json(results))?;
        } else if arguments.out.as_deref().is_some_and(is_standard_output) {
            tell(&results.table());
        } else {
            show(&results.table())?;
        }
        if interrupted {
            let at = engineering(reached_s, "s");
            return Err(Failure::Work(format!(
                "interrupted at {at}: results are complete up to there"
            )));
        }
        Ok(())
    }
}

fn origin(
    arguments: &NetArguments,
    network: &Network,
    simulation: &Simulation,
    populations: Vec<String>,
) -> Origin {
    let digest = simulation.digest();
    let digest = digest[..DIGEST_BYTES].iter().map(|byte| format!("{byte:02x}")).collect();
    let name = arguments.file.file_stem().unwrap_or_default().to_string_lossy();
    Origin {
        network: name.into_owned(),
        digest,
        seed: arguments.seed.seed,
        delay_tick_fs: network.delay_tick_fs(),
        populations,
    }
}

/// What a run gives, as JSON.
#[derive(Serialize)]
struct Results {
    reached_s: f64,
    interrupted: bool,
    neurons: usize,
    synapses: usize,
    bytes: usize,
    populations: Vec<PopulationResult>,
    counters: Counts,
    /// Wall time: no result, and never the same twice.
    wall: Wall,
}

#[derive(Serialize)]
struct PopulationResult {
    name: String,
    neurons: usize,
    spikes: u64,
    rate_hz: f64,
    rate_deviation_hz: f64,
    cv: Option<f64>,
    active: u64,
}

#[derive(Serialize)]
struct Counts {
    spikes: u64,
    sent: u64,
    delivered: u64,
    under_way: u64,
    crossings_tested: u64,
    crossings_certified: u64,
    rebases: u64,
    windows: u64,
}

#[derive(Serialize)]
struct Wall {
    build_s: f64,
    run_s: f64,
}

impl Results {
    fn of(run: &Run, network: &Network, reached_s: f64, interrupted: bool) -> Self {
        let Counters { spikes, sent, delivered, under_way, tested, certified, rebased, windows } =
            run.simulation.counters();
        let firing = run.ears.statistics.firing(reached_s);
        let populations = run.populations.iter().zip(firing);
        let populations = populations.map(|((name, neurons), firing)| {
            let Firing { spikes, rate_hz, rate_deviation_hz, cv, active } = firing;
            let (name, neurons) = (name.clone(), *neurons);
            PopulationResult { name, neurons, spikes, rate_hz, rate_deviation_hz, cv, active }
        });
        Self {
            reached_s,
            interrupted,
            neurons: network.neurons(),
            synapses: run.simulation.synapses(),
            bytes: run.simulation.bytes(),
            populations: populations.collect(),
            counters: Counts {
                spikes,
                sent,
                delivered,
                under_way,
                crossings_tested: tested,
                crossings_certified: certified,
                rebases: rebased,
                windows,
            },
            wall: Wall { build_s: run.build_s, run_s: run.run_s },
        }
    }

    fn table(&self) -> String {
        let rows = self.populations.iter().map(|population| {
            vec![
                population.name.clone(),
                population.neurons.to_string(),
                population.spikes.to_string(),
                format!("{:.3}", population.rate_hz),
                format!("{:.3}", population.rate_deviation_hz),
                population.cv.map_or_else(|| "-".to_owned(), |cv| format!("{cv:.3}")),
                population.active.to_string(),
            ]
        });
        let header =
            ["population", "neurons", "spikes", "rate (Hz)", "deviation (Hz)", "CV", "active"];
        let Counts { spikes, delivered, under_way, .. } = self.counters;
        let each = self.bytes as f64 / self.synapses.max(1) as f64;
        format!(
            "{}\n{} neurons, {} synapses, {} ({each:.1} bytes a synapse)\n\
             {spikes} spikes; {delivered} synaptic events delivered, {under_way} under way\n\
             built in {:.1} s, {} in {:.2} s: {} events/s\n",
            table(&header, rows.collect()),
            self.neurons,
            self.synapses,
            shown(self.bytes as u64),
            self.wall.build_s,
            engineering(self.reached_s, "s"),
            self.wall.run_s,
            engineering(delivered as f64 / self.wall.run_s.max(1e-9), ""),
        )
    }
}
