//! Reads one card from left to right.

use std::fmt::Display;

use crate::code::Code;
use crate::expression::{self, Definition, Expression, Functions, Steps};
use crate::finding::{Finding, Findings};
use crate::line::Line;
use crate::number::{self, clip};
use crate::source::Span;

/// A name in lower case, with its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// The name of a file as written, with its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FileName {
    pub(crate) text: String,
    pub(crate) span: Span,
}

pub(crate) const FUNCTION_FORM: &str = "write .func f(x,y) {x*y}";

/// A position in a card. Commas count as white space.
pub(crate) struct Cursor<'a> {
    line: &'a Line,
    pos: usize,
    functions: &'a Functions,
    /// How deep in an expression it begins.
    pub(crate) depth: usize,
    /// Whether expressions may name voltages and currents of the circuit.
    pub(crate) signals: bool,
    /// Whether values are currents, of which `1A` is one ampere.
    pub(crate) currents: bool,
    pub(crate) findings: &'a mut Findings,
}

/// What ends a word.
fn is_delimiter(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '(' | ')' | '=' | '{' | '}' | '\'' | '"')
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(
        line: &'a Line,
        functions: &'a Functions,
        findings: &'a mut Findings,
    ) -> Self {
        Self { line, pos: 0, functions, depth: 0, signals: false, currents: false, findings }
    }

    /// The functions that the deck defines.
    pub(crate) fn functions(&self) -> &'a Functions {
        self.functions
    }

    /// The steps of a function's body.
    pub(crate) fn body_of(
        &mut self,
        function: &Definition,
        call: Span,
        depth: usize,
    ) -> Result<Steps, Finding> {
        let (functions, findings) = (self.functions, &mut *self.findings);
        functions.body(function, call, |line, pos| {
            let mut cursor =
                Cursor { line, pos, functions, depth, signals: false, currents: false, findings };
            Ok(cursor.open_value("a value", FUNCTION_FORM)?.ops)
        })
    }

    /// The text from here on.
    pub(crate) fn rest(&self) -> &'a str {
        &self.line.text[self.pos..]
    }

    pub(crate) fn position(&self) -> usize {
        self.pos
    }

    pub(crate) fn reset(&mut self, position: usize) {
        self.pos = position;
    }

    pub(crate) fn advance(&mut self, bytes: usize) {
        self.pos += bytes;
    }

    pub(crate) fn skip_space(&mut self) {
        let rest = self.rest();
        self.pos +=
            rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',').len();
    }

    /// The next character that counts.
    pub(crate) fn peek(&mut self) -> Option<char> {
        self.skip_space();
        self.rest().chars().next()
    }

    pub(crate) fn at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    pub(crate) fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.pos += c.len_utf8();
        }
        found
    }

    pub(crate) fn span_from(&self, start: usize) -> Span {
        self.line.span(start, self.pos)
    }

    pub(crate) fn whole(&self) -> Span {
        self.line.whole()
    }

    /// The place of whatever comes next, for messages.
    pub(crate) fn here(&mut self) -> Span {
        self.skip_space();
        let length =
            self.peek_word_length().max(self.rest().chars().next().map_or(0, char::len_utf8));
        self.line.span(self.pos, self.pos + length)
    }

    fn peek_word_length(&self) -> usize {
        let rest = self.rest();
        rest.find(is_delimiter).unwrap_or(rest.len())
    }

    /// The next word as written, if a word comes next.
    pub(crate) fn peek_word(&mut self) -> Option<&'a str> {
        self.skip_space();
        let length = self.peek_word_length();
        (length > 0).then(|| &self.rest()[..length])
    }

    /// The next word in lower case.
    pub(crate) fn word(&mut self) -> Option<Name> {
        let written = self.peek_word()?;
        let start = self.pos;
        self.pos += written.len();
        Some(Name { text: written.to_lowercase(), span: self.span_from(start) })
    }

    /// A word that must be there.
    pub(crate) fn expect_word(
        &mut self,
        code: Code,
        what: &str,
        help: &(impl Display + ?Sized),
    ) -> Result<Name, Finding> {
        match self.word() {
            Some(name) => Ok(name),
            None => Err(self.expected(code, what, help)),
        }
    }

    /// A file's name, in quotes or not.
    pub(crate) fn file_name(
        &mut self,
        help: &(impl Display + ?Sized),
    ) -> Result<FileName, Finding> {
        self.skip_space();
        let start = self.pos;
        let quote = ['"', '\''].into_iter().find(|quote| self.eat(*quote));
        let text = match quote {
            Some(quote) => {
                let Some(length) = self.rest().find(quote) else {
                    let span = self.line.span(start, start + 1);
                    return Err(Finding::new(Code::Unclosed, span, "this quote is never closed")
                        .help(format!("close the file's name with {quote}")));
                };
                &self.rest()[..length]
            }
            None => self.peek_word().unwrap_or_default(),
        };
        if text.is_empty() || text.contains('\0') {
            return Err(self.expected(Code::MissingValue, "a file's name", help));
        }
        self.pos += text.len() + usize::from(quote.is_some());
        Ok(FileName { text: text.to_owned(), span: self.span_from(start) })
    }

    /// Takes the next word if it is this one.
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.peek_word().is_some_and(|next| next.eq_ignore_ascii_case(word));
        if found {
            self.pos += word.len();
        }
        found
    }

    /// The name before a `=`, if an assignment comes next; the cursor then stands behind the `=`.
    pub(crate) fn assignment(&mut self) -> Option<Name> {
        let start = self.pos;
        if let Some(name) = self.word()
            && self.eat('=')
        {
            return Some(name);
        }
        self.pos = start;
        None
    }

    /// Takes `name=` if it comes next.
    pub(crate) fn eat_option(&mut self, name: &str) -> bool {
        let start = self.pos;
        let found = self.assignment().is_some_and(|option| option.text == name);
        if !found {
            self.pos = start;
        }
        found
    }

    /// Whether an assignment comes next.
    pub(crate) fn at_assignment(&mut self) -> bool {
        let start = self.pos;
        let found = self.assignment().is_some();
        self.pos = start;
        found
    }

    /// Whether a value (number or expression) could come next.
    pub(crate) fn at_value(&mut self) -> bool {
        match self.peek() {
            Some('{' | '\'') => true,
            Some(_) => self.peek_word().is_some_and(number::looks_like_number),
            None => false,
        }
    }

    /// A finding that says what should stand here.
    pub(crate) fn expected(
        &mut self,
        code: Code,
        what: &str,
        help: &(impl Display + ?Sized),
    ) -> Finding {
        let found = match self.peek() {
            None => "the end of the card".to_owned(),
            Some(c) => {
                format!("'{}'", clip(self.peek_word().unwrap_or(c.encode_utf8(&mut [0; 4]))))
            }
        };
        let span = if self.at_end() { self.whole() } else { self.here() };
        Finding::new(code, span, format!("expected {what}, found {found}")).help(help.to_string())
    }

    /// As [`Cursor::value`], or an expression without braces.
    pub(crate) fn open_value(
        &mut self,
        what: &str,
        help: &(impl Display + ?Sized),
    ) -> Result<Expression, Finding> {
        match self.peek() {
            Some('{' | '\'') => self.value(what, help),
            Some(_) => expression::parse_open(self),
            None => Err(self.expected(Code::MissingValue, what, help)),
        }
    }

    /// Whether a value or the bare name of a parameter could come next.
    pub(crate) fn at_value_or_name(&mut self) -> bool {
        let named = self.peek_word().is_some_and(is_identifier) && !self.at_assignment();
        named || self.at_value()
    }

    /// A number, `{expression}`, `'expression'`, or the bare name of a parameter.
    pub(crate) fn value(
        &mut self,
        what: &str,
        help: &(impl Display + ?Sized),
    ) -> Result<Expression, Finding> {
        let start = {
            self.skip_space();
            self.pos
        };
        match self.peek() {
            Some(open @ ('{' | '\'')) => {
                self.pos += 1;
                let close = if open == '{' { '}' } else { '\'' };
                let parsed = expression::parse(self)?;
                if !self.eat(close) {
                    let span = self.line.span(start, start + 1);
                    return Err(if self.at_end() {
                        Finding::new(Code::Unclosed, span, format!("this '{open}' is never closed"))
                            .help(format!("close the expression with '{close}'"))
                    } else {
                        self.expected(
                            Code::ExpressionSyntax,
                            &format!("an operator or '{close}'"),
                            "join operands with + - * / ^ or a comparison",
                        )
                    });
                }
                Ok(parsed)
            }
            _ => match self.peek_word() {
                None => Err(self.expected(Code::MissingValue, what, help)),
                Some(word) if !number::looks_like_number(word) && is_identifier(word) => {
                    self.pos += word.len();
                    Ok(Expression::name(&word.to_lowercase(), self.span_from(start)))
                }
                Some(word) => {
                    if let Some(computed) = self.computed(word) {
                        return Ok(computed);
                    }
                    self.pos += word.len();
                    let span = self.span_from(start);
                    let value = self.number(word, span)?;
                    Ok(Expression::constant(value, span))
                }
            },
        }
    }

    /// An expression without braces, `20e3/stime`, as ngspice reads it: a word that is no number and is an expression to
    /// its end.
    fn computed(&mut self, word: &str) -> Option<Expression> {
        let operators = word.char_indices().skip(1).filter(|(_, c)| matches!(c, '*' | '/' | '+'));
        if operators.count() == 0 || number::parse(word).is_ok() {
            return None;
        }
        let start = self.pos;
        let parsed = expression::parse_open(self).ok();
        let whole = self.line.text[start..self.pos].trim_end().len() == word.len();
        if !whole {
            self.pos = start;
        }
        parsed.filter(|_| whole)
    }

    /// The number that a word stands for, if such a word comes next.
    pub(crate) fn worded_value(&mut self, of: impl Fn(&str) -> Option<f64>) -> Option<Expression> {
        let value = self.peek_word().and_then(|word| of(&word.to_lowercase()))?;
        let start = self.pos;
        self.pos += self.peek_word_length();
        Some(Expression::constant(value, self.span_from(start)))
    }

    /// A word as a number, with its warnings.
    pub(crate) fn number(&mut self, word: &str, span: Span) -> Result<f64, Finding> {
        match number::parse(word) {
            Ok(number) => {
                if let Some((code, message, help)) = number.warning {
                    self.findings.push(Finding::new(code, span, message).help(help));
                }
                Ok(number.value)
            }
            Err(error) => {
                let ampere = word.strip_suffix(['a', 'A']).filter(|_| self.currents);
                if let Some(Ok(number)) = ampere.map(number::parse) {
                    let message =
                        format!("'{}' is in amperes here, as it is a current", clip(word));
                    let finding = Finding::new(Code::AmpereIsUnit, span, message);
                    self.findings.push(
                        finding.help("HSPICE reads atto (1e-18): write the number without unit"),
                    );
                    return Ok(number.value);
                }
                Err(Finding::new(error.code, span, error.message).help(error.help))
            }
        }
    }

    /// Nothing may follow.
    pub(crate) fn finish(&mut self, help: &(impl Display + ?Sized)) -> Result<(), Finding> {
        if self.at_end() {
            return Ok(());
        }
        let start = self.pos;
        let span = self.line.span(start, self.line.text.len());
        let message = format!("'{}' is left over", clip(self.rest().trim_end()));
        Err(Finding::new(Code::ExtraText, span, message).help(help.to_string()))
    }
}

/// Letters, digits, `_` and `.`, not beginning with a digit.
pub(crate) fn is_identifier(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
}
