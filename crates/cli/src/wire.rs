//! What a rank sends the first one of its runs: numbers to the last bit, in JSON.

use memspike_engine::Counters;
use memspike_run::{Outcome, Points, Spikes};
use memspike_snn::{Energy, Evaluation};
use memspike_time::Time;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::failure::Failure;

/// Bytes of a message.
///
/// # Panics
/// If the value is none that JSON has: never, for values of this program.
pub fn bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("numbers, texts and lists of them")
}

/// The value of a message of the same program.
///
/// # Panics
/// If it is no such message: a rank runs another program.
pub fn value<T: DeserializeOwned>(bytes: &[u8]) -> T {
    serde_json::from_slice(bytes).expect("all ranks run the same program")
}

/// A number by its bits: JSON has neither infinities nor, in every reader, the last digit.
pub fn bits(value: f64) -> u64 {
    value.to_bits()
}

/// An outcome, its numbers as bits.
#[derive(Serialize, Deserialize)]
pub struct SentOutcome {
    params: Vec<(String, u64)>,
    sample: Option<u32>,
    reached: Instant,
    interrupted: bool,
    at_rest: Vec<SentPoints>,
    measures: Vec<(String, Option<u64>)>,
    units: Vec<String>,
    spikes: Vec<SentSpikes>,
    counters: [u64; 7],
    warnings: Vec<String>,
    notes: Vec<String>,
}

/// Of a device: its name, how many spikes, the first and the last, all that were asked for.
type SentSpikes = (String, u64, Option<[Instant; 2]>, Vec<Instant>);

/// Femtoseconds, and the bits of their fraction.
type Instant = (u64, u64);

#[derive(Serialize, Deserialize)]
struct SentPoints {
    kind: Kind,
    axes: usize,
    columns: Vec<(String, String)>,
    rows: Vec<Vec<u64>>,
}

#[derive(Serialize, Deserialize)]
enum Kind {
    Op,
    Dc,
    Ac,
}

fn instant(at: Time) -> Instant {
    (at.tick, bits(at.frac))
}

fn time((tick, frac): Instant) -> Time {
    Time { tick, frac: f64::from_bits(frac) }
}

impl From<Outcome> for SentOutcome {
    fn from(outcome: Outcome) -> Self {
        let Outcome { params, sample, reached, interrupted, at_rest, .. } = outcome;
        let Outcome { measures, units, spikes, counters, warnings, notes, .. } = outcome;
        let Counters { scheduled, cancelled, fired, pending, phase_changes, .. } = counters;
        let Counters { mode_sets, mode_sets_dropped, .. } = counters;
        let spikes = spikes.into_iter().map(|Spikes { element, count, ends, times }| {
            let ends = ends.map(|(first, last)| [instant(first), instant(last)]);
            (element, count, ends, times.into_iter().map(instant).collect())
        });
        let number = |(name, value): (String, f64)| (name, bits(value));
        let measured = |(name, value): (String, Option<f64>)| (name, value.map(bits));
        Self {
            params: params.into_iter().map(number).collect(),
            sample,
            reached: instant(reached),
            interrupted,
            at_rest: at_rest.into_iter().map(SentPoints::from).collect(),
            measures: measures.into_iter().map(measured).collect(),
            units: units.into_iter().map(Into::into).collect(),
            spikes: spikes.collect(),
            counters: [
                scheduled,
                cancelled,
                fired,
                pending,
                phase_changes,
                mode_sets,
                mode_sets_dropped,
            ],
            warnings,
            notes,
        }
    }
}

impl From<SentOutcome> for Outcome {
    fn from(sent: SentOutcome) -> Self {
        let [scheduled, cancelled, fired, pending, phase_changes, mode_sets, mode_sets_dropped] =
            sent.counters;
        let spikes = sent.spikes.into_iter().map(|(element, count, ends, times)| {
            let ends = ends.map(|[first, last]| (time(first), time(last)));
            Spikes { element, count, ends, times: times.into_iter().map(time).collect() }
        });
        let number = |(name, value): (String, u64)| (name, f64::from_bits(value));
        let measured = |(name, value): (String, Option<u64>)| (name, value.map(f64::from_bits));
        Self {
            params: sent.params.into_iter().map(number).collect(),
            sample: sent.sample,
            reached: time(sent.reached),
            interrupted: sent.interrupted,
            at_rest: sent.at_rest.into_iter().map(Points::from).collect(),
            measures: sent.measures.into_iter().map(measured).collect(),
            units: sent.units.into_iter().map(Into::into).collect(),
            spikes: spikes.collect(),
            counters: Counters {
                scheduled,
                cancelled,
                fired,
                pending,
                phase_changes,
                mode_sets,
                mode_sets_dropped,
            },
            warnings: sent.warnings,
            notes: sent.notes,
        }
    }
}

impl From<Points> for SentPoints {
    fn from(points: Points) -> Self {
        let Points { kind, axes, columns, rows } = points;
        let kind = match kind {
            "op" => Kind::Op,
            "dc" => Kind::Dc,
            _ => Kind::Ac,
        };
        let columns = columns.into_iter().map(|(name, unit)| (name, unit.into_owned())).collect();
        let rows = rows.into_iter().map(|row| row.into_iter().map(bits).collect()).collect();
        Self { kind, axes, columns, rows }
    }
}

