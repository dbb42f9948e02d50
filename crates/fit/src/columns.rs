//! Voltage and current from the text files that instruments write.
//!
//! Nothing is asked of the form but a header that names both columns: lines above it are passed over, the
//! delimiter (tab, semicolon, comma, spaces) is the one with which header and rows fit together, a
//! comma in a number is a decimal comma, and a unit in the header is applied.

use crate::{Mistake, header};

/// One row of the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    /// Voltage (V).
    pub volt: f64,
    /// Current (A).
    pub ampere: f64,
    /// Line of the file, from 1.
    pub line: usize,
}

/// Names of columns that the measurement file gives, where the header's own are not known.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Names {
    pub voltage: Option<String>,
    pub current: Option<String>,
}

/// Magnitudes beyond which a number is no reading: instruments write 9.9e37 for none.
const MOST: f64 = 1e9;

/// Magnitudes below which a number is zero: squares of all others are numbers.
const LEAST: f64 = 1e-30;

/// Lines that are searched for a header.
const MOST_PREAMBLE: usize = 1000;

/// What separates the fields of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delimiter {
    /// This character; quotes may stand around a field.
    Character(char),
    /// Any number of spaces and tabs.
    Spaces,
}

/// In the order in which they are tried: a comma last, because it may be in numbers.
const DELIMITERS: [Delimiter; 4] = [
    Delimiter::Character('\t'),
    Delimiter::Character(';'),
    Delimiter::Character(','),
    Delimiter::Spaces,
];

impl Delimiter {
    /// The fields of a line without spaces and quotes around them.
    pub fn split(self, line: &str) -> Vec<&str> {
        let Self::Character(delimiter) = self else { return line.split_whitespace().collect() };
        let mut quoted = false;
        line.split(|c| {
            quoted ^= c == '"';
            c == delimiter && !quoted
        })
        .map(|field| field.trim().trim_matches('"').trim())
        .collect()
    }
}

/// A line of the file and its number.
type Line<'t> = (usize, &'t str);

/// How the rows of a file are read.
struct Form {
    delimiter: Delimiter,
    columns: [header::Column; 2],
    /// Fields that the header names.
    named: usize,
    /// What stands before every row, where lines without it are none.
    tag: Option<&'static str>,
}

/// Parameter analysers write several runs into one file, each with all its settings above it, and begin
/// each line with what it is: the header, and the rows.
const TAGGED: (&str, &str) = ("DataName", "DataValue");

/// What a field may be called in a message.
const TITLES: [&str; 2] = ["voltage", "current"];

/// The points of a file of this name.
///
/// # Errors
/// The first mistake, at its line and the number of its field.
pub(crate) fn read(name: &str, text: &str, names: &Names) -> Result<Vec<Point>, Mistake> {
    let place = |line: usize, column: usize, message: String| Mistake {
        file: name.to_owned(),
        line,
        column,
        message,
    };
    let text = text.trim_start_matches('\u{feff}');
    if text.contains('\0') {
        let message = "this is no text: a sheet of a spreadsheet is exported as CSV, a text in UTF-16 begins with its \
                       mark, or is saved in UTF-8";
        return Err(place(1, 1, message.to_owned()));
    }
    let (head, form) = find_header(text, names, &place)?;
    let mut points = Vec::new();
    let mut decimal = None;
    for (line, row) in rows(text).skip_while(|(line, _)| *line <= head.0) {
        let fields = form.delimiter.split(row);
        if form.tag.is_some_and(|tag| !row.starts_with(tag)) {
            continue;
        }
        // Cycles may each have the header again.
        if row == head.1 || fields.iter().all(|field| field.is_empty()) {
            continue;
        }
        let count = fields.len() - fields.iter().rev().take_while(|f| f.is_empty()).count();
        if count > form.named {
            let message = format!(
                "the row has {count} fields and the header {}; numbers with decimal commas need \
                 another delimiter, such as a semicolon, or quotes",
                form.named
            );
            return Err(place(line, 1, message));
        }
        let mut values = [0.0; 2];
        for ((value, title), column) in values.iter_mut().zip(TITLES).zip(form.columns) {
            *value = cell(&fields, title, column, &mut decimal)
                .map_err(|(at, message)| place(line, at, message))?;
        }
        points.push(Point { volt: values[0], ampere: values[1], line });
    }
    if points.is_empty() {
        return Err(place(head.0, 1, "there are no rows below the header".to_owned()));
    }
    Ok(points)
}

/// The number in one column of a row, in units of the model; else the column where it fails, and why. `decimal` is
/// the sign of decimals seen so far.
fn cell(
    fields: &[&str],
    title: &str,
    column: crate::header::Column,
    decimal: &mut Option<char>,
) -> Result<f64, (usize, String)> {
    let at = column.position + 1;
    let Some(field) = fields.get(column.position).copied() else {
        let count = fields.len();
        let message =
            format!("the row has {count} fields; the column of the {title} is number {at}");
        return Err((1, message));
    };
    let number = number(field).map(|number| number * column.factor);
    let Some(number) = number.filter(|number| number.abs() <= MOST) else {
        return Err((at, format!("'{field}' in the column of the {title} is no number")));
    };
    if let Some(sign) = field.chars().find(|c| [',', '.'].contains(c))
        && *decimal.get_or_insert(sign) != sign
    {
        let message = format!(
            "'{field}': the file has decimal points and decimal commas; write all numbers alike"
        );
        return Err((at, message));
    }
    Ok(if number.abs() < LEAST { 0.0 } else { number })
}

