//! Operating points, sweeps and small signals as tables for people.

use std::borrow::Cow;
use std::fmt::Write as _;

use memspike_run::{Outcome, Points};

use crate::table::{engineering, label, table};

/// Rows and columns that are shown; the files and `--json` have them all.
const MAX_ROWS: usize = 40;
const MAX_COLUMNS: usize = 12;

/// A table for each analysis at rest of each run.
pub(crate) fn points(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        for points in &outcome.at_rest {
            let run = label(&outcome.params, outcome.sample);
            let run = if run.is_empty() { run } else { format!(" ({run})") };
            let _ = writeln!(text, "\n.{}{run}", points.kind);
            text.push_str(&match points.kind {
                "op" => operating_point(points),
                "ac" => small_signals(points),
                _ => sweep(points),
            });
        }
    }
    text
}

fn operating_point(points: &Points) -> String {
    let values = points.rows.iter().flatten();
    let all = points.columns.iter().zip(values);
    let row = |((name, unit), value): (&(String, Cow<'_, str>), &f64)| {
        vec![name.clone(), number(*value, unit)]
    };
    let rows: Vec<Vec<String>> = all.take(10 * MAX_ROWS).map(row).collect();
    let hidden = points.columns.len() - rows.len();
    let mut text = format!("{}\n", table(&["signal", "value"], rows));
    more(&mut text, hidden, "--json has");
    text
}

fn sweep(points: &Points) -> String {
    let header: Vec<&str> = points.columns.iter().map(|(name, _)| name.as_str()).collect();
    let row = |row: &Vec<f64>| {
        row.iter().zip(&points.columns).map(|(value, (_, unit))| number(*value, unit)).collect()
    };
    let rows = points.rows.iter().map(row).collect();
    shown(points, &header, rows, "--dc FILE and --json have")
}

/// Magnitudes in decibels against one volt or ampere, and phases in degrees.
fn small_signals(points: &Points) -> String {
    let names = points.columns[1..].chunks(2).map(|pair| pair[0].0.trim_end_matches(".re"));
    let header: Vec<String> = ["frequency".to_owned()]
        .into_iter()
        .chain(names.flat_map(|name| [format!("{name} dB"), format!("{name} deg")]))
        .collect();
    let row = |row: &Vec<f64>| {
        let both = |pair: &[f64]| {
            let (magnitude, phase) = (pair[0].hypot(pair[1]), pair[1].atan2(pair[0]));
            [number(20.0 * magnitude.log10(), ""), number(phase.to_degrees(), "")]
        };
        let signals = row[1..].chunks(2).flat_map(both);
        [number(row[0], "Hz")].into_iter().chain(signals).collect()
    };
    let rows = points.rows.iter().map(row).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    shown(points, &header, rows, "--ac FILE and --json have")
}

fn number(value: f64, unit: &str) -> String {
    if value.is_finite() { engineering(value, unit) } else { "-".to_owned() }
}

/// As much of a table as there is room for.
fn shown(points: &Points, header: &[&str], mut rows: Vec<Vec<String>>, who: &str) -> String {
    let columns = header.len().min(MAX_COLUMNS + points.axes);
    let all = rows.len();
    rows.truncate(MAX_ROWS);
    let hidden = all - rows.len();
    rows.iter_mut().for_each(|row| row.truncate(columns));
    let mut text = format!("{}\n", table(&header[..columns], rows));
    more(&mut text, hidden, who);
    if columns < header.len() {
        let _ = writeln!(
            text,
            "... and {} columns more; {who} them all, .save chooses",
            header.len() - columns
        );
    }
    text
}

fn more(text: &mut String, hidden: usize, who: &str) {
    if hidden > 0 {
        let _ = writeln!(text, "... and {hidden} more; {who} them all");
    }
}
