//! Text to expression, by precedence climbing.

use super::function::Function;
use super::user::Definition;
use super::{Binary, Expression, Op};
use crate::code::Code;
use crate::cursor::Cursor;
use crate::finding::{Finding, suggest};
use crate::number::{clip, mantissa_length};
use crate::parse::{at_signal, signal};
use crate::source::Span;

/// Deepest nesting of parentheses, signs and conditions.
const MAX_DEPTH: usize = 200;

/// Operators, longest first, with how tightly they bind. As in ngspice's parameters, `^` and `**`
/// are powers and group from the left.
const OPERATORS: &[(&str, Binary, u8)] = &[
    ("||", Binary::Or, 1),
    ("&&", Binary::And, 2),
    ("==", Binary::Equal, 4),
    ("!=", Binary::NotEqual, 4),
    ("<>", Binary::NotEqual, 4),
    ("<=", Binary::LessEqual, 4),
    (">=", Binary::GreaterEqual, 4),
    ("**", Binary::Power, POWER),
    // As PSpice writes them.
    ("|", Binary::Or, 1),
    ("&", Binary::And, 2),
    ("<", Binary::Less, 4),
    (">", Binary::Greater, 4),
    ("+", Binary::Add, 5),
    ("-", Binary::Subtract, 5),
    ("*", Binary::Multiply, 6),
    ("/", Binary::Divide, 6),
    ("%", Binary::Remainder, 6),
    ("^", Binary::Power, POWER),
];
/// A sign binds looser than a power: `-2^2` is -4.
const SIGN: u8 = 7;
const POWER: u8 = 8;
const WEAKEST: u8 = 1;

const HELP: &str = "an operand is a number, a name, a function or a parenthesis";

/// Reads an expression that a closing mark ends.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Result<Expression, Finding> {
    parse_open(cursor)
}

/// Reads as far as an expression goes.
pub(crate) fn parse_open(cursor: &mut Cursor<'_>) -> Result<Expression, Finding> {
    space(cursor);
    let start = cursor.position();
    let depth = cursor.depth;
    let mut parser = Parser { cursor, ops: Vec::new(), depth };
    parser.ternary()?;
    let ops = parser.ops;
    Ok(Expression { ops, span: cursor.span_from(start) })
}

/// In expressions a comma separates arguments, so that only white space is skipped.
fn space(cursor: &mut Cursor<'_>) {
    let rest = cursor.rest();
    cursor.advance(rest.len() - rest.trim_start().len());
}

struct Parser<'c, 'a> {
    cursor: &'c mut Cursor<'a>,
    ops: Vec<(Op, Span)>,
    depth: usize,
}

impl Parser<'_, '_> {
    fn next_is(&mut self, text: &str) -> bool {
        space(self.cursor);
        self.cursor.rest().starts_with(text)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.next_is(text);
        if found {
            self.cursor.advance(text.len());
        }
        found
    }

    fn push(&mut self, op: Op, start: usize) {
        let span = self.cursor.span_from(start);
        self.ops.push((op, span));
    }

    /// Runs a rule one level deeper.
    fn deeper(
        &mut self,
        rule: impl FnOnce(&mut Self) -> Result<(), Finding>,
    ) -> Result<(), Finding> {
        if self.depth >= MAX_DEPTH {
            let span = self.cursor.here();
            let message = format!("the expression nests deeper than {MAX_DEPTH} levels");
            return Err(
                Finding::new(Code::ExpressionDepth, span, message).help("split it with .param")
            );
        }
        self.depth += 1;
        let result = rule(self);
        self.depth -= 1;
        result
    }

    fn ternary(&mut self) -> Result<(), Finding> {
        let start = self.cursor.position();
        self.binary(WEAKEST)?;
        if self.eat("?") {
            self.deeper(Self::ternary)?;
            if !self.eat(":") {
                let help = "a condition reads: condition ? value : other";
                return Err(self.cursor.expected(Code::ExpressionSyntax, "':'", help));
            }
            self.deeper(Self::ternary)?;
            self.push(Op::Select, start);
        }
        Ok(())
    }

