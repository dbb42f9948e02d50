//! The functions of expressions, with the meaning that ngspice's manual gives them.

use rand_distr::{Distribution, StandardNormal};

use super::evaluate::{Draws, select};

/// How a function is computed.
pub(crate) enum Rule {
    One(fn(f64) -> f64),
    Two(fn(f64, f64) -> f64),
    Three(fn(f64, f64, f64) -> f64),
    /// A number, then any number of points, `x` and `y` of each.
    Points(fn(&[f64]) -> f64),
    /// Of the arguments and a fresh draw.
    Random(u8, fn(&[f64], &mut memspike_random::Generator) -> f64),
}

/// A named function.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    /// What it gives, for people.
    pub(crate) doc: &'static str,
    pub(crate) rule: Rule,
}

impl Function {
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        Self::all().find(|function| function.name == name)
    }

    /// All of them, in the order of the tables.
    pub(crate) fn all() -> impl Iterator<Item = &'static Self> + Clone {
        FUNCTIONS.iter().chain([&TABLE])
    }

    pub(crate) fn names() -> impl Iterator<Item = &'static str> + Clone {
        Self::all().map(|function| function.name)
    }

    /// How many arguments it takes; nothing if there may be any number of points.
    pub(crate) fn arguments(&self) -> Option<usize> {
        match self.rule {
            Rule::One(_) => Some(1),
            Rule::Two(_) => Some(2),
            Rule::Three(_) => Some(3),
            Rule::Points(_) => None,
            Rule::Random(count, _) => Some(usize::from(count)),
        }
    }

    /// The function that a card with a table means.
    pub(crate) fn table() -> &'static Self {
        &TABLE
    }

    /// Whether it gives one of its last two arguments, as the first says.
    pub(crate) fn chooses(&self) -> bool {
        matches!(self.name, "if" | "ternary_fcn")
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
            (Rule::Points(f), _) => f(arguments),
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

const fn one(name: &'static str, f: fn(f64) -> f64, doc: &'static str) -> Function {
    Function { name, doc, rule: Rule::One(f) }
}
const fn two(name: &'static str, f: fn(f64, f64) -> f64, doc: &'static str) -> Function {
    Function { name, doc, rule: Rule::Two(f) }
}

/// Straight between its points, constant beyond them; `pwl` goes on beyond them, as in ngspice.
static TABLE: Function = Function {
    name: "table",
    doc: "straight lines between points x1, y1, x2, y2 ..., constant beyond them",
    rule: Rule::Points(|a| interpolated(a, false)),
};

/// `y` at the first argument of points that ascend; no number if they do not.
fn interpolated(arguments: &[f64], goes_on: bool) -> f64 {
    let [x, points @ ..] = arguments else { return f64::NAN };
    let points: Vec<[f64; 2]> = points.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
    let [first, .., last] = points.as_slice() else {
        return points.first().map_or(f64::NAN, |point| point[1]);
    };
    if points.windows(2).any(|pair| pair[0][0] >= pair[1][0]) {
        return f64::NAN;
    }
    let x = if goes_on { *x } else { x.clamp(first[0], last[0]) };
    let right = points[1..points.len() - 1].partition_point(|point| point[0] < x) + 1;
    let ([x0, y0], [x1, y1]) = (points[right - 1], points[right]);
    y0 + (y1 - y0) / (x1 - x0) * (x - x0)
}

static FUNCTIONS: &[Function] = &[
    one("abs", f64::abs, "magnitude"),
    one("acos", f64::acos, "inverse cosine (rad)"),
    one("acosh", f64::acosh, "inverse hyperbolic cosine"),
    one("asin", f64::asin, "inverse sine (rad)"),
    one("asinh", f64::asinh, "inverse hyperbolic sine"),
    one("atan", f64::atan, "inverse tangent (rad)"),
    one("arctan", f64::atan, "the same as atan"),
    one("atanh", f64::atanh, "inverse hyperbolic tangent"),
    one("ceil", f64::ceil, "the next whole number from it on, upwards"),
    one("cos", f64::cos, "cosine (rad)"),
    one("cosh", f64::cosh, "hyperbolic cosine"),
    one("exp", f64::exp, "power of e"),
    one("floor", f64::floor, "the next whole number from it on, downwards"),
    one("int", f64::trunc, "whole part, cut towards zero"),
    one("ln", f64::ln, "natural logarithm"),
    one("log", f64::ln, "natural logarithm, as in ngspice"),
    one("log10", f64::log10, "logarithm of base 10"),
    one("nint", f64::round_ties_even, "nearest whole number, the even one of two"),
    one("sgn", |x| if x == 0.0 { 0.0 } else { x.signum() }, "sign: -1, 0 or 1"),
    one("sin", f64::sin, "sine (rad)"),
    one("sinh", f64::sinh, "hyperbolic sine"),
    one("sqr", |x| x * x, "square"),
    one("sqrt", f64::sqrt, "square root"),
    one("tan", f64::tan, "tangent (rad)"),
    one("tanh", f64::tanh, "hyperbolic tangent"),
    one("uramp", |x| x.max(0.0), "x above zero, else 0"),
    one("u2", |x| x.clamp(0.0, 1.0), "x between 0 and 1, else the nearer of both"),
    one("gt0", |x| f64::from(u8::from(x > 0.0)), "1 if x > 0, else 0"),
    one("ge0", |x| f64::from(u8::from(x >= 0.0)), "1 if x >= 0, else 0"),
    one("lt0", |x| f64::from(u8::from(x < 0.0)), "1 if x < 0, else 0"),
    one("le0", |x| f64::from(u8::from(x <= 0.0)), "1 if x <= 0, else 0"),
    two("atan2", f64::atan2, "angle of the point with ordinate x and abscissa y (rad)"),
    two("max", f64::max, "the greater of both"),
    two("min", f64::min, "the lesser of both"),
    two("pow", f64::powf, "x to the power of y"),
    two("pwr", |x, y| x.abs().powf(y), "magnitude of x to the power of y"),
    // The value between two bounds, in either order (LTspice); ngspice has a random function of this name.
    Function {
        name: "limit",
        doc: "the value of the three in the middle, as in LTspice",
        rule: Rule::Three(limit),
    },
    Function {
        name: "pwl",
        doc: "as table, but the lines go on beyond the points",
        rule: Rule::Points(|a| interpolated(a, true)),
    },
    Function {
        name: "ternary_fcn",
        doc: "the second argument if the first is not zero, else the third",
        rule: Rule::Three(select),
    },
    Function {
        name: "if",
        doc: "the second argument if the first is not zero, else the third",
        rule: Rule::Three(select),
    },
    Function {
        name: "gauss",
        doc: "a draw of a normal distribution: mean x, standard deviation x y / z",
        rule: Rule::Random(3, |a, rng| a[0] + a[0] * a[1] / a[2] * normal(rng)),
    },
    Function {
        name: "agauss",
        doc: "a draw of a normal distribution: mean x, standard deviation y / z",
        rule: Rule::Random(3, |a, rng| a[0] + a[1] / a[2] * normal(rng)),
    },
    Function {
        name: "unif",
        doc: "a uniform draw from x (1 - y) to x (1 + y)",
        rule: Rule::Random(2, |a, rng| a[0] + a[0] * a[1] * symmetric(rng)),
    },
    Function {
        name: "aunif",
        doc: "a uniform draw from x - y to x + y",
        rule: Rule::Random(2, |a, rng| a[0] + a[1] * symmetric(rng)),
    },
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
