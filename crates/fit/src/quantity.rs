//! What can be measured of a device, and what a model predicts for it.

use memspike_circuit::{Circuit, Stimulus};
use memspike_device::BuiltModel;
use serde::Serialize;

use crate::bench::{self, Moment, Record};

/// The neuron circuit: a source charges a capacitor through a resistor, the device is across it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Neuron {
    /// Series resistance (ohm).
    pub resistance: f64,
    /// Capacitance across the device (F).
    pub capacitance: f64,
}

/// A measured quantity with the conditions of its measurement. All voltages are above zero.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Quantity {
    /// Voltage at which the device turns on in a ramp from rest (V).
    Threshold {
        /// Ramp rate (V/s). A staircase counts as the ramp of its mean rate: where its step is
        /// small against the model's voltage scale it reads the nearest level.
        rate: f64,
        /// Step of a staircase (V) of which not the level, but the middle of the step up to it was read.
        #[serde(skip_serializing_if = "Option::is_none")]
        step: Option<f64>,
    },
    /// Voltage at which the device turns off, on the way back from a ramp that turned it on (V).
    Hold {
        /// Ramp rate (V/s).
        rate: f64,
        /// Greatest voltage of the ramp (V).
        peak: f64,
    },
    /// Spike frequency of the neuron under a constant voltage, `(spikes - 1) / (last - first)` (Hz).
    Frequency {
        /// Source voltage (V).
        voltage: f64,
        /// The circuit.
        #[serde(flatten)]
        neuron: Neuron,
    },
    /// Energy that the device takes from one spike to the next, once it spikes regularly (J): the
    /// first spike, which is greater, is left out.
    Energy {
        /// Source voltage (V).
        voltage: f64,
        /// The circuit.
        #[serde(flatten)]
        neuron: Neuron,
    },
    /// Voltage of the first peak over that of later ones.
    PeakRatio {
        /// Source voltage (V).
        voltage: f64,
        /// The circuit.
        #[serde(flatten)]
        neuron: Neuron,
    },
    /// Pulses that the neuron needs for its first spike. The prediction counts the part of the
    /// last pulse that had passed, so that it is continuous; a measured count `n` says that it
    /// lies between `n - 1` and `n`.
    Pulses {
        /// Voltage of a pulse (V).
        voltage: f64,
        /// Its width (s).
        width: f64,
        /// Time between two pulses (s).
        gap: f64,
        /// The circuit.
        #[serde(flatten)]
        neuron: Neuron,
    },
    /// Time from a voltage step across the device to its turn-on (s).
    Delay {
        /// Voltage of the step (V).
        voltage: f64,
    },
    /// Voltage over current of the resting device (ohm).
    OffResistance {
        /// Voltage (V).
        voltage: f64,
    },
    /// Voltage over current of the device that this voltage turned on (ohm).
    OnResistance {
        /// Voltage (V).
        voltage: f64,
        /// The most that the source gave (A), which decides how wide a filament with `vform` is.
        #[serde(skip_serializing_if = "Option::is_none")]
        compliance: Option<f64>,
    },
}

/// A ramp ends at this multiple of the measured value.
const REACH: f64 = 20.0;

/// Ratio of two rates whose thresholds tell how it rises with the rate.
const NEARBY: f64 = 1.1;

/// Time constants of the neuron that are simulated until it has spiked often enough.
const NEURON_WINDOWS: [f64; 4] = [4.0, 16.0, 64.0, 256.0];

/// Spikes from which a frequency is taken.
const ENOUGH_SPIKES: usize = 4;

/// As long as a device is watched for its turn-on (s): an hour.
const PATIENCE_S: f64 = 3600.0;

impl Quantity {
    /// The unit of the value.
    #[must_use]
    pub fn unit(&self) -> &'static str {
        match self {
            Self::Threshold { .. } | Self::Hold { .. } => "V",
            Self::Frequency { .. } => "Hz",
            Self::Energy { .. } => "J",
            Self::PeakRatio { .. } | Self::Pulses { .. } => "",
            Self::Delay { .. } => "s",
            Self::OffResistance { .. } | Self::OnResistance { .. } => "ohm",
        }
    }

    /// How long its ramp is simulated in one direction (s), if it has one.
    pub(crate) fn ramp_s(&self, measured: f64) -> Option<f64> {
        match self {
            Self::Threshold { rate, .. } => Some(REACH * measured / rate),
            Self::Hold { rate, peak } => Some(peak / rate),
            _ => None,
        }
    }

    /// What a model gives for it; none if the device never does what is measured. `measured` is a
    /// scale for how far to look and enters nothing else.
    pub(crate) fn predict(&self, model: &BuiltModel, measured: f64) -> Option<f64> {
        match *self {
            Self::Threshold { rate, step: None } => threshold(model, rate, REACH * measured),
            Self::Threshold { rate, step: Some(step) } => {
                middle_of_step(model, rate, step, REACH * measured)
            }
            Self::Hold { rate, peak } => hold(model, rate, peak),
            Self::Frequency { voltage, neuron } => {
                oscillation(&oscillator(model, voltage, neuron)?, neuron)?.frequency_hz()
            }
            Self::Energy { voltage, neuron } => energy(model, voltage, neuron),
            Self::PeakRatio { voltage, neuron } => {
                let circuit = oscillator(model, voltage, neuron)?;
                let peaks = oscillation(&circuit, neuron)?.turned_on;
                Some(peaks.first()?.volt / peaks.last()?.volt)
            }
            Self::Pulses { voltage, width, gap, neuron } => {
                pulses_to_fire(model, (voltage, width, gap), neuron, measured)
            }
            Self::Delay { voltage } => step(model, voltage)?.turned_on.first().map(|m| m.at_s),
            Self::OffResistance { voltage } => {
                let circuit = bench::driven(model, Stimulus::Dc(voltage))?;
                positive(voltage / bench::run(&circuit, 0.0, 1)?.first_ampere)
            }
            Self::OnResistance { voltage, compliance } => {
                let limited = |limit_a| {
                    let circuit = bench::limited(model, Stimulus::Dc(voltage), limit_a)?;
                    on_resistance(&bench::run(&circuit, PATIENCE_S, 2)?)
                };
                // A device that a limit would turn off again never widened because of it.
                let free = || on_resistance(&step(model, voltage)?);
                compliance.and_then(limited).or_else(free)
            }
        }
    }
}

