//! Layers of a core from a network.

use memspike_lif_core::{Dynamics, LayersError, Saturation, TimeStep, layers};
use memspike_network::{
    Builder, Connections, Delay, Effect, Input, Lif, LifDelta, LifExp, LifNeuron, Membrane,
    NetworkError, OneShotRow, Oscillator, PopulationId, Reset, Weights,
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

/// A layer of neurons that charges move at once, and one of other neurons behind it.
fn point_neurons(
    membrane: Membrane,
    drive_v: f64,
    last: impl Into<memspike_network::Model>,
) -> memspike_network::Network {
    let mut builder = Builder::new();
    let inputs = builder.population("inputs", 4, Input {});
    let hidden = builder.population("hidden", 3, LifDelta { membrane, drive_v });
    let outputs = builder.population("outputs", 2, last);
    let dense = |inputs, neurons| Connections::Dense(weights(inputs, neurons));
    builder.projection("first", [inputs, hidden], dense(4, 3), Effect::Volt(0.5), Delay::All(0));
    builder.projection("second", [hidden, outputs], dense(3, 2), Effect::Volt(0.25), Delay::All(1));
    builder.build().unwrap()
}

fn membrane(reset: Reset) -> Membrane {
    Membrane {
        tau_s: 0.02,
        rest_v: 0.0,
        threshold_v: 1.0,
        reset,
        refractory_s: 0.0,
        initial_v: None,
    }
}

#[test]
fn neurons_that_charges_move_at_once_are_layers_with_their_own_reset() {
    let last = LifDelta { membrane: membrane(Reset::ToV(0.125)), drive_v: 0.0 };
    let network = point_neurons(membrane(Reset::Subtract), 0.0, last);
    let layers = layers(&network, TimeStep::of_length(0.01)).unwrap();
    assert_eq!((&layers[0].weights, &layers[1].weights), (&weights(4, 3), &weights(3, 2)));
    let [first, last] = [layers[0].dynamics, layers[1].dynamics];
    assert_eq!((first.threshold, first.reset), (2.0, None));
    assert_eq!((last.threshold, last.reset), (4.0, Some(0.5)));
    assert!(close(first.retention, (-0.5_f64).exp()));
}

#[test]
fn what_a_core_has_not_is_refused_by_the_name_of_its_population() {
    let plain = LifDelta { membrane: membrane(Reset::Zero), drive_v: 0.0 };
    let said = |membrane: Membrane, drive_v| {
        let network = point_neurons(membrane, drive_v, plain.clone());
        layers(&network, TimeStep::of_length(0.01)).unwrap_err().to_string()
    };
    let whole = membrane(Reset::Zero);
    assert!(said(whole.clone(), 0.5).starts_with("population 'hidden': its membrane has a drive"));
    assert!(said(Membrane { rest_v: -0.1, ..whole.clone() }, 0.0).contains("has a rest"));
    assert!(
        said(Membrane { refractory_s: 1e-3, ..whole.clone() }, 0.0).contains("a refractory time")
    );
    // Neurons that no core has are no sources, however the others stand.
    let mut builder = Builder::new();
    let inputs = builder.population("inputs", 4, Input {});
    let currents = LifExp {
        membrane: whole,
        capacitance_farad: 1e-9,
        tau_excitatory_s: 1e-3,
        tau_inhibitory_s: 1e-3,
        drive_ampere: 0.0,
    };
    let hidden = builder.population("hidden", 3, currents);
    let outputs = builder.population("outputs", 2, plain.clone());
    let dense = |inputs, neurons| Connections::Dense(weights(inputs, neurons));
    builder.projection("first", [inputs, hidden], dense(4, 3), Effect::Ampere(1e-9), Delay::All(0));
    builder.projection("second", [hidden, outputs], dense(3, 2), Effect::Volt(1.0), Delay::All(1));
    let refused = layers(&builder.build().unwrap(), TimeStep::of_length(0.01)).unwrap_err();
    let (name, model) = ("hidden".to_owned(), "lif_exp");
    assert_eq!(refused, LayersError::Model { name, model });
}
