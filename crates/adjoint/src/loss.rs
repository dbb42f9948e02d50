//! How far an answer is from its label, and what that depends on.

use serde::{Deserialize, Serialize};

use crate::backward::Slopes;
use crate::forward::Trace;
use crate::{Cell, Layer};

/// What of the last layer decides. Each is continuous in all weights where no spike is born or dies elsewhere than at the end
/// of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Who fires first: a score is minus the first instant in membrane time constants. A neuron that does not fire has the end
    /// as its instant.
    FirstSpike,
    /// Whose potential was highest on average, from its reset to its threshold.
    Potential,
    /// Who has most spikes, the last potential between reset and threshold being a part of one.
    Fraction,
}

/// What a loss weighs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// What decides.
    pub loss: Loss,
    /// What scores are multiplied by before their softmax.
    pub sharpness: f64,
    /// Weight of the first instant of the right neuron, in parts of the run, where the first spike decides.
    pub early: f64,
    /// Weight of the mean distance of a silent neuron to its threshold: of the right one where the first spike decides, and of hidden
    /// neurons that were silent in all samples for a while.
    pub alive: f64,
}

/// What a sample gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// The loss.
    pub loss: f64,
    /// The class that was decided for, if any: of several equal ones the lowest.
    pub class: Option<usize>,
}

impl Loss {
    /// Whether it asks for integrals of the last layer's potentials.
    pub(crate) fn integrates(self) -> bool {
        self == Self::Potential
    }
}

impl Terms {
    /// The loss of the last layer under a label, and its derivatives. The trace has integrals if the loss asks for them, or if
    /// `alive` counts.
    pub(crate) fn of(
        &self,
        layer: &Layer,
        trace: &Trace,
        label: usize,
        slopes: &mut Slopes,
    ) -> Verdict {
        slopes.clear(layer.neurons, trace.spikes.len());
        let firsts = firsts(layer.neurons, trace);
        let scores = self.scores(&layer.cell, trace, &firsts);
        let class = self.decided(&scores, &firsts);
        let (mut loss, by_score) = cross_entropy(&scores, self.sharpness, label);
        let span_v = layer.cell.span_v();
        match self.loss {
            Loss::FirstSpike => {
                for (by_score, first) in by_score.iter().zip(&firsts) {
                    if let Some(first) = first {
                        slopes.by_spike[*first] = -by_score / layer.cell.tau_s;
                    }
                }
                loss += match firsts[label] {
                    Some(first) => {
                        slopes.by_spike[first] += self.early / trace.until_s;
                        self.early * trace.spikes[first].at_s / trace.until_s
                    }
                    None => self.early + self.silent(&layer.cell, trace, label, slopes),
                };
            }
            Loss::Potential => {
                let each = 1.0 / (trace.until_s * span_v);
                slopes.by_integral.iter_mut().zip(&by_score).for_each(|(to, by)| *to = by * each);
            }
            Loss::Fraction => {
                slopes.by_end.iter_mut().zip(&by_score).for_each(|(to, by)| *to = by / span_v);
            }
        }
        Verdict { loss, class }
    }

    /// What the last layer decides for.
    pub(crate) fn class(&self, layer: &Layer, trace: &Trace) -> Option<usize> {
        let firsts = firsts(layer.neurons, trace);
        self.decided(&self.scores(&layer.cell, trace, &firsts), &firsts)
    }

    fn decided(&self, scores: &[f64], firsts: &[Option<usize>]) -> Option<usize> {
        match self.loss {
            Loss::FirstSpike if firsts.iter().all(Option::is_none) => None,
            _ => highest(scores),
        }
    }

    fn scores(&self, cell: &Cell, trace: &Trace, firsts: &[Option<usize>]) -> Vec<f64> {
        let span_v = cell.span_v();
        match self.loss {
            Loss::FirstSpike => {
                let first_s = |first: &Option<usize>| {
                    first.map_or(trace.until_s, |number| trace.spikes[number].at_s)
                };
                firsts.iter().map(|first| -first_s(first) / cell.tau_s).collect()
            }
            Loss::Potential => {
                let mean_v = trace.integral_vs.iter().map(|integral| integral / trace.until_s);
                mean_v.map(|mean_v| (mean_v - cell.reset_v) / span_v).collect()
            }
            Loss::Fraction => {
                let part = |v: &f64| (v - cell.reset_v) / span_v;
                let mut scores: Vec<f64> = trace.potential_v.iter().map(part).collect();
                trace.spikes.iter().for_each(|spike| scores[spike.neuron as usize] += 1.0);
                scores
            }
        }
    }

    /// The term of a silent neuron, whose derivative by its potential is added.
    pub(crate) fn silent(
        &self,
        cell: &Cell,
        trace: &Trace,
        neuron: usize,
        slopes: &mut Slopes,
    ) -> f64 {
        if self.alive == 0.0 {
            return 0.0;
        }
        let span_v = cell.span_v();
        slopes.by_integral[neuron] -= self.alive / (trace.until_s * span_v);
        let mean_v = trace.integral_vs[neuron] / trace.until_s;
        self.alive * (cell.threshold_v - mean_v) / span_v
    }
}

/// The number of each neuron's first spike.
fn firsts(neurons: usize, trace: &Trace) -> Vec<Option<usize>> {
    let mut firsts = vec![None; neurons];
    for (number, spike) in trace.spikes.iter().enumerate() {
        firsts[spike.neuron as usize].get_or_insert(number);
    }
    firsts
}

/// The place of the highest score, the first of several.
fn highest(scores: &[f64]) -> Option<usize> {
    let better = |best: Option<usize>, at: usize| match best {
        Some(best) if scores[best] >= scores[at] => Some(best),
        _ => Some(at),
    };
    (0..scores.len()).fold(None, better)
}

/// Cross entropy of the softmax of scores, and its derivatives by them.
fn cross_entropy(scores: &[f64], sharpness: f64, label: usize) -> (f64, Vec<f64>) {
    let greatest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let parts: Vec<f64> = scores.iter().map(|s| (sharpness * (s - greatest)).exp()).collect();
    let sum: f64 = parts.iter().sum();
    let target = |class| if class == label { 1.0 } else { 0.0 };
    let slopes = parts.iter().enumerate();
    let slopes = slopes.map(|(class, part)| sharpness * (part / sum - target(class))).collect();
    (sum.ln() - sharpness * (scores[label] - greatest), slopes)
}
