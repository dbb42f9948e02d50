//! Measurements as a table for programs.

use std::io::{self, Write};

use memspike_run::Outcome;

/// Writes a line for each run: its parameters of `.step`, its sample of `.mc`, and every measurement, named with its unit as
/// `name (unit)`; empty where it has no value. Numbers read back as the same.
///
/// # Errors
/// Those of the writer.
pub fn measures_csv(writer: impl Write, outcomes: &[Outcome]) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(writer);
    if let Some(first) = outcomes.first() {
        let params = first.params.iter().map(|(name, _)| name.clone());
        let sample = first.sample.map(|_| "sample".to_owned());
        let measures = first.measures.iter().zip(&first.units).map(|((name, _), unit)| {
            if unit.is_empty() { name.clone() } else { format!("{name} ({unit})") }
        });
        csv.write_record(params.chain(sample).chain(measures))?;
    }
    for outcome in outcomes {
        let params = outcome.params.iter().map(|(_, value)| value.to_string());
        let sample = outcome.sample.map(|sample| sample.to_string());
        let measures = outcome.measures.iter().map(|(_, value)| match value {
            Some(value) => value.to_string(),
            None => String::new(),
        });
        csv.write_record(params.chain(sample).chain(measures))?;
    }
    csv.flush()
}
