//! Where there is no Unix: no model is loaded, and every use says so.

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use crate::{OpenError, Said};

/// A loaded model: there is none on this system.
#[derive(Debug)]
pub enum Library {}

impl Library {
    /// Loads nothing.
    ///
    /// # Errors
    /// Always: [`OpenError::Load`].
    pub fn open(path: &Path) -> Result<Arc<Self>, OpenError> {
        let message = "compiled Verilog is run on Unix alone (Linux, macOS)".to_owned();
        Err(OpenError::Load { path: path.display().to_string(), message })
    }

    /// How many bits go in.
    #[must_use]
    pub fn inputs(&self) -> usize {
        match *self {}
    }

    /// How many bits come out.
    #[must_use]
    pub fn outputs(&self) -> usize {
        match *self {}
    }
}

/// A model in motion: there is none on this system.
#[derive(Debug)]
pub enum Instance {}

impl Instance {
    /// An instance of what there is none of.
    #[must_use]
    pub fn new(library: &Arc<Library>, _seed: Option<NonZeroU32>) -> Option<Self> {
        match **library {}
    }

    /// The unit of its time, as a power of ten of a second.
    #[must_use]
    pub fn precision(&self) -> i32 {
        match *self {}
    }

    /// Sets its inputs at a time in its unit, and reads its outputs.
    pub fn eval(&mut self, _time: u64, _inputs: &[u8], _outputs: &mut [u8]) -> Said {
        match *self {}
    }

    /// Cycles of its clock.
    ///
    /// # Errors
    /// None: there is no instance.
    pub fn cycles(
        &mut self,
        _clock: (usize, u64),
        _inputs: &mut [u8],
        _watch: &[u8],
        _outputs: &mut [u8],
    ) -> Result<u64, Said> {
        match *self {}
    }
}
