//! Names with ranges of indices, held against the same decks written out element by element.

use memspike_netlist::{Code, Deck, Elaborated, Report};

fn read(cards: &str) -> Result<Elaborated, Report> {
    let text = format!("title\nVbase a 0 1\nRbase a 0 1k\n{cards}\n.tran 1\n.end\n");
    let deck = Deck::parse("deck.cir", &text)?;
    let point = deck.steps()?.remove(0);
    deck.elaborate(&point, 1)
}

fn elaborated(cards: &str) -> Elaborated {
    read(cards).unwrap_or_else(|report| panic!("{}", report.render(false)))
}

fn refusal(cards: &str) -> Vec<Code> {
    let report = read(cards).expect_err("the deck is refused");
    report.diagnostics.iter().map(memspike_netlist::Diagnostic::code).collect()
}

/// Every element with its nodes, what is saved, and the initial voltages.
fn content(deck: &Elaborated) -> Vec<String> {
    let circuit = &deck.circuit;
    let name = |node: memspike_circuit::NodeId| &circuit.nodes()[node.index()];
    let elements = circuit.elements().iter().map(|element| {
        format!("{} {:?} {:?}", element.name, element.nodes.map(name), element.kind)
    });
    elements
        .chain([format!("{:?}", circuit.initial_voltages()), format!("{:?}", deck.save)])
        .collect()
}

#[track_caller]
fn assert_same(with_ranges: &str, written_out: &str) {
    let found = content(&elaborated(with_ranges));
    assert_eq!(found, content(&elaborated(written_out)));
    assert!(found.len() > 4, "the deck has elements of its own");
}

const NEURON: &str = ".subckt neuron in out params: r=1meg\nR1 in mem {r}\nC1 mem 0 47n\n\
                      R2 mem out 1k\nR3 out 0 1k\n.ends\n";

#[test]
fn each_index_is_an_instance_with_the_nodes_of_its_position() {
    assert_same(
        &format!("{NEURON}Xosc[0:2] Pix[0:2] row[0:2] neuron r=2meg\nRpix[0:2] pix[0:2] a 1k"),
        &format!(
            "{NEURON}Xosc[0] pix[0] row[0] neuron r=2meg\nXosc[1] pix[1] row[1] neuron r=2meg\n\
             Xosc[2] pix[2] row[2] neuron r=2meg\nRpix[0] pix[0] a 1k\nRpix[1] pix[1] a 1k\n\
             Rpix[2] pix[2] a 1k"
        ),
    );
}

#[test]
fn a_node_without_range_is_shared() {
    assert_same(
        &format!("{NEURON}X[3:4] a sum neuron"),
        &format!("{NEURON}X[3] a sum neuron\nX[4] a sum neuron"),
    );
}

#[test]
fn ranges_run_in_either_direction_and_pair_by_position() {
    assert_same(
        "R[0:2] n[2:0] 0 1k\nRa[7:9] a n[0:2] 1k",
        "R[0] n[2] 0 1k\nR[1] n[1] 0 1k\nR[2] n[0] 0 1k\n\
         Ra[7] a n[0] 1k\nRa[8] a n[1] 1k\nRa[9] a n[2] 1k",
    );
}

#[test]
fn every_kind_of_element_takes_a_range() {
    const MODELS: &str = ".model z ts_memristor()\n.model s sw(vt=0.5 vh=0.1)\n";
    let cards = |x: &str| {
        format!(
            "V{x} v{x} 0 1\nR{x} v{x} r{x} 1k\nC{x} r{x} 0 1n ic=0.1\nI{x} 0 r{x} 1u\n\
             E{x} e{x} 0 r{x} 0 2\nRe{x} e{x} 0 1k\nG{x} r{x} 0 v{x} 0 1u\nN{x} r{x} 0 z\n\
             S{x} r{x} 0 v{x} 0 s\n"
        )
    };
    assert_same(
        &format!("{MODELS}{}", cards("[0:1]")),
        &format!("{MODELS}{}{}", cards("[0]"), cards("[1]")),
    );
}

#[test]
fn a_subcircuit_may_hold_vectors_and_be_one() {
    let layer = |inside: &str| format!(".subckt layer in\n{inside}\n.ends\n");
    assert_same(
        &format!("{}Xl[0:1] a layer", layer("R[0:1] in m[0:1] 1k\nRm[0:1] m[0:1] 0 1k")),
        &format!(
            "{}Xl[0] a layer\nXl[1] a layer",
            layer("R[0] in m[0] 1k\nR[1] in m[1] 1k\nRm[0] m[0] 0 1k\nRm[1] m[1] 0 1k")
        ),
    );
}

const SWITCHES: &str =
    ".model s sw(vt=0.5 vh=0.1)\nS[0:2] a 0 a 0 s\nR[0:2] row[0:2] 0 1k\nRb[0:2] row[0:2] 0 1k\n";

#[test]
fn a_driver_of_each_index_follows_the_device_at_its_position() {
    assert_same(
        &format!("{SWITCHES}V[0:2] row[0:2] 0 SPIKE(S[2:0] 1 1m delay={{1m*index}})"),
        &format!(
            "{SWITCHES}V[0] row[0] 0 SPIKE(S[2] 1 1m)\nV[1] row[1] 0 SPIKE(S[1] 1 1m delay=1m)\n\
             V[2] row[2] 0 SPIKE(S[0] 1 1m) delay=2m mode=deaf"
        ),
    );
    assert_same(
        &format!("{SWITCHES}V[0:2] row[0:2] 0 SPIKE(S[1] 1 1m)"),
        &format!(
            "{SWITCHES}V[0] row[0] 0 SPIKE(S[1] 1 1m)\nV[1] row[1] 0 SPIKE(S[1] 1 1m)\n\
             V[2] row[2] 0 SPIKE(S[1] 1 1m)"
        ),
    );
}

