//! `.op`, `.dc` and `.ac`.

use crate::code::Code;
use crate::cursor::Cursor;
use crate::finding::Finding;
use crate::number::clip;
use crate::syntax::{RestSyntax, StepCard, StepTarget, StepValues};

use super::Parser;
use super::step::{list, scale_word};
use crate::elaborate::is_temperature;

const DC: &str = "write .dc V1 0 5 0.1, or .dc V1 0 5 0.1 V2 1 3 1, the fastest first";
const AC: &str = "write .ac dec 10 1 1meg: points per decade (dec), per octave (oct) or in all (lin), start, stop";

impl Parser<'_> {
    /// `op`, `dc` or `ac`, with what follows.
    pub(super) fn at_rest(
        &mut self,
        command: &str,
        cursor: &mut Cursor<'_>,
    ) -> Result<(), Finding> {
        let span = cursor.whole();
        let made = match command {
            "op" => {
                cursor.finish("write .op")?;
                RestSyntax::OperatingPoint
            }
            "dc" => dc(cursor)?,
            _ => ac(cursor)?,
        };
        if self.tree.at_rest.iter().any(|known| known.command() == made.command()) {
            if command == "op" {
                return Ok(());
            }
            let message = format!("a second .{command}");
            let help =
                format!("a deck has one .{command}; for other values use .step, or a second deck");
            return Err(Finding::new(Code::DuplicateAnalysis, span, message).help(help));
        }
        self.tree.at_rest.push(made);
        Ok(())
    }

    /// A parameter or the temperature belongs to the whole deck: `.dc` of one is a step, with what is left of the sweep at
    /// each of its values.
    pub(super) fn step_swept_parameters(&mut self) {
        let body = &self.tree.body;
        let is_element = |name: &str| body.elements.iter().any(|e| e.name.single() == Some(name));
        let is_stepped = |sweep: &StepCard| {
            let name = sweep.name.text.as_str();
            (body.param_names.contains(name) || is_temperature(name)) && !is_element(name)
        };
        let mut stepped = Vec::new();
        for card in &mut self.tree.at_rest {
            let RestSyntax::Dc(sweeps) = card else { continue };
            let (steps, left): (Vec<_>, Vec<_>) = sweeps.drain(..).partition(is_stepped);
            stepped.extend(steps);
            *card = if left.is_empty() { RestSyntax::OperatingPoint } else { RestSyntax::Dc(left) };
        }
        let mut has_point = false;
        self.tree.at_rest.retain(|card| {
            let is_point = matches!(card, RestSyntax::OperatingPoint);
            !(is_point && std::mem::replace(&mut has_point, true))
        });
        for step in stepped {
            self.add_step(step).unwrap_or_else(|finding| self.findings.push(finding));
        }
    }

    /// Takes a `.step`.
    pub(super) fn add_step(&mut self, card: StepCard) -> Result<(), Finding> {
        if !self.step_names.insert(card.name.text.clone()) {
            let message = format!("'{}' is stepped twice", clip(&card.name.text));
            return Err(Finding::new(Code::StepTarget, card.name.span, message)
                .help("join the two into one list"));
        }
        self.tree.steps.push(card);
        Ok(())
    }
}

fn dc(cursor: &mut Cursor<'_>) -> Result<RestSyntax, Finding> {
    let mut sweeps: Vec<StepCard> = Vec::new();
    loop {
        let span = cursor.whole();
        let mut scale = scale_word(cursor);
        let mut listed = cursor.eat_word("list");
        let mut name = cursor.expect_word(Code::Syntax, "a source, R, L or C", DC)?;
        // As Xyce writes the value of an element.
        if let Some((element, value)) = name.text.split_once(':')
            && (element.starts_with(value) || value.starts_with("dc"))
        {
            name.text = element.to_owned();
        }
        if sweeps.iter().any(|sweep| sweep.name.text == name.text) {
            let message = format!("'{}' is swept twice", clip(&name.text));
            return Err(
                Finding::new(Code::StepTarget, name.span, message).help("name each source once")
            );
        }
        scale = scale.or_else(|| scale_word(cursor));
        listed |= cursor.eat_word("list");
        let values = if listed {
            list(cursor, DC)?
        } else {
            let start = cursor.value("a start", DC)?;
            let stop = cursor.value("a stop", DC)?;
            let third = cursor.value("an increment", DC)?;
            match scale {
                Some(base) if base > 0.0 => {
                    StepValues::Logarithmic { base, start, stop, count: third }
                }
                _ => StepValues::Linear { start, stop, increment: third },
            }
        };
        sweeps.push(StepCard { target: StepTarget::Any, name, values, span });
        if cursor.at_end() {
            return Ok(RestSyntax::Dc(sweeps));
        }
    }
}

fn ac(cursor: &mut Cursor<'_>) -> Result<RestSyntax, Finding> {
    let span = cursor.whole();
    let name = cursor.expect_word(Code::Syntax, "dec, oct, lin or list", AC)?;
    let base = match name.text.as_str() {
        "dec" => Some(10.0),
        "oct" => Some(2.0),
        "lin" => None,
        "list" => {
            let values = list(cursor, AC)?;
            cursor.finish(AC)?;
            return Ok(RestSyntax::Ac(StepCard {
                target: StepTarget::Parameter,
                name,
                values,
                span,
            }));
        }
        other => {
            let message = format!("'{}' is no way to choose frequencies", clip(other));
            return Err(Finding::new(Code::Syntax, name.span, message).help(AC));
        }
    };
    let count = cursor.value("a number of points", AC)?;
    let start = cursor.value("a frequency", AC)?;
    let stop = cursor.value("a frequency", AC)?;
    cursor.finish(AC)?;
    let values = match base {
        Some(base) => StepValues::Logarithmic { base, start, stop, count },
        None => StepValues::Count { start, stop, count },
    };
    Ok(RestSyntax::Ac(StepCard { target: StepTarget::Parameter, name, values, span }))
}
