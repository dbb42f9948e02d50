//! Networks of one projection.

use memspike_network::{
    Builder, Connections, Delay, Drawn, Effect, Law, LifDelta, Membrane, Network, Reset, Rule,
    Synapse,
};

pub const MILLISECOND: Delay = Delay::All(1_000_000_000_000);

pub fn neurons() -> LifDelta {
    let membrane = Membrane {
        tau_s: 20e-3,
        rest_v: 0.0,
        threshold_v: 20e-3,
        reset: Reset::ToV(10e-3),
        refractory_s: 2e-3,
        initial_v: None,
    };
    LifDelta { membrane, drive_v: 0.0 }
}

/// Sizes of the two populations of a projection.
#[derive(Debug, Clone, Copy)]
pub enum Ends {
    /// Two populations.
    Between(usize, usize),
    /// One population, to itself.
    Within(usize),
}

impl Ends {
    pub fn sizes(self) -> (usize, usize) {
        match self {
            Self::Between(sources, targets) => (sources, targets),
            Self::Within(size) => (size, size),
        }
    }
}

pub fn network(ends: Ends, rule: Rule, weights: Law, delay: Delay) -> Network {
    let mut builder = Builder::new();
    let a = builder.population("a", ends.sizes().0, neurons());
    let b = match ends {
        Ends::Between(_, targets) => builder.population("b", targets, neurons()),
        Ends::Within(_) => a,
    };
    let drawn = Connections::Drawn(Drawn { rule, weights });
    builder.projection("p", [a, b], drawn, Effect::Volt(1e-3), delay);
    builder.build().expect("a network")
}

pub fn synapses(network: &Network, seed: u64) -> Vec<Synapse> {
    let (id, projection) = network.projections().next().expect("a projection");
    let targets = network.population(projection.to()).size() as u32;
    let mut all = Vec::new();
    network.drawing(id, seed).visit(0..targets, |synapse| all.push(synapse));
    all
}

/// Sources and targets under a rule.
pub fn pairs(ends: Ends, rule: Rule, seed: u64) -> Vec<(u32, u32)> {
    let drawn = synapses(&network(ends, rule, Law::Value(1.0), MILLISECOND), seed);
    drawn.iter().map(|synapse| (synapse.source, synapse.target)).collect()
}

/// How many synapses each source and each target has.
pub fn degrees(ends: Ends, pairs: &[(u32, u32)]) -> [Vec<f64>; 2] {
    let mut degrees = [vec![0.0; ends.sizes().0], vec![0.0; ends.sizes().1]];
    for (source, target) in pairs {
        degrees[0][*source as usize] += 1.0;
        degrees[1][*target as usize] += 1.0;
    }
    degrees
}
