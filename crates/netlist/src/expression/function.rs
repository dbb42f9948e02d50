//! The functions of expressions, with the meaning that ngspice's manual gives them.

use rand_distr::{Distribution, StandardNormal};

use super::evaluate::{Draws, select};

/// How a function is computed.
pub(crate) enum Rule {
    One(fn(f64) -> f64),
    Two(fn(f64, f64) -> f64),
    Three(fn(f64, f64, f64) -> f64),
    /// Of the arguments and a fresh draw.
    Random(u8, fn(&[f64], &mut memspike_random::Generator) -> f64),
}

/// A named function.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) rule: Rule,
}

impl Function {
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        FUNCTIONS.iter().find(|function| function.name == name)
    }

    pub(crate) fn names() -> impl Iterator<Item = &'static str> + Clone {
        FUNCTIONS.iter().map(|function| function.name)
    }

    pub(crate) fn arguments(&self) -> u8 {
        match self.rule {
            Rule::One(_) => 1,
            Rule::Two(_) => 2,
            Rule::Three(_) => 3,
            Rule::Random(count, _) => count,
        }
    }

    pub(crate) fn is_random(&self) -> bool {
        matches!(self.rule, Rule::Random(..))
    }

    /// The value; nothing if it is random and no draws are allowed.
    pub(crate) fn apply(&self, arguments: &[f64], draws: Option<&mut Draws>) -> Option<f64> {
        let chooses = matches!(self.rule, Rule::Three(_));
        if !chooses && arguments.iter().any(|argument| argument.is_nan()) {
            return Some(f64::NAN);
        }
        Some(match (&self.rule, arguments) {
            (Rule::One(f), [x]) => f(*x),
            (Rule::Two(f), [x, y]) => f(*x, *y),
            (Rule::Three(f), [x, y, z]) => f(*x, *y, *z),
            (Rule::Random(_, f), _) => f(arguments, &mut draws?.next()),
            // The parser checks the number of arguments.
            _ => f64::NAN,
        })
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

const fn one(name: &'static str, f: fn(f64) -> f64) -> Function {
    Function { name, rule: Rule::One(f) }
}
const fn two(name: &'static str, f: fn(f64, f64) -> f64) -> Function {
    Function { name, rule: Rule::Two(f) }
}

static FUNCTIONS: &[Function] = &[
    one("abs", f64::abs),
    one("acos", f64::acos),
    one("acosh", f64::acosh),
    one("asin", f64::asin),
    one("asinh", f64::asinh),
    one("atan", f64::atan),
    one("arctan", f64::atan),
    one("atanh", f64::atanh),
    one("ceil", f64::ceil),
    one("cos", f64::cos),
    one("cosh", f64::cosh),
    one("exp", f64::exp),
    one("floor", f64::floor),
    one("int", f64::trunc),
    one("ln", f64::ln),
    one("log", f64::ln),
    one("log10", f64::log10),
    one("nint", f64::round_ties_even),
    one("sgn", |x| if x == 0.0 { 0.0 } else { x.signum() }),
    one("sin", f64::sin),
    one("sinh", f64::sinh),
    one("sqr", |x| x * x),
    one("sqrt", f64::sqrt),
    one("tan", f64::tan),
    one("tanh", f64::tanh),
    two("atan2", f64::atan2),
    two("max", f64::max),
    two("min", f64::min),
    two("pow", f64::powf),
    two("pwr", |x, y| x.abs().powf(y)),
    // The value between two bounds, in either order (LTspice); ngspice has a random function of this name.
    Function { name: "limit", rule: Rule::Three(limit) },
    Function { name: "ternary_fcn", rule: Rule::Three(select) },
    Function { name: "if", rule: Rule::Three(select) },
    Function {
        name: "gauss",
        rule: Rule::Random(3, |a, rng| a[0] + a[0] * a[1] / a[2] * normal(rng)),
    },
    Function { name: "agauss", rule: Rule::Random(3, |a, rng| a[0] + a[1] / a[2] * normal(rng)) },
    Function { name: "unif", rule: Rule::Random(2, |a, rng| a[0] + a[0] * a[1] * symmetric(rng)) },
    Function { name: "aunif", rule: Rule::Random(2, |a, rng| a[0] + a[1] * symmetric(rng)) },
];

/// The median. What is no number stays none.
fn limit(x: f64, a: f64, b: f64) -> f64 {
    if x.is_nan() || a.is_nan() || b.is_nan() { f64::NAN } else { x.max(a.min(b)).min(a.max(b)) }
}

fn normal(rng: &mut memspike_random::Generator) -> f64 {
    StandardNormal.sample(rng)
}

/// Uniform in [-1, 1).
fn symmetric(rng: &mut memspike_random::Generator) -> f64 {
    use rand::RngExt as _;
    2.0 * rng.random::<f64>() - 1.0
}
