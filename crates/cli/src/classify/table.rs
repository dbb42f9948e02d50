//! Results of `classify` for people.

use std::fmt::Write as _;

use memspike_report as report;
use memspike_snn::Energy;

use super::{
    Run,
    sweep::{Spread, Sweep},
};
use crate::network_args::LevelName;

fn percent(part: f64) -> String {
    format!("{:.2} %", 100.0 * part)
}

/// Everything about one network.
pub fn one(level: LevelName, run: &Run) -> String {
    let right = (run.accuracy * f64::from(run.images)).round();
    let mut text = format!("{} of {} images, {}\n", right, run.images, percent(run.accuracy));
    let classes = run.confusion.len();
    let labels: Vec<String> = (0..classes).map(|label| label.to_string()).collect();
    let matrix = |cell: &dyn Fn(usize, usize) -> String| {
        let header: Vec<&str> =
            ["label"].into_iter().chain(labels.iter().map(String::as_str)).collect();
        let row = |label: usize| {
            [labels[label].clone()]
                .into_iter()
                .chain((0..classes).map(|j| cell(label, j)))
                .collect()
        };
        report::table(&header, (0..classes).map(row).collect())
    };
    let counts = |label: usize, j: usize| format!("{:.2}", run.mean_counts[label][j]);
    let confusion = |label: usize, j: usize| run.confusion[label][j].to_string();
    let _ = writeln!(text, "\nMean spikes by label and output neuron\n{}", matrix(&counts));
    let _ = writeln!(text, "\nImages by label and decision\n{}", matrix(&confusion));
    if let Some(energy) = &run.energy {
        let _ = writeln!(text, "\n{}", energies(energy, run, level == LevelName::Device));
    }
    text
}

/// Where the energy of an image goes, in several layers also by layer.
fn energies(energy: &Energy, run: &Run, devices: bool) -> String {
    let layers = run.energy_by_layer.len().saturating_sub(1);
    let names = (1..=layers).map(|layer| format!("layer {layer}"));
    let mut header = vec!["energy an image".to_owned(), "mean".to_owned()];
    if layers > 0 {
        header.push("oscillation neurons".to_owned());
        header.extend(names);
    }
    let columns: Vec<Vec<(&str, f64)>> = [energy]
        .into_iter()
        .chain(&run.energy_by_layer)
        .map(|energy| energy_rows(energy, devices))
        .collect();
    let row = |(at, (part, _)): (usize, &(&str, f64))| {
        let cells = columns.iter().map(|column| report::engineering(column[at].1, "J"));
        [(*part).to_owned()].into_iter().chain(cells).collect()
    };
    let rows = columns[0].iter().enumerate().map(row).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    report::table(&header, rows).to_string()
}

/// Where the energy of an image goes. Point neurons have none.
fn energy_rows(energy: &Energy, devices: bool) -> Vec<(&'static str, f64)> {
    let array = ("array (delivered by the drivers of rows)", energy.array_j);
    if !devices {
        return vec![array];
    }
    vec![
        ("series resistors of the oscillation neurons", energy.series_resistors_j),
        ("their memristors", energy.input_neurons_j),
        array,
        ("leak resistors of the LIF neurons", energy.leak_resistors_j),
        ("their memristors", energy.output_neurons_j),
        ("left on membranes", energy.stored_j),
        ("together", energy.total_j()),
        ("of it by the pixels' sources", energy.pixels_j),
        ("of it by the mirrors (ideal)", energy.mirrors_j),
    ]
}

/// A row for each value of a sweep, over its seeds.
pub fn several(sweep: Option<&Sweep>, runs: &[Run]) -> String {
    let row = |spread: &Spread| {
        vec![
            spread.value.map_or_else(String::new, |value| report::engineering(value, "")),
            spread.seeds.to_string(),
            percent(spread.mean),
            percent(spread.deviation),
            percent(spread.least),
            percent(spread.greatest),
            report::engineering(spread.energy_j, "J"),
        ]
    };
    let name = sweep.map_or("", Sweep::name);
    let header = [name, "seeds", "accuracy", "deviation", "least", "greatest", "energy an image"];
    format!("{}\n", report::table(&header, Spread::of(runs).iter().map(row).collect()))
}
