//! Results as tables for people.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};
use memspike_run::{Outcome, Spikes};
use memspike_time::Time;
use serde::Serialize;

use crate::points::points;
use crate::summary;

/// Rows of the spike table, and of the runs if samples have a summary; the files and `--json` have
/// them all.
const MAX_ROWS: usize = 40;

/// Measurements and spikes of all runs of a deck.
pub fn outcomes(title: &str, outcomes: &[Outcome]) -> String {
    let mut text = format!("{title}\n");
    text.push_str(&points(outcomes));
    if outcomes.iter().any(|outcome| !outcome.measures.is_empty()) {
        let sampled = outcomes.iter().any(|outcome| outcome.sample.is_some());
        let shown = if sampled { MAX_ROWS.min(outcomes.len()) } else { outcomes.len() };
        let _ = writeln!(text, "\n{}", measures(&outcomes[..shown]));
        if shown < outcomes.len() {
            let _ = writeln!(text, "... and {} more; --json has them all", outcomes.len() - shown);
        }
        if sampled {
            let _ = writeln!(text, "\n{}", summary::table(outcomes));
        }
    }
    if outcomes.iter().any(|outcome| !outcome.spikes.is_empty()) {
        text.push_str(&spikes(outcomes));
    }
    let events: u64 = outcomes.iter().map(|outcome| outcome.counters.fired).sum();
    // What was asked of the circuit at rest alone has no events.
    if outcomes.iter().any(|outcome| outcome.at_rest.is_empty() || outcome.reached > Time::ZERO) {
        let _ = writeln!(text, "\n{events} events");
    }
    text
}

/// Version of the form of JSON results: keys may be added to it, none goes or changes its meaning.
pub const JSON_VERSION: u32 = 1;

/// A value with named fields as JSON with indentation, which begins with the version of its form.
///
/// # Panics
/// If it has no named fields.
pub fn json(value: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Versioned<'v, V> {
        version: u32,
        #[serde(flatten)]
        value: &'v V,
    }
    let value = Versioned { version: JSON_VERSION, value };
    let mut text = serde_json::to_string_pretty(&value).expect("results always have a JSON form");
    text.push('\n');
    text
}

/// What a run is, such as `vin = 500 m, sample 3`.
pub fn label(params: &[(String, f64)], sample: Option<u32>) -> String {
    let params = params.iter().map(|(name, value)| format!("{name} = {}", engineering(*value, "")));
    let sample = sample.map(|sample| format!("sample {sample}"));
    params.chain(sample).collect::<Vec<_>>().join(", ")
}

