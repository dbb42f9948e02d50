//! What became of all circuits of a run.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::compare::Verdict;
use crate::generator::Family;
use crate::tell;

/// Worst cases that are listed.
const LISTED: usize = 20;

#[derive(Default)]
struct OfFamily {
    compared: Vec<u64>,
    excused: Vec<u64>,
    failed: Vec<u64>,
    left_out: BTreeMap<String, Vec<u64>>,
}

#[derive(Default)]
pub struct Tally {
    families: BTreeMap<Family, OfFamily>,
    /// Largest errors, worst first.
    worst: Vec<(f64, Family, u64)>,
    values: u64,
    changes: u64,
}

impl Tally {
    pub fn add(&mut self, number: u64, family: Family, verdict: Verdict) {
        let of = self.families.entry(family).or_default();
        match verdict {
            Verdict::LeftOut(reason) => of.left_out.entry(reason).or_default().push(number),
            Verdict::Compared(found) => {
                of.compared.push(number);
                self.values += found.values;
                self.changes += found.changes;
                if found.excused {
                    of.excused.push(number);
                } else {
                    self.worst.push((found.error, family, number));
                    self.worst.sort_by(|a, b| b.0.total_cmp(&a.0));
                    self.worst.truncate(LISTED);
                }
                if let Some(failure) = found.failure {
                    tell(&failure);
                    of.failed.push(number);
                }
            }
        }
    }

    /// How it goes, in a line.
    pub fn line(&self) -> String {
        let failed: usize = self.families.values().map(|of| of.failed.len()).sum();
        let worst = self.worst.first().map_or(0.0, |w| w.0);
        format!("{} values, {failed} circuits wrong, worst error {worst:.2e}", self.values)
    }

    pub fn report(&self) -> String {
        let mut out = format!("{}, {} changes of switches\n", self.line(), self.changes);
        for (family, of) in &self.families {
            let _ = writeln!(out, "{family:?}: {} compared", of.compared.len());
            if !of.excused.is_empty() {
                let _ =
                    writeln!(out, "  changes of 1e-15 move the truth as much: {:?}", of.excused);
            }
            for (reason, numbers) in &of.left_out {
                let _ = writeln!(
                    out,
                    "  {reason}: {} circuits, {:?} ...",
                    numbers.len(),
                    &numbers[..numbers.len().min(5)]
                );
            }
            if !of.failed.is_empty() {
                let _ = writeln!(out, "  wrong: {:?}", of.failed);
            }
        }
        out.push_str("worst cases:\n");
        for (error, family, number) in &self.worst {
            let _ = writeln!(out, "  {error:.2e} {family:?} {number}");
        }
        out
    }

    /// Nothing is wrong, and enough of each family has been compared for that to mean something.
    pub fn assert_right(&self) {
        for (family, of) in &self.families {
            let left_out: usize = of.left_out.values().map(Vec::len).sum();
            let (compared, given) = (of.compared.len(), of.compared.len() + left_out);
            // Ten failures of luck in a short run are no pattern.
            assert!(5 * compared + 10 >= 4 * given, "{family:?}: {compared} of {given} compared");
            // On the steep side of an oscillator the circuit itself decides little; elsewhere that is rare.
            let share = if *family == Family::Switched { 3 } else { 20 };
            let excused = of.excused.len();
            assert!(
                share * excused <= compared + 20,
                "{family:?}: {excused} of {compared} excused"
            );
            assert!(of.failed.is_empty(), "{family:?}: wrong {:?}", of.failed);
        }
    }
}
