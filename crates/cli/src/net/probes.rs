//! Which membranes are looked at, and when.

use std::io;
use std::ops::RangeInclusive;
use std::str::FromStr;

use memspike_network::{LifExp, LifPulse, Model, Network, Population};
use memspike_recording::Membrane;
use memspike_time::{Time, ticks};

use super::input;
use crate::args::positive_seconds;
use crate::failure::Failure;
use crate::ranks::Shared;

/// A probe as it was written: `NAME@T` or `NAME[0,3-5]@T`.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbeText {
    text: String,
    name: String,
    neurons: Option<Vec<RangeInclusive<u32>>>,
    period_s: f64,
}

impl FromStr for ProbeText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "a population, some of its neurons if not all, and a time are needed, as in 'name[0,3-5]@1e-3'";
        let (what, period) = text.rsplit_once('@').ok_or(form)?;
        if period.is_empty() {
            return Err(form.to_owned());
        }
        let period_s = positive_seconds(period)?;
        let (name, neurons) = match what.split_once('[') {
            None => (what, None),
            Some((name, list)) => {
                let list = list.strip_suffix(']').ok_or(form)?;
                let list: Result<Vec<_>, String> = list.split(',').map(range).collect();
                (name, Some(list?))
            }
        };
        Ok(Self { text: text.to_owned(), name: name.to_owned(), neurons, period_s })
    }
}

/// `3` or `3-5`.
fn range(text: &str) -> Result<RangeInclusive<u32>, String> {
    let number = |text: &str| {
        text.trim().parse::<u32>().map_err(|_| format!("'{text}' is no number of a neuron"))
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (number(first)?, number(last)?);
    if first > last {
        return Err(format!("'{text}' ends before it begins"));
    }
    Ok(first..=last)
}

/// Membranes of one population that are looked at together.
struct Probe {
    /// Its number in the engine.
    population: usize,
    /// In order, none twice.
    neurons: Vec<u32>,
    period_fs: u64,
    /// What the membrane lets flow under a volt (S), where synapses are currents.
    leak_siemens: Option<f64>,
}

/// All probes of a run.
pub struct Probes {
    probes: Vec<Probe>,
    /// As they were written.
    pub texts: Vec<String>,
}

impl Probes {
    /// Finds what the words name.
    pub fn of(
        texts: &[ProbeText],
        network: &Network,
        populations: &[&Population],
    ) -> Result<Self, Failure> {
        let probe = |text: &ProbeText| {
            let found = populations.iter().position(|population| population.name() == text.name);
            let Some(number) = found else {
                let near = network.nearest_population(&text.name);
                let hint = near.map_or_else(String::new, |near| format!(": is '{near}' meant?"));
                return Err(format!("there is no population '{}'{hint}", text.name));
            };
            probe(text, number, populations[number])
        };
        let named = |text: &ProbeText| {
            probe(text).map_err(|error| input(&format!("--probe {}: {error}", text.text)))
        };
        let probes: Result<Vec<Probe>, Failure> = texts.iter().map(named).collect();
        let mut texts: Vec<String> = texts.iter().map(|text| text.text.clone()).collect();
        // Their order changes nothing.
        texts.sort_unstable();
        texts.dedup();
        Ok(Self { probes: probes?, texts })
    }

    /// The first instant from `now` on at which one of them is due.
    pub fn next(&self, now: Time) -> Option<Time> {
        self.probes.iter().map(|probe| first_multiple(probe.period_fs, now)).min()
    }

    /// Looks at all that are due at an instant, at which the run has just come: membranes in the order of their numbers. Of several ranks
    /// all must ask; the first one is told.
    pub fn sample(
        &self,
        simulation: &Shared,
        tick: u64,
        each: &mut dyn FnMut(&Membrane) -> io::Result<()>,
    ) -> io::Result<()> {
        let due = self.probes.iter().filter(|probe| tick.is_multiple_of(probe.period_fs));
        let mut due: Vec<Looked> = due
            .flat_map(|probe| {
                let place = |neuron: &u32| (probe.population, *neuron);
                probe.neurons.iter().map(move |neuron| (place(neuron), probe.leak_siemens))
            })
            .collect();
        due.sort_unstable_by_key(|(place, _)| *place);
        due.dedup();
        let places: Vec<(usize, u32)> = due.iter().map(|(place, _)| *place).collect();
        let mut leaks = due.iter().map(|(_, leak_siemens)| *leak_siemens);
        simulation.probe(&places, &mut |(population, neuron), membrane| {
            let potential_v = membrane.potential_v.unwrap_or(f64::NAN);
            let leak_siemens = leaks.next().flatten();
            let current_ampere =
                leak_siemens.zip(membrane.shift_v).map_or(f64::NAN, |(siemens, v)| v * siemens);
            let population = population as u32;
            each(&Membrane { tick, population, neuron, potential_v, current_ampere })
        })
    }
}

/// A membrane by population and neuron, and what it lets flow under a volt (S), where synapses are currents.
type Looked = ((usize, u32), Option<f64>);

fn probe(text: &ProbeText, number: usize, population: &Population) -> Result<Probe, String> {
    let name = population.name();
    let Some(membrane) = population.model().membrane() else {
        return Err(format!(
            "neurons of '{name}' are of model '{}' and have no membrane",
            population.model().name()
        ));
    };
    let size = population.size() as u32;
    let mut neurons: Vec<u32> = match &text.neurons {
        None => (0..size).collect(),
        Some(ranges) => {
            if let Some(beyond) = ranges.iter().map(RangeInclusive::end).find(|end| **end >= size) {
                return Err(format!(
                    "'{name}' has {size} neurons, from 0 on, and none of number {beyond}"
                ));
            }
            ranges.iter().flat_map(Clone::clone).collect()
        }
    };
    neurons.sort_unstable();
    neurons.dedup();
    let leak_siemens = match population.model() {
        Model::LifExp(LifExp { capacitance_farad, .. })
        | Model::LifPulse(LifPulse { capacitance_farad, .. }) => {
            Some(capacitance_farad / membrane.tau_s)
        }
        _ => None,
    };
    let period_fs = ticks(text.period_s);
    Ok(Probe { population: number, neurons, period_fs, leak_siemens })
}

/// The first multiple of a period from an instant on.
pub fn first_multiple(period_fs: u64, now: Time) -> Time {
    let before = now.tick / period_fs * period_fs;
    let is_there = before == now.tick && now.frac == 0.0;
    Time::from_tick(if is_there { before } else { before.saturating_add(period_fs) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_is_a_name_neurons_and_a_time() {
        let probe: ProbeText = "a-b[0, 3-5]@1e-3".parse().expect("a probe");
        assert_eq!((probe.name.as_str(), probe.period_s), ("a-b", 1e-3));
        assert_eq!(probe.neurons, Some(vec![0..=0, 3..=5]));
        let probe: ProbeText = "all@0.5m".parse().expect("a probe");
        assert_eq!((probe.neurons, probe.period_s), (None, 0.5e-3));
        for wrong in ["all", "all@0", "all@-1", "a[@1", "a[]@1", "a[1-]@1", "a[5-3]@1", "a[x]@1"] {
            assert!(wrong.parse::<ProbeText>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_first_multiple_is_at_the_instant_itself_or_after_it() {
        let first = |tick, frac| first_multiple(10, Time { tick, frac }).tick;
        assert_eq!(
            [first(0, 0.0), first(0, 1e-9), first(10, 0.0), first(11, 0.5)],
            [0, 10, 10, 20]
        );
    }
}
