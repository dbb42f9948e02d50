//! The first digit through a quantised core in the place of the analog output layer: by its event-level model, and by its
//! Verilog in the loop where Verilator is there.

use std::path::Path;

use memspike_report as report;
use memspike_rtl::Simulator;
use serde::Serialize;

use crate::{answer::Answer, answer::Outputs, failure::Failure, interrupt, tell};

use super::circuit;

/// Waveforms of the core's runs, below the demo's folder.
pub const MODEL_WAVES: &str = "core.vcd";
pub const VERILOG_WAVES: &str = "core_rtl.vcd";

/// A run of an output layer on the first digit.
#[derive(Serialize)]
pub struct Run {
    /// What it decides.
    #[serde(flatten)]
    pub answer: Answer,
    /// Every spike (s), by neuron.
    pub spikes_s: Vec<Vec<f64>>,
}

/// The core, both ways.
#[derive(Serialize)]
pub struct Core {
    /// By its event-level model.
    pub model: Run,
    /// By its Verilog, if that could be compiled.
    pub verilog: Option<Run>,
    /// Why it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
}

impl Run {
    /// Of the instants (s) at which each neuron spiked.
    pub fn of(spikes_s: Vec<Vec<f64>>) -> Self {
        Self { answer: Answer::of(&spikes_s), spikes_s }
    }

    fn through(
        folder: &Path,
        circuit: &memspike_netlist::Elaborated,
        waves: &str,
    ) -> Result<Self, Failure> {
        let outputs = Outputs::of(circuit).map_err(|why| Failure::Work(format!("error: {why}")))?;
        let mut recording = outputs.recording();
        circuit::run(folder, circuit, waves, Some(&mut recording))?;
        Ok(Self::of(outputs.times(&recording)))
    }

    /// `decision`, `spikes`, `first spike`, `decided`.
    pub fn cells(&self) -> [String; 4] {
        let dash = || "-".to_owned();
        let time = |s: Option<f64>| s.map_or_else(dash, |s| report::engineering(s, "s"));
        let Answer { decision, spikes, first_s, decided_s } = &self.answer;
        [
            decision.map_or_else(dash, |class| class.to_string()),
            spikes.iter().sum::<usize>().to_string(),
            time(*first_s),
            time(*decided_s),
        ]
    }
}

impl Core {
    /// Runs the decks in `folder`. Verilog that cannot be compiled is left out, and standard error says why.
    pub fn run(folder: &Path) -> Result<Self, Failure> {
        let deck = |name| circuit::elaborate(folder, name);
        let model = deck(circuit::CORE_DECK).map_err(|report| Failure::input(&report))?;
        let model = Run::through(folder, &model, MODEL_WAVES)?;
        let compiled = match Simulator::Verilator.installed() {
            Ok(()) => deck(circuit::VERILOG_DECK).map_err(|report| report.render(false)),
            Err(missing) => Err(missing.to_string()),
        };
        // The compiler hears the signal, too, and what it says of it is no reason.
        if interrupt::asked() {
            return Err(Failure::Work("interrupted: the page is not written".to_owned()));
        }
        match compiled {
            Ok(circuit) => {
                let verilog = Some(Run::through(folder, &circuit, VERILOG_WAVES)?);
                Ok(Self { model, verilog, left_out: None })
            }
            Err(why) => {
                let why = why.trim_end().to_owned();
                tell(&format!("warning: the demo goes on without the core's Verilog: {why}\n"));
                Ok(Self { model, verilog: None, left_out: Some(why) })
            }
        }
    }

    /// Every run of the core with its name.
    pub fn runs(&self) -> impl Iterator<Item = (&'static str, &Run)> {
        let verilog = self.verilog.as_ref().map(|run| ("core, its Verilog in Verilator", run));
        std::iter::once(("core, event-level model", &self.model)).chain(verilog)
    }

    /// What the output layers make of the first digit, as a table with words on it.
    pub fn table(&self, analog: &Run) -> String {
        let header = ["output layer", "decision", "spikes", "first spike", "decided"];
        let row = |(name, run): (&str, &Run)| {
            [name.to_owned()].into_iter().chain(run.cells()).collect::<Vec<_>>()
        };
        let mut rows: Vec<Vec<String>> =
            std::iter::once((ANALOG, analog)).chain(self.runs()).map(row).collect();
        if self.left_out.is_some() {
            rows.push(["core, its Verilog", "left out", "", "", ""].map(str::to_owned).into());
        }
        format!("{WORDS}\n{}\n{}\n", report::table(&header, rows), self.verdict())
    }

    /// How the Verilog compares with the model, or why there is none.
    pub fn verdict(&self) -> String {
        match (&self.verilog, &self.left_out) {
            (Some(verilog), _) if verilog.spikes_s == self.model.spikes_s => {
                "Every spike of the Verilog is at the instant of the model's.".to_owned()
            }
            (Some(_), _) => {
                "The spikes of Verilog and model DIFFER; lif_core(impl=compare) shows where."
                    .to_owned()
            }
            (None, why) => {
                format!("The core's Verilog was left out. {}", why.as_deref().unwrap_or_default())
            }
        }
    }
}

/// What stands in the table for the layer of memristors.
pub const ANALOG: &str = "analog, ten LIF neurons of memristors";

/// What the table is of.
const WORDS: &str = "\
The drawn 0 through either output layer, behind the same 784 oscillation neurons: memristors, or a core of 8-bit weights that
reads the rows. Verilator compiles the core's Verilog once, in some seconds, and the result is kept by its content.";
