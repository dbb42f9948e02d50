//! `.mc`: which runs a deck has, and what changes from one to the next.

use memspike_circuit::ElementKind;
use memspike_netlist::{Code, Deck, StepPoint};

fn deck(cards: &str) -> Deck {
    let text = format!("title\nV1 a 0 1\nR1 a 0 {{agauss(1k,10,1)}}\n{cards}\n.tran 1\n");
    Deck::parse("deck.cir", &text).unwrap_or_else(|r| panic!("{}", r.render(false)))
}

fn ohm(deck: &Deck, point: &StepPoint, seed: u64) -> f64 {
    let deck = deck.elaborate(point, seed).unwrap();
    let ohms = deck.circuit.elements().iter().find_map(|element| match element.kind {
        ElementKind::Resistor { ohm } => Some(ohm),
        _ => None,
    });
    ohms.expect("a resistor")
}

#[test]
fn samples_are_innermost_among_the_steps() {
    let deck = deck(".param p=1 q=1\n.step param p list 1 2\n.step param q list 5 6\n.mc {2+1}");
    let runs: Vec<(f64, f64, Option<u32>)> = deck
        .steps()
        .unwrap()
        .iter()
        .map(|run| (run.params[0].1, run.params[1].1, run.sample))
        .collect();
    let points = [(1.0, 5.0), (2.0, 5.0), (1.0, 6.0), (2.0, 6.0)];
    let expected: Vec<_> =
        points.iter().flat_map(|&(p, q)| (0..3).map(move |sample| (p, q, Some(sample)))).collect();
    assert_eq!(runs, expected);
}

#[test]
fn without_mc_a_run_has_no_sample_and_draws_from_the_seed_itself() {
    let one = deck("");
    assert_eq!(one.steps().unwrap(), [StepPoint::default()]);
    assert_eq!(one.elaborate(&StepPoint::default(), 7).unwrap().seed, 7);
    let sampled = deck(".mc 1");
    assert_eq!(sampled.steps().unwrap(), [StepPoint { params: Vec::new(), sample: Some(0) }]);
}

#[test]
fn every_sample_draws_for_itself_and_again_the_same() {
    let deck = deck(".mc 200");
    let runs = deck.steps().unwrap();
    let draw = |seed| -> Vec<f64> { runs.iter().map(|run| ohm(&deck, run, seed)).collect() };
    let first = draw(1);
    let mut distinct = first.clone();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    assert_eq!(distinct.len(), 200);
    assert_eq!(draw(1), first);
    assert!(draw(2).iter().zip(&first).all(|(second, first)| second != first));
}

#[test]
fn samples_spread_as_the_function_says() {
    let deck = deck(".mc 4000");
    let runs = deck.steps().unwrap();
    let ohms: Vec<f64> = runs.iter().map(|run| ohm(&deck, run, 3)).collect();
    let count = ohms.len() as f64;
    let mean = ohms.iter().sum::<f64>() / count;
    let deviation = (ohms.iter().map(|ohm| (ohm - mean).powi(2)).sum::<f64>() / count).sqrt();
    // Five standard errors of 4000 draws of a normal distribution.
    assert!((mean - 1000.0).abs() < 5.0 * 10.0 / count.sqrt(), "{mean}");
    assert!((deviation - 10.0).abs() < 5.0 * 10.0 / (2.0 * count).sqrt(), "{deviation}");
}

#[test]
fn a_sample_draws_the_same_at_every_point() {
    let deck = deck(".param p=1\n.step param p list 1 2\n.mc 2");
    let runs = deck.steps().unwrap();
    let ohms: Vec<f64> = runs.iter().map(|run| ohm(&deck, run, 0)).collect();
    assert_eq!(ohms[..2], ohms[2..]);
    assert_ne!(ohms[0], ohms[1]);
    let seed = |run: &StepPoint| deck.elaborate(run, 0).unwrap().seed;
    assert_eq!(seed(&runs[1]), seed(&runs[3]));
    assert_ne!(seed(&runs[0]), seed(&runs[1]));
}

fn refusal(cards: &str) -> Vec<Code> {
    let text = format!("title\nV1 a 0 1\nR1 a 0 1k\n{cards}\n.tran 1\n");
    let report = match Deck::parse("deck.cir", &text) {
        Ok(deck) => deck.steps().expect_err(cards),
        Err(report) => report,
    };
    report.diagnostics.iter().map(memspike_netlist::Diagnostic::code).collect()
}

#[test]
fn wrong_numbers_of_samples_are_refused() {
    for samples in ["0", "-1", "0.5", "1.5", "1m"] {
        assert_eq!(refusal(&format!(".mc {samples}")), [Code::McCount], "{samples}");
    }
    for samples in ["100001", "1e30", "4.3g"] {
        assert_eq!(refusal(&format!(".mc {samples}")), [Code::McLimit], "{samples}");
    }
    assert_eq!(refusal(".mc"), [Code::MissingValue]);
    assert_eq!(refusal(".mc 10 tran v(out) ymax"), [Code::ExtraText]);
    assert_eq!(refusal(".mc 2\n.mc 3"), [Code::DuplicateMc]);
    assert_eq!(refusal(".param n={unif(5,0.1)}\n.mc {n}"), [Code::RandomRefused]);
    assert_eq!(refusal(".subckt s p\nR1 p 0 1\n.mc 2\n.ends"), [Code::TopLevelOnly]);
    assert_eq!(deck(".mc 100k").steps().unwrap().len(), 100_000, "the limit itself is allowed");
}
