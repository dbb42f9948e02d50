//! Resistors, capacitors and inductors: values, models, and what temperature makes of them.
//!
//! The law is ngspice's: a value is multiplied by `1 + tc1 dT + tc2 dT^2`, or by `1.01^(tce dT)`, where `dT` is from the
//! model's `tnom`, or else the circuit's, to the element's `temp`, or else the circuit's plus `dtemp`; `scale`
//! multiplies values, `m` is a number of elements side by side. A size and a model of sizes say the value of a card that
//! has none, before the value of the model.

use memspike_device::Parameter;

use crate::code::Code;
use crate::cursor::Name;
use crate::expression::{Draws, Expression};
use crate::finding::Finding;
use crate::number::clip;
use crate::syntax::{PassiveCard, PassiveWord, RestSyntax};

use super::Elaborator;
use super::built::Built;
use super::multiplicity::MULTIPLICITY;
use super::scope::Scope;

/// Where temperatures begin when a deck states none (degrees Celsius).
pub(super) const NOMINAL_C: f64 = 27.0;

/// A kind of model of an `R`, `C` or `L`.
#[derive(Debug)]
pub(super) struct PassiveKind {
    pub(super) names: &'static [&'static str],
    /// What it is, for people.
    pub(super) about: &'static str,
    pub(super) parameters: &'static [Parameter],
    pub(super) form: &'static str,
    /// Whether elements side by side divide the value.
    divides: bool,
}

/// Of parameters without default.
const NONE: f64 = f64::NAN;

