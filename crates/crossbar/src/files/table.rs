//! Weights as lines of numbers.

use nalgebra::DMatrix;

use super::FileReason;

pub(super) fn read(bytes: &[u8]) -> Result<DMatrix<f64>, FileReason> {
    let mut records = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let mut values = Vec::new();
    let mut rows = 0;
    let mut columns = 0;
    for record in records.records() {
        let record = record.map_err(|e| FileReason::Content(e.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        if rows == 0 {
            columns = record.len();
        } else if record.len() != columns {
            let found = record.len();
            return Err(FileReason::Content(format!(
                "line {line} has another length ({found}) than the lines before it ({columns})"
            )));
        }
        for (number, field) in (1..).zip(&record) {
            let value: f64 = field.parse().map_err(|_| {
                FileReason::Content(format!("line {line}, value {number}: '{field}' is no number"))
            })?;
            values.push(value);
        }
        rows += 1;
    }
    Ok(DMatrix::from_row_iterator(rows, columns, values))
}
