//! What `.options` and `.temp` say of a whole run.

use crate::code::Code;
use crate::finding::Finding;

use super::{Elaborator, Scope};

impl Elaborator<'_> {
    /// What the deck says of temperature.
    pub(super) fn temperatures(&mut self, scope: &Scope<'_>) {
        let tree = self.tree;
        if let Some(stated) = &tree.temperature {
            self.temperature_c =
                self.number(scope, stated, &mut None).unwrap_or(self.temperature_c);
        }
        self.temperature_c = self.stepped_c.unwrap_or(self.temperature_c);
        if let Some(stated) = &tree.nominal {
            self.nominal_c = self.number(scope, stated, &mut None).unwrap_or(self.nominal_c);
        }
    }

    /// Which repetition of an experiment the deck says this is.
    pub(super) fn repetition(&mut self, scope: &Scope<'_>) {
        let Some(stated) = &self.tree.repetition else { return };
        let Some(number) = self.evaluate(scope, stated, &mut None) else { return };
        if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number) {
            self.repetition = number as u64;
            self.builder.repetition(self.repetition);
            return;
        }
        let message = format!("{number} is no number of a repetition");
        let help = format!("give a whole number from 0 to {}", u32::MAX);
        self.report(Finding::new(Code::OutOfRange, stated.span, message).help(help));
        self.incomplete = true;
    }
}
