//! What a builder makes, and what it refuses.

use memspike_network::{
    Builder, Connections, Delay, Effect, LONGEST_DELAY, Lif, LifNeuron, Network, NetworkError,
    OneShotRow, Oscillator, PopulationId, SparseError, SparseRows, Weights,
};

const SWING: Lif = Lif { tau_s: 0.04, threshold_v: 0.28, reset_v: 0.1 };

fn oscillator() -> Oscillator {
    Oscillator { resistance_ohm: 1e6, capacitance_farad: 47e-9, full_v: 2.0, ideal: Some(SWING) }
}

fn lif() -> LifNeuron {
    LifNeuron { resistance_ohm: 1e6, capacitance_farad: 47e-9, ideal: Some(SWING) }
}

fn row() -> OneShotRow {
    OneShotRow { pulse_v: 2.0, pulse_s: 400e-6 }
}

/// Three sources, their rows, and two layers; whatever is wrong with it `change` adds.
fn built(change: impl FnOnce(&mut Builder, [PopulationId; 4])) -> Result<Network, NetworkError> {
    let mut builder = Builder::new();
    let ids = [
        builder.population("inputs", 3, oscillator()),
        builder.population("rows", 3, row()),
        builder.population("hidden", 2, lif()),
        builder.population("outputs", 4, lif()),
    ];
    let [inputs, rows, hidden, outputs] = ids;
    builder.projection(
        "drivers",
        [inputs, rows],
        Connections::OneToOne,
        Effect::Trigger,
        Delay::All(0),
    );
    let weights = Weights::new(3, 2, vec![0.5_f32; 6]).unwrap();
    builder.projection(
        "array",
        [rows, hidden],
        Connections::Dense(weights),
        Effect::Siemens(1e-6),
        Delay::All(0),
    );
    let sparse = SparseRows::new(4, vec![0, 2, 3], vec![3, 0, 3], vec![0.1, 0.2, -0.3]).unwrap();
    builder.projection(
        "few",
        [hidden, outputs],
        Connections::Sparse(sparse),
        Effect::Volt(1e-3),
        Delay::Each(vec![1, 2, 3]),
    );
    change(&mut builder, ids);
    builder.build()
}

fn refusal(change: impl FnOnce(&mut Builder, [PopulationId; 4])) -> String {
    built(change).expect_err("an error").to_string()
}

#[test]
fn a_network_has_what_its_builder_was_told() {
    let network = built(|_, _| {}).unwrap();
    let names: Vec<&str> = network.populations().map(|(_, population)| population.name()).collect();
    assert_eq!(names, ["inputs", "rows", "hidden", "outputs"]);
    assert_eq!((network.neurons(), network.connections()), (12, 3 + 6 + 3));
    let hidden = network.find("hidden").unwrap();
    let (_, incoming) = network.incoming(hidden).next().unwrap();
    let (_, outgoing) = network.outgoing(hidden).next().unwrap();
    assert_eq!((incoming.name(), outgoing.name()), ("array", "few"));
    assert_eq!((outgoing.delay().least(), outgoing.delay()), (1, &Delay::Each(vec![1, 2, 3])));
    let Connections::Sparse(rows) = outgoing.connections() else { panic!("sparse rows") };
    assert_eq!((rows.of(0), rows.of(1), rows.targets()), (0..2, 2..3, &[3, 0, 3][..]));
    // Floats of 4 bytes, sparse rows of 8 a start, 4 a target, 8 a weight, and delays of 8.
    assert_eq!(network.bytes(), 6 * 4 + 3 * 8 + 3 * 4 + 3 * 8 + 3 * 8);
}