/// Parameters of a kind: the value has two names. What a length and a width make of a value is by ngspice's law too:
/// `rsh (l - 2 short) / (w - 2 narrow)` of version 39, and `cj` for the area and `cjsw` for the edge of a length less
/// `short` and a width less `narrow`.
const fn parameters(
    value: [&'static str; 2],
    unit: &'static str,
    (length, length_m): (&'static str, f64),
) -> [Parameter; 16] {
    [
        Parameter::new(
            "level",
            "1",
            1.0,
            "1 or 2; they differ in an element's own heat, which is not known here",
        ),
        Parameter::new("rsh", "ohm", NONE, "resistance of a square, of an R with l and w"),
        Parameter::new("cj", "F/m^2", NONE, "capacitance of an area, of a C with l and w"),
        Parameter::new("cjsw", "F/m", 0.0, "capacitance of an edge"),
        Parameter::new(length, "m", length_m, "length of an element that states none"),
        Parameter::new("defw", "m", 1e-5, "width of an element that states none"),
        Parameter::new("w", "m", NONE, "the same"),
        Parameter::new("narrow", "m", 0.0, "what etching takes of the width"),
        Parameter::new("dw", "m", NONE, "the same"),
        Parameter::new("short", "m", 0.0, "what it takes of the length"),
        Parameter::new("tc1", "1/K", 0.0, "linear temperature coefficient"),
        Parameter::new("tc2", "1/K^2", 0.0, "quadratic temperature coefficient"),
        Parameter::new("tce", "%/K", NONE, "exponential coefficient, instead of the others"),
        Parameter::new("tnom", "C", NONE, "temperature for which values hold"),
        Parameter::new(value[0], unit, NONE, "value where the card of an element has none"),
        Parameter::new(value[1], unit, NONE, "the same"),
    ]
}

pub(super) static RESISTOR: PassiveKind = PassiveKind {
    names: &["r", "res"],
    about: "Values of resistors: by size, and by temperature.",
    parameters: &parameters(["r", "res"], "ohm", ("l", 1e-5)),
    form: "R1 plus minus 10k model",
    divides: true,
};

pub(super) static CAPACITOR: PassiveKind = PassiveKind {
    names: &["c", "cap"],
    about: "Values of capacitors: by size, and by temperature.",
    parameters: &parameters(["c", "cap"], "F", ("defl", NONE)),
    form: "C1 plus minus 47n model",
    divides: false,
};

pub(super) static INDUCTOR: PassiveKind = PassiveKind {
    names: &["l", "ind"],
    about: "Values of inductors: by size, and by temperature.",
    parameters: &parameters(["l", "ind"], "H", ("defl", NONE)),
    form: "L1 plus minus 1m model",
    divides: true,
};

impl PassiveKind {
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        [&RESISTOR, &CAPACITOR, &INDUCTOR].into_iter().find(|kind| kind.names.contains(&name))
    }
}

/// What a card and its model say beside the value.
#[derive(Default)]
struct Law {
    /// What the card says.
    value: Option<f64>,
    /// What its model says.
    of_model: Option<f64>,
    tc1: f64,
    tc2: f64,
    tce: Option<f64>,
    tnom: Option<f64>,
    temp: Option<f64>,
    dtemp: f64,
    scale: Option<f64>,
    m: Option<f64>,
    initial: Option<f64>,
    shape: Shape,
}

/// How large an element is, and what its model makes of that.
#[derive(Default)]
struct Shape {
    rsh: Option<f64>,
    cj: Option<f64>,
    cjsw: f64,
    narrow: f64,
    short: f64,
    length: Option<f64>,
    width: f64,
}

impl Shape {
    /// The value of an element of this size; none if its size or its model say too little, or nothing but zero.
    fn value(&self, divides: bool) -> Option<f64> {
        self.of_size(divides).filter(|value| *value != 0.0)
    }

    fn of_size(&self, divides: bool) -> Option<f64> {
        let (length, width) = (self.length?, self.width);
        if divides {
            let (length, width) = (length - 2.0 * self.short, width - 2.0 * self.narrow);
            return Some(self.rsh? * length / width);
        }
        let (length, width) = (length - self.short, width - self.narrow);
        Some(self.cj? * length * width + 2.0 * self.cjsw * (length + width))
    }
}

impl Law {
    fn of_model(values: &[f64]) -> Self {
        let given = |value: f64| (!value.is_nan()).then_some(value);
        let &[
            _,
            rsh,
            cj,
            cjsw,
            length,
            defw,
            w,
            narrow,
            dw,
            short,
            tc1,
            tc2,
            tce,
            tnom,
            value,
            same,
        ] = values
        else {
            unreachable!("the values are those of the kind's parameters")
        };
        let (tce, tnom) = (given(tce), given(tnom));
        let of_model = given(value).or(given(same));
        let (width, narrow) = (given(w).unwrap_or(defw), given(dw).unwrap_or(narrow));
        let (rsh, cj) = (given(rsh), given(cj));
        let shape = Shape { rsh, cj, cjsw, narrow, short, length: given(length), width };
        Self { of_model, tc1, tc2, tce, tnom, shape, ..Self::default() }
    }

    fn set(&mut self, kind: &PassiveKind, name: &str, value: f64) {
        match name {
            _ if name == kind.names[0] => self.value = Some(value),
            "l" => self.shape.length = Some(value),
            "w" => self.shape.width = value,
            "tc1" => self.tc1 = value,
            "tc2" => self.tc2 = value,
            "tce" => self.tce = Some(value),
            "temp" => self.temp = Some(value),
            "dtemp" => self.dtemp = value,
            "scale" => self.scale = Some(value),
            "m" => self.m = Some(value),
            "ic" => self.initial = Some(value),
            // Of analyses that are not in time.
            _ => {}
        }
    }

    /// What the value is multiplied by.
    fn factor(&self, kind: &PassiveKind, temperature_c: f64, nominal_c: f64) -> f64 {
        let at_c = self.temp.unwrap_or(temperature_c + self.dtemp);
        let difference = at_c - self.tnom.unwrap_or(nominal_c);
        let heated = match self.tce {
            Some(tce) => 1.01_f64.powf(tce * difference),
            None => 1.0 + self.tc1 * difference + self.tc2 * difference * difference,
        };
        let m = self.m.unwrap_or(1.0);
        let beside = if kind.divides { 1.0 / m } else { m };
        heated * self.scale.unwrap_or(1.0) * beside
    }
}

impl<'d> Elaborator<'d> {
    /// Value and initial voltage or current of an `R`, `C` or `L`; one for what failed, which was reported.
    pub(super) fn passive(
        &mut self,
        scope: &Scope<'d>,
        kind: &'static PassiveKind,
        (name, card): (&str, &PassiveCard),
        draws: &mut Option<Draws>,
    ) -> (f64, Option<f64>) {
        let Some((mut law, value)) = self.law(scope, kind, card) else { return (1.0, None) };
        let own =
            value.is_some() || card.params.iter().any(|param| param.name.text == kind.names[0]);
        if let (true, Some(model)) = (own, law.of_model.filter(|model| *model != 1.0)) {
            self.two_values(kind, card, model);
        }
        let mut complete = true;
        let of_ac = card.params.iter().find(|param| param.name.text == "ac");
        let has_ac = self.tree.at_rest.iter().any(|card| matches!(card, RestSyntax::Ac(_)));
        if let Some(param) = of_ac.filter(|_| has_ac) {
            let message = "a resistance for small signals alone is not supported";
            self.report(
                Finding::new(Code::UnsupportedForm, param.name.span, message)
                    .help("leave ac= out, or give .ac a deck of its own with that resistance"),
            );
        }
        for (name, expression) in value
            .map(|value| (kind.names[0], value))
            .into_iter()
            .chain(card.params.iter().map(|param| (param.name.text.as_str(), &param.value)))
        {
            let value = self.number(scope, expression, draws);
            let value = match name {
                MULTIPLICITY => value.and_then(|m| self.count_of(expression, m)),
                _ => value,
            };
            match value {
                Some(value) => law.set(kind, name, value),
                None => complete = false,
            }
        }
        for (element, parameter, value) in &self.parameter_values {
            if element == name {
                law.set(kind, parameter, *value);
            }
        }
        let of_size = law.shape.value(kind.divides);
        let Some(value) = law.value.or(of_size).or(law.of_model) else {
            if complete {
                self.no_value(kind, card);
            }
            return (1.0, law.initial);
        };
        if !complete {
            return (1.0, law.initial);
        }
        (value * law.factor(kind, self.temperature_c, self.nominal_c), law.initial)
    }

    /// What the card's model says, and the card's own value: of its words the one that names a model is one.
    fn law<'c>(
        &mut self,
        scope: &Scope<'d>,
        kind: &'static PassiveKind,
        card: &'c PassiveCard,
    ) -> Option<(Law, Option<&'c Expression>)> {
        let is_model =
            |word: &PassiveWord| word.model().is_some_and(|name| scope.model(name).is_some());
        let named = card.words.iter().position(is_model);
        // Of two words one must be a model: if none is, then that which can be its name.
        let can_be = || card.words.iter().rposition(|word| word.model().is_some());
        let model = named.or_else(|| (card.words.len() > 1).then(can_be).flatten());
        let value = card.words.iter().enumerate().find(|(at, _)| Some(*at) != model);
        let value = value.map(|(_, word)| &word.value);
        let Some(word) = model.map(|at| &card.words[at]) else {
            if let Some(extra) = card.words.get(1) {
                self.report(
                    Finding::new(Code::ExtraText, extra.value.span, "a second value")
                        .help("write one value; the second of two words is a model's name"),
                );
                return None;
            }
            return Some((Law::default(), value));
        };
        let name =
            Name { text: word.model().unwrap_or_default().to_owned(), span: word.value.span };
        let Some(found) = scope.model(&name.text) else {
            if model == Some(1) && is_unit(&name.text) {
                let message = format!("there is no model '{}'", clip(&name.text));
                self.report(Finding::new(Code::UnknownModel, name.span, message).help(
                    "if it is the unit of the value, write the two without a space between them: 8kOhm",
                ));
            } else {
                self.unknown(Code::UnknownModel, &name, "model", scope.model_names());
            }
            return None;
        };
        match found.as_ref()? {
            Built::Passive { kind: own, values } if std::ptr::eq(*own, kind) => {
                Some((Law::of_model(values), value))
            }
            other => {
                let finding = other.wired_otherwise(&name);
                self.report(finding);
                None
            }
        }
    }

    fn two_values(&mut self, kind: &PassiveKind, card: &PassiveCard, model: f64) {
        let name = kind.names[0];
        let spans = card.words.iter().map(|word| word.value.span);
        let Some(span) = spans.chain(card.params.iter().map(|param| param.name.span)).next() else {
            return;
        };
        let message =
            format!("the card has a value and its model {name}={model}: the card's counts");
        self.report(Finding::new(Code::ModelValue, span, message).help(format!(
            "simulators differ: ngspice takes the card's value, PSpice and Xyce multiply the two; leave {name} \
             out of the model"
        )));
    }

    fn no_value(&mut self, kind: &PassiveKind, card: &PassiveCard) {
        let spans = card.words.iter().map(|word| word.value.span);
        let Some(span) = spans.chain(card.params.iter().map(|param| param.name.span)).next() else {
            return;
        };
        let message = format!("neither this card nor its model has a value {}", kind.names[0]);
        self.report(
            Finding::new(Code::MissingValue, span, message).help(format!("write {}", kind.form)),
        );
    }
}

/// Whether a word is a prefix, a unit, or both: `k`, `ohm`, `nF`.
fn is_unit(word: &str) -> bool {
    const UNITS: [&str; 6] = ["ohms", "ohm", "f", "h", "\u{3c9}", "\u{2126}"];
    const PREFIXES: [&str; 14] =
        ["", "f", "p", "n", "u", "\u{b5}", "\u{3bc}", "m", "k", "meg", "x", "g", "t", "mil"];
    let word = word.to_lowercase();
    let is_prefixed = |unit: &&str| word.strip_suffix(*unit).is_some_and(|p| PREFIXES.contains(&p));
    UNITS.iter().any(is_prefixed) || PREFIXES.contains(&word.as_str())
}
