//! Networks of version 2: what their words give, and where wrong ones stand.

use std::fs;
use std::path::Path;

use memspike_network::{
    AllToAll, Builder, Connections, Degree, Delay, Drawn, Effect, Form, Law, LifDelta, LifExp,
    LifPulse, Lognormal, Membrane, Model, Network, Normal, OneShotRow, Parrot, Poisson,
    Probability, Recorded, Regular, Reset, Rule, Spikes, Total, Trains,
};
use proptest::prelude::*;

const TEXT: &str = r#"version = 2
delay_tick_s = 1e-5

[[populations]]
name = "cells"
size = 4
[populations.model.lif_exp]
capacitance_farad = 250e-12
tau_excitatory_s = 10e-3    # that of the membrane: no special case
tau_inhibitory_s = 2e-3
[populations.model.lif_exp.membrane]
tau_s = 10e-3
rest_v = -65e-3
threshold_v = -50e-3
reset = { to_v = -65e-3 }
refractory_s = 2e-3
initial_v = { normal = { mean = -60e-3, deviation = 5e-3 } }

[[populations]]
name = "noise"
size = 2
model.poisson = { rate_hz = [10, 20], trains = "per_target" }

[[populations]]
name = "tape"
size = 3
model.recorded = { spikes = [[1e-3, 2], [1e-3, 0], [2.5e-3, 2]] }

[[projections]]
name = "inner"
from = "cells"
to = "cells"
effect = { ampere = 1e-12 }
weights = { normal = { mean = 80, deviation = 8, least = 0 } }
delay_s = { uniform = { least = 1e-3, greatest = 2e-3 } }
connections.in_degree = { degree = 3 }

[[projections]]
name = "outer"
from = "noise"
to = "cells"
effect = { ampere = 1e-12 }
weights = 5
connections.all_to_all = {}
"#;

fn membrane() -> Membrane {
    Membrane {
        tau_s: 10e-3,
        rest_v: -65e-3,
        threshold_v: -50e-3,
        reset: Reset::ToV(-65e-3),
        refractory_s: 2e-3,
        initial_v: Some(Law::normal(-60e-3, 5e-3)),
    }
}

#[test]
fn a_text_says_what_a_builder_does() {
    let mut builder = Builder::new();
    builder.delay_tick(10_000_000_000);
    let cells = builder.population(
        "cells",
        4,
        LifExp {
            membrane: membrane(),
            capacitance_farad: 250e-12,
            tau_excitatory_s: 10e-3,
            tau_inhibitory_s: 2e-3,
            drive_ampere: 0.0,
        },
    );
    let rate_hz = Law::listed(vec![10.0, 20.0]);
    let noise = builder.population("noise", 2, Poisson { rate_hz, trains: Trains::PerTarget });
    let spikes = Spikes::new(vec![(1e-3, 2), (1e-3, 0), (2.5e-3, 2)]).unwrap();
    builder.population("tape", 3, Recorded { spikes });
    let weights = Normal { mean: 80.0, deviation: 8.0, least: Some(0.0), greatest: None };
    let rule = Rule::InDegree(Degree { degree: 3, autapses: false, multapses: false });
    let inner = Connections::Drawn(Drawn { rule, weights: Law::Normal(weights) });
    let (unit, delay) = (Effect::Ampere(1e-12), Delay::Drawn(Law::uniform(1e-3, 2e-3)));
    builder.projection("inner", [cells, cells], inner, unit, delay);
    let rule = Rule::AllToAll(AllToAll { autapses: false });
    let outer = Connections::Drawn(Drawn { rule, weights: Law::Value(5.0) });
    builder.projection("outer", [noise, cells], outer, unit, Delay::All(0));
    let built = builder.build().unwrap();
    assert_eq!(Network::decode(TEXT, Form::Toml, Path::new(".")).unwrap(), built);
    // 250 pF and 10 ms are 40 Mohm.
    let Model::LifExp(neuron) = built.population(cells).model() else { panic!("exponential") };
    assert_eq!(LifExp { drive_ampere: 250e-12, ..neuron.clone() }.asymptote_v(), -65e-3 + 10e-3);
}