    fn binary(&mut self, least: u8) -> Result<(), Finding> {
        let start = self.cursor.position();
        self.unary(least)?;
        loop {
            space(self.cursor);
            let rest = self.cursor.rest();
            let Some((text, binary, level)) =
                OPERATORS.iter().find(|(text, ..)| rest.starts_with(text))
            else {
                return Ok(());
            };
            if *level < least {
                return Ok(());
            }
            self.cursor.advance(text.len());
            self.deeper(|parser| parser.binary(level + 1))?;
            self.push(Op::Binary(*binary), start);
        }
    }

    fn unary(&mut self, least: u8) -> Result<(), Finding> {
        space(self.cursor);
        let start = self.cursor.position();
        if self.eat("-") {
            self.signed(least, start)?;
            self.push(Op::Negate, start);
            Ok(())
        } else if self.eat("+") {
            self.signed(least, start)
        } else if !self.next_is("!=") && self.eat("!") {
            self.signed(least, start)?;
            self.push(Op::Not, start);
            Ok(())
        } else {
            self.operand(start)
        }
    }

    /// What a sign at `start` belongs to. `2^-2^3` is `(2^-2)^3`, as in ngspice; but ngspice reads
    /// `2*-3^2` as 18 where everybody else has -18, so that this is refused.
    fn signed(&mut self, least: u8, start: usize) -> Result<(), Finding> {
        if least <= WEAKEST {
            return self.deeper(|parser| parser.binary(SIGN));
        }
        self.deeper(|parser| parser.binary(POWER + 1))?;
        if least <= POWER && (self.next_is("^") || self.next_is("**")) {
            let span = self.cursor.span_from(start);
            return Err(Finding::new(
                Code::ExpressionSyntax,
                span,
                "simulators differ on a sign between an operator and a power",
            )
            .help("write 2*(-3)^2 or 2*-(3^2)"));
        }
        Ok(())
    }

    fn operand(&mut self, start: usize) -> Result<(), Finding> {
        let rest = self.cursor.rest();
        match rest.chars().next() {
            Some('(') => {
                self.cursor.advance(1);
                self.deeper(Self::ternary)?;
                self.close(start)
            }
            // What others write within the expression of a source: a part in braces or quotes of its own.
            Some(open @ ('{' | '\'')) if self.cursor.signals => {
                self.cursor.advance(1);
                self.deeper(Self::ternary)?;
                let close = if open == '{' { "}" } else { "'" };
                if !self.eat(close) {
                    let span = self.cursor.span_from(start);
                    let message = format!("this '{open}' is never closed");
                    return Err(Finding::new(Code::Unclosed, span, message)
                        .help(format!("close the expression with {close}")));
                }
                Ok(())
            }
            Some(c) if c.is_ascii_digit() || c == '.' => {
                let mantissa = mantissa_length(rest);
                let tail = rest[mantissa..]
                    .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
                    .unwrap_or(rest.len() - mantissa);
                let word = &rest[..mantissa + tail];
                self.cursor.advance(word.len());
                let span = self.cursor.span_from(start);
                let value = self.cursor.number(word, span)?;
                self.push(Op::Number(value), start);
                Ok(())
            }
            Some(c) if c.is_ascii_alphabetic() || c == '_' => self.name(start),
            _ => Err(self.cursor.expected(Code::ExpressionSyntax, "an operand", HELP)),
        }
    }

