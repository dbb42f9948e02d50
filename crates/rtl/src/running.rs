//! A module as a block in motion.

use memspike_digital::{Block, Level, Outputs, Report};
use memspike_foreign::Said;
use memspike_time::Time;

use crate::Module;
use crate::idle::{Edges, difference};
use crate::module::{Code, Motion};

/// A module in motion, with what it was told last and what it said.
#[derive(Debug)]
pub(crate) struct Told {
    /// Nothing once it has ended itself, or failed: from then on its outputs stay as they are.
    motion: Option<Box<dyn Motion>>,
    pub inputs: Vec<Level>,
    pub outputs: Vec<Level>,
    /// When it does something by itself.
    pub next: Option<Time>,
    /// What is yet to be told of a failure.
    failure: Option<String>,
}

impl Told {
    fn new(inputs: usize, outputs: usize) -> Self {
        Self {
            motion: None,
            inputs: vec![Level::Zero; inputs],
            outputs: vec![Level::Unknown; outputs],
            next: None,
            failure: None,
        }
    }

    /// Begins anew.
    fn begin(&mut self, code: &dyn Code) {
        // The last one ends before the next begins, so that never more run than there are blocks.
        (self.motion, self.failure) = (None, None);
        match code.begin() {
            Ok(motion) => self.motion = Some(motion),
            Err(message) => self.failure = Some(message),
        }
    }

    /// Tells it its inputs.
    pub fn eval(&mut self, at: Time, inputs: &[Level]) {
        self.inputs.copy_from_slice(inputs);
        self.next = None;
        let Some(motion) = self.motion.as_mut() else { return };
        let unit_fs = motion.unit_fs();
        match motion.eval(at.tick / unit_fs, inputs, &mut self.outputs) {
            Said::GoesOn(next) => {
                let next = next.and_then(|next| next.checked_mul(unit_fs));
                self.next = next.filter(|next| *next > at.tick).map(Time::from_tick);
            }
            Said::Ended => self.motion = None,
            Said::Failed(message) => {
                self.motion = None;
                self.failure = Some(message);
            }
        }
    }

    /// Says why it cannot go on, if it cannot, and when it wants to be told again.
    fn answer(&mut self, top: &str, out: &mut Outputs) {
        if let Some(message) = self.failure.take() {
            out.fail(format!("module {top}: {message}"));
        }
        if let Some(next) = self.next {
            out.wake(next);
        }
    }
}

/// A module in motion as a block.
#[derive(Debug)]
pub(crate) struct Running {
    module: Module,
    told: Told,
    /// Of a module that says when edges of its clock change nothing.
    edges: Option<Edges>,
    /// The same module, which runs every edge, where what it says is checked.
    clocked: Option<Told>,
}

impl Running {
    /// One that has not begun.
    pub fn new(module: Module, inputs: usize, outputs: usize) -> Self {
        let declared = module.declared();
        let checked = declared.is_some_and(|idle| idle.checked);
        Self {
            told: Told::new(inputs, outputs),
            edges: declared.map(Edges::new),
            clocked: checked.then(|| Told::new(inputs, outputs)),
            module,
        }
    }

    /// Ends the run if the module that left edges out differs from the one that ran them.
    fn check(&mut self, at: Time, out: &mut Outputs) {
        let (Some(clocked), Some(edges)) = (&mut self.clocked, &self.edges) else { return };
        if let Some(message) =
            difference(&self.module, at, edges, [&clocked.outputs, &self.told.outputs])
        {
            out.fail(message);
        }
        clocked.answer(self.module.top(), out);
    }
}

impl Block for Running {
    fn rest(&mut self, inputs: &[Level], outputs: &mut [Level]) {
        for told in std::iter::once(&mut self.told).chain(&mut self.clocked) {
            told.begin(self.module.code());
            told.eval(Time::ZERO, inputs);
        }
        self.edges = self.module.declared().map(Edges::new);
        outputs.copy_from_slice(&self.told.outputs);
    }

    fn start(&mut self, out: &mut Outputs) {
        for told in std::iter::once(&mut self.told).chain(&mut self.clocked) {
            let inputs = told.inputs.clone();
            told.eval(Time::ZERO, &inputs);
            told.answer(self.module.top(), out);
        }
    }

    fn react(&mut self, at: Time, inputs: &[Level], out: &mut Outputs) {
        if let Some(clocked) = &mut self.clocked {
            clocked.eval(at, inputs);
        }
        let left_out =
            self.edges.as_mut().is_some_and(|edges| edges.leaves_out(at, inputs, &mut self.told));
        if !left_out {
            self.told.eval(at, inputs);
            for (output, level) in self.told.outputs.iter().enumerate() {
                out.drive(output, *level, self.module.delays());
            }
        }
        self.told.answer(self.module.top(), out);
        self.check(at, out);
    }

    fn knows_floating(&self) -> bool {
        self.module.code().knows_floating()
    }

    fn report(&self) -> Option<Report> {
        let edges = self.edges.as_ref()?;
        Some(Report::Note(edges.report(self.clocked.is_some())))
    }
}
