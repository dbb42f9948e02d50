//! Files of model cards, and numbers as decks write them.

use memspike_netlist::{Card, Cards, parse_number};

use crate::{
    corpus::{self, Corpus, Input},
    deck::assert_report,
    harness::{Answer, assert_says, survive},
};

const WORDS: &[&str] = &[
    ".model",
    ".model a ako:zno",
    ".param k=2",
    ".include zno.lib",
    "ts_memristor",
    "sw",
    "crossbar",
    "ako:",
    "von=",
    "ron=",
    "roff=",
    "vform=",
    "sigma_von=",
    "{",
    "}",
    "'",
    "(",
    ")",
    "=",
    "\n+ ",
    "\n",
    "gauss(1,1,1)",
    "1meg",
    "1m",
    "50n",
    ".subckt x a",
    ".ends",
    "R1 a 0 1k",
    ".end",
    ".tran 1",
];

const OWN: &str = "* cards\n.param k=0.1 l={k*1.5}\n.MODEL zeta ts_memristor(von={2*(k)} vs=23m\n+ gres=.5)\n\
    .model alpha ako:zeta (von={(3*(k))} ron=1k)\n.model s sw(ron=2 vt={l} vh=0.05)\n\
    .model g crossbar(gmax=1u levels=4)\n.model r ts_memristor(von={gauss(0.2,0.1,3)})\n";

fn corpus() -> Corpus {
    let mut inputs = corpus::files(&["netlists/cards"], ".lib");
    for _ in 0..inputs.len() {
        inputs.push(Input::new("netlists/cards/own.lib", OWN));
    }
    Corpus { inputs, words: WORDS }
}

/// Bits of all values, in the order of the kind's parameters.
fn bits(card: &Card) -> Vec<u64> {
    let value = |name| card.value(name).expect("a parameter of the kind").to_bits();
    card.kind().parameters.iter().map(|parameter| value(parameter.name)).collect()
}

fn assert_same_when_read_again(card: &Card) {
    let text = card.to_string();
    let again = Cards::parse("written.lib", &text)
        .unwrap_or_else(|report| panic!("written and refused: {report}\n{text}"));
    assert_eq!(again.models.len(), 1, "{text}");
    let other = &again.models[0];
    assert_eq!((card.name(), card.kind().name), (other.name(), other.kind().name), "{text}");
    assert_eq!(bits(card), bits(other), "{text}");
}

#[test]
fn damaged_cards_are_devices_that_are_the_same_when_written_and_read_or_are_refused() {
    survive("cards", &corpus(), 8000, |input| match Cards::parse(&input.name, &input.text()) {
        Ok(cards) => {
            for card in &cards.models {
                let values = card.kind().parameters.iter().map(|p| card.value(p.name));
                assert!(values.flatten().all(f64::is_finite), "{card}");
                assert_eq!(card.name(), card.name().to_lowercase());
                card.build().unwrap_or_else(|error| panic!("{error}: {card}"));
                assert_same_when_read_again(card);
            }
            Answer::Accepted
        }
        Err(report) => {
            assert_report(&report, &input.name, &input.text());
            Answer::Refused
        }
    });
}

#[test]
fn damaged_numbers_are_what_the_standard_library_reads_or_are_refused() {
    let numbers =
        ["1", "-2.5e3", "1meg", "2.2k", ".5u", "1e-9", "47n", "0", "3mil", "1kohm", "1e3k"];
    let inputs = numbers.iter().map(|text| Input::new("a number", *text)).collect();
    let words = &["meg", "k", "u", "f", "a", "mil", "e", "e+", ".", "-", "+", "_", "ohm", "1"];
    survive("number", &Corpus { inputs, words }, 20_000, |input| {
        match parse_number(&input.text()) {
            Ok(value) => {
                assert!(value.is_finite(), "{value}");
                if let Ok(plain) = input.text().trim().parse::<f64>() {
                    assert_eq!(value.to_bits(), plain.to_bits());
                }
                Answer::Accepted
            }
            Err(error) => {
                assert_says(&error, input);
                Answer::Refused
            }
        }
    });
}
