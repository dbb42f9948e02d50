//! The card: a model line that decks include, and where it comes from.

use std::fmt::Write as _;

use crate::{Fit, Setting, Task, Variant};

/// Columns of a card's lines.
const WIDTH: usize = 100;

impl Task {
    /// The text of the card that a fit gives, its variants included. `origin` names the
    /// measurement file; `show` prints a value with its unit.
    #[must_use]
    pub fn card(&self, fit: &Fit, origin: &str, show: &dyn Fn(f64, &str) -> String) -> String {
        let mut text = format!(
            "* {}: {} fitted to {origin} by memspike fit; change that file, not this one.\n",
            self.name, self.kind.name
        );
        if let Some(source) = &self.source {
            comment(&mut text, &format!("Source: {source}"));
        }
        text.push_str("*\n* measurement: measured, fitted, deviation\n");
        for row in &fit.rows {
            let deviation = row.deviation_text(show);
            let (measured, fitted) = (show(row.measured, row.unit), show(row.fitted, row.unit));
            comment(&mut text, &format!("- {}: {measured}, {fitted}, {deviation}", row.label));
        }
        text.push_str("*\n* parameters: value, standard deviation\n");
        let mut free = fit.parameters.iter();
        for (position, parameter) in self.parameters.iter().enumerate() {
            let fitted = match parameter.setting {
                Setting::Free(_) => free.next(),
                Setting::Fixed(_) => None,
            };
            if !parameter.named {
                continue;
            }
            let how = fitted.map_or("fixed".to_owned(), |fitted| fitted.sigma_text(show));
            let value = show(fit.values[position], parameter.unit);
            let note = parameter.note.as_ref().map_or(String::new(), |note| format!("; {note}"));
            let (name, doc) = (parameter.name, parameter.doc);
            comment(&mut text, &format!("- {name} = {value}, {how}: {doc}{note}"));
        }
        self.model_line(&mut text, &self.name, &fit.values, &[]);
        for variant in &self.variants {
            self.variant(&mut text, variant, &fit.values);
        }
        text
    }

    fn variant(&self, text: &mut String, variant: &Variant, values: &[f64]) {
        text.push('\n');
        let note = variant.note.as_ref().map_or(String::new(), |note| format!(": {note}"));
        comment(text, &format!("{}{note}", variant.name));
        let changed: Vec<usize> = variant.changes.iter().map(|(position, _)| *position).collect();
        self.model_line(text, &variant.name, &variant.values(values), &changed);
    }

    /// `.model NAME KIND(...)` with everything that the file names, folded.
    fn model_line(&self, text: &mut String, name: &str, values: &[f64], changed: &[usize]) {
        let mut line = format!(".model {name} {}(", self.kind.name);
        let mut first = true;
        for (position, parameter) in self.parameters.iter().enumerate() {
            if !parameter.named && !changed.contains(&position) {
                continue;
            }
            let word = format!("{}={}", parameter.name, number(values[position]));
            if line.len() + word.len() + 2 > WIDTH {
                let _ = writeln!(text, "{line}");
                line = format!("+ {word}");
            } else {
                let space = if first { "" } else { " " };
                let _ = write!(line, "{space}{word}");
            }
            first = false;
        }
        let _ = writeln!(text, "{line})");
    }
}

/// A number that decks read back as the same: no suffixes.
fn number(value: f64) -> String {
    if value == 0.0 || (1e-3..1e6).contains(&value.abs()) {
        format!("{value}")
    } else {
        format!("{value:e}")
    }
}

/// Comment lines of limited width.
fn comment(text: &mut String, words: &str) {
    let mut line = "*".to_owned();
    for word in words.split_whitespace() {
        if line.len() + 1 + word.len() > WIDTH && line.len() > 1 {
            let _ = writeln!(text, "{line}");
            line = "*  ".to_owned();
        }
        line.push(' ');
        line.push_str(word);
    }
    let _ = writeln!(text, "{line}");
}
