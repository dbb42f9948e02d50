//! A layer that works on a few neurons a cycle and keeps the rest in memory.

use super::{Memory, Offer, Ready, Taken, Visit, Word, lowest_set, without_lowest};
use crate::{LayerSpec, Weights, address_bits, neuron::Neuron};

/// Registers of a folded layer with `lanes` neurons a cycle.
///
/// What is taken makes a sweep over all groups of neurons, in two stages: `issue` reads the
/// weights and the state of `group`; a cycle later `execute` writes the new state of `execute_group`.
/// A sweep of a tick stops while spikes of a group wait to leave.
#[derive(Debug, Clone)]
pub(super) struct Folded {
    spec: LayerSpec,
    rows: Weights,
    lanes: usize,
    groups: usize,
    control: Control,
    /// Word of the weight memory that was read last.
    weights: Option<usize>,
    /// Word of the state memory that was read last.
    state: Option<Vec<Neuron>>,
    states: Vec<Vec<Neuron>>,
    /// The group whose state was written last.
    written: usize,
    pending: Vec<bool>,
    pending_group: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Control {
    clearing: bool,
    integrating: bool,
    ticking: bool,
    /// The sweep is a start of image, to be passed on; a reset sweeps silently.
    announce: bool,
    issue: bool,
    group: usize,
    execute: bool,
    execute_group: usize,
    weight_address: usize,
    start_done: bool,
    tick_done: bool,
}

impl Folded {
    pub fn new(spec: &LayerSpec, weights: &Weights, lanes: usize) -> Self {
        assert!(lanes.is_power_of_two(), "{lanes} lanes are no power of two");
        let groups = spec.neurons.div_ceil(lanes);
        Self {
            spec: spec.clone(),
            rows: weights.clone(),
            lanes,
            groups,
            control: Control::default(),
            weights: None,
            state: None,
            states: vec![vec![Neuron::default(); lanes]; groups],
            written: 0,
            pending: vec![false; lanes],
            pending_group: 0,
        }
    }

    pub const fn idle(&self) -> bool {
        let Control { clearing, integrating, ticking, start_done, tick_done, .. } = self.control;
        !(clearing || integrating || ticking || start_done || tick_done)
    }

    pub fn offer(&self) -> Offer {
        let valid = self.pending.contains(&true);
        Offer {
            start: self.control.start_done,
            tick: self.control.tick_done && !valid,
            valid,
            address: (self.pending_group * self.lanes + lowest_set(&self.pending)) as u32,
        }
    }

    pub fn clock(&mut self, reset: bool, taken: Taken, ready: Ready) {
        let before = self.control;
        let offer = self.offer();
        let advance = !(before.ticking && offer.valid);

        if offer.valid && ready.event {
            without_lowest(&mut self.pending);
        }
        self.control.start_done &= !ready.start;
        self.control.tick_done &= !(offer.tick && ready.tick);
        if advance {
            self.execute(before);
            self.issue(before);
        }
        self.take(taken);
        if reset {
            self.restart();
        }
    }

    /// First stage: reads what the second one needs. In a sweep of one group the two never meet, and otherwise they
    /// are at different words.
    fn issue(&mut self, before: Control) {
        self.control.execute = before.issue;
        self.control.execute_group = before.group;
        if !before.issue {
            return;
        }
        self.state = Some(self.states[before.group].clone());
        if before.integrating {
            self.weights = Some(before.weight_address);
            self.control.weight_address = before.weight_address + 1;
        }
        let last = before.group == self.groups - 1;
        self.control.issue = !last;
        self.control.group = if last { 0 } else { before.group + 1 };
    }

    /// Second stage: writes the new state of a group and ends the sweep after the last one.
    fn execute(&mut self, before: Control) {
        if !before.execute {
            return;
        }
        let mut state = self.state.take().expect("what is executed was read before");
        for (lane, neuron) in state.iter_mut().enumerate() {
            if before.clearing {
                *neuron = Neuron::default();
            } else if before.ticking {
                (*neuron, self.pending[lane]) = neuron.tick(&self.spec);
            } else {
                let weight = self.weight(self.weights, lane).expect("weights were read before");
                *neuron = neuron.integrate(&self.spec, weight);
            }
        }
        self.written = before.execute_group;
        let read = std::mem::replace(&mut self.states[before.execute_group], state);
        self.state = Some(read);
        if before.ticking {
            self.pending_group = before.execute_group;
        }
        if before.execute_group == self.groups - 1 {
            self.control.start_done |= before.clearing && before.announce;
            self.control.tick_done |= before.ticking;
            self.control.clearing = false;
            self.control.integrating = false;
            self.control.ticking = false;
        }
    }

