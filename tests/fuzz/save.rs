//! What `--save` names: in the grammar of `.save`, instead of what a deck says.

use std::ops::ControlFlow;

use memspike::{Options, simulate};
use memspike_netlist::{Deck, Elaborated, Report, StepPoint};
use memspike_trace::{DumpOptions, VcdSink};

use crate::{
    corpus::{Corpus, Input},
    deck::{assert_report, assert_saved},
    harness::{Answer, survive},
};

const DECK: &str = "A layer of two neurons\n.model d ts_memristor(von=0.15 vhold=0.1 roff=130meg ron=130)\n\
    .subckt n in out\nR1 in out 1meg\nC1 out 0 47n\nN1 out 0 d\n.ends\n.model s sw(vt=0.5 vh=0.1)\n\
    V1[0:1] in[0:1] 0 {1+index}\nX1[0:1] in[0:1] mem[0:1] n\nS1 in[0] 0 mem[1] 0 s\n\
    .save v(mem[0])\n.tran 50m uic\n.end\n";

const PATTERNS: &[&str] = &[
    "v(mem[0:1]) i(r*) spike(x1[*].n1) state(*) filament(x1[0].n1)",
    "all",
    "v(mem[0],mem[1]) i(v1[0:1]) out mem[0]",
    "v(*) i(*) state(s1) spike(*.n?)",
    "v(mem[1:0]), i(x1[0:1].r1) mem[0:1]",
    "v(m?m[*]) v(in[0],0)",
];

const WORDS: &[&str] = &[
    "v(",
    "i(",
    "spike(",
    "state(",
    "filament(",
    ")",
    "*",
    "?",
    "[0:1]",
    "[1:0]",
    "[0:999999]",
    "[*]",
    "all",
    ",",
    "mem[0]",
    "x1[0].n1",
    "x1[0:1].n1",
    "\n",
    ".end",
    "\n.tran 1",
    ";",
    "$ ",
    "+",
    "0",
];

fn read(input: &Input) -> Result<Elaborated, Report> {
    let mut deck = Deck::parse("layer.cir", DECK).expect("a good deck");
    deck.save(&input.text())?;
    deck.elaborate(&StepPoint::default(), 0)
}

#[test]
fn damaged_patterns_name_signals_of_the_deck_or_are_refused() {
    let inputs = PATTERNS.iter().map(|text| Input::new("--save", *text)).collect();
    let corpus = Corpus { inputs, words: WORDS };
    survive("save", &corpus, 4000, |input| match read(input) {
        Ok(deck) => {
            if let Some(saved) = &deck.save {
                assert_saved(&deck, saved);
            }
            assert_written(&deck);
            Answer::Accepted
        }
        Err(report) => {
            let card = format!(".save {}", input.text().replace(['\n', '\r'], " "));
            assert_report(&report, "--save", &card);
            assert!(report.diagnostics.iter().any(|d| d.file() == "--save"), "{report}");
            Answer::Refused
        }
    });
}

/// A VCD of what is saved can be written, and declares each signal.
fn assert_written(deck: &Elaborated) {
    let Some(saved) = &deck.save else { return };
    let options = DumpOptions { devices: Some(saved.devices.clone()), ..DumpOptions::default() };
    let mut sink = VcdSink::new(Vec::new(), saved.signals.clone(), options);
    let until = Options { until_s: Some(1e-9), ..Options::default() };
    simulate(deck, &until, &mut [&mut sink], &mut |_| ControlFlow::Continue(())).expect("a run");
    let text = String::from_utf8(sink.into_inner().expect("written")).expect("text");
    let declared = text.lines().filter(|line| line.trim_start().starts_with("$var")).count();
    assert_eq!(declared, saved.signals.len() + saved.devices.len(), "{text}");
}
