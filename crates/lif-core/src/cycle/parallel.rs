//! A layer in which all neurons work at once.

use super::{Offer, Ready, Taken, Visit, Word, lowest_set, without_lowest};
use std::fmt;

use crate::{LayerSpec, Weights, neuron::Neuron};

/// Registers of a parallel layer.
///
/// What is taken is worked on in the next cycle, when the memory has given the weights of all neurons at once. Neurons
/// that fire wait in `pending` and leave one a cycle.
#[derive(Debug, Clone)]
pub(super) struct Parallel {
    spec: LayerSpec,
    rows: Weights,
    clearing: bool,
    integrating: bool,
    ticking: bool,
    weights: Option<usize>,
    neurons: Vec<Neuron>,
    pending: Vec<bool>,
    start_done: bool,
    tick_done: bool,
}

impl Parallel {
    pub fn new(spec: &LayerSpec, weights: &Weights) -> Self {
        Self {
            spec: spec.clone(),
            rows: weights.clone(),
            clearing: false,
            integrating: false,
            ticking: false,
            weights: None,
            neurons: vec![Neuron::default(); spec.neurons],
            pending: vec![false; spec.neurons],
            start_done: false,
            tick_done: false,
        }
    }

    pub fn idle(&self) -> bool {
        !(self.clearing || self.ticking || self.start_done || self.tick_done)
    }

    pub fn offer(&self) -> Offer {
        let valid = self.pending.contains(&true);
        Offer {
            start: self.start_done,
            tick: self.tick_done && !valid,
            valid,
            address: lowest_set(&self.pending) as u32,
        }
    }

    pub fn clock(&mut self, reset: bool, taken: Taken, ready: Ready) {
        let offer = self.offer();
        self.start_done = (self.start_done && !ready.start) || self.clearing;
        self.tick_done = (self.tick_done && !(offer.tick && ready.tick)) || self.ticking;
        if offer.valid && ready.event {
            without_lowest(&mut self.pending);
        }
        if self.ticking {
            for (neuron, pending) in self.neurons.iter_mut().zip(&mut self.pending) {
                (*neuron, *pending) = neuron.tick(&self.spec);
            }
        }
        if let (true, Some(input)) = (self.integrating, self.weights) {
            for (neuron, weight) in self.neurons.iter_mut().zip(self.rows.row(input)) {
                *neuron = neuron.integrate(&self.spec, *weight);
            }
        }
        if self.clearing {
            self.neurons.fill(Neuron::default());
        }
        let event = match taken {
            Taken::Event(address) => Some(address as usize).filter(|at| *at < self.spec.inputs),
            _ => None,
        };
        self.clearing = taken == Taken::Start;
        self.ticking = taken == Taken::Tick;
        self.integrating = event.is_some();
        self.weights = event.or(self.weights);
        if reset {
            self.neurons.fill(Neuron::default());
            self.pending.fill(false);
            self.clearing = false;
            self.ticking = false;
            self.integrating = false;
            self.start_done = false;
            self.tick_done = false;
        }
    }

    pub fn registers(&self, scope: &str, visit: &mut Visit<'_>) {
        let mut add = |name: fmt::Arguments<'_>, word| visit(format_args!("{scope}.{name}"), word);
        add(format_args!("start_done"), Word::flag(self.start_done));
        add(format_args!("tick_done"), Word::flag(self.tick_done));
        add(format_args!("pending"), Word::flags(&self.pending));
        add(format_args!("bank.clearing"), Word::flag(self.clearing));
        add(format_args!("bank.integrating"), Word::flag(self.integrating));
        add(format_args!("bank.ticking"), Word::flag(self.ticking));
        let mut weights = Word::default();
        for neuron in (0..self.spec.neurons).rev() {
            let bits = self.spec.weight_bits;
            weights.append(&match self.weights {
                Some(input) => Word::of(self.rows.row(input)[neuron].into(), bits),
                None => Word::unknown(bits),
            });
        }
        add(format_args!("bank.weights"), weights);
        for (number, neuron) in self.neurons.iter().enumerate() {
            add(
                format_args!("bank.neuron_{number}.v"),
                Word::of(neuron.v, self.spec.potential_bits),
            );
            if self.spec.refractory_ticks > 0 {
                let left = Word::of(neuron.refractory.into(), self.spec.refractory_bits());
                add(format_args!("bank.neuron_{number}.refractory"), left);
            }
        }
    }
}
