//! Many items at once, with results as if one came after another.

use std::{
    num::NonZeroUsize,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use memspike_circuit::Circuit;
use rayon::{
    ThreadPool, ThreadPoolBuilder,
    iter::{ParallelBridge, ParallelIterator},
};

/// The system gives no threads.
#[derive(Debug, thiserror::Error)]
#[error("cannot start {threads} threads: {source}")]
pub struct WorkersError {
    /// How many were asked for.
    threads: usize,
    /// Why.
    source: rayon::ThreadPoolBuildError,
}

/// Most threads that work at once: more than a machine has cores, and few enough to be started.
pub const MOST_THREADS: usize = 1024;

/// Islands of a circuit that are worth a thread.
const ISLANDS_A_THREAD: usize = 32;

/// Threads that work.
pub struct Workers(ThreadPool);

impl Workers {
    /// `threads`, or one for each core; never more than there are `items`, nor than [`MOST_THREADS`].
    ///
    /// # Errors
    /// The system refuses.
    pub fn new(threads: Option<NonZeroUsize>, items: usize) -> Result<Self, WorkersError> {
        let cores = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let threads = threads.unwrap_or_else(cores).get().min(items.clamp(1, MOST_THREADS));
        let pool = ThreadPoolBuilder::new().num_threads(threads).build();
        pool.map(Self).map_err(|source| WorkersError { threads, source })
    }

    /// Threads for a run that is alone: `threads`, or one for each core; no more than its circuit's islands are worth.
    ///
    /// # Errors
    /// The system refuses.
    pub fn of_run(threads: Option<NonZeroUsize>, circuit: &Circuit) -> Result<Self, WorkersError> {
        Self::new(threads, circuit.islands().len() / ISLANDS_A_THREAD)
    }

    /// How many threads.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.current_num_threads()
    }

    /// Does work that divides itself on these threads.
    pub fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.0.install(work)
    }

    /// Works on items in their order until one fails or `stop` says so. Gives the results in
    /// order, up to the first failure, and that failure: what one thread would give.
    ///
    /// # Errors
    /// The first failure of `work`, beside the results before it.
    pub fn in_order<I: Send, T: Send, E: Send>(
        &self,
        items: Vec<I>,
        stop: impl Fn() -> bool + Sync,
        work: impl Fn(usize, I) -> Result<T, E> + Sync,
    ) -> (Vec<T>, Result<(), E>) {
        let failed = AtomicBool::new(false);
        // Items are handed out one by one, and what has been handed out is always finished: an
        // item before one that failed cannot be missing.
        let handed_out = items
            .into_iter()
            .enumerate()
            .take_while(|_| !failed.load(Ordering::Relaxed) && !stop());
        let mut results: Vec<(usize, Result<T, E>)> = self.0.install(|| {
            let finish = |(index, item)| {
                let result = work(index, item);
                failed.fetch_or(result.is_err(), Ordering::Relaxed);
                (index, result)
            };
            handed_out.par_bridge().map(finish).collect()
        });
        results.sort_unstable_by_key(|(index, _)| *index);
        let mut done = Vec::with_capacity(results.len());
        for (_, result) in results {
            match result {
                Ok(value) => done.push(value),
                Err(error) => return (done, Err(error)),
            }
        }
        (done, Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::{MOST_THREADS, Workers};

    fn workers(threads: usize) -> Workers {
        Workers::new(NonZeroUsize::new(threads), 1000).expect("threads start")
    }

    #[test]
    fn a_million_threads_are_as_many_as_a_machine_can_start() {
        let million = NonZeroUsize::new(1_000_000);
        let count = |items| Workers::new(million, items).expect("threads start").count();
        assert_eq!([0, 1, 63, 64, 65].map(count), [1, 1, 63, 64, 65]);
        assert_eq!(count(usize::MAX), MOST_THREADS);
    }

    #[test]
    fn results_stand_in_the_order_of_items() {
        let items: Vec<usize> = (0..1000).collect();
        for threads in [1, 2, 7] {
            let work = |index, item: usize| Ok::<_, ()>((index, item * 2));
            let (results, ended) = workers(threads).in_order(items.clone(), || false, work);
            assert_eq!(results, items.iter().map(|n| (*n, n * 2)).collect::<Vec<_>>());
            assert_eq!(ended, Ok(()));
        }
    }

    #[test]
    fn the_first_failure_ends_the_results_whoever_found_one_first() {
        // The later failure comes at once, the earlier one only after some work.
        for threads in [1, 2, 7] {
            let work = |_, item: u32| match item {
                50 => Err((0..100_000_u64)
                    .fold(item, |sum, n| std::hint::black_box(sum + (n >> 63) as u32))),
                51.. => Err(item),
                _ => Ok(item),
            };
            let (results, ended) = workers(threads).in_order((0..1000).collect(), || false, work);
            assert_eq!(results, (0..50).collect::<Vec<_>>());
            assert_eq!(ended, Err(50));
        }
    }

    #[test]
    fn nothing_starts_after_a_stop() {
        let work = |_, item: u32| Ok::<_, ()>(item);
        assert_eq!(workers(2).in_order(vec![1, 2, 3], || true, work), (Vec::new(), Ok(())));
    }
}
