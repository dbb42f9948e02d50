//! Dot commands.

pub(super) mod names;

use std::collections::BTreeSet;

use memspike_device::MODELS;

use crate::code::Code;
use crate::cursor::{Cursor, FUNCTION_FORM, Name};
use crate::elaborate::{CORE, COSIM};
use crate::finding::{Finding, suggest};
use crate::number::clip;
use crate::syntax::{Assignment, InitialCard, McCard, ModelCard, SignalSyntax, TranCard};
use crate::vector::Vector;

use super::model_values::{list_of_model, text_of_model};
use super::{Parser, duplicate, measure, one_node, save, signal, step, worded_assignments};
use names::{IGNORED, no_such_command};

impl Parser<'_> {
    pub(super) fn command(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
        let name = cursor.expect_word(Code::Syntax, "a command", "commands begin with a dot")?;
        match name.text.as_str() {
            ".param" | ".params" | ".global_param" => self.param(cursor),
            ".model" => self.model(cursor),
            ".subckt" => self.begin_subckt(cursor),
            ".ends" => self.end_subckt(cursor),
            ".func" if function(cursor)? => cursor.finish(FUNCTION_FORM),
            ".func" => Err(cursor.expected(Code::Syntax, "a function", FUNCTION_FORM)),
            ".ic" | ".dcvolt" => self.initial(cursor),
            ".tran" | ".op" | ".dc" | ".ac" | ".meas" | ".measure" | ".step" | ".mc" | ".save"
            | ".global"
                if !self.open.is_empty() =>
            {
                let message = format!("{} cannot stand inside a subcircuit", name.text);
                Err(Finding::new(Code::TopLevelOnly, name.span, message)
                    .help("move it behind .ends; inner nodes are named x1.node there"))
            }
            ".tran" => self.tran(cursor),
            ".op" | ".dc" | ".ac" => self.at_rest(&name.text[1..], cursor),
            ".meas" | ".measure" => self.measure(cursor),
            ".step" => {
                let card = step::parse(cursor)?;
                self.add_step(card)
            }
            ".mc" => self.mc(cursor),
            ".save" => self.save(cursor),
            ".global" => {
                while let Some(node) = cursor.word() {
                    self.tree.globals.insert(one_node(node)?.text);
                }
                cursor.finish("write .global node node")
            }
            ".opt" | ".option" | ".options" => self.options(cursor),
            ".temp" => self.temperature(cursor),
            other if IGNORED.contains(&other) => {
                self.skipped.push(name);
                Ok(())
            }
            other => Err(no_such_command(other, name.span)),
        }
    }

    /// A command of a `.control` block.
    pub(super) fn control(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
        let command = cursor.word().map(|name| name.text);
        match command.as_deref() {
            Some("tran") => self.tran(cursor).inspect_err(|_| {
                // So that it is not missed again.
                self.tree.broken.insert(".tran".to_owned());
            }),
            Some("alterparam") => self.alter(cursor),
            Some(command @ ("op" | "dc" | "ac")) => self.at_rest(command, cursor),
            _ => self.measure(cursor),
        }
    }

    /// `alterparam name = value`.
    fn alter(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
        const FORM: &str = "write alterparam name = value";
        let Some(name) = cursor.assignment() else {
            return Err(cursor.expected(Code::Syntax, "name = value", FORM));
        };
        let value = cursor.open_value("a value", FORM)?;
        cursor.finish(FORM)?;
        let params = &mut self.tree.body.params;
        let Some(known) = params.iter_mut().find(|known| known.name.text == name.text) else {
            let known = params.iter().map(|known| known.name.text.as_str());
            let message = format!("there is no parameter '{}'", clip(&name.text));
            let help = suggest(&name.text, "parameter", known);
            return Err(Finding::new(Code::UnknownParameter, name.span, message).help(help));
        };
        known.value = value;
        Ok(())
    }

    fn measure(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
        let Some(card) = measure::parse(cursor)? else { return Ok(()) };
        for name in self.expand(&card.name)? {
            if !self.measure_names.insert(name.text.clone()) {
                let (span, text) = (name.span, &name.text);
                return Err(duplicate(Code::DuplicateMeasure, span, "measurement", text));
            }
        }
        self.tree.measures.push(card);
        Ok(())
    }

    fn param(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
        const FORM: &str = "write .param name=value or name={expression}";
        if cursor.at_end() {
            return Err(cursor.expected(Code::Syntax, "name=value", FORM));
        }
        while !cursor.at_end() {
            if function(cursor)? {
                continue;
            }
            let Some(name) = cursor.assignment() else {
                return Err(cursor.expected(Code::Syntax, "name=value", FORM));
            };
            if !crate::cursor::is_identifier(&name.text) {
                let message = format!("'{}' cannot name a parameter", clip(&name.text));
                return Err(Finding::new(Code::Syntax, name.span, message)
                    .help("names are letters, digits and '_', and begin with a letter"));
            }
            // Unlike elsewhere, the expression may stand without braces.
            let value = cursor.open_value("a value", FORM)?;
            if !self.body().param_names.insert(name.text.clone()) {
                return Err(duplicate(
                    Code::DuplicateParameter,
                    name.span,
                    "parameter",
                    &name.text,
                ));
            }
            self.body().params.push(Assignment { name, value });
        }
        Ok(())
    }

    fn model(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
        const FORM: &str = "write .model name kind(parameter=value ...)";
        let name = cursor.expect_word(Code::Syntax, "a name for the model", FORM)?;
        let base = base_model(cursor)?;
        // A kind of another model is of that model's kind, said or not.
        let kind = match base {
            Some(_) if matches!(cursor.peek(), None | Some('(')) || cursor.at_assignment() => None,
            _ => Some(cursor.expect_word(Code::Syntax, "a model kind", FORM)?),
        };
        let parenthesis = cursor.eat('(');
        let (mut params, mut texts, mut lists) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            params.extend(worded_assignments(cursor, word_of_model)?);
            if let Some(text) = text_of_model(cursor)? {
                texts.push(text);
                continue;
            }
            let Some(list) = list_of_model(cursor)? else { break };
            lists.push(list);
        }
        let names =
            params.iter().map(|param| &param.name).chain(texts.iter().map(|(name, _)| name));
        let names = names.chain(lists.iter().map(|list| &list.name));
        let mut found = BTreeSet::new();
        for name in names {
            if !found.insert(&name.text) {
                return Err(duplicate(
                    Code::DuplicateParameter,
                    name.span,
                    "parameter",
                    &name.text,
                ));
            }
        }
        if parenthesis && !cursor.eat(')') {
            return Err(if cursor.at_end() {
                Finding::new(
                    Code::Unclosed,
                    cursor.whole(),
                    "the '(' of this model is never closed",
                )
                .help("close it with ')'")
            } else {
                cursor.expected(Code::Syntax, "parameter=value or ')'", FORM)
            });
        }
        cursor.finish(FORM)?;
        if self.body().models.contains_key(&name.text) {
            return Err(duplicate(Code::DuplicateModel, name.span, "model", &name.text));
        }
        let card = ModelCard { name, base, kind, params, texts, lists };
        self.body().models.insert(card.name.text.clone(), card);
        Ok(())
    }

    fn initial(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
        const FORM: &str = "write .ic v(node)=0.1; a current is ic= of its L";
        if cursor.at_end() {
            return Err(cursor.expected(Code::Syntax, "v(node)=value", FORM));
        }
        while !cursor.at_end() {
            let node = if signal::at_signal(cursor) {
                let SignalSyntax::Voltage(node, None) = signal::signal(cursor)? else {
                    return Err(cursor.expected(Code::Syntax, "the voltage of one node", FORM));
                };
                if !cursor.eat('=') {
                    return Err(cursor.expected(Code::Syntax, "'='", FORM));
                }
                node
            } else {
                // As Xyce writes it: `.ic node value`.
                cursor.expect_word(Code::Syntax, "v(node)=value", FORM)?
            };
            let value = cursor.value("a voltage", FORM)?;
            self.body().initial.push(InitialCard { node: Vector::read(node)?, value });
        }
        Ok(())
    }

    fn tran(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
        const FORM: &str = "write .tran stop, or .tran step stop start uic";
        let span = cursor.whole();
        let mut values = vec![cursor.value("a time", FORM)?];
        let uic = |cursor: &mut Cursor<'_>| {
            cursor.peek_word().is_some_and(|word| word.eq_ignore_ascii_case("uic"))
        };
        while values.len() < 4 && !uic(cursor) && cursor.at_value_or_name() {
            if let Some(word) = cursor.peek_word()
                && is_nearly_uic(word)
            {
                let message = format!("'{}' is no time and not uic", clip(word));
                let help = format!("write uic, or {{{word}}} for a parameter");
                return Err(Finding::new(Code::Syntax, cursor.here(), message).help(help));
            }
            values.push(cursor.value("a time", FORM)?);
        }
        let uic = cursor.eat_word("uic");
        cursor.finish(FORM)?;
        if self.tree.tran.is_some() {
            return Err(Finding::new(Code::DuplicateTran, span, "a second .tran")
                .help("a deck has one .tran; use .step for several runs"));
        }
        // The fourth value, the greatest step, has no meaning without steps.
        values.truncate(3);
        let start = (values.len() > 2).then(|| values.remove(2));
        let print_step = (values.len() > 1).then(|| values.remove(0));
        let stop = values.remove(0);
        self.tree.tran = Some(TranCard { print_step, stop, start, uic, span });
        Ok(())
    }

    fn mc(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
        const FORM: &str = "write .mc and the number of samples: .mc 100";
        let span = cursor.whole();
        let samples = cursor.value("a number of samples", FORM)?;
        cursor.finish(FORM)?;
        if self.tree.mc.is_some() {
            return Err(Finding::new(Code::DuplicateMc, span, "a second .mc")
                .help("a deck has one .mc; use .step for several values"));
        }
        self.tree.mc = Some(McCard { samples, span });
        Ok(())
    }

    fn save(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Finding> {
        if cursor.at_end() {
            return Err(cursor.expected(Code::Syntax, "a signal", save::FORM));
        }
        let mut saved = Vec::new();
        let mut all = false;
        while !cursor.at_end() {
            if cursor.eat_word("all") {
                all = true;
            } else {
                saved.push(save::saved(cursor)?);
            }
        }
        if !all {
            self.tree.save.get_or_insert_default().extend(saved);
        } else {
            self.tree.save_all = true;
        }
        Ok(())
    }
}

