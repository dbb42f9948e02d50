//! Where there is no Unix: no vvp is started, and whoever wants one is told so.

use super::Speaks;
use super::compile::Compiled;

/// A process of vvp: there is none on this system.
#[derive(Debug)]
pub(super) enum Process {}

impl Process {
    /// Starts nothing: vvp is spoken to over a pair of sockets that a process inherits.
    pub fn start(_compiled: &Compiled) -> Result<Self, String> {
        Err("Icarus Verilog is run on Unix alone (Linux, macOS)".to_owned())
    }

    /// Tells it something.
    pub fn tell(&mut self, _line: &str) {
        match *self {}
    }

    /// Its next answer.
    pub fn listen(&mut self) -> Speaks {
        match *self {}
    }

    /// Waits for its end.
    pub fn finished(&mut self) -> Option<String> {
        match *self {}
    }

    /// What the module complained of since this was last asked.
    pub fn complaint(&mut self) -> Option<String> {
        match *self {}
    }
}