fn refused(from: &str, to: &str) -> String {
    assert!(TEXT.contains(from), "{from}");
    let text = TEXT.replacen(from, to, 1);
    let error = Network::decode(&text, Form::Toml, Path::new("no folder"));
    error.expect_err(&format!("{from} -> {to}")).to_string()
}

#[test]
fn wrong_words_and_numbers_are_told_with_their_place() {
    let uniform = "{ uniform = { least = 1e-3, greatest = 2e-3 } }";
    let inner = "connections.in_degree = { degree = 3 }";
    let weights = "{ normal = { mean = 80, deviation = 8, least = 0 } }";
    let messages = [
        // Delays.
        refused(uniform, "0"),
        refused(uniform, "-1e-3"),
        refused(uniform, "nan"),
        refused(uniform, "10"),
        refused(&format!("delay_s = {uniform}"), ""),
        refused(uniform, "{ normal = { mean = 1e-3, deviation = 1e-3 } }"),
        refused(uniform, "{ uniform = { least = 1e-6, greatest = 2e-3 } }"),
        refused(uniform, "{ uniform = { least = 3e-3, greatest = 2e-3 } }"),
        refused(uniform, "[1e-3, 2e-3]"),
        refused("delay_tick_s = 1e-5", "delay_tick_s = 10"),
        refused("delay_tick_s = 1e-5", "delay_tick_s = -1"),
        refused("weights = 5", "weights = 5\ndelay_s = 1e-3\ndelay_fs = 5"),
        // Membranes and sources.
        refused("tau_excitatory_s = 10e-3", "tau_excitatory_s = 0"),
        refused("tau_s = 10e-3\nrest", "tau_s = -10e-3\nrest"),
        refused("reset = { to_v = -65e-3 }", "reset = { to_v = -50e-3 }"),
        refused("reset = { to_v = -65e-3 }", "reset = \"zero\""),
        refused("reset = { to_v = -65e-3 }", "reset = \"subtract\""),
        refused("deviation = 5e-3", "deviation = -5e-3"),
        refused("[10, 20]", "[10, 20, 30]"),
        refused("[10, 20]", "[10, -20]"),
        refused("[10, 20]", "inf"),
        refused("[2.5e-3, 2]", "[0.5e-3, 2]"),
        refused("[2.5e-3, 2]", "[1e-3, 2]"),
        refused("[2.5e-3, 2]", "[-1e-3, 2]"),
        refused("[2.5e-3, 2]", "[2.5e-3, 3]"),
        // Rules.
        refused(inner, "connections.in_degree = { degree = 4 }"),
        refused(inner, "connections.total = { synapses = 13 }"),
        refused(inner, "connections.total = { synapses = 2_000_000_000_000, multapses = true }"),
        refused(inner, "connections.probability = { probability = 1.5 }"),
        refused("size = 4", "size = 1"),
        refused(inner, "connections = \"one_to_one\"\nto = \"noise\""),
        refused(weights, "nan"),
        refused(weights, "[1, 2, 3]"),
        refused(weights, "{ normal = { mean = 80, deviation = 8, least = 200 } }"),
        refused(weights, "{ lognormal = { median = 80, sigma = 80 } }"),
        refused("weights = 5", "weights = 5e30"),
        // Words.
        refused("from = \"noise\"", "from = \"noises\""),
        refused("poisson", "poison"),
        refused("trains", "train"),
        refused("in_degree", "indegree"),
        refused("connections.all_to_all = {}", "connections = \"all_to_all\""),
        refused("effect = { ampere = 1e-12 }", "effect = { volt = 1e-3 }"),
        refused("name = \"tape\"", "name = \"noise\""),
        refused("\"outer\"", "\"out er\""),
    ];
    insta::assert_snapshot!(messages.join("\n\n"));
}

