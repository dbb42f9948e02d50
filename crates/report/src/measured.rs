//! Measurements as a table for programs.

use std::io::{self, Write};

use memspike_run::Outcome;

/// Writes a line for each run: its parameters of `.step`, its sample of `.mc`, and every measurement, named with its unit as
/// `name (unit)`; empty where it has no value. Numbers read back as the same. If a run was stopped before its end, a last column
/// says when.
///
/// # Errors
/// Those of the writer.
pub fn measures_csv(writer: impl Write, outcomes: &[Outcome]) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(writer);
    let is_stopped = outcomes.iter().any(|outcome| outcome.interrupted);
    if let Some(first) = outcomes.first() {
        let params = first.params.iter().map(|(name, _)| name.clone());
        let sample = first.sample.map(|_| "sample".to_owned());
        let measures = first.measures.iter().zip(&first.units).map(|((name, _), unit)| {
            if unit.is_empty() { name.clone() } else { format!("{name} ({unit})") }
        });
        let stopped = is_stopped.then(|| "interrupted_at (s)".to_owned());
        csv.write_record(params.chain(sample).chain(measures).chain(stopped))?;
    }
    for outcome in outcomes {
        let params = outcome.params.iter().map(|(_, value)| value.to_string());
        let sample = outcome.sample.map(|sample| sample.to_string());
        let measures = outcome.measures.iter().map(|(_, value)| match value {
            Some(value) => value.to_string(),
            None => String::new(),
        });
        let stopped = is_stopped.then(|| match outcome.interrupted {
            true => outcome.reached.as_s().to_string(),
            false => String::new(),
        });
        csv.write_record(params.chain(sample).chain(measures).chain(stopped))?;
    }
    csv.flush()
}

#[cfg(test)]
mod tests {
    use memspike_run::Outcome;
    use memspike_time::Time;

    use super::measures_csv;

    fn outcome(value: Option<f64>, reached_s: f64, interrupted: bool) -> Outcome {
        Outcome {
            params: vec![("r, inner".to_owned(), 1e-300)],
            sample: None,
            reached: Time::from_s(reached_s),
            interrupted,
            at_rest: Vec::new(),
            measures: vec![("f".to_owned(), value), ("ratio".to_owned(), Some(0.1 + 0.2))],
            units: vec!["Hz".into(), "".into()],
            spikes: Vec::new(),
            counters: Default::default(),
            warnings: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn written(outcomes: &[Outcome]) -> String {
        let mut table = Vec::new();
        measures_csv(&mut table, outcomes).expect("memory takes it");
        String::from_utf8(table).expect("text")
    }

    #[test]
    fn a_run_that_was_stopped_says_when_and_a_table_of_whole_runs_has_no_such_column() {
        let whole = written(&[outcome(Some(50.0), 1.0, false)]);
        let mut csv = csv::Reader::from_reader(whole.as_bytes());
        assert_eq!(csv.headers().expect("headings"), &["r, inner", "f (Hz)", "ratio"][..]);
        let row = csv.records().next().expect("a row").expect("fields");
        let numbers: Vec<f64> = row.iter().map(|field| field.parse().expect("a number")).collect();
        assert_eq!(numbers, [1e-300, 50.0, 0.1 + 0.2]);

        let stopped = written(&[outcome(Some(50.0), 2.0, false), outcome(None, 0.5, true)]);
        let ends: Vec<&str> = stopped.lines().filter_map(|line| line.rsplit(',').next()).collect();
        assert_eq!(ends, ["interrupted_at (s)", "", "0.5"]);
    }

    #[test]
    fn a_table_of_no_runs_is_empty() {
        assert_eq!(written(&[]), "");
    }
}
