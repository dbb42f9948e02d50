//! A network of point neurons as a digital block.

use std::collections::VecDeque;
use std::io;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use memspike_digital::{Block, Design, Level, Outputs, Report};
use memspike_network::{Model, Network, PopulationId};
use memspike_population::{Description, Options, Precision, Simulation, Sink, Synapse, Wiring};
use memspike_time::Time;

/// The farthest that a network is run ahead of the circuit (fs), so that a run which ends has not computed much for nothing.
const FARTHEST_FS: u64 = 10_000_000_000_000;

/// Delays below this (fs) make a network wait for the circuit more often than is useful.
const LEAST_FS: u64 = 1_000_000;

/// A network between nets: a rising edge of an input is a spike of a neuron of one of its populations, and a spike of a neuron of
/// another one is a pulse of an output.
///
/// What an input does acts on others only after the delays of the projections behind it. The network is run ahead of the circuit by the
/// shortest of them, so that every spike is known before its instant, and none has to be taken back.
#[derive(Debug, Clone)]
pub struct NetworkBlock {
    network: Arc<Network>,
    inputs: PopulationId,
    outputs: PopulationId,
    seed: u64,
    width_fs: u64,
    /// How far it is run ahead (fs).
    ahead_fs: u64,
}

/// Why a network is no block.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NetworkBlockError {
    /// It has no such population.
    #[error("the network has no population '{name}'; it has {known}")]
    Population {
        /// The name that was asked for.
        name: String,
        /// Those that are there.
        known: String,
    },
    /// The inputs are neurons of another kind.
    #[error(
        "population '{name}' is a '{model}': nets can only play populations of the model 'input'"
    )]
    NoInput {
        /// The population.
        name: String,
        /// Its model.
        model: &'static str,
    },
    /// What nets play acts too early.
    #[error(
        "projection '{projection}' has a delay of {delay_fs} fs: spikes of nets need at least 1 ns, by which the network is run ahead"
    )]
    Delay {
        /// The projection.
        projection: String,
        /// Its shortest delay (fs).
        delay_fs: u64,
    },
    /// Another population of the model `input`, which nothing plays.
    #[error("population '{0}' is an 'input' too, and only one population can be played by nets")]
    Several(String),
}

impl NetworkBlock {
    /// A network whose population `inputs` is played by nets and whose population `outputs` is heard, each spike for `width_fs`.
    ///
    /// # Errors
    /// If populations or delays are not as they must be.
    pub fn new(
        network: Arc<Network>,
        [inputs, outputs]: [&str; 2],
        seed: u64,
        width_fs: u64,
    ) -> Result<Self, NetworkBlockError> {
        let (inputs, outputs) = (find(&network, inputs)?, find(&network, outputs)?);
        let played = network.population(inputs);
        if !matches!(played.model(), Model::Input(_)) {
            let (name, model) = (played.name().to_owned(), played.model().name());
            return Err(NetworkBlockError::NoInput { name, model });
        }
        let other = network
            .populations()
            .find(|(id, other)| *id != inputs && matches!(other.model(), Model::Input(_)));
        if let Some((_, other)) = other {
            return Err(NetworkBlockError::Several(other.name().to_owned()));
        }
        let mut ahead_fs = FARTHEST_FS;
        for (_, projection) in network.projections().filter(|(_, p)| p.from() == inputs) {
            let delay_fs = projection.delay().least();
            if delay_fs < LEAST_FS {
                let projection = projection.name().to_owned();
                return Err(NetworkBlockError::Delay { projection, delay_fs });
            }
            ahead_fs = ahead_fs.min(delay_fs);
        }
        Ok(Self { network, inputs, outputs, seed, width_fs, ahead_fs })
    }

    fn simulation(&self) -> Result<Running, String> {
        let network = &*self.network;
        let description = Description::new(network, self.seed, Precision::Single);
        let description = description.map_err(|error| error.to_string())?;
        let position = |wanted| {
            let found = description.populations.iter().position(|id| *id == wanted);
            found.expect("the description has all populations")
        };
        let [inputs, outputs] = [self.inputs, self.outputs].map(position);
        let before: u32 = description.input.populations[..inputs].iter().map(|p| p.size).sum();
        let played = before..before + description.input.populations[inputs].size;
        // Delays stay multiples of the tick.
        let ahead_fs = match description.input.tick_fs {
            0 => self.ahead_fs,
            // It divides every delay, so that it is not longer than the shortest.
            tick_fs => (self.ahead_fs / tick_fs).max(1) * tick_fs,
        };
        let wiring = Earlier { wiring: &description, played, ahead_fs };
        let simulation = Simulation::new(&description.input, &wiring, &Options::default());
        let simulation = simulation.map_err(|error| error.to_string())?;
        Ok(Running {
            simulation,
            inputs,
            ahead_fs,
            heard: Heard { population: outputs, spikes: Vec::new() },
        })
    }
}

fn find(network: &Network, name: &str) -> Result<PopulationId, NetworkBlockError> {
    // Decks know no case.
    let found = network.populations().find(|(_, p)| p.name().eq_ignore_ascii_case(name));
    found.map(|(id, _)| id).ok_or_else(|| {
        let known: Vec<&str> = network.populations().map(|(_, p)| p.name()).take(20).collect();
        NetworkBlockError::Population { name: name.to_owned(), known: known.join(", ") }
    })
}

