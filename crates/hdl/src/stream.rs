//! Streams of images through the hardware in Verilator.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use memspike_lif_core::{Answer, Core, Stimulus, images};

use crate::gates::{GateError, require, run_target};

/// Programs that build a simulator.
const PROGRAMS: [&str; 3] = ["make", "verilator", "g++"];

/// Stimuli as `stream.cpp` reads them: counts are read at the end of every image.
pub fn events_text(core: &Core, stimuli: &[Stimulus]) -> String {
    let neurons = core.spec().last().neurons;
    let mut text = String::new();
    for image in images(stimuli) {
        for stimulus in image {
            match stimulus {
                Stimulus::Start => text.push_str("s\n"),
                Stimulus::Event(input) => {
                    let _ = writeln!(text, "e {input}");
                }
                Stimulus::Tick => text.push_str("t\n"),
            }
        }
        let _ = writeln!(text, "c {neurons}");
    }
    text
}

/// Answers as `stream.cpp` compares them.
pub fn answers_text(answers: &[Answer]) -> String {
    let mut text = String::new();
    let list = |text: &mut String, numbers: &mut dyn Iterator<Item = usize>| {
        for number in numbers {
            let _ = write!(text, " {number}");
        }
        text.push('\n');
    };
    for answer in answers {
        match answer {
            Answer::Tick { winner, spikes } => {
                let _ = write!(text, "{winner}:");
                list(&mut text, &mut spikes.iter().copied());
            }
            Answer::Counts(counts) => {
                text.push('=');
                list(&mut text, &mut counts.iter().map(|count| *count as usize));
            }
        }
    }
    text
}

/// Why there is no simulation.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// A tool is missing.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// The simulator cannot be built.
    #[error("Verilator failed:\n{0}")]
    Build(String),
    /// Files of the stream cannot be written, or the simulator not be started.
    #[error("cannot run the simulator: {0}")]
    Run(#[from] io::Error),
    /// The hardware answers otherwise.
    #[error("the hardware in Verilator differs: {0}")]
    Differs(String),
    /// It agrees, and says so in words that are not understood.
    #[error("the simulator printed '{0}'")]
    Output(String),
}

/// What a simulation took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Simulation {
    /// Clock cycles.
    pub cycles: u64,
    /// Time of the simulation itself, without reading files (s).
    pub seconds: f64,
}

/// An exported core as a program made by Verilator.
#[derive(Debug, Clone)]
pub struct Simulator {
    folder: PathBuf,
}

impl Simulator {
    /// Builds the program in an exported folder.
    ///
    /// # Errors
    /// A tool is missing or fails.
    pub fn build(folder: &Path) -> Result<Self, StreamError> {
        PROGRAMS.iter().try_for_each(|program| require(program))?;
        let verdict = run_target(folder, &["build/stream"])?;
        if !verdict.passed {
            return Err(StreamError::Build(verdict.output));
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// Sends stimuli and compares every answer. `name` tells the files of runs that go on at once apart.
    ///
    /// # Errors
    /// An answer is another one, or the program cannot be run.
    pub fn compare(
        &self,
        name: &str,
        core: &Core,
        stimuli: &[Stimulus],
        answers: &[Answer],
    ) -> Result<Simulation, StreamError> {
        let file = |kind: &str| format!("build/{name}_{kind}.txt");
        let files = [
            (file("events"), events_text(core, stimuli)),
            (file("answers"), answers_text(answers)),
        ];
        for (file, text) in &files {
            fs::write(self.folder.join(file), text)?;
        }
        // A relative path of a program is not looked up in the folder that it starts in.
        let output = Command::new(fs::canonicalize(self.folder.join("build/stream"))?)
            .args(files.iter().map(|(file, _)| file))
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .output()?;
        for (file, _) in &files {
            fs::remove_file(self.folder.join(file))?;
        }
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !output.status.success() {
            return Err(StreamError::Differs(text));
        }
        simulation(&text).ok_or(StreamError::Output(text))
    }
}

/// What `PASS: 12 answers, 345 cycles, 0.1 s, 3450 cycles/s` says.
fn simulation(line: &str) -> Option<Simulation> {
    let mut parts = line.strip_prefix("PASS: ")?.split(", ").skip(1);
    Some(Simulation {
        cycles: parts.next()?.strip_suffix(" cycles")?.parse().ok()?,
        seconds: parts.next()?.strip_suffix(" s")?.parse().ok()?,
    })
}
