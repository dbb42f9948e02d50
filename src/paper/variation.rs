//! Sweeps of a device that varies, and of many devices: D3 and D4.

use crate::{failure::Failure, summary::Statistics};

use super::{
    experiment::{Experiment, Findings},
    figures,
    lab::{Lab, PaperDeck},
    smu::{self, Reading, Sweep},
};

const CYCLES_DECK: PaperDeck =
    PaperDeck { name: "cycles.cir", text: include_str!("../../netlists/paper/cycles.cir") };
const DEVICES_DECK: PaperDeck =
    PaperDeck { name: "devices.cir", text: include_str!("../../netlists/paper/devices.cir") };

/// D3, Figs. 2a, 2c and 2d.
pub const CYCLES: Experiment = Experiment { name: "1024 sweeps", ids: &["D3"], carry_out: cycles };

/// D4, Fig. 2g.
pub const DEVICES: Experiment = Experiment { name: "30 devices", ids: &["D4"], carry_out: devices };

/// Of so many sweeps, Fig. 2a shows one.
const SHOWN: usize = 16;

/// Standard deviation over mean of what all sweeps have; none if one lacks it.
fn variation(sweeps: &[Sweep], of: fn(&Sweep) -> Option<f64>) -> Option<f64> {
    let statistics = statistics(sweeps, of)?;
    Some(statistics.deviation? / statistics.mean)
}

/// Statistics of what all sweeps have; none if one lacks it.
pub fn statistics(sweeps: &[Sweep], of: fn(&Sweep) -> Option<f64>) -> Option<Statistics> {
    let volts: Option<Vec<f64>> = sweeps.iter().map(of).collect();
    Statistics::of(&volts?)
}

fn cycles(lab: &Lab<'_>) -> Result<Findings, Failure> {
    let runs = lab.each(CYCLES_DECK, &lab.card().cycling(), |run| {
        let mut shown: Vec<Vec<Reading>> = Vec::new();
        let sweeps = smu::measure(lab, run, |sweep, reading| {
            if sweep % SHOWN == 1 {
                if shown.len() <= sweep / SHOWN {
                    shown.push(Vec::new());
                }
                shown[sweep / SHOWN].push(reading);
            }
        })?;
        Ok((sweeps, shown))
    })?;
    let (sweeps, shown): (Vec<_>, Vec<_>) = runs.into_iter().unzip();
    let (sweeps, shown) = (sweeps.concat(), shown.concat());
    let mut findings = Findings::default();
    findings.value("D3 vth", variation(&sweeps, Sweep::threshold_v));
    findings.value("D3 vhold", variation(&sweeps, |sweep| sweep.hold_v));
    findings.figure("2a", figures::sweeps::many(&shown, sweeps.len()));
    findings.figure("2c", figures::sweeps::histogram(&sweeps));
    findings.figure("2d", figures::sweeps::resistances(&sweeps));
    Ok(findings)
}

fn devices(lab: &Lab<'_>) -> Result<Findings, Failure> {
    let devices =
        lab.each(DEVICES_DECK, &lab.card().varying(), |run| smu::measure(lab, run, |_, _| ()))?;
    let all = devices.concat();
    let mut findings = Findings::default();
    let mean = statistics(&all, Sweep::threshold_v).map(|volts| volts.mean);
    findings.value("D4 mean", mean);
    findings.value("D4 sigma", variation(&all, Sweep::threshold_v));
    findings.figure("2g", figures::sweeps::devices(&devices));
    Ok(findings)
}
