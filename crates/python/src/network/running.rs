//! A network on its way, without anything of Python.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use memspike_netlist::{short_of, shown};
use memspike_network::{Model, Network};
use memspike_population::{
    Description, Ended, MOST_THREADS, Options, Precision, Simulation, Sink, estimate,
};
use memspike_reduction::reduce;
use memspike_time::Time;

use super::membranes::Probe;

/// How a network is run.
pub struct Wish {
    pub seed: u64,
    pub threads: usize,
    pub window_s: Option<f64>,
    pub precision: Precision,
    /// Populations whose spikes are kept, by name; none: all.
    pub record: Option<Vec<String>>,
    /// Population, neurons (none: all) and period (s) of each probe.
    pub probes: Vec<(String, Option<Vec<u32>>, f64)>,
}

/// The spikes of a population: instants (s) and neurons, in the order of time.
#[derive(Default)]
pub struct Train {
    pub times_s: Vec<f64>,
    pub neurons: Vec<u32>,
}

/// Bytes of a kept spike.
const SPIKE: usize = size_of::<f64>() + size_of::<u32>();

impl Train {
    /// Makes room for twice as many spikes, if the machine has it: an allocation that fails would end the interpreter.
    fn grow(&mut self) -> io::Result<()> {
        let more = self.times_s.len().max(64);
        if let Some(free) = short_of((more * SPIKE) as u64) {
            return Err(io::Error::other(format!(
                "{} spikes of one population are kept already, and {free}: run to an earlier end, or record less",
                self.times_s.len()
            )));
        }
        self.times_s.try_reserve_exact(more).map_err(io::Error::other)?;
        self.neurons.try_reserve_exact(more).map_err(io::Error::other)
    }
}

/// Keeps the spikes of those populations that have a train.
struct Kept(Vec<Option<Train>>);

impl Sink for Kept {
    fn spike(&mut self, at: Time, population: usize, neuron: u32) -> io::Result<()> {
        if let Some(train) = &mut self.0[population] {
            if train.times_s.len() == train.times_s.capacity() {
                train.grow()?;
            }
            train.times_s.push(at.as_s());
            train.neurons.push(neuron);
        }
        Ok(())
    }
}

/// A network and where it is.
pub struct Running {
    pub simulation: Simulation,
    /// Names and sizes, in the order of the engine.
    pub populations: Vec<(String, usize)>,
    /// What its point neurons lack beside the circuits of a card, a sentence each.
    pub notes: Vec<String>,
    pub probes: Vec<Probe>,
    kept: Kept,
}

impl Running {
    /// Builds a network. Messages of errors are for people.
    pub fn build(
        network: &Network,
        folder: &Path,
        wish: &Wish,
        stop: &AtomicBool,
    ) -> Result<Self, String> {
        let of_card = |model: &Model| matches!(model, Model::Oscillation(_) | Model::LifCard(_));
        if network.populations().any(|(_, population)| of_card(population.model())) {
            let stopped = || stop.load(Ordering::Relaxed);
            let reduced = reduce(network.clone(), folder, wish.seed, &stopped);
            let reduced = reduced.map_err(|error| error.to_string())?;
            let mut running = Self::of_points(&reduced.network, wish)?;
            running.notes = reduced.reductions.iter().map(ToString::to_string).collect();
            return Ok(running);
        }
        Self::of_points(network, wish)
    }

    fn of_points(network: &Network, wish: &Wish) -> Result<Self, String> {
        let threads = wish.threads.clamp(1, MOST_THREADS);
        let needed = estimate(network, threads);
        let bytes = needed.build_bytes.max(needed.run_bytes);
        if let Some(free) = short_of(bytes) {
            return Err(format!(
                "the network takes {}, and {free}: fewer neurons or synapses are needed, or another machine",
                shown(bytes)
            ));
        }
        let described = Description::new(network, wish.seed, wish.precision);
        let described = described.map_err(|error| error.to_string())?;
        let ids = described.populations.iter();
        let populations: Vec<_> = ids.map(|id| network.population(*id)).collect();
        let number = |name: &str| {
            let found = populations.iter().position(|population| population.name() == name);
            found.ok_or_else(|| nobody(network, name))
        };
        let probe = |(name, neurons, period_s): &(String, Option<Vec<u32>>, f64)| {
            let number = number(name)?;
            Probe::new(populations[number], number, neurons.clone(), *period_s)
        };
        let probes = wish.probes.iter().map(probe).collect::<Result<Vec<_>, _>>()?;
        let recorded: Option<Vec<usize>> = match &wish.record {
            None => None,
            Some(names) => Some(names.iter().map(|name| number(name)).collect::<Result<_, _>>()?),
        };
        let is_kept = |at| recorded.as_ref().is_none_or(|recorded| recorded.contains(&at));
        let trains = (0..described.input.populations.len())
            .map(|at| (at < populations.len() && is_kept(at)).then(Train::default));
        let options = Options { threads, window_s: wish.window_s, ..Options::default() };
        let simulation = Simulation::new(&described.input, &described, &options);
        let simulation = simulation.map_err(|error| error.to_string())?;
        let named = populations.iter();
        let populations = named.map(|each| (each.name().to_owned(), each.size())).collect();
        let (kept, notes) = (Kept(trains.collect()), Vec::new());
        Ok(Self { simulation, populations, notes, probes, kept })
    }

    /// Goes on to the end of the closed interval up to `until`, or until it is asked to stop.
    pub fn run(&mut self, until: Time, stop: &AtomicBool) -> Result<Ended, String> {
        let mut look = |_: &Simulation| match stop.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        loop {
            let now = self.simulation.now();
            let due = self.probes.iter().map(|probe| probe.next(now)).fold(until, Time::min);
            let ended = self.simulation.run(due, &mut self.kept, &mut look);
            if ended.map_err(|error| error.to_string())? == Ended::Stopped {
                return Ok(Ended::Stopped);
            }
            self.probes.iter_mut().try_for_each(|probe| probe.look(&self.simulation, due))?;
            if due == until {
                return Ok(Ended::Reached);
            }
            // A stretch within one window is not asked.
            if look(&self.simulation).is_break() {
                return Ok(Ended::Stopped);
            }
        }
    }

    /// The number of a population, and its size.
    pub fn find(&self, name: &str) -> Option<(usize, usize)> {
        let at = self.populations.iter().position(|(known, _)| known == name)?;
        Some((at, self.populations[at].1))
    }

    /// The spikes since they were asked for last, with the names of their populations.
    pub fn take_trains(&mut self) -> Vec<(String, Train)> {
        let trains = self.kept.0.iter_mut().zip(&self.populations);
        let taken = trains.map(|(train, (name, _))| {
            train.as_mut().map(|train| (name.clone(), std::mem::take(train)))
        });
        taken.flatten().collect()
    }
}

fn nobody(network: &Network, name: &str) -> String {
    let near = network.nearest_population(name);
    let hint = near.map_or_else(String::new, |near| format!(": is '{near}' meant?"));
    format!("there is no population '{name}'{hint}")
}
