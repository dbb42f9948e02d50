//! What decks mean. The truth is SPICE's documented semantics, and ngspice 39 where its manual is
//! silent.

use memspike_circuit::{ElementKind, NodeId};
use memspike_netlist::{Deck, Elaborated, MeasureCard, Severity};

/// A title, elements that close the circuit, and a run around the cards of a test.
fn deck(cards: &str) -> Elaborated {
    whole(&format!("title\nVbase a 0 1\nRbase a 0 1k\n{cards}\n.tran 1\n.end\n"))
}

fn whole(text: &str) -> Elaborated {
    with_seed(text, 1)
}

fn with_seed(text: &str, seed: u64) -> Elaborated {
    let deck = Deck::parse("deck.cir", text).unwrap_or_else(|r| panic!("{}", r.render(false)));
    let point = deck.steps().unwrap_or_else(|r| panic!("{}", r.render(false))).remove(0);
    deck.elaborate(&point, seed).unwrap_or_else(|r| panic!("{}", r.render(false)))
}

fn kind<'a>(deck: &'a Elaborated, name: &str) -> &'a ElementKind {
    let found = deck.circuit.elements().iter().find(|element| element.name == name);
    &found.unwrap_or_else(|| panic!("no element {name}")).kind
}

fn ohm(deck: &Elaborated, name: &str) -> f64 {
    match kind(deck, name) {
        ElementKind::Resistor { ohm } => *ohm,
        other => panic!("{name} is {other:?}"),
    }
}

fn nodes(deck: &Elaborated, name: &str) -> [String; 2] {
    let found = deck.circuit.elements().iter().find(|element| element.name == name);
    let nodes = found.unwrap_or_else(|| panic!("no element {name}")).nodes;
    nodes.map(|node| deck.circuit.nodes()[node.index()].clone())
}

fn node(deck: &Elaborated, name: &str) -> NodeId {
    deck.circuit.find_node(name).unwrap_or_else(|| panic!("no node {name}"))
}

#[test]
fn a_neuron_is_read_whole() {
    let deck = whole(
        "* LIF neuron
.param vin=0.8
.subckt neuron in params: r=1meg
R1 in mem {r}
C1 mem 0 47n ic=0
N1 mem 0 zno
.ends neuron
.model zno ts_memristor(von=0.1353 vs=0.0234)
V1 in 0 DC {vin}
X1 in neuron r=2meg ; twice
.tran 1u 1 uic
.meas tran f frequency x1.n1 from=0.1 to=1
.meas tran twice PARAM='2*f*vin'
.meas tran t2 WHEN v(x1.mem)=0.2 RISE=LAST
.save v(x1.mem) i(x1.n1)
.end
",
    );
    assert_eq!(deck.title, "LIF neuron");
    let names: Vec<&str> = deck.circuit.elements().iter().map(|e| e.name.as_str()).collect();
    assert_eq!(names, ["v1", "x1.c1", "x1.n1", "x1.r1"]);
    assert_eq!(deck.circuit.nodes(), ["0", "in", "x1.mem"]);
    assert_eq!(ohm(&deck, "x1.r1"), 2e6);
    assert_eq!(deck.tran.stop_s, 1.0);
    assert_eq!(deck.tran.print_step_s, Some(1e-6));
    assert!(deck.tran.from_initial_conditions);
    assert_eq!(deck.save.as_ref().map(|saved| saved.signals.len()), Some(2));
    let MeasureCard::Param { name, expression } = &deck.measures[1] else { panic!() };
    assert_eq!(name, "twice");
    assert_eq!(expression.eval(&[("f".to_owned(), 10.0)].into()), Ok(16.0));
}

