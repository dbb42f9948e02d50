//! Decks that are too much: each is refused with a message, none takes the program down.

use std::fmt::Write as _;

use memspike_netlist::{Code, Deck, Diagnostic, Report};

const REST: &str = "V1 a 0 1\nR1 a 0 1k\n.tran 1\n.end\n";

/// The codes that a deck is refused with.
fn refusal(text: &str) -> Vec<Code> {
    codes(run(text).expect_err("the deck is refused"))
}

fn codes(report: Report) -> Vec<Code> {
    let rendered = report.render(false);
    assert!(rendered.len() < 1_000_000, "a report stays readable");
    report.diagnostics.iter().for_each(assert_that_the_manual_has_the_limit);
    report.diagnostics.iter().map(memspike_netlist::Diagnostic::code).collect()
}

/// Where the manual gives a code's limit as a number, a refusal names the same.
fn assert_that_the_manual_has_the_limit(told: &Diagnostic) {
    let about = told.code().about().replace(',', "");
    let numbers = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_ascii_digit())
            .filter(|n| !n.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (limits, rendered) = (numbers(&about), told.render(false));
    let named = numbers(&rendered);
    assert!(
        limits.is_empty() || limits.iter().any(|limit| named.contains(limit)),
        "{about}: {rendered}"
    );
}

fn run(text: &str) -> Result<(), Report> {
    let deck = Deck::parse("deck.cir", text)?;
    let point = deck.steps()?.remove(0);
    deck.elaborate(&point, 0).map(|_| ())
}

#[test]
fn a_line_of_50_megabytes_is_refused() {
    let long = "x".repeat(50 << 20);
    assert_eq!(refusal(&format!("title\nR2 a 0 {long}\n{REST}")), [Code::LineTooLong]);
    assert_eq!(refusal(&format!("{long}\n{REST}")), [Code::LineTooLong]);
}

#[test]
fn a_deck_beyond_the_size_limit_is_refused() {
    let comments = "* comment\n".repeat(7 << 20);
    let found = refusal(&format!("title\n{REST}{comments}"));
    assert!(found.contains(&Code::DeckTooLarge), "{found:?}");
}

#[test]
fn a_long_card_in_many_short_lines_is_read() {
    let mut text = String::from("title\nV1 a 0 PWL(0 0\n");
    for step in 1..100_000 {
        writeln!(text, "+ {step}u {}", step % 2).unwrap();
    }
    text.push_str("+ )\nR1 a 0 1k\n.tran 1\n");
    run(&text).unwrap_or_else(|report| panic!("{}", report.render(false)));
}

#[test]
fn includes_beyond_the_limit_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for depth in 0..40 {
        let text = format!("* level\n.include {}.inc\n", depth + 1);
        std::fs::write(folder.path().join(format!("{depth}.inc")), text).unwrap();
    }
    std::fs::write(folder.path().join("40.inc"), "* end\n").unwrap();
    let main = folder.path().join("main.cir");
    std::fs::write(&main, format!("deep includes\n.include 0.inc\n{REST}")).unwrap();
    assert_eq!(codes(Deck::load(&main).unwrap_err()), [Code::IncludeLimit]);
}

#[test]
fn includes_that_double_at_every_level_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for depth in 0..20 {
        let text = format!("* level\n.include {0}.inc\n.include {0}.inc\n", depth + 1);
        std::fs::write(folder.path().join(format!("{depth}.inc")), text).unwrap();
    }
    std::fs::write(folder.path().join("20.inc"), "* end\n").unwrap();
    let main = folder.path().join("main.cir");
    std::fs::write(&main, format!("wide includes\n.include 0.inc\n{REST}")).unwrap();
    let found = codes(Deck::load(&main).unwrap_err());
    assert!(found.contains(&Code::IncludeLimit), "{found:?}");
}

#[test]
fn an_include_that_is_no_file_is_refused() {
    for target in ["/dev/zero", ".", "\"\"", "a\0b"] {
        let found = refusal(&format!("title\n.include {target}\n{REST}"));
        assert!(matches!(found[..], [Code::Unreadable | Code::Syntax]), "{target}: {found:?}");
    }
}

#[test]
fn a_missing_deck_is_refused() {
    let report = Deck::load(std::path::Path::new("netlists/absent.cir")).unwrap_err();
    assert_eq!(codes(report), [Code::Unreadable]);
}

