//! A network with a population of each kind.

use memspike_population::{Currents, Input, Membrane, Model, Precision, Reset, Synapse, Synapses};
use memspike_time::Time;

use super::population;

/// A small network with a population of each kind, some of which hear each other.
pub fn zoo() -> (Input, Synapses) {
    let membrane = Membrane {
        tau_s: 10e-3,
        rest_v: 0.0,
        asymptote_v: 0.018,
        threshold_v: 0.015,
        reset: Reset::To(0.0),
        refractory_s: 2e-3,
    };
    let currents = Currents {
        membrane: Membrane { asymptote_v: 0.017, ..membrane },
        capacitance_farad: 1e-9,
        tau_excitatory_s: 2e-3,
        tau_inhibitory_s: 10e-3,
    };
    let trains = (0..20).map(|k| {
        (1..90).map(|n| Time::from_s(1.7e-3 * f64::from(n) + 1e-4 * f64::from(k))).collect()
    });
    let populations = vec![
        population("lif", 20, Model::Lif(membrane)),
        population("poisson", 20, Model::Poisson { rate_hz: vec![200.0; 20] }),
        population("exp", 20, Model::LifExp(currents)),
        population("relays", 20, Model::Parrot { deaf_s: 1.3e-3 }),
        population("pulse", 20, Model::LifPulse(Membrane { asymptote_v: 0.0, ..membrane })),
        population("recorded", 20, Model::Recorded(trains.collect())),
        population("few", 20, Model::Lif(membrane)),
    ];
    let mut synapses = Vec::new();
    let mut connect = |from: u32, to: u32, weight: f64, least_us: u64| {
        for k in 0..160_u32 {
            let (source, target) = (from * 20 + k * 7 % 20, to * 20 + k * k * 3 % 20);
            // The last population hears two delays, the others many.
            let more_us = if to == 6 { k % 2 * 1200 } else { k * 131 % 900 };
            let delay_fs = (least_us + u64::from(more_us)) * 1_000_000_000;
            let sign = if k % 3 == 0 { -1.0 } else { 1.0 };
            synapses.push(Synapse { source, target, weight: sign * weight, delay_fs });
        }
    };
    connect(1, 0, 2e-3, 0);
    connect(5, 2, 20e-9, 0);
    connect(0, 2, 8e-9, 300);
    connect(2, 0, 1e-3, 500);
    connect(0, 3, 1.0, 0);
    connect(3, 4, 0.1, 0);
    connect(0, 6, 2e-3, 300);
    (
        Input { populations, tick_fs: 1_000_000_000, precision: Precision::Single, seed: 5 },
        Synapses(synapses),
    )
}
