//! Forms of other simulators' decks. The truth is what the simulator named beside each makes of it.

use memspike_circuit::{ElementKind, Stimulus};
use memspike_netlist::{Deck, Elaborated, Report};

fn read(text: &str) -> Result<Elaborated, Report> {
    let deck = Deck::parse("deck.cir", text)?;
    let point = deck.steps()?.remove(0);
    deck.elaborate(&point, 0)
}

/// A title, elements that close the circuit, and a run around the cards of a test.
fn deck(cards: &str) -> Elaborated {
    let text = format!("title\nVbase a 0 1\nRbase a 0 1k\n{cards}\n.tran 1\n.end\n");
    read(&text).unwrap_or_else(|r| panic!("{}", r.render(false)))
}

fn kind<'a>(deck: &'a Elaborated, name: &str) -> &'a ElementKind {
    let id = deck.circuit.find_element(name).unwrap_or_else(|| panic!("no element {name}"));
    &deck.circuit.element(id).kind
}

/// Resistance or capacitance.
fn value(deck: &Elaborated, name: &str) -> f64 {
    match kind(deck, name) {
        ElementKind::Resistor { ohm } => *ohm,
        ElementKind::Capacitor { farad, .. } => *farad,
        other => panic!("{name} is {other:?}"),
    }
}

fn near(found: f64, truth: f64) -> bool {
    (found - truth).abs() <= 1e-12 * truth.abs()
}

#[test]
fn functions_of_a_deck_have_the_values_that_ngspice_39_prints() {
    for (cards, truth) in [
        (".func f(x,y) {x*y+1}\nR1 a 0 {f(3,4)}", 13.0),
        // A call above its definition, and white space as people put it.
        ("R1 a 0 {g(1+2)}\n.func g( z ) = 'z*z'", 9.0),
        (".param k=10 g(z)='2*z+k'\nR1 a 0 {g(3)}", 16.0),
        (".param g(z)='2*z+1' k=2\nR1 a 0 {g(3)*k}", 14.0),
        (".func one() {1}\nR1 a 0 {one()+1}", 2.0),
        // Functions of functions, and one in the place of a known one.
        (".func f(x) {g(x)+g(2*x)}\n.func g(x) {x*x}\nR1 a 0 {f(f(1))}", 125.0),
        (".func sgn(x) {x*7}\nR1 a 0 {sgn(3)}", 21.0),
        (".func F(X) {x+Y}\n.param y=2\nR1 a 0 {f(3)}", 5.0),
    ] {
        assert_eq!(value(&deck(cards), "r1"), truth, "{cards}");
    }
}

#[test]
fn a_function_of_a_subcircuit_is_known_there_alone() {
    let deck = deck(
        ".func f(x) {x+1}
.subckt one p
.func f(x) {x+10}
R1 p 0 {f(1)}
.subckt inner q
R1 q 0 {f(2)}
.ends
X1 p inner
.ends
.subckt two p
R1 p 0 {f(1)}
.ends
X1 a one
X2 a two",
    );
    let found = ["x1.r1", "x1.x1.r1", "x2.r1"].map(|name| value(&deck, name));
    assert_eq!(found, [11.0, 12.0, 2.0]);
}

#[test]
fn remainders_are_ngspices_and_limit_is_ltspices() {
    for (text, truth) in [
        ("7%3", 1.0),
        ("100+-7%3", 99.0),
        ("100+(0-7)%3", 99.0),
        ("100+7%(0-3)", 101.0),
        ("7.5%2", 1.5),
        ("2*7%4", 2.0),
        ("limit(5,1,3)", 3.0),
        ("limit(2,1,3)", 2.0),
        ("limit(0,1,3)", 1.0),
        ("limit(5,3,1)", 3.0),
    ] {
        assert_eq!(value(&deck(&format!("R1 a 0 {{{text}}}")), "r1"), truth, "{text}");
    }
    let report = read("t\nV1 a 0 1\nR1 a 0 {limit(0/0,1,2)}\n.tran 1\n").unwrap_err();
    assert_eq!(report.diagnostics[0].code().as_str(), "not-finite");
}

