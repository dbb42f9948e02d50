//! The paper's neurons, simulated beside measured.

use std::path::Path;

use memspike_decks::{LIF, OSCILLATION, ZNO};
use memspike_netlist::Deck;
use memspike_paper::{Number, number};
use memspike_report as report;
use memspike_run::{Options, Outcome, Outputs, Workers};
use serde::Serialize;

use crate::{batch::Batch, failure::Failure, interrupt};

/// What the decks of both neurons gave, a run for each point of `.step`.
#[derive(Serialize)]
pub struct Neurons {
    oscillation: Vec<Outcome>,
    lif: Vec<Outcome>,
}

impl Neurons {
    /// Runs both decks; their waveforms go into `folder`.
    pub fn run(folder: &Path) -> Result<Self, Failure> {
        Ok(Self {
            oscillation: run(folder, "oscillation", OSCILLATION)?,
            lif: run(folder, "lif", LIF)?,
        })
    }

    /// Their tables.
    pub fn tables(&self) -> String {
        format!(
            "Oscillation neuron: R 1 Mohm, C 47 nF, ZnO memristor\n{}\n\n\
             LIF neuron: 100 pulses of 2 V, 200 us apart\n{}\n",
            oscillation_table(&self.oscillation),
            lif_table(&self.lif),
        )
    }
}

/// Runs every point of an embedded deck and writes its waveforms.
fn run(folder: &Path, name: &str, text: &str) -> Result<Vec<Outcome>, Failure> {
    // The card stands in the text, so that the demo needs no file.
    let text = text.replace(".include cards/zno.lib", ZNO);
    let deck = Deck::parse(name, &text).map_err(|report| Failure::input(&report))?;
    let points = deck.steps().map_err(|report| Failure::input(&report))?;
    let vcd = Some(folder.join(format!("{name}.vcd")));
    let outputs = Outputs { vcd, stop: interrupt::flag(), ..Outputs::default() };
    let workers = Workers::new(None, points.len())?;
    let batch =
        Batch::check(&deck, points, 0, &workers).map_err(|report| Failure::input(&report))?;
    let (outcomes, ended) = batch.run(&workers, &Options::default(), &outputs);
    ended.map(|()| outcomes)
}

/// What a measurement of a run is held against: one number of the paper, or the mean of several.
struct Measured {
    quantity: &'static str,
    run: usize,
    measure: &'static str,
    keys: &'static [&'static str],
}

/// Figures 4a to 4c.
const OSCILLATION_MEASURED: &[Measured] = &[
    Measured { quantity: "frequency at 0.5 V", run: 0, measure: "frequency", keys: &["O2 low"] },
    // Measured twice, with input pulses of 50 and 100 ms.
    Measured {
        quantity: "frequency at 0.8 V",
        run: 1,
        measure: "frequency",
        keys: &["O1 50ms", "O1 100ms"],
    },
    Measured { quantity: "frequency at 2 V", run: 2, measure: "frequency", keys: &["O2 high"] },
    Measured {
        quantity: "energy a spike at 0.5 V",
        run: 0,
        measure: "energy_per_spike",
        keys: &["O3"],
    },
];

impl Measured {
    /// Mean, unit, and the numbers in words: `73.1 and 73.5 Hz`.
    fn value(&self) -> (f64, &'static str, String) {
        let numbers: Vec<&Number> = self.keys.iter().map(|key| number(key)).collect();
        let unit = numbers[0].unit;
        let mean = numbers.iter().map(|n| n.measured).sum::<f64>() / numbers.len() as f64;
        let (last, others) = numbers.split_last().expect("a measurement has a number");
        let mut words = String::new();
        for other in others {
            words += &format!("{} and ", other.measured);
        }
        (mean, unit, words + &report::engineering(last.measured, unit))
    }
}

fn oscillation_table(outcomes: &[Outcome]) -> comfy_table::Table {
    let rows = OSCILLATION_MEASURED
        .iter()
        .map(|measured| {
            let (value, unit, words) = measured.value();
            let simulated = outcomes[measured.run].measure(measured.measure);
            let deviation = simulated.map(|s| 100.0 * (s / value - 1.0));
            vec![
                measured.quantity.to_owned(),
                words,
                shown(simulated, |s| report::engineering(s, unit)),
                shown(deviation, |d| format!("{d:+.1} %")),
            ]
        })
        .chain([vec![
            "first peak over later ones at 2 V".to_owned(),
            "above 1".to_owned(),
            shown(outcomes[2].measure("peak_ratio"), |ratio| format!("{ratio:.3}")),
            String::new(),
        ]])
        .collect();
    report::table(&["quantity", "measured", "simulated", "deviation"], rows)
}

/// Figures 3b to 3f: the paper's statement is that both columns of pulses fall with the width,
/// and that the first spike needs more pulses than those after it.
fn lif_table(outcomes: &[Outcome]) -> comfy_table::Table {
    let count = |number: f64| format!("{number:.0}");
    let mut rows: Vec<Vec<String>> = outcomes
        .iter()
        .map(|outcome| {
            vec![
                outcome.params.iter().map(|(_, w)| report::engineering(*w, "s")).collect(),
                shown(outcome.measure("spikes"), count),
                shown(outcome.measure("pulses_to_first"), count),
                shown(outcome.measure("pulses_between"), |number| format!("{number:.1}")),
            ]
        })
        .collect();
    rows.push(["measured", "", "falls, above the next column", "falls"].map(str::to_owned).into());
    report::table(
        &["pulse width", "spikes", "pulses to the first", "pulses between later ones"],
        rows,
    )
}

fn shown(value: Option<f64>, show: impl Fn(f64) -> String) -> String {
    value.map_or_else(|| "none".to_owned(), show)
}
