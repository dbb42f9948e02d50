//! What every block answers.

use std::fmt::Debug;

use memspike_time::Time;

use crate::{Delays, Direction, Level};

/// A port of a design that cards can bind by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPort {
    /// Its name as its maker wrote it; decks know no case.
    pub name: String,
    /// Which way it goes.
    pub direction: Direction,
    /// How many bits it has, the most significant first.
    pub width: usize,
}

/// A block as its card describes it: what is the same of all its instances.
pub trait Design: Debug + Send + Sync {
    /// Whether it can have so many inputs and outputs beyond what its kind's ports say; if not, why.
    ///
    /// # Errors
    /// What is wrong, for people.
    fn fits(&self, inputs: usize, outputs: usize) -> Result<(), String> {
        let _ = (inputs, outputs);
        Ok(())
    }

    /// Its ports by name, in their order; none if its kind alone says what they are.
    fn named_ports(&self) -> Vec<NamedPort> {
        Vec::new()
    }

    /// An instance with so many inputs and outputs, which are counted over all ports in their order; as the kind's ports
    /// allow.
    fn instance(&self, inputs: usize, outputs: usize) -> Box<dyn Block>;
}

/// A block in motion. It depends on its inputs and on time alone.
pub trait Block: Debug + Send {
    /// Its outputs at rest, given its inputs before anything happened. It may be asked again with other inputs; then the
    /// last answer counts.
    fn rest(&mut self, inputs: &[Level], outputs: &mut [Level]);

    /// The run begins: what it does by itself from time zero on.
    fn start(&mut self, out: &mut Outputs) {
        let _ = out;
    }

    /// Inputs changed at `at`, or the time has come for which it asked, or both. Everything that changes at one moment
    /// is told at once.
    fn react(&mut self, at: Time, inputs: &[Level], out: &mut Outputs);

    /// Whether it tells a floating input from an unknown one. Others are told that it is unknown.
    fn knows_floating(&self) -> bool {
        false
    }

    /// What the user is to know of the run so far, beyond what the outputs show.
    fn report(&self) -> Option<Report> {
        None
    }
}

/// What a block says of a run, for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Report {
    /// Something went wrong that does not end the run.
    Warning(String),
    /// Nothing did.
    Note(String),
}

/// A level that an output takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drives {
    /// The output, counted over all ports.
    pub output: usize,
    /// The level.
    pub level: Level,
    /// When: after the last moment that the block was told of.
    pub after: Delays,
    /// At this instant instead.
    pub at: Option<Time>,
}

/// What a block answers: levels that its outputs take, and when it wants to be told again.
#[derive(Debug, Default)]
pub struct Outputs {
    drives: Vec<Drives>,
    wake: Option<Time>,
    failure: Option<String>,
}

impl Outputs {
    /// An output takes a level, after the delay that the change from its last one has. What was to happen to it at that
    /// time or later does not happen.
    pub fn drive(&mut self, output: usize, level: Level, after: Delays) {
        self.drives.push(Drives { output, level, after, at: None });
    }

    /// An output takes a level at an instant that is not before the present one.
    pub fn drive_at(&mut self, output: usize, level: Level, at: Time) {
        let after = Delays { rise_fs: 0, fall_fs: 0 };
        self.drives.push(Drives { output, level, after, at: Some(at) });
    }

    /// It wants to be told at this instant, which is later than the present one. The last wish counts.
    pub fn wake(&mut self, at: Time) {
        self.wake = Some(at);
    }

    /// It cannot go on, and neither can the run: why, for people.
    pub fn fail(&mut self, message: String) {
        self.failure.get_or_insert(message);
    }

    /// Why it cannot go on, if it cannot; it is asked for once.
    pub fn failure(&mut self) -> Option<String> {
        self.failure.take()
    }

    /// What the outputs take, in the order in which it was said; nothing is left.
    pub fn drain(&mut self) -> impl Iterator<Item = Drives> + '_ {
        self.drives.drain(..)
    }

    /// When the block wants to be told again; it is asked for once.
    pub fn wakes(&mut self) -> Option<Time> {
        self.wake.take()
    }
}
