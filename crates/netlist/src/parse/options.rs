//! `.options` and `.temp`: what has a meaning here is obeyed, the rest named once.

use crate::code::Code;
use crate::cursor::{Cursor, Name};
use crate::finding::Finding;
use crate::number::clip;
use crate::syntax::{StepCard, StepTarget, StepValues};

use super::Parser;

/// Names of skipped things that one warning shows.
const MAX_NAMED: usize = 40;

impl Parser<'_> {
    /// `.options temp=50 tnom=27 reltol=1e-6 acct`.
    pub(super) fn options(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
        const FORM: &str = "write .options name=value or .options name";
        while !cursor.at_end() {
            let Some(name) = cursor.assignment() else {
                let mut name = cursor.expect_word(Code::Syntax, "an option", FORM)?;
                name.text.insert_str(0, ".options ");
                self.skipped.push(name);
                continue;
            };
            match name.text.as_str() {
                "temp" => {
                    let value = cursor.value("a temperature", "write temp=27")?;
                    // `.temp` outweighs it, as in ngspice.
                    self.tree.temperature.get_or_insert(value);
                }
                "tnom" => {
                    self.tree.nominal = Some(cursor.value("a temperature", "write tnom=27")?);
                }
                "repetition" => {
                    let value = cursor.value("a whole number", "write repetition=0")?;
                    self.tree.repetition = Some(value);
                }
                "vswitch" => self.switch_option(cursor)?,
                _ => self.skip_option(cursor, name)?,
            }
        }
        Ok(())
    }

    /// What switches with two levels, on and off, do between them.
    fn switch_option(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
        const FORM: &str = "write vswitch=hysteresis, or leave it out for a switch at the middle";
        let word = cursor.expect_word(Code::MissingValue, "hysteresis", FORM)?;
        if word.text != "hysteresis" {
            let message = format!("'{}' is no way to switch", clip(&word.text));
            return Err(Finding::new(Code::Syntax, word.span, message).help(FORM));
        }
        self.tree.switch_hysteresis = true;
        Ok(())
    }

    fn skip_option(&mut self, cursor: &mut Cursor<'_>, mut name: Name) -> Result<(), Finding> {
        match cursor.peek() {
            Some('"') => drop(cursor.file_name("write name=value")?),
            _ if cursor.word().is_some() => {}
            _ => drop(cursor.value("a value", "write name=value")?),
        }
        name.text.insert_str(0, ".options ");
        self.skipped.push(name);
        Ok(())
    }

    /// `.temp 50`; of several values each is a run.
    pub(super) fn temperature(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
        const FORM: &str = "write .temp 27, or .temp 27 50 100 for a run at each";
        let first = cursor.value("a temperature", FORM)?;
        if cursor.at_end() {
            self.tree.temperature = Some(first);
            return Ok(());
        }
        let span = cursor.whole();
        let mut values = vec![first];
        while cursor.at_value() {
            values.push(cursor.value("a temperature", FORM)?);
        }
        cursor.finish(FORM)?;
        let name = Name { text: "temp".to_owned(), span };
        let values = StepValues::List(values);
        self.add_step(StepCard { target: StepTarget::Any, name, values, span })
    }

    /// One warning names all that has no effect.
    pub(super) fn tell_skipped(&mut self) {
        let skipped = std::mem::take(&mut self.skipped);
        let Some(first) = skipped.first() else { return };
        let mut names: Vec<&str> = Vec::new();
        for name in &skipped {
            if !names.contains(&name.text.as_str()) && names.len() <= MAX_NAMED {
                names.push(&name.text);
            }
        }
        if names.len() > MAX_NAMED {
            names[MAX_NAMED] = "...";
        }
        let names = names.join(", ");
        let finding = Finding::new(Code::IgnoredCommand, first.span, format!("skipped: {names}"));
        self.findings.push(finding.help("without effect on an exact run in time"));
    }
}
