//! Every architecture and every kind of neuron through the real tools.

mod common;

use std::fs;

use common::{core, digits, edit, exported, passes, passes_all, run, small};
use memspike_hdl::Simulator;
use memspike_lif_core::{Answer, LayerSpec, Leak, Reset, Saturation, Stimulus, answers};

/// Kinds of neurons that together use everything a specification can say.
fn kinds() -> Vec<LayerSpec> {
    vec![
        small(16, 4),
        LayerSpec { leak: Leak::None, reset: Reset::Zero, refractory_ticks: 1, ..small(13, 5) },
        LayerSpec {
            leak: Leak::Multiply { factor: 117, shift: 7 },
            reset: Reset::Hold { value: -9 },
            refractory_ticks: 5,
            ..small(16, 3)
        },
        LayerSpec {
            saturation: Saturation::NonNegative,
            reset: Reset::Hold { value: 4 },
            ..small(9, 4)
        },
    ]
}

#[test]
fn every_kind_of_neuron_passes_as_serial_core() {
    for kind in kinds() {
        let folder = exported(&core(vec![kind]), "serial", 1);
        passes_all(&["check", "lint", "sim", "netlist", "prove"], folder.path());
    }
}

#[test]
fn every_kind_of_neuron_passes_as_parallel_core() {
    for kind in kinds() {
        let folder = exported(&core(vec![kind]), "parallel", 1);
        passes_all(&["lint", "sim", "netlist", "prove"], folder.path());
    }
}

#[test]
fn leaks_by_factors_of_any_length_pass() {
    // 0.999 and 0.9 as nearly as asked, the longest factor in few bits of potential, and nearly nothing that remains.
    for (factor, shift) in [(32_735, 15), (461, 9), ((1 << 24) - 3, 24), (1, 8)] {
        let leak = Leak::Multiply { factor, shift };
        let kind = LayerSpec { leak, potential_bits: 12, ..small(8, 2) };
        let folder = exported(&core(vec![kind]), "serial", 1);
        passes_all(&["lint", "sim", "prove"], folder.path());
    }
}

#[test]
fn folded_cores_pass_with_fewer_as_many_and_more_lanes_than_neurons() {
    for lanes in [2, 4, 8] {
        let kind = LayerSpec { refractory_ticks: 2, ..small(10, 5) };
        let folder = exported(&core(vec![kind]), "folded", lanes);
        passes_all(&["lint", "sim"], folder.path());
    }
}

#[test]
fn chained_layers_pass_in_every_architecture() {
    let layers = vec![small(12, 7), LayerSpec { threshold: 12, ..small(7, 3) }];
    for architecture in ["serial", "parallel", "folded"] {
        let folder = exported(&core(layers.clone()), architecture, 4);
        passes_all(&["lint", "sim", "netlist", "prove"], folder.path());
    }
}

#[test]
fn potentials_that_stop_at_narrow_ends_pass_in_every_architecture() {
    // Sums of one sign need 8 bits.
    let narrow = |inputs, neurons| LayerSpec {
        weight_bits: 4,
        potential_bits: 5,
        threshold: 9,
        ..small(inputs, neurons)
    };
    let layers = vec![narrow(12, 7), LayerSpec { potential_bits: 6, threshold: 31, ..small(7, 3) }];
    let core = core(layers);
    assert!(core.layers().all(|(spec, weights)| spec.potential_bits < spec.sure_bits(weights)));
    for architecture in ["serial", "parallel", "folded"] {
        let folder = exported(&core, architecture, 4);
        passes_all(&["lint", "sim", "netlist", "prove", "quiet"], folder.path());
    }
}

#[test]
fn the_smallest_core_has_one_input_and_one_neuron() {
    for architecture in ["serial", "parallel"] {
        let folder = exported(&core(vec![small(1, 1)]), architecture, 1);
        passes_all(&["lint", "sim", "prove"], folder.path());
    }
}

#[test]
fn a_stream_of_images_through_verilator_gives_spikes_and_counts_of_the_event_level_model() {
    let folder = exported(&core(vec![small(16, 4)]), "serial", 1);
    passes("stream", folder.path());
    // One count higher by one: the comparison is real.
    let path = folder.path().join("answers.txt");
    let text = fs::read_to_string(&path).expect("answers");
    let (before, last) = text.trim_end().rsplit_once(' ').expect("counts");
    let count: u32 = last.parse().expect("a count");
    fs::write(&path, format!("{before} {}\n", count + 1)).expect("answers");
    let verdict = run("stream", folder.path());
    assert!(!verdict.passed && verdict.line().starts_with("FAIL"), "{}", verdict.output);
}

#[test]
fn counts_of_an_image_without_ticks_are_read_when_its_start_has_gone_through_all_layers() {
    let easy = |inputs, neurons| LayerSpec { threshold: 1, ..small(inputs, neurons) };
    let core = core(vec![easy(16, 7), easy(7, 3)]);
    let image = std::iter::once(Stimulus::Start).chain((0..16).map(Stimulus::Event));
    let mut stimuli: Vec<Stimulus> = image.collect();
    stimuli.extend([Stimulus::Tick; 20]);
    stimuli.extend([Stimulus::Start, Stimulus::Event(3), Stimulus::Start]);
    let answers = answers(&core, &stimuli);
    let counts = |counts: &[u32]| Answer::Counts(counts.into());
    assert_ne!(answers[20], counts(&[0; 3]), "somebody fires in the first image");
    assert_eq!(answers[21..], [counts(&[0; 3]), counts(&[0; 3])]);
    for architecture in ["serial", "parallel"] {
        let folder = exported(&core, architecture, 1);
        let simulator = Simulator::build(folder.path()).expect("a simulator");
        simulator.compare("idle", &core, &stimuli, &answers).expect("the same answers");
    }
}

