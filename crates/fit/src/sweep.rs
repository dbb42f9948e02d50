//! Current-voltage sweeps from CSV files.
//!
//! A sweep goes up from zero until the device turns on, and back until it turns off. It is
//! reduced to what it says of the device:
//! - the threshold, in the middle of the step in which the current jumps up;
//! - the hold voltage, in the middle of the step on the way back in which it jumps down;
//! - the off resistance, the geometric mean over the points before the threshold;
//! - the on resistance, the same over the points between the two that are not in compliance.
//!
//! Whether a point is on or off is told by its conductance: the border is the geometric mean of the
//! least and the greatest one, so that it needs no setting.

use std::{
    io::{self, Read},
    ops::RangeInclusive,
    path::Path,
};

use crate::{Mistake, quantity::Quantity, report::significant};

/// How a sweep was taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sweep {
    /// Mean rate (V/s).
    pub rate: f64,
    /// Limit of the current (A).
    pub compliance: Option<f64>,
}

/// One row of the file.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    volt: f64,
    ampere: f64,
    line: usize,
}

/// Least ratio of on and off conductance: below it nothing switched.
const LEAST_CONTRAST: f64 = 10.0;

/// Conductances that a device can have (S). Products of two of them are numbers.
const POSSIBLE_S: RangeInclusive<f64> = 1e-30..=1e30;

/// Part of the compliance from which the source, and not the device, limits the current.
const LIMITED: f64 = 0.98;

/// The longest sweep that is read: some millions of points.
const MAX_BYTES: u64 = 256 * memspike_files::MIB;

/// Why a file gives no quantities.
pub(crate) enum SweepError {
    /// It cannot be opened.
    Unreadable(io::Error),
    /// What stands in it.
    Mistake(Mistake),
}

impl From<Mistake> for SweepError {
    fn from(mistake: Mistake) -> Self {
        Self::Mistake(mistake)
    }
}

/// Reads a file of at most 256 MiB and reduces it to quantities and their values.
pub(crate) fn read(path: &Path, sweep: &Sweep) -> Result<Vec<(Quantity, f64)>, SweepError> {
    let file = memspike_files::open(path, MAX_BYTES).map_err(SweepError::Unreadable)?;
    let name = path.to_string_lossy();
    let points = points(&name, file)?;
    Ok(reduce(&name, &points, sweep)?)
}

fn points(name: &str, file: impl Read) -> Result<Vec<Point>, Mistake> {
    let mistake = |line: usize, column: usize, message: String| Mistake {
        file: name.to_owned(),
        line,
        column,
        message,
    };
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(file);
    let line_of = |error: &csv::Error| error.position().map_or(1, |p| p.line() as usize);
    let header = reader.headers().map_err(|e| mistake(line_of(&e), 1, e.to_string()))?.clone();
    let column = |wanted: &str| {
        header.iter().position(|field| field.eq_ignore_ascii_case(wanted)).ok_or_else(|| {
            let found = header.iter().collect::<Vec<_>>().join(", ");
            let message = match found.as_str() {
                "" => {
                    "the file is empty; a header 'voltage,current' and rows are needed".to_owned()
                }
                _ => format!("there is no column '{wanted}', only: {found}"),
            };
            mistake(1, 1, message)
        })
    };
    let columns = [("voltage", column("voltage")?), ("current", column("current")?)];
    let mut points = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| mistake(line_of(&e), 1, e.to_string()))?;
        let line = record.position().map_or(1, |p| p.line() as usize);
        let mut values = [0.0; 2];
        for (value, (title, column)) in values.iter_mut().zip(columns) {
            let field = &record[column];
            *value =
                field.parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(|| {
                    mistake(line, column + 1, format!("'{field}' in column '{title}' is no number"))
                })?;
        }
        points.push(Point { volt: values[0], ampere: values[1], line });
    }
    if points.is_empty() {
        return Err(mistake(1, 1, "there are no rows below the header".to_owned()));
    }
    Ok(points)
}

fn reduce(name: &str, points: &[Point], sweep: &Sweep) -> Result<Vec<(Quantity, f64)>, Mistake> {
    let mistake = |line: usize, message: &str| Mistake {
        file: name.to_owned(),
        line,
        column: 1,
        message: message.to_owned(),
    };
    // A point at zero volts, or one whose current has the wrong sign, is offset or noise.
    let points: Vec<Point> =
        points.iter().copied().filter(|p| p.volt > 0.0 && p.ampere > 0.0).collect();
    let last_line = points.last().map_or(1, |p| p.line);
    let conductance = |p: &Point| p.ampere / p.volt;
    if let Some(point) = points.iter().find(|p| !POSSIBLE_S.contains(&conductance(p))) {
        let (least, most) = POSSIBLE_S.into_inner();
        let message = format!(
            "a conductance of {:e} S; {least:e} to {most:e} S are possible",
            conductance(point)
        );
        return Err(mistake(point.line, &message));
    }
    let least = points.iter().map(conductance).fold(f64::INFINITY, f64::min);
    let greatest = points.iter().map(conductance).fold(0.0, f64::max);
    if greatest < LEAST_CONTRAST * least || points.is_empty() {
        let message = "the current never jumps: a sweep needs points with the device off and on \
                       (voltage and current above zero)";
        return Err(mistake(last_line, message));
    }
    let border = (least * greatest).sqrt();
    let is_on = |p: &Point| conductance(p) > border;
    let on = points.iter().position(is_on).unwrap_or(points.len());
    if on == 0 {
        return Err(mistake(points[0].line, "the sweep must begin with the device off"));
    }
    let top = (0..points.len()).max_by(|a, b| points[*a].volt.total_cmp(&points[*b].volt));
    let top = top.unwrap_or(0);
    if on > top {
        let message = "the device turns on after the greatest voltage: the sweep must go up first";
        return Err(mistake(points[on].line, message));
    }
    let middle = |k: usize| 0.5 * (points[k - 1].volt + points[k].volt);
    let threshold = middle(on);
    let mut found = vec![(Quantity::Threshold { rate: sweep.rate }, threshold)];
    let off = (on..points.len()).find(|k| !is_on(&points[*k]));
    if let Some(off) = off {
        if off <= top {
            let message = "the device turns off on the way up: one threshold and one hold voltage \
                           are expected of a sweep";
            return Err(mistake(points[off].line, message));
        }
        let peak = points[top].volt;
        found.push((Quantity::Hold { rate: sweep.rate, peak }, middle(off)));
    }
    let resistance = |points: &[Point]| {
        let logarithms: f64 = points.iter().map(|p| -conductance(p).ln()).sum();
        (logarithms / points.len() as f64).exp()
    };
    // The model's off resistance is the same at any voltage; this one is named for people.
    let voltage = significant(0.5 * threshold, 3);
    found.push((Quantity::OffResistance { voltage }, resistance(&points[..on])));
    let limit = sweep.compliance.map_or(f64::INFINITY, |ampere| LIMITED * ampere);
    let free: Vec<Point> = points[on..off.unwrap_or(points.len())]
        .iter()
        .copied()
        .filter(|p| p.ampere < limit)
        .collect();
    if !free.is_empty() {
        let voltage = points[top].volt;
        found.push((Quantity::OnResistance { voltage }, resistance(&free)));
    }
    Ok(found)
}
