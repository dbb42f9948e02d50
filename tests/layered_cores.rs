//! Cores of several layers, from the file of a network, from outside.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use memspike_network::{Form, Network, Weights};
use memspike_snn::{Lif, Parameters};
use serde_json::Value;
use tempfile::TempDir;

const LIF: Lif = Lif { tau_s: 0.0466, threshold_v: 0.28, reset_v: 0.1 };

fn memspike(folder: &Path, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_memspike"))
        .args(arguments.split(' '))
        .current_dir(folder)
        .env("MNIST_DIR", Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/mnist"))
        .output()
        .expect("memspike starts")
}

/// What it prints if it succeeds.
fn prints(folder: &Path, arguments: &str) -> String {
    let output = memspike(folder, arguments);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments}: {message}");
    String::from_utf8(output.stdout).expect("text")
}

fn json(folder: &Path, arguments: &str) -> Value {
    serde_json::from_str(&prints(folder, arguments)).expect("JSON")
}

/// Writes a network and its tables.
fn write(folder: &Path, network: &Network) {
    let written = network.encode(Form::Toml);
    fs::write(folder.join("net.toml"), written.text).expect("the network");
    for (name, bytes) in written.tables {
        fs::write(folder.join(name), bytes).expect("a table");
    }
}

/// Weights from -0.4 to 0.6.
fn table(inputs: usize, neurons: usize) -> Weights {
    table_of(inputs, neurons, 1.0)
}

/// Weights from -8 to 12: two spikes make a neuron fire.
fn heavy(inputs: usize, neurons: usize) -> Weights {
    table_of(inputs, neurons, 20.0)
}

fn table_of(inputs: usize, neurons: usize, gain: f64) -> Weights {
    let weight = |at: usize| gain * (((at * 7919 + 13) % 1009) as f64 / 1008.0 - 0.4);
    let values = (0..inputs * neurons).map(weight).collect::<Vec<f64>>();
    Weights::new(inputs, neurons, values).expect("finite weights")
}

fn layered(tables: Vec<Weights>) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let network = Parameters::default().layered(tables, Some(LIF)).expect("a network");
    write(folder.path(), &network);
    folder
}

/// The trained layer, and a second one that repeats each of its spikes: through 20 uS a pulse brings any membrane from its reset above its
/// threshold.
fn repeating() -> TempDir {
    let weights = Path::new(env!("CARGO_MANIFEST_DIR")).join("weights/mnist.npy");
    let trained = Weights::read(weights, None).expect("weights");
    let same = |at: usize| if at.is_multiple_of(11) { 1.0 } else { 0.0 };
    let repeat = Weights::new(10, 10, (0..100).map(same).collect::<Vec<f64>>()).expect("weights");
    let folder = layered(vec![trained, repeat]);
    let path = folder.path().join("net.toml");
    let text = fs::read_to_string(&path).expect("the network");
    let (before, after) = text.rsplit_once("siemens = 0.000001").expect("a second array");
    fs::write(path, format!("{before}siemens = 0.00002{after}")).expect("the network");
    folder
}

#[test]
fn a_network_of_two_layers_becomes_a_core_with_widths_of_its_own_that_passes_all_gates() {
    let folder = layered(vec![heavy(12, 7), heavy(7, 3)]);
    let said = prints(
        folder.path(),
        "export-verilog --network net.toml --weight-bits 7,5 --potential-bits 8,7 --rounding 0.05 --out core",
    );
    assert!(said.contains("12 x 7") && said.contains("7 x 3"), "{said}");
    assert!(said.contains("layer 0: potentials of 8 bits stop at their ends"), "{said}");
    let text = fs::read_to_string(folder.path().join("core/spec.json")).expect("a specification");
    let spec: Value = serde_json::from_str(&text).expect("JSON");
    let layers = spec["specification"]["layers"].as_array().expect("layers");
    // The largest weight becomes the largest integer; one of 1 moves a membrane by 2 V for 400 us through 1 uS into 47 nF.
    let unit_v = 2.0 * 400e-6 * 1e-6 / 47e-9;
    for (layer, (table, bits, potential_bits)) in
        layers.iter().zip([(heavy(12, 7), 7, 8), (heavy(7, 3), 5, 7)])
    {
        let largest =
            table.values().iter().fold(0.0, |largest: f64, weight| largest.max(weight.abs()));
        let scale = (2_f64.powi(bits - 1) - 1.0) / largest;
        assert_eq!(layer["threshold"], (LIF.threshold_v / unit_v * scale).round() as i64);
        assert_eq!(layer["reset"]["hold"]["value"], (LIF.reset_v / unit_v * scale).round() as i64);
        assert_eq!(layer["leak"]["shift"]["shift"], 6);
        assert_eq!(
            (&layer["weight_bits"], &layer["potential_bits"]),
            (&bits.into(), &potential_bits.into())
        );
    }
    // After a step 1/64 of a potential is lost.
    let step_ns = -LIF.tau_s * (63.0_f64 / 64.0).ln() * 1e9;
    assert_eq!(spec["specification"]["time_step_ns"], step_ns.round() as u64);
    let gates = json(folder.path(), "verify core --json");
    let gates = gates["gates"].as_array().expect("gates");
    assert!(gates.len() == 9 && gates.iter().all(|gate| gate["passed"] == true), "{gates:?}");
}