#[test]
fn instances_nested_beyond_the_limit_are_refused() {
    let mut text = String::from("title\n");
    for level in 0..100 {
        writeln!(text, ".subckt s{level} in\nX1 in s{}\n.ends", level + 1).unwrap();
    }
    text.push_str(".subckt s100 in\nR1 in 0 1k\n.ends\nX1 a s0\n");
    assert_eq!(refusal(&(text + REST)), [Code::SubcircuitDepth]);
}

#[test]
fn definitions_nested_beyond_the_limit_are_refused() {
    let mut text = String::from("title\n");
    for level in 0..10_000 {
        writeln!(text, ".subckt s{level} in").unwrap();
    }
    text.push_str(&".ends\n".repeat(10_000));
    let found = refusal(&(text + REST));
    assert!(found.contains(&Code::SubcircuitDepth), "{found:?}");
}

#[test]
fn instances_that_double_at_every_level_are_refused() {
    let mut text = String::from("title\n");
    for level in 0..40 {
        let next = level + 1;
        writeln!(text, ".subckt s{level} in\nX1 in s{next}\nX2 in s{next}\n.ends").unwrap();
    }
    text.push_str(".subckt s40 in\nR1 in 0 1k\n.ends\nX1 a s0\n");
    let found = refusal(&(text + REST));
    assert!(found.contains(&Code::ElementLimit), "{found:?}");
}

#[test]
fn points_and_runs_beyond_the_limit_are_refused() {
    let steps = ".param x=1\n.step param x 1 100001 1\n";
    let found = codes(steps_of(steps).expect_err("the deck is refused"));
    assert_eq!(found, [Code::StepLimit]);
    assert_eq!(refusal(&format!("title\n.mc 100001\n{REST}")), [Code::McLimit]);
}

fn steps_of(cards: &str) -> Result<(), Report> {
    Deck::parse("deck.cir", &format!("title\n{cards}{REST}"))?.steps().map(|_| ())
}

#[test]
fn a_report_of_a_thousand_errors_stays_short() {
    let mut text = String::from("title\n");
    for index in 0..1000 {
        writeln!(text, "R{index} a 0 2k2").unwrap();
    }
    let found = refusal(&(text + REST));
    assert_eq!(found.len(), 101);
    assert!(found.contains(&Code::TooManyErrors));
}

#[test]
fn the_errors_beyond_the_shown_ones_are_counted() {
    let cards = |card: fn(usize) -> String| (0..3000).map(card).collect::<Vec<_>>().join("\n");
    let subcircuit = format!(
        ".subckt load in\n{}\n.ends\nX1 a load\nX2 a load",
        cards(|n| format!("Rx{n} in 0 {{1k/0}}"))
    );
    for text in [
        subcircuit,
        cards(|n| format!("Rx{n} a 0 {{missing{n}}}")),
        cards(|n| format!("N{n} a 0 missing{n}")),
        cards(|n| format!("Rx{n} a 0 1e99")),
        cards(|n| format!(".meas tran m{n} param='missing{n}'")),
        cards(|n| format!(".meas tran m{n} max v(missing{n})")),
        cards(|n| format!(".meas tran m{n} spikes Rload")),
        cards(|n| format!("Cx{n} a b{n} 1n")),
    ] {
        let text = format!("title\nRload a 0 1k\n{text}\n{REST}");
        let report = match Deck::parse("deck.cir", &text) {
            Err(report) => report,
            Ok(deck) => deck.elaborate(&deck.steps().unwrap()[0], 0).unwrap_err(),
        };
        let first = &report.diagnostics[0];
        assert_eq!(report.diagnostics.len(), 101, "{first}");
        let more = report.diagnostics.iter().find(|d| d.code() == Code::TooManyErrors).unwrap();
        assert_eq!(more.message(), "and 2900 more errors", "{first}");
    }
}

#[test]
fn a_deck_of_a_thousand_warnings_still_runs() {
    let mut text = String::from("title\n");
    for index in 2..1000 {
        writeln!(text, "R{index} a 0 1M").unwrap();
    }
    let deck = Deck::parse("deck.cir", &(text + REST)).unwrap();
    let deck = deck.elaborate(&deck.steps().unwrap()[0], 0).unwrap();
    assert_eq!(deck.warnings.len(), 101);
    assert!(deck.warnings.iter().any(|warning| warning.code() == Code::TooManyWarnings));
}

#[test]
fn an_error_in_a_subcircuit_is_told_once_for_all_its_instances() {
    let mut text = String::from("title\n.subckt load in\nR1 in 0 {1k/0}\n.ends\n");
    for index in 0..1000 {
        writeln!(text, "X{index} a load").unwrap();
    }
    assert_eq!(refusal(&(text + REST)), [Code::NotFinite]);
}

