//! Digital blocks and bridges of decks, against ngspice's XSPICE and closed forms.

mod common;

use std::fmt::Write as _;

use common::levels::{changes, elaborated, recorded};
use common::ngspice::levels;
use proptest::prelude::*;

/// Numbers that follow from a seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        // The constants of Knuth's MMIX.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }

    /// A delay in picoseconds. It has femtoseconds, so that two ways through the blocks hardly ever take equally long: of an
    /// output that is to rise and to fall at one instant, ngspice makes a pulse of the last digit of its sums.
    fn delay(&mut self) -> f64 {
        (1_000_000 + self.below(9_000_000)) as f64 / 1000.0
    }
}

/// Blocks of every kind that XSPICE has, behind a source of four nets, with flip-flops that feed back to themselves.
fn random_deck(seed: u64) -> (String, String, Vec<String>) {
    let mut numbers = Numbers(seed);
    let mut nets: Vec<String> = (0..4).map(|at| format!("in{at}")).collect();
    let mut deck = format!("blocks {seed}\nasrc [{}] src\n", nets.join(" "));
    deck.push_str(".model src d_source(input_file=\"vectors.txt\")\n");
    const GATES: [&str; 6] = ["and", "nand", "or", "nor", "xor", "xnor"];
    const CLOCKED: [(&str, usize); 6] =
        [("dff", 1), ("tff", 1), ("jkff", 2), ("srff", 2), ("dlatch", 1), ("srlatch", 2)];
    for block in 0..14 {
        let (rise, fall) = (numbers.delay(), numbers.delay());
        let pick = |numbers: &mut Numbers| {
            let inverted = if numbers.below(4) == 0 { "~" } else { "" };
            format!("{inverted}{}", nets[numbers.below(nets.len())])
        };
        let delays = format!("rise_delay={rise}p fall_delay={fall}p");
        match numbers.below(4) {
            0 | 1 => {
                let count = 2 + numbers.below(3);
                let inputs: Vec<String> = (0..count).map(|_| pick(&mut numbers)).collect();
                let gate = GATES[numbers.below(GATES.len())];
                let _ = writeln!(deck, "a{block} [{}] n{block} m{block}", inputs.join(" "));
                let _ = writeln!(deck, ".model m{block} d_{gate}({delays})");
            }
            2 => {
                let (kind, data) = CLOCKED[numbers.below(CLOCKED.len())];
                let mut ports: Vec<String> = (0..=data).map(|_| pick(&mut numbers)).collect();
                // What it was itself, as a divider has it.
                if kind.ends_with("ff") && numbers.below(3) == 0 {
                    ports[0] = format!("q{block}");
                }
                for _ in 0..2 {
                    // Levels of the source, which are known: XSPICE's models differ in what an unknown one does.
                    let open = numbers.below(3) > 0;
                    let known = format!("~in{}", numbers.below(4));
                    ports.push(if open { "null".to_owned() } else { known });
                }
                let (set, reset, ic) = (numbers.delay(), numbers.delay(), numbers.below(2));
                let own = match kind {
                    "dlatch" => {
                        format!("data_delay={}p enable_delay={}p", numbers.delay(), numbers.delay())
                    }
                    "srlatch" => {
                        format!("sr_delay={}p enable_delay={}p", numbers.delay(), numbers.delay())
                    }
                    _ => format!("clk_delay={}p", numbers.delay()),
                };
                let _ = writeln!(deck, "a{block} {} n{block} q{block} m{block}", ports.join(" "));
                let _ = writeln!(
                    deck,
                    ".model m{block} d_{kind}({own} set_delay={set}p reset_delay={reset}p ic={ic} {delays})"
                );
                nets.push(format!("q{block}"));
            }
            _ => {
                let kind = ["d_buffer", "d_inverter", "d_fdiv"][numbers.below(3)];
                let factor = 2 + numbers.below(4);
                let own =
                    if kind == "d_fdiv" { format!("div_factor={factor} ") } else { String::new() };
                let _ = writeln!(deck, "a{block} {} n{block} m{block}", pick(&mut numbers));
                let _ = writeln!(deck, ".model m{block} {kind}({own}{delays})");
            }
        }
        nets.push(format!("n{block}"));
    }
    deck.push_str("v1 one 0 1\nr1 one 0 1\n.tran 1n 2u\n");
    let mut vectors = String::from("0 0s 0s 0s 0s\n");
    let mut time = 0;
    while time < 1_900_000 {
        time += 1000 + numbers.below(60_000);
        let _ = write!(vectors, "{time}e-12");
        (0..4).for_each(|_| {
            let _ = write!(vectors, " {}s", numbers.below(2));
        });
        vectors.push('\n');
    }
    (deck, vectors, nets)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: common::cases(24), ..ProptestConfig::default() })]

    #[test]
    fn random_digital_decks_change_when_and_as_in_ngspice(seed: u64) {
        let (deck, vectors, nets) = random_deck(seed);
        let theirs = levels(&deck, &vectors, &nets);
        let ours = recorded(&elaborated(&format!("{deck}.end\n"), &vectors), &nets).expect("a run");
        for (number, net) in nets.iter().enumerate() {
            let (ours, theirs) = (changes(&ours, number), &theirs[number]);
            let same = ours.len() == theirs.len() && ours.iter().zip(theirs).all(|((at, level), (time, truth))| {
                level == truth && (at - time).abs() <= 1e-9 * time + 1e-18
            });
            prop_assert!(same, "{deck}\n{vectors}\n{net}\nours {ours:?}\nngspice {theirs:?}");
        }
    }
}

#[test]
fn what_begins_late_or_beyond_its_end_begins_as_in_ngspice() {
    let deck = "late
asrc [a] src
.model src d_source(input_file=\"vectors.txt\")
abuf a b buf
.model buf d_buffer(rise_delay=3n fall_delay=5n)
adiv b c div
.model div d_fdiv(div_factor=4 high_cycles=2 i_count=9 rise_delay=2n fall_delay=2n)
v1 one 0 1
r1 one 0 1
.tran 1n 2u
";
    let mut vectors = String::from("0.1e-6 0s\n");
    (2..19).for_each(|at| {
        let _ = writeln!(vectors, "{}e-7 {}s", at, at % 2);
    });
    let nets: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
    let theirs = levels(deck, &vectors, &nets);
    let recording =
        recorded(&elaborated(&format!("{deck}.end\n"), &vectors), &nets).expect("a run");
    for (number, net) in nets.iter().enumerate() {
        let ours = changes(&recording, number);
        let same = ours.len() == theirs[number].len()
            && ours.iter().zip(&theirs[number]).all(|((at, level), (time, truth))| {
                level == truth && (at - time).abs() <= 1e-9 * time + 1e-18
            });
        assert!(same && ours.len() > 3, "{net}\nours {ours:?}\nngspice {:?}", theirs[number]);
    }
}
