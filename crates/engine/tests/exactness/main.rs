//! Random linear and switched circuits against arbitrary precision.
//!
//! `MEMSPIKE_EXACTNESS_CASES` circuits from number `MEMSPIKE_EXACTNESS_FIRST` on; docs/exactness.md says what is compared.

mod case;
mod compare;
mod families;
mod generator;
mod matrix;
mod network;
mod oracle;
mod pieces;
mod proofs;
mod random;
mod real;
mod tally;

use compare::{Criterion, Verdict, compare, distance};
use generator::Family;
use tally::Tally;

/// Circuits in a run of the tests.
const CASES: u64 = 300;

/// Signals below 1e-4 of the largest voltage of their circuit are held to 1e-15 of that.
const ANY: Criterion = Criterion { tolerance: 1e-11, least_span: 1e-4 };

/// A state alone keeps its digits however small it is beside its source.
const ALONE: Criterion = Criterion { tolerance: 1e-13, least_span: 0.0 };

/// Progress, and what a run found, for people.
#[expect(clippy::print_stdout, reason = "a long run tells how it goes")]
fn tell(text: &str) {
    println!("{text}");
}

fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a whole number"))
}

/// Compares the circuits `family(first)`, `family(first + 1)`, ... and tells of the worst.
fn compare_all(family: impl Fn(u64) -> Family, criterion: Criterion, cases: u64) -> Tally {
    let cases = asked("MEMSPIKE_EXACTNESS_CASES").unwrap_or(cases);
    let first = asked("MEMSPIKE_EXACTNESS_FIRST").unwrap_or(0);
    let mut tally = Tally::default();
    for number in first..first + cases {
        let family = family(number);
        let case = generator::case(family, number);
        tally.add(
            number,
            family,
            compare(&format!("{family:?} {number}"), &case, &case, criterion),
        );
        if (number + 1 - first).is_multiple_of(1000) {
            tell(&format!("{} circuits; {}", number + 1 - first, tally.line()));
        }
    }
    tell(&tally.report());
    tally
}

#[test]
fn random_circuits_agree_with_arbitrary_precision() {
    compare_all(Family::of, ANY, CASES).assert_right();
}

#[test]
fn one_state_is_right_to_1e_13_of_its_own_span_at_any_edge_and_time_constant() {
    compare_all(|_| Family::OneState, ALONE, CASES / 2).assert_right();
}

#[test]
fn resistances_that_are_off_by_1e_9_are_noticed_where_they_matter() {
    let mut seen = 0;
    for number in 0..60 {
        let family = Family::of(number);
        let case = generator::case(family, number);
        let mut other = case.clone();
        other.scale_resistances(1.0 + 1e-9);
        if distance(&case, &other, ANY).is_none_or(|apart| apart < 2.0 * ANY.tolerance) {
            continue;
        }
        if let Verdict::Compared(found) = compare("changed", &case, &other, ANY) {
            assert!(found.failure.is_some(), "{family:?} {number}");
            seen += 1;
        }
    }
    assert!(seen >= 30, "{seen}");
}
