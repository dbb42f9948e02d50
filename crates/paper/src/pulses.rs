//! Pulse measurements: turn-on delay (D10) and endurance (D11).

use memspike_decks::paper as decks;
use memspike_time::Time;

use crate::error::PaperError;

use super::{
    experiment::{Experiment, Findings},
    figures,
    lab::{Lab, PaperDeck},
    reading::{Meter, Scope, current, voltage},
};

const TURN_ON: PaperDeck = PaperDeck { name: "turn_on.cir", text: decks::TURN_ON };
const ENDURANCE: PaperDeck = PaperDeck { name: "endurance.cir", text: decks::ENDURANCE };

/// D10, Fig. 2h.
pub const TURN_ON_DELAY: Experiment =
    Experiment { name: "turn-on", ids: &["D10"], carry_out: turn_on };

/// D11, Fig. 2i.
pub const CYCLING: Experiment =
    Experiment { name: "endurance", ids: &["D11"], carry_out: endurance };

fn turn_on(lab: &Lab<'_>) -> Result<Findings, PaperError> {
    let runs = lab.each(TURN_ON, lab.card(), |run| {
        let circuit = &run.deck.circuit;
        let mut scope = Scope::new(vec![voltage(circuit, "in"), current(circuit, "n1")]);
        let outcome = lab.simulate(run, &mut [scope.sink()])?;
        Ok((outcome.measure("delay"), outcome.measure("turn_on"), scope.curves(outcome.reached)))
    })?;
    let (delay_s, turn_on_s, curves) = &runs[0];
    let mut findings = Findings::default();
    findings.value("D10", *delay_s);
    findings.figure(
        "2h",
        figures::pulses::turn_on(lab.scale(), [&curves[0], &curves[1]], *turn_on_s, *delay_s),
    );
    Ok(findings)
}

/// One set and read cycle.
#[derive(Debug, Clone, Copy)]
pub struct Cycle {
    /// From 1.
    pub number: u64,
    /// Resistance at the end of the set pulse (ohm).
    pub set_ohm: f64,
    /// Resistance at the end of the read pulse (ohm).
    pub read_ohm: f64,
}

/// A cycle switched if what it reads after the rest is at least so many times what it set.
const SWITCHED: f64 = 100.0;

/// Cycles of a decade that the figure shows.
const SHOWN_PER_DECADE: f64 = 12.0;

fn endurance(lab: &Lab<'_>) -> Result<Findings, PaperError> {
    let runs = lab.each(ENDURANCE, lab.card(), |run| {
        let mut cycles = Cycles::default();
        let signals = vec![voltage(&run.deck.circuit, "in"), current(&run.deck.circuit, "n1")];
        let end_s = run.deck.tran.stop_s;
        let mut meter =
            Meter::new(signals, reading_times(end_s, lab.scale().pulse), |_, values| {
                cycles.reading(values[0] / values[1]);
            });
        lab.simulate(run, &mut [&mut meter])?;
        drop(meter);
        Ok(cycles)
    })?;
    let cycles = &runs[0];
    let mut findings = Findings::default();
    findings.value("D11", Some(cycles.switched as f64));
    findings.figure("2i", figures::pulses::endurance(&cycles.shown));
    Ok(findings)
}

/// The ends of the set and the read pulse of each cycle, as netlists/paper/endurance.cir has them,
/// a nanosecond before the edge, its times multiplied.
fn reading_times(end_s: f64, longer: u32) -> impl Iterator<Item = Time> {
    const NS: u64 = 1_000_000;
    let us = 1_000 * NS * u64::from(longer);
    let period = 35 * us;
    let cycles = (end_s * 1e15 / period as f64).round() as u64;
    let ends = [5 * us - NS, 25 * us - NS];
    (0..cycles).flat_map(move |cycle| ends.map(|end| Time::from_tick(cycle * period + end)))
}

/// What an endurance test keeps: a count, and a few cycles to show.
#[derive(Default)]
struct Cycles {
    set_ohm: Option<f64>,
    done: u64,
    switched: u64,
    shown: Vec<Cycle>,
}

impl Cycles {
    fn reading(&mut self, ohm: f64) {
        let Some(set_ohm) = self.set_ohm.take() else {
            self.set_ohm = Some(ohm);
            return;
        };
        self.done += 1;
        self.switched += u64::from(ohm >= SWITCHED * set_ohm);
        let next = 10f64.powf(self.shown.len() as f64 / SHOWN_PER_DECADE);
        if self.done as f64 >= next {
            self.shown.push(Cycle { number: self.done, set_ohm, read_ohm: ohm });
        }
    }
}
