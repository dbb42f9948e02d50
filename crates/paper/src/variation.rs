//! Sweeps of a device that varies, and of many devices: D3 and D4.

use memspike_decks::paper as decks;
use memspike_report::Statistics;

use super::error::PaperError;

use super::{
    experiment::{Experiment, Findings},
    figures,
    lab::{Lab, PaperDeck},
    smu::{self, Reading, Sweep},
    sweeps,
};

const CYCLES_DECK: PaperDeck = PaperDeck { name: "cycles.cir", text: decks::CYCLES };
const DEVICES_DECK: PaperDeck = PaperDeck { name: "devices.cir", text: decks::DEVICES };

/// D3, Figs. 2a, 2c and 2d.
pub const CYCLES: Experiment = Experiment { name: "1024 sweeps", ids: &["D3"], carry_out: cycles };

/// D4, Fig. 2g.
pub const DEVICES: Experiment = Experiment { name: "30 devices", ids: &["D4"], carry_out: devices };

/// Devices of Fig. 2g; D4 is taken over more.
const SHOWN_DEVICES: usize = 30;

/// Of so many sweeps, Fig. 2a shows one.
const SHOWN: usize = 16;

/// Standard deviation over mean of what all sweeps have; none if one lacks it.
fn variation(sweeps: &[Sweep], of: fn(&Sweep) -> Option<f64>) -> Option<f64> {
    let statistics = statistics(sweeps, of)?;
    let deviation = statistics.deviation?;
    // Of what is always zero nothing deviates.
    Some(if deviation == 0.0 { 0.0 } else { deviation / statistics.mean })
}

/// Statistics of what all sweeps have; none if one lacks it.
pub fn statistics(sweeps: &[Sweep], of: fn(&Sweep) -> Option<f64>) -> Option<Statistics> {
    let volts: Option<Vec<f64>> = sweeps.iter().map(of).collect();
    Statistics::of(&volts?)
}

fn cycles(lab: &Lab<'_>) -> Result<Findings, PaperError> {
    let runs = lab.each(CYCLES_DECK, &lab.card().without_spread(), |run| {
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
    let (first, shown, sweeps) = (&sweeps[0], &shown[0], sweeps.concat());
    let typical = sweeps::typical(lab)?;
    let mut findings = Findings::default();
    findings.value("D3 vth", variation(&sweeps, Sweep::threshold_v));
    findings.value("D3 vhold", variation(&sweeps, |sweep| sweep.hold_v));
    findings.figure("2a", figures::sweeps::many(lab.scale(), shown, &typical, first.len()));
    findings.figure("2c", figures::sweeps::histogram(lab.scale(), first));
    findings.figure("2d", figures::sweeps::resistances(first));
    Ok(findings)
}

fn devices(lab: &Lab<'_>) -> Result<Findings, PaperError> {
    let devices = lab.each(DEVICES_DECK, lab.card(), |run| smu::measure(lab, run, |_, _| ()))?;
    let all = devices.concat();
    let shown = &devices[..SHOWN_DEVICES.min(devices.len())];
    let mut findings = Findings::default();
    let mean = statistics(&all, Sweep::threshold_v).map(|volts| volts.mean);
    findings.value("D4 mean", mean);
    findings.value("D4 sigma", variation(&all, Sweep::threshold_v));
    findings.figure("2g", figures::sweeps::devices(lab.scale(), shown));
    Ok(findings)
}
