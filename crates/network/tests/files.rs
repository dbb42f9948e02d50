//! Networks in files: what is written is read to the bit, and what is no network is told with a remedy.

use std::fs;
use std::path::Path;

use memspike_network::{
    Builder, Connections, Delay, Effect, FileReason, Form, LONGEST_DELAY, Lif, LifNeuron, Network,
    OneShotRow, Oscillator, SparseRows, Values, Weights,
};
use proptest::prelude::*;

const TEXT: &str = r#"
version = 1

[[populations]]
name = "inputs"
size = 2
model.oscillator = { resistance_ohm = 1e6, capacitance_farad = 47e-9, full_v = 2 }

[[populations]]
name = "rows"
size = 2
model.one_shot = { pulse_v = 2, pulse_s = 400e-6 }

[[populations]]
name = "outputs"
size = 3
[populations.model.lif]
resistance_ohm = 1e6
capacitance_farad = 47e-9
ideal = { tau_s = 0.0466, threshold_v = 0.28, reset_v = 0.1 }

[[projections]]
name = "drivers"
from = "inputs"
to = "rows"
effect = "trigger"
connections = "one_to_one"

[[projections]]
name = "array"
from = "rows"
to = "outputs"
effect = { siemens = 1e-6 }
connections.dense.rows = [[0.5, -0.5, 0], [1, 0.25, -1]]
"#;

fn decoded(text: &str) -> Result<Network, FileReason> {
    Network::decode(text, Form::Toml, Path::new("."))
}

#[test]
fn a_text_says_what_a_builder_does() {
    let mut builder = Builder::new();
    let (resistance_ohm, capacitance_farad) = (1e6, 47e-9);
    let inputs = builder.population(
        "inputs",
        2,
        Oscillator { resistance_ohm, capacitance_farad, full_v: 2.0, ideal: None },
    );
    let rows = builder.population("rows", 2, OneShotRow { pulse_v: 2.0, pulse_s: 400e-6 });
    let ideal = Some(Lif { tau_s: 0.0466, threshold_v: 0.28, reset_v: 0.1 });
    let outputs =
        builder.population("outputs", 3, LifNeuron { resistance_ohm, capacitance_farad, ideal });
    let now = Delay::All(0);
    builder.projection(
        "drivers",
        [inputs, rows],
        Connections::OneToOne,
        Effect::Trigger,
        now.clone(),
    );
    let weights = Weights::new(2, 3, vec![0.5, -0.5, 0.0, 1.0, 0.25, -1.0]).unwrap();
    let dense = Connections::Dense(weights);
    builder.projection("array", [rows, outputs], dense, Effect::Siemens(1e-6), now);
    assert_eq!(decoded(TEXT).unwrap(), builder.build().unwrap());
}

#[test]
fn what_made_a_network_is_read_as_it_was_written() {
    let made = "version = 3\nshown_s = 0.1\nmade.seed = 7\nmade.rate = 1e-3\nmade.by = 'a \"b\"'\n\
                made.flags = [true, { deep = 2.5 }]\n";
    let network = decoded(&TEXT.replace("version = 1\n", made)).expect("it is read");
    assert_eq!(network.shown_s(), Some(0.1));
    for form in [Form::Toml, Form::Json] {
        let text = network.encode(form).text;
        assert!(text.contains("version") && text.contains("deep"), "{text}");
        assert_eq!(Network::decode(&text, form, Path::new(".")).expect("it is read"), network);
    }
    let without = decoded(TEXT).expect("it is read");
    assert_eq!(network.digest(), without.digest());
    assert!(without.encode(Form::Toml).text.contains("version = 2\n"));
    for (wrong, told) in [
        ("version = 3\nshown_s = 0\n", "line 3, column 11: an input is shown for 0e0 s"),
        ("version = 3\nmade.a = { b = [nan] }\n", "line 3, column 1: made.a: a number"),
        (
            "version = 3\nmade.a = 2001-01-01\n",
            "line 3, column 1: made.a: a number that is not finite, or a date",
        ),
    ] {
        let refused = decoded(&TEXT.replace("version = 1\n", wrong)).expect_err(wrong).to_string();
        assert!(refused.contains(told), "{refused}");
    }
}

