//! Command files of Surfer: which variables of a dump are shown, in groups, and how.
//!
//! The commands are those of Surfer's documentation (docs.surfer-project.org, Commands). `#` begins a comment, `;` ends a command,
//! an item is called by its number in hexadecimal digits written as letters `a` to `p`. A command that a release does not know yet
//! (`item_set_analog` is the youngest) it logs, and goes on.

use std::fmt::Write as _;

use crate::trace::{Trace, TraceKind, groups};

/// Heights of an analog trace.
const ANALOG_HEIGHT: usize = 3;

/// The text of a command file for a dump that is open already.
#[must_use]
pub fn command_file(traces: &[Trace]) -> String {
    let (groups, are_all) = groups(traces);
    let mut out = String::new();
    // Items count from zero, dividers among them.
    let (mut item, mut looks) = (0_usize, String::new());
    for group in &groups {
        let _ = writeln!(out, "divider_add {}", word(group.title));
        item += 1;
        for trace in &group.traces {
            let _ = writeln!(out, "variable_add {}", without_range(&trace.path));
            if let Some(style) = analog(trace.kind) {
                let _ = writeln!(
                    looks,
                    "item_focus {}\nitem_set_analog {style}\nitem_set_height {ANALOG_HEIGHT}",
                    letters(item)
                );
            }
            item += 1;
        }
    }
    if !are_all {
        out.push_str("divider_add more_are_in_the_dump\n");
    }
    out + &looks + "item_unfocus\nzoom_fit\n"
}

/// How a trace is drawn that is no level: voltages and currents on straight lines between points, a filament, which holds and
/// then jumps, as steps.
fn analog(kind: TraceKind) -> Option<&'static str> {
    match kind {
        TraceKind::Voltage | TraceKind::Current => Some("interpolated"),
        TraceKind::Filament => Some("step"),
        TraceKind::Net | TraceKind::Spike | TraceKind::State => None,
    }
}

/// A variable is called by its name alone.
fn without_range(path: &str) -> &str {
    path.split_once('[').map_or(path, |(name, _)| name)
}

/// A title as one word that neither ends the command nor begins a comment.
fn word(title: &str) -> String {
    title.replace(|c: char| c.is_whitespace() || "#;".contains(c), "_")
}

fn letters(item: usize) -> String {
    let letter = |digit: char| (b'a' + digit.to_digit(16).unwrap_or(0) as u8) as char;
    format!("{item:x}").chars().map(letter).collect()
}
