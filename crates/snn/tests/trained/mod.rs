//! Trainings to their end.

use std::ops::ControlFlow;

use memspike_snn::training::{State, Trainer};
use rayon::ThreadPoolBuilder;

/// What a training leaves that so many threads take to its end.
pub fn to_the_end(mut trainer: Trainer<'_>, threads: usize) -> State {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        while !trainer.is_over() {
            trainer.epoch(|_| ControlFlow::Continue(())).unwrap();
        }
    });
    trainer.state().clone()
}