#[test]
fn a_driver_without_range_follows_all_devices_of_one() {
    let deck = elaborated(&format!("{SWITCHES}V1 a2 0 SPIKE(S[0:2] 1 1m)\nRa2 a2 0 1k"));
    let element = deck.circuit.elements().iter().find(|element| element.name == "v1").unwrap();
    let followed = element.driver().unwrap().devices.iter();
    let names = followed.map(|device| deck.circuit.element(device.element()).name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["s[0]", "s[1]", "s[2]"]);
}

#[test]
fn drivers_and_devices_of_other_numbers_are_refused() {
    let cards = format!("{SWITCHES}V[0:1] row[0:1] 0 SPIKE(S[0:2] 1 1m)");
    assert_eq!(refusal(&cards), [Code::VectorLength]);
    let negative = format!("{SWITCHES}V1 row[0] 0 SPIKE(S[0] 1 1m delay=-1n)");
    assert_eq!(refusal(&negative), [Code::NegativeTime]);
    let missing = format!("{SWITCHES}V1 row[0] 0 SPIKE(S[0:3] 1 1m)");
    assert_eq!(refusal(&missing), [Code::UnknownElement]);
    let resistor = format!("{SWITCHES}V1 row[0] 0 SPIKE(R[0] 1 1m)");
    assert_eq!(refusal(&resistor), [Code::NotADevice]);
}

#[test]
fn the_index_stands_in_expressions_of_a_card_with_a_range() {
    assert_same(
        &format!(
            "{NEURON}.param top=3\nV[1:3] p[1:3] 0 {{index/top}}\nX[1:3] p[1:3] q neuron r={{1k*index}}\n\
             .ic v(q)=0"
        ),
        &format!(
            "{NEURON}V[1] p[1] 0 {{1/3}}\nV[2] p[2] 0 {{2/3}}\nV[3] p[3] 0 1\n\
             X[1] p[1] q neuron r=1k\nX[2] p[2] q neuron r=2k\nX[3] p[3] q neuron r=3k\n.ic v(q)=0"
        ),
    );
}

#[test]
fn the_index_is_not_known_elsewhere() {
    assert_eq!(refusal("R1 a 0 {1k+index}"), [Code::UnknownParameter]);
    let inside = ".subckt s in\nR1 in 0 {1k+index}\n.ends\nX[0:9] a s";
    assert_eq!(refusal(inside), [Code::UnknownParameter], "once, not for each instance");
}

#[test]
fn random_values_are_those_of_elements_written_out() {
    assert_same(
        "R[0:2] a 0 {agauss(1k, 100, 1)}",
        "R[0] a 0 {agauss(1k, 100, 1)}\nR[1] a 0 {agauss(1k, 100, 1)}\nR[2] a 0 {agauss(1k, 100, 1)}",
    );
}

#[test]
fn initial_voltages_and_saved_signals_take_ranges() {
    const CIRCUIT: &str = "R[0:2] a n[0:2] 1k\nC[0:2] n[0:2] 0 1n\n";
    assert_same(
        &format!("{CIRCUIT}.ic v(n[0:2])={{0.1*index}}\n.save v(n[2:1]) i(r[0:1]) n[0:0]"),
        &format!(
            "{CIRCUIT}.ic v(n[0])=0 v(n[1])=0.1 v(n[2])=0.2\n\
             .save v(n[2]) v(n[1]) i(r[0]) i(r[1]) v(n[0])"
        ),
    );
    const BUS: &str =
        "R1 a 0 1\nA0 q[0] up\nA1 q[1] up\nA2 q[2] up\nA3 qs[0] up\n.model up d_pullup\n";
    assert_same(&format!("{BUS}.save v(a) q"), &format!("{BUS}.save v(a) q[0:2]"));
    assert_same(&format!("{BUS}.save q q[1]"), &format!("{BUS}.save q[*]"));
    assert_eq!(refusal(&format!("{BUS}.save v(a) s")), [Code::UnknownNode]);
    assert_eq!(refusal(&format!("{CIRCUIT}.save v(n[0:9])")), [Code::UnknownNode]);
    // Voltages are no bus.
    assert_eq!(refusal(&format!("{CIRCUIT}.save n")), [Code::UnknownNode]);
    assert_eq!(refusal(&format!("{CIRCUIT}.ic v(n[0:9])=0")), [Code::UnknownNode]);
}

#[test]
fn words_that_are_no_range_are_refused() {
    for word in
        ["n[0:]", "n[:3]", "n[0:3", "n[0:3]x", "n[-1:3]", "n[a:b]", "n[01:3]", "[0:3]", "n[0:1:2]"]
    {
        assert_eq!(refusal(&format!("R[0:3] a {word} 1k")), [Code::VectorRange], "{word}");
    }
}

#[test]
fn ranges_beyond_the_limits_are_refused() {
    assert_eq!(refusal("R[0:4294967295] a 0 1k"), [Code::VectorRange]);
    assert_eq!(refusal("R[0:99999999999999999999] a 0 1k"), [Code::VectorRange]);
    let nested = ".subckt s in\nR[0:999] in 0 1k\n.ends\nX[0:999999] a s";
    assert_eq!(refusal(nested), [Code::ElementLimit]);
}
