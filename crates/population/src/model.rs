//! What a network is made of, as the engine takes it: plain columns, checked when it is built.

use memspike_time::{FS, HORIZON_S, Time};

use crate::BuildError;

/// Populations, and what is stored of their synapses.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Neurons that are alike, in the order in which neurons are counted.
    pub populations: Vec<Population>,
    /// Every delay is a multiple of this (fs). Zero: delays are kept in full.
    pub tick_fs: u64,
    /// How weights are stored.
    pub precision: Precision,
    /// The seed of all draws.
    pub seed: u64,
}

/// How a weight is stored. What is stored is what the run is exact for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// As the nearest `f32`: at most 8 bytes a synapse where delays fit.
    #[default]
    Single,
    /// As an `f64`: 24 bytes a synapse, 10 or 12 where delays are few.
    Double,
}

/// Neurons that are alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    /// Its name, under which it draws.
    pub name: String,
    /// How many neurons.
    pub size: u32,
    /// What they are.
    pub model: Model,
    /// Potentials at 0. Sources and relays have none.
    pub initial: Initial,
}

/// Potentials at the start of a run (V).
#[derive(Debug, Clone, PartialEq)]
pub enum Initial {
    /// The same for all.
    Same(f64),
    /// One for each.
    Each(Vec<f64>),
}

impl Initial {
    /// The potential of a neuron of the population.
    pub(crate) fn of(&self, neuron: usize) -> f64 {
        match self {
            Self::Same(potential) => *potential,
            Self::Each(potentials) => potentials[neuron],
        }
    }
}

/// What the neurons of a population are.
#[derive(Debug, Clone, PartialEq)]
pub enum Model {
    /// Leaky integrate-and-fire; a spike moves the potential at once.
    Lif(Membrane),
    /// Leaky integrate-and-fire with synaptic currents that jump and decay.
    LifExp(Currents),
    /// Leaky integrate-and-fire; a pulse of a relay moves the asymptote while it lasts.
    LifPulse(Membrane),
    /// Repeats what arrives, all of one instant as one spike. It is deaf for a while (s) after each: the driver of a row, whose
    /// pulse lasts as long. Zero: it has no pulse.
    Parrot {
        /// How long it is deaf (s).
        deaf_s: f64,
    },
    /// Spikes at `(phase + k) / rate`.
    Regular {
        /// Spikes a second, one number for each neuron.
        rate_hz: Vec<f64>,
        /// Intervals before the first spike, one number for each neuron.
        phase: Vec<f64>,
    },
    /// Independent intervals, exponentially distributed. Each neuron has draws of its own.
    Poisson {
        /// Mean spikes a second, one number for each neuron.
        rate_hz: Vec<f64>,
    },
    /// Such trains, each of which one synapse hears: no sink is told of them.
    Noise {
        /// Mean spikes a second, one number for each train.
        rate_hz: Vec<f64>,
        /// Under which number each draws; no two have the same.
        keys: Vec<u64>,
    },
    /// Spikes at given instants, for each neuron ascending.
    Recorded(Vec<Vec<Time>>),
    /// Spikes that are played while the run goes on ([`Simulation::play`](crate::Simulation::play)).
    Input,
}

/// A leaky membrane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Membrane {
    /// Time constant of the leak (s).
    pub tau_s: f64,
    /// Potential without any drive (V).
    pub rest_v: f64,
    /// What it would approach under its constant drive (V): `rest + resistance x current`.
    pub asymptote_v: f64,
    /// Potential at which it fires (V).
    pub threshold_v: f64,
    /// Where a spike leaves it.
    pub reset: Reset,
    /// How long it is held there (s).
    pub refractory_s: f64,
}

/// Where a spike leaves the potential.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reset {
    /// At a potential below the threshold (V).
    To(f64),
    /// Lower than it was by so much (V), above zero.
    Lower(f64),
}

/// A membrane with synaptic currents: one time constant where weights are positive, one where they are negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Currents {
    /// The membrane.
    pub membrane: Membrane,
    /// Its capacitance (F).
    pub capacitance_farad: f64,
    /// Time constant of currents that excite (s).
    pub tau_excitatory_s: f64,
    /// Time constant of currents that inhibit (s).
    pub tau_inhibitory_s: f64,
}

/// Time constants that are taken (s): states are written anew every few of them.
const TAU: (f64, f64) = (1e-6, 1e4);

/// Time constants of leaks where spikes move potentials at once (s).
const LEAK: (f64, f64) = (1e-6, 1e30);

/// A duration in whole femtoseconds.
pub(crate) fn fs(s: f64) -> u64 {
    (s * FS).round() as u64
}

