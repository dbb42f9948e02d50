//! Decks: read, stepped, elaborated and, if small, run.

use std::{collections::BTreeSet, ops::ControlFlow};

use memspike::{Options, simulate};
use memspike_engine::EngineError;
use memspike_netlist::{Deck, Diagnostic, Elaborated, Report, Saved, Severity, StepPoint};
use memspike_time::Time;

use crate::{
    corpus::{self, Corpus, Input},
    harness::{Answer, assert_sayable, folder, survive, write},
};

const WORDS: &[&str] = &[
    ".subckt x a",
    ".ends",
    ".end",
    ".step",
    ".step param a list 1 2",
    ".mc 3",
    ".meas tran",
    ".tran 1m",
    ".model",
    ".include cards/zno.lib",
    ".control",
    ".control\ntran 1u 1m\nlet x=2\nalterparam a=$&x\n.endc\n",
    ".func f(x) {x*f(x)}",
    ".func g(x,y)='x+y%3'",
    "g(",
    "limit(",
    ".temp 77",
    ".options temp=50 tnom=20 reltol=1",
    ".lib own",
    ".endl",
    ".lib deck.cir own",
    "tc=1m,2u",
    "m=2",
    "r=0",
    "td=-1m",
    "exp(0 1 0 1m 2m 1m)",
    "vswitch(von=1 voff=0)",
    "csw(it=1m ih=0.1m)",
    ".options vswitch=hysteresis",
    "V={",
    "I={2*v(a)+i(v1)}",
    "VALUE={",
    "poly(2)",
    "table {v(a)} = (0,0) (1,1)",
    "table(v(a),0,0,1,1)",
    "if(v(a)>0,",
    "max(v(a),",
    "abs(",
    "&&",
    "time",
    "\\\n",
    ".endc",
    ".save",
    ".ic v(a)=1",
    ".global",
    "uic",
    "params:",
    "{",
    "}",
    "'",
    "\"",
    "=",
    ",",
    "\n+ ",
    "\n",
    ";",
    "$ ",
    "//",
    "**",
    "^",
    "?",
    ":",
    "v(",
    "i(",
    "x1.",
    "[0:3]",
    "[3:0]",
    "[0:999999]",
    "index",
    "gauss(1,1,1)",
    "agauss(1,1,1)",
    "unif(1,1)",
    "sqrt(-1)",
    "1/0",
    "1meg",
    "1f",
    "1u",
    "0",
    "gnd",
    "ts_memristor",
    "sw",
    "crossbar",
    "ako:",
    "PULSE(0 1 0 0 0 1u 2u)",
    "PWL(0 0 1m 1)",
    "SIN(0 1 1k)",
    "SWEEP(10m 1m 0 1 0)",
    "SPIKE(N1 2 400u 0)",
    "IMAGE(\"digits.idx\" 0 2)",
    "compliance=10u",
    "ic=1",
    "mode=deaf",
    "argmax",
    "frequency",
    "PARAM='1'",
];