#[test]
fn texts_that_are_no_network_are_refused_with_place_and_remedy() {
    let changed = |from: &str, to: &str| {
        assert!(TEXT.contains(from), "{from}");
        decoded(&TEXT.replacen(from, to, 1)).expect_err("an error").to_string()
    };
    let messages = [
        changed("version = 1", "version = 2\nplasticity = true"),
        changed("version = 1\n", ""),
        changed("pulse_s", "pulse_ms"),
        changed("model.one_shot", "model.one_shop"),
        changed("size = 3", "size = -3"),
        changed("to = \"outputs\"", "to = \"output\""),
        changed("to = \"outputs\"", "to = \"elsewhere\""),
        changed("[1, 0.25, -1]", "[1, 0.25]"),
        changed(
            "connections.dense.rows = [[0.5",
            "connections.dense.precision = \"single\"\nconnections.dense.rows = [[0.1",
        ),
        changed("[1, 0.25, -1]", "[1, nan, -1]"),
        changed("connections = \"one_to_one\"", "connections = \"all_to_all\""),
        changed("connections = \"one_to_one\"", "connections = \"one_to_one\"\ndelay_fs = -1"),
        changed("effect = \"trigger\"", "effect = { volt = 1 }"),
    ];
    insta::assert_snapshot!(messages.join("\n\n"));
}

#[test]
fn a_file_needs_an_ending_that_says_its_form() {
    let error = Network::read("network.yaml").unwrap_err().to_string();
    assert_eq!(error, "network.yaml: its name should end in .toml or .json");
    let error = Network::read("missing/network.toml").unwrap_err().to_string();
    assert!(error.starts_with("missing/network.toml: cannot be read: No such file"), "{error}");
}

/// A projection between two populations from a list with these rows.
fn listed(rows: &[[f64; 3]], delays: Option<&[f64]>) -> Result<Network, String> {
    let folder = tempfile::tempdir().unwrap();
    let table = |name: &str, columns, values: &[f64]| {
        let mut bytes = Vec::new();
        memspike_npy::write_f64(&mut bytes, columns, values).unwrap();
        fs::write(folder.path().join(name), bytes).unwrap();
    };
    table("list.npy", 3, rows.as_flattened());
    table("delays.npy", 1, delays.unwrap_or(&[0.0]));
    let delay = if delays.is_some() { "delay_fs = \"delays.npy\"" } else { "delay_fs = 5" };
    let neuron = "{ lif = { resistance_ohm = 1e6, capacitance_farad = 1e-9 } }";
    let text = format!(
        "version = 1\n[[populations]]\nname = \"a\"\nsize = 3\nmodel = {neuron}\n[[populations]]\n\
         name = \"b\"\nsize = 4\nmodel = {neuron}\n[[projections]]\nname = \"p\"\nfrom = \"a\"\nto = \"b\"\n\
         effect = {{ volt = 1 }}\n{delay}\nconnections.sparse_file.list = \"list.npy\"\n"
    );
    let path = folder.path().join("network.toml");
    fs::write(&path, text).unwrap();
    let shown = folder.path().display().to_string();
    Network::read(path).map_err(|error| error.to_string().replace(&shown, "DIR"))
}

#[test]
fn lists_of_connections_are_rows_by_source() {
    let rows = [[0.0, 3.0, 0.5], [2.0, 0.0, -1.0], [2.0, 0.0, 2.0]];
    let network = listed(&rows, Some(&[7.0, 8.0, 9.0])).unwrap();
    let (_, projection) = network.projections().next().unwrap();
    let expected =
        SparseRows::new(4, vec![0, 1, 1, 3], vec![3, 0, 0], vec![0.5, -1.0, 2.0]).unwrap();
    assert_eq!(projection.connections(), &Connections::Sparse(expected));
    assert_eq!(projection.delay(), &Delay::Each(vec![7, 8, 9]));
}

