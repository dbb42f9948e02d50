//! Model cards by themselves: what they read from a file, and that what they write is the same card.

use memspike_device::MODELS;
use memspike_netlist::{Card, Cards, Deck, StepPoint};
use proptest::prelude::*;

fn cards(text: &str) -> Vec<Card> {
    Cards::parse("test.lib", text).unwrap_or_else(|r| panic!("{}", r.render(false))).models
}

fn refusal(text: &str) -> String {
    Cards::parse("test.lib", text).expect_err("refused").render(false)
}

#[test]
fn models_stand_in_the_order_of_the_file_with_all_their_values() {
    let found = cards(
        "* the .model has von=7\n.param k=0.1\n.MODEL zeta ts_memristor(von={2*(k)} vs=23m\n\
         + gres=.5)\n.model alpha ako:zeta (von={(3*(k))})\n.model s sw(ron=2)\n",
    );
    assert_eq!(found.iter().map(Card::name).collect::<Vec<_>>(), ["zeta", "alpha", "s"]);
    let values = |at: usize| ["von", "vs", "gres", "sigma_von"].map(|name| found[at].value(name));
    assert_eq!(values(0), [Some(0.2), Some(0.023), Some(0.5), Some(0.0)]);
    assert_eq!(values(1), [Some(3.0 * 0.1), Some(0.023), Some(0.5), Some(0.0)]);
    assert_eq!(found[2].kind().name, "sw");
    assert_eq!((found[2].value("ron"), found[2].value("von")), (Some(2.0), None));
}

#[test]
fn the_first_line_of_a_file_of_cards_is_no_title() {
    assert_eq!(cards(".model a sw(ron=3)").len(), 1);
}

#[test]
fn a_mistake_is_named_at_its_line() {
    let text = refusal("* cards\n.model a ts_memristor(von=0.2 vos=1)\n.model b sw(ron={k})\n");
    assert!(text.contains("test.lib:2") && text.contains("'vos'"), "{text}");
    assert!(text.contains("test.lib:3") && text.contains("'k'"), "{text}");
}

#[test]
fn a_file_that_is_not_there_or_is_no_file_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    for path in [folder.path().join("none.lib"), folder.path().to_owned(), "/dev/zero".into()] {
        let text = Cards::load(&path).expect_err("refused").render(false);
        assert!(text.contains(&format!("cannot read '{}'", path.display())), "{text}");
    }
}

#[test]
fn the_files_that_cards_were_read_from_are_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("more.lib"), ".model b sw(ron=1)\n").expect("written");
    std::fs::write(path("mine.lib"), ".include more.lib\n.model a sw(ron=1)\n").expect("written");
    let cards = Cards::load(&path("mine.lib")).unwrap_or_else(|r| panic!("{}", r.render(false)));
    assert_eq!(cards.files, [path("mine.lib"), path("more.lib")]);
    assert_eq!(cards.models.iter().map(Card::name).collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn values_that_describe_no_device_are_refused_when_it_is_built() {
    let card = cards(".model a ts_memristor(von=0.2)").remove(0);
    assert!(card.build().is_ok());
    let error = card.with("von", -1.0).build().expect_err("refused");
    assert_eq!(error.parameter, "von");
}

proptest! {
    /// Numbers with all their digits, near those of a device; those that are zero switch something on.
    #[test]
    fn a_card_that_is_written_and_read_is_the_same_to_the_last_bit(
        factors in prop::collection::vec(0.95..1.05_f64, 32),
    ) {
        let mut card = cards(".model a ts_memristor(von=0.2)").remove(0);
        for (parameter, factor) in card.kind().parameters.iter().zip(factors) {
            let value = card.value(parameter.name).unwrap();
            card = card.with(parameter.name, value * factor);
        }
        prop_assert!(card.build().is_ok());
        let again = cards(&card.to_string()).remove(0);
        for parameter in card.kind().parameters {
            prop_assert_eq!(card.value(parameter.name), again.value(parameter.name));
        }
    }
}

#[test]
fn a_deck_takes_a_card_as_it_is_written() {
    let card = cards(".model a ts_memristor(von={0.1353*(1)} ron=131)").remove(0).named("mine");
    let text = format!("deck\n{card}V1 a 0 1\nR1 a b 1k\nN1 b 0 mine\n.tran 1\n.end\n");
    let deck = Deck::parse("deck.cir", &text).unwrap_or_else(|r| panic!("{}", r.render(false)));
    assert!(deck.elaborate(&StepPoint::default(), 0).is_ok());
    assert!(MODELS.iter().any(|kind| kind.name == card.kind().name));
}
