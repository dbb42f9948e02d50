//! Membranes that are looked at while a network runs.

use memspike_netlist::short_of;
use memspike_network::{LifExp, LifPulse, Model, Population};
use memspike_population::Simulation;
use memspike_time::{FEMTOSECOND_S, LONGEST_RUN_S, Time, ticks};

/// Membranes of one population that are looked at together.
pub struct Probe {
    /// Its number in the engine.
    population: usize,
    /// In the order in which they were asked for.
    neurons: Vec<u32>,
    period_fs: u64,
    /// What the membrane lets flow under a volt (S), where synapses are currents.
    leak_siemens: Option<f64>,
    seen: Seen,
}

/// What a probe saw, instant by instant.
#[derive(Default)]
pub struct Seen {
    /// When (s).
    pub times_s: Vec<f64>,
    /// Potential (V) of each neuron at each instant.
    pub potentials_v: Vec<f64>,
    /// What synapses let flow into each neuron (A) at each instant; empty where they move the potential at once.
    pub currents_ampere: Vec<f64>,
}

impl Probe {
    /// Of neurons of a population that have a membrane; an error is its message.
    pub fn new(
        population: &Population,
        number: usize,
        neurons: Option<Vec<u32>>,
        period_s: f64,
    ) -> Result<Self, String> {
        let (name, size) = (population.name(), population.size() as u32);
        let model = population.model();
        let Some(membrane) = model.membrane() else {
            let model = model.name();
            return Err(format!("neurons of '{name}' are of model '{model}' and have no membrane"));
        };
        if !(FEMTOSECOND_S..=LONGEST_RUN_S).contains(&period_s) {
            return Err(format!(
                "a probe of '{name}' looks every {period_s} s: give a time above 0"
            ));
        }
        let neurons = neurons.unwrap_or_else(|| (0..size).collect());
        if let Some(beyond) = neurons.iter().find(|neuron| **neuron >= size) {
            return Err(format!(
                "'{name}' has {size} neurons, from 0 on, and none of number {beyond}"
            ));
        }
        let leak_siemens = match model {
            Model::LifExp(LifExp { capacitance_farad, .. })
            | Model::LifPulse(LifPulse { capacitance_farad, .. }) => {
                Some(capacitance_farad / membrane.tau_s)
            }
            _ => None,
        };
        let (period_fs, seen) = (ticks(period_s), Seen::default());
        Ok(Self { population: number, neurons, period_fs, leak_siemens, seen })
    }

    /// The first instant from `now` on at which it is due.
    pub fn next(&self, now: Time) -> Time {
        let before = now.tick / self.period_fs * self.period_fs;
        let is_there = before == now.tick && now.frac == 0.0;
        let next = if is_there { before } else { before.saturating_add(self.period_fs) };
        Time::from_tick(next)
    }

    /// Looks at its membranes if it is due at `at`, where the run has just come. An error is its message.
    pub fn look(&mut self, simulation: &Simulation, at: Time) -> Result<(), String> {
        if self.next(at) != at {
            return Ok(());
        }
        if self.seen.times_s.len() == self.seen.times_s.capacity() {
            self.grow()?;
        }
        self.seen.times_s.push(at.as_s());
        for neuron in &self.neurons {
            let potential_v = simulation.potential(self.population, *neuron);
            self.seen.potentials_v.push(potential_v.unwrap_or(f64::NAN));
            if let Some(siemens) = self.leak_siemens {
                let shift_v = simulation.shift(self.population, *neuron);
                self.seen.currents_ampere.push(shift_v.map_or(f64::NAN, |v| v * siemens));
            }
        }
        Ok(())
    }

    /// Makes room for twice as many looks, if the machine has it: an allocation that fails would end the interpreter.
    fn grow(&mut self) -> Result<(), String> {
        let (looks, neurons) = (self.seen.times_s.len(), self.neurons.len());
        let more = looks.max(1);
        let potentials = more.saturating_mul(neurons);
        let currents = if self.leak_siemens.is_some() { potentials } else { 0 };
        let all = more.saturating_add(potentials).saturating_add(currents);
        if let Some(free) = short_of(all.saturating_mul(size_of::<f64>()) as u64) {
            return Err(format!(
                "a probe has looked {looks} times at {neurons} membranes, and {free}: run to an earlier end, look at \
                 fewer, or less often"
            ));
        }
        let Seen { times_s, potentials_v, currents_ampere } = &mut self.seen;
        let reserved = times_s
            .try_reserve_exact(more)
            .and_then(|()| potentials_v.try_reserve_exact(potentials))
            .and_then(|()| currents_ampere.try_reserve_exact(currents));
        reserved.map_err(|error| error.to_string())
    }

    /// What it saw since it was asked last, and how many neurons it looks at.
    pub fn take(&mut self) -> (Seen, usize) {
        (std::mem::take(&mut self.seen), self.neurons.len())
    }
}
