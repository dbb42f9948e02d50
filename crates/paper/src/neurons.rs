//! The two neurons: LIF (N1, L1, L2) and oscillation (O1 to O3).

use memspike_circuit::{Circuit, ElementKind};
use memspike_decks::paper as decks;

use memspike_report::Statistics;

use super::error::PaperError;

use super::{
    experiment::{Experiment, Findings},
    figures,
    lab::{Lab, PaperDeck},
    reading::{Peaks, Scope, voltage},
    statistics,
};

const LIF_DECK: PaperDeck = PaperDeck { name: "lif.cir", text: decks::LIF };
const PULSE_DECK: PaperDeck =
    PaperDeck { name: "oscillation_pulse.cir", text: decks::OSCILLATION_PULSE };
const VOLTAGE_DECK: PaperDeck =
    PaperDeck { name: "oscillation_voltage.cir", text: decks::OSCILLATION_VOLTAGE };

/// N1, L1, L2, Figs. 3b to 3f.
pub const LIF: Experiment =
    Experiment { name: "LIF neuron", ids: &["N1", "L1", "L2"], carry_out: lif };

/// O1, Fig. 4a.
pub const OSCILLATION_PULSE: Experiment =
    Experiment { name: "oscillation under pulses", ids: &["O1"], carry_out: oscillation_pulse };

/// O2, O3, Figs. 4b and 4c.
pub const OSCILLATION_VOLTAGE: Experiment = Experiment {
    name: "oscillation against voltage",
    ids: &["O2", "O3"],
    carry_out: oscillation_voltage,
};

/// A train of pulses into the LIF neuron.
pub struct Train {
    /// Width of a pulse (s).
    pub width_s: f64,
    /// Pulses that each spike took, the first one from rest.
    pub pulses: Vec<f64>,
    /// Voltage of each spike (V).
    pub peaks: Vec<f64>,
    /// Membrane voltage, `(s, V)`.
    pub curve: Vec<(f64, f64)>,
}

impl Train {
    /// Statistics of the pulses over all spikes, as in Fig. 3f.
    pub fn statistics(&self) -> Option<Statistics> {
        Statistics::of(&self.pulses)
    }

    /// The first of a list over the mean of those after it.
    fn first_over_later(values: &[f64]) -> Option<f64> {
        let (first, later) = values.split_first()?;
        Statistics::of(later).map(|later| first / later.mean)
    }
}

/// Distance between two pulses (s), as netlists/paper/lif.cir has it.
const GAP_S: f64 = 200e-6;

fn lif(lab: &Lab<'_>) -> Result<Findings, PaperError> {
    let runs = lab.each(LIF_DECK, lab.card(), |run| {
        let circuit = &run.deck.circuit;
        let membrane = voltage(circuit, "out");
        let (mut peaks, mut scope) = (Peaks::new(membrane), Scope::new(vec![membrane]));
        let outcome = lab.simulate(run, &mut [&mut peaks, scope.sink()])?;
        let scale = lab.scale().second;
        let width_s = run.parameter("width") * scale;
        // The pulse in which, or after which, a spike fell.
        let numbers =
            peaks.found.iter().map(|(at, _)| (at / (width_s + GAP_S * scale)).floor() + 1.0);
        let mut last = 0.0;
        let pulses = numbers.map(|number| number - std::mem::replace(&mut last, number)).collect();
        let peaks = peaks.found.iter().map(|(_, volt)| *volt).collect();
        let curve = scope.curves(outcome.reached).remove(0);
        Ok((Train { width_s, pulses, peaks, curve }, parts(circuit)))
    })?;
    let (ohm, farad) = runs[0].1;
    let trains: Vec<Train> = runs.into_iter().map(|run| run.0).collect();
    let means: Option<Vec<f64>> =
        trains.iter().map(|train| train.statistics().map(|pulses| pulses.mean)).collect();
    let falls = |means: Vec<f64>| means.windows(2).filter(|pair| pair[1] < pair[0]).count() as f64;
    let least = |of: fn(&Train) -> &[f64]| {
        let ratios: Option<Vec<f64>> =
            trains.iter().map(|train| Train::first_over_later(of(train))).collect();
        ratios.and_then(|ratios| Statistics::of(&ratios)).map(|ratios| ratios.min)
    };
    let mut findings = Findings::default();
    findings.value("N1 R", ohm);
    findings.value("N1 C", farad);
    findings.value("L1", means.map(falls));
    findings.value("L2 pulses", least(|train| &train.pulses));
    findings.value("L2 peak", least(|train| &train.peaks));
    findings.figure("3b-e", figures::neurons::trains(lab.scale(), &trains));
    findings.figure("3f", figures::neurons::pulses_per_spike(&trains));
    Ok(findings)
}

