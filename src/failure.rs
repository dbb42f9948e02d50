//! The two ways in which a command fails.

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

use memspike_netlist::Report;

/// A failure, with the message for the user.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The input was good, the work failed: status 1.
    #[error("{0}")]
    Work(String),
    /// The input is wrong: status 2.
    #[error("{0}")]
    Input(String),
    /// The input is wrong, and standard output has said so: status 2.
    #[error("")]
    Reported,
    /// Whoever read the output has gone: nobody is left to tell, and the status is that of other tools.
    #[error("")]
    ClosedPipe,
}

/// What a shell reports for a process that SIGPIPE ended.
const CLOSED_PIPE: u8 = 141;

impl Failure {
    /// A deck that cannot be used, with its findings in colour on a terminal.
    pub fn input(report: &Report) -> Self {
        Self::Input(report.render(in_colour()))
    }

    /// The exit status of the process.
    pub fn status(&self) -> ExitCode {
        match self {
            Self::Work(_) => ExitCode::from(1),
            Self::Input(_) | Self::Reported => ExitCode::from(2),
            Self::ClosedPipe => ExitCode::from(CLOSED_PIPE),
        }
    }
}

/// Whether messages may be coloured: on a terminal whose user has not asked for plain text.
pub fn in_colour() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}
