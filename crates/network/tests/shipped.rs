//! The networks in netlists/networks say what their papers do.

use std::path::PathBuf;

use memspike_network::{
    Connections, Delay, Drawn, Effect, Law, LifExp, Model, Network, Normal, Projection, Rule,
    Total, Trains,
};

fn shipped(name: &str) -> Network {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../netlists/networks");
    Network::read(folder.join(name)).expect("a network")
}

fn exponential(network: &Network, name: &str) -> LifExp {
    let id = network.find(name).expect("the population");
    let Model::LifExp(neuron) = network.population(id).model() else { panic!("exponential") };
    neuron.clone()
}

/// Number of synapses and law of the weights of a projection by its name.
fn drawn(network: &Network, name: &str) -> (u64, Normal) {
    let (_, projection) = network.projections().find(|(_, p)| p.name() == name).expect("there");
    assert_eq!(projection.effect(), Effect::Ampere(1e-12));
    let Connections::Drawn(Drawn { rule: Rule::Total(total), weights: Law::Normal(weights) }) =
        projection.connections()
    else {
        panic!("a total with normal weights")
    };
    let Total { synapses, autapses: true, multapses: true } = *total else { panic!("repetition") };
    (synapses, *weights)
}

#[test]
fn the_microcircuit_has_the_neurons_and_synapses_that_are_published() {
    // Potjans and Diesmann 2014: 77,169 neurons, "about 0.3 billion synapses"; by their tables 2.99e8.
    let network = shipped("pd14.toml");
    assert_eq!(network.neurons(), 77_169);
    assert_eq!(network.populations().len(), 8);
    let synapses = network.connections();
    assert!((298_500_000..299_500_000).contains(&synapses), "{synapses}");
    // What a total is for: two neurons are connected at least once with the probability of the paper's table 5.
    for (pair, probability) in [
        ("L23E-to-L23E", 0.1009),
        ("L4I-to-L4I", 0.1597),
        ("L6I-to-L6E", 0.2252),
        ("L23E-to-L6I", 0.0364),
    ] {
        let (_, projection) = network.projections().find(|(_, p)| p.name() == pair).unwrap();
        let size = |id| network.population(id).size() as f64;
        let pairs = size(projection.from()) * size(projection.to());
        let apart = (1.0 - 1.0 / pairs).powf(drawn(&network, pair).0 as f64);
        assert!((1.0 - apart - probability).abs() < 1e-6, "{pair}: {}", 1.0 - apart);
    }
    // Where the table has a zero there is no projection.
    assert_eq!(network.projections().len(), 55);
}

/// The highest potential above rest (V) after a current of 1 A that decays, by stepping through the closed form.
fn peak_v(neuron: &LifExp) -> f64 {
    let (tau, synaptic) = (neuron.membrane.tau_s, neuron.tau_excitatory_s);
    let scale = tau * synaptic / (tau - synaptic) / neuron.capacitance_farad;
    let potential = |t: f64| scale * ((-t / tau).exp() - (-t / synaptic).exp());
    (0..100_000).map(|k| potential(f64::from(k) * 1e-7)).fold(0.0, f64::max)
}

#[test]
fn the_microcircuits_weights_move_a_membrane_by_what_is_published() {
    let network = shipped("pd14.toml");
    let neuron = exponential(&network, "L4E");
    let peak_mv = |name: &str| drawn(&network, name).1.mean * 1e-12 * peak_v(&neuron) * 1e3;
    for (name, expected) in
        [("L23E-to-L4E", 0.15), ("L4E-to-L23E", 0.3), ("L4E-to-L4I", 0.15), ("L4I-to-L4E", -0.6)]
    {
        let found = peak_mv(name);
        assert!((found - expected).abs() < 1e-6, "{name}: {found} mV");
    }
    for (_, projection) in network.projections() {
        let (_, law) = drawn(&network, projection.name());
        assert!((law.deviation / law.mean.abs() - 0.1).abs() < 1e-9);
        let inhibits = law.mean < 0.0;
        assert_eq!(
            (law.least, law.greatest),
            if inhibits { (None, Some(0.0)) } else { (Some(0.0), None) }
        );
        let Delay::Drawn(Law::Normal(delay)) = projection.delay() else { panic!("normal delays") };
        let mean = if inhibits { 0.75e-3 } else { 1.5e-3 };
        assert_eq!((delay.mean, delay.deviation, delay.least), (mean, mean / 2.0, Some(1e-4)));
    }
    // 8 Hz from each of 2,100 neurons outside, 0.15 mV each, as a mean current.
    let outside = 8.0 * 2100.0 * 0.15e-3 / peak_v(&neuron) * 0.5e-3;
    assert!((neuron.drive_ampere / outside - 1.0).abs() < 1e-6, "{}", neuron.drive_ampere);
}