#[test]
fn equal_time_constants_zero_rates_and_sources_without_delay_are_sound() {
    let sound = |from: &str, to: &str| {
        Network::decode(&TEXT.replacen(from, to, 1), Form::Toml, Path::new(".")).expect(to);
    };
    sound("tau_inhibitory_s = 2e-3", "tau_inhibitory_s = 10.00000000001e-3");
    sound("[10, 20]", "0");
    sound("weights = 5", "weights = 5\ndelay_s = 1e-15");
    sound("degree = 3", "degree = 30, multapses = true");
    sound("delay_tick_s = 1e-5", "delay_tick_s = 0");
}

/// A text whose tape is in a file with these lines.
fn taped(lines: &str) -> Result<Network, String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tape.csv"), lines).unwrap();
    let text = TEXT.replacen("[[1e-3, 2], [1e-3, 0], [2.5e-3, 2]]", "\"tape.csv\"", 1);
    let path = folder.path().join("network.toml");
    fs::write(&path, text).unwrap();
    let shown = folder.path().display().to_string();
    Network::read(path).map_err(|error| error.to_string().replace(&shown, "DIR"))
}

#[test]
fn recorded_spikes_that_are_wrong_are_told_with_their_line() {
    let good = "# time in s, neuron\n1e-3, 2\n1e-3, 0\n\n# later\n2.5e-3, 2\n";
    let network = Network::decode(TEXT, Form::Toml, Path::new(".")).unwrap();
    assert_eq!(taped(good).unwrap(), network);
    let messages = [
        taped(&good.replace("2.5e-3", "0.5e-3")),
        taped(&good.replace("2.5e-3", "1e-3")),
        taped(&good.replace("2.5e-3", "18001")),
        taped(&good.replace("2.5e-3", "nan")),
        taped(&good.replace("2.5e-3, 2", "2.5e-3, 1.5")),
        taped(&good.replace("2.5e-3, 2", "2.5e-3, 3")),
        taped(&good.replace("2.5e-3, 2", "2.5e-3")),
        taped(&good.replace("2.5e-3", "later")),
    ];
    insta::assert_snapshot!(messages.map(Result::unwrap_err).join("\n"));
}

fn laws(count: usize) -> impl Strategy<Value = Law> {
    let listed = prop::collection::vec(0.0..1.0_f64, count);
    let single = prop::collection::vec(0.0..1.0_f32, count);
    let bound = prop::option::of(0.0..0.4_f64);
    prop_oneof![
        (0.0..1.0).prop_map(Law::Value),
        (bound, 0.1..0.5).prop_map(|(least, deviation)| {
            Law::Normal(Normal {
                mean: 0.5,
                deviation,
                least: Some(least.unwrap_or(0.0)),
                greatest: Some(1.0),
            })
        }),
        (0.1..1.0_f64).prop_map(|sigma| {
            Law::Lognormal(Lognormal { median: 0.5, sigma, least: None, greatest: Some(1.0) })
        }),
        (0.0..0.5, 0.5..1.0).prop_map(|(least, greatest)| Law::uniform(least, greatest)),
        listed.prop_map(Law::listed),
        single.prop_map(Law::listed),
    ]
}

