//! Save files of GTKWave: which traces of a dump are shown, in groups, and how.
//!
//! The form is that of GTKWave 3.3: a flag in hexadecimal before each trace says how it is drawn.

use std::fmt::Write as _;

use crate::trace::{Group, Trace, TraceKind, groups};

/// The names of files that belong together, as each finds the others.
#[derive(Debug, Clone, Copy)]
pub struct SaveNames<'a> {
    /// The dump.
    pub dump: &'a str,
    /// The save file.
    pub save: &'a str,
    /// The table of words for states, if the dump has them as bits.
    pub states: Option<&'a str>,
}

/// Width of the drawing that the zoom is made for (pixels), and of the window.
const DRAWING: f64 = 990.0;
const WINDOW: &str = "1480 780";

/// Rows of height of an analog trace beside its own.
const ANALOG_ROWS: usize = 2;

/// The text of a save file for a dump which lasts so many of its units of time. With the name of both GTKWave
/// finds the dump beside the save file, wherever it is started.
#[must_use]
pub fn save_file(names: &SaveNames<'_>, top: &str, traces: &[Trace], length: u64) -> String {
    let SaveNames { dump, save, states } = names;
    let zoom = -((length.max(1) as f64) * 200.0 / DRAWING).log2();
    let mut out = format!(
        "[dumpfile] \"{dump}\"\n[savefile] \"{save}\"\n[timestart] 0\n[size] {WINDOW}\n*{zoom:.6} 0"
    );
    out.push_str(&" -1".repeat(26));
    let _ = write!(out, "\n[treeopen] {top}.\n[sst_width] 160\n[signals_width] 190\n");
    let (groups, are_all) = groups(traces);
    groups.iter().for_each(|shown| group(&mut out, shown, *states));
    if !are_all {
        out.push_str("@200\n-more are in the dump\n");
    }
    out.push_str("[pattern_trace] 1\n[pattern_trace] 0\n");
    out
}

fn group(out: &mut String, group: &Group<'_>, states: Option<&str>) {
    let Group { title, traces, is_closed } = group;
    let [begin, end] = if *is_closed { ["@c00200", "@1401200"] } else { ["@800200", "@1000200"] };
    let _ = write!(out, "{begin}\n-{title}\n");
    for (at, trace) in traces.iter().enumerate() {
        let Trace { kind, name, path, state_bits } = trace;
        // Voltages and currents on straight lines between points, a filament as steps: it holds, then jumps.
        let (flag, label) = match kind {
            TraceKind::Voltage => ("@d0420", format!("{name} V")),
            TraceKind::Current => ("@d0420", format!("{name} A")),
            TraceKind::Net if path.ends_with(']') => ("@22", name.clone()),
            TraceKind::Net => ("@28", name.clone()),
            TraceKind::Spike => ("@28", "spike".to_owned()),
            TraceKind::State if states.is_some() => ("@2028", "state".to_owned()),
            TraceKind::State => ("@820", "state".to_owned()),
            TraceKind::Filament => ("@c8420", "filament".to_owned()),
        };
        // Braces end a label, and no name of a deck has one; of what has a dot GTKWave shows what stands behind it.
        let label = label.replace('.', "/");
        let _ = write!(out, "{flag}\n[color] {}\n", at % 7 + 1);
        if let (TraceKind::State, Some(table)) = (kind, states) {
            let _ = writeln!(out, "^1 {table}\n+{{{label}}} {path}[{}:0]", state_bits - 1);
        } else {
            let _ = writeln!(out, "+{{{label}}} {path}");
        }
        if matches!(kind, TraceKind::Voltage | TraceKind::Current | TraceKind::Filament) {
            out.push_str("@20000\n");
            out.push_str(&"-\n".repeat(ANALOG_ROWS));
        }
    }
    let _ = write!(out, "{end}\n-{title}\n");
}
