//! Layers of a core from a network.

use memspike_lif_core::{Dynamics, LayersError, Saturation, TimeStep, layers};
use memspike_network::{
    Builder, Connections, Delay, Effect, Lif, LifNeuron, NetworkError, OneShotRow, Oscillator,
    PopulationId, Weights,
};

const LIF: Lif = Lif { tau_s: 0.046, threshold_v: 0.3, reset_v: 0.1 };

/// One layer behind rows, and one behind spikes, the second before the first in the network's order.
fn two_layers(
    change: impl FnOnce(&mut Builder, [PopulationId; 4]),
) -> Result<memspike_network::Network, NetworkError> {
    let mut builder = Builder::new();
    let (resistance_ohm, capacitance_farad) = (1e6, 47e-9);
    let neuron =
        |tau_s| LifNeuron { resistance_ohm, capacitance_farad, ideal: Some(Lif { tau_s, ..LIF }) };
    let outputs = builder.population("outputs", 2, neuron(0.023));
    let hidden = builder.population("hidden", 3, neuron(0.046));
    let source = Oscillator { resistance_ohm, capacitance_farad, full_v: 2.0, ideal: None };
    let inputs = builder.population("inputs", 4, source);
    let rows = builder.population("rows", 4, OneShotRow { pulse_v: 2.0, pulse_s: 400e-6 });
    let now = Delay::All(0);
    let (one, trigger) = (Connections::OneToOne, Effect::Trigger);
    builder.projection("drivers", [inputs, rows], one, trigger, now.clone());
    let dense = Connections::Dense(weights(4, 3));
    builder.projection("array", [rows, hidden], dense, Effect::Siemens(1e-6), now.clone());
    let dense = Connections::Dense(weights(3, 2));
    builder.projection("last", [hidden, outputs], dense, Effect::Volt(0.01), now);
    change(&mut builder, [inputs, rows, hidden, outputs]);
    builder.build()
}

fn weights(inputs: usize, neurons: usize) -> Weights {
    let values: Vec<f64> = (0..inputs * neurons).map(|k| 0.1 * k as f64 - 0.3).collect();
    Weights::new(inputs, neurons, values).unwrap()
}

fn close(found: f64, expected: f64) -> bool {
    (found / expected - 1.0).abs() < 1e-14
}

#[test]
fn layers_follow_from_their_sources_in_units_of_their_weights() {
    let step = TimeStep::of_shift(&LIF, 6);
    let layers = layers(&two_layers(|_, _| {}).unwrap(), step).unwrap();
    assert_eq!(layers[0].weights, weights(4, 3));
    assert_eq!(layers[1].weights, weights(3, 2));
    // 2 V for 400 us through 1 uS into 47 nF.
    let unit_v = 2.0 * 400e-6 * 1e-6 / 47e-9;
    let Dynamics { threshold, retention, reset, saturation, refractory_ticks } = layers[0].dynamics;
    assert!(close(threshold, 0.3 / unit_v) && close(reset.unwrap(), 0.1 / unit_v));
    assert_eq!(
        (retention, saturation, refractory_ticks),
        (1.0 - 1.0 / 64.0, Saturation::Signed, 0)
    );
    // Half the time constant loses twice as much.
    let Dynamics { threshold, retention, .. } = layers[1].dynamics;
    assert!(close(threshold, 30.0) && close(retention, (63.0_f64 / 64.0).powi(2)));
}

#[test]
fn what_is_no_chain_of_layers_is_refused_by_name() {
    let step = TimeStep::of_length(1e-3);
    let refused = |change: fn(&mut Builder, [PopulationId; 4])| {
        layers(&two_layers(change).unwrap(), step).unwrap_err()
    };
    let error = refused(|builder, [_, _, hidden, _]| {
        let late = Delay::All(1);
        builder.projection(
            "again",
            [hidden, hidden],
            Connections::OneToOne,
            Effect::Volt(1.0),
            late,
        );
    });
    assert_eq!(
        error.to_string(),
        "the LIF populations are no chain: hidden has not one projection that arrives; a core has layers that \
         feed each other in order"
    );
    let error = refused(|builder, [_, _, _, outputs]| {
        let neuron = LifNeuron { resistance_ohm: 1e6, capacitance_farad: 47e-9, ideal: None };
        let more = builder.population("more", 2, neuron);
        let dense = Connections::Dense(weights(2, 2));
        builder.projection("further", [outputs, more], dense, Effect::Volt(1.0), Delay::All(0));
    });
    assert_eq!(error, LayersError::Ideal { name: "more".to_owned() });
    let error = refused(|builder, [_, _, _, outputs]| {
        let ideal = Some(LIF);
        let neuron = LifNeuron { resistance_ohm: 1e6, capacitance_farad: 47e-9, ideal };
        let more = builder.population("more", 2, neuron);
        let dense = Connections::Dense(weights(2, 2));
        builder.projection("late", [outputs, more], dense, Effect::Volt(1.0), Delay::All(9));
    });
    assert_eq!(error.to_string(), "projection 'late': a core has no delays");
}