impl From<SentPoints> for Points {
    fn from(sent: SentPoints) -> Self {
        let SentPoints { kind, axes, columns, rows } = sent;
        let kind = match kind {
            Kind::Op => "op",
            Kind::Dc => "dc",
            Kind::Ac => "ac",
        };
        let columns = columns.into_iter().map(|(name, unit)| (name, unit.into())).collect();
        let numbers = |row: Vec<u64>| row.into_iter().map(f64::from_bits).collect();
        Self { kind, axes, columns, rows: rows.into_iter().map(numbers).collect() }
    }
}

/// What a network did, its energies as bits: those of all, then those by layer.
#[derive(Serialize, Deserialize)]
pub struct SentEvaluation {
    images: u32,
    confusion: Vec<Vec<u32>>,
    spikes: Vec<Vec<u64>>,
    energy: [u64; 8],
    by_layer: Vec<[u64; 8]>,
}

fn sent_energy(energy: Energy) -> [u64; 8] {
    let Energy { pixels_j, mirrors_j, series_resistors_j, input_neurons_j, .. } = energy;
    let Energy { array_j, leak_resistors_j, output_neurons_j, stored_j, .. } = energy;
    let energy = [
        pixels_j,
        mirrors_j,
        series_resistors_j,
        input_neurons_j,
        array_j,
        leak_resistors_j,
        output_neurons_j,
        stored_j,
    ];
    energy.map(bits)
}

fn energy(sent: [u64; 8]) -> Energy {
    let [
        pixels_j,
        mirrors_j,
        series_resistors_j,
        input_neurons_j,
        array_j,
        leak_resistors_j,
        output_neurons_j,
        stored_j,
    ] = sent.map(f64::from_bits);
    Energy {
        pixels_j,
        mirrors_j,
        series_resistors_j,
        input_neurons_j,
        array_j,
        leak_resistors_j,
        output_neurons_j,
        stored_j,
    }
}

impl From<Evaluation> for SentEvaluation {
    fn from(evaluation: Evaluation) -> Self {
        let Evaluation { images, confusion, spikes, energy, by_layer } = evaluation;
        let by_layer = by_layer.into_iter().map(sent_energy).collect();
        Self { images, confusion, spikes, energy: sent_energy(energy), by_layer }
    }
}

impl From<SentEvaluation> for Evaluation {
    fn from(sent: SentEvaluation) -> Self {
        let by_layer = sent.by_layer.into_iter().map(energy).collect();
        let SentEvaluation { images, confusion, spikes, .. } = sent;
        Self { images, confusion, spikes, energy: energy(sent.energy), by_layer }
    }
}

/// Why a run failed: what is told, and the exit status.
#[derive(Serialize, Deserialize)]
pub struct SentFailure {
    message: String,
    status: u8,
}

impl From<Failure> for SentFailure {
    fn from(failure: Failure) -> Self {
        Self { message: failure.to_string(), status: failure.number() }
    }
}

impl From<SentFailure> for Failure {
    fn from(SentFailure { message, status }: SentFailure) -> Self {
        match status {
            1 => Self::Work(message),
            2 => Self::Input(message),
            _ => Self::ClosedPipe,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An outcome with every kind of number that is hard to send.
    fn outcome() -> Outcome {
        let at = |tick| Time { tick, frac: 0.1 + 0.2 };
        let points = |kind| Points {
            kind,
            axes: 1,
            columns: vec![("v(a)".to_owned(), "V".into())],
            rows: vec![vec![f64::NAN, f64::INFINITY], vec![-0.0, 5e-324]],
        };
        Outcome {
            params: vec![("r".to_owned(), 0.1 + 0.2)],
            sample: Some(7),
            reached: at(u64::MAX),
            interrupted: true,
            at_rest: ["op", "dc", "ac"].map(points).into(),
            measures: vec![("x".to_owned(), Some(1.0 / 3.0)), ("none".to_owned(), None)],
            units: vec!["s".into(), "".into()],
            spikes: vec![Spikes {
                element: "x1.n2".to_owned(),
                count: 3,
                ends: Some((at(1), at(9))),
                times: vec![at(1), at(5), at(9)],
            }],
            counters: Counters {
                scheduled: 1,
                cancelled: 2,
                fired: u64::MAX,
                pending: 4,
                phase_changes: 5,
                mode_sets: 6,
                mode_sets_dropped: 7,
            },
            warnings: vec!["\"quoted\"\n".to_owned()],
            notes: vec!["nothing is wrong".to_owned()],
        }
    }

    #[test]
    fn an_outcome_arrives_to_the_last_bit() {
        let sent: SentOutcome = value(&bytes(&SentOutcome::from(outcome())));
        // Shown digit by digit, and the sign of zero; NaN is no number that equals itself.
        assert_eq!(format!("{:?}", Outcome::from(sent)), format!("{:?}", outcome()));
    }

    #[test]
    fn a_failure_keeps_message_and_status() {
        for failure in [
            Failure::Work("full".to_owned()),
            Failure::Input("wrong".to_owned()),
            Failure::ClosedPipe,
        ] {
            let (message, status) = (failure.to_string(), failure.number());
            let sent: SentFailure = value(&bytes(&SentFailure::from(failure)));
            let failure = Failure::from(sent);
            assert_eq!((failure.to_string(), failure.number()), (message, status));
        }
    }
}