/// Elements that run small: most of the language, each part of it a circuit of a few nodes.
const SMALL: &[&str] = &[
    "Everything\n.param a=1 b={a*2} c='gauss(1,0.1,3)'\n.subckt neuron in out params: r=1meg c=47n\n\
     .model local ts_memristor(von={unif(0.13,0.1)})\nR1 in out {r} ; comment\nC1 out 0 {c} ic=0.05\n\
     N1 out 0 local\n.ends neuron\n.model fast sw(vt=0.5 vh=0.1 ron=1k roff=1g)\n.global vdd\n\
     V1 vdd 0 DC 1\nV2 p 0 PULSE(0 2 1m 0 0 200u 2m 5)\nV3 q 0 PWL(0 0 1m 1\n+ 1m 0 2m 3)\n\
     I1 0 s SIN(0 1m 50 0 1 90)\nR9 s 0 1k\nX1 vdd m1 neuron r={b*1meg}\nX3[0:1] p m3[1:0] neuron\n\
     E1 g 0 m1 0 10\nR3 g 0 1k\nG1 0 h m1 0 1m\nR4 h 0 10k\nS1 q 0 g 0 fast off\n\
     .step param a list 1 2\n.mc 2\n.tran 1u 10m 0 1u uic\n.meas tran f FIND i(v1) WHEN v(m1)=0.1\n\
     .meas tran x MAX v(x1.out) FROM=1m TO=2m\n.meas tran n spikes x1.n1\n\
     .meas tran k[0:1] first_spike x3[0:1].n1 to=5m\n.meas tran g argmax k[0:1]\n\
     .meas tran r PARAM='n*2+a'\n.save v(m1) i(r3) v(m3[0:1])\n.end\n",
    "A neuron drives another\n.model d ts_memristor(von=0.15 vhold=0.1 roff=130meg ron=130 vform=0.13)\n\
     V1 in 0 0.8\nR1 in a 1meg\nC1 a 0 47n\nN1 a 0 d\nV2 row 0 SPIKE(N1 2 400u 0) mode=retrigger\n\
     R2 row b 100k\nC2 b 0 47n\nR3 b 0 1meg\nN2 b 0 d\n.tran 0.2 uic\n.meas tran f frequency N1\n\
     .meas tran e energy_per_spike N1\n.meas tran s spikes N2\n.end\n",
    "An array\n.model g crossbar(gmax=1u levels=4 rrow=1 read_noise=0.1)\n\
     V4[0:3] pix[0:3] 0 IMAGE(\"digits.idx\" 0 2) number=3\n\
     A1 pix[0:3] out[0:1] g weights=errors/included/weights.csv\nR7[0:1] out[0:1] 0 1k\n\
     C7[0:1] out[0:1] 0 1n\n.tran 1m\n.meas tran v max v(out[0])\n.save i(A1[0]) v(*)\n.end\n",
    "A source-measure unit\n.model d ts_memristor(von=0.15 vhold=0.1 roff=130meg ron=130 vform=0.13)\n\
     V1 a 0 SWEEP(10m 2m 0 0.3 0) compliance=10u repeat=2\nN1 a 0 d\n.tran 1\n\
     .meas tran w when v(a)=0.2 cross=last\n.end\n",
    "A switch oscillates\n.model s sw(vt=0.5 vh=0.2 ron=100 roff=1g)\nV1 in 0 1\nR1 in a 10k\n\
     C1 a 0 1n\nS1 a 0 a 0 s\n.tran 1m\n.meas tran d trig v(a) val=0.4 rise=2 targ v(a) val=0.4 rise=3\n\
     .meas tran i integ v(a) from=1u\n.end\n",
    "Coupled states\nV1 in 0 sin(0 1 1k 1m 3)\nR1 in a 1k\nC1 a 0 1u\nC2 a b 10n\nR2 b 0 1meg\n\
     R3 b c 10k\nC3 c 0 1n ic=1\nE1 d 0 c a 3\nR4 d b 1meg\nI1 c 0 1n\n.ic v(a)=0.1\n.tran 5m\n\
     .meas tran a avg v(b)\n.meas tran r rms i(v1)\n.meas tran p pp v(c)\n.end\n",
    "Laws\n.param k=2\nV1 a 0 SIN(0 1 1k)\nV2 b 0 0.5\nVs a s 0\nR1 s c 1k\nC1 c 0 1u IC=0\n\
     B1 d 0 V={k*v(c)-v(a,b)+1k*i(Vs)+0.1}\nR2 d 0 1k\nB2 0 e I={max(v(c),min(v(a),0.3))*1m}\nR3 e 0 1k\n\
     E1 f 0 VALUE={if(v(a)>=v(b) && !(v(c)<0), v(a), abs(v(c)))}\nR4 f 0 1k\nG1 0 g POLY(2) a 0 c 0 1m 2m 1m\nR5 g 0 1k\n\
     F1 0 h Vs 2\nR6 h 0 1k\nH1 j 0 Vs 1k\nR7 j 0 1k\nE2 m 0 TABLE {v(a)} = (-1,0) (0,1) (1,4)\nR8 m 0 1k\n\
     W1 a w Vs relay on\nR9 w 0 1k\n.model relay iswitch(ion=0.2m ioff=0.1m)\n.options vswitch=hysteresis\n\
     .subckt amp x y g=1\nB1 y 0 V={limit(g*v(x),-1,1)}\n.ends\nX1[0:1] c n[0:1] amp g=3\nR10[0:1] n[0:1] 0 1k\n\
     .tran 3m uic\n.meas tran p max v(d)\n.meas tran q avg i(e1)\n.save v(*) i(*)\n.end\n",
    "Forms of others\n.func f(x,y) {x*y+k}\n.param k=1 g(x)='f(x,2)' load=1k v1=1\n.model warm r(tc1=1m)\n\
     .model cold c(tc1=-1m tnom=20)\n.options temp=60 acct\n.model sv vswitch(von=0.6 voff=0.4 ron=10)\n\
     V1 a 0 PULSE(0 v1 -1m 1m 1m 2m 3m 4)\nV2 b 0 EXP(0 1 1m 1m 3m 2m)\nV3 c 0 PWL(0 0 1m 1 2m 0) r=0 td=1m\n\
     R1 a d warm {g(1k)} m=2\nC1 d 0 1u cold ic=0.1\nR2 b 0 load tc=1m,1u dtemp=5\nS1 c e b 0 sv \\\n on\n\
     R3 e 0 1k\n.subckt load in 0\nRin in 0 5k\n.ends\nX1 a b load\n.control\nlet stop=5m\nalterparam k=2\n\
     tran 1u $&stop uic\nmeas tran top max v(d)\nplot v(a)\n.endc\n.end\n",
    "At rest\n.param k=2\nV1 a 0 DC 1 AC 1 30\nR1 a b 1k\nC1 b 0 1n\nL1 b c 1m\nR2 c 0 {k*1k}\nS1 b 0 a 0 s\n\
     .model s sw(vt=0.5 vh=0.1)\nN1 c 0 d\n.model d ts_memristor\n.op\n.dc V1 0 1 0.1 R2 1k 3k 1k\n.ac dec 2 1 1k\n.step temp 27 37 10\n\
     .save v(b) i(V1)\n.end\n",
];

