//! ngspice as the oracle of arithmetic: random expressions have the value that it prints.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;

use memspike_netlist::{Deck, MeasureCard};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

const EXPRESSIONS: usize = 3000;
const LEAVES: &[&str] =
    &["1", "2.5", "3k", "4meg", "5m", "6u", "0.7", "1e-3", "2E2", "7n", "1MEG", "a", "b", "A"];
const OPERATORS: &[&str] =
    &["+", "-", "*", "/", "^", "**", "<", ">", "<=", ">=", "==", "!=", "&&", "||"];
const FUNCTIONS: &[(&str, usize)] = &[
    ("abs", 1),
    ("sqrt", 1),
    ("exp", 1),
    ("ln", 1),
    ("log", 1),
    ("log10", 1),
    ("sin", 1),
    ("cos", 1),
    ("tan", 1),
    ("atan", 1),
    ("sinh", 1),
    ("cosh", 1),
    ("tanh", 1),
    ("floor", 1),
    ("ceil", 1),
    ("int", 1),
    ("nint", 1),
    ("sgn", 1),
    ("sqr", 1),
    ("min", 2),
    ("max", 2),
    ("pow", 2),
    ("pwr", 2),
    ("ternary_fcn", 3),
];

fn expression(depth: u32, rng: &mut ChaCha8Rng) -> String {
    if depth == 0 {
        return LEAVES[rng.random_range(0..LEAVES.len())].to_owned();
    }
    let mut inner = || expression(depth - 1, rng);
    let [x, y, z] = [inner(), inner(), inner()];
    match rng.random_range(0..10) {
        0..5 => format!("{x} {} {y}", OPERATORS[rng.random_range(0..OPERATORS.len())]),
        5..7 => format!("({x})"),
        7 => format!("(-{x})"),
        8 => format!("({x} ? {y} : {z})"),
        _ => {
            let (name, count) = FUNCTIONS[rng.random_range(0..FUNCTIONS.len())];
            format!("{name}({})", [x, y, z][..count].join(","))
        }
    }
}

/// Our value, if the expression has one that a circuit could use.
fn ours(expression: &str) -> Option<f64> {
    let text = format!(
        "t\n.param a=3 b={{a/4}}\nV1 a 0 1\nR1 a 0 1\n.meas tran m PARAM='{expression}'\n.tran 1\n"
    );
    let deck = Deck::parse("deck.cir", &text).ok()?;
    let deck = deck.elaborate(&deck.steps().ok()?[0], 0).ok()?;
    let [MeasureCard::Param { expression, .. }] = &deck.measures[..] else { return None };
    let value = expression.eval(&BTreeMap::new()).ok()?;
    (value == 0.0 || (1e-15..1e15).contains(&value.abs())).then_some(value)
}

#[test]
fn random_expressions_have_the_values_that_ngspice_prints() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut cases = Vec::new();
    while cases.len() < EXPRESSIONS {
        let depth = rng.random_range(1..=3);
        let text = expression(depth, &mut rng);
        cases.extend(ours(&text).map(|value| (text, value)));
    }
    let mut deck = String::from("t\n.param a=3 b={a/4}\n");
    for (index, (text, _)) in cases.iter().enumerate() {
        writeln!(deck, ".param case{index}={{{text}}}").unwrap();
    }
    deck.push_str("V1 a 0 1\nR1 a 0 1\n.control\nlisting param\n.endc\n.end\n");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deck.cir");
    std::fs::write(&path, deck).unwrap();
    let output =
        Command::new("ngspice").arg("-b").arg(&path).output().expect("ngspice is installed");
    let printed = String::from_utf8_lossy(&output.stdout);
    let theirs: BTreeMap<&str, f64> = printed
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--->")?.split_once('='))
        .filter_map(|(name, value)| Some((name.trim(), value.trim().parse().ok()?)))
        .collect();
    let mut wrong = String::new();
    for (index, (text, value)) in cases.iter().enumerate() {
        let name = format!("case{index}");
        let their = theirs.get(name.as_str()).copied().unwrap_or(f64::INFINITY);
        // It prints six digits.
        if (value - their).abs() > 2e-5 * value.abs() {
            writeln!(wrong, "{text}: ours {value}, ngspice {their}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
