//! The rhythm of a circuit whose input is constant.

use memspike_random::Draws;
use memspike_snn::{Neuron, Spike};

/// Spikes of a circuit that are looked at: its filament forgets how it began within some ten of them.
const SPIKES: usize = 64;

/// How long a circuit is waited for (s): the longest run.
const PATIENCE_S: f64 = 18_000.0;

/// The part of a time constant that is looked at first; then it is doubled again and again.
const FIRST: f64 = 1e-9;

/// What a circuit does in the end: spike `k` comes at `(phase + k) period`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rhythm {
    /// Time between two spikes (s).
    pub period_s: f64,
    /// When the first spike would have come, in periods.
    pub phase: f64,
    /// How far a spike of the circuit is from its beat at most (s): the first ones are, because a filament starts from
    /// nothing.
    pub start_s: f64,
    /// Voltage of the membrane at which its device turns off (V).
    pub valley_v: f64,
}

/// The first spikes of a circuit with a constant input, and the voltage of the membrane at which its device last turned off (V).
pub(crate) fn spikes(
    neuron: &Neuron,
    draws: Draws,
    input_v: f64,
    most: usize,
) -> (Vec<Spike>, Option<f64>) {
    let mut membrane = neuron.rest(draws);
    let mut told = Vec::new();
    let mut until_s = FIRST * neuron.tau_s();
    while told.len() < most && until_s < PATIENCE_S {
        membrane.advance(input_v, until_s, |spike| told.push(spike));
        until_s *= 2.0;
    }
    let valley_v = membrane.valley_v();
    told.truncate(most);
    (told, valley_v)
}

impl Rhythm {
    /// That of a circuit whose cycles are alike; nothing if it does not fire at least twice.
    pub fn of(neuron: &Neuron, draws: Draws, input_v: f64) -> Option<Self> {
        let (told, valley_v) = spikes(neuron, draws, input_v, SPIKES);
        let (last, half) = (told.len().checked_sub(1)?, told.len() / 2);
        // Of two spikes the first, of many the middle one: those before it are the beginning.
        let from = half.min(last.checked_sub(1)?);
        let period_s = (told[last].at_s - told[from].at_s) / (last - from) as f64;
        let phase = told[last].at_s / period_s - last as f64;
        // What would begin before the run begins with the first beat within it.
        let phase = if phase < 0.0 { phase.rem_euclid(1.0) } else { phase };
        let apart =
            |(k, spike): (usize, &Spike)| (spike.at_s - (phase + k as f64) * period_s).abs();
        let start_s = told.iter().enumerate().map(apart).fold(0.0, f64::max);
        Some(Self { period_s, phase, start_s, valley_v: valley_v? })
    }
}

/// The deviation of the intervals of a circuit from their mean, as a part of it: what its cycles differ by.
pub(crate) fn jitter(neuron: &Neuron, draws: Draws, input_v: f64) -> Option<f64> {
    // The deviation of so many intervals is known to 5 %.
    const MANY: usize = 201;
    let (told, _) = spikes(neuron, draws, input_v, MANY);
    let intervals: Vec<f64> = told.windows(2).skip(1).map(|w| w[1].at_s - w[0].at_s).collect();
    let count = intervals.len() as f64;
    let mean = intervals.iter().sum::<f64>() / count;
    let squares: f64 = intervals.iter().map(|each| (each - mean).powi(2)).sum();
    (count >= 2.0).then(|| (squares / count).sqrt() / mean)
}