fn corpus() -> Corpus {
    let folders = ["", "/errors", "/warnings", "/exactness", "/paper", "/shelf"];
    let folders = folders.map(|folder| format!("netlists{folder}"));
    let mut inputs = corpus::files(&folders.each_ref().map(String::as_str), ".cir");
    for input in &mut inputs {
        // Vectors of hundreds would take the time of all others.
        let text = input.text().replace(":783]", ":3]").replace("[0:9]", "[0:1]");
        input.bytes = text.replace("../weights/mnist.npy", "errors/included/weights.csv").into();
    }
    // Each as often as it takes for a good part of the cases to come from them.
    for _ in 0..30 {
        let small = SMALL.iter().enumerate();
        inputs.extend(small.map(|(n, text)| Input::new(format!("netlists/small-{n}.cir"), *text)));
    }
    Corpus { inputs, words: WORDS }
}

/// Asserts of each diagnostic that it has a place in its file, and that there is a remedy.
pub(crate) fn assert_diagnostics(diagnostics: &[Diagnostic], name: &str, text: &str) {
    // A hundred of each severity and how many more there are.
    assert!(diagnostics.len() <= 202, "{} diagnostics", diagnostics.len());
    for diagnostic in diagnostics {
        let said = format!("{}:{}: {diagnostic}", diagnostic.file(), diagnostic.line());
        assert_sayable(diagnostic.message());
        assert!(!diagnostic.help().trim().is_empty(), "no remedy: {said}");
        assert_sayable(diagnostic.help());
        assert!(diagnostic.line() >= 1 && diagnostic.column() >= 1, "no place: {said}");
        if diagnostic.file() == name {
            let line = text.split('\n').nth(diagnostic.line() - 1);
            let line = line.unwrap_or_else(|| panic!("a place beyond the file: {said}"));
            assert!(diagnostic.column() <= line.chars().count() + 1, "beyond the line: {said}");
        }
        assert_sayable(&diagnostic.render(false));
    }
}

