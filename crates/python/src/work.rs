//! Work without the interpreter's lock.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;

use crate::errors;

/// How long a signal waits at most until somebody looks.
const LOOK: Duration = Duration::from_millis(20);

/// Does work on a thread of its own while others use the interpreter. Python's signals are looked at meanwhile: the first
/// whose handler raises sets the flag that the work is given, and its exception is returned beside what the work had by then.
///
/// Only the interpreter's main thread hears signals; called from another thread, the work goes on to its end.
pub fn interruptible<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&AtomicBool) -> T + Send,
) -> (T, Option<PyErr>) {
    let stop = AtomicBool::new(false);
    let mut raised = None;
    let done = py.detach(|| {
        thread::scope(|scope| {
            let (alive, ended) = channel::<()>();
            let stop = &stop;
            let worker = scope.spawn(move || {
                let _alive = alive;
                work(stop)
            });
            while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                let signal = Python::attach(|py| py.check_signals().err());
                if raised.is_none() && signal.is_some() {
                    raised = signal;
                    stop.store(true, Ordering::Relaxed);
                }
            }
            worker.join()
        })
    });
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
