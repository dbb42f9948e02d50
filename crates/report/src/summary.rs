//! Measurements over the samples of `.mc`.

use comfy_table::Table;
use memspike_run::Outcome;

use crate::table::{engineering, table as drawn};

/// What the samples of one measurement have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// How many samples.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// With one degree of freedom less than samples; none for a single sample.
    pub deviation: Option<f64>,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
}

impl Statistics {
    /// None of no samples.
    pub fn of(samples: &[f64]) -> Option<Self> {
        let count = samples.len();
        if count == 0 {
            return None;
        }
        let mean = samples.iter().sum::<f64>() / count as f64;
        let squares = samples.iter().map(|sample| (sample - mean).powi(2)).sum::<f64>();
        Some(Self {
            count,
            mean,
            deviation: (count > 1).then(|| (squares / (count - 1) as f64).sqrt()),
            min: samples.iter().copied().fold(f64::INFINITY, f64::min),
            max: samples.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }
}

/// A row for each measurement and each point of `.step`, over the runs that are complete.
pub fn table(outcomes: &[Outcome]) -> Table {
    let first = &outcomes[0];
    let mut header = vec!["measure"];
    header.extend(first.params.iter().map(|(name, _)| name.as_str()));
    header.extend(["mean", "std deviation", "min", "max", "count"]);
    // Samples of a point follow each other.
    let points: Vec<&[Outcome]> = outcomes.chunk_by(|a, b| a.params == b.params).collect();
    let rows = (0..first.measures.len())
        .flat_map(|measure| points.iter().map(move |point| row(point, measure)))
        .collect();
    drawn(&header, rows)
}

fn row(point: &[Outcome], measure: usize) -> Vec<String> {
    let complete = || point.iter().filter(|outcome| !outcome.interrupted);
    let samples: Vec<f64> = complete().filter_map(|outcome| outcome.measures[measure].1).collect();
    let statistics = Statistics::of(&samples);
    let unit = &point[0].units[measure];
    let shown = |value: fn(&Statistics) -> Option<f64>| {
        let value = statistics.as_ref().and_then(value);
        value.map_or_else(|| "-".to_owned(), |value| engineering(value, unit))
    };
    let mut row = vec![point[0].measures[measure].0.clone()];
    row.extend(point[0].params.iter().map(|(_, value)| engineering(*value, "")));
    row.push(shown(|statistics| Some(statistics.mean)));
    row.push(shown(|statistics| statistics.deviation));
    row.push(shown(|statistics| Some(statistics.min)));
    row.push(shown(|statistics| Some(statistics.max)));
    let (count, total) = (statistics.map_or(0, |statistics| statistics.count), complete().count());
    row.push(if count == total { count.to_string() } else { format!("{count} of {total}") });
    row
}

#[cfg(test)]
mod tests {
    use super::Statistics;

    #[test]
    fn statistics_are_those_of_the_textbook() {
        // Mean 5, squares 9 1 1 1 0 0 4 16.
        let found = Statistics::of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        let deviation = Some((32.0_f64 / 7.0).sqrt());
        let expected = Statistics { count: 8, mean: 5.0, deviation, min: 2.0, max: 9.0 };
        assert_eq!(found, Some(expected));
    }

    #[test]
    fn one_sample_has_no_deviation_and_none_has_nothing() {
        let alone = Statistics { count: 1, mean: 3.0, deviation: None, min: 3.0, max: 3.0 };
        assert_eq!(Statistics::of(&[3.0]), Some(alone));
        assert_eq!(Statistics::of(&[]), None);
    }
}
