//! Sweeps of one typical device: D1, D2, D5 to D9.

use crate::failure::Failure;

use super::{
    experiment::{Experiment, Findings},
    figures,
    lab::{Lab, PaperDeck},
    smu::{self, Reading, Sweep},
};

const DECK: PaperDeck =
    PaperDeck { name: "sweep.cir", text: include_str!("../../netlists/paper/sweep.cir") };

/// D1, D2, D5 to D9, Figs. 2e and 2f.
pub const SWEEPS: Experiment = Experiment {
    name: "sweeps",
    ids: &["D1", "D2", "D5", "D6", "D7", "D8", "D9"],
    carry_out: sweeps,
};

/// The limit of most of the paper's sweeps (A).
const USUAL_A: f64 = 10e-6;

/// The least limit of Fig. 2e (A).
const LEAST_A: f64 = 100e-9;

/// A limit from which on there is none (A).
const NONE_A: f64 = 1.0;

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

fn sweeps(lab: &Lab<'_>) -> Result<Findings, Failure> {
    let runs = lab.each(DECK, &lab.card().typical(), |run| {
        let mut readings = Vec::new();
        let mut sweeps = smu::measure(lab, run, |_, reading| readings.push(reading))?;
        let limit_a = run.parameter("icc");
        Ok(Limited { limit_a, sweep: sweeps.remove(0), readings })
    })?;
    let at = |limit_a: f64| {
        let run = runs.iter().find(|run| (run.limit_a / limit_a - 1.0).abs() < 1e-9);
        &run.expect("the deck has this limit").sweep
    };
    let (usual, least, free) = (at(USUAL_A), at(LEAST_A), at(NONE_A));
    let spread = |of: fn(&Sweep) -> Option<f64>| {
        let limited = runs.iter().filter(|run| run.is_limited());
        let volts: Option<Vec<f64>> = limited.map(|run| of(&run.sweep)).collect();
        volts.map(|volts| {
            let most = volts.iter().copied().fold(f64::MIN, f64::max);
            most - volts.iter().copied().fold(f64::MAX, f64::min)
        })
    };
    let set_power = |sweep: &Sweep| Some(sweep.threshold_v()? * sweep.turn_on?[1].ampere);
    let mut findings = Findings::default();
    findings.value("D1", usual.threshold_v());
    findings.value("D2", usual.hold_v);
    findings.value("D5", usual.leak.map(|leak| leak.volt / leak.ampere));
    findings.value("D5 leakage", usual.leak.map(|leak| leak.ampere));
    findings.value("D6 limited", usual.ratio());
    findings.value("D6 free", free.ratio());
    findings.value("D7", usual.slope());
    findings.value("D8 vth", spread(Sweep::threshold_v));
    findings.value("D8 vhold", spread(|sweep| sweep.hold_v));
    findings.value("D9", set_power(least));
    let (limited, without): (Vec<Limited>, Vec<Limited>) =
        runs.into_iter().partition(Limited::is_limited);
    findings.figure("2e", figures::sweeps::limits(&limited));
    findings.figure("2f", figures::sweeps::no_limit(&without[0]));
    Ok(findings)
}
