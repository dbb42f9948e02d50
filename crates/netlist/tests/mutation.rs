//! 100,000 damaged decks: whatever they say, the answer is a circuit or a report.

mod common;

use memspike_netlist::{Deck, Report};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Of each of the four tests.
const CASES: u64 = 25_000;

/// Every deck of the project, under a name beside which its includes are found. Vectors of
/// hundreds become short: they would take the time of all others.
fn corpus() -> Vec<(String, Vec<u8>)> {
    common::enter_repository();
    let mut texts = vec![("netlists/rich.cir".to_owned(), RICH.as_bytes().to_vec())];
    for folder in ["netlists", "netlists/errors", "netlists/warnings"] {
        for path in common::decks(folder) {
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.replace(":783]", ":3]").replace("[0:9]", "[0:1]");
            let text = text.replace("../weights/mnist.npy", "errors/included/weights.csv");
            // Verilator would be asked a thousand times over.
            let text = text.replace("verilog=\"", "verilog=\"absent/");
            let text = text.replace("simulation=\"", "simulation=\"absent/");
            texts.push((path.display().to_string(), text.into_bytes()));
        }
    }
    texts
}

/// A deck that uses most of the language.
const RICH: &str = "Everything
.param a=1 b={a*2} c='gauss(1,0.1,3)'
.subckt neuron in out params: r=1meg c=47n
.model local ts_memristor(von={unif(0.13,0.1)})
.param half={r/2}
R1 in out {half} ; comment
C1 out 0 {c} ic=0.05
N1 out 0 local
.ic v(out)=0.01
.subckt inner p
R1 p 0 1k
.ends inner
X1 out inner
.ends neuron
.model fast sw(vt=0.5 vh=0.1 ron=1k roff=1g)
.global vdd
V1 vdd 0 DC 1 AC 1
V2 p 0 PULSE(0 2 1m 0 0 200u 2m 5)
V3 q 0 PWL(0 0 1m 1
+ 1m 0 2m 3)
I1 0 s SIN(0 1m 50 0 1 90)
R9 s 0 1k
X1 vdd m1 neuron r={b*1meg}
X2 p m2 neuron c=10n
X3[0:3] p m3[3:0] neuron r={1meg+index}
R6[0:3] m3[0:3] 0 1k
E1 g 0 m1 m2 1meg
R3 g 0 1k
G1 0 h m1 0 1m
R4 h 0 10k
S1 q 0 g 0 fast off
.model slow ako:fast sw(vt=0.6)
.model array crossbar(gmax=1u levels=4 stuck_on=0.1 rrow=1)
V4[0:3] pix[0:3] 0 IMAGE(\"digits.idx\" 0 2) number={a}
A1 pix[0:3] out[0:1] array weights=errors/included/weights.csv
R7[0:1] out[0:1] 0 {1k*gauss(1,0.1,3)}
R5 q 0 1k
.step param a list 1 2 3
.step v1 0.5 1 0.25
.mc {1+1}
.tran 1u 10m 0 1u uic
.meas tran d TRIG v(p) VAL=0.5 RISE=1 TARG v(m1,m2) VAL={a/2} FALL=last TD=1m
.meas tran f FIND i(v1) WHEN v(m1)=v(m2) CROSS=2
.meas tran w WHEN v(m1)=0.2
.meas tran x MAX v(x1.out) FROM=1m TO=2m
.meas tran n spikes x1.n1
.meas tran k[0:3] first_spike x3[0:3].n1 to=5m
.meas tran g argmax k[0:3]
.meas tran e energy_per_spike x2.n1 from=1m
.meas tran r PARAM='n*2+a'
.save v(m1) i(r3) v(m3[1:2])
.end
";

const TOKENS: &[&str] = &[
    "{",
    "}",
    "'",
    "(",
    ")",
    "=",
    ",",
    "+",
    "-",
    "*",
    "\n",
    "\n+ ",
    " ",
    "1e308",
    "-1",
    "0",
    "1e999",
    "nan",
    ".ends",
    ".subckt x a",
    ".end",
    ".step",
    ".mc 3",
    ".meas tran",
    "v(",
    "x1.",
    "$ ",
    ";",
    "\"",
    "?",
    ":",
    "^",
    "gauss(1,1,1)",
    "1meg",
    "\u{b5}",
    "\r\n",
    "\t",
    ".param a=",
    ".include deck.cir",
    "params:",
    "[0:3]",
    "ako:",
    "crossbar",
    "IMAGE(digits.idx 0 1)",
];

fn run(name: &str, text: &str) -> Result<(), Report> {
    let deck = Deck::parse(name, text)?;
    let points = deck.steps()?;
    for point in [points.first(), points.last()].into_iter().flatten() {
        deck.elaborate(point, 7)?;
    }
    Ok(())
}

/// Damages decks from the corpus, each `CASES` times with its own key, and runs them all.
fn survive(key: u64, damage: impl Fn(&mut Vec<u8>, &[(String, Vec<u8>)], &mut ChaCha8Rng)) {
    let corpus = corpus();
    let mut refused: u64 = 0;
    for case in 0..CASES {
        let mut rng = ChaCha8Rng::seed_from_u64(key << 32 | case);
        let (name, mut deck) = corpus[rng.random_range(0..corpus.len())].clone();
        for _ in 0..rng.random_range(1..=4) {
            damage(&mut deck, &corpus, &mut rng);
        }
        let text = String::from_utf8_lossy(&deck);
        if let Err(report) = run(&name, &text) {
            refused += 1;
            assert!(!report.diagnostics.is_empty(), "refused without a word:\n{text}");
            // Rendering walks the spans; a part of the cases is enough to try them.
            if case % 8 == 0 {
                assert!(!report.render(case % 16 == 0).is_empty());
            }
        }
    }
    assert!(refused > 0 && refused < CASES, "{refused} of {CASES} refused: no test of both ways");
}

fn place(deck: &[u8], rng: &mut ChaCha8Rng) -> usize {
    rng.random_range(0..=deck.len())
}

fn range(deck: &[u8], longest: usize, rng: &mut ChaCha8Rng) -> std::ops::Range<usize> {
    let start = place(deck, rng);
    start..(start + rng.random_range(0..=longest)).min(deck.len())
}

#[test]
fn flipped_bytes_do_no_harm() {
    survive(1, |deck, _, rng| {
        if !deck.is_empty() {
            let at = rng.random_range(0..deck.len());
            deck[at] = if rng.random() { rng.random() } else { rng.random_range(b' '..=b'~') };
        }
    });
}

#[test]
fn deletions_and_repetitions_do_no_harm() {
    survive(2, |deck, _, rng| {
        let range = range(deck, 40, rng);
        if rng.random() {
            deck.drain(range);
        } else {
            let copy = deck[range.clone()].to_vec();
            deck.splice(range.end..range.end, copy);
        }
    });
}

#[test]
fn splices_of_two_decks_do_no_harm() {
    survive(3, |deck, corpus, rng| {
        let (_, other) = &corpus[rng.random_range(0..corpus.len())];
        let taken = other[range(other, 120, rng)].to_vec();
        let gone = range(deck, 60, rng);
        deck.splice(gone, taken);
    });
}

#[test]
fn misplaced_tokens_do_no_harm() {
    survive(4, |deck, _, rng| {
        let token = TOKENS[rng.random_range(0..TOKENS.len())];
        let gone = range(deck, 3, rng);
        deck.splice(gone, token.bytes());
    });
}
