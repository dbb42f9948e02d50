//! Measured beside simulated, for people and for programs.

use comfy_table::Table;
use serde::Serialize;

use memspike_report as report;

use super::numbers::{Band, Number};

/// A number with what the simulation says.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// What the paper says.
    pub number: &'static Number,
    /// None if it never happened.
    pub simulated: Option<f64>,
    /// Whether it is held against what was measured: the paper's device alone.
    pub judged: bool,
}

/// The heads of the columns.
const HEADER: [&str; 9] =
    ["id", "quantity", "paper", "measured", "simulated", "class", "deviation", "band", "within"];

/// The heads for a device that is not the paper's.
const OTHER_HEADER: [&str; 5] = ["id", "quantity", "paper", "paper's device", "this device"];

/// The heads of the columns of these rows.
pub fn header(rows: &[Row]) -> &'static [&'static str] {
    if rows.iter().all(|row| row.judged) { &HEADER } else { &OTHER_HEADER }
}

impl Row {
    /// Whether the number is in its band, if it is held against one.
    pub fn within(&self) -> Option<bool> {
        self.judged.then(|| self.number.accepts(self.simulated))
    }

    /// Its cells.
    pub fn cells(&self) -> Vec<String> {
        let number = self.number;
        let measured = match number.words {
            "" => shown(number.measured, number.unit),
            words => words.to_owned(),
        };
        let simulated = self.simulated.map(|value| shown(value, number.unit));
        let mut cells = vec![
            number.id().to_owned(),
            number.quantity.to_owned(),
            number.place.to_owned(),
            measured,
            simulated.unwrap_or_else(|| "none".to_owned()),
        ];
        if let Some(within) = self.within() {
            let deviation = self.simulated.and_then(|value| number.deviation(value));
            cells.extend([
                number.class.label().to_owned(),
                deviation.map(percent).unwrap_or_default(),
                band(number),
                if within { "yes" } else { "NO" }.to_owned(),
            ]);
        }
        cells
    }
}

/// The table on a terminal.
pub fn text(rows: &[Row]) -> Table {
    report::table(header(rows), rows.iter().map(Row::cells).collect())
}

fn band(number: &Number) -> String {
    match number.band {
        Band::Exact => "exactly".to_owned(),
        Band::AtLeast(least) => format!("at least {}", shown(least, number.unit)),
        Band::Above(least) => format!("above {}", shown(least, number.unit)),
        Band::Within(distance) if number.measured == 0.0 => {
            format!("up to {}", shown(distance, number.unit))
        }
        Band::Within(distance) => format!("\u{B1}{}", shown(distance, number.unit)),
        Band::Part(part) => format!("\u{B1}{:.1} %", 100.0 * part),
        Band::Factor(factor) => format!("a factor of {factor}"),
    }
}

/// A part as percents with a sign; nothing is neither more nor less.
pub fn percent(part: f64) -> String {
    match format!("{:+.1} %", 100.0 * part) {
        nothing if nothing == "+0.0 %" || nothing == "-0.0 %" => "0.0 %".to_owned(),
        percent => percent,
    }
}

/// A value of a unit, to four digits.
pub fn shown(value: f64, unit: &str) -> String {
    match unit {
        "%" => format!("{:.2} %", 100.0 * value),
        "" if value.abs() < 1e6 => format!("{}", rounded(value)),
        "" => format!("{value:.3e}"),
        unit => report::engineering(rounded(value), unit),
    }
}

/// To four digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

/// The form of a row in JSON: values in SI units, `%` as parts of one; the band is open where null.
#[derive(Serialize)]
pub struct JsonRow {
    id: &'static str,
    key: &'static str,
    quantity: &'static str,
    place: &'static str,
    unit: &'static str,
    measured: f64,
    simulated: Option<f64>,
    #[serde(flatten)]
    judgement: Option<Judgement>,
}

/// What is said of a number of the paper's device.
#[derive(Serialize)]
struct Judgement {
    class: &'static str,
    deviation: Option<f64>,
    band: [Option<f64>; 2],
    within: bool,
}

impl From<&Row> for JsonRow {
    fn from(row: &Row) -> Self {
        let Number { key, quantity, place, unit, measured, .. } = *row.number;
        let finite = |value: f64| value.is_finite().then_some(value);
        let (low, high) = row.number.limits();
        Self {
            id: row.number.id(),
            key,
            quantity,
            place,
            unit,
            measured,
            simulated: row.simulated.and_then(finite),
            judgement: row.within().map(|within| Judgement {
                class: row.number.class.label(),
                deviation: row
                    .simulated
                    .and_then(|value| row.number.deviation(value))
                    .and_then(finite),
                band: [finite(low), finite(high)],
                within,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Row, header, shown};
    use crate::numbers::number;

    #[test]
    fn a_row_says_what_is_measured_simulated_and_allowed() {
        let row = Row { number: number("D1"), simulated: Some(0.1725), judged: true };
        let cells = row.cells();
        assert_eq!(cells[3..], ["170 mV", "172.5 mV", "fitted", "+1.5 %", "\u{B1}2.0 %", "yes"]);
        let missing = Row { number: number("O3"), simulated: None, judged: true };
        assert_eq!(missing.cells()[4..7], ["none", "fitted", ""]);
        assert_eq!(missing.cells()[8], "NO");
        let other = Row { judged: false, ..row };
        assert_eq!(other.cells()[3..], ["170 mV", "172.5 mV"]);
        assert_eq!(header(&[row]).len(), row.cells().len());
        assert_eq!(header(&[other]).len(), other.cells().len());
    }

    #[test]
    fn numbers_without_unit_are_counts_ratios_or_powers() {
        assert_eq!(
            [shown(1e5, ""), shown(1.234_56, ""), shown(1.2345e6, "")].join(" "),
            "100000 1.235 1.234e6"
        );
        assert_eq!(shown(0.0225, "%"), "2.25 %");
    }
}