/// The number of a word in place of a parameter's value, whatever the model: a card may be a kind of one
/// that comes later.
fn word_of_model(parameter: &str, word: &str) -> Option<f64> {
    let all = MODELS.iter().flat_map(|kind| kind.parameters).chain(CORE.parameters);
    let all = all.chain(COSIM.parameters);
    all.filter(|known| known.name == parameter).find_map(|known| known.value_of(word))
}

/// Reads over a definition `f(x)=...`, if one comes next: it is known already. Its body is read, so that what is wrong
/// with it is told whether or not it is called.
fn function(cursor: &mut Cursor<'_>) -> Result<bool, Finding> {
    let start = cursor.position();
    if cursor.word().is_none() || !cursor.eat('(') {
        cursor.reset(start);
        return Ok(false);
    }
    while let Some(parameter) = cursor.word() {
        if !crate::cursor::is_identifier(&parameter.text) {
            let message = format!("'{}' cannot name a parameter", clip(&parameter.text));
            return Err(Finding::new(Code::Syntax, parameter.span, message).help(FUNCTION_FORM));
        }
    }
    if !cursor.eat(')') {
        return Err(cursor.expected(Code::Syntax, "')'", FUNCTION_FORM));
    }
    cursor.eat('=');
    cursor.open_value("a value", FUNCTION_FORM)?;
    Ok(true)
}

/// `ako:name`, as PSpice and LTspice write it.
fn base_model(cursor: &mut Cursor<'_>) -> Result<Option<Name>, Finding> {
    let is_ako = |word: &str| word.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("ako:"));
    if !cursor.peek_word().is_some_and(is_ako) {
        return Ok(None);
    }
    const FORM: &str = "write .model name ako:other kind(parameter=value ...)";
    let word = cursor.expect_word(Code::Syntax, "a model", FORM)?;
    let base = match &word.text[4..] {
        "" => cursor.expect_word(Code::Syntax, "a model", FORM)?,
        base => Name { text: base.to_owned(), span: word.span },
    };
    Ok(Some(base))
}

/// Whether a word is `uic` with one letter more or other, or two that changed places. Shorter ones may be parameters.
fn is_nearly_uic(word: &str) -> bool {
    let begins = word.starts_with(['u', 'U']) && word.len() > 2;
    begins && strsim::damerau_levenshtein(&word.to_lowercase(), "uic") == 1
}
