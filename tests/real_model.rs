//! The neuron as a SystemVerilog model with real numbers, run by Icarus Verilog, against the engine.

mod common;

#[path = "common/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::levels;
use memspike_circuit::{NodeId, Signal};
use memspike_engine::{Events, Follows, Recording};
use memspike_random::Draws;
use memspike_time::Time;
use program::{memspike, text};
use rand::{Rng, RngExt as _};

/// A neuron with a device and inputs of its own.
struct Case {
    lif: bool,
    ohm: f64,
    farad: f64,
    /// Names of the card's parameters, and their values.
    card: Vec<(&'static str, f64)>,
    /// From which nanosecond on which voltage stands behind the resistor.
    inputs: Vec<(u64, f64)>,
    stop_ns: u64,
}

/// A number whose logarithm is evenly distributed.
fn log(random: &mut impl Rng, low: f64, high: f64) -> f64 {
    random.random_range(low.ln()..high.ln()).exp()
}

fn random_case(random: &mut impl Rng, number: usize) -> Case {
    let (ohm, farad) = (log(random, 1e5, 1e7), log(random, 1e-9, 1e-7));
    let (von, t0) = (random.random_range(0.1..0.5), log(random, 1e-4, 1e-1));
    let card = vec![
        ("von", von),
        ("vs", random.random_range(0.02..0.1)),
        ("t0", t0),
        // Now and then the growth is at its fastest from the beginning.
        ("ton_min", if number % 7 == 3 { 2.0 * t0 } else { log(random, 1e-8, 1e-1 * t0) }),
        ("vhold", von * random.random_range(0.3..0.9)),
        ("gres", random.random_range(0.1..0.9)),
        ("trelax", log(random, 1e-4, 1e-2)),
        ("roff", 10.0 * ohm * log(random, 1.0, 1e3)),
        ("ron", log(random, 50.0, 1e4)),
        ("dissolution", [0.0, 3.0, 2.0, 0.7][number % 4]),
        ("unipolar", f64::from(u8::from(number.is_multiple_of(3)))),
    ];
    let (mut at, mut inputs) = (0, Vec::new());
    for _ in 0..8 {
        let factor = [1.5, 3.0, 6.0, 20.0, -4.0, 0.0, 0.9][random.random_range(0..7)];
        inputs.push((at, von * factor * random.random_range(0.9..1.1)));
        at += 1 + (ohm * farad * random.random_range(0.2..5.0) * 1e9) as u64;
    }
    Case { lif: number % 2 == 1, ohm, farad, card, inputs, stop_ns: at }
}

/// What the engine says: ticks of spikes, and the membrane's last voltage.
fn by_the_engine(case: &Case) -> (Vec<u64>, f64) {
    let mut deck = String::from("neuron\n");
    let scale = if case.lif { 1.0 / case.ohm } else { 1.0 };
    let mut points = String::new();
    for (number, (at, volts)) in case.inputs.iter().enumerate() {
        let (value, end) =
            (volts * scale, case.inputs.get(number + 1).map_or(2 * case.stop_ns, |next| next.0));
        let _ = write!(points, " {at}n {value:e} {end}n {value:e}");
    }
    let (ohm, farad) = (case.ohm, case.farad);
    let _ = match case.lif {
        true => write!(deck, "I1 0 mem PWL({points})\nR1 mem 0 {ohm:e}\n"),
        false => write!(deck, "V1 in 0 PWL({points})\nR1 in mem {ohm:e}\n"),
    };
    let card: String = case.card.iter().map(|(name, value)| format!(" {name}={value:e}")).collect();
    let _ = write!(
        deck,
        "C1 mem 0 {farad:e}\nN1 mem 0 device\n.model device ts_memristor({card} vform=0)\n.tran {}n uic\n.end\n",
        case.stop_ns
    );
    let deck = levels::elaborated(&deck, "");
    let mem = deck.circuit.find_node("mem").expect("a node");
    let device = deck.circuit.find_element("n1").expect("a device");
    let waveforms = vec![Signal::Voltage(mem, NodeId::GROUND)];
    let mut recording =
        Recording::new(Follows { waveforms, events: Events::Spikes, ..Follows::default() });
    levels::run(&deck, &mut recording).expect("a run");
    let spikes = recording.spikes(device).map(|at: Time| at.tick).collect();
    let end = Time::from_tick(case.stop_ns * 1_000_000);
    (spikes, recording.value(0, end).expect("a value"))
}

/// A testbench with all cases side by side.
fn testbench(cases: &[Case]) -> String {
    let mut text = String::from("`timescale 1fs / 1fs\nmodule testbench;\n");
    for (number, case) in cases.iter().enumerate() {
        let (module, input) = if case.lif { ("leaky", "i") } else { ("beats", "u") };
        let scale = if case.lif { 1.0 / case.ohm } else { 1.0 };
        let own = [("rs", case.ohm), ("cm", case.farad)];
        let parameters: Vec<String> = own
            .iter()
            .chain(&case.card)
            .map(|(name, value)| format!(".{}({value:e})", name.to_uppercase()))
            .collect();
        let _ = writeln!(text, "  real d{number} = {:e};", case.inputs[0].1 * scale);
        let _ = writeln!(
            text,
            "  wire s{number};\n  {module} #({}) n{number} (.{input}(d{number}), .spike(s{number}), .spikes(), .v(), .filament());\n  \
             always @(posedge s{number}) $display(\"spike {number} %0d\", $time);",
            parameters.join(", ")
        );
        let _ = writeln!(text, "  initial begin");
        for pair in case.inputs.windows(2) {
            let (wait, value) = ((pair[1].0 - pair[0].0) * 1_000_000, pair[1].1 * scale);
            let _ = writeln!(text, "    #(64'd{wait}) d{number} = {value:e};");
        }
        // Without input it rests, however long others go on.
        let last = case.stop_ns - case.inputs.last().expect("inputs").0;
        let _ = writeln!(
            text,
            "    #(64'd{}) $display(\"end {number} %.17g\", n{number}.membrane(0.0));\n    d{number} = 0.0;\n  end",
            last * 1_000_000
        );
    }
    let stop = cases.iter().map(|case| case.stop_ns).max().expect("cases") * 1_000_000 + 1;
    let _ = writeln!(text, "  initial #(64'd{stop}) $finish;\nendmodule");
    text
}

/// What a simulator printed, for each case.
fn read(printed: &str, cases: &[Case]) -> Vec<(Vec<u64>, f64)> {
    let mut spikes: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
    let mut ends: BTreeMap<usize, f64> = BTreeMap::new();
    for line in printed.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["spike", number, at] => {
                let number: usize = number.parse().expect("a number");
                let at: u64 = at.parse().expect("a time");
                // What comes after its end belongs to nothing.
                if at <= cases[number].stop_ns * 1_000_000 {
                    spikes.entry(number).or_default().push(at);
                }
            }
            ["end", number, volts] => {
                ends.insert(number.parse().expect("a number"), volts.parse().expect("volts"));
            }
            _ => {}
        }
    }
    (0..cases.len()).map(|at| (spikes.remove(&at).unwrap_or_default(), ends[&at])).collect()
}