/// The resistor and the capacitor of a neuron.
fn parts(circuit: &Circuit) -> (Option<f64>, Option<f64>) {
    let find = |of: fn(&ElementKind) -> Option<f64>| {
        circuit.elements().iter().find_map(|element| of(&element.kind))
    };
    let ohm = find(|kind| match kind {
        ElementKind::Resistor { ohm } => Some(*ohm),
        _ => None,
    });
    let farad = find(|kind| match kind {
        ElementKind::Capacitor { farad, .. } => Some(*farad),
        _ => None,
    });
    (ohm, farad)
}

/// One run of the oscillation neuron.
pub struct Oscillation {
    /// What was stepped: length of the pulse (s), or input voltage (V).
    pub parameter: f64,
    /// By the paper's rule (Hz).
    pub frequency_hz: Option<f64>,
    /// Taken by the device from spike to spike (J).
    pub energy_j: Option<f64>,
    /// Membrane voltage, `(s, V)`.
    pub curve: Vec<(f64, f64)>,
}

fn oscillations(
    lab: &Lab<'_>,
    deck: PaperDeck,
    parameter: &str,
) -> Result<Vec<Oscillation>, PaperError> {
    lab.each(deck, lab.card(), |run| {
        let mut scope = Scope::new(vec![voltage(&run.deck.circuit, "out")]);
        let outcome = lab.simulate(run, &mut [scope.sink()])?;
        Ok(Oscillation {
            parameter: run.parameter(parameter),
            frequency_hz: outcome.measure("frequency"),
            energy_j: outcome.measure("energy_per_spike"),
            curve: scope.curves(outcome.reached).remove(0),
        })
    })
}

fn oscillation_pulse(lab: &Lab<'_>) -> Result<Findings, PaperError> {
    let runs = oscillations(lab, PULSE_DECK, "length")?;
    let mut findings = Findings::default();
    findings.value("O1 50ms", runs[0].frequency_hz);
    findings.value("O1 100ms", runs[1].frequency_hz);
    findings.figure("4a", figures::neurons::pulses(lab.scale(), &runs));
    Ok(findings)
}

fn oscillation_voltage(lab: &Lab<'_>) -> Result<Findings, PaperError> {
    let runs = oscillations(lab, VOLTAGE_DECK, "vin")?;
    let points: Option<Vec<(f64, f64)>> =
        runs.iter().map(|run| run.frequency_hz.map(|hz| (run.parameter, hz))).collect();
    let fit = points.map(|points| statistics::line(&points));
    let mut findings = Findings::default();
    findings.value("O2 low", runs[0].frequency_hz);
    findings.value("O2 high", runs[runs.len() - 1].frequency_hz);
    findings.value("O2 linear", fit.map(|(.., explained)| explained));
    findings.value("O3", runs[0].energy_j);
    findings.figure("4b", figures::neurons::waves(lab.scale(), &runs));
    findings.figure("4c", figures::neurons::frequency(lab.scale(), &runs, fit));
    Ok(findings)
}