/// Lines with something on them that is no comment.
fn rows(text: &str) -> impl Iterator<Item = Line<'_>> {
    lines(text).filter(|(_, line)| !line.starts_with(COMMENT))
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let numbered = text.lines().enumerate().map(|(k, line)| (k + 1, line.trim()));
    numbered.filter(|(_, line)| !line.is_empty())
}

const COMMENT: [char; 3] = ['#', '%', '!'];

/// The header, and how the rows below it are read: the first line that names both columns with a
/// delimiter that leaves numbers in them below.
fn find_header<'t>(
    text: &'t str,
    names: &Names,
    place: &dyn Fn(usize, usize, String) -> Mistake,
) -> Result<(Line<'t>, Form), Mistake> {
    // Named both columns, but the row below it does not fit: the mistake is there.
    let mut nearly = None;
    let mut wrong = None;
    for (line, row) in lines(text).take(MOST_PREAMBLE) {
        // The header itself may be a comment.
        let title = row.trim_start_matches(COMMENT).trim();
        for by in DELIMITERS {
            let fields = header::with_units(&by.split(title));
            let named = fields.len();
            let columns = match header::columns(&fields, names) {
                Ok(Some(columns)) => columns,
                Ok(None) => continue,
                Err(message) => {
                    wrong.get_or_insert((line, message));
                    continue;
                }
            };
            let tag = title.starts_with(TAGGED.0).then_some(TAGGED.1);
            let is_row = |row: &str| tag.is_none_or(|tag| row.starts_with(tag));
            let below = rows(text).find(|(below, row)| *below > line && is_row(row));
            let below = below.map(|(_, row)| row);
            let fits = |delimiter: &Delimiter| {
                let fields = delimiter.split(below.unwrap_or(""));
                let is_number = |c: &header::Column| {
                    fields.get(c.position).is_some_and(|field| number(field).is_some())
                };
                columns.iter().all(is_number)
            };
            // Mostly its own; else that of the rows.
            if let Some(delimiter) = [by].into_iter().chain(DELIMITERS).find(fits) {
                return Ok(((line, row), Form { delimiter, columns, named, tag }));
            }
            nearly.get_or_insert(((line, row), Form { delimiter: by, columns, named, tag }));
        }
    }
    if let Some((line, message)) = wrong {
        return Err(place(line, 1, message));
    }
    nearly.ok_or_else(|| {
        let first = above_numbers(text).or_else(|| rows(text).next());
        let message = match first {
            None => "the file is empty; a header 'voltage,current' and rows are needed".to_owned(),
            Some((_, row)) => {
                let fit = |by: &Delimiter| by.split(row).len();
                let by = DELIMITERS.into_iter().find(|by| fit(by) > 1);
                let found = by.unwrap_or(Delimiter::Spaces).split(row).join(", ");
                header::missing(&found, names)
            }
        };
        place(first.map_or(1, |(line, _)| line), 1, message)
    })
}

/// Whether a line of a text consists of numbers, two or more.
fn is_numbers(line: &str) -> bool {
    DELIMITERS.iter().any(|by| {
        let mut fields = by.split(line);
        fields.retain(|field| !field.is_empty());
        fields.len() > 1 && fields.iter().all(|field| number(field).is_some())
    })
}

/// The line right above the first one of numbers, where a heading is expected.
fn above_numbers(text: &str) -> Option<Line<'_>> {
    let lines: Vec<Line<'_>> = lines(text).take(MOST_PREAMBLE).collect();
    let first = lines.iter().position(|(_, line)| is_numbers(line))?;
    let (line, title) = *lines.get(first.checked_sub(1)?)?;
    Some((line, title.trim_start_matches(COMMENT).trim()))
}

/// Whether a file is one of points, as far as its first lines tell: there are numbers, and nothing is assigned
/// above them where its name says that it is a measurement file.
pub(crate) fn is_sweep(name: &str, text: &str) -> bool {
    let head = || lines(text).take(MOST_PREAMBLE);
    let mut above = head().take_while(|(_, line)| !is_numbers(line));
    let toml = name.to_lowercase().ends_with(".toml");
    head().any(|(_, line)| is_numbers(line))
        && !(toml && above.any(|(_, line)| line.contains('=') || line.starts_with('[')))
}

/// A number with a decimal point or a decimal comma.
fn number(field: &str) -> Option<f64> {
    let number: f64 = match field.matches(',').count() {
        0 => field.parse().ok()?,
        1 if !field.contains('.') => field.replace(',', ".").parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}
