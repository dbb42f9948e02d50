//! Constant delays that Verilator makes others of.
//!
//! Verilator (5.006 at least) multiplies a delay by the ratio of a unit of time and the finest one of the design in as many bits
//! as the delay has, which are 32 for a plain number: `#20000` of `timescale 1ns/1fs` becomes 2.82 us. And where it has put a
//! module into another one, the unit is that of the other. The description of the netlist has delays as they are written, the
//! preprocessed text the units, and the C++ what became of them.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};

use crate::RtlError;

/// What Verilator has made of a design.
pub(crate) struct Made<'a> {
    /// The text after all includes.
    pub preprocessed: &'a str,
    /// The description of the netlist.
    pub xml: &'a str,
    /// All C++ in one text.
    pub cpp: &'a str,
}

/// Unit and precision as powers of ten of a second.
type Timescale = (i32, i32);

/// Where nothing says a unit.
const USUAL: Timescale = (-12, -12);

/// Fails at the first constant delay that is not what it is written as.
pub(crate) fn check(made: &Made<'_>) -> Result<(), RtlError> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = Document::parse_with_options(made.xml, options)
        .map_err(|error| RtlError::Description(error.to_string()))?;
    let files: BTreeMap<&str, &str> = document
        .descendants()
        .filter(|node| node.has_tag_name("file"))
        .filter_map(|node| Some((node.attribute("id")?, node.attribute("filename")?)))
        .collect();
    let units = units(made.preprocessed);
    let calls = calls(made.cpp);
    let precision = precision(made.cpp).unwrap_or(USUAL.1);
    for delay in document.descendants().filter(|node| node.has_tag_name("delay")) {
        let Some((file, line)) = place(&delay, &files) else { continue };
        let Some(units_of_it) =
            delay.children().find(Node::is_element).and_then(|node| constant(&node))
        else {
            continue;
        };
        let unit = unit_at(&units, file, line).0;
        let ticks = units_of_it * 10_f64.powi(unit - precision);
        let Some(found) = calls.get(&(file, line)) else { continue };
        // A tick more or less is how a fraction is rounded.
        let near = |made: &&u64| (**made as f64 - ticks).abs() <= 1.0 + 1e-12 * ticks;
        if found.iter().any(|made| near(&made)) {
            continue;
        }
        return Err(RtlError::OtherDelay {
            place: format!("{}:{line}", name_of(file)),
            units: units_of_it,
            unit_s: 10_f64.powi(unit),
            made_s: found[0] as f64 / 10_f64.powi(-precision),
        });
    }
    Ok(())
}

/// The finest unit of the design as a power of ten of a second, which the C++ sets: `timeprecision(-15)`.
fn precision(cpp: &str) -> Option<i32> {
    let (_, rest) = cpp.split_once(">timeprecision(")?;
    rest.split_once(')')?.0.parse().ok()
}

/// File and line of a node.
fn place<'a>(node: &Node<'a, '_>, files: &BTreeMap<&str, &'a str>) -> Option<(&'a str, u32)> {
    let mut location = node.attribute("loc")?.split(',');
    let file = files.get(location.next()?)?;
    Some((file, location.next()?.parse().ok()?))
}

/// The name of a file without its folders, which the user knows.
fn name_of(path: &str) -> String {
    let name = std::path::Path::new(path).file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// The value of a constant: `32'sh4e20` or `2.5`; nothing for another expression, or a value with x.
fn constant(node: &Node<'_, '_>) -> Option<f64> {
    if !node.has_tag_name("const") {
        return None;
    }
    let text = node.attribute("name")?;
    match text.split_once('\'') {
        Some((_, digits)) => {
            let hex = digits.trim_start_matches('s').strip_prefix('h')?;
            u64::from_str_radix(hex, 16).ok().map(|value| value as f64)
        }
        None => text.parse().ok(),
    }
}

/// Constant delays (in units of the finest precision) of the C++, by file and line of the Verilog:
/// `...delay(0xa817c800U, "part.v", 5)`.
fn calls(cpp: &str) -> BTreeMap<(&str, u32), Vec<u64>> {
    let mut all: BTreeMap<(&str, u32), Vec<u64>> = BTreeMap::new();
    let call = |text| {
        let (delay, rest): (&str, &str) = str::split_once(text, ',')?;
        let digits = delay.trim_end_matches(['U', 'L']);
        let ticks = match digits.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16).ok()?,
            None => digits.parse().ok()?,
        };
        let (file, rest) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
        let line = rest.split_once(')')?.0.trim_start_matches(',').trim().parse().ok()?;
        Some(((file, line), ticks))
    };
    for (place, ticks) in cpp.split(".delay(").skip(1).filter_map(call) {
        all.entry(place).or_default().push(ticks);
    }
    all
}

/// By file: from which line on which time scale counts.
type Units<'a> = BTreeMap<&'a str, Vec<(u32, Timescale)>>;

/// The time scales of a preprocessed text. One counts in the files behind its own, too.
fn units(text: &str) -> Units<'_> {
    let mut all = Units::new();
    let (mut file, mut line, mut now) = ("", 0, USUAL);
    for row in text.lines() {
        let row_trimmed = row.trim_start();
        if let Some(rest) = row_trimmed.strip_prefix("`line ") {
            let mut words = rest.split('"');
            let number = words.next().and_then(|number| number.trim().parse().ok());
            if let (Some(number), Some(name)) = (number, words.next()) {
                (file, line) = (name, number);
                all.entry(file).or_default().push((line, now));
            }
            continue;
        }
        let said = row_trimmed.strip_prefix("`timescale").or_else(|| {
            let rest = row_trimmed.strip_prefix("timeunit ")?;
            Some(rest.split(';').next().unwrap_or(rest))
        });
        if let Some(scale) = said.and_then(timescale) {
            now = scale;
            all.entry(file).or_default().push((line, now));
        }
        line += 1;
    }
    all
}

/// `1ns/1ps`, or `1ns` alone.
fn timescale(text: &str) -> Option<Timescale> {
    let (unit, precision) = text.split_once('/').unwrap_or((text, text));
    Some((exponent(unit)?, exponent(precision)?))
}

/// `100 ps` as a power of ten of a second.
fn exponent(text: &str) -> Option<i32> {
    let text: String = text.split_whitespace().collect();
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let of_digits = match digits {
        "1" => 0,
        "10" => 1,
        "100" => 2,
        _ => return None,
    };
    let of_unit = match &text[digits.len()..] {
        "s" => 0,
        "ms" => -3,
        "us" => -6,
        "ns" => -9,
        "ps" => -12,
        "fs" => -15,
        _ => return None,
    };
    Some(of_digits + of_unit)
}

/// The time scale at a line of a file.
fn unit_at(units: &Units<'_>, file: &str, line: u32) -> Timescale {
    let before = units.get(file).and_then(|all| all.iter().rfind(|(from, _)| *from <= line));
    before.map_or(USUAL, |(_, scale)| *scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_scales_count_from_their_line_on_and_in_files_behind() {
        let text = "`line 1 \"a.v\" 1\n`timescale 10 ns / 100fs\nmodule a;\nendmodule\n`line 1 \"b.v\" 1\nmodule b;\n`timescale 1us/1us\nx\n";
        let units = units(text);
        assert_eq!(unit_at(&units, "a.v", 2), (-8, -13));
        assert_eq!(unit_at(&units, "b.v", 1), (-8, -13));
        assert_eq!(unit_at(&units, "b.v", 3), (-6, -6));
        assert_eq!(unit_at(&units, "c.v", 3), USUAL);
        assert_eq!(timescale("3ns/1ps"), None);
    }
}