#[test]
fn long_sums_and_long_chains_of_parameters_are_evaluated() {
    let mut text = format!("title\n.param sum={}\n", vec!["1"; 100_000].join("+"));
    // In the reverse order of their needs, so that nothing is known when it is first met.
    for index in 0..100_000 {
        writeln!(text, ".param p{index}={{p{}+1}}", index + 1).unwrap();
    }
    text.push_str(".param p100000=1\nR2 a 0 {sum+p0}\n");
    run(&(text + REST)).unwrap_or_else(|report| panic!("{}", report.render(false)));
}

#[test]
fn deep_nesting_of_every_kind_is_refused() {
    let deep = 100_000;
    let nests = [
        format!("{}1{}", "(".repeat(deep), ")".repeat(deep)),
        format!("{}1", "-".repeat(deep)),
        format!("{}1", "!".repeat(deep)),
        format!("{}1", "1?1:".repeat(deep)),
        format!("{}1", "1?".repeat(deep)),
        format!("{}1", "abs(".repeat(deep)),
        format!("{}1", "2^(".repeat(deep)),
        format!("{}1", "1+(".repeat(deep)),
    ];
    for nest in nests {
        let found = refusal(&format!("title\nR2 a 0 {{{nest}}}\n{REST}"));
        assert_eq!(found, [Code::ExpressionDepth], "{}", &nest[..20]);
    }
}

#[test]
fn numbers_that_are_none_are_refused_wherever_they_stand() {
    let cards = [
        ("R2 a 0 nan", Code::UnknownParameter),
        ("R2 a 0 inf", Code::UnknownParameter),
        ("R2 a 0 {0/0}", Code::NotFinite),
        ("R2 a 0 {sqrt(-1)}", Code::NotFinite),
        ("R2 a 0 1e308", Code::OutOfRange),
        ("R2 a 0 1e999", Code::OutOfRange),
        ("R2 a 0 {1e200*1e200}", Code::NotFinite),
        ("R2 a 0 {0/0 > 1 ? 1 : 2}", Code::NotFinite),
        ("R2 a 0 {max(0/0, 1)}", Code::NotFinite),
        ("R2 a 0 {1 + !(0/0)}", Code::NotFinite),
        ("R2 a 0 {(-2)^3 + 10}", Code::NotFinite),
        ("C2 a 0 -5", Code::BadValue),
        ("C2 a 0 1e308", Code::OutOfRange),
        ("I2 a 0 PULSE(0 1e308)", Code::OutOfRange),
        ("I2 a 0 PULSE(0 1 0 -1n)", Code::NegativeTime),
        ("I2 a 0 SIN(0 1 -50)", Code::NegativeTime),
        ("I2 a 0 SIN(0 1 50 0 -1)", Code::NegativeTime),
        ("I2 a 0 PWL(-1 0 1 1)", Code::NegativeTime),
        (".meas tran m find v(a) at=-1", Code::MeasureRange),
        (".meas tran m when v(a)=1 rise=1.5", Code::MeasureRange),
        (".meas tran m when v(a)=1 rise=1e12", Code::MeasureRange),
        (".ic v(a)=1e308", Code::OutOfRange),
        (".model n ts_memristor(von=1e308)", Code::OutOfRange),
        (".model n ts_memristor(von=-1)", Code::ModelParameter),
    ];
    for (card, code) in cards {
        let found = refusal(&format!("title\n{card}\n{REST}"));
        assert!(found.contains(&code), "{card}: {found:?}");
    }
    for tran in ["-1", "0", "1e308", "{0/0}", "18001", "1m 1 2", "1m 1 -1", "-1 1"] {
        let found = refusal(&format!("title\nV1 a 0 1\nR1 a 0 1\n.tran {tran}\n"));
        let known = [Code::TranRange, Code::OutOfRange, Code::NotFinite];
        assert!(found.iter().all(|code| known.contains(code)), "{tran}: {found:?}");
    }
}

#[test]
fn a_span_deep_in_a_file_of_another_encoding_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latin1.cir");
    let mut bytes = b"Latin-1 in a comment\n* 5 \xb5s\nR2 a 0 2k2 ; \xb5\n".to_vec();
    bytes.extend(REST.as_bytes());
    std::fs::write(&path, bytes).unwrap();
    let report = Deck::load(&path).unwrap_err();
    assert_eq!((report.diagnostics[0].line(), report.diagnostics[0].column()), (3, 8));
    assert_eq!(codes(report), [Code::SuffixInside]);
}