/// As [`assert_diagnostics`]; one of them is an error.
pub(crate) fn assert_report(report: &Report, name: &str, text: &str) {
    assert_diagnostics(&report.diagnostics, name, text);
    let errors = report.diagnostics.iter().filter(|d| d.severity() == Severity::Error);
    assert!(errors.count() > 0, "refused without an error");
    let lines = report.to_string();
    assert!(lines.lines().count() >= report.diagnostics.len(), "{lines}");
}

fn read(input: &Input) -> Result<Answer, Report> {
    let deck = Deck::parse(&input.name, &input.text())?;
    let points = deck.steps()?;
    assert!(!points.is_empty(), "no run");
    for point in &points {
        let finite = point.params.iter().all(|(_, value)| value.is_finite());
        assert!(finite, "a step that is no number: {point:?}");
    }
    for point in [points.first(), points.last()].into_iter().flatten() {
        let elaborated = deck.elaborate(point, 7)?;
        assert_diagnostics(&elaborated.warnings, &input.name, &input.text());
        assert_elaborated(&elaborated, point);
        run(&elaborated);
    }
    Ok(Answer::Accepted)
}

fn assert_elaborated(deck: &Elaborated, point: &StepPoint) {
    let tran = &deck.tran;
    let at_rest = !deck.at_rest.analyses.is_empty();
    assert!(tran.runs() || at_rest, "nothing is asked for");
    assert!((0.0..=18_000.0).contains(&tran.stop_s), "{tran:?}");
    assert!((0.0..=tran.stop_s).contains(&tran.start_s), "{tran:?}");
    assert!(tran.print_step_s.is_none_or(|step| step.is_finite() && step >= 0.0), "{tran:?}");
    assert!(deck.title.chars().count() <= 200);
    let names = deck.circuit.elements().iter().map(|e| &e.name).chain(deck.circuit.nodes());
    for name in names.chain([&deck.title]) {
        assert!(!name.chars().any(char::is_control), "a name that a terminal obeys: {name:?}");
    }
    let circuit = &deck.circuit;
    let names: BTreeSet<&str> = circuit.elements().iter().map(|e| e.name.as_str()).collect();
    assert_eq!(names.len(), circuit.elements().len(), "names are unique: {point:?}");
    assert!(circuit.initial_voltages().values().all(|volt| volt.is_finite()));
    if let Some(saved) = &deck.save {
        assert_saved(deck, saved);
    }
}

/// Signals are there once each, and are those of the circuit.
pub(crate) fn assert_saved(deck: &Elaborated, saved: &Saved) {
    let unique: BTreeSet<_> = saved.signals.iter().collect();
    assert_eq!(unique.len(), saved.signals.len(), "a signal twice");
    let elements = deck.circuit.elements().len();
    assert!(saved.devices.iter().all(|(id, _)| id.index() < elements), "a stranger");
}

/// Elements of a circuit that is run.
const MAX_ELEMENTS: usize = 24;

/// Calls of `watch`, which are 64 spikes or a thousand events apart or more, after which a run is broken off.
const MAX_CALLS: u32 = 16;

