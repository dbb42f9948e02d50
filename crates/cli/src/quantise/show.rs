//! Images before one core.

use memspike_lif_core::{Core, EventModel, Stimulus};

use super::hardware::{Bench, Hardware};
use super::task::Task;
use super::work;
use crate::{failure::Failure, interrupt, progress::Progress};

/// Images that are sent to the hardware together.
const IMAGES_A_RUN: usize = 100;

/// What a core made of the images.
pub struct Shown {
    /// Whether it decides each image rightly.
    pub right: Vec<bool>,
    /// Nothing where no hardware was asked.
    pub hardware: Option<Hardware>,
}

/// Shows all images to a core, in runs on all threads.
pub fn show(
    core: &Core,
    task: &Task,
    bench: Option<&Bench>,
    progress: &Progress,
) -> Result<Shown, Failure> {
    let images = task.data.images.chunks(IMAGES_A_RUN);
    let runs: Vec<_> = images.zip(task.data.labels.chunks(IMAGES_A_RUN)).collect();
    let count = runs.len();
    let (done, ended) = task.workers.in_order(runs, interrupt::asked, |run, (images, labels)| {
        let streams: Vec<_> = images.iter().map(|image| task.stream.of(image)).collect();
        let mut model = EventModel::new(core);
        let decided = streams.iter().map(|stream| class(&mut model, stream));
        let right = decided.zip(labels).map(|(class, label)| class == usize::from(*label));
        let right: Vec<bool> = right.collect();
        let hardware = bench.map(|bench| bench.check(run, core, &streams.concat())).transpose();
        let hardware = hardware.map_err(|why| {
            let (first, last) = (run * IMAGES_A_RUN, run * IMAGES_A_RUN + images.len() - 1);
            work(&format!("images {first} to {last}: {why}"))
        })?;
        progress.add(images.len() as u64);
        Ok::<_, Failure>((right, hardware.unwrap_or_default()))
    });
    ended?;
    if done.len() < count {
        return Err(Failure::Work("interrupted: the table has the widths that are done".into()));
    }
    let sum = |total: Hardware, (_, more): &(Vec<bool>, Hardware)| Hardware {
        spikes: total.spikes + more.spikes,
        cycles: total.cycles + more.cycles,
    };
    let hardware = bench.map(|_| done.iter().fold(Hardware::default(), sum));
    Ok(Shown { right: done.into_iter().flat_map(|(right, _)| right).collect(), hardware })
}

/// The class that the core itself names.
fn class(model: &mut EventModel, stimuli: &[Stimulus]) -> usize {
    for stimulus in stimuli {
        match *stimulus {
            Stimulus::Start => model.start(),
            Stimulus::Event(input) => model.event(input),
            Stimulus::Tick => model.tick(|_| ()),
        }
    }
    model.class()
}
