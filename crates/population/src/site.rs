//! What becomes of a part: its kernel.

use std::ops::Range;

use memspike_random::Owner;

use crate::direct::{Direct, block};
use crate::exponential::ExponentialLaw;
use crate::fans::Fans;
use crate::gather::{Echoes, Gather};
use crate::inputs::Inputs;
use crate::kernel::Kernel;
use crate::lif::LifLaw;
use crate::membranes::Membranes;
use crate::model::{Currents, Input, Model, Population, Precision, fs};
use crate::parrot::ParrotLaw;
use crate::pulse::{Effect, MembraneLaw};
use crate::rows::Rows;
use crate::source::{Sources, Trains};
use crate::stepped::{Law, Stepped};
use crate::stored::{Narrow, Packed, SHORT_TARGETS, Stored, Wide};
use crate::stream::Stream;
use crate::survey::Survey;
use crate::synaptic::Synaptic;
use crate::wiring::Wiring;

/// A part before it has a kernel.
pub(crate) struct Site<'s> {
    pub input: &'s Input,
    pub population: &'s Population,
    /// The first neuron of each population.
    pub firsts: &'s [u32],
    pub wiring: &'s dyn Wiring,
    pub survey: Survey,
    /// Its neurons, counted through all populations.
    pub neurons: Range<u32>,
    /// Its neurons, counted within the population.
    pub locals: Range<u32>,
    /// Neurons of a block of it, if that is said.
    pub block: Option<u32>,
}

impl Site<'_> {
    pub fn build(&self) -> Box<dyn Kernel> {
        if self.survey.is_narrow() { self.kernel::<Narrow>() } else { self.kernel::<Wide>() }
    }

    fn kernel<S: Stored>(&self) -> Box<dyn Kernel> {
        let range = self.locals.start as usize..self.locals.end as usize;
        match &self.population.model {
            Model::Lif(membrane) => match self.survey.classes() {
                Some(classes) => self.direct_packed(LifLaw::new(membrane), classes),
                None => {
                    let lif = LifLaw::new(membrane);
                    self.stepped::<S, _>(MembraneLaw { lif, effect: Effect::Jump })
                }
            },
            Model::LifPulse(membrane) => {
                let lif = LifLaw::new(membrane);
                self.stepped::<S, _>(MembraneLaw { lif, effect: Effect::Shift })
            }
            Model::LifExp(currents) => self.synaptic::<S>(currents),
            Model::Parrot { deaf_s } => self.stepped::<S, _>(ParrotLaw { deaf_fs: fs(*deaf_s) }),
            Model::Regular { rate_hz, phase } => {
                let pairs = rate_hz[range.clone()].iter().zip(&phase[range]);
                self.sources(Trains::Regular(pairs.map(|(rate, phase)| (*rate, *phase)).collect()))
            }
            Model::Poisson { rate_hz } => {
                let keys = self.locals.clone().map(u64::from).collect();
                let owner = Owner::Spikes(&self.population.name);
                self.sources(Trains::poisson(&rate_hz[range], keys, self.input.seed, owner))
            }
            Model::Noise { rate_hz, keys } => {
                let keys = keys[range.clone()].to_vec();
                let owner = Owner::Trains(&self.population.name);
                self.sources(Trains::poisson(&rate_hz[range], keys, self.input.seed, owner))
            }
            Model::Recorded(trains) => self.sources(Trains::Recorded(trains[range].to_vec())),
            Model::Input => Box::new(Inputs::new(range.len())),
        }
    }

    fn sources(&self, trains: Trains) -> Box<dyn Kernel> {
        Box::new(Sources::new(trains, self.neurons.start))
    }

    fn direct_packed(&self, law: LifLaw, classes: Vec<u64>) -> Box<dyn Kernel> {
        let short = self.neurons.len() <= SHORT_TARGETS as usize;
        match (short, self.input.precision) {
            (true, Precision::Single) => self.direct::<u16, f32>(law, classes),
            (true, Precision::Double) => self.direct::<u16, f64>(law, classes),
            (false, Precision::Single) => self.direct::<u32, f32>(law, classes),
            (false, Precision::Double) => self.direct::<u32, f64>(law, classes),
        }
    }

    fn potentials(&self) -> impl Iterator<Item = f64> {
        let initial = &self.population.initial;
        self.locals.clone().map(|local| initial.of(local as usize))
    }

    fn direct<T, W>(&self, law: LifLaw, classes: Vec<u64>) -> Box<dyn Kernel>
    where
        T: Packed<Value = u32>,
        W: Packed<Value = f64>,
    {
        let fans = Fans::<T, W>::new(&self.survey, self.wiring, &classes);
        let neurons = self.neurons.len() as u32;
        let size = self.block.unwrap_or_else(|| block(neurons, fans.mean())).max(1);
        let initial = &self.population.initial;
        let membranes = |start: u32| {
            let locals = start..self.locals.end.min(start.saturating_add(size));
            let first = self.neurons.start + (start - self.locals.start);
            Membranes::new(law, first, locals.map(|local| initial.of(local as usize)))
        };
        let blocks = self.locals.clone().step_by(size as usize).map(membranes).collect();
        Box::new(Direct::new((blocks, size), fans, classes))
    }

    fn synaptic<S: Stored>(&self, currents: &Currents) -> Box<dyn Kernel> {
        let tick_fs = self.input.tick_fs;
        let law = ExponentialLaw::new(currents, tick_fs);
        let rows = Rows::<S>::new(&self.survey, self.wiring);
        let stream = Stream::new(rows, tick_fs);
        Box::new(Synaptic::new(law, self.neurons.start, self.potentials(), stream))
    }

    fn stepped<S: Stored, L: Law + 'static>(&self, law: L) -> Box<dyn Kernel> {
        let widths = || self.input.populations.iter().map(Population::pulse_fs).collect();
        let hears_pulses = self.population.hears_pulses();
        let echoes =
            hears_pulses.then(|| Echoes { firsts: self.firsts.to_vec(), widths_fs: widths() });
        let rows = Rows::<S>::new(&self.survey, self.wiring);
        let gather = Gather::new(rows, self.input.tick_fs, echoes, self.neurons.len());
        Box::new(Stepped::new(law, self.neurons.start, self.potentials(), gather))
    }
}