    /// The weight of a lane in a word of the memory; lanes beyond the last neuron have zero.
    fn weight(&self, word: Option<usize>, lane: usize) -> Option<i32> {
        let word = word?;
        let neuron = word % self.groups * self.lanes + lane;
        Some(self.rows.row(word / self.groups).get(neuron).copied().unwrap_or(0))
    }

    fn take(&mut self, taken: Taken) {
        let control = &mut self.control;
        match taken {
            Taken::Nothing => {}
            Taken::Start => {
                control.clearing = true;
                control.announce = true;
                control.issue = true;
            }
            Taken::Tick => {
                control.ticking = true;
                control.issue = true;
            }
            Taken::Event(address) => {
                let inside = (address as usize) < self.spec.inputs;
                control.integrating = inside;
                control.issue = inside;
                if inside {
                    control.weight_address = address as usize * self.groups;
                }
            }
        }
    }

    /// What a reset leaves: a silent sweep that clears the memory. Data and addresses stay.
    fn restart(&mut self) {
        self.pending.fill(false);
        self.control = Control {
            clearing: true,
            announce: false,
            issue: true,
            integrating: false,
            ticking: false,
            group: 0,
            execute: false,
            start_done: false,
            tick_done: false,
            ..self.control
        };
    }

    pub fn registers(&self, scope: &str, visit: &mut Visit<'_>) {
        let mut add = |name: &str, word| visit(format_args!("{scope}.{name}"), word);
        let group_bits = address_bits(self.groups);
        add("start_done", Word::flag(self.control.start_done));
        add("tick_done", Word::flag(self.control.tick_done));
        add("pending", Word::flags(&self.pending));
        if self.groups > 1 {
            add("pending_group", Word::of(self.pending_group as i64, group_bits));
        }
        add("clearing", Word::flag(self.control.clearing));
        add("announce", Word::flag(self.control.announce));
        add("integrating", Word::flag(self.control.integrating));
        add("ticking", Word::flag(self.control.ticking));
        add("issue", Word::flag(self.control.issue));
        add("group", Word::of(self.control.group as i64, group_bits));
        add("execute", Word::flag(self.control.execute));
        add("execute_group", Word::of(self.control.execute_group as i64, group_bits));
        let words = address_bits(self.spec.inputs * self.groups);
        add("weight_address", Word::of(self.control.weight_address as i64, words));
        let mut weights = Word::default();
        for lane in (0..self.lanes).rev() {
            let bits = self.spec.weight_bits;
            weights.append(&match self.weight(self.weights, lane) {
                Some(weight) => Word::of(weight.into(), bits),
                None => Word::unknown(bits),
            });
        }
        add("weights", weights);
        let unknown = || Word::unknown(self.state_bits() * self.lanes as u32);
        add("state", self.state.as_deref().map_or_else(unknown, |state| self.group(state)));
    }

    /// The memory of states.
    pub fn memory(&self, scope: &str) -> Memory {
        let bits = self.state_bits() as usize * self.lanes;
        Memory { path: format!("{scope}.states"), words: self.groups, bits }
    }

    /// The group whose state was written last.
    pub const fn written(&self) -> usize {
        self.written
    }

    pub fn word(&self, group: usize) -> Word {
        self.group(&self.states[group])
    }

    const fn state_bits(&self) -> u32 {
        self.spec.potential_bits + self.spec.refractory_bits()
    }

    /// The state of a group: lane 0 lowest; in a lane the potential below the refractory ticks.
    fn group(&self, group: &[Neuron]) -> Word {
        let mut word = Word::default();
        for neuron in group.iter().rev() {
            word.append(&Word::of(neuron.refractory.into(), self.spec.refractory_bits()));
            word.append(&Word::of(neuron.v, self.spec.potential_bits));
        }
        word
    }
}