#[test]
fn values_are_what_ngspice_39_makes_of_them() {
    // Printed by ngspice 39's `listing param` for the same expressions.
    let cases = [
        ("2^3^2", 64.0),
        ("-2^2", -4.0),
        ("-2**2", -4.0),
        ("2**-1", 0.5),
        ("2*3^2", 18.0),
        ("2^-2^3", 0.015_625),
        ("2*-3", -6.0),
        ("1-2-3", -4.0),
        ("10/2/5", 1.0),
        ("1<2?3:4", 3.0),
        ("!0 + 1", 2.0),
        ("1==1 && 2>3", 0.0),
        ("2<3==1", 1.0),
        ("sgn(-3)+int(-2.7)+floor(-2.5)", -6.0),
        ("nint(2.5)", 2.0),
        ("nint(3.5)", 4.0),
        ("pwr(-2,3)", 8.0),
        ("pow(-2,3)", -8.0),
        ("log(10)", std::f64::consts::LN_10),
    ];
    for (text, value) in cases {
        // A resistance is above zero; the sum with 100 makes every case one.
        assert_eq!(ohm(&deck(&format!("R1 a 0 {{100+({text})}}")), "r1"), 100.0 + value, "{text}");
    }
}

#[test]
fn what_simulators_read_differently_is_refused() {
    // ngspice 39 prints 18 for the first, by a sign that binds tighter there than in `-2^2`.
    for text in ["2*-3^2", "1+-2**2", "--2^2", "2--2^2"] {
        let deck = format!("title\nV1 a 0 1\nR1 a 0 {{{text}}}\n.tran 1\n");
        let report = Deck::parse("deck.cir", &deck).expect_err(text);
        assert_eq!(report.diagnostics[0].code().as_str(), "expression-syntax", "{text}");
    }
}

#[test]
fn functions_are_the_mathematical_ones() {
    let cases = [
        ("sqrt(2)", 2f64.sqrt()),
        ("exp(1)", std::f64::consts::E),
        ("ln(2)", std::f64::consts::LN_2),
        ("log10(1000)", 3.0),
        ("abs(-3)", 3.0),
        ("min(3,2)", 2.0),
        ("max(3,2)", 3.0),
        ("ceil(1.2)", 2.0),
        ("sin(pi/2)", 1.0),
        ("cos(0)", 1.0),
        ("4*atan(1)", std::f64::consts::PI),
        ("atan2(1,1)*4", std::f64::consts::PI),
        ("1k+1meg*1u", 1001.0),
        ("1 != 2 || 0", 1.0),
        ("(1 >= 1) + (1 <= 0) + (2 <> 2)", 1.0),
        ("0 ? 1 : 0 ? 2 : 3", 3.0),
        ("1e-3*1e3", 1.0),
        ("1 ? 2 : 0/0", 2.0),
        ("(-2)^2", 4.0),
    ];
    for (text, value) in cases {
        for quoted in [format!("{{{text}}}"), format!("'{text}'")] {
            let found = ohm(&deck(&format!("R1 a 0 {quoted}")), "r1");
            assert!((found - value).abs() <= 1e-12 * value, "{text} is {found}, not {value}");
        }
    }
}

#[test]
fn parameters_need_no_order_and_no_braces() {
    let deck = deck(".param a={b*2} b = c + 1\n.param c=1k d=a-1\nR1 a 0 {D}");
    assert_eq!(ohm(&deck, "r1"), 2001.0);
}

#[test]
fn an_instance_overrides_defaults_and_sees_its_definitions_scope() {
    let deck = deck(
        ".param r=1k
.subckt outer in params: r=2k
.param twice={2*r}
.subckt inner p q r3={r}
Rin p q {twice}
Rown p q {r3}
.ends
X1 in 0 inner
X2 in 0 inner r3=7
Rout in 0 {r}
.ends outer
X1 a outer
X2 a outer r={r*5}
Rtop a 0 {r}",
    );
    let found = |name| ohm(&deck, name);
    assert_eq!(found("rtop"), 1e3);
    assert_eq!((found("x1.rout"), found("x2.rout")), (2e3, 5e3));
    assert_eq!((found("x1.x1.rin"), found("x2.x1.rin")), (4e3, 10e3));
    assert_eq!((found("x1.x1.rown"), found("x2.x1.rown"), found("x2.x2.rown")), (2e3, 5e3, 7.0));
}

