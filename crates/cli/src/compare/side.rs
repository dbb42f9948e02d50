//! What one deck makes of one image.

use memspike_circuit::{ElementId, MeasureKind, NetId, RiseReading};
use memspike_digital::Level;
use memspike_engine::Recording;
use memspike_netlist::{Elaborated, MeasureCard};
use memspike_run::Outcome;
use serde::Serialize;

/// An output neuron: a device, or a net with its position among those that are followed.
#[derive(Debug, Clone, Copy)]
enum Output {
    Device(ElementId),
    Net(usize, NetId),
}

/// The output neurons of a deck: those whose spikes its ARGMAX compares.
#[derive(Debug)]
pub struct Outputs(Vec<Output>);

impl Outputs {
    /// Those of a deck. An error is its message.
    pub fn of(deck: &Elaborated) -> Result<Self, String> {
        let argmax = deck.measures.iter().find_map(|card| match card {
            MeasureCard::ArgMax { of, .. } => Some(of),
            _ => None,
        });
        let argmax = argmax.ok_or(
            "a deck says which neuron decides by ARGMAX: .meas tran digit argmax spikes[0:9], after .meas tran spikes[0:9] spikes ...",
        )?;
        let mut outputs = Vec::new();
        let mut nets = 0;
        for (_, name) in argmax {
            let kind = deck.measures.iter().find_map(|card| match card {
                MeasureCard::Direct(measure) if measure.name == *name => Some(&measure.kind),
                _ => None,
            });
            outputs.push(match kind {
                Some(MeasureKind::Spikes(device, _)) => Output::Device(*device),
                Some(MeasureKind::Rises { net, reading: RiseReading::Count, .. }) => {
                    nets += 1;
                    Output::Net(nets - 1, *net)
                }
                _ => return Err(format!("'{name}' of ARGMAX counts no spikes")),
            });
        }
        Ok(Self(outputs))
    }

    /// Those that are nets.
    pub fn nets(&self) -> Vec<NetId> {
        let net = |output: &Output| match output {
            Output::Net(_, net) => Some(*net),
            Output::Device(_) => None,
        };
        self.0.iter().filter_map(net).collect()
    }

    /// Instants (s) at which each output spiked.
    pub fn times(&self, recording: &Recording) -> Vec<Vec<f64>> {
        let rises = |net: usize| {
            let levels = recording.levels(net).windows(2);
            let rise = |pair: &[(memspike_time::Time, Level)]| {
                (pair[1].1 == Level::One && pair[0].1 != Level::One).then(|| pair[1].0.as_s())
            };
            levels.filter_map(rise).collect()
        };
        let of = |output: &Output| match output {
            Output::Device(device) => recording.spikes(*device).map(|at| at.as_s()).collect(),
            Output::Net(net, _) => rises(*net),
        };
        self.0.iter().map(of).collect()
    }
}

/// What a deck decides, and when.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Side {
    /// The output with most spikes, the first of several; none without a spike.
    pub decision: Option<usize>,
    /// Spikes of each output.
    pub spikes: Vec<usize>,
    /// The first spike of any output (s).
    pub first_s: Option<f64>,
    /// From when on the one that decides had most spikes (s).
    pub decided_s: Option<f64>,
    /// The sum of all measurements that are energies (J).
    pub energy_j: Option<f64>,
    /// Every spike (s), by output.
    #[serde(skip)]
    pub times: Vec<Vec<f64>>,
    /// What the run took (s).
    #[serde(skip)]
    pub seconds: f64,
    /// What it warns of.
    #[serde(skip)]
    pub warnings: Vec<String>,
}

impl Side {
    /// Of the spikes of each output and what the deck measures.
    pub fn of(times: &[Vec<f64>], outcome: &Outcome, seconds: f64) -> Self {
        let energies: Vec<f64> = outcome
            .measures
            .iter()
            .zip(&outcome.units)
            .filter(|(_, unit)| *unit == "J")
            .filter_map(|((_, value), _)| *value)
            .collect();
        let (decision, decided_s) = decision(times);
        let spikes = times.iter().map(Vec::len).collect();
        let first_s = times.iter().filter_map(|times| times.first()).copied().reduce(f64::min);
        Self {
            decision,
            spikes,
            first_s,
            decided_s,
            energy_j: (!energies.is_empty()).then(|| energies.iter().sum()),
            times: times.to_vec(),
            seconds,
            warnings: outcome.warnings.clone(),
        }
    }
}

/// The output with most spikes, the first of several, and from when on that was so.
fn decision(times: &[Vec<f64>]) -> (Option<usize>, Option<f64>) {
    let mut all: Vec<(f64, usize)> = Vec::new();
    for (output, times) in times.iter().enumerate() {
        all.extend(times.iter().map(|at| (*at, output)));
    }
    all.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let mut counts = vec![0_usize; times.len()];
    let mut leader: Option<(usize, f64)> = None;
    for together in all.chunk_by(|one, other| one.0 == other.0) {
        together.iter().for_each(|(_, output)| counts[*output] += 1);
        let most = counts.iter().max();
        let first = counts.iter().position(|count| Some(count) == most).unwrap_or(0);
        if leader.is_none_or(|(before, _)| before != first) {
            leader = Some((first, together[0].0));
        }
    }
    (leader.map(|(output, _)| output), leader.map(|(_, at)| at))
}

#[cfg(test)]
mod tests {
    use super::decision;

    /// By hand: output 1 leads at 1, output 0 draws level at 3 and is the first of both, output 1 leads again at 4 for good.
    #[test]
    fn a_decision_is_made_when_the_winner_leads_for_good() {
        let times = [vec![3.0], vec![1.0, 4.0, 5.0], vec![]];
        assert_eq!(decision(&times), (Some(1), Some(4.0)));
        assert_eq!(decision(&[vec![2.0], vec![2.0]]), (Some(0), Some(2.0)));
        assert_eq!(decision(&[vec![], vec![]]), (None, None));
    }
}
