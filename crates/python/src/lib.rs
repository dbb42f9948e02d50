//! The Python package's core: classes of `memspike._core` over the library crates.
//!
//! What people import is in `python/memspike`: names, defaults, documentation and what NumPy or SciPy can do alone. Here are
//! the classes that hold circuits, networks and runs. Nothing here prints or reads a command line.
//!
//! - Work of any length goes through `work.rs`: without the interpreter's lock, stopped by Ctrl-C with what it has.
//! - Errors are raised as the package's own exceptions (`errors.rs`), with the place and what to do.
//! - Arrays that are returned own the vectors that the run filled: nothing is copied.

mod batch;
mod deck;
mod diagnostic;
mod errors;
mod fit;
mod hardware;
mod layers;
mod network;
mod nir;
mod outcome;
mod plot;
mod waveform;
mod work;

/// What `memspike._core` has.
#[pyo3::pymodule]
#[pyo3(name = "_core")]
mod core {
    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "the name is Python's")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_export]
    use crate::{
        deck::{Card, Deck},
        diagnostic::Diagnostic,
        fit::{fit_file, fit_text},
        hardware::{ClockedModel, Core, CoreModel},
        layers::{
            Exact, Passes, Samples, evaluate_exact, evaluate_images, exact_network, exact_options,
            image_options, train_exact, train_images,
        },
        network::{Builder, Network, Simulation},
        nir::{from_nir, to_nir},
        outcome::Report,
        plot::figure_svg,
        waveform::Waveform,
    };
}
