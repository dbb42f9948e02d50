//! Samples whose inputs spike themselves.

use std::path::Path;

use memspike_adjoint::{Sample, Samples};
use memspike_snn::{
    Checkpoint, Steps,
    training::{EventSet, Events, Options},
};

use super::input;
use crate::{
    failure::Failure,
    train_args::TrainArguments,
    train_exact::{kept, samples, shown_s},
};

/// Samples of a training, and how long each is shown (s).
pub struct Shown {
    pub data: EventSet,
    pub until_s: f64,
}

/// The most steps of all samples together: 16 bytes each.
const MOST_TICKS: u64 = 1 << 28;

impl Shown {
    /// Those of the file that the arguments name. Those that are kept for validation are counted by them, in a training that begins.
    pub fn read(
        arguments: &TrainArguments,
        path: &Path,
        options: &mut Options,
        resumed: Option<&Checkpoint>,
    ) -> Result<Self, Failure> {
        let mut all = samples(path)?;
        fits(&all, options.shape())?;
        let said_s = arguments.exact.shown;
        let begun_s = resumed.map(|checkpoint| checkpoint.parameters.duration_s);
        if let Some(begun_s) = begun_s.filter(|begun_s| said_s.is_some_and(|said| said != *begun_s))
        {
            return Err(input(&format!(
                "this training shows samples for {begun_s} s: leave out --shown beside --resume"
            )));
        }
        let until_s = shown_s(&all, begun_s.or(said_s))?;
        let taken = match resumed {
            Some(checkpoint) => Some(checkpoint.images as usize),
            None => arguments.data.images.map(|count| count.get()),
        };
        all.samples.truncate(taken.unwrap_or(all.samples.len()));
        if resumed.is_none() {
            options.validation = kept(arguments, all.samples.len())? as u32;
        }
        Ok(Self { data: set(&all, until_s, options.steps)?, until_s })
    }
}

/// Whether a shape has all inputs and classes of the samples.
fn fits(all: &Samples, shape: &[usize]) -> Result<(), Failure> {
    let (inputs, classes) = (shape[0], shape[shape.len() - 1]);
    if all.inputs <= inputs && all.classes <= classes {
        return Ok(());
    }
    Err(input(&format!(
        "the data have {} inputs and {} classes, the network {inputs} and {classes}: choose a --shape that holds them",
        all.inputs, all.classes
    )))
}

/// Samples as a training takes them, at their own instants or in so many steps.
fn set(all: &Samples, until_s: f64, steps: Option<u32>) -> Result<EventSet, Failure> {
    let steps = match steps {
        None => None,
        Some(count) if u64::from(count) * all.samples.len() as u64 > MOST_TICKS => {
            return Err(input(&format!(
                "{count} steps of {} samples are more than the {MOST_TICKS} that are kept: choose fewer --steps, or --images N",
                all.samples.len()
            )));
        }
        Some(count) => Some(Steps::new(until_s, count).ok_or_else(|| {
            input(&format!("--steps {count}: {until_s} s have no femtosecond for each step"))
        })?),
    };
    let events = |sample: &Sample| {
        let spikes = sample.spikes.iter().map(|spike| (spike.at_s, spike.neuron));
        match steps {
            None => Events::new(spikes),
            Some(steps) => Events::in_steps(spikes, steps),
        }
    };
    Ok(EventSet {
        samples: all.samples.iter().map(events).collect(),
        labels: all.samples.iter().map(|sample| sample.label).collect(),
    })
}