    fn name(&mut self, start: usize) -> Result<(), Finding> {
        if self.cursor.signals && at_signal(self.cursor) {
            let signal = signal(self.cursor)?;
            self.push(Op::Signal(Box::new(signal)), start);
            return Ok(());
        }
        let rest = self.cursor.rest();
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(rest.len());
        // A measurement of a range has an index.
        let index = rest[length..].strip_prefix('[').and_then(|after| after.split_once(']'));
        let index = index.map_or(0, |(digits, _)| {
            let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            if plain { digits.len() + 2 } else { 0 }
        });
        let length = length + index;
        let name = rest[..length].to_lowercase();
        self.cursor.advance(length);
        let span = self.cursor.span_from(start);
        if !self.eat("(") {
            self.ops.push((Op::Name(name.into()), span));
            return Ok(());
        }
        if let Some(definition) = self.cursor.functions().find(&name) {
            return self.defined(start, &name, &definition);
        }
        let Some(function) = Function::find(&name) else {
            let message = format!("there is no function '{}'", clip(&name));
            if matches!(name.as_str(), "v" | "i") {
                return Err(Finding::new(Code::UnknownFunction, span, message).help(
                    "a voltage or current of the circuit can stand where a B, E or G source says what it follows, \
                     there also as an argument of a function: V={f(v(a))}",
                ));
            }
            let own = self.cursor.functions().names();
            let mut known: Vec<&str> = Function::names().collect();
            known.extend(own.iter().map(String::as_str));
            let help = suggest(&name, "function", known);
            return Err(Finding::new(Code::UnknownFunction, span, message).help(help));
        };
        let starts = self.arguments(start)?;
        let count = starts.len();
        match function.arguments() {
            Some(wanted) => self.check_count(start, &name, wanted, count)?,
            None => self.check_points(start, &name, count)?,
        }
        self.push(Op::Call(function, count as u32), start);
        Ok(())
    }

    /// Reads arguments up to the closing parenthesis; gives where the steps of each begin.
    fn arguments(&mut self, start: usize) -> Result<Vec<usize>, Finding> {
        let mut starts = Vec::new();
        if !self.next_is(")") {
            loop {
                starts.push(self.ops.len());
                self.deeper(Self::ternary)?;
                if !self.eat(",") {
                    break;
                }
            }
        }
        self.close(start)?;
        Ok(starts)
    }

    fn check_count(
        &mut self,
        start: usize,
        name: &str,
        wanted: usize,
        count: usize,
    ) -> Result<(), Finding> {
        if count == wanted {
            return Ok(());
        }
        let plural = if wanted == 1 { "" } else { "s" };
        let message = format!("'{}' takes {wanted} argument{plural}, found {count}", clip(name));
        let span = self.cursor.span_from(start);
        Err(Finding::new(Code::ArgumentCount, span, message)
            .help(format!("give {wanted}, separated by commas")))
    }

    /// Of a function of points: a number and pairs.
    fn check_points(&mut self, start: usize, name: &str, count: usize) -> Result<(), Finding> {
        if count >= 3 && count % 2 == 1 {
            return Ok(());
        }
        let message = format!("'{name}' takes a number and pairs, found {count} arguments");
        let span = self.cursor.span_from(start);
        Err(Finding::new(Code::ArgumentCount, span, message)
            .help(format!("write {name}(x, x1,y1, x2,y2), points in the order of x")))
    }

    /// A call of a function that the deck defines: its steps, with those of the arguments in the place of their
    /// names, as if the text were there.
    fn defined(
        &mut self,
        start: usize,
        name: &str,
        definition: &Definition,
    ) -> Result<(), Finding> {
        let base = self.ops.len();
        let starts = self.arguments(start)?;
        let count = starts.len();
        self.check_count(start, name, definition.parameters.len(), count)?;
        let span = self.cursor.span_from(start);
        let body = self.cursor.body_of(definition, span, self.depth)?;
        let given = self.ops.split_off(base);
        let bounds: Vec<usize> = starts.iter().map(|at| at - base).chain([given.len()]).collect();
        for (op, place) in body.iter() {
            let argument = match op {
                Op::Name(name) => definition.parameters.iter().position(|known| **known == **name),
                _ => None,
            };
            match argument {
                Some(at) => self.ops.extend_from_slice(&given[bounds[at]..bounds[at + 1]]),
                None => self.ops.push((op.clone(), *place)),
            }
            self.cursor.functions().spend(self.ops.len() - base, span)?;
        }
        self.cursor.functions().spent(self.ops.len() - base);
        Ok(())
    }

    fn close(&mut self, open: usize) -> Result<(), Finding> {
        if self.eat(")") {
            return Ok(());
        }
        if self.cursor.rest().is_empty() || self.cursor.rest().starts_with(['}', '\'']) {
            let span = self.cursor.span_from(open);
            return Err(Finding::new(Code::Unclosed, span, "this '(' is never closed")
                .help("close it with ')'"));
        }
        let help = "join operands with + - * / ^ or a comparison";
        Err(self.cursor.expected(Code::ExpressionSyntax, "an operator or ')'", help))
    }
}
