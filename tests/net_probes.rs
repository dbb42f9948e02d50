//! `memspike net --probe` from outside: membranes at stated instants are those of closed forms, and looking changes no spike.

#[path = "common/networks.rs"]
mod networks;
#[path = "common/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use networks::{LIVELY, folder, lasting, run};
use program::{memspike, text};

/// One membrane under its drive, one under a current that a recorded spike at 5 ms starts, one under a pulse from a driver which that
/// spike starts as well.
const CLOSED: &str = r#"
version = 2

[[populations]]
name = "driven"
size = 2
[populations.model.lif_delta]
drive_v = 30e-3
[populations.model.lif_delta.membrane]
tau_s = 20e-3
threshold_v = 20e-3
reset = { to_v = 10e-3 }
refractory_s = 2e-3

[[populations]]
name = "current"
size = 1
[populations.model.lif_exp]
capacitance_farad = 200e-12
tau_excitatory_s = 2e-3
tau_inhibitory_s = 3e-3
drive_ampere = 0
[populations.model.lif_exp.membrane]
tau_s = 10e-3
rest_v = -70e-3
threshold_v = 0
reset = { to_v = -70e-3 }

[[populations]]
name = "pulsed"
size = 1
[populations.model.lif_pulse]
capacitance_farad = 1e-9
drive_ampere = 0
[populations.model.lif_pulse.membrane]
tau_s = 8e-3
threshold_v = 1
reset = "zero"

[[populations]]
name = "driver"
size = 1
model.one_shot = { pulse_v = 2, pulse_s = 4e-3 }

[[populations]]
name = "spike"
size = 1
model.recorded = { spikes = [[5e-3, 0]] }

[[projections]]
name = "to-current"
from = "spike"
to = "current"
effect = { ampere = 50e-12 }
connections = "one_to_one"

[[projections]]
name = "to-driver"
from = "spike"
to = "driver"
effect = "trigger"
connections = "one_to_one"

[[projections]]
name = "to-pulsed"
from = "driver"
to = "pulsed"
effect = { siemens = 1e-9 }
delay_s = 1e-3
connections = "one_to_one"
"#;

/// Potential (V) and current (A), which may be none, by population and instant (s).
type Seen = BTreeMap<(String, u32), Vec<(f64, f64, Option<f64>)>>;

fn seen(path: &Path) -> Seen {
    let csv = fs::read_to_string(path).expect("a recording");
    let mut rows = csv.lines().skip_while(|line| line.starts_with('#'));
    assert_eq!(rows.next(), Some("time_s,population,neuron,potential_v,current_ampere"));
    let mut seen = Seen::new();
    for row in rows.filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = row.split(',').collect();
        let number = |at: usize| cells[at].parse::<f64>().ok();
        let key = (cells[1].to_owned(), cells[2].parse().expect("a neuron"));
        let [at_s, potential_v] = [0, 3].map(|at| number(at).expect("a number"));
        seen.entry(key).or_default().push((at_s, potential_v, number(4)));
    }
    seen
}

fn near(value: f64, truth: f64, within: f64) -> bool {
    (value - truth).abs() <= within
}

