//! The tables.

use std::fmt::Display;

use memspike_report::{engineering, table};

use super::{Results, Row};

/// A part in percent.
pub fn percent(part: f64) -> String {
    format!("{:.2} %", 100.0 * part)
}

/// A difference of parts in points.
pub fn points(part: f64) -> String {
    format!("{:+.2} points", 100.0 * part)
}

/// A number of each layer, as options take them.
pub fn list<T, N: Display>(layers: &[T], number: impl Fn(&T) -> N) -> String {
    layers.iter().map(|layer| number(layer).to_string()).collect::<Vec<_>>().join(",")
}

/// A row for each core.
pub fn text(results: &Results, shift: u32, same: Option<&str>) -> String {
    let rows = results.rows.iter().map(|row| cells(row, results));
    let mut header = vec![
        "weight bits",
        "potential bits",
        "scale",
        "threshold",
        "rounding",
        "accuracy",
        "against point level",
    ];
    if results.rows.iter().any(|row| row.hardware.is_some()) {
        header.extend(["both models and Verilator", "cycles an image"]);
    }
    let same = same.map(|same| format!("\nThe last of them as hardware:\n  {same}\n"));
    format!(
        "{} images, point level {}; time step {}, leak v >> {shift}\n\n{}\n{}",
        results.images,
        percent(results.point_accuracy),
        engineering(results.step_s, "s"),
        table(&header, rows.collect()),
        same.unwrap_or_default(),
    )
}

fn cells(row: &Row, results: &Results) -> Vec<String> {
    let layers = &row.layers;
    let mut cells = vec![
        list(layers, |layer| layer.bits),
        list(layers, |layer| layer.potential_bits),
        list(layers, |layer| engineering(layer.scale, "")),
        list(layers, |layer| layer.threshold),
        list(layers, |layer| percent(layer.rounding)),
        percent(row.accuracy),
        points(row.accuracy - results.point_accuracy),
    ];
    if let Some(hardware) = row.hardware {
        cells.push(format!("all {} spikes and all counts equal", hardware.spikes));
        cells.push((hardware.cycles / results.images as u64).to_string());
    }
    cells
}