impl Design for NetworkBlock {
    fn fits(&self, inputs: usize, outputs: usize) -> Result<(), String> {
        let size = |id| self.network.population(id).size();
        let wanted = [size(self.inputs), size(self.outputs)];
        if wanted == [inputs, outputs] {
            return Ok(());
        }
        let [of_inputs, of_outputs] = wanted;
        Err(format!(
            "the network has {of_inputs} inputs and {of_outputs} outputs, and {inputs} and {outputs} nets are there"
        ))
    }

    fn instance(&self, inputs: usize, outputs: usize) -> Box<dyn Block> {
        Box::new(Playing {
            running: self.simulation(),
            width_fs: self.width_fs,
            before: vec![Level::Unknown; inputs],
            lows: vec![None; outputs],
            merged: 0,
            merging: VecDeque::new(),
        })
    }
}

/// A network in which what is played acts earlier than it does, because it is played later.
struct Earlier<'w> {
    wiring: &'w dyn Wiring,
    played: Range<u32>,
    ahead_fs: u64,
}

impl Wiring for Earlier<'_> {
    fn visit(&self, targets: Range<u32>, each: &mut dyn FnMut(Synapse)) {
        self.wiring.visit(targets, &mut |mut synapse| {
            if self.played.contains(&synapse.source) {
                synapse.delay_fs -= self.ahead_fs;
            }
            each(synapse);
        });
    }
}

/// Spikes of the outputs that nets have not been told.
#[derive(Debug)]
struct Heard {
    population: usize,
    spikes: Vec<(Time, u32)>,
}

impl Sink for Heard {
    fn spike(&mut self, at: Time, population: usize, neuron: u32) -> io::Result<()> {
        if population == self.population {
            self.spikes.push((at, neuron));
        }
        Ok(())
    }
}

struct Running {
    simulation: Simulation,
    inputs: usize,
    ahead_fs: u64,
    heard: Heard,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("now", &self.simulation.now()).finish_non_exhaustive()
    }
}

impl Running {
    /// Inputs spike now.
    fn play(&mut self, at: Time, neurons: impl Iterator<Item = usize>) -> Result<(), String> {
        let at = at.later(self.ahead_fs);
        for neuron in neurons {
            let played = self.simulation.play(self.inputs, neuron as u32, at);
            played.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Goes on to just before the instant at which what is played from now on can act.
    fn go_on(&mut self, now: Time) -> Result<(), String> {
        let end = now.later(self.ahead_fs);
        let go_on = &mut |_: &Simulation| ControlFlow::Continue(());
        let run = self.simulation.run_before(end, &mut self.heard, go_on);
        run.map(|_| ()).map_err(|error| error.to_string())
    }
}

/// A network in motion.
#[derive(Debug)]
struct Playing {
    /// Or why it cannot go on.
    running: Result<Running, String>,
    width_fs: u64,
    before: Vec<Level>,
    /// Of each output, when its last pulse ends.
    lows: Vec<Option<Time>>,
    /// Spikes within the pulse of the one before: how many there were, and when those come that are yet to be.
    merged: u64,
    merging: VecDeque<Time>,
}

impl Playing {
    /// Plays what rises, goes on, and tells pulses that begin before the next time.
    fn step(&mut self, at: Time, rising: &[usize], out: &mut Outputs) -> Result<(), String> {
        let running = self.running.as_mut().map_err(|message| message.clone())?;
        running.play(at, rising.iter().copied())?;
        running.go_on(at)?;
        for (spike, neuron) in running.heard.spikes.drain(..) {
            let output = neuron as usize;
            let low = spike.later(self.width_fs);
            if self.lows[output].is_some_and(|low| spike <= low) {
                self.merging.push_back(spike);
            }
            out.drive_at(output, Level::One, spike);
            out.drive_at(output, Level::Zero, low);
            self.lows[output] = Some(low);
        }
        // The run may end before what is known ahead: each is counted at its own instant.
        let next = at.later(running.ahead_fs);
        let over = self.merging.partition_point(|spike| *spike <= at);
        self.merging.drain(..over);
        self.merged += over as u64;
        out.wake(self.merging.front().map_or(next, |spike| next.min(*spike)));
        Ok(())
    }
}

impl Block for Playing {
    fn rest(&mut self, inputs: &[Level], outputs: &mut [Level]) {
        self.before.copy_from_slice(inputs);
        outputs.fill(Level::Zero);
    }

    fn start(&mut self, out: &mut Outputs) {
        self.step(Time::ZERO, &[], out).unwrap_or_else(|message| out.fail(message));
    }

    fn react(&mut self, at: Time, inputs: &[Level], out: &mut Outputs) {
        let rises = |at: &usize| inputs[*at] == Level::One && self.before[*at] != Level::One;
        let rising: Vec<usize> = (0..inputs.len()).filter(rises).collect();
        self.before.copy_from_slice(inputs);
        self.step(at, &rising, out).unwrap_or_else(|message| out.fail(message));
    }

    fn report(&self) -> Option<Report> {
        (self.merged > 0).then(|| {
            Report::Warning(format!(
                "{} spikes came within the pulse of the one before and made it longer: a smaller width shows them",
                self.merged
            ))
        })
    }
}