/// What the specification says of an exported core, word for word: spikes of the last neurons to streams of inputs, a tick after each.
fn counted(spec: &Value, tables: &[Weights], steps: &[Vec<usize>]) -> Vec<f64> {
    let layers = spec["specification"]["layers"].as_array().expect("layers");
    let number =
        |layer: &Value, name: &str| layer.pointer(name).and_then(Value::as_i64).expect("a number");
    let mut potentials: Vec<Vec<i64>> =
        tables.iter().map(|table| vec![0; table.columns()]).collect();
    let mut counts = vec![0.0; tables[tables.len() - 1].columns()];
    for inputs in steps {
        let mut arriving = inputs.clone();
        for ((layer, table), v) in layers.iter().zip(tables).zip(&mut potentials) {
            let half = 2_f64.powi(number(layer, "/weight_bits") as i32 - 1);
            let largest =
                table.values().iter().fold(0.0, |most: f64, weight| most.max(weight.abs()));
            let high = 1 << (number(layer, "/potential_bits") - 1);
            let mut fired = Vec::new();
            for (neuron, v) in v.iter_mut().enumerate() {
                for input in &arriving {
                    let weight = table.values().get(input * table.columns() + neuron);
                    let weight = (weight * (half - 1.0) / largest).round() as i64;
                    *v = (*v + weight).clamp(-high, high - 1);
                }
                if *v >= number(layer, "/threshold") {
                    *v = number(layer, "/reset/hold/value");
                    fired.push(neuron);
                } else {
                    *v -= *v >> number(layer, "/leak/shift/shift");
                }
            }
            arriving = fired;
        }
        arriving.iter().for_each(|neuron| counts[*neuron] += 1.0);
    }
    counts
}

#[test]
fn a_core_of_two_layers_in_a_deck_fires_as_its_specification_says() {
    let tables = [heavy(12, 7), heavy(7, 3)];
    let folder = layered(tables.to_vec());
    let path = folder.path();
    prints(
        path,
        "export-verilog --network net.toml --weight-bits 7,5 --potential-bits 8,7 --rounding 0.05 --out core",
    );
    let text = fs::read_to_string(path.join("core/spec.json")).expect("a specification");
    let spec: Value = serde_json::from_str(&text).expect("JSON");
    // Every step some inputs spike, by number, and then the tick comes.
    let steps: Vec<Vec<usize>> = (0..40)
        .map(|step| (0..12).filter(|input| (input * 5 + step * 7) % 11 < 6).collect())
        .collect();
    let row = |at: usize, high: Option<usize>| {
        let level = |net: usize| if Some(net) == high { " 1s" } else { " 0s" };
        format!("{at}u{}\n", (0..13).map(level).collect::<String>())
    };
    let mut vectors = row(0, None);
    let sent = steps.iter().flat_map(|inputs| inputs.iter().map(|input| input + 1).chain([0]));
    for (number, net) in (1..).zip(sent) {
        vectors += &(row(10 * number, Some(net)) + &row(10 * number + 5, None));
    }
    fs::write(path.join("vectors.txt"), vectors).expect("a file");
    let expected = counted(&spec, &tables, &steps);
    assert!(expected.iter().sum::<f64>() > 5.0, "{expected:?}");
    for card in ["impl=model", "impl=compare layout=serial", "impl=compare layout=parallel"] {
        let deck = format!(
            "two layers\nAsrc [tick s[0:11]] src\n.model src d_source(input_file=\"vectors.txt\")\n\
             Acore tick null [s[0:11]] [out[0:2]] core\n.model core lif_core(spec=\"core/spec.json\" {card})\n\
             V1 x 0 1\nR1 x 0 1\n.tran 5m\n.meas tran spikes[0:2] spikes out[0:2]\n.end\n"
        );
        fs::write(path.join("deck.cir"), deck).expect("a file");
        let run = json(path, "run deck.cir --json");
        for (neuron, expected) in expected.iter().enumerate() {
            let name = format!("spikes[{neuron}]");
            assert_eq!(run["measures"][&name], *expected, "{card}: {run}");
        }
    }
}