#[test]
fn membranes_and_currents_are_those_of_closed_forms() {
    let folder = folder(CLOSED);
    let probes = ["driven[1]@0.7e-3", "current@0.3e-3", "pulsed[0]@0.3e-3"];
    let mut arguments = vec!["--until", "0.06", "--probe-out", "seen.csv"];
    probes.iter().for_each(|probe| arguments.extend(["--probe", probe]));
    run(folder.path(), &arguments);
    let seen = seen(&folder.path().join("seen.csv"));
    assert_eq!(seen.len(), 3);
    // From 0 towards 30 mV up to 20 mV, then held for 2 ms at 10 mV, and from there again.
    let first_s = 20e-3 * 3.0_f64.ln();
    let again_s = 20e-3 * 2.0_f64.ln();
    let driven = &seen[&("driven".to_owned(), 1)];
    assert_eq!(driven.len(), 86);
    for (k, &(at_s, potential_v, current)) in driven.iter().enumerate() {
        assert!(near(at_s, k as f64 * 0.7e-3, 1e-17) && current.is_none());
        let since_s = at_s - first_s;
        let cycle_s = since_s.rem_euclid(2e-3 + again_s);
        let truth = match since_s {
            _ if since_s < 0.0 => 30e-3 * (1.0 - (-at_s / 20e-3).exp()),
            _ if cycle_s < 2e-3 => 10e-3,
            _ => 30e-3 - 20e-3 * (-(cycle_s - 2e-3) / 20e-3).exp(),
        };
        assert!(near(potential_v, truth, 1e-15), "{at_s}: {potential_v} {truth}");
    }
    // A current of 50 pA that decays within 2 ms, into 200 pF with 10 ms. Weights are stored in single precision.
    let jump = f64::from(50e-12_f32);
    let current = &seen[&("current".to_owned(), 0)];
    assert_eq!(current.len(), 201);
    for &(at_s, potential_v, current) in current {
        let after_s = at_s - 5e-3;
        let (ampere, moved) = if after_s < -1e-16 {
            (0.0, 0.0)
        } else {
            let [membrane, synapse] = [10e-3, 2e-3].map(|tau_s: f64| (-after_s / tau_s).exp());
            let slope = jump / 200e-12;
            (jump * synapse, slope * (membrane - synapse) / (1.0 / 2e-3 - 1.0 / 10e-3))
        };
        assert!(near(potential_v, -70e-3 + moved, 1e-15), "{at_s}: {potential_v} {moved}");
        assert!(near(current.expect("a current"), ampere, 1e-24), "{at_s}: {current:?} {ampere}");
    }
    // 2 V through 1 nS from 6 to 10 ms: towards 2 nA x 8 Mohm, which is what is stored.
    let plateau = f64::from(16e-3_f32);
    for &(at_s, potential_v, current) in &seen[&("pulsed".to_owned(), 0)] {
        let [on_s, off_s] = [6e-3, 10e-3].map(|edge_s| (at_s - edge_s).max(0.0));
        let risen = |s: f64| plateau * (1.0 - (-s / 8e-3).exp());
        assert!(near(potential_v, risen(on_s) - risen(off_s), 1e-15), "{at_s}: {potential_v}");
        // At the edges themselves the pulse has begun, and has ended.
        let ampere =
            if (6e-3 - 1e-16..10e-3 - 1e-16).contains(&at_s) { plateau / 8e6 } else { 0.0 };
        assert!(near(current.expect("a current"), ampere, 1e-23), "{at_s}: {current:?}");
    }
}

#[test]
fn probes_change_no_spike_and_do_not_depend_on_each_other() {
    let folder = folder(LIVELY);
    let blind = run(folder.path(), &["-o", "blind.parquet"]);
    let every = ["--probe", "excitatory@0.01", "--probe", "inhibitory[0,7-9]@0.013"];
    let out = ["-o", "seen.parquet", "--probe-out", "all.csv"];
    let more = ["--probe", "currents[3]@1.1e-4", "--probe", "inhibitory[8]@0.0026"];
    let one = run(folder.path(), &[&out[..], &every, &more].concat());
    assert_eq!(lasting(&one), lasting(&blind));
    let bytes = |name: &str| fs::read(folder.path().join(name)).expect("a recording");
    assert!(bytes("blind.parquet") == bytes("seen.parquet"));
    let together = seen(&folder.path().join("all.csv"));
    run(folder.path(), &[&["--threads", "3", "--probe-out", "few.csv"], &every[2..]].concat());
    let few = seen(&folder.path().join("few.csv"));
    assert_eq!(few.len(), 4);
    for (neuron, rows) in &few {
        assert_eq!(rows.len(), 47);
        // Number 8 is looked at more often, and once where both are due.
        assert!(rows.iter().all(|row| together[neuron].contains(row)), "{neuron:?}");
        let instants: Vec<f64> = together[neuron].iter().map(|row| row.0).collect();
        assert!(instants.windows(2).all(|pair| pair[0] < pair[1]));
    }
    assert_eq!(together[&("inhibitory".to_owned(), 8)].len(), 231);
    assert_eq!(together[&("excitatory".to_owned(), 599)].len(), 61);
}

#[test]
fn probes_of_what_is_not_there_are_refused() {
    let folder = folder(LIVELY);
    for (probe, words) in [
        ("excitatori@1e-3", &["excitatori", "is 'excitatory' meant?"][..]),
        ("zebra@1e-3", &["no population 'zebra'"]),
        ("relay@1e-3", &["relay", "parrot", "no membrane"]),
        ("excitatory[600]@1e-3", &["600 neurons, from 0 on, and none of number 600"]),
        ("excitatory[0-4294967295]@1e-3", &["none of number 4294967295"]),
        ("excitatory[4294967296]@1e-3", &["no number of a neuron"]),
        ("excitatory", &["a population", "a time"]),
        ("excitatory@1e-16", &["1e-15"]),
        ("excitatory[3-1]@1", &["ends before it begins"]),
    ] {
        let arguments = ["net", "network.toml", "--probe", probe, "--probe-out", "seen.csv"];
        let output = memspike(folder.path(), &arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{probe}: {said}");
        assert!(words.iter().all(|word| said.contains(word)), "{words:?}: {said}");
    }
    let same = ["--probe", "excitatory@1e-3", "--probe-out", "a.csv", "-o", "./a.csv"];
    let output = memspike(folder.path(), &[&["net", "network.toml"], &same[..]].concat());
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
}
