//! Threads that go through window after window together.
//!
//! A window takes some hundred microseconds, and being woken takes some fifty: so whoever waits asks again for a while, as between
//! two windows of a busy network, before it sleeps.

use std::hint::spin_loop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, Thread};

use crate::BuildError;

/// How often one who waits asks at once, and how often it then lets others have the core in between, before it sleeps.
const AT_ONCE: usize = 2_000;
const YIELDING: usize = 500;

/// What is to be done for each number.
type Each = Arc<dyn Fn(usize) + Send + Sync>;

/// The thread that asks and those that help it.
pub(crate) struct Crew {
    shared: Arc<Shared>,
    helpers: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// Counts what was asked for. Helpers that have done the last of it wait for the next.
    turn: AtomicUsize,
    /// What the present turn is; nothing when there will be no more.
    task: Mutex<Option<Task>>,
    /// Helpers that are not through with the present turn.
    busy: AtomicUsize,
    /// Whether one of them panicked.
    failed: AtomicBool,
}

#[derive(Clone)]
struct Task {
    each: Each,
    /// The number that is taken next, and how many there are.
    next: Arc<AtomicUsize>,
    count: usize,
    /// Who waits for the end.
    caller: Thread,
}

impl Crew {
    /// A crew of so many threads, the caller's included.
    ///
    /// # Errors
    /// If they cannot be started.
    pub fn new(threads: usize) -> Result<Self, BuildError> {
        let mut crew = Self { shared: Arc::default(), helpers: Vec::new() };
        for _ in 1..threads {
            let shared = Arc::clone(&crew.shared);
            let helper = thread::Builder::new().spawn(move || shared.help());
            crew.helpers.push(helper.map_err(|error| BuildError::Threads(error.to_string()))?);
        }
        Ok(crew)
    }

    /// Does something for each number below `count`, on all threads, and waits for all of it.
    ///
    /// # Panics
    /// If it panics for one of them.
    pub fn each(&self, count: usize, each: impl Fn(usize) + Send + Sync + 'static) {
        if count < 2 || self.helpers.is_empty() {
            (0..count).for_each(each);
            return;
        }
        let (next, caller) = (Arc::default(), thread::current());
        let task = Task { each: Arc::new(each), next, count, caller };
        self.shared.busy.store(self.helpers.len(), Ordering::Relaxed);
        self.begin(Some(task.clone()));
        let own = catch_unwind(AssertUnwindSafe(|| task.work()));
        wait(|| self.shared.busy.load(Ordering::Acquire) == 0);
        // Nobody looks at it before the next turn.
        *self.shared.task.lock().expect("no one panics with it") = None;
        assert!(own.is_ok() && !self.shared.failed.load(Ordering::Relaxed), "a thread panicked");
    }

    fn begin(&self, task: Option<Task>) {
        *self.shared.task.lock().expect("no one panics with it") = task;
        self.shared.turn.fetch_add(1, Ordering::Release);
        self.helpers.iter().for_each(|helper| helper.thread().unpark());
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.begin(None);
        for helper in self.helpers.drain(..) {
            // What it panicked with was said when it did.
            let _ = helper.join();
        }
    }
}

impl Shared {
    /// Takes part in each turn, until there will be no more.
    fn help(&self) {
        let mut done = 0;
        loop {
            wait(|| self.turn.load(Ordering::Acquire) != done);
            done += 1;
            let task = self.task.lock().expect("no one panics with it").clone();
            let Some(task) = task else { return };
            let caller = task.caller.clone();
            // The task is dropped here, so that its caller has alone what it lent.
            if catch_unwind(AssertUnwindSafe(move || task.work())).is_err() {
                self.failed.store(true, Ordering::Relaxed);
            }
            if self.busy.fetch_sub(1, Ordering::AcqRel) == 1 {
                caller.unpark();
            }
        }
    }
}

impl Task {
    fn work(&self) {
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.count {
                return;
            }
            (self.each)(number);
        }
    }
}

/// Waits until something is so. Whoever makes it so wakes this thread afterwards.
fn wait(is_so: impl Fn() -> bool) {
    for _ in 0..AT_ONCE {
        if is_so() {
            return;
        }
        spin_loop();
    }
    for _ in 0..YIELDING {
        if is_so() {
            return;
        }
        thread::yield_now();
    }
    while !is_so() {
        thread::park();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;
    use std::time::Duration;

    use super::*;

    /// Sums of numbers, by so many threads, with and without sleep in between.
    fn sums(threads: usize) {
        let crew = Crew::new(threads).unwrap();
        for (turn, count) in [0, 1, 2, 3, 100, 10_000, 7].into_iter().cycle().take(700).enumerate()
        {
            let sum = Arc::new(AtomicU64::new(0));
            let own = Arc::clone(&sum);
            crew.each(count, move |number| {
                own.fetch_add(number as u64, Ordering::Relaxed);
            });
            assert_eq!(sum.load(Ordering::Relaxed), (0..count as u64).sum::<u64>());
            assert_eq!(Arc::strong_count(&sum), 1, "what was lent is back");
            if turn % 50 == 0 {
                thread::sleep(Duration::from_millis(5));
            }
        }
    }

    #[test]
    fn each_number_is_done_once_before_the_call_ends_whatever_the_threads() {
        [1, 2, 3, 8].into_iter().for_each(sums);
    }

    #[test]
    fn calls_may_come_from_any_thread() {
        let mut crew = Crew::new(2).unwrap();
        for _ in 0..50 {
            crew = thread::spawn(move || {
                let done = Arc::new(AtomicUsize::new(0));
                let own = Arc::clone(&done);
                crew.each(5, move |_| {
                    own.fetch_add(1, Ordering::Relaxed);
                });
                assert_eq!(done.load(Ordering::Relaxed), 5);
                crew
            })
            .join()
            .unwrap();
        }
    }

    #[test]
    fn a_panic_of_any_thread_reaches_the_caller_and_no_one_waits_for_ever() {
        for culprit in [0, 1, 50, 99] {
            let crew = Crew::new(3).unwrap();
            let call = || crew.each(100, move |number| assert_ne!(number, culprit));
            assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
        }
    }
}
