//! What holds for every number and every card.

use memspike_circuit::ElementKind;
use memspike_netlist::Deck;
use proptest::prelude::*;

/// The resistance that a deck reads from a value.
fn resistance(value: &str) -> f64 {
    let text = format!("title\nV1 a 0 1\nR1 a 0 {value}\n.tran 1\n");
    let deck = Deck::parse("deck.cir", &text).unwrap_or_else(|r| panic!("{}", r.render(false)));
    let deck = deck.elaborate(&deck.steps().unwrap()[0], 0).unwrap();
    match deck.circuit.elements()[0].kind {
        ElementKind::Resistor { ohm } => ohm,
        ref other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Rust's own reader is the truth.
    #[test]
    fn a_printed_number_is_read_back_to_the_last_bit(value in 1e-29_f64..1e29) {
        prop_assert_eq!(resistance(&format!("{value:e}")), value);
        prop_assert_eq!(resistance(&format!("{value}")), value);
        prop_assert_eq!(resistance(&format!("{{{value:e}}}")), value);
    }

    /// A suffix is an exponent: the result is the double nearest to the decimal number.
    #[test]
    fn a_suffix_rounds_as_an_exponent_does(
        digits in 1_u32..1_000_000,
        scale in prop::sample::select(vec![
            ("t", 12), ("g", 9), ("meg", 6), ("k", 3), ("m", -3), ("u", -6), ("n", -9), ("p", -12),
        ]),
    ) {
        let (suffix, exponent) = scale;
        let expected: f64 = format!("{digits}e{exponent}").parse().unwrap();
        prop_assert_eq!(resistance(&format!("{digits}{suffix}")), expected);
        prop_assert_eq!(resistance(&format!("{digits}{}", suffix.to_uppercase())), expected);
    }

    #[test]
    fn sums_and_products_agree_with_rust(a in 1_u32..1000, b in 1_u32..1000, c in 1_u32..1000) {
        let [x, y, z] = [a, b, c].map(f64::from);
        prop_assert_eq!(resistance(&format!("{{{a}+{b}*{c}}}")), x + y * z);
        prop_assert_eq!(resistance(&format!("{{({a}+{b})*{c}}}")), (x + y) * z);
        prop_assert_eq!(resistance(&format!("{{{a}/{b}/{c}}}")), x / y / z);
        prop_assert_eq!(resistance(&format!("{{{a}>{b}?{b}:{c}}}")), if a > b { y } else { z });
    }

    #[test]
    fn any_text_has_an_answer(text in "\\PC{0,200}") {
        if let Err(report) = Deck::parse("deck.cir", &format!("title\n{text}\n")) {
            prop_assert!(!report.diagnostics.is_empty());
        }
    }
}