#[test]
fn whatever_is_no_network_is_refused_with_its_place_and_a_remedy() {
    let dense = |rows, columns| {
        Connections::Dense(Weights::new(rows, columns, vec![0.5; rows * columns]).unwrap())
    };
    let now = Delay::All(0);
    let messages = [
        Builder::new().build().unwrap_err().to_string(),
        refusal(|builder, _| {
            builder.population("hidden", 1, lif());
        }),
        refusal(|builder, _| {
            builder.population("2nd", 1, lif());
        }),
        refusal(|builder, _| {
            builder.population("none", 0, lif());
        }),
        refusal(|builder, _| {
            builder.population("slow", 1, LifNeuron { resistance_ohm: 0.0, ..lif() });
        }),
        refusal(|builder, _| {
            let ideal = Some(Lif { tau_s: 0.05, ..SWING });
            builder.population("slow", 1, LifNeuron { ideal, ..lif() });
        }),
        refusal(|builder, _| {
            let ideal = Some(Lif { reset_v: 0.28, ..SWING });
            builder.population("stuck", 1, LifNeuron { ideal, ..lif() });
        }),
        refusal(|builder, [_, _, hidden, outputs]| {
            let delay = now.clone();
            builder.projection("wide", [hidden, outputs], dense(4, 2), Effect::Volt(1.0), delay);
        }),
        refusal(|builder, [_, _, hidden, outputs]| {
            let delay = now.clone();
            let one = Connections::OneToOne;
            builder.projection("each", [hidden, outputs], one, Effect::Volt(1.0), delay);
        }),
        refusal(|builder, [_, rows, hidden, _]| {
            let delay = now.clone();
            builder.projection("jump", [rows, hidden], dense(3, 2), Effect::Volt(1.0), delay);
        }),
        refusal(|builder, [inputs, _, hidden, _]| {
            let delay = now.clone();
            builder.projection("back", [hidden, inputs], dense(2, 3), Effect::Volt(1.0), delay);
        }),
        refusal(|builder, [_, _, hidden, outputs]| {
            let delay = now.clone();
            builder.projection("nil", [hidden, outputs], dense(2, 4), Effect::Volt(0.0), delay);
        }),
        refusal(|builder, [_, _, hidden, outputs]| {
            let delay = Delay::Each(vec![1; 7]);
            builder.projection("late", [hidden, outputs], dense(2, 4), Effect::Volt(1.0), delay);
        }),
        refusal(|builder, [_, _, hidden, outputs]| {
            let delay = Delay::All(LONGEST_DELAY + 1);
            builder.projection("late", [hidden, outputs], dense(2, 4), Effect::Volt(1.0), delay);
        }),
        refusal(|builder, [_, _, hidden, outputs]| {
            for (name, ends, shape) in
                [("there", [hidden, outputs], (2, 4)), ("back", [outputs, hidden], (4, 2))]
            {
                let connections = dense(shape.0, shape.1);
                builder.projection(name, ends, connections, Effect::Volt(1.0), now.clone());
            }
        }),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_circle_may_be_closed_by_a_delay_of_a_femtosecond() {
    let network = built(|builder, [_, _, hidden, _]| {
        let weights = Weights::new(2, 2, vec![0.0, 1.0, 1.0, 0.0]).unwrap();
        let (dense, delay) = (Connections::Dense(weights), Delay::All(1));
        builder.projection("again", [hidden, hidden], dense, Effect::Volt(1.0), delay);
    });
    assert_eq!(network.unwrap().projections().len(), 4);
}

#[test]
fn a_population_of_another_network_is_refused() {
    let mut other = Builder::new();
    let ids: Vec<PopulationId> =
        (0..5).map(|n| other.population(&format!("p{n}"), 2, lif())).collect();
    let error = built(|builder, [_, _, hidden, _]| {
        let one = Connections::OneToOne;
        builder.projection("far", [hidden, ids[4]], one, Effect::Volt(1.0), Delay::All(0));
    });
    assert_eq!(error.unwrap_err(), NetworkError::Foreign { name: "far".to_owned() });
}

#[test]
fn rows_that_are_not_compressed_are_refused() {
    let rows = |starts: &[usize], targets: &[u32], weights: &[f64]| {
        SparseRows::new(3, starts.to_vec(), targets.to_vec(), weights.to_vec()).unwrap_err()
    };
    let starts = |at, found| SparseError::Starts { at, found, connections: 2 };
    assert_eq!(rows(&[0, 2], &[0, 1], &[1.0]), SparseError::Lengths { targets: 2, weights: 1 });
    assert_eq!(rows(&[0], &[], &[]), SparseError::Empty { rows: 0, columns: 3 });
    assert_eq!(rows(&[1, 2], &[0, 1], &[1.0, 1.0]), starts(0, 1));
    assert_eq!(rows(&[0, 2, 1, 2], &[0, 1], &[1.0, 1.0]), starts(2, 1));
    assert_eq!(rows(&[0, 1], &[0, 1], &[1.0, 1.0]), starts(1, 1));
    let target = SparseError::Target { at: 1, target: 3, columns: 3 };
    assert_eq!(rows(&[0, 2], &[0, 3], &[1.0, 1.0]), target);
    let error = rows(&[0, 2], &[0, 1], &[1.0, f64::INFINITY]);
    assert_eq!(error, SparseError::Weight { at: 1, value: f64::INFINITY });
}

#[test]
fn the_law_decays_exactly_and_fires_at_its_threshold() {
    let (mut v, mut fired) = (0.0, 0);
    // Half a time constant of a halving, twice: 0.2 becomes 0.1, and 0.18 more is 0.28.
    fired += u32::from(SWING.arrive(&mut v, 1.0, 0.2));
    fired += u32::from(SWING.arrive(&mut v, SWING.decay(0.04 * 2_f64.ln()), 0.17));
    assert_eq!(fired, 0);
    assert!((v - 0.27).abs() < 1e-15);
    assert!(SWING.arrive(&mut v, 1.0, 0.011));
    assert_eq!(v, 0.1);
}