#[test]
fn digits_through_two_layers_give_the_same_spikes_and_counts_in_both_models_and_in_verilog() {
    let folder = layered(vec![table(784, 48), table(48, 10)]);
    for arch in ["serial", "parallel"] {
        let all = json(
            folder.path(),
            &format!(
                "quantise --network net.toml --images 20 --weight-bits 8,6 --rtl --arch {arch} --json"
            ),
        );
        let row = &all["rows"][0];
        assert_eq!((&row["layers"][0]["bits"], &row["layers"][1]["bits"]), (&8.into(), &6.into()));
        assert!(row["hardware"]["spikes"].as_u64().is_some_and(|spikes| spikes > 20), "{all}");
    }
}

#[test]
fn a_layer_that_repeats_every_spike_costs_nothing() {
    let folder = repeating();
    let two = json(folder.path(), "quantise --network net.toml --images 1000 --bits 8 --json");
    let weights = Path::new(env!("CARGO_MANIFEST_DIR")).join("weights/mnist.npy");
    // The card's neuron is nearly that of the network; its threshold and reset are stated here.
    let one = format!(
        "quantise --weights {} --lif-threshold 0.28 --lif-reset 0.1 --images 1000 --bits 8 --json",
        weights.display()
    );
    let one = json(folder.path(), &one);
    for figure in ["/point_accuracy", "/rows/0/accuracy"] {
        let [two, one] = [&two, &one].map(|all| all.pointer(figure).and_then(Value::as_f64));
        let (two, one) = (two.expect("a number"), one.expect("a number"));
        // Of equal counts the highest membrane decides, which the repeating layer has not.
        assert!((two - one).abs() <= 0.01 && two > 0.85, "{figure}: {two}, {one}");
    }
}

#[test]
fn a_search_keeps_what_loses_little_narrows_by_single_bits_and_does_not_hang_on_threads() {
    let folder = repeating();
    let search = |threads: u32| {
        prints(
            folder.path(),
            &format!(
                "quantise --network net.toml --search 2 --validation 300 --device none --threads {threads} --json"
            ),
        )
    };
    let text = search(1);
    assert_eq!(text, search(2));
    let all: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(all["validation_images"], 300);
    let point = all["point_accuracy"].as_f64().expect("a number");
    let trials = all["trials"].as_array().expect("trials");
    let bits = |trial: &Value| -> Vec<i64> {
        let lists = [&trial["weight_bits"], &trial["potential_bits"]];
        lists
            .iter()
            .flat_map(|list| list.as_array().expect("bits"))
            .filter_map(Value::as_i64)
            .collect()
    };
    let mut kept = bits(&trials[0]);
    assert_eq!(kept[..2], [8, 8]);
    for (number, trial) in trials.iter().enumerate() {
        let accuracy = trial["accuracy"].as_f64().expect("a number");
        let error = trial["error"].as_f64().expect("a number");
        assert!((0.0..0.03).contains(&error), "{trial}");
        assert_eq!(trial["kept"], point - accuracy + error <= 0.02 + 1e-5, "{trial}");
        let now = bits(trial);
        let narrower: Vec<i64> = kept.iter().zip(&now).map(|(kept, now)| kept - now).collect();
        assert!(number == 0 || narrower.iter().all(|bits| (0..=2).contains(bits)), "{trial}");
        // Weights take their potentials along; everything else is a single bit.
        let single = narrower[..2].iter().sum::<i64>() + i64::from(narrower[..2] == [0, 0]);
        assert!(number == 0 || single == 1, "{trial}");
        if trial["kept"] == true {
            kept = now;
        }
    }
    let layers = all["found"]["layers"].as_array().expect("layers");
    let found = ["bits", "potential_bits"]
        .map(|name| layers.iter().filter_map(|layer| layer[name].as_i64()).collect::<Vec<_>>());
    assert_eq!(found.concat(), kept);
    assert!(kept[0] < 8 && kept[1] < 8, "{kept:?}");
    assert!(all["size"]["cycles_an_image"].as_u64().is_some_and(|cycles| cycles > 1000));
}