#[test]
fn parameters_stand_bare_where_a_value_does() {
    let deck = deck(
        ".param rload=5k c1=2n v1=0.5 gain=3 stop=1 td=1m
R1 a 0 rload
Rz a z 1k
C1 z 0 C1 ic=v1
R2 a 0 r=RLOAD
V2 b 0 v1
R3 b 0 1k
V3 c 0 dc v1 ac 1
R4 c 0 1k
V4 d 0 PULSE(0 v1 td 0 0 1m 2m)
R5 d 0 1k
V5 e 0 pulse v1 1 td
R6 e 0 1k
E1 f 0 a 0 gain
R7 f 0 1k
Rbent a 0 \\
 rload",
    );
    assert_eq!(["r1", "r2", "rbent"].map(|name| value(&deck, name)), [5e3; 3]);
    assert_eq!(value(&deck, "c1"), 2e-9);
    let source = |name: &str| match kind(&deck, name) {
        ElementKind::VoltageSource(stimulus) => stimulus.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!([source("v2"), source("v3")], [Stimulus::Dc(0.5), Stimulus::Dc(0.5)]);
    for (name, low, high) in [("v4", 0.0, 0.5), ("v5", 0.5, 1.0)] {
        let Stimulus::Pulse(pulse) = source(name) else { panic!() };
        assert_eq!((pulse.low, pulse.high, pulse.delay_s), (low, high, 1e-3), "{name}");
    }
    assert!(matches!(kind(&deck, "e1"), ElementKind::Vcvs { gain: 3.0, .. }));
}

#[test]
fn resistors_follow_the_temperature_as_in_ngspice_39() {
    // Printed by ngspice, with 1 A through the resistor.
    for (card, model, truth) in [
        ("1k tc1=0.01", "", 1500.0),
        ("1k tc=0.01", "", 1500.0),
        ("1k tc=0.01 0.001", "", 4000.0),
        ("1k TC=0,0", "", 1000.0),
        ("1k tc1=0.01 tc2=0.001 temp=37", "", 1200.0),
        ("1k m", ".model m r(tc1=0.002 tc2=1e-5 tnom=30)", 1116.09),
        ("m 1k", ".model m RES tc1=0.002 tc2=1e-5 tnom=30", 1116.09),
        ("1k m=4 scale=3", "", 750.0),
        ("1k tc1=0.01 dtemp=5", "", 1550.0),
        ("1k tc1=0.01 dtemp=5 temp=57", "", 1300.0),
        ("m", ".model m r(r=500 tc1=0.01)", 750.0),
        ("m tc2=0.001", ".model m r(r=500 tc1=0.01)", 2000.0),
        ("1k tc1=0.01 m=2 scale=3", "", 2250.0),
        ("1k ac=5 noisy=0", "", 1000.0),
        ("m r=1k", ".model m r(r=1 tc1=0.01)", 1500.0),
    ] {
        let found = value(&deck(&format!(".options temp=77\n{model}\nR1 a 0 {card}")), "r1");
        assert!(near(found, truth), "{card} {model}: {found}");
    }
    let exponential = value(&deck(".temp 77\nR1 a 0 1k tce=0.5"), "r1");
    assert!((exponential - 1282.432).abs() < 1e-3, "{exponential}");
    for (options, truth) in
        [(".temp 47\n.options temp=77", 1200.0), (".options temp=77 tnom=50", 1270.0)]
    {
        assert!(near(value(&deck(&format!("{options}\nR1 a 0 1k tc1=0.01")), "r1"), truth));
    }
}

#[test]
fn capacitors_follow_the_temperature_as_in_ngspice_39() {
    // ngspice's impedances at 1 / (2 pi us), 1 ohm for 1 uF, as capacitances.
    for (card, model, truth) in [
        ("1u tc1=0.01", "", 1.0 / 0.6666667),
        ("1u tc1=0.01 tc2=0.001 temp=37", "", 1.0 / 0.8333333),
        ("m 1u", ".model m c(tc1=0.002 tc2=1e-5 tnom=30)", 1.0 / 0.8959851),
        ("1u m=4 scale=3", "", 1.0 / 0.08333333),
        ("m", ".model m c(cap=5u tc1=0.01)", 1.0 / 0.1333333),
    ] {
        let found =
            value(&deck(&format!(".temp 77\n{model}\nRz a z 1k\nC1 z 0 {card}")), "c1") * 1e6;
        assert!((found - truth).abs() < 1e-6 * truth, "{card} {model}: {found}, {truth}");
    }
}

#[test]
fn temperature_without_a_coefficient_changes_nothing() {
    let deck = deck(".temp 77\nR1 a 0 1k\nRz a z 1k\nC1 z 0 1n ic=0.5");
    assert_eq!((value(&deck, "r1"), value(&deck, "c1")), (1e3, 1e-9));
    assert!(deck.warnings.is_empty());
    assert!(matches!(kind(&deck, "c1"), ElementKind::Capacitor { initial: Some(0.5), .. }));
}

#[test]
fn a_name_in_braces_is_a_parameter_whatever_models_are_called() {
    let deck = deck(".param d=5k\n.model d ts_memristor\nN1 a 0 d\nR1 a 0 {d}\nR2 a 0 'd'");
    assert_eq!((value(&deck, "r1"), value(&deck, "r2")), (5e3, 5e3));
}

#[test]
fn global_parameters_are_parameters() {
    let deck = deck(".GLOBAL_PARAM load=3k f(x)={2*x}\nR1 a 0 {f(load)}");
    assert_eq!(value(&deck, "r1"), 6e3);
}
