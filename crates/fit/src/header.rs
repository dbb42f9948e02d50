//! Headers of measured files: which column is which, and in what unit.

use crate::columns::Names;

/// A column that is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Column {
    /// Its position in a row, from 0.
    pub position: usize,
    /// What its unit is in volts or amperes.
    pub factor: f64,
}

/// What is looked for in a header.
struct Wanted {
    /// What it is, and the key that names its column.
    title: &'static str,
    /// Names of its column, where the measurement file gives none; the last ones are those of parameter
    /// analysers.
    known: &'static [&'static str],
    /// Names of its unit, by itself.
    units: &'static [&'static str],
}

const WANTED: [Wanted; 2] = [
    Wanted {
        title: "voltage",
        known: &["voltage", "v", "u", "volt", "volts", "av", "anodev", "v1"],
        units: &["v", "volt", "volts"],
    },
    Wanted {
        title: "current",
        known: &["current", "i", "amp", "amps", "ampere", "amperes", "ai", "anodei", "i1"],
        units: &["a", "amp", "amps", "ampere", "amperes"],
    },
];

/// Prefixes of units. M is missing: no sweep is in megavolts, but some write mV so.
const PREFIXES: [(&str, f64); 9] = [
    ("", 1.0),
    ("k", 1e3),
    ("m", 1e-3),
    ("u", 1e-6),
    ("\u{b5}", 1e-6),
    ("\u{3bc}", 1e-6),
    ("n", 1e-9),
    ("p", 1e-12),
    ("f", 1e-15),
];

/// A title without its unit, and the unit: `Voltage (mV)`, `I [nA]`, `Current/A`. A number in parentheses
/// counts runs and is no unit: `AV(1)`.
fn parts(field: &str) -> (&str, Option<&str>) {
    for (open, close) in [('(', ')'), ('[', ']')] {
        let inside = field.strip_suffix(close).and_then(|f| f.rsplit_once(open));
        if let Some((name, unit)) = inside {
            if unit.chars().all(|c| c.is_ascii_digit()) {
                return (name.trim(), None);
            }
            return (name.trim(), Some(unit.trim()));
        }
    }
    match field.rsplit_once('/') {
        Some((name, unit)) => (name.trim(), Some(unit.trim())),
        None => (field, None),
    }
}

impl Wanted {
    fn factor(&self, unit: &str) -> Option<f64> {
        // The prefix keeps its case, the unit does not: mV, MV and ma are all written.
        let of = |(prefix, factor): (&str, f64)| {
            let rest = unit.strip_prefix(prefix)?.to_lowercase();
            self.units.contains(&rest.as_str()).then_some(factor)
        };
        PREFIXES.into_iter().find_map(of)
    }

    fn is_known(&self, field: &str, given: Option<&str>) -> bool {
        let (name, _) = parts(field);
        match given {
            Some(given) => [field, name].iter().any(|title| title.eq_ignore_ascii_case(given)),
            None => self.known.iter().any(|known| name.eq_ignore_ascii_case(known)),
        }
    }

    /// Its column among the fields of a header; none if no field has its name.
    fn column(&self, fields: &[String], given: Option<&str>) -> Result<Option<Column>, String> {
        let Self { title, units, .. } = self;
        let known = |k: &usize| self.is_known(&fields[*k], given);
        let mut found = (0..fields.len()).filter(known);
        let Some(position) = found.next() else { return Ok(None) };
        if let Some(second) = found.next() {
            return Err(format!(
                "the columns '{}' and '{}' may both be the {title}; name the one that is meant: \
                 {title}_column = \"{}\"",
                fields[position], fields[second], fields[position]
            ));
        }
        let factor = match parts(&fields[position]).1 {
            None => 1.0,
            Some(unit) => self.factor(unit).ok_or_else(|| {
                let base = units[0].to_uppercase();
                format!(
                    "'{unit}' in '{}' is no unit of a {title}; write ({base}), (m{base}), (u{base}), \
                     (n{base}) or (p{base})",
                    fields[position]
                )
            })?,
        };
        Ok(Some(Column { position, factor }))
    }
}

fn given(names: &Names) -> [Option<&str>; 2] {
    [names.voltage.as_deref(), names.current.as_deref()]
}

/// The columns of voltage and current among the fields of a line; none if it does not name both.
///
/// # Errors
/// A column that cannot be told from another, or has no unit that is known.
pub(crate) fn columns(fields: &[String], names: &Names) -> Result<Option<[Column; 2]>, String> {
    let [voltage, current] = given(names);
    let has = |wanted: &Wanted, given| fields.iter().any(|field| wanted.is_known(field, given));
    if !(has(&WANTED[0], voltage) && has(&WANTED[1], current)) {
        return Ok(None);
    }
    let voltage = WANTED[0].column(fields, voltage)?;
    Ok(voltage.zip(WANTED[1].column(fields, current)?).map(|(v, i)| [v, i]))
}

/// The fields of a header: units that spaces have separated from their names are put back.
pub(crate) fn with_units(fields: &[&str]) -> Vec<String> {
    let mut whole: Vec<String> = Vec::new();
    for field in fields {
        match whole.last_mut() {
            Some(last) if field.starts_with(['(', '[']) => {
                last.push(' ');
                last.push_str(field);
            }
            _ => whole.push((*field).to_owned()),
        }
    }
    whole
}

/// What is said where no line names both columns.
pub(crate) fn missing(found: &str, names: &Names) -> String {
    let mut message = String::new();
    for (wanted, given) in WANTED.iter().zip(given(names)) {
        let title = given.unwrap_or(wanted.title);
        let there = found.split(", ").any(|field| wanted.is_known(field, given));
        if !there && message.is_empty() {
            message = format!(
                "there is no column '{title}', only: {found}; name the one that is meant: \
                 {}_column = \"...\"",
                wanted.title
            );
        }
    }
    if message.is_empty() {
        message = format!("no line names the columns voltage and current: {found}");
    }
    message
}