#[test]
fn lists_with_wrong_numbers_are_refused_with_the_row() {
    let messages = [
        listed(&[[0.0, 3.0, 0.5], [3.0, 0.0, 1.0]], None),
        listed(&[[0.0, 4.0, 0.5]], None),
        listed(&[[0.5, 0.0, 0.5]], None),
        listed(&[[0.0, f64::NAN, 0.5]], None),
        listed(&[[1.0, 0.0, 0.5], [0.0, 0.0, 0.5]], None),
        listed(&[[1.0, 0.0, f64::INFINITY]], None),
        listed(&[[1.0, 0.0, 0.5]], Some(&[1.5])),
        listed(&[[1.0, 0.0, 0.5]], Some(&[1.0, 2.0])),
    ];
    let messages = messages.map(Result::unwrap_err);
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn lists_are_read_from_lines_too_and_wrong_ones_are_told_with_the_line() {
    let read = |lines: &str| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("list.csv"), lines).unwrap();
        let neuron = "{ parrot = {} }";
        let text = format!(
            "version = 2\n[[populations]]\nname = \"a\"\nsize = 3\nmodel = {neuron}\n[[populations]]\n\
             name = \"b\"\nsize = 4\nmodel = {neuron}\n[[projections]]\nname = \"p\"\nfrom = \"a\"\nto = \"b\"\n\
             effect = \"trigger\"\ndelay_s = 1e-3\nconnections.sparse_file.list = \"list.csv\"\n"
        );
        let shown = folder.path().display().to_string();
        let network = Network::decode(&text, Form::Toml, folder.path());
        network.map_err(|error| error.to_string().replace(&shown, "DIR"))
    };
    let network = read("# source, target, weight\n0, 3, 0.5\n\n2, 0, -1\n2, 0, 2\n").unwrap();
    let (_, projection) = network.projections().next().unwrap();
    let expected =
        SparseRows::new(4, vec![0, 1, 1, 3], vec![3, 0, 0], vec![0.5, -1.0, 2.0]).unwrap();
    assert_eq!(projection.connections(), &Connections::Sparse(expected));
    let messages = [
        read("# heading\n0, 3, 0.5\n\n3, 0, 1\n"),
        read("# heading\n0, 4, 0.5\n"),
        read("0, 3, 0.5\n# between\n0, -1, 0.5\n"),
        read("1, 3, 0.5\n0, 3, 0.5\n"),
        read("0, 3, nan\n"),
        read("0, 3\n"),
        read("0, 3, 1\n0, 3\n"),
    ];
    insta::assert_snapshot!(messages.map(Result::unwrap_err).join("\n"));
}

fn law() -> impl Strategy<Value = Option<Lif>> {
    // Below R C = 1 s, and any potentials.
    prop::option::of((1e-4..1.0, -10.0..10.0, 1e-6..5.0).prop_map(
        |(tau_s, threshold_v, swing): (f64, f64, f64)| Lif {
            tau_s,
            threshold_v,
            reset_v: threshold_v - swing,
        },
    ))
}

fn values(count: usize) -> impl Strategy<Value = Values> {
    let double = any::<f64>().prop_filter("finite", |value| value.is_finite());
    let single = any::<f32>().prop_filter("finite", |value| value.is_finite());
    prop_oneof![
        prop::collection::vec(double, count).prop_map(Values::Double),
        prop::collection::vec(single, count).prop_map(Values::Single),
    ]
}

