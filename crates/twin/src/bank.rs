//! The bare layer in rust-hdl: a memory of weights and a neuron for each output.

use memspike_lif_core::{LayerSpec, Weights};
use rust_hdl::prelude::*;

use crate::neuron::Neuron;

/// A layer with addresses of `A` bits and `N` neurons.
#[derive(LogicBlock)]
pub struct Bank<const A: usize, const N: usize, const W: usize, const P: usize> {
    pub clock: Signal<In, Clock>,
    pub rst: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub tick: Signal<In, Bit>,
    pub event_valid: Signal<In, Bit>,
    pub address: Signal<In, Bits<A>>,
    pub started: Signal<Out, Bit>,
    pub ticked: Signal<Out, Bit>,
    pub fired: [Signal<Out, Bit>; N],
    pub potential: [Signal<Out, Bits<P>>; N],
    clearing: DFF<Bit>,
    ticking: DFF<Bit>,
    integrating: DFF<Bit>,
    inputs: Constant<Bits<32>>,
    rows: [SyncROM<Bits<W>, A>; N],
    neurons: [Neuron<W, P>; N],
}

impl<const A: usize, const N: usize, const W: usize, const P: usize> Bank<A, N, W, P> {
    pub fn new(layer: &LayerSpec, weights: &Weights, shift: u32) -> Self {
        let threshold = layer.threshold.unsigned_abs();
        let two_complement = |weight: i32| {
            let bits: Bits<W> = (u64::from(weight as u32) & ((1 << W) - 1)).to_bits();
            bits
        };
        let column = |neuron| {
            let weights = weights.column(neuron).map(two_complement);
            SyncROM::from(weights.collect::<Vec<_>>().into_iter())
        };
        Self {
            clock: Signal::default(),
            rst: Signal::default(),
            start: Signal::default(),
            tick: Signal::default(),
            event_valid: Signal::default(),
            address: Signal::default(),
            started: Signal::default(),
            ticked: Signal::default(),
            fired: std::array::from_fn(|_| Signal::default()),
            potential: std::array::from_fn(|_| Signal::default()),
            clearing: DFF::default(),
            ticking: DFF::default(),
            integrating: DFF::default(),
            inputs: Constant::new((layer.inputs as u64).to_bits()),
            rows: std::array::from_fn(column),
            neurons: std::array::from_fn(|_| Neuron::new(threshold, shift)),
        }
    }
}

impl<const A: usize, const N: usize, const W: usize, const P: usize> Logic for Bank<A, N, W, P> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, clearing, ticking, integrating);
        self.clearing.d.next = self.start.val() & (!self.rst.val());
        self.ticking.d.next = self.tick.val() & (!self.rst.val());
        self.integrating.d.next = false;
        if self.event_valid.val() & (!self.rst.val()) {
            self.integrating.d.next = bit_cast::<32, A>(self.address.val()) < self.inputs.val();
        }
        self.started.next = self.clearing.q.val();
        self.ticked.next = self.ticking.q.val();
        for i in 0..N {
            self.rows[i].clock.next = self.clock.val();
            self.rows[i].address.next = self.address.val();
            self.neurons[i].clock.next = self.clock.val();
            self.neurons[i].clear.next = self.rst.val() | self.clearing.q.val();
            self.neurons[i].tick.next = self.ticking.q.val();
            self.neurons[i].integrate.next = self.integrating.q.val();
            self.neurons[i].weight.next = self.rows[i].data.val();
            self.fired[i].next = self.neurons[i].fired.val();
            self.potential[i].next = self.neurons[i].potential.val();
        }
    }
}