impl Population {
    /// Whether its parameters are ones that a neuron can have.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        match &self.model {
            Model::Lif(membrane) => self.membrane(membrane, LEAK),
            Model::LifPulse(membrane) => self.membrane(membrane, TAU),
            Model::LifExp(currents) => {
                self.membrane(&currents.membrane, TAU)?;
                self.within("tau_excitatory_s", currents.tau_excitatory_s, TAU)?;
                self.within("tau_inhibitory_s", currents.tau_inhibitory_s, TAU)?;
                self.within("capacitance_farad", currents.capacitance_farad, (1e-18, 1.0))
            }
            Model::Parrot { deaf_s } => self.within("deaf_s", *deaf_s, (0.0, HORIZON_S)),
            Model::Regular { rate_hz, phase } => {
                self.each("rates", rate_hz.len())?;
                self.each("phases", phase.len())?;
                rate_hz.iter().try_for_each(|&rate| self.within("rate_hz", rate, (0.0, 1e9)))?;
                phase.iter().try_for_each(|&phase| self.within("phase", phase, (0.0, 1e6)))
            }
            Model::Poisson { rate_hz } => {
                self.each("rates", rate_hz.len())?;
                rate_hz.iter().try_for_each(|&rate| self.within("rate_hz", rate, (0.0, 1e9)))
            }
            Model::Input => Ok(()),
            Model::Noise { rate_hz, keys } => {
                self.each("rates", rate_hz.len())?;
                self.each("keys", keys.len())?;
                rate_hz.iter().try_for_each(|&rate| self.within("rate_hz", rate, (0.0, 1e9)))
            }
            Model::Recorded(trains) => {
                self.each("trains", trains.len())?;
                trains.iter().enumerate().try_for_each(|(neuron, train)| {
                    match train.windows(2).position(|pair| pair[1] <= pair[0]) {
                        None => Ok(()),
                        Some(at) => Err(BuildError::Unsorted {
                            population: self.name.clone(),
                            neuron,
                            index: at + 1,
                        }),
                    }
                })
            }
        }
    }

    /// Whether synapses may end here.
    pub(crate) fn hears(&self) -> bool {
        match self.model {
            Model::Lif(_) | Model::LifExp(_) | Model::LifPulse(_) | Model::Parrot { .. } => true,
            Model::Regular { .. }
            | Model::Poisson { .. }
            | Model::Noise { .. }
            | Model::Recorded(_)
            | Model::Input => false,
        }
    }

    /// Whether sinks are told of its spikes.
    pub(crate) fn is_told(&self) -> bool {
        !matches!(self.model, Model::Noise { .. })
    }

    fn membrane(&self, membrane: &Membrane, tau: (f64, f64)) -> Result<(), BuildError> {
        self.within("tau_s", membrane.tau_s, tau)?;
        self.within("refractory_s", membrane.refractory_s, (0.0, HORIZON_S))?;
        for (name, value) in [
            ("rest_v", membrane.rest_v),
            ("asymptote_v", membrane.asymptote_v),
            ("threshold_v", membrane.threshold_v),
        ] {
            self.within(name, value, (-1e6, 1e6))?;
        }
        match membrane.reset {
            Reset::To(potential) => {
                self.within("reset_v", potential, (-1e6, 1e6))?;
                self.below("reset_v", potential, membrane.threshold_v)?;
            }
            Reset::Lower(by) => self.within("lower_v", by, (1e-9, 1e6))?,
        }
        match &self.initial {
            Initial::Same(potential) => self.within("initial_v", *potential, (-1e6, 1e6)),
            Initial::Each(potentials) => {
                self.each("initial potentials", potentials.len())?;
                potentials.iter().try_for_each(|&v| self.within("initial_v", v, (-1e6, 1e6)))
            }
        }
    }

    fn below(&self, name: &'static str, value: f64, threshold: f64) -> Result<(), BuildError> {
        if value < threshold {
            return Ok(());
        }
        self.wrong(name, value, "must be below the threshold")
    }

    fn within(&self, name: &'static str, value: f64, range: (f64, f64)) -> Result<(), BuildError> {
        if (range.0..=range.1).contains(&value) {
            return Ok(());
        }
        self.wrong(name, value, "is out of its range")
    }

    fn wrong(&self, name: &'static str, value: f64, rule: &'static str) -> Result<(), BuildError> {
        Err(BuildError::Parameter { population: self.name.clone(), name, value, rule })
    }

    fn each(&self, what: &'static str, found: usize) -> Result<(), BuildError> {
        if found == self.size as usize {
            return Ok(());
        }
        let population = self.name.clone();
        Err(BuildError::Each { population, what, size: self.size, found })
    }
}
