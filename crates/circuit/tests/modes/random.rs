//! Random networks that their number alone decides.

use crate::network::{End, Network};

/// SplitMix64 (Steele, Lea and Flood, 2014).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / 2f64.powi(53)
    }

    pub fn decades(&mut self, low: f64, high: f64) -> f64 {
        10f64.powf(self.between(low.log10(), high.log10()))
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }
}

/// Stages of 1 to 12 states, each with a resistor to the source or to ground; some states are alike; most
/// are coupled in pairs by 1e8 to 1e15 ohm.
pub fn weakly_coupled(random: &mut Random) -> Network {
    let mut network = stages(random, 12);
    for a in 1..network.nodes {
        let (b, ohm) = (random.below(a), random.decades(1e8, 1e15));
        network.resistors.push((End::Node(a), End::Node(b), ohm));
        if random.below(3) == 0 {
            let (b, ohm) = (random.below(a), random.decades(1e8, 1e15));
            network.resistors.push((End::Node(a), End::Node(b), ohm));
        }
    }
    network
}

/// Stages that 1 mohm to 1 Gohm couple, some by way of nodes without capacitors: rates 1e14 apart.
pub fn stiff(random: &mut Random) -> Network {
    let mut network = stages(random, 8);
    let states = network.nodes;
    for a in 1..states {
        network.resistors.push((
            End::Node(a),
            End::Node(random.below(a)),
            random.decades(1e-3, 1e9),
        ));
    }
    for hub in states..states + random.below(4) {
        network.nodes += 1;
        for _ in 0..2 + random.below(3) {
            let (arm, ohm) = (random.below(hub), random.decades(1e-3, 1e9));
            network.resistors.push((End::Node(hub), End::Node(arm), ohm));
        }
    }
    network
}

/// A stiff network with capacitors between its nodes too.
pub fn floating_capacitors(random: &mut Random) -> Network {
    let mut network = stiff(random);
    let states = network.capacitors.len();
    for _ in 0..random.below(2 * states) {
        let (a, b) = (random.below(states), random.below(states));
        if a != b {
            let farad = random.decades(1e-12, 1e-6);
            network.capacitors.push((End::Node(a), End::Node(b), farad));
        }
    }
    network
}

fn stages(random: &mut Random, most: usize) -> Network {
    let mut network = Network { nodes: 1 + random.below(most), ..Network::default() };
    let mut like = (1e5, 1e-9);
    for node in (0..network.nodes).map(End::Node) {
        if random.below(4) > 0 {
            like = (random.decades(1e2, 1e8), random.decades(1e-12, 1e-6));
        }
        let driven = node == End::Node(0) || random.below(2) == 0;
        let far = if driven { End::Source } else { End::Ground };
        network.resistors.push((far, node, like.0));
        network.capacitors.push((node, End::Ground, like.1));
    }
    network
}
