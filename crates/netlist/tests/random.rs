//! Random functions: their distributions, and what a draw depends on.

use memspike_circuit::ElementKind;
use memspike_netlist::Deck;

/// Resistances of a deck by element name.
fn resistances(cards: &str, seed: u64) -> Vec<(String, f64)> {
    let text = format!("title\nV1 a 0 1\n{cards}\n.tran 1\n");
    let deck = Deck::parse("deck.cir", &text).unwrap_or_else(|r| panic!("{}", r.render(false)));
    let deck = deck.elaborate(&deck.steps().unwrap()[0], seed).unwrap();
    let ohms = deck.circuit.elements().iter().filter_map(|element| match element.kind {
        ElementKind::Resistor { ohm } => Some((element.name.clone(), ohm)),
        _ => None,
    });
    ohms.collect()
}

/// Draws of one function by many elements.
fn sample(function: &str) -> Vec<f64> {
    let cards: Vec<String> = (0..4000).map(|n| format!("R{n} a 0 {{{function}}}")).collect();
    resistances(&cards.join("\n"), 3).into_iter().map(|(_, ohm)| ohm).collect()
}

fn mean_and_deviation(sample: &[f64]) -> (f64, f64) {
    let count = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / count;
    let variance = sample.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

#[test]
fn gauss_has_the_mean_and_the_deviation_of_its_definition() {
    // ngspice: agauss(nom, avar, sigma) deviates by avar / sigma, gauss(nom, rvar, sigma) by
    // nom * rvar / sigma. Bounds are five standard errors of 4000 draws.
    for function in ["agauss(1000,60,3)", "gauss(1000,0.06,3)"] {
        let (mean, deviation) = mean_and_deviation(&sample(function));
        assert!((mean - 1000.0).abs() < 5.0 * 20.0 / 4000f64.sqrt(), "{function}: {mean}");
        assert!((deviation - 20.0).abs() < 5.0 * 20.0 / 8000f64.sqrt(), "{function}: {deviation}");
    }
}

#[test]
fn unif_fills_its_interval_evenly() {
    for function in ["aunif(1000,60)", "unif(1000,0.06)"] {
        let sample = sample(function);
        assert!(sample.iter().all(|x| (940.0..=1060.0).contains(x)), "{function}");
        let (mean, deviation) = mean_and_deviation(&sample);
        let expected = 60.0 / 3f64.sqrt();
        assert!((mean - 1000.0).abs() < 5.0 * expected / 4000f64.sqrt(), "{function}: {mean}");
        assert!((deviation / expected - 1.0).abs() < 0.05, "{function}: {deviation}");
    }
}

#[test]
fn a_draw_depends_on_seed_name_and_count_alone() {
    let one = "R1 a 0 {agauss(1k,10,1)}";
    let alone = resistances(one, 1);
    let among =
        resistances(&format!(".param p={{gauss(1,1,1)}}\nR0 a 0 {{agauss(1k,10,1)}}\n{one}"), 1);
    assert_eq!(alone[0], among[1]);
    assert_ne!(among[0].1, among[1].1, "elements draw for themselves");
    assert_ne!(resistances(one, 2), alone, "the seed counts");
    let twice = resistances("R1 a 0 {agauss(1k,10,1)+agauss(1k,10,1)-1k}", 1);
    assert_ne!(twice[0].1, 2.0 * alone[0].1 - 1000.0, "the second draw is another");
}

#[test]
fn every_instance_draws_for_itself_and_a_parameter_is_drawn_once() {
    let cards = ".param shared={agauss(1k,10,1)}
.subckt cell in
.param own={agauss(1k,10,1)}
Rown in 0 {own}
Rsame in 0 {own}
Rshared in 0 {shared}
.ends
X1 a cell
X2 a cell";
    let ohms: Vec<f64> = resistances(cards, 1).into_iter().map(|(_, ohm)| ohm).collect();
    let [own1, same1, shared1, own2, same2, shared2] = ohms[..] else { panic!("{ohms:?}") };
    assert_eq!((own1, own2), (same1, same2));
    assert_eq!(shared1, shared2);
    assert_ne!(own1, own2);
    assert_ne!(own1, shared1);
}
