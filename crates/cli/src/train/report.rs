//! What a training tells: training.json, and a table for people.

use std::path::Path;

use memspike_report as report;
use memspike_snn::{
    Code, Ideal, Lif, Parameters,
    training::{Epoch, Options},
};
use serde::Serialize;

use crate::shell;

/// Everything needed to make the weights again, and how they came about: training.json.
#[derive(Serialize, Clone)]
pub struct Report<'a> {
    /// Version of the program.
    pub memspike: &'static str,
    pub options: &'a Options,
    pub parameters: Parameters,
    pub lif: Lif,
    /// The card of the neurons' memristor.
    pub card: String,
    /// Images that were taken, validation included.
    pub images: u32,
    /// A number that other images would hardly have.
    pub data_fingerprint: String,
    /// Whether the user ended the training early.
    pub interrupted: bool,
    /// Images by which the best epoch was chosen: the last of the training set, or all of it.
    pub best_by: Split,
    /// The epoch that the weights are from.
    pub best: Option<Epoch>,
    pub history: Vec<Epoch>,
}

/// The images that chose the epoch.
#[derive(Serialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// So many at the end of the training set, on which nothing was trained.
    Validation(u32),
    /// Those on which it was trained.
    Training(u32),
}

impl Split {
    pub fn of(options: &Options, images: u32) -> Self {
        match options.validation {
            0 => Self::Training(images),
            kept => Self::Validation(kept),
        }
    }
}

impl Split {
    /// In words; samples are called so.
    fn text(self, samples: &str) -> String {
        match self {
            Self::Validation(kept) => {
                format!("the {kept} validation {samples}, the last of the training set")
            }
            Self::Training(all) => {
                format!("the {all} training {samples}, none kept for validation")
            }
        }
    }
}

/// Epochs in the table: these first ones, and as many last ones.
const SHOWN: usize = 10;

/// The epochs for people, and how the weights are shown to test images, or to the list of events that they learnt. `file` is that of the
/// weights.
pub fn table(report: &Report<'_>, file: &Path, deep: bool, events: Option<&str>) -> String {
    let percent = |part: f64| format!("{:.2} %", 100.0 * part);
    let epochs = &report.history;
    let rows = epochs
        .iter()
        .filter(|e| {
            let number = e.number as usize;
            number <= SHOWN || number + SHOWN > epochs.len()
        })
        .map(|epoch| {
            vec![
                epoch.number.to_string(),
                format!("{:.5}", epoch.loss),
                percent(epoch.training_accuracy),
                percent(epoch.validation_accuracy),
            ]
        })
        .collect();
    let best = match (report.best, epochs.last()) {
        (Some(best), Some(last)) => format!(
            "\nBest: epoch {} of {}, {} right of {} ({} after the last epoch)\nIts weights are in {}\n",
            best.number,
            epochs.len(),
            percent(best.validation_accuracy),
            report.best_by.text(report.options.samples()),
            percent(last.validation_accuracy),
            file.display()
        ),
        _ => String::new(),
    };
    let table = report::table(&["epoch", "loss", "training", "validation"], rows);
    let command = match events {
        Some(events) => events_command(report.options, file, events),
        None => test_command(report.options, file, deep),
    };
    format!("{table}\n{best}{command}")
}

/// The command that shows events to the network; it says itself what its neurons are, and for how long.
fn events_command(options: &Options, file: &Path, events: &str) -> String {
    let steps = options.steps.map_or_else(String::new, |steps| format!(" --steps {steps}"));
    format!(
        "Events, with these neurons:\n  memspike classify --network {} --level point --events {}{steps}\n",
        shell::path(file),
        shell::quoted(events)
    )
}

/// The command that shows the test images to the neurons that were trained, if they are not the card's
/// own.
fn test_command(options: &Options, file: &Path, deep: bool) -> String {
    let Ideal { code, threshold_v, reset_v, steps } = options.ideal();
    let mut stated = String::new();
    if code == Code::Line {
        stated += " --encoding line";
    }
    for (name, value) in [("lif-threshold", threshold_v), ("lif-reset", reset_v)] {
        stated += &value.map_or_else(String::new, |volts| format!(" --{name} {volts}"));
    }
    stated += &steps.map_or_else(String::new, |steps| format!(" --steps {steps}"));
    if stated.is_empty() && !deep {
        return stated;
    }
    let source = if deep { "--network" } else { "--weights" };
    let command = format!("memspike classify {source} {} --level point{stated}", shell::path(file));
    format!("Test images, with these neurons:\n  {command}\n")
}
