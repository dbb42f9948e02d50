//! Random networks of layers, and spikes for them.

use memspike_adjoint::Spike;
use memspike_network::{
    Builder, Connections, Delay, Effect, LifPulse, Membrane, Network, OneShotRow, Recorded, Reset,
    Spikes, Weights,
};
use memspike_random::Draws;
use rand::RngExt as _;

/// Draws of a case.
pub struct Case {
    generator: memspike_random::Generator,
}

impl Case {
    pub fn new(number: u64) -> Self {
        Self { generator: Draws::new(17, "case of a test").generator(number) }
    }

    pub fn within(&mut self, least: f64, greatest: f64) -> f64 {
        least + (greatest - least) * self.generator.random::<f64>()
    }

    pub fn whole(&mut self, least: usize, greatest: usize) -> usize {
        self.generator.random_range(least..=greatest)
    }

    /// A network of one to three layers, some of which feed themselves, through the rows of the next layer or rows of their
    /// own. Some neurons begin away from their rest, are driven, reset below zero or are refractory.
    pub fn network(&mut self, spikes: &[Spike], inputs: usize) -> Network {
        let mut builder = Builder::new();
        let list = spikes.iter().map(|spike| (spike.at_s, spike.neuron)).collect();
        let spikes = Spikes::new(list).expect("spikes are in order");
        let mut before = builder.population("inputs", inputs, Recorded { spikes });
        let (layers, mut size) = (self.whole(1, 3), inputs);
        let mut feeds_itself = None;
        for number in 0..layers {
            let row = OneShotRow { pulse_v: 2.0, pulse_s: self.femtoseconds(2e-3, 30e-3) };
            let rows = builder.population(&format!("rows{number}"), size, row);
            let least = if number == 0 { 0.0 } else { 1e-15 };
            let after = Delay::All((self.within(least, 2e-3) * 1e15).ceil() as u64);
            let (one, array) = (Connections::OneToOne, Delay::All(self.whole(0, 1_000_000) as u64));
            builder.projection(&format!("d{number}"), [before, rows], one, Effect::Trigger, after);
            if let Some(size) = feeds_itself.take() {
                let own = Connections::Dense(self.weights(size, size, 0.3));
                let unit = Effect::Siemens(1e-6);
                builder.projection(&format!("r{number}"), [rows, before], own, unit, array.clone());
            }
            let to = self.whole(1, 6);
            let neurons = builder.population(&format!("n{number}"), to, self.neuron());
            let weights = Connections::Dense(self.weights(size, to, 0.6));
            let unit = Effect::Siemens(1e-6);
            builder.projection(&format!("s{number}"), [rows, neurons], weights, unit, array);
            (before, size) = (neurons, to);
            feeds_itself = (self.whole(0, 2) == 0).then_some(to);
        }
        builder.build().expect("a network of layers")
    }

    fn femtoseconds(&mut self, least_s: f64, greatest_s: f64) -> f64 {
        (self.within(least_s, greatest_s) * 1e15).round() / 1e15
    }

    fn weights(&mut self, rows: usize, columns: usize, size: f64) -> Weights {
        let values: Vec<f64> =
            (0..rows * columns).map(|_| self.within(-0.3 * size, size)).collect();
        Weights::new(rows, columns, values).expect("finite weights")
    }

    fn neuron(&mut self) -> LifPulse {
        let rests = self.whole(0, 1) == 0;
        let reset = match self.whole(0, 2) {
            0 => Reset::Zero,
            1 => Reset::ToV(self.within(-0.1, 0.1)),
            _ if rests => Reset::Zero,
            _ => Reset::Subtract,
        };
        let membrane = Membrane {
            tau_s: self.within(5e-3, 60e-3),
            rest_v: self.within(-0.02, 0.02),
            threshold_v: self.within(0.15, 0.25),
            reset,
            refractory_s: if rests { self.femtoseconds(1e-4, 20e-3) } else { 0.0 },
            initial_v: (self.whole(0, 1) == 0)
                .then(|| memspike_network::Law::Value(self.within(-0.1, 0.14))),
        };
        let drive_ampere = if self.whole(0, 3) == 0 { self.within(0.0, 0.3e-6) } else { 0.0 };
        LifPulse { membrane, capacitance_farad: 47e-9, drive_ampere }
    }

    /// Spikes of inputs on picoseconds, in order.
    pub fn spikes(&mut self, inputs: usize, until_s: f64) -> Vec<Spike> {
        let count = self.whole(inputs, 4 * inputs);
        let mut spikes: Vec<Spike> = (0..count)
            .map(|_| {
                let at_s = (self.within(0.0, 0.9 * until_s) * 1e12).round() / 1e12;
                Spike { at_s, neuron: self.whole(0, inputs - 1) as u32 }
            })
            .collect();
        spikes.sort_by(|a, b| a.at_s.total_cmp(&b.at_s).then(a.neuron.cmp(&b.neuron)));
        spikes.dedup();
        spikes
    }
}