#[test]
fn nodes_are_local_but_for_ports_ground_and_globals() {
    let deck = deck(
        ".global vdd
Rsupply a vdd 1k
.subckt cell in
R1 in mid 1k
R2 mid vdd 1k
R3 mid 0 1k
R4 mid gnd 1k
.ends
X1 a cell
Rprobe x1.mid 0 1k",
    );
    assert_eq!(nodes(&deck, "x1.r1"), ["a", "x1.mid"]);
    assert_eq!(nodes(&deck, "x1.r2"), ["x1.mid", "vdd"]);
    assert_eq!(nodes(&deck, "x1.r3"), ["x1.mid", "0"]);
    assert_eq!(nodes(&deck, "x1.r4"), ["x1.mid", "0"]);
    assert_eq!(nodes(&deck, "rprobe"), ["x1.mid", "0"]);
}

#[test]
fn a_model_of_a_subcircuit_is_its_own() {
    let deck = deck(
        ".model zno ts_memristor(roff=1meg)
.subckt cell in params: r=2meg
.model zno ts_memristor(roff={r})
N1 in 0 zno
.ends
X1 a cell
X2 a cell r=3meg
N1 a 0 zno",
    );
    let off = |name: &str| match kind(&deck, name) {
        ElementKind::Memristor(model) => model.resistance(&model.rest()),
        other => panic!("{other:?}"),
    };
    assert_eq!((off("n1"), off("x1.n1"), off("x2.n1")), (1e6, 2e6, 3e6));
}

#[test]
fn initial_voltages_reach_into_subcircuits() {
    let deck = deck(
        ".subckt cell in\nR1 in mem 1k\nC1 mem 0 1n ic=0.3\n.ic v(mem)=0.1\n.ends
X1 a cell\nX2 a cell\nX3 a b cell2\nRb b 0 1
.subckt cell2 in out\nR1 in out 1k\n.ends\n.ic V(B)=0.2",
    );
    let initial = deck.circuit.initial_voltages();
    let expected = [("b", 0.2), ("x1.mem", 0.1), ("x2.mem", 0.1)];
    assert_eq!(initial.len(), expected.len());
    for (name, volt) in expected {
        assert_eq!(initial[&node(&deck, name)], volt, "{name}");
    }
    let ElementKind::Capacitor { farad, initial } = kind(&deck, "x1.c1") else { panic!() };
    assert_eq!((*farad, *initial), (1e-9, Some(0.3)));
}

#[test]
fn controlled_sources_and_switches_keep_their_controls() {
    let deck = deck(
        "E1 b 0 a 0 1e6
E2 c 0 (a,b) {2+1}
G1 d 0 a b 1m
Rb b 0 1k
Rc c 0 1k
Rd d 0 1k
.model fast SW(VT=0.5 VH=0.1 RON=1k ROFF=1G)
S1 a d b 0 fast ON
S2 a d b 0 fast OFF
S3 a d b 0 fast",
    );
    let [a, b] = ["a", "b"].map(|name| node(&deck, name));
    let ElementKind::Vcvs { gain, control } = kind(&deck, "e1") else { panic!() };
    assert_eq!((*gain, *control), (1e6, [a, NodeId::GROUND]));
    let ElementKind::Vcvs { gain, control } = kind(&deck, "e2") else { panic!() };
    assert_eq!((*gain, *control), (3.0, [a, b]));
    let ElementKind::Vccs { siemens, control } = kind(&deck, "g1") else { panic!() };
    assert_eq!((*siemens, *control), (1e-3, [a, b]));
    for (name, expected) in [("s1", true), ("s2", false), ("s3", false)] {
        let ElementKind::Switch { control, on, .. } = kind(&deck, name) else { panic!() };
        assert_eq!((*on, *control), (expected, [b, NodeId::GROUND]), "{name}");
    }
}

#[test]
fn a_run_is_said_in_both_orders() {
    let run = |tran: &str| whole(&format!("t\nV1 a 0 1\nR1 a 0 1\n.tran {tran}\n")).tran;
    let of = |tran: &str| {
        let tran = run(tran);
        (tran.print_step_s, tran.stop_s, tran.start_s, tran.from_initial_conditions)
    };
    assert_eq!(of("1"), (None, 1.0, 0.0, false));
    assert_eq!(of("10u 1"), (Some(10e-6), 1.0, 0.0, false));
    assert_eq!(of("10u 1 0.5"), (Some(10e-6), 1.0, 0.5, false));
    assert_eq!(of("10u 1 0.5 1u uic"), (Some(10e-6), 1.0, 0.5, true));
    assert_eq!(of("{2*0.5} UIC"), (None, 1.0, 0.0, true));
    assert_eq!(of("0 1"), (None, 1.0, 0.0, false));
    assert_eq!(of("18000"), (None, 18_000.0, 0.0, false));
}

