//! Tables of points that are known at once.

use std::io::{self, Write};

use crate::number::Number;
use crate::table::io_error;

/// Writes a table as CSV: a line of names, then one for each row. Numbers read back as the same `f64`; what is no number is
/// an empty field.
///
/// # Errors
/// Any error of the writer.
pub fn write_points<'a, W: Write>(
    writer: W,
    names: impl Iterator<Item = &'a str>,
    rows: &[Vec<f64>],
) -> io::Result<W> {
    let mut writer = csv::Writer::from_writer(writer);
    writer.write_record(names).map_err(io_error)?;
    for row in rows {
        let field = |value: &f64| {
            if value.is_finite() { Number(*value).to_string() } else { String::new() }
        };
        writer.write_record(row.iter().map(field)).map_err(io_error)?;
    }
    writer.into_inner().map_err(|error| error.into_error())
}