/// A table with a header, numbers to the right.
pub fn table(header: &[&str], rows: Vec<Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(header);
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// One run: a row for each measurement. Several: a row for each run.
fn measures(outcomes: &[Outcome]) -> Table {
    let value = |outcome: &Outcome, i: usize| match outcome.measures[i].1 {
        Some(value) => engineering(value, &outcome.units[i]),
        None => "failed".to_owned(),
    };
    let first = &outcomes[0];
    if outcomes.len() == 1 {
        let rows = (0..first.measures.len())
            .map(|i| vec![first.measures[i].0.clone(), value(first, i)])
            .collect();
        return table(&["measure", "value"], rows);
    }
    let interrupted = outcomes.iter().any(|outcome| outcome.interrupted);
    let mut header: Vec<&str> = first.params.iter().map(|(name, _)| name.as_str()).collect();
    header.extend(first.sample.map(|_| "sample"));
    header.extend(first.measures.iter().map(|(name, _)| name.as_str()));
    header.extend(interrupted.then_some("interrupted at"));
    let rows = outcomes
        .iter()
        .map(|outcome| {
            let params = outcome.params.iter().map(|(_, value)| engineering(*value, ""));
            let mut row: Vec<String> = params.collect();
            row.extend(outcome.sample.map(|sample| sample.to_string()));
            row.extend((0..outcome.measures.len()).map(|i| value(outcome, i)));
            if interrupted {
                let at = outcome.interrupted.then(|| engineering(outcome.reached.as_s(), "s"));
                row.push(at.unwrap_or_else(|| "-".to_owned()));
            }
            row
        })
        .collect();
    table(&header, rows)
}

/// A row for each device; of very many those that fired, as far as there is room.
fn spikes(outcomes: &[Outcome]) -> String {
    let several = outcomes.len() > 1;
    let all = outcomes.iter().map(|outcome| outcome.spikes.len()).sum::<usize>();
    let rows: Vec<Vec<String>> = outcomes
        .iter()
        .flat_map(|outcome| outcome.spikes.iter().map(move |spikes| (outcome, spikes)))
        .filter(|(_, spikes)| all <= MAX_ROWS || spikes.count > 0)
        .take(MAX_ROWS)
        .map(|(outcome, spikes)| {
            let name = if several {
                format!("{} ({})", spikes.element, label(&outcome.params, outcome.sample))
            } else {
                spikes.element.clone()
            };
            spike_row(name, spikes)
        })
        .collect();
    let hidden = all - rows.len();
    let table = table(&["element", "spikes", "first", "last", "frequency"], rows);
    let mut text = format!("\n{table}\n");
    if hidden > 0 {
        let _ = writeln!(text, "... and {hidden} more; --json and --spikes have them all");
    }
    text
}

fn spike_row(name: String, spikes: &Spikes) -> Vec<String> {
    let seconds = |time: Option<Time>| time.map_or("-".into(), |t| exact(t.as_s(), "s"));
    vec![
        name,
        spikes.count.to_string(),
        seconds(spikes.ends.map(|ends| ends.0)),
        seconds(spikes.ends.map(|ends| ends.1)),
        spikes.frequency_hz().map_or("-".into(), |f| engineering(f, "Hz")),
    ]
}

/// SI prefixes from 1e-18 on, each a thousand times the one before.
const PREFIXES: [&str; 13] = ["a", "f", "p", "n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

/// The SI prefix that brings a number between 1 and 1000, and what it stands for: `m` and 1e-3 of 0.05. None, and 1, of zero and
/// of what is not finite.
pub fn prefix(value: f64) -> (&'static str, f64) {
    if value == 0.0 || !value.is_finite() {
        return ("", 1.0);
    }
    // Of the decimal digits, since a logarithm of 1e-15 may lie below -15.
    let text = format!("{value:e}");
    let power = text.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0_i32);
    let group = power.div_euclid(3).clamp(-6, 6);
    (PREFIXES[(group + 6) as usize], 1000_f64.powi(group))
}

/// A number to six significant digits with an SI prefix, such as `12.3456 ms`.
pub fn engineering(value: f64, unit: &str) -> String {
    // Rounded first: 0.9999999 is 1, not 1000 thousandths.
    let value = format!("{value:.5e}").parse().unwrap_or(value);
    let (prefix, size) = prefix(value);
    let mantissa = value / size;
    let decimals = 5 - mantissa.abs().max(1.0).log10().floor().clamp(0.0, 5.0) as usize;
    let mut digits = format!("{mantissa:.decimals$}");
    if digits.contains('.') {
        digits.truncate(digits.trim_end_matches('0').trim_end_matches('.').len());
    }
    format!("{digits} {prefix}{unit}").trim_end().to_owned()
}

/// The shortest decimal that reads back as the same `f64`, with an SI prefix: what a table prints for
/// an instant is, as `--until`, that instant.
pub fn exact(value: f64, unit: &str) -> String {
    let text = format!("{value:e}");
    let parts = text.split_once('e').and_then(|(digits, power)| {
        let power: i32 = power.parse().ok()?;
        let group = power.div_euclid(3);
        Some((digits, power - 3 * group, (-5..=1).contains(&group).then_some(group)?))
    });
    let Some((digits, whole, group)) = parts.filter(|_| value != 0.0) else {
        return if value == 0.0 { format!("0 {unit}") } else { text + " " + unit };
    };
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let (whole, prefix) = (whole as usize + 1, PREFIXES[(group + 6) as usize]);
    let digits = format!("{digits:0<whole$}");
    let (before, after) = digits.split_at(whole);
    let point = if after.is_empty() { "" } else { "." };
    format!("{sign}{before}{point}{after} {prefix}{unit}")
}

#[cfg(test)]
mod tests {
    use memspike_netlist::parse_number;

    use super::{PREFIXES, engineering, exact};

    #[test]
    fn exact_numbers_read_back_as_themselves() {
        assert_eq!(exact(0.021_481_123_456_789, "s"), "21.481123456789 ms");
        assert_eq!(exact(100.0, "s"), "100 s");
        assert_eq!(exact(1e-15, "s"), "1 fs");
        assert_eq!(exact(-2.5e-7, "s"), "-250 ns");
        assert_eq!(exact(0.0, "s"), "0 s");
        for power in -150..60_i32 {
            let value = 1.234_567_890_123_456_7 * 10_f64.powf(f64::from(power) / 10.0);
            let text = exact(value, "s").replace(' ', "");
            assert_eq!(parse_number(&text).unwrap(), value, "{text}");
        }
    }

    #[test]
    fn numbers_get_an_si_prefix_and_six_digits() {
        assert_eq!(engineering(0.012_345_678, "s"), "12.3457 ms");
        assert_eq!(engineering(1.434e-9, "J"), "1.434 nJ");
        assert_eq!(engineering(69.9, "Hz"), "69.9 Hz");
        assert_eq!(engineering(80.0, ""), "80");
        assert_eq!(engineering(-2.5e6, "V"), "-2.5 MV");
        assert_eq!(engineering(0.0, "V"), "0 V");
        assert_eq!(engineering(1e-30, "A"), "0 aA");
        assert_eq!(engineering(0.999_999_999_999_999_9, "V"), "1 V");
        assert_eq!(engineering(999.999_4, "Hz"), "999.999 Hz");
        assert_eq!(engineering(-999.999_6, "Hz"), "-1 kHz");
    }

    #[test]
    fn no_number_gets_a_thousand_of_a_prefix_or_a_thousandth() {
        for power in -18..=20 {
            for digits in ["1", "1.000001", "0.9999999999", "0.99999", "1.00001"] {
                let value: f64 = format!("{digits}e{power}").parse().expect("a number");
                let text = engineering(value, "V");
                let (shown, unit) = text.split_once(' ').expect("a unit");
                let shown: f64 = shown.parse().expect("a number");
                assert!((1.0..1000.0).contains(&shown) || power == -18, "{value:e} is {text}");
                let prefix = unit.trim_end_matches('V');
                let group = PREFIXES.iter().position(|one| *one == prefix).expect("a prefix");
                let read = shown * 10_f64.powi(3 * (group as i32 - 6));
                assert!((read - value).abs() <= 5.1e-6 * value, "{value:e} is {text}");
            }
        }
    }
}