#[test]
fn a_layer_for_mnist_passes_and_one_changed_weight_fails() {
    let folder = exported(&core(vec![digits()]), "serial", 1);
    passes_all(&["lint", "sim"], folder.path());
    let path = folder.path().join("lif_weights_0.hex");
    let mut lines: Vec<String> =
        fs::read_to_string(&path).expect("weights").lines().map(str::to_owned).collect();
    // Input 500, neuron 3; the lowest bit.
    let word = &mut lines[5003];
    let value = u8::from_str_radix(word, 16).expect("a byte") ^ 1;
    *word = format!("{value:02x}");
    fs::write(&path, lines.join("\n") + "\n").expect("weights");
    let verdict = run("sim", folder.path());
    assert!(!verdict.passed && verdict.line().starts_with("FAIL"), "{}", verdict.output);
    assert!(!run("check", folder.path()).passed);
}

#[test]
fn a_gate_that_fails_says_which_register_differs() {
    let folder = exported(&core(vec![small(16, 4)]), "serial", 1);
    edit(folder.path(), "lif.v", "$signed({v[8], v, 1'd1})", "$signed({v[8], v, 1'd0})");
    let verdict = run("sim", folder.path());
    assert!(!verdict.passed);
    assert!(verdict.output.contains("layer_0.states["), "{}", verdict.output);
}

#[test]
fn a_proof_that_fails_says_which_assertion_does_not_hold() {
    let says = |from: &str, to: &str| {
        let folder = exported(&core(vec![small(16, 4)]), "parallel", 1);
        edit(folder.path(), "lif.v", from, to);
        let verdict = run("prove", folder.path());
        assert!(!verdict.passed);
        assert!(verdict.line().ends_with(" (build/prove.log)"), "{}", verdict.output);
        verdict.line().to_owned()
    };
    // A layer takes events also while it is told to start; its description asserts when it does.
    let from = "assign in_ready = idle & (~(in_start | in_tick));";
    let handshake = says(from, "assign in_ready = idle & (~in_tick);");
    assert!(handshake.contains("reference_shell.v:"), "{handshake}");
    assert!(handshake.contains(" does not hold: assert("), "{handshake}");
    let neuron = says("assign fired = tick & reached;", "assign fired = reached;");
    assert!(neuron.contains("the core differs from reference.v"), "{neuron}");
    let nonsense = says("assign fired = tick & reached;", "assign fired = = reached;");
    assert!(nonsense.contains("lif.v:") && nonsense.contains("syntax error"), "{nonsense}");
}

#[test]
fn a_proof_of_a_parallel_layer_refutes_what_differs_at_one_of_its_neurons() {
    let layer = LayerSpec { refractory_ticks: 2, ..small(13, 4) };
    let folder = exported(&core(vec![layer]), "parallel", 1);
    let whole = fs::read_to_string(folder.path().join("lif.v")).expect("the core");
    let faults = [
        // Neurons that fire in each other's name, a weight of the neighbour, a neuron that is never cleared, one with a threshold of
        // its own; an address beyond the inputs that is heeded, refractory ticks that do not pass.
        (".fired(fired[2])", ".fired(fired[3])"),
        ("$signed(weights[14:10])", "$signed(weights[9:5])"),
        (".clear(clear),", ".clear(1'b0),"),
        ("#(.THRESHOLD(THRESHOLD)) neuron_2 ", "#(.THRESHOLD(THRESHOLD + 9'sd1)) neuron_2 "),
        ("integrating <= known;", "integrating <= event_valid;"),
        ("refractory <= next_refractory;", "refractory <= refractory;"),
    ];
    let mut others: Vec<String> = Vec::new();
    for (from, to) in faults {
        assert!(whole.contains(from), "{from} is not there");
        others.push(whole.replacen(from, to, 1));
    }
    // All neurons with another threshold, so that they are of one kind still.
    let from = "#(.THRESHOLD(THRESHOLD)) neuron_";
    assert_eq!(whole.matches(from).count(), 4, "{whole}");
    others.push(whole.replace(from, "#(.THRESHOLD(THRESHOLD + 9'sd1)) neuron_"));
    for other in others {
        fs::write(folder.path().join("lif.v"), &other).expect("the core");
        let verdict = run("prove", folder.path());
        assert!(!verdict.passed, "{}\n{other}", verdict.output);
    }
    fs::write(folder.path().join("lif.v"), whole).expect("the core");
    passes("prove", folder.path());
}

#[test]
fn a_parallel_core_of_64_neurons_is_proved_and_its_netlist_agrees() {
    let layer = LayerSpec { potential_bits: 12, ..small(16, 64) };
    let folder = exported(&core(vec![layer]), "parallel", 1);
    passes_all(&["prove", "netlist"], folder.path());
}

#[test]
fn a_verdict_of_proofs_says_what_they_leave_to_simulation() {
    let verdict = |architecture: &str, neurons: usize| {
        let folder = exported(&core(vec![small(16, neurons)]), architecture, 16);
        let verdict = run("prove", folder.path());
        assert!(verdict.passed, "{}", verdict.output);
        verdict.line().to_owned()
    };
    assert_eq!(verdict("serial", 4), "PASS: proofs: 4");
    let left = "; not proved, only simulated: ";
    let many = verdict("folded", 64);
    assert!(many.contains(&format!("{left}the counter (256 bits of counts;")), "{many}");
    let parallel = verdict("parallel", 4);
    assert!(parallel.contains(&format!("{left}which weights layer 0 reads")), "{parallel}");
}
