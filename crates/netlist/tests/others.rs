//! Libraries, ports called ground, switches and control blocks of other simulators' decks.

use memspike_circuit::{ElementKind, Stimulus};
use memspike_netlist::{Deck, Elaborated, MeasureCard, Report};

fn read(text: &str) -> Result<Elaborated, Report> {
    let deck = Deck::parse("deck.cir", text)?;
    let point = deck.steps()?.remove(0);
    deck.elaborate(&point, 0)
}

fn whole(text: &str) -> Elaborated {
    read(text).unwrap_or_else(|r| panic!("{}", r.render(false)))
}

fn codes(deck: &Elaborated) -> Vec<&'static str> {
    deck.warnings.iter().map(|warning| warning.code().as_str()).collect()
}

fn kind<'a>(deck: &'a Elaborated, name: &str) -> &'a ElementKind {
    let id = deck.circuit.find_element(name).unwrap_or_else(|| panic!("no element {name}"));
    &deck.circuit.element(id).kind
}

fn ohm(deck: &Elaborated, name: &str) -> f64 {
    match kind(deck, name) {
        ElementKind::Resistor { ohm } => *ohm,
        other => panic!("{name} is {other:?}"),
    }
}

#[test]
fn a_port_called_ground_is_ground_whatever_is_connected() {
    let deck = |node: &str| {
        whole(&format!(
            "t\nV1 a 0 1\nR1 b 0 1k\nRb b a 1k\n.subckt load in 0 gnd\nR1 in 0 1k\nR2 in gnd 2k\n.ends\n\
             X1 a {node} gnd load\n.tran 1\n"
        ))
    };
    let wrong = deck("b");
    for name in ["x1.r1", "x1.r2"] {
        let id = wrong.circuit.find_element(name).unwrap();
        let nodes = wrong.circuit.element(id).nodes;
        assert_eq!(nodes.map(|node| wrong.circuit.nodes()[node.index()].as_str()), ["a", "0"]);
    }
    assert_eq!(codes(&wrong), ["ground-port"]);
    assert!(codes(&deck("0")).is_empty());
}

#[test]
fn a_node_with_one_pin_runs_with_a_warning_and_is_no_first_error() {
    let deck = whole("t\nV1 a 0 1\nR1 a 0 1k\nVref ref 0 0.5\nR2 a open 1k\n.tran 1\n");
    assert_eq!(codes(&deck), ["single-pin", "single-pin"]);
    // A model that fails leaves its control node with one pin; that is not what is wrong.
    let cards = "Vc c 0 1\nS1 a b c 0 relay\nRb b 0 1\n.model relay sw(von=1 vt=1)";
    let report = read(&format!("t\nV1 a 0 1\nR1 a 0 1k\n{cards}\n.tran 1\n")).unwrap_err();
    assert_eq!(report.diagnostics.len(), 1, "{}", report.render(false));
    assert_eq!(report.diagnostics[0].code().as_str(), "model-parameter");
}

#[test]
fn a_section_of_a_library_is_read_alone() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "corners.lib",
        ".param common=1\n.LIB tt\n.param r=1k\n.lib 'corners.lib' shared\n.endl tt\n.lib ff\n\
         .param r=500\n.endl\n.lib shared\n.param c=3n\n.endl shared\n",
    );
    let load = |call: &str| {
        let text = format!("t\n{call}\nV1 a 0 1\nR1 a b {{r}}\nC1 b 0 {{c}}\n.tran 1\n");
        write("deck.cir", &text);
        let deck = Deck::load(&folder.path().join("deck.cir"))?;
        deck.elaborate(&deck.steps()?[0], 0)
    };
    for call in [".lib corners.lib tt", ".LIB \"corners.lib\" TT", ".lib 'corners.lib' tt"] {
        let deck = load(call).unwrap_or_else(|r| panic!("{}", r.render(false)));
        assert_eq!(ohm(&deck, "r1"), 1e3);
        assert!(matches!(kind(&deck, "c1"), ElementKind::Capacitor { farad: 3e-9, .. }));
        assert!(codes(&deck).is_empty());
    }
    let both = load(".lib corners.lib ff\n.lib corners.lib shared").unwrap();
    assert_eq!(ohm(&both, "r1"), 500.0);
    // A library without sections is read whole; one within the deck is read where it is called.
    write("plain.lib", ".param r=7 c=1n\n");
    assert_eq!(ohm(&load(".lib plain.lib").unwrap(), "r1"), 7.0);
    let inside = load(".lib deck.cir own\n.lib own\n.param r=8 c=1n\n.endl").unwrap();
    assert_eq!(ohm(&inside, "r1"), 8.0);
    // A section that asks for itself.
    write("circle.lib", ".lib a\n.lib circle.lib a\n.endl\n");
    let report = load(".lib circle.lib a").unwrap_err();
    assert!(report.diagnostics.iter().any(|d| d.code().as_str() == "include-cycle"));
}

