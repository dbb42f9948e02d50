//! Sweeps of one typical device: D1, D2, D5 to D9.

use crate::error::PaperError;
use memspike_decks::paper as decks;

use super::{
    experiment::{Experiment, Findings},
    figures,
    lab::{Lab, PaperDeck},
    smu::{self, Reading, Sweep},
};

const DECK: PaperDeck = PaperDeck { name: "sweep.cir", text: decks::SWEEP };

const RAMP: PaperDeck = PaperDeck { name: "ramp.cir", text: decks::RAMP };

/// D1, D2, D5 to D9, Figs. 2b, 2e and 2f.
pub const SWEEPS: Experiment = Experiment {
    name: "sweeps",
    ids: &["D1", "D2", "D5", "D6", "D7", "D8", "D9"],
    carry_out: sweeps,
};

/// The limit of most of the paper's sweeps (A).
const USUAL_A: f64 = 10e-6;

/// The least limit of Fig. 2e (A).
const LEAST_A: f64 = 100e-9;

/// A limit that stands for none (A).
const NONE_A: f64 = 1.0;

/// The readings of the typical device in the sweep of which D1 and D2 are read.
pub fn typical(lab: &Lab<'_>) -> Result<Vec<Reading>, PaperError> {
    let mut runs = lab.each(DECK, lab.card(), |run| {
        let mut readings = Vec::new();
        if (run.parameter("icc") / USUAL_A - 1.0).abs() < 1e-9 {
            smu::measure(lab, run, |_, reading| readings.push(reading))?;
        }
        Ok(readings)
    })?;
    runs.retain(|readings| !readings.is_empty());
    Ok(runs.pop().unwrap_or_default())
}

/// One sweep to both sides at one limit of the current.
pub struct Limited {
    /// The limit (A).
    pub limit_a: f64,
    /// What was read of it on the positive side.
    pub sweep: Sweep,
    /// All readings.
    pub readings: Vec<Reading>,
}

impl Limited {
    /// Whether there is a limit.
    pub fn is_limited(&self) -> bool {
        self.limit_a < NONE_A
    }
}

fn sweeps(lab: &Lab<'_>) -> Result<Findings, PaperError> {
    let runs = lab.each(DECK, lab.card(), |run| {
        let mut readings = Vec::new();
        let mut sweeps = smu::measure(lab, run, |_, reading| readings.push(reading))?;
        Ok(Limited { limit_a: run.parameter("icc"), sweep: sweeps.remove(0), readings })
    })?;
    let ramps = lab.each(RAMP, lab.card(), |run| lab.simulate(run, &mut []))?;
    let [threshold_v, hold_v] = ["threshold", "hold"].map(|name| ramps[0].measure(name));
    let at = |limit_a: f64| {
        let run = runs.iter().find(|run| (run.limit_a / limit_a - 1.0).abs() < 1e-9);
        run.expect("the deck has this limit")
    };
    let (usual, free) = (&at(USUAL_A).sweep, &at(NONE_A).sweep);
    let spread = |of: fn(&Sweep) -> Option<f64>| {
        let limited = runs.iter().filter(|run| run.is_limited());
        let volts: Option<Vec<f64>> = limited.map(|run| of(&run.sweep)).collect();
        volts.map(|volts| {
            let most = volts.iter().copied().fold(f64::MIN, f64::max);
            most - volts.iter().copied().fold(f64::MAX, f64::min)
        })
    };
    let mut findings = Findings::default();
    findings.value("D1", usual.threshold_v());
    findings.value("D1 ramp", threshold_v);
    findings.value("D2", usual.hold_v);
    findings.value("D2 ramp", hold_v);
    findings.value("D5", usual.leak.map(|leak| leak.volt / leak.ampere));
    findings.value("D5 leakage", usual.turn_on.map(|[off, _]| off.ampere));
    findings.value("D6 limited", usual.ratio());
    findings.value("D6 free", free.ratio());
    findings.value("D7", usual.slope());
    findings.value("D8 vth", spread(Sweep::threshold_v));
    findings.value("D8 vhold", spread(|sweep| sweep.hold_v));
    findings.value("D9", threshold_v.map(|volt| volt * LEAST_A * lab.scale().ampere));
    findings.figure("2b", figures::sweeps::slope(lab.scale(), &at(USUAL_A).readings, usual));
    let (limited, without): (Vec<Limited>, Vec<Limited>) =
        runs.into_iter().partition(Limited::is_limited);
    findings.figure("2e", figures::sweeps::limits(lab.scale(), &limited));
    findings.figure("2f", figures::sweeps::no_limit(lab.scale(), &without[0]));
    Ok(findings)
}
