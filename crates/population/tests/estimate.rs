//! What a network is said to take, against what it takes once it is built.

use std::path::Path;

use memspike_network::{Form, Network};
use memspike_population::{Description, Options, Precision, Simulation, estimate};

/// 1,000 neurons that hear 500 each.
const TEXT: &str = r#"
version = 2
[[populations]]
name = "all"
size = 1000
[populations.model.lif_delta.membrane]
tau_s = 20e-3
threshold_v = 20e-3
reset = "zero"
[[projections]]
name = "recurrent"
from = "all"
to = "all"
effect = { volt = 1e-3 }
delay_s = 1.5e-3
connections.in_degree = { degree = 500, multapses = true }
"#;

/// With words replaced, what is said of each synapse, and what each has: bytes.
fn said_and_built(changes: &[(&str, &str)]) -> (u64, f64) {
    let text = changes.iter().fold(TEXT.to_owned(), |text, (from, to)| {
        assert!(text.contains(from));
        text.replace(from, to)
    });
    let network = Network::decode(&text, Form::Toml, Path::new("")).unwrap();
    let description = Description::new(&network, 1, Precision::Single).unwrap();
    let built = Simulation::new(&description.input, &description, &Options::default()).unwrap();
    let each = built.bytes() as f64 / built.synapses() as f64;
    (estimate(&network, 1).synapse_bytes, each)
}

#[test]
fn full_and_long_delays_take_more() {
    let drawn = |law: &str| format!("delay_s = {{ uniform = {law} }}");
    let short = drawn("{ least = 1e-3, greatest = 32.767e-3 }");
    let long = drawn("{ least = 1e-3, greatest = 33e-3 }");
    let full = format!("delay_tick_s = 0\n{}", TEXT.trim_start().replace("version = 2\n", ""));
    let full = full.replace("delay_s = 1.5e-3", &short);
    for (from, to, bytes) in [
        // One delay takes nothing, however long or odd it is, and one weight neither.
        ("delay_s = 1.5e-3", "delay_s = 1.5e-3", 2),
        ("delay_s = 1.5e-3", "delay_s = 0.1", 2),
        ("delay_s = 1.5e-3", "delay_fs = 1234567891", 2),
        // 15 bits of microseconds end at 32.767 ms.
        ("delay_s = 1.5e-3", short.as_str(), 8),
        ("delay_s = 1.5e-3", long.as_str(), 24),
        (TEXT, &format!("version = 2\n{full}"), 24),
    ] {
        let (said, built) =
            said_and_built(&[(from, to), ("multapses = true", "multapses = false")]);
        assert_eq!(said, bytes, "{to}");
        // Beside synapses there are rows and states.
        let ratio = built / bytes as f64;
        assert!((1.0..1.1).contains(&ratio), "{to}: {built}");
    }
}

#[test]
fn equal_synapses_of_one_pair_are_folded_where_their_sum_is_exact() {
    let folded = said_and_built(&[]).1;
    let single = said_and_built(&[("multapses = true", "multapses = false")]).1;
    // Half of the pairs are drawn in the mean, k times with the chance P(k) = exp(-0.5) 0.5^k / k!. A synapse without others of its pair takes 2
    // bytes. Those of a pair have weights of their own, 6 bytes: 2 or 4 of them are one, 3 or 5 stay.
    let chance = |k: i32, factorial: f64| (-0.5_f64).exp() * 0.5_f64.powi(k) / factorial;
    let weighed = chance(2, 2.0) + 3.0 * chance(3, 6.0) + chance(4, 24.0) + 5.0 * chance(5, 120.0);
    let expected = (2.0 * chance(1, 1.0) + 6.0 * weighed) / 0.5 - 2.0;
    assert!((folded - single - expected).abs() < 0.01, "{folded} {single} {expected}");
}

#[test]
fn the_microcircuit_takes_eight_bytes_a_synapse() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../netlists/networks");
    let network = Network::read(folder.join("pd14.toml")).unwrap();
    let said = estimate(&network, 2);
    assert_eq!((said.neurons, said.synapse_bytes), (77_169, 8));
    // 2.99e8 synapses of 8 bytes, and some tens of megabytes for neurons, rows and the process.
    assert!((2.39e9..2.45e9).contains(&(said.run_bytes as f64)), "{said:?}");
    // Every further part of the targets keeps where its rows begin, and, until it is built, how long they are.
    let more = estimate(&network, 3);
    let parts = (more.run_bytes - said.run_bytes) / (4 * 77_169);
    assert!((1..=8).contains(&parts), "{parts}");
    assert_eq!(more.build_bytes - said.build_bytes, 2 * (more.run_bytes - said.run_bytes));
}

#[test]
fn numbers_that_no_machine_has_do_not_overflow() {
    let text = TEXT.replace("size = 1000", "size = 4000000000").replace("500", "4000000");
    let network = Network::decode(&text, Form::Toml, Path::new("")).unwrap();
    let said = estimate(&network, 1_000_000);
    assert!(said.build_bytes > 100_000_000_000_000_000, "{said:?}");
}