/// The current of a synapse that moves a membrane by 0.15 mV (A).
fn weight_ampere(neuron: &LifExp) -> f64 {
    0.15e-3 / peak_v(neuron)
}

/// The one weight of a projection.
fn one_weight(projection: &Projection) -> f64 {
    let Connections::Drawn(Drawn { weights: Law::Value(weight), .. }) = projection.connections()
    else {
        panic!("one weight")
    };
    *weight
}

#[test]
fn a_tenth_of_the_microcircuit_has_the_mean_and_the_variance_of_the_whole() {
    let (full, tenth) = (shipped("pd14.toml"), shipped("pd14-10.toml"));
    // Each population has a source whose trains its neurons hear for themselves.
    assert!((7_715 + 8..7_719 + 8).contains(&tenth.neurons()), "{}", tenth.neurons());
    // Rates of the full model, in the order of populations.
    let rates = [0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829];
    for (_, population) in full.populations() {
        // Mean current (A); sums of squares that the variance goes with, of recurrent inputs and of those from outside.
        let input = |network: &Network| {
            let neuron = exponential(network, population.name());
            let mut sums = [neuron.drive_ampere, 0.0, 0.0];
            let target = network.find(population.name()).unwrap();
            for (_, projection) in network.incoming(target) {
                if let Model::Poisson(_) = network.population(projection.from()).model() {
                    let rate_hz = network.population(projection.from()).rate_hz(0, 0).unwrap();
                    sums[0] += one_weight(projection) * 1e-12 * rate_hz * neuron.tau_excitatory_s;
                    sums[2] += (one_weight(projection) * 1e-12).powi(2) * rate_hz;
                    continue;
                }
                let (synapses, weights) = drawn(network, projection.name());
                let source = network.population(projection.from()).name();
                let rate = rates[full.find(source).unwrap().index()];
                let spikes = synapses as f64 / network.population(target).size() as f64 * rate;
                let weight = weights.mean * 1e-12;
                sums[0] += weight * spikes * neuron.tau_excitatory_s;
                sums[1] += weight * weight * spikes;
            }
            sums
        };
        let ([mean, square, _], [small_mean, small_square, outside]) =
            (input(&full), input(&tenth));
        // 8 Hz of each of the inputs from outside, of which the full model has the mean alone, as its drive.
        let weight = weight_ampere(&exponential(&full, population.name()));
        let drive = exponential(&full, population.name()).drive_ampere;
        assert!((outside / (drive / 0.5e-3 * weight) - 1.0).abs() < 1e-6, "{outside:e}");
        // Sizes are whole numbers: 106 neurons for 106.5 change in-degrees by half a percent.
        assert!((small_mean - mean).abs() < 3e-12 + 0.005 * mean.abs(), "{mean:e} {small_mean:e}");
        assert!((small_square / square - 1.0).abs() < 0.006, "{square:e} {small_square:e}");
    }
}

#[test]
fn brunels_four_regimes_have_the_parameters_of_his_figure() {
    for (name, g, part) in [
        ("brunel-sr.toml", 3.0, 2.0),
        ("brunel-si-fast.toml", 6.0, 4.0),
        ("brunel-ai.toml", 5.0, 2.0),
        ("brunel-si-slow.toml", 4.5, 0.9),
    ] {
        let network = shipped(name);
        assert_eq!(network.connections(), 12_500 * 1_251);
        let outside = network.population(network.find("outside-inhibitory").unwrap());
        let Model::Poisson(source) = outside.model() else { panic!("{name}: a Poisson process") };
        assert_eq!((outside.size(), source.trains), (1, Trains::PerTarget));
        // The mean of the potential without spikes, rate x weight x time constant, over the threshold.
        let mean_v = outside.rate_hz(0, 0).unwrap() * 0.1e-3 * 20e-3;
        assert!((mean_v / 20e-3 - part).abs() < 1e-9, "{name}: {mean_v} V");
        let weight = |projection: &str| {
            let (_, found) = network.projections().find(|(_, p)| p.name() == projection).unwrap();
            one_weight(found)
        };
        let ratio = weight("inhibitory-to-excitatory") / weight("excitatory-to-excitatory");
        assert!((ratio + g).abs() < 1e-9, "{name}: {ratio}");
    }
}

#[test]
fn the_benchmark_of_ten_thousand_neurons_has_a_thousand_inputs_each() {
    let network = shipped("job-b.toml");
    assert_eq!((network.neurons(), network.connections()), (10_000, 10_000_000));
}