/// Of a device that turned on and stayed so.
fn on_resistance(record: &Record) -> Option<f64> {
    let turned_on = record.turned_on.len() == 1 && record.turned_off.is_empty();
    turned_on.then(|| record.last_volt / record.last_ampere).and_then(positive)
}

fn positive(value: f64) -> Option<f64> {
    (value > 0.0 && value.is_finite()).then_some(value)
}

fn threshold(model: &BuiltModel, rate: f64, top: f64) -> Option<f64> {
    let end = top / rate;
    let ramp = Stimulus::Pwl(vec![(0.0, 0.0), (end, top)]);
    let record = bench::run(&bench::driven(model, ramp)?, end, 1)?;
    record.turned_on.first().map(|moment| moment.volt)
}

/// What is read in the middle of the step in which a staircase turns the device on.
///
/// The growth that levels `step` apart, each held for `step / rate`, give a filament whose rate goes as
/// `exp(v / s)` is a geometric series; a ramp of the same rate has given as much where it is at the last
/// level plus `s ln(q / (1 - exp(-q)))`, `q = step / s`. So a staircase turns on at the level nearest to
/// the threshold of the ramp where its step is small (`q / 2`), and at the next one above where it is
/// not. `s` is what the threshold rises by as the rate goes up by a factor of e.
fn middle_of_step(model: &BuiltModel, rate: f64, step: f64, top: f64) -> Option<f64> {
    let slow = threshold(model, rate, top)?;
    let scale = (threshold(model, NEARBY * rate, top)? - slow) / NEARBY.ln();
    let q = step / scale;
    // Where the rate does not matter, the series has one term.
    let lag = if q.abs() < 1e6 { scale * (q / -(-q).exp_m1()).ln() } else { 0.0 };
    Some(slow - lag).filter(|read| *read > 0.0)
}

fn hold(model: &BuiltModel, rate: f64, peak: f64) -> Option<f64> {
    let half = peak / rate;
    let there_and_back = Stimulus::Pwl(vec![(0.0, 0.0), (half, peak), (2.0 * half, 0.0)]);
    let record = bench::run(&bench::driven(model, there_and_back)?, 2.0 * half, 2)?;
    record.turned_off.first().map(|moment| moment.volt)
}

fn oscillator(model: &BuiltModel, voltage: f64, neuron: Neuron) -> Option<Circuit> {
    bench::neuron(model, Stimulus::Dc(voltage), neuron.resistance, neuron.capacitance)
}

fn oscillation(circuit: &Circuit, neuron: Neuron) -> Option<Record> {
    let tau = neuron.resistance * neuron.capacitance;
    NEURON_WINDOWS
        .iter()
        .map_while(|window| bench::run(circuit, window * tau, ENOUGH_SPIKES))
        .find(|record| record.turned_on.len() >= ENOUGH_SPIKES)
}

fn energy(model: &BuiltModel, voltage: f64, neuron: Neuron) -> Option<f64> {
    let circuit = oscillator(model, voltage, neuron)?;
    let spikes = oscillation(&circuit, neuron)?.turned_on;
    let [first, second, .., before, last] = spikes.as_slice() else { return None };
    let from_s = 0.5 * (first.at_s + second.at_s);
    bench::energy_a_spike(&circuit, from_s, 1.5 * last.at_s - 0.5 * before.at_s)
}

fn step(model: &BuiltModel, voltage: f64) -> Option<Record> {
    bench::run(&bench::driven(model, Stimulus::Dc(voltage))?, PATIENCE_S, 2)
}

fn pulses_to_fire(
    model: &BuiltModel,
    (voltage, width, gap): (f64, f64, f64),
    Neuron { resistance, capacitance }: Neuron,
    measured: f64,
) -> Option<f64> {
    let period = width + gap;
    let pulses = bench::pulses(voltage, width, gap);
    let circuit = bench::neuron(model, pulses, resistance, capacitance)?;
    let record = bench::run(&circuit, REACH * measured * period, 1)?;
    let &Moment { at_s, .. } = record.turned_on.first()?;
    let whole = (at_s / period).floor();
    Some(whole + ((at_s - whole * period) / width).min(1.0))
}
