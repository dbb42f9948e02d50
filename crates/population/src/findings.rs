//! What the synapses of all parts, on all ranks, say together.

use std::ops::Range;

use crate::exchange::{Exchange, Group, Wrong};
use crate::levels::{Heard, Levels};
use crate::model::{Input, Population};
use crate::survey::Survey;
use crate::{BuildError, Model, Reset};

/// Where a part is: its population, and its neurons, counted through all.
pub(crate) type Place = (usize, Range<u32>);

/// So many times may a reset lower a potential at one instant.
const LOWERINGS: f64 = 1e4;

/// See the module.
#[derive(Debug)]
pub(crate) struct Findings {
    heard: Heard,
    /// The longest delay (fs).
    pub longest_fs: u64,
    /// A sum of hashes of all synapses as they are stored.
    pub digest: u64,
}

impl Findings {
    /// Takes what each part's synapses say; what is wrong first is the same for any number of ranks.
    pub fn of<X: Exchange>(
        input: &Input,
        places: &[Place],
        surveys: Vec<Result<Survey, BuildError>>,
        group: &Group<X>,
    ) -> Result<(Self, Vec<Survey>), BuildError> {
        let own = Self::of_own(input, places, surveys);
        let (mut findings, surveys) = group.agree(own)?;
        findings.join(group);
        Ok((findings, surveys))
    }

    fn of_own(
        input: &Input,
        places: &[Place],
        surveys: Vec<Result<Survey, BuildError>>,
    ) -> Result<(Self, Vec<Survey>), Wrong> {
        let rank = |stage, (population, range): &Place| {
            [stage, *population as u64, u64::from(range.start)]
        };
        let surveys = places.iter().zip(surveys);
        let surveys = surveys.map(|(place, survey)| survey.map_err(|e| (rank(1, place), e)));
        let surveys = surveys.collect::<Result<Vec<Survey>, Wrong>>()?;
        let heard = vec![Default::default(); input.populations.len()];
        let mut findings = Self { heard, longest_fs: 0, digest: 0 };
        for (place, survey) in places.iter().zip(&surveys) {
            findings.add(input, place, survey).map_err(|error| (rank(2, place), error))?;
        }
        Ok((findings, surveys))
    }

    /// Adds a part, if what it hears is what it can hear.
    fn add(
        &mut self,
        input: &Input,
        (to, range): &Place,
        survey: &Survey,
    ) -> Result<(), BuildError> {
        let population = &input.populations[*to];
        if !population.hears()
            && let Some(from) = survey.counts().iter().position(|count| *count > 0)
        {
            return Err(BuildError::ToSource { from: from as u32, to: range.start });
        }
        for (from, shortest_fs) in survey.heard() {
            self.hear(*to, from, shortest_fs);
            if population.hears_pulses() && input.populations[from].pulse_fs() == 0 {
                let name = |population: usize| input.populations[population].name.clone();
                return Err(BuildError::NoPulse { from: name(from), to: name(*to) });
            }
        }
        population.check_lowering(survey.heaviest())?;
        self.longest_fs = self.longest_fs.max(survey.longest_fs());
        self.digest = self.digest.wrapping_add(survey.digest());
        Ok(())
    }

    fn hear(&mut self, to: usize, from: usize, fs: u64) {
        let shortest = self.heard[to].entry(from).or_insert(fs);
        *shortest = fs.min(*shortest);
    }

    /// Adds what the other ranks found.
    fn join<X: Exchange>(&mut self, group: &Group<X>) {
        let heard = self.heard.iter().enumerate();
        let heard =
            heard.flat_map(|(to, from)| from.iter().map(move |(&from, &fs)| (to, from, fs)));
        let mut own = vec![self.longest_fs, self.digest];
        own.extend(heard.flat_map(|(to, from, fs)| [to as u64, from as u64, fs]));
        self.digest = 0;
        for words in group.words(&own) {
            self.longest_fs = self.longest_fs.max(words[0]);
            self.digest = self.digest.wrapping_add(words[1]);
            for heard in words[2..].chunks_exact(3) {
                self.hear(heard[0] as usize, heard[1] as usize, heard[2]);
            }
        }
    }

    /// The order of populations, if every loop of projections takes time.
    pub fn levels(&self, input: &Input) -> Result<Levels, BuildError> {
        let levels = Levels::new(&self.heard);
        if let Some((0, [from, to])) = levels.shortest {
            let name = |population: usize| input.populations[population].name.clone();
            return Err(BuildError::NoDelay { from: name(from), to: name(to) });
        }
        Ok(levels)
    }
}

impl Population {
    /// Whether spikes at one instant stay few, given the heaviest weight.
    fn check_lowering(&self, heaviest: f64) -> Result<(), BuildError> {
        let (membrane, heaviest) = match &self.model {
            Model::Lif(membrane) | Model::LifPulse(membrane) => (membrane, heaviest),
            // Its weights are currents.
            Model::LifExp(currents) => (&currents.membrane, f64::NEG_INFINITY),
            _ => return Ok(()),
        };
        let Reset::Lower(by) = membrane.reset else { return Ok(()) };
        let initial = (0..self.size as usize).map(|neuron| self.initial.of(neuron));
        let above = initial.map(|v| v - membrane.threshold_v).fold(heaviest, f64::max);
        if matches!(self.model, Model::LifExp(_)) && above >= 0.0 && membrane.refractory_s > 0.0 {
            let (population, name, value) = (self.name.clone(), "lower_v", by);
            let rule = "cannot leave a neuron that starts above its threshold refractory";
            return Err(BuildError::Parameter { population, name, value, rule });
        }
        if above <= by * LOWERINGS {
            return Ok(());
        }
        let (population, name, value) = (self.name.clone(), "lower_v", by);
        let rule = "is less than 1/10000 of a weight, or of how far a neuron starts above";
        Err(BuildError::Parameter { population, name, value, rule })
    }
}
