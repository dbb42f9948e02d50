//! Two layers of LIF neurons behind oscillation neurons, as a network of cards and as a deck.

#![allow(dead_code, reason = "every test file uses a part")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{memspike, text};

/// The paper's device, one whose copies differ, and one that fires at positive voltages alone.
const CARDS: &str = "\
.model spread ako:zno ts_memristor(spread_von=0.00689)
.model lif ako:zno ts_memristor(unipolar=1)
";

pub fn folder() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let zno = fs::read_to_string(root.join("netlists/cards/zno.lib")).expect("the card");
    fs::write(folder.path().join("cards.lib"), zno + CARDS).expect("room");
    folder
}

/// Runs the program, which must succeed, and gives what it printed.
pub fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = memspike(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// Spikes (s) by population and neuron, of a recording in CSV.
pub fn recorded(folder: &Path) -> BTreeMap<(String, usize), Vec<f64>> {
    let lines = fs::read_to_string(folder.join("spikes.csv")).expect("a recording");
    let mut trains: BTreeMap<_, Vec<f64>> = BTreeMap::new();
    for line in lines.lines().filter(|line| !line.starts_with(['#', 't'])) {
        let mut fields = line.split(',');
        let mut next = || fields.next().expect("three fields").to_owned();
        let (at_s, population, neuron) = (next(), next(), next());
        let key = (population, neuron.parse().expect("a neuron"));
        trains.entry(key).or_default().push(at_s.parse().expect("seconds"));
    }
    trains
}

/// Spikes (s) of a device of a deck's JSON.
pub fn train(results: &Value, device: &str) -> Vec<f64> {
    let spikes = results["spikes"][device].as_array().unwrap_or_else(|| panic!("no {device}"));
    spikes.iter().map(|at| at.as_f64().expect("seconds")).collect()
}

pub const MEMBRANE: &str =
    "card = \"cards.lib\"\nresistance_ohm = 1e6\ncapacitance_farad = 47e-9\n";

/// Oscillation neurons and two layers of LIF neurons behind drivers and arrays.
pub struct Layers {
    pub inputs_v: Vec<f64>,
    pub first: Vec<Vec<f64>>,
    pub second: Vec<Vec<f64>>,
    /// What a weight of 1 is in either array (uS).
    pub microsiemens: [f64; 2],
}

impl Layers {
    /// 6, 4 and 3 neurons: weights and inputs that follow no rule.
    pub fn small(number: u32) -> Self {
        let mut at = f64::from(number) * 100.0;
        let mut next = |least: f64, greatest: f64| {
            at += 1.0;
            let part = (at * 12.9898).sin() * 43_758.545;
            let value = least + (greatest - least) * (part - part.floor());
            (value * 1e3).round() / 1e3
        };
        let inputs_v = (0..6).map(|_| next(0.5, 2.0)).collect();
        let mut table = |rows, columns| {
            let row = |_| (0..columns).map(|_| next(-0.3, 1.0)).collect();
            (0..rows).map(row).collect()
        };
        let first = table(6, 4);
        Self { inputs_v, first, second: table(4, 3), microsiemens: [4.0, 12.0] }
    }

    /// Inputs, neurons of the first and of the second layer.
    pub fn sizes(&self) -> [usize; 3] {
        [self.first.len(), self.second.len(), self.second[0].len()]
    }

    fn network(&self) -> String {
        let lif = format!("[populations.model.lif_card]\n{MEMBRANE}device = \"lif\"\n");
        let row = "[populations.model.one_shot]\npulse_v = 2\npulse_s = 400e-6\n";
        let inputs = format!(
            "[populations.model.oscillation]\n{MEMBRANE}device = \"zno\"\ninput_v = {:?}\n",
            self.inputs_v
        );
        let [sources, hidden, outputs] = self.sizes();
        let populations = [
            ("inputs", sources, &inputs[..]),
            ("rows", sources, row),
            ("hidden", hidden, &lif),
            ("lines", hidden, row),
            ("outputs", outputs, &lif),
        ];
        let mut text = "version = 2\n".to_owned();
        for (name, size, model) in populations {
            let _ = writeln!(text, "[[populations]]\nname = \"{name}\"\nsize = {size}\n{model}");
        }
        let array = |microsiemens: f64, file: &str| {
            let effect = format!("{{ siemens = {microsiemens}e-6 }}");
            (effect, format!("connections.dense_file = \"{file}\""))
        };
        let [first, second] = self.microsiemens;
        let ((first, to_hidden), (second, to_outputs)) =
            (array(first, "first.csv"), array(second, "second.csv"));
        let one = "connections = \"one_to_one\"".to_owned();
        for (from, to, effect, rest) in [
            ("inputs", "rows", "\"trigger\"", one.clone()),
            ("rows", "hidden", first.as_str(), to_hidden),
            // What neurons tell each other needs a delay.
            ("hidden", "lines", "\"trigger\"", format!("delay_fs = 1\n{one}")),
            ("lines", "outputs", second.as_str(), to_outputs),
        ] {
            let _ = writeln!(
                text,
                "[[projections]]\nname = \"{from}-{to}\"\nfrom = \"{from}\"\nto = \"{to}\"\neffect = {effect}\n{rest}"
            );
        }
        text
    }

    fn deck(&self, until: &str) -> String {
        let [first, second] = self.microsiemens;
        let mut text = format!(
            "Two layers, device by device\n.include cards.lib\n\
             .model first crossbar(gmin=0 gmax={first}u weight_max=1)\n.model second crossbar(gmin=0 gmax={second}u weight_max=1)\n\
             .subckt osc pixel row\nRs pixel mem 1Meg\nCm mem 0 47n\nN1 mem 0 zno\nVd row 0 SPIKE(N1 2 400u)\n.ends\n\
             .subckt neuron mem\nRl mem 0 1Meg\nCm mem 0 47n\nN1 mem 0 lif\n.ends\n"
        );
        for (k, input_v) in self.inputs_v.iter().enumerate() {
            let _ = writeln!(text, "V{k} in[{k}] 0 DC {input_v}");
        }
        let [i, h, o] = self.sizes().map(|size| size - 1);
        text + &format!(
            "Xosc[0:{i}] in[0:{i}] row[0:{i}] osc\nAone row[0:{i}] mem[0:{h}] first weights=\"first.csv\"\n\
             Xhidden[0:{h}] mem[0:{h}] neuron\nVd[0:{h}] line[0:{h}] 0 SPIKE(Xhidden[0:{h}].N1 2 400u)\n\
             Atwo line[0:{h}] out[0:{o}] second weights=\"second.csv\"\nXoutputs[0:{o}] out[0:{o}] neuron\n\
             .save spike(xhidden[0:{h}].n1) spike(xoutputs[0:{o}].n1)\n.tran {until} uic\n.end\n"
        )
    }

    /// How often each LIF neuron fires, from 0 to an instant (s): the point neurons, and those of the circuit.
    pub fn spikes(&self, folder: &Path, until: &str) -> Vec<(String, usize, usize)> {
        fs::write(folder.join("network.toml"), self.network()).expect("room");
        fs::write(folder.join("deck.cir"), self.deck(until)).expect("room");
        for (name, table) in [("first.csv", &self.first), ("second.csv", &self.second)] {
            let line =
                |row: &Vec<f64>| row.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
            let lines: Vec<String> = table.iter().map(line).collect();
            fs::write(folder.join(name), lines.join("\n") + "\n").expect("room");
        }
        done(folder, &["-q", "net", "network.toml", "--until", until, "-o", "spikes.csv"]);
        let results = done(folder, &["-q", "run", "deck.cir", "--json"]);
        let results: Value = serde_json::from_str(&results).expect("JSON");
        let trains = recorded(folder);
        let [_, hidden, outputs] = self.sizes();
        let neurons =
            (0..hidden).map(|k| ("hidden", k)).chain((0..outputs).map(|k| ("outputs", k)));
        let counted = |(name, k): (&str, usize)| {
            let reduced = trains.get(&(name.to_owned(), k)).map_or(0, Vec::len);
            let circuit = train(&results, &format!("x{name}[{k}].n1")).len();
            (format!("{name}[{k}]"), reduced, circuit)
        };
        neurons.map(counted).collect()
    }
}