/// Connections of `from` to `to` neurons; above 1024 they are tables beside the text.
fn connections(from: usize, to: usize) -> BoxedStrategy<Connections> {
    let dense = (values(from * to), any::<bool>()).prop_map(move |(values, whole)| {
        let weights = Weights::new(from, to, values).unwrap();
        Connections::Dense(if whole { weights.as_integers() } else { weights })
    });
    let whole = prop::collection::vec(-9_i32..9, from * to).prop_map(move |values| {
        let values: Vec<f64> = values.into_iter().map(f64::from).collect();
        Connections::Dense(Weights::new(from, to, values).unwrap().as_integers())
    });
    let degrees = prop::collection::vec(0..=2 * to, from);
    let sparse = degrees.prop_flat_map(move |degrees| {
        let connections: usize = degrees.iter().sum();
        let targets = prop::collection::vec(0..to as u32, connections);
        (Just(degrees), targets, values(connections)).prop_map(move |(degrees, targets, values)| {
            let mut starts = vec![0];
            starts.extend(degrees.iter().scan(0, |sum, degree| {
                *sum += degree;
                Some(*sum)
            }));
            Connections::Sparse(SparseRows::new(to, starts, targets, values).unwrap())
        })
    });
    prop_oneof![dense, whole, sparse].boxed()
}

fn networks() -> impl Strategy<Value = Network> {
    let sizes = prop_oneof![(1..6_usize, 1..6_usize), (30..40_usize, 30..40_usize)];
    let parts = sizes.prop_flat_map(|(from, to)| {
        let delays = (any::<bool>(), 1..=LONGEST_DELAY, any::<u64>());
        (Just((from, to)), connections(from, to), delays, [law(), law(), law()], 1e-18..1e3_f64)
    });
    parts.prop_map(|((from, to), connections, (each, longest, salt), [a, b, c], unit)| {
        let mut builder = Builder::new();
        let (resistance_ohm, capacitance_farad) = (1e9, 1e-9);
        let oscillator = Oscillator { resistance_ohm, capacitance_farad, full_v: 2.0, ideal: a };
        let inputs = builder.population("inputs", from, oscillator);
        let rows = builder.population("rows", from, OneShotRow { pulse_v: 0.3, pulse_s: 1e-3 });
        let neuron = |ideal| LifNeuron { resistance_ohm, capacitance_farad, ideal };
        let hidden = builder.population("hidden-1", from, neuron(b));
        let outputs = builder.population("outputs", to, neuron(c));
        let (one, now) = (Connections::OneToOne, Delay::All(0));
        builder.projection("drivers", [inputs, rows], one.clone(), Effect::Trigger, now);
        let effect = Effect::Siemens(unit);
        builder.projection("array", [rows, hidden], one, effect, Delay::All(longest));
        let count = match &connections {
            Connections::Sparse(rows) => rows.len(),
            _ => from * to,
        };
        let tick =
            |k: usize| (salt ^ (k as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)) % (longest + 1);
        let delay = if each { Delay::Each((0..count).map(tick).collect()) } else { Delay::All(7) };
        builder.projection("few", [hidden, outputs], connections, Effect::Volt(unit), delay);
        builder.build().unwrap()
    })
}

/// Equality of floats does not see the sign of zero; its text does.
fn bits(network: &Network) -> String {
    format!("{network:?}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_network_is_read_as_it_was_written_to_the_bit(network in networks(), json: bool) {
        let (form, name) =
            if json { (Form::Json, "n.json") } else { (Form::Toml, "n.toml") };
        let written = network.encode(form);
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in &written.tables {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        fs::write(folder.path().join(name), &written.text).unwrap();
        let again = Network::read(folder.path().join(name)).unwrap();
        prop_assert_eq!(bits(&again), bits(&network));
    }

    #[test]
    fn no_damage_of_a_text_panics(at in 0_usize..1000, byte: u8, length in 0_usize..1100) {
        let mut bytes = TEXT.as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] = byte;
        bytes.truncate(length);
        let _ = decoded(&String::from_utf8_lossy(&bytes));
    }
}
