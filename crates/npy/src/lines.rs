//! Tables as lines of numbers.

use crate::{Kind, Table};

/// Reads lines of numbers with commas between them; lines from `#` on are left out. An error is its message.
pub(crate) fn read(bytes: &[u8]) -> Result<Table, String> {
    read_placed(bytes).map(|(table, _)| table)
}

/// [`read`], with the line of each row.
pub(crate) fn read_placed(bytes: &[u8]) -> Result<(Table, Vec<u64>), String> {
    let mut records = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let (mut columns, mut values, mut places) = (0, Vec::new(), Vec::new());
    for record in records.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, |position| line(bytes, position));
        if places.is_empty() {
            columns = record.len();
        } else if record.len() != columns {
            let found = record.len();
            return Err(format!(
                "line {line} has another length ({found}) than the lines before it ({columns})"
            ));
        }
        for (number, field) in (1..).zip(&record) {
            let value: f64 = field
                .parse()
                .map_err(|_| format!("line {line}, value {number}: '{field}' is no number"))?;
            values.push(value);
        }
        places.push(line);
    }
    Ok((Table { rows: places.len(), columns, values, kind: Kind::Double }, places))
}

/// The line of a record: its position is where its reader went on from the one before, with comments and empty lines
/// between.
fn line(bytes: &[u8], position: &csv::Position) -> u64 {
    let rest = bytes.get(position.byte() as usize..).unwrap_or_default();
    let between = |line: &&[u8]| line.starts_with(b"#") || matches!(*line, b"" | b"\r");
    position.line() + rest.split(|byte| *byte == b'\n').take_while(between).count() as u64
}