fn models(size: usize) -> impl Strategy<Value = Model> {
    let membrane = || {
        let reset =
            prop_oneof![Just(Reset::Zero), (-9.0..0.5).prop_map(Reset::ToV), Just(Reset::Subtract)];
        (reset, prop::option::of(laws(size)), 1e-6..1.0).prop_map(|(reset, initial_v, tau_s)| {
            let refractory_s = if reset == Reset::Subtract { 0.0 } else { tau_s / 3.0 };
            Membrane { tau_s, rest_v: 0.1, threshold_v: 0.5, reset, refractory_s, initial_v }
        })
    };
    let spikes = prop::collection::btree_map(0..1_000_000_u64, 0..size as u32, 0..2000);
    prop_oneof![
        (membrane(), -1.0..1.0)
            .prop_map(|(membrane, drive_v)| LifDelta { membrane, drive_v }.into()),
        (membrane(), 1e-4..1.0, 1e-4..1.0).prop_map(
            |(membrane, tau_excitatory_s, tau_inhibitory_s)| {
                let (capacitance_farad, drive_ampere) = (1e-9, 1e-10);
                LifExp {
                    membrane,
                    capacitance_farad,
                    tau_excitatory_s,
                    tau_inhibitory_s,
                    drive_ampere,
                }
                .into()
            }
        ),
        membrane().prop_map(|membrane| {
            LifPulse { membrane, capacitance_farad: 1e-9, drive_ampere: -1e-12 }.into()
        }),
        Just(Parrot {}.into()),
        (laws(size), laws(size)).prop_map(|(rate_hz, phase)| Regular { rate_hz, phase }.into()),
        (laws(size), any::<bool>()).prop_map(|(rate_hz, shared)| {
            let trains = if shared { Trains::Shared } else { Trains::PerTarget };
            Poisson { rate_hz, trains }.into()
        }),
        spikes.prop_map(|spikes| {
            let list = spikes.into_iter().map(|(us, neuron)| (us as f64 * 1e-6, neuron));
            Recorded { spikes: Spikes::new(list.collect()).unwrap() }.into()
        }),
    ]
}

fn rules() -> impl Strategy<Value = Rule> {
    (any::<bool>(), any::<bool>(), 1..5_u32, 0.0..1.0).prop_flat_map(
        |(autapses, multapses, degree, probability)| {
            let fixed = Degree { degree, autapses, multapses };
            prop_oneof![
                Just(Rule::OneToOne),
                Just(Rule::AllToAll(AllToAll { autapses })),
                Just(Rule::InDegree(fixed)),
                Just(Rule::OutDegree(fixed)),
                Just(Rule::Total(Total { synapses: degree.into(), autapses, multapses })),
                Just(Rule::Probability(Probability { probability, autapses })),
            ]
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn a_network_is_read_as_it_was_written_to_the_bit(
        (size, model) in prop_oneof![5..20_usize, 1030..1040_usize]
            .prop_flat_map(|size| (Just(size), models(size))),
        rule in rules(),
        weights in laws(0),
        delay in 1e-5..1.0_f64,
        tick in prop_oneof![Just(0_u64), Just(1_000_000_000), 1..1_000_000_u64],
        json: bool,
    ) {
        let mut builder = Builder::new();
        builder.delay_tick(tick);
        let a = builder.population("a", size, model);
        let b = builder.population("b", size, Parrot {});
        let c = builder.population("c", size, OneShotRow { pulse_v: 1.0, pulse_s: 1e-3 });
        let weights = if let Law::Listed(_) = weights { Law::Value(1.0) } else { weights };
        let drawn = Connections::Drawn(Drawn { rule, weights });
        let delay = Normal { mean: delay, deviation: delay / 50.0, least: Some(delay / 2.0), greatest: None };
        let delay = Delay::Drawn(Law::Normal(delay));
        builder.projection("p", [a, b], drawn.clone(), Effect::Trigger, delay);
        builder.projection("q", [b, c], drawn, Effect::Trigger, Delay::All(5));
        let network = builder.build().unwrap();
        let (form, name) = if json { (Form::Json, "n.json") } else { (Form::Toml, "n.toml") };
        let written = network.encode(form);
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in &written.tables {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        fs::write(folder.path().join(name), &written.text).unwrap();
        let again = Network::read(folder.path().join(name)).unwrap();
        prop_assert_eq!(format!("{again:?}"), format!("{network:?}"));
    }
}
