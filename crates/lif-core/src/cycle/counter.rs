//! The counter of spikes, which also keeps the neuron that leads.

use super::{Inputs, Memory, Offer, Ready, Taken, Visit, Word};
use crate::address_bits;

/// Registers of the counter. A spike takes two cycles: its count is read, then written one higher.
#[derive(Debug, Clone)]
pub(super) struct Counter {
    bits: u32,
    highest: u32,
    address_bits: u32,
    clearing: bool,
    announce: bool,
    clear_address: u32,
    update: bool,
    valid: bool,
    address: u32,
    start_done: bool,
    tick_done: bool,
    /// The word that was read last for the update.
    old: Option<u32>,
    /// The word that was read last for the read port.
    count: Option<u32>,
    /// Filled up to a power of two, so that every address has a count.
    counts: Vec<u32>,
    /// Where a count was written last.
    written: usize,
    best: u32,
    winner: u32,
}

impl Counter {
    pub fn new(neurons: usize, bits: u32) -> Self {
        let address_bits = address_bits(neurons);
        Self {
            bits,
            highest: (1 << bits) - 1,
            address_bits,
            clearing: false,
            announce: false,
            clear_address: 0,
            update: false,
            valid: false,
            address: 0,
            start_done: false,
            tick_done: false,
            old: None,
            count: None,
            counts: vec![0; 1 << address_bits],
            written: 0,
            best: 0,
            winner: 0,
        }
    }

    pub fn ready(&self, offer: Offer) -> Ready {
        let idle =
            !(self.clearing || self.update || self.valid || self.start_done || self.tick_done);
        Ready::when_idle(idle, offer)
    }

    pub const fn offer(&self) -> Offer {
        Offer {
            start: self.start_done,
            tick: self.tick_done,
            valid: self.valid,
            address: self.address,
        }
    }

    pub const fn count(&self) -> Option<u32> {
        self.count
    }

    pub const fn winner(&self) -> u32 {
        self.winner
    }

    pub fn clock(&mut self, inputs: &Inputs, offer: Offer) {
        let taken = Taken::of(offer, self.ready(offer));
        let last = self.counts.len() as u32 - 1;
        let passed = inputs.ready;
        let old = self.old;
        self.start_done &= !passed.start;
        self.tick_done &= !passed.tick;
        self.valid &= !passed.event;
        // Reads see a memory as it was before the edge.
        self.count = Some(self.counts[inputs.count_address as usize]);
        if let Taken::Event(address) = taken {
            self.old = Some(self.counts[address as usize]);
        }
        if self.clearing {
            self.write(self.clear_address, 0);
            self.start_done = self.clear_address == last && self.announce;
            self.clearing = self.clear_address != last;
            self.clear_address = (self.clear_address + 1) & last;
        }
        if let (true, Some(old)) = (self.update, old) {
            let new = (old + 1).min(self.highest);
            self.write(self.address, new);
            if new > self.best {
                self.best = new;
                self.winner = self.address;
            }
        }
        self.update = false;
        match taken {
            Taken::Nothing => {}
            Taken::Start => {
                self.clearing = true;
                self.announce = true;
                self.best = 0;
                self.winner = 0;
            }
            Taken::Tick => self.tick_done = true,
            Taken::Event(address) => {
                self.update = true;
                self.valid = true;
                self.address = address;
            }
        }
        if inputs.reset {
            self.restart();
        }
    }

    fn write(&mut self, address: u32, count: u32) {
        self.written = address as usize;
        self.counts[self.written] = count;
    }

    fn restart(&mut self) {
        self.clearing = true;
        self.announce = false;
        self.clear_address = 0;
        self.update = false;
        self.valid = false;
        self.start_done = false;
        self.tick_done = false;
        self.best = 0;
        self.winner = 0;
    }

    pub fn registers(&self, scope: &str, visit: &mut Visit<'_>) {
        let mut add = |name: &str, word| visit(format_args!("{scope}.{name}"), word);
        let number = |value: u32, bits| Word::of(value.into(), bits);
        let known = |value: Option<u32>| {
            value.map_or_else(|| Word::unknown(self.bits), |value| number(value, self.bits))
        };
        add("clearing", Word::flag(self.clearing));
        add("announce", Word::flag(self.announce));
        add("clear_address", number(self.clear_address, self.address_bits));
        add("update", Word::flag(self.update));
        add("valid", Word::flag(self.valid));
        add("address", number(self.address, self.address_bits));
        add("start_done", Word::flag(self.start_done));
        add("tick_done", Word::flag(self.tick_done));
        add("old", known(self.old));
        add("shown", known(self.count));
        add("best", number(self.best, self.bits));
        add("leader", number(self.winner, self.address_bits));
    }

    /// The memory of counts.
    pub fn memory(&self, scope: &str) -> Memory {
        let (words, bits) = (self.counts.len(), self.bits as usize);
        Memory { path: format!("{scope}.counts"), words, bits }
    }

    /// Where a count was written last.
    pub const fn written(&self) -> usize {
        self.written
    }

    pub fn word(&self, address: usize) -> Word {
        Word::of(self.counts[address].into(), self.bits)
    }
}