/// Resistance of a switch at rest under a control (V).
fn switched(model: &str, control: f64) -> f64 {
    let deck = whole(&format!(
        "t\nV1 a 0 1\nS1 a b c 0 m\nR1 b 0 1k\nVc c 0 {control}\nR2 c 0 1k\n.model m {model}\n.tran 1\n"
    ));
    let ElementKind::Switch { model, control: nodes, .. } = kind(&deck, "s1") else { panic!() };
    let sign = if deck.circuit.nodes()[nodes[0].index()] == "c" { 1.0 } else { -1.0 };
    let form = memspike_waveform::Waveform::constant(sign * control);
    model.resistance(&model.settle(&model.rest(), &form, 0.0))
}

#[test]
fn switches_of_pspice_have_its_resistances_beyond_their_levels() {
    // PSpice: at and beyond VON it is RON, at and beyond VOFF it is ROFF; the defaults are 1 and 0 V, 1 and 1e6 ohm.
    for (model, von, voff, ron, roff) in [
        ("vswitch(ron=10 roff=1meg von=0.8 voff=0.2)", 0.8, 0.2, 10.0, 1e6),
        ("VSWITCH von=2 voff=3 ron=5", 2.0, 3.0, 5.0, 1e6),
        ("vswitch(von=-1 voff=1)", -1.0, 1.0, 1.0, 1e6),
        ("vswitch", 1.0, 0.0, 1.0, 1e6),
        ("switch(on=1 off=0 ron=2 roff=2meg)", 1.0, 0.0, 2.0, 2e6),
        ("sw(von=1 voff=0.5 ron=3 roff=4k)", 1.0, 0.5, 3.0, 4e3),
        ("vswitch(vt=0.5 vh=0.1 ron=3)", 0.61, 0.39, 3.0, 1e12),
    ] {
        assert_eq!((switched(model, von), switched(model, voff)), (ron, roff), "{model}");
    }
    // In the middle it changes.
    let model = "vswitch(ron=10 roff=1meg von=0.8 voff=0.2)";
    assert_eq!((switched(model, 0.501), switched(model, 0.499)), (10.0, 1e6));
}

#[test]
fn a_switch_by_current_is_what_its_remedy_makes_of_it() {
    // 1 mA switches: 1 V over the sensing resistor and 1 kohm.
    let text = |current_ohm: f64| {
        format!(
            "t\nV1 a 0 1\nRs a b 1m\nR1 b 0 {current_ohm}\nS1 a c a b relay off\nR2 c 0 1k\n\
             .param it=1m ih=0.1m\n.model relay sw(vt={{it*1m}} vh={{ih*1m}})\n.tran 1\n"
        )
    };
    for current_ohm in [500.0, 2e3] {
        whole(&text(current_ohm));
    }
}

#[test]
fn a_control_block_says_what_to_run_and_to_measure() {
    let deck = whole(
        "t
.param r=1k
V1 a 0 PULSE(0 1 0 0 0 1m 2m)
R1 a 0 {r}
.control
set filetype=ascii
let stop = 4m
alterparam r = 2k
reset
tran 1u $&stop 1m uic
meas tran top MAX v(a)
plot v(a)
.endc
.end
",
    );
    assert_eq!((deck.tran.stop_s, deck.tran.start_s), (4e-3, 1e-3));
    assert!(deck.tran.from_initial_conditions);
    assert_eq!(ohm(&deck, "r1"), 2e3);
    assert!(matches!(&deck.measures[..], [MeasureCard::Direct(measure)] if measure.name == "top"));
    assert_eq!(codes(&deck), ["ignored-control"]);
    assert_eq!(deck.warnings[0].message(), "skipped in .control: plot");
    let both = whole("t\nV1 a 0 1\nR1 a 0 1\n.tran 3\n.control\ntran 1m 9\n.endc\n");
    assert_eq!((both.tran.stop_s, codes(&both)), (3.0, vec!["ignored-control"]));
    let ran = whole("t\nV1 a 0 1\nR1 a 0 1\n.tran 3\n.control\nrun\nquit\n.endc\n");
    assert!(codes(&ran).is_empty());
    assert!(matches!(kind(&ran, "v1"), ElementKind::VoltageSource(Stimulus::Dc(1.0))));
}