#[test]
fn a_deck_for_ngspice_runs_with_warnings() {
    let deck = whole(
        "Astable
V1 a 0 DC 1 AC 1 $ a comment
R1 a 0 10kohm // another
.options reltol=1e-6
.temp 27
.nodeset v(a)=1
.control
tran 1u 1
plot v(a)
.endc
.print tran v(a)
.tran 1u 1
.end
",
    );
    assert_eq!(ohm(&deck, "r1"), 10e3);
    assert!(deck.warnings.iter().all(|warning| warning.severity() == Severity::Warning));
    let codes: Vec<&str> = deck.warnings.iter().map(|warning| warning.code().as_str()).collect();
    assert_eq!(codes, ["ignored-command", "ignored-control"]);
}

#[test]
fn includes_are_relative_to_the_file_that_names_them() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("lib/inner");
    std::fs::create_dir_all(&inner).unwrap();
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).unwrap();
    write("main.cir", "Main\n.include \"lib/outer file.inc\"\nV1 a 0 1\nX1 a load\n.tran 1\n");
    write("lib/outer file.inc", ".INCLUDE inner/load.inc\n.end\nnever read\n");
    write("lib/inner/load.inc", ".subckt load in\nR1 in 0 5k\n.ends\n");
    let deck = Deck::load(&folder.path().join("main.cir")).unwrap();
    let deck = deck.elaborate(&deck.steps().unwrap()[0], 0).unwrap();
    assert_eq!(ohm(&deck, "x1.r1"), 5e3);
}

#[test]
fn saved_signals_are_those_named_and_all_outweighs_them() {
    let saved = |cards: &str| deck(cards).save.map(|saved| saved.signals.len());
    assert_eq!(saved(""), None);
    assert_eq!(saved(".save v(a) i(rbase)\n.save a v(a,0)"), Some(2));
    assert_eq!(saved(".save v(a)\n.save all"), None);
    // A pattern stands for all that it fits, each once; a source is no device.
    assert_eq!(saved(".save v(*) v(a)"), saved(".save v(*)"));
    assert_eq!(saved(".save i(rb?se)"), Some(1));
    let device = ".model zno ts_memristor()\nN1 a 0 zno\n.save spike(n*) state(n1) spike(n1)";
    let named = deck(device).save.expect("a list");
    assert_eq!((named.signals.len(), named.devices.len()), (0, 2));
}

#[test]
fn results_do_not_depend_on_the_order_of_lines() {
    let cards = [
        ".param a={b*2} b={gauss(1k,0.1,1)}",
        ".model zno ts_memristor(von={agauss(0.2,0.01,3)})",
        ".subckt cell in params: r={a}\nR1 in mem {r*unif(1,0.1)}\nN1 mem 0 zno\nC1 mem 0 1n\n.ends",
        "X1 a cell",
        "X2 a cell r=2k",
        "V1 a 0 PULSE(0 {b/1k} 0 0 0 1m 2m)",
        ".ic v(x1.mem)=0.1",
        ".tran 1",
    ];
    let text = |order: &[usize]| {
        let lines: Vec<&str> = order.iter().map(|&at| cards[at]).collect();
        let elaborated = with_seed(&format!("title\n{}\n", lines.join("\n")), 42);
        format!("{:?}", elaborated.circuit)
    };
    let forwards: Vec<usize> = (0..cards.len()).collect();
    let expected = text(&forwards);
    for rotation in 1..cards.len() {
        let mut order = forwards.clone();
        order.rotate_left(rotation);
        assert_eq!(text(&order), expected);
        order.reverse();
        assert_eq!(text(&order), expected);
    }
}
