//! Levels at stated times.

use std::sync::Arc;

use memspike_time::Time;

use crate::{Block, Design, Level, Outputs};

/// Rows of times (fs), ascending, each with a level for every output: what a file of vectors says. Before the first row
/// every output is unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Vectors {
    /// Rows, ascending in time.
    pub rows: Arc<[(u64, Vec<Level>)]>,
}

#[derive(Debug, Clone)]
struct Source {
    vectors: Vectors,
    next: usize,
}

impl Design for Vectors {
    fn fits(&self, _inputs: usize, outputs: usize) -> Result<(), String> {
        let found = self.rows.first().map_or(0, |(_, levels)| levels.len());
        if found == outputs {
            Ok(())
        } else {
            Err(format!("its file has {found} levels a line, and there are {outputs} outputs"))
        }
    }

    fn instance(&self, _inputs: usize, _outputs: usize) -> Box<dyn Block> {
        Box::new(Source { vectors: self.clone(), next: 0 })
    }
}

impl Source {
    /// Says the next row ahead of it, so that it falls into the first round of its instant.
    fn next_row(&mut self, out: &mut Outputs) {
        let Some((tick, levels)) = self.vectors.rows.get(self.next) else { return };
        let at = Time::from_tick(*tick);
        for (output, level) in levels.iter().enumerate() {
            out.drive_at(output, *level, at);
        }
        out.wake(at);
        self.next += 1;
    }
}

impl Block for Source {
    fn rest(&mut self, _inputs: &[Level], outputs: &mut [Level]) {
        outputs.fill(Level::Unknown);
        if let Some((0, levels)) = self.vectors.rows.first() {
            outputs.copy_from_slice(levels);
        }
        // A row at the start is what it rests at.
        self.next = self.vectors.rows.iter().take_while(|(at, _)| *at == 0).count();
    }

    fn start(&mut self, out: &mut Outputs) {
        self.next_row(out);
    }

    fn react(&mut self, _at: Time, _inputs: &[Level], out: &mut Outputs) {
        self.next_row(out);
    }
}
