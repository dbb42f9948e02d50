//! Where a simulation is and what it has counted; how its state is taken out of it and put back.

use std::sync::MutexGuard;

use memspike_time::Time;

use super::Simulation;
use crate::Counters;
use crate::exchange::Exchange;
use crate::grid::just_before;
use crate::history::History;
use crate::kernel::Tally;
use crate::plan::Part;
use crate::spike::Spike;

/// Neurons whose states are told together: 512 KiB.
pub(crate) const TOGETHER: usize = 8192;

impl<X: Exchange> Simulation<X> {
    /// Where the next window begins: all before has happened.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// The last instant up to which all has happened: the end of the closed interval that a run which is here covers.
    #[must_use]
    pub fn reached(&self) -> Time {
        just_before(self.now)
    }

    /// A number that other populations, synapses, ticks or seeds would hardly have.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.frame.digest
    }

    /// The potential (V) of a neuron now, if it has one and this rank has the neuron. Looking at it changes nothing.
    ///
    /// # Panics
    /// If there is no such neuron.
    #[must_use]
    pub fn potential(&self, population: usize, neuron: u32) -> Option<f64> {
        let (part, local) = self.place(population, neuron)?;
        part.kernel.potential(local, self.now)
    }

    /// By how much (V) synaptic currents move the asymptote of a neuron now: their sum times the resistance of its membrane. Nothing where
    /// spikes move the potential at once. Looking at it changes nothing.
    ///
    /// # Panics
    /// If there is no such neuron.
    #[must_use]
    pub fn shift(&self, population: usize, neuron: u32) -> Option<f64> {
        let (part, local) = self.place(population, neuron)?;
        part.kernel.shift(local, self.now)
    }

    /// Where a neuron is: its part, and its number there; nothing if another rank has it.
    pub(super) fn place(
        &self,
        population: usize,
        neuron: u32,
    ) -> Option<(MutexGuard<'_, Part>, usize)> {
        let number = self.frame.firsts[population] + neuron;
        assert!((number as usize) < self.neurons(), "there is no such neuron");
        let part = self.field.all().find(|part| part.neurons.contains(&number))?;
        let local = (number - part.neurons.start) as usize;
        Some((part, local))
    }

    /// What has been counted, on all ranks: each must ask.
    #[must_use]
    pub fn counters(&self) -> Counters {
        let Counters { spikes, windows, sent, delivered, tested, certified, rebased, .. } =
            self.base;
        let mut own = [sent, delivered, 0, tested, certified, rebased];
        let histories = self.field.histories();
        for part in self.field.all() {
            let Tally { delivered, under_way, tested, certified, rebased } =
                part.kernel.tally(&histories);
            let more = [0, delivered, under_way, tested, certified, rebased];
            own.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        let [sent, delivered, under_way, tested, certified, rebased] = self.group.sum(own);
        Counters { spikes, sent, delivered, under_way, tested, certified, rebased, windows }
    }

    /// Spikes so far.
    #[must_use]
    pub fn spikes(&self) -> u64 {
        self.base.spikes
    }

    /// Synapses of all neurons, on all ranks: each must ask.
    #[must_use]
    pub fn synapses(&self) -> usize {
        let own = self.frame.fan_out.iter().map(|synapses| u64::from(*synapses)).sum();
        let [all] = self.group.sum([own]);
        all as usize
    }

    /// Bytes that synapses, states and what is under way take, on all ranks: each must ask.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let own = self.field.all().map(|part| part.kernel.bytes()).sum::<usize>()
            + size_of_val(&self.frame.fan_out[..])
            + self.field.histories().iter().map(History::bytes).sum::<usize>();
        let [all] = self.group.sum([own as u64]);
        all as usize
    }

    /// Whether this is the rank that writes and is told.
    pub(crate) fn is_first(&self) -> bool {
        self.group.is_first()
    }

    /// Neurons of all populations.
    pub(crate) fn neurons(&self) -> usize {
        self.frame.fan_out.len()
    }

    /// Tells the state of every neuron, some at a time, in their order: on rank 0, where all others send theirs.
    pub(crate) fn each_state(&self, mut tell: impl FnMut(&[u8])) {
        let parts = self.parts_in_order();
        let firsts = &self.frame.firsts;
        for (population, first) in firsts.iter().enumerate() {
            let end = firsts.get(population + 1).map_or(self.neurons() as u32, |end| *end);
            for (neurons, is_own) in self.group.slices(population, end - first) {
                let own = parts
                    .iter()
                    .filter(|part| is_own && (*first..end).contains(&part.neurons.start));
                let mut words = own.flat_map(|part| part.kernel.save());
                for _ in 0..neurons.div_ceil(TOGETHER) {
                    let some = words.by_ref().take(TOGETHER).flatten();
                    let bytes = some.flat_map(u64::to_le_bytes).collect();
                    self.group.collect(bytes).iter().for_each(|bytes| tell(bytes));
                }
            }
        }
    }

    /// Parts in the order of their neurons.
    fn parts_in_order(&self) -> Vec<MutexGuard<'_, Part>> {
        let mut parts: Vec<_> = self.field.all().collect();
        parts.sort_by_key(|part| part.neurons.start);
        parts
    }

    /// Neurons of this rank, in order.
    pub(crate) fn own_neurons(&self) -> impl Iterator<Item = u32> {
        let parts = self.parts_in_order();
        let ranges: Vec<_> = parts.iter().map(|part| part.neurons.clone()).collect();
        ranges.into_iter().flatten()
    }

    /// Spikes that may not have arrived everywhere, in order.
    pub(crate) fn spikes_under_way(&self) -> Vec<Spike> {
        let histories = self.field.histories();
        let due = || {
            let kept = histories.iter().flat_map(History::kept);
            kept.filter(|spike| spike.at.later(self.frame.longest_fs) >= self.now)
        };
        let mut spikes = Vec::with_capacity(due().count());
        spikes.extend(due());
        spikes.sort_unstable();
        spikes
    }

    /// Takes the place of a run that was saved. States are those of this rank's neurons, in order.
    pub(crate) fn restore(
        &mut self,
        now: Time,
        spikes: Vec<Spike>,
        states: &[crate::kernel::Words],
        counters: Counters,
    ) {
        self.now = now;
        let Counters { spikes: told, windows, .. } = counters;
        // Of what is summed over ranks one has all.
        let summed = if self.group.is_first() { counters } else { Counters::default() };
        self.base = Counters { spikes: told, windows, ..summed };
        let level = |spike: &Spike| {
            let population = self.frame.firsts.partition_point(|first| *first <= spike.neuron) - 1;
            self.frame.level_of[population]
        };
        let mut under_way = vec![Vec::new(); self.frame.levels.len()];
        spikes.into_iter().for_each(|spike| under_way[level(&spike)].push(spike));
        *self.field.histories_mut() = under_way.into_iter().map(History::with).collect();
        let histories = self.field.histories();
        let mut left = states;
        for mut part in self.parts_in_order() {
            let (own, rest) = left.split_at(part.neurons.len());
            part.kernel.load(own, now, &histories);
            left = rest;
        }
    }
}