#[test]
fn a_search_says_which_tool_is_missing_and_prints_the_commands_for_what_it_found() {
    let folder = repeating();
    let output = Command::new(env!("CARGO_BIN_EXE_memspike"))
        .args(
            "quantise --network net.toml --search 5 --validation 100 --weight-bits 5,4".split(' '),
        )
        .current_dir(folder.path())
        .env("MNIST_DIR", Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/mnist"))
        .env("PATH", "")
        .output()
        .expect("memspike starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("no more figures: 'yosys' is missing"), "{text}");
    let command = |verb: &str| {
        let line =
            text.lines().find_map(|line| line.trim().strip_prefix(&format!("memspike {verb}")));
        format!("{verb}{}", line.expect("a command"))
    };
    let measured = json(folder.path(), &format!("{} --images 50 --json", command("quantise")));
    prints(folder.path(), &command("export-verilog"));
    let spec = fs::read_to_string(folder.path().join("core/spec.json")).expect("a specification");
    let spec: Value = serde_json::from_str(&spec).expect("JSON");
    for layer in 0..2 {
        let (found, exported) =
            (&measured["rows"][0]["layers"][layer], &spec["specification"]["layers"][layer]);
        assert_eq!(found["bits"], exported["weight_bits"]);
        assert_eq!(found["potential_bits"], exported["potential_bits"]);
        assert_eq!(found["threshold"], exported["threshold"]);
    }
}

#[test]
fn what_is_no_core_or_no_search_is_refused_with_what_to_do() {
    let folder = layered(vec![table(784, 4), table(4, 10)]);
    let path = folder.path();
    let text = fs::read_to_string(path.join("net.toml")).expect("the network");
    let shown = text.lines().find(|line| line.starts_with("shown_s")).expect("how long");
    fs::write(path.join("silent.toml"), text.replace(shown, "")).expect("a file");
    let other = layered(vec![table(9, 4), table(4, 10)]);
    for file in fs::read_dir(other.path()).expect("a folder") {
        let file = file.expect("a file").path();
        let name = file.file_name().expect("a name").to_string_lossy().replace("net.", "nine.");
        fs::copy(&file, path.join(name)).expect("a copy");
    }
    fs::write(
        path.join("empty.toml"),
        "version = 3\nprojections = []\n[[populations]]\nname = \"alone\"\nsize = 2\n\
         model.one_shot = { pulse_v = 2, pulse_s = 400e-6 }\n",
    )
    .expect("a file");
    for (arguments, status, says) in [
        (
            "export-verilog --network net.toml --weight-bits 8,8,8 --out c",
            2,
            "3 widths of weights for 2 layers",
        ),
        (
            "export-verilog --network net.toml --potential-bits 8,8,8 --out c",
            2,
            "3 widths of potentials for 2 layers",
        ),
        (
            "export-verilog --network net.toml --weight-bits 8,99 --out c",
            2,
            "layer 1: weight_bits is 99",
        ),
        ("export-verilog --network net.toml --potential-bits 8 --out c", 2, "threshold is"),
        (
            "export-verilog --network net.toml --potential-bits 4294967295 --out c",
            2,
            "between 8 and 31",
        ),
        ("export-verilog --network net.toml --threshold 1 --out c", 2, "cannot be used with"),
        (
            "export-verilog --network net.toml --step 1m --leak-shift 5 --out c",
            2,
            "cannot be used with",
        ),
        ("export-verilog --network empty.toml --out c", 2, "no population of LIF neurons"),
        ("export-verilog --network absent.toml --out c", 2, "absent.toml"),
        ("quantise --network silent.toml --images 5", 2, "shown_s = 0.1"),
        ("quantise --network nine.toml --images 5", 2, "an input for each of 9"),
        ("quantise --network net.toml --lif-threshold 0.2 --images 5", 2, "stated in its file"),
        ("quantise --network net.toml --search 101", 2, "0 to 100"),
        ("quantise --network net.toml --search nan", 2, "0 to 100"),
        ("quantise --network net.toml --search 1 --bits 4", 2, "cannot be used with"),
        ("quantise --network net.toml --validation 5", 2, "--search"),
    ] {
        let output = memspike(path, arguments);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{arguments}: {message}");
        assert!(message.contains(says), "{arguments}: {message}");
        assert!(!path.join("c").exists(), "{arguments}");
    }
    // Two bits of the trained layer lose a sixth of the images.
    let folder = repeating();
    let output = memspike(
        folder.path(),
        "quantise --network net.toml --search 0 --validation 200 --weight-bits 2 --device none",
    );
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("already the widths at the beginning lose"), "{message}");
}