/// Runs a small circuit for a bounded number of events: what it measures is a number, spikes stand in order,
/// and what ends it early has a reason.
fn run(deck: &Elaborated) {
    if deck.circuit.elements().len() > MAX_ELEMENTS {
        return;
    }
    let mut calls = 0;
    let mut watch = |_| {
        calls += 1;
        if calls < MAX_CALLS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let options = Options { spike_times: true, ..Options::default() };
    let outcome = match simulate(deck, &options, &mut [], &mut watch) {
        Ok(outcome) => outcome,
        Err(error) => {
            assert!(!matches!(error, EngineError::Sink(_)), "nothing is written: {error}");
            return assert_sayable(&error.to_string());
        }
    };
    // What is asked of the circuit at rest alone knows no time.
    let end = if deck.tran.runs() { Time::last_read_as(deck.tran.stop_s) } else { Time::ZERO };
    assert!(outcome.reached <= end && (outcome.interrupted || outcome.reached == end));
    assert_eq!(outcome.measures.len(), deck.measures.len());
    for (name, value) in &outcome.measures {
        assert!(value.is_none_or(f64::is_finite), "{name} is {value:?}");
    }
    for spikes in &outcome.spikes {
        assert!(spikes.times.is_sorted(), "spikes of {} out of order", spikes.element);
        assert!(spikes.times.last().is_none_or(|last| *last <= end), "a spike after the end");
        assert_eq!(spikes.count, spikes.times.len() as u64);
    }
    outcome.warnings.iter().for_each(|warning| assert_sayable(warning));
}

#[test]
fn damaged_decks_are_run_or_refused_with_place_and_remedy() {
    survive("deck", &corpus(), 4000, |input| match read(input) {
        Ok(answer) => answer,
        Err(report) => {
            assert_report(&report, &input.name, &input.text());
            Answer::Refused
        }
    });
}

/// The text of a file in UTF-8 or Latin-1 with lines that end as usual; nothing if it is in another encoding, or so
/// full of control characters that it is taken for a binary file.
fn as_text(bytes: &[u8]) -> Option<String> {
    let marked =
        [&b"\xef\xbb\xbf"[..], b"\xff\xfe", b"\xfe\xff"].iter().any(|mark| bytes.starts_with(mark));
    let latin = || bytes.iter().copied().map(char::from).collect();
    let text = std::str::from_utf8(bytes).map_or_else(|_| latin(), str::to_owned);
    let controls = text.chars().filter(|c| c.is_control() && !c.is_whitespace()).count();
    let plain = !text.contains('\0') && 10 * controls <= text.chars().count();
    (!marked && plain && (text.contains('\n') || !text.contains('\r'))).then_some(text)
}

#[test]
fn a_deck_in_a_file_is_read_as_one_from_memory() {
    let folder = folder();
    survive("deck-file", &corpus(), 400, |input| {
        let path = write(&folder, "deck.cir", &input.bytes);
        let name = path.display().to_string();
        let of = |deck: Result<Deck, Report>| match deck {
            Ok(deck) => {
                let elaborated = deck.elaborate(&StepPoint::default(), 7);
                elaborated.map(|_| deck.title().to_owned()).map_err(|report| report.to_string())
            }
            Err(report) => Err(report.to_string()),
        };
        let loaded = of(Deck::load(&path));
        if let Some(text) = as_text(&input.bytes) {
            assert_eq!(loaded, of(Deck::parse(&name, &text)));
        }
        if loaded.is_ok() { Answer::Accepted } else { Answer::Refused }
    });
}

/// A sine of 2^64 Hz turns 1e17 times in this run, and nothing happens.
#[test]
fn a_run_of_countless_turns_can_be_stopped() {
    let text = SMALL[5].replace("sin(0 1 1k 1m 3)", "sin(0 1 18446744073709551615 1m 3)");
    assert_ne!(text, SMALL[5]);
    let deck = Deck::parse("countless.cir", &text).expect("a deck");
    let elaborated = deck.elaborate(&StepPoint::default(), 0).expect("a circuit");
    let stop = &mut |_| ControlFlow::Break(());
    let outcome = simulate(&elaborated, &Options::default(), &mut [], stop).expect("a run");
    assert!(outcome.interrupted && outcome.reached < Time::from_s(5e-3));
}