fn ran(command: &mut Command, folder: &Path) -> String {
    let output = command.current_dir(folder).output().unwrap_or_else(|error| {
        panic!("{command:?}: {error}; install the Debian package iverilog")
    });
    let told = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{told}");
    told
}

/// Exports both neurons beside a testbench.
fn exported(folder: &Path) {
    for (kind, name) in [("oscillation", "beats"), ("lif", "leaky")] {
        let run = memspike(
            folder,
            &["export-verilog", "--real-model", kind, "--name", name, "--out", kind],
        );
        assert!(run.status.success(), "{}", text(&run.stderr));
        fs::copy(folder.join(kind).join(format!("{name}.sv")), folder.join(format!("{name}.sv")))
            .expect("copied");
    }
}

/// The femtosecond is the simulator's unit of time, which rounds; beyond it the models agree in 12 digits of the time.
fn same(found: &[(Vec<u64>, f64)], cases: &[Case], truths: &[(Vec<u64>, f64)], by: &str) {
    for (number, ((spikes, volts), (true_spikes, true_volts))) in
        found.iter().zip(truths).enumerate()
    {
        assert_eq!(spikes.len(), true_spikes.len(), "{by} {number} {:?}", cases[number].card);
        for (at, truth) in spikes.iter().zip(true_spikes) {
            let error = at.abs_diff(*truth) as f64;
            assert!(error <= 1.0 + 1e-12 * *truth as f64, "{by} {number}: {at} {truth}");
        }
        assert!((volts - true_volts).abs() < 1e-10, "{by} {number}: {volts} {true_volts}");
    }
}

