//! Two files, signal by signal.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use serde::Serialize;

use crate::names::Names;
use crate::reader::{ReadError, WaveFile};
use crate::reals::Tolerance;
use crate::signal::{Kind, Signal, ZEPTOSECONDS};

/// What is found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Signals that are in both files, by their name in the first.
    pub pairs: Vec<Pair>,
    /// Signals that are in the first file alone.
    pub only_a: Vec<String>,
    /// Signals that are in the second file alone.
    pub only_b: Vec<String>,
    /// Whether it was stopped before all signals were compared.
    pub stopped: bool,
}

impl Report {
    /// Whether nothing differs and nothing is missing.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        let differs = self.pairs.iter().any(|pair| pair.difference.is_some());
        !differs && self.only_a.is_empty() && self.only_b.is_empty() && !self.stopped
    }
}

/// A signal of both files.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// Its name in the first file.
    pub a: String,
    /// That in the second.
    pub b: String,
    /// What differs, if something does.
    pub difference: Option<Difference>,
}

/// How two signals differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "lowercase")]
pub enum Difference {
    /// They hold different things, or different numbers of bits.
    Kinds {
        /// What the first file's is.
        a: Kind,
        /// What the second file's is.
        b: Kind,
    },
    /// They take different values.
    Values {
        /// Of bits and words: stretches of time in which they differ. Of numbers: values of the one file that lack a counterpart in the other, of
        /// the file that has more of them.
        count: u64,
        /// When the first difference begins (s).
        first_s: f64,
        /// The value of the first file then; nothing before its first.
        a: Option<String>,
        /// The value of the second.
        b: Option<String>,
    },
}

/// Compares the signals that `names` takes, one after the other; `goes_on` is asked before each, with how many are done and how many
/// there are.
///
/// # Errors
/// A file's values cannot be read.
pub fn compare(
    files: (&mut WaveFile, &mut WaveFile),
    names: &Names,
    tolerance: &Tolerance,
    mut goes_on: impl FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<Report, ReadError> {
    let (a, b) = files;
    let mut in_b: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, (name, _)) in b.variables.iter().enumerate() {
        in_b.entry(name).or_insert(number);
    }
    let (mut paired, mut only_a) = (Vec::new(), Vec::new());
    let (mut seen, mut taken) = (BTreeSet::new(), BTreeSet::new());
    for (number, (name, _)) in a.variables.iter().enumerate() {
        // Of several variables under one name the first counts.
        if !seen.insert(name.as_str()) {
            continue;
        }
        let other = names.mapped(name);
        let found = in_b.get(other.as_str()).copied();
        taken.extend(found);
        match (names.takes(name), found) {
            (true, Some(found)) => paired.push((number, found)),
            (true, None) => only_a.push(name.clone()),
            (false, _) => {}
        }
    }
    let alone = in_b.iter().filter(|(name, number)| !taken.contains(*number) && names.takes(name));
    let only_b = alone.map(|(name, _)| (*name).to_owned()).collect();
    let mut report = Report { pairs: Vec::new(), only_a, only_b, stopped: false };
    for (done, (of_a, of_b)) in paired.iter().copied().enumerate() {
        if goes_on(done, paired.len()).is_break() {
            report.stopped = true;
            break;
        }
        let kinds = (a.variables[of_a].1, b.variables[of_b].1);
        let difference = if kinds.0 == kinds.1 {
            values(&a.load(of_a)?, &b.load(of_b)?, kinds.0, tolerance)
        } else {
            Some(Difference::Kinds { a: kinds.0, b: kinds.1 })
        };
        let (a, b) = (a.variables[of_a].0.clone(), b.variables[of_b].0.clone());
        report.pairs.push(Pair { a, b, difference });
    }
    Ok(report)
}

fn values(a: &Signal, b: &Signal, kind: Kind, tolerance: &Tolerance) -> Option<Difference> {
    match (a, b) {
        (Signal::Reals(a), Signal::Reals(b)) => reals(a, b, tolerance),
        // A signal without a value has no kind of its own.
        (Signal::Reals(a), Signal::Texts(_)) => reals(a, &[], tolerance),
        (Signal::Texts(_), Signal::Reals(b)) => reals(&[], b, tolerance),
        (Signal::Texts(a), Signal::Texts(b)) => texts(a, b, kind),
    }
}

fn reals(a: &[(i128, f64)], b: &[(i128, f64)], tolerance: &Tolerance) -> Option<Difference> {
    let (of_a, of_b) = (tolerance.lacking(a, b), tolerance.lacking(b, a));
    let first = of_a.1.into_iter().chain(of_b.1).min()?;
    let at = |values: &[(i128, f64)]| {
        let behind = values.partition_point(|(at, _)| *at <= first);
        behind.checked_sub(1).map(|last| shown(values[last].1))
    };
    let first_s = first as f64 / ZEPTOSECONDS;
    Some(Difference::Values { count: of_a.0.max(of_b.0), first_s, a: at(a), b: at(b) })
}

/// A number that reads back as itself, without the many zeros of small and large ones.
fn shown(value: f64) -> String {
    match value.abs() {
        0.0 => value.to_string(),
        size if !size.is_finite() || (1e-6..1e15).contains(&size) => value.to_string(),
        _ => format!("{value:e}"),
    }
}

/// Bits and words differ wherever they are not the same; bits that have no value yet are unknown.
fn texts(a: &[(i128, String)], b: &[(i128, String)], kind: Kind) -> Option<Difference> {
    let unknown = match kind {
        Kind::Bits(width) => Some("x".repeat(width as usize)),
        Kind::Real | Kind::Words => None,
    };
    let (mut of_a, mut of_b) = (unknown.as_deref(), unknown.as_deref());
    let (mut next_a, mut next_b) = (0, 0);
    let (mut count, mut differs, mut first) = (0, false, None);
    while next_a < a.len() || next_b < b.len() {
        let times = a.get(next_a).into_iter().chain(b.get(next_b)).map(|(at, _)| *at);
        let Some(at) = times.min() else { break };
        // Of several values at one instant the last holds.
        while let Some((_, text)) = a.get(next_a).filter(|(other, _)| *other == at) {
            (of_a, next_a) = (Some(text.as_str()), next_a + 1);
        }
        while let Some((_, text)) = b.get(next_b).filter(|(other, _)| *other == at) {
            (of_b, next_b) = (Some(text.as_str()), next_b + 1);
        }
        let differ = of_a != of_b;
        if differ && !differs {
            count += 1;
            first.get_or_insert_with(|| (at, of_a.map(str::to_owned), of_b.map(str::to_owned)));
        }
        differs = differ;
    }
    let (at, a, b) = first?;
    Some(Difference::Values { count, first_s: at as f64 / ZEPTOSECONDS, a, b })
}
