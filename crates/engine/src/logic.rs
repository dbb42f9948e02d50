//! Nets and the digital blocks between them, as a group of the scheduler has them.

mod net;
mod rest;

use std::collections::{BTreeMap, BTreeSet};

use memspike_circuit::{Circuit, NetId, Pin};
use memspike_digital::{Block, Delays, Drives, Level, Outputs, Report};
use memspike_scheduler::{Agenda, Tally};
use memspike_time::Time;

use crate::source::Due;
pub(crate) use net::Hearer;
use net::Net;
pub(crate) use rest::{LogicAtRest, level_of};

/// Rounds of one instant after which a loop of blocks without delay is given up.
pub(crate) const MOST_ROUNDS: u32 = 10_000;

/// A block in motion.
struct BlockRun {
    /// Its place in the circuit.
    number: usize,
    block: Box<dyn Block>,
    /// For each input the position of its net, and whether it is inverted.
    inputs: Vec<Option<(usize, bool)>>,
    outputs: Vec<Option<(usize, bool)>>,
    /// The levels of its inputs, used anew each time.
    levels: Vec<Level>,
}

/// The nets and blocks of a group, each at its position here.
#[derive(Default)]
pub(crate) struct Logic {
    nets: Vec<Net>,
    blocks: Vec<BlockRun>,
    /// The next change of each net.
    changes: Agenda,
    /// When each block asked to be told.
    wakes: Agenda,
    /// Used anew by each block.
    out: Outputs,
    /// The first block that cannot go on, by its place in the circuit, and why.
    failed: Option<(usize, String)>,
}

impl Logic {
    /// These nets and blocks as they rest at time zero; the blocks are taken out of `rest`.
    pub fn new(
        circuit: &Circuit,
        nets: &[NetId],
        blocks: &[usize],
        rest: &mut LogicAtRest,
    ) -> Self {
        let position_of: BTreeMap<NetId, usize> =
            nets.iter().enumerate().map(|(position, net)| (*net, position)).collect();
        let mut logic = Self {
            nets: nets.iter().map(|net| Net::new(*net, rest.levels[net.index()])).collect(),
            ..Self::default()
        };
        for &number in blocks {
            let Some(block) = rest.blocks[number].take() else { continue };
            let spec = &circuit.blocks()[number];
            let here = |pin: &Option<Pin>| pin.map(|pin| (position_of[&pin.net], pin.inverted));
            let inputs: Vec<Option<(usize, bool)>> = spec.inputs.iter().map(here).collect();
            let outputs = spec.outputs.iter().map(here).collect();
            let position = logic.blocks.len();
            inputs.iter().flatten().for_each(|(net, _)| logic.nets[*net].readers.push(position));
            let levels = vec![Level::Zero; inputs.len()];
            logic.blocks.push(BlockRun { number, block, inputs, outputs, levels });
        }
        logic
    }