#[test]
fn a_step_names_an_element_a_parameter_or_the_temperature() {
    let text = "t\n.param gain=2\nV1 a 0 1\nR1 a b 1k tc1=0.01\nR2 b 0 {1k*gain+temper-27}\n.step R1:R list 1k 2k\n\
                .step temp 27 127 100\n.step gain 2 3 1\n.op\n";
    let deck = Deck::parse("deck.cir", text).unwrap();
    let points = deck.steps().unwrap();
    assert_eq!(points.len(), 8);
    let of = |at: usize| {
        let deck = deck.elaborate(&points[at], 0).unwrap();
        (ohm(&deck, "r1"), ohm(&deck, "r2"))
    };
    // What `.step` gives an element is its value, at any temperature.
    assert_eq!(of(0), (1e3, 2e3));
    assert_eq!(of(1), (2e3, 2e3));
    assert_eq!(of(2), (1e3, 2100.0));
    assert_eq!(of(4), (1e3, 3e3));
}

#[test]
fn parameters_of_control_blocks_and_values_without_braces_are_computed() {
    let deck = whole(
        "t\n.param stime=10m\n.csparam stime={stime}\nV1 a 0 1\nX1 a 0 load k=20/stime m=1\n\
         .subckt load p q k=1 m=2\nR1 p q {k*m}\n.ends\n.control\nlet step = stime/100\ntran $&step $&stime uic\n.endc\n.end\n",
    );
    assert_eq!((deck.tran.stop_s, deck.tran.print_step_s), (10e-3, Some(1e-4)));
    assert_eq!(ohm(&deck, "x1.r1"), 2e3);
}

