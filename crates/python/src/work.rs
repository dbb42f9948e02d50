//! Work without the interpreter's lock.

use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use memspike_snn::training::Epoch;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;

use crate::errors;

/// How long a signal waits at most until somebody looks.
const LOOK: Duration = Duration::from_millis(20);

/// What work, and whoever waits for it, tell each other.
#[derive(Debug, Default)]
pub struct Watch {
    stop: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
    epoch: Mutex<Option<Epoch>>,
}

impl Watch {
    /// Whether the work is to stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether the work is to go on.
    pub fn flow(&self) -> ControlFlow<()> {
        if self.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// How much there is to do.
    pub fn begin(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }

    /// How much is done.
    pub fn set(&self, done: u64) {
        self.done.store(done, Ordering::Relaxed);
    }

    /// One more is done.
    pub fn add(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// An epoch of a training is over.
    pub fn epoch(&self, epoch: Epoch) {
        *self.epoch.lock().unwrap_or_else(PoisonError::into_inner) = Some(epoch);
    }

    /// How much is done, of how much, and the last epoch.
    fn now(&self) -> Told {
        let epoch = *self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed), epoch.map(words))
    }
}

/// An epoch as the package takes it: number, loss, accuracy in training and in validation.
pub type EpochWords = (u32, f64, f64, f64);

/// An epoch as the package takes it.
pub fn words(epoch: Epoch) -> EpochWords {
    let Epoch { number, loss, training_accuracy, validation_accuracy } = epoch;
    (number, loss, training_accuracy, validation_accuracy)
}

type Told = (u64, u64, Option<EpochWords>);

/// Does work on a thread of its own while others use the interpreter. Python's signals are looked at meanwhile: the first
/// whose handler raises sets the flag that the work is given, and its exception is returned beside what the work had by then.
///
/// Only the interpreter's main thread hears signals; called from another thread, the work goes on to its end.
pub fn interruptible<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&AtomicBool) -> T + Send,
) -> (T, Option<PyErr>) {
    watched(py, None, |watch| work(&watch.stop))
}

/// As [`interruptible`], of work that says how far it is: `progress` is called on this thread with how much is done, of how much, and the
/// last epoch, whenever that has changed and at its end. What it raises stops the work as a signal does.
pub fn watched<T: Send>(
    py: Python<'_>,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce(&Watch) -> T + Send,
) -> (T, Option<PyErr>) {
    let watch = Watch::default();
    let (mut raised, mut told) = (None, (0, 0, None));
    let mut tell = |py: Python<'_>| {
        let now = watch.now();
        match progress {
            Some(progress) if now != told => {
                told = now;
                progress.call1(py, now).map(drop)
            }
            _ => Ok(()),
        }
    };
    let done = py.detach(|| {
        thread::scope(|scope| {
            let (alive, ended) = channel::<()>();
            let watch = &watch;
            let worker = scope.spawn(move || {
                let _alive = alive;
                work(watch)
            });
            while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                let mut look = |py: Python<'_>| match py.check_signals() {
                    Ok(()) if raised.is_none() => tell(py),
                    signal => signal,
                };
                if let Err(error) = Python::attach(&mut look) {
                    raised.get_or_insert(error);
                    watch.stop.store(true, Ordering::Relaxed);
                }
            }
            worker.join()
        })
    });
    if raised.is_none() {
        raised = tell(py).err();
    }
    (done.unwrap_or_else(|panic| resume_unwind(panic)), raised)
}

/// What a call gives after [`interruptible`]: the results, or the signal's exception; of Ctrl-C that has the results.
pub fn unless_raised<'py>(
    py: Python<'py>,
    results: Bound<'py, PyAny>,
    raised: Option<PyErr>,
) -> PyResult<Bound<'py, PyAny>> {
    match raised {
        None => Ok(results),
        Some(signal) if signal.is_instance_of::<PyKeyboardInterrupt>(py) => {
            Err(errors::interrupted(py, results, signal))
        }
        Some(signal) => Err(signal),
    }
}

/// What a call gives that has nothing to show before it is done.
pub fn all_or_raised<T>((done, raised): (T, Option<PyErr>)) -> PyResult<T> {
    raised.map_or(Ok(done), Err)
}