    /// The nets, by position.
    pub fn nets(&self) -> impl Iterator<Item = (NetId, Level)> + '_ {
        self.nets.iter().map(|net| (net.id, net.level))
    }

    /// What a source, in this group or a later one, hears of a net.
    pub fn listen(&mut self, net: usize, hearer: Hearer) {
        self.nets[net].hearers.push(hearer);
    }

    /// Those that hear a net.
    pub fn hearers(&self, net: usize) -> &[Hearer] {
        &self.nets[net].hearers
    }

    /// A net, and its level.
    pub fn net(&self, position: usize) -> (NetId, Level) {
        let net = &self.nets[position];
        (net.id, net.level)
    }

    /// The run begins.
    pub fn begin(&mut self) {
        for block in 0..self.blocks.len() {
            self.blocks[block].block.start(&mut self.out);
            self.answer(block, (Time::ZERO, 0), (Time::ZERO, 0));
        }
    }

    /// When something changes next.
    pub fn next_due(&self) -> Option<Due> {
        let failed = self.failed.as_ref().map(|_| (Time::ZERO, 0));
        self.changes.next_due().into_iter().chain(self.wakes.next_due()).chain(failed).min()
    }

    /// What was done so far.
    pub fn tallies(&self) -> [Tally; 2] {
        [self.changes.tally(), self.wakes.tally()]
    }

    /// How many events are waited for.
    pub fn pending(&self) -> usize {
        self.changes.pending() + self.wakes.pending()
    }

    /// From what happens at `at` a net is driven to a level. Without delay that is at `now`.
    pub fn drive(&mut self, net: usize, level: Level, delays: Delays, (at, now): (Time, Due)) {
        if self.nets[net].drive(level, delays, (at, now)) {
            self.changes.schedule(net as u32, self.nets[net].next());
        }
    }

    /// A device turned on whose spikes make pulses of a net: from `due` on, so many femtoseconds long.
    pub fn pulse(&mut self, net: usize, active: Level, due: Due, width_fs: u64) {
        if self.nets[net].pulse(active, due, width_fs) {
            self.changes.schedule(net as u32, self.nets[net].next());
        }
    }

    /// Lets all that is due change together, and blocks react to it. Gives the nets that changed, ascending.
    pub fn step(&mut self, due: Due) -> Vec<usize> {
        let mut changed = Vec::new();
        let mut told: BTreeSet<usize> = BTreeSet::new();
        while let Some((net, ..)) = self.changes.next(due) {
            let run = &mut self.nets[net as usize];
            if run.take(due) {
                changed.push(net as usize);
                told.extend(&run.readers);
            }
            let next = run.next();
            self.changes.schedule(net, next);
        }
        while let Some((block, ..)) = self.wakes.next(due) {
            self.wakes.schedule(block, None);
            told.insert(block as usize);
        }
        for block in told {
            let BlockRun { block: run, inputs, levels, .. } = &mut self.blocks[block];
            let floats = run.knows_floating();
            for (level, pin) in levels.iter_mut().zip(inputs) {
                if let Some((net, inverted)) = pin {
                    let read = self.nets[*net].level.inverted_if(*inverted);
                    *level = if floats { read } else { read.driven() };
                }
            }
            run.react(due.0, levels, &mut self.out);
            self.answer(block, due, (due.0, due.1 + 1));
        }
        changed.sort_unstable();
        changed
    }

    /// Why a block cannot go on, and its place in the circuit, if one cannot.
    pub fn failure(&mut self) -> Option<(usize, String)> {
        self.failed.take()
    }

    /// What blocks report, with their places in the circuit.
    pub fn reports(&self) -> impl Iterator<Item = (usize, Report)> + '_ {
        self.blocks.iter().filter_map(|run| Some((run.number, run.block.report()?)))
    }

    /// Forgets what is yet to come: the run ends here.
    pub fn stop(&mut self) {
        (0..self.nets.len()).for_each(|net| self.changes.schedule(net as u32, None));
        (0..self.blocks.len()).for_each(|block| self.wakes.schedule(block as u32, None));
    }

    /// Does what a block answered at `due`; what has no delay happens at `now`.
    fn answer(&mut self, block: usize, due: Due, now: Due) {
        let mut out = std::mem::take(&mut self.out);
        for Drives { output, level, after, at } in out.drain() {
            let pin = self.blocks[block].outputs.get(output).copied().flatten();
            let Some((net, inverted)) = pin else { continue };
            let level = level.inverted_if(inverted);
            match at {
                Some(at) => {
                    let none = Delays { rise_fs: 0, fall_fs: 0 };
                    let now = if at > due.0 { (at, 0) } else { now };
                    self.drive(net, level, none, (at.max(due.0), now));
                }
                None => {
                    let after = if inverted { after.exchanged() } else { after };
                    self.drive(net, level, after, (due.0, now));
                }
            }
        }
        if let Some(message) = out.failure() {
            self.failed.get_or_insert((self.blocks[block].number, message));
        }
        if let Some(at) = out.wakes() {
            self.wakes.schedule(block as u32, Some((at, 0)));
        }
        self.out = out;
    }
}