#[test]
fn a_step_names_a_value_of_a_function() {
    let text = "t\nV1 a 0 SIN(0 1 100)\nR1 a 0 1k\n.step V1:VA 2 3 1\n.tran 1\n";
    let deck = Deck::parse("deck.cir", text).unwrap();
    let points = deck.steps().unwrap();
    let amplitude = |at: usize| {
        let deck = deck.elaborate(&points[at], 0).unwrap();
        match kind(&deck, "v1") {
            ElementKind::VoltageSource(Stimulus::Sine(sine)) => sine.amplitude,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((amplitude(0), amplitude(1)), (2.0, 3.0));
    let none = Deck::parse("deck.cir", &text.replace("VA 2", "PW 2")).unwrap();
    assert_eq!(none.steps().unwrap_err().diagnostics[0].code().as_str(), "step-target");
}

#[test]
fn length_and_width_give_resistors_and_capacitors_their_values() {
    let deck = whole(
        "t\nV1 a 0 1\nR1 a 0 mr l=101u w=11u\nR2 a 0 mr l=21u\nR3 a 0 mr 50\nC1 a 0 mc l=10u w=20u m=2\n\
         R4 a 0 ml\nR5 a 0 ml w=4u\nC2 a 0 mb l=10u w=20u\n\
         .model ml r(rsh=10 r=1k l=30u w=5u dw=1u)\n.model mb c(cj=1m c=1n)\n.model mr r(rsh=10 defw=5u narrow=1u)\n.model mc c(cj=1m cjsw=1u)\n.tran 1\n",
    );
    let close = |found: f64, truth: f64| assert!((found / truth - 1.0).abs() < 1e-12, "{found}");
    close(ohm(&deck, "r1"), 10.0 * 101.0 / 9.0);
    close(ohm(&deck, "r2"), 10.0 * 21.0 / 3.0);
    close(ohm(&deck, "r3"), 50.0);
    // A model's own sizes are those of cards without; sizes count before its value.
    close(ohm(&deck, "r4"), 10.0 * 30.0 / 3.0);
    close(ohm(&deck, "r5"), 10.0 * 30.0 / 2.0);
    let ElementKind::Capacitor { farad, .. } = kind(&deck, "c2") else { panic!("a capacitor") };
    close(*farad, 1e-3 * 200e-12);
    let ElementKind::Capacitor { farad, .. } = kind(&deck, "c1") else { panic!("a capacitor") };
    close(*farad, 2.0 * (1e-3 * 200e-12 + 2.0 * 1e-6 * 30e-6));
}

#[test]
fn names_within_instances_may_have_colons() {
    let deck = whole(
        "t\nV1 a 0 1\nX1 a load\n.subckt load in\nR1 in mid 1k\nR2 mid 0 1k\n.ends\n.ic v(X1:mid)=0.5\n\
         .save v(x1:mid) i(X1:R1)\n.meas tran top MAX v(x1:mid)\n.tran 1\n",
    );
    assert_eq!(deck.save.unwrap().signals.len(), 2);
}

#[test]
fn measurements_of_other_analyses_are_skipped_with_a_warning() {
    let deck = whole(
        "t\nV1 a 0 AC 1\nR1 a 0 1k\n.ac lin 1 1 1\n.meas ac gain max vdb(a)\n.meas tran top max v(a)\n",
    );
    assert!(deck.measures.is_empty());
    assert_eq!(codes(&deck), ["ignored-measure", "ignored-measure"]);
}

#[test]
fn a_current_in_amperes_is_no_atto() {
    let deck = whole("t\nI1 0 a 2A\nR1 a 0 1\n.tran 1\n");
    assert!(matches!(kind(&deck, "i1"), ElementKind::CurrentSource(Stimulus::Dc(2.0))));
    assert_eq!(codes(&deck), ["ampere-is-unit"]);
    assert!(read("t\nV1 a 0 2A\nR1 a 0 1\n.tran 1\n").is_err());
}

#[test]
fn a_model_of_an_element_that_is_not_here_is_skipped_until_one_uses_it() {
    let deck = |card: &str| read(&format!("t\nV1 a 0 1\n{card}\n.model n nmos(vto=1)\n.tran 1\n"));
    assert_eq!(codes(&deck("R1 a 0 1k").expect("it runs")), ["ignored-command"]);
    let report = deck("R1 a 0 n 1k").expect_err("it is used");
    assert_eq!(report.diagnostics[0].code().as_str(), "model-terminals");
}

#[test]
fn a_port_of_an_instance_names_the_node_that_is_connected() {
    let deck = whole(
        "t\nV1 in 0 1\nX1 in mid part\nX2 mid outer\n.subckt part a b\nR1 a b 1k\nC1 b 0 1n\n.ends\n\
         .subckt outer q\nX1 q end part\nR2 end 0 1k\n.ends\n.ic v(x1:b)=0.25 v(x2.x1.b)=0.5\n\
         .meas tran top MAX v(x2.q)\n.tran 1 uic\n",
    );
    let volt = |name: &str| {
        let node = deck.circuit.find_node(name).unwrap_or_else(|| panic!("no node {name}"));
        deck.circuit.initial_voltages().get(&node).copied()
    };
    assert_eq!((volt("mid"), volt("x2.end")), (Some(0.25), Some(0.5)));
    let [MeasureCard::Direct(measure)] = &deck.measures[..] else { panic!("{:?}", deck.measures) };
    let mid = deck.circuit.find_node("mid").expect("it is there");
    assert!(format!("{:?}", measure.kind).contains(&format!("{mid:?}")), "{:?}", measure.kind);
}

#[test]
fn what_stands_side_by_side_is_counted() {
    let deck = whole("t\n.param n=1m\nI1 0 a n m=2.5\nR1 a 0 1k m=2\n.tran 1\n");
    let ElementKind::CurrentSource(Stimulus::Dc(ampere)) = kind(&deck, "i1") else { panic!() };
    assert_eq!((*ampere, ohm(&deck, "r1")), (2.5e-3, 500.0));
    for card in ["R2 a 0 1k m=0", "C2 a 0 1u m=-1", "L2 a 0 1m m=0", "I2 a 0 1m m=0"] {
        let text = format!("t\nV1 a 0 1\nR1 a 0 1k\n{card}\n.tran 1\n");
        let report = Deck::parse("deck.cir", &text).and_then(|deck| {
            let point = deck.steps()?.remove(0);
            deck.elaborate(&point, 0).map(|_| ())
        });
        let told = report.expect_err(card).diagnostics;
        assert_eq!(told[0].code().as_str(), "out-of-range", "{card}");
    }
}

#[test]
fn a_resistor_of_zero_on_one_node_is_no_loop() {
    let deck = whole("t\nV1 a 0 1\nR1 a a 0\nR2 a 0 1k\n.tran 1\n");
    assert_eq!(codes(&deck), ["zero-resistance"]);
}

#[test]
fn nodes_and_ports_may_stand_in_parentheses_before_parameters() {
    let deck = whole(
        "t\nV1 a 0 1\nX1 (a 0) load params: r=2k\n.subckt load (p q) params: r=1k\nR1 p q {r}\n.ends\n\
         .dcvolt a 1\n.tran 1\n",
    );
    assert_eq!(ohm(&deck, "x1.r1"), 2e3);
}

#[test]
fn what_a_source_follows_within_an_instance_may_have_colons() {
    let deck = |colon: &str| {
        whole(&format!(
            "t\nV1 a 0 1\nX1 a load\nB1 b 0 V={{2*v(x1{colon}q)+1k*i(x1{colon}Vs)}}\nR1 b 0 1k\n\
             .subckt load p\nVs p q 0\nR1 q 0 1k\n.ends\n.tran 1\n"
        ))
    };
    let [colon, point] = [":", "."].map(deck);
    assert_eq!(format!("{:?}", kind(&colon, "b1")), format!("{:?}", kind(&point, "b1")));
}
