//! `.tran`.

use memspike_time::LONGEST_RUN_S;

use crate::code::Code;
use crate::deck::Tran;
use crate::finding::Finding;
use crate::source::Span;

use super::{Elaborator, Scope};

impl Elaborator<'_> {
    pub(super) fn tran_of(&mut self, scope: &Scope<'_>) -> Option<Tran> {
        let Some(card) = &self.tree.tran else {
            if !self.tree.at_rest.is_empty() {
                return Some(Tran::none());
            }
            let broken = [".tran", ".dc", ".ac", ".op"].map(|card| self.tree.broken.contains(card));
            if broken == [false; 4] {
                let span = Span { file: 0, start: 0, end: 0 };
                self.report(Finding::new(Code::MissingTran, span, "the deck has no .tran").help(
                    "say how long to run, .tran 1, or ask for a circuit at rest: .op, .dc, .ac",
                ));
            }
            return None;
        };
        let mut none = None;
        let stop = self.number(scope, &card.stop, &mut none);
        let start = card.start.as_ref().map(|start| self.number(scope, start, &mut none));
        let print = card.print_step.as_ref().map(|step| self.number(scope, step, &mut none));
        let stop_s = stop?;
        let problem = |span, message: String, help: &str| {
            Finding::new(Code::TranRange, span, message).help(help)
        };
        if stop_s <= 0.0 || stop_s > LONGEST_RUN_S {
            let message = format!("the run ends at {stop_s:e} s");
            let help = format!("give an end above 0 and up to {LONGEST_RUN_S} s");
            self.report(problem(card.stop.span, message, &help));
            return None;
        }
        let start_s = start.unwrap_or(Some(0.0))?;
        if start_s < 0.0 || start_s >= stop_s {
            let message =
                format!("recording starts at {start_s:e} s, the run ends at {stop_s:e} s");
            self.report(problem(card.span, message, "start at 0 or later, before the end"));
            return None;
        }
        let print_step_s = match print {
            Some(step) => Some(step?),
            None => None,
        };
        if print_step_s.is_some_and(|step| step < 0.0) {
            let message = "the print step is below zero".to_owned();
            self.report(problem(card.span, message, "it is the grid of a table: above zero"));
            return None;
        }
        let times = [
            (Some(&card.stop), "an end", stop_s),
            (card.start.as_ref(), "a start", start_s),
            (card.print_step.as_ref(), "a print step", print_step_s.unwrap_or(0.0)),
        ];
        for (written, what, s) in times {
            if let Some(written) = written {
                self.check_grain(written.span, what, s);
            }
        }
        Some(Tran {
            stop_s,
            print_step_s: print_step_s.filter(|step| *step > 0.0),
            start_s,
            from_initial_conditions: card.uic,
        })
    }
}