#[test]
fn a_simulator_of_verilog_fires_when_the_engine_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    exported(folder);
    let draws = Draws::new(15, "neurons with real numbers");
    let random = |number: usize| random_case(&mut draws.generator(number as u64), number);
    let cases: Vec<Case> = (0..common::cases(40) as usize).map(random).collect();
    let truths: Vec<(Vec<u64>, f64)> = cases.iter().map(by_the_engine).collect();
    let count: usize = truths.iter().map(|(spikes, _)| spikes.len()).sum();
    let firing = truths.iter().filter(|(spikes, _)| spikes.len() > 3).count();
    assert!(count > 10 * cases.len() && firing > cases.len() / 4, "{count} spikes, {firing} fire");
    fs::write(folder.join("testbench.sv"), testbench(&cases)).expect("written");
    let files = ["beats.sv", "leaky.sv", "testbench.sv"];
    ran(Command::new("iverilog").args(["-g2012", "-Wall", "-o", "t.vvp"]).args(files), folder);
    let printed = ran(Command::new("vvp").args(["-n", "t.vvp"]), folder);
    same(&read(&printed, &cases), &cases, &truths, "Icarus");
}

#[test]
fn the_folder_runs_by_itself_and_fires_as_its_deck_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let run = memspike(folder, &["export-verilog", "--real-model", "oscillation", "--out", "own"]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let printed = ran(Command::new("make").args(["-s", "-C", "own", "sim"]), folder);
    let found: Vec<u64> =
        printed.lines().filter_map(|line| line.split_once(' ')?.1.parse().ok()).collect();
    let case = Case {
        lif: false,
        ohm: 1e6,
        farad: 47e-9,
        card: vec![],
        // Five times von of the shipped card, for ten time constants.
        inputs: vec![(0, 5.0 * 0.1655)],
        stop_ns: 470_000_000,
    };
    let (truth, _) = by_the_engine(&case);
    assert!(truth.len() > 20, "{}", truth.len());
    assert_eq!(found.len(), truth.len(), "{printed}");
    for (at, truth) in found.iter().zip(&truth) {
        assert!(at.abs_diff(*truth) <= 1, "{at} {truth}");
    }
}

#[test]
fn a_card_with_variation_says_what_is_left_out_and_options_of_a_core_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("mine.lib"), ".model mine ts_memristor(von=0.2 sigma_von=0.01)\n")
        .expect("written");
    let export = |more: &[&str]| {
        let _ = fs::remove_dir_all(folder.join("kept"));
        let _ = fs::rename(folder.join("own"), folder.join("kept"));
        let arguments = [&["export-verilog", "--real-model", "lif", "--out", "own"], more].concat();
        memspike(folder, &arguments)
    };
    let run = export(&["--card", "mine.lib", "--rleak", "2Meg", "--cmem", "10n"]);
    let told = text(&run.stderr);
    assert!(run.status.success() && told.contains("without sigma_von of the card"), "{told}");
    let module = fs::read_to_string(folder.join("own/lif.sv")).expect("a module");
    for line in ["RS = 2e6,", "CM = 1e-8,", "VON = 2e-1,"] {
        assert!(module.contains(line), "{line}\n{module}");
    }
    for (options, words) in [
        (&["--bits", "4"][..], "--weight-bits"),
        (&["--rleak", "0"][..], "--rleak 0: it must be above zero"),
        (&["--name", "volts"][..], "'volts' cannot name a module"),
        (&["--card", "absent.lib"][..], "absent.lib"),
    ] {
        let run = export(options);
        assert!(!run.status.success(), "{options:?}");
        assert!(text(&run.stderr).contains(words), "{options:?}: {}", text(&run.stderr));
    }
}
